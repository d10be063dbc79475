package person

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/blind"
)

func (d *desk) lookUp(by auth.Actor, task casefile.ID, q blind.Query) Suggestions {
	d.t.Helper()
	q.Why = vault.Why{Purpose: "find-case", Scope: string(task)}
	s, err := d.LookUp(d.t.Context(), by, q)
	d.must(err)
	return s
}

func idsOf(s Suggestions) (ids []casefile.ID) {
	for _, one := range s.All {
		ids = append(ids, one.Case.ID())
	}
	return ids
}

// TestLookUpSaysHow: by name in another script, by a part of it, by year, document and telephone; each with how it was
// met, and every case of the person.
func TestLookUpSaysHow(t *testing.T) {
	d := newDesk(t)
	worker := d.staff(orgA, "worker", auth.SupportWorker)
	task, of := d.begin(worker), d.begin(worker)
	d.call(worker, of, Name{Text: "Мария Соколова"})
	d.born(worker, of, Birth{From: "1999-01-01", To: "1999-12-31", Basis: ByStatement})
	d.phone(worker, of, "+44 7700 900123")
	again, err := d.files.Open(t.Context(), worker, casefile.Begin{Reason: "returned", Follows: of})
	d.must(err)
	name := private.New("Maria Sokolova")
	for what, one := range map[string]struct {
		q        blind.Query
		strength Strength
		says     string
	}{
		"a name in another script":       {blind.Query{Name: name}, Possible, "sokolova This part of the name"},
		"a name of which a part differs": {blind.Query{Name: private.New("Maria Petrova")}, Nothing, "petrova This part of the name does not agree."},
		"a year":                         {blind.Query{Name: name, BirthYear: 1999}, Possible, "The year of birth agrees."},
		"a year that is near":            {blind.Query{Name: name, BirthYear: 2001, Tolerance: 2}, Possible, "The year of birth is another"},
		"a telephone":                    {blind.Query{Phone: private.New("0044 7700 900123")}, Expected, "The same telephone number."},
	} {
		s := d.lookUp(worker, task, one.q)
		ids := idsOf(s)
		if len(ids) != 2 || !slices.Contains(ids, of) || !slices.Contains(ids, again) {
			t.Errorf("%s: %d cases", what, len(ids))
			continue
		}
		if s.All[0].Strength != one.strength || !strings.Contains(strings.ToLower(told(s)), strings.ToLower(one.says)) {
			t.Errorf("%s: %s", what, told(s))
		}
	}
	if s := d.lookUp(worker, task, blind.Query{Name: name, BirthYear: 1970}); len(s.All) != 0 {
		t.Errorf("with another year: %s", told(s))
	}
	_, err = d.LookUp(t.Context(), worker, blind.Query{Name: name, Why: vault.Why{Purpose: "find-case"}})
	d.kind("a search for no case, of which nobody is told", err, fault.Denied)
}

// TestLookUpShowsOnlyWhatIsTheirs: with random holders and exclusions, all of one name, nobody is answered a case that
// they may not read, everybody is answered each that they may, and somebody who reads only their own cases is answered
// the same, to the letter, whether nobody else of the name is known or more than a search shows.
func TestLookUpShowsOnlyWhatIsTheirs(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	d := newDesk(t)
	worker, other, chief := d.staff(orgA, "worker", auth.SupportWorker), d.staff(orgA, "other", auth.SupportWorker), d.staff(orgA, "chief", auth.Supervisor)
	staff := []auth.Actor{worker, other, chief}
	q := blind.Query{Name: private.New("Selam Haile")}
	task, own := d.begin(worker), d.begin(worker)
	d.call(worker, own, Name{Text: "Selam Haile"})
	alone := d.lookUp(worker, task, q)
	nobody := d.lookUp(worker, task, blind.Query{Name: private.New("Tirunesh Dibaba")})
	var cases []casefile.ID
	for range 12 {
		by := staff[r.IntN(len(staff))]
		of := d.begin(by)
		d.call(by, of, Name{Text: "Selam Haile"})
		cases = append(cases, of)
		if a := staff[r.IntN(len(staff))]; a.Account != by.Account {
			d.exclude(of, a)
		}
	}
	for _, a := range staff {
		answered := idsOf(d.lookUp(a, d.begin(a), q))
		for _, of := range append(cases, own) {
			_, err := d.files.Get(t.Context(), a, of)
			if slices.Contains(answered, of) != (err == nil) {
				t.Errorf("%s: told of a case %t, reads it: %v", a.Account, slices.Contains(answered, of), err)
			}
		}
	}
	// More than are shown, of a name that nobody of the worker's bears.
	for range blind.MaxCandidates + 2 {
		d.call(other, d.begin(other), Name{Text: "Tirunesh Dibaba"})
	}
	many := d.lookUp(worker, task, blind.Query{Name: private.New("Tirunesh Dibaba")})
	if fmt.Sprint(many.All, many.More) != fmt.Sprint(nobody.All, nobody.More) || len(alone.All) != 1 || alone.More {
		t.Errorf("of others, who may not be seen: %d shown, more %t", len(many.All), many.More)
	}
	if s := d.lookUp(chief, d.begin(chief), blind.Query{Name: private.New("Tirunesh Dibaba")}); !s.More || len(s.All) != blind.MaxCandidates {
		t.Errorf("who reads every case is told of %d, more %t", len(s.All), s.More)
	}
}
