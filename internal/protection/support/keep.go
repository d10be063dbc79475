package support

import (
	"context"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// Seen is what the writer saw: the item, "" for a new one, and its version. Key makes a form that is
// sent twice work once.
type Seen struct {
	ID      string
	Version int64
	Key     record.SubmissionKey
}

// find returns the row of an item, by its slot or by its identifier.
func (d *desk) find(ctx context.Context, p Part, slot, id string) (record.Row[facts], bool, error) {
	by, value := "slot", slot
	if slot == "" {
		by, value = "id", id
	}
	found, err := items.Find(ctx, d.tx, "WHERE org_id = $1 AND case_id = $2 AND part = $3 AND "+by+" = $4",
		string(d.actor.Org), d.c.Row.ID, string(p), value)
	if err != nil || len(found) == 0 {
		return record.Row[facts]{}, false, err
	}
	return found[0], true, nil
}

// put writes a thing down, in place of what stood there in the version that the writer saw.
func (d *desk) put(ctx context.Context, seen Seen, x thing) (record.Row[facts], error) {
	none := record.Row[facts]{}
	if err := x.check(d.today); err != nil {
		return none, err
	}
	row, there, err := d.find(ctx, x.part(), x.slot(), seen.ID)
	switch {
	case err != nil:
		return none, err
	case !there && seen.ID != "":
		return none, missing()
	case there && row.Version != seen.Version:
		return none, stale()
	}
	from := row.Clear.State
	row.Clear.Part, row.Clear.Slot = x.part(), x.slot()
	x.clear(&row.Clear)
	if ok := there && becomes(x.part(), from, row.Clear.State) || !there && begins(x.part(), row.Clear.State); !ok {
		return none, fault.New(fault.Conflict, "This cannot follow what was there before.").WithField("state", "Choose what it is now.")
	}
	if err := d.belongs(ctx, row.Clear.Ref, x.part()); err != nil {
		return none, err
	}
	a := act(d.actor, "support."+string(x.part()), map[string]string{"state": row.Clear.State})
	if there {
		return items.Update(ctx, d.tx, d.vault, a, row, x.docs()...)
	}
	row.Key = d.c.Child()
	row.ID = db.NewID()
	if row.Clear.Slot == "" {
		row.Clear.Slot = row.ID
	}
	return items.Insert(ctx, d.tx, d.vault, a, row, x.docs()...)
}

// belongs refuses an item that refers to something that is not of this case.
func (d *desk) belongs(ctx context.Context, ref string, p Part) error {
	if ref == "" {
		return nil
	}
	to := OfNeed
	if p == OfAction {
		to = OfGoal
	}
	if _, there, err := d.find(ctx, to, "", ref); err != nil || !there {
		return fault.New(fault.Invalid, "This was not written down.").WithField("ref", "Choose what it belongs to.").Wrap(err)
	}
	return nil
}

// keep is put in a transaction of its own, with what follows from it.
func (s *Supports) keep(ctx context.Context, actor auth.Actor, id casefile.ID, seen Seen, x thing, then func(*desk, record.Row[facts]) error) (item string, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := casefile.Load(ctx, tx, actor, id, auth.WorkCases); err != nil {
			return err
		}
		item, _, err = record.Once(ctx, tx, actor, seen.Key, func() (kept string, err error) {
			err = s.on(ctx, tx, actor, id, func(d *desk) error {
				row, err := d.put(ctx, seen, x)
				kept = row.ID
				if err != nil || then == nil {
					return err
				}
				return then(d, row)
			})
			return kept, err
		})
		return err
	})
	return item, err
}

// KeepAtOnce writes down what is needed at once.
func (s *Supports) KeepAtOnce(ctx context.Context, actor auth.Actor, id casefile.ID, seen Seen, a AtOnce) error {
	_, err := s.keep(ctx, actor, id, seen.single(), a, nil)
	return err
}

// single leaves out the identifier: there is only one of it.
func (s Seen) single() Seen { s.ID = ""; return s }

// KeepSafety writes the safety plan down. Its review waits in the list of work.
func (s *Supports) KeepSafety(ctx context.Context, actor auth.Actor, id casefile.ID, seen Seen, p Safety) error {
	_, err := s.keep(ctx, actor, id, seen.single(), p, func(d *desk, row record.Row[facts]) error {
		return d.remind(ctx, "support.safety", "support/safety/"+month(int(row.Version)), p.ReviewOn, "support/safety/"+month(int(row.Version-1)))
	})
	return err
}

