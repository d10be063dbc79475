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

// caseActs are the words for what was done: for an act, and by its first word for what has none of its own.
var caseActs = map[string]string{
	"case.open": i18n.Mark("The case was opened"), "case.change": i18n.Mark("The case was changed"), "case.close": i18n.Mark("The case was closed"),
	"case.reopen": i18n.Mark("The case was opened again"), "case.hand-over": i18n.Mark("The case was handed over"),
	"case.mark": i18n.Mark("The state of the record was changed"), "case.link": i18n.Mark("The case was linked to another"),
	"case.unlink": i18n.Mark("A link to another case was taken away"), "case.print": i18n.Mark("A sheet for paper was made"),
	"task.add": i18n.Mark("A task was made"), "task.move": i18n.Mark("A task was given another date"), "task.done": i18n.Mark("A task was done"),
	"task.dropped": i18n.Mark("A task was dropped"), "note.write": i18n.Mark("A note was written"), "note.rewrite": i18n.Mark("A note was changed"),
	"counsel.let": i18n.Mark("A counsellor was named"), "counsel.end": i18n.Mark("A counsellor was taken off"),
	"consent.given": i18n.Mark("The person said yes"), "consent.refused": i18n.Mark("The person said no"), "consent.withdraw": i18n.Mark("The person took a yes back"),
	"own.enter": i18n.Mark("The person opened their own page"), "own.slip": i18n.Mark("A slip for the person’s own page was made"),

	"case": i18n.Mark("The case was changed"), "consent": i18n.Mark("What the person agreed to was written down"),
	"person": i18n.Mark("Something about the person was written down"), "interpreter": i18n.Mark("An interpreter was noted"),
	"signs": i18n.Mark("Signs were written down"), "identification": i18n.Mark("A step of identification was written down"),
	"entitlement": i18n.Mark("Help that somebody pays for was written down"), "support": i18n.Mark("Support was planned or written down"),
	"justice": i18n.Mark("Rights or courts were talked about"), "place": i18n.Mark("A place to stay was looked for or changed"),
	"placement": i18n.Mark("A place to stay was looked for or changed"), "referral": i18n.Mark("A referral went on"),
	"disclosure": i18n.Mark("Somebody was told something"), "recall": i18n.Mark("Something was asked back"),
	"override": i18n.Mark("Somebody is told without the person’s agreement"), "duty": i18n.Mark("Somebody is told without the person’s agreement"),
	"demand": i18n.Mark("A demand was dealt with"), "own": i18n.Mark("Something went to or from the person’s own page"),
	"visit": i18n.Mark("Somebody went out, or came back"), "threat": i18n.Mark("A threat was written down"),
}

// caseAct says what was done. A code is never shown: an act without words has those of its first word.
func caseAct(p *i18n.Printer, e casefile.Event) string {
	words, ok := caseActs[e.Act]
	if !ok {
		noun, _, _ := strings.Cut(e.Act, ".")
		if words, ok = caseActs[noun]; !ok {
			words = i18n.Mark("Something was written down")
		}
	}
	var text strings.Builder
	text.WriteString(p.T(words))
	for _, of := range []string{"kind", "reason"} {
		code := e.Detail[of]
		if word := caseWord(p, code); word != code && e.Of != "" {
			text.WriteString(": " + word)
		}
	}
	return text.String()
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
