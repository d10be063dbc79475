package referral

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// listed is how many lines a list has at most.
const listed = 100

// sees reports whether an actor may see what has come: the agreement names the roles.
func sees(actor auth.Actor, one row) bool {
	if !mayAccept(actor) {
		return false
	}
	roles := strings.Fields(one.Clear.Roles)
	return slices.ContainsFunc(actor.Roles, func(r auth.Role) bool { return slices.Contains(roles, string(r)) })
}

// Inbox returns what waits for an answer of the actor's organisation, the soonest to expire first, and what was accepted
// and is not released yet. It opens nothing.
func (r *Referrals) Inbox(ctx context.Context, actor auth.Actor) (list []Referral, err error) {
	if !mayAccept(actor) {
		return nil, missing()
	}
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		list = nil
		rows, err := table.Find(ctx, tx, `WHERE org_id = $1 AND direction = 'in' AND sending = 'sent'
			AND (receiving = 'accepted' OR receiving = 'received' AND until_at > $2) ORDER BY until_at, id LIMIT $3`,
			string(actor.Org), tx.NowMicros(), listed)
		for _, one := range rows {
			if sees(actor, one) {
				list = append(list, referralOf(one, tx.Now()))
			}
		}
		return err
	})
	return list, err
}

// Mine returns what the actor has sent, and what they accepted, that changed last.
func (r *Referrals) Mine(ctx context.Context, actor auth.Actor) (list []Referral, err error) {
	if !actor.May(auth.WorkCases) {
		return nil, missing()
	}
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		list = nil
		rows, err := table.Find(ctx, tx, "WHERE org_id = $1 AND maker = $2 AND sending <> 'closed' ORDER BY changed_at DESC, id LIMIT 30",
			string(actor.Org), string(actor.Account))
		if err != nil {
			return err
		}
		scopes := make([]string, len(rows))
		for i, one := range rows {
			scopes[i] = one.Case
		}
		may, err := auth.MayOpenAny(ctx, tx, actor, scopes)
		for _, one := range rows {
			if may[one.Case] {
				list = append(list, referralOf(one, tx.Now()))
			}
		}
		return err
	})
	return list, err
}

// Asked is a referral as the receiving side sees it before it answers.
type Asked struct {
	Referral
	Blind Blind
}

// Look opens the blind need of something that waits. It is opened where it is kept, at the sender, whose ledger says that
// the partner has seen it; nothing of it is stored here. It leaves with each look, so each is decided anew.
func (r *Referrals) Look(ctx context.Context, actor auth.Actor, id string) (a Asked, err error) {
	var g record.Reading
	var blind Blind
	var fields []string
	var child bool
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		one, err := r.waiting(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		a.Referral, fields = referralOf(one, tx.Now()), strings.Fields(one.Clear.Fields)
		if e := endOf(one); e.S != Sent || e.Over(tx.Now()) {
			return nil
		}
		theirs, err := table.Get(ctx, tx, one.Clear.Partner, id)
		if err != nil {
			return err
		}
		if theirs.Clear.Partner != actor.Org || theirs.Clear.Sending != Sent {
			return missing()
		}
		if fields, child, err = r.tellable(ctx, tx, actor, theirs, fields); err != nil {
			return err
		}
		g = record.Reading{}
		theirs.Want(&g, vault.Personal, &blind)
		return nil
	})
	if err != nil {
		return Asked{}, err
	}
	if err := g.Disclose(ctx, r.vault, holder(a.Partner), whyOf(a.Agreement)); err != nil {
		return Asked{}, err
	}
	a.Blind = blind.only(fields).young(child)
	return a, nil
}

// tellable returns what of the blind need of a sender's row an actor of the other side may be told now, and whether the person
// is or may be a child.
func (r *Referrals) tellable(ctx context.Context, tx *db.Tx, actor auth.Actor, theirs row, fields []string) (now []string, child bool, err error) {
	v, err := r.judge(ctx, tx, theirs, fields, actor.Roles)
	if err == nil {
		err = r.mayGo(ctx, tx, theirs, v)
	}
	if err != nil {
		return nil, false, err
	}
	child, err = person.MayBeChild(ctx, tx, theirs.Org, theirs.Person)
	return v.leaving(), child, err
}

// holder acts for the sending organisation under the agreement, where nobody of it is there.
func holder(org auth.OrgID) auth.Actor { return auth.Actor{Org: org, Account: partnerAccount} }

func whyOf(agreement string) vault.Why {
	return vault.Why{Purpose: Purpose, Scope: "agreement/" + agreement}
}

// waiting loads what has come, for whoever may see it.
func (r *Referrals) waiting(ctx context.Context, tx *db.Tx, actor auth.Actor, id string) (row, error) {
	one, err := table.Get(ctx, tx, actor.Org, id)
	if err == nil && (one.Clear.Direction != in || !sees(actor, one)) {
		err = missing()
	}
	return one, err
}

// Decline says no, with a reason. The sender is told at once.
func (r *Referrals) Decline(ctx context.Context, actor auth.Actor, id, reason string) error {
	if index(DeclineReasons(), reason) < 0 {
		return fault.New(fault.Invalid, "It was not declined.").WithField("reason", "Choose a reason.")
	}
	_, err := r.answer(ctx, actor, id, Decline, reason)
	return err
}

// Accept says yes, and then has released who the person is, into a new case of the actor's. The case is "" when what was
// accepted could not be released: the sender sees why, and [Referrals.Fetch] tries again.
func (r *Referrals) Accept(ctx context.Context, actor auth.Actor, id string) (case_ string, err error) {
	one, err := r.answer(ctx, actor, id, Accept, "")
	if err != nil || one.Case != "" {
		return one.Case, err
	}
	return r.Fetch(ctx, actor, id)
}

// answer is an act of the receiving side before it knows who the person is. One that comes too late is entered, changes
// nothing and is [fault.Conflict].
func (r *Referrals) answer(ctx context.Context, actor auth.Actor, id string, a Act, reason string) (one row, err error) {
	var done Verdict
	err = r.db.Write(ctx, func(tx *db.Tx) error {
		if one, err = r.waiting(ctx, tx, actor, id); err != nil {
			return err
		}
		var e End
		e, done = endOf(one).Do(a, tx.Now())
		return r.did(ctx, tx, actor, &one, e, done, a, reason)
	})
	if errors.Is(err, errAgain) {
		err = nil
	}
	return one, tooLate(err, done)
}

// did writes what an act of the receiving side came to, and tells the sender.
func (r *Referrals) did(ctx context.Context, tx *db.Tx, actor auth.Actor, one *row, e End, done Verdict, a Act, reason string) (err error) {
	switch done {
	case Again:
		return errAgain
	case Late:
		return r.late(ctx, tx, actor, string(a), *one)
	case Wrong:
		return gone()
	case Done:
	}
	e.put(one)
	one.Clear.Reason, one.Clear.AnsweredAt = reason, tx.NowMicros()
	if a == Accept {
		one.Clear.Maker = actor.Account
	}
	if *one, err = r.save(ctx, tx, actor, string(a), *one); err != nil {
		return err
	}
	*one, err = r.tell(ctx, tx, *one)
	return err
}

// tooLate is the answer to somebody whose act was entered and changed nothing.
func tooLate(err error, done Verdict) error {
	if err == nil && done == Late {
		return fault.New(fault.Conflict, "It was recalled, or its time is over.").WithHint("Nothing was changed. Speak to whoever sent it.")
	}
	return err
}
