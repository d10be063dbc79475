package mse

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
)

const (
	// DefaultTop is the number of models that [BIC] keeps for resamples when none is set.
	DefaultTop = 10
	maxModels  = 40_000
)

// BIC chooses, among all hierarchical models that hold every list, the one with the smallest Bayes
// information criterion, −2·log likelihood + log(people)·terms, where the constant, the lists and the
// empty overlaps count as terms too. On resamples and on tables with a person left out it refits only
// the Top best models of the whole table, which comes close to refitting all. Method: Silverman, Chan
// and Vincent, doi:10.1007/s11222-023-10346-9.
type BIC struct {
	// MaxOrder is the largest number of lists in an interaction: from 1 (independence) to one less
	// than the number of lists. 0 means the largest for up to four lists, and 2 for more.
	MaxOrder int
	// Top is the number of models kept, 0 for [DefaultTop].
	Top int
	// Workers is the number of goroutines that fit models, 0 for one for each processor.
	Workers int
}

// Ranked is one model with its estimate.
type Ranked struct {
	Model Model
	// Estimate is the number of people, seen and not seen.
	Estimate float64
	// BIC is the criterion; smaller is better.
	BIC float64
}

// Ranking is every model that has an estimate, best first.
type Ranking struct {
	Run
	// Models by ascending BIC; in the order of enumeration when equal.
	Models []Ranked
	// Considered is the number of models tried: those in Models and those without an estimate.
	Considered int
}

// Spread returns the largest estimate among the n best models divided by the smallest, and 1 when
// there are none.
func (r *Ranking) Spread(n int) float64 {
	low, high := math.Inf(1), 0.0
	for _, m := range r.Models[:min(n, len(r.Models))] {
		low, high = min(low, m.Estimate), max(high, m.Estimate)
	}
	if high == 0 {
		return 1
	}
	return high / low
}

// Name returns "bic".
func (b BIC) Name() string { return "bic" }

func (b BIC) settings() string { return fmt.Sprintf("order=%d top=%d", b.MaxOrder, b.top()) }

func (b BIC) top() int {
	if b.Top == 0 {
		return DefaultTop
	}
	return b.Top
}

func (b BIC) order(lists int) int {
	if b.MaxOrder > 0 {
		return b.MaxOrder
	}
	if lists <= 4 {
		return max(1, lists-1)
	}
	return 2
}

func (b BIC) check(t Table) error {
	if err := t.check(); err != nil {
		return err
	}
	if limit := max(1, len(t.lists)-1); b.MaxOrder < 0 || b.MaxOrder > limit {
		return badSetting("MaxOrder", "%d is not between 0 and %d, one less than the lists", b.MaxOrder, limit)
	}
	if b.Top < 0 {
		return badSetting("Top", "%d is negative", b.Top)
	}
	return nil
}

// Rank fits every hierarchical model up to the order of b and ranks those that have an estimate.
// Errors are [BadTable], [BadSetting], and [TooMany] when there are more than 40,000 models: all
// orders for up to 5 lists and pairs for up to 6 are within that. Cost: one fit for each model.
func Rank(ctx context.Context, t Table, b BIC) (Ranking, error) {
	if err := b.check(t); err != nil {
		return Ranking{}, err
	}
	models, err := hierarchical(ctx, len(t.lists), b.order(len(t.lists)))
	if err != nil {
		return Ranking{}, err
	}
	found, err := b.fitAll(ctx, t, models)
	if err != nil {
		return Ranking{}, err
	}
	r := Ranking{Run: runOf(t, b, 0), Considered: len(models)}
	for _, f := range found {
		if f.Model != nil && finite(f.BIC, f.Estimate) {
			r.Models = append(r.Models, f)
		}
	}
	slices.SortStableFunc(r.Models, func(a, b Ranked) int {
		// The last digits depend on the way the fit went and must not decide the order.
		return cmp.Compare(math.Round(a.BIC*1e9), math.Round(b.BIC*1e9))
	})
	return r, nil
}

// fitAll fits the models; one without an estimate leaves its place with a nil Model.
func (b BIC) fitAll(ctx context.Context, t Table, models []Model) ([]Ranked, error) {
	shared := newKernel(len(t.lists))
	shared.load(t)
	constant := 0.0
	for _, y := range shared.y[1:] {
		g, _ := math.Lgamma(y + 1)
		constant += g
	}
	shared.set(nil)
	if code, err := shared.fresh(ctx); err != nil {
		return nil, err
	} else if code != Exists {
		clear(shared.alpha)
	}
	found := make([]Ranked, len(models))
	start := func() *kernel {
		k := newKernel(len(t.lists))
		k.load(t)
		return k
	}
	return found, each(ctx, len(models), b.Workers, start, func(k *kernel, i int) error {
		criterion, estimate, err := k.criterion(ctx, models[i], shared.alpha)
		if err != nil || math.IsInf(criterion, 1) {
			return err
		}
		found[i] = Ranked{Model: models[i], Estimate: estimate, BIC: criterion + 2*constant}
		return nil
	})
}

