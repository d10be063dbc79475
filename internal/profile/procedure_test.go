package profile

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func fstestMap(name, text string) fstest.MapFS { return fstest.MapFS{name: file(text)} }

func replaceOnce(s, old, with string) string { return strings.Replace(s, old, with, 1) }

func contains(s, part string) bool { return strings.Contains(s, part) }

// The dates on which a procedure changed are those of the facts: the reference names them.
func TestVersionsFollowTheChanges(t *testing.T) {
	want := map[string][]string{
		"gb-eaw": {"..2022-12-12", "2022-12-13..2023-01-29", "2023-01-30..2023-07-23", "2023-07-24..2023-12-31", "2024-01-01..2024-12-30", "2024-12-31.."},
		"gb-sct": {"..2018-03-31", "2018-04-01.."},
		"au":     {"..2023-06-30", "2023-07-01..2024-07-22", "2024-07-23..2025-11-28", "2025-11-29.."},
		"eu":     {"..2024-07-13", "2024-07-14..2026-07-14", "2026-07-15.."},
		"coe":    {".."},
		"us":     {"..2016-05-09", "2016-05-10..2016-05-10", "2016-05-11.."},
	}
	for _, j := range Procedures().Jurisdictions() {
		var got []string
		for _, h := range Procedures().History(j) {
			got = append(got, fmt.Sprintf("%s..%s", h.From, h.To))
		}
		if diff := cmp.Diff(want[j], got); diff != "" {
			t.Errorf("%s: %s", j, diff)
		}
	}
}

// What the law of a day says, by version.
func TestVersionFacts(t *testing.T) {
	for _, tt := range []struct {
		jurisdiction, day, topic string
		fact                     string
		state                    State
	}{
		{"gb-eaw", "2022-12-12", "recovery.minimum", "recovery-45", Holds},
		{"gb-eaw", "2022-12-13", "recovery.minimum", "recovery-30-guidance", Holds},
		{"gb-eaw", "2023-01-29", "first-decision.test", "test-suspect", Holds},
		{"gb-eaw", "2023-01-30", "protection.disqualification", "disqualification", Holds},
		{"gb-eaw", "2023-01-29", "protection.disqualification", "", Gap},
		{"gb-eaw", "2024-06-01", "reconsideration.time", "reconsideration", Unsure},
		{"gb-eaw", "2026-11-23", "reconsideration.time", "reconsideration", Holds},
		{"au", "2023-06-30", "support.duration", "intensive-45", Holds},
		{"au", "2025-11-29", "referral.without-police", "", Gap},
		{"eu", "2026-11-23", "recovery.minimum", "recovery-30", Holds}, // the convention's
		{"eu", "2026-07-14", "directive.transposition", "", Gap},
		{"us", "2026-11-23", "recovery.minimum", "", Absent},
	} {
		v, ok := Procedures().At(tt.jurisdiction, tt.day)
		if !ok || v.From > Date(tt.day) || v.To != "" && v.To < Date(tt.day) {
			t.Fatalf("%s on %s: %v, %s..%s", tt.jurisdiction, tt.day, ok, v.From, v.To)
		}
		if f, state := v.Fact(tt.topic); f.ID != tt.fact || state != tt.state {
			t.Errorf("%s on %s, %s: %q (%s), want %q (%s)", tt.jurisdiction, tt.day, tt.topic, f.ID, state, tt.fact, tt.state)
		}
	}
	for _, day := range []string{"", "2026", "2026-02-30", "tomorrow"} {
		if _, ok := Procedures().At("gb-eaw", day); ok {
			t.Errorf("there is a version for %q", day)
		}
	}
}

// The child rule differs by jurisdiction and purpose.
func TestElements(t *testing.T) {
	for _, tt := range []struct {
		jurisdiction, purpose, adult, child string
		known                               bool
	}{
		{"us", "sexual", "needed", "not-needed", true},
		{"us", "labour", "needed", "needed", true},
		{"us", "organs", "", "", false},
		{"gb-sct", "labour", "not-needed", "not-needed", true},
		{"gb-eaw", "labour", "needed", "not-needed", true},
		{"coe", "organs", "needed", "not-needed", true},
	} {
		v, _ := Procedures().At(tt.jurisdiction, "2026-11-23")
		r, known := v.Element(tt.purpose)
		if known != tt.known || r.Adult != tt.adult || r.Child != tt.child {
			t.Errorf("%s, %s: %+v, %v", tt.jurisdiction, tt.purpose, r, known)
		}
	}
}

// Every version of every procedure tells of each clock what it rests on; what it cannot tell is a gap
// and not a number.
func TestEveryClockHasATermOrAGap(t *testing.T) {
	for _, j := range Procedures().Jurisdictions() {
		for _, h := range Procedures().History(j) {
			for _, c := range h.Version.Clocks {
				f, state := h.Version.Fact(c.Topic)
				if _, timed := f.Term(); timed != (state >= Unsure) {
					t.Errorf("%s, %s: %s, timed %v", h.Version.ID, c.ID, state, timed)
				}
			}
		}
	}
}

