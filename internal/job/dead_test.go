package job_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/job"
)

// failing returns an office whose jobs have failed for good: one of each organisation and one of the
// node, each in another way.
func failing(t testing.TB) (o office, mend func()) {
	t.Helper()
	o = open(t)
	o.Logger = slog.New(slog.NewTextHandler(o.log, nil))
	mended := false
	fail := func(with func(context.Context) error) func(context.Context, job.Job) error {
		return func(ctx context.Context, _ job.Job) error {
			if mended {
				return nil
			}
			return with(ctx)
		}
	}
	o.Handle(
		job.Duty{Kind: "test.fault", Label: "Send", Attempts: 1, Do: fail(func(context.Context) error {
			return fault.New(fault.Unavailable, "No route to %s.", canary).Wrap(errors.New(canary))
		})},
		job.Duty{Kind: "test.panic", Label: "Break", Attempts: 1, Do: fail(func(context.Context) error { panic(canary) })},
		job.Duty{Kind: "test.slow", Label: "Wait", Attempts: 1, Timeout: 1, Do: fail(func(ctx context.Context) error {
			<-ctx.Done()
			return errors.New(canary)
		})},
	)
	o.enqueue(t,
		job.Job{Kind: "test.fault", Org: string(o.a.Org), IDs: job.IDs{"partner": string(o.b.Org)}},
		job.Job{Kind: "test.panic", Org: string(o.b.Org)},
		job.Job{Kind: "test.slow"})
	stop := o.start(t)
	o.wait(t, "test.fault discarded 1", "test.panic discarded 1", "test.slow discarded 1")
	stop()
	return o, func() { mended = true }
}

func (o office) dead(t testing.TB, actor auth.Actor) (all []job.Dead, words string) {
	t.Helper()
	all, err := o.Dead(t.Context(), actor)
	if err != nil {
		t.Fatal(fault.Cause(err))
	}
	var kinds []string
	for _, d := range all {
		kinds = append(kinds, fmt.Sprintf("%s/%s/%v/%d", d.Label, d.Failure, d.Node, d.Attempts))
	}
	return all, strings.Join(kinds, " ")
}

// TestDeadLettersStayApart shows each administrator the jobs of its organisation and of the node, and
// nothing of what went wrong but its kind.
func TestDeadLettersStayApart(t *testing.T) {
	o, _ := failing(t)
	for _, tt := range []struct {
		name  string
		actor auth.Actor
		want  []string
	}{
		{"the one", o.a, []string{"Send/unavailable/false/1", "Wait/timeout/true/1"}},
		{"the other", o.b, []string{"Break/panic/false/1", "Wait/timeout/true/1"}},
	} {
		all, words := o.dead(t, tt.actor)
		if len(all) != len(tt.want) {
			t.Errorf("%s sees %s", tt.name, words)
		}
		for _, want := range tt.want {
			if !strings.Contains(words, want) {
				t.Errorf("%s sees %s, want %s among it", tt.name, words, want)
			}
		}
	}
	for _, role := range auth.Roles() {
		actor := o.a
		actor.Roles = []auth.Role{role}
		_, err := o.Dead(t.Context(), actor)
		if may := role == auth.Administrator; (err == nil) != may || !may && fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", role, err)
		}
	}
	if text := o.everything(t); strings.Contains(text, canary) {
		t.Errorf("the queue keeps what went wrong: %s", text)
	}
	// The log holds causes, but never the value of a panic.
	if text := o.log.String(); strings.Count(text, "a job failed") != 2 || strings.Count(text, "a job panicked") != 1 || strings.Contains(text, "panic: "+canary) {
		t.Errorf("the log says %s", text)
	}
}

