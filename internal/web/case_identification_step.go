package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/identification"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// stepPage is the form of one step.
type stepPage struct {
	caseHead
	Procedure, Step, Clock string
	Version                int64
	StepName               string
	Jurisdiction           string
	Law, Ground            lawLine
	MustAgree              bool // an adult
	Decides, Second        bool
	Refusal                bool
	MayDecide              bool
	Bodies                 []breachChoice
	Own                    bool
	AgreedYes              bool
	On, Reasons, Basis     string // as typed
	BodyName, Document     string
	Today                  string
}

// stepForm shows the form of a step.
func (s *Server) stepForm(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	return s.stepAgain(w, r, q.Get("procedure"), q.Get("step"), q.Get("clock"), nil)
}

func (s *Server) stepAgain(w http.ResponseWriter, r *http.Request, procedure, step, clock string, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	o, err := s.app.Identifications.Show(r.Context(), v.actor, casefile.ID(r.PathValue("case")))
	if err != nil {
		return err
	}
	page := stepPage{
		Procedure: procedure, Step: step, Clock: clock, MayDecide: v.actor.May(auth.DecideIdentity), Today: string(o.Today),
		On: r.PostFormValue("on"), Reasons: r.PostFormValue("reasons"), Basis: r.PostFormValue("basis"), BodyName: r.PostFormValue("body-name"),
		Document: r.PostFormValue("document"), Own: r.PostFormValue("own") != "", AgreedYes: r.PostFormValue("agreed") != "",
	}
	if page.On == "" {
		page.On = page.Today
	}
	found := false
	for _, x := range o.Procedures {
		if x.ID == procedure {
			found = s.fillStep(p, o, x, &page, r.PostFormValue("body"))
		}
	}
	if !found {
		return fault.New(fault.NotFound, "This does not exist.")
	}
	if page.caseHead, err = s.caseHead(r, o.Case, "/identification", p.T("Identification")); err != nil {
		return err
	}
	page.Mend = mend
	return s.renderMend(w, r, "case_identification_step", page, mend)
}

// fillStep fills the form of a step; false when the procedure has no such step.
func (s *Server) fillStep(p *i18n.Printer, o identification.Overview, x identification.Procedure, page *stepPage, body string) bool {
	v := x.Rules.Version
	law, _ := s.app.Identifications.Law.Procedure(x.Jurisdiction)
	page.Version, page.Jurisdiction, page.StepName = x.Version, p.T(law.Name), stepName(p, v, page.Step)
	var who []string
	m, move := v.Move(page.Step)
	review, back := v.Review(page.Step)
	switch {
	case move:
		who, page.Law = m.Who, lawOf(p, v, m.Topic)
		page.MustAgree, page.Decides, page.Refusal = m.Agreed && o.Adult, m.Decides != "", m.Refusal
		page.Second = identification.NeedsSecond(v, page.Step)
	case back:
		who, page.Law, page.Ground = review.Who, lawOf(p, v, review.While), lawOf(p, v, review.Ground)
	case page.Step == identification.Suspend || page.Step == identification.Resume:
		who = v.Suspends
	case page.Step == identification.Extend:
		c, _ := v.Clock(page.Clock)
		page.Law = lawOf(p, v, c.Extend)
		for _, start := range c.Starts {
			m, _ := v.Move(start)
			who = append(who, m.Who...)
		}
	case page.Step == identification.Recall:
		for _, a := range v.Actors {
			who = append(who, a.ID)
		}
	default:
		return false
	}
	for _, id := range who {
		a, _ := v.Actor(id)
		page.Bodies = append(page.Bodies, breachChoice{id, p.T(a.Name), id == body})
	}
	return true
}

