package space

import (
	"context"
	"time"
)

// Schedule is when the answer to somebody who wants in leaves: at the first tick of a grid at least Minimum
// after they asked, whatever the answer is. The zero value waits for nothing.
type Schedule struct{ Minimum, Grid time.Duration }

// DefaultSchedule gives the work, which takes a few milliseconds, a hundred times that.
func DefaultSchedule() Schedule {
	return Schedule{Minimum: 500 * time.Millisecond, Grid: 250 * time.Millisecond}
}

// leaves returns when the answer leaves that was ready at done.
func (s Schedule) leaves(begun, done time.Time) time.Time {
	at := begun.Add(s.Minimum)
	if done.After(at) {
		at = done
	}
	if s.Grid <= 0 {
		return at
	}
	if tick := at.Truncate(s.Grid); tick.Before(at) {
		return tick.Add(s.Grid)
	}
	return at
}

// begin is when somebody asked, by the clock of the machine.
func begin() time.Time { return time.Now() }

// wait takes the time of the machine, because the clock of the node may stand still.
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
