package job_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/job"
)

const canary = "Zzyzx-Quillfeather" // invented

// patience is how long a test waits for what must happen.
const patience = 2 * time.Minute

// office is a database with its queue, and the administrators of two organisations.
type office struct {
	*job.Queue
	d    *db.DB
	a, b auth.Actor
	log  *bytes.Buffer
}

func open(t testing.TB) office {
	t.Helper()
	d := dbtest.Open(t)
	administrator := func() auth.Actor {
		return auth.Actor{Org: auth.OrgID(db.NewID()), Account: auth.AccountID(db.NewID()), Roles: []auth.Role{auth.Administrator}}
	}
	return office{Queue: queue(d), d: d, a: administrator(), b: administrator(), log: new(bytes.Buffer)}
}

// queue is the queue of a database, on a machine that may be slow.
func queue(d *db.DB) *job.Queue {
	q := job.New(d)
	q.SetCancelTime(patience)
	return q
}

// enqueue stores jobs in one transaction.
func (o office) enqueue(t testing.TB, jobs ...job.Job) {
	t.Helper()
	err := o.d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
		for _, j := range jobs {
			if err := o.Enqueue(t.Context(), tx, j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(fault.Cause(err))
	}
}

// start runs the queue until stop is called or the test ends.
func (o office) start(t testing.TB) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %s", fault.Cause(err))
		}
	})
	t.Cleanup(stop)
	return stop
}

// rows returns what the queue holds: "kind state attempts" of each job, in order of arrival.
func (o office) rows(t testing.TB) []string {
	t.Helper()
	var all []string
	err := o.d.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(t.Context(), "SELECT kind, state, attempt FROM river_job ORDER BY id")
		all, err = db.Collect(rows, err, func(r *sql.Rows) (string, error) {
			var kind, state string
			var attempt int
			err := r.Scan(&kind, &state, &attempt)
			return fmt.Sprintf("%s %s %d", kind, state, attempt), err
		})
		return err
	})
	if err != nil {
		t.Fatal(fault.Cause(err))
	}
	return all
}

func (o office) wait(t testing.TB, want ...string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		got := o.rows(t)
		if slices.Equal(got, want) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("jobs %q, want %q", got, want)
		}
	}
}

func received(t testing.TB, c <-chan job.Job) job.Job {
	t.Helper()
	select {
	case j := <-c:
		return j
	case <-time.After(patience):
		t.Fatal("the job was not worked")
		return job.Job{}
	}
}

// collect is a duty that passes jobs on.
func collect(k job.Kind) (job.Duty, chan job.Job) {
	c := make(chan job.Job, 100)
	return job.Duty{Kind: k, Label: "Test", Do: func(_ context.Context, j job.Job) error { c <- j; return nil }}, c
}

// TestEnqueueHoldsIdentifiersOnly offers jobs that could say something about somebody.
func TestEnqueueHoldsIdentifiersOnly(t *testing.T) {
	o := open(t)
	id, org := db.NewID(), string(o.a.Org)
	tests := map[string]job.Job{
		"a name":                 {Kind: "test.do", Org: org, IDs: job.IDs{"person": canary}},
		"a name in capitals":     {Kind: "test.do", Org: org, IDs: job.IDs{"person": "ZZYZXQUILLFEATHER"}},
		"a name in the name":     {Kind: "test.do", Org: org, IDs: job.IDs{canary: id}},
		"a name in the kind":     {Kind: canary, Org: org},
		"a name for the org":     {Kind: "test.do", Org: canary},
		"a date":                 {Kind: "test.do", Org: org, IDs: job.IDs{"day": "1990-01-02"}},
		"a number":               {Kind: "test.do", Org: org, IDs: job.IDs{"phone": "0123456789"}},
		"an identifier and more": {Kind: "test.do", Org: org, IDs: job.IDs{"person": id + "\n"}},
		"nothing":                {Kind: "test.do", Org: org, IDs: job.IDs{"person": ""}},
	}
	for name, j := range tests {
		err := o.d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error { return o.Enqueue(t.Context(), tx, j) })
		if err == nil || strings.Contains(fmt.Sprintf("%+v", err), canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if rows := o.rows(t); len(rows) != 0 {
		t.Errorf("stored %q", rows)
	}
	o.enqueue(t, job.Job{Kind: "test.do", Org: org, IDs: job.IDs{"person": id, "second_person": db.NewID()}})
}

// TestEnqueueIsPartOfTheTransaction commits one change with a job and undoes another.
func TestEnqueueIsPartOfTheTransaction(t *testing.T) {
	o := open(t)
	undo := errors.New("undone")
	for _, want := range []error{nil, undo, nil} {
		err := o.d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
			if err := o.Enqueue(t.Context(), tx, job.Job{Kind: "test.do"}); err != nil {
				return err
			}
			var n int // the connection goes on in the transaction
			if err := tx.QueryRow(t.Context(), "SELECT count(*) FROM river_job").Scan(&n); err != nil || n == 0 {
				t.Errorf("%d jobs in the transaction (%v)", n, err)
			}
			return want
		})
		if !errors.Is(err, want) {
			t.Error(fault.Cause(err))
		}
	}
	if rows := o.rows(t); len(rows) != 2 {
		t.Errorf("stored %q, want two", rows)
	}
}

