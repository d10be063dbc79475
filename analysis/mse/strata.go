package mse

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
)

// StratumEstimate is the estimate of one stratum.
type StratumEstimate struct {
	Name string
	// Estimate with limits; nil when there is none, and Missing then says why.
	Estimate *Bootstrapped
	Missing  string
}

// Stratified holds the estimates of groups of people, and of all together.
type Stratified struct {
	Run
	// Strata in the order they were given.
	Strata []StratumEstimate
	// Total is the sum of the estimates, with limits from the sums of the resamples; nil when a stratum
	// has no estimate, because a sum without it would be too small.
	Total *StratifiedTotal
	// Pooled is the estimate that ignores the strata; nil when there is none.
	Pooled *Result
	// Warnings are cautions for the reader.
	Warnings []Finding
}

// StratifiedTotal is a sum over strata.
type StratifiedTotal struct {
	// Estimate is the number of people, seen and not seen, of all strata.
	Estimate float64
	// Observed is the number of people on at least one list.
	Observed int
	BCa
	// Estimates are the sums of the resamples; resample i sums the i-th of every stratum.
	Estimates []float64
}

// Stratify estimates each stratum by itself and adds the estimates up. People of one stratum who are
// easier to find than those of another make lists look dependent, or hide that they are; strata take
// that away, at the price of smaller counts. Each stratum is resampled by itself, with a seed derived
// from the seed and its place, and the limits of the total come from the sums (see [Bootstrap]), with
// the jackknife over the people of all strata. Strata need the same lists in the same order and
// distinct names; given resamples cannot be used. Errors are [BadTable] and [BadSetting]; a stratum
// without an estimate is an entry, not an error. Cost: a bootstrap for each stratum.
func Stratify(ctx context.Context, strata []Stratum, m Method, s BootstrapSettings) (Stratified, error) {
	pooled, err := pool(strata)
	if err != nil {
		return Stratified{}, err
	}
	if m == nil {
		return Stratified{}, badSetting("Method", "no method is given")
	}
	if s.Resamples != nil {
		return Stratified{}, badSetting("Resamples", "strata cannot use given resamples")
	}
	draws, err := s.check(pooled)
	if err != nil {
		return Stratified{}, err
	}
	out := Stratified{Run: runOf(pooled, m, s.Seed)}
	out.Settings += fmt.Sprintf(" draws=%d strata=%d", draws, len(strata))
	for i, stratum := range strata {
		own := s
		own.Seed += uint64(i) * 0x9e3779b97f4a7c15 // far apart, and the seed itself for the first
		e := StratumEstimate{Name: stratum.Name}
		b, err := Bootstrap(ctx, stratum.Table, m, own)
		if err == nil {
			e.Estimate = &b
		} else if e.Missing, err = missing(err); err != nil {
			return Stratified{}, err
		}
		out.Strata = append(out.Strata, e)
	}
	if r, err := Estimate(ctx, pooled, m); err == nil {
		out.Pooled = &r
	} else if _, err = missing(err); err != nil {
		return Stratified{}, err
	}
	out.add(s.levels(), draws)
	return out, nil
}

// missing turns an error that says that there is no estimate into its words; other errors stay.
func missing(err error) (string, error) {
	if e, ok := errors.AsType[*Error](err); ok && e.Problem != BadSetting && e.Problem != BadModel {
		return e.Error(), nil
	}
	return "", err
}

// pool adds the tables up.
func pool(strata []Stratum) (Table, error) {
	if len(strata) == 0 {
		return Table{}, badTable("", "there are no strata")
	}
	sum := map[History]int{}
	first := strata[0].Table
	for i, s := range strata {
		if err := s.Table.check(); err != nil {
			return Table{}, err
		}
		if !slices.Equal(s.Table.lists, first.lists) {
			return Table{}, badTable(s.Name, "the stratum has other lists than the first one")
		}
		if slices.ContainsFunc(strata[:i], func(o Stratum) bool { return o.Name == s.Name }) {
			return Table{}, badTable(s.Name, "two strata have this name")
		}
		for _, c := range s.Table.cells {
			sum[c.History] += c.Count
		}
	}
	cells := make([]Cell, 0, len(sum))
	for h, n := range sum {
		cells = append(cells, Cell{h, n})
	}
	return NewTable(first.lists, cells)
}

// add sums the strata.
func (s *Stratified) add(levels []float64, draws int) {
	total := &StratifiedTotal{Estimates: make([]float64, draws)}
	for _, e := range s.Strata {
		if e.Estimate == nil {
			s.Warnings = append(s.Warnings, finding(NotAvailable, e.Name, 0))
			return
		}
		total.Estimate += e.Estimate.Result.Estimate
		total.Observed += e.Estimate.Result.Observed
		for i, v := range e.Estimate.Estimates {
			total.Estimates[i] += v
		}
	}
	var jack []Influence
	for _, e := range s.Strata {
		for _, j := range e.Estimate.Jackknife {
			j.Estimate += total.Estimate - e.Estimate.Result.Estimate
			jack = append(jack, j)
		}
	}
	total.BCa = correct(total.Estimate, total.Estimates, jack, levels)
	s.Total = total
	s.Warnings = append(s.Warnings, total.cautions(draws)...)
	if s.Pooled != nil && (s.Pooled.Estimate < lowest(total.Limits) || s.Pooled.Estimate > highest(total.Limits)) {
		s.Warnings = append(s.Warnings, finding(PoolingDiffers, "", s.Pooled.Estimate/total.Estimate))
	}
}

func lowest(limits []Limit) float64 {
	v := math.Inf(1)
	for _, l := range limits {
		v = min(v, l.Value)
	}
	return v
}

func highest(limits []Limit) float64 {
	v := math.Inf(-1)
	for _, l := range limits {
		v = max(v, l.Value)
	}
	return v
}
