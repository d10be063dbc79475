package blind

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

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
		a, err = t.answer(ctx, newShelf(tx, org, s), worker(0), w)
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

func TestQuality(t *testing.T) {
	n, queries := 20_000, 500
	if os.Getenv("FOURFOLD_CAMPAIGN") == "full" {
		n, queries = 1_000_000, 10_000
	}
	d := dbtest.Open(t)
	v := vaulttest.Open(t, d)
	began := time.Now()
	seed := rand.Uint64()
	town := settle(t, d, v, n, seed)
	t.Logf("seed %d: built in %v", seed, time.Since(began))
	with, without := town.quality(t, queries, seed)
	for s, w := range with {
		o := without[s]
		t.Logf("%-9s with year: recall %.3f (%d ambiguous, %d lost of %d); without: found %.3f, ambiguous %.3f, lost %d of %d",
			town.all[s].name, float64(w.found)/float64(w.asked), w.ambiguous, w.lost, w.asked,
			float64(o.found)/float64(o.asked), float64(o.ambiguous)/float64(o.asked), o.lost, o.asked)
	}
}
