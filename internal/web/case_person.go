package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// casePersonRoutes are the pages about who somebody is.
func (s *Server) casePersonRoutes() []route {
	read, work := May(auth.ReadCases), May(auth.WorkCases)
	return []route{
		{"GET", "/cases/{case}/person", Staff, read, s.casePerson, 0},
		{"POST", "/cases/{case}/person/{section}", Staff, work, s.keepPerson, 0},
		{"POST", "/cases/{case}/person/own/{set}", Staff, work, s.keepOwn, 0},
		{"GET", "/cases/{case}/person/age", Staff, read, s.personAge, 0},
		{"POST", "/cases/{case}/person/age/{assessment}", Staff, work, s.assessAge, 0},
		{"GET", "/cases/{case}/person/beside", Staff, read, s.personBeside, 0},
		{"POST", "/cases/{case}/person/beside/{what}", Staff, work, s.keepBeside, 0},
		{"GET", "/cases/{case}/person/same", Staff, work, s.personSame, 0},
		{"POST", "/cases/{case}/person/same", Staff, work, s.findSame, 0},
		{"GET", "/cases/{case}/person/same/{other}", Staff, work, s.personPair, 0},
		{"POST", "/cases/{case}/person/same/{other}", Staff, work, s.decideSame, 0},
		{"GET", "/interpreters", Staff, MayAny(auth.WorkCases, auth.KeepInterpreters), s.interpreters, 0},
		{"POST", "/interpreters", Staff, May(auth.KeepInterpreters), s.keepInterpreter, 0},
	}
}

// personPage is who somebody is: what is known, and a form for each part.
type personPage struct {
	caseHead
	// Greet is the name to greet with; Say how it is spoken.
	Greet, Say string
	Standing   personStanding
	Sections   []personSection
	Tongues    []breachChoice
	Owns       []personOwn
}

// personStanding says whether the safeguards of a child hold, and why.
type personStanding struct {
	Safeguards bool
	Age        string
	Grounds    []string
	// Dates say when something has to be done.
	Dates []personLine
}

func (s *Server) casePerson(w http.ResponseWriter, r *http.Request) error {
	return s.personAgain(w, r, personRetry{})
}

// personRetry is a part that was not kept: a section, or a list of the organisation's own; what is to be mended in it,
// and whether somebody else has changed it meanwhile.
type personRetry struct {
	section person.Section
	own     string
	mend    []Mend
	stale   bool
}

// personAgain opens the file, once, and shows it, with what was typed into the part that was not kept.
func (s *Server) personAgain(w http.ResponseWriter, r *http.Request, retry personRetry) error {
	again, mend, stale := retry.section, retry.mend, retry.stale
	v := visitOf(r)
	p := v.printer
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	var page personPage
	if page.caseHead, err = s.caseHead(r, c, "/person", p.T("Person")); err != nil {
		return err
	}
	f, err := s.app.People.Open(r.Context(), v.actor, c.ID(), support)
	if err != nil {
		return err
	}
	if n, ok := f.Names.Value.GreetWith(); ok {
		page.Greet, page.Say = n.Text, n.Say
	}
	page.Standing, page.Tongues, page.Mend = standingOf(v, f), tongues, mend
	typed := 0
	if again != "" {
		typed = typedRows(r.PostForm)
	}
	for _, code := range person.Sections() {
		rows := 0
		if code == again {
			rows = typed
		}
		one := sectionOf(p, f, code, rows)
		one.Code, one.Action, one.Version = string(code), page.At("/person/"+string(code)), f.Marks[code].Version
		for _, q := range one.Questions {
			for _, e := range q.Rows {
				giveIDs(string(code), e.Fields)
			}
		}
		if code == again {
			one.retype(r.PostForm)
			one.Open, one.Mend = true, mend
			if stale {
				one.Theirs = one.Lines
			}
		}
		page.Sections = append(page.Sections, one)
	}
	if page.Owns, err = s.personOwns(r.Context(), v, c.ID(), page.May, retry.own, r.PostForm, mend, stale); err != nil {
		return err
	}
	return s.renderMend(w, r, "case_person", page, mend)
}

// typedRows is how many rows the longest list of a form had.
func typedRows(form url.Values) int {
	n := 0
	for _, first := range []string{"text", "from-day", "language", "area", "channel", "kind", "name"} {
		i := 0
		for form.Has(rowField(first, i)) {
			i++
		}
		n = max(n, i)
	}
	return n
}

