package mse

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// DefaultThreshold is the p-value below which [Stepwise] lets a pair in.
const DefaultThreshold = 0.02

// Stepwise chooses pairs of lists one at a time. From independence it compares, for every pair not in
// the model, the people on both lists with the number expected by the fit,
//
//	p = min(P(X ≤ N*), P(X ≥ N*)),  X ~ Poisson(Σ μ_w over the cells w with both lists),
//
// and adds the pair with the smallest p (the first in word order on ties), as long as p is below the
// threshold and the estimate with the pair exists and is unique. Method: Chan, Silverman and Vincent,
// doi:10.1080/01621459.2019.1708748. Cost: one fit for each pair that enters and one more.
type Stepwise struct {
	// Threshold is between 0 (no pair enters) and 1; 0 means [DefaultThreshold].
	Threshold float64
}

// Step is one decision of [Stepwise].
type Step struct {
	// Pair is the pair with the smallest p of those whose model has an estimate.
	Pair History
	// P is its p-value.
	P float64
	// Shared is the number of people on both lists, and Expected what the fit led one to expect.
	Shared   int
	Expected float64
	// Entered: the pair is in the model. It is false for the last step, which ended the choice.
	Entered bool
	// Refused are pairs with a smaller p whose model has no estimate.
	Refused []History
	// Estimate is the population size after the decision.
	Estimate float64
}

// Name returns "stepwise".
func (s Stepwise) Name() string { return "stepwise" }

func (s Stepwise) settings() string { return fmt.Sprintf("threshold=%g", s.threshold()) }

func (s Stepwise) threshold() float64 {
	if s.Threshold == 0 {
		return DefaultThreshold
	}
	return s.Threshold
}

func (s Stepwise) check(t Table) error {
	if err := t.check(); err != nil {
		return err
	}
	if p := s.threshold(); !(p > 0 && p <= 1) {
		return badSetting("Threshold", "%g is not between 0 and 1", s.Threshold)
	}
	return nil
}

func (s Stepwise) choose(ctx context.Context, t Table) (Result, rule, error) {
	if err := s.check(t); err != nil {
		return Result{}, nil, err
	}
	k := newKernel(len(t.lists))
	k.load(t)
	walk := stepper{k: k, pairs: pairs(len(t.lists)), threshold: s.threshold(), trace: true}
	code, err := walk.run(ctx, nil)
	if err != nil {
		return Result{}, nil, err
	}
	if code != Exists {
		return Result{}, nil, noEstimate(code, Model(nil).Notation(len(t.lists)))
	}
	r, err := k.checked(t, s, NewModel(walk.chosen...))
	r.Steps = walk.steps
	return r, s.repeat(walk.pairs, walk.first), err
}

// repeat walks from the independence fit of the first table, which is few steps from that of another.
func (s Stepwise) repeat(candidates []History, start []float64) rule {
	return func(ctx context.Context, k *kernel) (float64, error) {
		walk := stepper{k: k, pairs: candidates, threshold: s.threshold()}
		if code, err := walk.run(ctx, start); err != nil || code != Exists {
			return unbounded(err)
		}
		return k.total(), nil
	}
}

// stepper is one walk of the stepwise choice on the table of its kernel.
type stepper struct {
	k         *kernel
	pairs     []History
	threshold float64
	trace     bool
	chosen    []History
	steps     []Step
	rank      []candidate
	first     []float64 // coefficients of independence
}

type candidate struct {
	pair History
	p    float64
}

// run chooses and leaves the kernel at the fit of the chosen model. The start may be nil.
func (s *stepper) run(ctx context.Context, start []float64) (Code, error) {
	s.k.set(nil)
	if start != nil {
		copy(s.k.alpha, start)
	} else if !s.k.start() {
		clear(s.k.alpha)
	}
	if code, err := s.k.settle(ctx); err != nil || code != Exists {
		return code, err
	}
	if s.trace {
		s.first = slices.Clone(s.k.alpha)
	}
	for range s.pairs {
		s.order()
		entered, err := s.enter(ctx)
		if err != nil || !entered {
			return Exists, err
		}
	}
	return Exists, nil
}

// order ranks the pairs that are not in the model by p.
func (s *stepper) order() {
	s.rank = s.rank[:0]
	for _, pair := range s.pairs {
		if !slices.Contains(s.chosen, pair) {
			s.rank = append(s.rank, candidate{pair, tail(int(s.k.sum[pair]), s.k.over[pair])})
		}
	}
	slices.SortStableFunc(s.rank, func(a, b candidate) int { return cmp.Compare(a.p, b.p) })
}

// enter adds the best pair that is below the threshold and whose model has an estimate.
func (s *stepper) enter(ctx context.Context) (bool, error) {
	var refused []History
	before := slices.Clone(s.k.alpha)
	var step Step
	for _, c := range s.rank {
		step = Step{Pair: c.pair, P: c.p, Shared: int(s.k.sum[c.pair]), Expected: s.k.over[c.pair]}
		if c.p >= s.threshold {
			break
		}
		s.k.set(append(s.chosen, c.pair))
		code, err := s.k.settle(ctx)
		if err != nil && ProblemOf(err) != NotConverged {
			return false, err
		}
		if err == nil && code == Exists {
			s.chosen = append(s.chosen, c.pair)
			step.Entered = true
			break
		}
		refused = append(refused, c.pair)
		copy(s.k.alpha, before)
		s.k.set(s.chosen)
		s.k.newton(false)
	}
	if s.trace && step.Pair != 0 {
		step.Refused, step.Estimate = refused, s.k.total()
		s.steps = append(s.steps, step)
	}
	return step.Entered, nil
}
