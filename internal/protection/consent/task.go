package consent

import (
	"context"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// The kinds of task that this room makes.
const (
	TaskAskAgain = "consent-ends"
	TaskDuty     = "duty-report"
	TaskReview   = "emergency-review"
	TaskSecond   = "second-person"
	TaskDemand   = "demand-answer"
)

// Tasks are the kinds of task with their English labels.
func Tasks() []Word {
	return []Word{
		{TaskAskAgain, i18n.Mark("Talk about what was agreed: it runs out")},
		{TaskDuty, i18n.Mark("Make the report that the law orders")},
		{TaskReview, i18n.Mark("Review what was done in an emergency")},
		{TaskSecond, i18n.Mark("Be the second person")},
		{TaskDemand, i18n.Mark("Answer a demand")},
	}
}

// remind makes a task of a case on which the actor works.
func (r *Consents) remind(ctx context.Context, tx *db.Tx, actor auth.Actor, k record.Key, n casefile.NewTask) error {
	c, err := casefile.Load(ctx, tx, actor, casefile.ID(k.Case), auth.WorkCases)
	if err != nil {
		return err
	}
	_, err = r.cases.AddTaskIn(ctx, tx, actor, c, n)
	return err
}

// settle ends the task with a mark. Whoever ends what it was about need not work on the case: the person does not.
func (r *Consents) settle(ctx context.Context, tx *db.Tx, actor auth.Actor, k record.Key, mark string, as casefile.TaskState) error {
	return r.cases.EndTaskIn(ctx, tx, actor, caseOnly(actor.Org, k), mark, as)
}

// caseOnly is the case of a row for its tasks, unread.
func caseOnly(org auth.OrgID, k record.Key) casefile.Case {
	return casefile.Case{Row: record.Row[casefile.Facts]{Key: record.Key{Org: org, ID: k.Case, Case: k.Case, Person: k.Person}}}
}

func ofConsent(id string) string { return "consent/" + id }

func ofBasis(id string) string { return "basis/" + id }

// ofSecond is the mark of the second person's task: one for each time that somebody wrote what they look at.
func ofSecond(row record.Row[ground]) string {
	return ofBasis(row.ID) + "/" + row.Clear.Seen + "-second"
}

// askAgain reminds of a consent that runs out: two weeks before, or at once when it lasts less.
func (r *Consents) askAgain(ctx context.Context, tx *db.Tx, actor auth.Actor, row record.Row[sheet], zone *time.Location) error {
	last := instant(row.Clear.UntilAt)
	due := last.Add(-ExpiresSoon)         // midnight: the day before it
	if now := tx.Now(); due.Before(now) { // it lasts less than that
		due = now
	}
	return r.remind(ctx, tx, actor, row.Key, casefile.NewTask{
		Kind: TaskAskAgain, Mark: ofConsent(row.ID), DueOn: due.Add(-time.Microsecond).In(zone).Format(time.DateOnly),
	})
}

// remindOf makes the task that a new basis asks for.
func (r *Consents) remindOf(ctx context.Context, tx *db.Tx, actor auth.Actor, row record.Row[ground]) error {
	zone, err := zoneOf(actor)
	if err != nil {
		return err
	}
	b := basisOf(row)
	n := casefile.NewTask{Mark: ofBasis(row.ID), Deadline: true}
	due := b.Due
	switch b.Ground {
	case Duty:
		// Without a rule the time is the word of whoever noted it, and none that law sets.
		n.Kind, n.Basis, n.Deadline = TaskDuty, b.Version, b.Version != ""
	case Emergency:
		n.Kind, due = TaskReview, b.ReviewBy()
	case Discretion:
		n.Kind, n.Deadline, due = TaskSecond, false, tx.Now()
	case Demand:
		n.Kind, due = TaskDemand, b.ObjectUntil
	}
	if !due.IsZero() {
		// What ends at midnight is due on the day before.
		n.DueOn, n.DueAt = due.Add(-time.Microsecond).In(zone).Format(time.DateOnly), due
	}
	if b.Ground == Emergency || b.Ground == Discretion {
		if n.Holder, err = otherReviewer(ctx, tx, row); err != nil {
			return err
		}
	}
	return r.remind(ctx, tx, actor, row.Key, n)
}

// askSecond makes the task of looking at a duty that was told, or at a demand. Whoever tells need not work on the case.
func (r *Consents) askSecond(ctx context.Context, tx *db.Tx, actor auth.Actor, row record.Row[ground]) error {
	b := basisOf(row)
	if !b.Waits() {
		return nil
	}
	zone, err := zoneOf(actor)
	if err != nil {
		return err
	}
	n := casefile.NewTask{Kind: TaskSecond, Mark: ofSecond(row)}
	due := tx.Now()
	if by := b.ReviewBy(); !by.IsZero() {
		due, n.DueAt, n.Deadline = by, by, true
	}
	n.DueOn = due.Add(-time.Microsecond).In(zone).Format(time.DateOnly)
	if n.Holder, err = otherReviewer(ctx, tx, row); err != nil {
		return err
	}
	_, err = r.cases.AddTaskIn(ctx, tx, actor, caseOnly(actor.Org, row.Key), n)
	return err
}

// otherReviewer is somebody else who may be the second person; nobody when there is none, and then it stays with whoever
// holds the case, where it is seen to be late.
func otherReviewer(ctx context.Context, tx *db.Tx, row record.Row[ground]) (h auth.Holder, err error) {
	all, err := reviewers(ctx, tx, row)
	if len(all) > 0 {
		h.Account = all[0]
	}
	return h, err
}

// reviewers are those who may be the second person of a basis: not whoever wrote it, and nobody who is kept from the person.
func reviewers(ctx context.Context, tx *db.Tx, row record.Row[ground]) ([]auth.AccountID, error) {
	all, err := auth.Holders(ctx, tx, row.Org, auth.ReviewOverrides)
	if err != nil {
		return nil, err
	}
	return auth.NotKept(ctx, tx, row.Org, row.Case, slices.DeleteFunc(all, basisOf(row).isOf)...)
}
