package hotspot

import (
	"context"
	"math"
)

// stretch is a run of periods, first to before.
type stretch struct{ first, before int32 }

// field is the data with all windows in which an excess is looked for. A window is a circle (an entry
// of zones) and a stretch; they are numbered entry × stretches + stretch.
type field struct {
	model     Model
	periods   int
	cases     []float64 // of each cell: area × periods + period
	base      []float64 // expected cases of each cell; for Bernoulli people
	total     float64   // cases in all, as the likelihood counts them
	people    float64   // sum of base
	zones     *zones
	stretches []stretch
	// inside is the base of each window, 0 where no circle ends.
	inside []float64
}

// newField checks the data and lays out the windows.
func newField(ctx context.Context, d *Data, s *ScanSettings) (*field, error) {
	if err := checkAreas(d.Areas, d.Metric); err != nil {
		return nil, err
	}
	periods, err := d.shape()
	if err != nil {
		return nil, err
	}
	if *s, err = s.filled(periods); err != nil {
		return nil, err
	}
	if err := d.numbers(periods, s.Model > Bernoulli || s.Span != Space); err != nil {
		return nil, err
	}
	if err := d.people(periods, s.MinPopulation); err != nil {
		return nil, err
	}
	f := &field{model: s.Model, periods: periods, cases: d.Cases, total: sum(d.Cases)}
	if f.total < float64(s.MinTotal) {
		return nil, problem(TooFew, -1, "", "%g cases in all, below the minimum of %d; add periods or areas", f.total, s.MinTotal)
	}
	if f.total > maxTotal {
		return nil, problem(TooLarge, -1, "", "%g cases; at most %d are allowed", f.total, maxTotal)
	}
	exact := f.total
	if !s.KeepFractions {
		f.total = math.Floor(exact + 1e-9)
	}
	size, err := f.expect(d, exact, s.EmptyAreas)
	if err != nil {
		return nil, err
	}
	if s.Span == Space {
		f.cases, f.base, f.periods = overPeriods(f.cases, len(d.Areas), periods), overPeriods(f.base, len(d.Areas), periods), 1
	}
	f.lay(s)
	c := cover{size: size, most: s.MaxShare * sum(size), radius: s.MaxRadius, areas: s.MaxAreas, split: s.SplitTies}
	if f.zones, err = circles(ctx, d.Areas, d.Metric, c, maxWindows/len(f.stretches)); err != nil {
		return nil, err
	}
	f.inside = make([]float64, len(f.zones.order)*len(f.stretches))
	f.over(f.base, func(window int, v float64) { f.inside[window] = v })
	return f, nil
}

// lay lists the stretches.
func (f *field) lay(s *ScanSettings) {
	last := int32(f.periods)
	if s.Span == Space {
		f.stretches = []stretch{{0, last}}
		return
	}
	for before := int32(1); before <= last; before++ {
		if s.Span == Prospective && before < last {
			continue
		}
		for first := before - 1; first >= max(0, before-int32(s.MaxPeriods)); first-- {
			f.stretches = append(f.stretches, stretch{first, before})
		}
	}
}

// expect sets what is expected in each cell, and returns the size of each area, by which circles are limited.
func (f *field) expect(d *Data, cases float64, empty bool) (size []float64, err error) {
	periods, n := f.periods, len(d.Areas)
	switch f.model {
	case Permutation:
		f.base, size = f.independent(n), overPeriods(d.Cases, n, periods)
	case Expectation:
		if d.Expected == nil {
			return nil, badSetting("Data.Expected", "it is missing; the Expectation model needs a forecast")
		}
		f.base = d.Expected
	case Bernoulli:
		if d.Population == nil {
			return nil, badSetting("Data.Population", "it is missing; the Bernoulli model needs cases and controls together")
		}
		f.base = d.Population
		err = f.controls(d)
	default:
		if f.base = d.Expected; f.base == nil {
			f.base = d.Population
		}
		if f.base == nil {
			return nil, badSetting("Data.Population", "it is missing, and so is Data.Expected; the Poisson model needs one of them")
		}
	}
	if err != nil {
		return nil, err
	}
	if err := f.empty(d, empty); err != nil {
		return nil, err
	}
	if f.people = sum(f.base); f.people <= 0 {
		return nil, problem(TooFew, -1, "", "nobody is at risk: all populations or expected numbers are 0")
	}
	if f.model == Expectation && f.people > maxTotal {
		return nil, problem(TooLarge, -1, "", "%g cases are expected; at most %d are allowed", f.people, maxTotal)
	}
	if f.model == Poisson {
		scaled := make([]float64, len(f.base))
		for cell, b := range f.base {
			scaled[cell] = b / f.people * cases
		}
		f.base, f.people = scaled, cases
	}
	if size == nil && d.Population != nil {
		size = overPeriods(d.Population, n, periods)
	} else if size == nil {
		size = overPeriods(f.base, n, periods)
	}
	return size, nil
}

