package referral_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/identification"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/referral"
	"github.com/fourfold/fourfold/internal/protection/support"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/blind"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// side is an invented organisation with a worker and a supervisor.
type side struct {
	org           auth.OrgID
	worker, chief auth.Actor
}

// town is three invented organisations of one node: a shelter, a clinic and the police.
type town struct {
	*referral.Referrals
	t                 *testing.T
	db                *db.DB
	vault             *vault.Vault
	now               time.Time
	accounts          *auth.Accounts
	cases             *casefile.Cases
	people            *person.People
	consents          *consent.Consents
	home, clinic, law side
	law_              *paper // the agreements, as an agreement of the shelter would be
	of                string // a case of the shelter
	consent           consent.ID
}

// paper is what is signed: from and to, with the fields that may go. The real agreements are tested with package app.
type paper struct {
	fields map[[2]auth.OrgID][]string
	asked  int
	before func() // of each answer; nil for nothing
}

func (p *paper) MaySend(_ context.Context, _ *db.Tx, q referral.Question) ([]referral.Permit, error) {
	p.asked++
	if p.before != nil {
		p.before()
	}
	fields, ok := p.fields[[2]auth.OrgID{q.From, q.To}]
	if !ok {
		return nil, nil
	}
	one := referral.Permit{Agreement: "AGREEMENT"}
	for _, f := range q.Fields {
		class, _, _ := strings.Cut(f, ".")
		grounded := slices.ContainsFunc(q.Grounds, func(a accord.Authority) bool {
			return a.To == consent.Party(q.To) && a.Purpose == q.Purpose && a.Class == class
		})
		answer := referral.PermitField{Allowed: grounded && slices.Contains(fields, f)}
		if answer.Allowed {
			answer.Roles = slices.DeleteFunc(slices.Clone(q.Roles), func(r auth.Role) bool { return r == auth.Authority })
			answer.Allowed = len(answer.Roles) > 0
		}
		if !answer.Allowed {
			answer.Reasons = []accord.Reason{accord.ReasonField}
		}
		one.Fields = append(one.Fields, answer)
	}
	return []referral.Permit{one}, nil
}

func (p *paper) Receivers(_ context.Context, _ *db.Tx, from auth.OrgID) (list []auth.Org, err error) {
	for pair := range p.fields {
		if pair[0] == from {
			list = append(list, auth.Org{ID: pair[1], Name: string(pair[1])})
		}
	}
	return list, nil
}

// every is every field that can leave.
func every() (fields []string) {
	for _, w := range slices.Concat(referral.BlindFields(), referral.LaterFields()) {
		fields = append(fields, w.Code)
	}
	return fields
}

func newTown(t *testing.T) *town {
	h := &town{t: t, now: time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return h.now }
	h.db = dbtest.OpenAt(t, clock)
	h.vault = vaulttest.Open(t, h.db)
	h.accounts = &auth.Accounts{DB: h.db}
	h.cases = casefile.On(h.db, h.vault, h.accounts, nil)
	h.people = person.On(h.db, h.vault, blind.On(h.db, h.vault), h.cases, clock)
	h.consents = consent.On(h.db, h.vault, h.cases, consent.LooksOf(h.people))
	h.law_ = &paper{fields: map[[2]auth.OrgID][]string{}}
	h.Referrals = referral.On(h.db, h.vault, h.cases, h.consents, h.law_, referral.Sources{
		People: h.people, Support: support.On(h.db, h.vault, h.cases),
		Identifications: identification.On(h.db, h.vault, h.cases, profile.Procedures()),
	})
	for i, name := range []string{"Harbour House (invented)", "Bay Clinic (invented)", "North Police (invented)"} {
		s := []*side{&h.home, &h.clinic, &h.law}[i]
		var err error
		s.org, err = h.accounts.CreateOrg(t.Context(), name, "Europe/London")
		h.must(err)
		s.worker, s.chief = h.staff(s.org, auth.SupportWorker), h.staff(s.org, auth.Supervisor)
	}
	for _, a := range []auth.OrgID{h.home.org, h.clinic.org, h.law.org} {
		for _, b := range []auth.OrgID{h.home.org, h.clinic.org, h.law.org} {
			if a != b {
				h.law_.fields[[2]auth.OrgID{a, b}] = every()
			}
		}
	}
	h.of = h.open(h.home)
	h.consent = h.give(h.home, h.of, h.clinic.org, h.law.org)
	return h
}

func (h *town) staff(org auth.OrgID, role auth.Role) auth.Actor {
	h.t.Helper()
	id, err := h.accounts.CreateAccount(h.t.Context(), auth.CLI(org), "Invented "+string(role), role)
	h.must(err)
	return auth.Actor{Org: org, Account: id, Roles: []auth.Role{role}, Via: auth.ViaSession, Zone: "Europe/London"}
}

func (h *town) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(fault.Cause(err))
	}
}

// kind checks that an error is of a kind.
func (h *town) kind(what string, err error, want fault.Kind) {
	h.t.Helper()
	if err == nil || fault.KindOf(err) != want {
		h.t.Errorf("%s: %v, want %s", what, fault.Cause(err), want)
	}
}

// open opens a case of an adult.
func (h *town) open(s side) string {
	h.t.Helper()
	id, err := h.cases.Open(h.t.Context(), s.worker, casefile.Begin{Reason: "asks-for-help"})
	h.must(err)
	h.born(s, string(id), "1990-01-01", "1999-12-31")
	return string(id)
}

func (h *town) born(s side, of, from, to string) {
	h.t.Helper()
	b := person.Births{List: []person.Birth{{From: from, To: to, Basis: person.ByDocument}}}
	file, err := h.people.Open(h.t.Context(), s.worker, casefile.ID(of), person.Purpose)
	h.must(err)
	seen := person.Seen{Version: file.Marks[person.OfBirth].Version, Source: record.Source{From: "observed"}}
	h.must(h.people.SetBirth(h.t.Context(), s.worker, casefile.ID(of), seen, record.Is(b, record.Source{})))
}

