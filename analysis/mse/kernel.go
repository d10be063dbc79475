package mse

import "math"

// A log-linear model over capture histories has columns of zeros and ones, so every sum that Newton's
// method needs is a sum over the supersets of a history. Taking all of them at once costs t·2ᵗ⁻¹
// additions for t lists; the information matrix is then read off, entry (a, b) at the union of a and
// b, and the fitted means are products over subsets. One step costs O(t·2ᵗ + p³) for p terms.

const (
	newtonLimit = 200  // steps; full convergence from a cold start takes about ten
	certainGap  = 1e-3 // a pivot above this, with the equations solved, shows that the estimate exists
	hopelessGap = 1e-7 // a pivot below this ends the quick attempt
)

// kernel is the workspace of one worker: the table at hand, one model on it, and scratch memory.
type kernel struct {
	lists int
	n     float64   // people
	y     []float64 // count by history; y[0] = 0
	sum   []float64 // people on all lists of the index: N*
	live  []float64 // 0 for the cells that an empty term removes, else 1
	dead  bool      // whether any cell is removed
	alpha []float64 // coefficient by term
	last  []float64 // alpha before the step
	mean  []float64 // fitted mean by history; mean[0] = 0
	over  []float64 // superset sums of mean: the expected N*
	work  []float64
	dark  float64 // fitted mean of the empty history: the people on no list
	fit   float64 // log likelihood up to a constant
	terms []History
	empty []History // terms with N* = 0: coefficient minus infinity
	h     []float64 // information, then its Cholesky factor, p×p by rows
	step  []float64
	pivot float64 // smallest pivot of the last factor
	steps int
}

func newKernel(lists int) *kernel {
	size := 1 << lists
	block := make([]float64, 8*size)
	next := func() []float64 {
		s := block[:size:size]
		block = block[size:]
		return s
	}
	return &kernel{
		lists: lists, y: next(), sum: next(), live: next(), alpha: next(),
		last: next(), mean: next(), over: next(), work: next(),
	}
}

// load takes the table; the model must be set again.
func (k *kernel) load(t Table) {
	clear(k.y)
	for _, c := range t.cells {
		k.y[c.History] = float64(c.Count)
	}
	k.count()
}

// count fills N* from y.
func (k *kernel) count() {
	k.y[0] = 0
	copy(k.sum, k.y)
	supersets(k.sum)
	k.n = k.sum[0]
}

// set chooses the model: the constant, the lists and the interactions of m. Coefficients of terms
// that stay keep their value as the start of the next fit.
func (k *kernel) set(m []History) {
	k.terms, k.empty = k.terms[:0], k.empty[:0]
	for i := range k.lists {
		k.place(1 << i)
	}
	for _, term := range m {
		k.place(term)
	}
	// The constant comes last: the last pivot is then the information about it alone.
	k.terms = append(k.terms, 0)
	k.kill()
}

// place files a term as finite or, when nobody is on all of its lists, as minus infinity.
func (k *kernel) place(term History) {
	if k.sum[term] > 0 {
		k.terms = append(k.terms, term)
		return
	}
	k.empty = append(k.empty, term)
	k.alpha[term] = 0
}

// kill removes the cells that contain an empty term.
func (k *kernel) kill() {
	k.dead = len(k.empty) > 0
	if !k.dead {
		return
	}
	for w := range k.live {
		k.live[w] = 1
	}
	for _, e := range k.empty {
		for w := e; int(w) < len(k.live); w = (w + 1) | e { // the supersets of e
			k.live[w] = 0
		}
	}
}

// supersets replaces every s[w] by the sum of s over the supersets of w.
func supersets(s []float64) {
	for bit := 1; bit < len(s); bit <<= 1 {
		for base := 0; base < len(s); base += 2 * bit {
			low, high := s[base:base+bit], s[base+bit:base+2*bit]
			for i, v := range high {
				low[i] += v
			}
		}
	}
}

// products replaces every s[w] by the product of s over the subsets of w.
func products(s []float64) {
	for bit := 1; bit < len(s); bit <<= 1 {
		for base := 0; base < len(s); base += 2 * bit {
			low, high := s[base:base+bit], s[base+bit:base+2*bit]
			for i, v := range low {
				high[i] *= v
			}
		}
	}
}

// evaluate computes means, expected N*, dark figure and log likelihood from alpha; false when a
// figure is not finite.
func (k *kernel) evaluate() bool {
	for w := range k.mean {
		k.mean[w] = 1
	}
	k.fit = 0
	for _, term := range k.terms {
		k.mean[term] = math.Exp(k.alpha[term])
		k.fit += k.alpha[term] * k.sum[term]
	}
	products(k.mean)
	if k.dead {
		for w, l := range k.live {
			k.mean[w] *= l
		}
	}
	k.dark, k.mean[0] = k.mean[0], 0
	copy(k.over, k.mean)
	supersets(k.over)
	k.fit -= k.over[0]
	return finite(k.fit, k.dark)
}

