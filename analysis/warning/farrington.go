package warning

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// farrington finds the bound from the same time of past years.
func (w *Watch) farrington(a *Answer, share []float64) {
	s := &w.s.Farrington
	oldest := a.Week - s.Years*s.WeeksInYear - s.HalfWindow
	if oldest < w.first {
		a.Status = Learning
		return
	}
	m, trend, ok := w.model(a.Week, !s.NoTrend && s.Years >= 3, share)
	if !ok {
		a.Status = NoFit
		return
	}
	phi := max(1, m.dispersion)
	// Time is measured from this week, which is in the window: the intercept is its mean.
	mean, spread := math.Exp(m.beta[0]+w.offset(a.Week)), m.inverse[0][0]*phi
	z := mathext.NormalQuantile(1 - w.s.Alpha)
	// Of reports with mean μ and variance φμ, a share F has the mean Fμ and the variance (1 + (φ−1)F)Fμ.
	part := 1 + (phi-1)*a.Complete
	a.Expected, a.Dispersion, a.Trend = mean*a.Complete, phi, trend
	switch s.Bound {
	case TwoThirds:
		// spread is the variance of log μ, so that of μF is spread·(μF)².
		tau := part + spread*a.Expected
		a.Upper = math.Pow(math.Pow(a.Expected, 2.0/3)+z*math.Sqrt(4.0/9*math.Cbrt(a.Expected)*tau), 1.5)
	case Interval:
		a.Upper = quantile(a.Expected*math.Exp(z*math.Sqrt(spread)), part, 1-w.s.Alpha)
	case NegativeBinomial:
		a.Upper = quantile(a.Expected, part, 1-w.s.Alpha)
	}
	if math.IsNaN(a.Upper) || math.IsInf(a.Upper, 0) {
		a.Expected, a.Upper, a.Status = 0, 0, NoFit
	}
}

func (w *Watch) offset(t int) float64 {
	if e := w.weeks[t-w.first].Exposure; w.s.Farrington.Exposure && e > 0 {
		return math.Log(e)
	}
	return 0
}

// model fits with a trend, and again without when it is not kept.
func (w *Watch) model(t int, trend bool, share []float64) (m *fitted, kept, ok bool) {
	if !trend {
		m, ok = w.reweighted(w.past(t, false, share))
		return m, false, ok
	}
	d := w.past(t, true, share)
	if m, ok = w.reweighted(d); ok && w.keeps(t, m, d) {
		return m, true, true
	}
	m, ok = w.reweighted(w.past(t, false, share))
	return m, false, ok
}

// keeps tells whether a trend is significant and does not lead beyond every count of the past.
func (w *Watch) keeps(t int, m *fitted, d *design) bool {
	z := m.beta[1] / math.Sqrt(m.dispersion*m.inverse[1][1])
	free := float64(m.free)
	p := mathext.RegIncBeta(free/2, 0.5, free/(free+z*z))
	most := 0.0
	for _, y := range d.y {
		most = max(most, y)
	}
	return p <= w.s.Farrington.TrendLevel && math.Exp(m.beta[0]+w.offset(t)) <= most
}

// reweighted fits, gives less weight to weeks far above the fit, and fits again.
func (w *Watch) reweighted(d *design) (*fitted, bool) {
	if len(d.y) == 0 {
		return nil, false
	}
	weight := make([]float64, len(d.y))
	for i := range weight {
		weight[i] = 1
	}
	m, ok := d.fit(weight)
	if !ok {
		return nil, false
	}
	phi := max(1, m.dispersion)
	total := 0.0
	for i, y := range d.y {
		// Anscombe's residual, standardised.
		r := 1.5 * (math.Cbrt(y*y)*math.Pow(m.mu[i], -1.0/6) - math.Sqrt(m.mu[i])) / math.Sqrt(phi*(1-m.leverage[i]))
		weight[i] = 1
		if r > w.s.Farrington.Residual {
			weight[i] = 1 / (r * r)
		}
		total += weight[i]
	}
	for i := range weight {
		weight[i] *= float64(len(weight)) / total
	}
	return d.fit(weight)
}

// past lists the weeks compared with. With one season those are the weeks around the same week of each
// year; with more, all weeks, and each belongs to the window or to one of the seasons between two windows.
func (w *Watch) past(t int, trend bool, share []float64) *design {
	s := &w.s.Farrington
	season := map[int]int{} // column of each season that occurs
	var weeks, seasons []int
	for u := t - s.Years*s.WeeksInYear - s.HalfWindow; u < t-max(0, s.Skip); u++ {
		k := w.season(t - u)
		if k < 0 || s.Seasons == 1 && k > 0 {
			continue
		}
		if _, ok := season[k]; k > 0 && !ok {
			season[k] = len(season)
		}
		weeks, seasons = append(weeks, u), append(seasons, k)
	}
	d := &design{}
	first := 1
	if trend {
		first = 2
	}
	for i, u := range weeks {
		row := make([]float64, first+len(season))
		row[0] = 1
		if trend {
			row[1] = float64(u-t) / float64(s.WeeksInYear)
		}
		if k := seasons[i]; k > 0 {
			row[first+season[k]] = 1
		}
		d.x, d.y, d.offset = append(d.x, row), append(d.y, w.known(u, share)), append(d.offset, w.offset(u))
	}
	return d
}

// season is that of a week some weeks ago: 0 in a window, else 1, 2 … in the order of time from one
// window to the next, the first of them a week longer when they cannot be equal. −1 is the
// window of the current year.
func (w *Watch) season(ago int) int {
	s := &w.s.Farrington
	year := s.WeeksInYear
	if ago <= s.HalfWindow {
		return -1
	}
	// into counts from the middle of the window before.
	into := (year - ago%year) % year
	if into <= s.HalfWindow || into >= year-s.HalfWindow {
		return 0
	}
	if s.Seasons == 1 {
		return 1
	}
	at, between := into-s.HalfWindow-1, year-2*s.HalfWindow-1
	length, longer := between/(s.Seasons-1), between%(s.Seasons-1)
	if at < longer*(length+1) {
		return 1 + at/(length+1)
	}
	return 1 + longer + (at-longer*(length+1))/length
}

// quantile is the least count that a negative binomial number with this mean and a variance of
// dispersion × mean does not exceed with probability p; a Poisson number when the dispersion is 1.
func quantile(mean, dispersion, p float64) float64 {
	if !(mean > 0) || mean > 1e15 {
		return mean
	}
	below := func(x float64) float64 { return mathext.GammaIncRegComp(x+1, mean) }
	if dispersion > 1+1e-7 {
		size := mean / (dispersion - 1)
		below = func(x float64) float64 { return mathext.RegIncBeta(size, x+1, 1/dispersion) }
	}
	low, high := -1.0, 1.0
	for below(high) < p {
		low, high = high, 2*high+1
	}
	for high-low > 1 {
		if mid := math.Floor((low + high) / 2); below(mid) >= p {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}
