package causal_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/analysis/causal"
)

// TestRefusals lists what is refused, and where the error points.
func TestRefusals(t *testing.T) {
	good := step(12)
	edit := func(i int, change func(*causal.Row)) []causal.Row {
		rows := slices.Clone(good)
		change(&rows[i])
		return rows
	}
	proportion := func(events func(i int) float64) []causal.Row {
		rows := make([]causal.Row, 12)
		for i := range rows {
			rows[i] = causal.Row{Label: good[i].Label, Time: float64(i + 1), Events: events(i), Failures: 20 - events(i)}
		}
		return rows
	}
	for _, c := range []struct {
		name    string
		rows    []causal.Row
		change  func(*causal.SeriesSettings)
		problem causal.Problem
		row     int
		says    string
	}{
		{"not a number", edit(4, func(r *causal.Row) { r.Events = math.NaN() }), nil, causal.BadRow, 4, "events"},
		{"infinite time", edit(2, func(r *causal.Row) { r.Time = math.Inf(1) }), nil, causal.BadRow, 2, "time"},
		{"negative count", edit(3, func(r *causal.Row) { r.Events = -1 }), nil, causal.BadRow, 3, "below 0"},
		{"same time", edit(7, func(r *causal.Row) { r.Time = 2 }), nil, causal.BadRow, -2, "same time"},
		{"exposure in one row only", edit(5, func(r *causal.Row) { r.Exposure = 9 }), nil, causal.BadRow, 0, "exposure"},
		{"failures of a count", edit(1, func(r *causal.Row) { r.Failures = 9 }), nil, causal.BadRow, 1, "binomial"},
		{"no rows", nil, func(s *causal.SeriesSettings) {}, causal.BadSetting, -1, "Bandwidth"},
		{"too few before", good[5:], nil, causal.TooFewRows, 0, "before the step"},
		{"too few after", good[:7], nil, causal.TooFewRows, 6, "after the step"},
		{"too few for a slope", good[:8], func(s *causal.SeriesSettings) { s.Interventions[0].Slope = true }, causal.TooFewRows, 6, "3"},
		{"more terms than rows", good, func(s *causal.SeriesSettings) { s.Harmonics, s.Period = 5, 12 }, causal.TooFewRows, -1, "terms"},
		{"season at half the sampling", good, func(s *causal.SeriesSettings) { s.Harmonics, s.Period = 1, 2 }, causal.Collinear, -1, "sine 1"},
		{"no family", good, func(s *causal.SeriesSettings) { s.Family = 0 }, causal.BadSetting, -1, "Family"},
		{"no intervention", good, func(s *causal.SeriesSettings) { s.Interventions = nil }, causal.BadSetting, -1, "Interventions"},
		{"one date twice", good, func(s *causal.SeriesSettings) { s.Interventions = append(s.Interventions, s.Interventions[0]) }, causal.BadSetting, -1, "one row"},
		{"season without length", good, func(s *causal.SeriesSettings) { s.Harmonics = 1 }, causal.BadSetting, -1, "Period"},
		{"level", good, func(s *causal.SeriesSettings) { s.Level = 95 }, causal.BadSetting, -1, "Level"},
		{"bandwidth", good, func(s *causal.SeriesSettings) { s.Bandwidth = 12 }, causal.BadSetting, -1, "Bandwidth"},
		{"cap", good, func(s *causal.SeriesSettings) { s.MaxIterations = 1 }, causal.NotConverged, -1, "cap"},
		{"nothing ever", proportion(func(int) float64 { return 0 }), binomial, causal.Separation, 0, "infinity"},
		{"always", proportion(func(int) float64 { return 20 }), binomial, causal.Separation, 0, "infinity"},
		{"none after", proportion(func(i int) float64 { return float64((11 - i) / 6 * (5 + i%3)) }), binomial, causal.Separation, 6, "infinity"},
		{"all after", proportion(func(i int) float64 { return float64(5 + i%3 + (i/6)*(15-i%3)) }), binomial, causal.Separation, 6, "infinity"},
		{"all before, none after", proportion(func(i int) float64 { return float64(20 * ((11 - i) / 6)) }), binomial, causal.Separation, 0, "infinity"},
		{"no trials", edit(6, func(r *causal.Row) { r.Events = 0 }), binomial, causal.BadRow, 6, "no trials"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := stepSettings(12)
			if c.change != nil {
				c.change(&s)
			}
			e, err := causal.InterruptedSeries(c.rows, s, card())
			problem, ok := errors.AsType[*causal.Error](err)
			if !ok || e != nil {
				t.Fatalf("result %v, error %v; want an error only", e, err)
			}
			if problem.Problem != c.problem || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %q, want problem %q saying %q", err, c.problem, c.says)
			}
			if c.row == -2 { // either of the two
				return
			}
			if problem.Row != c.row || (c.row >= 0 && problem.Label != c.rows[c.row].Label) {
				t.Errorf("error points at row %d (%s), want %d: %v", problem.Row, problem.Label, c.row, err)
			}
		})
	}
}

