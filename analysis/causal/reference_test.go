package causal_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/analysis/causal"
)

// TestDecisions2023 holds the interrupted series of the first decision stage, 2018Q1 to 2023Q4,
// logit(positive/negative) ~ t + post(≥ 2023Q1). Source: README of the uk-nrm data folder, computed
// with R 4.2.2 glm(family = quasibinomial): post −2.11981 (SE 0.20082), odds ratio 0.12005,
// t 0.01895 (0.01417).
func TestDecisions2023(t *testing.T) {
	rows := decisionRows(t, 2018, 2023)
	e, err := causal.InterruptedSeries(rows, causal.SeriesSettings{
		Family:        causal.QuasiBinomial,
		Interventions: []causal.Intervention{{Name: "guidance of January 2023", At: 21}},
	}, card())
	if err != nil {
		t.Fatal(err)
	}
	level := e.Changes[0].Level
	near(t, "post", level.Coef, -2.1198, 5e-5)
	near(t, "SE", level.SE, 0.2008, 5e-5)
	near(t, "odds ratio", level.Ratio, 0.1201, 5e-5)
	near(t, "post, five decimals", level.Coef, -2.11981, 5e-6)
	near(t, "SE, five decimals", level.SE, 0.20082, 5e-6)
	near(t, "odds ratio, five decimals", level.Ratio, 0.12005, 5e-6)
	near(t, "time", e.Terms[1].Coef, 0.01895, 5e-6)
	near(t, "time SE", e.Terms[1].SE, 0.01417, 5e-6)
	if got := e.Changes[0]; got.Before != 20 || got.After != 4 {
		t.Errorf("rows before and after = %d, %d, want 20, 4", got.Before, got.After)
	}
	// Quarterly rates of the same README.
	for k, want := range []float64{.900, .905, .885, .856, .604, .502, .533, .546} {
		near(t, "rate of "+e.Points[16+k].Label, e.Points[16+k].Observed, want, 5e-4)
	}
}

// TestDecisionsNeweyWest compares with statsmodels 0.15.0: GLM(Binomial, [positive, negative]),
// cov_type="HAC", maxlags=L, use_correction=True (which multiplies by n/(n − p)).
func TestDecisionsNeweyWest(t *testing.T) {
	rows := decisionRows(t, 2018, 2023)
	for _, c := range []struct {
		lag  int
		want []float64 // intercept, time, level
	}{
		{1, []float64{0.3037989, 0.02258632, 0.27700684}},
		{2, []float64{0.3365429, 0.02455456, 0.29138484}},
		{4, []float64{0.35259745, 0.02541147, 0.291648}},
	} {
		e, err := causal.InterruptedSeries(rows, causal.SeriesSettings{
			Family: causal.QuasiBinomial, Errors: causal.NeweyWest, Bandwidth: c.lag,
			Interventions: []causal.Intervention{{At: 21}},
		}, card())
		if err != nil {
			t.Fatal(err)
		}
		for j, want := range c.want {
			near(t, e.Terms[j].Term, e.Terms[j].SE, want, 1e-6)
			near(t, e.Terms[j].Term+", model-based beside it", e.Terms[j].ModelSE, []float64{0, 0.01417, 0.20082}[j], []float64{9, 5e-6, 5e-6}[j])
		}
	}
}

