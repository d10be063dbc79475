package web

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/standard"
	"github.com/fourfold/fourfold/internal/vocab"
)

// personOwn is a list of fields of the organisation's own, or what came with a file and has no other place: what is
// known, and a form where the list is the organisation's.
type personOwn struct {
	ID, Title string
	Lines     []personLine
	Form      *personSheet
	// Theirs is what stands there now, when somebody else wrote it while this was typed.
	Theirs []personLine
}

// personOwns are the lists of the page about a person. With again the list of that identifier shows what was typed.
func (s *Server) personOwns(ctx context.Context, v visit, of casefile.ID, may bool, again string, form url.Values, mend []Mend, stale bool) ([]personOwn, error) {
	found, err := s.app.Standards.Extensions(ctx, v.actor, of, support)
	if err != nil {
		return nil, err
	}
	p := v.printer
	all := make([]personOwn, len(found))
	for i, e := range found {
		one := personOwn{ID: "own-" + e.Set.ID, Title: e.Set.Title, Lines: ownLines(p, e)}
		if shipped := e.Set.ID == standard.Trafficking().ID; shipped {
			one.Title = p.T("From a file that was taken in")
		} else if may {
			one.Form = ownForm(p, e, "/cases/"+string(of)+"/person/own/"+e.Set.ID)
			if again == e.Set.ID {
				one.Form.retype(form, mend)
				if stale {
					one.Theirs = one.Lines
				}
			}
		}
		all[i] = one
	}
	return all, nil
}

// ownLines are what is known of a list, in the order of its fields.
func ownLines(p *i18n.Printer, e standard.Extension) (lines []personLine) {
	for _, f := range e.Set.Fields {
		var texts []string
		for _, v := range e.Values[f.Code] {
			texts = append(texts, ownText(p, f, v))
		}
		if len(texts) > 0 {
			lines = append(lines, personLine{Label: standard.LabelIn(f.Label, p.Lang()), Text: p.List(texts)})
		}
	}
	return lines
}

// ownText is a value in words.
func ownText(p *i18n.Printer, f standard.Field, v string) string {
	switch f.Type {
	case standard.Code:
		for _, c := range f.Values {
			if c.Code == v {
				return standard.LabelIn(c.Label, p.Lang())
			}
		}
	case standard.Flag:
		if v == "true" {
			return p.T("yes")
		}
		return p.T("no")
	case standard.Date:
		return p.Date(v)
	case standard.Country:
		return vocab.Label(vocab.Area, v, p.Lang())
	}
	return v
}

// ownName is the name of a field in the form: codes of a list are the organisation's, and none is to mean something else.
func ownName(f standard.Field) string { return "own." + f.Code }

// ownForm is the form of a list: the fields that are asked by what the others hold, and those that hold something.
func ownForm(p *i18n.Printer, e standard.Extension, action string) *personSheet {
	form := &personSheet{
		ID: "own-" + e.Set.ID + "-form", Title: p.T("Add or change: %s", e.Set.Title), Action: action, Button: p.T("Keep this part"),
		Help: p.T("Leave empty what was not asked, or what somebody would rather not say."), Version: e.Version,
		Hidden: []personField{{Name: "key", Value: string(record.NewSubmissionKey())}},
	}
	for _, f := range e.Set.Fields {
		held := e.Values[f.Code]
		if len(held) == 0 && !e.Set.Asked(f, e.Values) {
			continue
		}
		field := personField{Name: ownName(f), Kind: "text", Label: standard.LabelIn(f.Label, p.Lang()), Value: strings.Join(held, "\n"), Dir: "auto"}
		is := func(code string) bool { return len(held) > 0 && held[0] == code }
		switch {
		case f.Type == standard.Code:
			field.Kind = "select"
			for _, c := range f.Values {
				field.Options = append(field.Options, breachChoice{c.Code, standard.LabelIn(c.Label, p.Lang()), is(c.Code)})
			}
			if f.Many {
				field.Kind = "checks"
				chooseIn(field.Options, held)
			} else {
				field.Options = orNone(p, field.Options)
			}
		case f.Type == standard.Flag:
			field.Kind, field.Options = "select", orNone(p, []breachChoice{{"true", p.T("yes"), is("true")}, {"false", p.T("no"), is("false")}})
		case f.Many || f.Type == standard.Long:
			field.Kind = "area"
		case f.Type == standard.Date:
			field.Kind = "date"
		case f.Type == standard.Country:
			field.Kind, field.Options = "select", areas(p, strings.Join(held, ""))
		case f.Type == standard.Language:
			field.Kind, field.Dir = "tongue", "ltr"
		case f.Type == standard.Number:
			field.Dir = "ltr"
		}
		form.Fields = append(form.Fields, field)
	}
	giveIDs(form.ID, form.Fields)
	return form
}

// keepOwn keeps a list of fields.
func (s *Server) keepOwn(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	of, id := casefile.ID(r.PathValue("case")), r.PathValue("set")
	found, err := s.app.Standards.Extensions(r.Context(), actorOf(r), of, support)
	if err != nil {
		return err
	}
	for _, e := range found {
		if e.Set.ID != id {
			continue
		}
		values := standard.Values{}
		maps.Copy(values, e.Values)
		for _, f := range e.Set.Fields {
			if typed, asked := r.PostForm[ownName(f)]; asked || e.Set.Asked(f, e.Values) || len(e.Values[f.Code]) > 0 {
				values[f.Code] = typedOwn(f, typed)
			}
		}
		err := s.app.Standards.Keep(r.Context(), actorOf(r), of, id, versionOf(r), values, record.SubmissionKey(r.PostFormValue("key")))
		if err == nil {
			return s.seeOther(w, r, "/cases/"+string(of)+"/person#own-"+id)
		}
		mend, err2 := toMend(visitOf(r).printer, err, "own-"+id)
		if err2 != nil {
			return err2
		}
		for i, m := range mend {
			if f, ok := e.Set.Field(m.Field); ok {
				mend[i].Text = standard.LabelIn(f.Label, visitOf(r).printer.Lang()) + ": " + m.Text
			}
			mend[i].Field = "own-" + id // the list is where it is mended
		}
		return s.personAgain(w, r, personRetry{own: id, mend: mend, stale: fault.KindOf(err) == fault.Stale})
	}
	return fault.New(fault.NotFound, "This does not exist.")
}

// typedOwn is what was typed into a field: a field with many values has one on each line.
func typedOwn(f standard.Field, typed []string) []string {
	if !f.Many || f.Type == standard.Code {
		return typed
	}
	var all []string
	for _, text := range typed {
		all = append(all, strings.Split(text, "\n")...)
	}
	return all
}
