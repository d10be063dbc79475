package indicator

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/fourfold/fourfold/analysis/causal"
	"github.com/fourfold/fourfold/internal/fault"
)

// interrupt estimates an interrupted series on a strand.
func interrupt(q EffectQuery, s strand) (Effect, error) {
	changes, err := s.place(q.Changes)
	if err != nil {
		return Effect{}, err
	}
	used, crossed, err := s.admit(q.EffectScope, changes, q.LeaveOutTouched)
	if err != nil {
		return Effect{}, err
	}
	settings, err := s.settings(q, changes)
	if err != nil {
		return Effect{}, err
	}
	e := Effect{Query: q, Changes: changes, Study: s.study(q.EffectScope, used, crossed, changes)}
	e.Study.Notes = append(e.Study.Notes, touchedNotes(changes, q.LeaveOutTouched)...)
	card := e.Study.card(q.EffectScope)
	for _, ends := range endsOf(used) {
		rows := s.rows(used, changes, ends)
		result, err := causal.InterruptedSeries(rows, settings, card)
		if err != nil {
			return Effect{}, explain(err)
		}
		e.Runs = append(e.Runs, SeriesRun{ends, result})
	}
	e.Run = RunCard{Method: e.Runs[0].Result.Settings.Method(), Version: causal.Version, DataHash: s.hash}
	return e, nil
}

// settings turns the query into those of package causal.
func (s *strand) settings(q EffectQuery, changes []PlacedChange) (causal.SeriesSettings, error) {
	if q.Harmonics > 0 && s.months() == 12 {
		return causal.SeriesSettings{}, fault.New(fault.Invalid, "Yearly figures have no season.").
			WithHint("Ask without seasonal terms.").WithField("harmonics", "not for yearly figures")
	}
	settings := causal.SeriesSettings{
		Family: causal.QuasiPoisson, NoTrend: q.NoTrend, Harmonics: q.Harmonics, Period: 12 / float64(s.months()),
		Errors: q.Errors, Bandwidth: q.Bandwidth, Level: q.Level, StudentT: q.StudentT,
	}
	switch share := len(s.part) > 0; {
	case share && q.FixedDispersion:
		settings.Family = causal.Binomial
	case share:
		settings.Family = causal.QuasiBinomial
	case q.FixedDispersion:
		settings.Family = causal.Poisson
	}
	for _, c := range changes {
		settings.Interventions = append(settings.Interventions, causal.Intervention{Name: c.Name, At: s.step(c.Period), Slope: c.Slope})
	}
	return settings, nil
}

// endsOf lists the estimates to make.
func endsOf(used []outcome) []Ends {
	for _, o := range used {
		if o.uncertain() {
			return []Ends{AllLow, AllHigh, Rising, Falling}
		}
	}
	return []Ends{AsPublished}
}

// high reports whether a figure is taken at its high end.
func (e Ends) high(after bool) bool {
	return e == AllHigh || e == Rising && after || e == Falling && !after
}

// rows puts the figures on the time axis.
func (s *strand) rows(used []outcome, changes []PlacedChange, ends Ends) []causal.Row {
	first := firstChange(changes)
	share := len(s.part) > 0
	rows := make([]causal.Row, len(used))
	for i, o := range used {
		events, failures := o.at(ends.high(!o.period.Before(first)), share)
		rows[i] = causal.Row{Label: o.period.String(), Time: s.step(o.period), Events: events, Failures: failures}
	}
	return rows
}

func firstChange(changes []PlacedChange) Period {
	first := changes[0].Period
	for _, c := range changes {
		if c.Period.Before(first) {
			first = c.Period
		}
	}
	return first
}