// remind makes a task for a date, and ends the one that it replaces.
func (d *desk) remind(ctx context.Context, kind, mark, on, before string) error {
	if err := d.cases.EndTaskIn(ctx, d.tx, d.actor, d.c, before, casefile.Done); err != nil || on == "" {
		return err
	}
	_, err := d.cases.AddTaskIn(ctx, d.tx, d.actor, d.c, casefile.NewTask{Kind: kind, Mark: mark, DueOn: on})
	return err
}

// KeepRisk writes down how great dangers are. A domain that is left out stays as it was. What waited for
// a new look is done, and the next look waits for the first day on which an assessment ends.
func (s *Supports) KeepRisk(ctx context.Context, actor auth.Actor, id casefile.ID, seen Seen, with Risks) error {
	before, v, err := s.risks(ctx, actor, id)
	if err != nil {
		return err
	}
	if v != seen.Version {
		return stale()
	}
	_, err = s.keep(ctx, actor, id, seen.single(), &assessed{before: before, with: with, by: actor.Account}, func(d *desk, row record.Row[facts]) error {
		return d.remind(ctx, "support.risk", riskMark(row.Version), row.Clear.DueOn, riskMark(row.Version-1))
	})
	return err
}

// assessed is dangers as they are put together once the day is known.
type assessed struct {
	before, with, all Risks
	by                auth.AccountID
	today             string
}

func (*assessed) part() Part   { return OfRisk }
func (*assessed) slot() string { return "one" }

func (a *assessed) check(today string) error {
	a.today, a.all = today, a.before.take(a.with, a.by, today)
	return a.with.check(today)
}

func (a *assessed) clear(f *facts)     { f.DueOn = a.all.Review(a.today) }
func (a *assessed) docs() []record.Doc { return []record.Doc{sensitive(a.all)} }

// risks opens the dangers as they are, with their version.
func (s *Supports) risks(ctx context.Context, actor auth.Actor, id casefile.ID) (r Risks, version int64, err error) {
	var (
		c casefile.Case
		g record.Reading
	)
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if c, err = casefile.Load(ctx, tx, actor, id, auth.WorkCases); err != nil {
			return err
		}
		d := &desk{Supports: s, tx: tx, actor: actor, c: c}
		row, there, err := d.find(ctx, OfRisk, "one", "")
		g, version = record.Reading{}, row.Version
		if there {
			row.Want(&g, sensitiveClass, &r)
		}
		return err
	})
	if err != nil {
		return r, 0, err
	}
	return r, version, g.Open(ctx, s.vault, actor, c.Why(purpose))
}

// KeepNeed, KeepGoal and KeepService write one thing of a list down and return its identifier.
func (s *Supports) KeepNeed(ctx context.Context, actor auth.Actor, id casefile.ID, seen Seen, n Need) (string, error) {
	return s.keep(ctx, actor, id, seen, n, nil)
}

// KeepGoal writes a goal down.
func (s *Supports) KeepGoal(ctx context.Context, actor auth.Actor, id casefile.ID, seen Seen, g Goal) (string, error) {
	return s.keep(ctx, actor, id, seen, g, nil)
}

// KeepService writes down what became of a service.
func (s *Supports) KeepService(ctx context.Context, actor auth.Actor, id casefile.ID, seen Seen, x Service) (string, error) {
	return s.keep(ctx, actor, id, seen, x, nil)
}

// KeepMeasure writes a rating down. Rating the same wave again by the same rater replaces it.
func (s *Supports) KeepMeasure(ctx context.Context, actor auth.Actor, id casefile.ID, seen Seen, m Measure) error {
	_, err := s.keep(ctx, actor, id, seen.single(), m, nil)
	return err
}

// KeepAction writes a step down. What a worker is to do waits in that worker's list of work until the
// step is done or dropped.
func (s *Supports) KeepAction(ctx context.Context, actor auth.Actor, id casefile.ID, seen Seen, a Action) (string, error) {
	return s.keep(ctx, actor, id, seen, a, func(d *desk, row record.Row[facts]) error { return d.task(ctx, row, a) })
}

