package web

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// sectionOf makes the form and the lines of a section. Lists have rows rows at least, and an empty one.
func sectionOf(p *i18n.Printer, f person.File, code person.Section, rows int) personSection {
	s := personSection{}
	switch code {
	case person.OfNames:
		s = namesSection(p, f, rows)
	case person.OfBirth:
		s = birthSection(p, f, rows)
	case person.OfAbout:
		s = aboutSection(p, f)
	case person.OfLanguages:
		s = languagesSection(p, f, rows)
	case person.OfCitizenship:
		s = citizenshipSection(p, f, rows)
	case person.OfContact:
		s = contactSection(p, f, rows)
	case person.OfDocuments:
		s = documentsSection(p, f, rows)
	case person.OfFamily:
		s = familySection(p, f, rows)
	case person.OfPlace:
		s = placeSection(p, f)
	}
	for _, c := range person.Sources() {
		s.Sources = append(s.Sources, breachChoice{Code: c, Label: p.T(sourceLabel(c)), Chosen: c == "person"})
	}
	for i := range s.Questions {
		s.Questions[i].Sees = cmp.Or(s.Questions[i].Sees, p.T("Seen by those who work on this case. Each opening is recorded, and the person can see it."))
	}
	return s
}

// askPerson makes a question with its states.
func askPerson[T any](p *i18n.Printer, code, legend, why string, a record.Answer[T], rows []personEntry) personQuestion {
	for _, r := range rows {
		for i := range r.Fields {
			if r.Fields[i].Label == "" {
				r.Fields[i].Aria = legend
			}
		}
	}
	return personQuestion{
		Code: code, Legend: legend, Why: why, States: answerStates(p, a.State), Asked: askedLine(p, a.State, a.Source), Rows: rows,
	}
}

// listRows makes a row for each entry of a list, and empty ones behind.
func listRows[T any](p *i18n.Printer, list string, all []T, least int, make func(i int, one T) personEntry) []personEntry {
	var rows []personEntry
	for i, one := range all {
		row := make(i, one)
		row.Remove = rowField("remove."+list, i)
		rows = append(rows, row)
	}
	for len(rows) <= max(len(all), least-1) {
		var none T
		row := make(len(rows), none)
		row.Legend = p.T("Add one")
		rows = append(rows, row)
	}
	return rows
}

func namesSection(p *i18n.Printer, f person.File, least int) personSection {
	s := personSection{Title: p.T("Names")}
	for _, n := range f.Names.Value.List {
		line := personLine{Label: p.T("Name"), Text: n.Text, Notes: warnings(p, n.Text)}
		if n.Kind != "" {
			line.Label = p.T(n.Kind.Label())
		}
		if n.Romanisation != "" {
			line.Notes = append(line.Notes, p.T("In Latin letters: %s", p.Isolate(n.Romanisation)))
		}
		if n.Say != "" {
			line.Notes = append(line.Notes, p.T("Said like this: %s", p.Isolate(n.Say)))
		}
		line.Notes = append(line.Notes, p.T("May be used with: %s", usedWith(p, n)))
		s.Lines = append(s.Lines, line)
	}
	rows := listRows(p, "names", f.Names.Value.List, least, func(i int, n person.Name) personEntry {
		greet := breachChoice{Code: "1", Label: p.T("Greet them with this name"), Chosen: n.Greet}
		return personEntry{
			Legend: p.T("Name %d", i+1), Warnings: warnings(p, n.Text),
			Fields: []personField{
				{Name: rowField("text", i), Kind: "text", Label: p.T("As they write it"), Value: n.Text, Dir: "auto"},
				{Name: rowField("name-kind", i), Kind: "select", Label: p.T("What it is"), Options: orNone(p, choices(p, person.NameKinds(), person.NameKind.Label, n.Kind))},
				{Name: rowField("roman", i), Kind: "text", Label: p.T("In Latin letters, as they spell it"), Value: n.Romanisation, Dir: "ltr"},
				{Name: rowField("say", i), Kind: "text", Label: p.T("How to say it"), Value: n.Say, Dir: "auto"},
				{Name: rowField("with", i), Kind: "checks", Label: p.T("Besides the team it may be used with"), Options: choices(p, person.Audiences()[1:], person.Audience.Label, n.With...)},
				{Name: rowField("greet", i), Kind: "checks", Options: []breachChoice{greet}},
			},
		}
	})
	s.Questions = []personQuestion{askPerson(p, "names", p.T("What they are called"),
		p.T("To greet them rightly, and to know them when they come back. One letter is enough; nothing is needed."), f.Names, rows)}
	return s
}