// criterion returns the BIC but for the constant that all models share, and the estimate; +Inf when
// the model has none.
func (k *kernel) criterion(ctx context.Context, m Model, start []float64) (bic, estimate float64, err error) {
	copy(k.alpha, start)
	k.set(m)
	code, err := k.settle(ctx)
	if err != nil || code != Exists {
		estimate, err = unbounded(err)
		return estimate, estimate, err
	}
	return -2*k.fit + math.Log(k.n)*float64(1+k.lists+len(m)), k.total(), nil
}

func (b BIC) choose(ctx context.Context, t Table) (Result, rule, error) {
	r, err := Rank(ctx, t, b)
	if err != nil {
		return Result{}, nil, err
	}
	return b.best(ctx, t, r)
}

// best is choose from a ranking that is at hand.
func (b BIC) best(ctx context.Context, t Table, r Ranking) (Result, rule, error) {
	if len(r.Models) == 0 {
		return Result{}, nil, b.none(ctx, t)
	}
	kept := r.Models[:min(b.top(), len(r.Models))]
	starts := make([][]float64, len(kept))
	var result Result
	for i, m := range kept {
		k, err := prepared(t, m.Model)
		if err != nil {
			return Result{}, nil, err
		}
		if _, err := k.fresh(ctx); err != nil {
			return Result{}, nil, err
		}
		starts[i] = k.alpha
		if i > 0 {
			continue
		}
		if result, err = k.checked(t, b, m.Model); err != nil {
			return Result{}, nil, err
		}
	}
	return result, func(ctx context.Context, k *kernel) (float64, error) {
		best, total := math.Inf(1), math.Inf(1)
		for i, m := range kept {
			bic, estimate, err := k.criterion(ctx, m.Model, starts[i])
			if err != nil {
				return 0, err
			}
			if bic < best {
				best, total = bic, estimate
			}
		}
		return total, nil
	}, nil
}

// none says why no model has an estimate, by the simplest one.
func (b BIC) none(ctx context.Context, t Table) error {
	code, err := Existence(ctx, t, nil)
	if err != nil {
		return err
	}
	return noEstimate(code, Model(nil).Notation(len(t.lists)))
}

// hierarchical returns every hierarchical model over the lists with interactions up to the order,
// independence first.
func hierarchical(ctx context.Context, lists, order int) ([]Model, error) {
	e := &enumeration{ctx: ctx, lists: lists, order: order}
	if err := e.grow(Model{}, 2); err != nil {
		return nil, err
	}
	for _, m := range e.models {
		slices.SortFunc(m, compareTerms)
	}
	slices.SortStableFunc(e.models, func(a, b Model) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), slices.CompareFunc(a, b, compareTerms))
	})
	return e.models, nil
}

type enumeration struct {
	ctx          context.Context
	lists, order int
	models       []Model
}

// grow adds every set of interactions of the given size that the model allows, then larger ones.
func (e *enumeration) grow(m Model, size int) error {
	var open []History
	if size <= e.order {
		open = e.allowed(m, size)
	}
	if len(open) == 0 {
		if len(e.models) >= maxModels {
			return &Error{Problem: TooMany, Reason: fmt.Sprintf("more than %d hierarchical models of order %d on %d lists; lower MaxOrder, or merge lists", maxModels, e.order, e.lists)}
		}
		e.models = append(e.models, m)
		return nil
	}
	if len(open) >= 31 {
		return &Error{Problem: TooMany, Reason: fmt.Sprintf("2^%d models of pairs on %d lists; merge lists", len(open), e.lists)}
	}
	for choice := range uint32(1) << len(open) {
		if err := e.ctx.Err(); err != nil {
			return err
		}
		next := slices.Clone(m)
		for i, term := range open {
			if choice&(1<<i) != 0 {
				next = append(next, term)
			}
		}
		if len(next) == len(m) { // nothing larger can follow
			if err := e.grow(next, e.order+1); err != nil {
				return err
			}
			continue
		}
		if err := e.grow(next, size+1); err != nil {
			return err
		}
	}
	return nil
}

// allowed returns the sets of the size all of whose parts are in m, in word order.
func (e *enumeration) allowed(m Model, size int) []History {
	var out []History
	for h := History(1); h < 1<<e.lists; h++ {
		if h.Len() != size {
			continue
		}
		complete := true
		for rest := h; rest != 0 && complete; rest &= rest - 1 {
			part := h &^ (rest & -rest)
			complete = part.Len() < 2 || slices.Contains(m, part)
		}
		if complete {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, compareTerms)
	return out
}
