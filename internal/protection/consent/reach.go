package consent

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// look is a case for whoever may read it.
func (r *Consents) look(ctx context.Context, tx *db.Tx, actor auth.Actor, of string) (record.Key, error) {
	return reach(actor)(casefile.Load(ctx, tx, actor, casefile.ID(of), auth.ReadCases))
}

// lock is a case for whoever works on it, for a change.
func (r *Consents) lock(ctx context.Context, tx *db.Tx, actor auth.Actor, of string) (record.Key, error) {
	return reach(actor)(casefile.Lock(ctx, tx, actor, casefile.ID(of), auth.WorkCases))
}

// lockAny is lock whatever the state of the record is: for a no, a duty and danger to life, which never wait.
func (r *Consents) lockAny(ctx context.Context, tx *db.Tx, actor auth.Actor, of string) (record.Key, error) {
	return reach(actor)(casefile.Lock(ctx, tx, actor, casefile.ID(of), auth.WorkCases, casefile.AnyState))
}

func reach(actor auth.Actor) func(casefile.Case, error) (record.Key, error) {
	return func(c casefile.Case, err error) (record.Key, error) {
		return record.Key{Org: actor.Org, Case: c.Row.ID, Person: c.Person}, err
	}
}
