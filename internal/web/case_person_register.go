package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// interpreterPage is the register of interpreters.
type interpreterPage struct {
	Page
	Mend    []Mend
	Listed  []personHelper
	New     personSheet
	MayKeep bool
	Tongues []breachChoice
}

// Wrong returns what is to be mended in a field, or "".
func (p interpreterPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) interpreters(w http.ResponseWriter, r *http.Request) error {
	return s.interpretersAgain(w, r, "", nil)
}

func (s *Server) interpretersAgain(w http.ResponseWriter, r *http.Request, again string, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	page := interpreterPage{Page: s.page(r, p.T("Interpreters")), Mend: mend, MayKeep: v.actor.May(auth.KeepInterpreters), Tongues: tongues}
	all, err := s.app.People.Interpreters(r.Context(), v.actor)
	if err != nil {
		return err
	}
	today := civil(s.now(), v.actor.Zone)
	key := string(record.NewSubmissionKey())
	for _, i := range all {
		one := personHelper{Title: i.Name, Fits: i.Vetting(today) && (i.EndedOn == "" || today < i.EndedOn), Form: interpreterForm(p, i)}
		if !i.Vetting(today) {
			one.Against = append(one.Against, p.T(person.NotVetted.Label()))
		}
		if i.EndedOn != "" && i.EndedOn <= today {
			one.Against = append(one.Against, p.T(person.Left.Label()))
		}
		var spoken []string
		for _, code := range i.Languages {
			spoken = append(spoken, p.Isolate(tongue(code)))
		}
		one.Lines = []personLine{{Label: p.T("Languages"), Text: p.List(spoken)}}
		if len(i.Communities) > 0 {
			one.Lines = append(one.Lines, personLine{Label: p.T("Communities"), Text: p.List(i.Communities)})
		}
		one.Form.ID, one.Form.Version = "interpreter-"+i.ID, i.Version
		one.Form.Title, one.Form.Button = p.T("Change the entry"), p.T("Keep it")
		one.Form.Hidden = []personField{{Name: "id", Value: i.ID}, {Name: "key", Value: key + plainID(i.ID)}}
		giveIDs(one.Form.ID, one.Form.Fields)
		if again == i.ID {
			one.Form.retype(r.PostForm, mend)
		}
		page.Listed = append(page.Listed, one)
	}
	page.New = interpreterForm(p, person.Interpreter{})
	page.New.ID, page.New.Title, page.New.Button = "interpreter-", p.T("Enter an interpreter"), p.T("Enter them")
	page.New.Hidden = []personField{{Name: "key", Value: key}}
	giveIDs(page.New.ID, page.New.Fields)
	if again == "" && len(mend) > 0 {
		page.New.retype(r.PostForm, mend)
	}
	return s.renderMend(w, r, "case_person_interpreters", page, mend)
}

func interpreterForm(p *i18n.Printer, i person.Interpreter) personSheet {
	genders := []breachChoice{{"", p.T("not known"), i.Gender == ""}, {"woman", p.T("a woman"), i.Gender == person.Woman}, {"man", p.T("a man"), i.Gender == person.Man}}
	return personSheet{Action: "/interpreters", Fields: []personField{
		{Name: "name", Kind: "text", Label: p.T("Working name"), Help: p.T("What everybody here calls them. It need not be their own."), Value: i.Name, Dir: "auto"},
		{Name: "gender", Kind: "select", Label: p.T("Gender"), Options: genders},
		{Name: "languages", Kind: "text", Label: p.T("Languages, by code"), Help: p.T("Several with spaces between: ar, kmr, zh-Hant."), Value: strings.Join(i.Languages, " "), Dir: "ltr"},
		{Name: "signs", Kind: "checks", Options: []breachChoice{{"1", p.T("A sign language"), i.Signs}}},
		{Name: "communities", Kind: "area", Label: p.T("Communities they belong to"), Help: p.T("One a line. Without it they interpret for nobody who wants a community kept away."), Value: strings.Join(i.Communities, "\n"), Dir: "auto"},
		{Name: "contact", Kind: "text", Label: p.T("How to reach them"), Value: i.Contact, Dir: "auto"},
		{Name: "vetted-on", Kind: "date", Label: p.T("Vetted on"), Value: i.VettedOn, Dir: "ltr"},
		{Name: "vetted-until", Kind: "date", Label: p.T("Vetting holds until"), Value: i.VettedUntil, Dir: "ltr"},
		{Name: "ended", Kind: "date", Label: p.T("Left on"), Value: i.EndedOn, Dir: "ltr"},
	}}
}

// keepInterpreter enters an interpreter or changes an entry.
func (s *Server) keepInterpreter(w http.ResponseWriter, r *http.Request) error {
	get := r.PostFormValue
	i := person.Interpreter{
		ID: get("id"), Version: versionOf(r), Name: strings.TrimSpace(get("name")), Gender: person.Gender(get("gender")), Languages: strings.Fields(get("languages")),
		Signs: get("signs") != "", Communities: textLines(get("communities")), Contact: get("contact"),
		VettedOn: get("vetted-on"), VettedUntil: get("vetted-until"), EndedOn: get("ended"),
	}
	_, err := s.app.People.Register(r.Context(), actorOf(r), i, record.SubmissionKey(get("key")))
	if err == nil {
		return s.seeOther(w, r, "/interpreters")
	}
	mend, err := toMend(visitOf(r).printer, err, "interpreter-"+i.ID)
	if err != nil {
		return err
	}
	mend = slices.Clone(mend)
	for n := range mend {
		mend[n].Field = "interpreter-" + i.ID
	}
	return s.interpretersAgain(w, r, i.ID, mend)
}
