package reliability_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/analysis/reliability"
)

// columns turns one string per coder, "." for missing, into ratings over the given categories.
func columns(t testing.TB, categories string, coders ...string) reliability.Ratings {
	t.Helper()
	table := make([][]string, len(coders[0]))
	for u := range table {
		for _, coder := range coders {
			table[u] = append(table[u], strings.TrimLeft(coder[u:u+1], "."))
		}
	}
	r, err := reliability.Read(table, strings.Split(categories, ""))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// kripp2011 is the example with four observers, twelve units and gaps of K. Krippendorff,
// "Computing Krippendorff's Alpha-Reliability", 2011, sections C and D.
func kripp2011(t testing.TB) reliability.Ratings {
	return columns(t, "12345", "123321412...", "1233224125.3", ".3332342251.", "12332441251.")
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %.9f, want %.9f within %g", what, got, want, tolerance)
	}
}

// TestAlphaPublished compares with printed figures (three decimals) and with the krippendorff
// package for Python, 0.9.0 (all decimals).
func TestAlphaPublished(t *testing.T) {
	wikipedia := columns(t, "1234", ".....34121133.3", "1.213343.......", "..21344.21133.4")
	for _, c := range []struct {
		name      string
		ratings   reliability.Ratings
		metric    reliability.Metric
		published float64
		python    float64
	}{
		{
			"Krippendorff 2011, A: two observers, two values",
			columns(t, "01", "0100000010", "1110010000"), reliability.Nominal, .095, 0.09523809523809534,
		},
		{
			"Krippendorff 2011, B: two observers, many values",
			columns(t, "abcde", "aabbdcccedda", "babbbccceddd"), reliability.Nominal, .692, 0.6919642857142858,
		},
		{"Krippendorff 2011, C: gaps, nominal", kripp2011(t), reliability.Nominal, .743, 0.743421052631579},
		{"Krippendorff 2011, D: gaps, ordinal", kripp2011(t), reliability.Ordinal, .815, 0.8153875037548814},
		{"Wikipedia, Krippendorff's alpha, computational example, nominal", wikipedia, reliability.Nominal, .691, 0.691358024691358},
		{"the same, ordinal (no printed figure)", wikipedia, reliability.Ordinal, .807, 0.8067214199413153},
	} {
		e, err := reliability.Alpha(c.ratings, reliability.AlphaSettings{Metric: c.metric})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		near(t, c.name, e.Alpha, c.published, 5e-4)
		near(t, c.name, e.Alpha, c.python, 1e-12)
	}
	e, err := reliability.Alpha(kripp2011(t), reliability.AlphaSettings{})
	if err != nil {
		t.Fatal(err)
	}
	// The same paper: 41 values, of which 40 are pairable; coincidences 1–1 = 7, 2–2 = 10, 1–2 = 4/3.
	if e.Coders != 4 || e.Units != 11 || e.Dropped != 1 || e.Pairable != 40 {
		t.Errorf("coders %d, units %d, dropped %d, pairable %d", e.Coders, e.Units, e.Dropped, e.Pairable)
	}
	near(t, "o11", e.Coincidences[0][0], 7, 1e-12)
	near(t, "o12", e.Coincidences[0][1], 4.0/3, 1e-12)
	near(t, "o22", e.Coincidences[1][1], 10, 1e-12)
	if e.Reading != reliability.Tentative || e.LowerReading != reliability.Tentative || e.Interval != nil {
		t.Errorf("readings %v, %v, interval %v", e.Reading, e.LowerReading, e.Interval)
	}
}

// table2 turns a two-coder table of counts into ratings.
func table2(counts [][]int) reliability.Ratings {
	r := reliability.Ratings{}
	for a, row := range counts {
		r.Categories = append(r.Categories, string(rune('a'+a)))
		for b, n := range row {
			for range n {
				r.Codes = append(r.Codes, []int{a, b})
			}
		}
	}
	return r
}

