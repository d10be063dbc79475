package screening_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/analysis/screening"
)

// drawInstrument draws an invented or an embedded instrument.
func drawInstrument(t *rapid.T) *screening.Instrument {
	if rapid.Bool().Draw(t, "embedded") {
		return rapid.SampledFrom(screening.Library()).Draw(t, "instrument")
	}
	return invented(t, delphiRule, rapid.StringMatching(`[SMW]{1,8}`).Draw(t, "d0"), rapid.StringMatching(`[SMW-]{0,8}W`).Draw(t, "d1"))
}

// TestMonotone: one more sign never turns anything off, and an answer "absent" never turns anything
// on.
func TestMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInstrument(t)
		answers := drawAnswers(t, in)
		before := evaluate(t, in, answers)
		code := rapid.SampledFrom(codes(in)).Draw(t, "one")
		more := evaluate(t, in, with(answers, code, screening.Present))
		less := before
		if valueOf(answers, code) != screening.Present {
			less = evaluate(t, in, with(answers, code, screening.Absent))
		}
		for d, was := range before.Dimensions {
			if more.Dimensions[d].State < was.State {
				t.Fatalf("%s: %v became %v when %s was present", was.Code, was.State, more.Dimensions[d].State, code)
			}
			if less.Dimensions[d].State > was.State {
				t.Fatalf("%s: %v became %v when %s was absent", was.Code, was.State, less.Dimensions[d].State, code)
			}
		}
		for c, was := range before.Combinations {
			if more.Combinations[c].State < was.State || less.Combinations[c].State > was.State {
				t.Fatalf("%s: %v became %v when %s was present, %v when it was absent", was.Code, was.State,
					more.Combinations[c].State, code, less.Combinations[c].State)
			}
		}
	})
}

// TestOrderMeansNothing: neither the order of the answers nor that of the questions.
func TestOrderMeansNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInstrument(t)
		answers := drawAnswers(t, in)
		shuffled := rapid.Permutation(answers).Draw(t, "order")
		kept := slices.Clone(shuffled)
		if diff := cmp.Diff(evaluate(t, in, answers), evaluate(t, in, shuffled)); diff != "" {
			t.Fatal(diff)
		}
		if !slices.Equal(kept, shuffled) {
			t.Fatal("the answers were changed")
		}
	})
}

// TestUnansweredNeverCounts: not asked, unknown and refused are all silence. They change no state, no
// count and no evidence.
func TestUnansweredNeverCounts(t *testing.T) {
	silence := []screening.Value{screening.NotAsked, screening.Unknown, screening.Refused}
	rapid.Check(t, func(t *rapid.T) {
		in := drawInstrument(t)
		answers := drawAnswers(t, in)
		other := slices.Clone(answers)
		for i, a := range other {
			if slices.Contains(silence, a.Value) {
				other[i].Value = rapid.SampledFrom(silence).Draw(t, a.Indicator)
			}
		}
		one, two := evaluate(t, in, answers), evaluate(t, in, other)
		for d := range one.Dimensions {
			a, b := one.Dimensions[d], two.Dimensions[d]
			if a.State != b.State || a.Present != b.Present || len(a.Evidence) != len(b.Evidence) || len(a.Unanswered) != len(b.Unanswered) {
				t.Fatalf("%s: %v %+v and %v %+v", a.Code, a.State, a.Present, b.State, b.Present)
			}
			for _, f := range a.Evidence {
				if f.Answer.Value != screening.Present {
					t.Fatalf("%s is evidence with %v", f.Answer.Indicator, f.Answer.Value)
				}
			}
			if n := len(a.Evidence) + len(a.Absent) + len(a.Unanswered); n != len(in.Sheet().Dimensions[d].Indicators) {
				t.Fatalf("%s: %d of its indicators are accounted for", a.Code, n)
			}
		}
	})
}

