package app_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/beat"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/identification"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/shelter"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/keyring"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// town is a node as the program wires it, with a shelter and a clinic under agreements both ways, all invented.
type town struct {
	*app.App
	t            *testing.T
	now          time.Time
	file         string // of an SQLite database
	node         nodekey.Key
	ring         keyring.File
	home, clinic auth.OrgID
	// worker has the cases, mate and authority work on them too; guard is of the team of the place.
	worker, mate, authority, chief, manager, guard auth.Actor
	// These have no part in the cases; kept is kept from the first one.
	police, officer, admin, analyst, kept auth.Actor
	doctor                                auth.Actor // of the clinic
	place                                 string
	copied                                []stolen // what somebody copied before it was changed
}

// townKeys gives the node key as a key service would.
type townKeys struct{ key nodekey.Key }

func (s townKeys) NodeKey(context.Context) (nodekey.Key, error) {
	shares := nodekey.Split(s.key)
	return nodekey.Combine(shares[0], shares[1])
}

func newTown(t *testing.T) *town {
	w := &town{t: t, now: time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC), node: nodekey.New()}
	clock := func() time.Time { return w.now }
	c := dbtest.Config(t)
	c.Clock = clock
	d, err := db.Open(t.Context(), c)
	w.must(err)
	t.Cleanup(func() { _ = d.Close() })
	w.file = c.URL
	w.ring = keyring.File{Path: filepath.Join(t.TempDir(), "keyring")}
	v, err := vault.New(vault.Config{DB: d, Keyring: w.ring, Source: townKeys{w.node}})
	w.must(err)
	w.must(v.Unlock(t.Context()))
	t.Cleanup(v.Lock)
	w.App = app.On(d, clock, v)
	w.Agreements.Schedule, w.Space.Schedule = beat.Schedule{}, beat.Schedule{}
	for i, name := range []string{"Harbour House (invented)", "Bay Clinic (invented)"} {
		org, err := w.Accounts.CreateOrg(t.Context(), name, "Europe/London")
		w.must(err)
		*[]*auth.OrgID{&w.home, &w.clinic}[i] = org
	}
	w.people()
	w.sign(w.home, w.clinic)
	w.sign(w.clinic, w.home)
	w.house()
	return w
}

func (w *town) people() {
	for _, one := range []struct {
		who  *auth.Actor
		org  auth.OrgID
		role auth.Role
	}{
		{&w.worker, w.home, auth.SupportWorker},
		{&w.mate, w.home, auth.SupportWorker},
		{&w.authority, w.home, auth.Authority},
		{&w.chief, w.home, auth.Supervisor},
		{&w.manager, w.home, auth.Supervisor},
		{&w.guard, w.home, auth.SupportWorker},
		{&w.police, w.home, auth.Officer},
		{&w.officer, w.home, auth.ProtectionOfficer},
		{&w.admin, w.home, auth.Administrator},
		{&w.analyst, w.home, auth.Analyst},
		{&w.kept, w.home, auth.Supervisor},
		{&w.doctor, w.clinic, auth.SupportWorker},
	} {
		*one.who = w.staff(one.org, one.role)
	}
}

func (w *town) staff(org auth.OrgID, role auth.Role) auth.Actor {
	w.t.Helper()
	id, err := w.Accounts.CreateAccount(w.t.Context(), auth.CLI(org), "Invented "+string(role), role)
	w.must(err)
	a, err := w.Accounts.Actor(w.t.Context(), id)
	w.must(err)
	return a
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(fault.Cause(err))
	}
}

// sign makes an agreement under which one organisation refers people to another, on consent.
func (w *town) sign(from, to auth.OrgID) {
	w.t.Helper()
	terms := w.terms(to)
	terms.Purposes = []string{"support"}
	terms.Fields = []string{"referral.service", "referral.age-group", "referral.language", "referral.dependants", "identity.name"}
	w.agreed(from, terms)
}

// terms are what every agreement of the town says.
func (w *town) terms(to auth.OrgID) agreement.Terms {
	terms := agreement.DefaultTerms(w.now)
	terms.Partner, terms.Subjects, terms.Recipients = to, []string{"survivor"}, []string{"support-worker", "authority", "supervisor"}
	terms.Country, terms.Citation = "XFD", "Protection Act (invented), section 9"
	return terms
}

// agreed makes an agreement, signed by both sides.
func (w *town) agreed(from auth.OrgID, terms agreement.Terms) {
	w.t.Helper()
	ctx := w.t.Context()
	as := func(org auth.OrgID, role auth.Role) auth.Actor {
		return auth.Actor{Org: org, Account: auth.AccountID("signs" + string(role)), Roles: []auth.Role{role}, Via: auth.ViaSession, Zone: "Europe/London"}
	}
	id, err := w.Agreements.Draft(ctx, as(from, auth.Liaison), terms, "")
	w.must(err)
	w.must(w.Agreements.Offer(ctx, as(from, auth.Liaison), id))
	for _, who := range []auth.Actor{as(from, auth.Supervisor), as(terms.Partner, auth.ProtectionOfficer)} {
		v, err := w.Agreements.View(ctx, who, id)
		w.must(err)
		w.must(w.Agreements.Sign(ctx, who, id, v.Hash))
	}
}

