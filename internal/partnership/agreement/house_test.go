package agreement_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/beat"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// house is two invented organisations on one node: the harbour house holds records, the constabulary asks.
type house struct {
	*agreement.Agreements
	t            *testing.T
	db           *db.DB
	vault        *vault.Vault
	now          time.Time
	harbour, con auth.OrgID
	records      int
}

func newHouse(t *testing.T) *house {
	h := &house{t: t, now: time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)}
	h.db = dbtest.OpenAt(t, func() time.Time { return h.now })
	h.vault = vaulttest.Open(t, h.db)
	h.Agreements = agreement.On(h.db, h.vault)
	h.Schedule = beat.Schedule{}
	accounts := auth.Accounts{DB: h.db}
	for i, name := range []string{"Harbour House (invented)", "Farrow Constabulary (invented)"} {
		org, err := accounts.CreateOrg(t.Context(), name, "Europe/London")
		if err != nil {
			t.Fatal(err)
		}
		*[]*auth.OrgID{&h.harbour, &h.con}[i] = org
	}
	return h
}

// as returns somebody of an organisation. The account names the role: one person each.
func as(org auth.OrgID, roles ...auth.Role) auth.Actor {
	return auth.Actor{Org: org, Account: auth.AccountID("account" + string(roles[0])), Roles: roles}
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(fault.Cause(err))
	}
}

// terms let the harbour house send how to reach a survivor, on consent.
func (h *house) terms() agreement.Terms {
	t := agreement.DefaultTerms(h.now)
	t.Partner, t.Purposes, t.Subjects = h.con, []string{"safety"}, []string{"survivor"}
	t.Fields, t.Recipients = []string{"contact.channel", "contact.hours"}, []string{"investigator"}
	t.Country, t.Citation = "XFD", "Protection Act (invented), section 4"
	return t
}

// agreed makes an agreement that both have signed.
func (h *house) agreed(t agreement.Terms) agreement.ID {
	h.t.Helper()
	ctx := h.t.Context()
	id, err := h.Draft(ctx, as(h.harbour, auth.Liaison), t, "")
	h.must(err)
	h.must(h.Offer(ctx, as(h.harbour, auth.Liaison), id))
	h.sign(id)
	return id
}

func (h *house) sign(id agreement.ID) {
	h.t.Helper()
	for _, who := range []auth.Actor{as(h.harbour, auth.Supervisor), as(h.con, auth.ProtectionOfficer)} {
		h.must(h.Sign(h.t.Context(), who, id, h.view(who, id).Hash))
	}
}

func (h *house) view(who auth.Actor, id agreement.ID) agreement.View {
	h.t.Helper()
	v, err := h.View(h.t.Context(), who, id)
	h.must(err)
	return v
}

// shelve puts a record about a new person on the shelf.
func (h *house) shelve(fields map[string]string) (agreement.RecordID, vault.PersonID) {
	h.t.Helper()
	h.records++
	person := vault.PersonID(db.NewID())
	worker := as(h.harbour, auth.SupportWorker)
	h.must(h.db.Write(h.t.Context(), func(tx *db.Tx) error {
		if err := h.vault.Enrol(h.t.Context(), tx, worker, person, h.vault.Classes()[0].Code); err != nil {
			return err
		}
		return audit.Append(h.t.Context(), tx, audit.Entry{Org: string(h.harbour), Actor: "test", Kind: audit.Decision, Subject: "enrol"})
	}))
	r := agreement.Record{
		Person: person, Row: accord.Row{Subject: "survivor", Class: "contact", TLP: "amber", Handling: "H1", Source: "A", Information: 1},
		Fields: map[string]private.Text{},
	}
	for name, text := range fields {
		r.Fields[name] = private.New(text)
	}
	id, err := h.Shelve(h.t.Context(), worker, r)
	h.must(err)
	return id, person
}

// consent authorises the constabulary for a year.
func (h *house) consent(person vault.PersonID) agreement.AuthorityID {
	h.t.Helper()
	id, err := h.Authorise(h.t.Context(), as(h.harbour, auth.SupportWorker), person, h.con, accord.Authority{
		Kind: "consent", Purpose: "safety", Class: "contact", From: h.now.UnixMicro(), Until: h.now.AddDate(1, 0, 0).UnixMicro(),
	})
	h.must(err)
	return id
}

// ask asks as an investigator of the constabulary and returns what came, as one text.
func (h *house) ask(id agreement.ID, record agreement.RecordID) string {
	h.t.Helper()
	out, err := h.Decide(h.t.Context(), as(h.con, auth.Investigator), agreement.Ask{Agreement: id, Record: record, Purpose: "safety"})
	h.must(err)
	var got []string
	for _, f := range out.Fields {
		got = append(got, f.Field+"="+f.Text.Reveal("test"))
	}
	return strings.Join(got, " ")
}
