package hotspot

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// epoch is day 0 of dated periods.
var epoch = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)

// period reads a period: a whole number, or a date as days since 1970.
func (r *reader) period(line int, record []string, at int) (int, error) {
	if at < 0 {
		if r.periods {
			return 0, badFile(line, r.names[columnPeriod], "the files before have periods; this one has none")
		}
		return 0, nil
	}
	text := strings.TrimSpace(record[at])
	value, dated := 0, false
	if n, err := strconv.Atoi(text); err == nil && n >= -1e9 && n <= 1e9 {
		value = n
	} else if t, err := time.Parse(time.DateOnly, strings.ReplaceAll(text, "/", "-")); err == nil {
		value, dated = int(math.Floor(t.Sub(epoch).Hours()/24)), true
	} else {
		return 0, badFile(line, r.names[columnPeriod], "%q is neither a whole number nor a date such as 2025-04-30", shorten(text))
	}
	if len(r.told) > 0 && (!r.periods || r.dates != dated) {
		return 0, badFile(line, r.names[columnPeriod], "%q is not of the same kind as the periods before", shorten(text))
	}
	r.periods, r.dates = true, dated
	return value, nil
}

// data puts together what the rows told.
func (r *reader) data() (Data, error) {
	if !r.seen[columnCases] {
		return Data{}, badFile(1, r.names[columnCases], "no file has this column")
	}
	d := Data{Areas: r.areas, Metric: r.metric, Periods: 1}
	first, err := r.span(&d)
	if err != nil {
		return Data{}, err
	}
	n := len(d.Areas) * d.Periods
	d.Cases, d.Lines = make([]float64, n), make([]int32, n)
	population, expected := r.blank(n, columnPopulation, columnControls), r.blank(n, columnExpected)
	strata := make([]Stratum, 0)
	for _, t := range r.told {
		period := (t.period - first) / r.step()
		cell := t.area*d.Periods + period
		if d.Lines[cell] == 0 || t.column == columnCases {
			d.Lines[cell] = t.line
		}
		s := Stratum{Area: t.area, Period: period, Group: t.group, Line: t.line}
		to := expected
		switch t.column {
		case columnCases:
			d.Cases[cell] += t.value
			s.Cases = t.value
			if r.seen[columnControls] {
				to = population
				break
			}
			strata = append(strata, s)
			continue
		case columnPopulation, columnControls:
			to = population
			s.Population = t.value
			strata = append(strata, s)
		}
		if !to.add(cell, t, len(r.group) > 0 || r.seen[columnControls]) {
			return Data{}, badFile(int(t.line), r.names[t.column], "it was told before for this area and period")
		}
	}
	if d.Population, err = r.complete(&d, population, r.names[columnPopulation]); err != nil {
		return Data{}, err
	}
	if d.Expected, err = r.complete(&d, expected, r.names[columnExpected]); err != nil {
		return Data{}, err
	}
	if len(r.group) > 0 && d.Population != nil && d.Expected == nil && !r.seen[columnControls] {
		d.Expected, err = Standardise(r.ctx, len(d.Areas), d.Periods, strata)
		d.Basis = "expected events standardised by " + strings.Join(r.group, ", ")
	}
	return d, err
}

func (r *reader) step() int {
	if r.dates {
		return r.days
	}
	return 1
}

// span finds the first period, sets their number and their names.
func (r *reader) span(d *Data) (first int, err error) {
	if !r.periods {
		return 0, nil
	}
	last := r.told[0].period
	first = last
	for _, t := range r.told {
		first, last = min(first, t.period), max(last, t.period)
	}
	if span := (last-first)/r.step() + 1; span > 1<<16 || span*len(d.Areas) > maxCells {
		return 0, &Error{Problem: TooLarge, Row: -1, Period: -1, Column: r.names[columnPeriod], Reason: fmt.Sprintf("%d periods for %d areas; at most 65536 periods and %d figures are allowed", span, len(d.Areas), maxCells)}
	}
	d.Periods = (last-first)/r.step() + 1
	for p := range d.Periods {
		name := strconv.Itoa(first + p)
		if r.dates {
			name = epoch.AddDate(0, 0, first+p*r.days).Format(time.DateOnly)
		}
		d.Names = append(d.Names, name)
	}
	return first, nil
}

// figures are numbers of cells that may be told once.
type figures struct {
	value []float64
	known []bool
}

// blank returns room for a column that occurs, or nil.
func (r *reader) blank(n int, columns ...int) *figures {
	for _, c := range columns {
		if r.seen[c] {
			return &figures{make([]float64, n), make([]bool, n)}
		}
	}
	return nil
}

func (f *figures) add(cell int, t told, again bool) bool {
	if f.known[cell] && !again {
		return false
	}
	f.value[cell] += t.value
	f.known[cell] = true
	return true
}

// complete refuses a column that is not told for every area and period.
func (r *reader) complete(d *Data, f *figures, column string) ([]float64, error) {
	if f == nil {
		return nil, nil
	}
	for cell, known := range f.known {
		if known || r.seen[columnControls] && column == r.names[columnPopulation] {
			continue // without a row there is no control
		}
		e := problem(BadFile, cell/d.Periods, d.Areas[cell/d.Periods].Name, "it is not told")
		e.Column = column
		if d.Periods > 1 {
			e.Period = cell % d.Periods
		}
		return nil, e
	}
	return f.value, nil
}
