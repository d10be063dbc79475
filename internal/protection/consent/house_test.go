package consent_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/blind"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// house is an invented shelter with one case, and an invented clinic on the same node.
type house struct {
	*consent.Consents
	t              *testing.T
	db             *db.DB
	vault          *vault.Vault
	cases          *casefile.Cases
	now            time.Time
	org, clinic    auth.OrgID
	worker, second auth.Actor
	of             string
	person         vault.PersonID
	people         *person.People
	lost           error // what looking for what is known of the person fails with
}

func newHouse(t *testing.T) *house {
	h := &house{t: t, now: time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)}
	h.db = dbtest.OpenAt(t, func() time.Time { return h.now })
	h.vault = vaulttest.Open(t, h.db)
	accounts := &auth.Accounts{DB: h.db}
	h.cases = casefile.On(h.db, h.vault, accounts, nil)
	x := blind.On(h.db, h.vault)
	h.people = person.On(h.db, h.vault, x, h.cases, func() time.Time { return h.now })
	looks := consent.LooksOf(h.people)
	adult := looks.Adult
	looks.Adult = func(ctx context.Context, tx *db.Tx, org auth.OrgID, of vault.PersonID) (bool, error) {
		is, err := adult(ctx, tx, org, of)
		return is, errors.Join(err, h.lost)
	}
	h.Consents = consent.On(h.db, h.vault, h.cases, looks)
	for i, name := range []string{"Harbour House (invented)", "Bay Clinic (invented)"} {
		org, err := accounts.CreateOrg(t.Context(), name, "Europe/London")
		h.must(err)
		*[]*auth.OrgID{&h.org, &h.clinic}[i] = org
	}
	for i, role := range []auth.Role{auth.SupportWorker, auth.Supervisor} {
		id, err := accounts.CreateAccount(t.Context(), auth.CLI(h.org), "Invented "+string(role), role)
		h.must(err)
		*[]*auth.Actor{&h.worker, &h.second}[i] = h.as(id, role)
	}
	h.of, h.person = h.open()
	h.born("1990-01-01", "1999-12-31")
	return h
}

// born keeps when the person of the case was born, as somebody has guessed.
func (h *house) born(from, to string) {
	h.t.Helper()
	b := person.Births{List: []person.Birth{{From: from, To: to, Basis: person.ByEstimate}}}
	file, err := h.people.Open(h.t.Context(), h.worker, casefile.ID(h.of), person.Purpose)
	h.must(err)
	seen := person.Seen{Version: file.Marks[person.OfBirth].Version, Source: record.Source{From: "observed"}}
	h.must(h.people.SetBirth(h.t.Context(), h.worker, casefile.ID(h.of), seen, record.Is(b, record.Source{})))
}

func (h *house) as(account auth.AccountID, role auth.Role) auth.Actor {
	return auth.Actor{Org: h.org, Account: account, Roles: []auth.Role{role}, Via: auth.ViaSession, Zone: "Europe/London"}
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(fault.Cause(err))
	}
}

// kind checks that an error is of a kind.
func (h *house) kind(what string, err error, want fault.Kind) {
	h.t.Helper()
	if err == nil || fault.KindOf(err) != want {
		h.t.Errorf("%s: %v, want %s", what, fault.Cause(err), want)
	}
}

// open opens a case of a new person.
func (h *house) open() (string, vault.PersonID) {
	h.t.Helper()
	id, err := h.cases.Open(h.t.Context(), h.worker, casefile.Begin{Reason: "asks-for-help"})
	h.must(err)
	c, err := h.cases.Get(h.t.Context(), h.worker, id)
	h.must(err)
	return string(id), c.Person
}

// said is a yes: the clinic on this node and the police may have contact and need, for support, until the end of August.
func (h *house) said() consent.Said {
	return consent.Said{
		Kind: consent.Sharing, State: consent.Given, Classes: []string{"contact", "need"}, Purposes: []string{"support"}, Last: "2026-08-31",
		Recipients: []consent.Named{
			{Term: consent.Term{To: consent.Party(h.clinic), Recall: consent.RecallYes, Feeds: consent.FeedsNo}},
			{Term: consent.Term{To: "police", Recall: consent.RecallNo, Why: "police-record"}},
		},
		Giving: consent.Giving{
			OwnLanguage: consent.Yes, Explained: consent.Elements(), Understood: consent.Yes, By: consent.Herself, Exploiter: consent.No,
			Method: consent.Signed,
		},
		Sealed: consent.Sealed{Language: "am", Words: private.New("They may know where to call me.")},
	}
}

func (h *house) give(s consent.Said) consent.ID {
	h.t.Helper()
	id, err := h.Give(h.t.Context(), h.worker, h.of, s, record.NewSubmissionKey())
	h.must(err)
	return id
}

// ask asks for one point.
func (h *house) ask(recipient, class, purpose string) consent.Decision {
	h.t.Helper()
	var d consent.Decision
	h.must(h.db.Read(h.t.Context(), func(tx *db.Tx) (err error) {
		d, err = h.Decide(h.t.Context(), tx, h.org, consent.Request{
			Person: h.person, Kind: consent.Sharing, Recipient: recipient, Class: class, Purpose: purpose,
		})
		return err
	}))
	return d
}

// disclose lets something leave on a consent.
func (h *house) disclose(id consent.ID, recipient string, classes ...string) (left consent.DisclosureID, err error) {
	err = h.db.Write(h.t.Context(), func(tx *db.Tx) error {
		left, err = h.DiscloseIn(h.t.Context(), tx, h.worker, record.Key{Case: h.of, Person: h.person}, consent.Leaving{
			Authority: consent.Authority{Consent: id}, Recipient: recipient, Classes: classes, Purpose: "support", Share: "SHARE" + recipient,
			Content: []byte("how to reach her"),
		})
		return err
	})
	return left, err
}

func (h *house) view() consent.View {
	h.t.Helper()
	v, err := h.View(h.t.Context(), h.worker, h.of)
	h.must(err)
	return v
}
