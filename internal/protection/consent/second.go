package consent

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Verdict is what the second person says to a decision without consent.
type Verdict struct {
	Agrees bool
	Words  private.Text
	// Seen is what the page showed of the refusals, for discretion: see [Seen]. An emergency is over when it is
	// reviewed, so its review asks for none.
	Seen    string
	Version int64 // of the basis, as the page showed it
}

// Second is the second person's word. Discretion that two have agreed to is told in the same transaction. An emergency or a
// duty that is found to have been none stops, and what it told is recalled. A demand that is not found to be real, or to ask
// for too much, is looked at again.
func (r *Consents) Second(ctx context.Context, actor auth.Actor, of string, id BasisID, v Verdict) error {
	if v.Words.IsZero() {
		return fault.New(fault.Invalid, "The second person says why.").WithField("why", "Say why you agree, or why you do not.")
	}
	if len(v.Words.Reveal("measure it")) > maxWords {
		return fault.New(fault.Invalid, "The second person says why.").WithField("why", "Write less.")
	}
	if !actor.May(auth.ReviewOverrides) {
		return notFound()
	}
	return r.db.Write(ctx, func(tx *db.Tx) error {
		row, err := r.waiting(ctx, tx, actor, of, id)
		if err != nil {
			return err
		}
		if row.Version != v.Version {
			return stale()
		}
		if basisOf(row).isOf(actor.Account) {
			return fault.New(fault.Denied, "You began this, so somebody else has to look at it.")
		}
		return r.decide(ctx, tx, actor, row, v)
	})
}

// waiting reads a basis that waits for a second person.
func (r *Consents) waiting(ctx context.Context, tx *db.Tx, actor auth.Actor, of string, id BasisID) (row record.Row[ground], err error) {
	k, err := r.mayWork(ctx, tx, actor, of)
	if err != nil {
		return row, err
	}
	row, err = grounds.Get(ctx, tx, actor.Org, string(id))
	if err != nil {
		return row, err
	}
	if row.Case != k.Case {
		return row, notFound()
	}
	if !basisOf(row).Waits() {
		return row, stale()
	}
	return row, nil
}

func (r *Consents) decide(ctx context.Context, tx *db.Tx, actor auth.Actor, row record.Row[ground], v Verdict) error {
	g := &row.Clear
	if g.Ground == Discretion && v.Agrees {
		b := basisOf(row)
		o := Override{Recipient: b.Recipient, Purpose: b.Purpose, Classes: b.Classes, Seen: v.Seen}
		if err := r.hasSeen(ctx, tx, actor.Org, row.Key, o); err != nil {
			return err
		}
		g.SecondSeen, g.UntilAt = v.Seen, micros(tx.Now().Add(DiscretionLasts))
	}
	g.settle(actor.Account, v.Agrees, tx.NowMicros())
	act := record.Act{Actor: actor, Name: "override.second", Detail: map[string]string{"ground": string(g.Ground), "step": string(g.Step)}}
	now, err := grounds.Update(ctx, tx, r.vault, act, row, record.Doc{Class: vault.Personal, Value: opinion{v.Words}})
	if err != nil {
		return err
	}
	if err := r.settle(ctx, tx, actor, row.Key, ofSecond(row), casefile.Done); err != nil {
		return err
	}
	if g.Step != Open { // the task of whoever has to answer a demand, or to report, stays
		if err := r.settle(ctx, tx, actor, row.Key, ofBasis(row.ID), casefile.Done); err != nil {
			return err
		}
	}
	switch {
	case g.Ground == Discretion && v.Agrees:
		return r.leave(ctx, tx, actor, now)
	case (g.Ground == Emergency || g.Ground == Duty) && !v.Agrees:
		return r.recallOf(ctx, tx, actor, now)
	}
	return nil
}

// settle is what becomes of a basis with the second person's word.
func (g *ground) settle(by auth.AccountID, agrees bool, now int64) {
	if g.Ground == Demand { // it stays open: to be answered, or to be looked at again
		if g.Second = by; !agrees {
			g.Second, g.Authentic = "", NotKnown
		}
		return
	}
	g.Second = by
	switch {
	case !agrees:
		g.Step, g.DoneAt = Declined, now
	case g.Ground == Discretion:
		g.Step = Live
	case g.Ground == Emergency:
		g.Step, g.DoneAt = Done, now
	}
}

// recallOf asks back what left under a basis.
func (r *Consents) recallOf(ctx context.Context, tx *db.Tx, actor auth.Actor, b record.Row[ground]) error {
	rows, err := disclosures.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2 AND basis_id = $3 AND recall = '' ORDER BY id",
		string(actor.Org), string(b.Person), b.ID)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if _, err := r.recall(ctx, tx, actor, row, FoundBad); err != nil {
			return err
		}
	}
	return nil
}

// Mistaken ends a duty that was noted by mistake, and asks back what left on it. It may be noted again at once: nothing here keeps anybody from a duty.
func (r *Consents) Mistaken(ctx context.Context, actor auth.Actor, of string, id BasisID, words private.Text) error {
	if words.IsZero() {
		return fault.New(fault.Invalid, "A duty ends by itself when it is done.").WithField("why", "Say why it is none.")
	}
	return r.db.Write(ctx, func(tx *db.Tx) error {
		row, err := r.basis(ctx, tx, actor, of, id, Duty)
		if err != nil || row.Clear.Step != Open {
			return err
		}
		row.Clear.Step, row.Clear.DoneAt = Declined, tx.NowMicros()
		doc := record.Doc{Class: vault.Personal, Value: opinion{words}}
		now, err := grounds.Update(ctx, tx, r.vault, record.Act{Actor: actor, Name: "duty.mistaken"}, row, doc)
		if err != nil {
			return err
		}
		if err := r.recallOf(ctx, tx, actor, now); err != nil {
			return err
		}
		return r.settle(ctx, tx, actor, row.Key, ofBasis(row.ID), casefile.Dropped)
	})
}
