package warning

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// ears finds the bound of C1, C2 or C3.
func (w *Watch) ears(a *Answer, share []float64) {
	b, gap, back := w.s.EARS.Baseline, 0, 0
	if w.s.Method != EARS1 {
		gap = 2
	}
	if w.s.Method == EARS3 {
		back = 2
	}
	if a.Week-gap-b-back < w.first {
		a.Status = Learning
		return
	}
	z := mathext.NormalQuantile(1 - w.s.Alpha)
	mean, deviation := w.around(a.Week, gap, a.Complete, share)
	a.Expected, a.Upper = mean, mean+z*deviation
	if w.s.Method != EARS3 {
		return
	}
	before := 0.0
	for t := a.Week - back; t < a.Week; t++ {
		before += w.excess(t, z, share)
	}
	a.Chart = before + w.excess(a.Week, z, share)
	// The count at which the three weeks together reach z; when those before do, every count does.
	a.Upper = max(0, mean+(z+1-before)*deviation)
	if before > z {
		a.Upper = 0
	}
	if w.s.EARS.AsSurveillance {
		a.Upper = max(0, float64(a.Observed)+(z-before)*deviation)
	}
}

// excess is by how many deviations more than one a week exceeds its own baseline. Without a deviation a
// count above the baseline exceeds by enough to be called.
func (w *Watch) excess(t int, z float64, share []float64) float64 {
	mean, deviation := w.around(t, 2, w.share(share, t), share)
	y := float64(w.weeks[t-w.first].total())
	switch {
	case deviation > 0:
		return max(0, (y-mean)/deviation-1)
	case y > mean && !w.s.EARS.AsSurveillance:
		return 2 * z
	}
	return 0
}

// around returns mean and standard deviation of the weeks before t, of which a share has arrived: of
// independent reports with mean m and variance v, m·share and v·share² + m·share·(1 − share).
func (w *Watch) around(t, gap int, share float64, shares []float64) (mean, deviation float64) {
	b := w.s.EARS.Baseline
	var x []float64
	for u := t - gap - b; u < t-gap; u++ {
		x = append(x, w.known(u, shares))
		mean += x[len(x)-1] / float64(b)
	}
	square := 0.0
	for _, v := range x {
		square += (v - mean) * (v - mean)
	}
	variance := square / float64(b-1)
	if share < 1 {
		variance = variance*share*share + mean*share*(1-share)
		mean *= share
	}
	return mean, max(w.s.EARS.MinDeviation, math.Sqrt(variance))
}

// recent finds the bound from the last six weeks.
func (w *Watch) recent(a *Answer, share []float64) {
	const weeks = 6
	if a.Week-weeks < w.first {
		a.Status = Learning
		return
	}
	mean, square := 0.0, 0.0
	for t := a.Week - weeks; t < a.Week; t++ {
		mean += w.known(t, share) / weeks
	}
	for t := a.Week - weeks; t < a.Week; t++ {
		d := w.known(t, share) - mean
		square += d * d
	}
	a.Expected = mean * a.Complete
	if mean > 20 {
		variance := square / (weeks - 1)
		a.Upper = a.Expected + 2*math.Sqrt(variance*a.Complete*a.Complete+a.Expected*(1-a.Complete))
		return
	}
	a.Upper = crowGardner(int(a.Expected + 1e-9))
}

// crowGardner returns the upper 95 % limit of a Poisson mean when count cases were seen: the greatest
// mean of which the shortest run of counts with probability 0.95 or more, the highest such run when
// there are several, still reaches down to count.
func crowGardner(count int) float64 {
	low, high := float64(count), float64(count)+4*math.Sqrt(float64(count)+1)+4
	for high-low > 1e-9 {
		mean := (low + high) / 2
		if shortestRun(mean) <= count {
			low = mean
		} else {
			high = mean
		}
	}
	return low
}

// shortestRun returns the first count of the shortest run with probability 0.95 or more.
func shortestRun(mean float64) int {
	most := int(mean+8*math.Sqrt(mean)) + 12
	upTo := make([]float64, most+2) // P(X < x)
	p := math.Exp(-mean)
	for x := range most + 1 {
		upTo[x+1] = upTo[x] + p
		p *= mean / float64(x+1)
	}
	for length := 1; length <= most; length++ {
		for first := most + 1 - length; first >= 0; first-- {
			if upTo[first+length]-upTo[first] >= 0.95 {
				return first
			}
		}
	}
	return 0
}
