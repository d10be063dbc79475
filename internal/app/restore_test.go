package app_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/backup"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/keyring"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// kept is a node in a folder of its own, with what its people keep elsewhere.
type kept struct {
	*app.App
	t      *testing.T
	dir    string
	conf   app.Config
	key    *age.X25519Identity
	copy   keyring.File
	org    auth.OrgID
	worker auth.Actor
	second auth.Actor
	now    *time.Time
}

func newKept(t *testing.T) *kept {
	t.Helper()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	k := &kept{t: t, dir: t.TempDir(), now: &now}
	k.copy = keyring.File{Path: filepath.Join(t.TempDir(), "copy")}
	k.conf = app.Config{Dir: k.dir, DB: place(t), Clock: func() time.Time { return *k.now }, KeyringCopies: []keyring.File{k.copy}}
	var err error
	if k.App, err = app.Open(t.Context(), k.conf); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	f, err := k.Found(t.Context(), app.Organisation{Name: "Invented", Zone: "UTC", Administrator: "A", Analyst: "B"})
	if err == nil {
		err = k.Vault.Unlock(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	k.org = f.Org
	k.worker = auth.Actor{Org: f.Org, Account: "w", Roles: []auth.Role{auth.Supervisor}, Via: auth.ViaSession}
	k.second = auth.Actor{Org: f.Org, Account: "s", Roles: []auth.Role{auth.ProtectionOfficer}, Via: auth.ViaSession}
	if k.key, err = age.GenerateX25519Identity(); err != nil {
		t.Fatal(err)
	}
	if err := k.Backups.First(t.Context(), auth.CLI(f.Org), k.key.Recipient().String(), "safe"); err != nil {
		t.Fatal(err)
	}
	return k
}

// place returns the address of a new database: "" for the file in the data folder.
func place(t *testing.T) string {
	if dbtest.Postgres() {
		return dbtest.Config(t).URL
	}
	return ""
}

func (k *kept) write(fn func(tx *db.Tx) error) {
	k.t.Helper()
	if err := k.DB.WriteUnaudited(k.t.Context(), "a test", fn); err != nil {
		k.t.Fatal(err)
	}
}

func (k *kept) seal(person vault.PersonID) vault.Item {
	k.t.Helper()
	p := vault.Place{Org: k.org, Person: person, Record: "r", Field: "name", Class: vault.Personal, Version: 1}
	var s []vault.Sealed
	k.write(func(tx *db.Tx) (err error) {
		if err = k.Vault.Enrol(k.t.Context(), tx, k.worker, person, "adult-client"); err == nil {
			s, err = k.Vault.Seal(k.t.Context(), tx, vault.Value{Place: p, Text: private.New("Zzyzx")})
		}
		return err
	})
	return vault.Item{Place: p, Sealed: s[0]}
}

// settle puts what was entered into the log and signs it, as a running node does.
func (k *kept) settle() {
	k.t.Helper()
	if err := k.Ledger.Flush(k.t.Context(), string(k.org)); err != nil {
		k.t.Fatal(err)
	}
	if err := k.Ledger.Checkpoint(k.t.Context(), string(k.org)); err != nil {
		k.t.Fatal(err)
	}
}

func (k *kept) backup() backup.Source {
	k.t.Helper()
	m, err := k.Backups.Run(k.t.Context(), filepath.Join(k.dir, "backups"))
	if err != nil {
		k.t.Fatal(err)
	}
	node := k.nodeKey()
	defer node.Forget()
	return backup.Source{Path: m.Path, Keys: []age.Identity{k.key}, Signer: []byte(node.Signer()[32:])}
}

func (k *kept) nodeKey() nodekey.Key {
	k.t.Helper()
	key, err := nodekey.File{Path: k.conf.NodeKeyPath()}.NodeKey(k.t.Context())
	if err != nil {
		k.t.Fatal(err)
	}
	return key
}

func (k *kept) from(s backup.Source) app.RestoreFrom {
	return app.RestoreFrom{
		Backup: s, NodeKey: k.nodeKey(), Copies: []keyring.File{k.copy},
		Into: app.Config{Dir: filepath.Join(k.t.TempDir(), "new"), DB: place(k.t), Clock: k.conf.Clock},
	}
}

func (k *kept) copyKeyring() {
	k.t.Helper()
	if err := k.Vault.CopyKeyring(k.t.Context(), *k.now, k.copy); err != nil {
		k.t.Fatal(err)
	}
}

var why = vault.Why{Purpose: "support", Scope: "case-1"}

// TestRestoredToYesterday erases a person after the backup. In the restored node she is erased again,
// everything else is there, and a new log begins.
func TestRestoredToYesterday(t *testing.T) {
	k := newKept(t)
	gone, stays := k.seal("p-gone"), k.seal("p-stays")
	if _, err := k.Vault.Open(t.Context(), k.worker, why, gone, stays); err != nil {
		t.Fatal(err)
	}
	k.settle()
	s := k.backup()
	*k.now = k.now.Add(20 * time.Hour)
	id, err := k.Vault.ProposeErasure(t.Context(), k.worker, "p-gone", "request")
	if err == nil {
		_, err = k.Vault.Erase(t.Context(), k.second, id)
	}
	if err != nil {
		t.Fatal(err)
	}
	k.copyKeyring()
	from := k.from(s)
	r, err := app.Restore(t.Context(), from)
	if err != nil {
		t.Fatal(fault.Cause(err))
	}
	if r.Erased != 1 || r.Canaries != 1 || r.Restarted != 1 {
		t.Errorf("restored %+v", r)
	}
	again, err := app.Open(t.Context(), from.Into)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if err := again.Vault.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := again.Vault.Open(t.Context(), k.worker, why, gone); fault.KindOf(err) != fault.NotFound || got != nil {
		t.Errorf("an erased person came back: %v", err)
	}
	if got, err := again.Vault.Open(t.Context(), k.worker, why, stays); err != nil || got[0].Reveal("test") != "Zzyzx" {
		t.Errorf("another person is lost: %v", err)
	}
	var logs int64
	err = again.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT count(*) FROM audit_log WHERE org_id = $1 AND (number = 1 OR restored <> '')", string(k.org)).Scan(&logs)
	})
	if err != nil || logs != 2 {
		t.Errorf("%d logs: %v", logs, err)
	}
	if _, err := app.Restore(t.Context(), from); fault.KindOf(err) != fault.Conflict {
		t.Errorf("restored over a node: %v", err)
	}
}

