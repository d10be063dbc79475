package staff_test

import (
	"slices"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/staff"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// team is an invented service: a worker with a case, a colleague on it, a chief, and a stranger to it.
type team struct {
	*staff.Staffs
	t                                  *testing.T
	db                                 *db.DB
	vault                              *vault.Vault
	cases                              *casefile.Cases
	accounts                           *auth.Accounts
	now                                time.Time
	org                                auth.OrgID
	worker, colleague, chief, outsider auth.Actor
	of                                 casefile.ID
}

func newTeam(t *testing.T) *team {
	b := &team{t: t, now: time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)}
	b.db = dbtest.OpenAt(t, func() time.Time { return b.now })
	b.vault = vaulttest.Open(t, b.db)
	b.accounts = &auth.Accounts{DB: b.db}
	b.cases = casefile.On(b.db, b.vault, b.accounts, nil)
	b.Staffs = staff.On(b.db, b.vault, b.cases)
	var err error
	b.org, err = b.accounts.CreateOrg(t.Context(), "Hill House (invented)", "UTC")
	b.must(err)
	b.worker, b.colleague, b.outsider = b.account(auth.SupportWorker), b.account(auth.SupportWorker), b.account(auth.SupportWorker)
	b.chief = b.account(auth.Supervisor)
	b.of, err = b.cases.Open(t.Context(), b.worker, casefile.Begin{Reason: "asks-for-help"})
	b.must(err)
	b.must(b.cases.AddWorker(t.Context(), b.worker, b.of, auth.Holder{Account: b.colleague.Account}))
	return b
}

func (b *team) account(role auth.Role) auth.Actor {
	b.t.Helper()
	id, err := b.accounts.CreateAccount(b.t.Context(), auth.CLI(b.org), "Invented "+string(role), role)
	b.must(err)
	return auth.Actor{Org: b.org, Account: id, Roles: []auth.Role{role}, Via: auth.ViaSession, Zone: "UTC"}
}

func (b *team) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(fault.Cause(err))
	}
}

func (b *team) kind(what string, err error, want fault.Kind) {
	b.t.Helper()
	if err == nil || fault.KindOf(err) != want {
		b.t.Errorf("%s: %v, want %s", what, fault.Cause(err), want)
	}
}

// unread is who has an unread notice of the visit, sorted.
func (b *team) unread() (all []auth.AccountID) {
	b.t.Helper()
	b.must(b.db.Read(b.t.Context(), func(tx *db.Tx) error {
		for _, a := range []auth.Actor{b.worker, b.colleague, b.outsider, b.chief} {
			list, err := notify.List(b.t.Context(), tx, string(b.org), string(a.Account), 10)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(list, func(n notify.Notice) bool { return n.Kind == notify.VisitOverdue && !n.Read }) {
				all = append(all, a.Account)
			}
		}
		return nil
	}))
	slices.Sort(all)
	return all
}

func (b *team) tend(minutes int) int {
	b.t.Helper()
	b.now = b.now.Add(time.Duration(minutes) * time.Minute)
	n, err := b.Tend(b.t.Context(), b.now)
	b.must(err)
	return n
}

func (b *team) going() staff.Going {
	return staff.Going{
		BackBy: b.now.Add(time.Hour), Tell: b.colleague.Account, ThenTell: b.chief.Account,
		Where: private.New("harbour area"), Reach: private.New("second telephone"),
	}
}

func sorted(all ...auth.Actor) (ids []auth.AccountID) {
	for _, a := range all {
		ids = append(ids, a.Account)
	}
	slices.Sort(ids)
	return ids
}

// Whoever does not check in is missed: first by one, then by another, then by all who answer for the
// service; never again after they are back.
func TestWhoeverIsOutIsMissed(t *testing.T) {
	b := newTeam(t)
	ctx := t.Context()
	id, err := b.Leave(ctx, b.worker, b.of, b.going())
	b.must(err)
	if n := b.tend(59); n != 0 || len(b.unread()) > 0 {
		t.Errorf("told %d before the time", n)
	}
	if n := b.tend(1); n != 1 || !slices.Equal(b.unread(), sorted(b.colleague)) {
		t.Errorf("told %d: %v", n, b.unread())
	}
	if n := b.tend(29); n != 0 {
		t.Errorf("told %d again at once", n)
	}
	if n := b.tend(1); n != 2 || !slices.Equal(b.unread(), sorted(b.colleague, b.chief)) {
		t.Errorf("half an hour later %d: %v", n, b.unread())
	}
	if n := b.tend(30); n != 1 {
		t.Errorf("an hour later %d", n)
	}
	if n := b.tend(600); n != 0 {
		t.Errorf("told %d without end", n)
	}
	missed, err := b.Missed(ctx, b.colleague)
	b.must(err)
	if len(missed) != 1 || !missed[0].Overdue(b.now) {
		t.Errorf("%d visits are missed", len(missed))
	}
	where, reach, err := b.Whereabouts(ctx, b.chief, b.of, id)
	b.must(err)
	if where.Reveal("test") != "harbour area" || reach.Reveal("test") != "second telephone" {
		t.Error("where they went is not what was written")
	}
	b.must(b.Back(ctx, b.colleague, b.of, id))
	if len(b.unread()) > 0 {
		t.Error("the notices stay after somebody is back")
	}
	b.kind("back twice", b.Back(ctx, b.worker, b.of, id), fault.Conflict)
}

