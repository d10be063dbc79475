package audit

import (
	"context"

	"github.com/fourfold/fourfold/internal/db"
)

// AboutPersons returns entries of an organisation that are about persons, in the order of their
// writing, the next limit after one that was returned before; the zero Entry begins. They are shut: see
// [Reveal].
func AboutPersons(ctx context.Context, tx *db.Tx, org string, after Entry, limit int) ([]Entry, error) {
	at := after.At.UnixMicro()
	if after.ID == "" {
		at = -1 << 63
	}
	rows, err := tx.Query(ctx, selectEntry+`
		WHERE e.org_id = $1 AND s.sealed IS NOT NULL
			AND (e.at > $2 OR e.at = $2 AND (e.ordinal > $3 OR e.ordinal = $3 AND e.id > $4))
		ORDER BY e.at, e.ordinal, e.id LIMIT $5`, org, at, after.Ordinal, after.ID, limit)
	return db.Collect(rows, err, scan)
}
