package hotspot

import (
	"errors"
	"fmt"
	"strings"
)

// Problem classifies what stopped a function.
type Problem uint8

// The problems an [Error] can report.
const (
	// BadArea: an area has no usable place, or its name is given twice.
	BadArea Problem = iota + 1
	// BadCount: a count, population or expected number is not allowed.
	BadCount
	// BadFile: a file is not in the layout that the reader states.
	BadFile
	// BadSetting: a setting is out of range, or does not go with the data. Error.Term names it.
	BadSetting
	// TooFew: there are fewer areas, events or people than the limits of use demand.
	TooFew
	// TooLarge: the input is beyond the size the function is made for.
	TooLarge
	// NoVariation: all values are equal, so that the figure does not exist.
	NoVariation
	// NoNeighbours: an area has no neighbour and the settings refuse that.
	NoNeighbours
)

// String returns a short English name of the problem.
func (p Problem) String() string {
	names := [...]string{
		"", "bad area", "bad count", "bad file", "bad setting", "too few", "too large", "no variation", "no neighbours",
	}
	if int(p) < len(names) && p > 0 {
		return names[p]
	}
	return "unknown problem"
}

// Error says what stopped a function, where, and how to mend it.
type Error struct {
	Problem Problem
	// Row is the index of the area, stratum or link in the slice the caller gave, from 0, or -1.
	Row int
	// Period is the index of the period, from 0, or -1.
	Period int
	// Line is the line of the file the row came from, from 1, or 0 when it came from no file.
	Line int
	// Column is the name of the column of the file, if one is at fault.
	Column string
	// Term names the setting or the area at fault, if any.
	Term string
	// Reason says in English what is wrong and how to mend it.
	Reason string
}

// Error returns one English sentence: what, where, and how to mend it.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("hotspot: ")
	b.WriteString(e.Problem.String())
	if e.Line > 0 {
		fmt.Fprintf(&b, ": line %d", e.Line)
	} else if e.Row >= 0 {
		fmt.Fprintf(&b, ": row %d", e.Row)
	}
	if e.Period >= 0 {
		fmt.Fprintf(&b, ", period %d", e.Period)
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
	return &Error{Problem: BadSetting, Row: -1, Period: -1, Term: term, Reason: fmt.Sprintf(format, args...)}
}

func problem(p Problem, row int, term, format string, args ...any) *Error {
	return &Error{Problem: p, Row: row, Period: -1, Term: term, Reason: fmt.Sprintf(format, args...)}
}

func badFile(line int, column, format string, args ...any) *Error {
	return &Error{Problem: BadFile, Row: -1, Period: -1, Line: line, Column: column, Reason: fmt.Sprintf(format, args...)}
}