// TestZeroAnswerIsSilence: the zero value of an answer is "not asked", and with no answers nothing
// is shown anywhere, and nothing is denied.
func TestZeroAnswerIsSilence(t *testing.T) {
	var zero screening.Value
	if zero != screening.NotAsked {
		t.Errorf("the zero value is %v", zero)
	}
	for _, in := range screening.Library() {
		p := evaluate(t, in, nil)
		for _, d := range p.Dimensions {
			want := screening.Open
			if !in.Graded() {
				want = screening.NoRule
			}
			if d.State != want || len(d.Evidence)+len(d.Absent) != 0 {
				t.Errorf("%s/%s: %v, want %v", in.Code(), d.Code, d.State, want)
			}
		}
	}
}

// TestGapOrder: what alone would do stands first, strong before weak, and what was refused last.
func TestGapOrder(t *testing.T) {
	in := invented(t, delphiRule, "SSMW", "MMM")
	p := evaluate(t, in, []screening.Answer{
		{Indicator: "d0.0", Value: screening.Present}, {Indicator: "d0.1", Value: screening.Refused}, {Indicator: "d1.2", Value: screening.Unknown},
	})
	var got []string
	for _, g := range p.Gaps {
		got = append(got, g.Indicator)
	}
	if want := []string{"d0.2", "d0.3", "d1.0", "d1.1", "d1.2", "d0.1"}; !slices.Equal(got, want) {
		t.Fatalf("gaps %v, want %v", got, want)
	}
	if g := p.Gaps[0]; g.Fewest != 1 || !slices.Equal(g.Combinations, []string{"both", "either"}) {
		t.Errorf("first gap %+v", g)
	}
	if last := p.Gaps[5]; last.Value != screening.Refused || last.Fewest != 1 {
		t.Errorf("last gap %+v", last)
	}
	in = invented(t, delphiRule, "SW", "M", "SS") // a combination asks for the first two
	p = evaluate(t, in, []screening.Answer{{Indicator: "d0.0", Value: screening.Present}, {Indicator: "d2.0", Value: screening.Present}})
	if len(p.Gaps) != 2 || p.Gaps[0].Indicator != "d0.1" || p.Gaps[1].Indicator != "d2.1" {
		t.Errorf("what a combination asks for does not stand first: %+v", p.Gaps)
	}
}

// TestCombination: shown, open and not shown; what lies outside the instrument keeps it open.
func TestCombination(t *testing.T) {
	in := invented(t, delphiRule, "SS", "MMM")
	say := func(v screening.Value, list ...string) (out []screening.Answer) {
		for _, code := range list {
			out = append(out, screening.Answer{Indicator: code, Value: v})
		}
		return out
	}
	for _, c := range []struct {
		name         string
		answers      []screening.Answer
		both, either screening.Match
	}{
		{"nothing asked", nil, screening.Possible, screening.Possible},
		{"one dimension", say(screening.Present, "d0.0", "d0.1"), screening.Possible, screening.Possible},
		{"both", say(screening.Present, "d0.0", "d0.1", "d1.0", "d1.1", "d1.2"), screening.Shown, screening.Possible},
		{"one cannot be", say(screening.Absent, "d1.0"), screening.Missing, screening.Possible},
		{"none can be", say(screening.Absent, "d0.0", "d1.0"), screening.Missing, screening.Missing},
	} {
		p := evaluate(t, in, c.answers)
		if p.Combinations[0].State != c.both || p.Combinations[1].State != c.either {
			t.Errorf("%s: %v and %v, want %v and %v", c.name, p.Combinations[0].State, p.Combinations[1].State, c.both, c.either)
		}
	}
	p := evaluate(t, in, say(screening.Present, "d0.0", "d0.1"))
	if c := p.Combinations[0]; !slices.Equal(c.Met, []string{"d0"}) || !slices.Equal(c.Open, []string{"d1"}) || c.Confidence != screening.Recalled {
		t.Errorf("%+v", c)
	}
	if c := p.Combinations[1]; !slices.Equal(c.Outside, []string{"act"}) || len(c.Open) != 0 {
		t.Errorf("%+v", c)
	}
}

