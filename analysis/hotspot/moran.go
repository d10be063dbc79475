package hotspot

import (
	"context"
	"math"
	"math/bits"
	"math/rand/v2"
)

// MoranSettings say what [Moran] does. The zero value is a default.
type MoranSettings struct {
	// Raw keeps the weights; without it those of each area are divided by their sum.
	Raw bool
	// Replications is the number of random arrangements of the values for P; 0 is none.
	Replications int
	Seed         uint64
	Workers      int
	// Islands leaves out areas without neighbours in place of refusing them.
	Islands bool
}

// Clustering is what [Moran] returns.
type Clustering struct {
	// I is Moran's I. Expected and Variance are its moments when the values are arranged at random.
	I, Expected, Variance float64
	// Z is (I − Expected) ÷ √Variance, Normal its one-sided p value: like values lie together.
	Z, Normal float64
	// P is the same from random arrangements: (1 + those that reach I) ÷ (1 + all); 1 without any.
	P float64
	// Islands is how many areas were left out, Parts of how many separate parts the map consists.
	Islands, Parts int
}

// Moran returns Moran's I: with deviations d from the mean, I = (n/Σw) Σ w_ij d_i d_j / Σ d². It is
// near −1/(n−1) when values lie at random, and greater when like values lie together. The variance is
// that under random arrangement. Source: Cliff and Ord 1981, Spatial Processes, ISBN 0-85086-081-4.
// O((n + links) × (1 + replications)).
func Moran(ctx context.Context, w *Weights, values []float64, s MoranSettings) (Clustering, error) {
	if s.Replications < 0 || s.Replications > maxReplications || s.Workers < 0 {
		return Clustering{}, badSetting("Replications", "%d on %d workers; 0 to %d are allowed", s.Replications, s.Workers, maxReplications)
	}
	if err := w.values(values, s.Islands); err != nil {
		return Clustering{}, err
	}
	c := Clustering{P: 1}
	for _, p := range w.Parts() {
		c.Parts = max(c.Parts, p+1)
	}
	kept, x, err := w.mainland(values, &c)
	if err != nil {
		return Clustering{}, err
	}
	if !s.Raw {
		kept = kept.standard()
	}
	all := newMoments(x)
	d := make([]float64, len(x))
	for i, v := range x {
		d[i] = v - all.mean
	}
	if all.square == 0 {
		return Clustering{}, problem(NoVariation, -1, "", "all values of areas with neighbours are %g", x[0])
	}
	scale := all.n / kept.total / all.square
	c.I = scale * kept.product(d)
	c.Expected = -1 / (all.n - 1)
	c.Variance = kept.variance(d, all)
	if c.Variance > 0 {
		c.Z = (c.I - c.Expected) / math.Sqrt(c.Variance)
	}
	c.Normal = math.Erfc(c.Z/math.Sqrt2) / 2
	if s.Replications > 0 {
		c.P, err = kept.arrange(ctx, d, kept.product(d), s)
	}
	return c, err
}

// mainland leaves out areas without neighbours.
func (w *Weights) mainland(values []float64, c *Clustering) (*Weights, []float64, error) {
	id := make([]int32, len(values))
	var x []float64
	for i, v := range values {
		id[i] = int32(len(x))
		if w.start[i] == w.start[i+1] {
			c.Islands++
			continue
		}
		x = append(x, v)
	}
	if len(x) < 4 {
		return nil, nil, problem(TooFew, -1, "", "%d areas with neighbours; at least 4 are needed", len(x))
	}
	if c.Islands == 0 {
		return w, x, nil
	}
	out := &Weights{start: []int{0}, total: w.total}
	for i := range values {
		if w.start[i] == w.start[i+1] {
			continue
		}
		for k := w.start[i]; k < w.start[i+1]; k++ {
			out.to, out.w = append(out.to, id[w.to[k]]), append(out.w, w.w[k])
		}
		out.start = append(out.start, len(out.to))
	}
	return out, x, nil
}

// standard divides the weights of each area by their sum.
func (w *Weights) standard() *Weights {
	out := &Weights{start: w.start, to: w.to, w: make([]float64, len(w.w))}
	for i := range w.Areas() {
		s := sum(w.w[w.start[i]:w.start[i+1]])
		for k := w.start[i]; k < w.start[i+1]; k++ {
			out.w[k] = w.w[k] / s
		}
	}
	out.total = sum(out.w)
	return out
}

// product is Σ w_ij d_i d_j.
func (w *Weights) product(d []float64) float64 {
	total := 0.0
	for i := range w.Areas() {
		s := 0.0
		for k := w.start[i]; k < w.start[i+1]; k++ {
			s += w.w[k] * d[w.to[k]]
		}
		total += s * d[i]
	}
	return total
}

// variance of I under random arrangement.
func (w *Weights) variance(d []float64, all moments) float64 {
	n := all.n
	in, out := make([]float64, len(d)), make([]float64, len(d))
	s1 := 0.0
	weight := map[[2]int32]float64{}
	for i := range d {
		for k := w.start[i]; k < w.start[i+1]; k++ {
			j := w.to[k]
			out[i] += w.w[k]
			in[j] += w.w[k]
			weight[[2]int32{int32(i), j}] = w.w[k]
		}
	}
	for i := range d {
		for k := w.start[i]; k < w.start[i+1]; k++ {
			// (w_ij + w_ji)²/2 over ordered pairs: where only one of the two is not 0, count it for both.
			back, both := weight[[2]int32{w.to[k], int32(i)}]
			term := (w.w[k] + back) * (w.w[k] + back)
			if both {
				term /= 2
			}
			s1 += term
		}
	}
	s2, fourth := 0.0, 0.0
	for i := range d {
		s2 += (in[i] + out[i]) * (in[i] + out[i])
		fourth += d[i] * d[i] * d[i] * d[i]
	}
	kurtosis := n * fourth / (all.square * all.square)
	s0 := w.total * w.total
	a := n * ((n*n-3*n+3)*s1 - n*s2 + 3*s0)
	b := kurtosis * (n*(n-1)*s1 - 2*n*s2 + 6*s0)
	return (a-b)/((n-1)*(n-2)*(n-3)*s0) - 1/((n-1)*(n-1))
}

// arrange is the share of random arrangements whose product is at least as great.
func (w *Weights) arrange(ctx context.Context, d []float64, observed float64, s MoranSettings) (float64, error) {
	reached := make([]bool, s.Replications)
	least := observed - 1e-9*math.Abs(observed)
	start := func() []float64 { return make([]float64, len(d)) }
	err := each(ctx, s.Replications, s.Workers, start, func(x []float64, r int) error {
		copy(x, d)
		source := rand.NewPCG(s.Seed, uint64(r))
		for i := len(x) - 1; i > 0; i-- {
			j, _ := bits.Mul64(source.Uint64(), uint64(i)+1)
			x[i], x[j] = x[j], x[i]
		}
		reached[r] = w.product(x) >= least
		return nil
	})
	above := 1.0
	for _, r := range reached {
		if r {
			above++
		}
	}
	return above / float64(1+s.Replications), err
}
