package alignment_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/analysis/alignment"
)

// TestGolden holds alignment_golden.csv, made from coverage_examples.csv with the method of
// reference/law.md section 4. 41 topics and weight 76 are figures of the same note.
func TestGolden(t *testing.T) {
	standard := protocol(t)
	if n := len(standard.Topics()); n != 41 || standard.Total() != 76 {
		t.Errorf("%d topics of weight %g, want 41 of 76", n, standard.Total())
	}
	findings := examples(t)
	golden := table(t, "alignment_golden.csv")
	if len(golden) != 11 {
		t.Fatalf("%d rows in the golden file", len(golden))
	}
	for _, want := range golden {
		a, err := standard.Assess(findings[want["iso3"]])
		if err != nil {
			t.Errorf("%s: %v", want["iso3"], err)
			continue
		}
		got := map[string]string{
			"iso3": want["iso3"], "instrument": "TIP-PROTOCOL-2000",
			"lower": fmt.Sprintf("%.4f", a.Lower), "upper": fmt.Sprintf("%.4f", a.Upper), "known_share": fmt.Sprintf("%.4f", a.Known),
			"point_over_known": "", "gaps": strings.Join(a.NotCovered, ";"), "partly": strings.Join(a.Partly, ";"),
			"essential_not_full": strings.Join(a.EssentialNotFull, ";"),
		}
		if a.OverKnown != nil {
			got["point_over_known"] = fmt.Sprintf("%.4f", *a.OverKnown)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", want["iso3"], diff)
		}
		if a.Point != nil {
			t.Errorf("%s: %.1f %% of the weight is known, yet a point is shown", want["iso3"], 100*a.Known)
		}
	}
}

// TestAssess works one example by hand: weights 3, 2, 1, ½; covered, half, unknown, not.
func TestAssess(t *testing.T) {
	a, err := small(t).Assess([]alignment.Finding{
		{Topic: "definition", Status: alignment.Partly, Part: 0.75, Reason: "one purpose is missing"},
		{Topic: "shelter", Status: alignment.Covered},
		{Topic: "campaign", Status: alignment.Not},
		{Topic: "elsewhere", Status: alignment.Covered},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := alignment.Bounds{Lower: 4.25 / 6.5, Upper: 5.25 / 6.5, Known: 5.5 / 6.5, Weight: 6.5}
	if diff := cmp.Diff(want, a.Bounds); diff != "" {
		t.Error(diff)
	}
	if a.Point == nil || math.Abs(*a.Point-4.25/5.5) > 1e-15 || *a.Point != *a.OverKnown {
		t.Errorf("point %v, over known %v", a.Point, a.OverKnown)
	}
	if diff := cmp.Diff([]alignment.NextReading{{Topic: "training", Weight: 1 / 6.5, KnownAfter: 1}}, a.Reading); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]alignment.PillarResult{
		{Pillar: "prevention", Bounds: alignment.Bounds{Lower: 0, Upper: 1 / 1.5, Known: 0.5 / 1.5, Weight: 1.5}, Topics: [5]int{1, 0, 0, 1, 0}},
		{Pillar: "prosecution", Bounds: alignment.Bounds{Lower: 0.75, Upper: 0.75, Known: 1, Weight: 3}, Topics: [5]int{0, 0, 1, 0, 0}},
		{Pillar: "protection", Bounds: alignment.Bounds{Lower: 1, Upper: 1, Known: 1, Weight: 2}, Topics: [5]int{0, 1, 0, 0, 0}},
	}, a.Pillars); diff != "" {
		t.Error(diff)
	}
	if a.Outside != 1 || !slices.Equal(a.EssentialNotFull, []string{"definition"}) || !slices.Equal(a.NotCovered, []string{"campaign"}) {
		t.Errorf("outside %d, hard gaps %v, not covered %v", a.Outside, a.EssentialNotFull, a.NotCovered)
	}
	shelter := a.Topics[2]
	if shelter.Code != "shelter" || shelter.Strength != alignment.Shall || !slices.Equal(shelter.Obligations, []string{"2", "3"}) {
		t.Errorf("a repeated topic counts once, at its strongest: %+v", shelter)
	}
}

