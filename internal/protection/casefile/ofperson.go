package casefile

import (
	"context"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault"
)

// maxPersons bounds the persons of one question.
const maxPersons = 200

// OfPersons returns the cases of persons that an actor may reach as perm says, the newest first. A person of whom
// the actor may see no case is left out as one who has none.
func OfPersons(ctx context.Context, tx *db.Tx, actor auth.Actor, perm auth.Permission, persons ...vault.PersonID) (all []Case, err error) {
	if len(persons) == 0 {
		return nil, nil
	}
	if len(persons) > maxPersons {
		return nil, fault.New(fault.TooLarge, "This asks for too many people at once: %d, at most %d.", len(persons), maxPersons)
	}
	marks, args := auth.In(2, persons)
	rows, err := table.Find(ctx, tx, "WHERE org_id = $1 AND person_id IN ("+marks+") ORDER BY opened_at DESC, id",
		append([]any{string(actor.Org)}, args...)...)
	for _, r := range rows {
		c, err := Load(ctx, tx, actor, ID(r.ID), perm)
		switch {
		case err == nil:
			all = append(all, c)
		case fault.KindOf(err) != fault.NotFound:
			return nil, err
		}
	}
	return all, err
}

// NumbersOf returns the numbers of the cases of persons, for the two people who erase a file and compare them; the row of
// an erased case keeps its number. It judges nobody, and a number says nothing about a person.
func NumbersOf(ctx context.Context, tx *db.Tx, org auth.OrgID, persons ...vault.PersonID) (map[vault.PersonID][]string, error) {
	numbers := map[vault.PersonID][]string{}
	for some := range slices.Chunk(persons, maxPersons) {
		marks, args := auth.In(2, some)
		rows, err := table.Find(ctx, tx, "WHERE org_id = $1 AND person_id IN ("+marks+") ORDER BY opened_at, id", append([]any{string(org)}, args...)...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			numbers[r.Person] = append(numbers[r.Person], r.Clear.Number)
		}
	}
	return numbers, nil
}
