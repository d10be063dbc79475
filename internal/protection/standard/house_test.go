package standard_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/standard"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/blind"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// house is an invented service that takes files in.
type house struct {
	*standard.Standards
	t             testing.TB
	db            *db.DB
	vault         *vault.Vault
	index         *blind.Index
	accounts      *auth.Accounts
	cases         *casefile.Cases
	people        *person.People
	consents      *consent.Consents
	now           time.Time
	org           auth.OrgID
	worker, chief auth.Actor
}

func newHouse(t testing.TB) *house {
	h := &house{t: t, now: time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return h.now }
	h.db = dbtest.OpenAt(t, clock)
	h.vault = vaulttest.Open(t, h.db)
	h.index = blind.On(h.db, h.vault)
	h.accounts = &auth.Accounts{DB: h.db}
	h.cases = casefile.On(h.db, h.vault, h.accounts, nil)
	h.people = person.On(h.db, h.vault, h.index, h.cases, clock)
	h.consents = consent.On(h.db, h.vault, h.cases, consent.LooksOf(h.people))
	h.Standards = standard.On(h.db, h.vault, h.cases, h.people, h.consents)
	var err error
	h.org, err = h.accounts.CreateOrg(t.Context(), "Harbour House (invented)", "Europe/London")
	h.must(err)
	h.worker, h.chief = h.staff(auth.SupportWorker), h.staff(auth.Supervisor)
	return h
}

func (h *house) staff(role auth.Role) auth.Actor {
	h.t.Helper()
	id, err := h.accounts.CreateAccount(h.t.Context(), auth.CLI(h.org), "Invented "+string(role), role)
	h.must(err)
	return auth.Actor{Org: h.org, Account: id, Roles: []auth.Role{role}, Via: auth.ViaSession, Zone: "Europe/London"}
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

// open opens a text as a file, as often as it is asked to.
func open(text string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

// file is a text of a standard to take in.
func (h *house) file(name, version string, form standard.Form, text string) standard.File {
	h.t.Helper()
	m, err := standard.MapOf(name, version)
	h.must(err)
	return standard.File{Map: m, Form: form, Open: open(text)}
}

// in takes a file in, and returns what was lost.
func (h *house) in(f standard.File) (standard.Report, []standard.Loss) {
	h.t.Helper()
	var lost []standard.Loss
	f.Lost = func(l standard.Loss) error {
		lost = append(lost, l)
		return nil
	}
	r, err := h.Import(h.t.Context(), h.chief, f)
	h.must(err)
	return r, lost
}

// list returns all open cases.
func (h *house) list() []casefile.Case {
	h.t.Helper()
	p, err := h.cases.List(h.t.Context(), h.chief, casefile.Filter{Whose: casefile.Every, Limit: 200})
	h.must(err)
	return p.Cases
}

// text writes rows as a file.
func text(t testing.TB, m standard.Map, form standard.Form, rows ...standard.Row) string {
	t.Helper()
	var b bytes.Buffer
	w, err := standard.NewWriter(&b, m, form, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if left, err := w.Write(r); err != nil || len(left) > 0 {
			t.Fatal(left, err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
