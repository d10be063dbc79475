package vault

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
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
}

func newHouse(t testing.TB, erasers ...Eraser) *house {
	t.Helper()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	h := &house{
		t: t, node: nodekey.New(), now: &now,
		ring: keyring.File{Path: filepath.Join(t.TempDir(), "keyring")},
		db:   dbtest.OpenAt(t, func() time.Time { return now }),
	}
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

func TestSealAndOpen(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1", "p2")
	texts := []string{"", "a", strings.Repeat("é", 100), "\x80\x00\x80", strings.Repeat("x", 255), strings.Repeat("y", 256), strings.Repeat("z", MaxText), "ኣብርሃም"}
	var items []Item
	for i, text := range texts {
		items = append(items, h.seal(place(PersonID([]string{"p1", "p2"}[i%2]), "name"), text))
	}
	got, err := h.Open(t.Context(), worker, why, items...)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(texts, reveal(got)); diff != "" {
		t.Errorf("opened (-want +got):\n%.300s", diff)
	}
	entries := h.entries(audit.Opening)
	if len(entries) != 2 {
		t.Fatalf("%d entries for two persons", len(entries))
	}
	want := map[string]string{"purpose": "support", "scope": "case-1", "via": "session", "values": "4", "fields": "name", "records": "record-1"}
	for _, e := range entries {
		if e.Actor != "worker" || e.Subject != "p1" && e.Subject != "p2" {
			t.Errorf("entry %+v", e)
		}
		if diff := cmp.Diff(want, e.Detail); diff != "" {
			t.Errorf("detail (-want +got):\n%s", diff)
		}
	}
	if shown := fmt.Sprintf("%v %+v", got, items[1].Place); strings.Contains(shown, "ኣ") || strings.Contains(shown, "yyy") {
		t.Errorf("shows a text: %.200s", shown)
	}
}

// TestLengthHides: two answers of a list must look the same.
func TestLengthHides(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1")
	yes, no, longest := h.seal(place("p1", "f"), "yes"), h.seal(place("p1", "f"), "no"), h.seal(place("p1", "f"), strings.Repeat("x", 31))
	if len(yes.Sealed) != len(no.Sealed) || len(no.Sealed) != len(longest.Sealed) {
		t.Error("the length tells the answer")
	}
	if string(h.seal(place("p1", "f"), "no").Sealed) == string(no.Sealed) {
		t.Error("equal texts look equal")
	}
}

func TestRefusals(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1")
	item := h.seal(place("p1", "name"), "Zzyzx")
	other := item
	other.Place.Org = "org-b"
	stranger := item
	stranger.Place.Person = "never-enrolled"
	for _, c := range []struct {
		name  string
		actor auth.Actor
		why   Why
		item  Item
		kind  fault.Kind
	}{
		{"nobody", auth.Actor{}, why, item, fault.Denied},
		{"no purpose", worker, Why{Scope: "case-1"}, item, fault.Invalid},
		{"no scope", worker, Why{Purpose: "support"}, item, fault.Invalid},
		{"a note as scope", worker, Why{Purpose: "support", Scope: "about Anna"}, item, fault.Invalid},
		{"another organisation", worker, why, other, fault.NotFound},
		{"an actor of another organisation", elsewhere, why, item, fault.NotFound},
		{"never enrolled", worker, why, stranger, fault.NotFound},
		{"cut off", worker, why, Item{item.Place, item.Sealed[:20]}, fault.Conflict},
		{"empty", worker, why, Item{item.Place, nil}, fault.Conflict},
	} {
		got, err := h.Open(t.Context(), c.actor, c.why, c.item)
		if fault.KindOf(err) != c.kind || err == nil || got != nil {
			t.Errorf("%s: %v, want %v", c.name, err, c.kind)
		}
	}
	err := h.db.WriteUnaudited(t.Context(), "a test", func(tx *db.Tx) error {
		for _, p := range []Place{
			{},
			{Org: org, Person: "p1", Record: "r", Field: "f", Class: "secret", Version: 1},
			{Org: org, Person: "p1", Record: "r", Field: "f", Class: Personal},
			{Org: org, Person: "p1", Record: "r", Field: "f", Class: Public, Version: 1},
			{Org: org, Person: "p1", Record: "/ledger/x", Field: "entry", Class: Personal, Version: 1},
		} {
			if _, err := h.Seal(t.Context(), tx, Value{Place: p}); err == nil {
				t.Errorf("sealed at %+v", p)
			}
		}
		if _, err := h.Seal(t.Context(), tx, Value{Place: place("nobody", "f")}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("sealed for nobody: %v", err)
		}
		if _, err := h.Seal(t.Context(), tx, Value{place("p1", "f"), private.New(strings.Repeat("x", MaxText+1))}); fault.KindOf(err) != fault.TooLarge {
			t.Errorf("sealed too much: %v", err)
		}
		return h.Enrol(t.Context(), tx, worker, "p9", "no-such-class")
	})
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("enrolled without a retention class: %v", err)
	}
}

