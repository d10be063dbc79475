package linkage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxRows    = 50_000_000
	maxColumns = 1024
	maxValue   = 1 << 16
)

// Table holds records: rows of text values under named columns, from one file or several. An empty
// value means "not known". Each column keeps each distinct value once. A Table cannot be changed and
// may be used by several goroutines.
type Table struct {
	columns []column
	rows    int
	lines   []int32
	// starts holds the first row of each file and, last, the number of rows.
	starts []int
}

// column keeps distinct values in order of appearance; values[0] is the empty one.
type column struct {
	name   string
	values []string
	ids    []uint32
}

// NewTable makes a table of rows given as text, one value for each column. With several files, records
// are compared across files only, as [Link] tells. White space at the ends of a value is cut off. It
// fails with BadTable, which names the row and the column. O(values).
func NewTable(columns []string, files ...[][]string) (*Table, error) {
	b := newBuilder(1)
	for i, rows := range files {
		if err := b.begin(BadTable, i+1, 0, columns); err != nil {
			return nil, err
		}
		for k, row := range rows {
			if err := b.check(BadTable, i+1, k, 0, row); err != nil {
				return nil, err
			}
		}
		if err := b.add(rows, nil); err != nil {
			return nil, err
		}
	}
	return b.finish(), nil
}

// Len returns the number of rows.
func (t *Table) Len() int { return t.rows }

// Files returns the number of files the rows came from.
func (t *Table) Files() int { return max(1, len(t.starts)-1) }

// File returns the place, from 0, of the file that a row came from.
func (t *Table) File(row int) int {
	at, found := slices.BinarySearch(t.starts, row)
	if !found {
		at--
	}
	for at+1 < len(t.starts)-1 && t.starts[at+1] == row {
		at++
	}
	return at
}

// Line returns the line of the file that a row began on, from 1, or 0 when it came from no file.
func (t *Table) Line(row int) int {
	if row < len(t.lines) {
		return int(t.lines[row])
	}
	return 0
}

// Columns returns the names of the columns.
func (t *Table) Columns() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return names
}

// Values returns the values of one column, one for each row. It fails with BadSetting when there is
// no such column. O(rows).
func (t *Table) Values(name string) ([]string, error) {
	at := t.index(name)
	if at < 0 {
		return nil, badSetting(name, "there is no such column; there are %q", t.Columns())
	}
	c := &t.columns[at]
	values := make([]string, t.rows)
	for i, id := range c.ids {
		values[i] = c.values[id]
	}
	return values, nil
}

// Value returns the value of a row under a column given by its place.
func (t *Table) Value(row, column int) string {
	c := &t.columns[column]
	return c.values[c.ids[row]]
}

// index finds a column without regard to case, or −1.
func (t *Table) index(name string) int {
	return slices.IndexFunc(t.columns, func(c column) bool { return strings.EqualFold(c.name, strings.TrimSpace(name)) })
}

// builder makes a table file by file and batch by batch.
type builder struct {
	table   *Table
	seen    []map[string]uint32
	place   []int
	workers int
}

func newBuilder(workers int) *builder {
	return &builder{table: &Table{}, workers: workers}
}

// begin takes the header of a file. The columns of later files may stand in another order.
func (b *builder) begin(problem Problem, file, line int, header []string) error {
	fault := func(column, reason string, args ...any) error {
		return &Error{Problem: problem, Row: -1, File: file, Line: line, Column: column, Reason: fmt.Sprintf(reason, args...)}
	}
	names := make([]string, len(header))
	for i, name := range header {
		names[i] = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
	}
	t := b.table
	if file == 1 {
		if len(names) == 0 || len(names) > maxColumns {
			return fault("", "there are %d columns; 1 to %d are allowed", len(names), maxColumns)
		}
		for _, name := range names {
			t.columns = append(t.columns, column{name: name, values: []string{""}})
			b.seen = append(b.seen, map[string]uint32{"": 0})
		}
	}
	b.place = b.place[:0]
	for i, name := range names {
		if !utf8.ValidString(name) || slices.ContainsFunc(names[:i], func(s string) bool { return strings.EqualFold(s, name) }) {
			return fault(name, "the header has this column twice, or it is not UTF-8 text")
		}
		at := t.index(name)
		if at < 0 {
			return fault(name, "the first file has no such column; it has %q", t.Columns())
		}
		b.place = append(b.place, at)
	}
	if len(names) < len(t.columns) {
		for _, c := range t.columns {
			if !slices.ContainsFunc(names, func(s string) bool { return strings.EqualFold(s, c.name) }) {
				return fault(c.name, "this file lacks a column that the first file has")
			}
		}
	}
	t.starts = append(t.starts, t.rows)
	return nil
}

// check looks at one row before it is taken.
func (b *builder) check(problem Problem, file, row, line int, values []string) error {
	if len(values) != len(b.place) {
		return &Error{Problem: problem, Row: row, File: file, Line: line, Reason: fmt.Sprintf("it has %d values and the header %d", len(values), len(b.place))}
	}
	for i, v := range values {
		reason := ""
		switch {
		case len(v) > maxValue:
			reason = fmt.Sprintf("the value has %d bytes; at most %d are allowed", len(v), maxValue)
		case !utf8.ValidString(v):
			reason = "the value is not UTF-8 text"
		default:
			continue
		}
		return &Error{Problem: problem, Row: row, File: file, Line: line, Column: b.table.columns[b.place[i]].name, Reason: reason}
	}
	return nil
}

// add takes rows that were checked, each column by itself.
func (b *builder) add(rows [][]string, lines []int32) error {
	t := b.table
	if t.rows+len(rows) > maxRows {
		return tooLarge("rows", "at most %d rows are allowed", maxRows)
	}
	err := each(context.Background(), len(b.place), b.workers, func() struct{} { return struct{}{} }, func(_ struct{}, i int) error {
		at := b.place[i]
		c, seen := &t.columns[at], b.seen[at]
		for _, row := range rows {
			v := strings.TrimSpace(row[i])
			id, ok := seen[v]
			if !ok {
				v = strings.Clone(v)
				id = uint32(len(c.values))
				seen[v] = id
				c.values = append(c.values, v)
			}
			c.ids = append(c.ids, id)
		}
		return nil
	})
	t.rows += len(rows)
	t.lines = append(t.lines, lines...)
	return err
}

func (b *builder) finish() *Table {
	b.table.starts = append(b.table.starts, b.table.rows)
	return b.table
}
