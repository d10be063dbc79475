package vault

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault/keyring"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// keyed is a house whose node key lies in a file.
type keyed struct {
	*house
	file nodekey.File
	copy keyring.File
}

func newKeyed(t *testing.T) *keyed {
	t.Helper()
	k := &keyed{
		house: newHouse(t),
		file:  nodekey.File{Path: filepath.Join(t.TempDir(), "node.key")},
		copy:  keyring.File{Path: filepath.Join(t.TempDir(), "copy")},
	}
	if err := k.file.Write(t.Context(), k.node); err != nil {
		t.Fatal(err)
	}
	k.Vault = k.start()
	if err := k.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	return k
}

// start returns the vault of a process that has just started, locked.
func (k *keyed) start() *Vault {
	k.t.Helper()
	v, err := New(Config{DB: k.db, Keyring: k.ring, Source: k.file, Copies: []keyring.File{k.copy}})
	if err != nil {
		k.t.Fatal(err)
	}
	return v
}

// TestRekey: after a change of the node key the node works, and the sheets, the key file and the copy
// of the keyring from before open nothing.
func TestRekey(t *testing.T) {
	k := newKeyed(t)
	k.enrol("p1")
	item := k.seal(place("p1", "name"), "Zzyzx")
	if err := k.copyAll(t.Context(), *k.now); err != nil {
		t.Fatal(err)
	}
	sheets, err := k.Sheets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Drill(t.Context(), sheets[0], sheets[2]); err != nil {
		t.Errorf("drill: %v", err)
	}
	if err := k.Rekey(t.Context(), *k.now, k.file); err != nil {
		t.Fatal(err)
	}
	again := k.start()
	for name, v := range map[string]*Vault{"here": k.Vault, "after a restart": again} {
		if err := v.Unlock(t.Context()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, err := v.Open(t.Context(), worker, why, item); err != nil || got[0].Reveal("test") != "Zzyzx" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := k.Drill(t.Context(), sheets[0], sheets[2]); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the old sheets still fit: %v", err)
	}
	for name, m := range map[string]keyring.File{"ring": k.ring, "copy": k.copy} {
		if _, err := keyring.Restore(t.Context(), keyring.File{Path: filepath.Join(t.TempDir(), "r")}, k.node, *k.now, m); fault.KindOf(err) != fault.Invalid {
			t.Errorf("the old node key opens the %s: %v", name, err)
		}
	}
	if left, _ := filepath.Glob(k.file.Path + ".*"); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	elsewhere, err := New(Config{DB: k.db, Keyring: k.ring, Source: keySource{k.node}})
	if err != nil {
		t.Fatal(err)
	}
	if err := elsewhere.Rekey(t.Context(), *k.now, k.file); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a key that does not lie in a file was replaced: %v", err)
	}
}

// TestRekeyIsInterrupted stops the change of the node key between the keyring and the key file, and
// before the keyring.
func TestRekeyIsInterrupted(t *testing.T) {
	for _, rewritten := range []bool{false, true} {
		k := newKeyed(t)
		k.enrol("p1")
		item := k.seal(place("p1", "name"), "Zzyzx")
		next := nodekey.New()
		if err := k.file.Prepare(t.Context(), next); err != nil {
			t.Fatal(err)
		}
		ring, err := k.opened()
		if err != nil {
			t.Fatal(err)
		}
		if rewritten {
			if err := ring.Rekey(t.Context(), *k.now, next, func() error { return nil }); err != nil {
				t.Fatal(err)
			}
		}
		v := k.start() // the process was killed here, and starts again
		if err := v.Unlock(t.Context()); err != nil {
			t.Fatalf("rewritten %v: %v", rewritten, err)
		}
		if got, err := v.Open(t.Context(), worker, why, item); err != nil || got[0].Reveal("test") != "Zzyzx" {
			t.Errorf("rewritten %v: %v", rewritten, err)
		}
		if left, _ := filepath.Glob(k.file.Path + ".*"); len(left) > 0 {
			t.Errorf("rewritten %v: left %v", rewritten, left)
		}
	}
}

