package blind

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

func newTown(t testing.TB) *town {
	t.Helper()
	d := dbtest.Open(t)
	town := &town{Index: On(d, vaulttest.Open(t, d))}
	found(t, d)
	return town
}

// shift changes the rows of the index as merging does.
func (t *town) shift(ctx context.Context, out, in []posting) error {
	return t.DB.WriteUnaudited(ctx, "test", func(tx *db.Tx) error {
		s, err := lock(ctx, tx, org)
		if err != nil {
			return err
		}
		return t.change(ctx, newShelf(tx, org, s), out, in)
	})
}

// lists reads the lists of terms to their ends.
func (t *town) lists(tb testing.TB, terms []term) map[term][]ref {
	tb.Helper()
	all := map[term][]ref{}
	err := t.DB.Read(tb.Context(), func(tx *db.Tx) error {
		s, _, err := stateOf(tb.Context(), tx, org)
		if err != nil {
			return err
		}
		k, err := newKeys(tb.Context(), t.Vault, org, tx.Now())
		if err != nil {
			return err
		}
		shelf := newShelf(tx, org, s)
		for _, m := range terms {
			c := newChain(k.token(m))
			if err := shelf.readCells(tb.Context(), []*chain{c}); err != nil {
				return err
			}
			c.allow(c.blocks)
			if err := shelf.readBlocks(tb.Context(), []*chain{c}); err != nil {
				return err
			}
			c.each(func(r ref) { all[m] = append(all[m], r) })
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// TestListsAgainstModel lets four writers put random persons in and take them out, at once, and
// compares every list with a map. Words are few, so that lists pass from cells to blocks and back.
func TestListsAgainstModel(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	town := newTown(t)
	words := []string{"ab", "cd", "ef", "gh"}
	var wg sync.WaitGroup
	models := make([]map[uint32]posting, 4)
	for w := range models {
		models[w] = map[uint32]posting{}
		wg.Go(func() { town.scribble(t, rand.New(rand.NewPCG(seed, uint64(w))), words, uint32(w)<<24, models[w]) })
	}
	wg.Wait()
	want, terms := map[term]map[uint32]span{}, map[term]bool{}
	for _, model := range models {
		for slot, p := range model {
			p.forms.each(func(m term) {
				if want[m] == nil {
					want[m] = map[uint32]span{}
				}
				want[m][slot], terms[m] = p.forms.born, true
			})
		}
	}
	longest := 0
	for m, refs := range town.lists(t, slices.Collect(maps.Keys(terms))) {
		longest = max(longest, len(refs))
		got := map[uint32]span{}
		for _, r := range refs {
			got[r.slot] = r.born
		}
		if len(got) != len(refs) || !maps.Equal(got, want[m]) {
			t.Errorf("the list of %v has %d references, %d different, want %d", m, len(refs), len(got), len(want[m]))
		}
	}
	if longest <= singles+smallBlock {
		t.Errorf("the longest list has %d references: no list reached a large block", longest)
	}
	town.emptied(t, models)
}

// randomBirth returns years of which some lie in two bands, and some are not known.
func randomBirth(r *rand.Rand) span {
	if r.IntN(8) == 0 {
		return span{}
	}
	return span{uint16(1982 + r.IntN(12)), uint8(max(0, r.IntN(8)-3))}
}

// scribble changes the index fifteen times, some persons each time.
func (t *town) scribble(tb testing.TB, r *rand.Rand, words []string, from uint32, model map[uint32]posting) {
	for range 15 {
		var out, in []posting
		for slot, p := range model {
			if r.IntN(3) == 0 {
				out = append(out, p)
				delete(model, slot)
			}
		}
		for range r.IntN(80) {
			from++
			f := forms{parts: []string{words[r.IntN(len(words))], fmt.Sprintf("z%d", r.IntN(3))}, born: randomBirth(r)}
			model[from] = posting{forms: f, slot: from}
			in = append(in, model[from])
		}
		err := t.shift(tb.Context(), out, in)
		for tries := 0; fault.KindOf(err) == fault.Unavailable && tries < 20; tries++ {
			err = t.shift(tb.Context(), out, in) // more writers at once than there are of people
		}
		if err != nil {
			tb.Error(err)
			return
		}
	}
}

// emptied takes everybody out and looks whether anything is left, padding included.
func (t *town) emptied(tb testing.TB, models []map[uint32]posting) {
	tb.Helper()
	for _, model := range models {
		if err := t.shift(tb.Context(), slices.Collect(maps.Values(model)), nil); err != nil {
			tb.Fatal(err)
		}
	}
	cells, blocks, counted := t.rows(tb)
	if cells != 0 || blocks != 0 || counted != 0 {
		tb.Errorf("%d bytes of cells and %d blocks are left of nobody, and %d cells are counted", cells, blocks, counted)
	}
}

// rows returns the bytes of cells, the number of blocks, and the number of cells that the index counts.
func (t *town) rows(tb testing.TB) (cells, blocks int, counted int64) {
	tb.Helper()
	err := t.DB.Read(tb.Context(), func(tx *db.Tx) error {
		err := tx.QueryRow(tb.Context(), "SELECT coalesce(sum(length(cells)), 0) FROM vault_index_bucket").Scan(&cells)
		if err != nil {
			return err
		}
		if err := tx.QueryRow(tb.Context(), "SELECT count(*) FROM vault_index_block").Scan(&blocks); err != nil {
			return err
		}
		s, _, err := stateOf(tb.Context(), tx, org)
		counted = s.cells
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return cells, blocks, counted
}

// TestCellsAreOneEach adds persons with names of different lengths one by one: each adds as many
// postings as the next, and a note of the same size.
func TestCellsAreOneEach(t *testing.T) {
	town := newTown(t)
	before := 0
	for i, name := range []string{"Om", "Zyxwerina Quillfeather", "ኃይለማርያም ወልደገብርኤል", "a bb ccc"} {
		h := human{name: []string{name}, birth: 1990}
		if err := town.shift(t.Context(), nil, []posting{{forms: h.forms(t), slot: uint32(i + 1)}}); err != nil {
			t.Fatal(err)
		}
		cells, _, _ := town.rows(t)
		if grown := (cells - before) / cellSize; grown%padTo != 0 {
			t.Errorf("%q has %d cells, not a multiple of %d", name, grown, padTo)
		}
		before = cells
		b, err := note{Terms: h.forms(t)}.encode()
		if err != nil || len(b) != noteStep-1 {
			t.Errorf("the note of %q has %d bytes, want %d (%v)", name, len(b), noteStep-1, err)
		}
	}
}

// TestAlteredRows flips every byte of a bucket and of a block, and moves both: a search then names
// nobody else, and either finds the person or says that the index is damaged.
func TestAlteredRows(t *testing.T) {
	tok := token{1, 2, 3}
	l := newList(tok)
	r := ref{slot: 0xABCDEF01, cut: true, born: span{lastYear, widest - 1}}
	first := l.seal(0, r, onward{blocks: 0x654321, ageless: true})
	if got, o, ok := l.open(0, first[:]); !ok || got != r || o != (onward{0x654321, true}) {
		t.Fatalf("the first cell opens to %v, %v, %v", got, o, ok)
	}
	c := l.seal(3, r, onward{})
	if got, _, ok := l.open(3, c[:]); !ok || got != r {
		t.Fatalf("a cell opens to %v, %v", got, ok)
	}
	for i := tailSize; i < cellSize; i++ {
		for bit := range 8 {
			bad := c
			bad[i] ^= 1 << bit
			if got, _, ok := l.open(3, bad[:]); ok {
				t.Errorf("a cell altered at %d opens to %v", i, got)
			}
		}
	}
	if _, _, ok := l.open(4, c[:]); ok {
		t.Error("a cell opens at another place of its list")
	}
	other := newList(token{9})
	if _, _, ok := other.open(3, c[:]); ok {
		t.Error("a cell opens in another list")
	}
	a := l.sealer()
	for n := range 2 {
		sealed := sealBlock(a, n, []ref{r, {slot: 7}})
		if got, ok := openBlock(a, n, sealed); !ok || !slices.Equal(got, []ref{r, {slot: 7}}) {
			t.Fatalf("a block opens to %v, %v", got, ok)
		}
		if _, ok := openBlock(a, 1-n, sealed); ok {
			t.Error("a block opens at another place of its list")
		}
		if _, ok := openBlock(other.sealer(), n, sealed); ok {
			t.Error("a block opens in another list")
		}
		for i := range sealed {
			bad := slices.Clone(sealed)
			bad[i] ^= 0x10
			if _, ok := openBlock(a, n, bad); ok {
				t.Errorf("a block altered at %d opens", i)
			}
		}
	}
}

// TestDamageIsTold alters all rows of an index: the answer is that it was altered.
func TestDamageIsTold(t *testing.T) {
	town := newTown(t)
	h := human{name: []string{"quillfeather"}, birth: 1990}
	if err := town.shift(t.Context(), nil, []posting{{forms: h.forms(t), slot: 5}}); err != nil {
		t.Fatal(err)
	}
	write(t, town.DB, func(tx *db.Tx) error {
		type row struct {
			id    int64
			cells []byte
		}
		rows, err := tx.Query(t.Context(), "SELECT id, cells FROM vault_index_bucket")
		all, err := db.Collect(rows, err, func(r *sqlRows) (w row, err error) { return w, r.Scan(&w.id, &w.cells) })
		for _, w := range all {
			for i := tailSize + 1; i < len(w.cells); i += cellSize {
				w.cells[i] ^= 1
			}
			if _, err := tx.Exec(t.Context(), "UPDATE vault_index_bucket SET cells = $1 WHERE org_id = $2 AND id = $3", w.cells, string(org), w.id); err != nil {
				return err
			}
		}
		return err
	})
	_, err := town.look(t.Context(), Query{Name: text("Quillfeather")})
	if fault.KindOf(err) != fault.Conflict {
		t.Errorf("an altered index answers with %v", err)
	}
	if errors.Is(err, errAgain) {
		t.Error("an altered row is taken for a changed one")
	}
}