// TestSicily compares with its_sicily_reference.csv: R 4.2.2 glm on the data of Lopez Bernal,
// Cummins and Gasparrini 2017 (doi:10.1093/ije/dyw098), aces ~ offset(log(stdpop)) + smokban + time
// and two harmonics of period 12. The reference interacts the ban with time counted from the start;
// our slope counts from the ban (month 37), so our level is its level + 37·slope. Its bounds use
// 1.96 for the normal quantile (hence 2e-6), and R takes Pearson's statistic at the weights of the
// last step but one (hence 1e-5 on the dispersion).
func TestSicily(t *testing.T) {
	reference := map[string]map[string]string{}
	for _, r := range table(t, "causal", "its_sicily_reference.csv") {
		reference[r["model"]+" "+r["term"]] = r
	}
	terms := map[string]string{
		"intercept": "(Intercept)", "time": "time", "level: smoking ban": "smokban", "slope: smoking ban": "smokban:time",
		"sine 1": "harms1", "sine 2": "harms2", "cosine 1": "harmc1", "cosine 2": "harmc2",
	}
	rows := sicily(t)
	for _, c := range []struct {
		model     string
		family    causal.Family
		harmonics int
		slope     bool
	}{
		{"m1_poisson_step", causal.Poisson, 0, false},
		{"m2_quasipoisson_step", causal.QuasiPoisson, 0, false},
		{"m3_quasi_harmonic2", causal.QuasiPoisson, 2, false},
		{"m4_quasi_harmonic2_slope", causal.QuasiPoisson, 2, true},
	} {
		t.Run(c.model, func(t *testing.T) {
			e, err := causal.InterruptedSeries(rows, causal.SeriesSettings{
				Family: c.family, Harmonics: c.harmonics, Period: 12,
				Interventions: []causal.Intervention{{Name: "smoking ban", At: 37, Slope: c.slope}},
			}, card())
			if err != nil {
				t.Fatal(err)
			}
			for _, got := range e.Terms {
				want := reference[c.model+" "+terms[got.Term]]
				if want == nil {
					t.Fatalf("no reference for %s", got.Term)
				}
				if c.slope && got.Term == "level: smoking ban" {
					slope := reference[c.model+" smokban:time"]
					near(t, "level at the ban", got.Coef, number(t, want, "estimate")+37*number(t, slope, "estimate"), 1e-7)
					continue
				}
				near(t, got.Term+" coef", got.Coef, number(t, want, "estimate"), 1e-7)
				near(t, got.Term+" SE", got.SE, number(t, want, "se"), 1e-7)
				near(t, got.Term+" ratio", got.Ratio, number(t, want, "RR"), 1e-7)
				near(t, got.Term+" lower", got.RatioLower, number(t, want, "lo"), 2e-6)
				near(t, got.Term+" upper", got.RatioUpper, number(t, want, "hi"), 2e-6)
				if c.family.Quasi() {
					near(t, "dispersion", e.Diagnostics.Dispersion, number(t, want, "dispersion"), 1e-5)
				}
			}
		})
	}
}

// TestSicilyPublished repeats the figures of the issue in its own rounding.
func TestSicilyPublished(t *testing.T) {
	rows := sicily(t)
	settings := causal.SeriesSettings{Interventions: []causal.Intervention{{Name: "smoking ban", At: 37}}}
	for _, c := range []struct {
		family              causal.Family
		harmonics           int
		ratio, lower, upper float64
		tolerance           float64
	}{
		{causal.Poisson, 0, .8944, .8647, .9251, 5e-5},
		{causal.QuasiPoisson, 0, .8944, .839, .953, 5e-4},
		{causal.QuasiPoisson, 2, .8851, .8394, .9332, 5e-5},
	} {
		s := settings
		s.Family, s.Harmonics, s.Period = c.family, c.harmonics, 12
		e, err := causal.InterruptedSeries(rows, s, card())
		if err != nil {
			t.Fatal(err)
		}
		level := e.Changes[0].Level
		near(t, "RR", level.Ratio, c.ratio, 5e-5)
		near(t, "lower", level.RatioLower, c.lower, c.tolerance)
		near(t, "upper", level.RatioUpper, c.upper, c.tolerance)
		if c.harmonics == 2 {
			near(t, "dispersion", e.Diagnostics.Dispersion, 2.262, 5e-4)
		}
	}
}

// TestSicilyNeweyWest compares with statsmodels 0.15.0: GLM(Poisson, offset=log(stdpop)),
// cov_type="HAC", maxlags=L, use_correction=True.
func TestSicilyNeweyWest(t *testing.T) {
	rows := sicily(t)
	for lag, want := range map[int]float64{3: 0.02318693, 6: 0.02186838} {
		e, err := causal.InterruptedSeries(rows, causal.SeriesSettings{
			Family: causal.QuasiPoisson, Harmonics: 2, Period: 12, Errors: causal.NeweyWest, Bandwidth: lag,
			Interventions: []causal.Intervention{{At: 37}},
		}, card())
		if err != nil {
			t.Fatal(err)
		}
		near(t, "level SE", e.Changes[0].Level.SE, want, 1e-6)
	}
}