func TestLaterBeginsAnew(t *testing.T) {
	b := newTeam(t)
	id, err := b.Leave(t.Context(), b.worker, b.of, b.going())
	b.must(err)
	b.tend(60)
	b.must(b.Later(t.Context(), b.worker, b.of, id, b.now.Add(time.Hour)))
	if n := b.tend(59); n != 0 || len(b.unread()) != 0 {
		t.Errorf("told %d before the new time", n)
	}
	if n := b.tend(1); n != 1 {
		t.Errorf("told %d at the new time", n)
	}
	b.kind("a day and more", b.Later(t.Context(), b.worker, b.of, id, b.now.Add(25*time.Hour)), fault.Invalid)
}

func TestWhatCannotBeNoted(t *testing.T) {
	b := newTeam(t)
	ctx := t.Context()
	for name, change := range map[string]func(*staff.Going){
		"in the past":       func(g *staff.Going) { g.BackBy = b.now.Add(-time.Minute) },
		"for two days":      func(g *staff.Going) { g.BackBy = b.now.Add(48 * time.Hour) },
		"telling oneself":   func(g *staff.Going) { g.Tell = b.worker.Account },
		"telling nobody":    func(g *staff.Going) { g.Tell = "" },
		"telling strangers": func(g *staff.Going) { g.Tell = b.outsider.Account },
		"telling one twice": func(g *staff.Going) { g.ThenTell = g.Tell },
	} {
		g := b.going()
		change(&g)
		_, err := b.Leave(ctx, b.worker, b.of, g)
		b.kind(name, err, fault.Invalid)
	}
	for name, th := range map[string]staff.Threat{
		"nothing": {}, "an invented way": {Against: "worker", Kind: "magic", On: "2026-06-01"}, "no date": {Against: "worker", Kind: "call"},
	} {
		_, err := b.Report(ctx, b.worker, b.of, th)
		b.kind(name, err, fault.Invalid)
	}
}

func TestThreats(t *testing.T) {
	b := newTeam(t)
	ctx := t.Context()
	id, err := b.Report(ctx, b.worker, b.of, staff.Threat{Against: "house", Kind: "call", On: "2026-06-01", Words: private.New("we know where you are")})
	b.must(err)
	all, err := b.Threats(ctx, b.colleague, b.of)
	b.must(err)
	if len(all) != 1 || all[0].Words.Reveal("test") != "we know where you are" || all[0].State != "open" || all[0].By != b.worker.Account {
		t.Fatalf("%+v", all)
	}
	b.must(b.Settle(ctx, b.chief, b.of, id, 1, "acted"))
	b.kind("settled beside another", b.Settle(ctx, b.worker, b.of, id, 1, "closed"), fault.Stale)
	tasks, err := b.cases.Tasks(ctx, b.worker, b.of)
	b.must(err)
	if len(tasks) != 1 || tasks[0].Clear.Kind != "staff.threat" || tasks[0].Clear.State != casefile.Done {
		t.Errorf("%+v", tasks)
	}
}

// The week counts what the worker themselves opened of what people told, warns and blocks nothing.
func TestWeekWarnsAndBlocksNothing(t *testing.T) {
	b := newTeam(t)
	ctx := t.Context()
	_, err := b.Report(ctx, b.worker, b.of, staff.Threat{Against: "house", Kind: "call", On: "2026-06-01", Words: private.New("x")})
	b.must(err)
	read := func(who auth.Actor) {
		_, err := b.Threats(ctx, who, b.of)
		b.must(err)
	}
	read(b.worker)
	b.now = b.now.AddDate(0, 0, 8) // the first reading is of another week
	for range 3 {
		read(b.worker)
	}
	read(b.colleague)
	if w, err := b.Week(ctx, b.worker); err != nil || w.Many || w.TooMuch || w.LimitsThatHold != staff.Usual() {
		t.Errorf("%+v, %v", w, err)
	}
	b.must(b.SetLimits(ctx, b.chief, 0, staff.Limits{Cases: 1, Told: 2}))
	w, err := b.Week(ctx, b.worker)
	b.must(err)
	if w.Told != 3 || w.Cases != 1 || w.Many || !w.TooMuch {
		t.Errorf("%+v", w)
	}
	read(b.worker) // still
}

