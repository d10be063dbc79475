package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/person"
	care "github.com/fourfold/fourfold/internal/protection/support"
)

func (s *Server) caseSupportRoutes() []route {
	read, work := May(auth.ReadCases), May(auth.WorkCases)
	return []route{
		{"GET", "/cases/{case}/support", Staff, read, s.supportPage, 0},
		{"POST", "/cases/{case}/support", Staff, work, s.supportDo, 0},
		{"GET", "/cases/{case}/support/{part}", Staff, work, s.supportForm, 0},
		{"POST", "/cases/{case}/support/{part}", Staff, work, s.supportKeep, supportLimit},
		{"GET", "/cases/{case}/plan", Staff, read, s.supportPlan, 0},
		{"GET", "/cases/{case}/rights", Staff, read, s.rightsPage, 0},
		{"POST", "/cases/{case}/rights", Staff, work, s.rightsDo, 0},
		{"GET", "/cases/{case}/visits", Staff, read, s.visitsPage, 0},
		{"POST", "/cases/{case}/visits", Staff, work, s.visitsDo, 0},
		{"GET", "/visits", Staff, read, s.missedPage, 0},
	}
}

// supportLimit is the most bytes of a form of support: more than the room takes, so that the refusal says
// what to do.
const supportLimit = 1 << 20

// supportOverview is support on one page: first what needs doing now.
type supportOverview struct {
	caseHead
	Now      []string
	Tasks    []taskRow
	Stages   []supportStage
	Ways     []breachChoice
	Ends     []breachChoice
	Closed   string
	Version  int64
	Again    bool
	Signs    []caseFact // earlier cases to which signs of being exploited again may be linked
	Danger   supportDanger
	Sections []supportSection
	Triggers []breachChoice
	Planned  bool // somebody is to be asked how things are
}

// supportStage is a stage as the page draws it.
type supportStage struct {
	Label string
	Here  bool
}

// supportDanger shows what is known apart from what is not.
type supportDanger struct {
	Treated, Highest string
	Known, Unknown   []string
	Lapsed           int
	Rows             []supportRow
	Review           string
}

// supportSection is a part of support with what is written down there.
type supportSection struct {
	ID, Title, Lead string
	Rows            []supportRow
	Add             []supportWay
}

// supportWay leads to a form.
type supportWay struct{ Path, Label string }

// supportRow is one thing that is written down.
type supportRow struct {
	Title, Text string
	Marks       []string
	Path        string // to change it; "" where nothing is to be changed
}

// careText shows what is sealed on the page of support.
func careText(t private.Text) string { return t.Reveal("show support to who works on the case") }

func (s *Server) supportPage(w http.ResponseWriter, r *http.Request) error {
	return s.supportAgain(w, r, nil)
}

// soonDays is for how many days ahead the page of support shows what is due.
const soonDays = 14

func (s *Server) supportAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	visitor := visitOf(r)
	p := visitor.printer
	v, err := s.app.Support.View(r.Context(), visitor.actor, casefile.ID(r.PathValue("case")))
	if err != nil {
		return err
	}
	page := supportOverview{Version: v.Version, Again: v.Again, Triggers: careChoices(p, care.Triggers(), r.PostFormValue("trigger"))}
	if page.caseHead, err = s.caseHead(r, v.Case, "/support", p.T("Support")); err != nil {
		return err
	}
	page.Mend = mend
	tasks, err := s.app.Cases.Tasks(r.Context(), visitor.actor, v.Case.ID())
	if err != nil {
		return err
	}
	soon := civil(s.now().AddDate(0, 0, soonDays), visitor.actor.Zone)
	for _, t := range tasks {
		near := t.Clear.State == casefile.ToDo && t.Clear.DueOn <= soon
		ours := strings.HasPrefix(t.Clear.Kind, "support.") || t.Clear.Kind == person.PlanAhead
		if near && ours && len(page.Tasks) < overviewTasks {
			page.Tasks = append(page.Tasks, s.taskRow(visitor, t, ""))
		}
	}
	links, err := s.app.Cases.Links(r.Context(), visitor.actor, v.Case.ID())
	if err != nil {
		return err
	}
	for _, l := range links {
		page.Signs = append(page.Signs, caseFact{l.Other.Clear.Number, string(l.Other.ID())})
	}
	page.fill(p, v)
	return s.renderMend(w, r, "case_support", page, mend)
}

