package mse

import (
	"context"
	"math"
)

// Rounded holds figures rounded for print.
type Rounded struct {
	Estimate float64  `json:"estimate"`
	Lower    float64  `json:"lower"`
	Upper    *float64 `json:"upper"`
	// Digits is the number of significant digits of the estimate: 2 or 3.
	Digits int `json:"digits"`
}

// Round returns v rounded to the given number of significant digits, at least 1. 0 and values that
// are not finite stay as they are.
func Round(v float64, digits int) float64 {
	if v == 0 || !finite(v) {
		return v
	}
	place := math.Floor(math.Log10(math.Abs(v))) - float64(max(digits, 1)-1)
	if place > 0 {
		unit := math.Pow(10, place)
		return math.Round(v/unit) * unit
	}
	scale := math.Pow(10, -place)
	if !finite(scale) {
		return v
	}
	return math.Round(v*scale) / scale
}

// narrow is the width of an interval relative to the estimate below which a third digit means something.
const narrow = 0.2

// state fills the figures of the answer.
func (a *Answer) state(estimate, lower, upper float64) {
	a.Estimate, a.Lower = new(estimate), new(lower)
	digits := 2
	if (upper-lower)/estimate < narrow {
		digits = 3
	}
	a.Rounded = &Rounded{Estimate: Round(estimate, digits), Lower: Round(lower, digits), Digits: digits}
	if finite(upper) {
		a.Upper, a.Rounded.Upper = new(upper), new(Round(upper, digits))
		return
	}
	a.Reasons = append(a.Reasons, finding(Open, "", 0))
}

// best is the choice by BIC from the ranking at hand.
func (w *writer) best(ctx context.Context, t Table) (Result, rule, error) {
	if w.ranking == nil {
		return w.s.BIC.choose(ctx, t)
	}
	return w.s.BIC.best(ctx, t, *w.ranking)
}

// resampled answers by a method that chooses a model.
func (w *writer) resampled(a *Answer, choose func(context.Context, Table) (Result, rule, error)) error {
	a.Interval = "bca"
	result, repeat, err := choose(w.ctx, w.t)
	if err != nil {
		return err
	}
	b, err := w.s.Bootstrap.run(w.ctx, w.t, result, repeat)
	if err != nil {
		return err
	}
	a.Run, a.Model = b.Run, result.Model.Names(w.t.lists)
	lower, _ := b.Limit(0.025)
	upper, _ := b.Limit(0.975)
	if !finite(lower) {
		lower = float64(result.Observed)
	}
	a.state(result.Estimate, lower, upper)
	for _, f := range b.Warnings {
		switch f.Caution {
		case OnePersonDecides, OnePersonEnds:
			a.Reasons = append(a.Reasons, f)
		case Open:
		default:
			a.Warnings = append(a.Warnings, f)
		}
	}
	return nil
}

// averaged answers by averaging over graphs.
func (w *writer) averaged(a *Answer) error {
	a.Interval = "posterior"
	settings := w.s.Average
	settings.Level = 0.95
	p, graphs, err := average(w.ctx, w.t, settings)
	if err != nil {
		return err
	}
	jack, err := withoutPerson(w.ctx, w.t, p, graphs, w.s.Bootstrap.Workers)
	if err != nil {
		return err
	}
	a.Run = p.Run
	if len(p.Top) > 0 {
		a.Model = p.Top[0].Model.Names(w.t.lists)
	}
	a.state(p.Median, p.Lower, p.Upper)
	a.Reasons = append(a.Reasons, decides(w.t, jack)...)
	a.Warnings = append(a.Warnings, p.Warnings...)
	return nil
}

// fixed answers by independence.
func (w *writer) fixed(a *Answer) error {
	a.Interval = "wald"
	r, err := Estimate(w.ctx, w.t, Fixed{})
	if err != nil {
		return err
	}
	a.Run, a.Model = r.Run, r.Model.Names(w.t.lists)
	a.state(r.Estimate, r.Lower, r.Upper)
	return nil
}
