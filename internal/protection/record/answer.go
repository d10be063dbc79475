package record

import (
	"fmt"

	"github.com/fourfold/fourfold/internal/auth"
)

// State says what kind of answer there is to a question. The zero value is that nobody has asked.
type State string

// The states.
const (
	NotAsked State = ""
	Given    State = "given"
	Unknown  State = "unknown" // asked, and nobody knows
	Refused  State = "refused" // asked, and the person would rather not say
)

// States returns all states, in the order of the constants.
func States() []State { return []State{NotAsked, Given, Unknown, Refused} }

// Source is where an answer comes from. A page shows it beside the answer, so that nobody asks again.
type Source struct {
	// From is a code: who said so, such as "person", "guardian", "document", "referral", "observed".
	From string `json:"from,omitempty"`
	// AsOf is the civil date on which it was so.
	AsOf string `json:"as_of,omitempty"`
	// By is the account that wrote it down.
	By auth.AccountID `json:"by,omitempty"`
}

// Answer is the answer to a question about a person: a value, or that it is unknown, was refused or was
// not asked. The zero value is not asked; the absence of an answer is never "no". It stands in sealed
// documents, with the tag "omitzero".
type Answer[T any] struct {
	State State `json:"state,omitempty"`
	// Value counts only when State is [Given]: see [Answer.Get].
	Value  T      `json:"value,omitempty"`
	Source Source `json:"source,omitzero"`
}

// Is returns an answer with a value.
func Is[T any](v T, s Source) Answer[T] { return Answer[T]{State: Given, Value: v, Source: s} }

// NotKnown returns the answer of a question that was asked and that nobody can answer.
func NotKnown[T any](s Source) Answer[T] { return Answer[T]{State: Unknown, Source: s} }

// NotSaid returns the answer of a person who would rather not say.
func NotSaid[T any](s Source) Answer[T] { return Answer[T]{State: Refused, Source: s} }

// Asked reports whether the question was put, whatever the answer.
func (a Answer[T]) Asked() bool { return a.State != NotAsked }

// Get returns the value, and whether there is one.
func (a Answer[T]) Get() (v T, ok bool) {
	if a.State != Given {
		return v, false
	}
	return a.Value, true
}

// Or returns the newer answer unless it is not asked: a form that leaves a question out changes nothing.
func (a Answer[T]) Or(older Answer[T]) Answer[T] {
	if a.State == NotAsked {
		return older
	}
	return a
}

// UnmarshalText reads a state. One that is not known is an error, never "not asked".
func (s *State) UnmarshalText(text []byte) error {
	for _, known := range States() {
		if string(known) == string(text) {
			*s = known
			return nil
		}
	}
	return fmt.Errorf("record: %q is not the state of an answer", text)
}
