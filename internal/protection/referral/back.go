package referral

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// stopped ends a share that has lost its ground, in the transaction in which it lost it. The receiver's copy is shown to
// nobody from now on; a receiver that has none has answered with that.
func (r *Referrals) stopped(ctx context.Context, tx *db.Tx, actor auth.Actor, s consent.Stop) error {
	one, err := table.Get(ctx, tx, actor.Org, s.Share)
	if err != nil {
		return ours(err)
	}
	if one.Clear.Direction != out {
		return nil
	}
	if e, done := endOf(one).Do(Recall, tx.Now()); done == Done {
		e.put(&one)
		one.Clear.Reason = "ground"
		if one, err = r.save(ctx, tx, actor, "recall", one); err != nil {
			return err
		}
	}
	if one, err = r.tell(ctx, tx, one); err != nil {
		return err
	}
	there := holder(one.Clear.Partner)
	theirs, err := table.Get(ctx, tx, there.Org, s.Share)
	if err != nil {
		return ours(err)
	}
	if theirs.Clear.Released == 0 || theirs.Clear.Back == Destroyed {
		if err := notify.Settle(ctx, tx, notify.RecallAsked, string(s.Recall)); err != nil {
			return err
		}
		return r.consents.AnswerIn(ctx, tx, there, s.Recall, consent.RecallAnswer{State: consent.Honoured})
	}
	return r.back(ctx, tx, actor.Org, AskedBack, there, theirs)
}

// ours is nil for a share of which there is no row: not every share is a referral.
func ours(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}

// back keeps on both sides what became of the copy of the receiving one.
func (r *Referrals) back(ctx context.Context, tx *db.Tx, sender auth.OrgID, b Back, actor auth.Actor, theirs row, docs ...record.Doc) error {
	if theirs.Clear.Back == b {
		return nil
	}
	theirs.Clear.Back = b
	if _, err := r.save(ctx, tx, actor, "back", theirs, docs...); err != nil {
		return err
	}
	one, err := table.Get(ctx, tx, sender, theirs.ID)
	if err != nil {
		return ours(err)
	}
	one.Clear.Back = b
	if one, err = r.save(ctx, tx, holder(sender), "back", one); err != nil {
		return err
	}
	return r.news(ctx, tx, one)
}

// answered does what the receiver has said of a copy: it is destroyed here in the same transaction, and the case that was
// opened for it is kept and not used until somebody has looked; or it stays, and can be seen again. It is answered by somebody
// who works on that case.
func (r *Referrals) answered(ctx context.Context, tx *db.Tx, actor auth.Actor, one consent.Recall, a consent.RecallAnswer) error {
	theirs, err := table.Get(ctx, tx, actor.Org, one.Share)
	if err != nil {
		return ours(err)
	}
	if theirs.Clear.Direction != in || theirs.Clear.Released == 0 {
		return nil
	}
	b := map[consent.RecallState]Back{consent.Honoured: Destroyed, consent.PartlyGiven: Partly, consent.KeptThere: Kept}[a.State]
	if theirs.Clear.Back != Destroyed {
		if _, err := casefile.Load(ctx, tx, actor, casefile.ID(theirs.Case), auth.WorkCases); err != nil {
			return notTheirs(err)
		}
		var docs []record.Doc
		if b == Destroyed {
			docs = []record.Doc{{Class: vault.Personal}, {Class: vault.Sensitive}}
		}
		if err := r.back(ctx, tx, theirs.Clear.Partner, b, actor, theirs, docs...); err != nil {
			return err
		}
		if b == Destroyed {
			if err := r.cases.RestrictIn(ctx, tx, actor, casefile.ID(theirs.Case)); err != nil {
				return err
			}
		}
	}
	return nil
}

// notTheirs says to somebody who sees that a copy is asked back, and does not work on its case, who answers.
func notTheirs(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return fault.New(fault.Denied, "Your role does not do this.").WithHint("Ask who answers for the service.")
	}
	return err
}
