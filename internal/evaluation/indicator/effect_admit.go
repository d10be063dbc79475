package indicator

import (
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/importer"
	"github.com/fourfold/fourfold/internal/fault"
)

// place finds the periods in which changes fall. Two changes in one period are refused: their
// figures cannot tell them apart.
func (s *strand) place(changes []DatedChange) ([]PlacedChange, error) {
	if len(changes) == 0 {
		return nil, fault.New(fault.Invalid, "At least one date of a change is needed.").WithField("change", "needed")
	}
	placed := make([]PlacedChange, 0, len(changes))
	for _, c := range changes {
		p, err := s.placeOne(c)
		if err != nil {
			return nil, err
		}
		for _, other := range placed {
			if other.Period == p.Period {
				return nil, fault.New(fault.Invalid, "The changes of %s and %s fall into the same period, %s.", other.Date, p.Date, p.Period.String()).
					WithHint("The figures cannot tell them apart: ask about one of them, and name the other in your note.").
					WithField("change", "same period as another")
			}
		}
		placed = append(placed, p)
	}
	return placed, nil
}

func (s *strand) placeOne(c DatedChange) (PlacedChange, error) {
	if !importer.Civil(c.Date) {
		return PlacedChange{}, fault.New(fault.Invalid, "%q is not a date of the calendar.", clip(c.Date)).
			WithHint("Write it as YYYY-MM-DD.").WithField("change", "not a date")
	}
	if c.Name == "" {
		c.Name = c.Date
	}
	for _, o := range s.figures {
		if c.Date < o.period.Start() || c.Date >= o.period.End() {
			continue
		}
		return PlacedChange{
			DatedChange: c, Period: o.period,
			DaysBefore: days(o.period.Start(), c.Date), Days: days(o.period.Start(), o.period.End()),
		}, nil
	}
	first, last := s.figures[0].period, s.figures[len(s.figures)-1].period
	return PlacedChange{}, fault.New(fault.Invalid, "The change of %s lies outside the figures, which run from %s to %s.", c.Date, first.String(), last.String()).
		WithHint("Choose other periods or another date.").WithField("change", "outside the periods")
}

// days counts the days from one civil date to another.
func days(from, to string) int {
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, to)
	if errA != nil || errB != nil {
		return 0
	}
	return int(b.Sub(a) / (24 * time.Hour))
}

// admit returns the figures to use, or the reason why they may not be used.
func (s *strand) admit(scope EffectScope, changes []PlacedChange, leaveOutTouched bool) (used []outcome, crossed []Break, err error) {
	if len(s.gaps) > 0 && !scope.LeaveOutMissing {
		return nil, nil, fault.New(fault.Invalid, "There is no figure of %s for %s.", s.label, periodNames(s.gaps)).
			WithHint("Choose other periods, or ask to leave periods without a figure out.").WithField("from", "figures are missing")
	}
	var ranges []Period
	for _, o := range s.figures {
		touched := slices.ContainsFunc(changes, func(c PlacedChange) bool { return c.Period == o.period && c.DaysBefore > 0 })
		if o.missing() || leaveOutTouched && touched {
			continue
		}
		if o.uncertain() {
			ranges = append(ranges, o.period)
		}
		used = append(used, o)
	}
	if len(ranges) > 0 && !scope.Bound {
		return nil, nil, fault.New(fault.Invalid, "The figures of %s for %s are known only as a range.", s.label, periodNames(ranges)).
			WithHint("Choose a larger cell, or ask for the estimate on the ends of the ranges.").WithField("bound", "needed")
	}
	if crossed = s.crossed(used, changes); len(crossed) > 0 && !scope.AcrossBreaks {
		b := crossed[0]
		return nil, nil, fault.New(fault.Invalid, "The series breaks at %s, which is not a date of the changes asked about.", b.Period.String()).
			WithHint("Choose periods on one side of the break, or allow it, and then read the result with that in mind.").
			WithField("across-breaks", "the series breaks at %s", b.Period.String())
	}
	return used, crossed, nil
}

// crossed returns the breaks within the figures used that no change explains.
func (s *strand) crossed(used []outcome, changes []PlacedChange) []Break {
	var out []Break
	for _, b := range s.breaks {
		at := slices.IndexFunc(used, func(o outcome) bool { return !o.period.Before(b.Period) })
		explained := slices.ContainsFunc(changes, func(c PlacedChange) bool { return c.Period == b.Period })
		if at > 0 && !explained {
			out = append(out, b)
		}
	}
	return out
}

// periodNames lists periods for a message, at most five of them.
func periodNames(periods []figure.Period) string {
	const most = 5
	names := make([]string, 0, most+1)
	for i, p := range periods {
		if i == most {
			names = append(names, "…")
			break
		}
		names = append(names, p.String())
	}
	return strings.Join(names, ", ")
}
