package auth_test

import (
	"context"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// house is a node whose organisation has somebody for every role.
type house struct {
	*node
	t                                             *testing.T
	boss, officer, second, chief, worker, analyst auth.AccountID
}

func newHouse(t *testing.T) *house {
	t.Helper()
	n := newNode(t)
	return &house{
		node: n, t: t, boss: n.account,
		officer: n.create(t, "Invented Officer", auth.ProtectionOfficer),
		second:  n.create(t, "Invented Second Officer", auth.ProtectionOfficer),
		chief:   n.create(t, "Invented Chief", auth.Supervisor),
		worker:  n.create(t, "Invented Worker", auth.SupportWorker),
		analyst: n.create(t, "Invented Analyst", auth.Analyst),
	}
}

// as returns an account as somebody who is signed in.
func (h *house) as(id auth.AccountID) auth.Actor {
	h.t.Helper()
	a, err := h.Actor(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	a.Via = auth.ViaSession
	return a
}

// mayOpen asks whether an account may open a case now.
func (h *house) mayOpen(id auth.AccountID, scope string) bool {
	h.t.Helper()
	return h.opens(h.as(id), scope)
}

func (h *house) opens(a auth.Actor, scope string) bool {
	h.t.Helper()
	err := h.DB.Read(h.t.Context(), func(tx *db.Tx) error { return auth.MayOpen(h.t.Context(), tx, a, scope) })
	if err != nil && fault.KindOf(err) != fault.NotFound {
		h.t.Fatalf("a refusal that tells: %v", err)
	}
	return err == nil
}

// told returns the kinds of the unread notices to an account.
func (h *house) told(id auth.AccountID) map[notify.Kind]int {
	h.t.Helper()
	kinds := map[notify.Kind]int{}
	err := h.DB.Read(h.t.Context(), func(tx *db.Tx) error {
		all, err := notify.List(h.t.Context(), tx, string(h.org), string(id), 100)
		for _, n := range all {
			if !n.Read {
				kinds[n.Kind]++
			}
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return kinds
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// propose asks for a role.
func (h *house) propose(to auth.AccountID, role auth.Role, until string) auth.ProposalID {
	h.t.Helper()
	id, err := h.GrantRole(h.t.Context(), h.as(h.boss), auth.Request{Account: to, Role: role, Until: until, Reason: "new service"})
	h.must(err)
	if id == "" {
		h.t.Fatalf("%s was given by one person", role)
	}
	return id
}

func TestSensitiveRoleTakesTwoPeople(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	for _, role := range auth.Roles() {
		if !auth.Sensitive(role) {
			continue
		}
		newcomer := h.create(t, "Invented "+string(role), auth.Analyst)
		id := h.propose(newcomer, role, "2026-12-31")
		if h.as(newcomer).Is(role) {
			t.Fatalf("%s is held before anybody approved", role)
		}
		for name, who := range map[string]auth.AccountID{"who proposed": h.boss, "a chief": h.chief, "a worker": h.worker, "whom it is about": newcomer} {
			if err := h.Approve(ctx, h.as(who), id); err == nil {
				t.Fatalf("%s approved %s", name, role)
			}
		}
		if h.told(h.officer)[notify.ProposalOpened] == 0 || h.told(newcomer)[notify.ProposalOpened] == 0 {
			t.Errorf("%s: officer and owner were not told", role)
		}
		h.must(h.Approve(ctx, h.as(h.officer), id))
		if h.told(h.second)[notify.ProposalOpened] != 0 {
			t.Errorf("%s: a decided proposal still waits on somebody's page", role)
		}
		if !h.as(newcomer).Is(role) || h.told(newcomer)[notify.ProposalDecided] != 1 {
			t.Errorf("%s is not held after the approval, or its owner was not told", role)
		}
		wantKind(t, "approving twice", h.Approve(ctx, h.as(h.second), id), fault.NotFound)
	}
	id, err := h.GrantRole(ctx, h.as(h.boss), auth.Request{Account: h.worker, Role: auth.LegalAnalyst, Reason: "x"})
	if err != nil || id != "" || !h.as(h.worker).Is(auth.LegalAnalyst) {
		t.Errorf("an ordinary role: proposal %q, %v", id, err)
	}
	_, err = h.CreateAccount(ctx, h.as(h.boss), "Invented Short Cut", auth.Investigator)
	wantKind(t, "an account with a sensitive role at once", err, fault.Denied)
}

// A proposal that hides whose access it changes would let its owner approve it.
func TestProposalsNameTheirOwner(t *testing.T) {
	h := newHouse(t)
	for _, kind := range []auth.ChangeKind{auth.RoleGrant, auth.RoleEnd, auth.AccountClose, auth.CredentialReset} {
		for _, owner := range []auth.AccountID{"", h.worker} {
			_, err := h.Propose(t.Context(), h.as(h.boss), auth.Change{
				Kind: kind, Subject: string(h.officer), Account: owner, Reason: "x",
				Detail: map[string]string{"role": string(auth.Investigator), "until": "2026-12-31"},
			})
			wantKind(t, string(kind)+" of somebody hidden", err, fault.NotFound)
		}
	}
}

// An administrator who is also an officer by some mistake in the tables approves nothing.
func TestAdministratorIsNobodysSecondPerson(t *testing.T) {
	h := newHouse(t)
	id := h.propose(h.analyst, auth.Investigator, "2026-12-31")
	both := h.create(t, "Invented Both", auth.ProtectionOfficer)
	h.must(h.DB.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO account_role (org_id, account_id, role) VALUES ($1, $2, $3)", h.org, both, auth.Administrator)
		return err
	}))
	wantKind(t, "an administrator with the officer's role", h.Approve(t.Context(), h.as(both), id), fault.NotFound)
	_, err := h.GrantRole(t.Context(), h.as(h.boss), auth.Request{Account: h.officer, Role: auth.Administrator, Until: "2026-12-31", Reason: "x"})
	wantKind(t, "an officer becomes administrator", err, fault.Invalid)
	_, err = h.CreateAccount(t.Context(), auth.CLI(h.org), "x", auth.Administrator, auth.ProtectionOfficer)
	wantKind(t, "an account that is both", err, fault.Invalid)
	stale := h.as(h.officer)
	h.must(h.EndRole(t.Context(), h.as(h.second), h.officer, auth.ProtectionOfficer))
	wantKind(t, "an officer of a minute ago", h.Approve(t.Context(), stale, id), fault.NotFound)
	token := h.as(h.second)
	token.Via = auth.ViaToken
	wantKind(t, "a program", h.Approve(t.Context(), token, id), fault.NotFound)
}

func TestRolesEndWithTheirTime(t *testing.T) {
	h := newHouse(t)
	newcomer := h.create(t, "Invented Locum", auth.Analyst)
	h.must(h.Approve(t.Context(), h.as(h.officer), h.propose(newcomer, auth.Supervisor, "2026-01-03")))
	// The organisation is in Manila, eight hours ahead: its third of January ends at 16:00 UTC.
	end := time.Date(2026, 1, 3, 16, 0, 0, 0, time.UTC)
	h.pass(end.Add(-time.Microsecond).Sub(h.now))
	if !h.as(newcomer).Is(auth.Supervisor) || !h.mayOpen(newcomer, "case-1") {
		t.Error("the role ended before its last day did")
	}
	h.pass(time.Microsecond)
	if h.as(newcomer).Is(auth.Supervisor) || h.mayOpen(newcomer, "case-1") || !h.as(newcomer).Is(auth.Analyst) {
		t.Error("the role outlived its last day, or took another with it")
	}
	all, err := h.List(t.Context(), h.org)
	h.must(err)
	for _, a := range all {
		if a.ID == newcomer && (len(a.Roles) != 1 || len(a.Grants) != 2) {
			t.Errorf("the list shows roles %v, grants %v", a.Roles, a.Grants)
		}
	}
	for _, bad := range []string{"", "2026-01-01", "2028-01-01", "31.12.2026", "2026-02-30"} {
		_, err := h.GrantRole(t.Context(), h.as(h.boss), auth.Request{Account: newcomer, Role: auth.Supervisor, Until: bad, Reason: "x"})
		wantKind(t, "a sensitive role until "+bad, err, fault.Invalid)
	}
}

func TestProposalsLapseAndAreTakenBack(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	id := h.propose(h.analyst, auth.Investigator, "2026-12-31")
	wantKind(t, "somebody else withdraws", h.Withdraw(ctx, h.as(h.officer), id), fault.NotFound)
	h.must(h.Withdraw(ctx, h.as(h.boss), id))
	wantKind(t, "approving what was withdrawn", h.Approve(ctx, h.as(h.officer), id), fault.NotFound)
	id = h.propose(h.analyst, auth.Investigator, "2026-12-31")
	h.must(h.Decline(ctx, h.as(h.officer), id))
	wantKind(t, "approving what was declined", h.Approve(ctx, h.as(h.second), id), fault.NotFound)
	id = h.propose(h.analyst, auth.Investigator, "2026-12-31")
	waiting, err := h.Waiting(ctx, h.as(h.officer))
	if err != nil || len(waiting) != 1 || waiting[0].ID != id || waiting[0].Detail["role"] != string(auth.Investigator) {
		t.Errorf("waiting for the officer: %+v, %v", waiting, err)
	}
	if waiting, err := h.Waiting(ctx, h.as(h.worker)); err != nil || len(waiting) != 0 {
		t.Errorf("waiting for somebody else: %+v, %v", waiting, err)
	}
	h.pass(7 * 24 * time.Hour)
	wantKind(t, "approving what has waited a week", h.Approve(ctx, h.as(h.officer), id), fault.Conflict)
	id = h.propose(h.analyst, auth.Investigator, "2026-12-31")
	other := h.create(t, "Invented Other Boss", auth.Administrator)
	h.must(h.CloseAccount(ctx, h.as(other), h.boss))
	wantKind(t, "the proposal of somebody who has left", h.Approve(ctx, h.as(h.officer), id), fault.Conflict)
}

// TestFirstLinkIsNotTheAdministrators walks the way by which an administrator could wait inside an
// account until it is given a role: add it, use its link, propose the role.
func TestFirstLinkIsNotTheAdministrators(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	forgotten := 0
	h.OnHandOver(func(_ context.Context, _ *db.Tx, _ auth.OrgID, _ auth.AccountID) error { forgotten++; return nil })
	id, waiting, err := h.Add(ctx, h.as(h.boss), auth.Newcomer{Name: "Invented Newcomer", Roles: []auth.Role{auth.Analyst, auth.SupportWorker}, Until: "2026-12-31", Reason: "night shift"})
	if err != nil || len(waiting) != 1 {
		t.Fatal(waiting, err)
	}
	link, err := h.Invite(ctx, h.as(h.boss), id)
	h.must(err)
	inside, err := h.RedeemLink(ctx, link, "")
	h.must(err)
	later, err := h.Invite(ctx, h.as(h.boss), id)
	h.must(err)
	h.must(h.Approve(ctx, h.as(h.officer), waiting[0]))
	_, err = h.Session(ctx, inside)
	wantKind(t, "the session that waited inside", err, fault.Denied)
	_, err = h.RedeemLink(ctx, later, "")
	wantKind(t, "the link that was kept", err, fault.Denied)
	_, err = h.Invite(ctx, h.as(h.boss), id)
	wantKind(t, "a new link for the administrator", err, fault.NotFound)
	_, err = h.Invite(ctx, h.as(h.second), id)
	wantKind(t, "a link for an officer who did not approve", err, fault.NotFound)
	link, err = h.Invite(ctx, h.as(h.officer), id)
	h.must(err)
	_, err = h.RedeemLink(ctx, link, "")
	h.must(err)
	if forgotten != 1 {
		t.Errorf("credentials were forgotten %d times, want once", forgotten)
	}
	if _, err := h.StartSession(ctx, id); err != nil {
		t.Fatal(err)
	}
	_, err = h.Invite(ctx, h.as(h.officer), id)
	wantKind(t, "a link after its owner has signed in", err, fault.Conflict)
}

// The second person cannot be removed by the administrator, nor can the last of a role.
func TestSecondPersonStays(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	wantKind(t, "the administrator closes an officer", h.CloseAccount(ctx, h.as(h.boss), h.officer), fault.Denied)
	wantKind(t, "the administrator ends an officer's role", h.EndRole(ctx, h.as(h.boss), h.officer, auth.ProtectionOfficer), fault.Denied)
	wantKind(t, "the last administrator", h.EndRole(ctx, h.as(h.officer), h.boss, auth.Administrator), fault.Conflict)
	id, err := h.Propose(ctx, h.as(h.boss), auth.Change{Kind: auth.AccountClose, Subject: string(h.officer), Account: h.officer, Reason: "has left"})
	h.must(err)
	wantKind(t, "whom it is about", h.Approve(ctx, h.as(h.officer), id), fault.Denied)
	h.must(h.Approve(ctx, h.as(h.second), id))
	_, err = h.Propose(ctx, h.as(h.boss), auth.Change{Kind: auth.AccountClose, Subject: string(h.second), Account: h.second, Reason: "has left"})
	wantKind(t, "the last officer", err, fault.Conflict)
	wantKind(t, "a role that is not held", h.EndRole(ctx, h.as(h.boss), h.worker, auth.Liaison), fault.NotFound)
	h.must(h.EndRole(ctx, h.as(h.boss), h.worker, auth.SupportWorker))
	if h.mayOpen(h.worker, "case-1") || h.told(h.worker)[notify.RolesChanged] != 1 {
		t.Error("a role that was ended is held, or its owner was not told")
	}
}
