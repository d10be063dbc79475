package casefile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// TaskState says whether a task is to be done.
type TaskState string

// The states of a task.
const (
	ToDo    TaskState = "open"
	Done    TaskState = "done"
	Dropped TaskState = "dropped" // nobody does it any more, and that is known
)

// Task is something to be done in a case. What it is about stands in clear as a code; words are sealed.
type Task struct {
	record.Row[TaskFacts]
}

// TaskFacts are what stands in clear of a task.
type TaskFacts struct {
	Kind     string // a code, such as "call-back"; rooms have codes of their own
	Mark     string // by which a room finds its own task of a case again
	Basis    string // the dated rule that sets the date, with its version; "" for none
	Deadline bool   // law or an agreement sets the date
	DueOn    string // civil date; see [Task.Due]
	DueAt    sql.Null[int64]
	Holder   string // account/… or team/…
	State    TaskState
	EndedBy  auth.AccountID
	EndedAt  sql.Null[int64]
}

// whenever stands for no date: such tasks come last.
const whenever = "9999-12-31"

// Due returns the civil date on which the task is due, or "" for none.
func (t Task) Due() string {
	if t.Clear.DueOn == whenever {
		return ""
	}
	return t.Clear.DueOn
}

var tasks = record.Table[TaskFacts]{
	Name:   "protection_task",
	Sealed: []record.Column{{Name: "personal", Class: vault.Personal}},
	Clear:  []string{"kind", "mark", "basis", "deadline", "due_on", "due_at", "holder", "state", "ended_by", "ended_at"},
	Fields: func(f *TaskFacts) []any {
		return []any{&f.Kind, &f.Mark, &f.Basis, &f.Deadline, &f.DueOn, &f.DueAt, &f.Holder, &f.State, &f.EndedBy, &f.EndedAt}
	},
}

// NewTask is a task that is to be made.
type NewTask struct {
	Kind string
	// Mark makes the task the only one of its kind in the case: a room that makes it again finds it, and
	// moves its date. "" makes a new one each time.
	Mark     string
	Basis    string
	Deadline bool
	DueOn    string    // civil date of the organisation; "" for none
	DueAt    time.Time // for a clock of hours; zero for none
	// Holder is who is to do it; zero means whoever owns the case.
	Holder auth.Holder
	Text   private.Text
	Key    record.SubmissionKey // of the form
}

