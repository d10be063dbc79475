package profile

import (
	"fmt"
	"time"
)

// The bounds of a time. A minimum must pass before anything is taken away; a maximum ends; a target
// is hoped for; a hard one can never be mended once it is missed.
const (
	Minimum = "minimum"
	Maximum = "maximum"
	Target  = "target"
	Hard    = "hard"
)

// Bounds lists them in that order.
func Bounds() []string { return []string{Minimum, Maximum, Target, Hard} }

// Term is a length of time that law or guidance names.
type Term struct {
	Amount float64
	Unit   string // one of [Units]
	Bound  string // one of [Bounds], or "" when the source does not say
}

// Term returns the time that a fact names, and false when it names none.
func (f Fact) Term() (Term, bool) {
	return Term{f.Value, f.Unit, f.Bound}, f.Unit != ""
}

// Deadline is when a term ends.
type Deadline struct {
	Day Date      // the last day that counts, in the zone asked for
	At  time.Time // the first instant after the term: midnight after Day, or the hour for terms of hours
	// Covered is false when working days were counted beyond the calendar of holidays: then the
	// deadline may be later than shown.
	Covered bool
}

// Due says when a term ends that began at an instant, for an office in a zone. The day of the
// beginning does not count. Days, months and years are counted on civil dates, so a change of the
// clocks moves nothing; a month that is too short ends on its last day. Hours are exact.
func (t Term) Due(start time.Time, zone *time.Location, c *Calendar) (Deadline, error) {
	n := int(t.Amount)
	if t.Amount < 0 || t.Amount > 100_000 || t.Unit != "hours" && float64(n) != t.Amount {
		return Deadline{}, fmt.Errorf("a term of %v %s cannot be counted", t.Amount, t.Unit)
	}
	if t.Unit == "hours" {
		at := start.Add(time.Duration(t.Amount * float64(time.Hour)))
		return Deadline{Date(at.In(zone).Format(time.DateOnly)), at, true}, nil
	}
	day, covered := Date(start.In(zone).Format(time.DateOnly)), true
	switch t.Unit {
	case "working days":
		day, covered = c.Add(day, n)
	case "calendar days":
		day = day.add(n)
	case "months":
		day = day.months(n)
	case "years":
		day = day.months(12 * n)
	default:
		return Deadline{}, fmt.Errorf("a term needs one of the units of profile.Units, not %q", t.Unit)
	}
	return Until(day, zone, covered)
}

// Until returns the deadline whose last day is the one given.
func Until(last Date, zone *time.Location, covered bool) (Deadline, error) {
	t, err := time.Parse(time.DateOnly, string(last))
	if err != nil {
		return Deadline{}, fmt.Errorf("%q is no day", last)
	}
	return Deadline{last, time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, zone), covered}, nil
}

// Birthday returns the day on which somebody born on a day reaches an age. Somebody born on 29
// February reaches it on 1 March in common years.
func Birthday(born Date, age int) Date {
	t, err := time.Parse(time.DateOnly, string(born))
	if err != nil {
		return ""
	}
	return Date(t.AddDate(age, 0, 0).Format(time.DateOnly))
}

// DaysLeft counts the civil days from one day to another; negative when it is past.
func DaysLeft(today, last Date) (int, bool) {
	a, errA := time.Parse(time.DateOnly, string(today))
	b, errB := time.Parse(time.DateOnly, string(last))
	return int(b.Sub(a).Hours() / 24), errA == nil && errB == nil
}

// months adds months to an exact date; a day the month does not have becomes its last.
func (d Date) months(n int) Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	end := first.AddDate(0, 1, -1).Day()
	return Date(time.Date(first.Year(), first.Month(), min(t.Day(), end), 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
}
