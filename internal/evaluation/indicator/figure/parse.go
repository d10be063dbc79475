package figure

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Notation is how a source writes its figures.
type Notation struct {
	// Least is the smallest number that "<n" may stand for: 1 where the source prints zeros as
	// such, 0 where it suppresses them too.
	Least float64
	// Missing are the texts that mean "not published", compared exactly after trimming. The empty
	// text must be listed to be allowed.
	Missing []string
	// Fractions allows decimals, for rates and proportions. A count is a whole number.
	Fractions bool
}

// Reasons for which ParseValue refuses a text.
var (
	ErrNoValue   = errors.New("there is no value")
	ErrNegative  = errors.New("a count cannot be negative")
	ErrNotNumber = errors.New("not a number")
	ErrSeparator = errors.New("separators do not stand before groups of three digits")
	ErrFraction  = errors.New("a count must be a whole number")
	ErrTooLarge  = errors.New("the number is too large")
	ErrEmptySpan = errors.New("the range holds no number")
	ErrDash      = errors.New("a dash alone may mean nought or not published")
)

// MaxCount bounds what ParseValue accepts. All whole numbers up to it are exact in a float64, and
// so is the sum of thousands of them; no count of people comes near.
const MaxCount = 1e12

// ParseValue reads one figure as a source prints it: "5", "1,234", "<5", "1-4" or "1–4", with
// Fractions also "0.25". It reports whether thousands separators were used. Surrounding blanks are
// ignored. Negative figures are refused: nothing here counts below zero. The error is one of the
// reasons above.
func ParseValue(text string, n Notation) (v Value, separators bool, err error) {
	s := strings.TrimSpace(text)
	if slices.Contains(n.Missing, s) {
		return Value{}, false, nil
	}
	switch {
	case s == "":
		return Value{}, false, ErrNoValue
	case s == "-" || s == "–" || s == "—":
		return Value{}, false, ErrDash
	case s[0] == '<':
		return parseBelow(s[1:], n)
	}
	if lo, hi, ok := cutSpan(s); ok {
		return parseSpan(lo, hi, n)
	}
	x, separators, err := parseNumber(s, n)
	if err != nil {
		return Value{}, false, err
	}
	return Of(x), separators, nil
}

func parseBelow(s string, n Notation) (Value, bool, error) {
	x, separators, err := parseNumber(strings.TrimSpace(s), Notation{})
	if err != nil {
		return Value{}, false, err
	}
	if x-1 < n.Least {
		return Value{}, false, ErrEmptySpan
	}
	// "<2" leaves one number, yet it was published as a bound: an exact interval with state Range.
	return Value{Exact(n.Least).Hull(Exact(x - 1)), Range}, separators, nil
}

func parseSpan(lo, hi string, n Notation) (Value, bool, error) {
	a, s1, err := parseNumber(strings.TrimSpace(lo), n)
	if err != nil {
		return Value{}, false, err
	}
	b, s2, err := parseNumber(strings.TrimSpace(hi), n)
	if err != nil {
		return Value{}, false, err
	}
	if a > b {
		return Value{}, false, ErrEmptySpan
	}
	return Value{Between(a, b), Range}, s1 || s2, nil
}

// cutSpan splits "1-4" and "1–4"; a dash in front is a sign, not a span.
func cutSpan(s string) (lo, hi string, ok bool) {
	if lo, hi, ok = strings.Cut(s, "–"); !ok {
		lo, hi, ok = strings.Cut(s, "-")
	}
	return lo, hi, ok && lo != "" && hi != ""
}

func parseNumber(s string, n Notation) (x float64, separators bool, err error) {
	if s == "" {
		return 0, false, ErrNotNumber
	}
	if s[0] == '-' || strings.HasPrefix(s, "−") {
		if _, _, err := parseNumber(strings.TrimPrefix(strings.TrimPrefix(s, "−"), "-"), Notation{Fractions: true}); err != nil {
			return 0, false, ErrNotNumber
		}
		return 0, false, ErrNegative
	}
	whole, fraction, point := strings.Cut(s, ".")
	digits, separators, err := ungroup(whole)
	if err != nil {
		return 0, false, err
	}
	if point {
		if fraction == "" || !allDigits(fraction) {
			return 0, false, ErrNotNumber
		}
		if !n.Fractions {
			return 0, false, ErrFraction
		}
		digits += "." + fraction
	}
	if len(digits) > 40 {
		return 0, false, ErrTooLarge
	}
	x, err = strconv.ParseFloat(digits, 64)
	if err != nil {
		return 0, false, ErrNotNumber
	}
	if x > MaxCount {
		return 0, false, ErrTooLarge
	}
	return x, separators, nil
}

// ungroup takes the commas out of "1,234,567" and refuses them anywhere else.
func ungroup(s string) (digits string, separators bool, err error) {
	if !strings.Contains(s, ",") {
		if !allDigits(s) {
			return "", false, ErrNotNumber
		}
		return s, false, nil
	}
	groups := strings.Split(s, ",")
	for i, g := range groups {
		if !allDigits(g) {
			return "", false, ErrNotNumber
		}
		if i == 0 && len(g) > 3 || i > 0 && len(g) != 3 {
			return "", false, ErrSeparator
		}
	}
	return strings.Join(groups, ""), true, nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