// emergency decides without consent that an organisation may be told everything, because of danger to life.
func (h *town) emergency(of string, to auth.OrgID) consent.BasisID {
	h.t.Helper()
	ctx := h.t.Context()
	o := consent.Override{
		Ground: consent.Emergency, Recipient: consent.Party(to), Classes: classes, Purpose: "support", Told: consent.NotReachable,
		Why: private.New("danger tonight (invented)"), Plan: private.New("tomorrow, in person"),
	}
	d, err := h.consents.Refusal(ctx, h.home.worker, of, o.Recipient, o.Purpose, o.Classes)
	h.must(err)
	o.Seen = consent.Seen(d)
	id, err := h.consents.Begin(ctx, h.home.worker, of, o, record.NewSubmissionKey())
	h.must(err)
	return id
}

// classes are those of every field.
var classes = []string{"referral", "identity", "contact", "need", "risk", "decision"}

// give writes down a yes to telling some organisations everything, for support.
func (h *town) give(s side, of string, to ...auth.OrgID) consent.ID {
	h.t.Helper()
	return h.agree(s, of, classes, to...)
}

func (h *town) agree(s side, of string, classes []string, to ...auth.OrgID) consent.ID {
	h.t.Helper()
	said := consent.Said{
		Kind: consent.Sharing, State: consent.Given, Classes: classes, Purposes: []string{"support"}, Last: "2026-12-31",
		Giving: consent.Giving{
			OwnLanguage: consent.Yes, Explained: consent.Elements(), Understood: consent.Yes, By: consent.Herself, Exploiter: consent.No, Method: consent.Signed,
		},
	}
	for _, org := range to {
		said.Recipients = append(said.Recipients, consent.Named{Term: consent.Term{To: consent.Party(org), Recall: consent.RecallYes, Feeds: consent.FeedsNo}})
	}
	h.now = h.now.Add(time.Second)
	id, err := h.consents.Give(h.t.Context(), s.worker, of, said, record.NewSubmissionKey())
	h.must(err)
	return id
}

// canary is what must not cross before somebody has accepted.
const canary = "Zebrafinch Quagga"

// wish is a need of a place, with who the person is for afterwards.
func (h *town) wish(to side, needs ...string) referral.Wish {
	if len(needs) == 0 {
		needs = []string{"accommodation"}
	}
	return referral.Wish{
		To: to.org, Purpose: "support", Needs: needs, Urgency: "today",
		Blind: referral.Blind{Age: "25-39", Languages: []string{"ti"}, Interpret: true, Children: 1, Access: []string{"step-free"}, Safety: []string{"no-calls"}},
		Later: referral.Later{"identity.name": private.New(canary), "contact.channel": private.New("message to 07700 900987"), "need.health": private.New("asthma")},
	}
}

// send makes and sends a referral.
func (h *town) send(from side, of string, w referral.Wish) string {
	h.t.Helper()
	id, err := h.Make(h.t.Context(), from.worker, of, w, record.NewSubmissionKey())
	h.must(err)
	h.must(h.go_(from, of, id))
	return id
}

// go_ looks at a draft and sends it.
func (h *town) go_(from side, of, id string) error {
	h.t.Helper()
	p, err := h.Preview(h.t.Context(), from.worker, of, id)
	h.must(err)
	return h.Send(h.t.Context(), from.worker, of, id, p.Seen)
}

// accept has a side accept, and returns its case.
func (h *town) accept(s side, id string) string {
	h.t.Helper()
	of, err := h.Accept(h.t.Context(), s.worker, id)
	h.must(err)
	if of == "" {
		h.t.Fatal("accepted, and nothing was released")
	}
	return of
}

// state is where a referral stands for its sender.
func (h *town) state(from side, of, id string) referral.State {
	h.t.Helper()
	return h.one(from, of, id).State
}

func (h *town) one(s side, of, id string) referral.Referral {
	h.t.Helper()
	list, err := h.OfCase(h.t.Context(), s.worker, of)
	h.must(err)
	for _, one := range list {
		if one.ID == id {
			return one
		}
	}
	h.t.Fatalf("the case has no referral %s", id)
	return referral.Referral{}
}

// text is what a side sees of what came, as one text.
func (h *town) text(s side, of, id string) string {
	h.t.Helper()
	p, err := h.Preview(h.t.Context(), s.worker, of, id)
	h.must(err)
	var all strings.Builder
	fmt.Fprint(&all, p.Blind)
	for _, l := range p.Lines {
		fmt.Fprint(&all, " ", l.Field, "=", l.Text.Reveal("test"))
	}
	return all.String()
}

// opened counts how often something of a person of the shelter was opened within a scope.
func (h *town) opened(of, scope string) (n int) {
	h.t.Helper()
	all, err := audit.About(h.t.Context(), h.db, h.vault, string(h.home.org), of)
	h.must(err)
	for _, e := range all {
		if e.Kind == audit.Opening && e.Detail["scope"] == scope {
			n++
		}
	}
	return n
}

// entries counts the acts on record in an organisation with a name.
func (h *town) entries(org auth.OrgID, act string) (n int) {
	h.t.Helper()
	ctx := h.t.Context()
	var all []audit.Entry
	h.must(h.db.Read(ctx, func(tx *db.Tx) (err error) {
		all, err = audit.List(ctx, tx, string(org), 5000)
		return err
	}))
	h.must(audit.Reveal(ctx, h.vault, all))
	for _, e := range all {
		if e.Detail["act"] == act {
			n++
		}
	}
	return n
}
