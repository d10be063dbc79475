package causal

import (
	"fmt"
	"slices"
)

// GroupErrors says which robust standard error a group comparison reports.
type GroupErrors uint8

const (
	// HC1 allows for unequal variances, times n/(n − p); doi:10.1016/0304-4076(85)90158-7.
	// Degrees of freedom n − p.
	HC1 GroupErrors = iota
	// ClusterRobust also allows for any correlation within GroupRow.Cluster, times
	// G/(G − 1)·(n − 1)/(n − p); doi:10.1093/biomet/73.1.13. Degrees of freedom G − 1.
	ClusterRobust
)

// String returns the English name.
func (e GroupErrors) String() string {
	if e == ClusterRobust {
		return "cluster-robust"
	}
	return "HC1"
}

// GroupSettings says which comparison of two groups to make.
type GroupSettings struct {
	// At is the first time after the change.
	At float64
	// Errors chooses the standard error.
	Errors GroupErrors
	// Level is the confidence level, in (0, 1); 0 means 0.95. Quantiles are Student's.
	Level float64
}

// Method describes the settings in one English line, for a run card.
func (s GroupSettings) Method() string {
	return fmt.Sprintf("difference-in-differences of two groups, ordinary least squares, %s standard errors", s.Errors)
}

// Linear is a coefficient in the unit of the outcome.
type Linear struct {
	Value float64
	// SE is the robust standard error; Statistic is Value/SE; P is two-sided.
	SE, Statistic, P float64
	// Lower and Upper bound the confidence interval.
	Lower, Upper float64
	// DF are the degrees of freedom of Student's t.
	DF int
}

// PreTrend is the check whether the groups were drifting apart before the date: the coefficient of
// treated × time in a regression on the rows before it, always with HC1 errors. Passing it proves
// little when rows are few: look at Drift and the interval, not only at P (Roth,
// doi:10.1257/aeri.20210236).
type PreTrend struct {
	// Checked is false when a group has rows at fewer than three times before the date, or when
	// those rows leave no error to judge by. The other fields are then 0.
	Checked bool
	// Slope is the change of the gap per unit of Time.
	Slope Linear
	// Drift is Slope times the distance between the mean time before and after: what the drift
	// alone would have added to the difference.
	Drift float64
}

// GroupEffect is the result of [DifferenceInDifferences]. Every number in it is finite.
type GroupEffect struct {
	// MeansEffect holds the card, the four means, the simple difference and the periods.
	MeansEffect
	// Settings are the caller's, with every default filled in.
	Settings GroupSettings
	// Effect is the coefficient of treated × after; its Value equals Difference up to rounding.
	Effect Linear
	// PreTrend is the check of the time before.
	PreTrend PreTrend
	// GapAutocorrelation is that of the regression's residual gap at lags 1 to 4, in periods.
	GapAutocorrelation [4]float64
	// Clusters is their number, or that of the rows for HC1.
	Clusters int
	// Warnings lists what a reader should know first, in stable order.
	Warnings []Warning
}

