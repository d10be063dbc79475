package blind

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// office is a town with a clock, two people who search and one who is told.
type office struct {
	*town
	now time.Time
	mu  sync.Mutex
}

var (
	chief    = auth.Actor{Org: org, Account: "CHIEFCHIEFCHIEFCHIEFCHIEFC", Roles: []auth.Role{auth.Supervisor}, Via: auth.ViaSession}
	admin    = auth.Actor{Org: org, Account: "ADMINADMINADMINADMINADMINA", Roles: []auth.Role{auth.Administrator}, Via: auth.ViaSession}
	watcher  = auth.AccountID("WATCHERWATCHERWATCHERWATCH")
	forCase  = vault.Why{Purpose: "support", Scope: "case-17"}
	lookOnly = vault.Why{Purpose: "support"}
)

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	d := dbtest.OpenAt(t, func() time.Time {
		o.mu.Lock()
		defer o.mu.Unlock()
		return o.now
	})
	o.town = &town{Index: On(d, vaulttest.Open(t, d))}
	found(t, d)
	write(t, d, func(tx *db.Tx) error {
		for _, a := range []auth.AccountID{chief.Account, admin.Account, watcher} {
			if _, err := tx.Exec(t.Context(), "INSERT INTO account (org_id, id, version, name, created_at) VALUES ($1, $2, 1, 'Invented', 0)", string(org), string(a)); err != nil {
				return err
			}
		}
		return nil
	})
	return o
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