// TestNeverAVerdict: no result has a field for a score, a sum or a verdict, the only numbers are
// counts, and every result says that it is not a legal finding.
func TestNeverAVerdict(t *testing.T) {
	for _, v := range []any{screening.Profile{}, screening.ElementsResult{}, screening.Sheet{}, screening.ElementSheet{}} {
		noScore(t, reflect.TypeOf(v), map[reflect.Type]bool{})
	}
	in := find(t, "delphi-adult-labour")
	var all []screening.Answer
	for _, code := range codes(in) {
		all = append(all, screening.Answer{Indicator: code, Value: screening.Present})
	}
	p := evaluate(t, in, all)
	if p.Notice != screening.NotALegalFinding || p.Engine != screening.Version || p.Hash != in.Hash() || p.Validated || p.Verified {
		t.Errorf("notice %q, engine %q, validated %v, verified %v", p.Notice, p.Engine, p.Validated, p.Verified)
	}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{`score"`, `verdict"`, `victim"`, `total"`, `probability"`} {
		if strings.Contains(strings.ToLower(string(data)), word) {
			t.Errorf("a result of %d signs holds the field %s", len(all), word)
		}
	}
	var back screening.Profile
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(*p, back); diff != "" {
		t.Error("kept and read again:", diff)
	}
}

// noScore walks the fields of a result.
func noScore(t *testing.T, typ reflect.Type, seen map[reflect.Type]bool) {
	for typ.Kind() == reflect.Slice || typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Map {
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct || seen[typ] {
		return
	}
	seen[typ] = true
	numbers := []string{"Strong", "Medium", "Weak", "MediumOrWeak", "Fewest", "ChildUnder"}
	for f := range typ.Fields() {
		for _, word := range []string{"score", "sum", "total", "verdict", "probab", "rank", "risk", "percent", "victim"} {
			if strings.HasPrefix(strings.ToLower(f.Name), word) || strings.HasSuffix(strings.ToLower(f.Name), word) {
				t.Errorf("%v has a field %s", typ, f.Name)
			}
		}
		if k := f.Type.Kind(); k >= reflect.Int && k <= reflect.Float64 && k != reflect.Uint8 && !slices.Contains(numbers, f.Name) {
			t.Errorf("%v has a number %s", typ, f.Name)
		}
		noScore(t, f.Type, seen)
	}
}

// TestEvaluateRefuses: errors name the indicator and how to mend it, and repeat no observation.
func TestEvaluateRefuses(t *testing.T) {
	in := invented(t, delphiRule, "SM")
	good := screening.Answer{Indicator: "d0.0", Value: screening.Present, Source: "what she told in confidence"}
	for name, c := range map[string]struct {
		in      *screening.Instrument
		answers []screening.Answer
		want    string
	}{
		"no instrument":  {nil, nil, "screening: there is no instrument; read one with Parse or Library"},
		"nothing parsed": {new(screening.Instrument), nil, "screening: there is no instrument; read one with Parse or Library"},
		"unknown":        {in, []screening.Answer{{Indicator: "d9.9"}}, "screening: d9.9: the instrument invented has no such indicator; use a code of the instrument, in the version the question was asked with"},
		"not a code":     {in, []screening.Answer{{Indicator: "what she told"}}, "screening: an indicator: the instrument invented has no such indicator; use a code of the instrument, in the version the question was asked with"},
		"value":          {in, []screening.Answer{{Indicator: "d0.0", Value: 5}}, "screening: d0.0: the value of the answer is not known; use one of the five values"},
		"twice":          {in, []screening.Answer{good, good}, "screening: d0.0: the indicator is answered twice; hand over one answer; where two people differ, evaluate each by itself"},
	} {
		p, err := screening.Evaluate(c.in, c.answers)
		if p != nil || err == nil || err.Error() != c.want || screening.ProblemOf(err) == 0 {
			t.Errorf("%s: %v, %v", name, p, err)
		}
	}
}
