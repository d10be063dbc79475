package web

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vocab"
)

func languagesSection(p *i18n.Printer, f person.File, least int) personSection {
	s, l := personSection{Title: p.T("Languages and interpreter")}, f.Languages
	for _, k := range l.Known.Value {
		var notes []string
		if k.Speaks != "" {
			notes = append(notes, p.T("Speaks it %s", p.T(k.Speaks.Label())))
		}
		if k.Reads != "" {
			notes = append(notes, p.T("Reads and writes it %s", p.T(k.Reads.Label())))
		}
		if k.Prefers {
			notes = append(notes, p.T("Wants it for what matters"))
		}
		s.Lines = append(s.Lines, personLine{Label: p.T("Language"), Text: tongue(k.Code), Notes: notes})
	}
	if l.Need.Asked() {
		s.Lines = append(s.Lines, personLine{Label: p.T("Interpreter"), Text: cmp.Or(needLine(p, l.Need), askedLine(p, l.Need.State, l.Need.Source))})
	}
	rows := listRows(p, "known", l.Known.Value, least, func(i int, k person.Language) personEntry {
		prefers := breachChoice{Code: "1", Label: p.T("Wants it for what matters"), Chosen: k.Prefers}
		return personEntry{Legend: p.T("Language %d", i+1), Fields: []personField{
			{Name: rowField("language", i), Kind: "tongue", Label: p.T("Language"), Help: p.T("Its code, such as ar or kmr. Name the variety: Kurmanji and Sorani are two."), Value: k.Code, Dir: "ltr"},
			{Name: rowField("speaks", i), Kind: "select", Label: p.T("Speaks it"), Options: orNone(p, choices(p, person.Levels(), person.Level.Label, k.Speaks))},
			{Name: rowField("reads", i), Kind: "select", Label: p.T("Reads and writes it"), Options: orNone(p, choices(p, person.Levels(), person.Level.Label, k.Reads))},
			{Name: rowField("prefers", i), Kind: "checks", Options: []breachChoice{prefers}},
		}}
	})
	n := l.Need.Value
	any := breachChoice{Code: "", Label: p.T("anybody"), Chosen: n.Gender == ""}
	need := []personEntry{{Fields: []personField{
		{Name: rowField("need", 0), Kind: "text", Label: p.T("Languages to interpret, by code"), Help: p.T("Any of them will do. Several with spaces between."), Value: strings.Join(n.Languages, " "), Dir: "ltr"},
		{Name: rowField("need-gender", 0), Kind: "select", Label: p.T("By whom"), Options: []breachChoice{any, {"woman", p.T("a woman"), n.Gender == person.Woman}, {"man", p.T("a man"), n.Gender == person.Man}}},
		{Name: rowField("need-not", 0), Kind: "area", Label: p.T("Nobody from"), Help: p.T("Communities, places or groups that they do not want in the room. One a line."), Value: strings.Join(n.NotFrom, "\n"), Dir: "auto"},
		{Name: rowField("need-signs", 0), Kind: "checks", Options: []breachChoice{{"1", p.T("A sign language"), n.Signs}}},
	}}}
	s.Questions = []personQuestion{
		askPerson(p, "known", p.T("Languages they know"), p.T("To speak and write so that they understand. Many people speak a language and do not read it."), l.Known, rows),
		askPerson(p, "need", p.T("What they want of an interpreter"), p.T("An interpreter from the same town may know those they fled from."), l.Need, need),
	}
	return s
}

// needLine says in one line what is wanted of an interpreter.
func needLine(p *i18n.Printer, a record.Answer[person.Need]) string {
	if _, ok := a.Get(); !ok {
		return ""
	}
	var parts []string
	for _, l := range a.Value.Languages {
		parts = append(parts, p.Isolate(tongue(l)))
	}
	switch a.Value.Gender {
	case person.Woman:
		parts = append(parts, p.T("a woman"))
	case person.Man:
		parts = append(parts, p.T("a man"))
	}
	if a.Value.Signs {
		parts = append(parts, p.T("A sign language"))
	}
	for _, n := range a.Value.NotFrom {
		parts = append(parts, p.T("nobody from %s", p.Isolate(n)))
	}
	if len(parts) == 0 {
		return p.T("Needs none")
	}
	return p.List(parts)
}

