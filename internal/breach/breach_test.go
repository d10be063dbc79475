package breach_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/breach"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// desk is a node with two organisations, of which each has people whose names are sealed.
type desk struct {
	*breach.Register
	t                              *testing.T
	now                            time.Time
	officer, worker, second, other auth.Actor
	items                          map[string]vault.Item // by organisation and person
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), items: map[string]vault.Item{}}
	base := dbtest.OpenAt(t, func() time.Time { return d.now })
	v := vaulttest.Open(t, base)
	d.Register = &breach.Register{DB: base, Vault: v, Secrets: v.Secrets(func() time.Time { return d.now }), Law: profile.Base()}
	v.OnErase(d.Eraser())
	accounts := &auth.Accounts{DB: base}
	a, err := accounts.CreateOrg(t.Context(), "A (invented)", "UTC")
	if err != nil {
		t.Fatal(err)
	}
	b, err := accounts.CreateOrg(t.Context(), "B (invented)", "UTC")
	if err != nil {
		t.Fatal(err)
	}
	add := func(org auth.OrgID, roles ...auth.Role) auth.Actor {
		account, err := accounts.CreateAccount(t.Context(), auth.CLI(org), "Somebody (invented)", roles...)
		if err != nil {
			t.Fatal(err)
		}
		actor, err := accounts.Actor(t.Context(), account)
		if err != nil {
			t.Fatal(err)
		}
		return actor
	}
	d.officer, d.worker, d.second = add(a, auth.ProtectionOfficer), add(a, auth.Supervisor), add(a, auth.Supervisor)
	d.other = add(b, auth.ProtectionOfficer)
	for _, p := range []vault.PersonID{"p1", "p2", "p3"} {
		d.enrol(d.worker, p)
	}
	return d
}

