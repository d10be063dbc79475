package causal

import (
	"math"
	"slices"
)

// singular is A = U·diag(values)·V', with falling values. Columns of U whose value is 0 are 0.
type singular struct {
	values []float64
	u, v   *matrix
}

// decompose rotates the columns of A against each other until all are orthogonal (one-sided Jacobi:
// Demmel and Veselić, doi:10.1137/0613074), which finds small values to full relative accuracy. A has
// at least as many rows as columns. It returns nil when that does not end, as with numbers that are not
// finite. Cost: O(n·p²) a sweep, and some ten sweeps.
func decompose(a *matrix) *singular {
	p := a.cols
	u, v := make([][]float64, p), make([][]float64, p)
	for j := range p {
		u[j], v[j] = a.col(j), make([]float64, p)
		v[j][j] = 1
	}
	for range 60 {
		if !sweep(u, v) {
			return byValue(u, v)
		}
	}
	return nil
}

// sweep turns every pair of columns once and reports whether one had to be turned.
func sweep(u, v [][]float64) (turned bool) {
	const orthogonal = 1e-15
	for i := range u {
		for j := i + 1; j < len(u); j++ {
			alpha, beta, gamma := dot(u[i], u[i]), dot(u[j], u[j]), dot(u[i], u[j])
			if math.Abs(gamma) <= orthogonal*math.Sqrt(alpha)*math.Sqrt(beta) {
				continue
			}
			turned = true
			zeta := (beta - alpha) / (2 * gamma)
			t := math.Copysign(1/(math.Abs(zeta)+math.Hypot(1, zeta)), zeta)
			c := 1 / math.Hypot(1, t)
			rotate(u[i], u[j], c, c*t)
			rotate(v[i], v[j], c, c*t)
		}
	}
	return turned
}

func rotate(x, y []float64, c, s float64) {
	for k, v := range x {
		x[k], y[k] = c*v-s*y[k], s*v+c*y[k]
	}
}

// byValue makes the columns of U unit vectors and sorts by falling value.
func byValue(u, v [][]float64) *singular {
	p := len(u)
	values, rank := make([]float64, p), make([]int, p)
	for j := range p {
		values[j], rank[j] = length(u[j]), j
	}
	slices.SortStableFunc(rank, func(a, b int) int {
		switch {
		case values[a] > values[b]:
			return -1
		case values[a] < values[b]:
			return 1
		}
		return 0
	})
	s := &singular{values: make([]float64, p), u: newMatrix(len(u[0]), p), v: newMatrix(p, p)}
	for to, from := range rank {
		s.values[to] = values[from]
		for i, x := range v[from] {
			s.v.set(i, to, x)
		}
		if values[from] == 0 {
			continue
		}
		for i, x := range u[from] {
			s.u.set(i, to, x/values[from])
		}
	}
	return s
}
