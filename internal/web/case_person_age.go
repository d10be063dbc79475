package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// personAgePage is the age of a person: what is said, whether the safeguards of a child hold, and assessments.
type personAgePage struct {
	caseHead
	Standing personStanding
	Lines    []personLine // what is said about the birth
	Past     []personAssessment
	New      personSheet
}

// personAssessment is one assessment with the form of its next stage.
type personAssessment struct {
	Stage string
	Lines []personLine
	Form  personSheet
	More  bool // there is a next stage
}

func (s *Server) personAge(w http.ResponseWriter, r *http.Request) error {
	return s.ageAgain(w, r, "", nil)
}

func (s *Server) ageAgain(w http.ResponseWriter, r *http.Request, again string, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	var page personAgePage
	if page.caseHead, err = s.caseHead(r, c, "/person", p.T("Age")); err != nil {
		return err
	}
	f, err := s.app.People.Open(r.Context(), v.actor, c.ID(), support)
	if err != nil {
		return err
	}
	page.Mend, page.Standing = mend, standingOf(v, f)
	page.Lines = sectionOf(p, f, person.OfBirth, 0).Lines
	for _, k := range f.Assessments {
		one := personAssessment{Stage: p.T(k.Is.Stage.Label()), Lines: assessmentLines(p, k.Is)}
		stages := nextStages(k.Is.Stage)
		one.More = len(stages) > 0
		one.Form = assessmentForm(p, k.Is, stages)
		one.Form.ID, one.Form.Action, one.Form.Version = k.ID, page.At("/person/age/"+k.ID), k.Version
		one.Form.Title, one.Form.Button = p.T("Go on with it"), p.T("Keep it")
		page.finish(&one.Form, r, k.ID == again, mend)
		page.Past = append(page.Past, one)
	}
	page.New = assessmentForm(p, person.Assessment{}, []person.Stage{person.Proposed})
	page.New.ID, page.New.Action = "new", page.At("/person/age/new")
	page.New.Title, page.New.Button = p.T("Propose an age assessment"), p.T("Propose it")
	page.New.Help = p.T("Only where there is real doubt, by the least intrusive method, and only with their agreement. Refusing says nothing about the age.")
	page.finish(&page.New, r, again == "new", mend)
	return s.renderMend(w, r, "case_person_age", page, mend)
}

// finish gives a form its key, and puts back what was typed.
func (h *caseHead) finish(f *personSheet, r *http.Request, again bool, mend []Mend) {
	f.Hidden = append(f.Hidden, personField{Name: "key", Value: string(h.Key) + plainID(f.ID)})
	giveIDs(f.ID, f.Fields)
	if again {
		f.retype(r.PostForm, mend)
	}
}

// plainID is an identifier without what a key may not hold.
func plainID(id string) string {
	return string(slices.DeleteFunc([]byte(id), func(b byte) bool {
		return (b < '0' || b > '9') && (b < 'a' || b > 'z') && (b < 'A' || b > 'Z')
	}))
}

// nextStages are the stages that may follow one.
func nextStages(from person.Stage) (all []person.Stage) {
	for _, to := range []person.Stage{person.Proposed, person.Declined, person.Concluded, person.Contested, person.Upheld, person.Overturned, person.Stopped} {
		if from.MayBecome(to) {
			all = append(all, to)
		}
	}
	return all
}

func agreementLabel(a person.Agreement) string {
	switch a {
	case person.Agreed:
		return i18n.Mark("agreed")
	case person.Refused:
		return i18n.Mark("refused")
	case person.NotNeeded:
		return i18n.Mark("there is none, and none is needed")
	case person.NotAsked:
	}
	return i18n.Mark("not asked")
}

func assessmentLines(p *i18n.Printer, a person.Assessment) []personLine {
	lines := []personLine{
		{Label: p.T("Method"), Text: p.T(a.Method.Label())},
		{Label: p.T("The person"), Text: p.T(agreementLabel(a.Person))},
		{Label: p.T("The guardian"), Text: p.T(agreementLabel(a.Guardian))},
	}
	for _, l := range []personLine{{Label: p.T("The doubt"), Text: a.Why}, {Label: p.T("Reasons of the outcome"), Text: a.Reasons}} {
		if l.Text != "" {
			lines = append(lines, l)
		}
	}
	if a.From != "" || a.To != "" {
		out := personLine{Label: p.T("Outcome"), Text: bornBetween(p, person.Birth{From: a.From, To: a.To})}
		if a.MarginMonths > 0 {
			out.Notes = []string{p.N("Margin: %d month to either side, for the person.", "Margin: %d months to either side, for the person.", a.MarginMonths)}
		}
		lines = append(lines, out)
	}
	if a.ConcludedOn != "" {
		lines = append(lines, personLine{Label: p.T("Concluded on"), Text: p.Date(a.ConcludedOn)})
	}
	if a.ContestUntil != "" {
		lines = append(lines, personLine{Label: p.T("May be contested until"), Text: p.Date(a.ContestUntil)})
	}
	return lines
}

