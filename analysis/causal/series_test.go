package causal_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/analysis/causal"
)

// TestTwoByTwo: without a trend, a level change of proportions is the log odds ratio of the 2×2
// table of sums, with Woolf's standard error √(1/a + 1/b + 1/c + 1/d) (doi:10.1111/j.1469-1809.1955.tb01348.x).
func TestTwoByTwo(t *testing.T) {
	rows := []causal.Row{
		{Time: 1, Events: 10, Failures: 30},
		{Time: 2, Events: 20, Failures: 30},
		{Time: 3, Events: 40, Failures: 25},
		{Time: 4, Events: 30, Failures: 15},
	}
	e, err := causal.InterruptedSeries(rows, causal.SeriesSettings{
		Family: causal.Binomial, NoTrend: true, Interventions: []causal.Intervention{{Name: "x", At: 3}},
	}, card())
	if err != nil {
		t.Fatal(err)
	}
	a, b, c, d := 70.0, 40.0, 30.0, 60.0
	near(t, "log odds ratio", e.Changes[0].Level.Coef, math.Log(a*d/(b*c)), 1e-9)
	near(t, "Woolf SE", e.Changes[0].Level.SE, math.Sqrt(1/a+1/b+1/c+1/d), 1e-9)
	near(t, "fitted before", e.Points[0].Fitted, c/(c+d), 1e-9)
	near(t, "fitted after", e.Points[3].Fitted, a/(a+b), 1e-9)
	near(t, "counterfactual after", e.Points[3].Counterfactual, c/(c+d), 1e-9)
	near(t, "95 % bounds", e.Changes[0].Level.Upper-e.Changes[0].Level.Lower, 2*1.959963984540054*e.Changes[0].Level.SE, 1e-9)
}

// TestRateRatio: without a trend, a level change of counts is the log ratio of pooled rates, with
// standard error √(1/events before + 1/events after).
func TestRateRatio(t *testing.T) {
	rows := []causal.Row{
		{Time: 1, Events: 12, Exposure: 100},
		{Time: 2, Events: 8, Exposure: 300},
		{Time: 3, Events: 30, Exposure: 200},
		{Time: 4, Events: 34, Exposure: 200},
	}
	e, err := causal.InterruptedSeries(rows, causal.SeriesSettings{
		Family: causal.Poisson, NoTrend: true, Interventions: []causal.Intervention{{At: 3}},
	}, card())
	if err != nil {
		t.Fatal(err)
	}
	near(t, "log rate ratio", e.Changes[0].Level.Coef, math.Log((64.0/400)/(20.0/400)), 1e-9)
	near(t, "SE", e.Changes[0].Level.SE, math.Sqrt(1.0/64+1.0/20), 1e-9)
	near(t, "events without the change", e.Points[2].Counterfactual, 200*20.0/400, 1e-7)
	if e.Changes[0].Intervention.Name != "change 1" {
		t.Errorf("an unnamed change is called %q", e.Changes[0].Intervention.Name)
	}
}

// TestExactSlope recovers the coefficients from counts that follow the model without error.
func TestExactSlope(t *testing.T) {
	rows := make([]causal.Row, 40)
	for i := range rows {
		at := float64(i + 1)
		eta := 3 + 0.02*at + 0.1*math.Sin(2*math.Pi*at/4)
		if at >= 21 {
			eta += -0.5 + 0.03*(at-21)
		}
		rows[i] = causal.Row{Time: at, Events: 50 * math.Exp(eta), Exposure: 50}
	}
	e, err := causal.InterruptedSeries(rows, causal.SeriesSettings{
		Family: causal.Poisson, Harmonics: 1, Period: 4,
		Interventions: []causal.Intervention{{Name: "x", At: 21, Slope: true}},
	}, card())
	if err != nil {
		t.Fatal(err)
	}
	for j, want := range []float64{3, 0.02, 0.1, 0, -0.5, 0.03} {
		near(t, e.Terms[j].Term, e.Terms[j].Coef, want, 1e-7)
	}
	near(t, "leverages sum to the number of terms", sumLeverage(e), 6, 1e-9)
	if e.Changes[0].Slope == nil || e.Changes[0].Slope.Term != "slope: x" {
		t.Errorf("slope = %+v", e.Changes[0].Slope)
	}
	if _, err := causal.InterruptedSeries(rows, causal.SeriesSettings{
		Family: causal.QuasiPoisson, Harmonics: 1, Period: 4,
		Interventions: []causal.Intervention{{At: 21, Slope: true}},
	}, card()); causal.ProblemOf(err) != causal.NoVariation {
		t.Errorf("an exact fit with estimated dispersion: %v, want no variation", err)
	}
}

func sumLeverage(e *causal.SeriesEffect) float64 {
	sum := 0.0
	for _, p := range e.Points {
		sum += p.Leverage
	}
	return sum
}

// TestStudent: Student's quantile is wider, by t₉(0.975) = 2.262157 (published tables) against 1.959964.
func TestStudent(t *testing.T) {
	s := stepSettings(12)
	s.StudentT = true
	e, err := causal.InterruptedSeries(step(12), s, card())
	if err != nil {
		t.Fatal(err)
	}
	level := e.Changes[0].Level
	near(t, "half width", (level.Upper-level.Lower)/2, 2.262157*level.SE, 1e-6)
}

