package figure

import (
	"math"
	"strconv"
)

// Interval is the closed interval [Lo, Hi] of values that a figure may have, with Lo <= Hi. A
// known figure has Lo == Hi. The zero Interval is the exact number 0.
type Interval struct{ Lo, Hi float64 }

// Exact returns the interval that holds only x.
func Exact(x float64) Interval { return Interval{x, x} }

// Between returns the interval between a and b, whichever is smaller.
func Between(a, b float64) Interval { return Interval{min(a, b), max(a, b)} }

// IsExact reports whether the interval holds one number only.
func (i Interval) IsExact() bool { return i.Lo == i.Hi }

// Width returns Hi - Lo, zero for an exact figure.
func (i Interval) Width() float64 { return i.Hi - i.Lo }

// Mid returns the middle of the interval. It is for drawing and for scales, never a figure to quote.
func (i Interval) Mid() float64 { return i.Lo + (i.Hi-i.Lo)/2 }

// Contains reports whether x lies in the interval, ends included.
func (i Interval) Contains(x float64) bool { return i.Lo <= x && x <= i.Hi }

// Overlaps reports whether some number lies in both intervals.
func (i Interval) Overlaps(j Interval) bool { return i.Lo <= j.Hi && j.Lo <= i.Hi }

// Hull returns the smallest interval that holds both.
func (i Interval) Hull(j Interval) Interval {
	return Interval{min(i.Lo, j.Lo), max(i.Hi, j.Hi)}
}

// Add returns the interval of x+y for x in i and y in j.
func (i Interval) Add(j Interval) Interval { return Interval{i.Lo + j.Lo, i.Hi + j.Hi} }

// Sub returns the interval of x-y for x in i and y in j, varied independently. For a part taken
// from its own total use [Interval.Rest].
func (i Interval) Sub(j Interval) Interval { return Interval{i.Lo - j.Hi, i.Hi - j.Lo} }

// Rest returns what remains of the total i without its part j, both of them counts: a part is
// never larger than its total, so the result is not below zero.
func (i Interval) Rest(j Interval) Interval {
	return Interval{max(0, i.Lo-j.Hi), max(0, i.Hi-j.Lo)}
}

// Mul returns the interval of k*x for x in i.
func (i Interval) Mul(k float64) Interval { return Between(k*i.Lo, k*i.Hi) }

// Ratio returns the interval of x/y for x in i and y in j, varied independently. It reports false
// when j holds zero, where the ratio is not defined. When the denominator holds the numerator
// (positive of all), use [Share], which is tighter.
func (i Interval) Ratio(j Interval) (Interval, bool) {
	if j.Contains(0) {
		return Interval{}, false
	}
	a, b, c, d := i.Lo/j.Lo, i.Lo/j.Hi, i.Hi/j.Lo, i.Hi/j.Hi
	return Interval{min(a, b, c, d), max(a, b, c, d)}, true
}

// Share returns the interval of x/(x+y) for counts x in part and y in rest. The share rises with x
// and falls with y, so its ends are reached at opposite corners and are exact, where dividing the
// interval of x by the interval of x+y would vary the shared x twice. It reports false when a
// bound is negative or when x+y can only be zero.
func Share(part, rest Interval) (Interval, bool) {
	if part.Lo < 0 || rest.Lo < 0 || part.Hi+rest.Hi == 0 {
		return Interval{}, false
	}
	share := Interval{Lo: 0, Hi: 1}
	if d := part.Lo + rest.Hi; d > 0 {
		share.Lo = part.Lo / d
	}
	if d := part.Hi + rest.Lo; d > 0 {
		share.Hi = part.Hi / d
	}
	return share, true
}

// Rate returns count per base, for example per 100,000 residents with per = 100000. It reports
// false when base holds zero or less.
func Rate(count, base Interval, per float64) (Interval, bool) {
	if base.Lo <= 0 {
		return Interval{}, false
	}
	r, ok := count.Ratio(base)
	return r.Mul(per), ok
}

// Sum returns the interval of the sum, [0,0] for none. O(n).
func Sum(parts ...Interval) Interval {
	var s Interval
	for _, p := range parts {
		s = s.Add(p)
	}
	return s
}

// Valid reports whether both ends are finite numbers in order.
func (i Interval) Valid() bool {
	return !math.IsNaN(i.Lo) && !math.IsNaN(i.Hi) &&
		!math.IsInf(i.Lo, 0) && !math.IsInf(i.Hi, 0) && i.Lo <= i.Hi
}

// String writes "5", or "1–4" with an en dash, without thousands separators and with as many
// decimals as the number needs.
func (i Interval) String() string {
	if i.IsExact() {
		return Number(i.Lo)
	}
	return Number(i.Lo) + "–" + Number(i.Hi)
}

// Number writes x as [Interval.String] does: without separators, with as many decimals as it needs.
func Number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