// assessmentForm is the form of an assessment, with the stages to choose from.
func assessmentForm(p *i18n.Printer, a person.Assessment, stages []person.Stage) personSheet {
	all := []person.Agreement{person.NotAsked, person.Agreed, person.Refused}
	margin := ""
	if a.MarginMonths > 0 {
		margin = strconv.Itoa(a.MarginMonths)
	}
	fields := []personField{
		{Name: "stage", Kind: "select", Label: p.T("What happened"), Options: choices(p, stages, person.Stage.Label)},
		{Name: "method", Kind: "select", Label: p.T("How the age is assessed"), Help: p.T("Looking at somebody settles nothing."), Options: choices(p, person.Methods(), person.Method.Label, a.Method)},
		{Name: "why", Kind: "area", Label: p.T("What the doubt is"), Value: a.Why, Dir: "auto"},
		{Name: "person", Kind: "select", Label: p.T("What the person said"), Options: choices(p, all, agreementLabel, a.Person)},
		{Name: "guardian", Kind: "select", Label: p.T("What the guardian said"), Options: choices(p, append(all, person.NotNeeded), agreementLabel, a.Guardian)},
		{Name: "language", Kind: "text", Label: p.T("In which language it was explained"), Value: a.Language, Dir: "ltr"},
	}
	if !slices.Equal(stages, []person.Stage{person.Proposed}) {
		fields = append(fields,
			personField{Name: "from-day", Kind: "text", Label: p.T("Outcome: born from"), Value: a.From, Dir: "ltr"},
			personField{Name: "to-day", Kind: "text", Label: p.T("Outcome: born until"), Value: a.To, Dir: "ltr"},
			personField{Name: "margin", Kind: "number", Label: p.T("Margin of error in months"), Help: p.T("It always works for the person."), Value: margin, Dir: "ltr"},
			personField{Name: "concluded-on", Kind: "date", Label: p.T("Concluded on"), Value: a.ConcludedOn, Dir: "ltr"},
			personField{Name: "contest-until", Kind: "date", Label: p.T("May be contested until"), Help: p.T("While it may be contested the safeguards of a child hold. Without a day it always may be."), Value: a.ContestUntil, Dir: "ltr"},
			personField{Name: "reasons", Kind: "area", Label: p.T("Reasons, as they were told to the person"), Value: a.Reasons, Dir: "auto"},
		)
	}
	return personSheet{Fields: fields}
}

// assessAge keeps an assessment or its next stage.
func (s *Server) assessAge(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	of, id := casefile.ID(r.PathValue("case")), r.PathValue("assessment")
	a, err := readAssessment(r)
	if err == nil {
		known := id
		if id == "new" {
			known = ""
		}
		seen := person.Seen{Version: versionOf(r), Key: record.SubmissionKey(r.PostFormValue("key"))}
		_, err = s.app.People.Assess(r.Context(), actorOf(r), of, known, seen, a)
	}
	if err == nil {
		return s.seeOther(w, r, "/cases/"+string(of)+"/person/age")
	}
	mend, err := toMend(visitOf(r).printer, err, id)
	if err != nil {
		return err
	}
	for i := range mend {
		mend[i].Field = id
	}
	return s.ageAgain(w, r, id, mend)
}

func readAssessment(r *http.Request) (person.Assessment, error) {
	get := r.PostFormValue
	a := person.Assessment{
		Stage: person.Stage(get("stage")), Method: person.Method(get("method")), Why: get("why"), Reasons: get("reasons"), Language: get("language"),
		Person: person.Agreement(get("person")), Guardian: person.Agreement(get("guardian")), ConcludedOn: get("concluded-on"), ContestUntil: get("contest-until"),
	}
	if get("margin") != "" {
		a.MarginMonths = wholeNumber(get("margin"))
	}
	from, to := latin(get("from-day")), latin(get("to-day"))
	if cmp.Or(from, to) == "" {
		return a, nil
	}
	b, err := person.ParseBirth(from, to, person.Gregorian)
	if err != nil {
		return a, fault.New(fault.Invalid, "The age assessment was not kept.").
			WithField("from-day", "Give a date as year, year-month or year-month-day, such as 2008-05-17.")
	}
	a.From, a.To = b.From, b.To
	return a, nil
}
