package mse

import (
	"context"
	"math"
)

const (
	tiny        = 1e-9 // below this a tableau entry counts as 0; the data are 0, 1 and whole counts
	positiveGap = 1e-6 // a margin s above this is not rounding: it is a ratio of small determinants
)

// programme is the tableau of: maximise s subject to A·y + (A·1)·s = b, y ≥ 0, s ≥ 0, where A holds
// zeros and ones. Columns: one for each cell, then s, then one artificial variable for each row, then
// the right side.
type programme struct {
	rows, cells int
	width       int
	a           []float64 // rows×width
	cost        []float64 // reduced costs of the phase at hand
	basis       []int     // column that is basic in each row
	gone        []bool    // rows found to depend on others
}

func newProgramme(rows, cells int) *programme {
	width := cells + 1 + rows + 1
	p := &programme{
		rows: rows, cells: cells, width: width, a: make([]float64, rows*width),
		cost: make([]float64, width), basis: make([]int, rows), gone: make([]bool, rows),
	}
	for i := range rows {
		p.row(i)[cells+1+i] = 1
		p.basis[i] = cells + 1 + i
	}
	return p
}

func (p *programme) row(i int) []float64 { return p.a[i*p.width : (i+1)*p.width] }

// set puts a one at row i of cell j.
func (p *programme) set(i, j int) {
	r := p.row(i)
	r[j]++
	r[p.cells]++
}

// right sets the right side of row i, which must not be negative.
func (p *programme) right(i int, b float64) { p.row(i)[p.width-1] = b }

// feasible drives the artificial variables out and returns the rank of A. The programme always has
// a solution, because the counts are one.
func (p *programme) feasible(ctx context.Context) (int, error) {
	clear(p.cost)
	for i := range p.rows {
		for j, v := range p.row(i) {
			p.cost[j] -= v
		}
	}
	for j := p.cells + 1; j < p.width-1; j++ {
		p.cost[j] = 0
	}
	if err := p.improve(ctx, func() bool { return false }); err != nil {
		return 0, err
	}
	rank := 0
	for i := range p.rows {
		if p.basis[i] > p.cells {
			p.evict(i)
		}
		if !p.gone[i] {
			rank++
		}
	}
	return rank, nil
}

// evict replaces an artificial variable left in the basis at 0, or marks the row as dependent.
func (p *programme) evict(i int) {
	best, at := tiny, -1
	for j, v := range p.row(i)[:p.cells+1] {
		if math.Abs(v) > best {
			best, at = math.Abs(v), j
		}
	}
	if at < 0 {
		p.gone[i] = true
		return
	}
	p.pivot(i, at)
}

// positive maximises s after feasible, and reports whether it can be above 0.
func (p *programme) positive(ctx context.Context) (bool, error) {
	clear(p.cost)
	p.cost[p.cells] = -1
	for i := range p.rows {
		if p.basis[i] == p.cells {
			for j, v := range p.row(i) {
				p.cost[j] += v
			}
		}
	}
	above := func() bool { return p.cost[p.width-1] > positiveGap }
	if err := p.improve(ctx, above); err != nil {
		return false, err
	}
	return above(), nil
}

// improve pivots until no cell or margin has a negative reduced cost, or done says that enough is
// known. It takes the most negative column first and, from half of the cap on, Bland's rule, which
// cannot cycle.
func (p *programme) improve(ctx context.Context, done func() bool) error {
	limit := 200 * (p.rows + p.cells + 1)
	for count := range limit {
		if count%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if done() {
			return nil
		}
		enter := p.entering(count > limit/2)
		if enter < 0 {
			return nil
		}
		leave := p.leaving(enter)
		if leave < 0 {
			return &Error{Problem: NotConverged, Reason: "the check for existence is unbounded through rounding"}
		}
		p.pivot(leave, enter)
	}
	return &Error{Problem: NotConverged, Reason: "the check for existence reached its cap"}
}

// entering returns the column to bring in, or -1.
func (p *programme) entering(bland bool) int {
	at, best := -1, -tiny
	for j, c := range p.cost[:p.cells+1] {
		if c < best {
			at, best = j, c
			if bland {
				return at
			}
		}
	}
	return at
}

// leaving returns the row that limits the column, with the smallest basic column on ties, or -1.
func (p *programme) leaving(enter int) int {
	at, best := -1, math.Inf(1)
	for i := range p.rows {
		r := p.row(i)
		if p.gone[i] || r[enter] <= tiny {
			continue
		}
		ratio := max(r[p.width-1], 0) / r[enter]
		if ratio < best-tiny || ratio < best+tiny && p.basis[i] < p.basis[at] {
			at, best = i, ratio
		}
	}
	return at
}

func (p *programme) pivot(i, j int) {
	r := p.row(i)
	scale := 1 / r[j]
	for l := range r {
		r[l] *= scale
	}
	r[j] = 1
	for o := range p.rows {
		if o != i {
			p.subtract(p.row(o), r, j)
		}
	}
	p.subtract(p.cost, r, j)
	p.basis[i] = j
}

// subtract removes the multiple of r from s that makes column j zero.
func (p *programme) subtract(s, r []float64, j int) {
	f := s[j]
	if f == 0 {
		return
	}
	for l, v := range r {
		s[l] -= f * v
	}
	s[j] = 0
}
