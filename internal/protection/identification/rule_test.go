package identification

import (
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/profile"
)

// rulesOn returns what holds in a jurisdiction on a day.
func rulesOn(t testing.TB, jurisdiction string, day profile.Date) Rules {
	t.Helper()
	v, ok := profile.Procedures().At(jurisdiction, string(day))
	if !ok {
		t.Fatalf("%s has no procedure on %s", jurisdiction, day)
	}
	return Rules{Version: v, Holidays: profile.Procedures().Calendar(jurisdiction)}
}

var london = func() *time.Location {
	z, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	return z
}()

// step is one line of a path: what is done, by whom, when, and where it leads. Want "!" begins a refusal
// and names its words.
type step struct {
	on     profile.Date
	id     string
	body   string
	want   string
	clocks string // that run after it, with their last days
	more   func(*Step)
}

func walk(t *testing.T, jurisdiction string, adult bool, steps []step) State {
	t.Helper()
	s := Begin(rulesOn(t, jurisdiction, steps[0].on).Version)
	for _, x := range steps {
		a := Step{
			ID: x.id, Body: x.body, On: x.on, Zone: london, Adult: adult, Agreed: Agreed, Reasons: true,
			Own: true, Signed: []auth.AccountID{"one", "two"}, Born: "2010-05-05",
		}
		if adult {
			a.Born = "1990-05-05"
		}
		if x.more != nil {
			x.more(&a)
		}
		next, _, err := Next(rulesOn(t, jurisdiction, x.on), s, a)
		if want, refused := strings.CutPrefix(x.want, "!"); refused {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("%s on %s: %v, want %q", x.id, x.on, err, want)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s on %s: %v", x.id, x.on, err)
		}
		if s = next; s.Stage != x.want || running(s) != x.clocks {
			t.Fatalf("%s on %s: %s with %q, want %s with %q", x.id, x.on, s.Stage, running(s), x.want, x.clocks)
		}
	}
	return s
}

// running lists the running clocks with their last days.
func running(s State) string {
	var out []string
	for _, t := range s.Timers {
		if t.Running() {
			out = append(out, t.Clock+" "+string(t.Due.Day))
		}
	}
	return strings.Join(out, ", ")
}

// The stages, who takes them and how long they last are those of the profiles; the days were counted by
// hand.
func TestEnglandAdult(t *testing.T) {
	s := walk(t, "gb-eaw", true, []step{
		{on: "2026-03-02", id: "indicate", body: "anybody", want: "signs"},
		{on: "2026-03-03", id: "presume", body: "first-responder", want: "presumed"},
		{on: "2026-03-03", id: "refer", body: "anybody", want: "!cannot take this step"},
		{on: "2026-03-03", id: "refer", body: "first-responder", want: "!has to agree", more: func(a *Step) { a.Agreed = NotAsked }},
		{on: "2026-04-02", id: "refer", body: "first-responder", want: "referred", clocks: "first-decision 2026-04-13"},
		{on: "2026-04-02", id: "final-positive", body: "authority", want: "!not possible from here"},
		{on: "2026-04-10", id: "first-negative", body: "authority", want: "!signed by two people", more: func(a *Step) { a.Signed = a.Signed[:1] }},
		{on: "2026-04-10", id: "first-negative", body: "authority", want: "!signed by two people", more: func(a *Step) { a.Signed = []auth.AccountID{"one", "one"} }},
		{on: "2026-04-10", id: "first-negative", body: "authority", want: "!needs reasons", more: func(a *Step) { a.Reasons = false }},
		{on: "2026-04-10", id: "first-negative", body: "authority", want: "negative-first", clocks: "ask-first 2026-05-10"},
		{on: "2026-05-11", id: "reconsider-first", body: "support", want: "!only exceptionally", more: func(a *Step) { a.Reasons = false }},
		{on: "2026-05-01", id: "reconsider-first", body: "support", want: "referred"},
		{on: "2026-05-11", id: "first-positive", body: "authority", want: "protected", clocks: "recovery 2026-06-10"},
		{on: "2026-06-10", id: "final-negative", body: "authority", want: "!has not passed"},
		{on: "2026-06-11", id: "final-negative", body: "authority", want: "negative-final", clocks: "recovery 2026-06-10, ask-final 2026-07-11"},
		{on: "2026-08-11", id: "reconsider-final", body: "support", want: "protected", clocks: "recovery 2026-06-10"},
		{on: "2026-09-01", id: "final-positive", body: "authority", want: "positive", clocks: "recovery 2026-06-10"},
	})
	for _, timer := range s.Timers {
		if !strings.HasPrefix(timer.Version, "gb-eaw@2024-12-31#") || timer.Fact == "" || timer.Why != Certain {
			t.Errorf("%+v", timer)
		}
	}
}

