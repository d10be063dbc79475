package hotspot

import (
	"context"
	"math"
	"slices"
)

// Window is a circle, or a cylinder of a circle and a stretch of time, with an excess of cases.
type Window struct {
	// Centre is the area around which the circle lies, Members the areas in it, nearest first.
	Centre  int
	Members []int
	Radius  float64
	// First and Last are the periods of the stretch.
	First, Last int
	// Cases and Expected are those within. For Bernoulli, Population counts cases and controls; else
	// it is the sum of Data.Population over the window, 0 without it.
	Cases, Expected, Population float64
	// Risk is cases ÷ expected within, divided by the same without; for Expectation it is cases ÷
	// expected. It is +Inf when all cases are within.
	Risk float64
	// LLR is the logarithm of the likelihood ratio.
	LLR float64
	// P is the chance that the greatest LLR on the whole map is at least as great when nothing is the
	// matter: (1 + replicates that reach it) ÷ (1 + replicates). 1 without replicates. For windows
	// after the first it is too large rather than too small.
	P float64
	// Tail is the same from a Gumbel distribution with the moments of the replicates: it can
	// be smaller than one over the replicates. 1 with fewer than 99 of them. Abrams and others
	// 2010, doi:10.1186/1476-072X-9-61.
	Tail float64
}

// Recurrence is in how many periods one such window is expected by chance, when a prospective scan is
// made once in every period: 1 ÷ P.
func (w Window) Recurrence() float64 { return 1 / w.P }

// Result is what a scan found.
type Result struct {
	// Clusters are the windows: the one with the greatest LLR first, then the next that has no area in
	// common with those before it. Empty when no window has an excess.
	Clusters []Window
	// Zones is the number of circles, Windows that of circles and stretches.
	Zones, Windows int
	Cases          float64
	// Maxima are the greatest scores of the replicates, in their order.
	Maxima []float64
	// Basis is that of the data.
	Basis string
	// Settings are those used, defaults put in, but for Workers, which is 0.
	Settings ScanSettings
	Version  string
}

// Scan looks at every circle around every area, and at every stretch of time of the settings, and
// returns those with more cases than expected. Source: Kulldorff 1997,
// doi:10.1080/03610929708831995; for time Kulldorff and others 1998, doi:10.2105/AJPH.88.9.1377.
//
// With n areas, W windows, C cases and R replicates it takes O(n² log n + W + R (W + C)) time and 8·W
// to 48·W bytes. Cases may be fractions in space, for Poisson and Bernoulli; the replicates then draw
// whole cases.
func Scan(ctx context.Context, d Data, s ScanSettings) (*Result, error) {
	f, err := newField(ctx, &d, &s)
	if err != nil {
		return nil, err
	}
	r := &Result{
		Zones: f.zones.count, Windows: f.zones.count * len(f.stretches), Cases: sum(d.Cases), Basis: d.Basis, Settings: s, Version: Version,
	}
	if r.Clusters, err = f.clusters(ctx, &d, &s); err != nil {
		return nil, err
	}
	if r.Maxima, err = f.replicates(ctx, &s); err != nil {
		return nil, err
	}
	r.Settings.Workers = 0
	r.judge()
	return r, nil
}

// clusters finds the windows with the greatest scores that have no area in common. O(windows × clusters).
func (f *field) clusters(ctx context.Context, d *Data, s *ScanSettings) ([]Window, error) {
	score := make([]float64, len(f.inside))
	f.over(f.cases, func(w int, c float64) {
		if c >= float64(s.MinCases) {
			score[w] = f.score(c, f.inside[w])
		}
	})
	var found []Window
	used := make([]bool, len(d.Areas))
	for len(found) < s.Clusters {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		best, at := 1e-9, -1
		for centre := range len(f.zones.start) - 1 {
			best, at = f.best(score, used, centre, best, at)
		}
		if at < 0 {
			break
		}
		w := f.window(d, at)
		for _, m := range w.Members {
			used[m] = true
		}
		found = append(found, w)
	}
	return found, nil
}

// best returns the greatest score of one centre, if it is greater than that before by more than rounding.
func (f *field) best(score []float64, used []bool, centre int, best float64, at int) (float64, int) {
	n := len(f.stretches)
	for k := f.zones.start[centre]; k < f.zones.start[centre+1] && !used[f.zones.order[k]]; k++ {
		for w := k * n; w < (k+1)*n; w++ {
			if score[w] > best*(1+1e-12) {
				best, at = score[w], w
			}
		}
	}
	return best, at
}

