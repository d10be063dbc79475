package vault

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault/keyring"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

const org = auth.OrgID("org-a")

var (
	worker = auth.Actor{Org: org, Account: "worker", Roles: []auth.Role{auth.Supervisor}, Via: auth.ViaSession}
	second = auth.Actor{Org: org, Account: "second", Roles: []auth.Role{auth.ProtectionOfficer}, Via: auth.ViaSession}
	// elsewhere is somebody of another organisation who may do what worker may.
	elsewhere = auth.Actor{Org: "org-b", Account: "x", Roles: []auth.Role{auth.Supervisor, auth.ProtectionOfficer}}
	why       = Why{Purpose: "support", Scope: "case-1"}
)

// keySource gives one key, as a key service would.
type keySource struct{ key nodekey.Key }

func (s keySource) NodeKey(context.Context) (nodekey.Key, error) {
	// A copy: the vault forgets what it was given.
	shares := nodekey.Split(s.key)
	return nodekey.Combine(shares[0], shares[1])
}

// house is a vault with what stands around it.
type house struct {
	*Vault
	t    testing.TB
	db   *db.DB
	node nodekey.Key
	ring keyring.File
	now  *time.Time
	file string // of an SQLite database
}

func newHouse(t testing.TB, erasers ...Eraser) *house {
	t.Helper()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	h := &house{
		t: t, node: nodekey.New(), now: &now,
		ring: keyring.File{Path: filepath.Join(t.TempDir(), "keyring")},
	}
	c := dbtest.Config(t)
	c.Clock = func() time.Time { return now }
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	h.db, h.file = d, c.URL
	h.write(func(tx *db.Tx) error {
		for _, id := range []auth.OrgID{org, "org-b"} {
			if _, err := tx.Exec(t.Context(), "INSERT INTO org (id, name, zone, created_at) VALUES ($1, 'invented', 'UTC', 0)", string(id)); err != nil {
				return err
			}
		}
		return nil
	})
	h.Vault = h.again(erasers...)
	return h
}

// again opens the same database and keyring in another vault, as after a restart.
func (h *house) again(erasers ...Eraser) *Vault {
	h.t.Helper()
	v, err := New(Config{DB: h.db, Keyring: h.ring, Source: keySource{h.node}, Erasers: erasers})
	if err != nil {
		h.t.Fatal(err)
	}
	if err := v.Unlock(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	return v
}

func (h *house) write(fn func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.db.WriteUnaudited(h.t.Context(), "a test", fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) enrol(persons ...PersonID) {
	h.t.Helper()
	h.write(func(tx *db.Tx) error {
		for _, p := range persons {
			if err := h.Enrol(h.t.Context(), tx, worker, p, "adult-client"); err != nil {
				return err
			}
		}
		return nil
	})
}

func place(person PersonID, field string) Place {
	return Place{Org: org, Person: person, Record: "record-1", Field: field, Class: Personal, Version: 1}
}

func (h *house) seal(p Place, text string) Item {
	h.t.Helper()
	var s []Sealed
	h.write(func(tx *db.Tx) (err error) {
		s, err = h.Seal(h.t.Context(), tx, Value{Place: p, Text: private.New(text)})
		return err
	})
	return Item{Place: p, Sealed: s[0]}
}

// erase erases a person with two people.
func (h *house) erase(person PersonID) Certificate {
	h.t.Helper()
	id, err := h.ProposeErasure(h.t.Context(), worker, person, "request")
	if err != nil {
		h.t.Fatal(err)
	}
	c, err := h.Erase(h.t.Context(), second, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *house) entries(kind audit.Kind) (found []audit.Entry) {
	h.t.Helper()
	err := h.db.Read(h.t.Context(), func(tx *db.Tx) error {
		all, err := audit.List(h.t.Context(), tx, string(org), 100_000)
		if err == nil && !h.Locked() {
			err = audit.Reveal(h.t.Context(), h.Vault, all)
		}
		found = nil
		for _, e := range all {
			if e.Kind == kind {
				found = append(found, e)
			}
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return found
}

func reveal(texts []private.Text) (plain []string) {
	for _, t := range texts {
		plain = append(plain, t.Reveal("test"))
	}
	return plain
}
