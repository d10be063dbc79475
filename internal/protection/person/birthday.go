package person

import (
	"context"
	"fmt"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// The kinds of the tasks that an eighteenth birthday makes. They do not say what they are about: a date of birth is
// sealed, and tasks stand in clear.
const (
	PlanAhead = "plan-ahead" // six months before
	LastDay   = "last-day"   // the day before
)

// TaskLabel says in English what a task of this package is, or "" for others; it is the key of its translation.
func TaskLabel(kind string) string {
	switch kind {
	case PlanAhead:
		return i18n.Mark("Plan ahead: help may change on a date that stands in the person’s file")
	case LastDay:
		return i18n.Mark("Last day before a date that stands in the person’s file")
	}
	return ""
}

// basis names the rule by which the tasks are made.
const basis = "crc-art-1"

// dates are the tasks of an eighteenth birthday, by kind: when each is due.
func (f File) dates() map[string]string {
	m, ok := f.Eighteenth()
	if !ok {
		return nil
	}
	return map[string]string{PlanAhead: m.HandOver, LastDay: m.Eve}
}

// tries bounds how often the same date can come, go and come back.
const tries = 9

func mark(kind, due string, try int) string { return fmt.Sprintf("%s/%s/%d", kind, due, try) }

// birthday makes the tasks of the eighteenth birthday as the file has it now, and drops those of a date that counts no
// more. Who is an adult for sure has none. A date that is past is due at once: it shows as late.
func (p *People) birthday(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, before, now File) error {
	old, due := before.dates(), now.dates()
	for _, kind := range []string{PlanAhead, LastDay} {
		if old[kind] == due[kind] && due[kind] == "" {
			continue
		}
		for try := range tries {
			if old[kind] == "" || old[kind] == due[kind] {
				break
			}
			if err := p.cases.EndTaskIn(ctx, tx, actor, c, mark(kind, old[kind], try), casefile.Dropped); err != nil {
				return err
			}
		}
		if due[kind] == "" {
			continue
		}
		if err := p.plan(ctx, tx, actor, c, kind, due[kind]); err != nil {
			return err
		}
	}
	return nil
}

// plan makes a task, unless it is there or was done. One that was dropped when the date changed is made anew.
func (p *People) plan(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, kind, due string) error {
	for try := range tries {
		t, err := p.cases.AddTaskIn(ctx, tx, actor, c, casefile.NewTask{
			Kind: kind, Mark: mark(kind, due, try), Basis: basis, Deadline: kind == LastDay, DueOn: due,
		})
		if err != nil || t.Clear.State != casefile.Dropped {
			return err
		}
	}
	return nil
}
