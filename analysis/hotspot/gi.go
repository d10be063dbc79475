package hotspot

import (
	"context"
	"math"
	"slices"
)

// Control is how false discoveries among many areas are kept down.
type Control uint8

const (
	// Hochberg: Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x. Good for
	// figures that are independent or go together, as those of neighbours do.
	Hochberg Control = iota
	// Yekutieli: Benjamini and Yekutieli 2001, doi:10.1214/aos/1013699998. Good for any dependence.
	Yekutieli
)

// GiSettings say what [GiStar] does. The zero value is a default.
type GiSettings struct {
	// WithoutSelf leaves the area itself out of its neighbourhood: Gi in place of Gi*.
	WithoutSelf bool
	// Rate is the share of false discoveries that is accepted among those called hot or cold; 0 is 0.05.
	Rate    float64
	Control Control
	// Islands leaves out areas without neighbours in place of refusing them.
	Islands bool
}

// Heat is the figure of one area.
type Heat struct {
	// Z is the standardised sum of the values around the area; P is two-sided, from the normal
	// distribution. Adjusted is the smallest rate of false discoveries at which the area is called.
	Z, P, Adjusted float64
	// Hot and Cold: called at the rate of the settings.
	Hot, Cold bool
	// Left tells that the area has no neighbours and takes no part; all figures are 0 but P and
	// Adjusted, which are 1.
	Left bool
}

// GiStar returns for each area whether high or low values lie together around it. With binary or other
// weights w, self included with weight 1, W = Σw, S = Σw² and n areas,
//
//	Z = (Σ w x − W·mean) / (s √((n·S − W²)/(n−1)))
//
// mean and s (divisor n) over all areas; without self, over all others. Source: Ord and Getis 1995,
// doi:10.1111/j.1538-4632.1995.tb00912.x. Values are rates or counts by area. O(n log n + links).
func GiStar(ctx context.Context, w *Weights, values []float64, s GiSettings) ([]Heat, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !(s.Rate >= 0 && s.Rate < 1) {
		return nil, badSetting("Rate", "%g; a share from 0 to 1 is needed", s.Rate)
	}
	if s.Control > Yekutieli {
		return nil, badSetting("Control", "%d; Hochberg or Yekutieli is needed", s.Control)
	}
	if err := w.values(values, s.Islands); err != nil {
		return nil, err
	}
	rate := s.Rate
	if rate == 0 {
		rate = 0.05
	}
	heat := make([]Heat, len(values))
	p := make([]float64, 0, len(values))
	all := newMoments(values)
	for i := range heat {
		z, ok := w.gi(all, values, i, s.WithoutSelf)
		heat[i] = Heat{Z: z, P: math.Erfc(math.Abs(z) / math.Sqrt2), Left: !ok}
		p = append(p, heat[i].P)
	}
	adjusted, err := Adjust(p, s.Control)
	if err != nil {
		return nil, err
	}
	for i := range heat {
		h := &heat[i]
		h.Adjusted = adjusted[i]
		h.Hot, h.Cold = h.Adjusted <= rate && h.Z > 0, h.Adjusted <= rate && h.Z < 0
	}
	return heat, nil
}

// moments are the sum of values and of their squared distances from the mean.
type moments struct{ n, mean, square float64 }

func newMoments(x []float64) moments {
	m := moments{n: float64(len(x)), mean: sum(x) / float64(len(x))}
	for _, v := range x {
		m.square += (v - m.mean) * (v - m.mean)
	}
	return m
}

// without leaves one value out.
func (m moments) without(v float64) moments {
	d := v - m.mean
	return moments{n: m.n - 1, mean: m.mean - d/(m.n-1), square: max(0, m.square-d*d*m.n/(m.n-1))}
}

// gi is the z score of one area, or not ok when none exists: no neighbours, or all areas are.
func (w *Weights) gi(all moments, x []float64, i int, withoutSelf bool) (z float64, ok bool) {
	if w.start[i] == w.start[i+1] {
		return 0, false
	}
	m := all
	var around, weight, square float64
	if withoutSelf {
		m = all.without(x[i])
	} else {
		around, weight, square = x[i]-m.mean, 1, 1
	}
	for k := w.start[i]; k < w.start[i+1]; k++ {
		v := w.w[k]
		around += v * (x[w.to[k]] - m.mean)
		weight += v
		square += v * v
	}
	spread := m.square / m.n * (m.n*square - weight*weight) / (m.n - 1)
	if !(spread > 1e-12*(m.square/m.n)*weight*weight) {
		return 0, false
	}
	return around / math.Sqrt(spread), true
}

// Adjust returns for each p value the smallest rate of false discoveries at which it is called:
// the least of p_(k)·n/k over it and all greater p values, at most 1; for Yekutieli times Σ 1/k. O(n log n).
func Adjust(p []float64, c Control) ([]float64, error) {
	order := make([]int, len(p))
	factor := 0.0
	for i, v := range p {
		if !(v >= 0 && v <= 1) {
			return nil, problem(BadCount, i, "", "%g is not a p value", v)
		}
		order[i] = i
		factor += 1 / float64(i+1)
	}
	if c == Hochberg {
		factor = 1
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	out := make([]float64, len(p))
	least := 1.0
	for k := len(order) - 1; k >= 0; k-- {
		least = min(least, p[order[k]]*float64(len(p))/float64(k+1)*factor)
		out[order[k]] = least
	}
	return out, nil
}