// TestKappaPublished: κ as printed in J. Cohen 1960 (doi:10.1177/001316446002000104, 200 cases, .492);
// κ and its standard error as printed in J. Fleiss, "Statistical Methods for Rates and Proportions",
// from Fleiss, Cohen and Everitt 1969 (doi:10.1037/h0028106, .429 and .0537); all decimals from
// statsmodels 0.15.0, stats.inter_rater.cohens_kappa (std_kappa).
func TestKappaPublished(t *testing.T) {
	for _, c := range []struct {
		name           string
		table          [][]int
		published      float64
		kappa, se      float64
		lower, upper   float64
		observed, even float64
	}{
		{
			"Cohen 1960",
			[][]int{{88, 14, 18}, {10, 40, 10}, {2, 6, 12}},
			.492,
			0.49152542372881347, 0.05100181557607786, 0.3915637020535469, 0.59148714540408, .70, .41,
		},
		{
			"Fleiss, Cohen and Everitt 1969",
			[][]int{{106, 10, 4}, {22, 28, 10}, {2, 12, 6}},
			.429,
			0.4285714285714285, 0.05371100486916735, 0.32329979345440496, 0.533843063688452, .70, .475,
		},
	} {
		e, err := reliability.Kappa(table2(c.table), 0, 1, 0)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		near(t, c.name, e.Kappa, c.published, 5e-4)
		near(t, c.name, e.Kappa, c.kappa, 1e-12)
		near(t, c.name+" SE", e.SE, c.se, 1e-12)
		near(t, c.name+" lower", e.Lower, c.lower, 1e-9)
		near(t, c.name+" upper", e.Upper, c.upper, 1e-9)
		near(t, c.name+" observed", e.Observed, c.observed, 1e-12)
		near(t, c.name+" by chance", e.Expected, c.even, 1e-12)
	}
}

// TestPlainAgreement: by hand. Two coders agree on 3 of 4 units. With three codes a, a, b one unit
// holds 2 of 6 ordered pairs that agree, so 1/3; a second unit a, a holds all.
func TestPlainAgreement(t *testing.T) {
	two, err := reliability.PlainAgreement(columns(t, "ab", "aabb", "aaba"))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "two coders", two, 0.75, 1e-15)
	three, err := reliability.PlainAgreement(columns(t, "ab", "aab", "aa.", "b.."))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "three coders with gaps", three, (3*1.0/3+2*1)/5, 1e-15)
}

// TestRefusals lists what is refused, and where the error points.
func TestRefusals(t *testing.T) {
	good := kripp2011(t)
	with := func(change func(*reliability.Ratings)) reliability.Ratings {
		r := good
		r.Codes = make([][]int, len(good.Codes))
		for u := range r.Codes {
			r.Codes[u] = slices.Clone(good.Codes[u])
		}
		r.Labels = []string{"first", "second"}
		change(&r)
		return r
	}
	for _, c := range []struct {
		name     string
		ratings  reliability.Ratings
		settings reliability.AlphaSettings
		problem  reliability.Problem
		says     string
	}{
		{"code too large", with(func(r *reliability.Ratings) { r.Codes[1][2] = 5 }), reliability.AlphaSettings{}, reliability.BadCode, "unit 1 (second): coder 2"},
		{"code below missing", with(func(r *reliability.Ratings) { r.Codes[0][0] = -2 }), reliability.AlphaSettings{}, reliability.BadCode, "unit 0 (first): coder 0"},
		{"short unit", with(func(r *reliability.Ratings) { r.Codes[3] = r.Codes[3][:2] }), reliability.AlphaSettings{}, reliability.BadShape, "unit 3"},
		{"no units", with(func(r *reliability.Ratings) { r.Codes = nil }), reliability.AlphaSettings{}, reliability.NoPairs, "coded twice"},
		{"one coder", columns(t, "ab", "abab"), reliability.AlphaSettings{}, reliability.NoPairs, "coded twice"},
		{"one category", columns(t, "ab", "aaa", "aaa"), reliability.AlphaSettings{}, reliability.NoVariation, "undefined"},
		{"no categories", with(func(r *reliability.Ratings) { r.Categories = nil }), reliability.AlphaSettings{}, reliability.BadSetting, "Categories"},
		{"draws", good, reliability.AlphaSettings{Draws: -1}, reliability.BadSetting, "Draws"},
		{"level", good, reliability.AlphaSettings{Level: 2}, reliability.BadSetting, "Level"},
		{"level not a number", good, reliability.AlphaSettings{Level: math.NaN()}, reliability.BadSetting, "Level"},
		{"metric", good, reliability.AlphaSettings{Metric: 9}, reliability.BadSetting, "Metric"},
	} {
		_, err := reliability.Alpha(c.ratings, c.settings)
		if reliability.ProblemOf(err) != c.problem || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want it to say %q", c.name, err, c.says)
		}
	}
	if _, err := reliability.Read([][]string{{"a", " b"}, {"c", ""}}, []string{"a", "b"}); reliability.ProblemOf(err) != reliability.BadCode || !strings.Contains(err.Error(), `unit 1: coder 0: "c"`) {
		t.Errorf("unknown value: %v", err)
	}
	if _, err := reliability.Read([][]string{{"a"}}, []string{"a", "a"}); reliability.ProblemOf(err) != reliability.BadSetting {
		t.Errorf("category twice: %v", err)
	}
	for _, pair := range [][2]int{{0, 0}, {0, 4}, {-1, 0}} {
		if _, err := reliability.Kappa(good, pair[0], pair[1], 0); reliability.ProblemOf(err) != reliability.BadShape {
			t.Errorf("coders %v: %v", pair, err)
		}
	}
	if _, err := reliability.Kappa(columns(t, "ab", "aa", "aa"), 0, 1, 0); reliability.ProblemOf(err) != reliability.NoVariation {
		t.Errorf("one category: %v", err)
	}
	if _, err := reliability.Kappa(columns(t, "ab", "a.", ".a"), 0, 1, 0); reliability.ProblemOf(err) != reliability.NoPairs {
		t.Errorf("nothing in common: %v", err)
	}
}

