package causal

import (
	"math"

	"gonum.org/v1/gonum/mat"
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
	k, q := basis.Dims()
	uVec, coef := mat.NewVecDense(k, u), mat.NewVecDense(q, nil)
	for range min(20_000, 100+50_000_000/(k*q)) {
		coef.MulVec(basis.T(), uVec)
		uVec.MulVec(basis, coef)
		length := mat.Norm(uVec, 2)
		if length < 1-1e-6 {
			return -1
		}
		if mat.Min(uVec) >= -1e-9*length {
			return rows[firstAbove(u, 1e-6*length)]
		}
		for i := range u {
			u[i] = math.Max(u[i], 0)
		}
	}
	return -1 // undecided: the fit itself will fail at its cap if the estimate runs away
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
func (g *model) recession(rows []int, signs []float64, interior []int) *mat.Dense {
	free := g.nullSpace(interior)
	if free == nil {
		return nil
	}
	_, q := free.Dims()
	a := mat.NewDense(len(rows), q, nil)
	for k, i := range rows {
		for j := range q {
			a.Set(k, j, signs[k]*mat.Dot(g.x.RowView(i), free.ColView(j)))
		}
	}
	var svd mat.SVD
	if !svd.Factorize(a, mat.SVDThin) {
		return nil
	}
	values := svd.Values(nil)
	rank := 0
	for rank < len(values) && values[rank] > 1e-9*math.Max(values[0], 1e-300) {
		rank++
	}
	if rank == 0 || values[0] < 1e-12 {
		return nil
	}
	var u mat.Dense
	svd.UTo(&u)
	return mat.DenseCopyOf(u.Slice(0, len(rows), 0, rank))
}

// nullSpace returns an orthonormal basis of the coefficients that leave the given rows untouched,
// one column per dimension, or nil when only 0 does.
func (g *model) nullSpace(interior []int) *mat.Dense {
	_, p := g.x.Dims()
	if len(interior) == 0 {
		identity := mat.NewDense(p, p, nil)
		for j := range p {
			identity.Set(j, j, 1)
		}
		return identity
	}
	// At least p rows, so that the decomposition returns all p right-hand vectors.
	sub := mat.NewDense(max(len(interior), p), p, nil)
	for k, i := range interior {
		sub.SetRow(k, g.x.RawRowView(i))
	}
	var svd mat.SVD
	if !svd.Factorize(sub, mat.SVDThin) {
		return nil
	}
	values := svd.Values(nil)
	rank := 0
	for rank < p && values[rank] > 1e-10*values[0] {
		rank++
	}
	if rank == p {
		return nil
	}
	var v mat.Dense
	svd.VTo(&v)
	return mat.DenseCopyOf(v.Slice(0, p, rank, p))
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
