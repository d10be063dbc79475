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
	c, err := casefile.Load(ctx, tx, actor, casefile.ID(of), auth.ReadCases)
	return keyOf(actor, c), err
}

// mayWork is a case for whoever works on it, before anything is changed: what was done before is not done again.
func (r *Consents) mayWork(ctx context.Context, tx *db.Tx, actor auth.Actor, of string) (record.Key, error) {
	c, err := casefile.Load(ctx, tx, actor, casefile.ID(of), auth.WorkCases)
	return keyOf(actor, c), err
}

// lock takes the turn of changing a case whose record is active.
func (r *Consents) lock(ctx context.Context, tx *db.Tx, actor auth.Actor, k record.Key) error {
	_, err := casefile.Lock(ctx, tx, actor, casefile.ID(k.Case), auth.WorkCases)
	return err
}

// lockAny is lock whatever the state of the record is: for a no, a duty and danger to life, which never wait.
func (r *Consents) lockAny(ctx context.Context, tx *db.Tx, actor auth.Actor, k record.Key) error {
	_, err := casefile.Lock(ctx, tx, actor, casefile.ID(k.Case), auth.WorkCases, casefile.AnyState)
	return err
}

// once runs do in a case on which the actor works; the same form sent twice does it once.
func (r *Consents) once(ctx context.Context, actor auth.Actor, of string, form record.SubmissionKey, do func(tx *db.Tx, k record.Key) (string, error)) (id string, err error) {
	err = r.db.Write(ctx, func(tx *db.Tx) error {
		k, err := r.mayWork(ctx, tx, actor, of)
		if err != nil {
			return err
		}
		id, _, err = record.Once(ctx, tx, actor, form, func() (string, error) { return do(tx, k) })
		return err
	})
	return id, err
}

func keyOf(actor auth.Actor, c casefile.Case) record.Key {
	return record.Key{Org: actor.Org, Case: c.Row.ID, Person: c.Person}
}