// TestNotApplicable: a reserved duty leaves the sums; when nothing applies, nothing is known.
func TestNotApplicable(t *testing.T) {
	s := small(t)
	a, err := s.Assess([]alignment.Finding{
		{Topic: "definition", Status: alignment.NotApplicable}, {Topic: "shelter", Status: alignment.Covered},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(alignment.Bounds{Lower: 2 / 3.5, Upper: 1, Known: 2 / 3.5, Weight: 3.5}, a.Bounds); diff != "" {
		t.Error(diff)
	}
	if a.Point != nil {
		t.Error("2/3.5 is less than 60 % known, yet a point is shown")
	}
	var none []alignment.Finding
	for _, topic := range s.Topics() {
		none = append(none, alignment.Finding{Topic: topic.Code, Status: alignment.NotApplicable})
	}
	nothing, err := s.Assess(none)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(alignment.Bounds{Upper: 1}, nothing.Bounds); diff != "" || nothing.OverKnown != nil {
		t.Errorf("%s, over known %v", diff, nothing.OverKnown)
	}
	bands, err := s.Sensitivity([]*alignment.Assessment{a, nothing}, alignment.SensitivitySettings{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if b := bands.Bands[0]; b.Upper != (alignment.Range{Low: 1, High: 1}) || b.Lower.Low >= a.Lower || b.Lower.High <= a.Lower {
		t.Errorf("bands %+v around %+v", b, a.Bounds)
	}
	if b := bands.Bands[1]; b.OverKnown != nil || b.Known != (alignment.Range{}) {
		t.Errorf("bands of nothing: %+v", b)
	}
}

// TestCompare: a bill that defines the crime fully closes the hard gap and opens another.
func TestCompare(t *testing.T) {
	s := small(t)
	assess := must[*alignment.Assessment](t)
	before := assess(s.Assess([]alignment.Finding{{Topic: "definition", Status: alignment.Not}, {Topic: "shelter", Status: alignment.Covered}}))
	after := assess(s.Assess([]alignment.Finding{{Topic: "definition", Status: alignment.Covered}, {Topic: "shelter", Status: alignment.Partly}}))
	c, err := alignment.Compare(before, after)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]alignment.Move{
		{Topic: "definition", Before: alignment.Not, After: alignment.Covered, ValueAfter: 1},
		{Topic: "shelter", Before: alignment.Covered, After: alignment.Partly, ValueBefore: 1, ValueAfter: 0.5},
	}, c.Moved); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(c.Closed, []string{"definition"}) || c.Opened != nil || math.Abs(c.Lower-2/6.5) > 1e-15 || c.Known != 0 {
		t.Errorf("change %+v", c)
	}
	back, err := alignment.Compare(after, before)
	if err != nil || !slices.Equal(back.Opened, []string{"definition"}) {
		t.Errorf("the way back: %+v, %v", back, err)
	}
	if _, err := alignment.Compare(before, nil); alignment.ProblemOf(err) != alignment.BadSetting {
		t.Errorf("nothing to compare with: %v", err)
	}
}

// TestSensitivity: the seed decides, every figure lies in its band or at its edge, and India and
// Viet Nam, whose bounds overlap widely, do not differ clearly.
func TestSensitivity(t *testing.T) {
	standard, findings := protocol(t), examples(t)
	var list []*alignment.Assessment
	for _, iso3 := range []string{"IND", "VNM", "PAK"} {
		list = append(list, must[*alignment.Assessment](t)(standard.Assess(findings[iso3])))
	}
	run := func(seed uint64) *alignment.Sensitivity {
		return must[*alignment.Sensitivity](t)(standard.Sensitivity(list, alignment.SensitivitySettings{Seed: seed}))
	}
	a := run(5)
	if diff := cmp.Diff(a, run(5)); diff != "" {
		t.Errorf("the same seed gives another result: %s", diff)
	}
	if cmp.Equal(a.Bands, run(6).Bands) {
		t.Error("another seed gives the same bands")
	}
	for i, b := range a.Bands {
		for _, c := range []struct {
			name  string
			value float64
			band  alignment.Range
		}{{"lower", list[i].Lower, b.Lower}, {"upper", list[i].Upper, b.Upper}, {"known", list[i].Known, b.Known}} {
			if c.value < c.band.Low-1e-12 || c.value > c.band.High+1e-12 {
				t.Errorf("assessment %d: %s %.4f lies outside its band %v", i, c.name, c.value, c.band)
			}
		}
	}
	if a.Bands[0].OverKnown == nil || a.Bands[2].OverKnown != nil {
		t.Error("a band over the known weight belongs to what is known only")
	}
	if a.Differ(0, 1) || a.Differ(0, 9) {
		t.Error("bounds that overlap do not differ clearly")
	}
	full := must[*alignment.Assessment](t)(standard.Assess(all(standard, alignment.Covered)))
	empty := must[*alignment.Assessment](t)(standard.Assess(all(standard, alignment.Not)))
	clear := must[*alignment.Sensitivity](t)(standard.Sensitivity([]*alignment.Assessment{full, empty}, alignment.SensitivitySettings{}))
	if !clear.Differ(0, 1) || !clear.Differ(1, 0) {
		t.Errorf("everything and nothing differ: %+v", clear.Bands)
	}
	if clear.Settings != (alignment.SensitivitySettings{Draws: 2000, Spread: 0.4, Level: 0.9}) {
		t.Errorf("defaults %+v", clear.Settings)
	}
}

func all(s *alignment.Standard, status alignment.Status) []alignment.Finding {
	var out []alignment.Finding
	for _, topic := range s.Topics() {
		out = append(out, alignment.Finding{Topic: topic.Code, Status: status})
	}
	return out
}

// TestBandOfOneTopic has a closed form: with weights w₁F₁ and w₂F₂, F lognormal of spread σ, the
// share of topic 1 is the logistic of log(w₁/w₂) + σ√2·Z, so its 5 % quantile is known.
func TestBandOfOneTopic(t *testing.T) {
	s, err := alignment.NewStandard(
		[]alignment.Topic{{Code: "a", Tier: alignment.Essential}, {Code: "b", Tier: alignment.Core}},
		[]alignment.Obligation{{Topic: "a", Strength: alignment.Shall}, {Topic: "b", Strength: alignment.Shall}}, alignment.DefaultWeights())
	if err != nil {
		t.Fatal(err)
	}
	a := must[*alignment.Assessment](t)(s.Assess([]alignment.Finding{{Topic: "a", Status: alignment.Covered}, {Topic: "b", Status: alignment.Not}}))
	e := must[*alignment.Sensitivity](t)(s.Sensitivity([]*alignment.Assessment{a}, alignment.SensitivitySettings{Draws: 100_000, Seed: 11}))
	for _, c := range []struct{ got, z float64 }{{e.Bands[0].Lower.Low, -1.6448536}, {e.Bands[0].Lower.High, 1.6448536}} {
		want := 1 / (1 + math.Exp(-(math.Log(1.5) + 0.4*math.Sqrt2*c.z)))
		if math.Abs(c.got-want) > 0.004 {
			t.Errorf("quantile %.4f, want %.4f", c.got, want)
		}
	}
}

// TestInForce: the amendments of the European directive hold from 2024-07-14 (obligations.csv).
func TestInForce(t *testing.T) {
	directive := obligations(t)["EU-DIR-2011-36"]
	before, after := alignment.InForce(directive, "2024-07-13"), alignment.InForce(directive, "2024-07-14")
	if len(before) != 37 || len(after) != 52 {
		t.Errorf("%d obligations before the amendment, %d after, want 37 and 52", len(before), len(after))
	}
	ended := alignment.InForce([]alignment.Obligation{{ID: "x", ValidFrom: "2000-01-01", ValidTo: "2010-01-01"}}, "2010-01-01")
	if ended != nil {
		t.Error("an obligation does not hold on the day it ends")
	}
}

// TestRefusals lists what is refused, and what the error names.
func TestRefusals(t *testing.T) {
	topics := []alignment.Topic{{Code: "a", Tier: alignment.Core}, {Code: "b", Tier: alignment.Core}}
	duty := []alignment.Obligation{{ID: "art 1", Topic: "a", Strength: alignment.Shall}}
	weights := func(change func(*alignment.Weights)) alignment.Weights {
		w := alignment.DefaultWeights()
		change(&w)
		return w
	}
	for _, c := range []struct {
		name        string
		topics      []alignment.Topic
		obligations []alignment.Obligation
		weights     alignment.Weights
		problem     alignment.Problem
		says        string
	}{
		{"no tier", []alignment.Topic{{Code: "a"}}, duty, alignment.DefaultWeights(), alignment.BadTopic, "tier"},
		{"twice", append(topics, topics[0]), duty, alignment.DefaultWeights(), alignment.BadTopic, "twice"},
		{"unknown topic", topics[1:], duty, alignment.DefaultWeights(), alignment.BadObligation, "art 1"},
		{"no strength", topics, []alignment.Obligation{{ID: "art 2", Topic: "a"}}, alignment.DefaultWeights(), alignment.BadObligation, "art 2"},
		{"ends early", topics, []alignment.Obligation{{ID: "art 3", Topic: "a", Strength: alignment.May, ValidFrom: "2020-01-01", ValidTo: "2019-01-01"}}, alignment.DefaultWeights(), alignment.BadObligation, "before it begins"},
		{"negative", topics, duty, weights(func(w *alignment.Weights) { w.Core = -1 }), alignment.BadWeight, "-1"},
		{"not a number", topics, duty, weights(func(w *alignment.Weights) { w.Factor = map[string]float64{"a": math.NaN()} }), alignment.BadWeight, "a: NaN"},
		{"nothing weighs", topics, duty, weights(func(w *alignment.Weights) { w.Shall = 0 }), alignment.BadWeight, "any weight"},
		{"no obligations", topics, nil, alignment.DefaultWeights(), alignment.BadWeight, "any weight"},
	} {
		_, err := alignment.NewStandard(c.topics, c.obligations, c.weights)
		if alignment.ProblemOf(err) != c.problem || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want it to say %q", c.name, err, c.says)
		}
	}
	for name, findings := range map[string][]alignment.Finding{
		"unheard of":          {{Topic: "unheard of", Status: alignment.Covered}},
		"adjudicate":          {{Topic: "shelter", Status: alignment.Covered}, {Topic: "shelter", Status: alignment.Covered}},
		"unknown status":      {{Topic: "shelter", Status: 9}},
		"0.3 is not":          {{Topic: "shelter", Status: alignment.Partly, Part: 0.3, Reason: "x"}},
		"needs a reason":      {{Topic: "shelter", Status: alignment.Partly, Part: 0.25}},
		"only for findings":   {{Topic: "shelter", Status: alignment.Covered, Part: 0.5}},
		"part NaN is not 0.2": {{Topic: "shelter", Status: alignment.Partly, Part: math.NaN(), Reason: "x"}},
	} {
		_, err := small(t).Assess(findings)
		if alignment.ProblemOf(err) != alignment.BadFinding || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want it to say %q", err, name)
		}
	}
	s := small(t)
	other := must[*alignment.Assessment](t)(protocol(t).Assess(nil))
	for name, call := range map[string]func() error{
		"standard": func() error {
			_, err := s.Sensitivity([]*alignment.Assessment{other}, alignment.SensitivitySettings{})
			return err
		},
		"Draws": func() error { _, err := s.Sensitivity(nil, alignment.SensitivitySettings{Draws: -1}); return err },
		"Spread": func() error {
			_, err := s.Sensitivity(nil, alignment.SensitivitySettings{Spread: math.Inf(1)})
			return err
		},
		"Level": func() error { _, err := s.Sensitivity(nil, alignment.SensitivitySettings{Level: 1}); return err },
	} {
		if err := call(); alignment.ProblemOf(err) != alignment.BadSetting || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want it to say %q", err, name)
		}
	}
	for _, text := range []string{"", "Essential", "mostly"} {
		if _, err := alignment.ParseTier(text); alignment.ProblemOf(err) != alignment.BadWord {
			t.Errorf("tier %q: %v", text, err)
		}
	}
}

