package db

import (
	"context"
	"database/sql"
	"io/fs"
	"time"
)

// OpenWith is Open with other migrations.
func OpenWith(ctx context.Context, c Config, files fs.FS) (*DB, error) {
	return open(ctx, c, migrationSet{files})
}

// Migrations returns the migrations of the program.
func Migrations() fs.FS { return migrations().FS }

// Reader returns the pool that Read uses, and Writer the one that Write uses.
func (d *DB) Reader() *sql.DB { return d.reader }

// Writer returns the pool that Write uses.
func (d *DB) Writer() *sql.DB { return d.writer }

// Batch is the number of values in one statement of InsertRows, CopyBatch in one COPY.
const (
	Batch     = parameterLimit
	CopyBatch = copyLimit
	// GroupChanges is how many changes share a commit at most.
	GroupChanges = groupChanges
	// LargeRows is how many rows a change may insert beside its neighbours.
	LargeRows = largeRows
)

// Waiting returns how many writers wait for their turn.
func (d *DB) Waiting() int {
	d.queue.mu.Lock()
	defer d.queue.mu.Unlock()
	return len(d.queue.waiting)
}

// SetGroupTime sets how long a group may go on: on a slow machine neighbours would else part.
// Call it before the first change.
func (d *DB) SetGroupTime(t time.Duration) { d.queue.lasts = t }

// Shared tells transactions apart.
func (tx *Tx) Shared() *sql.Tx { return tx.tx }