// fill puts the view into words.
func (o *supportOverview) fill(p *i18n.Printer, v care.View) {
	for _, code := range v.AtOnce.Is.Waiting() {
		o.Now = append(o.Now, p.T(care.Label(care.Ticks(), code)))
	}
	for _, st := range care.Stages() {
		if st == care.Reopened && v.State.Stage != care.Reopened {
			continue
		}
		o.Stages = append(o.Stages, supportStage{p.T(st.Label()), st == v.State.Stage})
	}
	for _, to := range care.Ways(v.State) {
		if to != care.Closed {
			o.Ways = append(o.Ways, breachChoice{Code: string(to), Label: p.T(to.Label())})
		}
	}
	if v.State.Stage == care.Closed {
		o.Closed = p.T(v.State.Ended.Label())
	} else {
		o.Ends = choices(p, care.EndReasons(), care.Ended.Label)
	}
	o.danger(p, v)
	o.Sections = []supportSection{
		o.atOnce(p, v), o.safety(p, v), o.needs(p, v), o.plan(p, v), o.services(p, v), o.outcomes(p, v), o.follows(p, v),
	}
	for _, f := range v.Follows {
		o.Planned = o.Planned || f.Is.State == "planned"
	}
}

func (o *supportOverview) danger(p *i18n.Printer, v care.View) {
	all := v.Overall()
	o.Danger = supportDanger{Treated: p.T(all.Level.Label()), Lapsed: len(all.Lapsed)}
	if all.Highest != care.NotKnown {
		o.Danger.Highest = p.T(all.Highest.Label())
	}
	o.Danger.Known, o.Danger.Unknown = careLabels(p, care.Dangers(), all.Known), careLabels(p, care.Dangers(), all.Unknown)
	if day := v.Risks.Is.Review(v.Today); day != "" {
		o.Danger.Review = p.Date(day)
	}
	for _, d := range care.Dangers() {
		one, ok := v.Risks.Is.By[d.Code]
		if !ok {
			continue
		}
		row := supportRow{Title: p.T(d.Label), Text: careText(one.Basis), Marks: []string{p.T(one.Level.Label()), p.T("looked at on %s", p.Date(one.On))}}
		if v.Risks.Is.Holds(d.Code, v.Today) == care.NotKnown && one.Level != care.NotKnown {
			row.Marks = append(row.Marks, p.T("too old to rely on"))
		} else if one.Until != "" {
			row.Marks = append(row.Marks, p.T("until %s", p.Date(one.Until)))
		}
		o.Danger.Rows = append(o.Danger.Rows, row)
	}
}

// form returns the address of a form of support; of an item when it names one.
func (o *supportOverview) form(part, id string) string {
	at := o.At("/support/" + part)
	if id != "" {
		at += "?of=" + id
	}
	return at
}

func (o *supportOverview) atOnce(p *i18n.Printer, v care.View) supportSection {
	x := supportSection{ID: "now-needs", Title: p.T("What is needed at once"), Lead: p.T("A list to tick, in half a minute. Nothing has to be answered.")}
	for _, t := range care.Ticks() {
		a := v.AtOnce.Is.Needs[t.Code]
		yes, given := a.Get()
		if !given || !yes {
			continue
		}
		row := supportRow{Title: p.T(t.Label), Marks: []string{askedLine(p, a.State, a.Source)}}
		if on := v.AtOnce.Is.Met[t.Code]; on != "" {
			row.Marks = append(row.Marks, p.T("done on %s", p.Date(on)))
		}
		x.Rows = append(x.Rows, row)
	}
	if note := careText(v.AtOnce.Is.Note); note != "" {
		x.Rows = append(x.Rows, supportRow{Title: p.T("Note"), Text: note})
	}
	x.Add = []supportWay{{o.form("now", ""), p.T("Tick what is needed at once")}}
	return x
}

