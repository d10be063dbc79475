package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/vault"
)

// Dead is a job that failed for good.
type Dead struct {
	Ref      string // names the job
	Kind     Kind
	Label    string // English, the key of its translation; empty when the program no longer knows the kind
	Node     bool   // of the node itself, not of an organisation
	Attempts int
	Failure  string // the kind of the last error: of package fault, or one of those here
	At       time.Time
}

// Limit bounds how many dead jobs are listed: the newest. There should be none.
const Limit = 200

// Dead returns the jobs of the actor's organisation and of the node that failed for good, the newest
// first. [fault.NotFound] for an actor who may not manage jobs.
func (q *Queue) Dead(ctx context.Context, actor auth.Actor) ([]Dead, error) {
	if !actor.May(auth.ManageJobs) {
		return nil, notFound()
	}
	var all []Dead
	err := q.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := q.dead(ctx, tx, actor)
		for _, row := range rows {
			p, err := decode(row)
			if err != nil {
				return err
			}
			one := Dead{
				Ref: p.Ref, Kind: Kind(row.Kind), Node: p.Org == "", Attempts: row.Attempt, Failure: lastFailure(row), At: *row.FinalizedAt,
			}
			if d := q.duty(one.Kind); d != nil {
				one.Label = d.Label
			}
			all = append(all, one)
		}
		return err
	})
	return all, err
}

func (q *Queue) dead(ctx context.Context, tx *db.Tx, actor auth.Actor) ([]*rivertype.JobRow, error) {
	return q.insert.list(ctx, tx, river.NewJobListParams().States(rivertype.JobStateDiscarded).
		TagsAny(mark(string(actor.Org)), ofNode).First(Limit).
		OrderBy(river.JobListOrderByFinalizedAt, river.SortOrderDesc))
}

// TryAgain puts a job that failed for good back into the queue, with one more attempt. [fault.NotFound]
// when it is not there, belongs to another organisation, or the actor may not manage jobs.
func (q *Queue) TryAgain(ctx context.Context, actor auth.Actor, ref string) error {
	return q.decide(ctx, actor, ref, "tried-again", q.insert.retry)
}

// GiveUp removes a job that failed for good. Faults are those of [Queue.TryAgain].
func (q *Queue) GiveUp(ctx context.Context, actor auth.Actor, ref string) error {
	return q.decide(ctx, actor, ref, "given-up", remove)
}

func (q *Queue) decide(ctx context.Context, actor auth.Actor, ref, outcome string, act func(context.Context, *db.Tx, int64) error) error {
	if !actor.May(auth.ManageJobs) {
		return notFound()
	}
	return q.db.Write(ctx, func(tx *db.Tx) error {
		rows, err := q.dead(ctx, tx, actor)
		if err != nil {
			return err
		}
		for _, row := range rows {
			p, err := decode(row)
			if err != nil {
				return err
			}
			if ref == "" || p.Ref != ref {
				continue
			}
			if err := act(ctx, tx, row.ID); err != nil {
				return err
			}
			if err := notify.Settle(ctx, tx, notify.JobDead, aboutDead(p, row)); err != nil {
				return err
			}
			return audit.Append(ctx, tx, audit.Entry{
				Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Configuration, Subject: ref,
				Detail: map[string]string{"job": row.Kind, "outcome": outcome, "attempts": strconv.Itoa(row.Attempt)},
			})
		}
		return notFound()
	})
}

// TellDead tells those who manage jobs of each that failed for good, once: of an organisation's in that
// organisation, of the node's in all. It is meant to be called every few minutes.
func (q *Queue) TellDead(ctx context.Context) error {
	var all []*rivertype.JobRow
	find := func(tx *db.Tx) (err error) {
		all, err = q.insert.list(ctx, tx, river.NewJobListParams().States(rivertype.JobStateDiscarded).First(Limit).
			OrderBy(river.JobListOrderByFinalizedAt, river.SortOrderDesc))
		return err
	}
	if err := q.db.Read(ctx, find); err != nil || len(all) == 0 {
		return err
	}
	return q.db.WriteUnaudited(ctx, "that somebody was told is nobody's decision", func(tx *db.Tx) error {
		if err := find(tx); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "SELECT id FROM org ORDER BY id")
		orgs, err := db.Collect(rows, err, func(r *sql.Rows) (o string, err error) { return o, r.Scan(&o) })
		if err != nil {
			return err
		}
		for _, row := range all {
			p, err := decode(row)
			if err != nil {
				return err
			}
			to := []string{p.Org}
			if p.Org == "" {
				to = orgs
			}
			for _, org := range to {
				_, err := auth.TellHolders(ctx, tx, auth.OrgID(org), notify.JobDead, aboutDead(p, row), time.Time{}, auth.ManageJobs)
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// aboutDead names what a notice is about: one that is tried again and fails again is told again.
func aboutDead(p payload, row *rivertype.JobRow) string {
	return p.Ref + "/" + strconv.Itoa(row.Attempt)
}

// Forget removes what the queue holds of a person, in whatever state: a job that runs at this moment
// ends, and is not worked again. The erasure that calls it writes the entry.
func (q *Queue) Forget(ctx context.Context, tx *db.Tx, org, person string) error {
	if !idForm.MatchString(org) || !idForm.MatchString(person) {
		return nil // no job can name it
	}
	for {
		rows, err := q.insert.list(ctx, tx, river.NewJobListParams().States(rivertype.JobStates()...).TagsAll(mark(org), person).First(Limit))
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := remove(ctx, tx, row.ID); err != nil {
				return err
			}
		}
		if len(rows) < Limit {
			return nil
		}
	}
}

// remove removes a job, also one that runs, which River itself refuses.
func remove(ctx context.Context, tx *db.Tx, id int64) error {
	_, err := tx.Exec(ctx, "DELETE FROM river_job WHERE id = $1", id)
	return err
}

func notFound() error { return fault.New(fault.NotFound, "This does not exist.") }

// decode reads the payload of a job.
func decode(row *rivertype.JobRow) (p payload, err error) {
	if err := json.Unmarshal(row.EncodedArgs, &p); err != nil {
		return payload{}, fmt.Errorf("job %d: its payload cannot be read", row.ID)
	}
	return p, nil
}

// Eraser is what the queue does when a person is erased.
func (q *Queue) Eraser() vault.Eraser {
	return vault.Eraser{Name: "jobs", InTx: func(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
		return q.Forget(ctx, tx, string(org), string(person))
	}}
}
