package screening_test

import (
	"testing"

	"github.com/fourfold/fourfold/analysis/screening"
)

// BenchmarkEvaluate lays 67 answers out against the Delphi list for adults: one strong sign in each
// dimension that has one, a third of the rest unanswered.
func BenchmarkEvaluate(b *testing.B) {
	in := find(b, "delphi-adult-labour")
	var answers []screening.Answer
	for i, code := range codes(in) {
		answers = append(answers, screening.Answer{Indicator: code, Value: screening.Value(i % 3), By: "outreach"})
	}
	p, err := screening.Evaluate(in, answers)
	if err != nil || len(p.Dimensions) != 6 || p.Dimensions[4].State != screening.Positive {
		b.Fatalf("%+v, %v", p, err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := screening.Evaluate(in, answers); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkElements lays the signs of such a profile out against the rule of the European Union, both
// ages.
func BenchmarkElements(b *testing.B) {
	in := find(b, "delphi-adult-labour")
	var answers []screening.Answer
	for _, code := range codes(in) {
		answers = append(answers, screening.Answer{Indicator: code, Value: screening.Present})
	}
	p, err := screening.Evaluate(in, answers)
	if err != nil {
		b.Fatal(err)
	}
	facts := screening.Facts{Signs: in.Signs(p)}
	rule := ruleOf(b, "eu", "2024.1")
	if got, err := screening.Elements(rule, facts); err != nil || len(got.Readings) != 2 || got.Readings[1].Means.State != screening.Evidenced {
		b.Fatalf("%+v, %v", got, err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := screening.Elements(rule, facts); err != nil {
			b.Fatal(err)
		}
	}
}
