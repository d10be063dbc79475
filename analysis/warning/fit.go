package warning

import "math"

// design is the data of a model: one row for each week of the past.
type design struct {
	y      []float64
	x      [][]float64
	offset []float64
}

// fitted is a quasi-Poisson model with logarithmic link.
type fitted struct {
	beta, mu []float64
	work     []float64   // weights of the last step
	inverse  [][]float64 // of X'WX
	leverage []float64
	// dispersion is Pearson's: Σ w (y − μ)²/μ ÷ degrees of freedom, not raised to 1.
	dispersion float64
	free       int
}

// The rules of convergence are those of R's glm, and so are errors that are taken at the weights of the
// last step: figures then agree with published ones to the fourth digit, also where a season has no
// case at all and its coefficient runs towards minus infinity.
const (
	mostSteps = 25
	enough    = 1e-8
)

// fit finds the coefficients by iterated weighted least squares. It is not ok when the weeks do not
// determine them or they do not settle. O(steps × rows × columns²).
func (d *design) fit(weight []float64) (*fitted, bool) {
	n, p := len(d.y), len(d.x[0])
	f := &fitted{mu: make([]float64, n), work: make([]float64, n), free: n - p}
	if f.free < 1 {
		return nil, false
	}
	for i, y := range d.y {
		f.mu[i] = y + 0.1
	}
	last := d.deviance(f.mu, weight)
	for range mostSteps {
		if !d.step(f, weight) {
			return nil, false
		}
		now := d.deviance(f.mu, weight)
		if math.IsNaN(now) || math.IsInf(now, 0) {
			return nil, false
		}
		if math.Abs(now-last)/(math.Abs(now)+0.1) < enough {
			return f, d.finish(f)
		}
		last = now
	}
	return nil, false
}

// step solves one weighted least squares problem.
func (d *design) step(f *fitted, weight []float64) bool {
	p := len(d.x[0])
	a, right := square(p), make([]float64, p)
	for i, row := range d.x {
		w := weight[i] * f.mu[i]
		f.work[i] = w
		eta := math.Log(f.mu[i])
		z := eta - d.offset[i] + (d.y[i]-f.mu[i])/f.mu[i]
		for j, u := range row {
			if u == 0 {
				continue
			}
			right[j] += w * u * z
			for k := range j + 1 {
				a[j][k] += w * u * row[k]
			}
		}
	}
	l, ok := cholesky(a)
	if !ok {
		return false
	}
	f.beta = l.solve(right)
	for i, row := range d.x {
		eta := d.offset[i]
		for j, u := range row {
			eta += u * f.beta[j]
		}
		f.mu[i] = math.Exp(eta)
		if f.mu[i] < 1e-300 || f.mu[i] > 1e300 {
			return false
		}
	}
	return true
}

// finish computes what is told of the fit. It is not ok when a column came to depend on others.
func (d *design) finish(f *fitted) bool {
	p := len(d.x[0])
	a := square(p)
	chi := 0.0
	for i, row := range d.x {
		r := (d.y[i] - f.mu[i]) / f.mu[i]
		chi += f.work[i] * r * r
		for j, u := range row {
			for k := range j + 1 {
				a[j][k] += f.work[i] * u * row[k]
			}
		}
	}
	f.dispersion = chi / float64(f.free)
	l, ok := cholesky(a)
	if !ok {
		return false
	}
	f.inverse, f.leverage = square(p), make([]float64, len(d.y))
	for j := range p {
		unit := make([]float64, p)
		unit[j] = 1
		f.inverse[j] = l.solve(unit)
	}
	for i, row := range d.x {
		f.leverage[i] = f.work[i] * f.spread(row)
	}
	return true
}

// spread is x'(X'WX)⁻¹x.
func (f *fitted) spread(x []float64) float64 {
	s := 0.0
	for j, u := range x {
		for k, v := range x {
			s += u * v * f.inverse[j][k]
		}
	}
	return s
}

func (d *design) deviance(mu, weight []float64) float64 {
	s := 0.0
	for i, y := range d.y {
		if y > 0 {
			s += weight[i] * y * math.Log(y/mu[i])
		}
		s -= weight[i] * (y - mu[i])
	}
	return 2 * s
}

func square(p int) [][]float64 {
	a := make([][]float64, p)
	for i := range a {
		a[i] = make([]float64, p)
	}
	return a
}

// lower is a Cholesky factor.
type lower [][]float64

// cholesky factors the lower triangle of a in place. It is not ok when a column depends on others.
func cholesky(a [][]float64) (lower, bool) {
	for j := range a {
		whole := a[j][j]
		for k := range j {
			a[j][j] -= a[j][k] * a[j][k]
		}
		if !(a[j][j] > 1e-11*whole) || whole <= 0 {
			return nil, false
		}
		a[j][j] = math.Sqrt(a[j][j])
		for i := j + 1; i < len(a); i++ {
			for k := range j {
				a[i][j] -= a[i][k] * a[j][k]
			}
			a[i][j] /= a[j][j]
		}
	}
	return a, true
}

func (l lower) solve(b []float64) []float64 {
	x := append([]float64(nil), b...)
	for i := range x {
		for k := range i {
			x[i] -= l[i][k] * x[k]
		}
		x[i] /= l[i][i]
	}
	for i := len(x) - 1; i >= 0; i-- {
		for k := i + 1; k < len(x); k++ {
			x[i] -= l[k][i] * x[k]
		}
		x[i] /= l[i][i]
	}
	return x
}
