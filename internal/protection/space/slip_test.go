package space

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/private"
)

// A number has at least 128 bits, and every letter is as likely as any other.
func TestSlipNumbersCannotBeGuessed(t *testing.T) {
	if bits := slipLength * math.Log2(float64(len(letters))); bits < 128 {
		t.Errorf("%.1f bits", bits)
	}
	counts, seen := map[rune]int{}, map[string]bool{}
	const n = 3000
	for range n {
		number := newNumber()
		if len(number) != slipLength || seen[number] {
			t.Fatalf("%q", number)
		}
		seen[number] = true
		for _, r := range number {
			counts[r]++
		}
	}
	// Of a fair draw the sum is 29 with a spread of 7.6: ten spreads more are no chance.
	mean, sum := float64(n*slipLength)/float64(len(letters)), 0.0
	for _, r := range letters {
		sum += math.Pow(float64(counts[r])-mean, 2) / mean
	}
	if sum > 105 {
		t.Errorf("some letters are likelier than others: chi-squared %.0f with 29 degrees of freedom", sum)
	}
}

// However a number is typed, it is the one on the paper.
func TestSlipNumbersAsTyped(t *testing.T) {
	number := "23456789ABCDEFGHJKMNPQRSTVWX"
	shown := grouped(number)
	if shown != "2345-6789-ABCD-EFGH-JKMN-PQRS-TVWX" {
		t.Error(shown)
	}
	arabic := strings.NewReplacer("2", "٢", "3", "٣", "4", "٤", "5", "٥", "6", "٦", "7", "٧", "8", "٨", "9", "٩").Replace(shown)
	persian := strings.NewReplacer("2", "۲", "3", "۳", "4", "۴", "5", "۵").Replace(shown)
	for _, typed := range []string{shown, number, strings.ToLower(shown), " " + strings.ReplaceAll(shown, "-", " ") + "\n", arabic, persian, "\u200e" + shown + "\u200f"} {
		if got := plainNumber(private.New(typed)); got != number {
			t.Errorf("%q: %q", typed, got)
		}
	}
	if plainNumber(private.New(strings.Repeat("A", maxTyped+1))) != "" {
		t.Error("a number of any length is read")
	}
}

func TestWhoGetsIn(t *testing.T) {
	now := time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
	long, just := now.Add(-2*time.Hour), now.Add(-time.Minute)
	for name, c := range map[string]struct {
		try  try
		want verdict
	}{
		"the word":                      {try{Live: true, Word: true, Since: just}, verdict{In: true}},
		"the other word":                {try{Live: true, Other: true, Since: just}, verdict{In: true, Harmless: true}},
		"a wrong word":                  {try{Live: true, Since: just}, verdict{Count: true}},
		"the fifth":                     {try{Live: true, WrongNow: 4, Wrong: 4, Since: just}, verdict{Count: true, Tell: true}},
		"the sixth":                     {try{Live: true, WrongNow: 5, Wrong: 5, Since: just}, verdict{Count: true}},
		"revoked":                       {try{Word: true, Since: just}, verdict{}},
		"nothing at all":                {try{Since: long}, verdict{Fresh: true}},
		"the word, too often this hour": {try{Live: true, Word: true, WrongNow: 10, Wrong: 10, Since: just}, verdict{}},
		"the word, an hour later":       {try{Live: true, Word: true, WrongNow: 10, Wrong: 10, Since: long}, verdict{In: true, Fresh: true}},
		"the word, too often in all":    {try{Live: true, Word: true, Wrong: 100, Since: long}, verdict{Fresh: true}},
	} {
		c.try.Now = now
		if got := judge(c.try); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
