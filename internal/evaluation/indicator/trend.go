package indicator

import (
	"context"
	"math"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
)

// minTrend is the fewest figures of which a trend is made.
const minTrend = 4

// Trend fits a straight line through the logarithms of one series by least squares and gives the
// factor per year. Incomplete years are left out. When a break lies within the periods, the trend
// is refused with fault.Invalid, because it would mix a change of what is counted with a change of
// the world, unless acrossBreaks asks for it; the result then names the breaks it runs over.
//
// Low and High are the bounds when suppressed figures take every value they may have. They are no
// confidence interval: a trend of a dozen counts is a description.
func (r *Indicators) Trend(ctx context.Context, a auth.Actor, q Query, acrossBreaks bool) (Trend, error) {
	ans, err := r.Answer(ctx, a, q)
	if err != nil {
		return Trend{}, err
	}
	if len(ans.Series) != 1 {
		return Trend{}, fault.New(fault.Invalid, "A trend is of one series, and the query gives %d.", len(ans.Series)).
			WithHint("Name one area and one cell.")
	}
	s := ans.Series[0]
	t, err := trendOf(s)
	if err != nil {
		return Trend{}, err
	}
	for _, b := range s.Breaks {
		if t.From.Before(b.Period) && !t.To.Before(b.Period) {
			t.AcrossBreaks = append(t.AcrossBreaks, b)
		}
	}
	if len(t.AcrossBreaks) == 0 {
		return t, nil
	}
	first := t.AcrossBreaks[0]
	if !acrossBreaks {
		return Trend{}, fault.New(fault.Invalid, "A trend from %s to %s would run across a break at %s.", t.From.String(), t.To.String(), first.Period.String()).
			WithHint("Choose periods on one side of the break, or ask for the trend across it; it is then labelled.")
	}
	t.Notes = append(t.Notes, Note{"This trend runs across %d breaks of the series, the first at %s. It mixes a change of what is counted with a change of the world.", []any{len(t.AcrossBreaks), first.Period.String()}})
	return t, nil
}

// trendOf fits the line. The weights of the least-squares slope are fixed by the periods alone, so
// its bounds over all values in the intervals are reached at their ends.
func trendOf(s Series) (Trend, error) {
	var used []Point
	for _, p := range s.Points {
		if p.IsMissing() || p.Partial() {
			continue
		}
		if p.Lo <= 0 {
			return Trend{}, fault.New(fault.Invalid, "The figure of %s is or may be nought, so there is no trend on the scale of factors.", p.Period.String()).
				WithHint("Choose other periods, or yearly sums.")
		}
		used = append(used, p)
	}
	if len(used) < minTrend {
		return Trend{}, fault.New(fault.Invalid, "A trend needs %d figures, and there are %d.", minTrend, len(used)).
			WithHint("Choose more periods.")
	}
	mean := 0.0
	for _, p := range used {
		mean += years(p.Period) / float64(len(used))
	}
	sxx := 0.0
	for _, p := range used {
		sxx += (years(p.Period) - mean) * (years(p.Period) - mean)
	}
	var mid, low, high float64
	for _, p := range used {
		w := (years(p.Period) - mean) / sxx
		mid += w * math.Log(p.Mid())
		low += min(w*math.Log(p.Lo), w*math.Log(p.Hi))
		high += max(w*math.Log(p.Lo), w*math.Log(p.Hi))
	}
	return Trend{
		Series: s, From: used[0].Period, To: used[len(used)-1].Period, Points: len(used),
		PerYear: math.Exp(mid), Low: math.Exp(low), High: math.Exp(high),
	}, nil
}

func years(p Period) float64 { return float64(p.Ordinal()) / 12 }

// Reconcile compares two series period by period, for example the yearly sums of a national series
// with what the country reported to the United Nations. Both queries have to give one series each;
// only periods that both have are listed, in order of time.
func (r *Indicators) Reconcile(ctx context.Context, a auth.Actor, x, y Query) ([]Difference, error) {
	first, err := r.only(ctx, a, x)
	if err != nil {
		return nil, err
	}
	second, err := r.only(ctx, a, y)
	if err != nil {
		return nil, err
	}
	at := map[Period]Point{}
	for _, p := range second.Points {
		at[p.Period] = p
	}
	var all []Difference
	for _, p := range first.Points {
		q, ok := at[p.Period]
		if !ok || p.IsMissing() || q.IsMissing() || p.Partial() || q.Partial() {
			continue
		}
		d := Difference{Period: p.Period, A: p.Value, B: q.Value}
		d.Ratio, d.Defined = p.Ratio(q.Interval)
		all = append(all, d)
	}
	return all, nil
}

func (r *Indicators) only(ctx context.Context, a auth.Actor, q Query) (Series, error) {
	ans, err := r.Answer(ctx, a, q)
	if err != nil {
		return Series{}, err
	}
	if len(ans.Series) != 1 {
		return Series{}, fault.New(fault.Invalid, "One series is compared with one other; the query for %s gives %d.", string(q.Indicator), len(ans.Series)).
			WithHint("Name one area and one cell.")
	}
	return ans.Series[0], nil
}
