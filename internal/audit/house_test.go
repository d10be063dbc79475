package audit_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// house is a node with a vault, a ledger and some people.
type house struct {
	t     testing.TB
	db    *db.DB
	vault keeper
	// enrol and end enrol and erase people.
	enrol func(tx *db.Tx, persons ...string) error
	end   func(person string)
	seq   *audit.Sequencer
	org   string
	now   time.Time
}

// keeper is what these tests need of a vault.
type keeper interface {
	audit.Sealer
	audit.Opener
	audit.Signer
	Record(ctx context.Context, tx *db.Tx, entries ...audit.Entry) error
	Lock()
}

// newHouse returns a house whose clock the test moves.
func newHouse(t testing.TB, people int) *house {
	t.Helper()
	h := &house{t: t, org: "org-a", now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	h.db = dbtest.OpenAt(t, func() time.Time { return h.now })
	v := vaulttest.Open(t, h.db)
	h.vault = v
	h.enrol = func(tx *db.Tx, persons ...string) error { return vaulttest.Enrol(t, tx, v, h.org, persons...) }
	h.end = func(person string) { vaulttest.Erase(t, v, h.org, person) }
	h.seq = audit.NewSequencer(audit.Config{DB: h.db, Signer: h.vault, Node: "test.invalid"})
	h.found(h.org, people)
	return h
}

// found creates an organisation with people p0, p1 and so on.
func (h *house) found(org string, people int) {
	h.t.Helper()
	h.write(func(tx *db.Tx) error {
		_, err := tx.Exec(h.t.Context(), "INSERT INTO org (id, name, zone, created_at) VALUES ($1, 'Invented', 'UTC', 0)", org)
		if err != nil {
			return err
		}
		for i := range people {
			if err := h.enrol(tx, person(i)); err != nil {
				return err
			}
		}
		return nil
	})
}

func person(i int) string { return fmt.Sprintf("p%d", i) }

func (h *house) write(fn func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.db.WriteUnaudited(h.t.Context(), "test", fn); err != nil {
		h.t.Fatal(err)
	}
}

// enter writes n entries in one transaction, every second about one of the people.
func (h *house) enter(n, people int, rng *rand.Rand) {
	h.t.Helper()
	h.write(func(tx *db.Tx) error {
		entries := make([]audit.Entry, n)
		for i := range entries {
			entries[i] = audit.Entry{
				Org: h.org, Actor: "worker", Kind: audit.Decision, Subject: fmt.Sprintf("case-%d", i),
				Detail: map[string]string{"act": "test", "purpose": "support", "n": fmt.Sprint(rng.IntN(1000))},
			}
			if i%2 == 1 && people > 0 {
				entries[i].Person, entries[i].Subject = person(rng.IntN(people)), ""
				entries[i].Kind = audit.Opening
			}
		}
		return h.vault.Record(h.t.Context(), tx, entries...)
	})
}

// flush sequences what waits.
func (h *house) flush() {
	h.t.Helper()
	if err := h.seq.Flush(h.t.Context(), h.org); err != nil {
		h.t.Fatal(err)
	}
}

// checkpoint signs a minute later.
func (h *house) checkpoint() {
	h.t.Helper()
	h.now = h.now.Add(time.Minute)
	if err := h.seq.Checkpoint(h.t.Context(), h.org); err != nil {
		h.t.Fatal(err)
	}
}

// verify verifies with the vault.
func (h *house) verify() audit.Report {
	h.t.Helper()
	return h.against(audit.Against{Opener: h.vault, Signer: h.vault})
}

func (h *house) against(a audit.Against) audit.Report {
	h.t.Helper()
	r, err := audit.Verify(h.t.Context(), h.db, h.org, a)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// whole fails the test when the ledger is not whole.
func (h *house) whole() audit.Report {
	h.t.Helper()
	r := h.verify()
	if r.First != nil {
		h.t.Fatalf("a whole ledger is called damaged: %s", r.First)
	}
	return r
}

// erase erases somebody with two people.
func (h *house) erase(person string) {
	h.t.Helper()
	h.end(person)
}

// seeded returns a generator and prints its seed.
func seeded(t testing.TB) *rand.Rand {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// forget deletes the entries about somebody without an erasure.
func forget(h *house, person string) func(tx *db.Tx) error {
	return func(tx *db.Tx) error { return audit.Forget(h.t.Context(), tx, h.org, person) }
}
