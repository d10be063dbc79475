package blind

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// look answers a query as Search does, without admission.
func (t *town) look(ctx context.Context, q Query) (a Answer, err error) {
	w, err := q.fold()
	if err != nil {
		return a, err
	}
	err = t.DB.Read(ctx, func(tx *db.Tx) error {
		s, _, err := stateOf(ctx, tx, org)
		if err != nil {
			return err
		}
		a, err = t.answer(ctx, newShelf(tx, org, s), worker(0), w, maxWaiting)
		return err
	})
	return a, err
}

// asked is a query about somebody.
type asked struct {
	Query
	who  int
	text string
}

// ask draws a query: one typo in a part by chance, and the year of birth, up to two off, in half.
func (t *town) ask(r *rand.Rand, i int) asked {
	who := r.IntN(len(t.people)/scripts)*scripts + i%scripts
	h := t.people[who]
	name := strings.Join(typo(&t.all, r, h), " ")
	q := asked{who: who, text: name, Query: Query{Name: private.New(name)}}
	if i/scripts%2 == 0 {
		q.BirthYear, q.Tolerance = h.birth+r.IntN(5)-2, 2
	}
	return q
}

// tally is what was found of a script.
type tally struct{ asked, found, ambiguous, lost int }

// quality asks n queries and returns the tallies with year and without.
func (t *town) quality(tb testing.TB, n int, seed uint64) (with, without [scripts]tally) {
	tb.Helper()
	r := rand.New(rand.NewPCG(seed, 2))
	for i := range n {
		q := t.ask(r, i)
		a, err := t.look(tb.Context(), q.Query)
		if err != nil {
			tb.Fatal(err)
		}
		c := &with[i%scripts]
		if q.BirthYear == 0 {
			c = &without[i%scripts]
		}
		c.asked++
		found := slices.ContainsFunc(a.Candidates, func(c Candidate) bool { return c.Person == personID(q.who) })
		switch {
		case found:
			c.found++
		case a.TooMany:
			c.ambiguous++
		default:
			c.lost++
			if c.lost < 4 && testing.Verbose() {
				fmt.Printf("lost %q for %q year %d of %d; %d candidates\n", q.text, t.people[q.who].text(), q.BirthYear, t.people[q.who].birth, len(a.Candidates))
			}
		}
	}
	return with, without
}

// TestQuality asks for invented people with one typo, in half the queries with a year of birth that may be
// two off. With year the person is among the fifty candidates; without, too, or the answer says that there
// are too many. The short form draws 15,000 people from a fresh seed; FOURFOLD_CAMPAIGN=full a million.
//
// Of the Chinese names one in a hundred is not found, and of the others none. Seven of forty are missed by chance
// in one short run of 500,000; then other people are drawn, once, and only what is missed again is a failure.
func TestQuality(t *testing.T) {
	if os.Getenv("FOURFOLD_CAMPAIGN") == "full" {
		for _, short := range million(t).poor(t, 10_000, 0.95, rand.Uint64()) {
			t.Error(short)
		}
		return
	}
	draw := func() []string {
		d, seed := dbtest.Open(t), rand.Uint64()
		// Forty queries of a script: 0.95 is missed by chance.
		return settle(t, d, vaulttest.Open(t, d), 15_000, seed).poor(t, 400, 0.83, seed)
	}
	first := draw()
	if len(first) == 0 {
		return
	}
	if again := draw(); len(again) > 0 {
		t.Errorf("%s\nand with other people\n%s", strings.Join(first, "\n"), strings.Join(again, "\n"))
	}
}

// poor asks and returns the scripts whose people are not found often enough.
func (t *town) poor(tb testing.TB, queries int, bar float64, seed uint64) (short []string) {
	tb.Helper()
	tb.Logf("seed %d, %.0f bytes a person", seed, t.perPerson)
	with, without := t.quality(tb, queries, seed)
	for s, w := range with {
		o := without[s]
		name, commonest := t.all[s].name, t.all[s].surname.share(0)/scripts
		recall := float64(w.found) / float64(w.asked)
		honest := float64(o.found+o.ambiguous) / float64(o.asked)
		tb.Logf("%-9s (commonest surname %.1f %% of all) with year: recall %.3f of %d; without: found %.3f, too many %.3f, neither %d of %d",
			name, 100*commonest, recall, w.asked, float64(o.found)/float64(o.asked), float64(o.ambiguous)/float64(o.asked), o.lost, o.asked)
		if recall < bar || honest < bar || commonest < 0.01 {
			short = append(short, fmt.Sprintf("%s: recall %.3f with year and %.3f without, want %.2f; the commonest surname has %.1f %%", name, recall, honest, bar, 100*commonest))
		}
	}
	return short
}

// TestTooMany asks for names that too many people have.
func TestTooMany(t *testing.T) {
	d := dbtest.Open(t)
	town := &town{Index: On(d, vaulttest.Open(t, d))}
	found(t, d)
	for i := range 5200 {
		h := human{name: []string{"quillfeather", "tamina"}, birth: 1950 + i%50}
		if i%1733 == 0 {
			h.name[1] = "osvela"
		}
		town.people = append(town.people, h)
	}
	town.enrol(t)
	town.register(t)
	var in []posting
	for i, h := range town.people {
		in = append(in, posting{forms: h.forms(t), slot: slotOf(i)})
	}
	s, err := town.begin(t.Context(), org)
	if err != nil {
		t.Fatal(err)
	}
	if err := town.build(t.Context(), org, s, len(in), given(in), nil); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		year    int
		many    bool
		shown   int
		because string
	}{
		{"Tamina Quillfeather", 0, true, MaxCandidates, "no list was read to its end"},
		{"Quillfeather", 1970, true, MaxCandidates, "more than fifty were born about then"},
		{"Osvela Quillfeather", 0, false, 4, "one list was read to its end"},
		{"Osvela", 0, false, 4, "few have the name"},
		{"Osvela Quillfeather", 1950, false, 1, "few have name and year"},
		{"Nobody", 0, false, 0, "nobody has the name"},
	} {
		q := Query{Name: text(tt.name), BirthYear: tt.year}
		a, err := town.look(t.Context(), q)
		whole := 0
		for _, c := range a.Candidates {
			if c.Whole || tt.many {
				whole++
			}
		}
		if err != nil || a.TooMany != tt.many || whole != tt.shown {
			t.Errorf("%s in %d: %d who meet it all, too many %v (%v); want %d, %v: %s", tt.name, tt.year, whole, a.TooMany, err, tt.shown, tt.many, tt.because)
		}
	}
}
