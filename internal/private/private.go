// Package private holds text that must not be shown by accident.
//
// A name or a narrative travels through many functions, and each of them may one day print a
// struct in a log line, an error or a page. [Text] prints "[private]" wherever it ends up; the
// only way to its content is [Text.Reveal], which asks for a purpose and is easy to find in the
// source. The package guards against mistakes. It does not guard against code that means to read
// the memory of the process.
package private

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[private]"

// Text is private text. The zero value is empty text. Copies share their content, which never
// changes. Text is a struct around a pointer, not a string, because fmt shows the content of a
// string in an unexported field, where it may call no method, but only the address of a pointer.
// Two Texts with the same content are not equal under ==.
type Text struct {
	content *string
}

// New returns s as private text.
func New(s string) Text {
	if s == "" {
		return Text{}
	}
	return Text{content: &s}
}

// Reveal returns the content. The purpose says what it is needed for; it stands in the source for
// the reader and must not be empty. Reveal panics on an empty purpose, which is a mistake of the
// programmer.
func (t Text) Reveal(purpose string) string {
	if purpose == "" {
		panic("private: Reveal without a purpose")
	}
	if t.content == nil {
		return ""
	}
	return *t.content
}

// IsZero reports whether the text is empty.
func (t Text) IsZero() bool { return t.content == nil }

// String returns "[private]", also for empty text: whether there is any is private too.
func (t Text) String() string { return redacted }

// Format writes "[private]" for every verb and flag.
func (t Text) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, redacted) // fmt reports the error of its own writer
}

// MarshalText returns "[private]". The json, xml and html/template packages use it.
func (t Text) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue returns "[private]".
func (t Text) LogValue() slog.Value { return slog.StringValue(redacted) }

// Value refuses: private text reaches a database through the vault, sealed, and not as it is.
func (t Text) Value() (driver.Value, error) {
	return nil, errors.New("private: text cannot be stored as it is; seal it")
}

// GobEncode refuses, like [Text.Value].
func (t Text) GobEncode() ([]byte, error) {
	return nil, errors.New("private: text cannot be encoded as it is; seal it")
}
