package causal

import "math"

// leastSquares is an ordinary least-squares fit of n rows on p terms.
type leastSquares struct {
	x        *matrix
	beta     []float64
	bread    *matrix // (X'X)⁻¹
	residual []float64
	spread   float64 // largest |y|, against which residuals count as rounding
}

// solve fits y on the columns of x by QR; false when the columns do not determine the fit.
func solve(x *matrix, y []float64) (*leastSquares, bool) {
	n, p := x.rows, x.cols
	if n < p {
		return nil, false
	}
	qr := factorize(x)
	for j := range p {
		if !(math.Abs(qr.r.at(j, j)) > 1e-9*length(x.col(j))) {
			return nil, false
		}
	}
	inverse, condition := qr.inverse()
	if !(condition < 1e16) {
		return nil, false
	}
	fit := &leastSquares{x: x, beta: qr.solve(y), bread: inverse.times(inverse.transposed()), residual: make([]float64, n)}
	for i := range n {
		fit.residual[i] = y[i] - dot(x.row(i), fit.beta)
		fit.spread = max(fit.spread, math.Abs(y[i]))
	}
	return fit, finite(fit.beta...)
}

// exact reports whether the residuals are no more than rounding.
func (l *leastSquares) exact() bool {
	for _, e := range l.residual {
		if math.Abs(e) > 1e-12*l.spread {
			return false
		}
	}
	return true
}

// robust returns the covariance of the coefficients. With HC1 every row is its own cluster.
// groups is the number of clusters behind the degrees of freedom.
func (l *leastSquares) robust(kind GroupErrors, names []string) (v *matrix, groups int) {
	n, p := l.x.rows, l.x.cols
	cluster := make([]int, n)
	if kind == HC1 {
		for i := range cluster {
			cluster[i] = i
		}
		return clustered(l.x, l.bread, l.residual, cluster, n, float64(n)/float64(n-p)), n
	}
	number := map[string]int{}
	for i, name := range names {
		k, known := number[name]
		if !known {
			k = len(number)
			number[name] = k
		}
		cluster[i] = k
	}
	g := len(number)
	correction := float64(g) / float64(g-1) * float64(n-1) / float64(n-p)
	return clustered(l.x, l.bread, l.residual, cluster, g, correction), g
}
