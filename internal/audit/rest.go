package audit

import (
	"context"
	"time"
)

// breather lets long work rest three times as long as it worked, for as long as there is rest left.
type breather struct {
	left  time.Duration
	began time.Time
}

// work says that a piece of work begins.
func (p *breather) work() { p.began = time.Now() }

// rest ends a piece of work. Its error is that of ctx.
func (p *breather) rest(ctx context.Context) error {
	d := min(3*time.Since(p.began), p.left)
	if d <= 0 {
		return nil
	}
	p.left -= d
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