// everything returns the text of all that the queue stores.
func (o office) everything(t testing.TB) string {
	t.Helper()
	var all strings.Builder
	err := o.d.Read(t.Context(), func(tx *db.Tx) error {
		for _, q := range []string{
			"SELECT id, kind, args, errors, metadata, tags, attempted_by FROM river_job",
			"SELECT id, topic, payload, '', '', '', '' FROM river_notification",
		} {
			rows, err := tx.Query(t.Context(), q)
			if err != nil {
				return err
			}
			for rows.Next() {
				values := make([]any, 7)
				into := make([]any, 7)
				for i := range values {
					into[i] = &values[i]
				}
				if err := rows.Scan(into...); err != nil {
					return err
				}
				for _, v := range values {
					fmt.Fprintf(&all, "%s ", v)
				}
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(fault.Cause(err))
	}
	return all.String()
}

// TestTryAgainAndGiveUp decides about dead jobs, as somebody who may and as others.
func TestTryAgainAndGiveUp(t *testing.T) {
	o, mend := failing(t)
	mend()
	mine := o.ref(t, o.a, "test.fault")
	theirs := o.ref(t, o.b, "test.panic")
	node := o.ref(t, o.b, "test.slow")
	analyst := o.a
	analyst.Roles = []auth.Role{auth.Analyst}
	for name, act := range map[string]func(context.Context, auth.Actor, string) error{"again": o.TryAgain, "up": o.GiveUp} {
		for _, refused := range []struct {
			actor auth.Actor
			ref   string
		}{{o.a, theirs}, {o.b, mine}, {analyst, mine}, {o.a, ""}, {o.a, canary}} {
			if err := act(t.Context(), refused.actor, refused.ref); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for _, err := range []error{
		o.TryAgain(t.Context(), o.a, mine), o.GiveUp(t.Context(), o.b, theirs), o.TryAgain(t.Context(), o.a, node),
	} {
		if err != nil {
			t.Error(fault.Cause(err))
		}
	}
	if err := o.GiveUp(t.Context(), o.a, mine); fault.KindOf(err) != fault.NotFound {
		t.Errorf("what waits again was given up: %v", err)
	}
	o.start(t)
	o.wait(t, "test.fault completed 2", "test.slow completed 2")
}

func (o office) ref(t testing.TB, actor auth.Actor, k job.Kind) string {
	t.Helper()
	all, words := o.dead(t, actor)
	for _, d := range all {
		if d.Kind == k {
			return d.Ref
		}
	}
	t.Fatalf("no %s among %s", k, words)
	return ""
}

// TestForget removes what names a person, waiting, done, dead and running, and nothing else.
func TestForget(t *testing.T) {
	o := open(t)
	began, end := make(chan struct{}), make(chan struct{})
	o.Handle(
		job.Duty{Kind: "test.do", Label: "Test", Do: func(context.Context, job.Job) error { return nil }},
		job.Duty{Kind: "test.fail", Label: "Test", Attempts: 1, Do: func(context.Context, job.Job) error { return errors.New("x") }},
		job.Duty{Kind: "test.run", Label: "Test", Do: func(context.Context, job.Job) error { close(began); <-end; return nil }})
	person, other, org := db.NewID(), db.NewID(), string(o.a.Org)
	ids := job.IDs{"person": person}
	o.enqueue(t,
		job.Job{Kind: "test.do", Org: org, IDs: ids},
		job.Job{Kind: "test.fail", Org: org, IDs: ids},
		job.Job{Kind: "test.do", Org: org, IDs: job.IDs{"person": other}},
		job.Job{Kind: "test.do", Org: string(o.b.Org), IDs: ids})
	stop := o.start(t)
	o.wait(t, "test.do completed 1", "test.fail discarded 1", "test.do completed 1", "test.do completed 1")
	o.enqueue(t,
		job.Job{Kind: "test.run", Org: org, IDs: job.IDs{"elder": other, "child": person}},
		job.Job{Kind: "test.later", Org: org, IDs: ids})
	<-began
	err := o.d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error { return o.Forget(t.Context(), tx, org, person) })
	if err != nil {
		t.Fatal(fault.Cause(err))
	}
	o.wait(t, "test.do completed 1", "test.do completed 1")
	close(end)
	o.enqueue(t, job.Job{Kind: "test.do", Org: org}) // the queue goes on
	o.wait(t, "test.do completed 1", "test.do completed 1", "test.do completed 1")
	stop()
	if text := o.everything(t); strings.Count(text, person) == 0 || strings.Contains(text, org+" "+person) {
		t.Errorf("left %s", text)
	}
}
