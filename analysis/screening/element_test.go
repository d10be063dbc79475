package screening_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/analysis/screening"
)

// ruleOf returns an embedded rule.
func ruleOf(t rapid.TB, jurisdiction, version string) *screening.ElementRule {
	for _, r := range screening.Rules() {
		if r.Jurisdiction() == jurisdiction && r.Sheet().Version == version {
			return r
		}
	}
	t.Fatalf("there is no rule %s %s", jurisdiction, version)
	return nil
}

func elements(t rapid.TB, rule *screening.ElementRule, facts screening.Facts) *screening.ElementsResult {
	got, err := screening.Elements(rule, facts)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestChildRule is the rule per jurisdiction, purpose and age: whether means are asked for.
func TestChildRule(t *testing.T) {
	const yes, no, silent = screening.Needed, screening.NotNeeded, screening.NotStated
	for _, c := range []struct {
		jurisdiction, version, purpose string
		adult, child                   screening.Need
	}{
		{"international", "2000.1", "forced-labour", yes, no},
		{"international", "2000.1", "sexual-exploitation", yes, no},
		{"coe", "2005.1", "organ-removal", yes, no},
		{"eu", "2011.1", "begging", yes, no},
		{"eu", "2011.1", "forced-marriage", silent, silent}, // not named before the amendment
		{"eu", "2024.1", "forced-marriage", yes, no},
		{"eu", "2024.1", "surrogacy", yes, no},
		{"gb-eaw", "2020.1", "forced-labour", yes, no},
		{"gb-sct", "2015.1", "forced-labour", no, no}, // no means at any age
		{"gb-sct", "2015.1", "sexual-exploitation", no, no},
		{"us", "2015.1", "commercial-sex", yes, no}, // waived for commercial sex only
		{"us", "2015.1", "sexual-exploitation", yes, no},
		{"us", "2015.1", "forced-labour", yes, yes}, // the trap: child labour needs means
		{"us", "2015.1", "debt-bondage", yes, yes},
		{"us", "2015.1", "forced-marriage", silent, silent},
	} {
		rule := ruleOf(t, c.jurisdiction, c.version)
		for as, want := range map[screening.Standing]screening.Need{screening.AgeAdult: c.adult, screening.AgeChild: c.child} {
			got := elements(t, rule, screening.Facts{Age: as, Purposes: []string{c.purpose}})
			if len(got.Readings) != 1 || got.Readings[0].As != as || got.Readings[0].MeansNeed != want {
				t.Errorf("%s, %s, %v: %+v, want means %q", c.jurisdiction, c.purpose, as, got.Readings, want)
				continue
			}
			state := screening.ElementOpen
			if want == no {
				state = screening.NotRequired
			}
			if r := got.Readings[0]; r.Means.State != state || r.Act.State != screening.ElementOpen || r.Exploit.State != screening.ElementOpen {
				t.Errorf("%s, %s, %v without a sign: %+v", c.jurisdiction, c.purpose, as, r)
			}
		}
	}
}

// TestAgeKeepsBothReadings: unknown or disputed age is read both ways, the child first; reasons to
// believe in childhood are never overruled by a record that says adult.
func TestAgeKeepsBothReadings(t *testing.T) {
	rule := ruleOf(t, "us", "2015.1")
	child, adult := screening.AgeChild, screening.AgeAdult
	for _, c := range []struct {
		age      screening.Standing
		reasons  bool
		want     []screening.Standing
		presumed bool
	}{
		{screening.AgeUnknown, false, []screening.Standing{child, adult}, false},
		{screening.AgeUnknown, true, []screening.Standing{child, adult}, true},
		{screening.AgeDisputed, false, []screening.Standing{child, adult}, true},
		{screening.AgeDisputed, true, []screening.Standing{child, adult}, true},
		{child, false, []screening.Standing{child}, false},
		{child, true, []screening.Standing{child}, false},
		{adult, false, []screening.Standing{adult}, false},
		{adult, true, []screening.Standing{child, adult}, true},
	} {
		got := elements(t, rule, screening.Facts{Age: c.age, ReasonsForChild: c.reasons, Purposes: []string{"commercial-sex"}})
		var as []screening.Standing
		for _, r := range got.Readings {
			as = append(as, r.As)
		}
		if !slices.Equal(as, c.want) || got.Presumed != c.presumed {
			t.Errorf("%v, reasons %v: read as %v, presumed %v", c.age, c.reasons, as, got.Presumed)
		}
		says := slices.ContainsFunc(got.Cautions, func(s string) bool { return strings.HasPrefix(s, "The age at the time is unknown or disputed") })
		if says != (len(c.want) == 2) {
			t.Errorf("%v, reasons %v: cautions %q", c.age, c.reasons, got.Cautions)
		}
	}
	if new(screening.Facts).Age != screening.AgeUnknown {
		t.Error("the zero value of an age is not unknown")
	}
}

// drawFacts draws facts with names that rules have and names that they do not have.
func drawFacts(t *rapid.T) screening.Facts {
	names := []string{
		"", "recruitment", "transfer", "patronizing", "deception", "fraud", "force", "abuse-of-vulnerability", "forced-labour",
		"sexual-exploitation", "commercial-sex", "begging", "forced-marriage", "something-else",
	}
	f := screening.Facts{
		Age: screening.Standing(rapid.IntRange(0, 3).Draw(t, "age")), ReasonsForChild: rapid.Bool().Draw(t, "reasons"),
		Day:      rapid.SampledFrom([]string{"", "2010-01-01", "2024-07-13", "2026-11-23"}).Draw(t, "day"),
		Purposes: rapid.SliceOfN(rapid.SampledFrom(names[8:]), 0, 3).Draw(t, "purposes"),
	}
	for range rapid.IntRange(0, 6).Draw(t, "signs") {
		f.Signs = append(f.Signs, drawSign(t, names))
	}
	return f
}

func drawSign(t *rapid.T, names []string) screening.Sign {
	return screening.Sign{
		Element:     rapid.SampledFrom([]string{screening.Act, screening.Means, screening.Purpose}).Draw(t, "element"),
		Alternative: rapid.SampledFrom(names).Draw(t, "alternative"), Indicator: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "indicator"),
	}
}