func (o *office) tell(t testing.TB, accounts ...auth.AccountID) {
	t.Helper()
	write(t, o.DB, func(tx *db.Tx) error {
		if _, err := tx.Exec(t.Context(), "DELETE FROM recipient"); err != nil {
			return err
		}
		for _, a := range accounts {
			if _, err := tx.Exec(t.Context(), "INSERT INTO recipient (org_id, occasion, account_id) VALUES ($1, $2, $3)", string(org), string(auth.OnSearch), string(a)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (o *office) put(t testing.TB, i int, terms Terms) vault.PersonID {
	t.Helper()
	p := o.enrolled(t, i, 1)[0]
	write(t, o.DB, func(tx *db.Tx) error { return o.Put(t.Context(), tx, org, p, terms) })
	return p
}

func (o *office) entries(t testing.TB) (all []audit.Entry) {
	t.Helper()
	err := o.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
		all, err = audit.List(t.Context(), tx, string(org), 1000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(e audit.Entry) bool { return e.Kind != audit.Search })
}

func names(all ...string) Terms {
	var t Terms
	for _, n := range all {
		t.Names = append(t.Names, private.New(n))
	}
	return t
}

// TestSearchFinds looks for people by spelling, sound, script, number and year.
func TestSearchFinds(t *testing.T) {
	o := newOffice(t)
	yusuf := names("محمد القحطان", "Mohammed Alkahtan")
	yusuf.BirthFrom, yusuf.Documents, yusuf.Phones = 1999, []private.Text{text("AB-123 456")}, []private.Text{text("+00 (49) 170 555")}
	one := o.put(t, 1, yusuf)
	other := names("Tamina Quillfeather")
	other.BirthFrom, other.BirthTo = 1990, 2004 // too wide to count
	two := o.put(t, 2, other)
	for round := range 2 {
		for i, q := range []struct {
			Query
			want vault.PersonID
			met  []Reason
		}{
			{Query{Name: text("mohammed ALKAHTAN")}, one, []Reason{Exact, Exact}},
			{Query{Name: text("Alkahtan, Mohamed")}, one, []Reason{Exact, OneLetter}},
			{Query{Name: text("Мухаммад")}, one, []Reason{SameSound}},
			{Query{Name: text("Tamina Quilfeather"), BirthYear: 1970, Tolerance: 2}, two, []Reason{Exact, OneLetter}},
			{Query{Document: text("ab 123-456")}, one, []Reason{}},
			{Query{Phone: text("٤٩ ١٧٠ ٥٥٥")}, one, []Reason{}},
			{Query{Name: text("Mohammed"), BirthYear: 2001, Tolerance: 2}, one, []Reason{Exact}},
			{Query{Name: text("Mohammed"), BirthYear: 2002, Tolerance: 2}, "", nil},
			{Query{Document: text("AB-123 457")}, "", nil},
			{Query{Name: text("Nobody")}, "", nil},
		} {
			q.Why = forCase
			a, err := o.Search(t.Context(), chief, q.Query)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case q.want == "" && len(a.Candidates) != 0, q.want != "" && len(a.Candidates) != 1:
				t.Errorf("round %d, query %d: %+v", round, i, a)
			case q.want != "" && (a.Candidates[0].Person != q.want || !slices.Equal(a.Candidates[0].Parts, q.met)):
				t.Errorf("round %d, query %d: %+v, want %v %v", round, i, a.Candidates[0], q.want, q.met)
			}
		}
		if n, err := o.Merge(t.Context(), org); err != nil || n != 2*(1-round) {
			t.Fatalf("merged %d: %v", n, err)
		}
	}
}

// TestSearchIsRecorded looks at the entries: before the answer, and without a word of what was looked for.
func TestSearchIsRecorded(t *testing.T) {
	o := newOffice(t)
	o.put(t, 1, names("Tamina Quillfeather"))
	q := Query{Why: forCase, Name: text("Quillfeather"), BirthYear: 1987, Document: text("ZZ987")}
	if _, err := o.Search(t.Context(), chief, q); err != nil {
		t.Fatal(err)
	}
	all := o.entries(t)
	if len(all) != 1 || all[0].Actor != string(chief.Account) || all[0].Detail["scope"] != "case-17" || all[0].Detail["by"] != "name year document" {
		t.Fatalf("entries %+v", all)
	}
	if s := strings.ToLower(fmt.Sprint(all)); strings.Contains(s, "quill") || strings.Contains(s, "1987") || strings.Contains(s, "987") {
		t.Errorf("the entry tells what was looked for: %s", s)
	}
	write(t, o.DB, func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "ALTER TABLE audit_entry RENAME TO audit_gone")
		return err
	})
	a, err := o.Search(t.Context(), chief, q)
	if err == nil || len(a.Candidates) != 0 {
		t.Errorf("a search that cannot be recorded answers %+v, %v", a, err)
	}
}

// TestSearchIsRefused walks through everybody and everything that is refused.
func TestSearchIsRefused(t *testing.T) {
	o := newOffice(t)
	p := o.put(t, 1, names("Tamina Quillfeather"))
	name := text("Quillfeather")
	for _, tt := range []struct {
		what  string
		actor auth.Actor
		Query
		want fault.Kind
	}{
		{"nobody", auth.Actor{}, Query{Why: forCase, Name: name}, fault.NotFound},
		{"an administrator", admin, Query{Why: forCase, Name: name}, fault.NotFound},
		{"no purpose", chief, Query{Why: vault.Why{Scope: "case-17"}, Name: name}, fault.Invalid},
		{"a name as scope", chief, Query{Why: vault.Why{Purpose: "support", Scope: "Tamina Q."}, Name: name}, fault.Invalid},
		{"nothing to look for", chief, Query{Why: forCase, Name: text("—")}, fault.Invalid},
		{"only a year", chief, Query{Why: forCase, BirthYear: 1990}, fault.Invalid},
		{"a wide tolerance", chief, Query{Why: forCase, Name: name, BirthYear: 1990, Tolerance: 6}, fault.Invalid},
		{"a case of others", worker(1), Query{Why: vault.Why{Purpose: "support", Scope: "case-18"}, Name: name}, fault.NotFound},
		{"no recipient of the alarm", chief, Query{Why: lookOnly, Name: name}, fault.Denied},
	} {
		if tt.what == "a case of others" {
			write(t, o.DB, func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), `INSERT INTO assignment (org_id, scope, holder_kind, holder_id, assigned_by, assigned_at)
					VALUES ($1, 'case-18', 'account', $2, $2, 0)`, string(org), string(chief.Account))
				return err
			})
		}
		a, err := o.Search(t.Context(), tt.actor, tt.Query)
		if len(a.Candidates) != 0 || err == nil || fault.KindOf(err) != tt.want {
			t.Errorf("%s: %+v, %v; want %v", tt.what, a, err, tt.want)
		}
	}
	if n := len(o.entries(t)); n != 0 {
		t.Errorf("%d entries of searches that were refused", n)
	}
	write(t, o.DB, func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO exclusion (org_id, scope, account_id, reason, added_by, added_at) VALUES ($1, $2, $3, 'relative', $4, 0)",
			string(org), "case-91", string(chief.Account), string(watcher))
		if err != nil {
			return err
		}
		return o.Vault.Bind(t.Context(), tx, org, "case-91", p)
	})
	if a, err := o.Search(t.Context(), chief, Query{Why: forCase, Name: name}); err != nil || len(a.Candidates) != 0 {
		t.Errorf("who is excluded from a person's file finds the person: %+v, %v", a, err)
	}
	o.Vault.Lock()
	if _, err := o.Search(t.Context(), chief, Query{Why: forCase, Name: name}); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a locked vault answers with %v", err)
	}
}

