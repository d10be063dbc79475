package linkage_test

import (
	"math"
	"testing"

	"github.com/fourfold/fourfold/analysis/linkage"
)

// The F1 that Python recordlinkage reaches on the same files without soc_sec_id (README of the data),
// and the bars of the reference with it and on RLdata. One configuration: the zero settings. The truth
// only scores.
func TestReference(t *testing.T) {
	for name, c := range map[string]struct {
		files  []string
		ignore []string
		least  float64
	}{
		"febrl1":          {[]string{"febrl_dataset1.csv"}, []string{"soc_sec_id"}, 0.9899},
		"febrl3":          {[]string{"febrl_dataset3.csv"}, []string{"soc_sec_id"}, 0.981},
		"febrl4":          {[]string{"febrl_dataset4a.csv", "febrl_dataset4b.csv"}, []string{"soc_sec_id"}, 0.991},
		"febrl4 with ids": {[]string{"febrl_dataset4a.csv", "febrl_dataset4b.csv"}, nil, 0.999},
		"RLdata500":       {[]string{"RLdata500.csv"}, []string{"identity"}, 0.98},
		"RLdata10000":     {[]string{"RLdata10000.csv"}, []string{"identity"}, 0.95},
	} {
		t.Run(name, func(t *testing.T) {
			table := read(t, c.files...)
			var truth []string
			if c.ignore != nil && c.ignore[0] == "identity" {
				truth = values(t, table, "identity")
			} else {
				truth = febrlTruth(t, table)
			}
			r, s := score(t, table, truth, linkage.Settings{Ignore: c.ignore})
			t.Logf("precision %.4f recall %.4f F1 %.4f, clusters %.4f, blocking recall %.4f, %d pairs", s.Precision, s.Recall, s.F1, s.ClusterF1, s.BlockingRecall, r.Pairs)
			if s.F1 < c.least {
				t.Errorf("F1 %.4f, at least %.4f was expected", s.F1, c.least)
			}
			for _, f := range r.Model.Fields {
				if same := f.Levels[len(f.Levels)-1]; f.Column == "soc_sec_id" && same.U > 5e-5 {
					t.Errorf("strangers share a document number with %v: the matches were not taken away", same.U)
				}
			}
			if e := r.Expected; math.Abs(e.Precision-s.Precision) > 0.02 || math.Abs(e.Matches-float64(s.True)) > 0.12*float64(s.True) {
				t.Errorf("expected without truth: %+v; there are %d matches at precision %.4f", e, s.True, s.Precision)
			}
		})
	}
}

// On pairs blocked by two parts of the birth date, the estimation of R settled on a wrong class (best F1
// 0.027). The anchored one must not.
func TestWrongClass(t *testing.T) {
	table := read(t, "RLdata10000.csv")
	part := func(c string) linkage.Part { return linkage.Part{Column: c} }
	r, s := score(t, table, values(t, table, "identity"), linkage.Settings{
		Ignore: []string{"identity"},
		Rules:  []linkage.Rule{{part("by"), part("bm")}, {part("by"), part("bd")}, {part("bm"), part("bd")}},
	})
	if r.Pairs != 207005 || s.Compared != 994 {
		t.Errorf("%d pairs with %d matches; R compares 207005 with 994", r.Pairs, s.Compared)
	}
	if s.F1 < 0.95 {
		t.Errorf("F1 %.4f: the classes are not those of persons", s.F1)
	}
}

// Of the pairs on historical people given 0.9 to 1, 95 % must be right.
func TestCalibration(t *testing.T) {
	table := historical(t)
	r, s := score(t, table, values(t, table, "cluster"), linkage.Settings{Ignore: []string{"cluster"}})
	var pairs, right float64
	for _, b := range s.Calibration {
		if b.From >= 0.9 {
			pairs += float64(b.Pairs)
			right += b.Right * float64(b.Pairs)
		}
		if b.Pairs > 1000 && math.Abs(b.Mean-b.Right) > 0.3 {
			t.Errorf("pairs given %.2f are right in %.2f", b.Mean, b.Right)
		}
	}
	t.Logf("precision %.4f recall %.4f F1 %.4f, clusters %.4f, %d pairs; of %.0f given 0.9 to 1 %.4f are right", s.Precision, s.Recall, s.F1, s.ClusterF1, r.Pairs, pairs, right/pairs)
	if right < 0.95*pairs || pairs < 100_000 || s.F1 < 0.84 || s.ClusterPrecision < 0.98 {
		t.Errorf("of %.0f pairs given 0.9 to 1, %.0f are right; F1 %.4f, precision of clusters %.4f", pairs, right, s.F1, s.ClusterPrecision)
	}
	for _, f := range r.Model.Fields {
		if f.Column == "full_name" || f.Column == "first_and_surname" {
			t.Errorf("column %q repeats others and is counted again", f.Column)
		}
	}
}

func TestJaroWinkler(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"MARTHA", "MARHTA", 0.9611111},
		{"DWAYNE", "DUANE", 0.84},
		{"DIXON", "DICKSONX", 0.8133333},
		{"", "", 1},
		{"", "a", 0},
		{"a", "a", 1},
		{"ab", "cd", 0},
		{"Ѳѳ", "Ѳѳ", 1},
	} {
		for _, got := range []float64{linkage.JaroWinkler(c.a, c.b), linkage.JaroWinkler(c.b, c.a)} {
			if math.Abs(got-c.want) > 5e-8 {
				t.Errorf("%s, %s: %.7f instead of %.7f", c.a, c.b, got, c.want)
			}
		}
	}
	for _, c := range []struct {
		a, b       string
		most, want int
	}{
		{"ca", "abc", 9, 3},
		{"abcd", "acbd", 9, 1},
		{"kitten", "sitting", 9, 3},
		{"kitten", "sitting", 2, 3},
		{"", "abc", 9, 3},
		{"abc", "abc", 0, 0},
		{"12345", "12354", 1, 1},
		{"ab", "zz", 1, 2},
	} {
		if got := linkage.Edits(c.a, c.b, c.most); got != c.want {
			t.Errorf("%s, %s: %d edits instead of %d", c.a, c.b, got, c.want)
		}
	}
}
