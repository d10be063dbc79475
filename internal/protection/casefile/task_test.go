package casefile_test

import (
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// A room that makes its task again finds it and moves its date; one that has ended stays ended.
func TestTaskWithAMark(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	worker := d.staff("worker", auth.SupportWorker)
	c := d.open(worker, "Wren")
	add := func(due string) (task casefile.Task) {
		t.Helper()
		d.must(d.db.WriteUnaudited(ctx, "the third time there is nothing to enter", func(tx *db.Tx) error {
			locked, err := casefile.Lock(ctx, tx, worker, c.ID(), auth.WorkCases)
			if err != nil {
				return err
			}
			task, err = d.AddTaskIn(ctx, tx, worker, locked, casefile.NewTask{Kind: "birthday", Mark: "birthday/6m", Basis: "us/2024", Deadline: true, DueOn: due})
			return err
		}))
		return task
	}
	first := add("2026-09-01")
	if moved := add("2026-10-01"); moved.ID != first.ID || moved.Due() != "2026-10-01" || moved.Version != 2 {
		t.Errorf("made again: %+v", moved)
	}
	d.must(d.EndTask(ctx, worker, c.ID(), first.ID, casefile.Done))
	d.kind("ended twice", d.EndTask(ctx, worker, c.ID(), first.ID, casefile.Done), fault.Conflict)
	if again := add("2026-11-01"); again.Clear.State != casefile.Done || again.Due() != "2026-10-01" {
		t.Errorf("a task that was done came back: %+v", again.Clear)
	}
	other := d.open(worker, "Finch")
	d.kind("the task of another case", d.EndTask(ctx, worker, other.ID(), first.ID, casefile.Dropped), fault.NotFound)
	for name, n := range map[string]casefile.NewTask{"no kind": {}, "no date": {Kind: "do", DueOn: "01/02/2026"}} {
		_, err := d.AddTask(ctx, worker, c.ID(), n)
		d.kind(name, err, fault.Invalid)
	}
}

// What is due comes first, by date, and goes with the case to whoever takes it.
func TestWork(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	worker, mate := d.staff("worker", auth.SupportWorker), d.staff("mate", auth.SupportWorker)
	a, b := d.open(worker, "Wren"), d.open(worker, "Finch")
	for due, c := range map[string]casefile.Case{"": a, "2026-03-03": b, "2026-03-02": a} {
		_, err := d.AddTask(ctx, worker, c.ID(), casefile.NewTask{Kind: "do", DueOn: due, Text: private.New("x")})
		d.must(err)
	}
	d.must(d.KeepDraft(ctx, worker, a.ID(), casefile.Draft{Form: "note", Fields: map[string]private.Text{"text": private.New("half")}}))
	due := func(who auth.Actor) (dates string, w casefile.Work) {
		t.Helper()
		w, err := d.Work(ctx, who)
		d.must(err)
		for _, x := range w.Tasks {
			dates += x.Of.Clear.Number[:0] + x.Due() + ";"
		}
		return dates, w
	}
	if got, w := due(worker); got != "2026-03-02;2026-03-03;;" || len(w.New) != 0 || len(w.Drafts) != 1 {
		t.Errorf("work %q, %d new, %d drafts", got, len(w.New), len(w.Drafts))
	}
	if got, _ := due(mate); got != "" {
		t.Errorf("work of somebody else: %q", got)
	}
	d.now = d.now.Add(2 * time.Hour)
	d.must(d.HandOver(ctx, worker, a.ID(), auth.Holder{Account: mate.Account}, false))
	if got, w := due(mate); got != "2026-03-02;;" || len(w.New) != 1 || w.New[0].ID() != a.ID() {
		t.Errorf("after the hand-over: %q, %d new", got, len(w.New))
	}
	d.now = d.now.Add(2 * time.Hour)
	if _, w := due(mate); len(w.New) != 0 {
		t.Error("what was seen is still new")
	}
	if got, w := due(worker); got != "2026-03-03;" || len(w.Drafts) != 0 { // the case of the draft does not exist for them now
		t.Errorf("the old holder: %q, %d drafts", got, len(w.Drafts))
	}
	d.exclude(b, worker)
	if got, _ := due(worker); got != "" {
		t.Errorf("work in a case that the actor is kept from: %q", got)
	}
}

// The states of a record go only by their rule.
func TestMark(t *testing.T) {
	worker := auth.Actor{Org: "o", Account: "a", Roles: []auth.Role{auth.SupportWorker}}
	chief := auth.Actor{Org: "o", Account: "a", Roles: []auth.Role{auth.Supervisor}}
	allowed := map[[2]casefile.State]string{
		{casefile.Active, casefile.Restricted}:    "both",
		{casefile.Restricted, casefile.Active}:    "chief",
		{casefile.Active, casefile.Sealed}:        "chief",
		{casefile.Restricted, casefile.Sealed}:    "chief",
		{casefile.Sealed, casefile.Active}:        "chief",
		{casefile.Active, casefile.Pseudonym}:     "chief",
		{casefile.Restricted, casefile.Pseudonym}: "chief",
	}
	for _, from := range casefile.States() {
		for _, to := range casefile.States() {
			who := allowed[[2]casefile.State{from, to}]
			if got := casefile.MayMark(from, to, worker); got != (who == "both") {
				t.Errorf("a worker, %s to %s: %v", from, to, got)
			}
			if got := casefile.MayMark(from, to, chief); got != (who != "") {
				t.Errorf("a chief, %s to %s: %v", from, to, got)
			}
		}
	}
	d := newDesk(t)
	boss := d.staff("chief", auth.Supervisor)
	c := d.open(boss, "Wren")
	d.must(d.Mark(t.Context(), boss, c.ID(), 1, casefile.Restricted))
	d.kind("a change of a restricted record", d.Change(t.Context(), boss, c.ID(), casefile.Edit{Version: 2}), fault.Conflict)
	err := d.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := casefile.Lock(t.Context(), tx, boss, c.ID(), auth.WorkCases, casefile.AnyState)
		if err != nil {
			return err
		}
		return errRollBack
	})
	d.kind("what never waits", err, fault.Withheld)
}
