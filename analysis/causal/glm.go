package causal

import "math"

// model is a generalised linear model ready to be fitted: n rows, p terms.
type model struct {
	family Family
	x      *matrix   // n×p, columns scaled to unit length
	scale  []float64 // what each column was divided by
	y      []float64 // events
	m      []float64 // trials; 1 for counts
	offset []float64 // log exposure; 0 for proportions
}

// fitted is a converged fit in the units of the scaled columns.
type fitted struct {
	beta       []float64
	eta        []float64 // linear predictor with offset
	mu         []float64 // expected events
	weight     []float64 // variance at dispersion 1
	bread      *matrix   // (X'WX)⁻¹
	deviance   float64
	iterations int
}

// fit runs iteratively reweighted least squares, each step by QR of the weighted design:
//
//	z = Xβ + (y − μ)/μ'   w = μ'   β ← argmin Σ w·(z − xβ)²
//
// A step that raises the deviance or leaves the finite numbers is halved. The iteration ends when
// the deviance changes by less than tolerance relative to itself (as in R's glm), and fails at the
// cap. Cost: O(iterations·n·p²).
func (g *model) fit(limit int, tolerance float64) (*fitted, error) {
	n, p := g.x.rows, g.x.cols
	f := &fitted{
		beta: make([]float64, p), eta: make([]float64, n), mu: make([]float64, n), weight: make([]float64, n),
	}
	for i := range n {
		f.eta[i] = g.family.start(g.y[i], g.m[i])
	}
	f.deviance = g.evaluate(f)
	for f.iterations = 1; f.iterations <= limit; f.iterations++ {
		next, ok := g.step(f)
		if !ok {
			return nil, &Error{Problem: NotConverged, Row: -1, Reason: "a step left the finite numbers"}
		}
		before := f.deviance
		if !g.accept(f, next, f.iterations > 1) {
			return nil, &Error{Problem: NotConverged, Row: -1, Reason: "no step lowers the deviance"}
		}
		if math.Abs(before-f.deviance) <= tolerance*(math.Abs(f.deviance)+0.1) {
			return f, g.finish(f)
		}
	}
	return nil, &Error{Problem: NotConverged, Row: -1, Reason: "the iteration cap was reached"}
}

// evaluate fills mu and weight from eta and returns the deviance.
func (g *model) evaluate(f *fitted) float64 {
	sum := 0.0
	for i, eta := range f.eta {
		f.mu[i] = g.family.mean(eta, g.m[i])
		f.weight[i] = g.family.weight(eta, g.m[i])
		sum += g.family.deviance(g.y[i], g.m[i], f.mu[i])
	}
	return sum
}

// step solves the weighted least-squares problem at the present weights.
func (g *model) step(f *fitted) ([]float64, bool) {
	qr, ok := g.factor(f.weight)
	if !ok {
		return nil, false
	}
	z := make([]float64, len(g.y))
	for i := range z {
		root := math.Sqrt(f.weight[i])
		z[i] = root*(f.eta[i]-g.offset[i]) + (g.y[i]-f.mu[i])/root
	}
	beta := qr.solve(z)
	return beta, finite(beta...)
}

// factor returns the QR factors of the design weighted by the square roots of w; false when a
// weight is not a positive number.
func (g *model) factor(w []float64) (*factors, bool) {
	n, p := g.x.rows, g.x.cols
	a := newMatrix(n, p)
	for i := range n {
		root := math.Sqrt(w[i])
		if !(root > 0) || math.IsInf(root, 1) {
			return nil, false
		}
		row, from := a.row(i), g.x.row(i)
		for j := range p {
			row[j] = root * from[j]
		}
	}
	return factorize(a), true
}

// accept moves f to the coefficients next, halving the way back while that is worse. The first
// step starts from no coefficients, so it has nothing to halve towards.
func (g *model) accept(f *fitted, next []float64, halve bool) bool {
	old, before := append([]float64(nil), f.beta...), f.deviance
	for range 40 {
		copy(f.beta, next)
		g.predict(f)
		f.deviance = g.evaluate(f)
		worse := !finite(f.deviance) || (halve && f.deviance > before+1e-7*(math.Abs(before)+0.1))
		if !worse {
			return true
		}
		for j := range next {
			next[j] = (next[j] + old[j]) / 2
		}
	}
	return false
}

// predict fills eta = Xβ + offset.
func (g *model) predict(f *fitted) {
	for i := range f.eta {
		f.eta[i] = g.offset[i] + dot(g.x.row(i), f.beta)
	}
}

// finish computes (X'WX)⁻¹ = R⁻¹R⁻ᵀ at the fitted weights.
func (g *model) finish(f *fitted) error {
	qr, ok := g.factor(f.weight)
	if !ok {
		return &Error{Problem: NotConverged, Row: -1, Reason: "a fitted weight is not a positive number"}
	}
	inverse, _ := qr.inverse()
	f.bread = inverse.times(inverse.transposed())
	if !finite(f.bread.data...) {
		return &Error{Problem: NotConverged, Row: -1, Reason: "the weighted design is singular"}
	}
	return nil
}

// pearson returns the Pearson residuals (y − μ)/√V.
func (g *model) pearson(f *fitted) []float64 {
	e := make([]float64, len(g.y))
	for i := range e {
		e[i] = (g.y[i] - f.mu[i]) / math.Sqrt(f.weight[i])
	}
	return e
}

// leverage returns the diagonal of the hat matrix W½X(X'WX)⁻¹X'W½: between 0 and 1, summing to p.
func (g *model) leverage(f *fitted) []float64 {
	h := make([]float64, len(g.y))
	for i := range h {
		h[i] = min(1, f.weight[i]*quadratic(g.x.row(i), f.bread))
	}
	return h
}

// quadratic returns x'Ax.
func quadratic(x []float64, a *matrix) float64 {
	sum := 0.0
	for i, xi := range x {
		if xi != 0 {
			sum += xi * dot(a.row(i), x)
		}
	}
	return max(sum, 0)
}

// finite reports whether no value is NaN or infinite.
func finite(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
