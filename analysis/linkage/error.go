package linkage

import (
	"errors"
	"fmt"
	"strings"
)

// Problem classifies what stopped a function.
type Problem uint8

// The problems an [Error] can report.
const (
	// BadFile: a file is not in the layout that the reader states.
	BadFile Problem = iota + 1
	// BadTable: rows or columns given by the caller do not fit together.
	BadTable
	// BadSetting: a setting is out of range or names a column that is not there. Error.Term names it.
	BadSetting
	// BadDecision: a decision names a row that is not there, or contradicts another. Error.Row is its
	// place among the decisions.
	BadDecision
	// TooFew: there are no two rows to compare.
	TooFew
	// TooLarge: the input, or the pairs that the rules would compare, are beyond a limit.
	TooLarge
	// NoEvidence: no column can tell records apart.
	NoEvidence
)

// String returns a short English name of the problem.
func (p Problem) String() string {
	names := [...]string{"", "bad file", "bad table", "bad setting", "bad decision", "too few rows", "too large", "no evidence"}
	if int(p) < len(names) && p > 0 {
		return names[p]
	}
	return "unknown problem"
}

// Error says what stopped a function, where, and how to mend it. It never holds a value of a record,
// since records may be about persons.
type Error struct {
	Problem Problem
	// Row is the index of the row or decision at fault, from 0, or -1.
	Row int
	// Line is the line of the file the row came from, from 1, or 0 when it came from no file.
	Line int
	// File is the place of the file among those given, from 1, or 0.
	File int
	// Column is the name of the column, if one is at fault.
	Column string
	// Term names the setting or rule at fault, if any.
	Term string
	// Reason says in English what is wrong and how to mend it.
	Reason string
}

// Error returns one English sentence: what, where, and how to mend it.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("linkage: ")
	b.WriteString(e.Problem.String())
	if e.File > 1 {
		fmt.Fprintf(&b, ": file %d", e.File)
	}
	if e.Line > 0 {
		fmt.Fprintf(&b, ": line %d", e.Line)
	} else if e.Row >= 0 {
		fmt.Fprintf(&b, ": row %d", e.Row)
	}
	if e.Column != "" {
		fmt.Fprintf(&b, ", column %q", e.Column)
	}
	if e.Term != "" {
		fmt.Fprintf(&b, ": %s", e.Term)
	}
	if e.Reason != "" {
		fmt.Fprintf(&b, ": %s", e.Reason)
	}
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
	return &Error{Problem: BadSetting, Row: -1, Term: term, Reason: fmt.Sprintf(format, args...)}
}

func badDecision(at int, format string, args ...any) *Error {
	return &Error{Problem: BadDecision, Row: at, Reason: fmt.Sprintf(format, args...)}
}

func tooLarge(term, format string, args ...any) *Error {
	return &Error{Problem: TooLarge, Row: -1, Term: term, Reason: fmt.Sprintf(format, args...)}
}
