// Package beat lets an answer leave when the clock says so, and not when it is ready: how long the work took,
// which may tell what was found, cannot be heard.
//
// Trust: it knows neither the question nor the answer. As long as the work is done within the least time of a
// [Schedule], the time of the answer depends on the time of the question alone.
package beat

import (
	"context"
	"time"
)

// Schedule is when an answer leaves: at the first tick of a fixed grid that is at least Minimum after the question
// came in and not before the answer is ready. The zero value waits for nothing.
type Schedule struct{ Minimum, Grid time.Duration }

// Default gives the work, which takes a few milliseconds, a hundred times that.
func Default() Schedule {
	return Schedule{Minimum: 500 * time.Millisecond, Grid: 250 * time.Millisecond}
}

// Begin is when a question came in, by the clock of the machine.
func Begin() time.Time { return time.Now() }

// Wait sleeps until the answer may leave to a question that came at begun, or returns the error of ctx when the asker
// has gone. It takes the time of the machine, because the clock of the node may stand still.
func (s Schedule) Wait(ctx context.Context, begun time.Time) error {
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

// leaves returns when an answer leaves to a question that came at begun and was ready at done.
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
