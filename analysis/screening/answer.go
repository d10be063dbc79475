package screening

import (
	"fmt"
	"slices"
	"strings"
)

// Value is what is known about one indicator. The zero value is [NotAsked]: silence is never "no".
type Value uint8

// The values of an answer.
const (
	// NotAsked: nobody has asked or looked.
	NotAsked Value = iota
	// Present: the sign was observed or stated.
	Present
	// Absent: somebody who could know says that the sign is not there. It is one person's
	// observation at one time, and says nothing about any other indicator.
	Absent
	// Unknown: it was asked or looked for, and the answer is not known.
	Unknown
	// Refused: the person did not want to answer. Do not ask again.
	Refused
)

var valueNames = [...]string{"not asked", "present", "absent", "unknown", "refused"}

// String names the value in English; the name is also its text in JSON.
func (v Value) String() string { return nameOf(valueNames[:], int(v)) }

// MarshalText writes the name. It refuses a value that is none of the five.
func (v Value) MarshalText() ([]byte, error) {
	if int(v) >= len(valueNames) {
		return nil, &Error{Problem: BadAnswer, Reason: fmt.Sprintf("%d is no value of an answer", v), Mend: "use present, absent, unknown, not asked or refused"}
	}
	return []byte(v.String()), nil
}

// UnmarshalText reads the name.
func (v *Value) UnmarshalText(text []byte) error { return readName(v, valueNames[:], text) }

// Answer is what somebody recorded about one indicator. The texts are the caller's and are handed
// back unread.
type Answer struct {
	// Indicator is a code of the instrument.
	Indicator string `json:"indicator"`
	Value     Value  `json:"value"`
	// By says who observed it, Source where it comes from (her own words, a document, a visit), On
	// when, each as the caller writes it.
	By     string `json:"by,omitempty"`
	Source string `json:"source,omitempty"`
	On     string `json:"on,omitempty"`
}

// nameOf is the name of an enumerated value, or "?" for one that does not exist.
func nameOf(names []string, i int) string {
	if i < 0 || i >= len(names) {
		return "?"
	}
	return names[i]
}

// readName sets an enumerated value by its name.
func readName[T ~uint8](v *T, names []string, text []byte) error {
	if i := slices.Index(names, string(text)); i >= 0 {
		*v = T(i)
		return nil
	}
	return &Error{Problem: BadAnswer, Reason: "a value is not known", Mend: "use one of " + strings.Join(names, ", ")}
}
