package causal_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/analysis/causal"
)

// ageRows is an invented comparison over six periods, three before time 4 and three after.
func ageRows() []causal.GroupRow {
	treated, control := []float64{10, 11, 13, 20, 21, 19}, []float64{5, 6, 7, 9, 8, 10}
	var rows []causal.GroupRow
	for i := range treated {
		at := float64(i + 1)
		name := string(rune('a' + i))
		rows = append(rows,
			causal.GroupRow{Label: "treated " + name, Treated: true, Time: at, Value: treated[i], Cluster: name},
			causal.GroupRow{Label: "control " + name, Time: at, Value: control[i], Cluster: name})
	}
	return rows
}

// TestClosedFormHC1: with four saturated cells, HC1 is n/(n−4)·Σ over cells of Σe²/n_cell².
func TestClosedFormHC1(t *testing.T) {
	rows := ageRows()
	e, err := causal.DifferenceInDifferences(rows, causal.GroupSettings{At: 4}, card())
	if err != nil {
		t.Fatal(err)
	}
	// Means: treated 34/3 and 20, control 6 and 9.
	near(t, "difference", e.Difference, (20-34.0/3)-(9-6), 1e-12)
	square := func(mean float64, values ...float64) (s float64) {
		for _, v := range values {
			s += (v - mean) * (v - mean)
		}
		return s
	}
	sum := square(34.0/3, 10, 11, 13) + square(20, 20, 21, 19) + square(6, 5, 6, 7) + square(9, 9, 8, 10)
	near(t, "HC1", e.Effect.SE, math.Sqrt(12.0/8*sum/9), 1e-12)
	// Gap: 5, 5, 6 | 11, 13, 9; around its means −1/3, −1/3, 2/3 | 0, 2, −2.
	near(t, "gap autocorrelation", e.GapAutocorrelation[0], (1.0/9-2.0/9+0+0-4)/(6.0/9+8), 1e-12)
	if !e.PreTrend.Checked {
		t.Fatal("three periods before the date suffice for the check")
	}
	near(t, "slope of the gap before", e.PreTrend.Slope.Value, 0.5, 1e-12)
	near(t, "drift over the distance of the means", e.PreTrend.Drift, 0.5*3, 1e-12)
}

// TestClusterByPair: when both groups of a period share a cluster, the sum of scores is that of the
// gap, so the variance is that of a before–after comparison of gaps: c·Σ over sides Σ(gap − mean)²/m².
func TestClusterByPair(t *testing.T) {
	e, err := causal.DifferenceInDifferences(ageRows(), causal.GroupSettings{At: 4, Errors: causal.ClusterRobust}, card())
	if err != nil {
		t.Fatal(err)
	}
	correction := 6.0 / 5 * 11.0 / 8
	near(t, "cluster SE", e.Effect.SE, math.Sqrt(correction*(6.0/9+8)/9), 1e-12)
	if e.Effect.DF != 5 || e.Clusters != 6 {
		t.Errorf("df %d, clusters %d, want 5, 6", e.Effect.DF, e.Clusters)
	}
	if w := e.Warnings; len(w) != 2 || w[0].Caution != causal.FewAfter || w[1].Caution != causal.FewClusters {
		t.Errorf("warnings %v", w)
	}
}

// TestPreTrendFound: groups that part steadily before the date are reported.
func TestPreTrendFound(t *testing.T) {
	var rows []causal.GroupRow
	for i := range 16 {
		at, wobble := float64(i), 0.01*math.Sin(float64(i*i))
		rows = append(rows,
			causal.GroupRow{Treated: true, Time: at, Value: 1 + 0.5*at + wobble},
			causal.GroupRow{Time: at, Value: 1 - wobble/2})
	}
	e, err := causal.DifferenceInDifferences(rows, causal.GroupSettings{At: 10}, card())
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Warnings) != 1 || e.Warnings[0].Caution != causal.PreTrendFound {
		t.Errorf("warnings %v, want the drift before the date", e.Warnings)
	}
	near(t, "drift explains the difference", e.PreTrend.Drift, e.Difference, 0.05)
}