// TestLostKeyring: a keyring or key file that is missing on a node that had one is an error with a
// remedy, and no new one takes its place.
func TestLostKeyring(t *testing.T) {
	k := newKeyed(t)
	k.enrol("p1")
	item := k.seal(place("p1", "name"), "Zzyzx")
	if err := k.copyAll(t.Context(), *k.now); err != nil {
		t.Fatal(err)
	}
	sheets, err := k.Sheets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	k.Lock()
	if err := os.Rename(k.ring.Path, k.ring.Path+".away"); err != nil {
		t.Fatal(err)
	}
	v := k.start()
	if err := v.Unlock(t.Context()); fault.KindOf(err) != fault.Invalid || !v.Locked() {
		t.Errorf("a new keyring was founded: %v", err)
	}
	if founded, err := v.Founded(t.Context()); !founded || err != nil {
		t.Errorf("a node that lost its keyring counts as new: %v", err)
	}
	if done, err := v.RestoreKeyring(t.Context(), *k.now, k.copy); err != nil || done.Keys == 0 {
		t.Fatalf("restore: %+v %v", done, err)
	}
	if err := os.Remove(k.file.Path); err != nil {
		t.Fatal(err)
	}
	if err := v.Unlock(t.Context()); fault.KindOf(err) != fault.Invalid {
		t.Errorf("unlocked without a key file: %v", err)
	}
	if err := v.Recover(t.Context(), k.file, sheets[1], sheets[2]); err != nil {
		t.Fatalf("recover: %v", err)
	}
	if err := v.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := v.Open(t.Context(), worker, why, item); err != nil || got[0].Reveal("test") != "Zzyzx" {
		t.Errorf("after the recovery: %v", err)
	}
	if err := v.Recover(t.Context(), k.file, sheets[1], sheets[2]); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a key file was overwritten: %v", err)
	}
}

func TestUnlockWithPhrase(t *testing.T) {
	k := newKeyed(t)
	locked := k.file
	locked.Phrase = func(context.Context) (private.Text, error) { return private.New("correct horse"), nil }
	if err := k.file.Relock(t.Context(), locked); err != nil {
		t.Fatal(err)
	}
	v := k.start()
	if err := v.Unlock(t.Context()); fault.KindOf(err) != fault.Invalid || !v.Locked() {
		t.Errorf("unlocked without a pass phrase: %v", err)
	}
	if err := v.UnlockWith(t.Context(), private.New("wrong")); fault.KindOf(err) != fault.Denied || !v.Locked() {
		t.Errorf("unlocked with a wrong pass phrase: %v", err)
	}
	if err := v.UnlockWith(t.Context(), private.New("correct horse")); err != nil || v.Locked() {
		t.Errorf("not unlocked: %v", err)
	}
}

func TestTend(t *testing.T) {
	k := newKeyed(t)
	k.enrol("p1")
	tend := func(want Tended) {
		t.Helper()
		if got, err := k.Tend(t.Context(), *k.now); got != want || err != nil {
			t.Errorf("tended %+v, want %+v: %v", got, want, err)
		}
	}
	tend(Tended{Copied: 1})
	tend(Tended{})
	s, err := k.Status(t.Context(), *k.now)
	if err != nil || s.Locked || s.Persons != 1 || len(s.Copies) != 1 || s.Copies[0].Late || !s.Copies[0].MadeAt.Equal(*k.now) {
		t.Errorf("status %+v %v", s, err)
	}
	*k.now = k.now.Add(CopyEvery)
	tend(Tended{Copied: 1})
	*k.now = k.now.Add(keyring.Epoch)
	tend(Tended{Rotated: 1, Copied: 1})
	counts, err := k.DueCounts(t.Context(), "2027-03-01")
	if err != nil || len(counts) != 1 || counts[0] != (DueCount{org, 1}) {
		t.Errorf("due %v %v", counts, err)
	}
	if counts, err := k.DueCounts(t.Context(), "2026-04-01"); err != nil || len(counts) != 0 {
		t.Errorf("due early %v %v", counts, err)
	}
	if n, err := k.RotateNow(t.Context(), k.now.Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("rotated %d: %v", n, err)
	}
	if err := k.Note(t.Context(), auth.ViaCLI, "lock"); err != nil {
		t.Error(err)
	}
	if e := k.entries(audit.Configuration); len(e) != 1 || e[0].Subject != "vault" || e[0].Detail["act"] != "lock" {
		t.Errorf("entries %v", e)
	}
	k.Lock()
	if _, err := k.Tend(t.Context(), *k.now); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("tended while locked: %v", err)
	}
}
