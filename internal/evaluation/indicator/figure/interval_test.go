package figure

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// interval draws an interval of counts up to 10,000.
func interval(t *rapid.T, name string) Interval {
	a := rapid.IntRange(0, 10_000).Draw(t, name)
	b := rapid.IntRange(0, 10_000).Draw(t, name)
	return Between(float64(a), float64(b))
}

// member draws a number from an interval.
func member(t *rapid.T, i Interval, name string) float64 {
	switch rapid.IntRange(0, 3).Draw(t, name+" end") {
	case 0:
		return i.Lo
	case 1:
		return i.Hi
	}
	return i.Lo + (i.Hi-i.Lo)*rapid.Float64Range(0, 1).Draw(t, name)
}

// Every operation holds every result that members of its operands can give.
func TestOperationsHoldTheirMembers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i, j := interval(t, "i"), interval(t, "j")
		x, y := member(t, i, "x"), member(t, j, "y")
		k := rapid.Float64Range(-5, 5).Draw(t, "k")
		const slack = 1e-9
		within := func(op string, r Interval, v float64) {
			if v < r.Lo-slack*(1+math.Abs(v)) || v > r.Hi+slack*(1+math.Abs(v)) {
				t.Fatalf("%s of %v and %v is %v and lacks %g (of %g and %g)", op, i, j, r, v, x, y)
			}
		}
		within("Add", i.Add(j), x+y)
		within("Sub", i.Sub(j), x-y)
		within("Mul", i.Mul(k), k*x)
		within("Hull", i.Hull(j), x)
		if r, ok := i.Ratio(j); ok {
			within("Ratio", r, x/y)
		}
		if r, ok := Share(i, j); ok && x+y > 0 {
			within("Share", r, x/(x+y))
		}
		if r, ok := Rate(i, j, 1000); ok {
			within("Rate", r, 1000*x/y)
		}
		if x <= y {
			within("Rest", j.Rest(i), y-x)
		}
	})
}

// The share is as narrow as can be: both ends are reached by members, and it is never wider than
// dividing the parts as if they were independent.
func TestShareIsTight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i, j := interval(t, "part"), interval(t, "rest")
		if i.Lo+j.Lo == 0 {
			t.Skip("undefined corner")
		}
		s, ok := Share(i, j)
		if !ok {
			t.Fatalf("no share of %v and %v", i, j)
		}
		if lo, hi := i.Lo/(i.Lo+j.Hi), i.Hi/(i.Hi+j.Lo); s != (Interval{lo, hi}) {
			t.Fatalf("share %v, want [%g, %g]", s, lo, hi)
		}
		if loose, ok := i.Ratio(i.Add(j)); ok && (s.Lo < loose.Lo || s.Hi > loose.Hi) {
			t.Fatalf("share %v is wider than %v", s, loose)
		}
	})
}

func TestArithmetic(t *testing.T) {
	small := Between(1, 4)
	tests := []struct {
		what      string
		got, want Interval
	}{
		{"<5 + 10", small.Add(Exact(10)), Between(11, 14)},
		{"10 - <5", Exact(10).Sub(small), Between(6, 9)},
		{"<5 - <5", small.Sub(small), Between(-3, 3)},
		{"rest of 3 without <5", Exact(3).Rest(small), Between(0, 2)},
		{"sum of nothing", Sum(), Exact(0)},
		{"sum of three", Sum(small, small, Exact(2)), Between(4, 10)},
		{"times -2", small.Mul(-2), Between(-8, -2)},
		{"ends swapped", Between(4, 1), small},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s is %v, want %v", tt.what, tt.got, tt.want)
		}
	}
	if _, ok := small.Ratio(Between(0, 3)); ok {
		t.Error("a ratio to what may be nought is defined")
	}
	if _, ok := Share(Exact(0), Exact(0)); ok {
		t.Error("a share of nothing is defined")
	}
	if _, ok := Rate(Exact(1), Exact(0), 1); ok {
		t.Error("a rate per nought is defined")
	}
	if s, _ := Share(small, Exact(6)); s != (Interval{1.0 / 7, 4.0 / 10}) {
		t.Errorf("share of <5 beside 6 is %v", s)
	}
	if small.String() != "1–4" || Exact(2.5).String() != "2.5" || Exact(1e6).String() != "1000000" {
		t.Errorf("%s %s %s", small, Exact(2.5), Exact(1e6))
	}
	if (Interval{2, 1}).Valid() || (Interval{math.NaN(), 1}).Valid() || !small.Valid() {
		t.Error("validity")
	}
}
