package agreement

import (
	"context"
	"time"
)

// Schedule is when an answer to a partner leaves: at the first tick of a fixed grid that is at least Minimum
// after the question came in and not before the answer is ready. As long as the work is done within Minimum,
// the time of the answer says nothing about the work. The zero value waits for nothing.
type Schedule struct {
	Minimum time.Duration
	Grid    time.Duration
}

// DefaultSchedule gives the work, which takes a few milliseconds, a hundred times that.
func DefaultSchedule() Schedule {
	return Schedule{Minimum: 500 * time.Millisecond, Grid: 250 * time.Millisecond}
}

// leaves returns when an answer leaves to a question that came at begun and was ready at done.
func (s Schedule) leaves(begun, done time.Time) time.Time {
	at := begun.Add(s.Minimum)
	if done.After(at) {
		at = done
	}
	if s.Grid <= 0 {
		return at
	}
	tick := at.Truncate(s.Grid)
	if tick.Before(at) {
		tick = tick.Add(s.Grid)
	}
	return tick
}

// begin is when a question came in, by the clock of the machine.
func begin() time.Time { return time.Now() }

// wait sleeps until the answer may leave, or the asker has gone. It takes the time of the machine, because
// the clock of the node may stand still.
func (s Schedule) wait(ctx context.Context, begun time.Time) error {
	if s == (Schedule{}) {
		return nil
	}
	timer := time.NewTimer(time.Until(s.leaves(begun, time.Now())))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
