package causal

import (
	"math"
	"slices"
)

// separated looks for rows that force a coefficient to infinity and returns the index of the first,
// or −1.
//
// A row is on the boundary when it holds no events, or (for proportions) nothing but events. The
// likelihood has no maximum exactly when some direction γ raises the fit of boundary rows for ever
// without touching the others:
//
//	xᵢ'γ = 0 for interior rows,   dᵢ·xᵢ'γ ≥ 0 for boundary rows,   not all zero,
//
// with dᵢ = +1 for "only events" and −1 for "no events" (Albert and Anderson,
// doi:10.1093/biomet/71.1.1; Correia, Guimarães and Zylkin, arXiv:1903.01633). So we ask whether a
// linear subspace meets the non-negative orthant outside 0, by alternating projections from the
// vector of ones. If they meet along a unit vector r, then the product with r never falls and began
// at Σr ≥ 1: a length below 1 therefore proves that they do not meet.
//
// Cost: O(n·p²) once, then O(b·p) for each round, b being the boundary rows; the rounds are capped
// so that all of them together stay below some 10⁸ operations.
func (g *model) separated() int {
	rows, signs, interior := g.boundary()
	if len(rows) == 0 {
		return -1
	}
	basis := g.recession(rows, signs, interior)
	if basis == nil {
		return -1
	}
	u := make([]float64, len(rows))
	for i := range u {
		u[i] = 1
	}
	coef := make([]float64, basis.cols)
	for range min(20_000, 100+50_000_000/(basis.rows*basis.cols)) {
		project(u, basis, coef)
		size := length(u)
		if size < 1-1e-6 {
			return -1
		}
		if slices.Min(u) >= -1e-9*size {
			return rows[firstAbove(u, 1e-6*size)]
		}
		for i := range u {
			u[i] = math.Max(u[i], 0)
		}
	}
	return -1 // undecided: the fit itself will fail at its cap if the estimate runs away
}

// project moves u to the nearest point of the space of an orthonormal basis. coef is room for its
// coordinates.
func project(u []float64, basis *matrix, coef []float64) {
	clear(coef)
	for i, v := range u {
		addScaled(coef, v, basis.row(i))
	}
	for i := range u {
		u[i] = dot(basis.row(i), coef)
	}
}

// boundary splits the rows. signs holds d for each boundary row.
func (g *model) boundary() (rows []int, signs []float64, interior []int) {
	for i, y := range g.y {
		switch {
		case y == 0:
			rows, signs = append(rows, i), append(signs, -1)
		case g.family.Proportion() && y == g.m[i]:
			rows, signs = append(rows, i), append(signs, 1)
		default:
			interior = append(interior, i)
		}
	}
	return rows, signs, interior
}

// recession returns an orthonormal basis (one row per boundary row) of all d·Xγ with γ in the null
// space of the interior rows, or nil when only 0 is in it.
func (g *model) recession(rows []int, signs []float64, interior []int) *matrix {
	free := g.nullSpace(interior)
	if free == nil {
		return nil
	}
	// At least as many rows as columns; the ones that are 0 stay so.
	a := newMatrix(max(len(rows), free.cols), free.cols)
	for k, i := range rows {
		for j, v := range g.x.row(i) {
			addScaled(a.row(k), signs[k]*v, free.row(j))
		}
	}
	svd := decompose(a)
	if svd == nil {
		return nil
	}
	values := svd.values
	rank := 0
	for rank < len(values) && values[rank] > 1e-9*math.Max(values[0], 1e-300) {
		rank++
	}
	if rank == 0 || values[0] < 1e-12 {
		return nil
	}
	return svd.u.part(len(rows), 0, rank)
}

// nullSpace returns an orthonormal basis of the coefficients that leave the given rows untouched,
// one column per dimension, or nil when only 0 does.
func (g *model) nullSpace(interior []int) *matrix {
	p := g.x.cols
	if len(interior) == 0 {
		identity := newMatrix(p, p)
		for j := range p {
			identity.set(j, j, 1)
		}
		return identity
	}
	// At least as many rows as columns.
	sub := newMatrix(max(len(interior), p), p)
	for k, i := range interior {
		copy(sub.row(k), g.x.row(i))
	}
	svd := decompose(sub)
	if svd == nil {
		return nil
	}
	values := svd.values
	rank := 0
	for rank < p && values[rank] > 1e-10*values[0] {
		rank++
	}
	if rank == p {
		return nil
	}
	return svd.v.part(p, rank, p)
}

// firstAbove returns the first index whose value exceeds limit, or 0.
func firstAbove(u []float64, limit float64) int {
	for i, v := range u {
		if v > limit {
			return i
		}
	}
	return 0
}