// TestElementsMonotone: one more sign of an act or means closes nothing that was evidenced and
// changes no need; a purpose that the rule does not have never makes means unnecessary; and the two
// readings of an unknown age are those of a child and of an adult.
func TestElementsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := rapid.SampledFrom(screening.Rules()).Draw(t, "rule")
		facts := drawFacts(t)
		before := elements(t, rule, facts)
		more := facts
		sign := drawSign(t, []string{"", "recruitment", "deception", "fraud", "something-else"})
		if sign.Element == screening.Purpose {
			sign.Alternative = ""
		}
		more.Signs = append(slices.Clone(facts.Signs), sign)
		after := elements(t, rule, more)
		if len(before.Readings) != len(after.Readings) || len(before.Readings) == 0 {
			t.Fatalf("%d readings became %d", len(before.Readings), len(after.Readings))
		}
		for i, was := range before.Readings {
			is := after.Readings[i]
			for _, pair := range [][2]screening.ElementResult{{was.Act, is.Act}, {was.Means, is.Means}, {was.Exploit, is.Exploit}} {
				if pair[1].State < pair[0].State || len(pair[1].Signs) < len(pair[0].Signs) {
					t.Fatalf("%+v became %+v", was, is)
				}
			}
			if was.MeansNeed != is.MeansNeed || was.Label == "" && was.Means.State == screening.NotRequired {
				t.Fatalf("%+v became %+v", was, is)
			}
		}
		both, child, adult := facts, facts, facts
		both.Age, child.Age, adult.Age = screening.AgeUnknown, screening.AgeChild, screening.AgeAdult
		adult.ReasonsForChild = false
		var united []screening.Reading
		c, a := elements(t, rule, child).Readings, elements(t, rule, adult).Readings
		for i := range c {
			united = append(united, c[i], a[i])
		}
		if diff := cmp.Diff(united, elements(t, rule, both).Readings); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestElementsOrderMeansNothing: the same signs in another order, the same result.
func TestElementsOrderMeansNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := rapid.SampledFrom(screening.Rules()).Draw(t, "rule")
		facts := drawFacts(t)
		other := facts
		other.Signs = rapid.Permutation(facts.Signs).Draw(t, "signs")
		other.Purposes = rapid.Permutation(facts.Purposes).Draw(t, "other purposes")
		kept := slices.Clone(other.Signs)
		if diff := cmp.Diff(elements(t, rule, facts), elements(t, rule, other)); diff != "" {
			t.Fatal(diff)
		}
		if !slices.Equal(kept, other.Signs) {
			t.Fatal("the signs were changed")
		}
	})
}

