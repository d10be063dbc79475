package person

import (
	"context"
	"fmt"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/vault"
)

// The kinds of the tasks that an eighteenth birthday makes. They do not say what they are about: a date of birth is
// sealed, and tasks stand in clear, in the ledger too. So both are due on the first of the month in which their day lies: never
// late, and the day itself stands in the file.
const (
	PlanAhead = "plan-ahead" // six months before
	LastDay   = "last-day"   // the day before, in whose month it is due
)

// TaskLabel says in English what a task of this package is, or "" for others; it is the key of its translation.
func TaskLabel(kind string) string {
	switch kind {
	case PlanAhead:
		return i18n.Mark("Plan ahead: help may change on a date that stands in the person’s file")
	case LastDay:
		return i18n.Mark("In this month: the last day before a date that stands in the person’s file")
	}
	return ""
}

// basis names the rule by which the tasks are made.
const basis = "crc-art-1"

// date is a task of an eighteenth birthday: its kind and when it is due.
type date struct{ kind, due string }

// dates are the tasks of an eighteenth birthday, by every statement that counts.
func (f File) dates() []date {
	var all []date
	for _, m := range f.Eighteenths() {
		for _, d := range []date{{PlanAhead, firstOf(m.HandOver)}, {LastDay, firstOf(m.Eve)}} {
			if !slices.Contains(all, d) {
				all = append(all, d)
			}
		}
	}
	return all
}

// firstOf is the first day of the month of a civil date, or "".
func firstOf(on string) string {
	t := civil(on)
	if t.IsZero() {
		return ""
	}
	return day(t.AddDate(0, 0, 1-t.Day()))
}

// tries bounds how often the same date can come, go and come back.
const tries = 9

func (d date) mark(try int) string { return fmt.Sprintf("%s/%s/%d", d.kind, d.due, try) }

// birthday makes the tasks of the eighteenth birthday as the file has it now, and drops those of dates that count no
// more. Who is an adult for sure has none. A date that is past is due at once: it shows as late.
func (p *People) birthday(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, before, now File) error {
	if err := p.keepFile(ctx, tx, actor, c, now); err != nil {
		return err
	}
	old, due := before.dates(), now.dates()
	for _, d := range old {
		if slices.Contains(due, d) {
			continue
		}
		for try := range tries {
			if err := p.cases.EndTaskIn(ctx, tx, actor, c, d.mark(try), casefile.Dropped); err != nil {
				return err
			}
		}
	}
	for _, d := range due {
		if err := p.plan(ctx, tx, actor, c, d); err != nil {
			return err
		}
	}
	return nil
}

// plan makes a task, unless it is there or was done. One that was dropped when the date changed is made anew.
func (p *People) plan(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, d date) error {
	for try := range tries {
		t, err := p.cases.AddTaskIn(ctx, tx, actor, c, casefile.NewTask{
			Kind: d.kind, Mark: d.mark(try), Basis: basis, Deadline: d.kind == LastDay, DueOn: d.due,
		})
		if err != nil || t.Clear.State != casefile.Dropped {
			return err
		}
	}
	return nil
}

// The classes by which a file is kept that follow the age.
const asAdult, asChild vault.RetentionClass = "adult-client", "child-client"

// keepFile has the file of somebody who is a child by what is known of the birth kept as a child's: nobody has it erased
// before the person decides as an adult. Another class that somebody chose stays.
func (p *People) keepFile(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, now File) error {
	class, from := asAdult, ""
	if len(now.Birth.Value.List) > 0 && now.Standing().Safeguards {
		class, from = asChild, now.keptFrom()
	}
	is, since, err := vault.ClassIn(ctx, tx, actor.Org, c.Person)
	if err != nil || is != asAdult && is != asChild || is == class && (class == asAdult || since == from) {
		return err
	}
	if _, err = p.vault.RetainIn(ctx, tx, actor, c.Person, class, from); err != nil {
		return err
	}
	return p.cases.KeptAnew(ctx, tx, actor, c)
}

// keptFrom is the first of the month after the person is of age by every statement, so that the day of birth, which is
// sealed, does not stand in clear; "" while a statement names no such day.
func (f File) keptFrom() (from string) {
	for _, m := range f.Eighteenths() {
		if m.Latest == "" {
			return ""
		}
		from = max(from, m.Latest)
	}
	t := civil(from)
	if t.IsZero() {
		return ""
	}
	return day(t.AddDate(0, 1, 1-t.Day()))
}
