package job_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/job"
)

// BenchmarkEnqueue stores one job in each transaction, by sixteen callers.
func BenchmarkEnqueue(b *testing.B) {
	o := open(b)
	org := string(o.a.Org)
	each(b, func() error {
		return o.d.WriteUnaudited(b.Context(), "benchmark", func(tx *db.Tx) error {
			return o.Enqueue(b.Context(), tx, job.Job{Kind: "test.do", Org: org, IDs: job.IDs{"person": db.NewID()}})
		})
	})
	if n := len(o.rows(b)); n != b.N {
		b.Fatalf("%d jobs are stored, want %d", n, b.N)
	}
}

// BenchmarkChangesBesideWork makes small changes by sixteen callers while jobs are worked, each of which
// makes a change too.
func BenchmarkChangesBesideWork(b *testing.B) {
	o := open(b)
	var worked, changed atomic.Int64
	note := func() error {
		return o.d.WriteUnaudited(b.Context(), "benchmark", func(tx *db.Tx) error {
			_, err := tx.Exec(b.Context(), "INSERT INTO org (id, name, zone, created_at) VALUES ($1, 'invented', 'UTC', 0)", db.NewID())
			return err
		})
	}
	const backlog = 5000
	o.Handle(job.Duty{Kind: "test.do", Label: "Test", Do: func(context.Context, job.Job) error {
		worked.Add(1)
		changed.Add(1)
		return note()
	}})
	o.enqueue(b, slices.Repeat([]job.Job{{Kind: "test.do"}}, backlog)...)
	stop := o.start(b)
	for worked.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	each(b, func() error { changed.Add(1); return note() })
	b.ReportMetric(float64(worked.Load())/b.Elapsed().Seconds(), "jobs/s")
	if worked.Load() == backlog {
		b.Log("the backlog was worked before the changes ended")
	}
	stop()
	var got int64
	err := o.d.Read(b.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(b.Context(), "SELECT count(*) FROM org").Scan(&got)
	})
	if err != nil || got != changed.Load() {
		b.Fatalf("%d changes are stored, want %d (%v)", got, changed.Load(), err)
	}
}

// each calls do b.N times from sixteen goroutines and reports how often in a second and how long at most
// nineteen of twenty took.
func each(b *testing.B, do func() error) {
	b.Helper()
	const callers = 16
	var wg sync.WaitGroup
	took := make([][]time.Duration, callers)
	b.ResetTimer()
	for i := range callers {
		n := b.N / callers
		if i < b.N%callers {
			n++
		}
		wg.Go(func() {
			for range n {
				began := time.Now()
				if err := do(); err != nil {
					b.Error(err)
					return
				}
				took[i] = append(took[i], time.Since(began))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	all := slices.Concat(took...)
	slices.Sort(all)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
	b.ReportMetric(all[len(all)*95/100].Seconds()*1e3, "p95-ms")
}
