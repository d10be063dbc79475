package accord

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxDepth = 6         // a document needs four levels
	maxSafe  = 1<<53 - 1 // the largest whole number that canonical JSON, whose numbers are doubles, carries exactly
)

// inspect names the first thing for which bytes cannot be a document in canonical form, before anything is
// made of them: too large, not UTF-8, not JSON, nested too deeply, a key twice, a number that is not a plain
// whole one, or more after the end.
func inspect(b []byte) error {
	if len(b) > maxDocument {
		return fmt.Errorf("accord: document of %d bytes; at most %d: split the agreement", len(b), maxDocument)
	}
	if !utf8.Valid(b) {
		return errors.New("accord: the document is not UTF-8 text: use the file exactly as it was exported")
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var w walk
	for {
		t, err := dec.Token()
		switch {
		case errors.Is(err, io.EOF) && w.ended:
			return nil
		case errors.Is(err, io.EOF):
			return fmt.Errorf("accord: the document breaks off after %d bytes: get it again", len(b))
		case err != nil:
			return fmt.Errorf("accord: not JSON at byte %d: %w", dec.InputOffset(), err)
		case w.ended:
			return fmt.Errorf("accord: something follows the end of the document at byte %d: remove it", dec.InputOffset())
		}
		if err := w.step(t); err != nil {
			return err
		}
	}
}

// walk is where in a document a reader stands.
type walk struct {
	levels []level
	ended  bool
}

type level struct {
	keys  map[string]bool // nil in a list
	key   string
	wants bool // a key comes next
	index int
}

// place writes where the walk stands, such as clauses[2].fields.
func (w *walk) place() string {
	var b strings.Builder
	for _, l := range w.levels {
		switch {
		case l.keys == nil:
			fmt.Fprintf(&b, "[%d]", l.index)
		case l.key != "":
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(strconv.Quote(l.key)[1 : len(strconv.Quote(l.key))-1])
		}
	}
	if b.Len() == 0 {
		return "the document"
	}
	return b.String()
}

func (w *walk) step(t json.Token) error {
	if n := len(w.levels); n > 0 && w.levels[n-1].wants {
		if key, ok := t.(string); ok {
			return w.enter(&w.levels[n-1], key)
		}
	}
	switch v := t.(type) {
	case json.Delim:
		if v == '{' || v == '[' {
			return w.open(v)
		}
		w.levels = w.levels[:len(w.levels)-1]
	case json.Number:
		n, err := strconv.ParseInt(v.String(), 10, 64)
		if err != nil || n > maxSafe || n < -maxSafe || strconv.FormatInt(n, 10) != v.String() {
			return fmt.Errorf("accord: %s is %.40s, which is not a plain whole number within 2^53: write whole days or counts", w.place(), v)
		}
	}
	w.leave()
	return nil
}

func (w *walk) enter(l *level, key string) error {
	l.key = key
	if l.keys[key] {
		return fmt.Errorf("accord: %s stands twice: which of the two was signed cannot be told; use the file exactly as it was exported", w.place())
	}
	l.keys[key], l.wants = true, false
	return nil
}

func (w *walk) open(d json.Delim) error {
	if len(w.levels) == maxDepth {
		return fmt.Errorf("accord: %s is nested deeper than %d levels: this is no agreement", w.place(), maxDepth)
	}
	l := level{}
	if d == '{' {
		l.keys, l.wants = map[string]bool{}, true
	}
	w.levels = append(w.levels, l)
	return nil
}

// leave moves past a value that ended.
func (w *walk) leave() {
	n := len(w.levels)
	if n == 0 {
		w.ended = true
		return
	}
	w.levels[n-1].index++
	w.levels[n-1].wants = w.levels[n-1].keys != nil
}
