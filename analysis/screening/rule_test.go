package screening_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/analysis/screening"
)

// restated is the published rule in the words of the reference, without the package.
func restated(s, m, w int) bool {
	return s >= 2 || s == 1 && m+w >= 1 || m >= 3 || m == 2 && w >= 1
}

// countAnswers makes s strong, m medium and w weak indicators present, in a dimension of six each.
func countAnswers(s, m, w int) []screening.Answer {
	var out []screening.Answer
	add := func(from, n int) {
		for i := range n {
			out = append(out, screening.Answer{Indicator: "d0." + itoa(from+i), Value: screening.Present})
		}
	}
	add(0, s)
	add(6, m)
	add(12, w)
	return out
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

// TestRuleExhaustively holds the embedded rule against a restatement for every count up to 6 × 6 × 6,
// and through Evaluate.
func TestRuleExhaustively(t *testing.T) {
	in := invented(t, delphiRule, "SSSSSSMMMMMMWWWWWW")
	shipped := find(t, "delphi-adult-labour").Sheet().Rule
	for s := range 7 {
		for m := range 7 {
			for w := range 7 {
				want := restated(s, m, w)
				if got := shipped.Met(screening.Counts{Strong: s, Medium: m, Weak: w}) >= 0; got != want {
					t.Errorf("%d S, %d M, %d W: the shipped rule says %v, want %v", s, m, w, got, want)
				}
				d := evaluate(t, in, countAnswers(s, m, w)).Dimensions[0]
				if (d.State == screening.Positive) != want || d.Present != (screening.Counts{Strong: s, Medium: m, Weak: w}) {
					t.Errorf("%d S, %d M, %d W: %v with %+v, want positive %v", s, m, w, d.State, d.Present, want)
				}
				if want != (d.Line != nil) || want && !d.Line.Holds(d.Present) {
					t.Errorf("%d S, %d M, %d W: line %+v", s, m, w, d.Line)
				}
			}
		}
	}
}

// TestRuleVectors holds both Delphi lists against the vectors of the reference data.
func TestRuleVectors(t *testing.T) {
	ref := readReference(t)
	if len(ref.RuleTestVectors) != 48 {
		t.Fatalf("%d vectors, want 48", len(ref.RuleTestVectors))
	}
	for _, code := range []string{"delphi-adult-labour", "delphi-child-labour"} {
		rule := find(t, code).Sheet().Rule
		for _, v := range ref.RuleTestVectors {
			if got := rule.Met(screening.Counts{Strong: v.Strong, Medium: v.Medium, Weak: v.Weak}) >= 0; got != v.Positive {
				t.Errorf("%s: %+v: %v", code, v, got)
			}
		}
	}
}

// TestWeakSignsAloneShowNothing: this is a rule, not a sum.
func TestWeakSignsAloneShowNothing(t *testing.T) {
	in := invented(t, delphiRule, "M"+strings.Repeat("W", 30))
	var answers []screening.Answer
	for _, code := range codes(in) {
		answers = append(answers, screening.Answer{Indicator: code, Value: screening.Present})
	}
	if d := evaluate(t, in, answers).Dimensions[0]; d.State != screening.NotShown {
		t.Errorf("one medium and 30 weak signs: %v", d.State)
	}
}

// TestGapsAreExact compares the gaps of a small dimension with every way in which the unanswered
// indicators could be answered: an indicator is a gap when there is one way in which its answer
// decides, and Fewest is the smallest number of signs present in such a way, itself included.
func TestGapsAreExact(t *testing.T) {
	rules := []string{
		delphiRule,
		`{"sources":["s"],"lines":[{"code":"a","label":"a","strong":1,"weak":2},{"code":"b","label":"b","medium_or_weak":3}]}`,
		`{"sources":["s"],"lines":[{"code":"a","label":"a","medium":1,"medium_or_weak":1}]}`,
	}
	rapid.Check(t, func(t *rapid.T) {
		rule := rapid.SampledFrom(rules).Draw(t, "rule")
		in := invented(t, rule, rapid.StringMatching(`[SMW-]{1,7}`).Draw(t, "strengths")+"S")
		answers := drawAnswers(t, in)
		p := evaluate(t, in, answers)
		got := map[string]int{}
		for _, g := range p.Gaps {
			if g.Value != valueOf(answers, g.Indicator) || g.Dimension != "d0" {
				t.Fatalf("gap %+v, answered %v", g, valueOf(answers, g.Indicator))
			}
			got[g.Indicator] = g.Fewest
		}
		want := decisive(t, in, answers)
		if len(got) != len(want) {
			t.Fatalf("gaps %v, want %v", got, want)
		}
		for code, n := range want {
			if got[code] != n {
				t.Fatalf("gaps %v, want %v", got, want)
			}
		}
		open := p.Dimensions[0].State == screening.Open
		if open != (len(want) > 0) {
			t.Fatalf("%v with gaps %v", p.Dimensions[0].State, want)
		}
	})
}

// decisive tries all answers to the unanswered indicators.
func decisive(t *rapid.T, in *screening.Instrument, answers []screening.Answer) map[string]int {
	out := map[string]int{}
	if evaluate(t, in, answers).Dimensions[0].State == screening.Positive {
		return out // nothing can change it any more
	}
	var unanswered []string
	for _, code := range codes(in) {
		if v := valueOf(answers, code); v != screening.Present && v != screening.Absent {
			unanswered = append(unanswered, code)
		}
	}
	positive := make([]bool, 1<<len(unanswered))
	for set := range positive {
		trial := answers
		for i, code := range unanswered {
			if set>>i&1 == 1 {
				trial = with(trial, code, screening.Present)
			}
		}
		positive[set] = evaluate(t, in, trial).Dimensions[0].State == screening.Positive
	}
	for set := range positive {
		for i, code := range unanswered {
			if set>>i&1 == 1 || positive[set] || !positive[set|1<<i] {
				continue
			}
			if n := bits(set) + 1; out[code] == 0 || n < out[code] {
				out[code] = n
			}
		}
	}
	return out
}

func bits(n int) int {
	if n == 0 {
		return 0
	}
	return n&1 + bits(n>>1)
}
