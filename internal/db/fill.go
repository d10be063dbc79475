package db

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"

	"github.com/fourfold/fourfold/internal/fault"
)

// Filler fills an empty database with the rows of a snapshot.
type Filler struct {
	tx     *Tx
	tables []Table
}

// Fill makes a new database with the schema of a snapshot, calls fn to fill it, and checks that every
// reference holds. versions are the migrations of the snapshot; opening the database afterwards applies
// what is newer. A database that holds anything is refused and left alone. An SQLite file is written
// without a log, so after an error it is worth nothing: the caller removes it.
func Fill(ctx context.Context, c Config, versions []int64, fn func(*Filler) error) error {
	set, err := migrations().upTo(versions)
	if err != nil {
		return err
	}
	d, err := open(ctx, c, set)
	if err != nil {
		return err
	}
	var orgs int64
	err = d.Read(ctx, func(tx *Tx) error { return tx.QueryRow(ctx, "SELECT count(*) FROM org").Scan(&orgs) })
	if err == nil && orgs > 0 {
		err = fault.New(fault.Conflict, "The database that is to be filled holds data already.").
			WithHint("Name a new file, or a new database on the server.")
	}
	if err != nil {
		return errors.Join(err, d.Close())
	}
	if d.engine == Postgres {
		return errors.Join(d.WriteUnaudited(ctx, "a restore brings the entries of these changes", func(tx *Tx) error {
			return fillPostgres(ctx, tx, fn)
		}), d.Close())
	}
	if err := d.Close(); err != nil {
		return err
	}
	return fillSQLite(ctx, c, fn)
}

// upTo returns the migrations of a snapshot. One that this program does not have is refused.
func (s migrationSet) upTo(versions []int64) (migrationSet, error) {
	known, err := list(s.forEngine(SQLite))
	if err != nil {
		return s, err
	}
	for _, v := range versions {
		if !slices.ContainsFunc(known, func(a applied) bool { return a.version == v }) {
			return s, fault.New(fault.Conflict, "The backup was made by a newer version of the program (it has migration %d).", v).
				WithHint("Restore it with the newer program.")
		}
	}
	return migrationSet{someFS{s.FS, versions}}, nil
}

// someFS hides the migrations that are not wanted.
type someFS struct {
	fs.FS
	versions []int64
}

// ReadDir lists the wanted files.
func (f someFS) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(f.FS, name)
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool {
		var version int64
		_, err := fmt.Sscanf(e.Name(), "%d_", &version)
		return err == nil && !slices.Contains(f.versions, version)
	}), err
}

// Table fills one table from next, which returns one row after another and io.EOF at the end, and
// returns how many rows there were.
func (f *Filler) Table(ctx context.Context, t Table, next func() ([]byte, error)) (n int64, err error) {
	if err := t.check(); err != nil {
		return 0, err
	}
	i := slices.IndexFunc(f.tables, func(have Table) bool { return have.Name == t.Name })
	if i < 0 || !slices.Equal(f.tables[i].Columns, t.Columns) {
		return 0, fault.New(fault.Invalid, "The table %s of the backup is not one of this program.", t.Name).
			WithHint("The backup is of another program or was altered.")
	}
	counted := func() ([]byte, error) {
		row, err := next()
		if err == nil {
			n++
		}
		return row, err
	}
	f.tx.changed = true
	err = f.tx.conn.Raw(func(driverConn any) error {
		if f.tx.engine == Postgres {
			return copyIn(ctx, driverConn.(*stdlib.Conn).Conn().PgConn(), t, counted)
		}
		return sqliteFill(ctx, driverConn.(driver.Conn).Raw(), t, counted)
	})
	return n, translate(ctx, err)
}

// copyIn streams rows into a table.
func copyIn(ctx context.Context, c *pgconn.PgConn, t Table, next func() ([]byte, error)) error {
	in := &joiner{next: next, rest: []byte(copyHead)}
	_, err := c.CopyFrom(ctx, in, "COPY "+t.Name+" ("+t.names()+") FROM STDIN (FORMAT binary)")
	return errors.Join(in.err, err)
}

// joiner makes a binary copy of rows.
type joiner struct {
	next  func() ([]byte, error)
	rest  []byte
	ended bool
	err   error
}

// Read implements io.Reader.
func (j *joiner) Read(p []byte) (int, error) {
	if len(j.rest) == 0 {
		if j.ended {
			return 0, io.EOF
		}
		row, err := j.next()
		switch {
		case errors.Is(err, io.EOF):
			j.ended, row = true, []byte{0xff, 0xff}
		case err != nil:
			j.err = err
			return 0, err
		}
		j.rest = row
	}
	n := copy(p, j.rest)
	j.rest = j.rest[n:]
	return n, nil
}

