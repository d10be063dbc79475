package causal

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// leastSquares is an ordinary least-squares fit of n rows on p terms.
type leastSquares struct {
	x        *mat.Dense
	beta     []float64
	bread    *mat.Dense // (X'X)⁻¹
	residual []float64
	spread   float64 // largest |y|, against which residuals count as rounding
}

// solve fits y on the columns of x by QR; false when the columns do not determine the fit.
func solve(x *mat.Dense, y []float64) (*leastSquares, bool) {
	n, p := x.Dims()
	if n < p {
		return nil, false
	}
	var qr mat.QR
	qr.Factorize(x)
	r := triangle(&qr, p)
	for j := range p {
		if !(math.Abs(r.At(j, j)) > 1e-9*mat.Norm(x.ColView(j), 2)) {
			return nil, false
		}
	}
	beta := mat.NewVecDense(p, nil)
	if err := qr.SolveVecTo(beta, false, mat.NewVecDense(n, append([]float64(nil), y...))); err != nil {
		return nil, false
	}
	var inverse mat.TriDense
	if err := inverse.InverseTri(r); err != nil {
		return nil, false
	}
	fit := &leastSquares{x: x, beta: beta.RawVector().Data, bread: mat.NewDense(p, p, nil), residual: make([]float64, n)}
	fit.bread.Mul(&inverse, inverse.T())
	for i := range n {
		fit.residual[i] = y[i] - dot(x.RawRowView(i), fit.beta)
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
func (l *leastSquares) robust(kind GroupErrors, names []string) (v *mat.Dense, groups int) {
	n, p := l.x.Dims()
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
