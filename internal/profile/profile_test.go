package profile

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The dates and values are those of the sources that each fact names (read 2026-11-23).
func TestAt(t *testing.T) {
	tests := []struct {
		jurisdiction, topic, day string
		want                     string // id of the fact
		state                    State
	}{
		{"gb-eaw", "first-decision.test", "1999-01-01", "test-suspect", Holds},
		{"gb-eaw", "first-decision.test", "2023-01-29", "test-suspect", Holds},
		{"gb-eaw", "first-decision.test", "2023-01-30", "test-objective", Holds},
		{"gb-eaw", "first-decision.test", "2023-07-23", "test-objective", Holds},
		{"gb-eaw", "first-decision.test", "2023-07-24", "test-revised", Holds},
		{"gb-eaw", "recovery.minimum", "2022-12-12", "recovery-45", Holds},
		{"gb-eaw", "recovery.minimum", "2022-12-13", "recovery-30-guidance", Holds},
		{"gb-eaw", "reconsideration.time", "2023-12-31", "", Gap},
		{"gb-eaw", "reconsideration.time", "2024-06-01", "reconsideration", Unsure},
		{"gb-eaw", "reconsideration.time", "2025-01-01", "reconsideration", Holds},
		{"gb-sct", "support.duration", "2018-03-31", "", Gap},
		{"gb-sct", "support.duration", "2018-04-01", "support-90", Holds},
		{"au", "referral.without-police", "2025-11-28", "pathway", Holds},
		{"au", "referral.without-police", "2025-11-29", "", Gap},
		{"au", "first-decision.test", "2025-11-29", "", Absent},
		{"atlantis", "first-decision.test", "2025-11-29", "", Absent},
	}
	for _, tt := range tests {
		f, state := Base().At(tt.jurisdiction, tt.topic, tt.day)
		if f.ID != tt.want || state != tt.state {
			t.Errorf("%s %s on %s: %q, %s, want %q, %s", tt.jurisdiction, tt.topic, tt.day, f.ID, state, tt.want, tt.state)
		}
	}
}

