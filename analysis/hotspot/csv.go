package hotspot

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Columns names the columns of the files. An empty name is the default, which is the name of the field
// in small letters. Names are compared without regard to case.
type Columns struct {
	// Area names a place. X and Y, or Longitude and Latitude, say where it is.
	Area, X, Y, Longitude, Latitude string
	// Period is a whole number, such as a year, or a date such as 2025-04-30. All periods from the
	// first to the last that occurs are scanned, those without a row too.
	Period string
	// Days is the number of days in one period when Period holds dates; 0 is 1.
	Days                        int
	Cases, Population, Expected string
	// Controls are persons who are no cases; the population is then cases and controls together.
	Controls string
	// Group are the columns that together name a group of people, such as age and sex. When there are
	// any, the expected events are standardised by them ([Standardise]).
	Group []string
}

const (
	maxRows  = 1 << 24
	maxCells = 1 << 24
)

// ReadCSV reads areas, and what was counted in them, from comma-separated files with a header line.
// The first file lists the areas and where they are. The counts are in the files after it, for example
// one with cases and one with the population, or, if there are none, in the first, whose rows may then
// repeat an area. Without a column for the period there is one. Other columns are passed over.
//
// Cases of one area and period are added up; an area without a row has none. A population or an
// expected number may be told once only, unless there are groups, and must then be told for every area
// and period. It fails with [BadFile], which names the line and the column. O(rows + areas × periods).
func ReadCSV(ctx context.Context, c Columns, areas io.Reader, counts ...io.Reader) (Data, error) {
	r := &reader{ctx: ctx, names: c.named(), days: max(1, c.Days), id: map[string]int{}, group: c.Group}
	if c.Days < 0 {
		return Data{}, badSetting("Days", "%d; a positive number is needed", c.Days)
	}
	if err := r.file(areas, "areas", true, len(counts) == 0); err != nil {
		return Data{}, err
	}
	for i, in := range counts {
		if err := r.file(in, fmt.Sprintf("counts in file %d", i+1), false, true); err != nil {
			return Data{}, err
		}
	}
	return r.data()
}

// The columns, in the order of reader.names.
const (
	columnArea = iota
	columnX
	columnY
	columnLongitude
	columnLatitude
	columnPeriod
	columnCases
	columnPopulation
	columnExpected
	columnControls
)

func (c Columns) named() []string {
	names := []string{c.Area, c.X, c.Y, c.Longitude, c.Latitude, c.Period, c.Cases, c.Population, c.Expected, c.Controls}
	for i, usual := range []string{"area", "x", "y", "longitude", "latitude", "period", "cases", "population", "expected", "controls"} {
		if names[i] == "" {
			names[i] = usual
		}
		names[i] = strings.ToLower(strings.TrimSpace(names[i]))
	}
	return names
}

// told is one figure that a row told.
type told struct {
	area, period int
	line         int32
	column       int
	value        float64
	group        string
}

type reader struct {
	ctx     context.Context
	names   []string
	days    int
	group   []string
	areas   []Area
	lines   []int32
	metric  Metric
	id      map[string]int
	told    []told
	dates   bool // periods are dates
	periods bool // there are periods
	seen    [columnControls + 1]bool
}

// file reads one file: places, figures or both.
func (r *reader) file(in io.Reader, what string, places, figures bool) error {
	c := csv.NewReader(in)
	c.ReuseRecord = true
	header, err := c.Read()
	if errors.Is(err, io.EOF) {
		return badFile(1, "", "the %s are empty; a header line is needed", what)
	}
	if err != nil {
		return broken(err)
	}
	at, groups, err := r.columns(header, what, places, figures)
	if err != nil {
		return err
	}
	rows := 0
	for ; ; rows++ {
		if rows&0xfff == 0 && r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return broken(err)
		}
		line, _ := c.FieldPos(0)
		if rows >= maxRows || len(r.told) >= maxRows {
			return &Error{Problem: TooLarge, Row: -1, Period: -1, Line: line, Reason: fmt.Sprintf("at most %d rows are allowed", maxRows)}
		}
		if err := r.row(line, record, at, groups, places, figures); err != nil {
			return err
		}
	}
	if rows == 0 {
		return badFile(1, "", "the %s have a header and no row", what)
	}
	return nil
}

