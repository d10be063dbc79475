package mse

import (
	"context"
	"math"
)

// Method chooses a model for a table and estimates from it: [Fixed], [Stepwise] or [BIC].
type Method interface {
	// Name returns a short stable name.
	Name() string
	// settings returns the settings as words for [Run].
	settings() string
	// choose returns the result on the table, and the rule that repeats the choice on other tables with
	// the same lists.
	choose(ctx context.Context, t Table) (Result, rule, error)
}

// rule returns the estimate of the table that the kernel holds; +Inf when no estimate exists. It
// keeps no state between calls, so that one rule serves every worker.
type rule func(ctx context.Context, k *kernel) (float64, error)

// Estimate chooses a model by the method and returns its estimate. Errors are those of the method.
func Estimate(ctx context.Context, t Table, m Method) (Result, error) {
	if err := t.check(); err != nil {
		return Result{}, err
	}
	if m == nil {
		return Result{}, badSetting("Method", "no method is given")
	}
	r, _, err := m.choose(ctx, t)
	return r, err
}

var (
	_ Method = Fixed{}
	_ Method = Stepwise{}
	_ Method = BIC{}
)

// Fixed is the method that chooses nothing: it fits its model. The zero value is independence of
// the lists.
type Fixed struct {
	Model Model
}

// Name returns "fixed", or "independence" when there are no interactions.
func (f Fixed) Name() string {
	if len(f.Model) == 0 {
		return "independence"
	}
	return "fixed"
}

func (f Fixed) settings() string { return "model=" + f.Model.Notation(0) }

func (f Fixed) choose(ctx context.Context, t Table) (Result, rule, error) {
	k, err := prepared(t, f.Model)
	if err != nil {
		return Result{}, nil, err
	}
	code, err := k.fresh(ctx)
	if err != nil {
		return Result{}, nil, err
	}
	if code != Exists {
		return Result{}, nil, noEstimate(code, f.Model.Notation(len(t.lists)))
	}
	r, err := k.checked(t, f, f.Model)
	start := k.alpha
	return r, func(ctx context.Context, w *kernel) (float64, error) {
		copy(w.alpha, start)
		w.set(f.Model)
		if code, err := w.settle(ctx); err != nil || code != Exists {
			return unbounded(err)
		}
		return w.total(), nil
	}, err
}

// checked is result, or an error when a figure is not finite.
func (k *kernel) checked(t Table, method Method, m Model) (Result, error) {
	r := k.result(t, method, m)
	if !r.finite() {
		return Result{}, &Error{Problem: NotConverged, Term: m.Notation(len(t.lists)), Reason: "a figure is not finite; look for a mistyped count"}
	}
	return r, nil
}

// unbounded is the estimate of a table that has none: the likelihood grows as the number of hidden
// people does, or nothing bounds it. A fit that did not converge counts as none; ctx ends the work.
func unbounded(err error) (float64, error) {
	if err != nil && ProblemOf(err) != NotConverged {
		return 0, err
	}
	return math.Inf(1), nil
}
