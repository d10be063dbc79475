package profile

import (
	"fmt"
	"time"
)

// Date is a civil date as exact as the source gives it: "2024", "2024-07" or "2024-07-23".
// The empty date is open or unknown, as the field says.
type Date string

// check reports a date that has another form or does not exist.
func (d Date) check() error {
	for _, form := range []string{"2006", "2006-01", time.DateOnly} {
		if len(form) == len(d) {
			if _, err := time.Parse(form, string(d)); err == nil {
				return nil
			}
		}
	}
	return fmt.Errorf("%q is not a date: write 2024, 2024-07 or 2024-07-23", string(d))
}

// Exact reports whether the date names a day.
func (d Date) Exact() bool { return len(d) == len(time.DateOnly) }

// first returns the earliest day the date can mean.
func (d Date) first() string {
	switch len(d) {
	case 4:
		return string(d) + "-01-01"
	case 7:
		return string(d) + "-01"
	}
	return string(d)
}

// last returns the latest day the date can mean.
func (d Date) last() string {
	start, err := time.Parse(time.DateOnly, d.first())
	if err != nil {
		return string(d)
	}
	switch len(d) {
	case 4:
		start = start.AddDate(1, 0, -1)
	case 7:
		start = start.AddDate(0, 1, -1)
	}
	return start.Format(time.DateOnly)
}

// next returns the day after an exact date, and "" for one that is open or not exact.
func (d Date) next() Date { return d.add(1) }

func (d Date) previous() Date { return d.add(-1) }

func (d Date) add(days int) Date {
	if !d.Exact() {
		return ""
	}
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	return Date(t.AddDate(0, 0, days).Format(time.DateOnly))
}

// within reports whether any day the date can mean lies from one day to another.
func (d Date) within(from, to string) bool {
	return d != "" && d.last() >= from && d.first() <= to
}

// Before returns the day before an exact date, and "" for one that is open or not exact.
func (d Date) Before() Date { return d.previous() }

// Plus returns the day some days after an exact date, or before when negative; "" for one that is open
// or not exact.
func (d Date) Plus(days int) Date { return d.add(days) }
