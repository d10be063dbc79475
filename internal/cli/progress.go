package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

const (
	progressDelay = time.Second            // below it an operation needs no progress line
	progressPause = 150 * time.Millisecond // between two redraws
)

// progress tells on a terminal how far a long operation is. It stays quiet during the first
// second and, when the output is not a terminal, for ever: a log file needs no moving line.
type progress struct {
	out   io.Writer // nil: quiet
	clock func() time.Time
	words func(done int64) string

	mu          sync.Mutex
	start, last time.Time
	width       int
}

// progress starts a progress line that shows words(done).
func (r *run) progress(words func(done int64) string) *progress {
	p := &progress{clock: r.clock, words: words, start: r.clock()}
	if r.errTerminal {
		p.out = r.err
	}
	return p
}

// At redraws the line. It may be called as often as one likes and from several goroutines.
func (p *progress) At(done int64) {
	if p.out == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock()
	if now.Sub(p.start) < progressDelay || now.Sub(p.last) < progressPause {
		return
	}
	p.last = now
	text := fmt.Sprintf("%s  %ds", p.words(done), int(now.Sub(p.start).Seconds()))
	fill := max(0, p.width-len([]rune(text)))
	p.width = len([]rune(text))
	fmt.Fprintf(p.out, "\r%s%s", text, strings.Repeat(" ", fill))
}

// Done removes the line, so that what follows starts on a clean one.
func (p *progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.width > 0 {
		fmt.Fprintf(p.out, "\r%s\r", strings.Repeat(" ", p.width))
		p.width = 0
	}
}
