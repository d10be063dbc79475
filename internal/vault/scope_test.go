package vault

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// bonds is what the tables say of some cases, persons and one actor. Persons have one letter, and a case
// may be about several.
type bonds struct {
	role     auth.Role
	glass    bool
	bound    map[PersonID][]string
	excluded map[string]bool
	mine     map[string]bool
	others   map[string]bool
}

var (
	bondPersons = []PersonID{"p", "q", "r"}
	bondScopes  = []string{"case-1", "case-2", "case-3", "case-4"}
)

func drawBonds(r *rapid.T) bonds {
	b := bonds{
		role:  rapid.SampledFrom([]auth.Role{auth.Supervisor, auth.SupportWorker, auth.Authority, auth.Investigator, auth.Liaison}).Draw(r, "role"),
		glass: rapid.IntRange(0, 4).Draw(r, "glass") == 0, bound: map[PersonID][]string{}, excluded: map[string]bool{}, mine: map[string]bool{}, others: map[string]bool{},
	}
	for _, s := range bondScopes {
		b.excluded[s] = rapid.IntRange(0, 3).Draw(r, "excluded") == 0
		b.mine[s], b.others[s] = rapid.Bool().Draw(r, "mine"), rapid.Bool().Draw(r, "others")
		for _, p := range bondPersons {
			if rapid.IntRange(0, 2).Draw(r, "bound") == 0 {
				b.bound[p] = append(b.bound[p], s)
			}
		}
	}
	return b
}

// kept is the rule of exclusions, written from the documentation: from one case of a person is from all.
func (b bonds) kept(scope string) bool {
	for _, all := range b.bound {
		if slices.Contains(all, scope) && slices.ContainsFunc(all, func(s string) bool { return b.excluded[s] }) {
			return true
		}
	}
	return b.excluded[scope]
}

func (b bonds) opens(scope string) bool {
	switch {
	case b.kept(scope) || b.role == auth.Liaison:
		return false
	case b.glass && b.role != auth.Investigator, b.role == auth.Supervisor, b.mine[scope]:
		return true
	}
	return b.role == auth.SupportWorker && !b.others[scope]
}

// may is the rule of opening persons within a scope, or each within one of their own ("").
func (b bonds) may(scope string, persons []PersonID) bool {
	if scope == "" {
		return !slices.ContainsFunc(persons, func(p PersonID) bool { return !slices.ContainsFunc(b.bound[p], b.opens) })
	}
	strange := func(p PersonID) bool { return len(b.bound[p]) > 0 && !slices.Contains(b.bound[p], scope) }
	return b.opens(scope) && !slices.ContainsFunc(persons, strange)
}

// TestBoundPersonsOpenInTheirCases draws what is in the tables and compares every answer of the vault with
// the rule as this test has it: no person opens within a case that is not theirs, by nobody who is kept
// from any of their cases, whatever the role, and in no list either.
func TestBoundPersonsOpenInTheirCases(t *testing.T) {
	h := newHouse(t)
	h.enrol(bondPersons...)
	items := map[PersonID]Item{}
	for _, p := range bondPersons {
		items[p] = h.seal(place(p, "name"), "name of "+string(p))
	}
	actor := h.staff(auth.Supervisor)
	rapid.Check(t, func(r *rapid.T) {
		b := drawBonds(r)
		h.putBonds(b, actor.Account)
		who := actor
		who.Roles = []auth.Role{b.role}
		persons := slices.Compact(slices.Sorted(slices.Values(rapid.SliceOfN(rapid.SampledFrom(bondPersons), 1, 3).Draw(r, "persons"))))
		var some []Item
		for _, p := range persons {
			some = append(some, items[p])
		}
		for _, scope := range append([]string{"", "case-5"}, bondScopes...) {
			w := Why{Purpose: "support", Scope: scope, Each: scope == ""}
			texts, err := h.Open(t.Context(), who, w, some...)
			if want := b.may(scope, persons); want != (err == nil) || want != (len(texts) == len(some)) {
				r.Fatalf("%+v: %v within %q: %v, want %v", b, persons, scope, err, want)
			}
			if err != nil && (fault.KindOf(err) != fault.NotFound || err.Error() != notFound().Error()) {
				r.Fatalf("the refusal tells: %v", err)
			}
		}
	})
}

