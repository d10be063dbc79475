package web

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
)

// agreementRoutes are the pages of agreements.
func (s *Server) agreementRoutes() []route {
	read, propose := May(auth.ReadAgreements), May(auth.ProposeAgreement)
	sign, ask := May(auth.SignAgreement), May(auth.AskPartners)
	either := MayAny(auth.ProposeAgreement, auth.SignAgreement)
	agreements := s.app.Agreements
	return []route{
		{"GET", "/agreements", Staff, read, s.agreements, 0},
		{"GET", "/agreements/new", Staff, propose, s.newAgreement, 0},
		{"POST", "/agreements/new", Staff, propose, s.draftAgreement, 0},
		{"GET", "/agreements/ask", Staff, ask, s.askPartner, 0},
		{"POST", "/agreements/ask", Staff, ask, s.askedPartner, 0},
		{"GET", "/agreements/{id}", Staff, read, s.agreement, 0},
		{"GET", "/agreements/{id}/simulate", Staff, read, s.simulateAgreement, 0},
		{"GET", "/agreements/{id}/agreement.json", Staff, read, s.exportAgreement, 0},
		{"POST", "/agreements/{id}/offer", Staff, propose, s.step(agreements.Offer), 0},
		{"POST", "/agreements/{id}/sign", Staff, sign, s.signAgreement, 0},
		{"POST", "/agreements/{id}/decline", Staff, either, s.step(agreements.Decline), 0},
		{"POST", "/agreements/{id}/suspend", Staff, either, s.step(agreements.Suspend), 0},
		{"POST", "/agreements/{id}/resume", Staff, sign, s.step(agreements.Resume), 0},
		{"POST", "/agreements/{id}/end", Staff, sign, s.endAgreement, 0},
	}
}

// agreementsPage lists with whom, for what, until when, and what waits for the reader.
type agreementsPage struct {
	Page
	Items      []agreementItem
	Number     string // of this organisation, to tell a partner
	MayPropose bool
	MayAsk     bool
}

type agreementItem struct {
	Path, Partner, What, Until string
	State, Look                string
	NeedsMe                    bool
	Needs                      string
}

func (s *Server) agreements(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	p := v.printer
	list, err := s.app.Agreements.List(r.Context(), v.actor)
	if err != nil {
		return err
	}
	page := agreementsPage{
		Page: s.page(r, p.T("Agreements")), Number: agreement.Number(v.actor.Org),
		MayPropose: v.actor.May(auth.ProposeAgreement), MayAsk: v.actor.May(auth.AskPartners),
	}
	for _, a := range list {
		item := agreementItem{Path: "/agreements/" + string(a.ID), Partner: a.Partner, NeedsMe: a.NeedsMe}
		item.State, item.Look = stateChip(p, a.State)
		if a.State == agreement.Draft {
			item.Needs = p.T("Read it once more, then offer it.")
		} else if a.NeedsMe {
			item.Needs = p.T("Read it, then sign it or turn it down.")
		}
		if a.Document.ValidUntil != "" {
			item.Until = p.Date(dayBefore(a.Document.ValidUntil))
		}
		var purposes []string
		for _, c := range a.Document.Clauses {
			for _, code := range c.Purposes {
				if word := wordOf(p, agreement.Purposes(), code); !slices.Contains(purposes, word) {
					purposes = append(purposes, word)
				}
			}
		}
		item.What = p.List(purposes)
		page.Items = append(page.Items, item)
	}
	return s.render(w, r, http.StatusOK, "agreements", page)
}

// agreementPage is one agreement: its sentences, its history, and what can be done now.
type agreementPage struct {
	Page
	Mend        []Mend
	View        agreement.View
	State, Look string
	Groups      []termGroup
	Signatures  []signatureLine
	Versions    []versionLine
	Events      []eventLine
}

type signatureLine struct {
	Name   string
	Signed bool
}

type versionLine struct{ Number, State, Look, From, Until, Signed, Hash string }

type eventLine struct{ At, What, Who, Version string }

// Wrong returns what is to be mended in a field, or "".
func (p agreementPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) agreement(w http.ResponseWriter, r *http.Request) error {
	return s.showAgreement(w, r, http.StatusOK, nil)
}

