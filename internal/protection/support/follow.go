package support

import (
	"slices"
	"strconv"
	"strings"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// Months are after how many months the person is asked how things are, unless somebody chooses others.
// Most people who are exploited again are so within two years.
func Months() []int { return []int{1, 3, 6, 12, 24} }

// maxMonth is the latest follow-up.
const maxMonth = 60

// Follow is one time of asking how things are, on a way that is safe.
type Follow struct {
	Month int    `json:"-"` // after the beginning
	DueOn string `json:"-"`
	State string `json:"-"` // one of [FollowStates]
	// Sign is the civil date on which somebody noted a sign of being exploited again, for which the person is asked; Month is 0
	// then. Nth tells the signs of one day apart: 0 for the first, then 2 and on.
	Sign string `json:"-"`
	Nth  int    `json:"-"`

	// Way is how the person wants to be asked.
	Way private.Text `json:"way,omitzero"`
	On  string       `json:"on,omitempty"` // when it was done
	// Signs says whether there are signs of being exploited again.
	Signs record.Answer[bool] `json:"signs,omitzero"`
	Words private.Text        `json:"words,omitzero"`
	Seen  private.Text        `json:"seen,omitzero"` // what the sign was
}

// AskSoon is within how many days the person is asked after a sign of being exploited again. It is ours, not a standard.
const AskSoon = 7

// FollowStates are the states of a follow-up.
func FollowStates() []Word {
	return []Word{
		{"planned", i18n.Mark("planned")},
		{"reached", i18n.Mark("the person was reached")},
		{"not-reached", i18n.Mark("the person was not reached")},
		{"unsafe", i18n.Mark("not tried: it would not have been safe")},
		{"refused", i18n.Mark("the person does not want it")},
	}
}

func (Follow) part() Part { return OfFollow }
func (f Follow) slot() string {
	switch {
	case f.Sign == "":
		return month(f.Month)
	case f.Nth > 0:
		return f.Sign + "/" + strconv.Itoa(f.Nth)
	}
	return f.Sign
}
func (f Follow) clear(c *facts)     { c.State, c.DueOn = f.State, f.DueOn }
func (f Follow) docs() []record.Doc { return []record.Doc{sensitive(f)} }

func (f Follow) check(today string) error {
	e := fault.New(fault.Invalid, "This was not written down.")
	if f.Sign == "" && (f.Month < 1 || f.Month > maxMonth) {
		e = e.WithField("month", "Choose a number of months from 1 to %d.", maxMonth)
	}
	if f.DueOn != "" && !isDay(f.DueOn) {
		e = e.WithField("due", "Write the date as 2026-12-31.")
	}
	if f.On != "" && (!isDay(f.On) || f.On > today) {
		e = e.WithField("on", "Write the date as 2026-12-31, not after today.")
	}
	if signs, ok := f.Signs.Get(); ok && signs && f.State != "reached" && f.State != "not-reached" && f.State != "unsafe" {
		e = e.WithField("state", "Say what came of asking.")
	}
	e = short(short(e, "way", f.Way, maxNote), "sign", f.Seen, maxWords)
	return orNil(short(e, "words", f.Words, maxWords))
}

// Schedule returns the follow-ups of a person from a civil date on, one for each number of months.
func Schedule(from string, months []int) (all []Follow) {
	months = slices.Compact(slices.Sorted(slices.Values(months)))
	for _, n := range months {
		all = append(all, Follow{Month: n, DueOn: addMonths(from, n), State: "planned"})
	}
	return all
}

// slotted puts back what the slot of a follow-up says.
func (f *Follow) slotted(slot string) {
	day, nth, _ := strings.Cut(slot, "/")
	if !isDay(day) {
		f.Month = monthOf(slot)
		return
	}
	f.Sign = day
	f.Nth, _ = strconv.Atoi(nth) // nothing behind the day is the first
}
