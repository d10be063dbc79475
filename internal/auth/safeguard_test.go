package auth_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// recipients sets who is told of emergency access.
func (h *house) recipients(accounts ...auth.AccountID) {
	h.t.Helper()
	id, err := h.ProposeRecipients(h.t.Context(), h.as(h.boss), auth.OnGlass, accounts, "as agreed")
	h.must(err)
	h.must(h.Approve(h.t.Context(), h.as(h.officer), id))
}

func TestExclusionHoldsForChiefsAndInAnEmergency(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.recipients(h.officer, h.second)
	if !h.mayOpen(h.chief, "case-1") {
		t.Fatal("the chief opens nothing: this test could not fail")
	}
	wantKind(t, "a worker keeps a list", h.Exclude(ctx, h.as(h.worker), "case-1", h.chief, "relative"), fault.NotFound)
	wantKind(t, "no reason", h.Exclude(ctx, h.as(h.officer), "case-1", h.chief, ""), fault.Invalid)
	for range 2 { // twice is no error
		h.must(h.Exclude(ctx, h.as(h.officer), "case-1", h.chief, "relative"))
	}
	if h.mayOpen(h.chief, "case-1") || !h.mayOpen(h.chief, "case-2") {
		t.Error("an excluded chief opens the case, or nothing else")
	}
	_, err := h.Break(ctx, h.as(h.chief), "danger-to-life", "case-1")
	wantKind(t, "emergency access to the excluded case", err, fault.NotFound)
	_, err = h.Break(ctx, h.as(h.chief), "danger-to-life", "case-2")
	h.must(err)
	if h.mayOpen(h.chief, "case-1") {
		t.Error("emergency access to another case opens the excluded one")
	}
	if list, err := h.Exclusions(ctx, h.as(h.chief)); err != nil || len(list) != 0 {
		t.Errorf("the excluded see the list: %v, %v", list, err)
	}
	if list, err := h.Exclusions(ctx, h.as(h.officer)); err != nil || len(list) != 1 {
		t.Errorf("the list: %v, %v", list, err)
	}
	_, err = h.Exclusions(ctx, h.as(h.boss))
	wantKind(t, "an administrator sees the list", err, fault.NotFound)
}

func TestEndingAnExclusionTakesTwoWhoAreNotOnIt(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.must(h.Exclude(ctx, h.as(h.officer), "case-1", h.chief, "relative"))
	_, err := h.EndExclusion(ctx, h.as(h.chief), "case-1", h.chief, "was long ago")
	wantKind(t, "the excluded proposes", err, fault.NotFound)
	id, err := h.EndExclusion(ctx, h.as(h.officer), "case-1", h.chief, "was a mistake")
	h.must(err)
	wantKind(t, "one person alone", h.Approve(ctx, h.as(h.officer), id), fault.Denied)
	wantKind(t, "the excluded approves", h.Approve(ctx, h.as(h.chief), id), fault.NotFound)
	if h.mayOpen(h.chief, "case-1") {
		t.Fatal("open before the second person")
	}
	h.must(h.Approve(ctx, h.as(h.second), id))
	if !h.mayOpen(h.chief, "case-1") {
		t.Error("still excluded")
	}
}

func TestTeamsOpenTheirCases(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	other := h.create(t, "Invented Other Worker", auth.SupportWorker)
	investigator := h.create(t, "Invented Investigator", auth.Investigator)
	team, err := h.FormTeam(ctx, h.as(h.chief), "Night (invented)")
	h.must(err)
	_, err = h.FormTeam(ctx, h.as(h.boss), "x")
	wantKind(t, "an administrator forms a team", err, fault.NotFound)
	wantKind(t, "an administrator joins somebody", h.Join(ctx, h.as(h.boss), team, h.boss), fault.NotFound)
	wantKind(t, "an administrator assigns", h.Assign(ctx, h.as(h.boss), "case-1", auth.Holder{Account: h.boss}), fault.NotFound)
	if !h.mayOpen(h.worker, "case-1") || !h.mayOpen(other, "case-1") || h.mayOpen(investigator, "case-1") {
		t.Error("a case of nobody: workers may, an investigator may not")
	}
	h.must(h.Join(ctx, h.as(h.chief), team, h.worker))
	h.must(h.Assign(ctx, h.as(h.chief), "case-1", auth.Holder{Team: team}))
	if !h.mayOpen(h.worker, "case-1") || h.mayOpen(other, "case-1") || !h.mayOpen(h.chief, "case-1") {
		t.Error("a case of a team: its members and the chief may, others may not")
	}
	h.must(h.Assign(ctx, h.as(h.chief), "case-1", auth.Holder{Account: investigator}))
	if !h.mayOpen(investigator, "case-1") || h.mayOpen(investigator, "case-2") {
		t.Error("an investigator may open the assigned case, and no other")
	}
	h.must(h.Part(ctx, h.as(h.chief), team, h.worker))
	if h.mayOpen(h.worker, "case-1") {
		t.Error("whoever left the team still opens its case")
	}
	h.must(h.Join(ctx, h.as(h.chief), team, h.worker))
	h.must(h.CloseTeam(ctx, h.as(h.chief), team))
	if h.mayOpen(h.worker, "case-1") {
		t.Error("a closed team still opens its case")
	}
	wantKind(t, "unassigning nobody", h.Unassign(ctx, h.as(h.chief), "case-9", auth.Holder{Account: h.worker}), fault.NotFound)
	wantKind(t, "assigning a stranger", h.Assign(ctx, h.as(h.chief), "case-1", auth.Holder{Account: "nobody"}), fault.NotFound)
	if teams, err := h.Teams(ctx, h.as(h.chief)); err != nil || len(teams) != 0 {
		t.Errorf("teams %v, %v", teams, err)
	}
}

