package mse

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// CountColumn is the header of the column that holds the counts.
const CountColumn = "count"

// maxRows bounds the rows that a reader accepts, so that a wrong file ends in an error.
const maxRows = 1 << 20

// Stratum is one group of people, for example one sex or age band, with its own table.
type Stratum struct {
	// Name says which group, for example "sex=f, age=child".
	Name  string
	Table Table
}

// Read reads a table from CSV (RFC 4180, UTF-8, with or without a byte order mark): a header with one
// column for each list and the last column "count"; then one row for each capture history, 1 for on
// the list and 0 for not, and its number of people. Histories not shown have count 0, rows may come in
// any order, and a history may appear once. Errors are [BadFile] and name line and column, or
// [BadTable].
func Read(r io.Reader) (Table, error) {
	strata, err := ReadStrata(r)
	if err != nil {
		return Table{}, err
	}
	return strata[0].Table, nil
}

// ReadStrata reads the layout of [Read] with further columns that divide the people into groups, and
// returns one table for each combination of their values, in order of first appearance. The names of
// those columns are given in by; every other column but "count" is a list. Without by there is one
// stratum without a name.
func ReadStrata(r io.Reader, by ...string) ([]Stratum, error) {
	rows, err := newRows(r)
	if err != nil {
		return nil, err
	}
	h, err := rows.tableHeader(by)
	if err != nil {
		return nil, err
	}
	groups := newGroups()
	for {
		fields, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := h.add(groups, rows, fields); err != nil {
			return nil, err
		}
	}
	if len(groups.order) == 0 {
		return nil, badFile(rows.line, "", "there is no row of data under the header")
	}
	out := make([]Stratum, 0, len(groups.order))
	for _, name := range groups.order {
		t, err := NewTable(h.names, groups.cells[name])
		if err != nil {
			if e, ok := errors.AsType[*Error](err); ok && name != "" {
				e.Reason = name + ": " + e.Reason
			}
			return nil, err
		}
		out = append(out, Stratum{Name: name, Table: t})
	}
	return out, nil
}

// groups collects the cells of each stratum and the line each history stood on.
type groups struct {
	order []string
	cells map[string][]Cell
	lines map[string]map[History]int
}

func newGroups() *groups {
	return &groups{cells: map[string][]Cell{}, lines: map[string]map[History]int{}}
}

// tableHeader is the meaning of the columns.
type tableHeader struct {
	by    []int
	lists []int
	names []string
	count int
}

func (rows *rows) tableHeader(by []string) (*tableHeader, error) {
	h := &tableHeader{count: len(rows.header) - 1}
	if last := rows.header[h.count]; !strings.EqualFold(last, CountColumn) {
		hint := ""
		if len(rows.header) == 1 && strings.ContainsAny(last, ";\t|") {
			hint = "; the columns must be separated by commas"
		}
		return nil, badFile(1, rows.column(h.count), "the last column must be %q%s", CountColumn, hint)
	}
	for _, name := range by {
		at := slices.Index(rows.header, name)
		if at < 0 || at == h.count {
			return nil, badFile(1, name, "there is no such column to divide by")
		}
		if slices.Contains(h.by, at) {
			return nil, badFile(1, name, "the column to divide by is given twice")
		}
		h.by = append(h.by, at)
	}
	for i, name := range rows.header[:h.count] {
		if !slices.Contains(h.by, i) {
			h.lists, h.names = append(h.lists, i), append(h.names, name)
		}
	}
	if err := checkLists(h.names); err != nil {
		e, _ := errors.AsType[*Error](err)
		return nil, badFile(1, e.Term, "%s", e.Reason)
	}
	return h, nil
}

// add files one row.
func (h *tableHeader) add(g *groups, rows *rows, fields []string) error {
	var on History
	for place, i := range h.lists {
		switch fields[i] {
		case "0":
		case "1":
			on |= 1 << place
		default:
			return badFile(rows.line, rows.column(i), "%q is neither 0 nor 1", shorten(fields[i]))
		}
	}
	count, err := rows.count(h.count, fields)
	if err != nil {
		return err
	}
	if on == 0 && count != 0 {
		return badFile(rows.line, rows.column(h.count), "%d people are on no list; leave the row out, their number is what is to be estimated", count)
	}
	parts := make([]string, len(h.by))
	for j, i := range h.by {
		parts[j] = rows.header[i] + "=" + fields[i]
	}
	name := strings.Join(parts, ", ")
	if g.lines[name] == nil {
		g.order = append(g.order, name)
		g.lines[name] = map[History]int{}
	}
	if before := g.lines[name][on]; before > 0 {
		return badFile(rows.line, "", "the history %s was already given on line %d", on.Names(h.names), before)
	}
	g.lines[name][on] = rows.line
	g.cells[name] = append(g.cells[name], Cell{on, count})
	return nil
}

// rows reads CSV one row at a time and knows where it is.
type rows struct {
	csv    *csv.Reader
	header []string
	line   int
	read   int
}

func newRows(r io.Reader) (*rows, error) {
	c := csv.NewReader(r)
	c.FieldsPerRecord = -1
	c.TrimLeadingSpace = true
	rows := &rows{csv: c, line: 1}
	header, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil, badFile(1, "", "the file is empty")
	}
	if err != nil {
		return nil, rows.fault(err)
	}
	header[0] = strings.TrimPrefix(header[0], "\uFEFF")
	for i, name := range header {
		header[i] = strings.TrimSpace(name)
	}
	rows.header = header
	rows.line, _ = c.FieldPos(0)
	for i, name := range header {
		if name == "" {
			return nil, badFile(rows.line, rows.column(i), "the column has no name")
		}
		if slices.Contains(header[:i], name) {
			return nil, badFile(rows.line, name, "two columns have this name")
		}
	}
	return rows, nil
}

// next returns the fields of the next row without surrounding space, one for each column.
func (rows *rows) next() ([]string, error) {
	fields, err := rows.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, err
	}
	if err != nil {
		return nil, rows.fault(err)
	}
	rows.line, _ = rows.csv.FieldPos(0)
	if rows.read++; rows.read > maxRows {
		return nil, badFile(rows.line, "", "more than %d rows", maxRows)
	}
	if len(fields) != len(rows.header) {
		column := ""
		if len(fields) < len(rows.header) {
			column = rows.column(len(fields))
		}
		return nil, badFile(rows.line, column, "%d fields, the header has %d", len(fields), len(rows.header))
	}
	for i, f := range fields {
		fields[i] = strings.TrimSpace(f)
	}
	return fields, nil
}

// count reads a whole number of people.
func (rows *rows) count(i int, fields []string) (int, error) {
	n, err := strconv.Atoi(fields[i])
	if err != nil || n < 0 || n > MaxPeople {
		return 0, badFile(rows.line, rows.column(i), "%q is not a whole number of people from 0 to %d", shorten(fields[i]), MaxPeople)
	}
	return n, nil
}

// column names column i, by number when it has no name.
func (rows *rows) column(i int) string {
	if i < len(rows.header) && rows.header[i] != "" {
		return shorten(rows.header[i])
	}
	return fmt.Sprint(i + 1)
}

// fault turns an error of the CSV reader, or of what it reads from, into one that names the line.
func (rows *rows) fault(err error) error {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		return badFile(e.Line, "", "character %d: %v", e.Column, e.Err)
	}
	return fmt.Errorf("mse: line %d: %w", rows.line, err)
}

// shorten cuts a value from a file to what fits in a message.
func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