func TestEnglandThroughTheChanges(t *testing.T) {
	s := walk(t, "gb-eaw", true, []step{
		{on: "2022-12-01", id: "refer", body: "first-responder", want: "!not possible"},
		{on: "2022-12-01", id: "presume", body: "first-responder", want: "presumed"},
		{on: "2022-12-01", id: "refer", body: "first-responder", want: "referred", clocks: "first-decision 2022-12-08"},
		{on: "2022-12-12", id: "first-positive", body: "authority", want: "protected", clocks: "recovery 2023-01-26"}, // 45 days
		{on: "2023-01-20", id: "disqualify", body: "authority", want: "!does not know this step"},
		{on: "2023-02-01", id: "disqualify", body: "authority", want: "disqualified"},
	})
	if got := s.Timers[1]; got.Fact != "recovery-45" || !strings.HasPrefix(got.Version, "gb-eaw@start#") || got.EndedBy != "disqualify" {
		t.Errorf("%+v", got)
	}
	walk(t, "gb-eaw", true, []step{
		{on: "2022-12-13", id: "presume", body: "anybody", want: "presumed"},
		{on: "2022-12-13", id: "refer", body: "first-responder", want: "referred", clocks: "first-decision 2022-12-20"},
		{on: "2022-12-13", id: "first-positive", body: "authority", want: "protected", clocks: "recovery 2023-01-12"}, // 30 days
	})
	gap := walk(t, "gb-eaw", true, []step{
		{on: "2023-05-02", id: "presume", body: "anybody", want: "presumed"},
		{on: "2023-05-05", id: "refer", body: "first-responder", want: "referred", clocks: "first-decision 2023-05-15"}, // over the coronation holiday
		{on: "2023-05-10", id: "first-negative", body: "authority", want: "negative-first", clocks: "ask-first "},
		{on: "2023-05-20", id: "reconsider-first", body: "support", want: "!does not know this step"},
	})
	if last := gap.Timers[1]; last.Why != NoRule || last.Due.Day != "" {
		t.Errorf("a gap in the rule gives a day: %+v", last)
	}
}

func TestEnglandRefusal(t *testing.T) {
	walk(t, "gb-eaw", true, []step{
		{on: "2026-03-02", id: "indicate", body: "anybody", want: "signs"},
		{on: "2026-03-02", id: "refuse", body: "anybody", want: "refused"},
		{on: "2026-03-03", id: "notify", body: "anybody", want: "!cannot take this step"},
		{on: "2026-03-03", id: "notify", body: "public-authority", want: "notified"},
		{on: "2026-03-09", id: "refer", body: "first-responder", want: "referred", clocks: "first-decision 2026-03-16"},
		{on: "2026-03-10", id: "suspend", body: "support", want: "!cannot take this step"},
		{on: "2026-03-10", id: "suspend", body: "authority", want: "referred", clocks: "first-decision 2026-03-16"},
		{on: "2026-03-11", id: "withdraw", body: "support", want: "!suspended"},
		{on: "2026-03-11", id: "resume", body: "authority", want: "referred", clocks: "first-decision 2026-03-16"},
		{on: "2026-03-12", id: "withdraw", body: "support", want: "withdrawn"},
		{on: "2026-03-13", id: "recall", body: "support", want: "!refusal stands"},
		// The age was wrong: what the person said as an adult does not count.
		{on: "2026-03-13", id: "recall", body: "support", want: "referred", clocks: "first-decision 2026-03-16", more: func(a *Step) { a.Adult = false }},
	})
	walk(t, "gb-eaw", false, []step{
		{on: "2026-03-02", id: "indicate", body: "anybody", want: "signs"},
		{on: "2026-03-02", id: "refuse", body: "anybody", want: "!does not leave protection by refusing"},
		{on: "2026-03-02", id: "presume", body: "anybody", want: "presumed"},
		{on: "2026-03-02", id: "refer", body: "first-responder", want: "referred", clocks: "first-decision 2026-03-09", more: func(a *Step) { a.Agreed = Declined }},
		{on: "2026-03-03", id: "withdraw", body: "support", want: "!does not leave protection by refusing"},
		{on: "2026-03-04", id: "transfer", body: "authority", want: "transferred"},
	})
}

