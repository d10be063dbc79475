package casefile_test

import (
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// Whoever was taken off a case sees nothing of it in their work: no number, no task and no draft. What they had
// to do there is not lost: it goes to whoever holds the case.
func TestWhoWasTakenOffSeesNoWork(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	worker, mate := d.staff("worker", auth.SupportWorker), d.staff("mate", auth.SupportWorker)
	c := d.open(worker, "Wren")
	d.must(d.AddWorker(ctx, worker, c.ID(), auth.Holder{Account: mate.Account}))
	_, err := d.AddTask(ctx, worker, c.ID(), casefile.NewTask{Kind: "do", DueOn: "2026-03-02", Holder: auth.Holder{Account: mate.Account}})
	d.must(err)
	d.must(d.KeepDraft(ctx, mate, c.ID(), casefile.Draft{Form: "note", Fields: map[string]private.Text{"text": private.New("half")}}))
	work := func(who auth.Actor, tasks, drafts int) {
		t.Helper()
		w, err := d.Work(ctx, who)
		d.must(err)
		if len(w.Tasks) != tasks || len(w.Drafts) != drafts || len(w.New) != 0 && tasks == 0 {
			t.Errorf("%s sees %d tasks, %d drafts, %d new; want %d, %d", who.Account, len(w.Tasks), len(w.Drafts), len(w.New), tasks, drafts)
		}
	}
	work(mate, 1, 1)
	work(worker, 0, 0)
	d.must(d.RemoveWorker(ctx, worker, c.ID(), auth.Holder{Account: mate.Account}))
	work(mate, 0, 0)
	work(worker, 1, 0)
}

// A task is not shown to somebody whom another room took off the case, either.
func TestWhoWasUnassignedSeesNoWork(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	worker, mate, chief := d.staff("worker", auth.SupportWorker), d.staff("mate", auth.SupportWorker), d.staff("chief", auth.Supervisor)
	c := d.open(worker, "Wren")
	d.must(d.AddWorker(ctx, worker, c.ID(), auth.Holder{Account: mate.Account}))
	_, err := d.AddTask(ctx, worker, c.ID(), casefile.NewTask{Kind: "do", Holder: auth.Holder{Account: mate.Account}})
	d.must(err)
	d.must(d.accounts.Unassign(ctx, chief, string(c.ID()), auth.Holder{Account: mate.Account}))
	if w, err := d.Work(ctx, mate); err != nil || len(w.Tasks) != 0 {
		t.Errorf("%d tasks, %v", len(w.Tasks), err)
	}
}

// A counsellor who is taken off the case, however that is done, reads nothing more of what was said there in
// counselling, also when a team of theirs goes on with the case or they answer for the service.
func TestCounselEndsWithTheCase(t *testing.T) {
	for name, off := range map[string]func(d *desk, worker, chief auth.Actor, c casefile.Case, team auth.TeamID) error{
		"handed over": func(d *desk, worker, _ auth.Actor, c casefile.Case, team auth.TeamID) error {
			return d.HandOver(d.t.Context(), worker, c.ID(), auth.Holder{Team: team}, false)
		},
		"unassigned": func(d *desk, worker, chief auth.Actor, c casefile.Case, team auth.TeamID) error {
			d.must(d.AddWorker(d.t.Context(), worker, c.ID(), auth.Holder{Team: team}))
			return d.accounts.Unassign(d.t.Context(), chief, string(c.ID()), auth.Holder{Account: worker.Account})
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			ctx := t.Context()
			worker, mate, chief := d.staff("worker", auth.SupportWorker), d.staff("mate", auth.SupportWorker), d.staff("chief", auth.Supervisor)
			team, err := d.accounts.FormTeam(ctx, chief, "Invented Team")
			d.must(err)
			d.must(d.accounts.Join(ctx, chief, team, worker.Account))
			c := d.open(worker, "Wren")
			d.must(d.AddWorker(ctx, worker, c.ID(), auth.Holder{Account: mate.Account}))
			_, err = d.Write(ctx, mate, c.ID(), casefile.Draught{Kind: casefile.Privileged, Sight: casefile.ForCase, Text: private.New("invented words")})
			d.must(err)
			d.must(d.SetCounsel(ctx, chief, c.ID(), worker.Account, true))
			if all, err := d.Notes(ctx, worker, c.ID()); err != nil || len(all) != 1 {
				t.Fatalf("a counsellor sees %d notes, %v", len(all), err)
			}
			d.must(off(d, worker, chief, c, team))
			if all, err := d.Notes(ctx, worker, c.ID()); err != nil || len(all) != 0 {
				t.Errorf("taken off, a counsellor sees %d notes, %v", len(all), err)
			}
			if all, err := d.Counsellors(ctx, chief, c.ID()); err != nil || len(all) != 0 {
				t.Errorf("counsellors: %v, %v", all, err)
			}
		})
	}
}