// TestWordsRoundTrip: every word reads back to itself.
func TestWordsRoundTrip(t *testing.T) {
	for s := alignment.Unknown; s <= alignment.NotApplicable; s++ {
		if got, err := alignment.ParseStatus(s.String()); err != nil || got != s {
			t.Errorf("%v reads as %v, %v", s, got, err)
		}
	}
	for s := alignment.Shall; s <= alignment.May; s++ {
		if got, err := alignment.ParseStrength(s.String()); err != nil || got != s {
			t.Errorf("%v reads as %v, %v", s, got, err)
		}
	}
}

// TestProperties: whatever the findings, 0 ≤ L ≤ U ≤ 1, U − L = 1 − K, one more reading never
// widens the bounds, order does not matter and the input stays.
func TestProperties(t *testing.T) {
	s := small(t)
	codes := []string{"campaign", "definition", "elsewhere", "shelter", "training"}
	rapid.Check(t, func(t *rapid.T) {
		var findings []alignment.Finding
		for _, code := range codes {
			// Not-applicable changes the base, so the narrowing below holds only without it.
			findings = append(findings, alignment.Finding{Topic: code, Status: alignment.Status(rapid.IntRange(0, 3).Draw(t, code))})
		}
		a, err := s.Assess(findings)
		if err != nil {
			t.Fatal(err)
		}
		if a.Lower < 0 || a.Lower > a.Upper || a.Upper > 1 || math.Abs(a.Upper-a.Lower-(1-a.Known)) > 1e-12 {
			t.Fatalf("bounds %+v", a.Bounds)
		}
		shuffled := rapid.Permutation(findings).Draw(t, "order")
		before := slices.Clone(shuffled)
		again, err := s.Assess(shuffled)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a, again); diff != "" {
			t.Fatalf("another order gives another result: %s", diff)
		}
		if diff := cmp.Diff(before, shuffled); diff != "" {
			t.Fatalf("the findings were changed: %s", diff)
		}
		i := rapid.IntRange(0, len(findings)-1).Draw(t, "forgotten")
		findings[i].Status = alignment.Unknown
		less, err := s.Assess(findings)
		if err != nil {
			t.Fatal(err)
		}
		if less.Lower > a.Lower+1e-12 || less.Upper < a.Upper-1e-12 {
			t.Fatalf("knowing less narrows the bounds from %+v to %+v", a.Bounds, less.Bounds)
		}
	})
}

// FuzzAssess: whatever the findings, bounds in [0, 1] or an error, and no panic.
func FuzzAssess(f *testing.F) {
	f.Add("definition", byte(1), 0.0, "shelter", byte(2), 0.5)
	f.Add("", byte(9), math.Inf(1), "training", byte(4), math.NaN())
	f.Fuzz(func(t *testing.T, topic1 string, status1 byte, part1 float64, topic2 string, status2 byte, part2 float64) {
		s := small(t)
		a, err := s.Assess([]alignment.Finding{
			{Topic: topic1, Status: alignment.Status(status1), Part: part1, Reason: "x"},
			{Topic: topic2, Status: alignment.Status(status2), Part: part2},
		})
		if (a == nil) == (err == nil) {
			t.Fatalf("result %v and error %v", a, err)
		}
		if a == nil {
			return
		}
		if !(a.Lower >= 0 && a.Lower <= a.Upper && a.Upper <= 1) {
			t.Fatalf("bounds %+v", a.Bounds)
		}
		if _, err := s.Sensitivity([]*alignment.Assessment{a}, alignment.SensitivitySettings{Draws: 5}); err != nil {
			t.Fatal(err)
		}
	})
}