func languagesForm(form url.Values) (person.Languages, error) {
	var known []person.Language
	rowsOf(form, "known", "language", func(get func(string) string, _ func(string) []string) {
		if code := get("language"); code != "" {
			known = append(known, person.Language{Code: code, Speaks: person.Level(get("speaks")), Reads: person.Level(get("reads")), Prefers: get("prefers") != ""})
		}
	})
	n := person.Need{
		Languages: strings.Fields(form.Get(rowField("need", 0))), Gender: person.Gender(form.Get(rowField("need-gender", 0))),
		NotFrom: textLines(form.Get(rowField("need-not", 0))), Signs: form.Get(rowField("need-signs", 0)) != "",
	}
	typed := len(n.Languages) > 0 || n.Gender != "" || len(n.NotFrom) > 0 || n.Signs
	l := person.Languages{Known: answerOf(form, "known", known, len(known) > 0), Need: answerOf(form, "need", n, typed)}
	return l, contradiction(form, map[string]bool{"known": len(known) > 0 && len(removedRows(form, "known")) == 0, "need": typed})
}

// textLines are the lines of a text that hold anything.
func textLines(text string) (all []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

func citizenshipSection(p *i18n.Printer, f person.File, least int) personSection {
	s, c := personSection{Title: p.T("Citizenship")}, f.Citizenship
	for _, one := range c.List.Value {
		line := personLine{Label: p.T("Citizen of"), Text: vocab.Label(vocab.Area, one.Area, p.Lang())}
		if one.Basis != "" {
			line.Notes = []string{p.T("By %s", p.T(one.Basis.Label()))}
		}
		s.Lines = append(s.Lines, line)
	}
	if c.Stateless.Asked() {
		text := askedLine(p, c.Stateless.State, c.Stateless.Source)
		if v, ok := c.Stateless.Get(); ok {
			text = p.T(v.Label())
		}
		s.Lines = append(s.Lines, personLine{Label: p.T("Statelessness"), Text: text})
	}
	rows := listRows(p, "citizenship", c.List.Value, least, func(i int, one person.Citizenship) personEntry {
		return personEntry{Legend: p.T("Citizenship %d", i+1), Fields: []personField{
			{Name: rowField("area", i), Kind: "select", Label: p.T("State"), Options: areas(p, one.Area)},
			{Name: rowField("area-basis", i), Kind: "select", Label: p.T("On what it rests"), Options: orNone(p, choices(p, person.Bases()[:3], person.Basis.Label, one.Basis))},
		}}
	})
	stateless := []personEntry{{Fields: []personField{{
		Name: rowField("stateless", 0), Kind: "select", Options: orNone(p, choices(p, person.Statelessnesses(), person.Statelessness.Label, c.Stateless.Value)),
	}}}}
	s.Questions = []personQuestion{
		askPerson(p, "citizenship", p.T("Citizenships"), p.T("Only where rights or papers depend on it. Somebody may have several. It opens no door and closes none here."), c.List, rows),
		askPerson(p, "stateless", p.T("Whether a state counts them as its own"), p.T("Asked apart: no papers does not mean no citizenship."), c.Stateless, stateless),
	}
	return s
}

func citizenshipForm(form url.Values) (person.Citizenships, error) {
	var list []person.Citizenship
	rowsOf(form, "citizenship", "area", func(get func(string) string, _ func(string) []string) {
		if area := get("area"); area != "" {
			list = append(list, person.Citizenship{Area: area, Basis: person.Basis(get("area-basis"))})
		}
	})
	v := person.Statelessness(form.Get(rowField("stateless", 0)))
	c := person.Citizenships{List: answerOf(form, "citizenship", list, len(list) > 0), Stateless: answerOf(form, "stateless", v, v != "")}
	return c, contradiction(form, map[string]bool{"citizenship": len(list) > 0 && len(removedRows(form, "citizenship")) == 0, "stateless": v != ""})
}

func familySection(p *i18n.Printer, f person.File, least int) personSection {
	s := personSection{Title: p.T("Family and who depends on them")}
	for _, m := range f.Family.List.Value {
		line := personLine{Label: cmp.Or(p.Isolate(m.Relation), p.T("Somebody")), Text: m.Name}
		for _, n := range []struct {
			when bool
			text string
		}{
			{m.Depends == person.Yes, p.T("They care for them")},
			{m.With == person.Yes, p.T("With them now")},
			{m.Safe == person.No, p.T("Not safe from them")},
			{m.MayKnow != person.Yes, p.T("Must not be told that they are here")},
		} {
			if n.when {
				line.Notes = append(line.Notes, n.text)
			}
		}
		s.Lines = append(s.Lines, line)
	}
	rows := listRows(p, "family", f.Family.List.Value, least, func(i int, m person.Relative) personEntry {
		return personEntry{Legend: p.T("Person %d", i+1), Fields: []personField{
			{Name: rowField("name", i), Kind: "text", Label: p.T("Name, or what they call them"), Value: m.Name, Dir: "auto"},
			{Name: rowField("relation", i), Kind: "text", Label: p.T("Who that is to them"), Value: m.Relation, Dir: "auto"},
			{Name: rowField("depends", i), Kind: "select", Label: p.T("Do they care for them?"), Options: askedYesNo(p, m.Depends)},
			{Name: rowField("near", i), Kind: "select", Label: p.T("Are they with them now?"), Options: askedYesNo(p, m.With)},
			{Name: rowField("born", i), Kind: "text", Label: p.T("Year of birth"), Value: m.Born, Dir: "ltr"},
			{Name: rowField("may-know", i), Kind: "select", Label: p.T("May they be told that the person is here?"), Options: askedYesNo(p, m.MayKnow)},
			{Name: rowField("safe-from", i), Kind: "select", Label: p.T("Is the person safe from them?"), Options: askedYesNo(p, m.Safe)},
			{Name: rowField("note", i), Kind: "area", Label: p.T("Anything to mind"), Value: m.Note, Dir: "auto"},
		}}
	})
	s.Questions = []personQuestion{askPerson(p, "family", p.T("Who belongs to them"),
		p.T("To find places with room for children, and never to tell the wrong one. Nobody here is contacted because they stand here."), f.Family.List, rows)}
	return s
}

func familyForm(form url.Values) (person.Family, error) {
	var list []person.Relative
	rowsOf(form, "family", "name", func(get func(string) string, _ func(string) []string) {
		m := person.Relative{
			Name: get("name"), Relation: get("relation"), Depends: person.Answer(get("depends")), With: person.Answer(get("near")),
			Born: latin(get("born")), MayKnow: person.Answer(get("may-know")), Safe: person.Answer(get("safe-from")), Note: get("note"),
		}
		if m.Name != "" || m.Relation != "" || m.Depends != "" || m.Note != "" {
			list = append(list, m)
		}
	})
	return person.Family{List: answerOf(form, "family", list, len(list) > 0)}, contradiction(form, map[string]bool{"family": len(list) > 0 && len(removedRows(form, "family")) == 0})
}

func placeSection(p *i18n.Printer, f person.File) personSection {
	s, a := personSection{Title: p.T("Where they stay")}, f.Place.Reference
	if a.Asked() {
		text := askedLine(p, a.State, a.Source)
		if v, ok := a.Get(); ok {
			text = v
		}
		s.Lines = []personLine{{Label: p.T("Number of the protected place"), Text: text}}
	}
	s.Questions = []personQuestion{askPerson(p, "reference", p.T("Number of the protected place"),
		p.T("Never an address. Only the team of the place can see where it is."), a,
		[]personEntry{{Fields: []personField{{Name: rowField("reference", 0), Kind: "text", Value: a.Value, Dir: "ltr"}}}})}
	return s
}

func placeForm(form url.Values) (person.Shelter, error) {
	v := strings.TrimSpace(form.Get(rowField("reference", 0)))
	return person.Shelter{Reference: answerOf(form, "reference", v, v != "")}, contradiction(form, map[string]bool{"reference": v != ""})
}
