package mse

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// Limit is one limit of an interval.
type Limit struct {
	// Level is the share of the distribution below the limit, between 0 and 1.
	Level float64
	// At is the level of the resamples that the correction came to.
	At float64
	// Value is the limit in people; +Inf when no finite number is the limit.
	Value float64
}

// BCa holds limits corrected for bias and acceleration; see [Bootstrap].
type BCa struct {
	// Limits, one for each level, in the order of the settings.
	Limits []Limit
	// Below is the share of resamples whose estimate is below that of the table; equal ones count half.
	Below float64
	// Bias is z₀, the normal quantile of Below, held inside the resamples when Below is 0 or 1.
	Bias float64
	// Acceleration is the acceleration from the jackknife; 0 when it is undefined.
	Acceleration float64
	// Failed is the number of resamples without a finite estimate.
	Failed int
}

// Limit returns the value at a level that was asked for, and false when it was not.
func (b *BCa) Limit(level float64) (float64, bool) {
	for _, l := range b.Limits {
		if l.Level == level {
			return l.Value, true
		}
	}
	return 0, false
}

// correct computes bias, acceleration and limits.
func correct(estimate float64, draws []float64, jack []Influence, levels []float64) BCa {
	var b BCa
	below, equal := 0, 0
	for _, v := range draws {
		switch {
		case math.IsInf(v, 1):
			b.Failed++
		case math.Abs(v-estimate) <= 1e-9*estimate:
			equal++ // the last digits depend on the way the fit went
		case v < estimate:
			below++
		}
	}
	n := float64(len(draws))
	b.Below = float64(below+(equal+1)/2) / n
	b.Bias = mathext.NormalQuantile(min(max(b.Below, 0.5/n), 1-0.5/n))
	b.Acceleration = acceleration(jack)
	sorted := slices.Clone(draws)
	slices.Sort(sorted)
	for _, q := range levels {
		at := levelAt(q, b.Bias, b.Acceleration)
		b.Limits = append(b.Limits, Limit{Level: q, At: at, Value: quantile8(sorted, at)})
	}
	return b
}

// levelAt returns the level of the resamples that stands for the level q.
func levelAt(q, bias, acceleration float64) float64 {
	z := bias + mathext.NormalQuantile(q)
	denominator := 1 - acceleration*z
	if denominator <= 0 {
		if z > 0 {
			return 1
		}
		return 0
	}
	return 0.5 * math.Erfc(-(bias+z/denominator)/math.Sqrt2)
}

// acceleration returns a of the jackknife estimates, weighted by their counts.
func acceleration(jack []Influence) float64 {
	people, sum := 0.0, 0.0
	for _, j := range jack {
		people += float64(j.Count)
		sum += float64(j.Count) * j.Estimate
	}
	mean, square, cube := sum/people, 0.0, 0.0
	for _, j := range jack {
		r := mean - j.Estimate
		square += float64(j.Count) * r * r
		cube += float64(j.Count) * r * r * r
	}
	// Differences that are rounding would give an arbitrary ratio.
	if !finite(mean, square, cube) || square <= people*mean*mean*1e-20 {
		return 0
	}
	return cube / (6 * square * math.Sqrt(square))
}

// quantile8 returns the type-8 quantile of ascending values, which may end in +Inf.
func quantile8(sorted []float64, p float64) float64 {
	n := len(sorted)
	h := (float64(n)+1.0/3)*p + 1.0/3
	low := math.Floor(h)
	if low < 1 {
		return sorted[0]
	}
	if int(low) >= n {
		return sorted[n-1]
	}
	at, share := sorted[int(low)-1], h-low
	if share == 0 || math.IsInf(at, 1) {
		return at
	}
	return at + share*(sorted[int(low)]-at)
}

// cautions says what the resamples show.
func (b *BCa) cautions(draws int) []Finding {
	var found []Finding
	if b.Failed > 0 {
		found = append(found, finding(ResamplesFailed, "", float64(b.Failed)))
	}
	if b.Below == 0 || b.Below == 1 {
		found = append(found, finding(OneSided, "", b.Below))
	}
	if slices.ContainsFunc(b.Limits, func(l Limit) bool { return math.IsInf(l.Value, 1) }) {
		found = append(found, finding(Open, "", 0))
	}
	n := float64(draws)
	if slices.ContainsFunc(b.Limits, func(l Limit) bool {
		h := (n+1.0/3)*l.At + 1.0/3
		return h < 1 || h > n
	}) {
		found = append(found, finding(BeyondResamples, "", n))
	}
	return found
}
