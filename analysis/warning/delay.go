package warning

// shares estimates what share of a week's reports has arrived 0, 1, 2 … weeks after it, from the weeks
// of the history: with n(t, d) the reports of week t that took d weeks, the share of those known
// after d weeks that took exactly d is g(d) = Σ n(t, d) ÷ Σ n(t, ≤ d), over weeks for which d
// weeks have passed, and F(d) = Π over x > d of (1 − g(x)). Nil when not corrected, and
// shares of 0 when there are too few reports. O(history × delay).
func (w *Watch) shares() []float64 {
	if w.s.Delay.Rule != Correct {
		return nil
	}
	d := w.s.Delay.Weeks
	share := make([]float64, d+1)
	share[d] = 1
	reports, full := 0, 0
	for x := d; x > 0; x-- {
		took, known := 0, 0
		for t := max(w.first, w.now-w.s.Delay.History-x+1); t+x <= w.now; t++ {
			took += w.weeks[t-w.first].By[x]
			for _, n := range w.weeks[t-w.first].By[:x+1] {
				known += n
			}
		}
		if x == d {
			full = known
		}
		reports = max(reports, known)
		share[x-1] = 0
		if known > 0 {
			share[x-1] = share[x] * (1 - float64(took)/float64(known))
		}
	}
	for x := range d {
		// Complete weeks must have told enough, and enough of a week must be there to be judged.
		if full < w.s.Delay.MinReports || share[x] < w.s.Delay.MinShare {
			share[x] = 0
		}
	}
	return share
}

// share is that of week t when the current week is closed.
func (w *Watch) share(share []float64, t int) float64 {
	if share == nil || w.now-t >= w.s.Delay.Weeks {
		return 1
	}
	return share[w.now-t]
}
