package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/order"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
)

// withoutForm is how somebody is told without the person's agreement. First it asks who and what; then it shows what the
// person said, and asks why it has to be all the same.
type withoutForm struct {
	caseHead
	typed                                 url.Values
	Ground, GroundText                    string
	Grounds                               []consentWord
	Recipients, Classes, Purposes, ToldBy []consentWord
	Reports                               []reportRow
	Report                                *reportRow
	Looked                                bool
	Refusals                              []string
	Allowed                               bool // the person agreed to it: no override is needed
	Seen                                  string
}

// reportRow is a duty of a profile.
type reportRow struct {
	ID, Name, Trigger, Reporter, Recipient, Fact, Source, Clock string
	Unverified, Nameless                                        bool
}

// Val is what was typed into a field.
func (f withoutForm) Val(name string) string { return f.typed.Get(name) }

// Has reports whether a code was chosen in a field.
func (f withoutForm) Has(name, code string) bool { return slices.Contains(f.typed[name], code) }

func (s *Server) withoutConsent(w http.ResponseWriter, r *http.Request) error {
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	typed := url.Values{"ground": {r.URL.Query().Get("ground")}}
	return s.withoutAgain(w, r, c, typed, false, nil)
}

func (s *Server) withoutAgain(w http.ResponseWriter, r *http.Request, c casefile.Case, typed url.Values, looked bool, mend []Mend) (err error) {
	v := visitOf(r)
	p := v.printer
	f := withoutForm{typed: typed, Ground: typed.Get("ground"), Looked: looked}
	if f.caseHead, err = s.caseHead(r, c, "/agreement", p.T("Without the person’s agreement")); err != nil {
		return err
	}
	f.Mend = mend
	names, err := s.recipientsFor(r)
	if err != nil {
		return err
	}
	for code, name := range names.parties {
		if code != consent.Party(v.actor.Org) {
			f.Recipients = append(f.Recipients, consentWord{code, name})
		}
	}
	order.By(f.Recipients, func(a, b consentWord) int { return strings.Compare(a.Label, b.Label) })
	f.Recipients = append(f.Recipients, consentWords(p, consent.Recipients())...)
	f.Classes, f.Purposes, f.ToldBy = consentWords(p, consent.Classes()), consentWords(p, consent.Purposes()), toldWords(p)
	for _, g := range []consent.Ground{consent.Duty, consent.Emergency, consent.Discretion} {
		f.Grounds = append(f.Grounds, consentWord{string(g), basisText(p, g)})
		if f.Ground == string(g) {
			f.GroundText = basisText(p, g)
		}
	}
	for _, rep := range s.reportsOf(v, c) {
		row := reportOf(p, rep)
		f.Reports = append(f.Reports, row)
		if row.ID == typed.Get("rule") {
			f.Report = &row
		}
	}
	if looked {
		if err := s.refusals(r, c, &f); err != nil {
			return err
		}
	}
	return s.renderMend(w, r, "case_consent_without", f, mend)
}

// refusals fills in what the person said to it, each sheet's reasons.
func (s *Server) refusals(r *http.Request, c casefile.Case, f *withoutForm) error {
	v := visitOf(r)
	d, err := s.app.Consents.Refusal(r.Context(), v.actor, string(c.ID()), f.typed.Get("recipient"), f.typed.Get("purpose"), f.typed["classes"])
	if err != nil {
		return err
	}
	f.Seen, f.Allowed = consent.Seen(d), d.Allowed
	f.Refusals = consentWhyAll(v.printer, d.Reasons)
	return nil
}

// reportsOf are the duties that the profile of a case knows today.
func (s *Server) reportsOf(v visit, c casefile.Case) []consent.Report {
	zone, err := time.LoadLocation(v.actor.Zone)
	if err != nil || c.Clear.Profile == "" {
		return nil
	}
	return consent.Reports(c.Clear.Profile, s.now().In(zone).Format(time.DateOnly), zone)
}

func reportOf(p *i18n.Printer, rep consent.Report) reportRow {
	row := reportRow{
		ID: rep.ID, Name: p.T(rep.Name), Trigger: p.T(rep.Trigger), Recipient: p.T(rep.Recipient),
		Unverified: rep.State == profile.Absent || rep.Fact.Confidence == profile.Recalled, Nameless: rep.Nameless != nil,
	}
	var who []string
	for _, name := range rep.Reporter {
		who = append(who, p.T(name))
	}
	row.Reporter = p.List(who)
	if rep.Fact.Text != "" {
		row.Fact = p.T(rep.Fact.Text)
	}
	var sources []string
	for _, one := range rep.Fact.Sources {
		sources = append(sources, one.Title)
	}
	row.Source = p.List(sources)
	if term, ok := rep.Fact.Term(); ok {
		row.Clock = p.T("%d %s", int(term.Amount), p.T(term.Unit))
	}
	return row
}

func (s *Server) goWithout(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if err := r.ParseForm(); err != nil {
		return err
	}
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	o, zoneErr := s.overrideIn(v, c, r.PostForm)
	if zoneErr != nil {
		return zoneErr
	}
	if r.PostForm.Get("do") == "look" {
		r.PostForm["classes"] = o.Classes
		return s.withoutAgain(w, r, c, r.PostForm, true, nil)
	}
	_, err = s.app.Consents.Begin(r.Context(), v.actor, string(c.ID()), o, submission(r))
	mend, err := toMend(v.printer, err, "seen")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.withoutAgain(w, r, c, r.PostForm, true, mend)
	}
	return s.seeOther(w, r, "/cases/"+string(c.ID())+"/agreement#without")
}

