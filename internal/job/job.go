// Package job runs work after the transaction that asked for it: a job is stored with the change that
// needs it, so that neither exists without the other, and is worked at least once, with pauses that
// grow when it fails. What failed for good is kept for an administrator, see [Queue.Dead].
//
// Trust: rows of jobs are in clear, outlive their cause by an hour and end up in backups. So a job holds
// a kind, its organisation and identifiers, and [Queue.Enqueue] refuses anything else; of an error only
// its kind is kept. Whoever is erased is forgotten here by [Queue.Forget].
//
// The queue is River, on connections of its own beside the transactions of package db.
package job

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/fourfold/fourfold/internal/db"
)

// Kind names what is to be done: room and verb, as "vault.tend".
type Kind string

// IDs are the identifiers that a job works on, by the name of what each identifies.
type IDs map[string]string

// Job is work to be done.
type Job struct {
	Kind Kind
	// Org is the organisation that the work is for; empty for work of the node itself.
	Org string
	// IDs are made by [db.NewID]; names, texts, codes and dates are refused.
	IDs IDs
	// After is the earliest time. Zero means at once.
	After time.Time
	// Once leaves it at one when an equal job, in kind, organisation and identifiers, waits or runs.
	Once bool
}

// Duty is how a kind of job is done.
type Duty struct {
	Kind Kind
	// Label says in English what it does, the key of its translation.
	Label string
	// Do does it. It may be called again after it succeeded, when the machine failed at the wrong moment.
	Do func(context.Context, Job) error
	// Every is the period of a job of the node that nobody enqueues. Zero means none.
	Every time.Duration
	// Attempts is how often it is tried before it is given up. Zero means 10, about four hours.
	Attempts int
	// Timeout ends an attempt. Zero means ten minutes.
	Timeout time.Duration
}

const (
	defaultAttempts = 10
	defaultTimeout  = 10 * time.Minute
	// maxTimeout bounds Duty.Timeout. After it and a margin, a job that still runs is taken from the
	// process that has it: that process is gone.
	maxTimeout = 50 * time.Minute
	stuckAfter = time.Hour
	maxIDs     = 16
	// ofNode marks a job of no organisation.
	ofNode = "of-the-node"
)

var (
	kindForm = regexp.MustCompile(`^[a-z]+\.[a-z]+(-[a-z]+)*$`)
	nameForm = regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	idForm   = regexp.MustCompile(`^[A-Z2-7]{26}$`)
)

// Queue holds jobs and works them. The zero value is not ready; see [New].
type Queue struct {
	// Logger receives failures. Nil means none.
	Logger *slog.Logger

	db     *db.DB
	duties []Duty
	insert inserter
	// cancels is how long cancelled jobs may take to end: stopPatience, and longer in a test on a slow machine.
	cancels time.Duration
}

// New returns the queue of a database. It does no input or output.
func New(d *db.DB) *Queue { return &Queue{db: d, insert: newInserter(d), cancels: stopPatience} }

// Handle says how kinds of job are done. Call it before [Queue.Run]. It panics on a duty that is not
// complete or stands twice: that is a mistake of the program.
func (q *Queue) Handle(duties ...Duty) {
	for _, d := range duties {
		if !kindForm.MatchString(string(d.Kind)) || d.Label == "" || d.Do == nil || d.Timeout > maxTimeout || q.duty(d.Kind) != nil {
			panic(fmt.Sprintf("job: duty %q is not complete or stands twice", d.Kind))
		}
		q.duties = append(q.duties, d)
	}
}

func (q *Queue) duty(k Kind) *Duty {
	if i := slices.IndexFunc(q.duties, func(d Duty) bool { return d.Kind == k }); i >= 0 {
		return &q.duties[i]
	}
	return nil
}

// payload is a job as it is stored.
type payload struct {
	kind Kind
	Ref  string `json:"ref,omitempty" river:"-"` // of the job, for the pages
	Org  string `json:"org" river:"unique"`
	IDs  IDs    `json:"ids,omitempty" river:"unique"`
}

// Kind names the kind to River.
func (p payload) Kind() string { return string(p.kind) }

// Enqueue stores a job in tx: it is worked after tx has committed, or not at all. A job that holds more
// than identifiers is refused.
func (q *Queue) Enqueue(ctx context.Context, tx *db.Tx, j Job) error {
	if err := check(j); err != nil {
		return err
	}
	if err := q.insert.insert(ctx, tx, stored(j), q.options(j)); err != nil {
		return fmt.Errorf("enqueue %s: %w", j.Kind, err)
	}
	return nil
}

func stored(j Job) payload { return payload{kind: j.Kind, Ref: db.NewID(), Org: j.Org, IDs: j.IDs} }

// options are how River keeps a job. Everything that the job names is a tag, so that it is found by it.
func (q *Queue) options(j Job) *river.InsertOpts {
	o := &river.InsertOpts{ScheduledAt: j.After, MaxAttempts: defaultAttempts, Tags: tags(j)}
	if d := q.duty(j.Kind); d != nil && d.Attempts > 0 {
		o.MaxAttempts = d.Attempts
	}
	if j.Once {
		o.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
			rivertype.JobStateRetryable, rivertype.JobStateScheduled,
		}}
	}
	return o
}

func tags(j Job) []string {
	all := []string{mark(j.Org)}
	for _, id := range j.IDs {
		all = append(all, id)
	}
	slices.Sort(all[1:])
	return all
}

func mark(org string) string {
	if org == "" {
		return ofNode
	}
	return "org-" + org // apart from an organisation that is among the identifiers
}

// check refuses a job that could hold anything personal: what is not an identifier made here could be
// a name. The error does not repeat it.
func check(j Job) error {
	switch {
	case !kindForm.MatchString(string(j.Kind)):
		return fmt.Errorf("job: a kind is a room and a verb, as vault.tend")
	case j.Org != "" && !idForm.MatchString(j.Org):
		return fmt.Errorf("job: the organisation of a job of kind %s is not an identifier", j.Kind)
	case len(j.IDs) > maxIDs:
		return fmt.Errorf("job: %d identifiers in a job of kind %s, more than %d", len(j.IDs), j.Kind, maxIDs)
	}
	for name, id := range j.IDs {
		if !nameForm.MatchString(name) {
			return fmt.Errorf("job: a job of kind %s names an identifier by something that is no word", j.Kind)
		}
		if !idForm.MatchString(id) {
			return fmt.Errorf("job: %s of a job of kind %s is not an identifier", name, j.Kind)
		}
	}
	return nil
}
