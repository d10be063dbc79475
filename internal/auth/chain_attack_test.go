package auth_test

import (
	"slices"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// A role that one administrator can give alone reaches nobody's data: not the own files, and not those
// of a partner either. A new row of the matrix has to be put on one side or the other.
func TestWhatOneAdministratorCanGive(t *testing.T) {
	harmless := []auth.Permission{
		auth.ReadMeasures, auth.ImportMeasures, auth.ReadPolicy, auth.KeepLaw, auth.EnrolRecords, auth.ReadAgreements,
	}
	for _, role := range auth.Roles() {
		if auth.Sensitive(role) {
			continue
		}
		for _, p := range auth.Permissions() {
			if a := (auth.Actor{Org: "o", Account: "a", Roles: []auth.Role{role}}); a.May(p) && !slices.Contains(harmless, p) {
				t.Errorf("an administrator alone can make a %s, who has %s", role, p)
			}
		}
	}
	h := newHouse(t)
	id, waiting, err := h.Add(t.Context(), h.as(h.boss), auth.Newcomer{
		Name: "Invented Straw Man", Roles: []auth.Role{auth.Liaison}, Until: "2026-12-31", Reason: "new service",
	})
	h.must(err)
	if len(waiting) != 1 || h.as(id).May(auth.AskPartners) {
		t.Error("an administrator alone made an account that asks partners for what they know of a person")
	}
}

// Emergency access is of a role. Whoever loses it is out at once, not when the half hour is over.
func TestEmergencyAccessEndsWithTheRole(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.recipients(h.officer)
	h.must(h.Assign(ctx, h.as(h.chief), "case-1", auth.Holder{Account: h.second}))
	_, err := h.Break(ctx, h.as(h.worker), "danger-to-life", "case-1")
	h.must(err)
	if !h.mayOpen(h.worker, "case-1") {
		t.Fatal("no emergency access: this test could not fail")
	}
	program := h.as(h.worker)
	program.Via = auth.ViaToken
	if h.opens(program, "case-1") {
		t.Error("a program opens with the emergency access of its account")
	}
	h.must(h.EndRole(ctx, h.as(h.officer), h.worker, auth.SupportWorker))
	if h.mayOpen(h.worker, "case-1") {
		t.Error("whoever has no role any more opens with emergency access")
	}
}

// Whoever is kept from a case does not learn it from the proposal to let them, or somebody else, back.
func TestExcludedDoNotLearnFromProposals(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.must(h.Exclude(ctx, h.as(h.officer), "case-1", h.chief, "under-suspicion"))
	id, err := h.EndExclusion(ctx, h.as(h.officer), "case-1", h.chief, "was a mistake")
	h.must(err)
	if n := h.told(h.second)[notify.ProposalOpened]; n != 1 {
		t.Fatalf("the second officer has %d notices: this test could not fail", n)
	}
	if n := h.told(h.chief)[notify.ProposalOpened]; n != 0 {
		t.Errorf("the excluded chief has %d notices", n)
	}
	if all, err := h.Waiting(ctx, h.as(h.chief)); err != nil || len(all) != 0 {
		t.Errorf("the excluded chief sees %d proposals, %v", len(all), err)
	}
	wantKind(t, "the excluded declines", h.Decline(ctx, h.as(h.chief), id), fault.NotFound)
	h.must(h.Approve(ctx, h.as(h.second), id))
}

// The first link is a right of the second person, not of whoever once was one.
func TestFirstLinkTakesThePresentOfficer(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	newcomer := h.create(t, "Invented Newcomer", auth.Analyst)
	h.must(h.Approve(ctx, h.as(h.officer), h.propose(newcomer, auth.SupportWorker, "2026-12-31")))
	h.must(h.EndRole(ctx, h.as(h.second), h.officer, auth.ProtectionOfficer))
	h.pass(time.Second)
	_, err := h.Invite(ctx, h.as(h.officer), newcomer)
	wantKind(t, "a link for who was an officer", err, fault.NotFound)
}
