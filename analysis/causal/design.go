package causal

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// greatest is the largest magnitude accepted for a figure or a time. Above it a count is no longer
// a whole number in floating point, and a sum of squares could overflow.
const greatest = 1e15

// column is one term of the design.
type column struct {
	name string
	// change is the index of the intervention this term belongs to, or −1.
	change int
	slope  bool
	season bool
	value  func(t float64) float64
}

// columns lists the terms in the order intercept, time, seasons, then level and slope of each
// intervention. A term that repeats earlier ones is the one reported as collinear, so the terms of
// interest come last.
func (s SeriesSettings) columns() []column {
	cols := []column{{name: "intercept", change: -1, value: func(float64) float64 { return 1 }}}
	if !s.NoTrend {
		cols = append(cols, column{name: "time", change: -1, value: func(t float64) float64 { return t }})
	}
	for k := 1; k <= s.Harmonics; k++ {
		turn := 2 * math.Pi * float64(k) / s.Period
		cols = append(cols,
			column{name: fmt.Sprintf("sine %d", k), change: -1, season: true, value: func(t float64) float64 { return math.Sin(turn * t) }},
			column{name: fmt.Sprintf("cosine %d", k), change: -1, season: true, value: func(t float64) float64 { return math.Cos(turn * t) }})
	}
	for i, iv := range s.Interventions {
		at := iv.At
		cols = append(cols, column{name: "level: " + iv.Name, change: i, value: func(t float64) float64 {
			if t >= at {
				return 1
			}
			return 0
		}})
		if iv.Slope {
			cols = append(cols, column{name: "slope: " + iv.Name, change: i, slope: true, value: func(t float64) float64 {
				return max(0, t-at)
			}})
		}
	}
	return cols
}

// order returns the row indices in order of time.
func order(rows []Row) []int {
	index := make([]int, len(rows))
	for i := range index {
		index[i] = i
	}
	slices.SortFunc(index, func(a, b int) int { return cmp.Compare(rows[a].Time, rows[b].Time) })
	return index
}

// checkRows refuses rows that the family cannot hold.
func checkRows(rows []Row, f Family) error {
	exposed := false
	for _, r := range rows {
		exposed = exposed || r.Exposure != 0
	}
	for i, r := range rows {
		if err := r.check(i, f, exposed); err != nil {
			return err
		}
	}
	return nil
}

func (r Row) check(i int, f Family, exposed bool) error {
	for _, v := range []struct {
		name  string
		value float64
	}{{"time", r.Time}, {"events", r.Events}, {"failures", r.Failures}, {"exposure", r.Exposure}} {
		if !finite(v.value) || math.Abs(v.value) > greatest {
			return badRow(i, r.Label, "%s is %g, which is not a number of at most %g", v.name, v.value, greatest)
		}
	}
	switch {
	case r.Events < 0:
		return badRow(i, r.Label, "events are %g, below 0", r.Events)
	case f.Proportion() && r.Failures < 0:
		return badRow(i, r.Label, "failures are %g, below 0", r.Failures)
	case f.Proportion() && r.Events+r.Failures < 1e-9:
		return badRow(i, r.Label, "there are no trials; leave the row out")
	case f.Proportion() && exposed:
		return badRow(i, r.Label, "a proportion takes no exposure: its trials are events plus failures")
	case !f.Proportion() && r.Failures != 0:
		return badRow(i, r.Label, "a count takes no failures; use a binomial family")
	case !f.Proportion() && exposed && r.Exposure < 1e-15:
		return badRow(i, r.Label, "exposure is %g; it must be above 0 in every row, or 0 in all", r.Exposure)
	}
	return nil
}

// checkTimes refuses two rows of one time, and interventions with too few rows beside them.
// index is the order of time.
func checkTimes(rows []Row, index []int, s SeriesSettings) error {
	for k := 1; k < len(index); k++ {
		if rows[index[k]].Time == rows[index[k-1]].Time {
			return badRow(index[k], rows[index[k]].Label, "row %d has the same time; one series has one row for each time", index[k-1])
		}
	}
	changes := slices.Clone(s.Interventions)
	slices.SortFunc(changes, func(a, b Intervention) int { return cmp.Compare(a.At, b.At) })
	need := 3
	if s.NoTrend {
		need = 2
	}
	start, name := 0, "the time before "+changes[0].Name
	for k := range len(changes) + 1 {
		end := len(index)
		if k < len(changes) {
			end, _ = slices.BinarySearchFunc(index, changes[k].At, func(i int, at float64) int { return cmp.Compare(rows[i].Time, at) })
		}
		if end-start < need {
			return tooFew(rows, index[start:end], name, need)
		}
		if k < len(changes) {
			start, name, need = end, "the time after "+changes[k].Name, 2
			if changes[k].Slope {
				need = 3
			}
		}
	}
	return nil
}

// tooFew names the first of the rows that do not suffice.
func tooFew(rows []Row, have []int, term string, need int) *Error {
	e := &Error{Problem: TooFewRows, Row: -1, Term: term, Reason: fmt.Sprintf("%d row(s) where at least %d are needed", len(have), need)}
	if len(have) > 0 {
		e.Row, e.Label = have[0], rows[have[0]].Label
	}
	return e
}

// build makes the model from rows in order of time, and refuses terms that earlier terms determine.
func build(rows []Row, index []int, s SeriesSettings, cols []column) (*model, error) {
	n, p := len(rows), len(cols)
	if n <= p {
		return nil, &Error{Problem: TooFewRows, Row: -1, Reason: fmt.Sprintf("%d rows for %d terms", n, p)}
	}
	g := &model{
		family: s.Family, x: newMatrix(n, p), scale: make([]float64, p),
		y: make([]float64, n), m: make([]float64, n), offset: make([]float64, n),
	}
	for k, i := range index {
		r := rows[i]
		g.y[k], g.m[k] = r.Events, 1
		if s.Family.Proportion() {
			g.m[k] = r.Events + r.Failures
		} else if r.Exposure > 0 {
			g.offset[k] = math.Log(r.Exposure)
		}
		for j, c := range cols {
			g.x.set(k, j, c.value(r.Time))
		}
	}
	for j := range p {
		g.scale[j] = length(g.x.col(j))
		// A sine sampled at its zeros is not exactly 0 in floating point.
		if g.scale[j] == 0 || (cols[j].season && g.scale[j] < 1e-9) {
			return nil, collinear(cols[j], "it is zero in every row")
		}
		for k := range n {
			g.x.set(k, j, g.x.at(k, j)/g.scale[j])
		}
	}
	r := factorize(g.x).r
	for j := range p {
		// |R_jj| is the distance of the unit column j from the span of the columns before it.
		if math.Abs(r.at(j, j)) < 1e-9 {
			return nil, collinear(cols[j], "the terms before it determine it")
		}
	}
	return g, nil
}

func collinear(c column, reason string) *Error {
	return &Error{Problem: Collinear, Row: -1, Term: c.name, Reason: reason}
}
