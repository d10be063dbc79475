// Package clock holds the two clocks of the law room: when something held, and when we knew it.
//
// A [Day] may be a day, a month or a year, because sources often know no more. A question carries both clocks
// ([At]); whatever is recorded carries when it came to be known, and when it was taken back.
//
// Trust: texts are checked by [Parse]. It has no clock of its own.
package clock

import (
	"math"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
)

// Day is a civil date as a source gives it: YYYY-MM-DD, YYYY-MM, YYYY, or "" when it gives none.
type Day string

// Parse reads a date of any precision. "" is a date that nobody gave.
func Parse(text string) (Day, error) {
	d := Day(text)
	if text == "" {
		return "", nil
	}
	if _, err := time.Parse(time.DateOnly, string(d.First())); err != nil || len(text) != 4 && len(text) != 7 && len(text) != 10 {
		return "", fault.New(fault.Invalid, "%q is not a date of the calendar.", clip(text)).WithHint("Write it as YYYY-MM-DD.")
	}
	return d, nil
}

func clip(text string) string { return string([]rune(text)[:min(len([]rune(text)), 40)]) }

// Exact reports whether the date names one day.
func (d Day) Exact() bool { return len(d) == len(time.DateOnly) }

// First is the first day that the date may mean; "" for none.
func (d Day) First() Day {
	switch len(d) {
	case 4:
		return d + "-01-01"
	case 7:
		return d + "-01"
	}
	return d
}

// Last is the last day that the date may mean; "" for none.
func (d Day) Last() Day {
	switch len(d) {
	case 4:
		return d + "-12-31"
	case 7:
		t, err := time.Parse(time.DateOnly, string(d)+"-01")
		if err != nil {
			return d
		}
		return Of(t.AddDate(0, 1, -1))
	}
	return d
}

// Span returns the days that the date may mean.
func (d Day) Span() Span { return Span{d.First(), d.Last()} }

// Time is midnight in UTC at the beginning of the first day, or zero.
func (d Day) Time() time.Time {
	t, err := time.Parse(time.DateOnly, string(d.First()))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Micros is Time in microseconds since 1970, as instants are stored; 0 for no date.
func (d Day) Micros() int64 {
	if d == "" {
		return 0
	}
	return d.Time().UnixMicro()
}

// Of returns the day of an instant, in its own zone.
func Of(t time.Time) Day { return Day(t.Format(time.DateOnly)) }

// Span is from the first to the last day on which something may have happened. A blank From is "since ever".
type Span struct{ From, To Day }

// Reach says whether a day has come.
type Reach uint8

// The answers of [Span.By].
const (
	NotYet Reach = iota
	Perhaps
	Reached
)

// By reports whether what happened within the span has happened by the end of a day. A span without days is
// one of which nobody knows when it ends.
func (s Span) By(on Day) Reach {
	switch {
	case s.To != "" && s.To <= on:
		return Reached
	case s.From > on:
		return NotYet
	}
	return Perhaps
}

// At is a question's two clocks: how it stood on a day, as known before an instant.
type At struct {
	On Day
	// Before is the first instant, in microseconds since 1970, of which nothing is known any more.
	Before int64
}

// On asks how it stood on a day as known at the end of another, in UTC. A blank known asks for all that is known.
func On(on, known Day) At {
	if known == "" {
		return At{on, math.MaxInt64}
	}
	return At{on, known.Last().Time().AddDate(0, 0, 1).UnixMicro()}
}

// Knows reports whether what was recorded at one instant, and taken back at another or never (0), counts.
func (a At) Knows(recorded, gone int64) bool {
	return recorded < a.Before && (gone == 0 || gone >= a.Before)
}
