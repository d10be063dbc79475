package blob

import (
	"context"
	"database/sql"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
)

// Coming is a file on its way: whoever sends it goes on from what is safe.
type Coming struct {
	ID    ID
	Safe  int64 // bytes that have arrived, in whole chunks
	Since time.Time
}

// Coming returns the files of a record that the actor has begun to send and that have not arrived whole,
// the oldest first. Their names and lengths stay sealed.
func (b *Blobs) Coming(ctx context.Context, actor auth.Actor, record string) (all []Coming, err error) {
	err = b.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, chunks, created_at FROM attachment
			WHERE org_id = $1 AND record = $2 AND state = $3 AND created_by = $4 AND expires_at > $5 ORDER BY created_at, id`,
			string(actor.Org), record, arriving, string(actor.Account), tx.NowMicros())
		all, err = db.Collect(rows, err, func(r *sql.Rows) (c Coming, err error) {
			var chunks, at int64
			err = r.Scan(&c.ID, &chunks, &at)
			c.Safe, c.Since = chunks*chunkSize, time.UnixMicro(at).UTC()
			return c, err
		})
		return err
	})
	return all, err
}

// Resume finds a file on its way that the actor has begun to send to a record under the same name and with
// the same length, and returns it with what is safe. id is "" when there is none.
func (b *Blobs) Resume(ctx context.Context, actor auth.Actor, f File) (id ID, safe int64, err error) {
	coming, err := b.Coming(ctx, actor, f.Record)
	if err != nil {
		return "", 0, err
	}
	for _, one := range coming {
		_, c, err := b.arrival(ctx, actor, one.ID)
		if err != nil {
			return "", 0, err
		}
		if c.Size == f.Size && c.Name == f.Name.Reveal("compare with a file on its way") {
			return one.ID, min(one.Safe, c.Size), nil
		}
	}
	return "", 0, nil
}