// sqliteFill inserts rows one by one with one statement.
func sqliteFill(ctx context.Context, c *sqlite3.Conn, t Table, next func() ([]byte, error)) error {
	stmt, _, err := c.Prepare("INSERT INTO " + t.Name + " (" + t.names() + ") VALUES (?" + strings.Repeat(",?", len(t.Columns)-1) + ")")
	if err != nil {
		return err
	}
	defer func() { _ = stmt.Close() }()
	for n := 0; ; n++ {
		row, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && n%1024 == 0 {
			err = context.Cause(ctx)
		}
		if err != nil {
			return err
		}
		if length, err := RowLength(row, len(t.Columns)); err != nil || length != len(row) {
			return errors.Join(err, errors.New("db: half a row"))
		}
		row = row[2:]
		for i, col := range t.Columns {
			if row, err = bindField(stmt, i+1, col.Kind, row); err != nil {
				return fmt.Errorf("table %s, column %s: %w", t.Name, col.Name, err)
			}
		}
		if err := stmt.Exec(); err != nil {
			return err
		}
	}
}

var errField = errors.New("db: a value of another kind than its column")

// bindField binds the field at the beginning of row and returns what follows it.
func bindField(s *sqlite3.Stmt, param int, k Kind, row []byte) ([]byte, error) {
	size := binary.BigEndian.Uint32(row)
	row = row[4:]
	if size == math.MaxUint32 {
		return row, s.BindNull(param)
	}
	raw := row[:size]
	row = row[size:]
	switch {
	case k == Integer && size == 8:
		return row, s.BindInt64(param, int64(binary.BigEndian.Uint64(raw)))
	case k == Float && size == 8:
		return row, s.BindFloat(param, math.Float64frombits(binary.BigEndian.Uint64(raw)))
	case k == Boolean && size == 1:
		return row, s.BindBool(param, raw[0] != 0)
	case k == Words:
		return row, s.BindRawText(param, raw)
	case k == Bytes && size == 0:
		return row, s.BindZeroBlob(param, 0) // a nil slice would be NULL
	case k == Bytes:
		return row, s.BindBlob(param, raw)
	}
	return row, errField
}

// fillPostgres fills without the references between tables, which would ask for an order of rows, and
// puts them back: that checks every one.
func fillPostgres(ctx context.Context, tx *Tx, fn func(*Filler) error) error {
	type reference struct{ table, name, definition string }
	rows, err := tx.Query(ctx, `
		SELECT t.relname, c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
		WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace AND c.conparentid = 0`)
	all, err := Collect(rows, err, func(r *sql.Rows) (f reference, err error) { return f, r.Scan(&f.table, &f.name, &f.definition) })
	if err != nil {
		return err
	}
	for _, f := range all {
		if _, err := tx.Exec(ctx, "ALTER TABLE "+f.table+" DROP CONSTRAINT "+f.name); err != nil {
			return err
		}
	}
	tables, err := tx.tables(ctx, notOurs)
	if err != nil {
		return err
	}
	if err := fn(&Filler{tx, tables}); err != nil {
		return err
	}
	for _, f := range all {
		if _, err := tx.Exec(ctx, "ALTER TABLE "+f.table+" ADD CONSTRAINT "+f.name+" "+f.definition); err != nil {
			if IsForeignKey(err) {
				err = dangling(f.table).Wrap(err)
			}
			return err
		}
	}
	return nil
}

// notOurs names the tables of the job queue, whose columns only its library knows.
func notOurs(name string) bool { return strings.HasPrefix(name, "river_") }

func dangling(table string) *fault.Error {
	return fault.New(fault.Invalid, "The table %s of the backup refers to rows that the backup does not hold.", table).
		WithHint("The backup was altered or is not whole. Take another one.")
}

// fillSQLite fills a new file, without log and waiting: the file counts for nothing until it is whole.
func fillSQLite(ctx context.Context, c Config, fn func(*Filler) error) (err error) {
	path := strings.TrimPrefix(c.URL, "sqlite:")
	key, err := prepareFile(path, c.KeyFile)
	if err != nil {
		return err
	}
	file := sqliteFile{path: path, key: key}
	pool, err := file.pool(asMigrator, 1)
	if err != nil {
		return err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return errors.Join(err, pool.Close())
	}
	exec := func(q string) {
		if err == nil {
			_, err = conn.ExecContext(ctx, q)
		}
	}
	for _, p := range []string{"journal_mode=off", "synchronous=off", "foreign_keys=off", fmt.Sprintf("cache_size=-%d", writerCache)} {
		exec("PRAGMA " + p)
	}
	if err == nil {
		err = fillTx(ctx, conn, c, fn)
	}
	exec("PRAGMA journal_mode=wal")
	if err := errors.Join(translate(ctx, err), conn.Close(), pool.Close()); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func fillTx(ctx context.Context, conn *sql.Conn, c Config, fn func(*Filler) error) error {
	sqlTx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = sqlTx.Rollback() }() // after a commit this does nothing
	tx := &Tx{tx: sqlTx, conn: conn, engine: SQLite}
	tables, err := tx.tables(ctx, notOurs)
	if err != nil {
		return err
	}
	if err := fn(&Filler{tx, tables}); err != nil {
		return err
	}
	var table string
	err = tx.QueryRow(ctx, `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`).Scan(&table)
	if err == nil {
		return dangling(table)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return sqlTx.Commit()
}
