package alignment

import (
	"errors"
	"fmt"
)

// Problem classifies what stopped an assessment.
type Problem uint8

// The problems an [Error] can report.
const (
	// BadTopic: a topic is blank, stands twice, or is not in the taxonomy.
	BadTopic Problem = iota + 1
	// BadObligation: an obligation has no known strength or topic, or ends before it begins.
	BadObligation
	// BadWeight: a weight is negative or not finite, or all of them are 0.
	BadWeight
	// BadFinding: a finding has no known status, an impossible part, or contradicts another.
	BadFinding
	// BadSetting: a setting is out of range.
	BadSetting
	// BadWord: a text names no tier, strength or status.
	BadWord
)

// Error says what stopped an assessment, and where.
type Error struct {
	Problem Problem
	// Term names the topic, obligation, weight or setting at fault.
	Term string
	// Reason says in English what is wrong and how to mend it.
	Reason string
}

// Error returns one English sentence.
func (e *Error) Error() string {
	return fmt.Sprintf("alignment: %s: %s", e.Term, e.Reason)
}

// ProblemOf returns the problem that err carries, or 0 when err is not an [*Error].
func ProblemOf(err error) Problem {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Problem
	}
	return 0
}

func refuse(p Problem, term, format string, args ...any) *Error {
	return &Error{Problem: p, Term: term, Reason: fmt.Sprintf(format, args...)}
}