// What a policy review of the first decision stage has to show.
func TestNearTheChangesOf2023(t *testing.T) {
	var got []string
	for _, c := range Base().Near("gb-eaw", "2022-10-01", "2023-12-31") {
		line := fmt.Sprintf("%s %s", c.Date, c.Fact.ID)
		if c.Before != nil {
			line += " after " + c.Before.ID
		}
		got = append(got, line)
	}
	want := []string{
		"2022-12-13 recovery-30-guidance after recovery-45",
		"2023-01-30 test-objective after test-suspect",
		"2023-01-30 disqualification",
		"2023-01-30 further-recovery",
		"2023-01-30 recovery-30-statute after recovery-30-guidance",
		"2023-07-24 test-revised after test-objective",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNearShowsEnds(t *testing.T) {
	got := Base().Near("au", "2025-11-01", "2025-12-31")
	ended := slices.ContainsFunc(got, func(c Change) bool { return c.Ended && c.Date == "2025-11-29" && c.Fact.ID == "pathway" })
	if len(got) != 2 || !ended {
		t.Errorf("the end of the pilot is not shown: %+v", got)
	}
}

func TestHistoryShowsGaps(t *testing.T) {
	book, err := Load(fstest.MapFS{
		"topics.json": file(`{"t": "Topic"}`),
		"zz.json": file(`{"jurisdiction": "zz", "name": "Z", "facts": [` +
			fact(`"id": "b", "from": "2020-03-01"`) + `,` + fact(`"id": "a", "to": "2019-12-31"`) + `]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range book.History("zz", "t") {
		id := "gap"
		if s.Fact != nil {
			id = s.Fact.ID
		}
		got = append(got, fmt.Sprintf("%s %s..%s", id, s.From, s.To))
	}
	if diff := cmp.Diff([]string{"a ..2019-12-31", "gap 2020-01-01..2020-02-29", "b 2020-03-01.."}, got); diff != "" {
		t.Error(diff)
	}
}

func TestBaseIsComplete(t *testing.T) {
	want := []string{"au", "coe", "eu", "gb-eaw", "gb-nir", "gb-sct", "us"}
	if diff := cmp.Diff(want, Base().Jurisdictions()); diff != "" {
		t.Error(diff)
	}
	for _, j := range want {
		p, ok := Base().Profile(j)
		if !ok || len(p.Facts) == 0 || len(p.Hash) != 64 {
			t.Errorf("%s: %d facts, hash %q", j, len(p.Facts), p.Hash)
		}
		for _, topic := range Base().Topics(j) {
			if Base().Topic(topic) == topic {
				t.Errorf("%s: the topic %s has no name", j, topic)
			}
		}
	}
}

// The hash is of the content: spaces and line ends do not matter, a changed word does.
func TestHash(t *testing.T) {
	hash := func(text string) string {
		book, err := Load(fstest.MapFS{"topics.json": file(`{"t": "Topic"}`), "zz.json": file(text)})
		if err != nil {
			t.Fatal(err)
		}
		p, _ := book.Profile("zz")
		return p.Hash
	}
	plain := `{"jurisdiction": "zz", "name": "Z", "facts": [` + fact(`"id": "a"`) + `]}`
	if hash(plain) != hash(strings.ReplaceAll(plain, ", ", " ,\r\n\t")) {
		t.Error("spaces change the hash")
	}
	if hash(plain) == hash(strings.ReplaceAll(plain, "Some text.", "Other text.")) {
		t.Error("a changed text keeps the hash")
	}
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

// fact writes a recalled fact on the topic t with the fields given.
func fact(fields string) string {
	return `{"topic": "t", "text": "Some text.", "confidence": "recalled", ` + fields + `}`
}

func TestLoadRefuses(t *testing.T) {
	tests := []struct{ name, facts, want string }{
		{"overlap", fact(`"id": "a", "to": "2020-01-02"`) + `,` + fact(`"id": "b", "from": "2020-01-02"`), "entry b: overlaps with a"},
		{"overlap of open facts", fact(`"id": "a"`) + `,` + fact(`"id": "b"`), "overlaps"},
		{"overlap through an inexact date", fact(`"id": "a", "to": "2020-06-30"`) + `,` + fact(`"id": "b", "from": "2020"`), "overlaps"},
		{"circle", fact(`"id": "a", "to": "2019-12-31", "replaces": "b"`) + `,` + fact(`"id": "b", "from": "2020-01-01", "replaces": "a"`), "circle"},
		{"replaces itself", fact(`"id": "a", "replaces": "a"`), "circle"},
		{"replaces nothing", fact(`"id": "a", "replaces": "zzz"`), `replaces "zzz", which does not stand`},
		{"no such day", fact(`"id": "a", "from": "2023-02-30"`), `entry 1 (a): from: "2023-02-30" is not a date`},
		{"other form", fact(`"id": "a", "from": "30/01/2023"`), "is not a date"},
		{"ends before it begins", fact(`"id": "a", "from": "2020-01-02", "to": "2020-01-01"`), "before it begins"},
		{"same id", fact(`"id": "a", "to": "2020-01-01"`) + `,` + fact(`"id": "a", "from": "2020-01-02"`), "stands twice"},
		{"no id", fact(`"id": ""`), "entry 1 (no id): it has no id"},
		{"unknown unit", fact(`"id": "a", "value": 3, "unit": "moons"`), `the unit "moons"`},
		{"value without unit", fact(`"id": "a", "value": 3`), "a value needs a unit"},
		{"recalled and verified", fact(`"id": "a", "verified_on": "2020-01-01"`), "cannot have been verified"},
		{"unknown field", fact(`"id": "a", "colour": "red"`), "colour"},
		{"unknown topic", strings.Replace(fact(`"id": "a"`), `"t"`, `"u"`, 1), `topic "u"`},
		{"stated without source", strings.Replace(fact(`"id": "a"`), "recalled", "stated", 1), "needs a source"},
		{"broken", `{`, "profile file zz.json, near byte"},
	}
	for _, tt := range tests {
		_, err := Load(fstest.MapFS{
			"topics.json": file(`{"t": "Topic"}`),
			"zz.json":     file(`{"jurisdiction": "zz", "name": "Z", "facts": [` + tt.facts + `]}`),
		})
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "zz.json") {
			t.Errorf("%s: %v, want a message with zz.json and %q", tt.name, err, tt.want)
		}
	}
	for name, from := range map[string]fs.FS{
		"no topics":   fstest.MapFS{},
		"wrong name":  fstest.MapFS{"topics.json": file(`{}`), "yy.json": file(`{"jurisdiction": "zz", "name": "Z"}`)},
		"two values":  fstest.MapFS{"topics.json": file(`{}`), "zz.json": file(`{"jurisdiction": "zz", "name": "Z"} {}`)},
		"too large":   fstest.MapFS{"topics.json": file(`{}`), "zz.json": file(strings.Repeat(" ", maxFile+1))},
		"other shape": fstest.MapFS{"topics.json": file(`[]`)},
	} {
		if _, err := Load(from); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// For any day a chain of facts covers, exactly one answer holds, and history and At agree.
func TestAtAgreesWithHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := rapid.SampledFrom(Base().Jurisdictions()).Draw(t, "jurisdiction")
		topic := rapid.SampledFrom(Base().Topics(j)).Draw(t, "topic")
		day := fmt.Sprintf("%04d-%02d-%02d", rapid.IntRange(2010, 2027).Draw(t, "y"), rapid.IntRange(1, 12).Draw(t, "m"), rapid.IntRange(1, 28).Draw(t, "d"))
		f, state := Base().At(j, topic, day)
		within := ""
		for _, s := range Base().History(j, topic) {
			if s.Fact != nil && s.Fact.on(day) > Gap {
				within = s.Fact.ID
			}
		}
		if state == Absent || within != f.ID {
			t.Errorf("%s %s on %s: At says %q (%s), history %q", j, topic, day, f.ID, state, within)
		}
	})
}

func FuzzLoad(f *testing.F) {
	data, err := fs.ReadFile(embedded, "base/gb-eaw.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(data))
	f.Add(`{"jurisdiction": "zz", "name": "Z", "facts": [` + fact(`"id": "a", "from": "2020"`) + `]}`)
	f.Fuzz(func(t *testing.T, text string) {
		book, err := Load(fstest.MapFS{"topics.json": file(`{"t": "Topic"}`), "zz.json": file(text)})
		if err != nil {
			return
		}
		if !json.Valid([]byte(text)) {
			t.Error("accepted what is not JSON")
		}
		book.Near("zz", "2020-01-01", "2021-01-01")
		for _, topic := range book.Topics("zz") {
			book.History("zz", topic)
			book.At("zz", topic, "2020-02-29")
		}
	})
}
