package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// timePrefix begins the line of a checkpoint that says when it was signed.
const timePrefix = "time "

// Checkpoint signs the present state of an organisation's log, filled with padding to a whole bucket,
// when it holds something that the last checkpoint does not. It refuses to sign a log that does not
// extend that checkpoint.
func (s *Sequencer) Checkpoint(ctx context.Context, org string) error {
	if s.c.Signer == nil {
		return errors.New("audit: a checkpoint without a signer")
	}
	for lost := 0; ; lost++ {
		err := s.checkpoint(ctx, org)
		if !errors.Is(err, errLost) || lost >= 10 {
			return err
		}
	}
}

func (s *Sequencer) checkpoint(ctx context.Context, org string) error {
	var seen log
	var now time.Time
	err := s.c.DB.Read(ctx, func(tx *db.Tx) (err error) {
		now = tx.Now()
		seen, _, err = currentLog(ctx, tx, org)
		return err
	})
	if err != nil || !seen.news() {
		return err
	}
	// Before the transaction: the key is in another store.
	signer, err := s.c.Signer.LogSigner(ctx, org, seen.origin, now)
	if err != nil {
		return err
	}
	verifier, err := ledger.VerifierOf(signer)
	if err != nil {
		return err
	}
	return s.c.DB.WriteUnaudited(ctx, "a checkpoint of what was audited", func(tx *db.Tx) error {
		l, found, err := currentLog(ctx, tx, org)
		if err != nil || !found || !l.news() {
			return err
		}
		if l.origin != seen.origin {
			return errLost
		}
		if err := l.take(ctx, tx); err != nil {
			return err
		}
		if l.verifier != "" && l.verifier != verifier {
			return damaged(l.origin, "its checkpoints were signed with another key than the organisation has")
		}
		l.verifier = verifier
		return l.sign(ctx, tx, signer, s.c.Bucket)
	})
}

// news reports whether there is something to sign.
func (l *log) news() bool { return l.size > l.signed || l.restored != "" && l.checkpoints == 0 }

// sign fills the log to a whole bucket, signs it and stores the checkpoint.
func (l *log) sign(ctx context.Context, tx *db.Tx, signer note.Signer, bucket int64) error {
	fill := ledger.PaddedSize(max(l.size, 1), bucket) - l.size
	padding := make([]leaf, fill)
	for i := range padding {
		canonical, err := paddingEntry(l.org, l.size+int64(i)).Canonical()
		if err != nil {
			return err
		}
		salt := ledger.NewSalt()
		padding[i] = leaf{commitment: ledger.Commitment(salt, canonical), salt: salt[:]}
	}
	if err := l.extend(ctx, tx, padding); err != nil {
		return err
	}
	c := ledger.Checkpoint{Origin: l.origin, Size: l.size, Root: l.root, Extensions: []string{
		fmt.Sprintf("%s%d", timePrefix, tx.Now().Unix()),
	}}
	if l.checkpoints == 0 && l.restored != "" {
		c.Extensions = append(c.Extensions, l.restored)
	}
	if err := l.extends(ctx, tx, c); err != nil {
		return err
	}
	signed, err := c.Sign(signer)
	if err != nil {
		return err
	}
	l.checkpoints++
	l.signed = l.size
	_, err = tx.Exec(ctx, `
		INSERT INTO audit_checkpoint (org_id, log, number, size, at, note, witnessed)
		VALUES ($1, $2, $3, $4, $5, $6, 0)`,
		l.org, l.number, l.checkpoints, l.size, tx.Now().Truncate(time.Second).UnixMicro(), string(signed))
	if err != nil {
		return err
	}
	return l.keep(ctx, tx)
}

// paddingEntry is what a leaf of padding commits to.
func paddingEntry(org string, index int64) ledger.Entry {
	return ledger.Entry{Version: 1, Kind: ledger.KindPadding, Org: org, Ordinal: index}
}

// extends refuses a checkpoint that contradicts the one before it.
func (l *log) extends(ctx context.Context, tx *db.Tx, next ledger.Checkpoint) error {
	if l.checkpoints == 0 {
		return nil
	}
	var text string
	err := tx.QueryRow(ctx, "SELECT note FROM audit_checkpoint WHERE org_id = $1 AND log = $2 AND number = $3",
		l.org, l.number, l.checkpoints).Scan(&text)
	if err != nil {
		return damaged(l.origin, "its last checkpoint is missing")
	}
	key, err := note.NewVerifier(l.verifier)
	if err != nil {
		return err
	}
	last, err := ledger.OpenCheckpoint([]byte(text), l.origin, key)
	if err != nil {
		return damaged(l.origin, "its last checkpoint was altered")
	}
	t := newTree(ctx, tx, l.org, l.number)
	proof, err := ledger.ProveExtension(last.Size, next.Size, t)
	if err == nil {
		err = ledger.VerifyExtension(last, next, proof)
	}
	if err != nil {
		return damaged(l.origin, "it does not extend its last checkpoint")
	}
	return nil
}

// IsDamage reports whether err, of the sequencer or of a proof, says that a ledger was altered outside the
// program. A row that stands where the sequencer must write is damage too: it holds the log when it writes.
func IsDamage(err error) bool { return fault.KindOf(err) == fault.Conflict }
