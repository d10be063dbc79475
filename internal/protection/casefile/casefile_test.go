package casefile_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

const org = auth.OrgID("org-a")

// desk is the cases of a node with some accounts.
type desk struct {
	*casefile.Cases
	t        testing.TB
	db       *db.DB
	vault    *vault.Vault
	accounts *auth.Accounts
	now      time.Time
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	d.db = dbtest.OpenAt(t, func() time.Time { return d.now })
	d.vault = vaulttest.Open(t, d.db)
	d.accounts = &auth.Accounts{DB: d.db}
	blobs := &blob.Blobs{DB: d.db, Vault: d.vault, Store: blob.Table{DB: d.db}}
	d.Cases = casefile.On(d.db, d.vault, d.accounts, blobs)
	d.vault.OnErase(blobs.Eraser())
	d.vault.OnCheck(blobs.Rows())
	d.write(func(ctx context.Context, tx *db.Tx) error {
		for _, o := range []auth.OrgID{org, "org-b"} {
			if _, err := tx.Exec(ctx, "INSERT INTO org (id, name, zone, created_at) VALUES ($1, 'invented', 'UTC', 0)", string(o)); err != nil {
				return err
			}
		}
		return nil
	})
	return d
}

func (d *desk) write(fn func(ctx context.Context, tx *db.Tx) error) {
	d.t.Helper()
	err := d.db.WriteUnaudited(d.t.Context(), "a test", func(tx *db.Tx) error { return fn(d.t.Context(), tx) })
	d.must(err)
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) kind(what string, err error, want fault.Kind) {
	d.t.Helper()
	if err == nil || fault.KindOf(err) != want {
		d.t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// staff adds an account with roles.
func (d *desk) staff(name string, roles ...auth.Role) auth.Actor {
	d.t.Helper()
	id := auth.AccountID(name)
	d.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO account (org_id, id, version, name, created_at) VALUES ($1, $2, 1, 'invented', 0)", string(org), name)
		for _, r := range roles {
			if err == nil {
				_, err = tx.Exec(ctx, "INSERT INTO account_role (org_id, account_id, role) VALUES ($1, $2, $3)", string(org), name, string(r))
			}
		}
		return err
	})
	return auth.Actor{Org: org, Account: id, Roles: roles, Via: auth.ViaSession, Zone: "UTC"}
}

func (d *desk) open(by auth.Actor, name string) casefile.Case {
	d.t.Helper()
	id, err := d.Cases.Open(d.t.Context(), by, casefile.Begin{Reason: "asks-for-help", Name: private.New(name)})
	d.must(err)
	c, err := d.Get(d.t.Context(), by, id)
	d.must(err)
	return c
}

// exclude keeps an account from a case.
func (d *desk) exclude(c casefile.Case, a auth.Actor) {
	d.t.Helper()
	d.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO exclusion (org_id, scope, account_id, reason, added_by, added_at) VALUES ($1, $2, $3, 'relative', 'x', 0)",
			string(org), string(c.ID()), string(a.Account))
		return err
	})
}

// sees is which lists show a case to an actor, and whether the actor can get it.
func (d *desk) sees(a auth.Actor, c casefile.Case) string {
	d.t.Helper()
	got := ""
	if _, err := d.Get(d.t.Context(), a, c.ID()); err == nil {
		got = "get"
	} else {
		d.kind("get", err, fault.NotFound)
	}
	for _, w := range []casefile.Whose{casefile.Mine, casefile.Team, casefile.Nobodys, casefile.Every} {
		p, err := d.List(d.t.Context(), a, casefile.Filter{Whose: w, Standing: c.Clear.Standing})
		if err != nil {
			d.kind(string(w), err, fault.NotFound)
			continue
		}
		for _, found := range p.Cases {
			if found.ID() == c.ID() {
				got += " " + string(w)
			}
		}
	}
	return got
}

func TestOpenCase(t *testing.T) {
	d := newDesk(t)
	worker, other := d.staff("worker", auth.SupportWorker), d.staff("other", auth.SupportWorker)
	chief, officer := d.staff("chief", auth.Supervisor), d.staff("officer", auth.Officer)
	admin := d.staff("admin", auth.Administrator)
	c := d.open(worker, "Sparrow")
	w, err := d.Words(t.Context(), worker, c, "support")
	if err != nil || w.Name.Reveal("test") != "Sparrow" {
		t.Errorf("words: %v", err)
	}
	if n, ok := casefile.ParseNumber(c.Clear.Number); !ok || n != c.Clear.Number || !c.Protected() {
		t.Errorf("case %+v", c.Clear)
	}
	for _, want := range []struct {
		who  auth.Actor
		sees string
	}{{worker, "get mine"}, {other, ""}, {chief, "get all"}, {officer, ""}, {admin, ""}} {
		if got := d.sees(want.who, c); got != want.sees {
			t.Errorf("%s sees %q, want %q", want.who.Account, got, want.sees)
		}
	}
	if found, err := d.Find(t.Context(), worker, " "+c.Clear.Number+" "); err != nil || found.ID() != c.ID() {
		t.Errorf("find by number: %v", err)
	}
	_, err = d.Find(t.Context(), other, c.Clear.Number)
	d.kind("a number of somebody else's case", err, fault.NotFound)
	_, err = d.Words(t.Context(), other, c, "support")
	d.kind("words of somebody else's case", err, fault.NotFound)
	for name, b := range map[string]casefile.Begin{
		"no reason": {}, "an invented reason": {Reason: "x"}, "an invented origin": {Reason: "other", Origin: "x"},
		"a long name": {Reason: "other", Name: private.New(fmt.Sprintf("%0500d", 0))},
	} {
		_, err := d.Cases.Open(t.Context(), worker, b)
		d.kind(name, err, fault.Invalid)
	}
	_, err = d.Cases.Open(t.Context(), admin, casefile.Begin{Reason: "other"})
	d.kind("an administrator opens a case", err, fault.NotFound)
}
