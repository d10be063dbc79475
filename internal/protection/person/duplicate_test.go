package person

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

func (d *desk) suggest(by auth.Actor, of casefile.ID) Suggestions {
	d.t.Helper()
	s, err := d.Suggest(d.t.Context(), by, of)
	d.must(err)
	return s
}

// told is what suggestions say, one a line: strength and words.
func told(s Suggestions) string {
	var lines []string
	for _, one := range s.All {
		var words []string
		for _, p := range one.Points {
			words = append(words, p.Part+" "+p.Text)
		}
		lines = append(lines, fmt.Sprint(int(one.Strength), " ", strings.Join(words, "; ")))
	}
	return strings.Join(lines, "\n")
}

func TestSuggestionsSayWhy(t *testing.T) {
	d := newDesk(t)
	worker := d.staff(orgA, "worker", auth.SupportWorker)
	of := d.begin(worker)
	d.call(worker, of, Name{Text: "Mohammed Ahmed", Kind: Used}, Name{Text: "Kestrel", Kind: Imposed})
	d.phone(worker, of, "+44 7700 900123")
	alone := d.suggest(worker, of)
	if len(alone.All) != 0 {
		t.Errorf("alone: %s", told(alone))
	}
	spelt, together, named, part := d.begin(worker), d.begin(worker), d.begin(worker), d.begin(worker)
	d.call(worker, spelt, Name{Text: "Muhammad Ahmad"})
	d.phone(worker, together, "0044 7700 900123")
	d.call(worker, named, Name{Text: "Kestrel", Kind: Imposed})
	d.call(worker, part, Name{Text: "Ahmed Hassan"})
	s := d.suggest(worker, of)
	got := map[casefile.ID]Suggestion{}
	for _, one := range s.All {
		got[one.Case.ID()] = one
	}
	if len(s.All) != 3 || got[part].Strength != Nothing {
		t.Errorf("%d suggestions: %s", len(s.All), told(s))
	}
	if s.All[0].Case.ID() != spelt || got[spelt].Strength != Possible || len(got[spelt].Points) != 2 || got[spelt].Points[0].Part == "" {
		t.Errorf("spelt otherwise: %s", told(s))
	}
	for name, id := range map[string]casefile.ID{"a shared telephone": together, "a name that somebody gave": named} {
		if got[id].Strength != Expected {
			t.Errorf("%s: %s", name, told(s))
		}
	}
	a, b, l, err := d.Beside(t.Context(), worker, of, spelt, "support")
	if err != nil || l.Strength != Possible || len(a.Names.Value.List) != 2 || len(b.Names.Value.List) != 1 {
		t.Errorf("side by side: %d, %v", l.Strength, err)
	}
}

// TestNobodyIsMerged: whatever is decided, both files stay as they are, and a link is all that comes of it.
func TestNobodyIsMerged(t *testing.T) {
	d := newDesk(t)
	worker, other := d.staff(orgA, "worker", auth.SupportWorker), d.staff(orgA, "other", auth.SupportWorker)
	a, b, theirs := d.begin(worker), d.begin(worker), d.begin(other)
	d.call(worker, a, Name{Text: "Anna Berg"})
	d.call(worker, b, Name{Text: "Anna Berg"})
	pa, pb := d.personOf(worker, a), d.personOf(worker, b)
	if l, _ := d.files.Links(t.Context(), worker, a); len(l) != 0 || d.suggest(worker, a).All[0].Verdict != Undecided {
		t.Error("somebody was linked by nobody")
	}
	for i, step := range []struct {
		of, other casefile.ID
		verdict   Verdict
		links     int
	}{{a, b, NotSure, 0}, {b, a, Same, 1}, {a, b, Different, 0}, {a, b, Same, 1}} {
		d.must(d.Decide(t.Context(), worker, step.of, step.other, int64(i), step.verdict))
		links, err := d.files.Links(t.Context(), worker, a)
		s := d.suggest(worker, a).All
		if err != nil || len(links) != step.links || len(s) != 1 || s[0].Verdict != step.verdict || s[0].Version != int64(i+1) {
			t.Errorf("%s: %d links, %d suggestions, %v", step.verdict, len(links), len(s), err)
		}
	}
	if d.personOf(worker, a) != pa || d.personOf(worker, b) != pb || len(d.file(worker, a).Names.Value.List) != 1 {
		t.Error("the files are not what they were")
	}
	d.kind("a stale decision", d.Decide(t.Context(), worker, a, b, 1, Same), fault.Stale)
	d.kind("no decision", d.Decide(t.Context(), worker, a, b, 4, Undecided), fault.Invalid)
	d.kind("one case with itself", d.Decide(t.Context(), worker, a, a, 0, Same), fault.Invalid)
	d.kind("somebody else's case", d.Decide(t.Context(), worker, a, theirs, 0, Same), fault.NotFound)
	vaulttest.Erase(t, d.vault, string(orgA), string(pb))
	if s := d.suggest(worker, a).All; len(s) != 0 {
		t.Error("somebody erased is suggested")
	}
}

