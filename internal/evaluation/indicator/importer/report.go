package importer

import (
	"fmt"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

// Severity tells whether a problem stops the import.
type Severity uint8

// The severities.
const (
	// Fatal problems save nothing.
	Fatal Severity = iota
	// Warning is told and does not stop.
	Warning
)

// String returns "error" or "warning".
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Problem is one thing that is wrong with a file, at a place a person can go to.
type Problem struct {
	// File is the name of the file as given, without its folder.
	File string
	// Line counts from 1 in the uncompressed file; 0 is the file as a whole.
	Line int
	// Column is the name of the column, or "".
	Column string
	// At is the number of the character in the line, from 1, when no column name applies; else 0.
	At int
	// Value is the text that was found, cut to a readable length.
	Value string
	// Msg says what is wrong, an English message key with fmt verbs; Args fill it.
	Msg  string
	Args []any
	// Mend says what to do, an English message key with fmt verbs; MendArgs fill it.
	Mend     string
	MendArgs []any
	Severity Severity
}

// String writes "file:line: column X: what is wrong (found "…"): what to do" in English.
func (p Problem) String() string {
	s := p.File
	if p.Line > 0 {
		s += fmt.Sprintf(", line %d", p.Line)
	}
	if p.Column != "" {
		s += ", column " + p.Column
	} else if p.At > 0 {
		s += fmt.Sprintf(", character %d", p.At)
	}
	s += ": " + sentence(p.Msg, p.Args)
	if p.Value != "" {
		s += fmt.Sprintf(" (found %q)", p.Value)
	}
	if p.Mend != "" {
		s += ". " + sentence(p.Mend, p.MendArgs)
	}
	return s
}

func sentence(msg string, args []any) string {
	if len(args) == 0 {
		return msg
	}
	return fmt.Sprintf(msg, args...)
}

// MaxProblems bounds the problems that a report lists; the rest is counted.
const MaxProblems = 100

// MarginCheck is a published total that differs from the sum of its cells.
type MarginCheck struct {
	Indicator string
	Area      string
	Period    figure.Period
	// Key is the total, Over the dimension added up.
	Key  figure.Key
	Over figure.Dim
	// Published is the total as printed, Summed what its cells give.
	Published, Summed figure.Value
}