// empty refuses cases where none can be, and areas in which none can be.
func (f *field) empty(d *Data, allowed bool) error {
	for cell, b := range f.base {
		if b == 0 && f.cases[cell] > 0 {
			return d.at(BadCount, cell, f.periods, "%g cases where none are expected; mend it, or merge the area with a neighbour", f.cases[cell])
		}
	}
	if allowed || f.model == Permutation {
		return nil
	}
	for i := range d.Areas {
		if sum(f.base[i*f.periods:(i+1)*f.periods]) == 0 {
			e := d.at(BadCount, i*f.periods, f.periods, "nobody is at risk here in any period; leave the area out, merge it with a neighbour, or set EmptyAreas")
			e.Period = -1
			return e
		}
	}
	return nil
}

// independent returns the cases expected in each cell when place and time do not depend on each other.
func (f *field) independent(areas int) []float64 {
	place, when := make([]float64, areas), make([]float64, f.periods)
	for cell, c := range f.cases {
		place[cell/f.periods] += c
		when[cell%f.periods] += c
	}
	base := make([]float64, len(f.cases))
	for cell := range base {
		base[cell] = place[cell/f.periods] * when[cell%f.periods] / f.total
	}
	return base
}

// controls refuses a population that cannot be cases and controls together.
func (f *field) controls(d *Data) error {
	for cell, n := range d.Population {
		if n != math.Trunc(n) || n < d.Cases[cell] {
			return d.at(BadCount, cell, f.periods, "a population of %g for %g cases; a whole number, at least that of the cases, is needed", n, d.Cases[cell])
		}
	}
	if f.total == sum(d.Population) {
		return problem(NoVariation, -1, "", "everybody is a case; controls are missing")
	}
	return nil
}

// over calls do with every window in which a circle ends, and the sum of x in it. O(windows).
func (f *field) over(x []float64, do func(window int, v float64)) {
	at, upTo := make([]float64, f.periods), make([]float64, f.periods+1)
	for centre := range len(f.zones.start) - 1 {
		clear(at)
		for k := f.zones.start[centre]; k < f.zones.start[centre+1]; k++ {
			cells := x[int(f.zones.order[k])*f.periods:]
			for t := range at {
				at[t] += cells[t]
				upTo[t+1] = upTo[t] + at[t]
			}
			if !f.zones.ends[k] {
				continue
			}
			for j, s := range f.stretches {
				do(k*len(f.stretches)+j, upTo[s.before]-upTo[s.first])
			}
		}
	}
}

// score is the log likelihood ratio of c cases in a window with base b: 0 when there is no excess.
func (f *field) score(c, b float64) float64 {
	switch f.model {
	case Bernoulli:
		return bernoulli(c, b, f.total, f.people)
	case Expectation:
		return expectation(c, b)
	default:
		return poisson(c, b, f.total)
	}
}

// poisson: c of total cases in a window where e are expected.
func poisson(c, e, total float64) float64 {
	if !(c > e) || e <= 0 {
		return 0
	}
	return max(0, part(c, e)+part(total-c, total-e))
}

// bernoulli: c of total cases among n of people.
func bernoulli(c, n, total, people float64) float64 {
	e := total * (n / people)
	if !(c > e) || e <= 0 {
		return 0
	}
	rest, kept := people-total, n-e
	return max(0, part(c, e)+part(total-c, total-e)+part(n-c, kept)+part(rest-(n-c), rest-kept))
}

// expectation: c cases where b are expected.
func expectation(c, b float64) float64 {
	if !(c > b) || b <= 0 {
		return 0
	}
	return max(0, part(c, b)+b-c)
}

// part is c ln(c/e), 0 for c = 0; close to c = e it keeps the digits.
func part(c, e float64) float64 {
	if c <= 0 {
		return 0
	}
	if r := (c - e) / e; math.Abs(r) < 0.5 {
		return c * math.Log1p(r)
	}
	return c * math.Log(c/e)
}
