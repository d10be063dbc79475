package web

import (
	"net/http"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// caseRoutes are the pages of cases. What else belongs to a case has routes of its own below /cases/{case}.
func (s *Server) caseRoutes() []route {
	read, work := May(auth.ReadCases), May(auth.WorkCases)
	return slices.Concat([]route{
		{"GET", "/cases", Staff, read, s.cases, 0},
		{"POST", "/cases", Staff, work, s.openCase, 0},
		{"POST", "/cases/names", Staff, read, s.caseNames, 0},
		{"POST", "/cases/find", Staff, read, s.findCase, 0},
		{"GET", "/cases/new", Staff, work, s.newCase, 0},
		{"GET", "/cases/{case}", Staff, read, s.casePage, 0},
		{"POST", "/cases/{case}", Staff, work, s.changeCase, storyLimit},
		{"GET", "/cases/{case}/change", Staff, work, s.caseForm, 0},
		{"POST", "/cases/{case}/story", Staff, read, s.caseStory, 0},
		{"GET", "/cases/{case}/workers", Staff, read, s.caseWorkers, 0},
		{"POST", "/cases/{case}/workers", Staff, work, s.changeWorkers, 0},
		{"POST", "/cases/{case}/close", Staff, work, s.closeCase, 0},
		{"POST", "/cases/{case}/mark", Staff, work, s.markCase, 0},
	}, s.caseTaskRoutes(), s.caseNoteRoutes(), s.caseFileRoutes(), s.caseTimeRoutes())
}

// storyLimit is the most bytes of a form that takes a narrative: more than the room takes, so that the
// refusal can say what to do.
const storyLimit = 12 << 20

// caseHead is what every page about a case begins with: which case, what was agreed, and the ways on. A
// page of its own embeds it and shows it with {{template "case-head" $}}.
type caseHead struct {
	Page
	Mend   []Mend
	ID     string
	Number string
	// Name is the working name, opened for this page; "" where the page shows none.
	Name   string
	Chips  []caseChip
	Agreed caseAgreement
	Tabs   []caseTab
	// Key makes a form that is sent twice do its work once.
	Key record.SubmissionKey
	// May says that the reader works on the case and its record may be changed.
	May bool
}

// Wrong returns what is to be mended in a field, or "".
func (p caseHead) Wrong(field string) string { return wrongIn(p.Mend, field) }

// At returns the address of something of the case.
func (p caseHead) At(rest string) string { return "/cases/" + p.ID + rest }

// caseChip is a mark beside the number.
type caseChip struct {
	Text string
	Warn bool
}

// caseTab is a way to another page of the case.
type caseTab struct {
	Path, Label string
	Here        bool
}

// caseAgreement is what the person has agreed to, in a few lines; it stands first on every page.
type caseAgreement struct {
	Lines []string
	// Path leads to where it can be asked, changed and taken back; "" when there is no such page.
	Path string
}

// caseTabs are the pages of a case in their order, by what follows the number in the address. One whose
// page does not exist, or is not for the reader, is not shown.
var caseTabs = []struct{ rest, label string }{
	{"", i18n.Mark("Overview")},
	{"/person", i18n.Mark("Person")},
	{"/agreement", i18n.Mark("What was agreed")},
	{"/signs", i18n.Mark("Signs")},
	{"/identification", i18n.Mark("Identification")},
	{"/support", i18n.Mark("Support")},
	{"/place", i18n.Mark("A safe place")},
	{"/referrals", i18n.Mark("Referrals")},
	{"/tasks", i18n.Mark("Tasks")},
	{"/notes", i18n.Mark("Notes")},
	{"/files", i18n.Mark("Files")},
	{"/own", i18n.Mark("Own page")},
	{"/time", i18n.Mark("What happened")},
	{"/seen", i18n.Mark("Who has seen it")},
	{"/workers", i18n.Mark("Who works on it")},
	{"/keeping", i18n.Mark("How long it is kept")},
}

// caseOf returns the case that an address names, to whoever may read it.
func (s *Server) caseOf(r *http.Request) (casefile.Case, error) {
	return s.app.Cases.Get(r.Context(), actorOf(r), casefile.ID(r.PathValue("case")))
}

// caseHead fills what every page of a case has. tab is what follows the number in its address; title is in
// the reader's language and says nothing about the person.
func (s *Server) caseHead(r *http.Request, c casefile.Case, tab, title string) (h caseHead, err error) {
	v := visitOf(r)
	p := v.printer
	h = caseHead{
		Page: s.page(r, title), ID: string(c.ID()), Number: c.Clear.Number, Key: record.NewSubmissionKey(),
		May: v.actor.May(auth.WorkCases) && c.Clear.State == casefile.Active,
	}
	if c.Clear.Standing == casefile.Closed {
		h.Chips = append(h.Chips, caseChip{Text: p.T("Closed: %s", caseWord(p, c.Clear.CloseReason))})
	}
	if c.Clear.State != casefile.Active {
		h.Chips = append(h.Chips, caseChip{recordState(p, c.Clear.State), true})
	}
	if c.Protected() {
		h.Chips = append(h.Chips, caseChip{Text: p.T("Protected")})
	}
	if c.Clear.Priority == "now" {
		h.Chips = append(h.Chips, caseChip{caseWord(p, "now"), true})
	}
	for _, t := range caseTabs {
		if s.opens(v, t.rest) {
			h.Tabs = append(h.Tabs, caseTab{h.At(t.rest), p.T(t.label), t.rest == tab})
		}
	}
	h.Agreed, err = s.agreed(r, c)
	return h, err
}

// opens reports whether a page of cases stands in the route table and the visitor may open it.
func (s *Server) opens(v visit, rest string) bool {
	for _, rt := range s.rows {
		if rt.Method == http.MethodGet && rt.Pattern == "/cases/{case}"+rest {
			return rt.Access.admits(v)
		}
	}
	return false
}