// DifferenceInDifferences fits by ordinary least squares
//
//	y = α + β·treated + γ·after + δ·treated·after
//
// and reports δ with a robust standard error. The four terms reproduce the four cell means, so δ is
// the figure of [DifferenceOfMeans]. It reads as an effect only if the groups would otherwise have
// moved in parallel; PreTrend reports what the time before says about that. Serial correlation makes
// HC1 errors too small in long series (doi:10.1162/003355304772839588): cluster, or look at
// GapAutocorrelation. rows may come in any order and are not changed.
//
// Errors, all of type [*Error]: those of [DifferenceOfMeans]; fewer than two rows in one of the four
// cells; no variation within the cells; with [ClusterRobust], a row without a cluster or fewer than
// two clusters. Cost: O(n log n).
func DifferenceInDifferences(rows []GroupRow, settings GroupSettings, card Card) (*GroupEffect, error) {
	s, err := settings.resolve(rows)
	if err != nil {
		return nil, err
	}
	means, err := DifferenceOfMeans(rows, s.At, card)
	if err != nil {
		return nil, err
	}
	if err := enoughInCells(means); err != nil {
		return nil, err
	}
	ordered := slices.Clone(rows)
	slices.SortFunc(ordered, compareGroupRows)
	fit, ok := solve(cellDesign(ordered, s.At))
	if !ok {
		return nil, &Error{Problem: NotConverged, Row: -1, Reason: "the rows leave the difference undetermined"}
	}
	if fit.exact() {
		return nil, &Error{Problem: NoVariation, Row: -1, Reason: "within each of the four cells all rows are equal"}
	}
	e := &GroupEffect{MeansEffect: *means, Settings: s}
	v, groups := fit.robust(s.Errors, clusterNames(ordered))
	df := groups - 1
	if s.Errors == HC1 {
		df = len(rows) - 4
	}
	e.Clusters = groups
	e.Effect = linear(fit.beta[3], root(v.at(3, 3)), s.Level, df)
	if !e.Effect.finite() || !(e.Effect.SE > 1e-13*fit.spread) {
		return nil, &Error{Problem: NoVariation, Row: -1, Reason: "the standard error would be 0"}
	}
	e.PreTrend = preTrend(ordered, s)
	e.GapAutocorrelation = gapAutocorrelation(means.Periods)
	e.Warnings = e.cautions()
	return e, nil
}

// resolve checks the settings and fills the defaults.
func (s GroupSettings) resolve(rows []GroupRow) (GroupSettings, error) {
	if s.Errors > ClusterRobust {
		return s, badSetting("Errors", "unknown kind of standard error")
	}
	if s.Level == 0 {
		s.Level = 0.95
	}
	if !(s.Level > 0 && s.Level < 1) {
		return s, badSetting("Level", "%g is not between 0 and 1", s.Level)
	}
	if s.Errors == HC1 {
		return s, nil
	}
	names := map[string]bool{}
	for i, r := range rows {
		if r.Cluster == "" {
			return s, badRow(i, r.Label, "cluster-robust errors need the cluster of every row")
		}
		names[r.Cluster] = true
	}
	if len(names) < 2 {
		return s, &Error{Problem: TooFewRows, Row: -1, Term: "Cluster", Reason: "cluster-robust errors need at least two clusters"}
	}
	return s, nil
}

// enoughInCells refuses a cell with a single row: its residual would be 0 whatever its figure, and
// the standard error too small.
func enoughInCells(m *MeansEffect) error {
	for _, cell := range []struct {
		name string
		rows int
	}{
		{"treated, before", m.Treated.RowsBefore},
		{"treated, after", m.Treated.RowsAfter},
		{"comparison, before", m.Control.RowsBefore},
		{"comparison, after", m.Control.RowsAfter},
	} {
		if cell.rows < 2 {
			return &Error{Problem: TooFewRows, Row: -1, Term: cell.name, Reason: "a standard error needs at least two rows in each cell"}
		}
	}
	return nil
}

// cellDesign returns the columns 1, treated, after, treated × after, and the outcome.
func cellDesign(rows []GroupRow, at float64) (*matrix, []float64) {
	x, y := newMatrix(len(rows), 4), make([]float64, len(rows))
	for i, r := range rows {
		d, a := indicator(r.Treated), indicator(r.Time >= at)
		copy(x.row(i), []float64{1, d, a, d * a})
		y[i] = r.Value
	}
	return x, y
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func clusterNames(rows []GroupRow) []string {
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.Cluster
	}
	return names
}

// linear fills the derived fields of a coefficient.
func linear(value, se, level float64, df int) Linear {
	ref := newReference(level, float64(df))
	l := Linear{Value: value, SE: se, Statistic: value / se, DF: df}
	l.P = ref.pValue(l.Statistic)
	l.Lower, l.Upper = value-ref.quantile*se, value+ref.quantile*se
	return l
}

func (l Linear) finite() bool {
	return l.DF > 0 && finite(l.Value, l.SE, l.Statistic, l.P, l.Lower, l.Upper)
}
