package keyring

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestShelf compares a shelf with a map under names that share their parts.
func TestShelf(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, want, order := newShelf(), map[Name]record{}, []record(nil)
		above := []ID{ID(randomBytes(16)), ID(randomBytes(16))}
		names := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) Name {
			return Name{
				Org:     rapid.StringMatching("[ab]{1,2}").Draw(rt, "org"),
				Kind:    Kind(rapid.IntRange(0, 3).Draw(rt, "kind")),
				Subject: rapid.StringMatching("[ab]{0,6}").Draw(rt, "subject"),
			}
		}), 0, 300).Draw(rt, "names")
		for i, n := range names {
			if got, ok := s.find(n); got != want[n] || ok != s.has(n) || ok != (want[n].what == isKey) {
				rt.Fatalf("%v: %v", n, ok)
			}
			if want[n].what == isKey {
				continue
			}
			r := newRecord(n, above[i%2], start)
			copy(r.wrapped[:], randomBytes(wrappedSize))
			r.expires = int64(i)
			if err := s.add(&r); err != nil {
				rt.Fatal(err)
			}
			want[n], order = r, append(order, r)
		}
		if got := slices.Collect(s.all()); !slices.Equal(got, order) {
			rt.Fatalf("%d keys, want %d, or another order", len(got), len(order))
		}
	})
}

// TestShelfPages fills more than one page with the longest names.
func TestShelfPages(t *testing.T) {
	s := newShelf()
	name := func(i int) Name { return Name{Org: "o", Kind: Person, Subject: fmt.Sprintf("%064d", i)} }
	const many = 3 * pageSize / (entryHead + maxName)
	for i := range many {
		r := newRecord(name(i), ID{1}, start)
		if err := s.add(&r); err != nil {
			t.Fatal(err)
		}
	}
	for i := range many {
		if k, ok := s.find(name(i)); !ok || k.name != name(i) || k.above != (ID{1}) {
			t.Fatalf("key %d: %v", i, ok)
		}
	}
	if s.has(name(many)) || len(s.pages) < 3 {
		t.Errorf("a key that is not there, or %d pages", len(s.pages))
	}
}