// TestRestoreRefuses: an altered ledger, a keyring that does not fit and a wrong node key are named,
// and leave nothing behind.
func TestRestoreRefuses(t *testing.T) {
	k := newKept(t)
	k.seal("p1")
	k.settle()
	good := k.backup()
	k.copyKeyring()
	refused := func(what, says string, from app.RestoreFrom) {
		t.Helper()
		_, err := app.Restore(t.Context(), from)
		f, ok := fault.As(err)
		if !ok || !strings.Contains(f.Error(), says) || f.Hint == "" {
			t.Errorf("%s: %v", what, fault.Cause(err))
		}
		if left, _ := filepath.Glob(from.Into.Dir + "*"); len(left) > 0 {
			t.Errorf("%s: left %v", what, left)
		}
	}
	from := k.from(good)
	from.NodeKey = nodekey.New()
	refused("a foreign node key", "belongs to another node key", from)
	from = k.from(good)
	from.Copies = nil
	refused("no keyring", "No copy of the keyring", from)

	from = k.from(good)
	if err := os.MkdirAll(from.Into.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(from.Into.Dir, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := app.Restore(t.Context(), from); fault.KindOf(err) != fault.Conflict {
		t.Errorf("restored into a folder that holds something: %v", err)
	}

	*k.now = k.now.Add(time.Hour)
	k.write(func(tx *db.Tx) error {
		off := "DROP TRIGGER audit_entry_update"
		if k.DB.Engine() == db.Postgres {
			off = "DROP TRIGGER audit_entry_row ON audit_entry"
		}
		if _, err := tx.Exec(t.Context(), off); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), "UPDATE audit_entry SET actor = 'somebody else' WHERE salt IS NOT NULL AND actor = 'cli'")
		return err
	})
	refused("an altered ledger", "is not whole", k.from(k.backup()))
}

// TestRehearseRestore leaves nothing.
func TestRehearseRestore(t *testing.T) {
	if dbtest.Postgres() {
		t.Setenv("TMPDIR", t.TempDir()) // a drill is always into files
	}
	k := newKept(t)
	k.settle()
	s := k.backup()
	k.copyKeyring()
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch)
	r, err := app.RehearseRestore(context.WithoutCancel(t.Context()), k.from(s))
	if err != nil || r.Canaries != 1 {
		t.Errorf("drill %+v %v", r, fault.Cause(err))
	}
	if left, _ := os.ReadDir(scratch); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}
