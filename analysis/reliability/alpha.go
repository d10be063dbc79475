package reliability

import (
	"cmp"
	"fmt"
)

// Metric says how far apart two categories are.
type Metric uint8

const (
	// Nominal: any two different categories are equally far apart.
	Nominal Metric = iota
	// Ordinal: the distance is the number of ratings that lie between, counted from the data.
	Ordinal
)

// String returns the English name.
func (m Metric) String() string {
	if m == Ordinal {
		return "ordinal"
	}
	return "nominal"
}

// Reading is Krippendorff's customary reading of an alpha.
type Reading uint8

const (
	// Unreliable: below 0.667. The definition of the categories must be rewritten.
	Unreliable Reading = iota
	// Tentative: from 0.667 to below 0.800. Only tentative conclusions.
	Tentative
	// Reliable: 0.800 and above.
	Reliable
)

// String returns the English name.
func (r Reading) String() string {
	return [...]string{"unreliable", "tentative", "reliable"}[min(r, Reliable)]
}

// readingOf classifies an alpha by the limits of Krippendorff, "Content Analysis" (2004), page 241:
// 0.667 and 0.800. They are customary, not derived.
func readingOf(alpha float64) Reading {
	switch {
	case alpha >= 0.8:
		return Reliable
	case alpha >= 0.667:
		return Tentative
	}
	return Unreliable
}

// AlphaSettings says which alpha to compute.
type AlphaSettings struct {
	// Metric is Nominal unless set.
	Metric Metric
	// Draws is the number of bootstrap samples, 0 to 100,000; 0 gives no interval.
	Draws int
	// Seed starts the bootstrap.
	Seed uint64
	// Level is the confidence level, in (0, 1); 0 means 0.95.
	Level float64
}

// Method describes the settings in one English line, for a run card.
func (s AlphaSettings) Method() string {
	if s.Draws == 0 {
		return fmt.Sprintf("Krippendorff's alpha, %s", s.Metric)
	}
	return fmt.Sprintf("Krippendorff's alpha, %s, %d bootstrap samples of units, seed %d", s.Metric, s.Draws, s.Seed)
}

// AlphaResult is the result of [Alpha]. Every number in it is finite.
type AlphaResult struct {
	// Settings are the caller's, with every default filled in.
	Settings AlphaSettings
	// Alpha is 1 for perfect agreement, 0 for what chance would give, and can be negative.
	Alpha float64
	// Reading compares the value, and LowerReading the lower bound (the value when there is no
	// interval), with the customary limits. Act on LowerReading.
	Reading, LowerReading Reading
	// Observed and Expected are the disagreements D_o and D_e, in squared distance.
	Observed, Expected float64
	// Interval is the bootstrap interval; nil when no draws were asked for or all were undefined.
	Interval *Interval
	// Coders, Units with at least two codes, and Dropped units with fewer.
	Coders, Units, Dropped int
	// Pairable is the number of codes in the Units.
	Pairable int
	// Coincidences[c][k] counts pairs of codes, each unit weighing as many as it has codes.
	Coincidences [][]float64
	// Agreement is plain agreement, see [PlainAgreement].
	Agreement float64
}

// Interval is a bootstrap interval.
type Interval struct {
	Lower, Upper float64
	// Undefined counts draws in which all codes were one category. They are left out; when they
	// are many, the units vary too little for an interval.
	Undefined int
}

