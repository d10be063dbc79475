package web

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
)

// askPage asks a partner for what an agreement lets the reader have. An answer that holds nothing is the same
// page, byte for byte, whatever the reason is.
type askPage struct {
	Page
	Mend       []Mend
	Agreements []termPick
	Purposes   []termPick
	Record     string
	Answered   bool
	Fields     []answerLine
	Class      string
	Keep       []string
}

type answerLine struct{ Label, Text string }

// Wrong returns what is to be mended in a field, or "".
func (p askPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) askPartner(w http.ResponseWriter, r *http.Request) error {
	page, err := s.askForm(r, r.URL.Query().Get("agreement"), "")
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "agreement_ask", page)
}

func (s *Server) askForm(r *http.Request, chosen, purpose string) (askPage, error) {
	v := visitOf(r)
	page := askPage{Page: s.page(r, v.printer.T("Ask a partner")), Purposes: picks(v.printer, agreement.Purposes(), []string{purpose})}
	list, err := s.app.Agreements.List(r.Context(), v.actor)
	if err != nil {
		return page, err
	}
	for _, a := range list {
		if a.State != agreement.Draft && a.SignedByUs && a.SignedByPartner {
			page.Agreements = append(page.Agreements, termPick{string(a.ID), a.Partner, string(a.ID) == chosen})
		}
	}
	return page, nil
}

func (s *Server) askedPartner(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	a := agreement.Ask{
		Agreement: agreement.ID(r.PostFormValue("agreement")), Record: agreement.RecordID(agreement.ParseNumber(r.PostFormValue("record"))),
		Purpose: r.PostFormValue("purpose"),
	}
	// Made before the question is asked: after the answer has left its clock nothing is read any more.
	page, err := s.askForm(r, "", "")
	if err != nil {
		return err
	}
	out, err := s.app.Agreements.Ask(r.Context(), v.actor, a)
	if err != nil && fault.KindOf(err) == fault.Invalid {
		form, formErr := s.askForm(r, string(a.Agreement), a.Purpose)
		if formErr != nil {
			return formErr
		}
		form.Mend, err = mendInvalid(r, err, "record")
		form.Record = r.PostFormValue("record")
		return cmp.Or(err, s.render(w, r, http.StatusUnprocessableEntity, "agreement_ask", form))
	}
	if err != nil {
		return err
	}
	page.Answered = true
	page.answer(out)
	return s.render(w, r, http.StatusOK, "agreement_ask", page)
}

func (page *askPage) answer(out agreement.Outcome) {
	p := page.Printer
	if len(out.Fields) == 0 {
		return
	}
	page.Class = wordOf(p, classWords(), out.Class)
	for _, f := range out.Fields {
		page.Fields = append(page.Fields, answerLine{wordOf(p, fieldWords(out.Class), f.Field), f.Text.Reveal("show what a partner has sent")})
	}
	keep := accord.Sentence{Key: "accord.clause.keep", Args: []any{out.Retention, out.ReviewAfter}}
	onward := accord.Sentence{Key: "accord.clause.onward", Args: []any{out.Onward}}
	page.Keep = []string{sentenceOf(p, keep).Text, sentenceOf(p, onward).Text}
}

// simulatePage answers "what would leave, to whom, for this case?" without a case.
type simulatePage struct {
	Page
	ID                                            string
	Partner                                       string
	State, Look                                   string
	InForce                                       bool
	Sides                                         []termPick
	Purposes, Subjects, Classes, Roles, Authority []termPick
	TLP, Handling, Grading                        []termPick
	Asked                                         bool
	Result                                        agreement.Simulation
	Lead                                          string
	Lines                                         []simulatedLine
}

type simulatedLine struct {
	Field, Code string
	Leaves      bool
	Clause      string
	Why         []string
}

func (s *Server) simulateAgreement(w http.ResponseWriter, r *http.Request) error {
	v, q := visitOf(r), r.URL.Query()
	p, id := v.printer, agreement.ID(r.PathValue("id"))
	view, err := s.app.Agreements.View(r.Context(), v.actor, id)
	if err != nil {
		return err
	}
	c := agreement.Case{
		Subject: q.Get("subject"), Class: q.Get("class"), Purpose: q.Get("purpose"), Role: q.Get("role"), Authority: q.Get("authority"),
		TLP: cmp.Or(q.Get("tlp"), "amber"), Handling: cmp.Or(q.Get("handling"), "H0"), Source: "A", Information: 1, They: q.Get("side") == "they",
	}
	if g := q.Get("grading"); len(g) == 2 {
		c.Source, c.Information = g[:1], int(g[1]-'0')
	}
	page := simulatePage{
		Page: s.page(r, p.T("What would leave?")), ID: string(id), Partner: view.Partner, InForce: view.State == agreement.InForce,
		Asked: q.Has("class"),
	}
	page.State, page.Look = stateChip(p, view.State)
	page.choices(c)
	if page.Asked {
		if page.Result, err = s.app.Agreements.Simulate(r.Context(), v.actor, id, c); err != nil {
			return err
		}
		page.tell(c)
	}
	return s.render(w, r, http.StatusOK, "agreement_simulate", page)
}

func (page *simulatePage) choices(c agreement.Case) {
	p := page.Printer
	page.Sides = []termPick{{"we", p.T("We send to %s", page.Partner), !c.They}, {"they", p.T("%s sends to us", page.Partner), c.They}}
	page.Purposes, page.Subjects = picks(p, agreement.Purposes(), []string{c.Purpose}), picks(p, agreement.Subjects(), []string{c.Subject})
	page.Classes = picks(p, classWords(), []string{c.Class})
	for _, role := range agreement.ReceivingRoles() {
		page.Roles = append(page.Roles, termPick{string(role), roleName(p, role), string(role) == c.Role})
	}
	page.Authority = append([]termPick{{"", p.T("none at all"), c.Authority == ""}}, picks(p, agreement.Authorities(), []string{c.Authority})...)
	var form newAgreementPage
	form.limits(p, agreement.Terms{TLP: c.TLP, Handling: c.Handling, Source: c.Source, Information: c.Information})
	page.TLP, page.Handling, page.Grading = form.TLP, form.Handling, form.Grading
}

// ofAuthority are the reasons that speak of an authority which exists.
var ofAuthority = []accord.Reason{accord.ReasonAuthorityKind, accord.ReasonAuthorityTo, accord.ReasonAuthorityOf, accord.ReasonAuthorityAt}

func (page *simulatePage) tell(c agreement.Case) {
	p, res := page.Printer, page.Result
	page.Lead = p.N("%d of %s fields would leave, from %s to %s.", "%d of %s fields would leave, from %s to %s.",
		res.Leaves, p.Int(int64(len(res.Lines))), res.From, res.To)
	if res.Leaves == 0 {
		page.Lead = p.T("Nothing would leave from %s to %s.", res.From, res.To)
	}
	for _, l := range res.Lines {
		line := simulatedLine{Field: wordOf(p, fieldWords(c.Class), l.Field), Code: c.Class + "." + l.Field, Leaves: l.Decision.Allowed, Clause: l.Decision.Clause}
		for _, reason := range l.Decision.Reasons {
			if c.Authority == "" && slices.Contains(ofAuthority, reason) {
				continue // what an authority that is not there does not name, either
			}
			line.Why = append(line.Why, reasonText(p, reason))
		}
		page.Lines = append(page.Lines, line)
	}
}