// TestSuggestionsRevealNobodyElse: with random people, organisations, assignments and exclusions, all of whom bear one
// name, no suggestion names a case that the actor may not read by themselves; and what another organisation holds
// changes nothing of what is said, not the order and not a count.
func TestSuggestionsRevealNobodyElse(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	d := newDesk(t)
	var staff []auth.Actor
	for i, role := range []auth.Role{auth.SupportWorker, auth.SupportWorker, auth.Supervisor, auth.Authority} {
		staff = append(staff, d.staff(orgA, fmt.Sprint("a", i), role))
	}
	outside := d.staff(orgB, "outside", auth.Supervisor)
	var cases []casefile.ID
	owner := map[casefile.ID]auth.Actor{}
	for range 12 {
		by := staff[r.IntN(len(staff))]
		of := d.begin(by)
		d.call(by, of, Name{Text: "Selam Haile"})
		if r.IntN(2) == 0 {
			d.phone(by, of, "+44 7700 900123")
		}
		cases, owner[of] = append(cases, of), by
	}
	for i, of := range cases {
		if a := staff[r.IntN(len(staff))]; i%2 == 0 && owner[of].Account != a.Account {
			d.exclude(of, a)
		}
	}
	before := map[string]string{}
	ask := func(check func(key, said string)) {
		for _, a := range staff {
			for _, of := range cases {
				if owner[of].Account != a.Account {
					continue
				}
				d.forgetSearches()
				s := d.suggest(a, of)
				for _, one := range s.All {
					if _, err := d.files.Get(t.Context(), a, one.Case.ID()); err != nil || one.Case.Org != orgA || one.Case.ID() == of {
						t.Errorf("%s was told of a case that is not theirs to read", a.Account)
					}
				}
				check(string(a.Account)+string(of), told(s)+fmt.Sprint(s.More))
				break
			}
		}
	}
	ask(func(key, said string) { before[key] = said })
	for range 4 {
		of := d.begin(outside)
		d.call(outside, of, Name{Text: "Selam Haile"})
		d.phone(outside, of, "+44 7700 900123")
	}
	ask(func(key, said string) {
		if before[key] != said {
			t.Errorf("another organisation's clients changed what was said: %q, then %q", before[key], said)
		}
	})
	if len(before) == 0 {
		t.Error("nobody asked")
	}
}

// TestSuggestionsLeaveOutWhomOneIsKeptFrom: somebody who is kept from one case of a person is not told of the person by
// another case of theirs.
func TestSuggestionsLeaveOutWhomOneIsKeptFrom(t *testing.T) {
	d := newDesk(t)
	chief, worker := d.staff(orgA, "chief", auth.Supervisor), d.staff(orgA, "worker", auth.SupportWorker)
	of, first := d.begin(chief), d.begin(worker)
	d.call(chief, of, Name{Text: "Selam Haile"})
	d.call(worker, first, Name{Text: "Selam Haile"})
	second, err := d.files.Open(t.Context(), worker, casefile.Begin{Reason: "returned", Follows: first})
	d.must(err)
	shown := func() (ids []casefile.ID) {
		for _, s := range d.suggest(chief, of).All {
			ids = append(ids, s.Case.ID())
		}
		return ids
	}
	if got := shown(); len(got) != 1 || !slices.Contains([]casefile.ID{first, second}, got[0]) {
		t.Errorf("before: %d", len(got))
	}
	d.exclude(first, chief)
	if got := shown(); len(got) != 0 {
		t.Errorf("somebody kept from a case is told of the person: %d", len(got))
	}
}

// forgetSearches lets an account search again.
func (d *desk) forgetSearches() {
	d.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM vault_search")
		return err
	})
}
