package space_test

import (
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/beat"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/space"
	"github.com/fourfold/fourfold/internal/protection/support"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/blind"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// house is an invented service with one case.
type house struct {
	*space.Spaces
	t                      testing.TB
	db                     *db.DB
	vault                  *vault.Vault
	rooms                  space.Rooms
	now                    time.Time
	org                    auth.OrgID
	worker, chief, officer auth.Actor
	of                     casefile.ID
}

func newHouse(t testing.TB) *house {
	h := &house{t: t, now: time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return h.now }
	h.db = dbtest.OpenAt(t, clock)
	h.vault = vaulttest.Open(t, h.db)
	accounts := &auth.Accounts{DB: h.db}
	cases := casefile.On(h.db, h.vault, accounts, nil)
	people := person.On(h.db, h.vault, blind.On(h.db, h.vault), cases, clock)
	h.rooms = space.Rooms{
		Accounts: accounts, Cases: cases, People: people, Support: support.On(h.db, h.vault, cases),
		Consents: consent.On(h.db, h.vault, cases, consent.LooksOf(people)),
	}
	h.Spaces = space.On(h.db, h.vault, h.rooms)
	h.Schedule = beat.Schedule{}
	var err error
	h.org, err = accounts.CreateOrg(t.Context(), "Harbour House (invented)", "Europe/London")
	h.must(err)
	h.worker, h.chief, h.officer = h.staff(auth.SupportWorker), h.staff(auth.Supervisor), h.staff(auth.ProtectionOfficer)
	h.of = h.open(h.worker)
	return h
}

func (h *house) staff(role auth.Role) auth.Actor {
	h.t.Helper()
	id, err := h.rooms.Accounts.CreateAccount(h.t.Context(), auth.CLI(h.org), "Invented "+string(role), role)
	h.must(err)
	return auth.Actor{Org: h.org, Account: id, Roles: []auth.Role{role}, Via: auth.ViaSession, Zone: "Europe/London"}
}

func (h *house) open(by auth.Actor) casefile.ID {
	h.t.Helper()
	id, err := h.rooms.Cases.Open(h.t.Context(), by, casefile.Begin{Reason: "asks-for-help"})
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

// slip makes a slip with the words "lemon" and "olive".
func (h *house) slip() private.Text {
	h.t.Helper()
	number, err := h.Make(h.t.Context(), h.worker, h.of, space.NewSlip{Word: private.New("Lemon"), Other: private.New("Olive")})
	h.must(err)
	return private.New(number)
}

// enter comes in with a word.
func (h *house) enter(number private.Text, word string) (space.Visit, error) {
	token, err := h.Enter(h.t.Context(), number, private.New(word))
	if err != nil {
		return space.Visit{}, err
	}
	return h.Visit(h.t.Context(), token)
}

func (h *house) visit() space.Visit {
	h.t.Helper()
	v, err := h.enter(h.slip(), "lemon")
	h.must(err)
	return v
}

// waiting is the kinds of open tasks of the case.
func (h *house) waiting() (all []string) {
	h.t.Helper()
	tasks, err := h.rooms.Cases.Tasks(h.t.Context(), h.worker, h.of)
	h.must(err)
	for _, t := range tasks {
		if t.Clear.State == casefile.ToDo {
			all = append(all, t.Clear.Kind)
		}
	}
	return all
}
