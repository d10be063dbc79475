package backup

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"

	"github.com/fourfold/fourfold/internal/db"
)

// heads returns how far the ledgers had come.
func heads(ctx context.Context, tx *db.Tx) ([]Head, error) {
	rows, err := tx.Query(ctx, `
		SELECT o.id, coalesce(l.origin, ''), coalesce(l.size, 0)
		FROM org o LEFT JOIN audit_log l ON l.org_id = o.id
			AND l.number = (SELECT max(number) FROM audit_log m WHERE m.org_id = o.id)
		ORDER BY o.id`)
	return db.Collect(rows, err, func(r *sql.Rows) (h Head, err error) { return h, r.Scan(&h.Org, &h.Origin, &h.Size) })
}

func writeTables(ctx context.Context, s *db.Snapshot, f *frames) error {
	tables, err := s.Tables(ctx, leftOut)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if err := f.table(t); err != nil {
			return err
		}
		if _, err := s.Rows(ctx, t, f.row); err != nil {
			return err
		}
		if err := f.flush(); err != nil {
			return err
		}
	}
	return nil
}

func attachments(ctx context.Context, tx *db.Tx) ([]attachment, error) {
	rows, err := tx.Query(ctx, "SELECT org_id, content_id, chunks FROM attachment WHERE state = 'kept' ORDER BY org_id, content_id")
	return db.Collect(rows, err, func(r *sql.Rows) (a attachment, err error) {
		return a, r.Scan(&a.name.Org, &a.name.ID, &a.chunks)
	})
}

// chunks writes the sealed chunks of attachments. They never change; one that is gone was erased since.
func (b *Backups) chunks(ctx context.Context, f *frames, all []attachment) error {
	store := b.store()
	for _, a := range all {
		for n := range a.chunks {
			if err := context.Cause(ctx); err != nil {
				return err
			}
			sealed, err := store.Get(ctx, a.name, n, nil)
			if errors.Is(err, fs.ErrNotExist) {
				f.totals.Gone++
				continue
			}
			if err == nil {
				err = f.chunk(a.name, n, sealed)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
