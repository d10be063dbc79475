package blind

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
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
	first, family := []string{"tamina", "tamino", "osvela"}, []string{"zyxwer", "zyxwr", "淳渔", "淳赛", "曼渔"}
	var people []posting
	for i := range 1500 {
		f := forms{parts: []string{family[r.IntN(5)], first[r.IntN(3)]}, born: randomBirth(r)}
		if i < 1200 && slices.Contains(f.parts, "osvela") { // whose year is not known come later
			f.born.from = max(1985, f.born.from)
		}
		people = append(people, posting{forms: f, slot: slotOf(i)})
	}
	s, err := town.begin(t.Context(), org)
	if err != nil {
		t.Fatal(err)
	}
	if err := town.build(t.Context(), org, s, 1200, given(people[:1200]), nil); err != nil {
		t.Fatal(err)
	}
	ask := func() string { return family[r.IntN(5)] + " " + first[r.IntN(3)] }
	town.compareMet(t, r, people[:1200], ask)
	for some := range slices.Chunk(people[1200:], 75) {
		if err := town.shift(t.Context(), people[:40], some); err != nil {
			t.Fatal(err)
		}
		people = people[40:]
	}
	town.compareMet(t, r, people, ask)
}

// compareMet asks thirty queries and compares whom they meet with everybody.
func (t *town) compareMet(tb testing.TB, r *rand.Rand, people []posting, ask func() string) {
	tb.Helper()
	byBands := 0
	for range 30 {
		q := Query{Name: text(ask()), BirthYear: 1980 + r.IntN(18), Tolerance: r.IntN(MaxTolerance + 1)}
		got, bands := t.meets(tb, q)
		byBands += bands
		w, err := q.fold()
		if err != nil {
			tb.Fatal(err)
		}
		if slices.Contains(got.short, true) {
			tb.Fatalf("the lists of %s are not read to their ends: the people are too many", q.Name.Reveal("test"))
		}
		want := newMatches(w)
		for _, p := range people {
			want.compare(p.slot, p.forms)
		}
		if !maps.Equal(got.all(), want.all()) || !slices.Equal(got.met, want.met) {
			tb.Fatalf("%s in %d ± %d meets %v, want %v", q.Name.Reveal("test"), q.BirthYear, q.Tolerance, fmt.Sprint(got.met), want.met)
		}
	}
	if byBands < 30 {
		tb.Errorf("%d lists were read by bands: the people are too few", byBands)
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

// TestBudget deals out what a search may read: words as written before shortened ones, and short lists
// before long ones.
func TestBudget(t *testing.T) {
	list := func(cut bool, blocks int) look {
		return look{chain: &chain{onward: onward{blocks: blocks}}, term: term{cut: cut}}
	}
	looks := []look{list(true, 2), list(true, 1000), list(false, 1000), list(true, deep), list(false, 3), list(true, deep), list(true, deep), list(true, 1)}
	allot(looks)
	total := 0
	for i, want := range []struct {
		cut          bool
		blocks, read int
	}{{false, 3, 3}, {false, 1000, deep}, {true, 1, 1}, {true, 2, 2}, {true, deep, deep}, {true, deep, deep}, {true, deep, deep}, {true, 1000, budget - 3*deep - deep - 6}} {
		l := looks[i]
		if l.cut != want.cut || l.blocks != want.blocks || l.read != want.read || l.short != (l.read < l.blocks) {
			t.Errorf("list %d: cut %v, %d of %d blocks are read, short %v; want %+v", i, l.cut, l.read, l.blocks, l.short, want)
		}
		total += l.read
	}
	if total > budget {
		t.Errorf("%d blocks are read, more than %d", total, budget)
	}
}

// TestTwoSigns looks for a name of two signs of which one was typed wrong. Who has the same name comes
// first, then who has one that is longer by a sign or sounds the same, then the others.
func TestTwoSigns(t *testing.T) {
	town := newTown(t)
	var in []posting
	all := []string{"淳渔", "淳渔桂", "淳鱼", "曼渔", "淳赛", "渔", "赛曼"}
	for i, name := range all {
		in = append(in, posting{forms: human{name: []string{name}, birth: 1990}.forms(t), slot: slotOf(i)})
	}
	if err := town.shift(t.Context(), nil, in); err != nil {
		t.Fatal(err)
	}
	m, _ := town.meets(t, Query{Name: text("淳渔"), BirthYear: 1991, Tolerance: 2})
	m.weigh()
	var got []string
	for _, tier := range []float64{0.99 * 1, 0.99 * 0.75, 0.99 * 0.7, 0.99 * 0.4} {
		for i, name := range all {
			if h := m.hits[slotOf(i)]; h != nil && math.Abs(h.score-tier) < 1e-9 {
				got = append(got, fmt.Sprintf("%s %.1f %s", name, tier, h.parts[0].reason()))
			}
		}
	}
	want := []string{"淳渔 1.0 exact", "淳渔桂 0.7 one-letter", "淳鱼 0.7 one-letter", "曼渔 0.4 one-letter", "淳赛 0.4 one-letter"}
	if !slices.Equal(got, want) || len(m.hits) != len(want) {
		t.Errorf("met %d, in this order %q, want %q", len(m.hits), got, want)
	}
}

// TestBlockIsGone removes the blocks of a long list: the answer is that the index was altered.
func TestBlockIsGone(t *testing.T) {
	town := newTown(t)
	var in []posting
	for i := range singles + smallBlock + 2 {
		in = append(in, posting{forms: human{name: []string{"quillfeather"}, birth: 1990}.forms(t), slot: slotOf(i)})
	}
	if err := town.shift(t.Context(), nil, in); err != nil {
		t.Fatal(err)
	}
	if m, _ := town.meets(t, Query{Name: text("Quillfeather"), BirthYear: 1990}); len(m.hits) != len(in) {
		t.Fatalf("%d are met, want %d", len(m.hits), len(in))
	}
	write(t, town.DB, func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "DELETE FROM vault_index_block WHERE length(refs) = $1", sealedSize(largeBlock))
		return err
	})
	if _, err := town.look(t.Context(), Query{Name: text("Quillfeather")}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("an index without some of its blocks answers with %v", err)
	}
}

// TestReadAheadIsOld changes the lists after a merge has read them and before it has the lock: nothing of
// the change is lost.
func TestReadAheadIsOld(t *testing.T) {
	o := newOffice(t)
	h := human{name: []string{"quillfeather"}, birth: 1990}
	o.put(t, 1, Terms{Names: []private.Text{text(h.text())}, BirthFrom: h.birth})
	if err := o.shift(t.Context(), nil, []posting{{forms: h.forms(t), slot: 7}}); err != nil {
		t.Fatal(err)
	}
	ahead, err := o.readAhead(t.Context(), org)
	if err != nil || ahead == nil || len(ahead.buckets) == 0 {
		t.Fatalf("nothing was read ahead: %v", err)
	}
	var others []posting
	for i := range singles {
		others = append(others, posting{forms: h.forms(t), slot: uint32(i + 100)})
	}
	if err := o.shift(t.Context(), nil, others); err != nil {
		t.Fatal(err)
	}
	if n, err := o.mergeAhead(t.Context(), org, ahead); err != nil || n != 1 {
		t.Fatalf("merged %d: %v", n, err)
	}
	if m, _ := o.meets(t, Query{Name: text("Quillfeather"), BirthYear: 1990}); len(m.hits) != singles+2 {
		t.Errorf("%d are met, want %d", len(m.hits), singles+2)
	}
}