func TestWork(t *testing.T) {
	o := open(t)
	duty, done := collect("test.do")
	o.Handle(duty)
	id, org := db.NewID(), string(o.a.Org)
	o.enqueue(t,
		job.Job{Kind: "test.do", Org: org, IDs: job.IDs{"person": id}},
		job.Job{Kind: "test.do", Org: org, After: time.Now().Add(time.Hour)})
	stop := o.start(t)
	if j := received(t, done); j.Kind != "test.do" || j.Org != org || j.IDs["person"] != id {
		t.Errorf("worked %+v", j)
	}
	o.wait(t, "test.do completed 1", "test.do scheduled 0")
	stop()
	select {
	case j := <-done:
		t.Errorf("worked %+v before its time", j)
	default:
	}
}

// TestOnce stores equal jobs and others.
func TestOnce(t *testing.T) {
	o := open(t)
	duty, done := collect("test.do")
	o.Handle(duty)
	id := db.NewID()
	once := job.Job{Kind: "test.do", Org: string(o.a.Org), IDs: job.IDs{"person": id}, Once: true}
	other, elsewhere := once, once
	other.IDs = job.IDs{"person": db.NewID()}
	elsewhere.Org = string(o.b.Org)
	o.enqueue(t, once, once, other)
	o.enqueue(t, once, elsewhere)
	if rows := o.rows(t); len(rows) != 3 {
		t.Fatalf("stored %q, want three", rows)
	}
	stop := o.start(t)
	for range 3 {
		received(t, done)
	}
	o.wait(t, "test.do completed 1", "test.do completed 1", "test.do completed 1")
	stop()
	o.enqueue(t, once) // what was done may come again
	if rows := o.rows(t); len(rows) != 4 {
		t.Errorf("stored %q, want four", rows)
	}
}

func TestEvery(t *testing.T) {
	o := open(t)
	duty, done := collect("test.sweep")
	duty.Every = time.Hour
	o.Handle(duty)
	o.start(t)
	if j := received(t, done); j.Org != "" || len(j.IDs) != 0 {
		t.Errorf("worked %+v, want a job of the node", j)
	}
}

// TestStopCancels ends a queue whose job would go on: it is told, and stays for the next start.
func TestStopCancels(t *testing.T) {
	o := open(t)
	began := make(chan struct{})
	o.Handle(job.Duty{Kind: "test.long", Label: "Test", Do: func(ctx context.Context, _ job.Job) error {
		close(began)
		<-ctx.Done()
		return ctx.Err()
	}})
	o.enqueue(t, job.Job{Kind: "test.long"})
	stop := o.start(t)
	<-began
	stop()
	rows := o.rows(t)
	if len(rows) != 1 || strings.Contains(rows[0], "running") || strings.Contains(rows[0], "completed") {
		t.Errorf("left %q", rows)
	}
}