// series draws a small valid data set.
func drawSeries(t *rapid.T) ([]causal.Row, causal.SeriesSettings) {
	n := rapid.IntRange(12, 40).Draw(t, "n")
	family := causal.Family(rapid.IntRange(1, 4).Draw(t, "family"))
	rows := make([]causal.Row, n)
	for i := range rows {
		rows[i] = causal.Row{Time: float64(i), Events: float64(rapid.IntRange(1, 500).Draw(t, "events"))}
		if family.Proportion() {
			rows[i].Failures = float64(rapid.IntRange(1, 500).Draw(t, "failures"))
		} else {
			rows[i].Exposure = float64(rapid.IntRange(1, 1000).Draw(t, "exposure"))
		}
	}
	s := causal.SeriesSettings{
		Family: family, Harmonics: rapid.IntRange(0, 1).Draw(t, "harmonics"), Period: 4,
		Errors:        causal.StandardErrors(rapid.IntRange(0, 1).Draw(t, "errors")),
		Interventions: []causal.Intervention{{Name: "x", At: float64(n / 2), Slope: rapid.Bool().Draw(t, "slope")}},
	}
	return rows, s
}

// TestOrderDoesNotMatter: any order of the rows gives the same bits, and the input is left alone.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, s := drawSeries(t)
		first, err := causal.InterruptedSeries(rows, s, card())
		if err != nil {
			t.Skip(err)
		}
		index := rapid.Permutation(indices(len(rows))).Draw(t, "order")
		shuffled := make([]causal.Row, len(rows))
		for k, i := range index {
			shuffled[k] = rows[i]
		}
		before := slices.Clone(shuffled)
		wanted := s
		wanted.Interventions = slices.Clone(s.Interventions)
		second, err := causal.InterruptedSeries(shuffled, s, card())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, shuffled); diff != "" {
			t.Fatalf("the rows were changed: %s", diff)
		}
		if diff := cmp.Diff(wanted, s); diff != "" {
			t.Fatalf("the settings were changed: %s", diff)
		}
		for k := range second.Points {
			second.Points[k].Row = index[second.Points[k].Row]
		}
		for k := range second.Warnings {
			if w := &second.Warnings[k]; w.Row >= 0 {
				w.Row = index[w.Row]
			}
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Fatalf("another order gives another result: %s", diff)
		}
	})
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// TestExposureScale: multiplying every exposure by c moves the intercept by −log c and nothing else.
func TestExposureScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, s := drawSeries(t)
		s.Family = causal.QuasiPoisson
		for i := range rows {
			rows[i].Failures, rows[i].Exposure = 0, rows[i].Exposure+1
		}
		c := rapid.Float64Range(1e-3, 1e5).Draw(t, "c")
		first, err := causal.InterruptedSeries(rows, s, card())
		if err != nil {
			t.Skip(err)
		}
		for i := range rows {
			rows[i].Exposure *= c
		}
		second, err := causal.InterruptedSeries(rows, s, card())
		if err != nil {
			t.Fatal(err)
		}
		for j, term := range first.Terms {
			want := term.Coef
			if j == 0 {
				want -= math.Log(c)
			}
			if math.Abs(second.Terms[j].Coef-want) > 1e-6 || math.Abs(second.Terms[j].SE-term.SE) > 1e-6*(1+term.SE) {
				t.Fatalf("%s: %v (%v), want %v (%v)", term.Term, second.Terms[j].Coef, second.Terms[j].SE, want, term.SE)
			}
		}
	})
}

// TestSwapEvents: counting the failures instead turns every log odds around.
func TestSwapEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, s := drawSeries(t)
		s.Family = causal.QuasiBinomial
		for i := range rows {
			rows[i].Exposure, rows[i].Failures = 0, rows[i].Failures+1
		}
		first, err := causal.InterruptedSeries(rows, s, card())
		if err != nil {
			t.Skip(err)
		}
		for i := range rows {
			rows[i].Events, rows[i].Failures = rows[i].Failures, rows[i].Events
		}
		second, err := causal.InterruptedSeries(rows, s, card())
		if err != nil {
			t.Fatal(err)
		}
		for j, term := range first.Terms {
			if math.Abs(second.Terms[j].Coef+term.Coef) > 1e-6*(1+math.Abs(term.Coef)) {
				t.Fatalf("%s: %v and %v are not opposite", term.Term, term.Coef, second.Terms[j].Coef)
			}
		}
	})
}

// TestScoreIsZero: at the maximum, fitted and observed events agree in total and on each side of
// the date (the score equations of the intercept and of the level).
func TestScoreIsZero(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, s := drawSeries(t)
		e, err := causal.InterruptedSeries(rows, s, card())
		if err != nil {
			t.Skip(err)
		}
		var observed, fitted [2]float64
		for _, p := range e.Points {
			side, r, trials := 0, rows[p.Row], 1.0
			if p.Time >= s.Interventions[0].At {
				side = 1
			}
			if s.Family.Proportion() {
				trials = r.Events + r.Failures
			}
			observed[side] += r.Events
			fitted[side] += p.Fitted * trials
		}
		for side := range observed {
			if math.Abs(observed[side]-fitted[side]) > 1e-5*(1+observed[side]) {
				t.Fatalf("side %d: observed %v, fitted %v", side, observed[side], fitted[side])
			}
		}
	})
}
