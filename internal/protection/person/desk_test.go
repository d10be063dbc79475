package person

import (
	"context"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/blind"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

const (
	orgA = auth.OrgID("org-a")
	orgB = auth.OrgID("org-b")
)

// desk is a node with two organisations, some accounts and everything this package stands on.
type desk struct {
	*People
	t        testing.TB
	database *db.DB
	vault    *vault.Vault
	index    *blind.Index
	files    *casefile.Cases
	now      time.Time
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	d.database = dbtest.OpenAt(t, func() time.Time { return d.now })
	d.vault = vaulttest.Open(t, d.database)
	accounts := &auth.Accounts{DB: d.database}
	blobs := &blob.Blobs{DB: d.database, Vault: d.vault, Store: blob.Table{DB: d.database}}
	d.files = casefile.On(d.database, d.vault, accounts, blobs)
	d.index = blind.On(d.database, d.vault)
	d.People = On(d.database, d.vault, d.index, d.files, func() time.Time { return d.now })
	d.vault.OnErase(blobs.Eraser())
	d.write(func(ctx context.Context, tx *db.Tx) error {
		for _, o := range []auth.OrgID{orgA, orgB} {
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
	d.must(d.database.WriteUnaudited(d.t.Context(), "a test", func(tx *db.Tx) error { return fn(d.t.Context(), tx) }))
}

func (d *desk) read(fn func(ctx context.Context, tx *db.Tx) error) {
	d.t.Helper()
	d.must(d.database.Read(d.t.Context(), func(tx *db.Tx) error { return fn(d.t.Context(), tx) }))
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
func (d *desk) staff(org auth.OrgID, name string, roles ...auth.Role) auth.Actor {
	d.t.Helper()
	d.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO account (org_id, id, version, name, created_at) VALUES ($1, $2, 1, 'invented', 0)", string(org), name)
		for _, r := range roles {
			if err == nil {
				_, err = tx.Exec(ctx, "INSERT INTO account_role (org_id, account_id, role) VALUES ($1, $2, $3)", string(org), name, string(r))
			}
		}
		return err
	})
	return auth.Actor{Org: org, Account: auth.AccountID(name), Roles: roles, Via: auth.ViaSession, Zone: "UTC"}
}

// begin opens a case of somebody new.
func (d *desk) begin(by auth.Actor) casefile.ID {
	d.t.Helper()
	id, err := d.files.Open(d.t.Context(), by, casefile.Begin{Reason: "asks-for-help"})
	d.must(err)
	return id
}

func (d *desk) personOf(by auth.Actor, of casefile.ID) vault.PersonID {
	d.t.Helper()
	c, err := d.files.Get(d.t.Context(), by, of)
	d.must(err)
	return c.Person
}

func (d *desk) file(by auth.Actor, of casefile.ID) File {
	d.t.Helper()
	f, err := d.Open(d.t.Context(), by, of, "support")
	d.must(err)
	return f
}

func is[T any](v T) record.Answer[T] { return record.Answer[T]{State: record.Given, Value: v} }

// call names somebody.
func (d *desk) call(by auth.Actor, of casefile.ID, names ...Name) {
	d.t.Helper()
	d.must(d.SetNames(d.t.Context(), by, of, Seen{Version: d.file(by, of).Marks[OfNames].Version}, is(Names{List: names})))
}

func (d *desk) born(by auth.Actor, of casefile.ID, all ...Birth) {
	d.t.Helper()
	d.must(d.SetBirth(d.t.Context(), by, of, Seen{Version: d.file(by, of).Marks[OfBirth].Version}, is(Births{List: all})))
}

func (d *desk) phone(by auth.Actor, of casefile.ID, number string) {
	d.t.Helper()
	c := Contacts{List: is([]Contact{{Channel: Phone, Value: number, Safe: Yes}})}
	d.must(d.SetContact(d.t.Context(), by, of, Seen{Version: d.file(by, of).Marks[OfContact].Version}, c))
}

// exclude keeps an account from a case.
func (d *desk) exclude(of casefile.ID, a auth.Actor) {
	d.t.Helper()
	d.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO exclusion (org_id, scope, account_id, reason, added_by, added_at) VALUES ($1, $2, $3, 'relative', 'x', 0)",
			string(a.Org), string(of), string(a.Account))
		return err
	})
}

// openings counts the entries of openings of a person.
func (d *desk) openings(org auth.OrgID, person vault.PersonID) (n int) {
	d.t.Helper()
	d.read(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM audit_sealed WHERE org_id = $1 AND person_id = $2", string(org), string(person)).Scan(&n)
	})
	return n
}

func vaultPerson(id string) vault.PersonID { return vault.PersonID(id) }

func asOf(day string) record.Source { return record.Source{AsOf: day} }
