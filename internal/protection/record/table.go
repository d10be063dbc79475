package record

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault"
)

// Table describes an SQL table of the room. It has the columns org_id, id, case_id, person_id, version,
// changed_by, changed_at; the clear columns; and a nullable blob column for each sealed class. C is a
// struct of the clear columns.
type Table[C any] struct {
	// Name is the name of the table. It is part of what a sealed value is bound to and never changes.
	Name string
	// Sealed are the sealed columns, each of another class.
	Sealed []Column
	// Clear are the names of the clear columns, and Fields returns pointers to their values in C, in
	// the same order. A column that may be NULL is an sql.Null. Each is a plain value or scans
	// itself, so that versions of a row share nothing.
	Clear  []string
	Fields func(*C) []any
	// Forgets says that no version before the present one is kept: for what is not sent yet.
	Forgets bool
	// Erase removes what the table has about a person. Nil removes the person's rows.
	Erase func(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error
}

// Column is a sealed column: its name in SQL, and the class of everything in it.
type Column struct {
	Name  string
	Class vault.Class
}

// Key is what every row has. Version counts from 1; it is the one that the row has now.
type Key struct {
	Org       auth.OrgID
	ID        string
	Case      string
	Person    vault.PersonID
	Version   int64
	ChangedBy auth.AccountID
	ChangedAt time.Time
}

// Row is a row as it was read: its clear columns, and its sealed ones unopened.
type Row[C any] struct {
	Key
	Clear C
	held
}

// held are the sealed columns of a row, unopened, and of which table they are.
type held struct {
	sealed []stored // by cols
	table  string
	cols   []Column
}

// stored is a sealed value with the version of the row when it was written. Nil for none.
type stored []byte

// versionSize is the length of the version before a sealed value in its column.
const versionSize = 8

func store(version int64, s vault.Sealed) stored {
	return append(binary.BigEndian.AppendUint64(nil, uint64(version)), s...)
}

// Name is the name of the row's record in the vault and in the ledger.
func recordName(table, id string) string { return table + "/" + id }

// item returns a stored value with its place. One that is too short for a version does not open.
func (s stored) item(k Key, table string, c Column) vault.Item {
	p := vault.Place{Org: k.Org, Person: k.Person, Record: recordName(table, k.ID), Field: c.Name, Class: c.Class, Version: 1}
	if len(s) < versionSize {
		return vault.Item{Place: p, Sealed: vault.Sealed(s)}
	}
	p.Version = max(1, int64(binary.BigEndian.Uint64(s)))
	return vault.Item{Place: p, Sealed: vault.Sealed(s[versionSize:])}
}

// Has reports whether the row has anything sealed of a class.
func (h held) Has(class vault.Class) bool {
	i := columnOf(h.cols, class)
	return i >= 0 && len(h.sealed[i]) > 0
}

// shape is a table, and line a row, without the type of the clear columns. The work is done on them, so
// that the program holds its code once and not for each of many tables: what is left for the type are
// the methods of [Table], which only make lines. They should stay so.
type shape struct {
	name    string
	sealed  []Column
	clear   []string
	forgets bool
}

type line struct {
	*Key
	*held
	fields []any // pointers to the clear columns of the row
}

func (t *Table[C]) shape() shape { return shape{t.Name, t.Sealed, t.Clear, t.Forgets} }

func (t *Table[C]) line(r *Row[C]) line {
	l := line{Key: &r.Key, held: &r.held}
	if t.Fields != nil {
		l.fields = t.Fields(&r.Clear)
	}
	return l
}

// without is the table with its sealed columns only, for what does not ask for the clear ones.
func (s shape) without() shape { return shape{name: s.name, sealed: s.sealed} }

// bare is a row of such a table.
func bare() line { return line{Key: &Key{}, held: &held{}} }

var fixed = []string{"org_id", "id", "case_id", "person_id", "version", "changed_by", "changed_at"}

func (s shape) columns() []string {
	all := append([]string{}, fixed...)
	all = append(all, s.clear...)
	for _, c := range s.sealed {
		all = append(all, c.Name)
	}
	return all
}

// Select returns "SELECT …" with the columns of the table, each with its name before it, for a query
// of the caller's; see [Table.Scan].
func (t *Table[C]) Select() string { return t.shape().query() }

func (s shape) query() string {
	var b strings.Builder
	for i, c := range s.columns() {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(s.name + "." + c)
	}
	return "SELECT " + b.String() + " FROM " + s.name + " "
}

// Scan reads a row of a query that begins with [Table.Select].
func (t *Table[C]) Scan(rows *sql.Rows) (r Row[C], err error) {
	err = t.shape().scan(rows, t.line(&r))
	return r, err
}

func (s shape) scan(rows *sql.Rows, l line) error {
	var at int64
	*l.held = held{make([]stored, len(s.sealed)), s.name, s.sealed}
	into := append([]any{&l.Org, &l.ID, &l.Case, &l.Person, &l.Version, &l.ChangedBy, &at}, l.fields...)
	for i := range l.sealed {
		into = append(into, (*[]byte)(&l.sealed[i]))
	}
	err := rows.Scan(into...)
	l.ChangedAt = time.UnixMicro(at).UTC()
	return err
}

// Find returns the rows of a query; tail is what follows the name of the table: joins, conditions,
// order and limit. It must ask for the organisation.
func (t *Table[C]) Find(ctx context.Context, tx *db.Tx, tail string, args ...any) (all []Row[C], err error) {
	err = t.shape().find(ctx, tx, tail, args, func() line {
		all = append(all, Row[C]{})
		return t.line(&all[len(all)-1])
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// find reads the rows of a query, each into the line that next gives.
func (s shape) find(ctx context.Context, tx *db.Tx, tail string, args []any, next func() line) error {
	rows, err := tx.Query(ctx, s.query()+tail, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // an error of the rows is asked for below
	for rows.Next() {
		if err := s.scan(rows, next()); err != nil {
			return err
		}
	}
	return rows.Err()
}

// OfCase returns the rows of a case, the oldest identifier first.
func (t *Table[C]) OfCase(ctx context.Context, tx *db.Tx, org auth.OrgID, of string) ([]Row[C], error) {
	return t.Find(ctx, tx, "WHERE org_id = $1 AND case_id = $2 ORDER BY id", string(org), of)
}

// Get returns one row, or [fault.NotFound].
func (t *Table[C]) Get(ctx context.Context, tx *db.Tx, org auth.OrgID, id string) (r Row[C], err error) {
	err = t.shape().get(ctx, tx, org, id, t.line(&r))
	return r, err
}

func (s shape) get(ctx context.Context, tx *db.Tx, org auth.OrgID, id string, l line) error {
	found := false
	err := s.find(ctx, tx, "WHERE org_id = $1 AND id = $2", []any{string(org), id}, func() line { found = true; return l })
	if err == nil && !found {
		err = fault.New(fault.NotFound, "This does not exist.")
	}
	return err
}

// values returns the clear columns as a driver takes them.
func (s shape) values(fields []any) ([]any, error) {
	if len(fields) != len(s.clear) {
		return nil, fmt.Errorf("record: table %s has %d clear columns and %d fields", s.name, len(s.clear), len(fields))
	}
	all := make([]any, len(fields))
	for i, p := range fields {
		v, err := driver.DefaultParameterConverter.ConvertValue(p)
		if err != nil {
			return nil, fmt.Errorf("record: column %s of %s: %w", s.clear[i], s.name, err)
		}
		all[i] = v
	}
	return all, nil
}

// errClass is a mistake of the program.
var errClass = errors.New("record: the table has no column of that class, or a document twice")