// window describes a window. Its figures are added up anew in the order of the areas, so that the
// same areas have the same figures from whatever centre they were found.
func (f *field) window(d *Data, at int) Window {
	entry, s := at/len(f.stretches), f.stretches[at%len(f.stretches)]
	centre, _ := slices.BinarySearch(f.zones.start, entry+1)
	centre--
	w := Window{Centre: centre, Radius: f.zones.far[entry], First: int(s.first), Last: int(s.before) - 1, P: 1, Tail: 1}
	if f.periods == 1 {
		w.Last = max(1, d.Periods) - 1
	}
	for _, a := range f.zones.order[f.zones.start[centre] : entry+1] {
		w.Members = append(w.Members, int(a))
	}
	var cases, base, people []float64
	for _, a := range slices.Sorted(slices.Values(w.Members)) {
		for t := int(s.first); t < int(s.before); t++ {
			cases, base = append(cases, f.cases[a*f.periods+t]), append(base, f.base[a*f.periods+t])
		}
		for t := w.First; t <= w.Last && d.Population != nil; t++ {
			people = append(people, d.Population[a*max(1, d.Periods)+t])
		}
	}
	b := sum(base)
	w.Cases, w.Expected, w.Population = sum(cases), b, sum(people)
	if f.model == Bernoulli {
		w.Expected = f.total * (b / f.people)
	}
	w.LLR = f.score(w.Cases, b)
	w.Risk = w.Cases / w.Expected
	if f.model != Expectation {
		w.Risk /= (f.total - w.Cases) / (f.total - w.Expected)
	}
	return w
}

// desk is what one worker needs to scan replicates.
type desk struct {
	table                      *table
	counts, shuffled, at, upTo []int32
	side                       [][lanes]int32
}

// replicates returns the greatest score of each random data set.
func (f *field) replicates(ctx context.Context, s *ScanSettings) ([]float64, error) {
	if s.Replications == 0 {
		return nil, nil
	}
	k, draw := newKernel(f, s.MinCases), newSampler(f, s.Seed)
	shared := &table{}
	if f.model != Expectation {
		k.fill(shared, int(math.Round(f.total)))
	}
	start := func() *desk {
		d := &desk{
			table: shared, counts: make([]int32, len(f.cases)), shuffled: make([]int32, len(draw.when)),
			at: make([]int32, f.periods), upTo: make([]int32, f.periods+1), side: make([][lanes]int32, len(f.cases)),
		}
		if f.model == Expectation {
			d.table = &table{}
		}
		return d
	}
	maxima := make([]float64, s.Replications)
	batches := (s.Replications + lanes - 1) / lanes
	err := each(ctx, batches, s.Workers, start, func(d *desk, i int) error {
		d.scan(k, draw, maxima[i*lanes:min((i+1)*lanes, len(maxima))], i*lanes)
		return nil
	})
	return maxima, err
}

// scan draws and scans the replicates from first on.
func (d *desk) scan(k *kernel, draw *sampler, maxima []float64, first int) {
	together := k.field.periods == 1 && k.field.model != Bernoulli
	clear(d.side)
	for lane := range maxima {
		cases := draw.draw(first+lane, d.counts, d.shuffled)
		if k.field.model == Expectation {
			k.fill(d.table, cases)
		}
		switch {
		case together:
			for cell, c := range d.counts {
				d.side[cell][lane] = c
			}
		case k.field.model == Bernoulli:
			maxima[lane] = k.controls(d.table, d.counts, d.at, d.upTo)
		default:
			maxima[lane] = k.cylinders(d.table, d.counts, d.at, d.upTo)
		}
	}
	if together {
		best := k.circles(d.table, d.side)
		copy(maxima, best[:])
	}
}

// judge sets the p values.
func (r *Result) judge() {
	n := float64(len(r.Maxima))
	if n == 0 {
		return
	}
	mean := sum(r.Maxima) / n
	square := 0.0
	for _, m := range r.Maxima {
		square += (m - mean) * (m - mean)
	}
	const euler = 0.57721566490153286
	scale := math.Sqrt(6*square/max(1, n-1)) / math.Pi
	for i := range r.Clusters {
		w := &r.Clusters[i]
		// Equal likelihoods can differ by rounding: they count as equal.
		reached := w.LLR - 1e-9*(1+w.LLR)
		above := 0
		for _, m := range r.Maxima {
			if m >= reached {
				above++
			}
		}
		w.P = (1 + float64(above)) / (1 + n)
		if n >= 99 && scale > 0 {
			w.Tail = -math.Expm1(-math.Exp(-(w.LLR - mean + euler*scale) / scale))
		}
	}
}
