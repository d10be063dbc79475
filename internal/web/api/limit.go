package api

import (
	"sync"
	"time"
)

// The pace at which one token may ask. A report of a hundred queries passes at once; a program
// that asks without end is slowed before it slows the people at the pages.
const (
	burst   = 120
	perSec  = 20
	maxSeen = 10_000 // buckets kept; beyond it the idle ones are dropped
)

// limiter is one token bucket per API token. Its memory is bounded by the number of tokens in use.
type limiter struct {
	clock func() time.Time

	mu      sync.Mutex
	buckets map[string]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

func newLimiter(clock func() time.Time) *limiter {
	return &limiter{clock: clock, buckets: map[string]bucket{}}
}

// allow takes one from the bucket of key. When it is empty, wait is how long until the next.
func (l *limiter) allow(key string) (ok bool, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock()
	b, known := l.buckets[key]
	if !known {
		l.dropIdle(now)
		b = bucket{left: burst, at: now}
	}
	b.left = min(burst, b.left+max(0, now.Sub(b.at).Seconds())*perSec)
	b.at = now
	if b.left < 1 {
		l.buckets[key] = b
		return false, time.Duration((1 - b.left) / perSec * float64(time.Second))
	}
	b.left--
	l.buckets[key] = b
	return true, 0
}

// dropIdle forgets the buckets that are full again, which changes no answer. Called with mu held.
func (l *limiter) dropIdle(now time.Time) {
	if len(l.buckets) < maxSeen {
		return
	}
	for key, b := range l.buckets {
		if b.left+now.Sub(b.at).Seconds()*perSec >= burst {
			delete(l.buckets, key)
		}
	}
}