// TestTransplant moves a sealed value to every other place, and changes every part of it; each must
// be detected. A value put back together with its version shows against the fingerprint.
func TestTransplant(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1", "p2")
	h.write(func(tx *db.Tx) error {
		return h.Enrol(t.Context(), tx, elsewhere, "p1", "adult-client")
	})
	keys, err := h.keys(t.Context(), []owner{{org, "p1"}, {org, "p2"}, {"org-b", "p1"}})
	if err != nil {
		t.Fatal(err)
	}
	name := rapid.StringMatching(`[a-z0-9/\x00]{1,12}`)
	rapid.Check(t, func(rt *rapid.T) {
		p := Place{
			Org: org, Person: "p1", Record: name.Draw(rt, "record"), Field: name.Draw(rt, "field"),
			Class: rapid.SampledFrom(Classes()).Draw(rt, "class"), Version: rapid.Int64Range(1, 1<<40).Draw(rt, "version"),
		}
		text := rapid.String().Draw(rt, "text")
		s := keys[owner{org, "p1"}].seal(p, text)
		if got, err := decrypt(keys, []Item{{p, s}}); err != nil || got[0].Reveal("test") != text {
			rt.Fatalf("does not open in its own place: %v", err)
		}
		moved, bent := p, Sealed(append([]byte(nil), s...))
		all := map[owner]*personKey{}
		maps.Copy(all, keys)
		switch part := rapid.SampledFrom([]string{"org", "person", "record", "field", "class", "version", "key id", "same key elsewhere", "boundary", "byte", "length"}).Draw(rt, "part"); part {
		case "org":
			moved.Org = "org-b"
		case "person":
			moved.Person = "p2"
		case "record":
			moved.Record += "x"
		case "field":
			moved.Field = "x" + moved.Field
		case "class":
			moved.Class = Classes()[rapid.IntRange(0, 5).Filter(func(i int) bool { return Classes()[i] != p.Class }).Draw(rt, "other class")]
		case "version": // a rollback of the value only
			moved.Version = rapid.Int64Range(1, 1<<40).Filter(func(n int64) bool { return n != p.Version }).Draw(rt, "other version")
		case "key id": // the key is the right one, but the value names another
			other := *keys[owner{org, "p1"}]
			other.id[3] ^= 1
			copy(bent[1:], other.id[:])
			all[owner{org, "p1"}] = &other
		case "same key elsewhere": // even if two persons had one key
			all[owner{org, "p2"}] = keys[owner{org, "p1"}]
			moved.Person = "p2"
		case "boundary": // the same bytes, cut differently
			moved.Record, moved.Field = moved.Record+moved.Field[:1], moved.Field[1:]
		case "byte":
			bent[rapid.IntRange(0, len(bent)-1).Draw(rt, "which")] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		case "length":
			bent = bent[:rapid.IntRange(0, len(bent)-1).Draw(rt, "length")]
		}
		got, err := decrypt(all, []Item{{moved, bent}})
		if damage, ok := errors.AsType[*Damage](err); !ok || got != nil || damage.Place != moved || fault.KindOf(err) != fault.Conflict {
			rt.Fatalf("opened: %v", err)
		}
		if Fingerprint(Item{p, s}) == Fingerprint(Item{moved, bent}) && (moved != p || string(bent) != string(s)) {
			rt.Fatal("one fingerprint for two")
		}
	})
	before := h.seal(place("p1", "name"), "old")
	newer := place("p1", "name")
	newer.Version = 2
	after := h.seal(newer, "new")
	committed := Fingerprint(after)
	if err := Verify(committed, after); err != nil {
		t.Error(err)
	}
	if err := Verify(committed, before); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a rollback with its version passed: %v", err)
	}
	if err := Verify(Fingerprint(before, after), after, before); err == nil {
		t.Error("order does not count")
	}
}

