package screening_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/analysis/screening"
)

// TestDelphiAgainstReference holds codes, ratings, elements and phases of both lists against the
// reference data, and the eleven signs.
func TestDelphiAgainstReference(t *testing.T) {
	ref := readReference(t)
	short := map[string]string{"S": "strong", "M": "medium", "W": "weak"}
	for code, key := range map[string]string{"delphi-adult-labour": "adult_labour", "delphi-child-labour": "child_labour"} {
		var want, got []string
		for _, d := range ref.Dimensions {
			for _, i := range d.Indicators {
				if s := i.Strength[key]; s != nil {
					want = append(want, fmt.Sprint(d.ID, d.PalermoElement, d.Phase, i.ID, short[*s], i.ILO11))
				}
			}
		}
		for _, d := range find(t, code).Sheet().Dimensions {
			for _, i := range d.Indicators {
				var eleven []int
				for _, r := range i.Related {
					if n, found := strings.CutPrefix(r, "ilo-eleven/"); found {
						eleven = append(eleven, int(n[0]-'0')*10+int(n[1]-'0'))
					}
				}
				got = append(got, fmt.Sprint(d.Code, d.Element, d.Phase, i.Code, i.Strength, eleven))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", code, diff)
		}
	}
	if n := len(codes(find(t, "ilo-eleven"))); n != len(ref.ForcedLabourIndicators) || n != 11 {
		t.Errorf("%d signs of forced labour", n)
	}
}

// TestRatings: 7 strong, 53 medium and 7 weak for adults, 15, 50 and none for children, in
// dimensions of the sizes that a second source gives.
func TestRatings(t *testing.T) {
	for code, want := range map[string]string{
		"delphi-adult-labour": "[10 10 16 9 15 7] map[medium:53 strong:7 weak:7]",
		"delphi-child-labour": "[10 10 15 8 15 7] map[medium:50 strong:15]",
	} {
		var sizes []int
		ratings := map[string]int{}
		for _, d := range find(t, code).Sheet().Dimensions {
			sizes = append(sizes, len(d.Indicators))
			for _, i := range d.Indicators {
				ratings[i.Strength]++
			}
		}
		if got := fmt.Sprint(sizes, ratings); got != want {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
	}
}

// TestLibrary: what every shipped file says of itself.
func TestLibrary(t *testing.T) {
	forms := map[string]string{}
	known := map[string]bool{}
	for _, in := range screening.Library() {
		for _, code := range codes(in) {
			known[in.Code()+"/"+code] = true
		}
	}
	for _, in := range screening.Library() {
		s := in.Sheet()
		forms[s.Code] = s.Form
		if s.Validated || s.Licence.Terms == "" || s.Validation == "" || len(s.Sources) == 0 || !s.HoldsOn("2026-11-24") || s.HoldsOn("1999-01-01") {
			t.Errorf("%s: %+v", s.Code, s)
		}
		if prompt := strings.HasPrefix(s.Code, "prompts-"); prompt != (s.Basis == "prompts") || prompt && (in.Graded() || !strings.HasPrefix(s.Validation, "Not validated.")) {
			t.Errorf("%s: basis %s, rule %v", s.Code, s.Basis, s.Rule)
		}
		for _, d := range s.Dimensions {
			for _, i := range d.Indicators {
				if s.Basis == "prompts" && (len(i.Sources) == 0 || i.Element != "" || d.Element != "") {
					t.Errorf("%s: %+v has no source, or bears on an element by itself", s.Code, i)
				}
				for _, r := range i.Related {
					if !known[r] {
						t.Errorf("%s/%s: there is no %s", s.Code, i.Code, r)
					}
				}
			}
		}
	}
	want := map[string]string{
		"delphi-adult-labour": "labour", "delphi-child-labour": "labour", "ilo-eleven": "labour", "prompts-sexual": "sexual",
		"prompts-domestic": "domestic", "prompts-begging": "begging", "prompts-criminality": "criminality",
		"prompts-marriage": "marriage", "prompts-child": "child",
	}
	if diff := cmp.Diff(want, forms); diff != "" {
		t.Error(diff)
	}
}

// TestPromptsNeverConclude: no answers whatever make a dimension of a list without a rule anything
// but a list, and none of its signs bears on an element by itself.
func TestPromptsNeverConclude(t *testing.T) {
	var lists []*screening.Instrument
	for _, in := range screening.Library() {
		if !in.Graded() {
			lists = append(lists, in)
		}
	}
	if len(lists) != 7 {
		t.Fatalf("%d lists without a rule", len(lists))
	}
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SampledFrom(lists).Draw(t, "instrument")
		p := evaluate(t, in, drawAnswers(t, in))
		for _, d := range p.Dimensions {
			if d.State != screening.NoRule || d.Line != nil {
				t.Fatalf("%s/%s: %v", in.Code(), d.Code, d.State)
			}
		}
		if len(p.Gaps)+len(p.Combinations) != 0 {
			t.Fatalf("%+v", p)
		}
		if signs := in.Signs(p); in.Code() != "ilo-eleven" && len(signs) != 0 {
			t.Fatalf("%+v", signs)
		}
	})
}

