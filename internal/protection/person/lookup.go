package person

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/blind"
	"github.com/fourfold/fourfold/script"
)

// LookUp looks for cases of the actor's organisation whose person may be the one that is asked for, the likeliest
// first. It is a search, with everything that a search takes and leaves behind: see [blind.Index.Search]. A person of
// whom the actor may read no case is left out as if nobody of that name were known, whatever the reason.
//
// More says that there are, or may be, others of that name. Only who reads every case of the organisation is told:
// to anybody else it would say how many there are whom they may not see.
func (p *People) LookUp(ctx context.Context, actor auth.Actor, q blind.Query) (s Suggestions, err error) {
	a, err := p.index.Search(ctx, actor, q)
	if err != nil {
		return Suggestions{}, err
	}
	s.More = a.TooMany && actor.Reach(auth.ReadCases)[auth.OwnOrganisation]
	persons := make([]vault.PersonID, len(a.Candidates))
	for i, c := range a.Candidates {
		persons[i] = c.Person
	}
	cases := map[vault.PersonID][]casefile.Case{}
	err = p.db.Read(ctx, func(tx *db.Tx) error {
		clear(cases)
		found, err := casefile.OfPersons(ctx, tx, actor, auth.ReadCases, persons...)
		for _, c := range found {
			cases[c.Person] = append(cases[c.Person], c)
		}
		return err
	})
	for _, c := range a.Candidates {
		l := met(q, c)
		for _, of := range cases[c.Person] {
			s.All = append(s.All, Suggestion{Case: of, Strength: l.Strength, Points: l.Points})
		}
	}
	return s, err
}

// met says how somebody meets what was asked for. A part of a name that they do not bear is said too.
func met(q blind.Query, c blind.Candidate) (l Likeness) {
	if c.Document {
		l.reach(Strong)
		l.add(false, i18n.Mark("A document has the same number."), "")
	}
	if c.Phone {
		l.reach(Expected)
		l.add(false, i18n.Mark("The same telephone number. People who were exploited together often share one."), "")
	}
	if c.Whole && len(c.Parts) > 0 {
		l.reach(Possible)
	}
	for i, part := range script.NameParts(q.Name.Reveal("say which part of it was met")) {
		if i < len(c.Parts) {
			l.add(c.Parts[i] == blind.Missed, howText(c.Parts[i]), part)
		}
	}
	switch {
	case q.BirthYear == 0:
	case c.YearUnknown:
		l.add(false, i18n.Mark("No year of birth is known."), "")
	case c.YearOff == 0:
		l.add(false, i18n.Mark("The year of birth agrees."), "")
	default:
		l.add(true, i18n.Mark("The year of birth is another, as far off as you allowed."), "")
	}
	return l
}
