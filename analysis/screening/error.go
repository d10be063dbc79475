package screening

import (
	"errors"
	"fmt"
)

// Problem classifies what stopped the package.
type Problem uint8

// The problems an [Error] can report.
const (
	// BadFile: a file is not strict JSON, is too large, or has a field that is not known.
	BadFile Problem = iota + 1
	// BadContent: a file can be read but says something impossible.
	BadContent
	// BadAnswer: an answer names no indicator, no known value, or stands twice.
	BadAnswer
	// BadFact: a fact handed to [Elements] has no known meaning.
	BadFact
)

// Error says what is wrong, where, and how to mend it. It repeats codes and names of fields, never
// an observation.
type Error struct {
	Problem Problem
	// File is the name handed to the parser; blank for answers and facts.
	File string
	// Line counts from 1; 0 when the place is not a line of a file.
	Line int
	// Field is the path of the field at fault, for example "dimensions[2].indicators[0].strength",
	// or the code of the indicator.
	Field string
	// Reason says in English what is wrong; Mend says what to do.
	Reason, Mend string
}

// Error returns one English sentence.
func (e *Error) Error() string {
	where := e.File
	if e.Line > 0 {
		where += fmt.Sprintf(", line %d", e.Line)
	}
	for _, part := range []string{e.Field, e.Reason} {
		if where != "" && part != "" {
			where += ": "
		}
		where += part
	}
	if e.Mend != "" {
		where += "; " + e.Mend
	}
	return "screening: " + where
}

// ProblemOf returns the problem that err carries, or 0 when err holds no [*Error].
func ProblemOf(err error) Problem {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Problem
	}
	return 0
}
