package reliability

import (
	"errors"
	"fmt"
	"strings"
)

// Problem classifies what stopped a measurement.
type Problem uint8

// The problems an [Error] can report.
const (
	// BadCode: a code is not one of the categories.
	BadCode Problem = iota + 1
	// BadShape: units do not all have one place for each coder, or a coder does not exist.
	BadShape
	// BadSetting: a setting is out of range; Error.Term names it.
	BadSetting
	// NoPairs: no unit was coded by two coders.
	NoPairs
	// NoVariation: all paired codes are one category, so agreement by chance is certain and the
	// coefficient is undefined.
	NoVariation
)

// Error says what stopped a measurement, where, and how to mend it.
type Error struct {
	Problem Problem
	// Unit and Coder are indices from 0, or -1.
	Unit, Coder int
	// Label is the label of the unit, if it has one.
	Label string
	// Term names the setting or the value at fault, if any.
	Term string
	// Reason says in English what is wrong and how to mend it.
	Reason string
}

// Error returns one English sentence.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("reliability: ")
	if e.Unit >= 0 {
		fmt.Fprintf(&b, "unit %d", e.Unit)
		if e.Label != "" {
			fmt.Fprintf(&b, " (%s)", e.Label)
		}
		b.WriteString(": ")
	}
	if e.Coder >= 0 {
		fmt.Fprintf(&b, "coder %d: ", e.Coder)
	}
	if e.Term != "" {
		fmt.Fprintf(&b, "%s: ", e.Term)
	}
	b.WriteString(e.Reason)
	return b.String()
}

// ProblemOf returns the problem that err carries, or 0 when err is not an [*Error].
func ProblemOf(err error) Problem {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Problem
	}
	return 0
}

func badSetting(term, format string, args ...any) *Error {
	return &Error{Problem: BadSetting, Unit: -1, Coder: -1, Term: term, Reason: fmt.Sprintf(format, args...)}
}

func noPairs() *Error {
	return &Error{Problem: NoPairs, Unit: -1, Coder: -1, Reason: "no unit was coded by two coders; have some units coded twice"}
}

func noVariation() *Error {
	return &Error{
		Problem: NoVariation, Unit: -1, Coder: -1,
		Reason: "all paired codes are one category, so the coefficient is undefined; report plain agreement, and code units that differ",
	}
}
