package person

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/vault"
)

// InterpreterConflicts reports, in tx and without opening anything, whether there is a conflict between an interpreter and
// a person as it is known now. It outlasts the interpreter's time here: what was agreed to through somebody whose vetting
// has ended since still stands, and what was agreed to through somebody with a conflict never did.
func InterpreterConflicts(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID, interpreter string) (bool, error) {
	found, err := ties.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2 AND interpreter_id = $3", string(org), string(person), interpreter)
	if err != nil || len(found) != 1 {
		return false, err
	}
	return found[0].Clear.Tie == Conflict, nil
}
