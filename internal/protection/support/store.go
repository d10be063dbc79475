package support

import (
	"context"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Supports is the store of support of a node. It is safe for concurrent use.
type Supports struct {
	db    *db.DB
	vault *vault.Vault
	cases *casefile.Cases
}

// On returns the store of a node. What the vault checks and erases goes here too.
func On(d *db.DB, v *vault.Vault, cases *casefile.Cases) *Supports {
	courses.Guard(v)
	items.Guard(v)
	return &Supports{db: d, vault: v, cases: cases}
}

// course is the clear columns of support as a whole.
type course struct {
	Stage Stage
	Ended Ended
	Since int64 // microseconds
	Again bool
}

var courses = record.Table[course]{
	Name:   "protection_support",
	Clear:  []string{"stage", "ended", "since", "again"},
	Fields: func(c *course) []any { return []any{&c.Stage, &c.Ended, &c.Since, &c.Again} },
}

var items = record.Table[facts]{
	Name:   "protection_support_item",
	Sealed: []record.Column{{Name: "sensitive", Class: vault.Sensitive}, {Name: "location", Class: vault.ProtectedLocation}},
	Clear:  []string{"part", "slot", "state", "ref", "due_on"},
	Fields: func(f *facts) []any { return []any{&f.Part, &f.Slot, &f.State, &f.Ref, &f.DueOn} },
}

func missing() error { return fault.New(fault.NotFound, "This does not exist.") }

func stale() error {
	return fault.New(fault.Stale, "Somebody else has changed this meanwhile. Nothing was overwritten.").
		WithHint("Compare what you wrote with what is there now, then save again.")
}

func act(actor auth.Actor, name string, detail map[string]string) record.Act {
	return record.Act{Actor: actor, Name: name, Detail: detail}
}

// today returns the civil day of an organisation.
func today(ctx context.Context, tx *db.Tx, org auth.OrgID) (string, error) {
	var name string
	if err := tx.QueryRow(ctx, "SELECT zone FROM org WHERE id = $1", string(org)).Scan(&name); err != nil {
		return "", err
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return "", err
	}
	return tx.Now().In(zone).Format(time.DateOnly), nil
}

// desk is a locked case with its support, within a transaction.
type desk struct {
	*Supports
	tx     *db.Tx
	actor  auth.Actor
	c      casefile.Case
	course record.Row[course]
	today  string
}

// at runs fn on a locked case. Support begins with the first thing that is written down.
func (s *Supports) at(ctx context.Context, actor auth.Actor, id casefile.ID, fn func(d *desk) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return s.on(ctx, tx, actor, id, fn) })
}

func (s *Supports) on(ctx context.Context, tx *db.Tx, actor auth.Actor, id casefile.ID, fn func(d *desk) error) error {
	c, err := casefile.Lock(ctx, tx, actor, id, auth.WorkCases)
	if err != nil {
		return err
	}
	d, err := s.desk(ctx, tx, actor, c)
	if err != nil {
		return err
	}
	return fn(d)
}

func (s *Supports) desk(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case) (*desk, error) {
	d := &desk{Supports: s, tx: tx, actor: actor, c: c}
	var err error
	if d.today, err = today(ctx, tx, actor.Org); err != nil {
		return nil, err
	}
	found, err := courses.OfCase(ctx, tx, actor.Org, string(c.ID()))
	if err != nil {
		return nil, err
	}
	if len(found) > 0 {
		d.course = found[0]
		return d, nil
	}
	row := record.Row[course]{Key: c.Child(), Clear: course{Stage: Opened, Since: tx.NowMicros()}}
	row.ID = string(c.ID())
	d.course, err = courses.Insert(ctx, tx, s.vault, act(actor, "support.begin", nil), row)
	return d, err
}

// state is what the rule of the stages looks at: what support itself has, and nothing else.
func (d *desk) state(ctx context.Context) (State, error) {
	st := State{Stage: d.course.Clear.Stage, Ended: d.course.Clear.Ended}
	err := d.tx.QueryRow(ctx, `SELECT count(*) FROM protection_support_item
		WHERE org_id = $1 AND case_id = $2 AND part = 'goal' AND state IN ('agreed', 'met')`, string(d.actor.Org), d.c.Row.ID).Scan(&st.Agreed)
	return st, err
}