// takeStep records a step.
func (s *Server) takeStep(w http.ResponseWriter, r *http.Request) error {
	agreed := identification.NotAsked
	if r.PostFormValue("agreed") != "" {
		agreed = identification.Agreed
	}
	procedure, step, clock := r.PostFormValue("procedure"), r.PostFormValue("step"), r.PostFormValue("clock")
	if procedure == "" {
		return s.nothingChosen(w, r)
	}
	_, err := s.app.Identifications.Take(r.Context(), actorOf(r), identification.Taking{
		Case: casefile.ID(r.PathValue("case")), Procedure: procedure, Seen: versionOf(r), Step: step, Body: r.PostFormValue("body"),
		BodyName: private.New(strings.TrimSpace(r.PostFormValue("body-name"))), Own: r.PostFormValue("own") != "",
		On: profile.Date(r.PostFormValue("on")), Agreed: agreed, Reasons: private.New(strings.TrimSpace(r.PostFormValue("reasons"))),
		Basis: private.New(strings.TrimSpace(r.PostFormValue("basis"))), Document: strings.ToLower(strings.TrimSpace(r.PostFormValue("document"))),
		Clock: clock, Key: record.SubmissionKey(r.PostFormValue("key")),
	})
	mend, err := toMend(visitOf(r).printer, err, "on")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.stepAgain(w, r, procedure, step, clock, mend)
	}
	return s.seeOther(w, r, "/cases/"+r.PathValue("case")+"/identification")
}

// nothingChosen leads back from a button that stood alone, to a case that the actor may read.
func (s *Server) nothingChosen(w http.ResponseWriter, r *http.Request) error {
	_, err := s.app.Cases.Get(r.Context(), actorOf(r), casefile.ID(r.PathValue("case")))
	if err != nil {
		return err
	}
	return s.identificationDone(w, r, nil, "")
}

// signStep is the second signature under a decision, or takes the decision back.
func (s *Server) signStep(w http.ResponseWriter, r *http.Request) error {
	if r.PostFormValue("event") == "" {
		return s.nothingChosen(w, r)
	}
	do := s.app.Identifications.Sign
	if r.PostFormValue("drop") != "" {
		do = s.app.Identifications.Drop
	}
	err := do(r.Context(), actorOf(r), casefile.ID(r.PathValue("case")), r.PostFormValue("event"))
	return s.identificationDone(w, r, err, "waiting")
}

// stepReasons opens the reasons of a step and shows the page with them.
func (s *Server) stepReasons(w http.ResponseWriter, r *http.Request) error {
	event := r.PostFormValue("event")
	if event == "" {
		return s.nothingChosen(w, r)
	}
	reasons, err := s.app.Identifications.Reasons(r.Context(), actorOf(r), casefile.ID(r.PathValue("case")), event)
	if err != nil {
		return err
	}
	return s.identificationAgain(w, r, nil, event, reasons.Reveal("show the reasons that were asked for"))
}

// statementRow is what a body says.
type statementRow struct {
	Body, Name, Says, Day, Standard, Basis, Words, Document, By string
}

// statementForm is what was typed of a new one.
type statementForm struct {
	Says, Bodies                             []breachChoice
	On, Name, Standard, Basis, Words, Digest string
}

func statementFormOf(p *i18n.Printer, r *http.Request) statementForm {
	f := statementForm{
		On: r.PostFormValue("on"), Name: r.PostFormValue("name"), Standard: r.PostFormValue("standard"), Basis: r.PostFormValue("basis"),
		Words: r.PostFormValue("words"), Digest: r.PostFormValue("document"),
	}
	for _, w := range identification.Says() {
		f.Says = append(f.Says, breachChoice{w.Code, p.T(w.Text), w.Code == r.PostFormValue("says")})
	}
	for _, w := range identification.Bodies() {
		f.Bodies = append(f.Bodies, breachChoice{w.Code, p.T(w.Text), w.Code == r.PostFormValue("body")})
	}
	return f
}

func bodyWord(p *i18n.Printer, code string, words []identification.Word) string {
	for _, w := range words {
		if w.Code == code {
			return p.T(w.Text)
		}
	}
	return code
}