// TestBootstrap: the interval holds the estimate, narrows with more units, follows the seed.
func TestBootstrap(t *testing.T) {
	small := kripp2011(t)
	large := small
	large.Codes = slices.Repeat(small.Codes, 20)
	settings := reliability.AlphaSettings{Metric: reliability.Ordinal, Draws: 2000, Seed: 7}
	alpha := func(r reliability.Ratings, s reliability.AlphaSettings) *reliability.AlphaResult {
		e, err := reliability.Alpha(r, s)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	a, b := alpha(small, settings), alpha(large, settings)
	if !(a.Interval.Lower < a.Alpha && a.Alpha < a.Interval.Upper && a.Interval.Upper <= 1) {
		t.Errorf("alpha %v outside %+v", a.Alpha, a.Interval)
	}
	if wide, narrow := a.Interval.Upper-a.Interval.Lower, b.Interval.Upper-b.Interval.Lower; narrow > wide/3 {
		t.Errorf("twenty times the units: width %v after %v", narrow, wide)
	}
	if diff := cmp.Diff(a, alpha(small, settings)); diff != "" {
		t.Errorf("the same seed gives another result: %s", diff)
	}
	settings.Seed++
	if cmp.Equal(a.Interval, alpha(small, settings).Interval) {
		t.Error("another seed gives the same interval")
	}
	if a.LowerReading != reliability.Unreliable || a.Reading != reliability.Reliable {
		t.Errorf("readings %v and %v", a.Reading, a.LowerReading)
	}
	// Two units, one of each value, perfectly agreed: half of all draws hold one value only.
	perfect := alpha(columns(t, "ab", "ab", "ab"), reliability.AlphaSettings{Draws: 400, Seed: 1})
	if perfect.Alpha != 1 || perfect.Interval.Lower != 1 || perfect.Interval.Undefined < 150 || perfect.Interval.Undefined > 250 {
		t.Errorf("perfect agreement: %+v, %+v", perfect, perfect.Interval)
	}
}

func drawRatings(t *rapid.T) reliability.Ratings {
	k, coders := rapid.IntRange(1, 5).Draw(t, "categories"), rapid.IntRange(1, 4).Draw(t, "coders")
	r := reliability.Ratings{Categories: strings.Split("abcde", "")[:k]}
	for range rapid.IntRange(1, 20).Draw(t, "units") {
		row := make([]int, coders)
		for c := range row {
			row[c] = rapid.IntRange(-1, k-1).Draw(t, "code")
		}
		r.Codes = append(r.Codes, row)
	}
	return r
}

// TestOrderDoesNotMatter: units and coders in any order give the same bits; the input stays.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRatings(t)
		s := reliability.AlphaSettings{Metric: reliability.Metric(rapid.IntRange(0, 1).Draw(t, "metric")), Draws: 20, Seed: 3}
		first, firstErr := reliability.Alpha(r, s)
		shuffled := reliability.Ratings{Categories: r.Categories, Codes: rapid.Permutation(r.Codes).Draw(t, "units")}
		coders := make([]int, len(r.Codes[0]))
		for c := range coders {
			coders[c] = c
		}
		coders = rapid.Permutation(coders).Draw(t, "coders")
		for u, row := range shuffled.Codes {
			moved := make([]int, len(row))
			for c := range row {
				moved[c] = row[coders[c]]
			}
			shuffled.Codes[u] = moved
		}
		before := slices.Clone(shuffled.Codes)
		second, secondErr := reliability.Alpha(shuffled, s)
		if diff := cmp.Diff(before, shuffled.Codes); diff != "" {
			t.Fatalf("the ratings were changed: %s", diff)
		}
		if (firstErr == nil) != (secondErr == nil) {
			t.Fatalf("errors %v and %v", firstErr, secondErr)
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Fatalf("another order gives another result: %s", diff)
		}
		if first != nil && (first.Alpha > 1 || first.Expected <= 0 || math.IsNaN(first.Alpha)) {
			t.Fatalf("alpha %v, expected disagreement %v", first.Alpha, first.Expected)
		}
	})
}

