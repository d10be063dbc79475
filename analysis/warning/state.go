package warning

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
)

// state is what is saved: JSON, because its numbers come back bit for bit and a person can read it.
type state struct {
	Version  string   `json:"version"`
	Settings Settings `json:"settings"`
	Now      int      `json:"now"`
	First    int      `json:"first"`
	Weeks    []week   `json:"weeks"`
	Chart    float64  `json:"chart"`
	Learnt   int      `json:"learnt"`
	Settled  int      `json:"settled"`
}

// Save returns the whole stream as bytes, for [Restore]: a line of JSON and a line with its SHA-256.
// The same stream gives the same bytes. O(weeks kept).
func (w *Watch) Save() ([]byte, error) {
	text, err := json.Marshal(state{Version, w.s, w.now, w.first, w.weeks, w.chart, w.learnt, w.settled})
	if err != nil {
		return nil, fmt.Errorf("warning: saving: %w", err)
	}
	return seal(text), nil
}

func seal(text []byte) []byte {
	sum := sha256.Sum256(text)
	return append(append(text, '\n'), hex.EncodeToString(sum[:])+"\n"...)
}

// Restore returns the stream that was saved. What follows is the same, bit for bit, as if it had never
// been interrupted. It fails with [BadState] when a byte was changed, when the version is
// another, or when the figures cannot be those of a stream. O(weeks kept).
func Restore(saved []byte) (*Watch, error) {
	text, _, ok := bytes.Cut(saved, []byte("\n"))
	if !ok || !bytes.Equal(seal(bytes.Clone(text)), saved) {
		return nil, badState("its check sum does not fit; it was cut off or changed")
	}
	var s state
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		return nil, badState("%v", err)
	}
	if s.Version != Version {
		return nil, badState("it is of version %q and not %q; replay the reports", s.Version, Version)
	}
	filled, err := s.Settings.filled()
	if err != nil {
		return nil, err
	}
	if filled != s.Settings {
		return nil, badState("its settings lack their defaults")
	}
	w := &Watch{s: s.Settings, now: s.Now, first: s.First, weeks: s.Weeks, chart: s.Chart, learnt: s.Learnt, settled: s.Settled}
	if err := w.check(); err != nil {
		return nil, err
	}
	return w, nil
}

func badState(format string, args ...any) *Error {
	return &Error{Problem: BadState, Row: -1, Week: -1, Reason: fmt.Sprintf(format, args...)}
}

// check refuses figures that no stream can have.
func (w *Watch) check() error {
	if w.first < 0 || w.now < w.first || w.now > math.MaxInt32 || len(w.weeks) != w.now-w.first+1 || len(w.weeks) > w.s.memory()+1 {
		return badState("%d weeks from %d to %d; at most %d are kept", len(w.weeks), w.first, w.now, w.s.memory()+1)
	}
	if w.first > 0 && len(w.weeks) != w.s.memory()+1 {
		return badState("weeks are missing: there are %d of %d", len(w.weeks), w.s.memory()+1)
	}
	late := 0
	if w.s.Delay.Rule != Complete {
		late = w.s.Delay.Weeks
	}
	if w.settled != max(0, w.now-late) || w.learnt < 0 || !(w.chart >= 0 && w.chart <= math.MaxFloat64) {
		return badState("%d weeks settled, %d cases learnt, chart %g", w.settled, w.learnt, w.chart)
	}
	for i, k := range w.weeks {
		bad := k.Found < 0 || len(k.By) != w.s.Delay.Weeks+1 || !(k.Exposure >= 0 && k.Exposure <= 1e12)
		total := k.Found
		for _, n := range k.By {
			bad = bad || n < 0 || n > maxCases
			total += n
		}
		if open := i == len(w.weeks)-1; bad || total > 2*maxCases || w.s.Farrington.Exposure && !open && k.Exposure == 0 {
			e := badState("it has counts that cannot be")
			e.Week = w.first + i
			return e
		}
	}
	return nil
}
