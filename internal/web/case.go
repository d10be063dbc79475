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
	Around []caseGroup // where its pages are
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

// caseGroups are the pages of a case by what somebody wants to do, in the order in which they are needed at night; a page is
// named by what follows the number in its address. One that does not exist, or is not for the reader, is not shown.
var caseGroups = []struct {
	label string
	tabs  []caseTab // a path is what follows the number
	// beside are pages that belong to the group and have no tab.
	beside []string
}{
	{i18n.Mark("Case"), []caseTab{
		{Path: "", Label: i18n.Mark("Overview")}, {Path: "/tasks", Label: i18n.Mark("Tasks")}, {Path: "/time", Label: i18n.Mark("What happened")},
	}, []string{"/print"}},
	{i18n.Mark("Support"), []caseTab{
		{Path: "/support", Label: i18n.Mark("Support")}, {Path: "/place", Label: i18n.Mark("A safe place")}, {Path: "/referrals", Label: i18n.Mark("Referrals")},
	}, []string{"/visits", "/rights", "/plan"}},
	{i18n.Mark("Person"), []caseTab{
		{Path: "/person", Label: i18n.Mark("Person")}, {Path: "/agreement", Label: i18n.Mark("What was agreed")}, {Path: "/own", Label: i18n.Mark("Own page")},
	}, nil},
	{i18n.Mark("Notes"), []caseTab{{Path: "/notes", Label: i18n.Mark("Notes")}, {Path: "/files", Label: i18n.Mark("Files")}}, nil},
	{i18n.Mark("Identification"), []caseTab{{Path: "/signs", Label: i18n.Mark("Signs")}, {Path: "/identification", Label: i18n.Mark("Identification")}}, nil},
	{i18n.Mark("The file"), []caseTab{
		{Path: "/workers", Label: i18n.Mark("Who works on it")}, {Path: "/seen", Label: i18n.Mark("Who has seen it")}, {Path: "/keeping", Label: i18n.Mark("How long it is kept")},
	}, nil},
}

// caseGroup is a group of pages as a reader sees it: Path is that of its first page.
type caseGroup struct {
	Path, Label string
	Here        bool
	Tabs        []caseTab
}

// caseGroupsFor is the groups that a reader may open; here is the page that is shown.
func (s *Server) caseGroupsFor(v visit, id, here string) (all []caseGroup) {
	for _, g := range caseGroups {
		group := caseGroup{Label: v.printer.T(g.label), Here: slices.Contains(g.beside, here)}
		for _, t := range g.tabs {
			if !s.opens(v, t.Path) {
				continue
			}
			group.Here = group.Here || t.Path == here
			group.Tabs = append(group.Tabs, caseTab{"/cases/" + id + t.Path, v.printer.T(t.Label), t.Path == here})
		}
		if len(group.Tabs) > 0 {
			group.Path = group.Tabs[0].Path
			all = append(all, group)
		}
	}
	return all
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
	h.Around = s.caseGroupsFor(v, h.ID, tab)
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