func TestEmergencyAccess(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	authority := h.create(t, "Invented Authority", auth.Authority)
	_, err := h.Break(ctx, h.as(authority), "danger-to-life", "case-1")
	wantKind(t, "nobody would be told", err, fault.Unavailable)
	h.recipients(authority)
	_, err = h.Break(ctx, h.as(authority), "danger-to-life", "case-1")
	wantKind(t, "only oneself would be told", err, fault.Unavailable)
	h.recipients(h.officer, authority)
	_, err = h.Break(ctx, h.as(h.boss), "danger-to-life", "case-1")
	wantKind(t, "an administrator", err, fault.NotFound)
	_, err = h.Break(ctx, h.as(authority), "curious", "case-1")
	wantKind(t, "no reason", err, fault.Invalid)
	if h.mayOpen(authority, "case-1") {
		t.Fatal("open before")
	}
	for round := range 3 {
		g, err := h.Break(ctx, h.as(authority), "danger-to-life", "case-1")
		h.must(err)
		if h.told(h.officer)[notify.GlassBroken] != round+1 || h.told(authority)[notify.GlassBroken] != 0 {
			t.Error("the recipients were not told at once")
		}
		if h.told(h.second)[notify.GlassReview] != round+1 || h.told(authority)[notify.GlassReview] != 0 {
			t.Error("the reviewers were not told at once")
		}
		if a := h.as(authority); !a.Glass.Equal(g.Until) || !h.opens(a, "case-1") {
			t.Error("emergency access opens nothing, or is not shown")
		}
		_, err = h.Break(ctx, h.as(authority), "danger-to-life", "case-1")
		wantKind(t, "two at a time", err, fault.Conflict)
		h.pass(auth.GlassLife - time.Microsecond)
		if !h.mayOpen(authority, "case-1") {
			t.Error("it ended early")
		}
		h.pass(time.Microsecond)
		if h.mayOpen(authority, "case-1") || !h.as(authority).Glass.IsZero() {
			t.Error("it outlived half an hour")
		}
	}
	_, err = h.Break(ctx, h.as(authority), "danger-to-life", "case-1")
	wantKind(t, "the fourth within a day", err, fault.TooLarge)
	h.pass(24 * time.Hour)
	_, err = h.Break(ctx, h.as(authority), "danger-to-life", "case-1")
	h.must(err)
	h.must(h.GiveBack(ctx, h.as(authority)))
	if h.mayOpen(authority, "case-1") {
		t.Error("open after it was given back")
	}
	wantKind(t, "giving back twice", h.GiveBack(ctx, h.as(authority)), fault.NotFound)
	all, err := h.Glasses(ctx, h.as(h.officer), 10)
	if err != nil || len(all) != 4 {
		t.Fatalf("to review: %v, %v", all, err)
	}
	wantKind(t, "the user reviews", h.ReviewGlass(ctx, h.as(authority), all[0].ID, "justified"), fault.NotFound)
	h.must(h.ReviewGlass(ctx, h.as(h.officer), all[0].ID, "not-needed"))
	wantKind(t, "reviewing twice", h.ReviewGlass(ctx, h.as(h.second), all[0].ID, "justified"), fault.NotFound)
}