func (d *desk) task(ctx context.Context, row record.Row[facts], a Action) error {
	// A step that is taken up again is a new task: one that has ended stays as it is.
	mark := func(version int64) string { return "support/action/" + row.ID + "/" + month(int(version)) }
	for v := int64(1); v < row.Version; v++ {
		as := casefile.Dropped
		if a.State == "done" {
			as = casefile.Done
		}
		if err := d.cases.EndTaskIn(ctx, d.tx, d.actor, d.c, mark(v), as); err != nil {
			return err
		}
	}
	if a.Who != "worker" || a.State != "to-do" && a.State != "doing" {
		return nil
	}
	if err := d.mayHold(ctx, a.Holder); err != nil {
		return err
	}
	_, err := d.cases.AddTaskIn(ctx, d.tx, d.actor, d.c, casefile.NewTask{
		Kind: "support.action", Mark: mark(row.Version), DueOn: a.DueOn, Holder: auth.Holder{Account: a.Holder}, Text: a.Words,
	})
	return err
}

// mayHold refuses to give a step to somebody who could not do it. One who is kept from the person is
// refused in the same words.
func (d *desk) mayHold(ctx context.Context, holder auth.AccountID) error {
	if holder == "" {
		return nil
	}
	workers, err := auth.Holders(ctx, d.tx, d.actor.Org, auth.WorkCases)
	if err != nil {
		return err
	}
	out, err := auth.Excluded(ctx, d.tx, d.actor.Org, d.c.Row.ID, holder)
	if err != nil {
		return err
	}
	if out || !slices.Contains(workers, holder) {
		return fault.New(fault.Invalid, "The step was not written down.").WithField("who", "Choose somebody who works on cases.")
	}
	return nil
}

func followMark(slot string) string { return "support/follow/" + slot }

// PlanFollow plans to ask the person how things are, after a number of months each. Times that are
// written down already stay as they are.
func (s *Supports) PlanFollow(ctx context.Context, actor auth.Actor, id casefile.ID, from string, months []int, way private.Text) error {
	if !isDay(from) || len(months) == 0 || len(months) > 12 {
		return fault.New(fault.Invalid, "Nothing was planned.").WithField("months", "Choose from when on, and after how many months.")
	}
	return s.at(ctx, actor, id, func(d *desk) error {
		planned := 0
		for _, f := range Schedule(from, months) {
			f.Way = way
			made, err := d.plan(ctx, f)
			if err != nil {
				return err
			}
			planned += made
		}
		if planned == 0 {
			return fault.New(fault.Conflict, "All of these are written down already.")
		}
		return nil
	})
}

// plan writes one time down unless it is there.
func (d *desk) plan(ctx context.Context, f Follow) (made int, err error) {
	if _, there, err := d.find(ctx, OfFollow, f.slot(), ""); err != nil || there {
		return 0, err
	}
	row, err := d.put(ctx, Seen{}, f)
	if err != nil {
		return 0, err
	}
	return 1, d.due(ctx, row, f)
}

// KeepFollow writes down what came of asking. Signs of being exploited again raise the flag of its own.
func (s *Supports) KeepFollow(ctx context.Context, actor auth.Actor, id casefile.ID, seen Seen, f Follow) error {
	_, err := s.keep(ctx, actor, id, seen.single(), f, func(d *desk, row record.Row[facts]) error {
		if err := d.due(ctx, row, f); err != nil {
			return err
		}
		if signs, ok := f.Signs.Get(); ok && signs {
			return d.again(ctx, Sign{There: true})
		}
		return nil
	})
	return err
}

// due keeps the task of a follow-up in step with it.
func (d *desk) due(ctx context.Context, row record.Row[facts], f Follow) error {
	switch f.State {
	case "planned":
		_, err := d.cases.AddTaskIn(ctx, d.tx, d.actor, d.c, casefile.NewTask{Kind: "support.follow-up", Mark: followMark(row.Clear.Slot), DueOn: f.DueOn})
		return err
	case "reached":
		return d.cases.EndTaskIn(ctx, d.tx, d.actor, d.c, followMark(row.Clear.Slot), casefile.Done)
	}
	return d.cases.EndTaskIn(ctx, d.tx, d.actor, d.c, followMark(row.Clear.Slot), casefile.Dropped)
}

// RefuseFollow notes that the person does not want to be asked any more: every planned time is dropped.
func (s *Supports) RefuseFollow(ctx context.Context, actor auth.Actor, id casefile.ID) error {
	return s.at(ctx, actor, id, func(d *desk) error {
		a := act(actor, "support.follow.refuse", nil)
		if err := record.Note(ctx, d.tx, s.vault, a, d.course.Key, courses.Name); err != nil {
			return err
		}
		return d.hush(ctx)
	})
}
