package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/beat"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// pair is a shelter and a constabulary, both invented, under one agreement, with one case of the shelter.
type pair struct {
	*app.App
	t         *testing.T
	now       time.Time
	here, con auth.OrgID
	under     agreement.ID
	worker    auth.Actor
	of        casefile.ID
	record    agreement.RecordID
}

func newPair(t *testing.T) *pair {
	p := &pair{t: t, now: time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)}
	d := dbtest.OpenAt(t, func() time.Time { return p.now })
	p.App = app.On(d, func() time.Time { return p.now }, vaulttest.Open(t, d))
	p.Agreements.Schedule = beat.Schedule{}
	for i, name := range []string{"Harbour House (invented)", "Farrow Constabulary (invented)"} {
		org, err := p.Accounts.CreateOrg(t.Context(), name, "Europe/London")
		p.must(err)
		*[]*auth.OrgID{&p.here, &p.con}[i] = org
	}
	p.sign()
	id, err := p.Accounts.CreateAccount(t.Context(), auth.CLI(p.here), "Invented Worker", auth.SupportWorker)
	p.must(err)
	p.worker, err = p.Accounts.Actor(t.Context(), id)
	p.must(err)
	p.of, err = p.Cases.Open(t.Context(), p.worker, casefile.Begin{Reason: "asks-for-help"})
	p.must(err)
	born := person.Births{List: []person.Birth{{From: "1990-01-01", To: "1999-12-31", Basis: person.ByEstimate}}}
	p.must(p.People.SetBirth(t.Context(), p.worker, p.of, person.Seen{Source: record.Source{From: "observed"}}, record.Is(born, record.Source{})))
	c, err := p.Cases.Get(t.Context(), p.worker, p.of)
	p.must(err)
	p.record, err = p.Agreements.Shelve(t.Context(), p.worker, agreement.Record{
		Person: c.Person, Row: accord.Row{Subject: "survivor", Class: "contact", TLP: "amber", Handling: "H1", Source: "A", Information: 1},
		Fields: map[string]private.Text{"channel": private.New("text message"), "hours": private.New("mornings"), "language": private.New("Amharic")},
	})
	p.must(err)
	return p
}

func (p *pair) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(fault.Cause(err))
	}
}

func (p *pair) as(org auth.OrgID, role auth.Role) auth.Actor {
	return auth.Actor{Org: org, Account: auth.AccountID("account" + string(role)), Roles: []auth.Role{role}, Via: auth.ViaSession, Zone: "Europe/London"}
}

// sign makes an agreement under which the shelter sends channel and hours to investigators, for safety, on consent.
func (p *pair) sign() {
	ctx := p.t.Context()
	terms := agreement.DefaultTerms(p.now)
	terms.Partner, terms.Purposes, terms.Subjects = p.con, []string{"safety"}, []string{"survivor"}
	terms.Fields, terms.Recipients = []string{"contact.channel", "contact.hours"}, []string{"investigator"}
	terms.Country, terms.Citation = "XFD", "Protection Act (invented), section 4"
	var err error
	p.under, err = p.Agreements.Draft(ctx, p.as(p.here, auth.Liaison), terms, "")
	p.must(err)
	p.must(p.Agreements.Offer(ctx, p.as(p.here, auth.Liaison), p.under))
	for _, who := range []auth.Actor{p.as(p.here, auth.Supervisor), p.as(p.con, auth.ProtectionOfficer)} {
		v, err := p.Agreements.View(ctx, who, p.under)
		p.must(err)
		p.must(p.Agreements.Sign(ctx, who, p.under, v.Hash))
	}
}

// ask returns the names of the fields that the constabulary gets.
func (p *pair) ask() string {
	p.t.Helper()
	out, err := p.Agreements.Decide(p.t.Context(), p.as(p.con, auth.Investigator), agreement.Ask{Agreement: p.under, Record: p.record, Purpose: "safety"})
	p.must(err)
	var names []string
	for _, f := range out.Fields {
		names = append(names, f.Field)
	}
	return strings.Join(names, " ")
}

// said is a yes to the constabulary's having a class for a purpose.
func (p *pair) said(class, purpose string) consent.Said {
	return consent.Said{
		Kind: consent.Sharing, State: consent.Given, Classes: []string{class}, Purposes: []string{purpose}, Last: "2026-08-31",
		Recipients: []consent.Named{{Term: consent.Term{To: consent.Party(p.con)}}},
		Giving: consent.Giving{
			OwnLanguage: consent.Yes, Explained: consent.Elements(), Understood: consent.Yes, By: consent.Herself, Exploiter: consent.No, Method: consent.Signed,
		},
	}
}

// TestWhatLeavesIsTheIntersection: agreement, purpose and what the person agreed to, each by itself, let nothing leave; together
// they let leave what all three name; it has a line, and taking it back ends it and asks for it back.
func TestWhatLeavesIsTheIntersection(t *testing.T) {
	p := newPair(t)
	ctx := t.Context()
	give := func(s consent.Said) consent.ID {
		t.Helper()
		p.now = p.now.Add(time.Minute)
		id, err := p.Consents.Give(ctx, p.worker, string(p.of), s, "")
		p.must(err)
		return id
	}
	if got := p.ask(); got != "" {
		t.Errorf("without consent: %s", got)
	}
	give(p.said("identity", "safety"))
	give(p.said("contact", "return"))
	if got := p.ask(); got != "" {
		t.Errorf("with consent to something else: %s", got)
	}
	id := give(p.said("contact", "safety"))
	if got := p.ask(); got != "channel hours" {
		t.Errorf("with consent: %q", got)
	}
	v, err := p.Consents.View(ctx, p.worker, string(p.of))
	p.must(err)
	if len(v.Left) != 1 || v.Left[0].Authority.Consent != id || v.Left[0].Agreement != string(p.under) || v.Left[0].Share != string(p.record) {
		t.Fatalf("the ledger of disclosures has %+v", v.Left)
	}
	done, err := p.Consents.Withdraw(ctx, p.worker, string(p.of), consent.Withdrawal{Consent: id})
	p.must(err)
	if got := p.ask(); got != "" || len(done.Recalls) != 1 {
		t.Errorf("taken back, and %q leaves; recalls %v", got, done.Recalls)
	}
	p.must(p.DB.Read(ctx, func(tx *db.Tx) error {
		asked, err := p.Consents.Recalls(ctx, tx, p.con, false, string(p.record))
		if len(asked) != 1 {
			t.Errorf("the constabulary was asked %+v", asked)
		}
		return err
	}))
}

// TestNoConsentBesideTheSheet: an authority that somebody wrote for the agreement counts until the person has a sheet, and never
// against one.
func TestNoConsentBesideTheSheet(t *testing.T) {
	p := newPair(t)
	c, err := p.Cases.Get(t.Context(), p.worker, p.of)
	p.must(err)
	_, err = p.Agreements.Authorise(t.Context(), p.worker, c.Person, p.con, accord.Authority{
		Kind: "consent", Purpose: "safety", Class: "contact", From: p.now.UnixMicro(), Until: p.now.AddDate(1, 0, 0).UnixMicro(),
	})
	p.must(err)
	if got := p.ask(); got != "channel hours" {
		t.Errorf("on the authority: %q", got)
	}
	_, err = p.Consents.Give(t.Context(), p.worker, string(p.of), consent.Said{Kind: consent.Sharing, State: consent.Refused}, "")
	p.must(err)
	if got := p.ask(); got != "" {
		t.Errorf("the person said no, and %q leaves", got)
	}
}
