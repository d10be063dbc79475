package consent

import (
	"context"
	"strings"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// RecallAnswer is what the other side does with what it was asked to give back.
type RecallAnswer struct {
	State RecallState // Honoured, PartlyGiven or KeptThere
	Why   string      // one of [RecallReasons], needed unless it was honoured
}

func (a RecallAnswer) check() error {
	switch a.State {
	case Honoured:
		return nil
	case PartlyGiven, KeptThere:
		if Known(RecallReasons(), a.Why) {
			return nil
		}
		return fault.New(fault.Invalid, "A recall that is not followed needs its reason.").WithField("why", "Choose why something stays.")
	default:
		return fault.New(fault.Invalid, "Say what becomes of it.").WithField("answer", "Choose an answer.")
	}
}

// firmer reports whether an answer gives more back than another.
func (a RecallAnswer) firmer(than RecallState) bool {
	rank := map[RecallState]int{KeptThere: 1, PartlyGiven: 2, Honoured: 3}
	return rank[a.State] > rank[than]
}

// AnswerIn answers, in tx, a recall that is asked of the actor's organisation. The side that asked, when it is on this
// node, has the answer in the same transaction. Whoever calls has done what the answer says.
//
// A share has one answer, however often it is asked back: an answer is that of all of its recalls, of those that were answered
// before too, when more is given back now. What was destroyed stays destroyed: an answer that gives less back than one before
// is answered with that one.
func (r *Consents) AnswerIn(ctx context.Context, tx *db.Tx, actor auth.Actor, id RecallID, a RecallAnswer) error {
	one, err := takeRecall(ctx, tx, actor.Org, id, "in")
	if err != nil {
		return err
	}
	if err := a.check(); err != nil {
		return err
	}
	if one.Answer != "" {
		return nil // answered before: that answer stands until another recall of the share is answered
	}
	rows, err := tx.Query(ctx, recallColumns+"WHERE org_id = $1 AND direction = 'in' AND partner = $2 AND share = $3 ORDER BY made_at, id",
		string(actor.Org), one.Partner, one.Share)
	all, err := db.Collect(rows, err, scanRecall)
	if err != nil {
		return err
	}
	for _, other := range all {
		if given := (RecallAnswer{other.Answer, other.Why}); given.firmer(a.State) {
			a = given
		}
	}
	for _, other := range all {
		if other.Answer != "" && !a.firmer(other.Answer) {
			continue
		}
		if err := r.answer(ctx, tx, actor, other, a); err != nil {
			return err
		}
	}
	return nil
}

// answer answers one recall.
func (r *Consents) answer(ctx context.Context, tx *db.Tx, actor auth.Actor, one Recall, a RecallAnswer) error {
	if err := setAnswer(ctx, tx, actor.Org, one.ID, a, string(actor.Account)); err != nil {
		return err
	}
	err := audit.Append(ctx, tx, audit.Entry{
		Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Recall, Subject: string(one.ID),
		Detail: map[string]string{"act": "recall.answer", "answer": string(a.State), "why": a.Why, "via": string(actor.Via)},
	})
	if err != nil {
		return err
	}
	for _, do := range r.answers {
		if err := do(ctx, tx, actor, one, a); err != nil {
			return err
		}
	}
	from := auth.Actor{Org: auth.OrgID(strings.ToUpper(one.Partner)), Account: partnerActor}
	return r.AnsweredIn(ctx, tx, from, one.ID, a)
}

// AnsweredIn keeps, in tx, what the other side answered to a recall of the actor's organisation.
func (r *Consents) AnsweredIn(ctx context.Context, tx *db.Tx, actor auth.Actor, id RecallID, a RecallAnswer) error {
	if err := a.check(); err != nil {
		return err
	}
	one, err := takeRecall(ctx, tx, actor.Org, id, "out")
	if err != nil || !a.firmer(one.Answer) {
		if fault.KindOf(err) == fault.NotFound {
			return nil // its person was erased meanwhile, or the side that asked is on another node
		}
		return err
	}
	if err := setAnswer(ctx, tx, actor.Org, id, a, string(actor.Account)); err != nil {
		return err
	}
	row, err := disclosures.Get(ctx, tx, actor.Org, string(one.Disclosure))
	if err != nil {
		return err
	}
	row.Clear.Recall = a.State
	_, err = disclosures.Update(ctx, tx, r.vault, record.Act{Actor: actor, Name: "recall.answered", Kind: audit.Recall, Detail: map[string]string{
		"recall": string(id), "answer": string(a.State), "why": a.Why,
	}}, row)
	return err
}

func takeRecall(ctx context.Context, tx *db.Tx, org auth.OrgID, id RecallID, direction string) (Recall, error) {
	rows, err := tx.Query(ctx, recallColumns+"WHERE org_id = $1 AND id = $2 AND direction = $3", string(org), string(id), direction)
	found, err := db.Collect(rows, err, scanRecall)
	if err != nil {
		return Recall{}, err
	}
	if len(found) == 0 {
		return Recall{}, notFound()
	}
	return found[0], nil
}

func setAnswer(ctx context.Context, tx *db.Tx, org auth.OrgID, id RecallID, a RecallAnswer, by string) error {
	_, err := tx.Exec(ctx, `UPDATE protection_recall SET answer = $1, answer_why = $2, answered_at = $3, answered_by = $4, version = version + 1
		WHERE org_id = $5 AND id = $6`, string(a.State), a.Why, tx.NowMicros(), by, string(org), string(id))
	return err
}

// AskedBack returns what partners ask the actor's organisation to give back and has no answer yet. It takes
// [auth.AskPartners]: whoever may have received it.
func (r *Consents) AskedBack(ctx context.Context, actor auth.Actor) (list []Recall, err error) {
	if !actor.May(auth.AskPartners) {
		return nil, notFound()
	}
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		list, err = r.Recalls(ctx, tx, actor.Org, false, "")
		return err
	})
	return list, err
}

// GiveBack answers what a partner asks back: it was destroyed, or something stays on a ground that is named.
func (r *Consents) GiveBack(ctx context.Context, actor auth.Actor, id RecallID, a RecallAnswer) error {
	if !actor.May(auth.AskPartners) {
		return notFound()
	}
	return r.db.Write(ctx, func(tx *db.Tx) error { return r.AnswerIn(ctx, tx, actor, id, a) })
}
