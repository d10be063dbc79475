package audit

import (
	"context"
	"database/sql"
	"errors"

	"golang.org/x/mod/sumdb/note"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Proof shows that an entry is in the log of its organisation.
type Proof struct {
	Leaf       Leaf
	Commitment []byte
	Origin     string
	Verifier   string // public key of the log
	Signed     ledger.Checkpoint
	// Witnesses are the known witnesses of the checkpoint.
	Witnesses []ledger.Cosigned
	ledger.Proof
}

// Prove returns the inclusion proof of an entry in the newest checkpoint of its log that a witness has
// signed, or else the newest that holds it. [fault.NotFound] when there is no such entry, or none in a
// log; [fault.Unavailable] when the next checkpoint will hold it.
func Prove(ctx context.Context, tx *db.Tx, org, entry string) (p Proof, err error) {
	var number int64
	err = tx.QueryRow(ctx, "SELECT log, idx, commitment FROM audit_leaf WHERE org_id = $1 AND entry_id = $2 ORDER BY log LIMIT 1", org, entry).
		Scan(&number, &p.Leaf.Index, &p.Commitment)
	if errors.Is(err, sql.ErrNoRows) {
		return p, notThere(ctx, tx, org, entry)
	}
	if err != nil {
		return p, err
	}
	p.Leaf.Log = number
	l, err := scanLog(tx.QueryRow(ctx, selectLog+"WHERE org_id = $1 AND number = $2", org, number))
	if err != nil {
		return p, err
	}
	p.Origin, p.Verifier = l.origin, l.verifier
	points, err := checkpoints(ctx, tx, &l, "AND size > $3 ORDER BY witnessed > 0 DESC, number DESC LIMIT 1", p.Leaf.Index)
	if err != nil {
		return p, err
	}
	if len(points) == 0 {
		return p, fault.New(fault.Unavailable, "The entry is in the log, and no checkpoint holds it yet.").
			WithHint("The next one is signed within a minute, if the vault is unlocked.")
	}
	known, err := Witnesses(ctx, tx, org)
	if err != nil {
		return p, err
	}
	p.Proof = ledger.Proof{Index: p.Leaf.Index, Checkpoint: []byte(points[0].note)}
	if p.Witnesses, err = ledger.Witnesses(p.Proof.Checkpoint, known...); err != nil {
		return p, damaged(l.origin, "a checkpoint was altered")
	}
	p.Hashes, err = ledger.Prove(points[0].size, p.Leaf.Index, newTree(ctx, tx, org, number))
	return p, err
}

// notThere says why an entry has no proof.
func notThere(ctx context.Context, tx *db.Tx, org, entry string) error {
	var logged bool
	err := tx.QueryRow(ctx, "SELECT commitment IS NOT NULL FROM audit_entry WHERE org_id = $1 AND id = $2", org, entry).Scan(&logged)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fault.New(fault.NotFound, "This does not exist.")
	case err != nil:
		return err
	case logged:
		return fault.New(fault.Unavailable, "The entry waits to be put into the log.").WithHint("Try again in a moment.")
	}
	return fault.New(fault.NotFound, "The entry is from before there was a log: nothing proves it.")
}

// Check verifies the proof as anybody could who has it, the commitment and the public key.
func (p *Proof) Check() error {
	key, err := note.NewVerifier(p.Verifier)
	if err != nil {
		return damaged(p.Origin, "its public key was altered")
	}
	p.Signed, err = p.Verify(p.Commitment, p.Origin, key)
	if err != nil {
		return damaged(p.Origin, "the proof of the entry does not hold")
	}
	return nil
}
