package space

import (
	"strings"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	room "github.com/fourfold/fourfold/internal/protection/space"
	"github.com/fourfold/fourfold/internal/protection/support"
	"github.com/fourfold/fourfold/internal/vocab"
)

// Part is a part of what is kept about a person, in plain words: for their page, and for the copy that
// somebody gives them.
type Part struct {
	Code, Title string
	Lines       []Line
}

// Parts says in plain words what is kept about a person. tongue gives the name of a language by its code.
func Parts(p *i18n.Printer, tongue func(code string) string, i room.Info) []Part {
	f := i.Known
	parts := []Part{
		{"names", p.T("Names"), nameLines(p, f.Names)},
		{"birth", p.T("When you were born"), birthLines(p, f.Birth)},
		{"about", p.T("About you"), aboutLines(p, tongue, f)},
		{"contact", p.T("How we reach you"), contactLines(p, f.Contact.List)},
		{"documents", p.T("Papers"), documentLines(p, f.Documents.List)},
	}
	var needs []Line
	for _, n := range i.Needs {
		needs = append(needs, Line{Label: domainWord(p, n.Domain), Text: n.Words.Reveal("show the person their words")})
	}
	for _, g := range i.Goals {
		needs = append(needs, Line{Label: p.T("What you want to reach"), Text: g.Words.Reveal("show the person their words")})
	}
	for _, x := range i.Services {
		needs = append(needs, Line{
			Label: domainWord(p, support.DomainOf(x.Service)), Text: p.T(support.Label(support.ServiceStates(), x.State)),
		})
	}
	return append(parts, Part{"support", p.T("What you need and want"), needs})
}

// domainWord names a part of help. Who goes with somebody to an office is nobody's to read.
func domainWord(p *i18n.Printer, code string) string {
	if code == "accompaniment" {
		return p.T("somebody beside you at an office")
	}
	return p.T(support.Label(support.Domains(), code))
}

// unsaid is the line of a question without an answer, or of an answer that is none; false when there is one.
func unsaid[T any](p *i18n.Printer, label string, a record.Answer[T]) (lines []Line, is bool) {
	switch a.State {
	case record.NotAsked:
		return nil, true
	case record.Unknown:
		return []Line{{Label: label, Text: p.T("Not known")}}, true
	case record.Refused:
		return []Line{{Label: label, Text: p.T("You would rather not say")}}, true
	case record.Given:
	}
	return nil, false
}

func nameLines(p *i18n.Printer, a record.Answer[person.Names]) []Line {
	lines, is := unsaid(p, p.T("Name"), a)
	if is {
		return lines
	}
	for _, n := range a.Value.List {
		lines = append(lines, Line{Label: p.T("Name"), Text: n.Text})
	}
	return lines
}

func birthLines(p *i18n.Printer, a record.Answer[person.Births]) []Line {
	lines, is := unsaid(p, p.T("Born"), a)
	if is {
		return lines
	}
	for _, b := range a.Value.List {
		text := p.T("between %s and %s", orOpen(p, b.From), orOpen(p, b.To))
		if b.From == b.To {
			text = orOpen(p, b.From)
		}
		lines = append(lines, Line{Label: p.T("Born"), Text: text})
	}
	return lines
}

func orOpen(p *i18n.Printer, day string) string {
	if day == "" {
		return "…"
	}
	return p.Date(day)
}

func aboutLines(p *i18n.Printer, tongue func(string) string, f person.File) (lines []Line) {
	text := func(label string, a record.Answer[string]) {
		more, is := unsaid(p, label, a)
		if lines = append(lines, more...); !is {
			lines = append(lines, Line{Label: label, Text: a.Value})
		}
	}
	text(p.T("Gender"), f.About.Gender)
	text(p.T("Pronouns"), f.About.Pronouns)
	list := func(label string, a record.State, words []string) {
		more, is := unsaid(p, label, record.Answer[bool]{State: a})
		if lines = append(lines, more...); !is {
			lines = append(lines, Line{Label: label, Text: p.List(words)})
		}
	}
	var words []string
	for _, l := range f.Languages.Known.Value {
		words = append(words, tongue(l.Code))
	}
	list(p.T("Languages"), f.Languages.Known.State, words)
	words = nil
	for _, c := range f.Citizenship.List.Value {
		words = append(words, vocab.Label(vocab.Area, c.Area, p.Lang()))
	}
	list(p.T("Citizenship"), f.Citizenship.List.State, words)
	words = nil
	for _, n := range person.AccessNeeds() {
		for _, code := range f.About.Access.Value {
			if n.Code == code {
				words = append(words, p.T(n.Label))
			}
		}
	}
	list(p.T("What makes it easier for you"), f.About.Access.State, words)
	return lines
}

func contactLines(p *i18n.Printer, a record.Answer[[]person.Contact]) []Line {
	lines, is := unsaid(p, p.T("How we reach you"), a)
	if is {
		return lines
	}
	for _, c := range a.Value {
		line := Line{Label: p.T(c.Channel.Label()), Text: strings.TrimSpace(c.Value + " " + c.Hours)}
		if c.Safe != person.Yes {
			line.Note = p.T("We do not use it: nobody has said that it is safe.")
		}
		lines = append(lines, line)
	}
	return lines
}

func documentLines(p *i18n.Printer, a record.Answer[[]person.Document]) []Line {
	lines, is := unsaid(p, p.T("Papers"), a)
	if is {
		return lines
	}
	for _, d := range a.Value {
		for _, k := range person.DocumentKinds() {
			if k.Code == string(d.Kind) {
				line := Line{Label: p.T(k.Label), Text: d.Number}
				if d.Kind == "asylum" {
					line.Label = p.T("a paper that lets you stay")
				}
				lines = append(lines, line)
			}
		}
	}
	return lines
}