// TestSigns: from a profile to the elements, with who observed it; a profile of another file gives
// nothing.
func TestSigns(t *testing.T) {
	in := find(t, "delphi-adult-labour")
	p := evaluate(t, in, []screening.Answer{
		{Indicator: "exploitative_conditions.01", Value: screening.Present, By: "labour inspector", Source: "visit", On: "2026-11-20"},
		{Indicator: "exploitative_conditions.09", Value: screening.Present},
		{Indicator: "deceptive_recruitment.02", Value: screening.Present},
		{Indicator: "deceptive_recruitment.03", Value: screening.Absent},
	})
	want := []screening.Sign{
		{Element: "means", Alternative: "deception", Instrument: in.Code(), Indicator: "deceptive_recruitment.02", Label: "Misled about the pay"},
		{Element: "purpose", Alternative: "forced-labour", Instrument: in.Code(), Indicator: "exploitative_conditions.01", Label: "Far too many hours or days of work", Shown: true, By: "labour inspector", Source: "visit", On: "2026-11-20"},
		{Element: "purpose", Alternative: "forced-labour", Instrument: in.Code(), Indicator: "exploitative_conditions.09", Label: "No access to education", Shown: true},
	}
	if diff := cmp.Diff(want, in.Signs(p)); diff != "" {
		t.Error(diff)
	}
	if got := find(t, "delphi-child-labour").Signs(p); got != nil {
		t.Errorf("another instrument: %+v", got)
	}
	if got := in.Signs(nil); got != nil {
		t.Errorf("no profile: %+v", got)
	}
}

// TestSheetIsACopy: what a caller does to a sheet does not reach the instrument.
func TestSheetIsACopy(t *testing.T) {
	in := find(t, "delphi-adult-labour")
	s := in.Sheet()
	s.Rule.Lines[0].Strong, s.Dimensions[0].Indicators[0].Strength = 0, "weak"
	s.Combinations[0].Groups[0][0], s.Sources[0].Confidence = "x", screening.Stated
	s.Dimensions[0].Indicators[0].Related[0] = "x"
	if again := in.Sheet(); again.Rule.Lines[0].Strong != 2 || again.Dimensions[0].Indicators[0].Strength != "strong" ||
		again.Combinations[0].Groups[0][0] == "x" || again.Sources[0].Confidence == screening.Stated || again.Dimensions[0].Indicators[0].Related[0] == "x" {
		t.Errorf("%+v", again)
	}
	rule := ruleOf(t, "us", "2015.1")
	r := rule.Sheet()
	r.Purposes[1].Child, r.Acts[5].Only[0], r.Means[0].Takes[0] = screening.NotNeeded, "x", "x"
	if again := rule.Sheet(); again.Purposes[1].Child != screening.Needed || again.Acts[5].Only[0] == "x" || again.Means[0].Takes[0] == "x" {
		t.Errorf("%+v", again)
	}
}

// TestRulesOfADay: of the rules of one jurisdiction, at most one holds on a day.
func TestRulesOfADay(t *testing.T) {
	for _, day := range []string{"2003-01-01", "2012-06-01", "2024-07-13", "2024-07-14", "2026-11-23"} {
		seen := map[string]bool{}
		for _, r := range screening.Rules() {
			if r.HoldsOn(day) && seen[r.Jurisdiction()] {
				t.Errorf("%s: two rules of %s", day, r.Jurisdiction())
			}
			seen[r.Jurisdiction()] = seen[r.Jurisdiction()] || r.HoldsOn(day)
		}
	}
}

// TestTexts: every text that a result or a sheet can show is listed, in the words the translators
// need: no percent sign, no line break, no blank.
func TestTexts(t *testing.T) {
	list := screening.Texts()
	has := func(text string) bool {
		return slices.ContainsFunc(list, func(x screening.Text) bool { return x.Text == text })
	}
	for _, x := range list {
		if strings.ContainsAny(x.Text, "%\n\t") || strings.TrimSpace(x.Text) != x.Text || x.Text == "" || x.File == "" {
			t.Errorf("%+v", x)
		}
	}
	for _, in := range screening.Library() {
		var all []screening.Answer
		for _, code := range codes(in) {
			all = append(all, screening.Answer{Indicator: code, Value: screening.Present})
		}
		p := evaluate(t, in, append(all[:len(all)-2], screening.Answer{Indicator: all[len(all)-1].Indicator, Value: screening.Refused}))
		texts := append(slices.Clone(p.Cautions), p.Notice)
		for _, d := range p.Dimensions {
			texts = append(texts, d.Label, d.State.String())
			for _, f := range slices.Concat(d.Evidence, d.Unanswered) {
				texts = append(texts, f.Label, f.Answer.Value.String())
			}
		}
		for _, c := range p.Combinations {
			texts = append(texts, c.Label, c.Reading, c.State.String())
		}
		for _, text := range texts {
			if !has(text) {
				t.Errorf("%s shows %q, which is not listed", in.Code(), text)
			}
		}
	}
	for _, r := range screening.Rules() {
		got := elements(t, r, screening.Facts{Age: screening.AgeDisputed, Purposes: []string{"forced-labour", "elsewhere"}})
		for _, text := range append(slices.Clone(got.Cautions), got.Readings[0].Label) {
			if !has(text) {
				t.Errorf("%s shows %q, which is not listed", r.Jurisdiction(), text)
			}
		}
	}
	if n := len(list); n < 200 {
		t.Errorf("%d texts", n)
	}
}