// TestMetricsAgreeOnTwo: with two categories the ordinal and nominal alphas are one.
func TestMetricsAgreeOnTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRatings(t)
		for _, row := range r.Codes {
			for c := range row {
				row[c] = min(row[c], 1)
			}
		}
		nominal, err := reliability.Alpha(r, reliability.AlphaSettings{})
		if err != nil {
			t.Skip(err)
		}
		ordinal, err := reliability.Alpha(r, reliability.AlphaSettings{Metric: reliability.Ordinal})
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(nominal.Alpha-ordinal.Alpha) > 1e-9 {
			t.Fatalf("nominal %v, ordinal %v", nominal.Alpha, ordinal.Alpha)
		}
	})
}

// FuzzAlpha: whatever the codes, finite figures or an error, and no panic.
func FuzzAlpha(f *testing.F) {
	f.Add([]byte{}, 2, byte(0))
	f.Add([]byte{0, 1, 0, 1, 1, 1}, 2, byte(1))
	f.Add([]byte{0, 0, 0, 0, 0, 0}, 3, byte(3))
	f.Add([]byte{255, 0, 255, 1, 9, 2, 3}, 3, byte(5))
	f.Fuzz(func(t *testing.T, data []byte, coders int, flags byte) {
		if coders < 1 || coders > 8 || len(data) > 400 {
			return
		}
		r := reliability.Ratings{Categories: strings.Split("abcdefgh", "")[:1+flags>>4&7]}
		for chunk := range slices.Chunk(data, coders) {
			row := make([]int, len(chunk))
			for c, b := range chunk {
				row[c] = int(int8(b))
			}
			r.Codes = append(r.Codes, row)
		}
		a, err := reliability.Alpha(r, reliability.AlphaSettings{Metric: reliability.Metric(flags & 1), Draws: 10, Seed: uint64(flags)})
		if (a == nil) == (err == nil) {
			t.Fatalf("result %v and error %v", a, err)
		}
		if a != nil && (math.IsNaN(a.Alpha) || math.IsInf(a.Alpha, 0)) {
			t.Fatalf("alpha %v", a.Alpha)
		}
		k, err := reliability.Kappa(r, 0, 1, 0)
		if (k == nil) == (err == nil) {
			t.Fatalf("result %v and error %v", k, err)
		}
		if k != nil && math.IsNaN(k.Kappa+k.SE+k.Lower+k.Upper) {
			t.Fatalf("kappa %+v", k)
		}
	})
}

// Growth over three sizes: alpha should grow in step with the units.
func BenchmarkAlpha(b *testing.B) {
	r := kripp2011(b)
	for _, times := range []int{10, 100, 1000} {
		large := r
		large.Codes = slices.Repeat(r.Codes, times)
		b.Run(fmt.Sprintf("units=%d/draws=200", len(large.Codes)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := reliability.Alpha(large, reliability.AlphaSettings{Metric: reliability.Ordinal, Draws: 200, Seed: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
