package mse

import (
	"context"
	"fmt"
	"slices"
)

const (
	// DefaultResamples is the number of resamples drawn when none is set.
	DefaultResamples = 1000
	maxResamples     = 1_000_000
)

// BootstrapSettings says how to resample. The zero value draws [DefaultResamples] with seed 0.
type BootstrapSettings struct {
	// Draws is the number of resamples, 0 for [DefaultResamples].
	Draws int
	// Seed of the generator. The result depends on it and not on Workers.
	Seed uint64
	// Resamples, when not nil, are used in place of the generator; Draws and Seed must then be 0.
	Resamples *Resamples
	// Levels are the levels of the limits, each between 0 and 1; nil for 0.025, 0.1, 0.9 and 0.975.
	Levels []float64
	// Workers is the number of goroutines, 0 for one for each processor.
	Workers int
}

// Bootstrapped is an estimate with bootstrap limits.
type Bootstrapped struct {
	Run
	// Result is the estimate from the table itself.
	Result Result
	BCa
	// Estimates of the resamples in their order; +Inf for those without a finite one.
	Estimates []float64
	// Jackknife leaves out one person of each history, ascending by history.
	Jackknife []Influence
	// Warnings are cautions for the reader.
	Warnings []Finding
}

// Bootstrap repeats the whole method, with its choice of a model, on resamples of the observed people,
// and returns limits that are corrected for bias and acceleration (BCa):
//
//	z₀ = Φ⁻¹(share of resamples below the estimate)
//	r_w = mean jackknife estimate − jackknife estimate without one person of history w
//	a  = Σ N_w·r_w³ / (6·(Σ N_w·r_w²)^1.5)
//	limit at level q: the quantile at Φ(z₀ + (z₀ + z_q)/(1 − a·(z₀ + z_q)))
//
// with the mean weighted by the counts N_w, and quantiles of type 8 (Hyndman and Fan,
// doi:10.2307/2684934). BCa is Efron's, doi:10.2307/2289144.
//
// Edge cases: half of the resamples whose estimate equals that of the table to nine digits count as
// below it, rounded up. A resample in which a list has nobody is estimated from the other lists. A
// resample without a finite estimate counts as +Inf, and a limit that falls among those is +Inf. When
// no, or every, resample is below the estimate, the share is taken as half a resample from 0 or 1.
// When the jackknife estimates are all equal, or one is not finite, the acceleration is 0, and when
// the denominator is not positive the level is 1 for upper limits and 0 for lower ones. Each is
// reported in Warnings or Limits. Errors are those of the method and [BadSetting].
//
// Cost: (Draws + number of histories) repetitions of the method, and O(people) to draw each.
func Bootstrap(ctx context.Context, t Table, m Method, s BootstrapSettings) (Bootstrapped, error) {
	if err := t.check(); err != nil {
		return Bootstrapped{}, err
	}
	if m == nil {
		return Bootstrapped{}, badSetting("Method", "no method is given")
	}
	if _, err := s.check(t); err != nil {
		return Bootstrapped{}, err
	}
	result, repeat, err := m.choose(ctx, t)
	if err != nil {
		return Bootstrapped{}, err
	}
	return s.run(ctx, t, result, repeat)
}

// run resamples a choice that has been made.
func (s BootstrapSettings) run(ctx context.Context, t Table, result Result, repeat rule) (Bootstrapped, error) {
	draws, err := s.check(t)
	if err != nil {
		return Bootstrapped{}, err
	}
	b := Bootstrapped{Run: result.Run, Result: result, Warnings: slices.Clone(result.Warnings)}
	b.Seed = s.Seed
	b.Settings += fmt.Sprintf(" draws=%d given=%t", draws, s.Resamples != nil)
	if b.Estimates, err = s.estimates(ctx, t, repeat, draws); err != nil {
		return Bootstrapped{}, err
	}
	if b.Jackknife, err = without(ctx, t, repeat, result.Estimate, s.Workers, onePerson); err != nil {
		return Bootstrapped{}, err
	}
	b.BCa = correct(result.Estimate, b.Estimates, b.Jackknife, s.levels())
	b.Warnings = append(b.Warnings, b.cautions(draws)...)
	b.Warnings = append(b.Warnings, decides(t, b.Jackknife)...)
	return b, nil
}

func (s BootstrapSettings) levels() []float64 {
	if s.Levels == nil {
		return []float64{0.025, 0.1, 0.9, 0.975}
	}
	return s.Levels
}

// check returns the number of resamples.
func (s BootstrapSettings) check(t Table) (int, error) {
	for _, q := range s.levels() {
		if !(q > 0 && q < 1) {
			return 0, badSetting("Levels", "%g is not between 0 and 1", q)
		}
	}
	if s.Resamples != nil {
		if s.Draws != 0 || s.Seed != 0 {
			return 0, badSetting("Resamples", "Draws and Seed must be 0 when resamples are given")
		}
		if len(s.Resamples.Counts) == 0 {
			return 0, badSetting("Resamples", "there are none")
		}
		return len(s.Resamples.Counts), s.Resamples.check(t)
	}
	if s.Draws < 0 || s.Draws > maxResamples {
		return 0, badSetting("Draws", "%d is not between 0 and %d", s.Draws, maxResamples)
	}
	if s.Draws == 0 {
		return DefaultResamples, nil
	}
	return s.Draws, nil
}

// estimates repeats the method on every resample.
func (s BootstrapSettings) estimates(ctx context.Context, t Table, repeat rule, draws int) ([]float64, error) {
	draw := newSampler(t, s.Seed).draw
	if s.Resamples != nil {
		draw = s.Resamples.draw
	}
	out := make([]float64, draws)
	start := func() *kernel { return newKernel(len(t.lists)) }
	err := each(ctx, draws, s.Workers, start, func(k *kernel, i int) error {
		draw(i, k)
		var err error
		out[i], err = repeat(ctx, k)
		return err
	})
	return out, err
}
