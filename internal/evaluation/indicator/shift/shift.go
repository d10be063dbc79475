// Package shift finds places where the level of a published series jumps in a way that its own
// past does not explain: usually a new source, definition or law, and seldom the world.
//
// # Method
//
// For a series of counts x, the changes d = log(x[i]/x[i-1]) between neighbouring periods that both
// have a figure are compared with each other. For every change the others give a centre (their
// median) and a scale (the root mean square of their distances from that median, without the
// largest eighth of them, so that a second break does not hide the first). A change is reported
// when all of these hold:
//
//   - it lies more than 4.3 + ln n + 40/(n-4)² scales from the centre, n being the number of changes; the
//     scale is never smaller than what counts vary by chance, sqrt(1/x[i-1] + 1/x[i]);
//   - the level changes by a factor of 1.5 or more;
//   - one of the two counts is 30 or more;
//   - the new level stays: the median of the next three figures differs from that of the three
//     before in the same direction by at least half of the change, on the log scale, so that a
//     single odd year is no break.
//
// With fewer than MinChanges changes nothing is reported. The threshold was chosen by simulation
// so that at most 5 in 100 series without a break give an alarm; the test of this package measures
// that for normal, heavy-tailed and counting noise, and how often planted breaks are found.
// Suppressed figures enter with the middle of their range.
//
// A report is a prompt to look for the reason and never a finding. The package is pure.
package shift

import (
	"math"
	"slices"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

// Limits of the method, see the package comment.
const (
	MinChanges = 6
	minFactor  = 1.5
	minCount   = 30
	window     = 3
)

// Shift is a jump of level.
type Shift struct {
	// Index is the place of the first figure after the jump.
	Index int
	// Factor is the median level after over the median level before.
	Factor float64
	// Score is the distance from the centre in scales.
	Score float64
}

// Find returns the jumps in a series of counts in order of time. A Missing value or a nought
// interrupts the series: no change is taken across it. O(n² log n) for n values.
func Find(values []figure.Value) []Shift {
	logs := make([]float64, len(values))
	for i, v := range values {
		logs[i] = math.NaN()
		if !v.IsMissing() && v.Mid() > 0 {
			logs[i] = math.Log(v.Mid())
		}
	}
	var at []int
	var changes []float64
	for i := 1; i < len(logs); i++ {
		if d := logs[i] - logs[i-1]; !math.IsNaN(d) {
			at = append(at, i)
			changes = append(changes, d)
		}
	}
	if len(changes) < MinChanges {
		return nil
	}
	limit := threshold(len(changes))
	var found []Shift
	for n, i := range at {
		score := score(changes, n, 1/values[i-1].Mid()+1/values[i].Mid())
		if score <= limit || max(values[i-1].Mid(), values[i].Mid()) < minCount {
			continue
		}
		if step, ok := lasting(logs, i); ok {
			found = append(found, Shift{i, math.Exp(step), score})
		}
	}
	return found
}

func threshold(n int) float64 {
	k := float64(n - 4)
	return 4.3 + math.Log(float64(n)) + 40/(k*k)
}

// score is the distance of change n from the centre of the others, in scales.
func score(changes []float64, n int, chance float64) float64 {
	others := make([]float64, 0, len(changes)-1)
	others = append(others, changes[:n]...)
	others = append(others, changes[n+1:]...)
	centre := median(others)
	for i, x := range others {
		others[i] = math.Abs(x - centre)
	}
	slices.Sort(others)
	kept := others[:len(others)-max(1, len(others)/8)]
	sum := 0.0
	for _, d := range kept {
		sum += d * d
	}
	scale := math.Sqrt(max(sum/float64(len(kept)), chance))
	return math.Abs(changes[n]-centre) / scale
}

// lasting compares the levels before and after place i and reports whether the step is large
// enough and stays.
func lasting(logs []float64, i int) (step float64, ok bool) {
	before := known(logs[max(0, i-window):i])
	after := known(logs[i:min(len(logs), i+window)])
	step = median(after) - median(before)
	jump := logs[i] - logs[i-1]
	return step, math.Abs(jump) >= math.Log(minFactor) && step*jump > 0 && math.Abs(step) >= math.Abs(jump)/2
}

func known(logs []float64) []float64 {
	kept := make([]float64, 0, len(logs))
	for _, x := range logs {
		if !math.IsNaN(x) {
			kept = append(kept, x)
		}
	}
	return kept
}

// median sorts a copy.
func median(xs []float64) float64 {
	s := slices.Sorted(slices.Values(xs))
	n := len(s)
	if n%2 == 1 {
		return s[n/2]
	}
	return (s[n/2-1] + s[n/2]) / 2
}
