package db

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
)

// Kind is the kind of value of a column, in the words of the migrations.
type Kind string

// The kinds. There are no others: the schema keeps to what both engines have.
const (
	Integer Kind = "bigint"
	Float   Kind = "double precision"
	Boolean Kind = "boolean"
	Words   Kind = "text"
	Bytes   Kind = "blob"
)

// Column is a column of a table.
type Column struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
}

// Table is a table and its columns, in the order in which rows hold them.
type Table struct {
	Name    string   `json:"table"`
	Columns []Column `json:"columns"`
}

// names returns the columns for a statement.
func (t Table) names() string {
	all := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		all[i] = c.Name
	}
	return strings.Join(all, ", ")
}

// check refuses names that are not of our making: they come from a file, and go into statements.
func (t Table) check() error {
	ok := identifier.MatchString(t.Name) && len(t.Columns) > 0
	for _, c := range t.Columns {
		ok = ok && identifier.MatchString(c.Name)
	}
	if !ok {
		return fmt.Errorf("db: %q is not a table of the program", t.Name)
	}
	return nil
}

// Snapshot is every table as of one moment, on either engine in the same bytes. A row is as
// PostgreSQL's COPY BINARY writes it: the number of fields in two bytes, then each field with its
// length in four bytes (-1 for NULL) before it; integers and floats of eight bytes, booleans of one;
// all big endian.
type Snapshot struct {
	tx *Tx
}

// Snapshot calls fn with a view of the database that stays as it is while others write. On SQLite the
// write-ahead log grows while it is open.
func (d *DB) Snapshot(ctx context.Context, fn func(*Snapshot) error) error {
	return d.Read(ctx, func(tx *Tx) error { return fn(&Snapshot{tx}) })
}

// Tx is the transaction of the snapshot, to read what belongs to the same moment.
func (s *Snapshot) Tx() *Tx { return s.tx }

// Versions returns the migrations that the database has, ascending.
func (s *Snapshot) Versions(ctx context.Context) ([]int64, error) {
	rows, err := s.tx.Query(ctx, "SELECT version FROM "+versionTable+" WHERE version > 0 ORDER BY version")
	return Collect(rows, err, func(r *sql.Rows) (v int64, err error) { return v, r.Scan(&v) })
}

// Tables returns the tables of the program by name, without those for which skip is true. Columns
// stand by name too, so that the engines agree.
func (s *Snapshot) Tables(ctx context.Context, skip func(name string) bool) ([]Table, error) {
	return s.tx.tables(ctx, skip)
}

const (
	sqliteColumns = `
		SELECT t.name, c.name, c.type FROM sqlite_schema t, pragma_table_info(t.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY t.name, c.name`
	postgresColumns = `
		SELECT t.relname, a.attname, b.typname
		FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid JOIN pg_type y ON y.oid = a.atttypid
		JOIN pg_type b ON b.oid = CASE WHEN y.typtype = 'd' THEN y.typbasetype ELSE y.oid END
		WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
		ORDER BY t.relname COLLATE "C", a.attname COLLATE "C"`
)

// kinds maps the engines' names of types.
var kinds = map[string]Kind{
	"bigint": Integer, "integer": Integer, "int8": Integer,
	"double precision": Float, "real": Float, "float8": Float,
	"boolean": Boolean, "bool": Boolean,
	"text": Words, "blob": Bytes, "bytea": Bytes,
}

func (tx *Tx) tables(ctx context.Context, skip func(name string) bool) (all []Table, err error) {
	q := sqliteColumns
	if tx.engine == Postgres {
		q = postgresColumns
	}
	type column struct{ table, name, kind string }
	rows, err := tx.Query(ctx, q)
	columns, err := Collect(rows, err, func(r *sql.Rows) (c column, err error) { return c, r.Scan(&c.table, &c.name, &c.kind) })
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		if c.table == versionTable || skip(c.table) {
			continue
		}
		kind, ok := kinds[strings.ToLower(c.kind)]
		if !ok {
			return nil, fmt.Errorf("db: column %s of %s has the type %q, which a snapshot cannot hold", c.name, c.table, c.kind)
		}
		if len(all) == 0 || all[len(all)-1].Name != c.table {
			all = append(all, Table{Name: c.table})
		}
		t := &all[len(all)-1]
		t.Columns = append(t.Columns, Column{c.name, kind})
	}
	return all, nil
}

