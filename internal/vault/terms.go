package vault

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
)

// Terms is what the search index keeps of a person: what was indexed, so that it can be removed. It
// is sealed under the person's own key and goes with it.
type Terms struct {
	Person  PersonID
	Version int64
	Sealed  Sealed
}

func termsPlace(org auth.OrgID, person PersonID, version int64) Place {
	return Place{Org: org, Person: person, Record: reserved + "index", Field: "terms", Class: Personal, Version: version}
}

// SealTerms seals what the search index keeps of a person.
func (v *Vault) SealTerms(ctx context.Context, tx *db.Tx, org auth.OrgID, person PersonID, version int64, content []byte) (Sealed, error) {
	place := termsPlace(org, person, version)
	if err := place.check(); err != nil {
		return nil, err
	}
	sealed, err := v.seal(ctx, tx, []Value{{Place: place, Text: private.New(string(content))}})
	if err != nil {
		return nil, err
	}
	return sealed[0], nil
}

// OpenTerms opens what SealTerms sealed, and nothing else, in its order. It writes no entry: the
// index compares and shows no text; a search records itself. The content of a person whose key is
// gone is nil. What does not open in its place is [fault.Conflict] with a [*Damage].
func (v *Vault) OpenTerms(ctx context.Context, org auth.OrgID, terms ...Terms) ([][]byte, error) {
	owners := make([]owner, 0, len(terms))
	for _, t := range terms {
		owners = append(owners, owner{org, t.Person})
	}
	keys, err := v.livingKeys(ctx, owners)
	if err != nil {
		return nil, err
	}
	contents := make([][]byte, len(terms))
	for i, t := range terms {
		if keys[owners[i]] == nil {
			continue
		}
		texts, err := decrypt(keys, []Item{{Place: termsPlace(org, t.Person, t.Version), Sealed: t.Sealed}})
		if err != nil {
			return nil, err
		}
		contents[i] = []byte(texts[0].Reveal("compare with a search"))
	}
	return contents, nil
}