// Presses at the same moment count each other.
func TestEmergencyAccessCountsPressesAtOnce(t *testing.T) {
	h := newHouse(t)
	h.recipients(h.officer)
	a := h.as(h.worker)
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		live int
	)
	for range 8 {
		wg.Go(func() {
			if _, err := h.Break(context.WithoutCancel(t.Context()), a, "danger-to-life", "case-1"); err == nil {
				mu.Lock()
				live++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if live != 1 {
		t.Errorf("%d emergency accesses at once, want 1", live)
	}
}

func TestPairedOrganisationLendsItsOfficer(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	tiny, err := h.CreateOrg(ctx, "Invented Tiny", "UTC")
	h.must(err)
	one, err := h.CreateAccount(ctx, auth.CLI(tiny), "Invented Only", auth.Administrator)
	h.must(err)
	newcomer, err := h.CreateAccount(ctx, auth.CLI(tiny), "Invented Helper", auth.Analyst)
	h.must(err)
	id, err := h.GrantRole(ctx, h.as(one), auth.Request{Account: newcomer, Role: auth.SupportWorker, Until: "2026-12-31", Reason: "first helper"})
	h.must(err)
	wantKind(t, "a stranger approves", h.Approve(ctx, h.as(h.officer), id), fault.NotFound)
	_, err = h.AskPairing(ctx, h.as(one), "nowhere", "help us")
	wantKind(t, "an organisation that does not exist", err, fault.Invalid)
	_, err = h.AskPairing(ctx, h.as(one), h.org, "help us")
	h.must(err)
	wantKind(t, "before it was accepted", h.Approve(ctx, h.as(h.officer), id), fault.NotFound)
	wantKind(t, "an administrator accepts", h.AcceptPairing(ctx, h.as(h.boss), tiny), fault.NotFound)
	h.must(h.AcceptPairing(ctx, h.as(h.officer), tiny))
	if waiting, err := h.Waiting(ctx, h.as(h.officer)); err != nil || len(waiting) != 1 || waiting[0].Org != tiny {
		t.Errorf("the lent officer sees %v, %v", waiting, err)
	}
	h.must(h.Approve(ctx, h.as(h.officer), id))
	if !h.as(newcomer).Is(auth.SupportWorker) {
		t.Error("the role was not given")
	}
	if acts := strings.Join(h.acts(t), "\n"); !strings.Contains(acts, "change.approve.for-paired") || !strings.Contains(acts, "pairing.accept") {
		t.Errorf("the lender keeps no entry:\n%s", acts)
	}
	// With an officer of its own the organisation is no guest any more.
	_, err = h.CreateAccount(ctx, auth.CLI(tiny), "Invented Own Officer", auth.ProtectionOfficer)
	h.must(err)
	id, err = h.GrantRole(ctx, h.as(one), auth.Request{Account: newcomer, Role: auth.Supervisor, Until: "2026-12-31", Reason: "x"})
	h.must(err)
	wantKind(t, "the lent officer, with an own one there", h.Approve(ctx, h.as(h.officer), id), fault.NotFound)
	h.must(h.EndPairing(ctx, h.as(h.officer), tiny, h.org))
}

func TestDeferralTakesTwoAndEnds(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	propose := func(by auth.AccountID, until, ground string) (auth.ProposalID, error) {
		return h.Propose(ctx, h.as(by), auth.Change{
			Kind: auth.HistoryDefer, Subject: "entry-1", Reason: "court file 12", Detail: map[string]string{"until": until, "ground": ground},
		})
	}
	for _, bad := range [][2]string{{"", "court-order"}, {"2026-01-02", "court-order"}, {"2027-01-02", "court-order"}, {"2026-02-01", "because"}} {
		_, err := propose(h.chief, bad[0], bad[1])
		wantKind(t, "deferral "+bad[0]+bad[1], err, fault.Invalid)
	}
	_, err := propose(h.worker, "2026-02-01", "court-order")
	wantKind(t, "a worker", err, fault.NotFound)
	id, err := propose(h.chief, "2026-02-01", "court-order")
	h.must(err)
	deferred := func() string {
		var all map[string]string
		h.must(h.DB.Read(ctx, func(tx *db.Tx) (err error) {
			all, err = auth.Deferred(ctx, tx, h.org)
			return err
		}))
		return all["entry-1"]
	}
	if deferred() != "" {
		t.Error("deferred by one person")
	}
	h.must(h.Approve(ctx, h.as(h.officer), id))
	if deferred() != "2026-02-01" {
		t.Error("not deferred")
	}
	h.pass(30 * 24 * time.Hour)
	if deferred() != "" {
		t.Error("the deferral outlived its end")
	}
}

func TestReviewOfRoles(t *testing.T) {
	h := newHouse(t)
	wantKind(t, "an administrator reviews", h.ReviewRole(t.Context(), h.as(h.boss), h.worker, auth.SupportWorker), fault.NotFound)
	wantKind(t, "oneself", h.ReviewRole(t.Context(), h.as(h.officer), h.officer, auth.ProtectionOfficer), fault.Denied)
	wantKind(t, "a role that is not held", h.ReviewRole(t.Context(), h.as(h.officer), h.worker, auth.Liaison), fault.NotFound)
	h.must(h.ReviewRole(t.Context(), h.as(h.officer), h.worker, auth.SupportWorker))
	all, err := h.List(t.Context(), h.org)
	h.must(err)
	for _, a := range all {
		if a.ID == h.worker && (a.Grants[0].ReviewedBy != h.officer || a.Grants[0].Reviewed.IsZero()) {
			t.Errorf("grant %+v", a.Grants[0])
		}
	}
}