var (
	kindForm = regexp.MustCompile(`^[a-z][a-z0-9.-]{1,63}$`)
	markForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9:._/-]{0,127}$`)
)

// maxWords bounds the words of a task in bytes.
const maxWords = 4000

func (n NewTask) check() error {
	f := fault.New(fault.Invalid, "The task was not made.")
	if !kindForm.MatchString(n.Kind) {
		f = f.WithField("kind", "Choose what is to be done.")
	}
	if n.Mark != "" && !markForm.MatchString(n.Mark) {
		return errors.New("casefile: the mark of a task is no identifier")
	}
	if _, err := time.Parse(time.DateOnly, n.DueOn); n.DueOn != "" && err != nil {
		f = f.WithField("due", "Write the date as 2026-12-31.")
	}
	if len(n.Text.Reveal("measure it")) > maxWords {
		f = f.WithField("text", "Use at most %d characters. Write a note for what is longer.", maxWords)
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// holderOf is how a holder is stored.
func holderOf(h auth.Holder) string {
	if h.Team != "" {
		return "team/" + string(h.Team)
	}
	if h.Account != "" {
		return "account/" + string(h.Account)
	}
	return ""
}

func (c Case) holder() string {
	return holderOf(auth.Holder{Account: c.Clear.Owner, Team: c.Clear.teamUnlessOwned()})
}

func (f Facts) teamUnlessOwned() auth.TeamID {
	if f.Owner != "" {
		return ""
	}
	return f.Team
}

// AddTask makes a task.
func (s *Cases) AddTask(ctx context.Context, actor auth.Actor, id ID, n NewTask) (task string, err error) {
	return s.once(ctx, actor, id, n.Key, func(tx *db.Tx, c Case) (string, error) {
		if n.Holder != (auth.Holder{}) {
			if err := s.mayHold(ctx, tx, actor.Org, id, n.Holder); err != nil {
				return "", err
			}
		}
		t, err := s.AddTaskIn(ctx, tx, actor, c, n)
		return t.ID, err
	})
}

// AddTaskIn is AddTask in a transaction of another package of the room, which has locked the case. A task
// with the same mark that is open gets the new date; one that has ended stays as it is.
func (s *Cases) AddTaskIn(ctx context.Context, tx *db.Tx, actor auth.Actor, c Case, n NewTask) (Task, error) {
	if err := n.check(); err != nil {
		return Task{}, err
	}
	if n.DueOn == "" {
		n.DueOn = whenever
	}
	due := sql.Null[int64]{V: n.DueAt.UnixMicro(), Valid: !n.DueAt.IsZero()}
	if n.Mark != "" {
		found, err := tasks.Find(ctx, tx, "WHERE org_id = $1 AND case_id = $2 AND mark = $3", string(c.Org), c.Row.ID, n.Mark)
		if err != nil {
			return Task{}, err
		}
		if len(found) > 0 {
			return s.moveTask(ctx, tx, actor, Task{found[0]}, n, due)
		}
	}
	row := record.Row[TaskFacts]{Key: c.Child(), Clear: TaskFacts{
		Kind: n.Kind, Mark: n.Mark, Basis: n.Basis, Deadline: n.Deadline, DueOn: n.DueOn, DueAt: due, Holder: holderOf(n.Holder), State: ToDo,
	}}
	row.ID = db.NewID()
	if row.Clear.Mark == "" {
		row.Clear.Mark = row.ID
	}
	if row.Clear.Holder == "" {
		row.Clear.Holder = c.holder()
	}
	var docs []record.Doc
	if !n.Text.IsZero() {
		docs = append(docs, record.Doc{Class: vault.Personal, Value: taskWords{n.Text}})
	}
	row, err := tasks.Insert(ctx, tx, s.vault, act(actor, "task.add", map[string]string{"kind": n.Kind, "due": n.DueOn, "basis": n.Basis}), row, docs...)
	return Task{row}, err
}

type taskWords struct {
	Text private.Text `json:"text,omitzero"`
}

// moveTask gives an open task its new date.
func (s *Cases) moveTask(ctx context.Context, tx *db.Tx, actor auth.Actor, t Task, n NewTask, due sql.Null[int64]) (Task, error) {
	same := t.Clear.DueOn == n.DueOn && t.Clear.DueAt == due && t.Clear.Basis == n.Basis
	if t.Clear.State != ToDo || same {
		return t, nil
	}
	t.Clear.DueOn, t.Clear.DueAt, t.Clear.Basis, t.Clear.Deadline = n.DueOn, due, n.Basis, n.Deadline
	row, err := tasks.Update(ctx, tx, s.vault, act(actor, "task.move", map[string]string{"kind": n.Kind, "due": n.DueOn, "basis": n.Basis}), t.Row)
	return Task{row}, err
}

// EndTask says that a task is done or dropped. A task that has ended is [fault.Conflict].
func (s *Cases) EndTask(ctx context.Context, actor auth.Actor, id ID, task string, as TaskState) error {
	return s.change(ctx, actor, id, func(tx *db.Tx, c Case) error {
		row, err := tasks.Get(ctx, tx, actor.Org, task)
		if err != nil {
			return err
		}
		if row.Case != c.Row.ID {
			return missing()
		}
		return s.endTask(ctx, tx, actor, Task{row}, as)
	})
}

// EndTaskIn ends the task with a mark, if it is open, in a transaction of another package of the room.
func (s *Cases) EndTaskIn(ctx context.Context, tx *db.Tx, actor auth.Actor, c Case, mark string, as TaskState) error {
	found, err := tasks.Find(ctx, tx, "WHERE org_id = $1 AND case_id = $2 AND mark = $3 AND state = 'open'", string(c.Org), c.Row.ID, mark)
	if err != nil || len(found) == 0 {
		return err
	}
	return s.endTask(ctx, tx, actor, Task{found[0]}, as)
}

func (s *Cases) endTask(ctx context.Context, tx *db.Tx, actor auth.Actor, t Task, as TaskState) error {
	if as != Done && as != Dropped {
		return fmt.Errorf("casefile: a task does not end as %q", as)
	}
	if t.Clear.State != ToDo {
		return fault.New(fault.Conflict, "The task has ended already.")
	}
	t.Clear.State, t.Clear.EndedBy, t.Clear.EndedAt = as, actor.Account, sql.Null[int64]{V: tx.NowMicros(), Valid: true}
	_, err := tasks.Update(ctx, tx, s.vault, act(actor, "task."+string(as), map[string]string{"kind": t.Clear.Kind}), t.Row)
	return err
}

// Tasks returns the tasks of a case: what is to be done by date, then what has ended, the latest first.
func (s *Cases) Tasks(ctx context.Context, actor auth.Actor, id ID) (all []Task, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := Load(ctx, tx, actor, id, auth.ReadCases); err != nil {
			return err
		}
		found, err := tasks.Find(ctx, tx, `WHERE org_id = $1 AND case_id = $2
			ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, due_on, id LIMIT 500`, string(actor.Org), string(id))
		all = make([]Task, len(found))
		for i, row := range found {
			all[i] = Task{row}
		}
		return err
	})
	return all, err
}

// TaskWords opens the words of tasks of one case, in their order; "" where there are none.
func (s *Cases) TaskWords(ctx context.Context, actor auth.Actor, c Case, p vault.Purpose, of []Task) ([]private.Text, error) {
	var g record.Reading
	docs := make([]taskWords, len(of))
	for i, t := range of {
		t.Want(&g, vault.Personal, &docs[i])
	}
	if err := g.Open(ctx, s.vault, actor, c.Why(p)); err != nil {
		return nil, err
	}
	texts := make([]private.Text, len(of))
	for i, d := range docs {
		texts[i] = d.Text
	}
	return texts, nil
}
