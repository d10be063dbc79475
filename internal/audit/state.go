package audit

import (
	"context"
	"database/sql"
	"time"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/db"
)

// Health is the state of an organisation's log, for the page that shows the health of a node.
type Health struct {
	Origin   string // "" before there is a log
	Log      int64  // its number
	Verifier string // "" before the first checkpoint
	Size     int64
	// Signed is up to where the last checkpoint reaches, SignedAt when it was signed.
	Signed   int64
	SignedAt time.Time
	// Witnessed is up to where a known witness has signed, and Witnesses who and when.
	Witnessed int64
	Witnesses []ledger.Cosigned
	// Known is how many witnesses the organisation has named.
	Known int
	// Waiting are the entries that are not in the log yet, and Since when the oldest was written.
	Waiting int64
	Since   time.Time
}

// State returns the health of an organisation's log. It reads a few rows, whatever the size.
func State(ctx context.Context, tx *db.Tx, org string) (h Health, err error) {
	var since sql.Null[int64]
	err = tx.QueryRow(ctx, "SELECT coalesce(sum(entries), 0), min(at) FROM audit_pending WHERE org_id = $1", org).Scan(&h.Waiting, &since)
	if err != nil {
		return h, err
	}
	if since.Valid {
		h.Since = time.UnixMicro(since.V).UTC()
	}
	known, err := Witnesses(ctx, tx, org)
	if err != nil {
		return h, err
	}
	h.Known = len(known)
	l, found, err := currentLog(ctx, tx, org)
	if err != nil || !found {
		return h, err
	}
	h.Origin, h.Log, h.Verifier, h.Size, h.Signed = l.origin, l.number, l.verifier, l.size, l.signed
	last, err := checkpoints(ctx, tx, &l, "AND number = $3", l.checkpoints)
	if err != nil {
		return h, err
	}
	if len(last) > 0 {
		h.SignedAt = last[0].at
	}
	witnessed, err := checkpoints(ctx, tx, &l, "AND witnessed > 0 ORDER BY number DESC LIMIT 1")
	if err != nil || len(witnessed) == 0 {
		return h, err
	}
	h.Witnessed = witnessed[0].size
	h.Witnesses, err = ledger.Witnesses([]byte(witnessed[0].note), known...)
	return h, err
}
