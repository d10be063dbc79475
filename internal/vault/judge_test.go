package vault

import (
	"fmt"
	"testing"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// staff adds an account with a role and returns it as an actor.
func (h *house) staff(r auth.Role) auth.Actor {
	h.t.Helper()
	id := auth.AccountID("staff-" + string(r))
	h.write(func(tx *db.Tx) error {
		_, err := tx.Exec(h.t.Context(), "INSERT INTO account (org_id, id, version, name, created_at) VALUES ($1, $2, 1, 'invented', 0)", string(org), string(id))
		return err
	})
	return auth.Actor{Org: org, Account: id, Roles: []auth.Role{r}, Via: auth.ViaSession}
}

// TestVaultJudges asks the vault everything as every role. Who may is what the matrix says; who may
// not is told that there is nothing, and leaves no entry of an opening.
func TestVaultJudges(t *testing.T) {
	h := newHouse(t)
	for i, role := range auth.Roles() {
		person := PersonID(fmt.Sprintf("p%d", i))
		h.enrol(person)
		item := h.seal(place(person, "name"), "Zzyzx")
		actor := h.staff(role)
		check := func(what string, may bool, err error) {
			t.Helper()
			if may && err != nil || !may && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %s: may %v: %v", role, what, may, err)
			}
		}
		before := len(h.entries(audit.Opening))
		got, err := h.Open(t.Context(), actor, why, item)
		// Nobody is assigned to the case, so the narrowest scope is not enough.
		opens := role == auth.SupportWorker || role == auth.Supervisor
		check("open", opens, err)
		if opens != (len(got) == 1) || opens != (len(h.entries(audit.Opening)) == before+1) {
			t.Errorf("%s: %d texts and %d entries", role, len(got), len(h.entries(audit.Opening))-before)
		}
		err = h.db.WriteUnaudited(t.Context(), "a test", func(tx *db.Tx) error {
			return h.Enrol(t.Context(), tx, actor, person+"-new", "adult-client")
		})
		check("enrol", actor.May(auth.EnrolRecords), err)
		_, err = h.Retain(t.Context(), actor, person, "adult-client", "2026-01-31")
		check("retain", actor.May(auth.EnrolRecords), err)
		_, err = h.Due(t.Context(), actor, "2030-01-01", 10)
		check("due", actor.May(auth.ProposeErasure) || actor.May(auth.ApproveErasure), err)
		hold, err := h.PlaceHold(t.Context(), actor, Hold{Person: person, Ground: CourtOrder, Reference: "1", ReviewOn: "2026-06-01"})
		check("hold", actor.May(auth.HoldRecords), err)
		if err == nil {
			check("lift", true, h.LiftHold(t.Context(), actor, hold))
		}
		own, err := h.ProposeErasure(t.Context(), actor, person, "request")
		check("propose", actor.May(auth.ProposeErasure), err)
		if err == nil {
			check("withdraw", true, h.WithdrawErasure(t.Context(), actor, own))
		}
		other, err := h.ProposeErasure(t.Context(), worker, person, "request")
		if err != nil {
			t.Fatal(err)
		}
		if !actor.May(auth.ProposeErasure) {
			check("withdraw", false, h.WithdrawErasure(t.Context(), actor, other))
		}
		_, err = h.Erase(t.Context(), actor, other)
		check("approve", actor.May(auth.ApproveErasure), err)
	}
}

// TestAdministratorErasesNothing: not even one who is also a supervisor is the second person.
func TestAdministratorErasesNothing(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1")
	id, err := h.ProposeErasure(t.Context(), worker, "p1", "request")
	if err != nil {
		t.Fatal(err)
	}
	both := auth.Actor{Org: org, Account: "both", Roles: []auth.Role{auth.Administrator, auth.Supervisor}}
	if _, err := h.Erase(t.Context(), both, id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an administrator approved an erasure: %v", err)
	}
}

// TestExcludedOpensNothing excludes a chief from a case.
func TestExcludedOpensNothing(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1")
	item := h.seal(place("p1", "name"), "Zzyzx")
	chief := h.staff(auth.Supervisor)
	if _, err := h.Open(t.Context(), chief, why, item); err != nil {
		t.Fatalf("before: %v", err)
	}
	h.write(func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO exclusion (org_id, scope, account_id, reason, added_by, added_at) VALUES ($1, $2, $3, 'relation', 'x', 0)",
			string(org), why.Scope, string(chief.Account))
		return err
	})
	before := len(h.entries(audit.Opening))
	if got, err := h.Open(t.Context(), chief, why, item); fault.KindOf(err) != fault.NotFound || got != nil {
		t.Errorf("an excluded chief opened: %v", err)
	}
	if len(h.entries(audit.Opening)) != before {
		t.Error("a refused opening left an entry of an opening")
	}
}

// TestExcludedDecidesNothing: who is kept from a case neither lifts what holds its file nor stops its erasure, although they
// know the number of either from before.
func TestExcludedDecidesNothing(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1")
	chief := h.staff(auth.Supervisor)
	erasure, err := h.ProposeErasure(t.Context(), worker, "p1", "request")
	if err != nil {
		t.Fatal(err)
	}
	hold, err := h.PlaceHold(t.Context(), worker, Hold{Person: "p1", Ground: Complaint, Reference: "1", ReviewOn: "2026-06-01"})
	if err != nil {
		t.Fatal(err)
	}
	h.write(func(tx *db.Tx) error {
		if err := h.Bind(t.Context(), tx, org, why.Scope, "p1"); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), "INSERT INTO exclusion (org_id, scope, account_id, reason, added_by, added_at) VALUES ($1, $2, $3, 'relation', 'x', 0)",
			string(org), why.Scope, string(chief.Account))
		return err
	})
	if err := h.LiftHold(t.Context(), chief, hold); fault.KindOf(err) != fault.NotFound || err == nil {
		t.Errorf("an excluded chief lifted a hold: %v", err)
	}
	if err := h.WithdrawErasure(t.Context(), chief, erasure); fault.KindOf(err) != fault.NotFound || err == nil {
		t.Errorf("an excluded chief withdrew an erasure: %v", err)
	}
}

// TestDisclosureIsNotForPeople: what an agreement opens is opened for no session, token or terminal,
// whatever the role.
func TestDisclosureIsNotForPeople(t *testing.T) {
	h := newHouse(t)
	h.enrol("p")
	item := h.seal(place("p", "name"), "Zzyzx")
	partner := auth.Actor{Org: org, Account: "partner"}
	for _, via := range []auth.Via{auth.ViaSession, auth.ViaToken, auth.ViaCLI, auth.ViaDemo} {
		actor := partner
		actor.Via, actor.Roles = via, auth.Roles()
		if got, err := h.Disclose(t.Context(), actor, why, item); fault.KindOf(err) != fault.NotFound || got != nil {
			t.Errorf("%s: %v", via, err)
		}
	}
	if n := len(h.entries(audit.Opening)); n != 0 {
		t.Errorf("%d entries of openings", n)
	}
	if got, err := h.Disclose(t.Context(), partner, why, item); err != nil || len(got) != 1 {
		t.Errorf("a decision of an agreement opens nothing: %v", err)
	}
}
