package blind

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/fourfold/fourfold/internal/db"
)

// met is what a search knows of somebody.
type met struct {
	parts [maxQueryParts]part
	off   int
	year  bool
}

func (m *matches) all() map[uint32]met {
	all := map[uint32]met{}
	for slot, h := range m.hits {
		all[slot] = met{h.parts, h.off, h.year}
	}
	return all
}

// TestBandsAgainstModel gives many people few names, so that their lists are read by bands of years, and
// compares whom searches meet, and how, with a comparison of everybody. Some were there when the index was
// built; some came, and others left, since.
func TestBandsAgainstModel(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 5))
	town := newTown(t)
	given_, family := []string{"tamina", "tamino", "osvela"}, []string{"quillfeather", "quilfeather", "淳渔", "淳赛", "曼渔"}
	var people []posting
	for i := range 1500 {
		f := forms{parts: []string{family[r.IntN(5)], given_[r.IntN(3)]}, born: randomBirth(r)}
		people = append(people, posting{forms: f, slot: slotOf(i)})
	}
	s, err := town.begin(t.Context(), org)
	if err != nil {
		t.Fatal(err)
	}
	if err := town.build(t.Context(), org, s, 1200, given(people[:1200]), nil); err != nil {
		t.Fatal(err)
	}
	for some := range slices.Chunk(people[1200:], 75) {
		if err := town.shift(t.Context(), people[:40], some); err != nil {
			t.Fatal(err)
		}
		people = people[40:]
	}
	byBands := 0
	for range 40 {
		q := Query{Name: text(family[r.IntN(5)] + " " + given_[r.IntN(3)]), BirthYear: 1980 + r.IntN(18), Tolerance: r.IntN(MaxTolerance + 1)}
		got, bands := town.meets(t, q)
		byBands += bands
		w, err := q.fold()
		if err != nil {
			t.Fatal(err)
		}
		want := newMatches(w)
		for _, p := range people {
			want.compare(p.slot, p.forms)
		}
		if !maps.Equal(got.all(), want.all()) || !slices.Equal(got.met, want.met) {
			t.Fatalf("%s in %d ± %d meets %v, want %v", q.Name.Reveal("test"), q.BirthYear, q.Tolerance, fmt.Sprint(got.met), want.met)
		}
	}
	if byBands < 40 {
		t.Errorf("%d lists were read by bands: the people are too few", byBands)
	}
}

// meets looks a query up, and counts the lists that are read by bands.
func (t *town) meets(tb testing.TB, q Query) (m *matches, bands int) {
	tb.Helper()
	w, err := q.fold()
	if err != nil {
		tb.Fatal(err)
	}
	m = newMatches(w)
	err = t.DB.Read(tb.Context(), func(tx *db.Tx) error {
		s, _, err := stateOf(tb.Context(), tx, org)
		if err != nil {
			return err
		}
		k, err := newKeys(tb.Context(), t.Vault, org, tx.Now())
		if err != nil {
			return err
		}
		looks := m.looks(k)
		if err := newShelf(tx, org, s).readCells(tb.Context(), chainsOf(looks)); err != nil {
			return err
		}
		for _, l := range looks {
			if l.blocks > narrow {
				bands++
			}
		}
		return m.lookUp(tb.Context(), newShelf(tx, org, s), k)
	})
	if err != nil {
		tb.Fatal(err)
	}
	return m, bands
}
