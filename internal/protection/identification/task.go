package identification

import (
	"context"
	"strconv"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// The kinds of task that this package makes.
const (
	TaskDeadline = "identification.deadline"
	TaskPassed   = "identification.passed"
	TaskSecond   = "identification.second"
	TaskLaw      = "identification.law"
	TaskMoney    = "entitlement.ends"
)

// TaskWords are the kinds of task with their English texts, the keys of their translations.
func TaskWords() []Word {
	return []Word{
		{TaskDeadline, i18n.Mark("A deadline of the procedure")},
		{TaskPassed, i18n.Mark("A time that protects the person has passed")},
		{TaskSecond, i18n.Mark("Read a decision and sign it as the second person")},
		{TaskLaw, i18n.Mark("The law has changed: look at a running deadline")},
		{TaskMoney, i18n.Mark("Money for help ends in 30 days or less")},
	}
}

// markOf finds the task of a time again.
func markOf(procedureID string, i int) string {
	return "identification/" + procedureID + "/" + strconv.Itoa(i+1)
}

// ofCase is a case as far as a task needs it.
func (p *procedure) ofCase(org auth.OrgID, owner auth.AccountID) casefile.Case {
	return casefile.Case{Row: record.Row[casefile.Facts]{
		Key:   record.Key{Org: org, ID: p.Key.Case, Case: p.Key.Case, Person: p.Key.Person},
		Clear: casefile.Facts{Owner: owner},
	}}
}

// remindOf makes, moves and ends the tasks of the times that a step started, moved and ended.
func (s *Identifications) remindOf(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, p *procedure, after State, v profile.Version) error {
	for i, t := range after.Timers {
		fresh := i >= len(p.Timers)
		if !fresh && t == p.Timers[i] {
			continue
		}
		if !t.Running() {
			if err := s.cases.EndTaskIn(ctx, tx, actor, c, markOf(p.ID, i), casefile.Done); err != nil {
				return err
			}
			continue
		}
		rule, _ := v.Clock(t.Clock)
		day, _, tell := stored(rule, t)
		n := casefile.NewTask{Kind: TaskDeadline, Mark: markOf(p.ID, i), Basis: t.Version, DueOn: string(day), Deadline: t.Term.Bound != profile.Target}
		if day == "" || t.Term.Bound == profile.Minimum {
			n.DueOn = string(tell)
		}
		if t.Term.Bound == profile.Minimum {
			n.Kind, n.Deadline = TaskPassed, false
		}
		if n.DueOn == "" {
			continue // the profile says nothing for that day
		}
		if _, err := s.cases.AddTaskIn(ctx, tx, actor, c, n); err != nil {
			return err
		}
	}
	return nil
}