// addressWords are words of an address that nobody but the team may read.
var addressWords = []string{"Zebrafinch", "Quagga", "XY9 4ZZ", "okapi"}

// house adds the place of the team, with its address.
func (w *town) house() {
	w.t.Helper()
	ctx := w.t.Context()
	team, err := w.Accounts.FormTeam(ctx, w.chief, "Night team (invented)")
	w.must(err)
	w.must(w.Accounts.Join(ctx, w.chief, team, w.guard.Account))
	w.must(w.Shelters.KeepArea(ctx, w.chief, shelter.Area{Code: "GB-WLS", Name: "Wales"}))
	w.place, err = w.Shelters.NewPlace(ctx, w.chief, "", team, "GB-WLS")
	w.must(err)
	w.must(w.Shelters.KeepPlace(ctx, w.guard, w.place, w.placed().Version, shelter.Setup{
		Area: "GB-WLS", Open: true, Rules: shelter.Rules{Genders: []string{"woman"}, Languages: []string{"en"}, Children: true, Alone: true},
		Units: []shelter.Unit{{Size: 1, Total: 40}},
	}))
	w.must(w.Shelters.KeepLocation(ctx, w.guard, w.place, w.placed().Version, shelter.Location{
		Name: private.New("Zebrafinch Lodge"), Address: private.New("41 Quagga Rise\nXY9 4ZZ"), Way: private.New("blue door behind the okapi bakery"),
	}))
}

func (w *town) placed() shelter.Own {
	w.t.Helper()
	all, err := w.Shelters.Mine(w.t.Context(), w.guard)
	w.must(err)
	for _, p := range all {
		if p.ID == w.place {
			return p
		}
	}
	w.t.Fatal("the team does not see its place")
	return shelter.Own{}
}

// open opens a case with those who work on it. follows is an earlier case of the person, or "".
func (w *town) open(name string, follows casefile.ID) casefile.Case {
	w.t.Helper()
	ctx := w.t.Context()
	b := casefile.Begin{Reason: "asks-for-help", Name: private.New(name), Follows: follows, Key: record.NewSubmissionKey()}
	id, err := w.Cases.Open(ctx, w.worker, b)
	w.must(err)
	for _, a := range []auth.Actor{w.mate, w.authority} {
		w.must(w.Cases.AddWorker(ctx, w.worker, id, auth.Holder{Account: a.Account}))
	}
	return w.caseOf(id)
}

func (w *town) caseOf(id casefile.ID) casefile.Case {
	w.t.Helper()
	c, err := w.Cases.Get(w.t.Context(), w.worker, id)
	w.must(err)
	return c
}

// born writes down when the person of a case was born.
func (w *town) born(of casefile.ID, from, to string) error {
	ctx := w.t.Context()
	f, err := w.People.OpenSome(ctx, w.worker, of, person.Purpose, person.OfBirth)
	if err != nil {
		return err
	}
	b := person.Births{List: []person.Birth{{From: from, To: to, Basis: person.ByDocument}}}
	seen := person.Seen{Version: f.Marks[person.OfBirth].Version, Source: record.Source{From: "document"}}
	return w.People.SetBirth(ctx, w.worker, of, seen, record.Is(b, record.Source{}))
}

// decided takes the first steps of the procedure of England and Wales; the third is a decision, from which clocks run.
func (w *town) decided(id casefile.ID, steps int) (last identification.Taken) {
	w.t.Helper()
	ctx, s := w.t.Context(), w.Identifications
	p, err := s.Open(ctx, w.worker, id, "gb-eaw", "")
	w.must(err)
	for _, step := range []struct {
		actor      auth.Actor
		step, body string
		own        bool
	}{{w.worker, "presume", "anybody", false}, {w.worker, "refer", "first-responder", false}, {w.authority, "first-positive", "authority", true}}[:steps] {
		last, err = s.Take(ctx, step.actor, identification.Taking{
			Case: id, Procedure: p, Step: step.step, Body: step.body, Own: step.own, On: profile.Date(w.today()), Agreed: identification.Agreed,
			BodyName: planted, Reasons: planted, Basis: planted,
		})
		w.must(err)
	}
	return last
}

// yes is what somebody says who agrees that the clinic is told who they are and what they need.
func (w *town) yes(words string) consent.Said {
	return consent.Said{
		Kind: consent.Sharing, State: consent.Given, Classes: []string{"referral", "identity"}, Purposes: []string{"support"},
		Last:       w.now.AddDate(0, 3, 0).Format(time.DateOnly),
		Recipients: []consent.Named{{Term: consent.Term{To: consent.Party(w.clinic), Recall: consent.RecallYes, Feeds: consent.FeedsNo}}},
		Giving: consent.Giving{
			OwnLanguage: consent.Yes, Explained: consent.Elements(), Understood: consent.Yes, By: consent.Herself, Exploiter: consent.No, Method: consent.Signed,
		},
		Sealed: consent.Sealed{Language: "en", Words: private.New(words)},
	}
}

func (w *town) today() string { return w.now.Format(time.DateOnly) }

// holds reports which of some words stand in a text.
func holds(text string, words ...string) (found []string) {
	for _, x := range words {
		if strings.Contains(text, x) {
			found = append(found, x)
		}
	}
	return found
}
