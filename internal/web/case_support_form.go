package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	care "github.com/fourfold/fourfold/internal/protection/support"
)

// supportField is one field of a form of support. Kind is text, area, date, select, checks, hidden, or
// "group" for a heading over the fields after it.
type supportField struct {
	Name, Kind, Label, Help, Value string
	Options                        []breachChoice
	Fold                           bool // shown when somebody opens it
}

// supportSheet is one form of support on a page of its own, so that it can be left and taken up again.
type supportSheet struct {
	caseHead
	Heading, Why string
	Action       string
	Of           string
	Version      int64
	Fields       []supportField
	Draft        bool
	Theirs       []caseFact
}

// supportBook is what a form is made of and kept with.
type supportBook struct {
	p      *i18n.Printer
	actor  auth.Actor
	id     casefile.ID
	view   care.View
	of     string // the item, "" for a new one
	query  url.Values
	people []breachChoice // workers of the case
}

// supportPart is a kind of form.
type supportPart struct {
	title, why string
	// fields returns the fields as the item has them, and its version.
	fields func(b *supportBook) ([]supportField, int64, error)
	keep   func(ctx context.Context, s *care.Supports, b *supportBook, seen care.Seen, form url.Values) error
}

// supportParts are the forms, by the last part of their address.
var supportParts = map[string]supportPart{
	"now":     {i18n.Mark("What is needed at once"), i18n.Mark("Tick what the person needs. What is not ticked counts as not asked. Whoever works on the case sees it."), nowFields, keepNow},
	"risk":    {i18n.Mark("Look at the dangers"), i18n.Mark("So that nobody is surprised. Choose only what you looked at: the rest stays as it was. Whoever works on the case sees it."), riskFields, keepRisk},
	"safety":  {i18n.Mark("Safety plan"), i18n.Mark("Made with the person. Every line may stay empty. Whoever works on the case sees it."), safetyFields, keepSafety},
	"need":    {i18n.Mark("A need"), i18n.Mark("What the person wants comes first. Nothing has to be told to get help."), needFields, keepNeed},
	"goal":    {i18n.Mark("A goal"), i18n.Mark("A goal is the person’s own. It counts as agreed when the person agreed."), goalFields, keepGoal},
	"step":    {i18n.Mark("A step"), i18n.Mark("What a worker is to do waits on that worker’s first page."), stepFields, keepStep},
	"service": {i18n.Mark("A service"), i18n.Mark("What was offered and what became of it. There is no field for why somebody declines."), serviceFields, keepService},
	"rating":  {i18n.Mark("How it goes"), i18n.Mark("Rated by the person where possible. Every line may stay open."), ratingFields, keepRating},
	"follow":  {i18n.Mark("Keeping in touch"), i18n.Mark("Only in the way that the person chose."), followFields, keepFollow},
	"ask":     {i18n.Mark("Plan to ask how things are"), i18n.Mark("Most people who are exploited again are so within two years. The person may refuse, now or later."), askFields, keepAsk},
}

// supportDraft is the name of a form among the drafts of a case.
func supportDraft(part, of string) string {
	if of == "" {
		return "support." + part
	}
	return "support." + part + "." + strings.ToLower(of)
}

func (s *Server) supportForm(w http.ResponseWriter, r *http.Request) error {
	part := r.PathValue("part")
	if _, ok := supportParts[part]; !ok {
		return notHere()
	}
	of := r.URL.Query().Get("of")
	b, err := s.supportBook(r, of, r.URL.Query())
	if err != nil {
		return err
	}
	draft, err := s.app.Cases.Draft(r.Context(), actorOf(r), b.view.Case, supportDraft(part, of))
	if err != nil {
		return err
	}
	if draft.Fields == nil {
		return s.supportSheet(w, r, b, part, nil, nil, false)
	}
	return s.supportSheet(w, r, b, part, supportTyped(draft.Fields), nil, true)
}

// supportBook opens what a form needs.
func (s *Server) supportBook(r *http.Request, of string, query url.Values) (*supportBook, error) {
	v := visitOf(r)
	b := &supportBook{p: v.printer, actor: v.actor, id: casefile.ID(r.PathValue("case")), of: of, query: query}
	var err error
	if b.view, err = s.app.Support.View(r.Context(), v.actor, b.id); err != nil {
		return nil, err
	}
	holders, err := s.app.Cases.Workers(r.Context(), v.actor, b.id)
	if err != nil {
		return nil, err
	}
	names, _, err := s.names(r.Context(), v)
	for _, h := range holders {
		if h.Account != "" {
			b.people = append(b.people, breachChoice{Code: string(h.Account), Label: nameOf(v.printer, names, h.Account)})
		}
	}
	return b, err
}

// supportSheet shows a form as the item has it, with what was typed over it. What stands there now is
// shown beside it when somebody else wrote meanwhile.
func (s *Server) supportSheet(w http.ResponseWriter, r *http.Request, b *supportBook, name string, typed url.Values, mend []Mend, draft bool) error {
	part := supportParts[name]
	fields, version, err := part.fields(b)
	if err != nil {
		return err
	}
	page := supportSheet{Heading: b.p.T(part.title), Why: b.p.T(part.why), Of: b.of, Version: version, Fields: fields, Draft: draft}
	if page.caseHead, err = s.caseHead(r, b.view.Case, "/support", b.p.T("Support")); err != nil {
		return err
	}
	page.Mend, page.Action = mend, page.At("/support/"+name)
	if typed != nil {
		moved := typed.Get("version") != "" && typed.Get("version") != number(int(version))
		for i := range page.Fields {
			was := page.Fields[i].shown()
			page.Fields[i].retype(typed)
			if now := page.Fields[i].shown(); moved && was != now && page.Fields[i].Kind != "hidden" {
				page.Theirs = append(page.Theirs, caseFact{page.Fields[i].Label, was})
			}
		}
	}
	return s.renderMend(w, r, "case_support_form", page, mend)
}

