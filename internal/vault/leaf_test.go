package vault

import (
	"context"
	"errors"
	"testing"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// stopped is a sequencer that does not sequence.
type stopped struct{ asked int }

func (s *stopped) Flush(context.Context, string) error { s.asked++; return nil }

// late seals for a person who was erased, as a transaction does that began before.
type late struct{}

func (late) SealEntries(_ context.Context, _ *db.Tx, _ string, entries []audit.Unsealed) ([][]byte, error) {
	all := make([][]byte, len(entries))
	for i := range all {
		all[i] = make([]byte, 100)
	}
	return all, nil
}

func (h *house) ledgerWhole() audit.Report {
	h.t.Helper()
	if err := audit.NewSequencer(audit.Config{DB: h.db}).Flush(h.t.Context(), string(org)); err != nil {
		h.t.Fatal(err)
	}
	r, err := audit.Verify(h.t.Context(), h.db, string(org), audit.Against{Opener: h.Vault})
	if err != nil {
		h.t.Fatal(err)
	}
	if r.First != nil {
		h.t.Errorf("the ledger is called damaged: %s", r.First)
	}
	return r
}

// TestErasureWaitsForTheLog refuses an erasure whose entry could not list every leaf.
func TestErasureWaitsForTheLog(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1", "p2")
	id, err := h.ProposeErasure(t.Context(), worker, "p1", "request")
	if err != nil {
		t.Fatal(err)
	}
	real, s := h.sequencer, &stopped{}
	h.SequenceWith(s)
	if _, err := h.Erase(t.Context(), second, id); fault.KindOf(err) != fault.Unavailable || !errors.Is(err, errPending) || s.asked != patience {
		t.Errorf("erased while an entry waits, after %d tries: %v", s.asked, err)
	}
	h.SequenceWith(real)
	if _, err := h.Erase(t.Context(), second, id); err != nil {
		t.Fatal(err)
	}
	if r := h.ledgerWhole(); r.Logs[0].Erased != 1 {
		t.Errorf("log %+v", r.Logs[0])
	}
}

// TestStragglers enters something about a person who was erased meanwhile. Replay finds it.
func TestStragglers(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1", "p2")
	h.erase("p1")
	h.write(func(tx *db.Tx) error {
		return audit.AppendSealed(t.Context(), tx, late{}, audit.Entry{Org: string(org), Actor: "worker", Kind: audit.Opening, Person: "p1"})
	})
	if n, err := h.Replay(t.Context()); n != 1 || err != nil {
		t.Errorf("replay: %d %v", n, err)
	}
	if n, err := h.Replay(t.Context()); n != 0 || err != nil {
		t.Errorf("replay again: %d %v", n, err)
	}
	if r := h.ledgerWhole(); r.Logs[0].Erased != 2 {
		t.Errorf("log %+v", r.Logs[0])
	}
	err := h.db.Read(t.Context(), func(tx *db.Tx) error {
		leaves, pending, err := audit.Indices(t.Context(), tx, string(org), "p1")
		if len(leaves) > 0 || pending {
			t.Errorf("entries of an erased person are left: %v %v", leaves, pending)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestLogSigner gives each organisation its own key, and none when locked.
func TestLogSigner(t *testing.T) {
	h := newHouse(t)
	one, err := h.LogSigner(t.Context(), string(org), "node/org-a/1", *h.now)
	if err != nil {
		t.Fatal(err)
	}
	two, err := h.LogSigner(t.Context(), "org-b", "node/org-a/1", *h.now)
	if err != nil || one.KeyHash() == two.KeyHash() {
		t.Errorf("two organisations sign with one key: %v", err)
	}
	h.Lock()
	if _, err := h.LogSigner(t.Context(), string(org), "node/org-a/1", *h.now); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a locked vault signs: %v", err)
	}
}
