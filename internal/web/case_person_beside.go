package web

import (
	"net/http"
	"slices"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// personBesidePage is who speaks or decides beside the person.
type personBesidePage struct {
	caseHead
	Need           string // of an interpreter
	Interpreters   []personHelper
	Sessions       []personLine
	Session        personSheet
	Guardians      []personHelper
	NewGuardian    personSheet
	Determinations []personHelper
	NewFinding     personSheet
	Steps          []personStep
}

// personHelper is somebody, or a determination, with what speaks against it.
type personHelper struct {
	Title   string
	Fits    bool
	Against []string
	Lines   []personLine
	Form    personSheet
}

// personStep says whether a step may be taken.
type personStep struct {
	Matter string
	May    bool
}

func (s *Server) personBeside(w http.ResponseWriter, r *http.Request) error {
	return s.besideAgain(w, r, "", nil)
}

// besideAgain shows the page; again names the form in which something is to be mended.
func (s *Server) besideAgain(w http.ResponseWriter, r *http.Request, again string, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	var page personBesidePage
	if page.caseHead, err = s.caseHead(r, c, "/person", p.T("Beside the person")); err != nil {
		return err
	}
	f, err := s.app.People.Open(r.Context(), v.actor, c.ID(), support)
	if err != nil {
		return err
	}
	page.Mend, page.Need = mend, needLine(p, f.Languages.Need)
	if err := s.besideInterpreters(r, c, f, &page, again, mend); err != nil {
		return err
	}
	page.besideGuardians(r, p, f, again, mend)
	page.besideFindings(r, p, f, again, mend)
	return s.renderMend(w, r, "case_person_beside", page, mend)
}

func (s *Server) besideInterpreters(r *http.Request, c casefile.Case, f person.File, page *personBesidePage, again string, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	all, err := s.app.People.Choose(r.Context(), v.actor, f)
	if err != nil {
		return err
	}
	names := map[string]string{}
	var list []breachChoice
	for _, i := range all {
		names[i.ID] = i.Name
		list = append(list, breachChoice{Code: i.ID, Label: i.Name})
		one := personHelper{Title: i.Name, Fits: len(i.Against) == 0, Form: tieForm(p, i)}
		for _, h := range i.Against {
			one.Against = append(one.Against, p.T(h.Label()))
		}
		for _, code := range i.Languages {
			one.Lines = append(one.Lines, personLine{Label: p.T("Language"), Text: tongue(code)})
		}
		if i.Contact != "" {
			one.Lines = append(one.Lines, personLine{Label: p.T("Contact"), Text: i.Contact})
		}
		one.Form.Action = page.At("/person/beside/engage")
		page.finish(&one.Form, r, one.Form.ID == again, mend)
		page.Interpreters = append(page.Interpreters, one)
	}
	held, err := s.app.People.Conversations(r.Context(), v.actor, c.ID(), support)
	if err != nil {
		return err
	}
	for _, h := range held {
		line := personLine{Label: p.Date(h.On), Text: names[h.Interpreter]}
		for _, against := range h.Hindered {
			line.Notes = append(line.Notes, p.T("At that time: %s", p.T(against.Label())))
		}
		if h.Again == person.No {
			line.Notes = append(line.Notes, p.T("They do not want this interpreter again"))
		}
		if h.Concern != "" {
			line.Notes = append(line.Notes, h.Concern)
		}
		page.Sessions = append(page.Sessions, line)
	}
	page.Session = sessionForm(p, list)
	page.Session.Action = page.At("/person/beside/session")
	page.finish(&page.Session, r, again == "session", mend)
	return nil
}

// tieForm asks what stands between an interpreter and the person.
func tieForm(p *i18n.Printer, i person.Choice) personSheet {
	var reasons []breachChoice
	for _, t := range person.TieReasons() {
		reasons = append(reasons, breachChoice{Code: t.Code, Label: p.T(t.Label)})
	}
	label := func(t person.Tie) string {
		switch t {
		case person.Clear:
			return i18n.Mark("asked: there is none")
		case person.Conflict:
			return i18n.Mark("there is a conflict")
		case person.NotChecked:
		}
		return i18n.Mark("nobody has asked")
	}
	return personSheet{
		ID: "engage-" + i.ID, Title: p.T("Look for a conflict: %s", i.Name), Button: p.T("Keep it"), Version: i.TieVersion,
		Help:   p.T("Ask the interpreter about places and people in general, without saying who this is about. The person may refuse anybody and owes no reason."),
		Hidden: []personField{{Name: "interpreter", Value: i.ID}},
		Fields: []personField{
			{Name: "tie", Kind: "select", Label: p.T("A conflict of interest?"), Options: choices(p, []person.Tie{person.NotChecked, person.Clear, person.Conflict}, label, i.Tie)},
			{Name: "reason", Kind: "select", Label: p.T("Which conflict"), Options: append([]breachChoice{{Code: "", Label: p.T("none")}}, reasons...)},
			{Name: "refused", Kind: "checks", Options: []breachChoice{{"1", p.T("The person does not want this interpreter"), i.Refused}}},
		},
	}
}

func sessionForm(p *i18n.Printer, interpreters []breachChoice) personSheet {
	var kinds []breachChoice
	for _, k := range person.SessionKinds() {
		kinds = append(kinds, breachChoice{Code: k.Code, Label: p.T(k.Label)})
	}
	return personSheet{
		ID: "session", Title: p.T("Write down a conversation through an interpreter"), Button: p.T("Keep it"),
		Help: p.T("Write it down also when it should not have been: that is worth knowing most."),
		Fields: []personField{
			{Name: "interpreter", Kind: "select", Label: p.T("Who interpreted"), Options: append([]breachChoice{{Code: "", Label: p.T("choose")}}, interpreters...)},
			{Name: "on", Kind: "date", Label: p.T("On which day"), Dir: "ltr"},
			{Name: "how", Kind: "select", Label: p.T("How"), Options: kinds},
			{Name: "language", Kind: "text", Label: p.T("In which language, by code"), Dir: "ltr"},
			{Name: "minutes", Kind: "number", Label: p.T("How many minutes"), Dir: "ltr"},
			{Name: "agreed", Kind: "select", Label: p.T("Did the person agree to this interpreter before?"), Options: askedYesNo(p, "")},
			{Name: "again", Kind: "select", Label: p.T("Would they want them again?"), Options: askedYesNo(p, "")},
			{Name: "concern", Kind: "area", Label: p.T("Anything that was not right"), Dir: "auto"},
		},
	}
}

func (h *personBesidePage) besideGuardians(r *http.Request, p *i18n.Printer, f person.File, again string, mend []Mend) {
	for _, k := range f.Guardians {
		g := k.Is
		one := personHelper{Title: g.Name, Form: guardianForm(p, g)}
		for _, o := range person.GuardianMay(g, person.Everyday, f.Today) {
			if o != person.OutOfScope {
				one.Against = append(one.Against, p.T(o.Label()))
			}
		}
		one.Fits = len(one.Against) == 0
		var may, hides []string
		for _, m := range g.Scope {
			may = append(may, p.T(m.Label()))
		}
		for _, m := range g.Private {
			hides = append(hides, p.T(m.Label()))
		}
		for _, l := range []personLine{
			{Label: p.T("Who that is to the child"), Text: g.Relation},
			{Label: p.T("Proof"), Text: p.T(g.Proof.Label())},
			{Label: p.T("May decide about"), Text: p.List(may)},
			{Label: p.T("The child keeps from them"), Text: p.List(hides)},
			{Label: p.T("The child’s own view of them"), Text: g.Child},
		} {
			if l.Text != "" {
				one.Lines = append(one.Lines, l)
			}
		}
		one.Form.ID, one.Form.Version, one.Form.Action = "guardian-"+k.ID, k.Version, h.At("/person/beside/guardian")
		one.Form.Hidden = []personField{{Name: "id", Value: k.ID}}
		one.Form.Title, one.Form.Button = p.T("Change what is known of them"), p.T("Keep it")
		h.finish(&one.Form, r, one.Form.ID == again, mend)
		h.Guardians = append(h.Guardians, one)
	}
	h.NewGuardian = guardianForm(p, person.Guardian{})
	h.NewGuardian.ID, h.NewGuardian.Action = "guardian-", h.At("/person/beside/guardian")
	h.NewGuardian.Title, h.NewGuardian.Button = p.T("Add somebody who decides for the child"), p.T("Keep it")
	h.NewGuardian.Help = p.T("Whoever is alleged to have exploited the child decides nothing, whatever paper they hold. What was not asked counts against them.")
	h.finish(&h.NewGuardian, r, again == "guardian-", mend)
}

func guardianForm(p *i18n.Printer, g person.Guardian) personSheet {
	tie := func(t person.Tie) string {
		switch t {
		case person.Clear:
			return i18n.Mark("looked for: there is none")
		case person.Conflict:
			return i18n.Mark("there is a conflict")
		case person.NotChecked:
		}
		return i18n.Mark("nobody has looked")
	}
	return personSheet{Fields: []personField{
		{Name: "name", Kind: "text", Label: p.T("Name"), Value: g.Name, Dir: "auto"},
		{Name: "relation", Kind: "text", Label: p.T("Who that is to the child"), Value: g.Relation, Dir: "auto"},
		{Name: "contact", Kind: "text", Label: p.T("How to reach them"), Value: g.Contact, Dir: "auto"},
		{Name: "proof", Kind: "select", Label: p.T("Proof"), Options: choices(p, person.Proofs(), person.Proof.Label, g.Proof)},
		{Name: "seen-on", Kind: "date", Label: p.T("Proof looked at on"), Value: g.SeenOn, Dir: "ltr"},
		{Name: "since", Kind: "date", Label: p.T("Guardian since"), Value: g.From, Dir: "ltr"},
		{Name: "till-adult", Kind: "checks", Options: []breachChoice{{"1", p.T("It ends when the child comes of age"), g.TillAdult}}},
		{Name: "until", Kind: "date", Label: p.T("Or until another day"), Value: g.Until, Dir: "ltr"},
		{Name: "scope", Kind: "checks", Label: p.T("May decide about"), Options: choices(p, person.Matters(), person.Matter.Label, g.Scope...)},
		{Name: "alleged", Kind: "select", Label: p.T("Does anybody say that they exploited the child or took part?"), Options: askedYesNo(p, g.Alleged)},
		{Name: "tie", Kind: "select", Label: p.T("Another conflict of interest?"), Options: choices(p, []person.Tie{person.NotChecked, person.Clear, person.Conflict}, tie, g.Tie)},
		{Name: "private", Kind: "checks", Label: p.T("The child keeps from them"), Options: choices(p, person.Matters(), person.Matter.Label, g.Private...)},
		{Name: "view", Kind: "area", Label: p.T("The child’s own view of them"), Value: g.Child, Dir: "auto"},
		{Name: "ended", Kind: "date", Label: p.T("Ended on"), Value: g.Ended, Dir: "ltr"},
	}}
}

func findingLabel(f person.Finding) string {
	switch f {
	case person.InFavour:
		return i18n.Mark("for it")
	case person.Against:
		return i18n.Mark("against it")
	case person.Undetermined:
	}
	return i18n.Mark("under way")
}

// stepMatters are the matters that wait for a determination.
func stepMatters() []person.Matter {
	return slices.DeleteFunc(person.Matters(), func(m person.Matter) bool { return !m.NeedsDetermination() })
}

func (h *personBesidePage) besideFindings(r *http.Request, p *i18n.Printer, f person.File, again string, mend []Mend) {
	for _, m := range stepMatters() {
		h.Steps = append(h.Steps, personStep{p.T(m.Label()), f.May(m)})
	}
	for _, k := range f.Determinations {
		d := k.Is
		one := personHelper{Title: p.T(d.Matter.Label()), Fits: d.Holds(d.Matter, f.Today), Form: findingForm(p, d)}
		for _, l := range []personLine{
			{Label: p.T("Finding"), Text: p.T(findingLabel(d.Finding))},
			{Label: p.T("The child’s own view"), Text: d.View},
			{Label: p.T("Who determined"), Text: d.Panel},
			{Label: p.T("Reasons"), Text: d.Reasons},
		} {
			if l.Text != "" {
				one.Lines = append(one.Lines, l)
			}
		}
		if d.Until != "" {
			one.Lines = append(one.Lines, personLine{Label: p.T("Holds until"), Text: p.Date(d.Until)})
		}
		one.Form.ID, one.Form.Version, one.Form.Action = "finding-"+k.ID, k.Version, h.At("/person/beside/finding")
		one.Form.Hidden = []personField{{Name: "id", Value: k.ID}}
		one.Form.Title, one.Form.Button = p.T("Go on with it"), p.T("Keep it")
		h.finish(&one.Form, r, one.Form.ID == again, mend)
		h.Determinations = append(h.Determinations, one)
	}
	h.NewFinding = findingForm(p, person.Determination{})
	h.NewFinding.ID, h.NewFinding.Action = "finding-", h.At("/person/beside/finding")
	h.NewFinding.Title, h.NewFinding.Button = p.T("Begin to determine what is best for the child"), p.T("Keep it")
	h.NewFinding.Help = p.T("Looking for the family, return and transfer wait for it. The child is heard first.")
	h.finish(&h.NewFinding, r, again == "finding-", mend)
}

func findingForm(p *i18n.Printer, d person.Determination) personSheet {
	return personSheet{Fields: []personField{
		{Name: "matter", Kind: "select", Label: p.T("About what"), Options: choices(p, stepMatters(), person.Matter.Label, d.Matter)},
		{Name: "finding", Kind: "select", Label: p.T("Finding"), Options: choices(p, []person.Finding{person.Undetermined, person.InFavour, person.Against}, findingLabel, d.Finding)},
		{Name: "heard", Kind: "select", Label: p.T("Was the child heard?"), Options: askedYesNo(p, d.Heard)},
		{Name: "view", Kind: "area", Label: p.T("The child’s own view"), Value: d.View, Dir: "auto"},
		{Name: "panel", Kind: "text", Label: p.T("Who determined"), Help: p.T("People who are not bound to any side."), Value: d.Panel, Dir: "auto"},
		{Name: "reasons", Kind: "area", Label: p.T("Reasons"), Value: d.Reasons, Dir: "auto"},
		{Name: "on", Kind: "date", Label: p.T("On which day"), Value: d.On, Dir: "ltr"},
		{Name: "until", Kind: "date", Label: p.T("Holds until"), Value: d.Until, Dir: "ltr"},
	}}
}

// keepBeside keeps what one of the forms says.
func (s *Server) keepBeside(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	of, id, form := casefile.ID(r.PathValue("case")), r.PostFormValue("id"), ""
	seen := person.Seen{Version: versionOf(r), Key: record.SubmissionKey(r.PostFormValue("key"))}
	ctx, actor, get := r.Context(), actorOf(r), r.PostFormValue
	var err error
	switch r.PathValue("what") {
	case "engage":
		form = "engage-" + get("interpreter")
		e := person.Engaged{Tie: person.Tie(get("tie")), Refused: get("refused") != ""}
		err = s.app.People.Engage(ctx, actor, of, get("interpreter"), seen, e, get("reason"))
	case "session":
		form = "session"
		err = s.app.People.Converse(ctx, actor, of, get("interpreter"), seen, readSession(r))
	case "guardian":
		form = "guardian-" + id
		_, err = s.app.People.Guard(ctx, actor, of, id, seen, readGuardian(r))
	case "finding":
		form = "finding-" + id
		_, err = s.app.People.Determine(ctx, actor, of, id, seen, person.Determination{
			Matter: person.Matter(get("matter")), Finding: person.Finding(get("finding")), Heard: person.Answer(get("heard")),
			View: get("view"), Panel: get("panel"), Reasons: get("reasons"), On: get("on"), Until: get("until"),
		})
	default:
		return fault.New(fault.NotFound, "This does not exist.")
	}
	if err == nil {
		return s.seeOther(w, r, "/cases/"+string(of)+"/person/beside")
	}
	mend, err := toMend(visitOf(r).printer, err, form)
	if err != nil {
		return err
	}
	for i := range mend {
		mend[i].Field = form
	}
	return s.besideAgain(w, r, form, mend)
}

func readSession(r *http.Request) person.Session {
	get := r.PostFormValue
	c := person.Session{
		On: get("on"), How: get("how"), Language: get("language"), Agreed: person.Answer(get("agreed")), Again: person.Answer(get("again")), Concern: get("concern"),
	}
	if get("minutes") != "" {
		c.Minutes = wholeNumber(get("minutes"))
	}
	return c
}

func readGuardian(r *http.Request) person.Guardian {
	get := r.PostFormValue
	g := person.Guardian{
		Name: get("name"), Relation: get("relation"), Contact: get("contact"), Proof: person.Proof(get("proof")), SeenOn: get("seen-on"),
		From: get("since"), Until: get("until"), TillAdult: get("till-adult") != "", Alleged: person.Answer(get("alleged")), Tie: person.Tie(get("tie")),
		Child: get("view"), Ended: get("ended"),
	}
	for _, m := range r.PostForm["scope"] {
		g.Scope = append(g.Scope, person.Matter(m))
	}
	for _, m := range r.PostForm["private"] {
		g.Private = append(g.Private, person.Matter(m))
	}
	return g
}
