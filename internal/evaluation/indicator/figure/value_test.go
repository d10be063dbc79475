package figure

import (
	"testing"

	"pgregory.net/rapid"
)

// Missing is never zero: it makes a sum missing, and a total counts it apart.
func TestMissingIsNotZero(t *testing.T) {
	var missing Value
	if missing == Of(0) || !missing.IsMissing() || Of(0).IsMissing() {
		t.Fatal("missing equals zero")
	}
	for _, v := range []Value{missing.Plus(Of(3)), Of(3).Plus(missing), Of(3).Minus(missing), Of(3).ShareOf(missing), Of(3).RateOf(missing, 1), missing.PartOf(Of(3))} {
		if !v.IsMissing() {
			t.Errorf("with a missing part the result is %v", v)
		}
	}
	total, n := Total(Of(2), missing, Within(1, 4))
	if n != 2 || total != Within(3, 6) {
		t.Errorf("total %v of %d", total, n)
	}
	if total, n = Total(missing, missing); n != 0 || !total.IsMissing() {
		t.Errorf("the total of nothing is %v of %d", total, n)
	}
	if missing.String() != "missing" || Of(0).String() != "0" {
		t.Error("texts")
	}
}

func TestDispute(t *testing.T) {
	tests := []struct{ a, b, want Value }{
		{Of(3), Of(3), Of(3)},
		{Within(1, 4), Of(11), Value{Between(1, 11), Disputed}},
		{Value{}, Of(3), Of(3)},
		{Of(3), Value{}, Of(3)},
		{Value{Between(1, 11), Disputed}, Of(5), Value{Between(1, 11), Disputed}},
	}
	for _, tt := range tests {
		if got := tt.a.Dispute(tt.b); got != tt.want {
			t.Errorf("%v and %v give %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestStates(t *testing.T) {
	disputed := Value{Between(1, 11), Disputed}
	if s := Of(1).Plus(Within(1, 4)).State; s != Range {
		t.Errorf("known plus range is %s", s)
	}
	if s := Within(1, 4).Plus(disputed).State; s != Disputed {
		t.Errorf("range plus disputed is %s", s)
	}
	if v := Of(0).ShareOf(Within(1, 4)); v != Of(0) {
		t.Errorf("the share of nought is %v %s", v, v.State)
	}
	if v := Within(1, 4).PartOf(Of(3)); v.Hi != 1 || v.State != Range {
		t.Errorf("a part is never more than its total: %v", v)
	}
	for s, want := range map[State]string{Missing: "missing", Known: "exact", Range: "range", Disputed: "disputed"} {
		if s.String() != want {
			t.Errorf("%d is %q", s, s)
		}
	}
}

// A total does not depend on the order of its parts.
func TestTotalOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Value {
			i := interval(t, "v")
			return []Value{{}, Of(i.Lo), Within(i.Lo, i.Hi), {i, Disputed}}[rapid.IntRange(0, 3).Draw(t, "state")]
		}), 0, 8).Draw(t, "values")
		a, n := Total(values...)
		b, m := Total(rapid.Permutation(values).Draw(t, "order")...)
		if a != b || n != m {
			t.Fatalf("%v of %d and %v of %d", a, n, b, m)
		}
	})
}
