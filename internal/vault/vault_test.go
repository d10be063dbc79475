package vault

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

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
		k, err := v.IndexKeys(t.Context(), o, n, *h.now, "other", kind)
		if err != nil || len(k) != 2 || len(k[1]) != keyring.Size || bytes.Equal(k[0], k[1]) {
			t.Fatal(err)
		}
		return string(k[1])
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
