package db

import (
	"context"
	"database/sql"
	"io/fs"
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
)
