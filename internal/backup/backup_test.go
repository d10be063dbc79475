package backup

import (
	"bytes"
	"database/sql"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

// TestBackupAndRestore brings a node back into a new database and opens its canary with a copy of the
// keyring.
func TestBackupAndRestore(t *testing.T) {
	h := ready(t)
	m := h.make()
	if m.Path != filepath.Join(h.dir, "fourfold-20260301T120000Z.fourfold") || m.Chunks != 2 || m.Rows == 0 || m.Signer != hex.EncodeToString(h.signer()) {
		t.Errorf("made %+v", m)
	}
	if left, _ := filepath.Glob(filepath.Join(h.dir, ".*")); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	cover, err := h.source(m.Path).Seal()
	if err != nil || !cover.MadeAt.Equal(*h.now) || cover.Recipients != 1 {
		t.Errorf("cover %+v %v", cover, err)
	}
	checked, err := h.source(m.Path).Check()
	if err != nil || checked.Totals != m.Totals || len(checked.Header.Orgs) != 1 {
		t.Errorf("checked %+v %v", checked, err)
	}
	into := target(t)
	files, store := folderStore(t)
	got, err := h.source(m.Path).Restore(t.Context(), into, store)
	if err != nil || got.Totals != m.Totals {
		t.Fatalf("restored %+v: %v", got, err)
	}
	for n := range int64(2) {
		if c, err := files.Get(t.Context(), contentOf(n), 0, nil); err != nil || !bytes.Equal(c, chunkOf(n)) {
			t.Errorf("chunk %d: %v", n, err)
		}
	}
	if n := count(t, into, "SELECT count(*) FROM session"); n != 0 {
		t.Error("a session came back")
	}
	if n := count(t, into, "SELECT count(*) FROM attachment"); n != 2 {
		t.Error("an attachment is lost")
	}
	d, err := db.Open(t.Context(), into)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	copied, ring := keyring.File{Path: filepath.Join(t.TempDir(), "copy")}, keyring.File{Path: filepath.Join(t.TempDir(), "ring")}
	if err := h.vault.CopyKeyring(t.Context(), *h.now, copied); err != nil {
		t.Fatal(err)
	}
	v, err := vault.New(vault.Config{DB: d, Keyring: ring, Source: h.node})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Unlock(t.Context()); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a restored node founded a keyring: %v", err)
	}
	if _, err := v.RestoreKeyring(t.Context(), *h.now, copied); err != nil {
		t.Fatal(err)
	}
	if err := v.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := OpenCanaries(t.Context(), d, v); n != 1 || err != nil {
		t.Errorf("%d canaries: %v", n, err)
	}
}

// TestRestoreNeverOverwrites restores into a database that holds data.
func TestRestoreNeverOverwrites(t *testing.T) {
	h := ready(t)
	m := h.make()
	into := target(t)
	_, store := folderStore(t)
	if _, err := h.source(m.Path).Restore(t.Context(), into, store); err != nil {
		t.Fatal(err)
	}
	before := count(t, into, "SELECT count(*) FROM audit_entry")
	if _, err := h.source(m.Path).Restore(t.Context(), into, store); fault.KindOf(err) != fault.Conflict {
		t.Errorf("restored over data: %v", err)
	}
	if after := count(t, into, "SELECT count(*) FROM audit_entry"); after != before {
		t.Error("the data were changed")
	}
}

