package keyring

import (
	"context"
	"database/sql"
	"errors"
	"io"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Table is a ring in a database of its own, for a node of several machines. That database is not the
// one with the data, is in no backup of it, and has no replica or archived log that lives longer
// than 30 days: a rewrite drops the files of the table, but what the server's log keeps is the
// server's. [Open] refuses a database that holds an organisation.
type Table struct {
	DB *db.DB
}

var _ Medium = Table{}

// Load implements [Reader].
func (t Table) Load(ctx context.Context, mark Mark) (data []byte, now Mark, err error) {
	err = apart(func() error {
		return t.DB.Read(ctx, func(tx *db.Tx) error {
			data, now, err = loadTable(ctx, tx, mark)
			return err
		})
	})
	return data, now, err
}

// apart runs fn on a goroutine of its own: the ring is another database than the one whose
// transaction may be running on this goroutine, and package db rightly refuses one in the other.
func apart(fn func() error) error {
	done := make(chan error, 1)
	go func() { done <- fn() }()
	return <-done
}

func loadTable(ctx context.Context, tx *db.Tx, mark Mark) ([]byte, Mark, error) {
	var generation int64
	var now Mark
	err := tx.QueryRow(ctx, "SELECT generation, size FROM vault_ring WHERE id = 1").Scan(&generation, &now.Size)
	if errors.Is(err, sql.ErrNoRows) {
		if mark.Generation != 0 {
			return nil, Mark{}, fault.New(fault.Unavailable, "The keyring has disappeared from its database.").
				WithHint("Put it back, or restore its newest copy.")
		}
		return nil, Mark{}, nil
	}
	if err != nil {
		return nil, Mark{}, err
	}
	now.Generation = uint64(generation)
	from := int64(0)
	if now.Generation == mark.Generation {
		from = mark.Size
	}
	if from == now.Size {
		return nil, now, nil
	}
	rows, err := tx.Query(ctx, `
		SELECT content FROM vault_ring_part
		WHERE generation = $1 AND position >= $2 AND position < $3 ORDER BY position`, generation, from, from+maxLoad)
	parts, err := db.Collect(rows, err, func(r *sql.Rows) (part []byte, err error) { return part, r.Scan(&part) })
	data := make([]byte, 0, min(now.Size-from, maxLoad+maxPart))
	for _, p := range parts {
		data = append(data, p...)
	}
	return data, now, err
}

// Alone implements [Medium]: who changes the ring first changes its one row.
func (t Table) Alone(ctx context.Context, fn func(Writer) error) error {
	return apart(func() error {
		return t.DB.WriteUnaudited(ctx, "the ring is no one's file; the vault audits what it does with it", func(tx *db.Tx) error {
			var orgs int64
			if err := tx.QueryRow(ctx, "SELECT count(*) FROM org").Scan(&orgs); err != nil {
				return err
			}
			if orgs > 0 {
				return fault.New(fault.Invalid, "The database for the keyring holds data.").
					WithHint("Name a database of its own, which is in no backup of the data.")
			}
			_, err := tx.Exec(ctx, `
				INSERT INTO vault_ring (id, version, generation, size) VALUES (1, 1, 0, 0)
				ON CONFLICT (id) DO UPDATE SET version = vault_ring.version + 1`)
			if err != nil {
				return err
			}
			return fn(tableWriter{tx, t.DB.Engine()})
		})
	})
}

// tableWriter is a Table within the transaction that changes it.
type tableWriter struct {
	tx     *db.Tx
	engine db.Engine
}

// Load implements [Reader].
func (w tableWriter) Load(ctx context.Context, mark Mark) ([]byte, Mark, error) {
	return loadTable(ctx, w.tx, mark)
}

// maxPart bounds a row.
const maxPart = 1 << 20

// write writes rows behind a mark and moves it.
func (w tableWriter) write(ctx context.Context, at *Mark, data []byte) error {
	for len(data) > 0 {
		n := min(len(data), maxPart)
		_, err := w.tx.Exec(ctx, "INSERT INTO vault_ring_part (generation, position, content) VALUES ($1, $2, $3)",
			int64(at.Generation), at.Size, data[:n])
		if err != nil {
			return err
		}
		at.Size += int64(n)
		data = data[n:]
	}
	return nil
}

func (w tableWriter) end(ctx context.Context, at Mark) error {
	_, err := w.tx.Exec(ctx, "UPDATE vault_ring SET generation = $1, size = $2 WHERE id = 1", int64(at.Generation), at.Size)
	return err
}

// Append implements [Writer].
func (w tableWriter) Append(ctx context.Context, at Mark, records []byte) error {
	if err := w.write(ctx, &at, records); err != nil {
		return err
	}
	return w.end(ctx, at)
}

// Replace implements [Writer]. PostgreSQL leaves deleted rows in the pages of the table, and even
// cleaning up leaves their bytes there; truncating gives the table new files and removes the old ones
// with the commit. A reader whose snapshot is older finds no rows, takes the ring for damaged, and
// looks again when this writer is done: see [Ring.refresh].
func (w tableWriter) Replace(ctx context.Context, write func(io.Writer) error) error {
	empty := "DELETE FROM vault_ring_part"
	if w.engine == db.Postgres {
		empty = "TRUNCATE vault_ring_part"
	}
	if _, err := w.tx.Exec(ctx, empty); err != nil {
		return err
	}
	var at Mark
	err := write(writerFunc(func(part []byte) (int, error) {
		if at.Size == 0 {
			at.Generation, _ = generationOf(part)
		}
		return len(part), w.write(ctx, &at, part)
	}))
	if err != nil {
		return err
	}
	return w.end(ctx, at)
}

// writerFunc is a function that writes.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(part []byte) (int, error) { return f(part) }