// TestAdultsAgainstChildren holds the difference in mean quarterly positive rates, 2021–22 against
// 2023. Means and difference: README of the uk-nrm folder. HC1 and cluster errors (by quarter) and
// the trend before: statsmodels 0.15.0 OLS, cov_type="HC1" and "cluster", use_t=True.
func TestAdultsAgainstChildren(t *testing.T) {
	rows := ageGroups(t, 2021, 2023)
	simple, err := causal.DifferenceOfMeans(rows, 9, card())
	if err != nil {
		t.Fatal(err)
	}
	near(t, "difference", simple.Difference, -0.3023, 5e-5)
	near(t, "difference, five decimals", simple.Difference, -0.30234, 5e-6)
	near(t, "adults before", simple.Treated.Before, .88382, 5e-6)
	near(t, "adults after", simple.Treated.After, .40861, 5e-6)
	near(t, "children before", simple.Control.Before, .91258, 5e-6)
	near(t, "children after", simple.Control.After, .73970, 5e-6)

	for _, c := range []struct {
		errors       causal.GroupErrors
		se           float64
		lower, upper float64
		df, clusters int
	}{
		{causal.HC1, 0.05087716, -0.40846359, -0.19620778, 20, 24},
		{causal.ClusterRobust, 0.05299358, -0.41897376, -0.18569761, 11, 12},
	} {
		e, err := causal.DifferenceInDifferences(rows, causal.GroupSettings{At: 9, Errors: c.errors}, card())
		if err != nil {
			t.Fatal(err)
		}
		near(t, "coefficient", e.Effect.Value, simple.Difference, 1e-12)
		near(t, c.errors.String()+" SE", e.Effect.SE, c.se, 1e-8)
		near(t, c.errors.String()+" lower", e.Effect.Lower, c.lower, 1e-7)
		near(t, c.errors.String()+" upper", e.Effect.Upper, c.upper, 1e-7)
		if e.Effect.DF != c.df || e.Clusters != c.clusters {
			t.Errorf("df, clusters = %d, %d, want %d, %d", e.Effect.DF, e.Clusters, c.df, c.clusters)
		}
		if !e.PreTrend.Checked {
			t.Fatal("eight quarters before the date, but no trend was looked for")
		}
		near(t, "slope before", e.PreTrend.Slope.Value, 0.00101303, 1e-8)
		near(t, "slope before, SE", e.PreTrend.Slope.SE, 0.00340587, 1e-8)
		near(t, "slope before, p", e.PreTrend.Slope.P, 0.771218429, 1e-7)
		near(t, "drift", e.PreTrend.Drift, 0.00101303*6, 1e-7)
		if diff := cmp.Diff(simple.Periods, e.Periods); diff != "" {
			t.Errorf("periods differ from the simple version: %s", diff)
		}
	}
}

// TestTwoChangesOf2023 fits both dates of 2023 (30 January and 24 July), as the policy review page
// does, and checks that the two levels multiply to the joint effect that is drawn.
func TestTwoChangesOf2023(t *testing.T) {
	e, err := causal.InterruptedSeries(decisionRows(t, 2018, 2023), causal.SeriesSettings{
		Family: causal.QuasiBinomial,
		Interventions: []causal.Intervention{
			{Name: "30 January 2023", At: 21}, {Name: "24 July 2023", At: 23},
		},
	}, card())
	if err != nil {
		t.Fatal(err)
	}
	near(t, "joint effect", e.Points[23].Ratio, e.Changes[0].Level.Ratio*e.Changes[1].Level.Ratio, 1e-12)
	near(t, "effect before", e.Points[19].Ratio, 1, 0)
	if e.Changes[0].After != 4 || e.Changes[1].After != 2 {
		t.Errorf("rows after = %d, %d, want 4, 2", e.Changes[0].After, e.Changes[1].After)
	}
	found := map[causal.Caution]bool{}
	for _, w := range e.Warnings {
		found[w.Caution] = true
	}
	if !found[causal.FewAfter] {
		t.Errorf("two rows after the second date, but no warning among %v", e.Warnings)
	}
}