// TestHoldsNoKeyring looks for the keys of the keyring, and for what must not come back, in the content.
func TestHoldsNoKeyring(t *testing.T) {
	h := ready(t)
	if _, err := h.vault.Transient(t.Context(), "o", "prekey", *h.now, h.now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	m := h.make()
	e, err := openEnvelope(m.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	plain, err := age.Decrypt(e.body(), h.key)
	if err != nil {
		t.Fatal(err)
	}
	var content bytes.Buffer
	if _, err := content.ReadFrom(plain); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(content.Bytes(), []byte("content1")) {
		t.Fatal("the content does not hold what it must: the test could not fail")
	}
	ring, err := os.ReadFile(h.ring.Path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 256; at+112 <= len(ring); at += 256 {
		if bytes.Contains(content.Bytes(), ring[at+52:at+112]) {
			t.Error("a key of the keyring is in the backup")
		}
	}
	if bytes.Contains(content.Bytes(), []byte("session-that-ended")) {
		t.Error("a session is in the backup")
	}
	file, err := os.ReadFile(m.Path)
	if err != nil || bytes.Contains(file, []byte("content1")) {
		t.Errorf("the file is not encrypted: %v", err)
	}
}

// TestDamagedBackups gives a backup every injury and wants a clear word and an untouched target.
func TestDamagedBackups(t *testing.T) {
	h := ready(t)
	m := h.make()
	text, err := os.ReadFile(m.Path)
	if err != nil {
		t.Fatal(err)
	}
	e, err := openEnvelope(m.Path)
	if err != nil {
		t.Fatal(err)
	}
	_ = e.Close()
	other := ready(t)
	stranger, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(m.Path)
	for _, c := range []struct {
		what   string
		source Source
		kind   fault.Kind
		says   string
	}{
		{"a bit of the title", h.source(bent(t, m.Path, 3)), fault.Invalid, "is not a backup"},
		{"a bit of the cover", h.source(bent(t, m.Path, int64(len(title))+15)), fault.Invalid, "altered"},
		{"a bit of the signer", h.source(bent(t, m.Path, e.head-30)), fault.Invalid, "altered"},
		{"a bit of the header of the encryption", h.source(bent(t, m.Path, e.head+60)), fault.Invalid, "altered"},
		{"a bit of the content", h.source(bent(t, m.Path, e.size/2)), fault.Invalid, "altered"},
		{"the last bit of the content", h.source(bent(t, m.Path, e.size-1)), fault.Invalid, "altered"},
		{"a bit of the mark of the end", h.source(bent(t, m.Path, e.size+2)), fault.Invalid, "not whole"},
		{"a bit of the signature", h.source(bent(t, m.Path, e.size+40)), fault.Invalid, "altered"},
		{"cut off", h.source(put(t, name, text[:len(text)/2])), fault.Invalid, "not whole"},
		{"cut off by one byte", h.source(put(t, name, text[:len(text)-1])), fault.Invalid, "not whole"},
		{"cut off in the cover", h.source(put(t, name, text[:30])), fault.Invalid, "altered"},
		{"something appended", h.source(put(t, name, append(bytes.Clone(text), 'x'))), fault.Invalid, "not whole"},
		{"empty", h.source(put(t, name, nil)), fault.Invalid, "is not a backup"},
		{"under the name of another day", h.source(put(t, nameOf(h.now.Add(24*time.Hour)), text)), fault.Invalid, "that of another one"},
		{"of another node", other.source(put(t, name, text)), fault.Invalid, "is signed by"},
		{"a stranger's key", Source{Path: m.Path, Keys: []age.Identity{stranger}, Signer: h.signer()}, fault.Denied, "None of the keys"},
		{"no file", h.source(filepath.Join(h.dir, "none")), fault.Invalid, "cannot be read"},
	} {
		into := target(t)
		_, store := folderStore(t)
		_, err := c.source.Restore(t.Context(), into, store)
		f, ok := fault.As(err)
		if !ok || f.Kind != c.kind || !strings.Contains(f.Error(), c.says) || f.Hint == "" {
			t.Errorf("%s: restore: %v", c.what, err)
		}
		if _, err := c.source.Check(); err == nil {
			t.Errorf("%s: passes the check", c.what)
		}
		if into.KeyFile != "" {
			if _, err := os.Stat(into.URL); err == nil {
				t.Errorf("%s: something was written", c.what)
			}
		}
	}
}

// TestNewerBeside refuses an older backup by mistake, and allows it on purpose.
func TestNewerBeside(t *testing.T) {
	h := ready(t)
	old := h.make()
	*h.now = h.now.Add(time.Hour)
	h.make()
	_, store := folderStore(t)
	s := h.source(old.Path)
	if _, err := s.Restore(t.Context(), target(t), store); fault.KindOf(err) != fault.Conflict {
		t.Errorf("an older backup was restored: %v", err)
	}
	s.Older = true
	if _, err := s.Restore(t.Context(), target(t), store); err != nil {
		t.Error(err)
	}
}

func TestTendAndStatus(t *testing.T) {
	h := newHouse(t)
	plan := Plan{Dir: h.dir, Every: 24 * time.Hour, Keep: 2}
	tend := func(want bool, kind fault.Kind) {
		t.Helper()
		made, err := h.Tend(t.Context(), plan, *h.now)
		if made != want || (err != nil) != (kind != 0) || err != nil && fault.KindOf(err) != kind {
			t.Errorf("tended %v: %v", made, err)
		}
	}
	tend(false, fault.Conflict) // no recipient
	tend(false, 0)              // not again at once
	s, err := h.Status(t.Context())
	if err != nil || s.Failure == "" || s.Recipients != 0 || !s.Newest.IsZero() {
		t.Errorf("status %+v %v", s, err)
	}
	if err := h.First(t.Context(), administrator, h.key.Recipient().String(), "safe"); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		*h.now = h.now.Add(24 * time.Hour)
		tend(true, 0)
		tend(false, 0)
	}
	names, err := made(h.dir)
	if err != nil || len(names) != 2 || names[1] != nameOf(*h.now) {
		t.Errorf("kept %v %v", names, err)
	}
	s, err = h.Status(t.Context())
	if err != nil || s.Failure != "" || s.Name != names[1] || s.Recipients != 1 || s.Bytes == 0 {
		t.Errorf("status %+v %v", s, err)
	}
	h.vault.Lock()
	*h.now = h.now.Add(24 * time.Hour)
	tend(false, fault.Unavailable)
}

func TestOneAtATime(t *testing.T) {
	h := ready(t)
	h.making <- struct{}{}
	if _, err := h.Make(t.Context(), h.dir); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("two at once: %v", err)
	}
	<-h.making
	h.make()
	if _, err := h.Make(t.Context(), h.dir); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a backup was overwritten: %v", err)
	}
}