// Rows calls emit with one row of a table after another, in the order in which the engine has them, and
// returns how many there were. emit must not keep the bytes.
func (s *Snapshot) Rows(ctx context.Context, t Table, emit func(row []byte) error) (n int64, err error) {
	if err := t.check(); err != nil {
		return 0, err
	}
	count := func(row []byte) error { n++; return emit(row) }
	err = s.tx.conn.Raw(func(driverConn any) error {
		if s.tx.engine == Postgres {
			split := &splitter{emit: count}
			_, err := driverConn.(*stdlib.Conn).Conn().PgConn().
				CopyTo(ctx, split, "COPY (SELECT "+t.names()+" FROM "+t.Name+") TO STDOUT (FORMAT binary)")
			if err == nil && !split.ended {
				err = errors.New("db: the server ended a copy early")
			}
			return errors.Join(split.err, err)
		}
		return sqliteRows(ctx, driverConn.(driver.Conn).Raw(), t, count)
	})
	return n, translate(ctx, err)
}

// sqliteRows steps through a table.
func sqliteRows(ctx context.Context, c *sqlite3.Conn, t Table, emit func([]byte) error) error {
	stmt, _, err := c.Prepare("SELECT " + t.names() + " FROM " + t.Name)
	if err != nil {
		return err
	}
	defer func() { _ = stmt.Close() }()
	var row []byte
	for n := 0; stmt.Step(); n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		row = binary.BigEndian.AppendUint16(row[:0], uint16(len(t.Columns)))
		for i, col := range t.Columns {
			if row, err = appendField(row, stmt, i, col.Kind); err != nil {
				return fmt.Errorf("table %s, column %s: %w", t.Name, col.Name, err)
			}
		}
		if err := emit(row); err != nil {
			return err
		}
	}
	return stmt.Err()
}

// appendField appends a value. SQLite lets any value stand in any column: one that is not of the
// column's kind is an error here, not a wrong value elsewhere.
func appendField(row []byte, s *sqlite3.Stmt, i int, k Kind) ([]byte, error) {
	have := s.ColumnType(i)
	switch {
	case have == sqlite3.NULL:
		return binary.BigEndian.AppendUint32(row, math.MaxUint32), nil
	case k == Integer && have == sqlite3.INTEGER:
		return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(row, 8), uint64(s.ColumnInt64(i))), nil
	case k == Float && (have == sqlite3.FLOAT || have == sqlite3.INTEGER):
		return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(row, 8), math.Float64bits(s.ColumnFloat(i))), nil
	case k == Boolean && have == sqlite3.INTEGER:
		b := byte(0)
		if s.ColumnBool(i) {
			b = 1
		}
		return append(binary.BigEndian.AppendUint32(row, 1), b), nil
	case k == Words && have == sqlite3.TEXT:
		raw := s.ColumnRawText(i)
		return append(binary.BigEndian.AppendUint32(row, uint32(len(raw))), raw...), nil
	case k == Bytes && (have == sqlite3.BLOB || have == sqlite3.TEXT):
		raw := s.ColumnRawBlob(i)
		return append(binary.BigEndian.AppendUint32(row, uint32(len(raw))), raw...), nil
	}
	return row, fmt.Errorf("a value of type %v where %s belongs", have, k)
}

// MaxRow bounds a row of a snapshot in bytes: more than any column of the program holds.
const MaxRow = 64 << 20

// RowLength returns the length of the row at the beginning of b, or 0 when b does not hold all of it.
// fields is the number of fields it must have.
func RowLength(b []byte, fields int) (int, error) {
	if len(b) < 2 {
		return 0, nil
	}
	if int(binary.BigEndian.Uint16(b)) != fields {
		return 0, errors.New("db: a row with another number of fields")
	}
	at := 2
	for range fields {
		if len(b) < at+4 {
			return 0, nil
		}
		n := binary.BigEndian.Uint32(b[at:])
		at += 4
		if n == math.MaxUint32 {
			continue
		}
		if n > MaxRow {
			return 0, errors.New("db: a row of impossible length")
		}
		if at += int(n); at > len(b) {
			return 0, nil
		}
	}
	return at, nil
}

// copyHead is how a binary copy begins: signature, flags, and a header extension of no length.
const copyHead = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// splitter cuts a binary copy into rows, however it arrives.
type splitter struct {
	emit  func([]byte) error
	rest  []byte
	begun bool
	ended bool
	err   error
}

// Write implements io.Writer.
func (s *splitter) Write(p []byte) (int, error) {
	s.rest = append(s.rest, p...)
	data := s.rest
	if !s.begun {
		if len(data) < len(copyHead) {
			return len(p), nil
		}
		if string(data[:len(copyHead)]) != copyHead {
			s.err = errors.New("db: not a binary copy")
			return 0, s.err
		}
		s.begun, data = true, data[len(copyHead):]
	}
	for len(data) >= 2 && !s.ended {
		fields := int(int16(binary.BigEndian.Uint16(data)))
		if fields == -1 {
			s.ended, data = true, data[2:]
			break
		}
		n, err := RowLength(data, fields)
		if err == nil && n > 0 {
			err = s.emit(data[:n])
		}
		if err != nil {
			s.err = err
			return 0, err
		}
		if n == 0 {
			break
		}
		data = data[n:]
	}
	s.rest = append(s.rest[:0], data...)
	return len(p), nil
}
