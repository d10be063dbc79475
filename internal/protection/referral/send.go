package referral

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// Send sends a referral blind. It is decided once more; what leaves has its line among the disclosures in the same
// transaction, and the receiving side gets a row of codes. Sending twice sends once.
func (r *Referrals) Send(ctx context.Context, actor auth.Actor, case_, id, seen string) error {
	return r.write(ctx, actor, case_, id, func(tx *db.Tx, c casefile.Case, one row) error {
		if one.Clear.Sending == Draft {
			if err := r.authorise(ctx, tx, actor, one, seen); err != nil {
				return err
			}
			var err error
			if one, err = of(ctx, tx, actor, c, id); err != nil {
				return err
			}
			seen = ""
		} else if one.Clear.Sending == Authorised && seen == "" {
			return stale()
		}
		return r.send(ctx, tx, actor, c, one, seen)
	})
}

// send sends what was authorised. Seen "" says that this was in the same transaction.
func (r *Referrals) send(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, one row, seen string) error {
	e := endOf(one)
	e.Until = tx.Now().Add(time.Duration(one.Clear.Days) * 24 * time.Hour)
	e, done := e.Do(Send, tx.Now())
	if done == Again {
		return errAgain
	}
	if done != Done || !e.Out {
		return gone()
	}
	v, err := r.judge(ctx, tx, one, strings.Fields(one.Clear.Fields), acceptors())
	if err != nil {
		return err
	}
	if seen != "" && v.seen(one.Version) != seen {
		return stale()
	}
	if err := r.stays(ctx, tx, one, v); err != nil {
		return err
	}
	if err := r.alone(ctx, tx, one); err != nil {
		return err
	}
	n, err := files(ctx, tx, actor.Org, c)
	if err != nil {
		return err
	}
	f := &one.Clear
	f.Agreement, f.Fields, f.Roles, f.Files = v.agreement, words(v.leaving()), words(v.rolesOf()), int64(n)
	f.SentAt, f.UntilAt = tx.NowMicros(), e.Until.UnixMicro()
	e.put(&one)
	if one, err = r.save(ctx, tx, actor, "send", one); err != nil {
		return err
	}
	if err := r.discloseBlind(ctx, tx, actor, one, v.line("referral.service").Authority); err != nil {
		return err
	}
	return r.arrive(ctx, tx, actor.Org, one)
}

// discloseBlind keeps that the blind need leaves now.
func (r *Referrals) discloseBlind(ctx context.Context, tx *db.Tx, actor auth.Actor, one row, a consent.Authority) error {
	content, err := json.Marshal(map[string]string{"needs": one.Clear.Needs, "fields": one.Clear.Fields})
	if err != nil {
		return err
	}
	_, err = r.consents.DiscloseIn(ctx, tx, actor, record.Key{Org: one.Org, Case: one.Case, Person: one.Person}, consent.Leaving{
		Authority: a, Recipient: consent.Party(one.Clear.Partner), Classes: []string{blindClass}, Purpose: one.Clear.Purpose,
		Agreement: one.Clear.Agreement, Share: one.ID, Content: content,
	})
	return err
}

// arrive makes the row of the receiving side: codes alone, neither case nor person, nothing sealed.
func (r *Referrals) arrive(ctx context.Context, tx *db.Tx, from auth.OrgID, one row) error {
	there := auth.Actor{Org: one.Clear.Partner, Account: partnerAccount}
	e, _, _ := Await(one.Clear.Kind, instant(one.Clear.UntilAt)).Hear(endOf(one).Tell(), tx.Now())
	theirs := row{Key: record.Key{ID: one.ID}, Clear: one.Clear}
	f := &theirs.Clear
	f.Direction, f.Partner, f.Maker, f.Files = in, from, "", 0
	f.Fields = words(slices.DeleteFunc(strings.Fields(f.Fields), func(s string) bool { return !strings.HasPrefix(s, blindClass+".") }))
	e.put(&theirs)
	theirs, err := table.Insert(ctx, tx, r.vault, act(there, "receive", theirs), theirs)
	if err != nil {
		return err
	}
	if _, err := r.tell(ctx, tx, theirs); err != nil {
		return err
	}
	_, err = auth.TellHolders(ctx, tx, there.Org, notify.ReferralNews, "referral/"+one.ID, time.Time{}, auth.AnswerReferrals)
	return err
}

// Recall takes a referral back, with a reason. What has left is asked back in the same transaction; what was not sent is
// given up.
func (r *Referrals) Recall(ctx context.Context, actor auth.Actor, case_, id, reason string) error {
	if i := index(RecallReasons(), reason); i < 0 || i >= chosenRecalls {
		return fault.New(fault.Invalid, "It was not recalled.").WithField("reason", "Choose a reason.")
	}
	return r.write(ctx, actor, case_, id, func(tx *db.Tx, _ casefile.Case, one row) error {
		if one.Clear.Direction != out || one.Clear.Sending == Draft || one.Clear.Sending == Authorised {
			return gone()
		}
		e, done := endOf(one).Do(Recall, tx.Now())
		if done == Again {
			return errAgain
		}
		if done != Done {
			return gone()
		}
		e.put(&one)
		one.Clear.Reason = reason
		one, err := r.save(ctx, tx, actor, "recall", one)
		if err != nil {
			return err
		}
		if _, err = r.tell(ctx, tx, one); err != nil {
			return err
		}
		_, err = r.consents.RecallIn(ctx, tx, actor, one.Key, one.ID)
		return err
	}, casefile.AnyState) // taking back never waits for the state of a record
}

// Finish closes what is over.
func (r *Referrals) Finish(ctx context.Context, actor auth.Actor, case_, id string) error {
	return r.write(ctx, actor, case_, id, func(tx *db.Tx, _ casefile.Case, one row) error {
		e, done := endOf(one).Do(Close, tx.Now())
		if done == Again && e.Out {
			return errAgain
		}
		if done != Done || !e.Out {
			return gone()
		}
		e.put(&one)
		one, err := r.save(ctx, tx, actor, "close", one)
		if err == nil {
			_, err = r.tell(ctx, tx, one)
		}
		return err
	})
}