func (o *supportOverview) safety(p *i18n.Printer, v care.View) supportSection {
	x := supportSection{ID: "safety", Title: p.T("Safety plan"), Lead: p.T("What the person does when danger comes near. Areas, never addresses.")}
	plan := v.Safety.Is
	for _, l := range []struct {
		label string
		text  private.Text
	}{
		{p.T("How to reach the person safely"), plan.Contact},
		{p.T("Code word"), plan.CodeWord},
		{p.T("Areas that are safe"), plan.Places.Safe},
		{p.T("Areas to keep away from"), plan.Places.Unsafe},
		{p.T("Warning signs"), plan.Signs},
		{p.T("What the person does then"), plan.Steps},
		{p.T("People they trust"), plan.Trusted},
		{p.T("Telephone and accounts"), plan.Devices},
		{p.T("The bag with papers"), plan.Papers},
		{p.T("Children"), plan.Children},
		{p.T("Numbers to call"), plan.Numbers},
	} {
		if !l.text.IsZero() {
			x.Rows = append(x.Rows, supportRow{Title: l.label, Text: careText(l.text)})
		}
	}
	if plan.ReviewOn != "" {
		x.Rows = append(x.Rows, supportRow{Title: p.T("Looked at again on"), Text: p.Date(plan.ReviewOn)})
	}
	if v.Safety.Version > 0 {
		x.Rows = append(x.Rows, supportRow{Title: p.T("Does the person hold a copy?"), Text: leaveText(p, plan.Copy)})
	}
	x.Add = []supportWay{{o.form("safety", ""), p.T("Write the safety plan")}}
	return x
}

func leaveText(p *i18n.Printer, l care.Leave) string {
	switch l {
	case care.Yes:
		return p.T("yes")
	case care.No:
		return p.T("no")
	}
	return p.T("not asked")
}

// supportDo does one of the small things of the page.
func (s *Server) supportDo(w http.ResponseWriter, r *http.Request) error {
	ctx, actor, id := r.Context(), actorOf(r), casefile.ID(r.PathValue("case"))
	var err error
	field := "stage"
	switch r.PostFormValue("do") {
	case "close":
		field = "reason"
		err = s.app.Support.Move(ctx, actor, id, versionOf(r), care.Closed, care.Ended(r.PostFormValue("reason")))
	case "again":
		field = "earlier"
		err = s.app.Support.Again(ctx, actor, id, care.Sign{
			There: r.PostFormValue("signs") == "yes", Earlier: casefile.ID(r.PostFormValue("earlier")), Words: typedText(r.PostForm, "sign"),
		})
	case "trigger":
		field = "trigger"
		err = s.app.Support.Trigger(ctx, actor, id, r.PostFormValue("trigger"))
	case "refuse":
		field = "refuse"
		err = s.app.Support.RefuseFollow(ctx, actor, id)
	default:
		err = s.app.Support.Move(ctx, actor, id, versionOf(r), care.Stage(r.PostFormValue("stage")), "")
	}
	mend, err := toMend(visitOf(r).printer, err, field)
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.supportAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/cases/"+string(id)+"/support")
}

// careChoices lists words for a form.
func careChoices(p *i18n.Printer, words []care.Word, chosen ...string) []breachChoice {
	all := make([]breachChoice, len(words))
	for i, w := range words {
		all[i] = breachChoice{Code: w.Code, Label: p.T(w.Label)}
		for _, c := range chosen {
			all[i].Chosen = all[i].Chosen || c == w.Code
		}
	}
	return all
}

// careLabels are the words for codes.
func careLabels(p *i18n.Printer, words []care.Word, codes []string) []string {
	all := make([]string, len(codes))
	for i, c := range codes {
		all[i] = p.T(care.Label(words, c))
	}
	return all
}

func number(n int) string { return strconv.Itoa(n) }
