package blind

import (
	"context"
	"database/sql"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
)

// Tend brings the indexes of all organisations up to date: it merges what waits, and builds anew what
// is stale, was made by another normaliser, or has become crowded. A job runs it every few seconds;
// when there is nothing to do it costs two small reads.
func (x *Index) Tend(ctx context.Context) error {
	build, merge, err := x.due(ctx)
	if err != nil {
		return err
	}
	for _, org := range build {
		if err := x.Reindex(ctx, org); err != nil {
			return err
		}
	}
	for _, org := range merge {
		if _, err := x.Merge(ctx, org); err != nil {
			return err
		}
	}
	return nil
}

// due returns the organisations whose index is to be built anew, and those for whom somebody waits.
func (x *Index) due(ctx context.Context) (build, merge []auth.OrgID, err error) {
	scan := func(r *sql.Rows) (o auth.OrgID, err error) { return o, r.Scan(&o) }
	err = x.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, "SELECT org_id FROM vault_index WHERE stale <> 0 OR normaliser <> $1 OR cells > $2 * buckets ORDER BY org_id", normaliser, crowded)
		if build, err = db.Collect(rows, err, scan); err != nil {
			return err
		}
		rows, err = tx.Query(ctx, "SELECT DISTINCT org_id FROM vault_indexed WHERE waiting IS NOT NULL ORDER BY org_id")
		merge, err = db.Collect(rows, err, scan)
		return err
	})
	return build, merge, err
}
