package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/order"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vocab"
)

// personField is one field of a form about a person. Kind is text, area, date, number, select or checks.
type personField struct {
	Name, Kind, Label, Help, Value string
	ID                             string // made from the form and the name: see giveIDs
	Aria                           string // what it is called where no label stands before it
	// Dir is "ltr" for what runs from left to right in every language, else "auto".
	Dir     string
	Options []breachChoice
}

// personEntry is one entry of a list in a form: a name, a contact, a document. The last row of a list is empty, so
// that a new entry needs no other page.
type personEntry struct {
	Legend string
	Fields []personField
	// Remove is the name of the box that takes the row away; "" for the empty one.
	Remove string
	// Warnings say what is odd about what was typed.
	Warnings []string
}

// personQuestion is one question with every way to answer it.
type personQuestion struct {
	Code, Legend string
	// Why says why it is asked, Sees who will see the answer.
	Why, Sees string
	States    []breachChoice
	// Asked says by whom and when it was answered; "" when it never was.
	Asked string
	Rows  []personEntry
}

// personSection is a part of the page that is kept by itself.
type personSection struct {
	Code, Title string
	// Lines are what is known, in words.
	Lines     []personLine
	Questions []personQuestion
	Sources   []breachChoice
	Version   int64
	Action    string
	Open      bool
	Mend      []Mend
	// Theirs is what stands there now, when somebody else wrote it while this was typed.
	Theirs []personLine
}

// personLine is a line of what is known. Notes say what to mind.
type personLine struct {
	Label, Text string
	Notes       []string
}

// personSheet is a form beside the sections.
type personSheet struct {
	ID, Title, Action, Button string
	// Help says why it is asked and what follows.
	Help    string
	Hidden  []personField
	Fields  []personField
	Version int64
	Mend    []Mend
	Open    bool
}

// giveIDs gives fields identifiers that no other form of the page has.
func giveIDs(form string, fields []personField) {
	for i := range fields {
		fields[i].ID = form + "-" + fields[i].Name
	}
}

// retype puts back what was typed into a form that is shown again.
func (f *personSheet) retype(form url.Values, mend []Mend) {
	f.Open, f.Mend = true, mend
	for i := range f.Fields {
		switch one := &f.Fields[i]; {
		case len(one.Options) > 0:
			chooseIn(one.Options, form[one.Name])
		case form.Has(one.Name):
			one.Value = form.Get(one.Name)
		}
	}
}

// choices lists codes with their English labels in the reader's language.
func choices[T ~string](p *i18n.Printer, all []T, label func(T) string, chosen ...T) []breachChoice {
	list := make([]breachChoice, len(all))
	for i, c := range all {
		list[i] = breachChoice{string(c), p.T(label(c)), slices.Contains(chosen, c)}
	}
	return list
}

// orNone puts the answer "not asked" before choices.
func orNone(p *i18n.Printer, list []breachChoice) []breachChoice {
	return append([]breachChoice{{Code: "", Label: p.T("not asked"), Chosen: !slices.ContainsFunc(list, func(c breachChoice) bool { return c.Chosen })}}, list...)
}

// askedYesNo offers yes, no and not asked.
func askedYesNo(p *i18n.Printer, chosen person.Answer) []breachChoice {
	return orNone(p, []breachChoice{{"yes", p.T("yes"), chosen == person.Yes}, {"no", p.T("no"), chosen == person.No}})
}

// answerStates offers every way to answer a question.
func answerStates(p *i18n.Printer, s record.State) []breachChoice {
	return []breachChoice{
		{"", p.T("Not now"), s == record.NotAsked},
		{string(record.Given), p.T("Answered below"), s == record.Given},
		{string(record.Refused), p.T("Would rather not say"), s == record.Refused},
		{string(record.Unknown), p.T("Nobody knows"), s == record.Unknown},
	}
}

// sourceLabel says who said something.
func sourceLabel(code string) string {
	switch code {
	case "person":
		return i18n.Mark("the person")
	case "guardian":
		return i18n.Mark("a guardian")
	case "family":
		return i18n.Mark("their family")
	case "document":
		return i18n.Mark("a document")
	case "referral":
		return i18n.Mark("who referred them")
	case "observed":
		return i18n.Mark("seen by the worker")
	case "authority":
		return i18n.Mark("an authority")
	}
	return i18n.Mark("somebody else")
}

// askedLine says how a question was answered, from where and when, so that nobody asks again.
func askedLine(p *i18n.Printer, s record.State, src record.Source) string {
	if s == record.NotAsked {
		return ""
	}
	day := p.Date(src.AsOf)
	from := p.T(sourceLabel(src.From))
	if src.From == "" {
		from = p.T("not recorded")
	}
	switch s {
	case record.Refused:
		return p.T("Would rather not say. Asked on %s.", day)
	case record.Unknown:
		return p.T("Nobody knows. Asked on %s.", day)
	case record.Given, record.NotAsked:
	}
	return p.T("Answered on %s. From: %s. Do not ask again; share it.", day, from)
}

// answerOf reads how a question was answered. A value that was typed counts as an answer when nothing else was
// chosen.
func answerOf[T any](form url.Values, question string, value T, typed bool) record.Answer[T] {
	a := record.Answer[T]{State: record.State(form.Get("state." + question))}
	if a.State == record.NotAsked && typed {
		a.State = record.Given
	}
	if a.State == record.Given {
		a.Value = value
	}
	return a
}

