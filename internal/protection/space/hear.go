package space

import (
	"context"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// hearing is for what feedback is opened.
const hearing vault.Purpose = "feedback"

// Heard returns the feedback that an actor may read, the newest first, unopened. What is about their own
// work is left out, as if nobody had said it.
func (s *Spaces) Heard(ctx context.Context, actor auth.Actor) (all []Item, err error) {
	if !actor.May(auth.HearPeople) {
		return nil, missing()
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		all = nil
		rows, err := own.Find(ctx, tx, "WHERE org_id = $1 AND kind = 'feedback' ORDER BY at DESC, id LIMIT 200", string(actor.Org))
		for _, r := range rows {
			ok, err := hears(ctx, tx, actor, r)
			if err != nil {
				return err
			}
			if ok {
				all = append(all, itemOf(r))
			}
		}
		return err
	})
	return all, err
}

// hears reports whether an actor may read a piece of feedback.
func hears(ctx context.Context, tx *db.Tx, actor auth.Actor, r record.Row[facts]) (bool, error) {
	if slices.Contains(strings.Fields(r.Clear.Apart), string(actor.Account)) {
		return false, nil
	}
	err := vault.Oversees(ctx, tx, actor, r.Person)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil, err
}

// Hear opens a piece of feedback.
func (s *Spaces) Hear(ctx context.Context, actor auth.Actor, id string) (Item, error) {
	row, w, err := s.hear(ctx, actor, id)
	if err != nil {
		return Item{}, err
	}
	item := itemOf(row)
	item.fill(w)
	if item.About == Named {
		numbers, err := s.rooms.Cases.Numbers(ctx, actor, row.Case)
		if err != nil {
			return Item{}, err
		}
		item.Number = numbers[row.Case]
	}
	return item, nil
}

func (s *Spaces) hear(ctx context.Context, actor auth.Actor, id string) (row record.Row[facts], w words, err error) {
	if !actor.May(auth.HearPeople) {
		return row, w, missing()
	}
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		if row, err = own.Get(ctx, tx, actor.Org, id); err != nil {
			return err
		}
		ok, err := hears(ctx, tx, actor, row)
		if err == nil && (!ok || row.Clear.Kind != Feedback) {
			err = missing()
		}
		return err
	})
	if err != nil {
		return row, w, err
	}
	var g record.Reading
	row.Want(&g, vault.Overseen, &w)
	return row, w, g.OpenOverseen(ctx, s.vault, actor, vault.Why{Purpose: hearing, Scope: "feedback/" + id})
}

// Reply answers feedback; the person sees the answer on their page, and nobody who works on the case does.
func (s *Spaces) Reply(ctx context.Context, actor auth.Actor, id string, version int64, said private.Text) error {
	if said.IsZero() || tooLong(said, maxAnswer) {
		return fault.New(fault.Invalid, "The answer was not kept.").WithField("answer", "Write something, at most %d characters.", maxAnswer)
	}
	row, doc, err := s.hear(ctx, actor, id)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if ok, err := hears(ctx, tx, actor, row); err != nil || !ok {
			return orMissing(err)
		}
		next, doc2 := row, doc
		next.Version, next.Clear.State, doc2.Answer = version, Answered, said
		if _, err := own.Update(ctx, tx, s.vault, act(actor, "own.answer"), next, record.Doc{Class: vault.Overseen, Value: doc2}); err != nil {
			return err
		}
		return notify.Settle(ctx, tx, notify.FeedbackNew, id)
	})
}

func orMissing(err error) error {
	if err == nil {
		return missing()
	}
	return err
}
