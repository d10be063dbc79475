package identification

import (
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/profile"
)

// start begins a clock under the law of the step's day.
func (r Rules) start(c profile.Clock, a Step) Timer {
	t := Timer{Clock: c.ID, Version: r.Version.ID, Began: a.On}
	f, state := r.Version.Fact(c.Topic)
	term, timed := f.Term()
	if state < profile.Unsure || !timed {
		t.Why = NoRule
		return t
	}
	if t.Fact, t.Term = f.ID, term; state == profile.Unsure {
		t.Why = Inexact
	}
	if c.Age > 0 {
		return t.before(c.Age, a)
	}
	due, err := term.Due(a.instant(), a.zone(), r.Holidays)
	if err != nil {
		t.Why = NoRule
		return t
	}
	return t.due(due)
}

// before sets a timer to the day before the earliest birthday that the person may have.
func (t Timer) before(age int, a Step) Timer {
	last := profile.Birthday(a.Born, age).Before()
	due, err := profile.Until(last, a.zone(), true)
	if err != nil {
		t.Why = NoBirth
		return t
	}
	return t.due(due)
}

func (t Timer) due(d profile.Deadline) Timer {
	if t.Due = d; !d.Covered && t.Why == Certain {
		t.Why = Uncovered
	}
	return t
}

func (a Step) zone() *time.Location {
	if a.Zone == nil {
		return time.UTC
	}
	return a.Zone
}

// instant is when the step was taken: noon of its day, when nobody noted the hour.
func (a Step) instant() time.Time {
	if !a.At.IsZero() && profile.Date(a.At.In(a.zone()).Format(time.DateOnly)) == a.On {
		return a.At
	}
	day, err := time.Parse(time.DateOnly, string(a.On))
	if err != nil {
		return time.Time{}
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, a.zone())
}

// extend lengthens a running clock once, from its last day on.
func (r Rules) extend(s State, a Step) (State, Effect, error) {
	i := slices.IndexFunc(s.Timers, func(t Timer) bool { return t.Clock == a.Clock && t.Running() })
	c, known := r.Version.Clock(a.Clock)
	f, state := r.Version.Fact(c.Extend)
	term, timed := f.Term()
	if i < 0 || !known || c.Extend == "" || state < profile.Unsure || !timed {
		return s, Effect{}, noRule()
	}
	t := s.Timers[i]
	if t.Extended || t.Due.Day == "" || a.On > t.Due.Day {
		return s, Effect{}, fault.New(fault.Conflict, "This time cannot be extended any more.").
			WithHint("It is extended once, and before it ends.")
	}
	if !r.grants(c, a.Body) {
		return s, Effect{}, fault.New(fault.Invalid, "This body cannot take this step in this procedure.").
			WithField("body", "Choose a body that may take it.")
	}
	due, err := term.Due(Step{On: t.Due.Day, Zone: a.Zone}.instant(), a.zone(), r.Holidays)
	if err != nil {
		return s, Effect{}, noRule()
	}
	t.Due, t.Extended, s.Last = due, true, a.On
	if !due.Covered && t.Why == Certain {
		t.Why = Uncovered
	}
	s.Timers[i] = t
	return s, Effect{}, nil
}

// grants reports whether a body may take one of the steps that start a clock: who grants a time may
// extend it.
func (r Rules) grants(c profile.Clock, body string) bool {
	return slices.ContainsFunc(c.Starts, func(step string) bool {
		m, ok := r.Version.Move(step)
		return ok && slices.Contains(m.Who, body)
	})
}

// Changed lists the running clocks whose rule is another under a later version than the one they began
// under: somebody should look at them. A rule that has ended without a successor counts too; a minimum
// that has passed by today does not. The times themselves stay as they are.
func Changed(s State, now profile.Version, today profile.Date) []string {
	var out []string
	for _, t := range s.Timers {
		passed := t.Term.Bound == profile.Minimum && t.Due.Day != "" && t.Due.Day < today
		if !t.Running() || passed || t.Version == now.ID {
			continue
		}
		c, known := now.Clock(t.Clock)
		f, state := now.Fact(c.Topic)
		term, _ := f.Term()
		was := Certain
		if t.Why == NoRule {
			was = NoRule
		}
		is := Certain
		if !known || state < profile.Unsure {
			is = NoRule
		}
		if was != is || is == Certain && (term != t.Term || f.ID != t.Fact) {
			out = append(out, t.Clock)
		}
	}
	return out
}