func statements(p *i18n.Printer, o identification.Overview, names map[auth.AccountID]string) (out []statementRow) {
	for _, a := range o.Assertions {
		out = append(out, statementRow{
			Body: bodyWord(p, a.Body, identification.Bodies()), Says: bodyWord(p, a.Says, identification.Says()), Day: p.Date(string(a.Day)),
			Name: a.Name.Reveal("show who says it"), Standard: a.Standard.Reveal("show the standard of proof"), Basis: a.Basis.Reveal("show the legal basis"),
			Words: a.Words.Reveal("show what the body says"), Document: a.Document, By: nameOf(p, names, a.By),
		})
	}
	return out
}

// addStatement records what a body says.
func (s *Server) addStatement(w http.ResponseWriter, r *http.Request) error {
	_, err := s.app.Identifications.Assert(r.Context(), actorOf(r), casefile.ID(r.PathValue("case")), identification.Assertion{
		Says: r.PostFormValue("says"), Body: r.PostFormValue("body"), Day: profile.Date(r.PostFormValue("on")),
		Document: strings.ToLower(strings.TrimSpace(r.PostFormValue("document"))), Name: private.New(strings.TrimSpace(r.PostFormValue("name"))),
		Standard: private.New(strings.TrimSpace(r.PostFormValue("standard"))), Basis: private.New(strings.TrimSpace(r.PostFormValue("basis"))),
		Words: private.New(strings.TrimSpace(r.PostFormValue("words"))),
	}, record.SubmissionKey(r.PostFormValue("key")))
	return s.identificationDone(w, r, err, "says")
}

// helpRow is help that somebody pays for.
type helpRow struct {
	ID                                      string
	Version                                 int64
	Funder, From, To, MoveOn, Left          string
	FromDay, ToDay, MoveOnDay, Remark, Rule string
	Late                                    bool
}

// suggestedHelp is help that the profile says is due.
type suggestedHelp struct {
	Procedure, Rule, Name, From, To, FromDay, ToDay, Doubt string
	Law                                                    lawLine
}

func suggested(p *i18n.Printer, procedure string, g identification.Suggestion) suggestedHelp {
	out := suggestedHelp{
		Procedure: procedure, Rule: g.Rule, Name: p.T(g.Name), From: p.Date(string(g.From)), FromDay: string(g.From), ToDay: string(g.To), Law: factLine(p, g.Fact),
	}
	if g.To != "" {
		out.To = p.Date(string(g.To))
	}
	if g.Why != identification.Certain {
		out.Doubt = p.T(g.Why.Label())
	}
	return out
}

func helpRows(p *i18n.Printer, o identification.Overview) (out []helpRow) {
	for _, h := range o.Help {
		row := helpRow{
			ID: h.ID, Version: h.Version, Funder: h.Funder.Reveal("show who pays"), Remark: h.Remark.Reveal("show the remark"), Rule: h.Rule,
			From: p.Date(string(h.From)), FromDay: string(h.From), ToDay: string(h.To), MoveOnDay: string(h.MoveOn),
		}
		if h.To != "" {
			row.To = p.Date(string(h.To))
			left, _ := profile.DaysLeft(o.Today, h.To)
			row.Left, row.Late = daysLeft(p, left, ""), left <= 30
		}
		if h.MoveOn != "" {
			row.MoveOn = p.Date(string(h.MoveOn))
		}
		out = append(out, row)
	}
	return out
}

// setHelp records help, or changes it.
func (s *Server) setHelp(w http.ResponseWriter, r *http.Request) error {
	version, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64) // a version that is none is stale
	_, err := s.app.Identifications.Entitle(r.Context(), actorOf(r), casefile.ID(r.PathValue("case")), identification.Help{
		ID: r.PostFormValue("help"), Version: version, Procedure: r.PostFormValue("procedure"), Rule: r.PostFormValue("rule"),
		From: profile.Date(r.PostFormValue("from")), To: profile.Date(r.PostFormValue("to")), MoveOn: profile.Date(r.PostFormValue("move-on")),
		Funder: private.New(strings.TrimSpace(r.PostFormValue("funder"))), Remark: private.New(strings.TrimSpace(r.PostFormValue("remark"))),
	}, record.SubmissionKey(r.PostFormValue("key")))
	return s.identificationDone(w, r, err, "from")
}
