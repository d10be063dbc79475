package vault

import (
	"context"
	"database/sql"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
)

// The vault judges whether an actor may. Whoever may not gets the answer of what does not exist: that
// a person is known is itself a fact about the person.

// scopes says within which scope each person is opened.
type scopes map[PersonID]string

// mayOpen asks, in the transaction that writes the entry, whether the actor may open each of some
// persons: permission or live emergency access, exclusions, assignment, and that the scope is about the
// person. A person to whom no scope was bound is opened within any that the actor may open.
func mayOpen(ctx context.Context, tx *db.Tx, actor auth.Actor, why Why, persons []PersonID) (scopes, error) {
	bound, err := boundTo(ctx, tx, actor.Org, persons)
	if err != nil {
		return nil, err
	}
	if why.Each {
		return mayOpenEach(ctx, tx, actor, persons, bound)
	}
	if err := auth.MayOpen(ctx, tx, actor, why.Scope); err != nil {
		return nil, err
	}
	for _, p := range persons {
		// Who is kept from one case of the person is kept from this one: auth.MayOpen has asked.
		if b := bound[p]; len(b) > 0 && !slices.Contains(b, why.Scope) {
			return nil, notFound()
		}
	}
	return within(why.Scope, persons), nil
}

// mayOpenEach finds for each person a scope that is about them and that the actor may open.
func mayOpenEach(ctx context.Context, tx *db.Tx, actor auth.Actor, persons []PersonID, bound map[PersonID][]string) (scopes, error) {
	var every []string
	for _, b := range bound {
		every = append(every, b...)
	}
	may, err := auth.MayOpenAny(ctx, tx, actor, every)
	if err != nil {
		return nil, err
	}
	found := make(scopes, len(persons))
	for _, p := range persons {
		i := slices.IndexFunc(bound[p], func(s string) bool { return may[s] })
		if i < 0 {
			return nil, notFound()
		}
		found[p] = bound[p][i]
	}
	return found, nil
}

// within opens every person within one scope.
func within(scope string, persons []PersonID) scopes {
	s := make(scopes, len(persons))
	for _, p := range persons {
		s[p] = scope
	}
	return s
}

// boundTo returns the scopes that are about each person, in their order.
func boundTo(ctx context.Context, tx *db.Tx, org auth.OrgID, persons []PersonID) (map[PersonID][]string, error) {
	bound := make(map[PersonID][]string, len(persons))
	for some := range slices.Chunk(persons, batch) {
		marks, args := auth.In(2, some)
		rows, err := tx.Query(ctx, "SELECT person_id, scope FROM vault_scope WHERE org_id = $1 AND person_id IN ("+marks+") ORDER BY person_id, scope",
			append([]any{string(org)}, args...)...)
		_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
			var p PersonID
			var scope string
			err = r.Scan(&p, &scope)
			bound[p] = append(bound[p], scope)
			return none, err
		})
		if err != nil {
			return nil, err
		}
	}
	return bound, nil
}

// Bind says that a scope, which is a case, is about a person, in the transaction that opens the case and
// writes its entry. From then on what is sealed about the person opens only within a scope that is bound
// to them, and who is kept from one of these scopes is kept from all.
func (v *Vault) Bind(ctx context.Context, tx *db.Tx, org auth.OrgID, scope string, person PersonID) error {
	if err := living(ctx, tx, []owner{{org, person}}); err != nil {
		return err
	}
	return auth.Bind(ctx, tx, org, scope, string(person))
}

// Kept returns the persons from whose cases an actor is kept. It is for leaving them out of a list, never
// for showing: whoever is left out must not be missed by a count or a page that is shorter.
func Kept(ctx context.Context, tx *db.Tx, actor auth.Actor) (map[PersonID]bool, error) {
	rows, err := tx.Query(ctx, `SELECT DISTINCT s.person_id FROM exclusion x CROSS JOIN vault_scope s
		WHERE x.org_id = $1 AND x.account_id = $2 AND s.org_id = $1 AND s.scope = x.scope`, string(actor.Org), string(actor.Account))
	persons, err := db.Collect(rows, err, func(r *sql.Rows) (p PersonID, err error) { return p, r.Scan(&p) })
	kept := make(map[PersonID]bool, len(persons))
	for _, p := range persons {
		kept[p] = true
	}
	return kept, err
}

// visible reports whether Open shows a class to an actor at all. What a person said to those who oversee
// the service is for these alone; the page of a person never shows where somebody is, not even to them.
func visible(actor auth.Actor, c Class) bool {
	own := actor.Via == auth.ViaOwn
	return c != Overseen && !own || own && c != ProtectedLocation
}

// OpenOverseen is Open for what a person said to those who oversee the service. It takes
// [auth.HearPeople], for items of class [Overseen] only, and refuses whoever is kept from a case of the
// person or works on one, whatever their role and in an emergency too.
func (v *Vault) OpenOverseen(ctx context.Context, actor auth.Actor, why Why, items ...Item) ([]private.Text, error) {
	ordinary := func(i Item) bool { return i.Place.Class != Overseen }
	if !actor.May(auth.HearPeople) || why.Each || slices.ContainsFunc(items, ordinary) {
		return nil, notFound()
	}
	return v.open(ctx, actor, why, func(ctx context.Context, tx *db.Tx, actor auth.Actor, why Why, persons []PersonID) (scopes, error) {
		return within(why.Scope, persons), Oversees(ctx, tx, actor, persons...)
	}, items)
}

// Oversees refuses, in tx, whoever may not read what persons say to those who oversee the service.
func Oversees(ctx context.Context, tx *db.Tx, actor auth.Actor, persons ...PersonID) error {
	if err := may(actor, auth.HearPeople); err != nil {
		return err
	}
	bound, err := boundTo(ctx, tx, actor.Org, persons)
	if err != nil {
		return err
	}
	for _, p := range persons {
		for _, scope := range bound[p] {
			works, err := auth.WorksOn(ctx, tx, actor, scope)
			if err != nil {
				return err
			}
			out, err := auth.Excluded(ctx, tx, actor.Org, scope, actor.Account)
			if err != nil {
				return err
			}
			if works || out {
				return notFound()
			}
		}
	}
	return nil
}

// may refuses an actor who holds none of the permissions.
func may(actor auth.Actor, any ...auth.Permission) error {
	if err := acts(actor); err != nil {
		return err
	}
	if slices.ContainsFunc(any, actor.May) {
		return nil
	}
	return notFound()
}

// mayApprove refuses whoever cannot be the second person of an erasure: an administrator, who could
// make the first one, and whoever lacks the permission.
func mayApprove(actor auth.Actor) error {
	if err := may(actor, auth.ApproveErasure); err != nil {
		return err
	}
	if actor.Is(auth.Administrator) {
		return notFound()
	}
	return nil
}
