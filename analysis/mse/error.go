package mse

import (
	"errors"
	"fmt"
	"strings"
)

// Problem classifies what stopped an estimate.
type Problem uint8

// The problems an [Error] can report.
const (
	// BadTable: the lists or the counts cannot be a table of capture histories.
	BadTable Problem = iota + 1
	// BadFile: a file is not in the layout that the reader states. Error.Line and Error.Column say where.
	BadFile
	// BadSetting: a setting is out of range. Error.Term names it.
	BadSetting
	// BadModel: a term of a model names lists the table does not have.
	BadModel
	// TooFewLists: there are fewer lists than the method needs.
	TooFewLists
	// NoEstimate: the maximum likelihood estimate does not exist, or is not unique. Error.Code says which.
	NoEstimate
	// TooMany: the method would have to look at more models or cells than its cap allows.
	TooMany
	// NotConverged: an iteration cap was reached, or a figure left the finite numbers.
	NotConverged
)

// String returns a short English name of the problem.
func (p Problem) String() string {
	names := [...]string{
		"", "bad table", "bad file", "bad setting", "bad model", "too few lists",
		"no estimate", "too many models", "not converged",
	}
	if int(p) < len(names) && p > 0 {
		return names[p]
	}
	return "unknown problem"
}

// Error says what stopped an estimate, where, and how to mend it.
type Error struct {
	Problem Problem
	// Line is the line of the file, from 1, or 0 when no line is at fault.
	Line int
	// Column is the name of the column of the file or, for a header without names, its number from 1.
	Column string
	// Term names the setting, list, capture history or model term at fault, if any.
	Term string
	// Code is the existence code of the model when Problem is NoEstimate.
	Code Code
	// Reason says in English what is wrong and how to mend it.
	Reason string
}

// Error returns one English sentence: what, where, and how to mend it.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("mse: ")
	b.WriteString(e.Problem.String())
	if e.Line > 0 {
		fmt.Fprintf(&b, ": line %d", e.Line)
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

func badTable(term, format string, args ...any) *Error {
	return &Error{Problem: BadTable, Term: term, Reason: fmt.Sprintf(format, args...)}
}

func badSetting(term, format string, args ...any) *Error {
	return &Error{Problem: BadSetting, Term: term, Reason: fmt.Sprintf(format, args...)}
}

func badFile(line int, column, format string, args ...any) *Error {
	return &Error{Problem: BadFile, Line: line, Column: column, Reason: fmt.Sprintf(format, args...)}
}

func noEstimate(code Code, model string) *Error {
	return &Error{Problem: NoEstimate, Term: model, Code: code, Reason: code.String() + "; leave terms out, or merge or drop lists that hardly overlap"}
}