func (d *desk) enrol(actor auth.Actor, p vault.PersonID) {
	d.t.Helper()
	err := d.DB.WriteUnaudited(d.t.Context(), "a test", func(tx *db.Tx) error {
		if err := d.Vault.Enrol(d.t.Context(), tx, actor, p, "adult-client"); err != nil {
			return err
		}
		place := vault.Place{Org: actor.Org, Person: p, Record: "r", Field: "name", Class: vault.Personal, Version: 1}
		sealed, err := d.Vault.Seal(d.t.Context(), tx, vault.Value{Place: place, Text: private.New("Invented")})
		if err == nil {
			d.items[string(p)] = vault.Item{Place: place, Sealed: sealed[0]}
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) look(who auth.Actor, p string, at time.Duration) {
	d.t.Helper()
	d.now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).Add(at)
	if _, err := d.Vault.Open(d.t.Context(), who, vault.Why{Purpose: "support", Scope: "case-1"}, d.items[p]); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) open(jurisdiction string) breach.ID {
	d.t.Helper()
	id, err := d.Open(d.t.Context(), d.officer, breach.Report{
		Kind: "opened-without-need", Found: d.now.Add(-time.Hour), Jurisdiction: jurisdiction, Note: private.New("Canary note (invented)"),
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return id
}

func TestClockFollowsTheLawOfTheDay(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct {
		where string
		found time.Time
		hours float64
	}{
		{"eu", d.now.Add(-time.Hour), 72},
		{"gb-eaw", d.now.Add(-time.Hour), 72},
		{"gb-eaw", time.Date(2020, 12, 31, 0, 0, 0, 0, time.UTC), 0}, // nothing is on record before
		{"eu", time.Date(2018, 5, 24, 0, 0, 0, 0, time.UTC), 0},
		{"us", d.now.Add(-time.Hour), 0},
		{"", d.now.Add(-time.Hour), 0},
	} {
		id, err := d.Open(t.Context(), d.officer, breach.Report{Kind: "lost-device", Found: c.found, Jurisdiction: c.where})
		if err != nil {
			t.Fatal(err)
		}
		b, _, err := d.Get(t.Context(), d.officer, id)
		if err != nil || b.Deadline.IsZero() != (c.hours == 0) || c.hours > 0 && b.Deadline.Sub(c.found).Hours() != c.hours {
			t.Errorf("%s, found %v: until %v, rule %q: %v", c.where, c.found, b.Deadline, b.Rule, err)
		}
	}
	for _, bad := range []breach.Report{{Kind: "x", Found: d.now}, {Kind: "lost", Found: d.now.Add(time.Minute)}, {Kind: "lost"}} {
		if _, err := d.Open(t.Context(), d.officer, bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// Whom it touches comes from the ledger: those whose file the account opened in that time, no others.
func TestAffectedComeFromTheLedger(t *testing.T) {
	d := newDesk(t)
	d.look(d.worker, "p1", -2*time.Hour) // before
	d.look(d.worker, "p2", time.Hour)
	d.look(d.worker, "p2", 2*time.Hour)
	d.look(d.second, "p3", 2*time.Hour) // somebody else
	d.look(d.worker, "p1", 3*time.Hour) // at the end, which is not included
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	d.now = start.Add(5 * time.Hour)
	id := d.open("eu")
	for i, want := range []int{1, 0} {
		n, err := d.AddOpenedBy(t.Context(), d.officer, id, d.worker.Account, start, start.Add(3*time.Hour))
		if err != nil || n != want {
			t.Fatalf("time %d: %d added, want %d: %v", i+1, n, want, err)
		}
	}
	if err := d.Judge(t.Context(), d.officer, id, "p2", breach.Unsafe); err != nil {
		t.Fatal(err)
	}
	if n, err := d.AddEverybody(t.Context(), d.officer, id); err != nil || n != 2 {
		t.Errorf("%d added, want the 2 others: %v", n, err)
	}
	b, persons, err := d.Get(t.Context(), d.officer, id)
	if err != nil || len(persons) != 3 || b.Counts[breach.Unknown] != 2 || b.Counts[breach.Unsafe] != 1 {
		t.Errorf("%+v, %v", persons, err)
	}
	if b.Note.Reveal("compare") != "Canary note (invented)" {
		t.Error("the note is lost")
	}
	proposal, err := d.Vault.ProposeErasure(t.Context(), d.worker, "p1", "request")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Vault.Erase(t.Context(), d.officer, proposal); err != nil {
		t.Fatal(err)
	}
	if _, persons, err := d.Get(t.Context(), d.officer, id); err != nil || len(persons) != 2 {
		t.Errorf("after an erasure %d are listed: %v", len(persons), err)
	}
}

// Nobody counts as told by default, and a breach is not closed over people nobody has thought of.
func TestCloseNeedsAnAnswerForEverybody(t *testing.T) {
	d := newDesk(t)
	id := d.open("eu")
	ctx := t.Context()
	if _, err := d.AddEverybody(ctx, d.officer, id); err != nil {
		t.Fatal(err)
	}
	for _, told := range []breach.Told{breach.Unknown, breach.Safe, breach.NotNow} {
		for _, p := range []vault.PersonID{"p1", "p2", "p3"} {
			if err := d.Judge(ctx, d.officer, id, p, breach.Done); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Judge(ctx, d.officer, id, "p2", told); err != nil {
			t.Fatal(err)
		}
		if err := d.Close(ctx, d.officer, id); fault.KindOf(err) != fault.Conflict {
			t.Errorf("closed while somebody is %q: %v", told, err)
		}
	}
	if err := d.Judge(ctx, d.officer, id, "p2", breach.Unsafe); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(ctx, d.officer, id); err != nil {
		t.Error(err)
	}
	if err := d.Judge(ctx, d.officer, id, "p2", "perhaps"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an answer that is none: %v", err)
	}
	if err := d.Judge(ctx, d.officer, id, "p9", breach.Safe); fault.KindOf(err) != fault.NotFound {
		t.Errorf("somebody who is not on the list: %v", err)
	}
}

func TestRemindedOnceADayBefore(t *testing.T) {
	d := newDesk(t)
	id := d.open("eu")
	notices := func() (n int) {
		err := d.DB.Read(t.Context(), func(tx *db.Tx) error {
			all, err := notify.List(t.Context(), tx, string(d.officer.Org), string(d.officer.Account), 100)
			for _, one := range all {
				if one.Kind == notify.BreachClock && one.About == string(id) {
					n++
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if notices() != 1 {
		t.Error("the officer was not told")
	}
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{40 * time.Hour, 0}, {8 * time.Hour, 1}, {time.Hour, 0}} {
		d.now = d.now.Add(c.after)
		if n, err := d.Tend(t.Context(), d.now); n != c.want || err != nil {
			t.Errorf("after %v: %d reminded, want %d: %v", c.after, n, c.want, err)
		}
	}
	if err := d.Reported(t.Context(), d.officer, id, "Anna (invented) & co"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a name as reference: %v", err)
	}
	if err := d.Reported(t.Context(), d.officer, id, "ICO 2026/17"); err != nil || notices() != 2 {
		t.Errorf("%d notices: %v", notices(), err)
	}
	if err := d.Reported(t.Context(), d.officer, id, ""); fault.KindOf(err) != fault.Conflict {
		t.Errorf("told twice: %v", err)
	}
}

// The register is the protection officer's, of the own organisation. To everybody else it is not there.
func TestOnlyTheOfficerKeepsIt(t *testing.T) {
	d := newDesk(t)
	id := d.open("eu")
	ctx := context.Background()
	for name, actor := range map[string]auth.Actor{"worker": d.worker, "another organisation": d.other, "nobody": {}, "administrator": {Org: d.officer.Org, Account: "x", Roles: []auth.Role{auth.Administrator}}} {
		_, _, get := d.Get(ctx, actor, id)
		_, all := d.AddEverybody(ctx, actor, id)
		_, by := d.AddOpenedBy(ctx, actor, id, "a", d.now, d.now.Add(1))
		for what, err := range map[string]error{
			"get": get, "everybody": all, "by account": by,
			"judge": d.Judge(ctx, actor, id, "p1", breach.Safe), "reported": d.Reported(ctx, actor, id, ""), "close": d.Close(ctx, actor, id),
		} {
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
		if list, err := d.List(ctx, actor); len(list) > 0 || (err == nil) != (name == "another organisation") {
			t.Errorf("%s lists %d: %v", name, len(list), err)
		}
	}
}

func TestNoteIsSealed(t *testing.T) {
	d := newDesk(t)
	d.open("eu")
	var note []byte
	err := d.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT note FROM breach").Scan(&note)
	})
	if err != nil || len(note) == 0 || strings.Contains(string(note), "Canary") {
		t.Errorf("stored as %q: %v", note, err)
	}
}
