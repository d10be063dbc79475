package shelter_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/shelter"
	"github.com/fourfold/fourfold/internal/protection/support"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// house is an invented organisation: a team that runs a protected place, and a worker who is not in it.
type house struct {
	*shelter.Shelters
	t                    testing.TB
	db                   *db.DB
	vault                *vault.Vault
	accounts             *auth.Accounts
	cases                *casefile.Cases
	now                  time.Time
	org                  auth.OrgID
	worker, chief, guard auth.Actor // guard is of the team
	team                 auth.TeamID
}

func newHouse(t testing.TB) *house {
	h := &house{t: t, now: time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)}
	h.db = dbtest.OpenAt(t, func() time.Time { return h.now })
	h.vault = vaulttest.Open(t, h.db)
	h.accounts = &auth.Accounts{DB: h.db}
	h.cases = casefile.On(h.db, h.vault, h.accounts, nil)
	h.Shelters = shelter.On(h.db, h.vault, h.accounts, h.cases, support.On(h.db, h.vault, h.cases))
	var err error
	h.org, err = h.accounts.CreateOrg(t.Context(), "Harbour House (invented)", "Europe/London")
	h.must(err)
	h.worker, h.chief, h.guard = h.staff(auth.SupportWorker), h.staff(auth.Supervisor), h.staff(auth.SupportWorker)
	h.team, err = h.accounts.FormTeam(t.Context(), h.chief, "Night team (invented)")
	h.must(err)
	h.must(h.accounts.Join(t.Context(), h.chief, h.team, h.guard.Account))
	return h
}

func (h *house) staff(roles ...auth.Role) auth.Actor {
	h.t.Helper()
	id, err := h.accounts.CreateAccount(h.t.Context(), auth.CLI(h.org), "Invented "+string(roles[0]), roles...)
	h.must(err)
	return auth.Actor{Org: h.org, Account: id, Roles: roles, Via: auth.ViaSession, Zone: "Europe/London"}
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

// open opens a case in which a place is asked for.
func (h *house) open(n shelter.Need) (of casefile.ID, placement string) {
	h.t.Helper()
	of, err := h.cases.Open(h.t.Context(), h.worker, casefile.Begin{Reason: "asks-for-help"})
	h.must(err)
	placement, err = h.Ask(h.t.Context(), h.worker, of, "", n)
	h.must(err)
	return of, placement
}

var grown = shelter.Need{Ages: shelter.Ages{From: 30, To: 35}, Gender: "woman", Languages: []string{"en"}}

var takesWomen = shelter.Setup{
	Area: "GB-WLS", Open: true, Rules: shelter.Rules{Genders: []string{"woman"}, Languages: []string{"en"}, Children: true},
	Units: []shelter.Unit{{Size: 1, Total: 1}},
}

// canary is an address that must not be seen anywhere.
var canary = shelter.Location{
	Name: private.New("Zebrafinch Lodge"), Address: private.New("41 Quagga Rise\nXY9 4ZZ Oryxton"), Phone: private.New("+44 7700 900987"), Way: private.New("blue door behind the okapi bakery"),
}

var canaries = []string{"Zebrafinch", "Quagga", "XY9 4ZZ", "Oryxton", "900987", "okapi"}

// place adds a place of the team, with an address.
func (h *house) place(with shelter.Setup, where shelter.Location) string {
	h.t.Helper()
	ctx := h.t.Context()
	id, err := h.NewPlace(ctx, h.chief, "", h.team, with.Area)
	h.must(err)
	h.must(h.KeepPlace(ctx, h.guard, id, h.own(id).Version, with))
	h.must(h.KeepLocation(ctx, h.guard, id, h.own(id).Version, where))
	return id
}

func (h *house) own(id string) shelter.Own {
	h.t.Helper()
	all, err := h.Mine(h.t.Context(), h.guard)
	h.must(err)
	for _, p := range all {
		if p.ID == id {
			return p
		}
	}
	h.t.Fatal("the team does not see its place")
	return shelter.Own{}
}

func (h *house) stay(of casefile.ID) shelter.Stay {
	h.t.Helper()
	_, all, err := h.Of(h.t.Context(), h.worker, of)
	h.must(err)
	return all[0]
}

// step moves the newest placement of a case on.
func (h *house) step(of casefile.ID, to shelter.State, reason string) {
	h.t.Helper()
	s := h.stay(of)
	h.must(h.Step(h.t.Context(), h.worker, of, s.ID, s.Version, to, reason))
}

// offer holds a room and has the place say yes.
func (h *house) offer(of casefile.ID, place string) {
	h.t.Helper()
	s := h.stay(of)
	h.must(h.Offer(h.t.Context(), h.worker, of, s.ID, s.Version, place))
	h.must(h.Answer(h.t.Context(), h.guard, place, s.ID, s.Version+1, true, private.New("at the main station, under the clock")))
}

// waiting is the tasks of a case that are to be done: kind and words.
func (h *house) waiting(of casefile.ID) (all []string) {
	h.t.Helper()
	ctx := h.t.Context()
	c, err := h.cases.Get(ctx, h.worker, of)
	h.must(err)
	tasks, err := h.cases.Tasks(ctx, h.worker, of)
	h.must(err)
	words, err := h.cases.TaskWords(ctx, h.worker, c, "test", tasks)
	h.must(err)
	for i, t := range tasks {
		if t.Clear.State == casefile.ToDo {
			all = append(all, t.Clear.Kind+" "+words[i].Reveal("test"))
		}
	}
	return all
}

// shown is a value as a page, an error, a log or an export could show it.
func shown(v any) string {
	text := fmt.Sprintf("%v %+v %#v %s", v, v, v, v)
	if b, err := json.Marshal(v); err == nil {
		text += string(b)
	}
	if err, ok := v.(error); ok {
		text += fault.Cause(err)
	}
	return text
}

func sees(text string) (found []string) {
	for _, c := range canaries {
		if strings.Contains(strings.ToLower(text), strings.ToLower(c)) {
			found = append(found, c)
		}
	}
	return found
}
