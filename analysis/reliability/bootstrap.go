package reliability

import (
	"math"
	"math/rand/v2"
	"slices"
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
		Lower:     quantile(values, tail),
		Upper:     quantile(values, 1-tail),
		Undefined: s.Draws - len(values),
	}
}

// quantile returns the least of the sorted values that a share p of them does not exceed.
func quantile(sorted []float64, p float64) float64 {
	return sorted[max(0, int(math.Ceil(p*float64(len(sorted))))-1)]
}