// start fills alpha by one weighted least-squares step from the means y + 0.1, as glm in R does.
func (k *kernel) start() bool {
	clear(k.alpha)
	for w := range k.mean {
		k.mean[w], k.work[w] = 0, 0
		if w > 0 && (!k.dead || k.live[w] > 0) {
			mu := k.y[w] + 0.1
			k.mean[w], k.work[w] = mu, mu*math.Log(mu)+k.y[w]-mu
		}
	}
	copy(k.over, k.mean)
	supersets(k.over)
	supersets(k.work)
	p := len(k.terms)
	k.step = sized(k.step, p)
	for i, term := range k.terms {
		k.step[i] = k.work[term]
	}
	if !k.factor() {
		return false
	}
	k.solve()
	for i, term := range k.terms {
		k.alpha[term] = k.step[i]
	}
	return finite(k.step...)
}

// factor builds the information matrix at over and factors it as LL'; false when it is singular.
func (k *kernel) factor() bool {
	p := len(k.terms)
	k.h = sized(k.h, p*p)
	k.pivot = math.Inf(1)
	for i, a := range k.terms {
		row := k.h[i*p : i*p+i+1]
		for j := range row {
			v := k.over[a|k.terms[j]]
			other := k.h[j*p : j*p+j+1]
			for l := range j {
				v -= row[l] * other[l]
			}
			if j < i {
				row[j] = v / other[j]
				continue
			}
			k.pivot = min(k.pivot, v)
			if !(v > 0) {
				return false
			}
			row[i] = math.Sqrt(v)
		}
	}
	return true
}

// solve replaces step by the solution of LL'x = step.
func (k *kernel) solve() {
	p := len(k.terms)
	for i := range p {
		row, v := k.h[i*p:i*p+i+1], k.step[i]
		for j := range i {
			v -= row[j] * k.step[j]
		}
		k.step[i] = v / row[i]
	}
	for i := p - 1; i >= 0; i-- {
		v := k.step[i] / k.h[i*p+i]
		k.step[i] = v
		for j, l := range k.h[i*p : i*p+i] {
			k.step[j] -= l * v
		}
	}
}

// newton maximises the likelihood from the present alpha by Newton's method with halved steps,
// until the gain still to be had is below 1e-13 in log likelihood. With quick it gives up as soon as
// the information becomes nearly singular.
func (k *kernel) newton(quick bool) bool {
	if !k.evaluate() && !(k.start() && k.evaluate()) {
		return false
	}
	enough := 1e-13 * max(1, k.n*1e-6)
	p := len(k.terms)
	for k.steps = 1; k.steps <= newtonLimit; k.steps++ {
		if !k.factor() || quick && k.pivot < hopelessGap {
			return false
		}
		k.step = sized(k.step, p)
		for i, term := range k.terms {
			k.step[i] = k.sum[term] - k.over[term]
		}
		k.solve()
		gain := 0.0
		for i, term := range k.terms {
			gain += k.step[i] * (k.sum[term] - k.over[term])
		}
		if !(gain >= 0) || !k.move() {
			return false
		}
		if gain < enough {
			return true
		}
	}
	return false
}

// move goes along step, halving it while the likelihood falls.
func (k *kernel) move() bool {
	copy(k.last, k.alpha)
	before := k.fit - 1e-9*(1+math.Abs(k.fit)*1e-4)
	for scale := 1.0; scale > 1e-9; scale /= 2 {
		for i, term := range k.terms {
			k.alpha[term] = k.last[term] + scale*k.step[i]
		}
		if k.evaluate() && k.fit >= before {
			return true
		}
	}
	copy(k.alpha, k.last)
	k.evaluate()
	return false
}

// certified reports whether the converged fit proves that the estimate exists. If it did not, the
// fitted means outside a face of the cone of sufficient statistics would vanish as fast as the
// residual of the likelihood equations, and with them a pivot.
func (k *kernel) certified() bool {
	if k.pivot < certainGap {
		return false
	}
	for _, term := range k.terms {
		if math.Abs(k.sum[term]-k.over[term]) > 1e-8+1e-12*k.n {
			return false
		}
	}
	return true
}

// variance returns the variance of the constant at the present means.
func (k *kernel) variance() float64 {
	if !k.factor() {
		return math.Inf(1)
	}
	last := k.h[len(k.terms)*len(k.terms)-1]
	return 1 / (last * last)
}

// total is the estimate: the people seen and the people on no list.
func (k *kernel) total() float64 { return k.n + k.dark }

// sized returns s with length n, reusing its memory.
func sized(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}

// finite reports whether no value is NaN or infinite.
func finite(values ...float64) bool {
	for _, v := range values {
		if v-v != 0 {
			return false
		}
	}
	return true
}
