package alignment

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// SensitivitySettings says how the weights are varied.
type SensitivitySettings struct {
	// Draws is the number of weight sets, 1 to 100,000; 0 means 2,000.
	Draws int
	// Seed starts the generator.
	Seed uint64
	// Spread is the standard deviation of the logarithm of each topic's factor, above 0 and at most
	// 3; 0 means 0.4, under which one factor in three lies outside 0.67 to 1.49.
	Spread float64
	// Level is the share of draws inside a band, in (0, 1); 0 means 0.9.
	Level float64
}

// Method describes the settings in one English line, for a run card.
func (s SensitivitySettings) Method() string {
	return fmt.Sprintf("%d draws of lognormal weights, spread %g, seed %d, %g bands", s.Draws, s.Spread, s.Seed, s.Level)
}

// Range is a closed interval.
type Range struct{ Low, High float64 }

// Band says how one assessment moves when the weights are varied.
type Band struct {
	// Lower, Upper and Known are the bands of the three figures.
	Lower, Upper, Known Range
	// OverKnown is the band of the value over the known weight; nil when nothing is known.
	OverKnown *Range
}

// Sensitivity is the result of [Standard.Sensitivity].
type Sensitivity struct {
	// Settings are the caller's, with every default filled in.
	Settings SensitivitySettings
	// Bands stand in the order of the assessments.
	Bands []Band
}

// Differ reports whether two of the assessments differ clearly: what one can at most reach under any
// weights of the band lies below what the other has at least. Otherwise say "no clear difference".
// It is false for indices out of range.
func (s *Sensitivity) Differ(i, j int) bool {
	if i < 0 || j < 0 || i >= len(s.Bands) || j >= len(s.Bands) {
		return false
	}
	a, b := s.Bands[i], s.Bands[j]
	return a.Upper.High < b.Lower.Low || b.Upper.High < a.Lower.Low
}

// Sensitivity varies the weight of every topic by an independent lognormal factor, the same for all
// assessments within a draw, and reports the band of each figure (empirical quantiles). Assessments
// must have been made with this standard. The generator is PCG with the seed in its first word.
//
// Errors, all of type [*Error]: a setting out of range, an assessment of another standard.
// Cost: O(draws·(topics + Σ known topics)) plus sorting; memory O(draws).
func (s *Standard) Sensitivity(assessments []*Assessment, settings SensitivitySettings) (*Sensitivity, error) {
	settings, err := settings.resolve()
	if err != nil {
		return nil, err
	}
	for i, a := range assessments {
		if !s.made(a) {
			return nil, refuse(BadSetting, fmt.Sprintf("assessment %d", i), "it was not made with this standard")
		}
	}
	factors := s.draw(settings)
	e := &Sensitivity{Settings: settings, Bands: make([]Band, len(assessments))}
	var w workspace
	for i, a := range assessments {
		e.Bands[i] = w.band(factors, a, settings.Level)
	}
	return e, nil
}

// made reports whether an assessment has the topics and weights of this standard.
func (s *Standard) made(a *Assessment) bool {
	if a == nil || len(a.Topics) != len(s.topics) {
		return false
	}
	for i, t := range a.Topics {
		if t.Code != s.topics[i].Code || t.Weight != s.topics[i].Weight || t.Status > NotApplicable {
			return false
		}
	}
	return true
}

func (s SensitivitySettings) resolve() (SensitivitySettings, error) {
	s.Draws, s.Spread, s.Level = cmp.Or(s.Draws, 2000), cmp.Or(s.Spread, 0.4), cmp.Or(s.Level, 0.9)
	switch {
	case s.Draws < 1 || s.Draws > 100_000:
		return s, refuse(BadSetting, "Draws", "%d is not between 1 and 100000", s.Draws)
	case !(s.Spread > 0 && s.Spread <= 3):
		return s, refuse(BadSetting, "Spread", "%g is not above 0 and at most 3", s.Spread)
	case !(s.Level > 0 && s.Level < 1):
		return s, refuse(BadSetting, "Level", "%g is not between 0 and 1", s.Level)
	}
	return s, nil
}

// weightDraws holds the drawn weights, one column (a slice over the draws) for each topic, so that
// one assessment runs along memory.
type weightDraws struct {
	topic [][]float64
	total []float64
}

func (s *Standard) draw(settings SensitivitySettings) weightDraws {
	rng := rand.New(rand.NewPCG(settings.Seed, 0))
	d := weightDraws{topic: make([][]float64, len(s.topics)), total: make([]float64, settings.Draws)}
	for i, t := range s.topics {
		d.topic[i] = make([]float64, settings.Draws)
		for k := range d.topic[i] {
			w := t.Weight * math.Exp(settings.Spread*rng.NormFloat64())
			d.topic[i][k] = w
			d.total[k] += w
		}
	}
	return d
}

// workspace is memory that the assessments share.
type workspace struct{ weight, known, value, figure []float64 }

// band computes the bands of one assessment.
func (w *workspace) band(d weightDraws, a *Assessment, level float64) Band {
	// Sums of what applies, never the total less what does not: differences would lose digits.
	whole := !slices.ContainsFunc(a.Topics, func(t TopicResult) bool { return t.Status == NotApplicable })
	w.weight = append(w.weight[:0], d.total...)
	if !whole {
		clear(w.weight)
	}
	w.known = append(w.known[:0], make([]float64, len(d.total))...)
	w.value = append(w.value[:0], make([]float64, len(d.total))...)
	for i, t := range a.Topics {
		if !whole && t.Status != NotApplicable {
			for k, v := range d.topic[i] {
				w.weight[k] += v
			}
		}
		if t.Status == Unknown || t.Status == NotApplicable {
			continue
		}
		for k, v := range d.topic[i] {
			w.known[k] += v
			w.value[k] += v * t.Value
		}
	}
	if a.Weight == 0 {
		return Band{Lower: Range{0, 0}, Upper: Range{1, 1}}
	}
	b := Band{
		Lower: w.quantiles(level, func(k int) float64 { return w.value[k] / w.weight[k] }),
		Upper: w.quantiles(level, func(k int) float64 { return 1 - (w.known[k]-w.value[k])/w.weight[k] }),
		Known: w.quantiles(level, func(k int) float64 { return w.known[k] / w.weight[k] }),
	}
	if a.OverKnown != nil {
		b.OverKnown = new(w.quantiles(level, func(k int) float64 { return w.value[k] / w.known[k] }))
	}
	return b
}

// quantiles returns the empirical band of a figure over the draws, cut to [0, 1] against rounding.
func (w *workspace) quantiles(level float64, figure func(k int) float64) Range {
	w.figure = w.figure[:0]
	for k := range w.weight {
		w.figure = append(w.figure, min(1, max(0, figure(k))))
	}
	slices.Sort(w.figure)
	n := float64(len(w.figure))
	at := func(p float64) float64 {
		return w.figure[min(len(w.figure)-1, max(0, int(math.Ceil(p*n))-1))]
	}
	tail := (1 - level) / 2
	return Range{Low: at(tail), High: at(1 - tail)}
}
