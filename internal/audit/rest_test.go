package audit

import (
	"context"
	"errors"
	"testing"
	"time"
)

// A pause is as long as what is left at most, ends with its context, and leaves nothing to wait for when it is used up.
func TestBreather(t *testing.T) {
	p := &breather{left: time.Hour, began: time.Now().Add(-10 * time.Minute)}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.rest(gone); !errors.Is(err, context.Canceled) || p.left > 30*time.Minute || p.left < 29*time.Minute {
		t.Errorf("%v, and %v left of an hour after ten minutes of work", err, p.left)
	}
	p.left = time.Microsecond
	if err := p.rest(t.Context()); err != nil || p.left != 0 {
		t.Errorf("%v, and %v left", err, p.left)
	}
	if err := p.rest(gone); err != nil {
		t.Errorf("rested without anything left: %v", err)
	}
}