func usedWith(p *i18n.Printer, n person.Name) string {
	list := []string{p.T(person.WithTeam.Label())}
	for _, a := range n.With {
		list = append(list, p.T(a.Label()))
	}
	return p.List(list)
}

// warnings say what is odd in a name, and where.
func warnings(p *i18n.Printer, text string) (all []string) {
	for _, w := range person.Warnings(text) {
		line := p.T("Character %d (%s): %s.", w.At, w.Code, p.T(w.What.Label()))
		if w.Meant != "" {
			line += " " + p.T("It looks like %s, and is searched as that too.", p.Isolate(w.Meant))
		}
		all = append(all, line)
	}
	return all
}

func namesForm(form url.Values) (record.Answer[person.Names], error) {
	var n person.Names
	rowsOf(form, "names", "text", func(get func(string) string, all func(string) []string) {
		one := person.Name{Text: get("text"), Kind: person.NameKind(get("name-kind")), Romanisation: get("roman"), Say: get("say"), Greet: get("greet") != ""}
		for _, a := range all("with") {
			one.With = append(one.With, person.Audience(a))
		}
		if one.Text != "" || one.Romanisation != "" || one.Say != "" {
			n.List = append(n.List, one)
		}
	})
	return answerOf(form, "names", n, len(n.List) > 0), contradiction(form, map[string]bool{"names": len(n.List) > 0 && len(removedRows(form, "names")) == 0})
}

// removedRows are the rows that were taken away.
func removedRows(form url.Values, list string) (rows []int) {
	for i := range 64 {
		if form.Get(rowField("remove."+list, i)) != "" {
			rows = append(rows, i)
		}
	}
	return rows
}

func birthSection(p *i18n.Printer, f person.File, least int) personSection {
	s := personSection{Title: p.T("Birth")}
	for _, b := range f.Birth.Value.List {
		line := personLine{Label: p.T(b.Basis.Label()), Text: bornBetween(p, b)}
		if b.Written != "" {
			line.Notes = append(line.Notes, p.T("Given as: %s", p.Isolate(b.Written)))
		}
		if b.Source != "" {
			line.Notes = append(line.Notes, p.T("Source: %s", p.Isolate(b.Source)))
		}
		if b.AsOf != "" {
			line.Notes = append(line.Notes, p.T("Known since %s", p.Date(b.AsOf)))
		}
		s.Lines = append(s.Lines, line)
	}
	if f.Birth.Value.Disagree() {
		s.Lines = append(s.Lines, personLine{Label: p.T("They contradict each other"), Text: p.T("Both are kept. None is right because it is newer, and nothing is averaged.")})
	}
	rows := listRows(p, "birth", f.Birth.Value.List, least, func(i int, b person.Birth) personEntry {
		calendars := choices(p, person.Calendars(), person.Calendar.Label, person.Gregorian)
		fields := []personField{
			{Name: rowField("from-day", i), Kind: "text", Label: p.T("Born from"), Help: p.T("A year, a month or a day: 2008, 2008-05 or 2008-05-17."), Value: b.From, Dir: "ltr"},
			{Name: rowField("to-day", i), Kind: "text", Label: p.T("Born until"), Help: p.T("Leave it empty if one is enough."), Value: b.To, Dir: "ltr"},
			{Name: rowField("basis", i), Kind: "select", Label: p.T("On what it rests"), Options: orNone(p, choices(p, person.Bases(), person.Basis.Label, b.Basis))},
			{Name: rowField("source", i), Kind: "text", Label: p.T("Who said it, or where it stands"), Value: b.Source, Dir: "auto"},
		}
		if b.From == "" && b.To == "" {
			fields = append(fields, personField{Name: rowField("calendar", i), Kind: "select", Label: p.T("Calendar"), Help: p.T("Of another calendar give the year only."), Options: calendars})
		} else {
			fields = append(fields, personField{Name: rowField("written", i), Kind: "hidden", Value: b.Written})
		}
		return personEntry{Legend: p.T("Statement %d", i+1), Fields: fields}
	})
	s.Questions = []personQuestion{askPerson(p, "birth", p.T("When they were born"),
		p.T("Children have other rights. Whoever may be a child is treated as one. Statements that contradict each other all stay."), f.Birth, rows)}
	return s
}

