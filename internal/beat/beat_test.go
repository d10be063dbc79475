package beat

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestSchedule(t *testing.T) {
	s := Schedule{Minimum: 500 * time.Millisecond, Grid: 250 * time.Millisecond}
	base := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ begun, done, want int }{
		{0, 0, 500}, {0, 499, 500}, {1, 3, 750}, {1, 700, 750}, {249, 260, 750}, {250, 300, 750}, {1, 751, 1000}, {0, 501, 750},
	} {
		at := func(ms int) time.Time { return base.Add(time.Duration(ms) * time.Millisecond) }
		if got := s.leaves(at(c.begun), at(c.done)); !got.Equal(at(c.want)) {
			t.Errorf("asked at %d, ready at %d: leaves at %v, want %d", c.begun, c.done, got.Sub(base), c.want)
		}
	}
	if err := (Schedule{}).Wait(t.Context(), base); err != nil {
		t.Error(err)
	}
}

// TestGone: who has gone is not waited for.
func TestGone(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if err := (Schedule{Minimum: time.Hour, Grid: time.Hour}).Wait(ctx, Begin()); !errors.Is(err, context.Canceled) {
		t.Errorf("an asker who has gone: %v", err)
	}
}
