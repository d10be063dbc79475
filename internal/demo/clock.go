package demo

import (
	"sync/atomic"
	"time"
)

// Clock is the clock of a node that is filled with years of an invented past: what is written down gets the
// time at which it would have been. Afterwards it is the clock that it stands on.
type Clock struct {
	now func() time.Time
	at  atomic.Pointer[time.Time]
}

// NewClock returns a clock that shows the present.
func NewClock(now func() time.Time) *Clock { return &Clock{now: now} }

// Now is the time that the clock shows.
func (c *Clock) Now() time.Time {
	if at := c.at.Load(); at != nil {
		return *at
	}
	return c.now()
}

// turn shows a time of the past.
func (c *Clock) turn(at time.Time) { c.at.Store(&at) }

// present shows the present again.
func (c *Clock) present() { c.at.Store(nil) }
