package causal

import (
	"errors"
	"fmt"
	"strings"
)

// Problem classifies what stopped an estimate.
type Problem uint8

// The problems an [Error] can report.
const (
	// BadRow: a value of a row is not finite, negative, out of range or not allowed for the family.
	BadRow Problem = iota + 1
	// BadSetting: a setting is missing, contradictory or out of range. Error.Term names it.
	BadSetting
	// IncompleteCard: a required field of the card is empty. Error.Term lists the names.
	IncompleteCard
	// TooFewRows: there are not enough rows to estimate a term that was asked for.
	TooFewRows
	// Collinear: a term cannot be told apart from the terms before it.
	Collinear
	// Separation: the estimate would be infinite, because one group of rows holds only events or none.
	Separation
	// NoVariation: the model reproduces every row, so the spread, and any error, is unknown.
	NoVariation
	// NotConverged: the iteration cap was reached, or a figure was not finite.
	NotConverged
)

// String returns a short English name of the problem.
func (p Problem) String() string {
	names := [...]string{"", "bad row", "bad setting", "incomplete card", "too few rows", "collinear terms", "separation", "no variation", "not converged"}
	if int(p) < len(names) && p > 0 {
		return names[p]
	}
	return "unknown problem"
}

// Error says what stopped an estimate, where, and how to mend it.
type Error struct {
	Problem Problem
	// Row is the index in the slice the caller gave, from 0, or -1 when no single row is at fault.
	Row int
	// Label is the Label of that row, if it has one.
	Label string
	// Term is the model term, setting or card field at fault, if any.
	Term string
	// Reason says what is wrong with it, in English; empty when the problem says it all.
	Reason string
}

// Error returns one English sentence: what, where, and how to mend it.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("causal: ")
	b.WriteString(e.Problem.String())
	if e.Row >= 0 {
		fmt.Fprintf(&b, ": row %d", e.Row)
		if e.Label != "" {
			fmt.Fprintf(&b, " (%s)", e.Label)
		}
	}
	if e.Term != "" {
		fmt.Fprintf(&b, ": %s", e.Term)
	}
	if e.Reason != "" {
		fmt.Fprintf(&b, ": %s", e.Reason)
	}
	if hint := e.Problem.hint(); hint != "" {
		fmt.Fprintf(&b, "; %s", hint)
	}
	return b.String()
}

// hint says how the problem is usually mended.
func (p Problem) hint() string {
	switch p {
	case IncompleteCard:
		return "fill these fields, or say in them that nothing is known"
	case TooFewRows:
		return "add rows, or ask for fewer terms"
	case Collinear:
		return "leave this term out, or add rows that tell it apart"
	case Separation:
		return "widen the periods, merge categories, or report the counts without a ratio"
	case NoVariation:
		return "use a family with fixed dispersion, or report the figures as they are"
	case NotConverged:
		return "ask for fewer terms, or look for a mistyped figure"
	}
	return ""
}

// ProblemOf returns the problem that err carries, or 0 when err is not an [*Error].
func ProblemOf(err error) Problem {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Problem
	}
	return 0
}

func badRow(row int, label, format string, args ...any) *Error {
	return &Error{Problem: BadRow, Row: row, Label: label, Reason: fmt.Sprintf(format, args...)}
}

func badSetting(term, format string, args ...any) *Error {
	return &Error{Problem: BadSetting, Row: -1, Term: term, Reason: fmt.Sprintf(format, args...)}
}
