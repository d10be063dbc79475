package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
)

// demandForm is a demand of a court or an authority, filled in step by step.
type demandForm struct {
	caseHead
	typed                                        url.Values
	Basis                                        string // "" for a new one
	State                                        string
	Open, Held, MayHold                          bool
	Recipients, Classes, Purposes, Told, Answers []consentWord
	Objections                                   []consentWord
	// Blocks are what stands against handing it over now.
	Blocks  []string
	Opinion string
}

// Val is what was typed into a field.
func (f demandForm) Val(name string) string { return f.typed.Get(name) }

// Has reports whether a code was chosen in a field.
func (f demandForm) Has(name, code string) bool { return slices.Contains(f.typed[name], code) }

func (s *Server) newDemand(w http.ResponseWriter, r *http.Request) error {
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	return s.demandAgain(w, r, c, nil, url.Values{"recipient": {"court"}}, nil)
}

func (s *Server) demand(w http.ResponseWriter, r *http.Request) error {
	c, b, err := s.demandOf(r)
	if err != nil {
		return err
	}
	return s.demandAgain(w, r, c, &b, typedDemand(visitOf(r), b), nil)
}

// demandOf is the demand that the address names.
func (s *Server) demandOf(r *http.Request) (c casefile.Case, b consent.BasisLine, err error) {
	if c, err = s.caseOf(r); err != nil {
		return c, b, err
	}
	view, err := s.app.Consents.View(r.Context(), actorOf(r), string(c.ID()))
	if err != nil {
		return c, b, err
	}
	i := slices.IndexFunc(view.Bases, func(b consent.BasisLine) bool {
		return string(b.ID) == r.PathValue("basis") && b.Ground == consent.Demand
	})
	if i < 0 {
		return c, b, notHere()
	}
	return c, view.Bases[i], nil
}

// typedDemand fills the form with what is kept.
func typedDemand(v visit, b consent.BasisLine) url.Values {
	f := url.Values{
		"recipient": {b.Recipient}, "purpose": {b.Purpose}, "classes": b.Classes, "privileged": b.Privileged, "authentic": {string(b.Authentic)},
		"objection": {string(b.Objection)}, "may-tell": {string(b.MayTell)}, "told": {string(b.Told)}, "version": {strconv.FormatInt(b.Row, 10)},
		"from": {b.From.Reveal("fill the form")}, "reference": {b.Reference.Reveal("fill the form")}, "words": {b.Words.Reveal("fill the form")},
		"plan": {b.Plan.Reveal("fill the form")},
	}
	if zone, err := time.LoadLocation(v.actor.Zone); err == nil && !b.ObjectUntil.IsZero() {
		f.Set("object-until", b.ObjectUntil.In(zone).AddDate(0, 0, -1).Format(time.DateOnly))
	}
	return f
}

func (s *Server) demandAgain(w http.ResponseWriter, r *http.Request, c casefile.Case, b *consent.BasisLine, typed url.Values, mend []Mend) (err error) {
	v := visitOf(r)
	p := v.printer
	f := demandForm{typed: typed, Open: true, MayHold: v.actor.May(auth.HoldRecords)}
	if f.caseHead, err = s.caseHead(r, c, "/agreement", p.T("A demand")); err != nil {
		return err
	}
	f.Mend = mend
	f.Recipients, f.Classes, f.Purposes = consentWords(p, consent.Recipients()), consentWords(p, consent.Classes()), consentWords(p, consent.Purposes())
	f.Told, f.Answers = toldWords(p), yesNoWords(p)
	f.Objections = []consentWord{
		{string(consent.NotDecided), p.T("not decided")},
		{string(consent.Waived), p.T("no ground to object was found")},
		{string(consent.Objecting), p.T("we object")},
		{string(consent.Overruled), p.T("the objection was turned down")},
		{string(consent.Upheld), p.T("the objection won")},
	}
	if b != nil {
		f.Basis, f.State, f.Open, f.Held, f.Opinion = string(b.ID), stepText(p, *b), b.Step == consent.Open, b.Hold != "", b.Opinion.Reveal("show why")
		f.Blocks = consentWhyAll(p, b.Blocks(s.now()))
	}
	return s.renderMend(w, r, "case_consent_demand", f, mend)
}

func orderIn(f url.Values) consent.Order {
	text := func(name string) private.Text { return private.New(strings.TrimSpace(f.Get(name))) }
	o := consent.Order{
		Recipient: f.Get("recipient"), From: text("from"), Reference: text("reference"), Purpose: f.Get("purpose"), Classes: f["classes"],
		Privileged: f["privileged"], Authentic: consent.Answer(f.Get("authentic")), ObjectUntil: f.Get("object-until"),
		Objection: consent.Objection(f.Get("objection")), MayTell: consent.Answer(f.Get("may-tell")), Told: consent.Told(f.Get("told")),
		Words: text("words"), Plan: text("plan"),
	}
	o.Version, _ = strconv.ParseInt(f.Get("version"), 10, 64)
	return o
}

func (s *Server) receiveDemand(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	id, err := s.app.Consents.Receive(r.Context(), actorOf(r), string(c.ID()), orderIn(r.PostForm), submission(r))
	mend, err := toMend(visitOf(r).printer, err, "recipient")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.demandAgain(w, r, c, nil, r.PostForm, mend)
	}
	return s.seeOther(w, r, "/cases/"+string(c.ID())+"/agreement/demand/"+string(id))
}

// weighDemand keeps what was found, holds the file, hands over the least, or declines.
func (s *Server) weighDemand(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	v := visitOf(r)
	c, b, err := s.demandOf(r)
	if err != nil {
		return err
	}
	of, f := string(c.ID()), r.PostForm
	field := "words"
	switch f.Get("do") {
	case "hold":
		field = "hold"
		err = s.app.Consents.Hold(r.Context(), v.actor, of, b.ID, f.Get("hold-reference"), f.Get("review"))
	case "comply":
		field = "comply"
		err = s.app.Consents.Comply(r.Context(), v.actor, of, b.ID, versionOf(r))
	case "decline":
		field = "decline"
		err = s.app.Consents.DeclineDemand(r.Context(), v.actor, of, b.ID, versionOf(r), private.New(strings.TrimSpace(f.Get("decline"))))
	default:
		err = s.app.Consents.Weigh(r.Context(), v.actor, of, b.ID, orderIn(f))
	}
	mend, err := toMend(v.printer, err, field)
	if err != nil {
		return err
	}
	if len(mend) == 0 {
		return s.seeOther(w, r, "/cases/"+of+"/agreement/demand/"+string(b.ID))
	}
	typed := typedDemand(v, b)
	if f.Has("recipient") { // what was typed stays, over what stands there now
		typed = f
		typed.Set("version", strconv.FormatInt(b.Row, 10))
	}
	return s.demandAgain(w, r, c, &b, typed, mend)
}