// TestSignsFitTheRule: a sign bears on an element under a name that the rule has, for a purpose that
// the alternative is meant for; others are handed back as not listed.
func TestSignsFitTheRule(t *testing.T) {
	us := ruleOf(t, "us", "2015.1")
	got := elements(t, us, screening.Facts{
		Age: screening.AgeAdult, Day: "2026-11-23", Purposes: []string{"forced-labour", "commercial-sex", "forced-marriage"},
		Signs: []screening.Sign{
			{Element: screening.Act, Alternative: "patronizing", Indicator: "a"},
			{Element: screening.Means, Alternative: "deception", Indicator: "b"},
			{Element: screening.Means, Alternative: "abuse-of-vulnerability", Indicator: "c"},
			{Element: screening.Purpose, Alternative: "debt-bondage", Indicator: "d"},
		},
	})
	if len(got.Readings) != 3 || len(got.Unlisted) != 1 || got.Unlisted[0].Indicator != "c" {
		t.Fatalf("%+v", got)
	}
	sex, labour, marriage := got.Readings[0], got.Readings[1], got.Readings[2]
	if sex.Purpose != "commercial-sex" || sex.Act.State != screening.Evidenced || sex.Exploit.State != screening.ElementOpen {
		t.Errorf("%+v", sex)
	}
	if labour.Act.State != screening.ElementOpen || labour.Means.State != screening.Evidenced || labour.Exploit.Signs[0].Indicator != "d" {
		t.Errorf("%+v", labour)
	}
	if marriage.Label != "" || marriage.MeansNeed != screening.NotStated || !slices.Contains(got.Cautions, "A purpose is not named in this rule. That does not exclude it: look it up.") {
		t.Errorf("%+v, %q", marriage, got.Cautions)
	}
	scotland := elements(t, ruleOf(t, "gb-sct", "2015.1"), screening.Facts{
		Age: screening.AgeAdult, Purposes: []string{"forced-labour"}, Signs: []screening.Sign{{Element: screening.Means, Alternative: "deception"}},
	})
	if r := scotland.Readings[0]; r.Means.State != screening.NotRequired || len(r.Means.Signs) != 1 || len(scotland.Unlisted) != 0 {
		t.Errorf("Scotland: %+v, %+v", r, scotland.Unlisted)
	}
}

// TestElementsSayTheDay: a rule that was not in force on the day of the act says so.
func TestElementsSayTheDay(t *testing.T) {
	const before, unknown = "This rule was not in force on the day of the act. Use the rule of that day.", "The day of the act is not known: check that this rule was in force."
	for day, want := range map[string][2]bool{"": {false, true}, "2024-07-13": {true, false}, "2024-07-14": {false, false}, "2026-11-23": {false, false}} {
		got := elements(t, ruleOf(t, "eu", "2024.1"), screening.Facts{Day: day})
		if slices.Contains(got.Cautions, before) != want[0] || slices.Contains(got.Cautions, unknown) != want[1] {
			t.Errorf("%q: %q", day, got.Cautions)
		}
	}
	if got := elements(t, ruleOf(t, "eu", "2011.1"), screening.Facts{Day: "2024-07-14"}); !slices.Contains(got.Cautions, before) {
		t.Errorf("%q", got.Cautions)
	}
}

// TestElementsRefuse: bad facts are refused with what to do.
func TestElementsRefuse(t *testing.T) {
	rule := ruleOf(t, "us", "2015.1")
	for name, c := range map[string]struct {
		rule  *screening.ElementRule
		facts screening.Facts
		want  string
	}{
		"no rule": {nil, screening.Facts{}, "screening: there is no rule; read one with ParseElementRule or Rules"},
		"empty":   {new(screening.ElementRule), screening.Facts{}, "screening: there is no rule; read one with ParseElementRule or Rules"},
		"age":     {rule, screening.Facts{Age: 4}, "screening: age: the standing of the age is not known; use one of the four"},
		"day":     {rule, screening.Facts{Day: "2024-02-30"}, "screening: day: the day of the act is no date; write 2024-07-23, or leave it blank"},
		"month":   {rule, screening.Facts{Day: "2024-02"}, "screening: day: the day of the act is no date; write 2024-07-23, or leave it blank"},
		"element": {rule, screening.Facts{Signs: []screening.Sign{{Element: "movement", Indicator: "x"}}}, "screening: x: the sign bears on no known element; use act, means or purpose"},
		"purpose": {rule, screening.Facts{Purposes: []string{"Forced labour"}}, "screening: purposes: a purpose in question is not a code; use a code of the rule, or one of your own in the same form"},
	} {
		got, err := screening.Elements(c.rule, c.facts)
		if got != nil || err == nil || err.Error() != c.want || screening.ProblemOf(err) == 0 {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