// columns finds the places of the columns in a header.
func (r *reader) columns(header []string, what string, places, figures bool) (at, groups []int, err error) {
	names := make([]string, len(header))
	for i, name := range header {
		names[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
	}
	find := func(name string, must bool) int {
		k := slices.Index(names, name)
		if k < 0 && must && err == nil {
			err = badFile(1, name, "the %s have no such column; there are %q", what, names)
		}
		if k >= 0 && slices.Contains(names[k+1:], name) && err == nil {
			err = badFile(1, name, "the %s have this column twice", what)
		}
		return k
	}
	sphere := places && !slices.Contains(names, r.names[columnX]) && slices.Contains(names, r.names[columnLongitude])
	for i, name := range r.names {
		must, may := i == columnArea, i == columnArea
		switch i {
		case columnX, columnY:
			must, may = places && !sphere, places && !sphere
		case columnLongitude, columnLatitude:
			must, may = sphere, sphere
		case columnPeriod, columnCases, columnPopulation, columnExpected, columnControls:
			may = figures
		}
		k := -1
		if may {
			k = find(name, must)
		}
		at = append(at, k)
		r.seen[i] = r.seen[i] || k >= 0
	}
	if places && sphere {
		r.metric = Sphere
	}
	if figures && max(at[columnCases], at[columnPopulation], at[columnExpected], at[columnControls]) < 0 && err == nil {
		err = badFile(1, r.names[columnCases], "the %s have neither cases nor population, controls or expected numbers; there are %q", what, names)
	}
	for _, g := range r.group {
		if figures {
			groups = append(groups, find(strings.ToLower(strings.TrimSpace(g)), true))
		}
	}
	return at, groups, err
}

// broken tells where the file is not comma-separated values.
func broken(err error) error {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		return badFile(e.Line, "", "%v", e.Err)
	}
	return fmt.Errorf("hotspot: reading: %w", err)
}

// row reads one row.
func (r *reader) row(line int, record []string, at, groups []int, places, figures bool) error {
	name := strings.TrimSpace(record[at[columnArea]])
	if name == "" || !utf8.ValidString(name) {
		return badFile(line, r.names[columnArea], "it is empty or not UTF-8 text")
	}
	area, ok := r.id[name]
	switch {
	case places:
		var err error
		if area, err = r.place(line, name, record, at, figures); err != nil {
			return err
		}
	case !ok:
		return badFile(line, r.names[columnArea], "%q is not on the list of areas", name)
	}
	if !figures {
		return nil
	}
	period, err := r.period(line, record, at[columnPeriod])
	if err != nil {
		return err
	}
	var group []string
	for _, g := range groups {
		group = append(group, strconv.Quote(strings.TrimSpace(record[g])))
	}
	together := strings.Join(group, " ")
	for column := columnCases; column <= columnControls; column++ {
		if at[column] < 0 {
			continue
		}
		v, err := r.number(line, record, at[column], column)
		if err != nil {
			return err
		}
		if !(v >= 0 && v <= maxCount) {
			return badFile(line, r.names[column], "%g is not a number from 0 to %g", v, maxCount)
		}
		r.told = append(r.told, told{area, period, int32(line), column, v, together})
	}
	return nil
}

// place finds or adds an area.
func (r *reader) place(line int, name string, record []string, at []int, again bool) (int, error) {
	x, y := columnX, columnY
	if r.metric == Sphere {
		x, y = columnLongitude, columnLatitude
	}
	a := Area{Name: strings.Clone(name)}
	var err error
	if a.X, err = r.number(line, record, at[x], x); err != nil {
		return 0, err
	}
	if a.Y, err = r.number(line, record, at[y], y); err != nil {
		return 0, err
	}
	if i, ok := r.id[name]; ok {
		if !again {
			return 0, badFile(line, r.names[columnArea], "%q is on line %d already", name, r.lines[i])
		}
		if r.areas[i] != a {
			return 0, badFile(line, r.names[x], "%q lies elsewhere on line %d", name, r.lines[i])
		}
		return i, nil
	}
	if err := checkAreas([]Area{a, {}}, r.metric); err != nil {
		return 0, badFile(line, r.names[x], "(%g, %g) is not a place", a.X, a.Y)
	}
	r.id[a.Name] = len(r.areas)
	r.areas, r.lines = append(r.areas, a), append(r.lines, int32(line))
	return len(r.areas) - 1, nil
}

func (r *reader) number(line int, record []string, at, column int) (float64, error) {
	text := strings.TrimSpace(record[at])
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, badFile(line, r.names[column], "%q is not a number", shorten(text))
	}
	return v, nil
}

// shorten keeps an error readable when a field is long.
func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
