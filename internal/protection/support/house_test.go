package support_test

import (
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/support"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// house is an invented shelter with one case.
type house struct {
	*support.Supports
	t             testing.TB
	db            *db.DB
	vault         *vault.Vault
	cases         *casefile.Cases
	accounts      *auth.Accounts
	now           time.Time
	org           auth.OrgID
	worker, chief auth.Actor
	of            casefile.ID
}

func newHouse(t testing.TB) *house {
	h := &house{t: t, now: time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)}
	h.db = dbtest.OpenAt(t, func() time.Time { return h.now })
	h.vault = vaulttest.Open(t, h.db)
	h.accounts = &auth.Accounts{DB: h.db}
	h.cases = casefile.On(h.db, h.vault, h.accounts, nil)
	h.Supports = support.On(h.db, h.vault, h.cases)
	var err error
	h.org, err = h.accounts.CreateOrg(t.Context(), "Harbour House (invented)", "Europe/London")
	h.must(err)
	h.worker, h.chief = h.staff(auth.SupportWorker), h.staff(auth.Supervisor)
	h.of = h.open()
	return h
}

func (h *house) staff(role auth.Role) auth.Actor {
	h.t.Helper()
	id, err := h.accounts.CreateAccount(h.t.Context(), auth.CLI(h.org), "Invented "+string(role), role)
	h.must(err)
	return auth.Actor{Org: h.org, Account: id, Roles: []auth.Role{role}, Via: auth.ViaSession, Zone: "Europe/London"}
}

func (h *house) open() casefile.ID {
	h.t.Helper()
	id, err := h.cases.Open(h.t.Context(), h.worker, casefile.Begin{Reason: "asks-for-help"})
	h.must(err)
	return id
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(fault.Cause(err))
	}
}

func (h *house) kind(what string, err error, want fault.Kind) {
	h.t.Helper()
	if err == nil || fault.KindOf(err) != want {
		h.t.Errorf("%s: %v, want %s", what, fault.Cause(err), want)
	}
}

func (h *house) view() support.View {
	h.t.Helper()
	v, err := h.View(h.t.Context(), h.worker, h.of)
	h.must(err)
	return v
}

// waiting is what is to be done in the case: kind and date of each open task.
func (h *house) waiting() (all []string) {
	h.t.Helper()
	tasks, err := h.cases.Tasks(h.t.Context(), h.worker, h.of)
	h.must(err)
	for _, t := range tasks {
		if t.Clear.State == casefile.ToDo {
			all = append(all, t.Clear.Kind+" "+t.Due())
		}
	}
	return all
}

// goal writes a goal down that the person agreed to.
func (h *house) goal() string {
	h.t.Helper()
	id, err := h.KeepGoal(h.t.Context(), h.worker, h.of, support.Seen{}, support.Goal{
		Words: private.New("I want to cook again"), State: "agreed", AgreedOn: "2026-06-01", Copy: support.Yes,
	})
	h.must(err)
	return id
}

func errOf[T any](_ T, err error) error { return err }
