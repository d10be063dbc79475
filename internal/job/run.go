package job

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

const (
	// workers is how many jobs a process works at the same time.
	workers = 4
	// pollPause is how soon a job is found when nothing announces it, on SQLite.
	pollPause = 500 * time.Millisecond
	// fetchPause is the least time between two looks for jobs: a backlog goes at workers in each.
	fetchPause = 20 * time.Millisecond
	// stopPatience is how long running jobs may go on when the program ends; then they are cancelled,
	// and run again after the next start.
	stopPatience = 1500 * time.Millisecond
	// doneKept is how long what was done is kept, against doing a periodic job twice.
	doneKept = time.Hour
	forever  = -1
)

// Failures beside the kinds of package fault.
const (
	FailedByPanic = "panic"
	FailedByTime  = "timeout"
	// FailedByEnd is a job whose process ended in the middle of its last attempt. The words are River's.
	FailedByEnd = "Stuck job rescued by JobRescuer"
)

// Run works jobs until ctx ends and the running ones have stopped. It returns nil then, and an error
// when it could not begin.
func (q *Queue) Run(ctx context.Context) error {
	// Work outlives ctx a little: see stopPatience.
	own := context.WithoutCancel(ctx)
	ending := new(atomic.Bool)
	w, closing, err := openWorker(own, q.db, q.config(ending))
	if err != nil {
		return err
	}
	if err := errors.Join(q.recover(ctx), w.Start(own)); err != nil {
		return errors.Join(err, closing())
	}
	<-ctx.Done()
	ending.Store(true)
	patience, cancel := context.WithTimeout(own, stopPatience)
	defer cancel()
	if err = w.Stop(patience); errors.Is(err, context.DeadlineExceeded) {
		last, cancel := context.WithTimeout(own, q.cancels)
		defer cancel()
		err = w.StopAndCancel(last)
	}
	return errors.Join(err, closing())
}

func (q *Queue) config(ending *atomic.Bool) *river.Config {
	log := cmp.Or(q.Logger, slog.New(slog.DiscardHandler))
	c := &river.Config{
		ID:                          db.NewID(), // River's own would name the machine
		Logger:                      slog.New(warnings{log.Handler(), ending}),
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}},
		Workers:                     river.NewWorkers(),
		FetchCooldown:               fetchPause,
		FetchPollInterval:           pollPause,
		JobTimeout:                  defaultTimeout,
		MaxAttempts:                 defaultAttempts,
		RescueStuckJobsAfter:        stuckAfter,
		CompletedJobRetentionPeriod: doneKept,
		CancelledJobRetentionPeriod: doneKept,
		DiscardedJobRetentionPeriod: forever, // until an administrator has decided
	}
	for _, d := range q.duties {
		river.AddWorkerArgs(c.Workers, payload{kind: d.Kind}, duty{Duty: d, log: log})
		if d.Every > 0 {
			c.PeriodicJobs = append(c.PeriodicJobs, q.periodic(d))
		}
	}
	return c
}

// periodic is a job of the node, stored by whichever process was elected.
func (q *Queue) periodic(d Duty) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(d.Every), func() (river.JobArgs, *river.InsertOpts) {
		j := Job{Kind: d.Kind, Once: true}
		return stored(j), q.options(j)
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

// recover makes jobs run again that the last process on an SQLite file had when it died. On PostgreSQL
// others may be at work, so there River takes them back after stuckAfter.
func (q *Queue) recover(ctx context.Context) error {
	if q.db.Engine() != db.SQLite {
		return nil
	}
	return q.db.WriteUnaudited(ctx, "work that was cut off goes on", func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE river_job SET state = 'available' WHERE state = 'running'")
		return err
	})
}

// duty is a [Duty] as River knows it.
type duty struct {
	river.WorkerDefaults[payload]
	Duty
	log *slog.Logger
}

// Timeout returns how long an attempt may take.
func (d duty) Timeout(*river.Job[payload]) time.Duration {
	return cmp.Or(d.Duty.Timeout, defaultTimeout)
}

// Work does the job. Of an error River keeps the text, so it gets the kind and the log gets the cause.
func (d duty) Work(ctx context.Context, j *river.Job[payload]) (err error) {
	defer func() {
		if recover() != nil { // the value may hold anything
			d.log.ErrorContext(ctx, "a job panicked", "kind", d.Kind, "stack", string(debug.Stack()))
			err = failure(FailedByPanic)
		}
	}()
	err = d.Do(ctx, Job{Kind: d.Kind, Org: j.Args.Org, IDs: j.Args.IDs})
	if err == nil {
		return nil
	}
	d.log.WarnContext(ctx, "a job failed", "kind", d.Kind, "attempt", j.Attempt, "cause", fault.Cause(err))
	return failure(kindOf(ctx, err))
}

// failure is what is kept of an error: its kind.
type failure string

// Error returns the kind.
func (f failure) Error() string { return string(f) }

func kindOf(ctx context.Context, err error) string {
	if ctx.Err() != nil {
		return FailedByTime
	}
	return fault.KindOf(err).String()
}

// lastFailure returns the kind of the last error of a job.
func lastFailure(row *rivertype.JobRow) string {
	if len(row.Errors) == 0 {
		return ""
	}
	return row.Errors[len(row.Errors)-1].Error
}

// warnings passes on what an operator should know. River tells of each start and election too, and calls
// it an error when it is stopped at its work.
type warnings struct {
	slog.Handler
	ending *atomic.Bool
}

// Enabled reports whether a record of the level passes.
func (w warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && !w.ending.Load() && w.Handler.Enabled(ctx, l)
}

// WithAttrs returns the handler with more attributes.
func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs), w.ending}
}

// WithGroup returns the handler with a group.
func (w warnings) WithGroup(name string) slog.Handler {
	return warnings{w.Handler.WithGroup(name), w.ending}
}