// TestErasedIsGone erases somebody the way people do, two of them, and looks for what is left.
func TestErasedIsGone(t *testing.T) {
	for _, merged := range []bool{false, true} {
		o := newOffice(t)
		p := o.put(t, 1, names("Tamina Quillfeather"))
		if merged {
			if _, err := o.Merge(t.Context(), org); err != nil {
				t.Fatal(err)
			}
		}
		o.erase(t, p)
		if cells, blocks, counted := o.rows(t); cells != 0 || blocks != 0 || counted != 0 {
			t.Errorf("merged %v: %d bytes of cells and %d blocks of an erased person, %d counted", merged, cells, blocks, counted)
		}
		a, err := o.Search(t.Context(), chief, Query{Why: forCase, Name: text("Tamina Quillfeather")})
		if err != nil || len(a.Candidates) != 0 {
			t.Errorf("merged %v: an erased person is found: %+v, %v", merged, a, err)
		}
		err = o.DB.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error { return o.Put(t.Context(), tx, org, p, names("Tamina")) })
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("merged %v: an erased person is indexed: %v", merged, err)
		}
	}
}

// TestErasedInAnOlderDatabase puts the row of an erased person back, as a restored database would:
// nobody can tell any more what is to be removed, so the index is built anew without the person.
func TestErasedInAnOlderDatabase(t *testing.T) {
	o := newOffice(t)
	p, q := o.put(t, 1, names("Tamina Quillfeather")), Query{Why: forCase, Name: text("Quillfeather")}
	stays := o.put(t, 2, names("Osvela Quillfeather"))
	if _, err := o.Merge(t.Context(), org); err != nil {
		t.Fatal(err)
	}
	row := o.saved(t, p)
	o.erase(t, p)
	write(t, o.DB, func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO vault_indexed (org_id, person_id, version, slot, waiting, terms) VALUES ($1, $2, $3, $4, 1, $5)",
			string(org), string(p), row.version, int64(77), row.sealed)
		return err
	})
	if _, err := o.Merge(t.Context(), org); err != nil {
		t.Fatal(err)
	}
	if a, err := o.Search(t.Context(), chief, q); err != nil || len(a.Candidates) != 1 || a.Candidates[0].Person != stays {
		t.Fatalf("%+v, %v", a, err)
	}
	write(t, o.DB, func(tx *db.Tx) error { return o.Remove(t.Context(), tx, org, p) })
	if err := o.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	cells := 0
	for _, row := range o.dump(t)["vault_index_bucket"] {
		cells += len(row) / cellSize
	}
	if cells != padTo {
		t.Errorf("%d cells of one person, want %d", cells, padTo)
	}
	if a, err := o.Search(t.Context(), chief, q); err != nil || len(a.Candidates) != 1 || a.Candidates[0].Person != stays {
		t.Errorf("%+v, %v", a, err)
	}
}

// saved returns the row of a person.
func (o *office) saved(t testing.TB, p vault.PersonID) (row indexed) {
	t.Helper()
	err := o.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
		row, _, err = o.find(t.Context(), tx, org, p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// TestNormaliserChanged makes the index one of an older program: searches wait until it is built anew.
func TestNormaliserChanged(t *testing.T) {
	o := newOffice(t)
	p, q := o.put(t, 1, names("Tamina Quillfeather")), Query{Why: forCase, Name: text("Quillfeather")}
	gone := o.put(t, 2, names("Osvela Quillfeather"))
	if _, err := o.Merge(t.Context(), org); err != nil {
		t.Fatal(err)
	}
	write(t, o.DB, func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE vault_index SET normaliser = normaliser - 1")
		return err
	})
	if _, err := o.Search(t.Context(), chief, q); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("an index of another normaliser answers with %v", err)
	}
	write(t, o.DB, func(tx *db.Tx) error { return o.Remove(t.Context(), tx, org, gone) })
	if err := o.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, err := o.Search(t.Context(), chief, q)
	if err != nil || len(a.Candidates) != 1 || a.Candidates[0].Person != p {
		t.Errorf("after building anew: %+v, %v", a, err)
	}
}

// TestCrowdedIsBuiltAnew fills an index beyond its first buckets.
func TestCrowdedIsBuiltAnew(t *testing.T) {
	town := newTown(t)
	r := rand.New(rand.NewPCG(1, 1))
	all := nation(1000)
	var in []posting
	for i := range 160 {
		in = append(in, posting{forms: person(&all, r, i).forms(t), slot: uint32(i)})
	}
	if err := town.shift(t.Context(), nil, in); err != nil {
		t.Fatal(err)
	}
	if err := town.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := town.DB.Read(t.Context(), func(tx *db.Tx) error {
		s, _, err := stateOf(t.Context(), tx, org)
		if s.generation != 2 || s.stale {
			t.Errorf("a crowded index is in generation %d, stale %v", s.generation, s.stale)
		}
		return err
	})
	if err != nil || errors.Is(err, errAgain) {
		t.Error(err)
	}
}

// erase has one person propose and another approve.
func (o *office) erase(t testing.TB, p vault.PersonID) {
	t.Helper()
	id, err := o.Vault.ProposeErasure(t.Context(), chief, p, "asked-by-person")
	if err != nil {
		t.Fatal(err)
	}
	second := chief
	second.Account = watcher
	if _, err := o.Vault.Erase(t.Context(), second, id); err != nil {
		t.Fatal(err)
	}
}
