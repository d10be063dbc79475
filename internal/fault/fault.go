// Package fault is the one error type that may speak to people.
//
// Every error that a page, the command line or the interface shows is an [*Error]; anything else
// is [Internal] and is shown as an identifier only, because the text of a foreign error may hold
// a path, a query or a person's data. The message of an Error is an English sentence that is also
// the key under which its translation is found, so it must be a constant; what varies goes into
// Args. Nothing personal belongs in Msg, Args, Hint or Fields.
package fault

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
)

// Error is a failure with a kind, words for people and, apart from them, a cause for the log.
// An Error is a value to read: its methods return changed copies, so that one may be kept in a
// package variable or shared between goroutines.
type Error struct {
	// Kind decides the HTTP status, the exit code and whether a retry makes sense.
	Kind Kind
	// Msg says what failed and where: an English sentence with fmt verbs, the catalogue key.
	Msg string
	// Args fill the verbs of Msg.
	Args []any
	// Hint says how to mend it: an English sentence with fmt verbs, or "".
	Hint string
	// HintArgs fill the verbs of Hint.
	HintArgs []any
	// Fields are the form fields or columns that are at fault, in the order they were added.
	Fields []Field
	// Err is the cause. It is for the log: [Error.Error] never shows it.
	Err error
}

// Field is one form field, column or setting that is at fault.
type Field struct {
	// Name is the machine name of the field, as in the form or file.
	Name string
	// Msg is an English sentence with fmt verbs, the catalogue key.
	Msg string
	// Args fill the verbs of Msg.
	Args []any
}

// New returns an error of kind k. msg is a constant English sentence with fmt verbs.
func New(k Kind, msg string, args ...any) *Error {
	return &Error{Kind: k, Msg: msg, Args: args}
}

// Wrap returns a copy of e whose cause is err.
func (e *Error) Wrap(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// WithHint returns a copy of e that says how to mend it. msg is a constant English sentence.
func (e *Error) WithHint(msg string, args ...any) *Error {
	c := *e
	c.Hint, c.HintArgs = msg, args
	return &c
}

// WithField returns a copy of e that also names a field at fault. msg is a constant English
// sentence.
func (e *Error) WithField(name, msg string, args ...any) *Error {
	c := *e
	c.Fields = append(slices.Clip(e.Fields), Field{Name: name, Msg: msg, Args: args})
	return &c
}

// Error returns the English message and the fields at fault. The cause is left out whatever the
// kind: it is written by code that does not know who reads it.
func (e *Error) Error() string {
	if len(e.Fields) == 0 {
		return format(e.Msg, e.Args)
	}
	var b strings.Builder
	b.WriteString(format(e.Msg, e.Args))
	for i, f := range e.Fields {
		if i == 0 {
			b.WriteString(": ")
		} else {
			b.WriteString("; ")
		}
		b.WriteString(f.Name)
		b.WriteString(": ")
		b.WriteString(format(f.Msg, f.Args))
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// LogValue shows the log what people are not shown: the kind and the cause.
func (e *Error) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("kind", e.Kind.String()), slog.String("msg", e.Error())}
	if e.Err != nil {
		attrs = append(attrs, slog.String("cause", Cause(e.Err)))
	}
	return slog.GroupValue(attrs...)
}

// Cause returns the text of err and, below every [*Error] in its chain, the text of what caused
// it, joined by ": ". It is for logs and for the person at the terminal of the machine, never for
// a page. Complexity is linear in the length of the chain.
func Cause(err error) string {
	if err == nil {
		return ""
	}
	text := err.Error()
	if e, ok := As(err); ok && e.Err != nil {
		return text + ": " + Cause(e.Err)
	}
	return text
}

// As returns the first [*Error] in err's chain.
func As(err error) (*Error, bool) {
	return errors.AsType[*Error](err)
}

// KindOf returns the kind of the first [*Error] in err's chain, or Internal when there is none.
// It has no meaning for a nil error.
func KindOf(err error) Kind {
	if e, ok := As(err); ok {
		return e.Kind
	}
	return Internal
}

// format leaves a message without arguments alone, so that a per cent sign in it stays one.
func format(msg string, args []any) string {
	if len(args) == 0 {
		return msg
	}
	return fmt.Sprintf(msg, args...)
}
