package reliability

import (
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// bootstrap resamples the units and returns the empirical quantiles, or nil when every draw was
// undefined. The generator is PCG with the seed in its first word.
func bootstrap(m *measure, list []pattern, units int, s AlphaSettings) *Interval {
	owner := make([]int, 0, units) // pattern of each unit
	for i, p := range list {
		for range p.amount {
			owner = append(owner, i)
		}
	}
	rng := rand.New(rand.NewPCG(s.Seed, 0))
	amounts := make([]int, len(list))
	values := make([]float64, 0, s.Draws)
	for range s.Draws {
		clear(amounts)
		for range units {
			amounts[owner[rng.IntN(units)]]++
		}
		if v, ok := m.alpha(list, amounts); ok {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	tail := (1 - s.Level) / 2
	return &Interval{
		Lower:     stat.Quantile(tail, stat.Empirical, values, nil),
		Upper:     stat.Quantile(1-tail, stat.Empirical, values, nil),
		Undefined: s.Draws - len(values),
	}
}
