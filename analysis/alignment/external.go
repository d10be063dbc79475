package alignment

import (
	"cmp"
	"math"
	"slices"
)

// RankCorrelation returns Spearman's coefficient of pairs: the correlation of their ranks, ties
// sharing their mean rank. It serves to compare an assessment with an index made by others, and is
// no judgement of either. x and y hold one value for each unit and are not changed.
//
// Errors, all of type [*Error]: unequal lengths, fewer than three pairs, a value that is not finite,
// all x or all y equal. Cost: O(n log n).
func RankCorrelation(x, y []float64) (float64, error) {
	if len(x) != len(y) || len(x) < 3 {
		return 0, refuse(BadSetting, "pairs", "%d and %d values; at least three pairs are needed", len(x), len(y))
	}
	for i := range x {
		if math.IsNaN(x[i]+y[i]) || math.IsInf(x[i], 0) || math.IsInf(y[i], 0) {
			return 0, refuse(BadSetting, "pairs", "pair %d is not finite; leave it out", i)
		}
	}
	r := correlation(ranks(x), ranks(y))
	if math.IsNaN(r) {
		return 0, refuse(BadSetting, "pairs", "all values of one side are equal")
	}
	return min(1, max(-1, r)), nil
}

// correlation returns Pearson's coefficient of ranks, or NaN when one side is constant.
func correlation(x, y []float64) float64 {
	mean := float64(len(x)+1) / 2 // of ranks, ties or not
	var xx, yy, xy float64
	for i := range x {
		a, b := x[i]-mean, y[i]-mean
		xx, yy, xy = xx+a*a, yy+b*b, xy+a*b
	}
	return xy / math.Sqrt(xx*yy)
}

// ranks returns the mean ranks from 1.
func ranks(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	out := make([]float64, len(x))
	for start := 0; start < len(order); {
		end := start
		for end < len(order) && x[order[end]] == x[order[start]] {
			end++
		}
		for _, i := range order[start:end] {
			out[i] = float64(start+1+end) / 2
		}
		start = end
	}
	return out
}