// Move moves support to another stage. version is that of the support that the actor saw; 0 when nothing
// had begun. When nobody is to be contacted any more, follow-ups that are planned are dropped.
func (s *Supports) Move(ctx context.Context, actor auth.Actor, id casefile.ID, version int64, to Stage, why Ended) error {
	return s.at(ctx, actor, id, func(d *desk) error {
		st, err := d.state(ctx)
		if err != nil {
			return err
		}
		next, err := Next(st, to, why)
		if err != nil {
			return err
		}
		if version != 0 && version != d.course.Version {
			return stale()
		}
		d.course.Clear.Stage, d.course.Clear.Ended, d.course.Clear.Since = next.Stage, next.Ended, d.tx.NowMicros()
		detail := map[string]string{"from": string(st.Stage), "to": string(to), "reason": string(next.Ended)}
		if d.course, err = courses.Update(ctx, d.tx, s.vault, act(actor, "support.move", detail), d.course); err != nil {
			return err
		}
		if next.Ended.silent() {
			return d.hush(ctx)
		}
		return nil
	})
}

// hush ends whatever would contact the person.
func (d *desk) hush(ctx context.Context) error {
	planned, err := items.Find(ctx, d.tx, "WHERE org_id = $1 AND case_id = $2 AND part = 'follow' AND state = 'planned' ORDER BY id",
		string(d.actor.Org), d.c.Row.ID)
	for _, row := range planned {
		row.Clear.State = "refused"
		if _, err = items.Update(ctx, d.tx, d.vault, act(d.actor, "support.follow.end", nil), row); err != nil {
			return err
		}
		if err = d.cases.EndTaskIn(ctx, d.tx, d.actor, d.c, followMark(row.Clear.Slot), casefile.Dropped); err != nil {
			return err
		}
	}
	return err
}

// Sign is that there are signs that the person is being exploited again, or that there are none any more.
type Sign struct {
	There bool
	// Earlier is a case of the time before, to which this one is linked; "" for none.
	Earlier casefile.ID
	Words   private.Text // what was seen or heard, sealed; it may be empty
}

// Again notes a sign. It is a flag of its own: the stage stays. Each sign asks for a new look at the dangers, and plans to ask
// the person how things are within [AskSoon] days, unless they want to be asked no more.
func (s *Supports) Again(ctx context.Context, actor auth.Actor, id casefile.ID, sign Sign) error {
	if err := orNil(short(fault.New(fault.Invalid, "This was not noted."), "sign", sign.Words, maxWords)); err != nil {
		return err
	}
	return s.at(ctx, actor, id, func(d *desk) error {
		if !sign.There && !d.course.Clear.Again && sign.Earlier == "" {
			return fault.New(fault.Conflict, "This is noted already.")
		}
		a := act(actor, "support.again", map[string]string{"other": string(sign.Earlier)})
		if err := record.Note(ctx, d.tx, s.vault, a, d.course.Key, courses.Name); err != nil {
			return err
		}
		return d.again(ctx, sign)
	})
}

func (d *desk) again(ctx context.Context, sign Sign) error {
	if sign.Earlier != "" {
		other, err := casefile.Load(ctx, d.tx, d.actor, sign.Earlier, auth.ReadCases)
		if err != nil {
			return err
		}
		if _, err = d.cases.LinkIn(ctx, d.tx, d.actor, d.c, other, casefile.Returned); err != nil {
			return err
		}
	}
	if d.course.Clear.Again != sign.There {
		d.course.Clear.Again = sign.There
		var err error
		if d.course, err = courses.Update(ctx, d.tx, d.vault, act(d.actor, "support.again", nil), d.course); err != nil {
			return err
		}
	}
	if !sign.There {
		return nil
	}
	if err := d.askSoon(ctx, sign.Words); err != nil {
		return err
	}
	return d.look(ctx, signs)
}

