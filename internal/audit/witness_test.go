package audit_test

import (
	"crypto/ed25519"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
)

// witness lets a witness on another machine, whose state is in dir, sign the last checkpoint, and
// stores its signature.
func (h *house) witness(dir string) {
	h.t.Helper()
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	signer, err := ledger.NewCosigner("witness.invalid", key, func() int64 { return h.now.Unix() })
	if err != nil {
		h.t.Fatal(err)
	}
	verifier, err := ledger.NewCosignatureVerifier("witness.invalid", key.Public().(ed25519.PublicKey))
	if err != nil {
		h.t.Fatal(err)
	}
	var request ledger.CosignRequest
	h.write(func(tx *db.Tx) error {
		known, err := audit.Witnesses(h.t.Context(), tx, h.org)
		if err == nil && len(known) == 0 {
			_, err = audit.AddWitness(h.t.Context(), tx, audit.Entry{Org: h.org, Actor: "cli"}, verifier.String())
		}
		if err != nil {
			return err
		}
		request, err = audit.Request(h.t.Context(), tx, h.org, "", -1)
		return err
	})
	log := h.verify().Logs
	logKey, err := note.NewVerifier(log[len(log)-1].Verifier)
	if err != nil {
		h.t.Fatal(err)
	}
	w := ledger.NewWitness(signer, ledger.NewFileState(dir), map[string]note.Verifier{logKey.Name(): logKey})
	signed, err := w.Cosign(request)
	if err != nil {
		h.t.Fatal(err)
	}
	h.write(func(tx *db.Tx) error {
		by, err := audit.Accept(h.t.Context(), tx, h.org, signed)
		if err == nil && (len(by) != 1 || by[0].Witness != "witness.invalid" || by[0].At != h.now.Unix()) {
			h.t.Errorf("witnesses %v", by)
		}
		return err
	})
}

func TestWitnessed(t *testing.T) {
	h := newHouse(t, 2)
	rng := seeded(t)
	dir := t.TempDir()
	for range 3 {
		h.enter(30, 2, rng)
		h.flush()
		h.checkpoint()
		h.witness(dir)
	}
	h.enter(30, 2, rng)
	h.flush()
	h.checkpoint()
	l := h.whole().Logs[0]
	if l.Witnessed != 96 || l.Signed != 128 || len(l.Witnesses) != 1 {
		t.Errorf("log %+v", l)
	}
	other := newHouse(t, 0)
	other.enter(3, 0, rng)
	other.flush()
	other.checkpoint()
	err := other.db.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
		r, err := audit.Request(t.Context(), tx, other.org, "", -1)
		if err != nil {
			return err
		}
		_, err = audit.Accept(t.Context(), tx, other.org, r.Checkpoint)
		return err
	})
	if err == nil {
		t.Error("a checkpoint that no witness has signed was accepted")
	}
}
