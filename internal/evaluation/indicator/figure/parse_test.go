package figure

import (
	"errors"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func TestParseValue(t *testing.T) {
	counts := Notation{Least: 1}
	fromZero := Notation{}
	rates := Notation{Fractions: true}
	tests := []struct {
		text       string
		n          Notation
		want       Value
		separators bool
		err        error
	}{
		{"5", counts, Of(5), false, nil},
		{" 12,700 ", counts, Of(12700), true, nil},
		{"1,234,567", counts, Of(1234567), true, nil},
		{"<5", counts, Within(1, 4), false, nil},
		{"<5", fromZero, Within(0, 4), false, nil},
		{"< 5", counts, Within(1, 4), false, nil},
		{"<2", counts, Value{Exact(1), Range}, false, nil},
		{"<1,000", counts, Within(1, 999), true, nil},
		{"1-4", counts, Within(1, 4), false, nil},
		{"1–4", counts, Within(1, 4), false, nil},
		{"0.25", rates, Of(0.25), false, nil},
		{"", Notation{Missing: []string{"", "n/a"}}, Value{}, false, nil},
		{"n/a", Notation{Missing: []string{"", "n/a"}}, Value{}, false, nil},
		{"0", counts, Of(0), false, nil},

		{"", counts, Value{}, false, ErrNoValue},
		{"n/a", counts, Value{}, false, ErrNotNumber},
		{"-", counts, Value{}, false, ErrDash},
		{"–", counts, Value{}, false, ErrDash},
		{"-3", counts, Value{}, false, ErrNegative},
		{"−3", counts, Value{}, false, ErrNegative},
		{"-1,000", counts, Value{}, false, ErrNegative},
		{"12,34", counts, Value{}, false, ErrSeparator},
		{"1234,567", counts, Value{}, false, ErrSeparator},
		{"1.5", counts, Value{}, false, ErrFraction},
		{"1.", rates, Value{}, false, ErrNotNumber},
		{".5", rates, Value{}, false, ErrNotNumber},
		{"<1", counts, Value{}, false, ErrEmptySpan},
		{"4-1", counts, Value{}, false, ErrEmptySpan},
		{"1e9", counts, Value{}, false, ErrNotNumber},
		{"+5", counts, Value{}, false, ErrNotNumber},
		{"=1+1", counts, Value{}, false, ErrNotNumber},
		{"0x1F", rates, Value{}, false, ErrNotNumber},
		{"NaN", rates, Value{}, false, ErrNotNumber},
		{"Inf", rates, Value{}, false, ErrNotNumber},
		{"9999999999999", counts, Value{}, false, ErrTooLarge},
		{"1_000", counts, Value{}, false, ErrNotNumber},
		{"٥", counts, Value{}, false, ErrNotNumber},
		{"5 people", counts, Value{}, false, ErrNotNumber},
	}
	for _, tt := range tests {
		got, separators, err := ParseValue(tt.text, tt.n)
		if got != tt.want || separators != tt.separators || !errors.Is(err, tt.err) {
			t.Errorf("%q is %v (%s), %v, %v; want %v, %v", tt.text, got, got.State, separators, err, tt.want, tt.err)
		}
	}
}

// A whole number reads back with and without separators.
func TestParseValueRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 1e12).Draw(t, "n")
		plain := strconv.Itoa(n)
		grouped := plain
		for i := len(grouped) - 3; i > 0; i -= 3 {
			grouped = grouped[:i] + "," + grouped[i:]
		}
		for _, s := range []string{plain, grouped} {
			v, separators, err := ParseValue(s, Notation{Least: 1})
			if err != nil || v != Of(float64(n)) || separators != (s != plain) {
				t.Fatalf("%q is %v, %v, %v", s, v, separators, err)
			}
		}
	})
}

func FuzzParseValue(f *testing.F) {
	for _, s := range []string{"5", "<5", "1,234", "1–4", "-3", "0.5", "", "<", "–", "1-", "9e99", "<−1"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, fractions bool) {
		v, _, err := ParseValue(s, Notation{Least: 1, Fractions: fractions})
		switch {
		case err != nil && v != Value{}:
			t.Errorf("%q is refused and has the value %v", s, v)
		case err == nil && (v.IsMissing() || !v.Valid() || v.Lo < 0 || v.Hi > MaxCount):
			t.Errorf("%q is %v (%s)", s, v, v.State)
		case err == nil && !fractions && (v.Lo != float64(int64(v.Lo)) || v.Hi != float64(int64(v.Hi))):
			t.Errorf("the count %q is %v", s, v)
		}
	})
}
