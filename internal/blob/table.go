package blob

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/fourfold/fourfold/internal/db"
)

// Table is a store in rows of the database, for a node of several machines.
type Table struct {
	DB *db.DB
}

// Put implements [Store].
func (t Table) Put(ctx context.Context, name Name, n int64, sealed []byte) error {
	if len(sealed) > maxSealed {
		return fmt.Errorf("blob: a chunk of %d bytes", len(sealed))
	}
	return t.DB.WriteUnaudited(ctx, "a sealed chunk, of which the entry of its file tells", func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO attachment_chunk (org_id, attachment_id, n, content, at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (org_id, attachment_id, n) DO UPDATE SET content = excluded.content, at = excluded.at`,
			name.Org, name.ID, n, sealed, tx.NowMicros())
		return err
	})
}

// Get implements [Store].
func (t Table) Get(ctx context.Context, name Name, n int64, _ []byte) (sealed []byte, err error) {
	err = t.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, "SELECT content FROM attachment_chunk WHERE org_id = $1 AND attachment_id = $2 AND n = $3",
			name.Org, name.ID, n).Scan(&sealed)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fs.ErrNotExist
	}
	return sealed, err
}

// Remove implements [Store].
func (t Table) Remove(ctx context.Context, name Name) error {
	return t.DB.WriteUnaudited(ctx, "chunks of a file that is gone or was never kept", func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM attachment_chunk WHERE org_id = $1 AND attachment_id = $2", name.Org, name.ID)
		return err
	})
}

// Each implements [Store].
func (t Table) Each(ctx context.Context, fn func(Name, time.Time) error) error {
	type found struct {
		name Name
		at   time.Time
	}
	var all []found
	err := t.DB.Read(ctx, func(tx *db.Tx) (err error) {
		rows, err := tx.Query(ctx, "SELECT org_id, attachment_id, max(at) FROM attachment_chunk GROUP BY org_id, attachment_id")
		all, err = db.Collect(rows, err, func(rows *sql.Rows) (f found, err error) {
			var at int64
			err = rows.Scan(&f.name.Org, &f.name.ID, &at)
			f.at = time.UnixMicro(at)
			return f, err
		})
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range all {
		if err := fn(f.name, f.at); err != nil {
			return err
		}
	}
	return nil
}
