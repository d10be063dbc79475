package indicator

import (
	"context"
	"maps"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/order"
)

// strand is one series made ready for an estimate: figures in order of time, one for each period
// from the first.
type strand struct {
	indicator Indicator
	area      string
	key       Key
	label     string
	part      map[Dim]string
	figures   []outcome
	breaks    []Break
	releases  []Release
	hash      string
	// published counts the periods that have a figure, derived those that this program added up,
	// revised those that an earlier release put differently.
	published, derived, revised int
	gaps                        []Period
}

// outcome is one period of a strand: events, and for shares the trials they are out of.
type outcome struct {
	period Period
	events Value
	trials Value // Known 0 for counts
}

// uncertain reports whether a figure may have more than one value.
func (o outcome) uncertain() bool { return !o.events.IsExact() || !o.trials.IsExact() }

// missing reports whether there is no figure.
func (o outcome) missing() bool { return o.events.IsMissing() || o.trials.IsMissing() }

// at returns events and failures with the figure at its high or low end: of the count, or of the
// share. The failures of a count are 0.
func (o outcome) at(high, share bool) (events, failures float64) {
	switch {
	case !share && high:
		return o.events.Hi, 0
	case !share:
		return o.events.Lo, 0
	case high:
		events = min(o.events.Hi, o.trials.Hi)
		return events, max(0, o.trials.Lo-events)
	}
	return o.events.Lo, max(0, o.trials.Hi-o.events.Lo)
}

// readStrand reads the series of a scope, with the cell of one group on top.
func readStrand(ctx context.Context, tx *db.Tx, a auth.Actor, scope EffectScope, group map[Dim]string) (strand, error) {
	where, err := merge(scope.Where, group)
	if err != nil {
		return strand{}, err
	}
	q := Query{Indicator: scope.Indicator, Where: where, From: scope.From, To: scope.To, KnownOn: scope.KnownOn}
	if scope.Area != "" {
		q.Areas = []string{scope.Area}
	}
	whole, series, err := single(ctx, tx, a, q)
	if err != nil {
		return strand{}, err
	}
	s := strand{
		indicator: whole.Indicator, area: series.Area, key: series.Key, label: series.Label, part: scope.Part,
		breaks: series.Breaks, releases: whole.Releases,
	}
	if len(scope.Part) == 0 {
		s.take(series, nil)
		s.hash = hashOf([]Series{series})
		return s, nil
	}
	if q.Where, err = merge(where, scope.Part); err != nil {
		return strand{}, err
	}
	q.Areas = []string{series.Area}
	events, part, err := single(ctx, tx, a, q)
	if err != nil {
		return strand{}, err
	}
	s.take(part, &series)
	s.hash = hashOf([]Series{part, series})
	// A jump in the number of trials is no break of the share; what people declared is.
	s.breaks = union(declaredOnly(series.Breaks), declaredOnly(part.Breaks))
	for _, r := range events.Releases {
		if !slices.ContainsFunc(s.releases, func(x Release) bool { return x.ID == r.ID }) {
			s.releases = append(s.releases, r)
		}
	}
	return s, nil
}

// merge fixes more dimensions; two codes for one dimension are refused.
func merge(where, more map[Dim]string) (map[Dim]string, error) {
	out := maps.Clone(where)
	if out == nil {
		out = map[Dim]string{}
	}
	for d, code := range more {
		if out[d] != "" && out[d] != code {
			return nil, fault.New(fault.Invalid, "The dimension %q is fixed to two categories.", string(d)).
				WithHint("Leave one of them out.").WithField(string(d), "fixed twice")
		}
		out[d] = code
	}
	return out, nil
}

// single answers a query that must give one series of counts.
func single(ctx context.Context, tx *db.Tx, a auth.Actor, q Query) (Answer, Series, error) {
	ans, err := answer(ctx, tx, a, q)
	if err != nil {
		return Answer{}, Series{}, err
	}
	switch {
	case ans.Indicator.Kind != Count:
		return Answer{}, Series{}, fault.New(fault.Invalid, "The indicator %s is no count, so no effect can be estimated on it.", string(ans.Indicator.ID)).
			WithHint("Choose the counts it is made of.")
	case len(ans.Series) == 0 || len(ans.Series[0].Points) == 0:
		return Answer{}, Series{}, fault.New(fault.Invalid, "The source does not publish this cell for these periods.").
			WithHint("Look the cells up on the page of the measure.")
	case len(ans.Series) > 1:
		return Answer{}, Series{}, fault.New(fault.Invalid, "The indicator %s has %d areas.", string(ans.Indicator.ID), len(ans.Series)).
			WithHint("Choose one of them.").WithField("area", "needed")
	}
	return ans, ans.Series[0], nil
}

// take fills the figures. trials is nil for counts.
func (s *strand) take(events Series, trials *Series) {
	all := map[Period]Point{}
	points := events.Points
	if trials != nil {
		for _, p := range events.Points {
			all[p.Period] = p
		}
		points = trials.Points
	}
	for _, p := range points {
		o := outcome{period: p.Period, events: p.Value, trials: Value{State: Exact}}
		revised, derived := p.Revised, p.Derived
		if trials != nil {
			e := all[p.Period]
			o.events, o.trials = e.Value, p.Value
			revised, derived = revised || e.Revised, derived || e.Derived
		}
		s.figures = append(s.figures, o)
		if o.missing() {
			s.gaps = append(s.gaps, p.Period)
			continue
		}
		s.published++
		s.derived += count(derived)
		s.revised += count(revised)
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// union merges breaks that say the same, in order of time.
func union(a, b []Break) []Break {
	out := slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	order.By(out, func(x, y Break) int { return x.Period.Compare(y.Period) })
	return out
}

// step returns the place of a period on the time axis, 1 for the first of the strand.
func (s *strand) step(p Period) float64 {
	months := max(1, s.months())
	return float64(p.Ordinal()-s.figures[0].period.Ordinal())/float64(months) + 1
}

// months is the length of a period.
func (s *strand) months() int {
	first := s.figures[0].period
	return first.Next().Ordinal() - first.Ordinal()
}