// askSoon plans to ask the person within [AskSoon] days. What was seen is written down also when the person is not to be
// asked; a second sign of a day of which nobody says more adds nothing.
func (d *desk) askSoon(ctx context.Context, words private.Text) error {
	quiet, err := d.quiet(ctx)
	if err != nil {
		return err
	}
	f := Follow{Sign: d.today, DueOn: addDays(d.today, AskSoon), State: "planned", Seen: words}
	if quiet {
		f.State, f.DueOn = "refused", ""
	}
	row, there, err := d.find(ctx, OfFollow, f.slot(), "")
	if err != nil || there && words.IsZero() && row.Clear.State == f.State {
		return err
	}
	for n := 2; there; n++ { // another sign of the same day
		f.Nth = n
		if row, there, err = d.find(ctx, OfFollow, f.slot(), ""); err != nil {
			return err
		}
	}
	if row, err = d.put(ctx, Seen{}, f); err != nil {
		return err
	}
	return d.due(ctx, row, f)
}

// quiet reports whether nobody is asked: the person said so, and nothing was planned with them since; or support has ended in
// a way after which nobody is contacted.
func (d *desk) quiet(ctx context.Context) (bool, error) {
	if d.course.Clear.Stage == Closed && (d.course.Clear.Ended == Deceased || d.course.Clear.Ended == Duplicate) {
		return true, nil
	}
	var refused, planned int
	err := d.tx.QueryRow(ctx, `SELECT coalesce(sum(CASE WHEN state = 'refused' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN state = 'planned' THEN 1 ELSE 0 END), 0)
		FROM protection_support_item WHERE org_id = $1 AND case_id = $2 AND part = 'follow'`, string(d.actor.Org), d.c.Row.ID).Scan(&refused, &planned)
	return refused > 0 && planned == 0, err
}

// Trigger notes that something happened after which the dangers are looked at again: it makes a task for
// today, or moves the one that waits. That there are signs of being exploited again is noted as by [Supports.Again].
func (s *Supports) Trigger(ctx context.Context, actor auth.Actor, id casefile.ID, trigger string) error {
	if !known(Triggers(), trigger) {
		return fault.New(fault.Invalid, "This was not noted.").WithField("trigger", "Choose what happened.")
	}
	return s.at(ctx, actor, id, func(d *desk) error { return d.trigger(ctx, trigger) })
}

// TriggerIn is Trigger in a transaction of another package of the room, which has locked the case.
func (s *Supports) TriggerIn(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, trigger string) error {
	d, err := s.desk(ctx, tx, actor, c)
	if err != nil {
		return err
	}
	return d.trigger(ctx, trigger)
}

func (d *desk) trigger(ctx context.Context, trigger string) error {
	if trigger == signs {
		return d.again(ctx, Sign{There: true})
	}
	return d.look(ctx, trigger)
}

// riskMark is by which the task of looking at dangers is found again. Each look ends it, so the next one
// has a number of its own.
func riskMark(version int64) string { return "support/risk/" + month(int(version)) }

func (d *desk) look(ctx context.Context, trigger string) error {
	a := act(d.actor, "support.trigger", map[string]string{"trigger": trigger})
	if err := record.Note(ctx, d.tx, d.vault, a, d.course.Key, courses.Name); err != nil {
		return err
	}
	row, _, err := d.find(ctx, OfRisk, "one", "")
	if err != nil {
		return err
	}
	// A look that is late stays late.
	var due string
	err = d.tx.QueryRow(ctx, "SELECT coalesce(min(due_on), '') FROM protection_task WHERE org_id = $1 AND case_id = $2 AND mark = $3 AND state = 'open'",
		string(d.actor.Org), d.c.Row.ID, riskMark(row.Version)).Scan(&due)
	if err != nil {
		return err
	}
	if due == "" || due > d.today {
		due = d.today
	}
	_, err = d.cases.AddTaskIn(ctx, d.tx, d.actor, d.c, casefile.NewTask{
		Kind: "support.risk", Mark: riskMark(row.Version), DueOn: due, Text: private.New(Label(Triggers(), trigger)),
	})
	return err
}