// bornBetween says between which days somebody was born.
func bornBetween(p *i18n.Printer, b person.Birth) string {
	switch {
	case b.From == b.To:
		return p.Date(b.From)
	case b.From == "":
		return p.T("until %s", p.Date(b.To))
	case b.To == "":
		return p.T("from %s", p.Date(b.From))
	}
	return p.T("from %s to %s", p.Date(b.From), p.Date(b.To))
}

func birthForm(form url.Values) (a record.Answer[person.Births], err error) {
	var list person.Births
	rowsOf(form, "birth", "from-day", func(get func(string) string, _ func(string) []string) {
		from, to := latin(get("from-day")), latin(get("to-day"))
		if from == "" && to == "" || err != nil {
			return
		}
		var b person.Birth
		if b, err = person.ParseBirth(from, to, person.Calendar(get("calendar"))); err != nil {
			return
		}
		b.Basis, b.Source, b.Written = person.Basis(get("basis")), get("source"), cmp.Or(b.Written, get("written"))
		list.List = append(list.List, b)
	})
	if err != nil {
		return a, err
	}
	return answerOf(form, "birth", list, len(list.List) > 0), contradiction(form, map[string]bool{"birth": len(list.List) > 0 && len(removedRows(form, "birth")) == 0})
}

func aboutSection(p *i18n.Printer, f person.File) personSection {
	s, a := personSection{Title: p.T("In their own words, and what they need")}, f.About
	line := func(label string, v record.Answer[string]) {
		if v.Asked() {
			s.Lines = append(s.Lines, personLine{Label: label, Text: cmp.Or(v.Value, askedLine(p, v.State, v.Source))})
		}
	}
	line(p.T("Gender"), a.Gender)
	line(p.T("How to speak of them"), a.Pronouns)
	var needs []breachChoice
	var said []string
	for _, n := range person.AccessNeeds() {
		c := breachChoice{Code: n.Code, Label: p.T(n.Label)}
		for _, code := range a.Access.Value {
			c.Chosen = c.Chosen || code == n.Code
		}
		if c.Chosen {
			said = append(said, c.Label)
		}
		needs = append(needs, c)
	}
	if a.Access.Asked() {
		s.Lines = append(s.Lines, personLine{Label: p.T("What they need"), Text: cmp.Or(p.List(said), askedLine(p, a.Access.State, a.Access.Source))})
	}
	line(p.T("More about that"), a.AccessNote)
	one := func(name, kind, value string) []personEntry {
		return []personEntry{{Fields: []personField{{Name: rowField(name, 0), Kind: kind, Value: value, Dir: "auto"}}}}
	}
	s.Questions = []personQuestion{
		askPerson(p, "gender", p.T("Gender, in their own words"), p.T("To speak of them rightly, and to find places where they are welcome."), a.Gender, one("gender", "text", a.Gender.Value)),
		askPerson(p, "pronouns", p.T("How to speak of them"), p.T("So that nobody has to guess."), a.Pronouns, one("pronouns", "text", a.Pronouns.Value)),
		askPerson(p, "access", p.T("What they need to take part"), p.T("To choose place, time and people so that they can."), a.Access,
			[]personEntry{{Fields: []personField{{Name: rowField("access", 0), Kind: "checks", Options: needs}}}}),
		askPerson(p, "access-note", p.T("More about that"), p.T("Only what helps to arrange it. No diagnosis is needed."), a.AccessNote, one("access-note", "area", a.AccessNote.Value)),
	}
	return s
}

func aboutForm(form url.Values) (person.About, error) {
	text := func(name string) record.Answer[string] {
		v := strings.TrimSpace(form.Get(rowField(name, 0)))
		return answerOf(form, name, v, v != "")
	}
	access := form[rowField("access", 0)]
	a := person.About{
		Gender: text("gender"), Pronouns: text("pronouns"), AccessNote: text("access-note"),
		Access: answerOf(form, "access", access, len(access) > 0),
	}
	return a, contradiction(form, map[string]bool{
		"gender": form.Get("gender.0") != "", "pronouns": form.Get("pronouns.0") != "", "access-note": form.Get("access-note.0") != "",
		"access": len(access) > 0,
	})
}

// wholeNumber reads a number; anything else is none.
func wholeNumber(text string) int {
	n, err := strconv.Atoi(latin(text))
	if err != nil {
		return -1
	}
	return n
}
