package person

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Want adds the sections of the persons of some cases to a reading, and returns the files that it fills, in the order of the
// cases. Sections that are not wanted stay unopened, and so do assessments, guardians and determinations. The caller has the
// cases from a list of the actor's, and opens the reading with a purpose, for each within its case.
func (p *People) Want(ctx context.Context, tx *db.Tx, actor auth.Actor, g *record.Reading, cases []casefile.Case, wanted ...Section) ([]*File, error) {
	files := make([]*File, len(cases))
	at := map[vault.PersonID][]*File{}
	ids := make([]string, 0, len(cases))
	for i, c := range cases {
		files[i] = &File{Case: c.ID(), Person: c.Person, Marks: map[Section]Mark{}}
		if len(at[c.Person]) == 0 {
			ids = append(ids, string(c.Person))
		}
		at[c.Person] = append(at[c.Person], files[i])
	}
	if len(ids) == 0 {
		return files, nil
	}
	marks, args := auth.In(2, ids)
	rows, err := sections.Find(ctx, tx, "WHERE org_id = $1 AND person_id IN ("+marks+")", append([]any{string(actor.Org)}, args...)...)
	for _, row := range rows {
		for _, s := range wanted {
			if row.Clear.Section != s {
				continue
			}
			for _, f := range at[row.Person] {
				row.Want(g, s.class(), f.into(s))
			}
		}
	}
	return files, err
}
