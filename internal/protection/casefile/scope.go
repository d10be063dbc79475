package casefile

import (
	"context"
	"database/sql"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Scope returns what people mean who name a case: the identifier of the case with that number, in the
// actor's organisation, whether the actor may read it or not. A number that is mistyped is [fault.Invalid];
// one of no case is [fault.NotFound], the answer that whoever is kept from a case gets too. Any other text
// is taken as it is: tasks and requests of other rooms have names of their own.
func (s *Cases) Scope(ctx context.Context, actor auth.Actor, text string) (scope string, err error) {
	text = strings.TrimSpace(text)
	number, ok := ParseNumber(text)
	if !ok {
		if numberForm.MatchString(strings.ToUpper(text)) {
			return "", fault.New(fault.Invalid, "This is not the number of a case.").
				WithField("scope", "Look at the number once more: one of its characters is wrong.")
		}
		return text, nil
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		found, err := table.Find(ctx, tx, "WHERE org_id = $1 AND number = $2", string(actor.Org), number)
		if err == nil && len(found) == 0 {
			err = missing()
		}
		if err == nil {
			scope = found[0].ID
		}
		return err
	})
	return scope, err
}

// Numbers returns the numbers of the cases among some scopes, for a page that shows these scopes anyway.
func (s *Cases) Numbers(ctx context.Context, actor auth.Actor, scopes ...string) (numbers map[string]string, err error) {
	numbers = map[string]string{}
	if len(scopes) == 0 {
		return numbers, nil
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		marks, args := auth.In(2, scopes[:min(len(scopes), 500)])
		rows, err := tx.Query(ctx, "SELECT id, number FROM protection_case WHERE org_id = $1 AND id IN ("+marks+")", append([]any{string(actor.Org)}, args...)...)
		_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
			var id, number string
			err = r.Scan(&id, &number)
			numbers[id] = number
			return none, err
		})
		return err
	})
	return numbers, err
}
