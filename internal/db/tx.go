package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"regexp"
	"runtime"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
)

// Tx is a running transaction. It belongs to the goroutine of its function and ends with it. After
// an error of Exec, Query or InsertRows it can only be rolled back: PostgreSQL insists on that, and
// SQLite is held to it, so that code which works on one works on the other.
type Tx struct {
	tx      *sql.Tx
	ended   *sql.Tx   // takes the place of tx when fn has returned; nil where tx ends with fn
	conn    *sql.Conn // of tx, for what an engine does best in its own way
	stmts   prepared  // of tx; nil where each statement is sent as it is
	shares  bool      // in a savepoint beside other changes
	engine  Engine
	now     time.Time
	changed bool
	entries int
	failed  error // the first error of a statement
}

// attempts bounds how often Write runs a function on PostgreSQL. With the waits between them the last
// attempt starts about a second after the first conflict, or later when others have their turn first.
const attempts = 20

// Read runs fn in a read-only snapshot: everything fn reads is as of one moment, that of its first
// statement.
func (d *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	if nested() {
		return errNested()
	}
	opts := &sql.TxOptions{ReadOnly: true, Isolation: d.isolation()}
	_, err := d.run(ctx, d.reader, opts, fn)
	return translate(ctx, err)
}

// Write runs fn in a transaction that is committed when fn returns nil and rolled back otherwise. It
// returns nil only when the change is durable, and with an error nothing of it is.
//
// fn may run again, on either engine: it starts afresh each time, reads its input from the beginning
// and keeps nothing of an attempt that failed. It always runs on the goroutine of the caller.
//
// On SQLite writers run one after another and share commits, see group.go. fn runs a second time when
// a neighbour took the shared transaction down with it, say on a full disk. On PostgreSQL writers run
// at once, each on a snapshot (REPEATABLE READ), and fn runs again, up to twenty times in all, when it
// met a concurrent change of the same rows. A snapshot does not see what others add meanwhile, so fn
// first bumps the version of the aggregate it decides about.
//
// A context that ends undoes the change until fn has returned; after that the answer is that of the
// commit. A transaction within a transaction, on the same goroutine, is refused.
func (d *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	if nested() {
		return errNested()
	}
	return d.write(ctx, d.requireAudit, fn)
}

// WriteUnaudited is Write for changes that nobody decides and nobody's file is touched by: sessions
// in use, jobs, the sequencer. The reason stands in the source for the reader.
func (d *DB) WriteUnaudited(ctx context.Context, reason string, fn func(*Tx) error) error {
	if nested() {
		return errNested()
	}
	if reason == "" {
		return errors.New("db: unaudited write without a reason")
	}
	return d.write(ctx, false, fn)
}