func TestScotland(t *testing.T) {
	walk(t, "gb-sct", true, []step{
		{on: "2026-03-02", id: "presume", body: "anybody", want: "presumed"},
		{on: "2026-04-02", id: "refer", body: "first-responder", want: "referred", clocks: "first-decision 2026-04-10"},
		{on: "2026-04-10", id: "first-positive", body: "authority", want: "protected", clocks: "recovery 2026-07-09"},
		{on: "2026-05-10", id: "final-negative", body: "authority", want: "negative-final"}, // 90 days or the decision, whichever is earlier
		{on: "2026-05-11", id: "reconsider-final", body: "support", want: "!no such step"},  // the profile does not know one
	})
}

func TestUnitedStatesChild(t *testing.T) {
	s := walk(t, "us", false, []step{
		{on: "2028-05-01", id: "presume", body: "official", want: "presumed", clocks: "child-request 2028-05-04"},
		{on: "2028-05-02", id: "decline", body: "anybody", want: "!does not leave protection by refusing"},
		{on: "2028-05-02", id: "apply", body: "anybody", want: "!for adults only"},
		{on: "2028-05-04", id: "request-child", body: "anybody", want: "requested"},
		{on: "2028-05-06", id: "grant-interim", body: "hhs", want: "interim", clocks: "interim 2028-08-04", more: func(a *Step) { a.Adult = true }},
		{on: "2028-08-01", id: "extend", body: "anybody", want: "!cannot take this step", more: func(a *Step) { a.Clock = "interim" }},
		{on: "2028-08-01", id: "extend", body: "hhs", want: "interim", clocks: "interim 2028-09-03", more: func(a *Step) { a.Clock = "interim" }},
		{on: "2028-08-02", id: "extend", body: "hhs", want: "!cannot be extended", more: func(a *Step) { a.Clock = "interim" }},
		// Eighteen meanwhile: the letter may issue after the birthday.
		{on: "2028-08-20", id: "child-letter", body: "hhs", want: "eligible", more: func(a *Step) { a.Adult = true }},
	})
	hard := s.Timers[0]
	if hard.Term.Bound != profile.Hard || hard.EndedBy != "request-child" {
		t.Errorf("%+v", hard)
	}
	if end := time.Date(2028, 5, 5, 0, 0, 0, 0, london); !hard.Due.At.Equal(end) {
		t.Errorf("the request is accepted until %v, want 23:59 the day before", hard.Due.At)
	}
	late := Step{ID: "request-child", Body: "anybody", On: "2028-05-05", Adult: true, Zone: london}
	if _, _, err := Next(rulesOn(t, "us", "2028-05-05"), State{Stage: "presumed"}, late); err == nil {
		t.Error("a child's request on the eighteenth birthday was accepted")
	}
	unborn := Step{ID: "presume", Body: "official", On: "2026-05-05", Zone: london}
	got, _, err := Next(rulesOn(t, "us", "2026-05-05"), State{Stage: "none"}, unborn)
	if err != nil || len(got.Timers) != 1 || got.Timers[0].Why != NoBirth {
		t.Errorf("without a birth: %+v, %v", got.Timers, err)
	}
}

func TestUnitedStatesAdult(t *testing.T) {
	walk(t, "us", true, []step{
		{on: "2026-03-02", id: "presume", body: "anybody", want: "presumed"},
		{on: "2026-03-02", id: "request-child", body: "anybody", want: "!for children only"},
		{on: "2026-03-02", id: "decline", body: "anybody", want: "declined"},
		{on: "2026-03-05", id: "apply", body: "anybody", want: "applied"},
		{on: "2026-03-20", id: "grant-status", body: "hhs", want: "!cannot take this step"},
		{on: "2026-03-20", id: "grant-status", body: "dhs", want: "granted"},
		{on: "2026-03-25", id: "certify", body: "hhs", want: "certified"},
	})
}

func TestAustralia(t *testing.T) {
	walk(t, "au", true, []step{
		{on: "2023-06-01", id: "presume", body: "anybody", want: "presumed"},
		{on: "2023-06-01", id: "refer-pathway", body: "anybody", want: "!does not know this step"},
		{on: "2023-06-01", id: "refer-police", body: "anybody", want: "police"},
		{on: "2023-06-30", id: "accept", body: "police", want: "intensive", clocks: "intensive 2023-08-14"}, // 45 days
		{on: "2023-08-14", id: "continue", body: "provider", want: "longer"},
		{on: "2023-12-01", id: "leave", body: "provider", want: "left", clocks: "check-in 2024-12-01"},
	})
	walk(t, "au", true, []step{
		{on: "2024-07-23", id: "presume", body: "anybody", want: "presumed"},
		{on: "2024-07-23", id: "refer-pathway", body: "pathway", want: "pathway"},
		{on: "2024-08-01", id: "accept", body: "pathway", want: "intensive", clocks: "intensive 2024-10-30"}, // 90 days
	})
	walk(t, "au", true, []step{
		{on: "2025-11-28", id: "presume", body: "anybody", want: "presumed"},
		{on: "2025-11-29", id: "refer-pathway", body: "pathway", want: "!does not know this step"},
	})
}