// TestOpenRefusesWithoutEntry breaks the writing of the entry in every way and wants no text.
func TestOpenRefusesWithoutEntry(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1")
	item := h.seal(place("p1", "name"), "Zzyzx")
	refused := func(name string, kind fault.Kind) {
		t.Helper()
		got, err := h.Open(t.Context(), worker, why, item)
		if err == nil || got != nil || kind != fault.Internal && fault.KindOf(err) != kind {
			t.Errorf("%s: opened, or %v", name, err)
		}
	}
	if h.db.Engine() == db.SQLite {
		h.write(func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), "CREATE TRIGGER no_entry BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'no'); END")
			return err
		})
	} else {
		h.write(func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `CREATE FUNCTION no_entry() RETURNS trigger LANGUAGE plpgsql AS
				'BEGIN RAISE EXCEPTION ''no''; END'; `)
			if err == nil {
				_, err = tx.Exec(t.Context(), "CREATE TRIGGER no_entry BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION no_entry()")
			}
			return err
		})
	}
	refused("a store that refuses entries", fault.Internal)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := h.Open(ctx, worker, why, item); err == nil || got != nil {
		t.Error("opened after the request had ended")
	}
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	refused("a closed database", fault.Internal)
}

// TestOpenOnFullDisk fills the disk of the database. On SQLite it forbids the file to grow and fills
// its free pages; on PostgreSQL it raises the server's own error for a full disk.
func TestOpenOnFullDisk(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1")
	item := h.seal(place("p1", "name"), "Zzyzx")
	if got, err := h.Open(t.Context(), worker, why, item); err != nil || len(got) != 1 {
		t.Fatalf("before: %v", err)
	}
	if h.db.Engine() == db.SQLite {
		h.write(func(tx *db.Tx) error {
			var pages int64
			if err := tx.QueryRow(t.Context(), "PRAGMA page_count").Scan(&pages); err != nil {
				return err
			}
			_, err := tx.Exec(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages))
			return err
		})
	} else {
		h.write(func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
				'BEGIN RAISE EXCEPTION ''full'' USING ERRCODE = ''disk_full''; END'`)
			if err == nil {
				_, err = tx.Exec(t.Context(), "CREATE TRIGGER full_disk BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION full_disk()")
			}
			return err
		})
	}
	shown := 0
	for range 500 { // what is left of the last page
		got, err := h.Open(t.Context(), worker, why, item)
		if err == nil {
			shown += len(got)
			continue
		}
		if e, ok := fault.As(err); !ok || e.Kind != fault.Unavailable || e.Hint == "" || got != nil {
			t.Fatalf("full disk: %v %v", got, err)
		}
		if entries := len(h.entries(audit.Opening)); entries != shown+1 {
			t.Errorf("%d texts were shown with %d entries", shown+1, entries)
		}
		return
	}
	t.Fatal("the disk never filled up: the test could not fail")
}

func TestLock(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1")
	item := h.seal(place("p1", "name"), "Zzyzx")
	h.Lock()
	if _, err := h.Open(t.Context(), worker, why, item); fault.KindOf(err) != fault.Unavailable || !h.Locked() {
		t.Errorf("opened while locked: %v", err)
	}
	err := h.db.WriteUnaudited(t.Context(), "a test", func(tx *db.Tx) error {
		_, err := h.Seal(t.Context(), tx, Value{Place: item.Place})
		return err
	})
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("sealed while locked: %v", err)
	}
	if len(h.entries(audit.Opening)) != 0 {
		t.Error("a refused opening left an entry")
	}
	if err := h.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := h.Open(t.Context(), worker, why, item); err != nil || got[0].Reveal("test") != "Zzyzx" {
		t.Errorf("after unlocking: %v", err)
	}
	if err := h.Drill(t.Context(), split(h.node)...); err != nil {
		t.Errorf("drill: %v", err)
	}
	if err := h.Drill(t.Context(), split(nodekey.New())...); err == nil {
		t.Error("a drill with foreign sheets passed")
	}
}

// TestLockWhileOpening locks the vault while an Open waits to write its entry.
func TestLockWhileOpening(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1")
	item := h.seal(place("p1", "name"), "Zzyzx")
	waiting := make(chan struct{})
	var opened []private.Text
	var failed error
	var open sync.WaitGroup
	h.write(func(tx *db.Tx) error {
		if h.db.Engine() == db.Postgres {
			if _, err := tx.Exec(t.Context(), "LOCK TABLE audit_entry IN EXCLUSIVE MODE"); err != nil {
				return err
			}
		}
		open.Go(func() {
			close(waiting)
			opened, failed = h.Open(t.Context(), worker, why, item)
		})
		<-waiting
		time.Sleep(100 * time.Millisecond) // it now waits for this transaction
		h.Lock()
		return nil
	})
	open.Wait()
	if fault.KindOf(failed) != fault.Unavailable || opened != nil {
		t.Errorf("a text came out of a locked vault: %v", failed)
	}
}

func split(k nodekey.Key) []nodekey.Share {
	s := nodekey.Split(k)
	return s[1:]
}

func TestForeignKey(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1")
	v, err := New(Config{DB: h.db, Keyring: h.ring, Source: keySource{nodekey.New()}})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Unlock(t.Context()); fault.KindOf(err) != fault.Invalid || !v.Locked() {
		t.Errorf("unlocked with a foreign key: %v", err)
	}
	missing := Config{DB: h.db, Keyring: h.ring, Source: nodekey.File{Path: filepath.Join(t.TempDir(), "none")}}
	v, _ = New(missing)
	if err := v.Unlock(t.Context()); fault.KindOf(err) != fault.Invalid || !v.Locked() {
		t.Errorf("unlocked without a key: %v", err)
	}
}

func TestRotationKeepsValues(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1")
	item := h.seal(place("p1", "name"), "Zzyzx")
	if n, err := h.Rotate(t.Context(), h.now.Add(keyring.Epoch)); n != 1 || err != nil {
		t.Fatalf("rotated %d: %v", n, err)
	}
	for _, v := range []*Vault{h.Vault, h.again()} {
		if got, err := v.Open(t.Context(), worker, why, item); err != nil || got[0].Reveal("test") != "Zzyzx" {
			t.Errorf("after a rotation: %v", err)
		}
	}
}

func TestEntriesOfLongLists(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1")
	var items []Item
	for i := range 60 {
		p := place("p1", "note")
		p.Record = fmt.Sprintf("record-%02d", i)
		items = append(items, h.seal(p, "x"))
	}
	if _, err := h.Open(t.Context(), worker, why, items...); err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, e := range h.entries(audit.Opening) {
		named += len(strings.Fields(e.Detail["records"]))
	}
	if named != 60 {
		t.Errorf("the entries name %d of 60 records", named)
	}
}

func TestLedgerEntries(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1", "p2")
	entry := audit.Entry{Org: string(org), Actor: "worker", Kind: audit.Disclosure, Person: "p1", Detail: map[string]string{"to": "x"}}
	h.write(func(tx *db.Tx) error {
		other := entry
		other.Person = "p2"
		return h.Record(h.t.Context(), tx, entry, other)
	})
	var all []audit.Entry
	read := func() {
		err := h.db.Read(t.Context(), func(tx *db.Tx) (err error) {
			all, err = audit.List(t.Context(), tx, string(org), 2)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	read()
	for _, e := range all {
		if !e.Shut || e.Actor+e.Subject+string(e.Kind) != "" || len(e.Detail) > 0 {
			t.Errorf("an entry about a person stands in clear: %+v", e)
		}
	}
	one, two := all[1], all[0]
	if err := audit.Reveal(t.Context(), h, all); err != nil || all[1].Person != "p1" || all[0].Kind != audit.Disclosure || all[0].Detail["to"] != "x" {
		t.Errorf("entries %+v: %v", all, err)
	}
	if len(h.entries(audit.Opening)) != 0 {
		t.Error("reading the ledger wrote it")
	}
	value := h.seal(place("p1", "name"), "Zzyzx")
	for name, bad := range map[string]audit.SealedEntry{
		"another entry":  {Person: "p1", Entry: two.ID, Sealed: one.Sealed},
		"another person": {Person: "p2", Entry: one.ID, Sealed: one.Sealed},
		"a value":        {Person: "p1", Entry: one.ID, Sealed: value.Sealed},
	} {
		if got, err := h.OpenEntries(t.Context(), string(org), []audit.SealedEntry{bad}); err == nil {
			t.Errorf("opened %s: %q", name, got)
		}
	}
	h.erase("p1")
	kept := audit.SealedEntry{Person: "p1", Entry: one.ID, Sealed: one.Sealed} // in a stolen copy
	got, err := h.OpenEntries(t.Context(), string(org), []audit.SealedEntry{kept, {Person: "p2", Entry: two.ID, Sealed: two.Sealed}})
	if err != nil || got[0] != nil || got[1] == nil {
		t.Errorf("entries after the erasure of one person: %q %v", got, err)
	}
}

func TestIndexKeys(t *testing.T) {
	h := newHouse(t)
	get := func(v *Vault, o auth.OrgID, kind string, n int) string {
		k, err := v.IndexKey(t.Context(), o, kind, n, *h.now)
		if err != nil || len(k) != keyring.Size {
			t.Fatal(err)
		}
		return string(k)
	}
	seen := map[string]bool{}
	for _, o := range []auth.OrgID{org, "org-b"} {
		for _, kind := range []string{"name", "skeleton"} {
			for _, n := range []int{1, 2, 12} {
				seen[get(h.Vault, o, kind, n)] = true
				if get(h.again(), o, kind, n) != get(h.Vault, o, kind, n) {
					t.Error("the key is not the same after a restart")
				}
			}
		}
	}
	if len(seen) != 12 {
		t.Errorf("%d different keys of 12", len(seen))
	}
	k, err := h.Transient(t.Context(), org, "prekey-1", *h.now, h.now.Add(time.Hour))
	if err != nil || *k.Secret == [keyring.Size]byte{} {
		t.Errorf("transient key: %v", err)
	}
}

func TestConcurrentUse(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1", "p2", "p3")
	item := h.seal(place("p1", "name"), "Zzyzx")
	gone := h.seal(place("p2", "name"), "gone")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 5 {
				if got, err := h.Open(t.Context(), worker, why, item); err != nil || got[0].Reveal("test") != "Zzyzx" {
					t.Error(err)
				}
				if _, err := h.Open(t.Context(), worker, why, gone); err != nil && fault.KindOf(err) != fault.NotFound {
					t.Error(err)
				}
			}
		})
	}
	h.erase("p2")
	if _, err := h.Rotate(t.Context(), h.now.Add(keyring.Epoch)); err != nil {
		t.Error(err)
	}
	all.Wait()
}