// Two days in one version have the same version, and on every day exactly one or none holds.
func TestVersionsCoverDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := rapid.SampledFrom(Procedures().Jurisdictions()).Draw(t, "jurisdiction")
		day := Date("2014-01-01").add(rapid.IntRange(0, 5000).Draw(t, "day"))
		v, ok := Procedures().At(j, string(day))
		if !ok {
			t.Fatalf("%s has no procedure on %s", j, day)
		}
		n := 0
		for _, h := range Procedures().History(j) {
			if h.From <= day && (h.To == "" || day <= h.To) {
				n++
				if h.Version.ID != v.ID {
					t.Errorf("%s on %s: %s, and in the history %s", j, day, v.ID, h.Version.ID)
				}
			}
		}
		if n != 1 {
			t.Errorf("%s on %s: %d versions", j, day, n)
		}
		for _, edge := range []Date{v.From, v.To} {
			if at, ok := Procedures().At(j, string(edge)); edge != "" && (!ok || at.ID != v.ID) {
				t.Errorf("%s: %s is at the edge %s another version", j, v.ID, edge)
			}
		}
	})
}

func eawText(t testing.TB) string {
	t.Helper()
	data, err := fs.ReadFile(embeddedProcedures, "procedure/gb-eaw.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// one makes a small procedure of its parts.
func one(stages, moves, more string) string {
	return `{"jurisdiction": "gb-eaw", "name": "Z", "editions": [{"source": "s", "confidence": "recalled",
		"actors": [{"id": "a", "name": "A"}], "stages": [` + stages + `], "moves": [` + moves + `],
		"consent": {"topic": "referral.who", "refused": "nothing"}, "elements": []` + more + `}]}`
}

func stageText(id, kind string) string {
	return fmt.Sprintf(`{"id": %q, "name": "N", "kind": %q}`, id, kind)
}

func moveText(id, from, to, more string) string {
	return fmt.Sprintf(`{"id": %q, "name": "N", "from": [%q], "to": %q, "who": ["a"]%s}`, id, from, to, more)
}

func TestLoadProceduresRefuses(t *testing.T) {
	stages := stageText("s", "start") + "," + stageText("p", "pending") + "," + stageText("q", "protected") + "," + stageText("y", "positive") + "," + stageText("n", "negative")
	moves := moveText("m", "s", "p", "") + "," + moveText("m2", "p", "q", "") + "," + moveText("m3", "q", "y", `, "decides": "positive"`) + "," + moveText("m4", "p", "n", `, "decides": "negative"`)
	good := one(stages, moves, "")
	if _, err := LoadProcedures(fstestMap("gb-eaw.json", good), Base(), nil); err != nil {
		t.Fatal(err)
	}
	clock := func(fields string) string {
		return one(stages, moves, `, "clocks": [{"id": "c", "name": "C", `+fields+`}]`)
	}
	tests := []struct{ name, text, want string }{
		{"a circle", one(stages, moves+","+moveText("back", "q", "p", ""), ""), "editions[0].moves: the stages turn in a circle, p → q → p"},
		{"a stage nobody reaches", one(stages+","+stageText("lost", "pending"), moves+","+moveText("m5", "lost", "n", `, "decides": "negative"`), ""), "stages[5] (lost): no move leads here"},
		{"a stage nobody leaves", one(stages, moveText("m", "s", "p", "")+","+moveText("m2", "p", "q", "")+","+moveText("m4", "p", "n", `, "decides": "negative"`)+","+moveText("m6", "p", "y", `, "decides": "positive"`), ""), "(q): nobody can leave it"},
		{"a stage no child leaves", one(stages, strings.Replace(moves, `"decides": "positive"`, `"decides": "positive", "ages": "adult"`, 1), ""), "(q): a child cannot leave it"},
		{"two starts", one(stages+","+stageText("t", "start"), moves, ""), "2 stages of the kind start"},
		{"a clock without a unit", clock(`"starts": ["m"], "topic": "referral.who"`), "clocks[0].topic: a clock without a unit: the fact referral"},
		{"a clock on an unknown topic", clock(`"starts": ["m"], "topic": "moon"`), `no fact on the topic "moon"`},
		{"a clock that nothing starts", clock(`"starts": [], "topic": "recovery.minimum"`), "nothing starts it"},
		{"a clock on an unknown move", clock(`"starts": ["zz"], "topic": "recovery.minimum"`), `no move or review "zz"`},
		{"an unknown field", replaceOnce(good, `"name": "Z"`, `"name": "Z", "colour": 1`), "colour"},
		{"an unknown field of a clock", clock(`"starts": ["m"], "topic": "recovery.minimum", "amount": 3`), "amount"},
		{"an unknown stage", one(stages, moves+","+moveText("m5", "q", "zz", ""), ""), `there is no stage "zz"`},
		{"an unknown actor", strings.Replace(good, `"who": ["a"]`, `"who": ["b"]`, 1), `there is no actor "b"`},
		{"nobody may", strings.Replace(good, `"who": ["a"]`, `"who": []`, 1), "nobody may do it"},
		{"the same id", one(stages+","+stageText("p", "pending"), moves, ""), `the id "p" stands twice`},
		{"an odd id", strings.ReplaceAll(good, `"m2"`, `"M 2"`), "not of small letters"},
		{"an unknown kind", strings.Replace(good, `"pending"`, `"waiting"`, 1), `"waiting" is none of`},
		{"a child's refusal", one(stages, moves+","+moveText("m5", "p", "n", `, "decides": "negative", "ages": "child", "refusal": true`), ""), "a child does not leave protection by refusing"},
		{"a child notified", one(stages+","+stageText("x", "notified"), moves+","+moveText("m5", "p", "x", ""), ""), "is about adults"},
		{"a review that is no way back", one(stages, moves, `, "reviews": [{"id": "r", "name": "R", "from": ["n"], "to": "y", "who": ["a"], "while": "reconsideration.time"}]`), "a review leads to a stage where a decision is awaited"},
		{"consent without a rule", strings.Replace(good, `"nothing"`, `"whatever"`, 1), "neither nothing nor anonymous"},
		{"an unknown purpose", strings.Replace(good, `"elements": []`, `"elements": [{"purpose": "fun", "adult": "needed", "child": "needed", "topic": "offence.means"}]`, 1), `"fun" is none of`},
		{"no facts", strings.Replace(good, `"gb-eaw"`, `"zz"`, 1), "name the file after"},
		{"broken", `{`, "near byte"},
		{"two values", good + "{}", "something follows"},
	}
	for _, tt := range tests {
		_, err := LoadProcedures(fstestMap("gb-eaw.json", tt.text), Base(), nil)
		if err == nil || !contains(err.Error(), tt.want) || !contains(err.Error(), "gb-eaw.json") {
			t.Errorf("%s: %v, want a message with the file and %q", tt.name, err, tt.want)
		}
	}
}

func TestEditionsMayNotOverlap(t *testing.T) {
	whole := eawText(t)
	from := strings.Index(whole, `"editions": [`) + len(`"editions": [`)
	edition := whole[from:strings.LastIndex(whole, "]")]
	load := func(a, b string) error {
		dated := func(d string) string { return strings.Replace(edition, `"source"`, d+`"source"`, 1) }
		_, err := LoadProcedures(fstestMap("gb-eaw.json", whole[:from]+dated(a)+","+dated(b)+"]}"), Base(), nil)
		return err
	}
	if err := load(`"to": "2019-12-31", `, `"from": "2020-02-01", `); err != nil {
		t.Fatal(err)
	}
	for name, dates := range map[string][2]string{
		"same day":     {`"to": "2020-01-01", `, `"from": "2020-01-01", `},
		"open":         {``, `"from": "2020-01-01", `},
		"both open":    {``, ``},
		"wrong order":  {`"from": "2021-01-01", `, `"to": "2019-12-31", `},
		"ends at once": {`"from": "2020-01-02", "to": "2020-01-01", `, `"from": "2021-01-01", `},
		"half a date":  {`"to": "2019", `, `"from": "2020-01-01", `},
		"no such day":  {`"to": "2019-02-30", `, `"from": "2020-01-01", `},
	} {
		err := load(dates[0], dates[1])
		if err == nil || !contains(err.Error(), "gb-eaw.json, editions[") {
			t.Errorf("%s: %v", name, err)
		}
	}
	shelf, err := LoadProcedures(fstestMap("gb-eaw.json", whole[:from]+strings.Replace(edition, `"source"`, `"to": "2019-12-31", "source"`, 1)+","+
		strings.Replace(edition, `"source"`, `"from": "2020-02-01", "source"`, 1)+"]}"), Base(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := shelf.At("gb-eaw", "2020-01-15"); ok {
		t.Error("a gap between editions has a version")
	}
	if h := shelf.History("gb-eaw"); len(h) < 3 || h[1].Version != nil || h[1].From != "2020-01-01" || h[1].To != "2020-01-31" {
		t.Errorf("the gap is not shown: %+v", h[:min(3, len(h))])
	}
}

func FuzzLoadProcedures(f *testing.F) {
	f.Add(eawText(f))
	f.Add(one(stageText("s", "start"), moveText("m", "s", "s", ""), ""))
	f.Fuzz(func(t *testing.T, text string) {
		shelf, err := LoadProcedures(fstestMap("gb-eaw.json", text), Base(), nil)
		if err != nil {
			return
		}
		if !json.Valid([]byte(text)) {
			t.Error("accepted what is not JSON")
		}
		for _, h := range shelf.History("gb-eaw") {
			if h.Version == nil {
				continue
			}
			start := ""
			for _, s := range h.Version.Stages {
				if s.Kind == Start {
					start = s.ID
				}
			}
			if h.Version.circle(start, nil, map[string]bool{}) != nil {
				t.Error("accepted a circle")
			}
		}
	})
}