// putBonds writes what was drawn.
func (h *house) putBonds(b bonds, account auth.AccountID) {
	h.t.Helper()
	ctx := h.t.Context()
	h.write(func(tx *db.Tx) error {
		run := func(q string, args ...any) error {
			_, err := tx.Exec(ctx, q, args...)
			return err
		}
		for _, table := range []string{"exclusion", "assignment", "vault_scope", "glass"} {
			if err := run("DELETE FROM "+table+" WHERE org_id = $1", string(org)); err != nil {
				return err
			}
		}
		for _, s := range bondScopes {
			if b.excluded[s] {
				if err := run("INSERT INTO exclusion (org_id, scope, account_id, reason, added_by, added_at) VALUES ($1, $2, $3, 'other', 'x', 0)", string(org), s, string(account)); err != nil {
					return err
				}
			}
			for holder, is := range map[string]bool{string(account): b.mine[s], "another": b.others[s]} {
				if !is {
					continue
				}
				if err := run("INSERT INTO assignment (org_id, scope, holder_kind, holder_id, assigned_by, assigned_at) VALUES ($1, $2, 'account', $3, '', 0)", string(org), s, holder); err != nil {
					return err
				}
			}
		}
		for p, scopes := range b.bound {
			for _, s := range scopes {
				if err := h.Bind(ctx, tx, org, s, p); err != nil {
					return err
				}
			}
		}
		if !b.glass {
			return nil
		}
		return run(`INSERT INTO glass (org_id, id, version, account_id, reason, scope, broken_at, until_at, finding, reviewed_by)
			VALUES ($1, 'g', 1, $2, 'other', 'case-1', $3, $4, '', '')`, string(org), string(account), h.now.UnixMicro(), h.now.Add(time.Minute).UnixMicro())
	})
}

// The entry of an opening in a list names the case within which each person was opened.
func TestListNamesTheCaseOfEach(t *testing.T) {
	h := newHouse(t)
	h.enrol("p", "q")
	items := []Item{h.seal(place("p", "name"), "one"), h.seal(place("q", "name"), "two")}
	h.write(func(tx *db.Tx) error {
		for scope, p := range map[string]PersonID{"case-1": "p", "case-2": "q"} {
			if err := h.Bind(t.Context(), tx, org, scope, p); err != nil {
				return err
			}
		}
		return h.Bind(t.Context(), tx, org, "case-1", "p") // again: no error
	})
	if _, err := h.Open(t.Context(), worker, Why{Purpose: "list", Each: true}, items...); err != nil {
		t.Fatal(err)
	}
	for _, e := range h.entries(audit.Opening) {
		if want := map[string]string{"p": "case-1", "q": "case-2"}[e.Person]; e.Detail["scope"] != want {
			t.Errorf("person %s within %q, want %q", e.Person, e.Detail["scope"], want)
		}
	}
	for name, w := range map[string]Why{"neither": {Purpose: "list"}, "both": {Purpose: "list", Scope: "case-1", Each: true}} {
		if _, err := h.Open(t.Context(), worker, w, items...); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	partner := auth.Actor{Org: org, Account: "partner"}
	if _, err := h.Disclose(t.Context(), partner, Why{Purpose: "list", Each: true}, items...); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a disclosure of a list: %v", err)
	}
}

// Whom a list must leave out, for searches.
func TestKeptPersons(t *testing.T) {
	h := newHouse(t)
	h.enrol(bondPersons...)
	actor := h.staff(auth.SupportWorker)
	h.putBonds(bonds{bound: map[PersonID][]string{"p": {"case-1", "case-2"}, "q": {"case-2"}, "r": {"case-3"}}, excluded: map[string]bool{"case-2": true}}, actor.Account)
	err := h.db.Read(t.Context(), func(tx *db.Tx) error {
		kept, err := Kept(t.Context(), tx, actor)
		if !kept["p"] || !kept["q"] || kept["r"] || len(kept) != 2 {
			t.Errorf("kept from %v", kept)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A person who was erased, or never enrolled, is bound to nothing.
func TestBindNeedsAPerson(t *testing.T) {
	h := newHouse(t)
	h.enrol("gone")
	h.erase("gone")
	for _, p := range []PersonID{"gone", "nobody"} {
		err := h.db.WriteUnaudited(t.Context(), "a test", func(tx *db.Tx) error { return h.Bind(t.Context(), tx, org, "case-1", p) })
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", p, err)
		}
	}
}