// compare estimates a comparison of two groups.
func compare(q ContrastQuery, treated, control strand) (Contrast, error) {
	if treated.key == control.key {
		return Contrast{}, fault.New(fault.Invalid, "The two groups are the same.").
			WithHint("Choose two different categories.").WithField("control", "same as the treated group")
	}
	changes, err := treated.place([]DatedChange{q.Change})
	if err != nil {
		return Contrast{}, err
	}
	usedT, crossedT, err := treated.admit(q.EffectScope, changes, false)
	if err != nil {
		return Contrast{}, err
	}
	usedC, crossedC, err := control.admit(q.EffectScope, changes, false)
	if err != nil {
		return Contrast{}, err
	}
	usedT, usedC = common(usedT, usedC)
	if len(usedT) == 0 {
		return Contrast{}, fault.New(fault.Invalid, "The two groups have no period in common.").WithHint("Choose other periods.")
	}
	c := Contrast{
		Query: q, Change: changes[0], TreatedLabel: treated.label, ControlLabel: control.label,
		Study: treated.study(q.EffectScope, usedT, union(crossedT, crossedC), changes),
	}
	c.Study.Notes = append(c.Study.Notes, touchedNotes(changes, false)...)
	c.Study.addGroup(treated, control)
	card := c.Study.card(q.EffectScope)
	settings := causal.GroupSettings{At: treated.step(changes[0].Period), Errors: q.Errors, Level: q.Level}
	for _, ends := range endsOf(append(usedT[:len(usedT):len(usedT)], usedC...)) {
		rows := append(
			treated.groupRows(usedT, changes[0].Period, ends, true, treated.figures[0].period),
			control.groupRows(usedC, changes[0].Period, ends.opposite(), false, treated.figures[0].period)...)
		result, err := causal.DifferenceInDifferences(rows, settings, card)
		if err != nil {
			return Contrast{}, explain(err)
		}
		c.Runs = append(c.Runs, ContrastRun{ends, result})
	}
	c.Run = RunCard{Method: c.Runs[0].Result.Settings.Method(), Version: causal.Version, DataHash: fmt.Sprintf("%x", sha256.Sum256([]byte(treated.hash+control.hash)))}
	return c, nil
}

// opposite is what the comparison group takes: the ends that move the difference furthest.
func (e Ends) opposite() Ends {
	switch e {
	case Rising:
		return Falling
	case Falling:
		return Rising
	}
	return e
}

// common keeps the periods that both groups have.
func common(a, b []outcome) (x, y []outcome) {
	at := make(map[Period]outcome, len(b))
	for _, o := range b {
		at[o.period] = o
	}
	for _, o := range a {
		if other, ok := at[o.period]; ok {
			x, y = append(x, o), append(y, other)
		}
	}
	return x, y
}

// groupRows gives the share, or the count, of each period. Clusters are the periods.
func (s *strand) groupRows(used []outcome, change Period, ends Ends, treated bool, origin Period) []causal.GroupRow {
	share := len(s.part) > 0
	rows := make([]causal.GroupRow, 0, len(used))
	for _, o := range used {
		events, failures := o.at(ends.high(!o.period.Before(change)), share)
		value := events
		if share {
			value = events / (events + failures)
		}
		step := float64(o.period.Ordinal()-origin.Ordinal())/float64(s.months()) + 1
		rows = append(rows, causal.GroupRow{
			Label: s.label + " " + o.period.String(), Treated: treated, Time: step, Value: value, Cluster: o.period.String(),
		})
	}
	return rows
}

// explain turns what package causal refused into words for people.
func explain(err error) error {
	e, ok := errors.AsType[*causal.Error](err)
	if !ok {
		return err
	}
	switch e.Problem {
	case causal.TooFewRows:
		return fault.New(fault.Invalid, "There are too few figures for this estimate.").Wrap(err).
			WithHint("Choose a longer span of time, or ask for fewer changes and seasonal terms.")
	case causal.Collinear:
		return fault.New(fault.Invalid, "The figures cannot tell the term %q from the others.", e.Term).Wrap(err).
			WithHint("Ask for fewer changes and seasonal terms.")
	case causal.Separation:
		return fault.New(fault.Invalid, "From %s on the figures hold only one outcome, so no ratio can be estimated.", e.Label).Wrap(err).
			WithHint("Choose a larger cell, or report the figures as they are.")
	case causal.NoVariation:
		return fault.New(fault.Invalid, "The figures follow the model exactly, so the estimate has no measure of error.").Wrap(err).
			WithHint("Report the figures as they are.")
	case causal.NotConverged:
		return fault.New(fault.Invalid, "The estimate does not settle on these figures.").Wrap(err).
			WithHint("Ask for fewer terms, or look for a mistyped figure.")
	case causal.BadRow:
		return fault.New(fault.Invalid, "The figure of %s cannot enter this estimate.", e.Label).Wrap(err).
			WithHint("Leave the period out, or choose a larger cell.")
	case causal.BadSetting:
		return fault.New(fault.Invalid, "The setting %q cannot be used here.", e.Term).Wrap(err).
			WithHint("Look up what it may be.")
	}
	return err
}