// TestGroupRefusals lists what is refused.
func TestGroupRefusals(t *testing.T) {
	edit := func(i int, change func(*causal.GroupRow)) []causal.GroupRow {
		rows := ageRows()
		change(&rows[i])
		return rows
	}
	flat := ageRows()
	for i := range flat {
		flat[i].Value = 3
	}
	for _, c := range []struct {
		name     string
		rows     []causal.GroupRow
		settings causal.GroupSettings
		problem  causal.Problem
		says     string
	}{
		{"not a number", edit(3, func(r *causal.GroupRow) { r.Value = math.NaN() }), causal.GroupSettings{At: 4}, causal.BadRow, "row 3 (control b)"},
		{"infinite time", edit(0, func(r *causal.GroupRow) { r.Time = math.Inf(-1) }), causal.GroupSettings{At: 4}, causal.BadRow, "row 0"},
		{"no rows", nil, causal.GroupSettings{At: 4}, causal.TooFewRows, "treated"},
		{"nothing before", ageRows(), causal.GroupSettings{At: 0}, causal.TooFewRows, "0 row(s) before"},
		{"one row in a cell", ageRows(), causal.GroupSettings{At: 6}, causal.TooFewRows, "treated, after"},
		{"date", ageRows(), causal.GroupSettings{At: math.NaN()}, causal.BadSetting, "At"},
		{"level", ageRows(), causal.GroupSettings{At: 4, Level: 1}, causal.BadSetting, "Level"},
		{"errors", ageRows(), causal.GroupSettings{At: 4, Errors: 7}, causal.BadSetting, "Errors"},
		{"row without cluster", edit(5, func(r *causal.GroupRow) { r.Cluster = "" }), causal.GroupSettings{At: 4, Errors: causal.ClusterRobust}, causal.BadRow, "row 5"},
		{"all equal", flat, causal.GroupSettings{At: 4}, causal.NoVariation, "equal"},
	} {
		e, err := causal.DifferenceInDifferences(c.rows, c.settings, card())
		if e != nil || causal.ProblemOf(err) != c.problem || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q saying %q", c.name, err, c.problem, c.says)
		}
	}
	single := ageRows()
	for i := range single {
		single[i].Cluster = "one"
	}
	if _, err := causal.DifferenceInDifferences(single, causal.GroupSettings{At: 4, Errors: causal.ClusterRobust}, card()); causal.ProblemOf(err) != causal.TooFewRows {
		t.Errorf("one cluster: %v", err)
	}
}

// TestGroupOrderDoesNotMatter: any order of rows gives the same bits and leaves the input alone.
func TestGroupOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []causal.GroupRow
		for i := range rapid.IntRange(6, 20).Draw(t, "periods") {
			for _, treated := range []bool{true, false} {
				rows = append(rows, causal.GroupRow{
					Treated: treated, Time: float64(i), Cluster: string(rune('a' + i%7)),
					Value: rapid.Float64Range(-1e3, 1e3).Draw(t, "value"),
				})
			}
		}
		s := causal.GroupSettings{At: 3, Errors: causal.GroupErrors(rapid.IntRange(0, 1).Draw(t, "errors"))}
		first, err := causal.DifferenceInDifferences(rows, s, card())
		if err != nil {
			t.Skip(err)
		}
		shuffled := rapid.Permutation(rows).Draw(t, "order")
		before := slices.Clone(shuffled)
		second, err := causal.DifferenceInDifferences(shuffled, s, card())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, shuffled); diff != "" {
			t.Fatalf("the rows were changed: %s", diff)
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Fatalf("another order gives another result: %s", diff)
		}
	})
}

// TestShift: adding one amount to a group, or to a period in both groups, changes no difference.
func TestShift(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := ageRows()
		first, err := causal.DifferenceOfMeans(rows, 4, card())
		if err != nil {
			t.Fatal(err)
		}
		group, period := rapid.Float64Range(-100, 100).Draw(t, "group"), rapid.Float64Range(-100, 100).Draw(t, "period")
		for i := range rows {
			if rows[i].Treated {
				rows[i].Value += group
			}
			if rows[i].Time == 2 {
				rows[i].Value += period
			}
		}
		second, err := causal.DifferenceOfMeans(rows, 4, card())
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(first.Difference-second.Difference) > 1e-9 {
			t.Fatalf("difference moved from %v to %v", first.Difference, second.Difference)
		}
	})
}
