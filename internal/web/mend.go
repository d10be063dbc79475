package web

import (
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
)

// Mend is one thing to put right in a form: the id of the field, and what to do, in the reader's
// language. The part "mend" lists them above a form, each leading to its field.
type Mend struct{ Field, Text string }

// wrongIn returns what is to be mended in a field, or "".
func wrongIn(mend []Mend, field string) string {
	for _, m := range mend {
		if m.Field == field {
			return m.Text
		}
	}
	return ""
}

// mendOf turns a fault into what a form shows: its fields, or the whole of it at a field of the form.
func mendOf(p *i18n.Printer, f *fault.Error, fallback string) []Mend {
	var mend []Mend
	for _, field := range f.Fields {
		mend = append(mend, Mend{field.Name, p.T(field.Msg, field.Args...)})
	}
	if len(mend) > 0 {
		return mend
	}
	text := p.T(f.Msg, f.Args...)
	if f.Hint != "" {
		text += " " + p.T(f.Hint, f.HintArgs...)
	}
	return []Mend{{fallback, text}}
}