// contradicts reports whether a value was typed beside an answer that has none.
func contradicts(form url.Values, question string, typed bool) bool {
	s := record.State(form.Get("state." + question))
	return typed && (s == record.Refused || s == record.Unknown)
}

// rowField names a field of a row.
func rowField(name string, row int) string { return fmt.Sprintf("%s.%d", name, row) }

// rowsOf calls yield with each row of a list that was sent and not taken away, at most as many as any list may have.
func rowsOf(form url.Values, list, first string, yield func(get func(string) string, all func(string) []string)) {
	for i := range 64 {
		if !form.Has(rowField(first, i)) {
			continue
		}
		if form.Get(rowField("remove."+list, i)) != "" {
			continue
		}
		yield(func(name string) string { return strings.TrimSpace(form.Get(rowField(name, i))) },
			func(name string) []string { return form[rowField(name, i)] })
	}
}

// retype puts what was typed back into a section that is shown again.
func (s *personSection) retype(form url.Values) {
	for q := range s.Questions {
		question := &s.Questions[q]
		if state := "state." + question.Code; form.Has(state) {
			chooseIn(question.States, form[state])
		}
		for r := range question.Rows {
			for f := range question.Rows[r].Fields {
				field := &question.Rows[r].Fields[f]
				switch {
				case len(field.Options) > 0:
					chooseIn(field.Options, form[field.Name])
				case form.Has(field.Name):
					field.Value = form.Get(field.Name)
				}
			}
		}
	}
	if form.Has("from") {
		chooseIn(s.Sources, form["from"])
	}
}

func chooseIn(options []breachChoice, chosen []string) {
	for i := range options {
		options[i].Chosen = slices.Contains(chosen, options[i].Code)
	}
}

// areas lists states for a form, by name.
func areas(p *i18n.Printer, chosen string) []breachChoice {
	var list []breachChoice
	for _, c := range vocab.Codes(vocab.Area) {
		if c.Kind == vocab.Country || c.Kind == vocab.Territory || c.Kind == vocab.Historic || c.Code == chosen {
			list = append(list, breachChoice{c.Code, vocab.Label(vocab.Area, c.Code, p.Lang()), c.Code == chosen})
		}
	}
	order.By(list, func(a, b breachChoice) int { return strings.Compare(a.Label, b.Label) })
	return append([]breachChoice{{Code: "", Label: p.T("choose"), Chosen: chosen == ""}}, list...)
}

// tongues are codes of languages that are asked for often, with the name that those who speak them use.
var tongues = []breachChoice{
	{Code: "am", Label: "አማርኛ"},
	{Code: "ar", Label: "العربية"},
	{Code: "bg", Label: "Български"},
	{Code: "bn", Label: "বাংলা"},
	{Code: "cs", Label: "Čeština"},
	{Code: "ckb", Label: "کوردیی ناوەندی"},
	{Code: "de", Label: "Deutsch"},
	{Code: "en", Label: "English"},
	{Code: "es", Label: "Español"},
	{Code: "fa", Label: "فارسی"},
	{Code: "fil", Label: "Filipino"},
	{Code: "fr", Label: "Français"},
	{Code: "ha", Label: "Hausa"},
	{Code: "hi", Label: "हिन्दी"},
	{Code: "hu", Label: "Magyar"},
	{Code: "id", Label: "Bahasa Indonesia"},
	{Code: "ig", Label: "Igbo"},
	{Code: "km", Label: "ភាសាខ្មែរ"},
	{Code: "kmr", Label: "Kurmancî"},
	{Code: "ku", Label: "Kurdî"},
	{Code: "lo", Label: "ລາວ"},
	{Code: "lt", Label: "Lietuvių"},
	{Code: "my", Label: "မြန်မာ"},
	{Code: "ne", Label: "नेपाली"},
	{Code: "om", Label: "Afaan Oromoo"},
	{Code: "pa", Label: "ਪੰਜਾਬੀ"},
	{Code: "pl", Label: "Polski"},
	{Code: "ps", Label: "پښتو"},
	{Code: "pt", Label: "Português"},
	{Code: "ro", Label: "Română"},
	{Code: "rom", Label: "Romani"},
	{Code: "ru", Label: "Русский"},
	{Code: "si", Label: "සිංහල"},
	{Code: "so", Label: "Soomaali"},
	{Code: "sq", Label: "Shqip"},
	{Code: "sr", Label: "Српски"},
	{Code: "sw", Label: "Kiswahili"},
	{Code: "ta", Label: "தமிழ்"},
	{Code: "th", Label: "ไทย"},
	{Code: "ti", Label: "ትግርኛ"},
	{Code: "tr", Label: "Türkçe"},
	{Code: "uk", Label: "Українська"},
	{Code: "ur", Label: "اردو"},
	{Code: "vi", Label: "Tiếng Việt"},
	{Code: "yo", Label: "Yorùbá"},
	{Code: "zh", Label: "中文"},
}

// tongue is what a language is called by those who speak it, or its code.
func tongue(code string) string {
	for _, t := range tongues {
		if t.Code == code {
			return t.Label
		}
	}
	return code
}

// lineList joins what stands in one line.
func lineList(p *i18n.Printer, parts ...string) string {
	return p.List(slices.DeleteFunc(parts, func(s string) bool { return s == "" }))
}
