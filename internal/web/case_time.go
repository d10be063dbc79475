package web

import (
	"net/http"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

func (s *Server) caseTimeRoutes() []route {
	return []route{
		{"GET", "/cases/{case}/time", Staff, May(auth.ReadCases), s.caseTime, 0},
		{"GET", "/cases/{case}/seen", Staff, May(auth.ReadCases), s.caseSeen, 0},
		{"GET", "/cases/{case}/print", Staff, May(auth.ReadCases), s.casePrint, 0},
	}
}

// caseTimeline is what happened in a case, or who has seen it.
type caseTimeline struct {
	caseHead
	Events []caseEvent
}

// caseEvent is one line of it.
type caseEvent struct{ At, By, Text string }

// caseActs are the words for what was done; an act without words is shown by its code.
var caseActs = map[string]string{
	"case.open": i18n.Mark("The case was opened"), "case.change": i18n.Mark("The case was changed"), "case.close": i18n.Mark("The case was closed"),
	"case.reopen": i18n.Mark("The case was opened again"), "case.hand-over": i18n.Mark("The case was handed over"),
	"case.mark": i18n.Mark("The state of the record was changed"), "case.link": i18n.Mark("The case was linked to another"),
	"case.unlink": i18n.Mark("A link to another case was taken away"),
	"task.add":    i18n.Mark("A task was made"), "task.move": i18n.Mark("A task was given another date"), "task.done": i18n.Mark("A task was done"),
	"task.dropped": i18n.Mark("A task was dropped"), "note.write": i18n.Mark("A note was written"), "note.rewrite": i18n.Mark("A note was changed"),
	"counsel.let": i18n.Mark("A counsellor was named"), "counsel.end": i18n.Mark("A counsellor was taken off"),
}

func caseAct(p *i18n.Printer, e casefile.Event) string {
	text := e.Act
	if words, ok := caseActs[e.Act]; ok {
		text = p.T(words)
	}
	for _, of := range []string{"kind", "reason"} {
		if code := e.Detail[of]; code != "" && e.Of != "" {
			text += ": " + caseWord(p, code)
		}
	}
	return text
}

func (s *Server) caseTime(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	var page caseTimeline
	if page.caseHead, err = s.caseHead(r, c, "/time", v.printer.T("What happened")); err != nil {
		return err
	}
	events, err := s.app.Cases.Timeline(r.Context(), v.actor, c.ID())
	if err != nil {
		return err
	}
	names, _, err := s.names(r.Context(), v)
	for _, e := range events {
		page.Events = append(page.Events, caseEvent{v.printer.DateTime(e.At, v.actor.Zone), nameOf(v.printer, names, e.By), caseAct(v.printer, e)})
	}
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "case_time", page)
}

// seenWords are the words for what was opened, by the sealed column.
func seenWords(p *i18n.Printer, fields string) string {
	words := map[string]string{
		"personal": p.T("personal details"), "sensitive": p.T("sensitive details"), "narrative": p.T("words and notes"),
		"location": p.T("a protected place"), "attachment": p.T("a file"),
	}
	var all []string
	for f := range strings.FieldsSeq(fields) {
		if w, ok := words[f]; ok {
			f = w
		}
		all = append(all, f)
	}
	if len(all) == 0 {
		return p.T("the history")
	}
	return p.List(all)
}

func (s *Server) caseSeen(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	var page caseTimeline
	if page.caseHead, err = s.caseHead(r, c, "/seen", v.printer.T("Who has seen it")); err != nil {
		return err
	}
	seen, err := s.app.Cases.WhoHasSeen(r.Context(), v.actor, c.ID())
	if err != nil {
		return err
	}
	names, _, err := s.names(r.Context(), v)
	for _, e := range seen {
		page.Events = append(page.Events, caseEvent{v.printer.DateTime(e.At, v.actor.Zone), nameOf(v.printer, names, e.By), seenWords(v.printer, e.Fields)})
	}
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "case_seen", page)
}

// casePaper is a case for paper: no name, no story, and whom it is for on every sheet.
type casePaper struct {
	caseOverview
	Copy string // number of the copy
}

// casePrint shows a case for printing. That it was asked for is in the ledger.
func (s *Server) casePrint(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	var page casePaper
	if page.Copy, err = s.app.Cases.Print(r.Context(), v.actor, c.ID()); err != nil {
		return err
	}
	if page.caseHead, err = s.caseHead(r, c, "/print", v.printer.T("Case")); err != nil {
		return err
	}
	if err := s.fillOverview(r, c, &page.caseOverview); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "case_print", page)
}