func TestConventionAndDirective(t *testing.T) {
	for _, j := range []string{"coe", "eu"} {
		walk(t, j, true, []step{
			{on: "2026-07-20", id: "indicate", body: "anybody", want: "signs"},
			{on: "2026-07-20", id: "refuse", body: "trained", want: "refused"},
			{on: "2026-07-21", id: "notify", body: "authority", want: "!no such step"}, // nothing is sent
			{on: "2026-07-22", id: "refer", body: "trained", want: "referred"},
			{on: "2026-08-01", id: "first-positive", body: "authority", want: "protected", clocks: "recovery 2026-08-31"},
			{on: "2026-08-31", id: "final-negative", body: "authority", want: "!has not passed"},
			{on: "2026-09-01", id: "final-positive", body: "authority", want: "positive", clocks: "recovery 2026-08-31"},
		})
	}
}

func TestNextRefuses(t *testing.T) {
	r := rulesOn(t, "gb-eaw", "2026-03-02")
	ok := Step{ID: "indicate", Body: "anybody", On: "2026-03-02", Zone: london}
	for name, c := range map[string]struct {
		s    State
		edit func(*Step)
		kind fault.Kind
	}{
		"no day":              {Begin(r.Version), func(a *Step) { a.On = "" }, fault.Invalid},
		"no such day":         {Begin(r.Version), func(a *Step) { a.On = "2026-02-30" }, fault.Invalid},
		"another law":         {Begin(r.Version), func(a *Step) { a.On = "2020-01-01" }, fault.Internal},
		"before the last":     {State{Stage: "none", Last: "2026-03-03"}, func(*Step) {}, fault.Invalid},
		"no such step":        {Begin(r.Version), func(a *Step) { a.ID = "fly" }, fault.Invalid},
		"no such stage":       {State{Stage: "moon"}, func(*Step) {}, fault.Conflict},
		"a body of no kind":   {Begin(r.Version), func(a *Step) { a.Body = "" }, fault.Invalid},
		"resume what runs":    {State{Stage: "referred"}, func(a *Step) { a.ID, a.Body = Resume, "authority" }, fault.Conflict},
		"suspend the start":   {Begin(r.Version), func(a *Step) { a.ID, a.Body = Suspend, "authority" }, fault.Conflict},
		"recall no refusal":   {Begin(r.Version), func(a *Step) { a.ID = Recall }, fault.Conflict},
		"extend no clock":     {Begin(r.Version), func(a *Step) { a.ID, a.Clock = Extend, "recovery" }, fault.Conflict},
		"sign without anyone": {State{Stage: "referred"}, func(a *Step) { a.ID, a.Body, a.Own, a.Reasons = "first-positive", "authority", true, true }, fault.Invalid},
	} {
		a := ok
		c.edit(&a)
		after, _, err := Next(r, c.s, a)
		if fault.KindOf(err) != c.kind || err == nil {
			t.Errorf("%s: %v", name, err)
		}
		if after.Stage != c.s.Stage || len(after.Timers) != len(c.s.Timers) {
			t.Errorf("%s: a refused step changed the state", name)
		}
	}
}

// A change of the law asks somebody to look and moves no day.
func TestChanged(t *testing.T) {
	s := walk(t, "gb-eaw", true, []step{
		{on: "2022-12-01", id: "presume", body: "anybody", want: "presumed"},
		{on: "2022-12-01", id: "refer", body: "first-responder", want: "referred", clocks: "first-decision 2022-12-08"},
		{on: "2022-12-12", id: "first-positive", body: "authority", want: "protected", clocks: "recovery 2023-01-26"},
	})
	for day, want := range map[profile.Date]string{"2022-12-12": "", "2022-12-13": "recovery", "2023-01-25": "recovery", "2023-01-27": ""} {
		if got := strings.Join(Changed(s, rulesOn(t, "gb-eaw", day).Version, day), ","); got != want {
			t.Errorf("on %s: %q, want %q", day, got, want)
		}
	}
	if s.Timers[1].Due.Day != "2023-01-26" {
		t.Errorf("the day moved: %s", s.Timers[1].Due.Day)
	}
}
