package web

import (
	"cmp"
	"net/url"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/vocab"
)

func contactSection(p *i18n.Printer, f person.File, least int) personSection {
	s := personSection{Title: p.T("Ways to reach them")}
	for _, c := range f.Contact.List.Value {
		line := personLine{Label: p.T(c.Channel.Label()), Text: c.Value}
		for _, care := range c.Use(f.Today).Cares {
			line.Notes = append(line.Notes, p.T(care))
		}
		if c.Hours != "" {
			line.Notes = append(line.Notes, p.T("Hours: %s", p.Isolate(c.Hours)))
		}
		if c.CodeWord != "" {
			line.Notes = append(line.Notes, p.T("Code word: %s", p.Isolate(c.CodeWord)))
		}
		if c.Say != "" {
			line.Notes = append(line.Notes, p.T("If somebody else answers: %s", p.Isolate(c.Say)))
		}
		s.Lines = append(s.Lines, line)
	}
	rows := listRows(p, "contacts", f.Contact.List.Value, least, func(i int, c person.Contact) personEntry {
		return personEntry{Legend: p.T("Way %d", i+1), Fields: []personField{
			{Name: rowField("channel", i), Kind: "select", Label: p.T("Way"), Options: orNone(p, choices(p, person.Channels(), person.Channel.Label, c.Channel))},
			{Name: rowField("value", i), Kind: "text", Label: p.T("Number, name or address"), Value: c.Value, Dir: "auto"},
			{Name: rowField("safe", i), Kind: "select", Label: p.T("Do they alone hold it?"), Help: p.T("A telephone that somebody else looks at is not safe."), Options: askedYesNo(p, c.Safe)},
			{Name: rowField("leave", i), Kind: "select", Label: p.T("May a message be left?"), Options: askedYesNo(p, c.Leave)},
			{Name: rowField("hours", i), Kind: "text", Label: p.T("At which hours"), Value: c.Hours, Dir: "auto"},
			{Name: rowField("code-word", i), Kind: "text", Label: p.T("Code word"), Help: p.T("Ask for it before anything else is said."), Value: c.CodeWord, Dir: "auto"},
			{Name: rowField("say", i), Kind: "text", Label: p.T("What may be said if somebody else answers"), Value: c.Say, Dir: "auto"},
			{Name: rowField("verified", i), Kind: "date", Label: p.T("The person confirmed it on"), Value: c.Verified, Dir: "ltr"},
		}}
	})
	s.Questions = []personQuestion{askPerson(p, "contacts", p.T("How to reach them without danger"),
		p.T("So that no call or message reaches somebody else. Nothing is used until they said that it is safe."), f.Contact.List, rows)}
	return s
}

func contactForm(form url.Values) (person.Contacts, error) {
	var list []person.Contact
	rowsOf(form, "contacts", "channel", func(get func(string) string, _ func(string) []string) {
		c := person.Contact{
			Channel: person.Channel(get("channel")), Value: get("value"), Hours: get("hours"), CodeWord: get("code-word"),
			Safe: person.Answer(get("safe")), Leave: person.Answer(get("leave")), Say: get("say"), Verified: get("verified"),
		}
		if c != (person.Contact{}) {
			list = append(list, c)
		}
	})
	return person.Contacts{List: answerOf(form, "contacts", list, len(list) > 0)},
		contradiction(form, map[string]bool{"contacts": len(list) > 0 && len(removedRows(form, "contacts")) == 0})
}

func documentsSection(p *i18n.Printer, f person.File, least int) personSection {
	s := personSection{Title: p.T("Papers")}
	kinds := func(chosen person.DocumentKind) []breachChoice {
		var list []breachChoice
		for _, k := range person.DocumentKinds() {
			list = append(list, breachChoice{k.Code, p.T(k.Label), k.Code == string(chosen)})
		}
		return orNone(p, list)
	}
	for _, d := range f.Documents.List.Value {
		line := personLine{Label: string(d.Kind), Text: lineList(p, d.Number, issuerName(p, d.Issuer))}
		for _, k := range person.DocumentKinds() {
			if k.Code == string(d.Kind) {
				line.Label = p.T(k.Label)
			}
		}
		if d.HeldBy != "" {
			line.Notes = append(line.Notes, p.T("Held by: %s", p.T(d.HeldBy.Label())))
		}
		if d.Until != "" {
			line.Notes = append(line.Notes, p.T("Valid until %s", p.Date(d.Until)))
		}
		if d.False == person.Yes {
			line.Notes = append(line.Notes, p.T("Made or altered by somebody"))
		}
		line.Text = cmp.Or(line.Text, p.T("number not recorded"))
		s.Lines = append(s.Lines, line)
	}
	rows := listRows(p, "documents", f.Documents.List.Value, least, func(i int, d person.Document) personEntry {
		return personEntry{Legend: p.T("Paper %d", i+1), Fields: []personField{
			{Name: rowField("kind", i), Kind: "select", Label: p.T("What it is"), Options: kinds(d.Kind)},
			{Name: rowField("issuer", i), Kind: "select", Label: p.T("Issued by"), Options: areas(p, d.Issuer)},
			{Name: rowField("number", i), Kind: "text", Label: p.T("Number"), Value: d.Number, Dir: "ltr"},
			{Name: rowField("held", i), Kind: "select", Label: p.T("Who has it"), Options: orNone(p, choices(p, person.Holders(), person.Holder.Label, d.HeldBy))},
			{Name: rowField("until", i), Kind: "date", Label: p.T("Valid until"), Value: d.Until, Dir: "ltr"},
			{Name: rowField("false", i), Kind: "select", Label: p.T("Was it made or altered by somebody?"), Options: askedYesNo(p, d.False)},
		}}
	})
	s.Questions = []personQuestion{askPerson(p, "documents", p.T("Papers and who has them"),
		p.T("To get them back or replaced. Papers that somebody keeps from them are a sign too. A person without papers is helped all the same."), f.Documents.List, rows)}
	return s
}

func issuerName(p *i18n.Printer, code string) string {
	if code == "" {
		return ""
	}
	return vocab.Label(vocab.Area, code, p.Lang())
}

func documentsForm(form url.Values) (person.Documents, error) {
	var list []person.Document
	rowsOf(form, "documents", "kind", func(get func(string) string, _ func(string) []string) {
		d := person.Document{
			Kind: person.DocumentKind(get("kind")), Issuer: get("issuer"), Number: get("number"), HeldBy: person.Holder(get("held")),
			Until: get("until"), False: person.Answer(get("false")),
		}
		if d != (person.Document{}) {
			list = append(list, d)
		}
	})
	return person.Documents{List: answerOf(form, "documents", list, len(list) > 0)},
		contradiction(form, map[string]bool{"documents": len(list) > 0 && len(removedRows(form, "documents")) == 0})
}