// Alpha computes Krippendorff's alpha,
//
//	α = 1 − D_o/D_e    D_o = Σ o_ck·δ²_ck / n    D_e = Σ n_c·n_k·δ²_ck / (n·(n − 1))
//
// over the coincidence matrix o with margins n_c and sum n. δ² is 0 or 1 for [Nominal], and
// (n_c/2 + Σ_{c<g<k} n_g + n_k/2)² for [Ordinal] (Hayes and Krippendorff,
// doi:10.1080/19312450709336664; Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011).
//
// The interval resamples units with replacement and takes the empirical quantiles of alpha. It
// treats units as a random sample and coders as given.
//
// Errors, all of type [*Error]: a code outside the categories, units of unequal length, a setting
// out of range, no unit coded twice, no variation. Cost: O(units·coders + categories²) once, and for
// each draw O(units + patterns·categories'²), categories' being those within one unit.
func Alpha(r Ratings, s AlphaSettings) (*AlphaResult, error) {
	if s.Metric > Ordinal {
		return nil, badSetting("Metric", "unknown metric")
	}
	if s.Draws < 0 || s.Draws > 100_000 {
		return nil, badSetting("Draws", "%d is not between 0 and 100000", s.Draws)
	}
	if s.Level = cmp.Or(s.Level, 0.95); !(s.Level > 0 && s.Level < 1) {
		return nil, badSetting("Level", "%g is not between 0 and 1", s.Level)
	}
	coders, err := r.coders()
	if err != nil {
		return nil, err
	}
	list, units := r.patterns()
	if units == 0 {
		return nil, noPairs()
	}
	m := newMeasure(len(r.Categories), s.Metric)
	amounts := make([]int, len(list))
	pairable := 0
	for i, p := range list {
		amounts[i] = p.amount
		pairable += p.amount * p.coded
	}
	alpha, ok := m.alpha(list, amounts)
	if !ok {
		return nil, noVariation()
	}
	e := &AlphaResult{
		Settings: s, Alpha: alpha, Observed: m.observed, Expected: m.expected, Coders: coders,
		Units: units, Dropped: len(r.Codes) - units, Pairable: pairable,
		Coincidences: m.matrix(), Agreement: agreement(list),
	}
	e.Reading = readingOf(alpha)
	e.LowerReading = e.Reading
	if s.Draws > 0 {
		e.Interval = bootstrap(m, list, units, s)
	}
	if e.Interval != nil {
		e.LowerReading = readingOf(e.Interval.Lower)
	}
	return e, nil
}

// measure computes alpha for one set of amounts after another without new memory.
type measure struct {
	k                  int
	metric             Metric
	o                  []float64 // k×k
	margin             []float64 // n_c
	below              []float64 // Σ_{g<c} n_g
	observed, expected float64
}

func newMeasure(k int, metric Metric) *measure {
	return &measure{k: k, metric: metric, o: make([]float64, k*k), margin: make([]float64, k), below: make([]float64, k)}
}

// alpha returns the coefficient, and false when only one category occurs.
func (m *measure) alpha(list []pattern, amounts []int) (float64, bool) {
	coincidences(m.o, m.k, list, amounts)
	n := 0.0
	for c := range m.k {
		sum := 0.0
		for _, v := range m.o[c*m.k : (c+1)*m.k] {
			sum += v
		}
		m.margin[c], m.below[c] = sum, n
		n += sum
	}
	m.observed, m.expected = 0, 0
	for c := range m.k {
		if m.margin[c] == 0 {
			continue
		}
		for k := c + 1; k < m.k; k++ {
			if m.margin[k] == 0 {
				continue
			}
			d := m.distance(c, k)
			m.observed += 2 * m.o[c*m.k+k] * d / n
			m.expected += 2 * m.margin[c] * m.margin[k] * d / (n * (n - 1))
		}
	}
	if m.expected == 0 {
		return 0, false
	}
	return 1 - m.observed/m.expected, true
}

// distance is δ² between two different categories, c < k.
func (m *measure) distance(c, k int) float64 {
	if m.metric == Nominal {
		return 1
	}
	d := m.below[k] - m.below[c] - m.margin[c]/2 + m.margin[k]/2
	return d * d
}

// matrix copies the coincidences into rows.
func (m *measure) matrix() [][]float64 {
	rows := make([][]float64, m.k)
	for c := range rows {
		rows[c] = append([]float64(nil), m.o[c*m.k:(c+1)*m.k]...)
	}
	return rows
}
