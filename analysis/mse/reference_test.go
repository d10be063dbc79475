package mse_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/analysis/mse"
	"github.com/fourfold/fourfold/internal/testdata"
)

// exact is the relative tolerance of figures that another program computed from the same table.
const exact = 1e-4

// Point estimates, Wald limits, chosen pairs, AIC and deviance: SparseMSE 2.0.1 under R 4.2.2,
// threshold 0.02, as recorded with the reference data. 1184, 1034 and 2483 are also published,
// doi:10.1080/01621459.2019.1708748. AIC 0 means that none is recorded.
func TestStepwiseReference(t *testing.T) {
	for _, c := range []struct {
		data          string
		main, step    float64
		lower, upper  float64
		pairs, empty  string // pairs by order of entry, or "?" when not recorded
		aic, deviance float64
	}{
		{"UKdat", 12213.9951, 11417.9911, 9977.28, 13145.66, "PF:NCA LA:NG NG:GP LA:PF PF:GP GO:GP NG:GO", "", 162.6591, 22.99392},
		{"UKdat_5", 13444.1312, 11312.9903, 9884.40, 13027.40, "LA:NG NG:GP PFNCA:GP LA:PFNCA GO:GP NG:GO", "", 127.5986, 16.35138},
		{"UKdat_4", 10694.2545, 11015.2445, 9582.26, 12735.25, "?", "", 0, 0},
		{"Ned", 52823.4639, 111139.3712, 92439.86, 133991.47, "O:Z P:Z I:Z P:R O:P K:O", "K:R I:K", 207.1849, 55.65571},
		{"Ned_5", 52923.8943, 121521.6137, 98675.43, 150138.91, "IO:Z P:Z P:R IO:P IO:K", "K:R", 143.7870, 24.33950},
		{"NewOrl_v2019", 996.6643, 1183.6923, 720.92, 2046.06, "D:E", "", 113.0692, 34.00706},
		{"NewOrl", 949.4707, 1110.4881, 692.21, 1874.38, "D:E", "", 0, 0},
		{"NewOrl_5_v2019", 1034.1511, 1034.1511, 658.26, 1708.60, "", "", 0, 0},
		{"NewOrl_5", 981.4314, 981.4314, 636.46, 1590.60, "", "", 0, 0},
		{"Western", 2007.1418, 2483.3839, 1657.09, 3830.03, "A:E", "", 91.8395, 26.58423},
		{"Australia", 827.1672, 6496.0087, 2882.13, 15401.36, "B:C B:D A:B", "", 81.9206, 14.05238},
		{"Kosovo", 7394.5867, 14341.6638, 12541.28, 16540.19, "ABA:OSCE OSCE:HRW EXH:OSCE EXH:ABA EXH:HRW", "", 161.3176, 39.89364},
		{"Korea", 141.9926, 268.7778, 202.53, 390.20, "b:c", "", 44.9077, 8.56695},
	} {
		t.Run(c.data, func(t *testing.T) {
			table := load(t, c.data)
			r, err := mse.Estimate(t.Context(), table, mse.Stepwise{})
			if err != nil {
				t.Fatal(err)
			}
			independent, err := mse.Fit(t.Context(), table, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range []struct {
				name      string
				got, want float64
			}{
				{"independence", independent.Estimate, c.main},
				{"estimate", r.Estimate, c.step},
				{"lower", r.Lower, c.lower},
				{"upper", r.Upper, c.upper},
				{"AIC", r.AIC, c.aic},
				{"deviance", r.Deviance, c.deviance},
			} {
				if f.want != 0 && !near(f.got, f.want, exact) {
					t.Errorf("%s is %.6f, want %.6f", f.name, f.got, f.want)
				}
			}
			if got := entered(r, table.Lists()); c.pairs != "?" && got != c.pairs {
				t.Errorf("chose %q, want %q", got, c.pairs)
			}
			var empty []string
			for _, term := range r.Empty {
				empty = append(empty, term.Names(table.Lists()))
			}
			if got := strings.Join(empty, " "); !sameWords(got, c.empty) {
				t.Errorf("empty overlaps %q, want %q", got, c.empty)
			}
		})
	}
}

// entered returns the chosen pairs with an overlap, in order of entry.
func entered(r mse.Result, lists []string) string {
	var names []string
	for _, s := range r.Steps {
		if s.Entered && s.Shared > 0 {
			names = append(names, s.Pair.Names(lists))
		}
	}
	return strings.Join(names, " ")
}

// sameWords compares two lists of words without their order.
func sameWords(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// Tables drawn by R (seed 1234) with SparseMSE's estimate of each, and its limits and acceleration,
// as recorded with the reference data.
func TestBootstrapReference(t *testing.T) {
	for _, c := range []struct {
		data         string
		limits       [4]float64 // 2.5, 10, 90, 97.5 %
		acceleration float64
	}{
		{"UKdat_5", [4]float64{8784.78, 9623.86, 12531.14, 14700.55}, -0.01218108},
		{"Ned_5", [4]float64{47393.14, 107091.98, 152813.72, 162845.54}, -0.01659998},
		{"Western", [4]float64{1293.21, 1343.29, 2998.54, 3672.04}, -0.09501026},
		{"Australia", [4]float64{2525.09, 3693.61, 10959.55, 15941.23}, -0.07193892},
		{"Korea", [4]float64{123.34, 214.17, 394.62, 440.35}, -0.02877338},
	} {
		t.Run(c.data, func(t *testing.T) {
			drawn := resamples(t, c.data)
			b, err := mse.Bootstrap(t.Context(), load(t, c.data), mse.Stepwise{}, mse.BootstrapSettings{Resamples: drawn})
			if err != nil {
				t.Fatal(err)
			}
			if len(b.Estimates) != 1000 {
				t.Fatalf("%d resamples, want 1000", len(b.Estimates))
			}
			for i, got := range b.Estimates {
				if !near(got, drawn.Given[i], exact) {
					t.Errorf("resample %d: %.6f, want %.6f", i+1, got, drawn.Given[i])
				}
			}
			for i, want := range c.limits {
				if got := b.Limits[i].Value; math.Abs(got-want) > 0.005001 {
					t.Errorf("limit %g is %.4f, want %.2f", b.Limits[i].Level, got, want)
				}
			}
			if math.Abs(b.Acceleration-c.acceleration) > 5e-8 {
				t.Errorf("acceleration %.8f, want %.8f", b.Acceleration, c.acceleration)
			}
		})
	}
}

// Where no resamples are at hand, the acceleration depends on the table alone, and limits from our own
// generator must be near. SparseMSE 2.0.1, as recorded with the reference data.
func TestBootstrapNearReference(t *testing.T) {
	for _, c := range []struct {
		data         string
		acceleration float64
		lower, upper float64
		tolerance    float64
	}{
		{"Kosovo", -0.00416020, 12595.84, 16527.49, 0.02},
		{"NewOrl_5_v2019", -0.05516147, 517.37, 1588.16, 0.06}, // limits of arXiv:2112.01594
		{"NewOrl_5", -0.05217179, 578.64, 1531.96, 0.2},        // the lower limit is the smallest resample
		{"UKdat_5", -0.01218108, 8784.78, 14700.55, 0.07},
	} {
		b, err := mse.Bootstrap(t.Context(), load(t, c.data), mse.Stepwise{}, mse.BootstrapSettings{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(b.Acceleration-c.acceleration) > 2e-8 {
			t.Errorf("%s: acceleration %.8f, want %.8f", c.data, b.Acceleration, c.acceleration)
		}
		lower, _ := b.Limit(0.025)
		upper, _ := b.Limit(0.975)
		t.Logf("%s: [%.0f, %.0f], with R's generator [%.0f, %.0f]", c.data, lower, upper, c.lower, c.upper)
		if !near(lower, c.lower, c.tolerance) || !near(upper, c.upper, c.tolerance) {
			t.Errorf("%s: [%.0f, %.0f], with R's generator [%.0f, %.0f]", c.data, lower, upper, c.lower, c.upper)
		}
	}
}

func resamples(t testing.TB, name string) *mse.Resamples {
	t.Helper()
	f, err := os.Open(filepath.Join(testdata.Dir(t, "mse"), "boot_"+name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := mse.ReadResamples(f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Existence codes of Artificial_3: run with SparseMSE, and the same in
// doi:10.1080/01621459.2019.1708748.
func TestExistenceReference(t *testing.T) {
	table := load(t, "Artificial_3")
	for _, c := range []struct {
		model mse.Model
		name  string
		want  mse.Code
	}{
		{mse.NewModel(0b011, 0b101, 0b110), "[12,13,23]", mse.NotIdentifiable},
		{mse.NewModel(0b011), "[12,3]", mse.NoMaximum},
		{mse.NewModel(0b101, 0b110), "[13,23]", mse.Exists},
	} {
		if got := c.model.Notation(3); got != c.name {
			t.Errorf("the model reads %s, want %s", got, c.name)
		}
		got, err := mse.Existence(t.Context(), table, c.model)
		if err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("%s: code %d, want %d", c.name, got, c.want)
		}
		_, err = mse.Fit(t.Context(), table, c.model)
		if (err == nil) != (c.want == mse.Exists) {
			t.Errorf("%s: fitting gives %v", c.name, err)
		}
	}
}

// Best models by BIC: MultipleSystemsEstimation 1.2.0, as recorded with the reference data; the last
// row's estimate is in doi:10.1007/s11222-023-10346-9.
func TestRankReference(t *testing.T) {
	type row struct {
		model         string
		estimate, bic float64
	}
	for _, c := range []struct {
		data       string
		order      int
		considered int
		admissible int
		best       []row
	}{
		{"Korea", 0, 8, 6, []row{{"[12,23]", 157.1667, 57.14081}, {"[12,3]", 268.7778, 58.96860}, {"[13,23]", 123.4630, 91.89711}}},
		{"Kosovo", 0, 113, 113, []row{
			{"[123,14,34]", 10356.52, 203.0296},
			{"[123,134]", 12740.97, 203.1134},
			{"[134,12,23]", 18393.31, 203.9573},
			{"[123,14,24,34]", 9824.17, 209.1429},
		}},
		{"UKdat_5", 2, 1024, 1024, []row{
			{"[12,13,23,25,34]", 22991.33, 196.5398},
			{"[12,13,25,35,45]", 12262.41, 197.4950},
			{"[12,13,23,34,5]", 25978.17, 198.3205},
			{"[12,13,24,25,35,45]", 11312.99, 198.6047},
		}},
		{"NewOrl_5", 2, 1024, 1024, []row{{"[1,2,3,4,5]", 981.4314, 96.27026}}},
		{"NewOrl_5_v2019", 2, 1024, 1024, []row{{"[1,2,3,4,5]", 1034.1511, 96.85152}}},
		{"UKdat_5", 4, 6893, 0, []row{{"[123,25,34]", 25311, 0}}},
	} {
		table := load(t, c.data)
		r, err := mse.Rank(t.Context(), table, mse.BIC{MaxOrder: c.order})
		if err != nil {
			t.Fatal(err)
		}
		if r.Considered != c.considered || c.admissible > 0 && len(r.Models) != c.admissible {
			t.Errorf("%s: %d of %d models, want %d of %d", c.data, len(r.Models), r.Considered, c.admissible, c.considered)
		}
		for i, want := range c.best {
			got := r.Models[i]
			name := got.Model.Notation(len(table.Lists()))
			if name != want.model || !near(got.Estimate, want.estimate, exact) || want.bic > 0 && !near(got.BIC, want.bic, exact) {
				t.Errorf("%s, place %d: %s %.4f %.5f, want %s %.4f %.5f", c.data, i+1, name, got.Estimate, got.BIC, want.model, want.estimate, want.bic)
			}
		}
	}
}

// Limits with our own generator against doi:10.1007/s11222-023-10346-9, Tables 2 to 4, as recorded with
// the reference data. The generators differ, so limits near the ends of the resamples differ by chance.
func TestBICBootstrapNearPublished(t *testing.T) {
	for _, c := range []struct {
		data         string
		top, draws   int
		lower, upper float64
		tolerance    float64
	}{
		{"Kosovo", 113, 500, 6900, 18000, 0.06},
		{"Kosovo", 10, 1000, 6900, 18000, 0.06},
		{"Kosovo", 1, 1000, 9100, 12000, 0.06},
		{"Korea", 10, 1000, 128, 349, 0.06},
		{"UKdat_5", 10, 4000, 11456, 43894, 0.06},
		{"NewOrl_5", 100, 1000, 397, 1511, 0.35}, // the lower limit is the smallest resample
	} {
		b, err := mse.Bootstrap(t.Context(), load(t, c.data), mse.BIC{Top: c.top}, mse.BootstrapSettings{Draws: c.draws, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		lower, _ := b.Limit(0.025)
		upper, _ := b.Limit(0.975)
		t.Logf("%s top %d: %.0f [%.0f, %.0f], published [%.0f, %.0f]", c.data, c.top, b.Result.Estimate, lower, upper, c.lower, c.upper)
		if !near(lower, c.lower, c.tolerance) || !near(upper, c.upper, c.tolerance) {
			t.Errorf("%s top %d: [%.0f, %.0f], published [%.0f, %.0f]", c.data, c.top, lower, upper, c.lower, c.upper)
		}
	}
}

// Median and 95 % limits: dga 2.0.2 under R 4.2.2 with the same largest total, as recorded with the
// reference data.
func TestGraphAverageReference(t *testing.T) {
	for _, c := range []struct {
		data                 string
		limit                int
		graphs               int
		median, lower, upper float64
	}{
		{"Korea", 3000, 8, 163, 127, 454},
		{"Kosovo", 40000, 61, 12595, 9827, 16544},
		{"Australia", 20000, 61, 2258, 1189, 7682},
		{"UKdat_5", 60000, 822, 22990, 10387, 33509},
		{"Ned_5", 300000, 822, 50419, 41673, 206289},
		{"NewOrl_5", 5000, 822, 847, 529, 1590},
		{"Western", 10000, 822, 2132, 1343, 3869},
	} {
		p, err := mse.GraphAverage(t.Context(), load(t, c.data), mse.AverageSettings{MaxTotal: c.limit})
		if err != nil {
			t.Fatal(err)
		}
		if p.Graphs != c.graphs {
			t.Errorf("%s: %d graphs, want %d", c.data, p.Graphs, c.graphs)
		}
		const percent = 0.01
		if !near(p.Median, c.median, percent) || !near(p.Lower, c.lower, percent) || !near(p.Upper, c.upper, percent) {
			t.Errorf("%s: %.0f [%.0f, %.0f], want %.0f [%.0f, %.0f]", c.data, p.Median, p.Lower, p.Upper, c.median, c.lower, c.upper)
		}
		t.Logf("%s: %.0f [%.0f, %.0f], dga %.0f [%.0f, %.0f]", c.data, p.Median, p.Lower, p.Upper, c.median, c.lower, c.upper)
	}
}
