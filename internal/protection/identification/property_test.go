package identification

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/profile"
)

// draw makes any step, sensible or not.
func draw(t *rapid.T, v profile.Version, on profile.Date, adult bool, s State) Step {
	ids := []string{Suspend, Resume, Extend, Recall}
	for _, m := range v.Moves {
		ids = append(ids, m.ID)
	}
	for _, c := range Choices(v, s, adult) { // what is possible comes more often
		ids = append(ids, c.ID, c.ID, c.ID)
	}
	var bodies, clocks []string
	for _, a := range v.Actors {
		bodies = append(bodies, a.ID)
	}
	for _, c := range v.Clocks {
		clocks = append(clocks, c.ID)
	}
	return Step{
		ID: rapid.SampledFrom(ids).Draw(t, "step"), Body: rapid.SampledFrom(bodies).Draw(t, "body"), On: on, Adult: adult,
		Own:    rapid.Bool().Draw(t, "own"),
		Signed: rapid.SliceOfN(rapid.SampledFrom([]auth.AccountID{"", "one", "two"}), 0, 3).Draw(t, "signed"),
		Agreed: rapid.SampledFrom([]Agreement{NotAsked, Agreed, Declined}).Draw(t, "agreed"),
		Born:   rapid.SampledFrom([]profile.Date{"", "1990-01-01", "2008-02-29", "2010-11-24"}).Draw(t, "born"),
		Zone:   time.UTC, Reasons: rapid.Bool().Draw(t, "reasons"), Clock: rapid.SampledFrom(clocks).Draw(t, "clock"),
	}
}

// Two hundred steps of anybody, on any day, about somebody whose age becomes known or doubtful on the
// way, never break a rule that holds whatever a profile says.
func TestNoSequenceBreaksARule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := rapid.SampledFrom(profile.Procedures().Jurisdictions()).Draw(t, "jurisdiction")
		on := rapid.SampledFrom([]profile.Date{"2018-03-01", "2022-12-01", "2023-01-20", "2023-07-20", "2024-07-01", "2025-11-20", "2026-07-01"}).Draw(t, "from")
		var s State
		for i := range 200 {
			day, err := time.Parse(time.DateOnly, string(on))
			if err != nil {
				t.Fatal(err)
			}
			on = profile.Date(day.AddDate(0, 0, rapid.SampledFrom([]int{0, 0, 0, 1, 5, 40}).Draw(t, "pause")).Format(time.DateOnly))
			v, ok := profile.Procedures().At(j, string(on))
			if !ok {
				t.Fatal("no procedure")
			}
			if i == 0 {
				s = Begin(v)
			}
			r := Rules{Version: v, Holidays: profile.Procedures().Calendar(j)}
			a := draw(t, v, on, rapid.Bool().Draw(t, "adult"), s)
			next, _, err := Next(r, s, a)
			if err == nil {
				kept(t, v, s, next, a)
				s = next
			}
		}
	})
}

// kept reports a rule that a step broke.
func kept(t *rapid.T, v profile.Version, before, after State, a Step) {
	m, move := v.Move(a.ID)
	to, known := v.Stage(after.Stage)
	switch {
	case !known:
		t.Fatalf("%s leads to no stage", a.ID)
	case move && m.Refusal && !a.Adult:
		t.Fatalf("somebody who may be a child left by %s", a.ID)
	case !a.Adult && after.Stage != before.Stage && (to.Kind == profile.Refused || to.Kind == profile.Notified):
		t.Fatalf("somebody who may be a child is %s", to.Kind)
	case move && m.Agreed && a.Adult && a.Agreed != Agreed:
		t.Fatalf("an adult who did not agree was taken through %s", a.ID)
	case move && m.Decides != "" && !a.Reasons:
		t.Fatalf("%s has no reasons", a.ID)
	case after.Last != a.On:
		t.Fatalf("the last day is %s, not %s", after.Last, a.On)
	}
	if move && a.Own && m.Second != "" && v.Holds(m.Second) {
		people := slices.Compact(slices.Sorted(slices.Values(a.Signed)))
		if people = slices.DeleteFunc(people, func(p auth.AccountID) bool { return p == "" }); len(people) < 2 {
			t.Fatalf("%s is signed by %v", a.ID, a.Signed)
		}
	}
	timers(t, v, before, after, a)
	// A child who was taken to be an adult can come back at once.
	if after.Refused != "" {
		back := Step{ID: Recall, On: a.On}
		r := Rules{Version: v}
		if got, _, err := Next(r, after, back); err != nil || got.Stage != after.Refused || got.Refused != "" {
			t.Fatalf("a refusal cannot be taken back: %v", err)
		}
	}
	if kind := to.Kind; (kind == profile.Pending || kind == profile.Protected) && !after.Suspended && len(Choices(v, after, false)) == 0 {
		t.Fatalf("a child cannot go on from %s", after.Stage)
	}
}

// timers reports a time that was lost, changed without a step, or does not know its law.
func timers(t *rapid.T, v profile.Version, before, after State, a Step) {
	if len(after.Timers) < len(before.Timers) {
		t.Fatal("a time was lost")
	}
	running := map[string]int{}
	for i, x := range after.Timers {
		if x.Running() {
			running[x.Clock]++
		}
		if x.Version == "" || x.Began == "" || (x.Due.Day == "") != (x.Why == NoRule || x.Why == NoBirth) {
			t.Fatalf("a time without its law, or a day without a rule: %+v", x)
		}
		if i >= len(before.Timers) {
			if x.Version != v.ID || x.Began != a.On {
				t.Fatalf("a time of %s began under %s", v.ID, x.Version)
			}
			continue
		}
		was := before.Timers[i]
		if x.Version != was.Version || x.Fact != was.Fact || x.Term != was.Term || x.Began != was.Began {
			t.Fatalf("%s changed the law of a time: %+v, was %+v", a.ID, x, was)
		}
		if x.Due.Day != was.Due.Day && (a.ID != Extend || was.Extended || x.Due.Day < was.Due.Day) {
			t.Fatalf("%s moved a time from %s to %s", a.ID, was.Due.Day, x.Due.Day)
		}
	}
	for clock, n := range running {
		if n > 1 {
			t.Fatalf("%s runs %d times", clock, n)
		}
	}
}

// From the start the drawn line leads to an identification, under every version and for everybody.
func TestLinesEnd(t *testing.T) {
	for _, j := range profile.Procedures().Jurisdictions() {
		for _, h := range profile.Procedures().History(j) {
			for _, adult := range []bool{false, true} {
				lines := Lines(*h.Version, nil, Begin(*h.Version), adult)
				last := lines[len(lines)-1].Stage
				if !lines[0].Here || last.Kind != profile.Positive {
					t.Errorf("%s, adult %v: the line ends at %s", h.Version.ID, adult, last.ID)
				}
			}
		}
	}
}