func binomial(s *causal.SeriesSettings) { s.Family = causal.Binomial }

// TestNoFalseSeparation: zeros alone are no separation while the other rows determine every term.
func TestNoFalseSeparation(t *testing.T) {
	rows := step(20)
	for _, i := range []int{1, 4, 12, 15} {
		rows[i].Events = 0
	}
	if _, err := causal.InterruptedSeries(rows, stepSettings(20), card()); err != nil {
		t.Error(err)
	}
	// Zeros on both sides of the date and on no monotone run: decided by the projections.
	sparse := make([]causal.Row, 16)
	for i := range sparse {
		sparse[i] = causal.Row{Time: float64(i + 1), Events: float64([]int{1, 0, 0, 1}[i%4]), Failures: float64([]int{0, 1, 1, 0}[i%4])}
	}
	s := stepSettings(16)
	s.Family = causal.Binomial
	if _, err := causal.InterruptedSeries(sparse, s, card()); err != nil {
		t.Error(err)
	}
}

// TestCardIsRequired: every entry point refuses an incomplete card and names what is missing.
func TestCardIsRequired(t *testing.T) {
	empty := causal.Card{Measured: "x", Detection: "x", Breaks: []string{" "}, Coverage: []string{"x"}, Units: "x"}
	rows := ageRows()
	calls := map[string]func(causal.Card) error{
		"InterruptedSeries": func(c causal.Card) error {
			_, err := causal.InterruptedSeries(step(12), stepSettings(12), c)
			return err
		},
		"DifferenceOfMeans": func(c causal.Card) error {
			_, err := causal.DifferenceOfMeans(rows, 4, c)
			return err
		},
		"DifferenceInDifferences": func(c causal.Card) error {
			_, err := causal.DifferenceInDifferences(rows, causal.GroupSettings{At: 4}, c)
			return err
		},
	}
	for name, call := range calls {
		err := call(empty)
		if causal.ProblemOf(err) != causal.IncompleteCard || !strings.Contains(err.Error(), "Breaks, OtherChanges") {
			t.Errorf("%s: %v, want the fields Breaks and OtherChanges named", name, err)
		}
		if err := call(card()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if diff := cmp.Diff([]string{"Units", "Measured", "Coverage", "Breaks", "OtherChanges", "Detection"}, causal.Card{Note: "x"}.Missing()); diff != "" {
		t.Error(diff)
	}
}

// TestWarnings: each caution of the series appears when it should, and says its figure.
func TestWarnings(t *testing.T) {
	wavy := make([]causal.Row, 24)
	for i := range wavy {
		wavy[i] = causal.Row{Time: float64(i + 1), Events: math.Round(1000 + 200*math.Sin(float64(i)/2))}
	}
	s := stepSettings(24)
	s.Family = causal.Poisson
	s.Interventions[0].At = 22
	gap := slices.Delete(slices.Clone(wavy), 8, 10)
	e, err := causal.InterruptedSeries(gap, s, card())
	if err != nil {
		t.Fatal(err)
	}
	var got []causal.Caution
	for _, w := range e.Warnings {
		got = append(got, w.Caution)
		if w.String() == "" || strings.Contains(w.String(), "unknown") {
			t.Errorf("caution %d says %q", w.Caution, w)
		}
	}
	want := []causal.Caution{causal.Overdispersed, causal.Autocorrelated, causal.FewAfter, causal.UnevenTime}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cautions: %s", diff)
	}
	s.Errors = causal.NeweyWest
	e, err = causal.InterruptedSeries(gap, s, card())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(e.Warnings, func(w causal.Warning) bool { return w.Caution == causal.FewForHAC && w.Value == 22 }) {
		t.Errorf("22 rows and Newey–West: %v", e.Warnings)
	}
}
