package warning

import "math"

// cusum moves the chart on: S = max(0, S + x − k), x the standardised count. The bound is the count
// at which S reaches h. While the mean is learnt the chart stays at 0.
func (w *Watch) cusum(a *Answer, chart *float64) {
	s := &w.s.CUSUM
	mean := s.Mean
	if mean == 0 {
		if a.Week < s.Learn || w.settled < s.Learn {
			a.Status = Learning
			return
		}
		// No case in all the weeks does not mean that none can come: half a case is assumed.
		mean = max(float64(w.learnt), 0.5) / float64(s.Learn)
	}
	mean *= a.Complete
	y, root := float64(a.Observed), math.Sqrt(mean)
	room := s.Decision + s.Reference - *chart
	x := (y - 3*mean + 2*root*math.Sqrt(y)) / (2 * root)
	least := math.Sqrt(max(0, 4*mean+2*root*room)) - root
	a.Upper = max(0, least) * max(0, least)
	if s.Standard {
		x = (y - mean) / root
		a.Upper = max(0, mean+root*room)
	}
	a.Expected = mean
	*chart = max(0, *chart+x-s.Reference)
	a.Chart = *chart
	if s.Reset && a.Chart >= s.Decision {
		*chart = 0
	}
}
