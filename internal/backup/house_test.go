package backup

import (
	"bytes"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/keyring"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

var administrator = auth.Actor{Org: "o", Account: "admin", Roles: []auth.Role{auth.Administrator}, Via: auth.ViaSession}

// house is a node with backups.
type house struct {
	*Backups
	t     testing.TB
	db    *db.DB
	vault *vault.Vault
	node  vaulttest.Source
	ring  keyring.File
	store *blob.Folder
	key   *age.X25519Identity
	dir   string
	now   *time.Time
}

func newHouse(t testing.TB) *house {
	t.Helper()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	h := &house{t: t, now: &now, node: vaulttest.NewSource(), dir: t.TempDir(), ring: keyring.File{Path: filepath.Join(t.TempDir(), "keyring")}}
	h.db = dbtest.OpenAt(t, func() time.Time { return *h.now })
	var err error
	if h.vault, err = vault.New(vault.Config{DB: h.db, Keyring: h.ring, Source: h.node}); err != nil {
		t.Fatal(err)
	}
	if err := h.vault.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h.store, err = blob.OpenFolder(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if h.key, err = age.GenerateX25519Identity(); err != nil {
		t.Fatal(err)
	}
	h.Backups = New(h.db, h.vault, func() blob.Store { return h.store }, "test")
	h.exec("INSERT INTO org (id, name, zone, created_at) VALUES ('o', 'invented', 'UTC', 0)")
	h.exec("INSERT INTO account (org_id, id, version, name, created_at) VALUES ('o', 'admin', 1, 'invented', 0)")
	return h
}

// ready returns a house with a recipient, some rows and an attachment.
func ready(t testing.TB) *house {
	t.Helper()
	h := newHouse(t)
	if err := h.First(t.Context(), administrator, h.key.Recipient().String(), "safe"); err != nil {
		t.Fatal(err)
	}
	h.exec("INSERT INTO session (org_id, id, account_id, secret_hash, via, created_at, seen_at) VALUES ('o', 'session-that-ended', 'admin', 'x', 'session', 0, 0)")
	h.exec("INSERT INTO vault_person (org_id, id, version, key_id, retention, created_at) VALUES ('o', 'p', 1, '', 'adult-client', 0)")
	for n := range int64(2) {
		name := contentOf(n)
		h.exec(`INSERT INTO attachment (org_id, id, version, person_id, record, state, metadata, content_id, chunks, card, created_by, created_at)
			VALUES ('o', $1, 1, 'p', 'r', 'kept', 'none', $1, 1, $2, 'x', 0)`, name.ID, []byte("card"))
		if err := h.store.Put(t.Context(), name, 0, chunkOf(n)); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func contentOf(n int64) blob.Name { return blob.Name{Org: "o", ID: "content" + string(rune('1'+n))} }

func chunkOf(n int64) []byte { return bytes.Repeat([]byte{byte(n + 1)}, 1000) }

func (h *house) exec(q string, args ...any) {
	h.t.Helper()
	err := h.db.WriteUnaudited(h.t.Context(), "a test", func(tx *db.Tx) error {
		_, err := tx.Exec(h.t.Context(), q, args...)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) make() Made {
	h.t.Helper()
	m, err := h.Make(h.t.Context(), h.dir)
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

// source is a backup with everything that it needs.
func (h *house) source(path string) Source {
	h.t.Helper()
	return Source{Path: path, Keys: []age.Identity{h.key}, Signer: h.signer()}
}

func (h *house) signer() ed25519.PublicKey {
	h.t.Helper()
	k, err := h.node.NodeKey(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return k.Signer().Public().(ed25519.PublicKey)
}

// target returns a database that does not exist yet, or an empty one of the server under test.
func target(t testing.TB) db.Config {
	t.Helper()
	if dbtest.Postgres() {
		c := dbtest.Config(t)
		c.RequireAudit = false
		return c
	}
	dir := t.TempDir()
	return db.Config{URL: filepath.Join(dir, "new.db"), KeyFile: filepath.Join(dir, "new.key")}
}

func folderStore(t testing.TB) (*blob.Folder, func(*db.DB) (blob.Store, error)) {
	t.Helper()
	f, err := blob.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return f, func(*db.DB) (blob.Store, error) { return keptOpen{f}, nil }
}

func count(t testing.TB, c db.Config, q string) (n int64) {
	t.Helper()
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(t.Context(), q).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

// bent returns a copy of a file with one bit flipped.
func bent(t testing.TB, path string, at int64) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[at] ^= 1
	return put(t, filepath.Base(path), text)
}

func put(t testing.TB, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// keptOpen hides that a folder can be closed: tests look into it afterwards.
type keptOpen struct{ blob.Store }
