package blind

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
)

type sqlRows = sql.Rows

func text(s string) private.Text { return private.New(s) }

// model is what the index should know: people and their terms.
type model struct {
	mu    sync.Mutex
	terms map[vault.PersonID]forms
}

// act does something by chance to one of a writer's people, in the index and in the model.
func (t *town) act(ctx context.Context, r *rand.Rand, m *model, own []vault.PersonID) error {
	person := own[r.IntN(len(own))]
	switch r.IntN(8) {
	case 0:
		_, err := t.Merge(ctx, org)
		return err
	case 1:
		err := t.DB.WriteUnaudited(ctx, "test", func(tx *db.Tx) error { return t.Remove(ctx, tx, org, person) })
		if err == nil {
			m.set(person, nil)
		}
		return err
	}
	terms := randomTerms(r)
	f, err := formsOf(terms)
	if err != nil {
		return err
	}
	err = t.DB.WriteUnaudited(ctx, "test", func(tx *db.Tx) error { return t.Put(ctx, tx, org, person, terms) })
	if err == nil {
		m.set(person, &f)
	}
	return err
}

func (m *model) set(person vault.PersonID, f *forms) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f == nil {
		delete(m.terms, person)
		return
	}
	m.terms[person] = *f
}

var (
	firstNames  = []string{"Tamina", "Tamino", "Osvela", "Quirin", "ኣቀሬ", "Виреля"}
	familyNames = []string{"Quillfeather", "Quilfeather", "Zyxwer", "Arbeldun", "ሑሰመገ", "Гунеслав"}
)

func randomTerms(r *rand.Rand) Terms {
	t := Terms{Names: []private.Text{text(firstNames[r.IntN(6)] + " " + familyNames[r.IntN(6)])}}
	if r.IntN(4) == 0 {
		t.Names = append(t.Names, text(firstNames[r.IntN(6)]))
	}
	switch r.IntN(5) {
	case 0:
	case 1:
		t.BirthFrom, t.BirthTo = 1985, 1990+r.IntN(5)
	default:
		t.BirthFrom = 1985 + r.IntN(8)
		t.BirthTo = t.BirthFrom + r.IntN(3)
	}
	if r.IntN(3) == 0 {
		t.Documents = []private.Text{text(fmt.Sprintf("X-%03d", r.IntN(5)))}
	}
	return t
}

func randomQuery(r *rand.Rand) Query {
	q := Query{Name: text(firstNames[r.IntN(6)] + " " + familyNames[r.IntN(6)])}
	if r.IntN(2) == 0 {
		q.BirthYear, q.Tolerance = 1985+r.IntN(10), r.IntN(3)
	}
	switch r.IntN(5) {
	case 0:
		q.Name = text(familyNames[r.IntN(6)])
	case 1:
		q.Document = text(fmt.Sprintf("x%03d", r.IntN(5)))
	}
	return q
}

// TestSearchAgainstModel lets three writers put, change, remove and merge people by chance and at once,
// while the index is built anew, and compares answers with a comparison of every person.
func TestSearchAgainstModel(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	town := newTown(t)
	m := &model{terms: map[vault.PersonID]forms{}}
	var wg sync.WaitGroup
	for w := range 3 {
		own := town.enrolled(t, w*100, 14)
		wg.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(w)))
			for range 30 {
				err := town.act(t.Context(), r, m, own)
				if k := fault.KindOf(err); err != nil && k != fault.Unavailable && k != fault.Stale {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Go(func() {
		if err := town.Reindex(t.Context(), org); err != nil && fault.KindOf(err) != fault.Unavailable && !errors.Is(err, errAgain) {
			t.Error(err)
		}
	})
	wg.Wait()
	if t.Failed() {
		return
	}
	town.compareAll(t, rand.New(rand.NewPCG(seed, 99)), m, "waiting and merged")
	if err := town.Reindex(t.Context(), org); err != nil {
		t.Fatal(err)
	}
	town.compareAll(t, rand.New(rand.NewPCG(seed, 98)), m, "built anew")
	if n, err := town.Merge(t.Context(), org); n != 0 || err != nil {
		t.Errorf("%d wait after building anew: %v", n, err)
	}
	for person := range m.terms {
		write(t, town.DB, func(tx *db.Tx) error { return town.Remove(t.Context(), tx, org, person) })
	}
	if cells, blocks, counted := town.rows(t); cells != 0 || blocks != 0 || counted != 0 {
		t.Errorf("%d bytes of cells and %d blocks are left of nobody, and %d are counted", cells, blocks, counted)
	}
}

// compareAll asks forty queries of the index and of the model.
func (t *town) compareAll(tb testing.TB, r *rand.Rand, m *model, when string) {
	tb.Helper()
	for range 40 {
		q := randomQuery(r)
		got, err := t.look(tb.Context(), q)
		if err != nil {
			tb.Fatal(err)
		}
		want := m.answer(tb, q)
		if got.TooMany || len(want) > MaxCandidates {
			tb.Fatalf("%s: %d people and too many %v", when, len(want), got.TooMany)
		}
		seen := map[vault.PersonID]Candidate{}
		for _, c := range got.Candidates {
			c.Score = 0
			seen[c.Person] = c
		}
		if diff := cmp.Diff(want, seen); diff != "" {
			tb.Fatalf("%s: the answer to %s in %d ± %d differs (want -, got +):\n%s", when, q.Name.Reveal("test"), q.BirthYear, q.Tolerance, diff)
		}
	}
}

// answer compares with everybody.
func (m *model) answer(tb testing.TB, q Query) map[vault.PersonID]Candidate {
	tb.Helper()
	w, err := q.fold()
	if err != nil {
		tb.Fatal(err)
	}
	found := newMatches(w)
	people := slices.Sorted(maps.Keys(m.terms))
	for i, p := range people {
		found.compare(uint32(i), m.terms[p])
	}
	all := map[vault.PersonID]Candidate{}
	for slot, h := range found.hits {
		all[people[slot]] = found.candidate(h, people[slot])
	}
	return all
}

// enrolled makes people whom the vault knows.
func (t *town) enrolled(tb testing.TB, from, n int) []vault.PersonID {
	tb.Helper()
	var all []vault.PersonID
	write(tb, t.DB, func(tx *db.Tx) error {
		all = nil
		for i := range n {
			p := personID(from + i)
			if err := t.Vault.Enrol(tb.Context(), tx, worker(0), p, "adult-client"); err != nil {
				return err
			}
			all = append(all, p)
		}
		return nil
	})
	return all
}
