package referral

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// Follow is what the receiving side does after it knows who the person is: begin, take the case over, say what came of it,
// that the person did not come, or stop. Only [Report] has a reason, one of [Outcomes]. The sender is told in the same
// transaction; what comes after a recall is entered, changes nothing and is [fault.Conflict].
func (r *Referrals) Follow(ctx context.Context, actor auth.Actor, case_, id string, a Act, reason string) error {
	if a != Start && a != Report && a != Miss && a != Stop {
		return gone()
	}
	if (a == Report) != (index(Outcomes(), reason) >= 0) {
		return fault.New(fault.Invalid, "It was not reported.").WithField("reason", "Choose what came of it.")
	}
	var done Verdict
	err := r.write(ctx, actor, case_, id, func(tx *db.Tx, _ casefile.Case, one row) error {
		if one.Clear.Direction != in {
			return gone()
		}
		var e End
		e, done = endOf(one).Do(a, tx.Now())
		return r.did(ctx, tx, actor, &one, e, done, a, reason)
	})
	return tooLate(err, done)
}

// OfCase returns the referrals of a case, both those that were sent and the one by which it came, the newest first.
func (r *Referrals) OfCase(ctx context.Context, actor auth.Actor, case_ string) (list []Referral, err error) {
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		list = nil
		c, err := casefile.Load(ctx, tx, actor, casefile.ID(case_), auth.ReadCases)
		if err != nil {
			return err
		}
		rows, err := table.Find(ctx, tx, "WHERE org_id = $1 AND case_id = $2 ORDER BY sent_at DESC, id", string(actor.Org), c.Row.ID)
		for _, one := range rows {
			list = append(list, referralOf(one, tx.Now()))
		}
		return err
	})
	return list, err
}

// Receivers returns the organisations to which something of a case could be sent.
func (r *Referrals) Receivers(ctx context.Context, actor auth.Actor) (list []auth.Org, err error) {
	if !actor.May(auth.WorkCases) {
		return nil, missing()
	}
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		list, err = r.agreements.Receivers(ctx, tx, actor.Org)
		return err
	})
	return list, err
}

// Partner returns the name of the other side of a referral that the actor can see, as the node knows it.
func (r *Referrals) Partner(ctx context.Context, of Referral) (name string, err error) {
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(ctx, "SELECT name FROM org WHERE id = $1", string(of.Partner)).Scan(&name)
		if err != nil {
			return fault.New(fault.Internal, "The other organisation cannot be read.").Wrap(err)
		}
		return nil
	})
	return name, err
}
