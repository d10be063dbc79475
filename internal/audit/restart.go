package audit

import (
	"context"
	"errors"
	"strings"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Restart ends the log of an organisation and starts the next, in tx. A node does it after a restore:
// a log that had gone further cannot be continued from an earlier state without contradicting what
// witnesses have signed. The first checkpoint of the new log names last, the last checkpoint of the old
// one that a witness has signed; nil means the last in the database. What waits goes into the new log.
// An organisation without a log needs none.
func Restart(ctx context.Context, tx *db.Tx, org string, last *ledger.Checkpoint) error {
	l, found, err := currentLog(ctx, tx, org)
	if err != nil || !found {
		return err
	}
	if err := l.take(ctx, tx); err != nil {
		return err
	}
	if last == nil {
		if last, err = l.lastKnown(ctx, tx); err != nil {
			return err
		}
	}
	if last.Origin != l.origin && last.Size > 0 {
		return fault.New(fault.Invalid, "The checkpoint is of the log %q, and the restored one is %q.", last.Origin, l.origin)
	}
	node, _, found := strings.Cut(l.origin, "/"+org+"/")
	if !found {
		return errors.New("audit: the log has a name without its organisation")
	}
	_, err = create(ctx, tx, node, org, l.number+1, ledger.RestoredFrom(*last))
	return err
}

// lastKnown returns the last checkpoint that a witness has signed, or else the last, or else the
// beginning of the log.
func (l *log) lastKnown(ctx context.Context, tx *db.Tx) (*ledger.Checkpoint, error) {
	all, err := checkpoints(ctx, tx, l, "ORDER BY witnessed > 0 DESC, number DESC LIMIT 1")
	if err != nil || len(all) == 0 {
		return &ledger.Checkpoint{Origin: l.origin, Root: ledger.EmptyRoot()}, err
	}
	body, _, _ := strings.Cut(all[0].note, "\n\n")
	c, err := ledger.ParseCheckpoint(body + "\n")
	return &c, err
}
