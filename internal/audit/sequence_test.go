package audit_test

import (
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
)

func TestSequencesAndVerifies(t *testing.T) {
	h := newHouse(t, 5)
	rng := seeded(t)
	for _, n := range []int{1, 2, 300, 1, 700, 5} {
		h.enter(n, 5, rng)
		h.flush()
		h.checkpoint()
	}
	h.enter(3, 5, rng)
	r := h.whole()
	if len(r.Logs) != 1 || r.Waiting != 3 || r.Unlogged != 0 {
		t.Fatalf("report %+v", r)
	}
	l := r.Logs[0]
	if l.Size%16 != 0 || l.Signed != l.Size || l.Opened != 1009 || l.Opened+l.Padding != l.Size || l.Checkpoints != 6 || l.Origin != "test.invalid/org-a/1" {
		t.Errorf("log %+v", l)
	}
	h.vault.Lock()
	if r := h.verify(); r.First != nil || r.Logs[0].Sealed == 0 || r.Logs[0].Opened+r.Logs[0].Sealed != 1009 {
		t.Errorf("with a locked vault: %+v %v", r.Logs[0], r.First)
	}
}

func TestErasureIsExcused(t *testing.T) {
	h := newHouse(t, 5)
	rng := seeded(t)
	h.enter(2000, 3, rng)
	h.flush()
	h.checkpoint()
	h.enter(50, 3, rng)
	h.erase(person(1))
	h.flush()
	h.checkpoint()
	r := h.whole()
	// A third of a thousand, drawn by chance: fewer than 200 once in 10^20 runs.
	if l := r.Logs[0]; l.Erased < 200 || l.Opened+l.Padding+l.Erased != l.Size {
		t.Errorf("log %+v", l)
	}
	h.write(forget(h, "p2"))
	if r := h.verify(); r.First == nil || r.First.Index < 0 || r.First.Entry == "" {
		t.Errorf("entries deleted without an erasure: %v", r.First)
	}
}

// TestStep signs by the clock, also after the clock has jumped back, and one sequencer at a time.
func TestStep(t *testing.T) {
	h := newHouse(t, 1)
	rng := seeded(t)
	other := audit.NewSequencer(audit.Config{DB: h.db, Signer: h.vault})
	step := func(s *audit.Sequencer, size, signed int64) {
		t.Helper()
		if err := s.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		r := h.whole()
		if len(r.Logs) == 0 {
			if size != 0 {
				t.Fatal("no log")
			}
		} else if l := r.Logs[0]; l.Size != size || l.Signed != signed {
			t.Errorf("size %d signed %d, want %d and %d", l.Size, l.Signed, size, signed)
		}
	}
	step(h.seq, 0, 0)
	h.enter(3, 1, rng)
	step(h.seq, 3, 0)
	step(h.seq, 16, 16) // the first checkpoint
	h.enter(1, 1, rng)
	step(other, 16, 16) // the other has the lease
	step(h.seq, 17, 16)
	step(h.seq, 17, 16) // not within the same minute
	h.now = h.now.Add(time.Minute)
	step(h.seq, 32, 32)
	h.now = h.now.Add(-24 * time.Hour)
	h.enter(1, 1, rng)
	step(other, 33, 32) // the lease that ends tomorrow is nobody's
	step(other, 48, 48)
	h.now = h.now.Add(time.Hour)
	step(other, 48, 48) // nothing new
	h.vault.Lock()
	h.enter(1, 0, rng)
	step(h.seq, 49, 48)
	h.now = h.now.Add(time.Hour)
	step(h.seq, 49, 48) // a locked vault signs nothing
}
