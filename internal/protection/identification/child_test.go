package identification_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/identification"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// everything writes down all that the tables of the package have, as a program that steals the database
// sees it.
func (d *desk) everything() string {
	d.t.Helper()
	var b strings.Builder
	d.must(d.db.Read(d.t.Context(), func(tx *db.Tx) error {
		for _, table := range []string{"", "_event", "_clock", "_assertion", "_letter", "_entitlement"} {
			rows, err := tx.Query(d.t.Context(), "SELECT * FROM protection_identification"+table)
			if err != nil {
				return err
			}
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			for rows.Next() {
				values := make([]any, len(columns))
				into := make([]any, len(columns))
				for i := range values {
					into[i] = &values[i]
				}
				if err := rows.Scan(into...); err != nil {
					return err
				}
				for i, v := range values {
					if raw, ok := v.([]byte); ok {
						v = string(raw)
					}
					fmt.Fprintf(&b, "%s.%s=%v\n", table, columns[i], v)
				}
			}
			if err := rows.Err(); err != nil {
				return err
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	}))
	return b.String()
}

// The day before the eighteenth birthday is shown to those of the case, and the database does not say it.
func TestBirthdayDeadlineIsSealed(t *testing.T) {
	d := newDesk(t, "2026-03-02")
	d.adult, d.born = false, "2008-11-24"
	p := d.begin("us")
	d.take(p, "presume", "official")
	timer := d.show().Procedures[0].State.Timers[0]
	if timer.Due.Day != "2026-11-23" || timer.Clock != "child-request" || timer.Term.Bound != profile.Hard {
		t.Errorf("%+v", timer)
	}
	if want := []string{"identification.deadline 2026-05-01 us@2016-05-11"}; !slices.Equal(d.tasks(), want) {
		t.Errorf("%q, want %q", d.tasks(), want)
	}
	raw := d.everything()
	for _, day := range []string{"2026-11-23", "2026-11-24", "2008"} {
		if strings.Contains(raw, day) {
			t.Errorf("the database says %s", day)
		}
	}
	var told []string
	tell := func(_ context.Context, _ *db.Tx, x identification.Due) error {
		told = append(told, d.now.Format("2006-01-02")+" "+x.What+" "+x.Clock+" "+string(x.Day)+" "+string(x.Owner))
		return nil
	}
	for _, on := range []string{"2026-04-30", "2026-05-01", "2026-05-02", "2026-10-31", "2026-11-01", "2026-11-02"} {
		d.day(on)
		if _, err := d.Tend(t.Context(), tell); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"2026-05-01 deadline child-request  worker", "2026-11-01 deadline child-request  worker"}
	if !slices.Equal(told, want) {
		t.Errorf("%q, want %q", told, want)
	}
}

func TestTendTellsOnce(t *testing.T) {
	d := newDesk(t, "2022-12-01")
	p := d.begin("gb-eaw")
	d.take(p, "presume", "anybody")
	d.take(p, "refer", "first-responder")
	_, err := d.Entitle(t.Context(), d.worker, d.id, identification.Help{From: "2022-12-01", To: "2023-02-10", Funder: private.New("Ministry")}, "")
	d.must(err)
	var told []string
	tell := func(_ context.Context, _ *db.Tx, x identification.Due) error {
		told = append(told, d.now.Format("2006-01-02")+" "+x.What+" "+x.Clock+" "+string(x.Day))
		return nil
	}
	tend := func(on string) {
		t.Helper()
		d.day(on)
		for range 2 {
			_, err := d.Tend(t.Context(), tell)
			d.must(err)
		}
	}
	tend("2022-12-06")
	tend("2022-12-07") // the first decision is due on the 8th
	d.day("2022-12-12")
	d.take(p, "first-positive", "authority")
	tend("2022-12-12")
	tend("2022-12-13") // the recovery period is another from today on
	tend("2023-01-10")
	tend("2023-01-11") // thirty days before the money ends
	tend("2023-01-26")
	tend("2023-01-27") // the recovery period has passed
	want := []string{
		"2022-12-07 deadline first-decision 2022-12-08", "2022-12-13 law recovery ", "2023-01-11 money  2023-02-10",
		"2023-01-27 deadline recovery 2023-01-26",
	}
	if !slices.Equal(told, want) {
		t.Errorf("%q, want %q", told, want)
	}
	tasks := []string{
		"identification.law 2022-12-13 gb-eaw@2022-12-13", "entitlement.ends 2023-01-11 ", "identification.passed 2023-01-27 gb-eaw@start",
	}
	if got := d.tasks(); !slices.Equal(got, tasks) {
		t.Errorf("%q, want %q", got, tasks)
	}
	x := d.show().Procedures[0]
	if due := x.State.Timers[1]; due.Due.Day != "2023-01-26" || !strings.HasPrefix(due.Version, "gb-eaw@start#") {
		t.Errorf("a change of the law moved a day: %+v", due)
	}
}

// What tells of a deadline fails: it is told again the next time.
func TestTendAfterAFailure(t *testing.T) {
	d := newDesk(t, "2026-03-02")
	p := d.begin("gb-eaw")
	d.take(p, "presume", "anybody")
	d.take(p, "refer", "first-responder")
	d.day("2026-03-09")
	fails := fault.New(fault.Unavailable, "Not now.")
	if _, err := d.Tend(t.Context(), func(context.Context, *db.Tx, identification.Due) error { return fails }); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
	n, err := d.Tend(t.Context(), func(context.Context, *db.Tx, identification.Due) error { return nil })
	if err != nil || n != 1 {
		t.Errorf("told of %d: %v", n, err)
	}
}

func TestLetters(t *testing.T) {
	d := newDesk(t, "2026-03-02")
	p := d.begin("gb-eaw")
	presumed := d.take(p, "presume", "anybody").Event
	d.take(p, "refer", "first-responder")
	_, err := d.Issue(t.Context(), d.authority, d.id, letter(presumed), "")
	d.kind("a letter about no decision", err, fault.Conflict)
	got, err := d.own(d.authority, p, "first-positive", "authority")
	d.must(err)
	_, err = d.Issue(t.Context(), d.worker, d.id, letter(got.Event), "")
	d.kind("a worker writes a letter", err, fault.NotFound)
	empty := letter(got.Event)
	empty.Issuer = private.New(" ")
	_, err = d.Issue(t.Context(), d.authority, d.id, empty, "")
	d.kind("nobody issues it", err, fault.Invalid)
	short := letter(got.Event)
	short.Short, short.Until = true, "2026-06-01"
	id, err := d.Issue(t.Context(), d.authority, d.id, short, "key1")
	d.must(err)
	if again, err := d.Issue(t.Context(), d.authority, d.id, short, "key1"); err != nil || again != id {
		t.Errorf("sent twice: %s and %s, %v", id, again, err)
	}
	l, event, err := d.Read(t.Context(), d.worker, d.id, id)
	d.must(err)
	code := l.Code.Reveal("test")
	if event.ID != got.Event || !l.Short || l.Until != "2026-06-01" || l.Issuer.Reveal("test") != "Case office" || len(code) != 28 {
		t.Errorf("%+v", l)
	}
	if strings.Contains(d.everything(), code) || strings.Contains(d.everything(), "Sparrow") || strings.Contains(d.everything(), "Case office") {
		t.Error("the database says what is on the letter")
	}
	genuine := func(code string, want bool) {
		t.Helper()
		if got, over, err := d.Genuine(t.Context(), code); err != nil || got != want || over != "" {
			t.Errorf("%q: %v, %q, %v", code, got, over, err)
		}
	}
	genuine(code, true)
	genuine(identification.ShownCode(code), true)
	genuine(" "+strings.ToLower(code)+" ", true)
	other := []byte(code)
	other[0] = "23"[number(other[0] == '2')]
	for _, wrong := range []string{"", "x", string(other), code + "2", code[1:], strings.Repeat("2", 100_000), id, l.Event} {
		genuine(wrong, false)
	}
	// The last day counts whole, in the zone of whoever issued it; from then on it is genuine and over.
	d.now = time.Date(2026, 6, 1, 22, 59, 0, 0, time.UTC)
	genuine(code, true)
	d.now = d.now.Add(time.Minute)
	if got, over, err := d.Genuine(t.Context(), code); err != nil || !got || over != "2026-06-01" {
		t.Errorf("after its last day: %v, %q, %v", got, over, err)
	}
	d.must(d.Withdraw(t.Context(), d.authority, d.id, id))
	genuine(code, false)
	if l := d.show().Letters; len(l) != 1 || l[0].Withdrawn == "" {
		t.Errorf("%+v", l)
	}
	d.kind("withdraw as a worker", d.Withdraw(t.Context(), d.worker, d.id, id), fault.NotFound)
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestEntitlement(t *testing.T) {
	d := newDesk(t, "2026-03-02")
	p := d.begin("gb-eaw")
	help := identification.Help{Procedure: p, Rule: "recovery", From: "2026-03-02", To: "2026-04-01", MoveOn: "2026-03-30", Funder: private.New("Ministry")}
	id, err := d.Entitle(t.Context(), d.worker, d.id, help, "")
	d.must(err)
	got := d.show().Help[0]
	if got.ID != id || got.Funder.Reveal("test") != "Ministry" || got.MoveOn != "2026-03-30" || got.Procedure != p {
		t.Errorf("%+v", got)
	}
	got.To = "2026-05-01"
	_, err = d.Entitle(t.Context(), d.worker, d.id, got, "")
	d.must(err)
	_, err = d.Entitle(t.Context(), d.worker, d.id, got, "")
	d.kind("an older page", err, fault.Stale)
	for name, edit := range map[string]func(*identification.Help){
		"from": func(h *identification.Help) { h.From = "" }, "to": func(h *identification.Help) { h.To = "x" },
		"order": func(h *identification.Help) { h.To = "2026-01-01" }, "long": func(h *identification.Help) { h.Funder = private.New(strings.Repeat("x", 401)) },
	} {
		h := help
		edit(&h)
		_, err := d.Entitle(t.Context(), d.worker, d.id, h, "")
		d.kind(name, err, fault.Invalid)
	}
	// Money that has ended blocks no step.
	d.day("2026-12-01")
	d.take(p, "presume", "anybody")
	d.take(p, "refer", "first-responder")
}

// Without anybody who knows the age the safeguards of a child hold; agreement is asked of the consents of
// the person when this organisation acts.
func TestAgeAndAgreement(t *testing.T) {
	d := newDesk(t, "2026-03-02")
	d.Adult, d.Born = d.known, nil
	p := d.begin("gb-eaw")
	d.take(p, "presume", "anybody")
	_, err := d.Take(t.Context(), d.worker, d.taking(p, "refuse", "anybody"))
	d.kind("somebody of no known age refuses", err, fault.Conflict)
	d.Adult = func(context.Context, *db.Tx, auth.OrgID, vault.PersonID) (bool, error) { return true, nil }
	said := identification.NotAsked
	d.Agreement = func(context.Context, *db.Tx, auth.OrgID, vault.PersonID) (identification.Agreement, error) {
		return said, nil
	}
	_, err = d.own(d.worker, p, "refer", "first-responder")
	d.kind("an adult who was not asked", err, fault.Conflict)
	said = identification.Agreed
	if _, err := d.own(d.worker, p, "refer", "first-responder"); err != nil {
		t.Error(err)
	}
}

func TestErasureLeavesNothing(t *testing.T) {
	d := newDesk(t, "2026-03-02")
	p := d.begin("gb-eaw")
	d.take(p, "presume", "anybody")
	d.take(p, "refer", "first-responder")
	got, err := d.own(d.authority, p, "first-positive", "authority")
	d.must(err)
	_, err = d.Issue(t.Context(), d.authority, d.id, letter(got.Event), "")
	d.must(err)
	_, err = d.Assert(t.Context(), d.worker, d.id, assertion(), "")
	d.must(err)
	_, err = d.Entitle(t.Context(), d.worker, d.id, identification.Help{From: "2026-03-02"}, "")
	d.must(err)
	vaulttest.Erase(t, d.vault, string(org), string(d.show().Case.Person))
	if left := d.everything(); left != "" {
		t.Errorf("left behind:\n%s", left)
	}
}

// The store follows the rule: what random people do at random leaves the stage, the times and the order of
// events that the rule alone would have given.
func TestStoreFollowsTheRule(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	d := newDesk(t, "2026-01-05")
	p := d.begin("gb-eaw")
	steps := []string{"indicate", "presume", "refer", "refuse", "notify", "first-positive", "first-negative", "final-positive", "final-negative", "reconsider-first", "reconsider-final", "withdraw", "recall", "suspend", "resume"}
	bodies := []string{"anybody", "first-responder", "public-authority", "authority", "support"}
	n := 30
	if os.Getenv("FOURFOLD_CAMPAIGN") == "full" {
		n = 2000
	}
	for range n {
		if r.IntN(3) == 0 {
			d.day(string(profile.Date(d.now.Format("2006-01-02")).Plus(r.IntN(20))))
		}
		d.adult = r.IntN(4) > 0
		before := d.show().Procedures[0]
		step := d.taking(p, steps[r.IntN(len(steps))], bodies[r.IntN(len(bodies))])
		if choices := identification.Choices(before.Rules.Version, before.State, d.adult); len(choices) > 0 && r.IntN(2) == 0 {
			c := choices[r.IntN(len(choices))]
			step.Step, step.Body = c.ID, c.Who[0]
		}
		want, _, wantErr := identification.Next(before.Rules, before.State, identification.Step{
			ID: step.Step, Body: step.Body, On: step.On, Zone: nil, Adult: d.adult, Born: d.born, Agreed: step.Agreed, Reasons: true,
		})
		_, err := d.Take(t.Context(), d.worker, step)
		if fault.KindOf(err) != fault.KindOf(wantErr) || (err == nil) != (wantErr == nil) {
			t.Fatalf("%s: %v, the rule says %v", step.Step, err, wantErr)
		}
		after := d.show().Procedures[0]
		if err != nil {
			want = before.State
		}
		if after.State.Stage != want.Stage || after.State.Suspended != want.Suspended || after.State.Refused != want.Refused || len(after.State.Timers) != len(want.Timers) {
			t.Fatalf("%s: %+v, the rule says %+v", step.Step, after.State, want)
		}
		for i, x := range after.State.Timers {
			if w := want.Timers[i]; x.Due.Day != w.Due.Day || x.Ended != w.Ended || x.Version != w.Version || x.Term != w.Term || x.Why != w.Why {
				t.Fatalf("%s: %+v, the rule says %+v", step.Step, x, w)
			}
		}
		if err == nil && len(after.Events) != len(before.Events)+1 || err != nil && len(after.Events) != len(before.Events) {
			t.Fatalf("%s: %d events after %d", step.Step, len(after.Events), len(before.Events))
		}
	}
}