// overrideIn reads the form; for a duty of a profile it takes least content and time from there.
func (s *Server) overrideIn(v visit, c casefile.Case, f url.Values) (consent.Override, error) {
	o := consent.Override{
		Ground: consent.Ground(f.Get("ground")), Recipient: f.Get("recipient"), Name: private.New(strings.TrimSpace(f.Get("name"))), Classes: f["classes"],
		Purpose: f.Get("purpose"), Told: consent.Told(f.Get("told")), Why: private.New(strings.TrimSpace(f.Get("why"))),
		Plan: private.New(strings.TrimSpace(f.Get("plan"))), Seen: f.Get("seen"), Done: f.Get("done") == "yes",
	}
	if o.Ground != consent.Duty {
		return o, nil
	}
	zone, err := time.LoadLocation(v.actor.Zone)
	if err != nil {
		return o, err
	}
	if began, err := time.ParseInLocation("2006-01-02T15:04", f.Get("began"), zone); err == nil && !began.After(s.now()) {
		o.Began = began
	}
	for _, rep := range s.reportsOf(v, c) {
		if rep.ID != f.Get("rule") {
			continue
		}
		o.Rule, o.Version = rep.ID, rep.Version
		if len(o.Classes) == 0 {
			o.Classes = rep.Classes
			if f.Get("nameless") == "yes" && rep.Nameless != nil {
				o.Classes = rep.Nameless
			}
		}
		from := o.Began
		if from.IsZero() {
			from = s.now()
		}
		o.Due, _ = rep.Due(from)
	}
	return o, nil
}

// stepWithout is the next step of a ground: a report that was made, one that was noted by mistake, the second person's word.
func (s *Server) stepWithout(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	of, id := r.PathValue("case"), consent.BasisID(r.PathValue("basis"))
	words := private.New(strings.TrimSpace(r.PostFormValue("words")))
	var err error
	switch r.PostFormValue("do") {
	case "report":
		err = s.app.Consents.Report(r.Context(), v.actor, of, id)
	case "mistaken":
		err = s.app.Consents.Mistaken(r.Context(), v.actor, of, id, words)
	case "agree", "disagree":
		err = s.app.Consents.Second(r.Context(), v.actor, of, id, consent.Verdict{
			Agrees: r.PostFormValue("do") == "agree", Words: words, Seen: r.PostFormValue("seen"), Version: versionOf(r),
		})
	default:
		err = fault.New(fault.Invalid, "Choose what to do.")
	}
	mend, err := toMend(v.printer, err, "without")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		for i := range mend {
			mend[i].Field = "without"
		}
		return s.consentsAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/cases/"+of+"/agreement#without")
}

// basisOf is a ground of law as the page shows it. For the second person of a decision it shows what the person said.
func (s *Server) basisOf(r *http.Request, names recipients, people map[auth.AccountID]string, view consent.View, b consent.BasisLine) (basisSheet, error) {
	v := visitOf(r)
	p := v.printer
	sheet := basisSheet{
		Printer: p, Base: "/cases/" + r.PathValue("case"), Works: v.actor.May(auth.WorkCases), ID: string(b.ID), Ground: basisText(p, b.Ground), State: stepText(p, b), To: names.name(b.Recipient, b.From.Reveal("name the recipient")),
		What: consentLabels(p, consent.Classes(), b.Classes), For: consentLabels(p, consent.Purposes(), []string{b.Purpose}),
		Begun: p.DateTime(b.Begun, v.actor.Zone), By: nameOf(p, people, b.By), Told: labelIn(toldWords(p), string(b.Told)), Rule: b.Basis.Version,
		Words: b.Words.Reveal("show why"), Plan: b.Plan.Reveal("show why"), Opinion: b.Opinion.Reveal("show why"), Version: b.Row,
		WaitsFor: b.WaitsFor, Mine: b.Mine, Duty: b.Ground == consent.Duty, Demand: b.Ground == consent.Demand, Open: b.Step == consent.Open,
		MayReview: b.WaitsFor && !b.Mine && v.actor.May(auth.ReviewOverrides),
	}
	if b.Second != "" {
		sheet.Second = nameOf(p, people, b.Second)
	}
	due := b.Due
	if b.NeedsReview() && !sheet.Open {
		due = b.ReviewBy()
	}
	if sheet.Demand {
		due, sheet.MayTell = b.ObjectUntil, labelIn(yesNoWords(p), string(b.MayTell))
	}
	if !due.IsZero() && (sheet.Open || b.NeedsReview()) {
		sheet.Due, sheet.Late = p.DateTime(due, v.actor.Zone), view.Now.After(due)
	}
	if b.Ground == consent.Discretion && sheet.MayReview {
		d, err := s.app.Consents.Refusal(r.Context(), v.actor, r.PathValue("case"), b.Recipient, b.Purpose, b.Classes)
		if err != nil {
			return sheet, err
		}
		sheet.Refusals, sheet.Seen = consentWhyAll(p, d.Reasons), consent.Seen(d)
	}
	return sheet, nil
}
