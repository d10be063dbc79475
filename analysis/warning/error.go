package warning

import (
	"errors"
	"fmt"
	"strings"
)

// Problem classifies what stopped a function.
type Problem uint8

// The problems an [Error] can report.
const (
	// BadReport: a report has a count or a week that is not allowed.
	BadReport Problem = iota + 1
	// TooLate: a report is for a week that is no longer kept.
	TooLate
	// BadFile: a file is not in the layout that the reader states.
	BadFile
	// BadSetting: a setting is out of range. Error.Term names it.
	BadSetting
	// BadState: a saved state is damaged or of another version.
	BadState
	// TooLarge: the input is beyond the size the function is made for.
	TooLarge
)

// String returns a short English name of the problem.
func (p Problem) String() string {
	names := [...]string{"", "bad report", "too late", "bad file", "bad setting", "bad state", "too large"}
	if int(p) < len(names) && p > 0 {
		return names[p]
	}
	return "unknown problem"
}

// Error says what stopped a function, where, and how to mend it.
type Error struct {
	Problem Problem
	// Row is the index of the report in the slice the caller gave, from 0, or -1.
	Row int
	// Week is the week at fault, from 0, or -1.
	Week int
	// Line is the line of the file the row came from, from 1, or 0 when it came from no file.
	Line int
	// Column is the name of the column of the file, if one is at fault.
	Column string
	// Term names the setting or the stream at fault, if any.
	Term string
	// Reason says in English what is wrong and how to mend it.
	Reason string
}

// Error returns one English sentence: what, where, and how to mend it.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("warning: ")
	b.WriteString(e.Problem.String())
	if e.Line > 0 {
		fmt.Fprintf(&b, ": line %d", e.Line)
	} else if e.Row >= 0 {
		fmt.Fprintf(&b, ": row %d", e.Row)
	}
	if e.Week >= 0 {
		fmt.Fprintf(&b, ", week %d", e.Week)
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
	return &Error{Problem: BadSetting, Row: -1, Week: -1, Term: term, Reason: fmt.Sprintf(format, args...)}
}

func badReport(p Problem, week int, format string, args ...any) *Error {
	return &Error{Problem: p, Row: -1, Week: week, Reason: fmt.Sprintf(format, args...)}
}

func badFile(line int, column, format string, args ...any) *Error {
	return &Error{Problem: BadFile, Row: -1, Week: -1, Line: line, Column: column, Reason: fmt.Sprintf(format, args...)}
}
