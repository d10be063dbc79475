package finding_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/analysis/alignment"
	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/law/finding"
)

func draft() finding.Finding {
	return finding.Finding{
		ID: "f", State: "XFD", Topic: "definition", Stage: finding.Draft, From: "2010-01-01", Confidence: "medium",
		Reading:   finding.Reading{Status: alignment.Covered, Coder: "ada"},
		Pinpoints: []finding.Pinpoint{{Work: "W", Expression: "e1", WID: "sec_1", Hash: "h1"}},
	}
}

func same(finding.Pinpoint) string { return "h1" }

func reading(coder string, s alignment.Status) finding.Reading {
	r := finding.Reading{Status: s, Coder: coder}
	if s == alignment.Partly {
		r.Reason = "element-missing"
	}
	return r
}

func must(t *testing.T) func(finding.Finding, error) finding.Finding {
	return func(f finding.Finding, err error) finding.Finding {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
}

// Two readers agree, somebody else signs.
func TestAgreed(t *testing.T) {
	f := must(t)(draft().Code(reading("ben", alignment.Covered)))
	if f.Stage != finding.Coded {
		t.Fatal(f.Stage)
	}
	for _, who := range []string{"", "ada", "ben"} {
		if _, err := f.Sign(who, same); err == nil {
			t.Errorf("%q signs a finding of ada and ben", who)
		}
	}
	if f = must(t)(f.Sign("cem", same)); f.Stage != finding.Signed || f.Signer != "cem" {
		t.Errorf("%+v", f)
	}
}

// Two readers disagree: a third decides, and nobody signs before.
func TestDisputed(t *testing.T) {
	f := must(t)(draft().Code(reading("ben", alignment.Partly)))
	if f.Stage != finding.Disputed {
		t.Fatal(f.Stage)
	}
	if _, err := f.Sign("cem", same); err == nil {
		t.Error("a disputed finding is signed")
	}
	for _, who := range []string{"", "ada", "ben"} {
		if _, err := f.Adjudicate(reading(who, alignment.Partly)); err == nil {
			t.Errorf("%q decides between ada and ben", who)
		}
	}
	f = must(t)(f.Adjudicate(reading("cem", alignment.Partly)))
	if f.Stage != finding.Adjudicated || f.Status != alignment.Partly || f.Coder != "ada" || f.Adjudicator != "cem" {
		t.Errorf("%+v", f)
	}
	if f = must(t)(f.Sign("cem", same)); f.Stage != finding.Signed {
		t.Error(f.Stage)
	}
	if _, err := draft().Code(reading("ada", alignment.Covered)); err == nil {
		t.Error("one person is both readers")
	}
}

// When a cited text changes the finding falls back, says where, and begins anew with two readers.
func TestDecay(t *testing.T) {
	f := must(t)(draft().Code(reading("ben", alignment.Covered)))
	signed := must(t)(f.Sign("cem", same))
	if _, fell := signed.Decay(same); fell {
		t.Error("it falls back though nothing changed")
	}
	changed := func(finding.Pinpoint) string { return "h2" }
	old, fell := signed.Decay(changed)
	if !fell || old.Stage != finding.NeedsReview || old.Signer != "" || len(old.Changed) != 1 {
		t.Fatalf("%+v", old)
	}
	if _, again := old.Decay(changed); again {
		t.Error("it falls back twice")
	}
	if _, err := f.Sign("cem", changed); err == nil || !strings.Contains(err.Error(), "changed") {
		t.Errorf("what was read is not what stands, and it is signed: %v", err)
	}
	gone, fell := signed.Decay(func(finding.Pinpoint) string { return "" })
	if !fell || gone.Stage != finding.NeedsReview {
		t.Error("a provision that is gone is no change")
	}
	anew := must(t)(old.Reread(reading("ben", alignment.Not), []finding.Pinpoint{{Work: "W", WID: "sec_1", Hash: "h2"}}))
	if anew.Stage != finding.Draft || anew.Second != nil || anew.Coder != "ben" || anew.Changed != nil {
		t.Errorf("%+v", anew)
	}
}

func TestRefusals(t *testing.T) {
	for says, change := range map[string]func(*finding.Finding){
		"five answers":      func(f *finding.Finding) { f.Status = 9 },
		"needs a reason":    func(f *finding.Finding) { f.Status = alignment.Partly },
		"“partly” only":     func(f *finding.Finding) { f.Reason = "policy-only" },
		"a provision":       func(f *finding.Finding) { f.Pinpoints = nil },
		"its reader":        func(f *finding.Finding) { f.Coder = "" },
		"after it begins":   func(f *finding.Finding) { f.Until = "2010-01-01" },
		"date":              func(f *finding.Finding) { f.From = "2010-02-30" },
		"medium confidence": func(f *finding.Finding) { f.Unofficial, f.Confidence = true, "high" },
	} {
		f := draft()
		change(&f)
		if err := f.Check(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want it to say %q", err, says)
		}
	}
	f := draft()
	f.Status, f.Pinpoints = alignment.Unknown, nil
	if err := f.Check(); err != nil {
		t.Errorf("unknown needs no pinpoint: %v", err)
	}
}

// Only what counts on both clocks enters the bounds; a reservation takes the topic out.
func TestBounds(t *testing.T) {
	s, err := alignment.NewStandard(
		[]alignment.Topic{{Code: "definition", Tier: alignment.Essential}, {Code: "shelter", Tier: alignment.Core}},
		[]alignment.Obligation{{ID: "1", Topic: "definition", Strength: alignment.Shall}, {ID: "2", Topic: "shelter", Strength: alignment.Shall}}, alignment.DefaultWeights())
	if err != nil {
		t.Fatal(err)
	}
	signed := draft()
	signed.Stage, signed.Recorded, signed.Until = finding.Signed, clock.Day("2020-01-01").Micros(), "2024-01-01"
	shelter := signed
	shelter.Topic, shelter.Status, shelter.Stage = "shelter", alignment.Not, finding.Draft
	elsewhere := signed
	elsewhere.State = "XGG"
	all := []finding.Finding{signed, shelter, elsewhere}
	for _, c := range []struct {
		on, known    clock.Day
		stages       []finding.Stage
		reserved     []string
		lower, upper float64
	}{
		{"2021-01-01", "", finding.Published, nil, 0.6, 1},
		{"2021-01-01", "", finding.Working, nil, 0.6, 0.6},
		{"2021-01-01", "2019-12-31", finding.Published, nil, 0, 1},
		{"2009-12-31", "", finding.Published, nil, 0, 1},
		{"2024-01-01", "", finding.Published, nil, 0, 1},
		{"2021-01-01", "", finding.Working, []string{"shelter"}, 1, 1},
	} {
		a, err := finding.Bounds(s, finding.Holding(all, "XFD", c.stages, clock.On(c.on, c.known)), c.reserved)
		if err != nil || a.Lower != c.lower || a.Upper != c.upper {
			t.Errorf("%+v: %v, %v", c, a, err)
		}
	}
	if _, err := finding.Bounds(s, []finding.Finding{signed, signed}, nil); err == nil || !strings.Contains(err.Error(), "do not fit") {
		t.Errorf("two findings on one topic: %v", err)
	}
}

// However people press, nothing is signed on one person's word.
func TestNeverOnOneWord(t *testing.T) {
	people := []string{"ada", "ben", "cem", "dia"}
	rapid.Check(t, func(t *rapid.T) {
		f := draft()
		readers := map[string]bool{"ada": true}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			who := rapid.SampledFrom(people).Draw(t, "who")
			r := reading(who, alignment.Status(rapid.IntRange(1, 3).Draw(t, "status")))
			hash := rapid.SampledFrom([]string{"h1", "h2"}).Draw(t, "hash")
			now := func(finding.Pinpoint) string { return hash }
			next, err := f, error(nil)
			step := rapid.SampledFrom([]string{"code", "adjudicate", "sign", "decay", "reread"}).Draw(t, "step")
			switch step {
			case "code":
				next, err = f.Code(r)
			case "adjudicate":
				next, err = f.Adjudicate(r)
			case "sign":
				next, err = f.Sign(who, now)
			case "decay":
				next, _ = f.Decay(now)
			case "reread":
				next, err = f.Reread(r, []finding.Pinpoint{{Work: "W", WID: "sec_1", Hash: hash}})
			}
			if err != nil {
				continue
			}
			if f = next; step == "reread" {
				readers = map[string]bool{}
			}
			if step == "code" || step == "reread" || step == "adjudicate" {
				readers[who] = true
			}
			if f.Stage == finding.Signed && (len(readers) < 2 || f.Signer == f.Coder || f.Signer == f.Second.Coder) {
				t.Fatalf("signed by %s, read by %v", f.Signer, readers)
			}
		}
	})
}