func (d *DB) write(ctx context.Context, requireAudit bool, fn func(*Tx) error) error {
	guarded := func(tx *Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		if requireAudit && tx.changed && tx.entries == 0 {
			return errors.New("db: the transaction changed rows without an audit entry; call audit.Append, or WriteUnaudited with a reason")
		}
		return nil
	}
	for attempt := 1; ; attempt++ {
		began, err := d.commit(ctx, guarded)
		if err == nil || !began || attempt == attempts || !IsSerialization(err) {
			return translate(ctx, err)
		}
		d.log.LogAttrs(ctx, slog.LevelDebug, "transaction retried", slog.Int("attempt", attempt))
		if attempt == 1 {
			// Those that met somebody go on one at a time, or they would meet each other again.
			select {
			case d.again <- struct{}{}:
				defer func() { <-d.again }()
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		if err := pause(ctx, min(attempt, 4)); err != nil {
			return err
		}
	}
}

// commit runs fn in a transaction that writes and reports whether fn ran.
func (d *DB) commit(ctx context.Context, fn func(*Tx) error) (began bool, err error) {
	if d.queue == nil {
		return d.run(ctx, d.writer, &sql.TxOptions{Isolation: d.isolation()}, fn)
	}
	err = d.queue.write(ctx, func(g *group) error {
		began = true
		return d.within(&Tx{tx: g.tx, conn: g.conn, stmts: g.stmts, shares: g.changes > 1, ended: d.ended}, fn)
	})
	return began, err
}

// pause waits before the next attempt, twice as long each time and by chance more or less, so that
// two transactions that met do not meet again.
func pause(ctx context.Context, attempt int) error {
	wait := 10 * time.Millisecond << (attempt - 1)
	timer := time.NewTimer(wait/2 + rand.N(wait/2))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// run begins a transaction, runs fn and commits or rolls back. It reports whether fn ran.
func (d *DB) run(ctx context.Context, pool *sql.DB, opts *sql.TxOptions, fn func(*Tx) error) (began bool, err error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close() }() // gives it back to the pool
	sqlTx, err := conn.BeginTx(ctx, opts)
	if err != nil {
		return false, err
	}
	// After a commit this does nothing; after an error or a panic it ends the transaction, and its
	// own error would only repeat the first.
	defer func() { _ = sqlTx.Rollback() }()
	if err := d.within(&Tx{tx: sqlTx, conn: conn}, fn); err != nil {
		return true, err
	}
	return true, sqlTx.Commit()
}

// within runs fn in a transaction that is open. The Tx ends with fn, before the transaction does:
// on SQLite that goes on with the changes of others.
func (d *DB) within(tx *Tx, fn func(*Tx) error) error {
	tx.engine, tx.now = d.engine, d.clock().UTC().Truncate(time.Microsecond)
	defer tx.end()
	if err := fn(tx); err != nil {
		return err
	}
	if tx.failed != nil {
		return fmt.Errorf("db: the function went on after a statement failed: %w", tx.failed)
	}
	return nil
}

func (d *DB) isolation() sql.IsolationLevel {
	if d.engine == Postgres {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault // set by _txlock; SQLite's snapshots are serialisable
}

// nested reports whether the goroutine already runs a transaction: whether a function that begins
// one stands on the stack above its caller. Reading the stack costs about a microsecond and needs
// no help from the caller; a marker in the context would be lost by a closure that uses the outer
// context, which is just how a nested call is written by mistake.
func nested() bool {
	pcs := make([]uintptr, 64)
	n := runtime.Callers(3, pcs)
	for n == len(pcs) {
		pcs = make([]uintptr, 2*len(pcs))
		n = runtime.Callers(3, pcs)
	}
	frames := runtime.CallersFrames(pcs[:n])
	for {
		frame, more := frames.Next()
		if frame.Function == runFunction {
			return true
		}
		if !more {
			return false
		}
	}
}

const runFunction = "github.com/fourfold/fourfold/internal/db.(*DB).within"

func errNested() error {
	return errors.New("db: a transaction within a transaction; pass the *db.Tx to what is called")
}

// Now returns the time of the transaction: UTC, in whole microseconds, the same at every call.
func (tx *Tx) Now() time.Time { return tx.now }

// NowMicros returns Now in microseconds since 1970, as instants are stored.
func (tx *Tx) NowMicros() int64 { return tx.now.UnixMicro() }

// MarkAudited records that an audit entry was appended and returns how many the transaction now
// has. Only package audit calls it.
func (tx *Tx) MarkAudited() int {
	tx.entries++
	return tx.entries
}

// Exec runs a statement and returns how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, q string, args ...any) (rows int64, err error) {
	res, err := tx.stmts.exec(ctx, tx.tx, tx.text(q), args)
	if err != nil {
		return 0, tx.fail(ctx, err)
	}
	rows, err = res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("rows affected: %w", err)
	}
	return rows, nil
}

// Query runs a statement that returns rows. [Collect] reads and closes them.
func (tx *Tx) Query(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	rows, err := tx.tx.QueryContext(ctx, tx.text(q), args...)
	if err != nil {
		return nil, tx.fail(ctx, err)
	}
	return rows, nil
}

// end makes every later use an error.
func (tx *Tx) end() {
	if tx.ended != nil {
		tx.tx, tx.stmts = tx.ended, nil
	}
}

// fail remembers and translates an error of a statement.
func (tx *Tx) fail(ctx context.Context, err error) error {
	err = translate(ctx, err)
	if tx.failed == nil {
		tx.failed = err
	}
	return err
}

// QueryRow runs a statement that returns at most one row; Scan gives sql.ErrNoRows for none.
func (tx *Tx) QueryRow(ctx context.Context, q string, args ...any) *sql.Row {
	return tx.tx.QueryRowContext(ctx, tx.text(q), args...)
}

// Bump raises the version of the row (org, id) of table from version to version+1. It is the lock
// of a decision: of two writers that saw the same version one gets [fault.Stale]. A row that does
// not exist is [fault.NotFound].
func (tx *Tx) Bump(ctx context.Context, table string, org, id string, version int64) error {
	if !identifier.MatchString(table) {
		return fmt.Errorf("db: %q is not the name of a table", table)
	}
	n, err := tx.Exec(ctx, "UPDATE "+table+" SET version = version + 1 WHERE org_id = $1 AND id = $2 AND version = $3", org, id, version)
	if err != nil || n == 1 {
		return err
	}
	var one int
	err = tx.QueryRow(ctx, "SELECT 1 FROM "+table+" WHERE org_id = $1 AND id = $2", org, id).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "This does not exist.")
	}
	if err != nil {
		return err
	}
	return fault.New(fault.Stale, "Somebody changed this in the meantime.").
		WithHint("Load the page again, look at the change, then decide.")
}

// text returns the statement as the engine reads it and notes whether it changes rows.
func (tx *Tx) text(q string) string {
	tx.changed = tx.changed || changes(q)
	if tx.engine == SQLite {
		return rewrite(q)
	}
	return q
}

var identifier = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// Collect reads all rows with scan, closes them and returns what scan made of each, in order. It
// takes the error of Query too, so that a query needs one check:
//
//	rows, err := tx.Query(ctx, q, org)
//	return db.Collect(rows, err, scan)
func Collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err below has reported what Close would
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}
