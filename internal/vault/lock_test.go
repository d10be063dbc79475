package vault

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

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