// TestSweepsWhatCrashesLeft leaves alone what another process is writing.
func TestSweepsWhatCrashesLeft(t *testing.T) {
	h := ready(t)
	fresh, old := filepath.Join(h.dir, unfinished+"1"), filepath.Join(h.dir, unfinished+"2")
	for _, path := range []string{fresh, old} {
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-2 * abandoned)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	h.make()
	if _, err := os.Stat(old); err == nil {
		t.Error("what a crash left is still there")
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Error("a file that is being written was removed")
	}
}

// TestNothingRefersToWhatIsLeftOut: a backup with such a reference could not be restored.
func TestNothingRefersToWhatIsLeftOut(t *testing.T) {
	h := newHouse(t)
	q := "SELECT m.name, f.\"table\" FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"
	if h.db.Engine() == db.Postgres {
		q = "SELECT t.relname, f.relname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace"
	}
	seen := 0
	err := h.db.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(t.Context(), q)
		_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
			var from, to string
			if err = r.Scan(&from, &to); err != nil {
				return none, err
			}
			if seen++; leftOut(to) && !leftOut(from) {
				t.Errorf("%s refers to %s", from, to)
			}
			return none, nil
		})
		return err
	})
	if err != nil || seen < 10 {
		t.Errorf("%d references: %v", seen, err)
	}
}

// TestFailedBackupIsTold tells administrators and protection officers of a failure: once, and again a
// week later or after one that succeeded in between.
func TestFailedBackupIsTold(t *testing.T) {
	h := newHouse(t)
	staff := []auth.Actor{h.staff("told", auth.Administrator), h.staff("officer", auth.ProtectionOfficer), h.staff("worker", auth.SupportWorker)}
	fails := func(want int) {
		t.Helper()
		if _, err := h.Run(t.Context(), h.dir); err == nil {
			t.Fatal("the backup was made")
		}
		for i, who := range staff {
			n := h.rows("SELECT count(*) FROM notice WHERE kind = 'backup-failed' AND to_account = '" + string(who.Account) + "'")
			if i < 2 && n != int64(want) || i == 2 && n != 0 {
				t.Errorf("%s has %d notices, want %d", who.Account, n, want)
			}
		}
	}
	fails(1) // no recipient
	*h.now = h.now.Add(time.Hour)
	fails(1)
	*h.now = h.now.Add(7 * 24 * time.Hour)
	fails(2)
	if err := h.First(t.Context(), administrator, h.key.Recipient().String(), "safe"); err != nil {
		t.Fatal(err)
	}
	*h.now = h.now.Add(time.Hour)
	if _, err := h.Run(t.Context(), h.dir); err != nil {
		t.Fatal(err)
	}
	h.vault.Lock()
	*h.now = h.now.Add(time.Hour)
	fails(3)
}

// rows counts in the house's own database.
func (h *house) rows(q string) (n int64) {
	h.t.Helper()
	if err := h.db.Read(h.t.Context(), func(tx *db.Tx) error { return tx.QueryRow(h.t.Context(), q).Scan(&n) }); err != nil {
		h.t.Fatal(err)
	}
	return n
}
