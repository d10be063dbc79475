package causal

import "math"

// neweyWest returns the covariance of β that allows for unequal variances and for correlation
// between rows up to lag L:
//
//	V = n/(n−p) · B·(Γ₀ + Σₗ₌₁..L (1 − l/(L+1))·(Γₗ + Γₗ'))·B      Γₗ = Σᵢ sᵢ·sᵢ₋ₗ'
//
// with the scores sᵢ = xᵢ·(yᵢ − μᵢ) of the canonical link and B = (X'WX)⁻¹. The Bartlett weights
// keep it positive semi-definite (Newey and West, doi:10.2307/1913610). Cost: O(L·n·p + n·p²).
func neweyWest(x, bread *matrix, residual []float64, lag int) *matrix {
	n, p := x.rows, x.cols
	scores := newMatrix(n, p)
	for i := range n {
		row := scores.row(i)
		for j, v := range x.row(i) {
			row[j] = v * residual[i]
		}
	}
	meat := cross(scores, scores, 0, n)
	for l := 1; l <= lag; l++ {
		w := 1 - float64(l)/float64(lag+1)
		gamma := cross(scores, scores, l, n-l)
		for a := range p {
			for b := range p {
				meat.set(a, b, meat.at(a, b)+w*(gamma.at(a, b)+gamma.at(b, a)))
			}
		}
	}
	return sandwich(bread, meat, float64(n)/float64(n-p))
}

// sandwich returns c·B·M·B.
func sandwich(bread, meat *matrix, c float64) *matrix {
	return bread.times(meat).times(bread).scaled(c)
}

// clustered returns the covariance that allows for any correlation within clusters:
//
//	V = c · B·(Σ_g s_g·s_g')·B      s_g = Σ_{i in g} xᵢ·eᵢ
//
// (Liang and Zeger, doi:10.1093/biomet/73.1.13). With every row its own cluster and c = n/(n−p)
// it is HC1 of MacKinnon and White, doi:10.1016/0304-4076(85)90158-7.
func clustered(x, bread *matrix, residual []float64, cluster []int, count int, c float64) *matrix {
	n, p := x.rows, x.cols
	sums := newMatrix(count, p)
	for i := range n {
		row := sums.row(cluster[i])
		for j, v := range x.row(i) {
			row[j] += v * residual[i]
		}
	}
	return sandwich(bread, cross(sums, sums, 0, count), c)
}

// autocorrelation returns the correlation of e with itself at lags 1 to len(out):
// Σ eᵢ·eᵢ₋ₗ / Σ eᵢ², and 0 where there are not enough rows or no variation.
func autocorrelation(e []float64) (out [4]float64) {
	square := dot(e, e)
	if square == 0 || !finite(square) {
		return out
	}
	for l := 1; l <= len(out) && l < len(e); l++ {
		out[l-1] = dot(e[l:], e[:len(e)-l]) / square
	}
	return out
}

// root returns √v, reading tiny negative rounding as 0.
func root(v float64) float64 { return math.Sqrt(math.Max(v, 0)) }