func standingOf(v visit, f person.File) personStanding {
	p, st := v.printer, f.Standing()
	out := personStanding{Safeguards: st.Safeguards, Age: p.T(st.Age.Label())}
	for _, g := range st.Grounds {
		out.Grounds = append(out.Grounds, p.T(g.Label()))
	}
	for _, m := range f.Eighteenths() {
		out.Dates = append(out.Dates,
			personLine{Label: p.T("Plan what changes at eighteen, by"), Text: p.Date(m.HandOver)},
			personLine{Label: p.T("Last day on which they are surely a child"), Text: p.Date(m.Eve)},
		)
		if m.Latest != "" {
			out.Dates = append(out.Dates, personLine{Label: p.T("First day on which they are surely an adult"), Text: p.Date(m.Latest)})
		}
	}
	return out
}

// keepPerson keeps one section.
func (s *Server) keepPerson(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	code := person.Section(r.PathValue("section"))
	if !slices.Contains(person.Sections(), code) {
		return fault.New(fault.NotFound, "This does not exist.")
	}
	seen := person.Seen{
		Version: versionOf(r), Key: record.SubmissionKey(r.PostFormValue("key")),
		Source: record.Source{From: r.PostFormValue("from"), AsOf: r.PostFormValue("as-of")},
	}
	err := s.keepSection(r, code, seen)
	if err == nil {
		return s.seeOther(w, r, "/cases/"+r.PathValue("case")+"/person#"+string(code))
	}
	mend, err2 := toMend(visitOf(r).printer, err, string(code))
	if err2 != nil {
		return err2
	}
	for i := range mend {
		mend[i].Field = string(code) // the section is where it is mended
	}
	return s.personAgain(w, r, personRetry{section: code, mend: mend, stale: fault.KindOf(err) == fault.Stale})
}

func badForm(err error) error {
	return fault.New(fault.Invalid, "The form is damaged.").WithHint("Load the page again.").Wrap(err)
}

// keepSection reads a section from a form and keeps it.
func (s *Server) keepSection(r *http.Request, code person.Section, seen person.Seen) error {
	ctx, actor, of, form, people := r.Context(), actorOf(r), casefile.ID(r.PathValue("case")), r.PostForm, s.app.People
	switch code {
	case person.OfNames:
		a, err := namesForm(form)
		return orKeep(err, func() error { return people.SetNames(ctx, actor, of, seen, a) })
	case person.OfBirth:
		a, err := birthForm(form)
		return orKeep(err, func() error { return people.SetBirth(ctx, actor, of, seen, a) })
	case person.OfAbout:
		a, err := aboutForm(form)
		return orKeep(err, func() error { return people.SetAbout(ctx, actor, of, seen, a) })
	case person.OfLanguages:
		a, err := languagesForm(form)
		return orKeep(err, func() error { return people.SetLanguages(ctx, actor, of, seen, a) })
	case person.OfCitizenship:
		a, err := citizenshipForm(form)
		return orKeep(err, func() error { return people.SetCitizenship(ctx, actor, of, seen, a) })
	case person.OfContact:
		a, err := contactForm(form)
		return orKeep(err, func() error { return people.SetContact(ctx, actor, of, seen, a) })
	case person.OfDocuments:
		a, err := documentsForm(form)
		return orKeep(err, func() error { return people.SetDocuments(ctx, actor, of, seen, a) })
	case person.OfFamily:
		a, err := familyForm(form)
		return orKeep(err, func() error { return people.SetFamily(ctx, actor, of, seen, a) })
	case person.OfPlace:
		a, err := placeForm(form)
		return orKeep(err, func() error { return people.SetPlace(ctx, actor, of, seen, a) })
	}
	return nil
}

func orKeep(err error, keep func() error) error {
	if err != nil {
		return err
	}
	return keep()
}

// contradiction refuses a value beside an answer that has none: one of the two was a slip, and neither is thrown away.
func contradiction(form url.Values, questions map[string]bool) error {
	for q, typed := range questions {
		if contradicts(form, q, typed) {
			return fault.New(fault.Invalid, "This was not kept.").
				WithField(q, "There is an answer, and it was said that there is none. Choose one of them.")
		}
	}
	return nil
}
