package alignment_test

import (
	"math"
	"strconv"
	"testing"

	"github.com/fourfold/fourfold/analysis/alignment"
)

// TestExternalIndices holds the Spearman table of reference/law.md section 4, to two decimals and
// with its numbers of countries, from external_index.csv. It tests the statistic, not countries.
func TestExternalIndices(t *testing.T) {
	rows := table(t, "external_index.csv")
	for _, c := range []struct {
		x, y, year string
		n          int
		want       float64
	}{
		{"tip_tier", "p3_total", "2005", 140, -0.59},
		{"tip_tier", "p3_total", "2008", 151, -0.63},
		{"tip_tier", "p3_total", "2010", 172, -0.62},
		{"tip_tier", "p3_total", "2013", 181, -0.64},
		{"criminalisation_level", "p3_prosecution", "2005", 148, 0.63},
		{"criminalisation_level", "p3_prosecution", "2008", 161, 0.63},
		{"criminalisation_level", "p3_prosecution", "2010", 167, 0.54},
		{"criminalisation_level", "p3_protection", "2005", 147, 0.38},
		{"criminalisation_level", "p3_protection", "2008", 161, 0.47},
		{"criminalisation_level", "p3_protection", "2010", 167, 0.33},
		{"criminalisation_level", "tip_tier", "2005", 136, -0.47},
		{"criminalisation_level", "tip_tier", "2008", 144, -0.40},
		{"criminalisation_level", "tip_tier", "2010", 162, -0.38},
	} {
		var x, y []float64
		for _, r := range rows {
			a, errA := strconv.ParseFloat(r[c.x], 64)
			b, errB := strconv.ParseFloat(r[c.y], 64)
			if r["year"] == c.year && errA == nil && errB == nil {
				x, y = append(x, a), append(y, b)
			}
		}
		got, err := alignment.RankCorrelation(x, y)
		if err != nil {
			t.Errorf("%s and %s, %s: %v", c.x, c.y, c.year, err)
			continue
		}
		if len(x) != c.n || math.Abs(got-c.want) > 0.005+1e-9 {
			t.Errorf("%s and %s, %s: %.4f over %d, want %.2f over %d", c.x, c.y, c.year, got, len(x), c.want, c.n)
		}
	}
}

// TestRankCorrelation: order alone counts, ties share ranks, and the input stays.
func TestRankCorrelation(t *testing.T) {
	x, y := []float64{1, 2, 3, 4}, []float64{1, 8, 27, 64}
	if r, err := alignment.RankCorrelation(x, y); err != nil || math.Abs(r-1) > 1e-15 {
		t.Errorf("a rising curve: %v, %v", r, err)
	}
	// Ranks 1, 2.5, 2.5, 4 against 4, 3, 2, 1: covariance −4.5, deviations √4.5 and √5.
	if r, err := alignment.RankCorrelation([]float64{1, 2, 2, 3}, []float64{9, 5, 4, 0}); err != nil || math.Abs(r+4.5/math.Sqrt(4.5*5)) > 1e-12 {
		t.Errorf("ties: %v, %v", r, err)
	}
	for name, pairs := range map[string][2][]float64{
		"lengths": {{1, 2, 3}, {1, 2}}, "too few": {{1, 2}, {1, 2}}, "equal": {{1, 1, 1}, {1, 2, 3}},
		"not a number": {{1, math.NaN(), 3}, {1, 2, 3}}, "infinite": {{1, 2, 3}, {1, 2, math.Inf(-1)}},
	} {
		if _, err := alignment.RankCorrelation(pairs[0], pairs[1]); alignment.ProblemOf(err) != alignment.BadSetting {
			t.Errorf("%s: %v", name, err)
		}
	}
}