func (s *Server) showAgreement(w http.ResponseWriter, r *http.Request, status int, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	view, err := s.app.Agreements.View(r.Context(), v.actor, agreement.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	page := agreementPage{Page: s.page(r, p.T("Agreement")), Mend: mend, View: view, Groups: termsOf(p, view.Document)}
	page.State, page.Look = stateChip(p, view.State)
	page.Signatures = []signatureLine{{v.actor.OrgName, view.SignedByUs}, {view.Partner, view.SignedByPartner}}
	for _, line := range view.Versions {
		row := versionLine{Number: p.Int(int64(line.Serial)), Hash: line.Hash[:min(16, len(line.Hash))]}
		row.State, row.Look = stateChip(p, line.State)
		if line.ValidFrom != "" {
			row.From, row.Until = p.Date(line.ValidFrom), p.Date(dayBefore(line.ValidEnd))
		}
		if !line.SignedAt.IsZero() {
			row.Signed = p.DateTime(line.SignedAt, v.actor.Zone)
		}
		page.Versions = append(page.Versions, row)
	}
	if page.Events, err = s.eventLines(r, view); err != nil {
		return err
	}
	return s.render(w, r, status, "agreement", page)
}

// eventLines names our own people; of the partner's it knows only that they are the partner's.
func (s *Server) eventLines(r *http.Request, view agreement.View) ([]eventLine, error) {
	v := visitOf(r)
	accounts, err := s.app.Accounts.List(r.Context(), v.actor.Org)
	if err != nil {
		return nil, err
	}
	names := map[auth.AccountID]string{}
	for _, a := range accounts {
		names[a.ID] = a.Name
	}
	var lines []eventLine
	for _, e := range view.Events {
		line := eventLine{At: v.printer.DateTime(e.At, v.actor.Zone), What: eventText(v.printer, e), Who: view.Partner}
		if e.Ours {
			line.Who = names[e.Account]
			if line.Who == "" {
				line.Who = v.actor.OrgName
			}
		}
		if e.Serial > 0 {
			line.Version = v.printer.Int(int64(e.Serial))
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// step makes the handler of a step that needs nothing but the agreement.
func (s *Server) step(do func(ctx context.Context, actor auth.Actor, id agreement.ID) error) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id := agreement.ID(r.PathValue("id"))
		if err := do(r.Context(), actorOf(r), id); err != nil {
			return err
		}
		return s.seeOther(w, r, "/agreements/"+string(id))
	}
}

func (s *Server) signAgreement(w http.ResponseWriter, r *http.Request) error {
	if r.PostFormValue("read") != "yes" {
		return s.mendAgreement(w, r, Mend{"read", visitOf(r).printer.T("Say that you have read it. Your signature binds your organisation.")})
	}
	return s.step(func(ctx context.Context, actor auth.Actor, id agreement.ID) error {
		return s.app.Agreements.Sign(ctx, actor, id, r.PostFormValue("hash"))
	})(w, r)
}

func (s *Server) endAgreement(w http.ResponseWriter, r *http.Request) error {
	if r.PostFormValue("sure") != "yes" {
		return s.mendAgreement(w, r, Mend{"sure", visitOf(r).printer.T("Say that it is to end for good. To stop it for now, suspend it.")})
	}
	return s.step(s.app.Agreements.End)(w, r)
}

func (s *Server) mendAgreement(w http.ResponseWriter, r *http.Request, m Mend) error {
	return s.showAgreement(w, r, http.StatusUnprocessableEntity, []Mend{m})
}

func (s *Server) exportAgreement(w http.ResponseWriter, r *http.Request) error {
	e, err := s.app.Agreements.Export(r.Context(), actorOf(r), agreement.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return s.download(w, r, "agreement.json", "application/json", func(to io.Writer) error {
		enc := json.NewEncoder(to)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(e)
	})
}

// mendInvalid turns an [fault.Invalid] into what a form shows; other errors stay.
func mendInvalid(r *http.Request, err error, fallback string) ([]Mend, error) {
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		return mendOf(visitOf(r).printer, f, fallback), nil
	}
	return nil, err
}

// today is the civil date of the node in UTC, as agreements count.
func (s *Server) today() time.Time { return s.now().UTC() }
