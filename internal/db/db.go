// Package db opens the database and runs transactions in it: SQLite in one encrypted file, or
// PostgreSQL, behind one value. It is the only package that knows which of the two it is. Rooms
// write one SQL text with $n placeholders, and nothing but a [Tx] reaches the tables.
//
// Trust: on SQLite every page, the write-ahead log included, is encrypted with the key in the key
// file. That protects a stolen disk or a copied file, not against somebody who reads the memory of
// the running process or who has file and key. Encryption does not detect tampering; the ledger
// does. On PostgreSQL the server and its disk are trusted; rows of a person are sealed by the
// vault before they come here.
package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
)

// Engine names the database engine. Rooms have no use for it; health pages and tests do.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Config says which database to open and how.
type Config struct {
	// URL is "postgres://user@host/name?…", "sqlite:/path/file.db" or a bare path of a file. A
	// relative path is relative to the working directory.
	URL string
	// KeyFile is the file with the key of an SQLite database: 64 hexadecimal digits. It is created
	// together with a new database. Empty means the path of the database with ".key" added, which
	// is convenient and protects little: whoever copies the folder has both. Unused on PostgreSQL.
	KeyFile string
	// Clock gives the time of transactions. Nil means the clock of the machine.
	Clock func() time.Time
	// Logger receives migrations and retries. Nil means none.
	Logger *slog.Logger
	// MaxReaders bounds the transactions that read at the same time. 0 means 4 on SQLite and 16
	// on PostgreSQL, where it bounds readers and writers together.
	MaxReaders int
	// RequireAudit makes Write refuse a transaction that changed rows and appended no audit entry.
	// Package dbtest sets it: a change without a trace is found by the tests of its room.
	RequireAudit bool
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine       Engine
	writer       *sql.DB
	reader       *sql.DB
	queue        *queue        // of the writers of SQLite
	again        chan struct{} // of one: held by the writer that tries again
	ended        *sql.Tx       // of SQLite, see Tx
	file         sqliteFile
	url          string // of PostgreSQL
	clock        func() time.Time
	log          *slog.Logger
	requireAudit bool
}

// Open opens the database, creates it when it is absent, and brings its schema to the version of
// this program, one process at a time. It reads a bounded number of pages whatever the size of the
// database. Its errors are faults: [fault.Invalid] for a wrong setting, key or file,
// [fault.Conflict] for a schema that this program must not touch, [fault.Unavailable] for a
// database that is busy or cannot be reached.
func Open(ctx context.Context, c Config) (*DB, error) { return open(ctx, c, migrations()) }

func open(ctx context.Context, c Config, set migrationSet) (*DB, error) {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	scheme, rest, found := strings.Cut(c.URL, ":")
	switch {
	case c.URL == "":
		return nil, fault.New(fault.Invalid, "No database is named.").
			WithHint("Give --db the path of a file, or postgres://user@host/name.")
	case found && (scheme == "postgres" || scheme == "postgresql"):
		return openPostgres(ctx, c, set)
	case found && scheme == "sqlite":
		return openSQLite(ctx, c, rest, set)
	case strings.Contains(c.URL, "://"):
		return nil, fault.New(fault.Invalid, "The database scheme %q is not known.", scheme).
			WithHint("Give --db the path of a file, or postgres://user@host/name.")
	}
	return openSQLite(ctx, c, c.URL, set)
}

// Close waits for running transactions and closes the database. Within one it is refused.
func (d *DB) Close() error {
	if nested() {
		return errNested()
	}
	if d.queue == nil {
		return d.writer.Close()
	}
	// The writer closes last: the last SQLite connection folds the write-ahead log into the file.
	return errors.Join(d.reader.Close(), d.queue.close())
}

// Engine returns the engine.
func (d *DB) Engine() Engine { return d.engine }

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	var one int
	if err := d.reader.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return translate(ctx, err)
	}
	return nil
}

// NewID returns a new identifier: 128 random bits as 26 characters of base 32. It is unique
// across nodes and says nothing about order, time or place.
func NewID() string { return rand.Text() }

// NewIDs returns a source of identifiers for rows that are written together. They share their first 50
// random bits and lie side by side in every index, so that a row costs a share of a page and not a page of
// its own in each. The other 80 bits are its own: who knows one cannot guess another. That such rows came
// together is what their instants say too.
func NewIDs() func() string {
	together := rand.Text()[:10]
	return func() string { return together + rand.Text()[:16] }
}

func readers(configured, fallback int) int {
	if configured > 0 {
		return configured
	}
	return max(fallback, min(runtime.NumCPU(), 4*fallback))
}
