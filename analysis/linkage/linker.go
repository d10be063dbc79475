package linkage

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// linker holds one linkage while it runs, and afterwards what is needed to explain it.
type linker struct {
	table    *Table
	settings Settings
	rows     int
	fields   []field
	// ids holds the canonical value of each field, row after row.
	ids []uint32
	// files holds the file of each row, nil when there is one file.
	files []uint8

	rules []Prediction
	// at holds the fields of the parts of each rule.
	at [][]int
	// keys holds the key of each rule, row after row.
	keys   []uint64
	orders [][]entry

	pairs   [][]pair
	tallies []tally
	random  []tally
	// tied holds for each field how the others agree among strangers with the same value of it, and
	// parents which field each is weighed given, or −1.
	tied    []*tied
	parents []int
	// reach is the share of imagined matches that meet each rule.
	reach  []float64
	model  Model
	tables tables
	notes  []string
}

func (l *linker) note(format string, args ...any) {
	l.notes = append(l.notes, fmt.Sprintf(format, args...))
}

// newLinker checks the settings and makes the values ready.
func newLinker(ctx context.Context, t *Table, s Settings) (*linker, error) {
	if t == nil || t.rows == 0 {
		return nil, &Error{Problem: TooFew, Row: -1, Reason: "there is no row; at least two are needed"}
	}
	if t.rows == 1 {
		return nil, &Error{Problem: TooFew, Row: 0, Line: t.Line(0), Reason: "it is the only row; there is nothing to compare it with"}
	}
	if t.Files() > 1<<8 {
		return nil, tooLarge("files", "at most %d are allowed", 1<<8)
	}
	if total(t) == 0 {
		return nil, &Error{Problem: TooFew, Row: -1, Reason: "all rows are in one file; records are compared across files only"}
	}
	s, err := s.checked(t)
	if err != nil {
		return nil, err
	}
	l := &linker{table: t, settings: s, rows: t.rows}
	if t.Files() > 1 {
		l.files = make([]uint8, t.rows)
		for i := range t.Files() {
			for row := t.starts[i]; row < t.starts[i+1]; row++ {
				l.files[row] = uint8(i)
			}
		}
	}
	if err := l.choose(); err != nil {
		return nil, err
	}
	if err := l.prepare(ctx); err != nil {
		return nil, err
	}
	l.noteUnknown()
	return l, l.checkDecisions()
}

// noteUnknown tells of values that are taken as not known and of rows without any.
func (l *linker) noteUnknown() {
	w := len(l.fields)
	for i, f := range l.fields {
		unread, first := 0, -1
		for row, id := range l.table.columns[f.column].ids {
			if id != 0 && l.ids[row*w+i] == 0 {
				if unread++; first < 0 {
					first = row
				}
			}
		}
		if unread > 0 {
			l.note("column %q: %d values cannot be read as a %v and count as not known, first in row %d", f.Column, unread, f.Kind, first)
		}
	}
	empty, first := 0, -1
	for row := range l.rows {
		if !slices.ContainsFunc(l.ids[row*w:row*w+w], func(id uint32) bool { return id != 0 }) {
			if empty++; first < 0 {
				first = row
			}
		}
	}
	if empty > 0 {
		l.note("%d rows have no value in any compared column and are linked to none, first row %d", empty, first)
	}
}

// file returns the file of a row.
func (l *linker) file(row int) int {
	if l.files == nil {
		return 0
	}
	return int(l.files[row])
}

// across says whether two rows are to be compared.
func (l *linker) across(a, b uint32) bool { return l.files == nil || l.files[a] != l.files[b] }

// choose settles the fields.
func (l *linker) choose() error {
	fields := slices.Clone(l.settings.Fields)
	if fields == nil {
		var left []string
		fields, left = Infer(l.table, l.settings.Ignore...)
		l.notes = append(l.notes, left...)
	} else if err := checkFields(l.table, fields); err != nil {
		return err
	}
	for _, f := range fields {
		at := l.table.index(f.Column)
		f.Column = l.table.columns[at].name
		if distinct := len(l.table.columns[at].values) - 1; distinct < 2 && l.settings.Fields != nil {
			l.note("column %q has %d different values and tells nothing", f.Column, distinct)
		}
		l.fields = append(l.fields, field{Field: f, column: at, partner: -1})
	}
	if len(l.fields) == 0 {
		return &Error{Problem: NoEvidence, Row: -1, Reason: "no column tells records apart: each is empty, has one value only or numbers the rows"}
	}
	for i := range l.fields {
		if l.fields[i].Exchanged == "" {
			continue
		}
		o := slices.IndexFunc(l.fields, func(f field) bool { return strings.EqualFold(f.Column, l.fields[i].Exchanged) })
		l.fields[i].partner, l.fields[o].partner, l.fields[i].leads = o, i, true
	}
	return nil
}

// prepare makes canonical values; two fields that change places share theirs.
func (l *linker) prepare(ctx context.Context) error {
	w := len(l.fields)
	l.ids = make([]uint32, l.rows*w)
	return each(ctx, w, l.settings.Workers, func() struct{} { return struct{}{} }, func(_ struct{}, i int) error {
		f := &l.fields[i]
		if f.partner >= 0 && !f.leads {
			return nil
		}
		s := newValues(f.Kind)
		seen := map[string]uint32{"": 0}
		l.fill(i, s, s.take(seen, l.table.columns[f.column].values))
		if f.leads {
			o := &l.fields[f.partner]
			l.fill(f.partner, s, s.take(seen, l.table.columns[o.column].values))
		}
		f.count = append(f.count, make([]uint32, len(s.text)-len(f.count))...)
		return nil
	})
}

// fill writes the canonical ids of one field and counts its values.
func (l *linker) fill(i int, s *values, canonical []uint32) {
	f := &l.fields[i]
	w := len(l.fields)
	f.values = s
	f.count = make([]uint32, len(s.text))
	for row, id := range l.table.columns[f.column].ids {
		c := canonical[id]
		l.ids[row*w+i] = c
		f.count[c]++
	}
	f.known = l.rows - int(f.count[0])
	f.count[0] = 0
}

// share returns the share of rows in which a field is known.
func (l *linker) share(i int) float64 { return float64(l.fields[i].known) / float64(l.rows) }