func TestWorkingNames(t *testing.T) {
	b := newTeam(t)
	b.must(b.Rename(t.Context(), b.worker, "  Anna   from the house "))
	if name, err := b.KnownAs(t.Context(), b.worker); err != nil || name != "Anna from the house" {
		t.Errorf("%q, %v", name, err)
	}
	b.must(b.Rename(t.Context(), b.worker, ""))
	if name, err := b.KnownAs(t.Context(), b.worker); err != nil || name != "" {
		t.Errorf("%q, %v", name, err)
	}
	b.kind("an analyst", b.Rename(t.Context(), b.account(auth.Analyst), "x"), fault.NotFound)
}

// TestForbiddenIsNotFoundAndGoes: whoever may not reach the case gets no answer, and visits and threats go
// with the person.
func TestForbiddenIsNotFoundAndGoes(t *testing.T) {
	b := newTeam(t)
	ctx := t.Context()
	id, err := b.Leave(ctx, b.worker, b.of, b.going())
	b.must(err)
	_, err = b.Report(ctx, b.worker, b.of, staff.Threat{Against: "house", Kind: "call", On: "2026-06-01", Words: private.New("x")})
	b.must(err)
	for _, who := range []auth.Actor{b.outsider, b.account(auth.Administrator), b.account(auth.ProtectionOfficer), {}} {
		_, err := b.Leave(ctx, who, b.of, b.going())
		b.kind("leave", err, fault.NotFound)
		b.kind("back", b.Back(ctx, who, b.of, id), fault.NotFound)
		b.kind("later", b.Later(ctx, who, b.of, id, b.now.Add(time.Hour)), fault.NotFound)
		_, err = b.Outings(ctx, who, b.of)
		b.kind("visits", err, fault.NotFound)
		_, _, err = b.Whereabouts(ctx, who, b.of, id)
		b.kind("where", err, fault.NotFound)
		_, err = b.Threats(ctx, who, b.of)
		b.kind("threats", err, fault.NotFound)
		if all, err := b.Missed(ctx, who); err != nil || len(all) > 0 {
			t.Errorf("missed by %s: %v, %v", who.Account, all, err)
		}
	}
	c, err := b.cases.Get(ctx, b.worker, b.of)
	b.must(err)
	check, err := b.vault.Check(ctx)
	b.must(err)
	if len(check.Findings) > 0 {
		t.Errorf("%+v", check)
	}
	proposal, err := b.vault.ProposeErasure(ctx, b.chief, c.Person, "request")
	b.must(err)
	_, err = b.vault.Erase(ctx, b.account(auth.ProtectionOfficer), proposal)
	b.must(err)
	for _, table := range []string{"protection_outing", "protection_threat", "protection_history"} {
		var n int
		b.must(b.db.Read(ctx, func(tx *db.Tx) error {
			return tx.QueryRow(ctx, "SELECT count(*) FROM "+table+" WHERE person_id = $1", string(c.Person)).Scan(&n)
		}))
		if n > 0 {
			t.Errorf("%d rows are left in %s", n, table)
		}
	}
}

// TestLimitsOfAService: who answers for the service sets the limits, over what they saw; from then on they hold for everybody
// there, and whoever gives a case away learns who has many, without a number.
func TestLimitsOfAService(t *testing.T) {
	b := newTeam(t)
	ctx := t.Context()
	many := func(step string, want bool) {
		t.Helper()
		all, err := b.Loaded(ctx, b.colleague)
		b.must(err)
		if all[b.worker.Account] != want || all[b.outsider.Account] {
			t.Errorf("%s: %v", step, all)
		}
	}
	many("one of twenty", false)
	b.must(b.SetLimits(ctx, b.chief, 0, staff.Limits{Cases: 2, Told: 1}))
	many("one of two", false)
	b.must(b.SetLimits(ctx, b.chief, 1, staff.Limits{Cases: 1, Told: 1}))
	many("one of one", true)
	b.kind("over what somebody else set", b.SetLimits(ctx, b.chief, 1, staff.Limits{Cases: 9, Told: 9}), fault.Stale)
	b.kind("a worker", b.SetLimits(ctx, b.worker, 2, staff.Limits{Cases: 9, Told: 9}), fault.NotFound)
	for _, l := range []staff.Limits{{}, {Cases: 1}, {Told: 1}, {Cases: 1001, Told: 1}, {Cases: -1, Told: 1}} {
		b.kind("a limit that is none", b.SetLimits(ctx, b.chief, 2, l), fault.Invalid)
	}
	if l, version, err := b.Limits(ctx, b.worker); err != nil || version != 2 || l != (staff.Limits{Cases: 1, Told: 1}) {
		t.Errorf("%+v, %d, %v", l, version, err)
	}
	if l, _, err := b.Limits(ctx, auth.Actor{Org: "elsewhere"}); err != nil || l != staff.Usual() {
		t.Errorf("another organisation has %+v, %v", l, err)
	}
	_, err := b.Loaded(ctx, b.account(auth.Analyst))
	b.kind("an analyst asks who has many", err, fault.NotFound)
}
