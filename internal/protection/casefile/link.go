package casefile

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// LinkKind says how two cases belong together.
type LinkKind string

// The kinds of link.
const (
	SamePerson LinkKind = "same-person"
	CoVictim   LinkKind = "co-victim" // exploited together
	Returned   LinkKind = "re-trafficking"
	Household  LinkKind = "household"
)

// LinkKinds returns all kinds, in the order of the constants.
func LinkKinds() []LinkKind { return []LinkKind{SamePerson, CoVictim, Returned, Household} }

// Link is a link as one of its two cases shows it.
type Link struct {
	ID    string
	Kind  LinkKind
	Other Case
}

type linkFacts struct {
	Kind        LinkKind
	Other       ID
	OtherPerson vault.PersonID
}

var links = record.Table[linkFacts]{
	Name:   "protection_link",
	Clear:  []string{"kind", "other_case", "other_person"},
	Fields: func(f *linkFacts) []any { return []any{&f.Kind, &f.Other, &f.OtherPerson} },
	Erase: func(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
		_, err := tx.Exec(ctx, "DELETE FROM protection_link WHERE org_id = $1 AND (person_id = $2 OR other_person = $2)", string(org), string(person))
		return err
	},
}

// Link says that two cases belong together. The actor must be able to work on the one and read the other.
func (s *Cases) Link(ctx context.Context, actor auth.Actor, of, to ID, kind LinkKind) error {
	return s.change(ctx, actor, of, func(tx *db.Tx, c Case) error {
		other, err := Load(ctx, tx, actor, to, auth.ReadCases)
		if err != nil {
			return err
		}
		_, err = s.LinkIn(ctx, tx, actor, c, other, kind)
		return err
	})
}

// LinkIn links two loaded cases. A link that is there already stays. Two cases of the same person may stand on two
// files: nothing is merged.
func (s *Cases) LinkIn(ctx context.Context, tx *db.Tx, actor auth.Actor, of, to Case, kind LinkKind) (string, error) {
	known := false
	for _, k := range LinkKinds() {
		known = known || k == kind
	}
	if !known || of.ID() == to.ID() {
		return "", fault.New(fault.Invalid, "The cases were not linked.").WithField("kind", "Choose how two cases belong together.")
	}
	found, err := links.Find(ctx, tx, "WHERE org_id = $1 AND kind = $4 AND (case_id = $2 AND other_case = $3 OR case_id = $3 AND other_case = $2)",
		string(of.Org), of.Row.ID, to.Row.ID, string(kind))
	if err != nil || len(found) > 0 {
		return first(found).ID, err
	}
	row := record.Row[linkFacts]{Key: of.Child(), Clear: linkFacts{Kind: kind, Other: to.ID(), OtherPerson: to.Person}}
	row, err = links.Insert(ctx, tx, s.vault, act(actor, "case.link", map[string]string{"kind": string(kind), "other": to.Row.ID}), row)
	return row.ID, err
}

// UnlinkIn takes away a link of a kind between two loaded cases. That there is none is no error.
func (s *Cases) UnlinkIn(ctx context.Context, tx *db.Tx, actor auth.Actor, of, to Case, kind LinkKind) error {
	found, err := links.Find(ctx, tx, "WHERE org_id = $1 AND kind = $4 AND (case_id = $2 AND other_case = $3 OR case_id = $3 AND other_case = $2)",
		string(of.Org), of.Row.ID, to.Row.ID, string(kind))
	for _, l := range found {
		if err == nil {
			err = links.Remove(ctx, tx, s.vault, act(actor, "case.unlink", map[string]string{"kind": string(kind)}), l)
		}
	}
	return err
}

// Unlink says that two cases do not belong together after all.
func (s *Cases) Unlink(ctx context.Context, actor auth.Actor, of ID, id string) error {
	return s.change(ctx, actor, of, func(tx *db.Tx, c Case) error {
		l, err := links.Get(ctx, tx, actor.Org, id)
		if err != nil {
			return err
		}
		if l.Case != string(of) && l.Clear.Other != of {
			return missing()
		}
		return links.Remove(ctx, tx, s.vault, act(actor, "case.unlink", map[string]string{"kind": string(l.Clear.Kind)}), l)
	})
}

// Links returns the cases that belong to a case, without those that the actor may not read.
func (s *Cases) Links(ctx context.Context, actor auth.Actor, of ID) (all []Link, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		all = nil
		c, err := Load(ctx, tx, actor, of, auth.ReadCases)
		if err != nil {
			return err
		}
		found, err := links.Find(ctx, tx, "WHERE org_id = $1 AND (case_id = $2 OR other_case = $2) ORDER BY id", string(actor.Org), c.Row.ID)
		if err != nil {
			return err
		}
		for _, l := range found {
			to := l.Clear.Other
			if to == of {
				to = ID(l.Case)
			}
			other, err := Load(ctx, tx, actor, to, auth.ReadCases)
			if fault.KindOf(err) == fault.NotFound && err != nil {
				continue
			}
			if err != nil {
				return err
			}
			all = append(all, Link{ID: l.ID, Kind: l.Clear.Kind, Other: other})
		}
		return nil
	})
	return all, err
}

func first[T any](all []T) (none T) {
	if len(all) > 0 {
		return all[0]
	}
	return none
}
