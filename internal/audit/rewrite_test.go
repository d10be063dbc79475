package audit_test

import (
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// rewrite puts another actor into the entry of a leaf and makes salt, commitment, leaf, tiles and root
// agree with it, as somebody with the database and the time for it can.
func (h *house) rewrite(index int64) {
	h.t.Helper()
	h.write(func(tx *db.Tx) error {
		ctx := h.t.Context()
		var id string
		err := tx.QueryRow(ctx, "SELECT entry_id FROM audit_leaf WHERE log = 1 AND idx = $1", index).Scan(&id)
		if err != nil {
			return err
		}
		o, err := audit.OpeningOf(ctx, tx, h.org, id)
		if err != nil {
			return err
		}
		e, err := ledger.ParseEntry(o.Canonical)
		if err != nil {
			return err
		}
		e.Actor = "another"
		canonical, err := e.Canonical()
		if err != nil {
			return err
		}
		forged := ledger.Commitment(o.Salt, canonical)
		if _, err := tx.Exec(ctx, "UPDATE audit_entry SET actor = 'another', commitment = $1 WHERE id = $2", forged, id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE audit_leaf SET commitment = $1 WHERE entry_id = $2", forged, id); err != nil {
			return err
		}
		return h.retile(tx)
	})
}

// retile computes tiles and root anew from the leaves.
func (h *house) retile(tx *db.Tx) error {
	ctx := h.t.Context()
	rows, err := tx.Query(ctx, "SELECT commitment FROM audit_leaf WHERE log = 1 ORDER BY idx")
	commitments, err := db.Collect(rows, err, scanBytes)
	if err != nil {
		return err
	}
	var stored []ledger.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) (out []ledger.Hash, err error) {
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for i, c := range commitments {
		more, err := tlog.StoredHashesForRecordHash(int64(i), ledger.LeafHash(c), read)
		if err != nil {
			return err
		}
		stored = append(stored, more...)
	}
	size := int64(len(commitments))
	for _, tile := range ledger.NewTiles(0, size) {
		data, err := ledger.TileData(tile, read)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE audit_tile SET hashes = $1 WHERE log = 1 AND level = $2 AND n = $3", data, tile.L, tile.N); err != nil {
			return err
		}
	}
	root, err := ledger.Root(size, read)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE audit_log SET root = $1 WHERE number = 1", root[:])
	return err
}

// TestRewrittenLog rewrites an entry with everything that hangs on it, but for the signature. The
// verifier says between which checkpoints; the sequencer does not sign it.
func TestRewrittenLog(t *testing.T) {
	h := newHouse(t, 0)
	rng := seeded(t)
	for range 3 {
		h.enter(100, 0, rng)
		h.flush()
		h.checkpoint()
	}
	kept := h.published(t)["checkpoint"]
	h.unguard()
	h.rewrite(150)
	r := h.verify()
	if r.First == nil || !strings.Contains(r.First.String(), "checkpoint 2 contradicts the entries numbered 112 to 223") {
		t.Errorf("found %v", r.First)
	}
	h.enter(5, 0, rng)
	h.flush() // the stored root was rewritten too
	if err := h.seq.Checkpoint(t.Context(), h.org); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a rewritten log was signed: %v", err)
	}
	// Without the stored checkpoints the one that was kept outside still shows it.
	h.write(func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "DELETE FROM audit_checkpoint")
		if err == nil {
			_, err = tx.Exec(t.Context(), "UPDATE audit_log SET checkpoints = 0, signed = 0")
		}
		return err
	})
	if r := h.verify(); r.First != nil {
		t.Fatalf("this forgery cannot be seen from within: %v", r.First)
	}
	r = h.against(audit.Against{Opener: h.vault, Signer: h.vault, Kept: [][]byte{kept}})
	if r.First == nil || !strings.Contains(r.First.String(), "kept outside") {
		t.Errorf("a checkpoint that was kept outside does not show it: %v", r.First)
	}
}

// TestNothingIsBuiltOnDamage alters a tile: the sequencer stops and changes nothing.
func TestNothingIsBuiltOnDamage(t *testing.T) {
	h := newHouse(t, 0)
	rng := seeded(t)
	h.enter(100, 0, rng)
	h.flush()
	h.checkpoint()
	h.write(func(tx *db.Tx) error {
		var data []byte
		if err := tx.QueryRow(t.Context(), "SELECT hashes FROM audit_tile WHERE level = 0").Scan(&data); err != nil {
			return err
		}
		data[32*64]++
		_, err := tx.Exec(t.Context(), "UPDATE audit_tile SET hashes = $1 WHERE level = 0", data)
		return err
	})
	h.enter(5, 0, rng)
	if err := h.seq.Flush(t.Context(), h.org); fault.KindOf(err) != fault.Conflict {
		t.Errorf("built on an altered tile: %v", err)
	}
	if r := h.verify(); r.Waiting != 5 || r.First == nil || r.First.Index != 64 {
		t.Errorf("report %+v %v", r, r.First)
	}
}
