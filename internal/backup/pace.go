package backup

import (
	"io"
	"time"
)

// A backup rests for as long as it works, in slices of a few milliseconds: people who write meanwhile
// wait for a slice at most, not for a backup that keeps every processor busy.
const slice = 3 * time.Millisecond

// pacer rests between slices.
type pacer struct{ since time.Time }

func newPacer() *pacer { return &pacer{time.Now()} }

func (p *pacer) rest() {
	worked := time.Since(p.since)
	if worked < slice {
		return
	}
	time.Sleep(min(worked, 4*slice))
	p.since = time.Now()
}

// paced is a file that is written or read at that pace.
type paced struct {
	w io.Writer
	r io.Reader
	*pacer
}

// Write implements io.Writer.
func (p paced) Write(b []byte) (int, error) {
	p.rest()
	return p.w.Write(b)
}

// Read implements io.Reader.
func (p paced) Read(b []byte) (int, error) {
	p.rest()
	return p.r.Read(b)
}