// shown is what a field says, in words.
func (f supportField) shown() string {
	if len(f.Options) == 0 {
		return f.Value
	}
	var all []string
	for _, o := range f.Options {
		if o.Chosen {
			all = append(all, o.Label)
		}
	}
	return strings.Join(all, ", ")
}

// retype puts back what was typed.
func (f *supportField) retype(form url.Values) {
	if len(f.Options) == 0 {
		if form.Has(f.Name) {
			f.Value = form.Get(f.Name)
		}
		return
	}
	f.Options = slices.Clone(f.Options)
	for i := range f.Options {
		f.Options[i].Chosen = slices.Contains(form[f.Name], f.Options[i].Code)
	}
}

// supportKeep keeps a form, or leaves it for later.
func (s *Server) supportKeep(w http.ResponseWriter, r *http.Request) error {
	name, id, actor := r.PathValue("part"), casefile.ID(r.PathValue("case")), actorOf(r)
	part, ok := supportParts[name]
	if !ok {
		return notHere()
	}
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "The form is damaged.").WithHint("Load the page again.")
	}
	form := r.PostForm
	of := form.Get("of")
	draft := supportDraft(name, of)
	back := "/cases/" + string(id) + "/support"
	switch form.Get("do") {
	case "later":
		if err := s.app.Cases.KeepDraft(r.Context(), actor, id, casefile.Draft{Form: draft, Seen: versionOf(r), Fields: supportFieldsOf(form)}); err != nil {
			return err
		}
		return s.seeOther(w, r, back)
	case "drop":
		if err := s.app.Cases.DropDraft(r.Context(), actor, id, draft); err != nil {
			return err
		}
		return s.seeOther(w, r, back)
	}
	b, err := s.supportBook(r, of, form)
	if err != nil {
		return err
	}
	seen := care.Seen{ID: of, Version: versionOf(r), Key: record.SubmissionKey(form.Get("key"))}
	mend, err := toMend(b.p, part.keep(r.Context(), s.app.Support, b, seen, form), "version")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		for i, m := range mend {
			if to, ok := supportPlace[m.Field]; ok {
				mend[i].Field = to
			}
		}
		return s.supportSheet(w, r, b, name, form, mend, false)
	}
	if err := s.app.Cases.DropDraft(r.Context(), actor, id, draft); err != nil {
		return err
	}
	return s.seeOther(w, r, back)
}

// supportPlace is where what concerns several fields is mended.
var supportPlace = map[string]string{"dates": "offered", "scores": "note", "instrument": "wave", "month": "state", "agreed": "agreed-on"}

// supportFieldsOf turns what was typed into a draft, and supportTyped back: several choices of a field stand
// on lines of their own.
func supportFieldsOf(form url.Values) map[string]private.Text {
	fields := map[string]private.Text{}
	for name, values := range form {
		if name != "key" && name != "do" && name != "of" {
			fields[name] = private.New(strings.Join(values, "\n"))
		}
	}
	return fields
}

func supportTyped(fields map[string]private.Text) url.Values {
	typed := url.Values{}
	for name, text := range fields {
		value := text.Reveal("fill the form that its writer left")
		typed[name] = append([]string{value}, strings.Split(value, "\n")...)
	}
	return typed
}

// item finds the item that a form changes; a form of something new has none.
func supportItem[T any](b *supportBook, all []care.Kept[T]) (care.Kept[T], error) {
	if b.of == "" {
		return care.Kept[T]{}, nil
	}
	i := slices.IndexFunc(all, func(k care.Kept[T]) bool { return k.ID == b.of })
	if i < 0 {
		return care.Kept[T]{}, notHere()
	}
	return all[i], nil
}

// typedText is a text as it was typed.
func typedText(form url.Values, name string) private.Text {
	return private.New(strings.TrimSpace(form.Get(name)))
}

// options lists words for a select, with a first line for no answer.
func (b *supportBook) options(none string, words []care.Word, chosen string) []breachChoice {
	return append([]breachChoice{{Code: "", Label: none, Chosen: chosen == ""}}, careChoices(b.p, words, chosen)...)
}

// refs lists items to which something may belong.
func (b *supportBook) refs(chosen string, goals bool) []breachChoice {
	all := []breachChoice{{Code: "", Label: b.p.T("to none of them"), Chosen: chosen == ""}}
	if goals {
		for _, g := range b.view.Goals {
			all = append(all, breachChoice{g.ID, cut(careText(g.Is.Words)), g.ID == chosen})
		}
		return all
	}
	for _, n := range b.view.Needs {
		label := b.p.T(care.Label(care.Domains(), n.Is.Domain))
		if words := careText(n.Is.Words); words != "" {
			label += ": " + cut(words)
		}
		all = append(all, breachChoice{n.ID, label, n.ID == chosen})
	}
	return all
}

// cut shortens a text to what fits into a line of a list.
func cut(text string) string {
	r := []rune(text)
	if len(r) <= 60 {
		return text
	}
	return string(r[:60]) + "…"
}

func (b *supportBook) leave(name, label string, l care.Leave) supportField {
	return supportField{Name: name, Kind: "select", Label: label, Options: []breachChoice{
		{"", b.p.T("not asked"), l == ""}, {"yes", b.p.T("yes"), l == care.Yes}, {"no", b.p.T("no"), l == care.No},
	}}
}
