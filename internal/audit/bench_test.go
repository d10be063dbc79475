package audit_test

import (
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
)

// plain is a node without a vault, for what does not concern persons.
func plain(b *testing.B) (*db.DB, *audit.Sequencer) {
	b.Helper()
	d := dbtest.Open(b)
	return d, audit.NewSequencer(audit.Config{DB: d, Signer: fixed{}, Node: "bench.invalid"})
}

// append appends n entries in one transaction.
func appendMany(b *testing.B, d *db.DB, n int) {
	b.Helper()
	entries := make([]audit.Entry, n)
	for i := range entries {
		entries[i] = audit.Entry{Org: "o", Actor: "account-0000000000000001", Kind: audit.Decision, Subject: fmt.Sprintf("case-%08d", i), Detail: map[string]string{"act": "bench", "purpose": "support"}}
	}
	if err := d.Write(b.Context(), func(tx *db.Tx) error { return audit.Append(b.Context(), tx, entries...) }); err != nil {
		b.Fatal(err)
	}
}

// holds fails the benchmark unless the ledger is whole and holds n entries.
func holds(b *testing.B, d *db.DB, n int64) audit.Report {
	b.Helper()
	r, err := audit.Verify(b.Context(), d, "o", audit.Against{Signer: fixed{}})
	if err != nil || r.First != nil || len(r.Logs) != 1 || r.Logs[0].Opened != n || r.Waiting != 0 {
		b.Fatalf("report %+v %v: %v", r, r.First, err)
	}
	return r
}

// BenchmarkSequence puts 10,000 waiting entries, appended one by one as changes do, into a log.
func BenchmarkSequence(b *testing.B) {
	const n = 10_000
	d, s := plain(b)
	var total int64
	for b.Loop() {
		b.StopTimer()
		err := d.Write(b.Context(), func(tx *db.Tx) error {
			for i := range n {
				e := audit.Entry{Org: "o", Actor: "account-0000000000000001", Kind: audit.Decision, Subject: fmt.Sprintf("case-%08d", i)}
				if err := audit.Append(b.Context(), tx, e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		total += n
		b.StartTimer()
		if err := s.Flush(b.Context(), "o"); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "entries/s")
	b.StopTimer()
	holds(b, d, total)
}

// BenchmarkAppendList appends 1,000 entries at once, durable when it returns.
func BenchmarkAppendList(b *testing.B) {
	d, s := plain(b)
	appendMany(b, d, 1000)
	if err := s.Flush(b.Context(), "o"); err != nil {
		b.Fatal(err)
	}
	holds(b, d, 1000)
	for b.Loop() {
		appendMany(b, d, 1000)
	}
}

// BenchmarkVerify verifies 100,000 entries: every leaf, tile and checkpoint.
func BenchmarkVerify(b *testing.B) {
	const n = 100_000
	d, s := plain(b)
	for range n / 10_000 {
		appendMany(b, d, 10_000)
		if err := s.Flush(b.Context(), "o"); err != nil {
			b.Fatal(err)
		}
		if err := s.Checkpoint(b.Context(), "o"); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		holds(b, d, n)
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkLag runs 16 writers, each a change with its entry durable before the next, and a sequencer
// on its clock. It reports how long after an entry was durable it was found in the log, at the 99th of
// a hundred, looked for every 5 ms.
func BenchmarkLag(b *testing.B) {
	d, s := plain(b)
	ctx := b.Context()
	var mu sync.Mutex
	durable := map[string]time.Time{}
	var lags []time.Duration
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		last := int64(-1)
		for ended := false; !ended; {
			select {
			case <-stop:
				mu.Lock()
				ended = len(durable) == 0
				mu.Unlock()
			case <-time.After(5 * time.Millisecond):
			}
			found := inLog(b, d, &last)
			now := time.Now()
			mu.Lock()
			for _, subject := range found {
				if at, ok := durable[subject]; ok {
					lags = append(lags, now.Sub(at))
					delete(durable, subject)
				}
			}
			mu.Unlock()
		}
	}()
	running, end := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(running)
		for {
			select {
			case <-end:
				return
			case <-time.After(200 * time.Millisecond): // as Run does
				if err := s.Step(ctx); err != nil {
					b.Error(err)
				}
			}
		}
	}()
	var written int64
	for b.Loop() {
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for range 200 {
					subject := db.NewID()
					mu.Lock()
					durable[subject] = time.Now()
					mu.Unlock()
					err := d.Write(ctx, func(tx *db.Tx) error {
						return audit.Append(ctx, tx, audit.Entry{Org: "o", Actor: "a", Kind: audit.Decision, Subject: subject})
					})
					if err != nil {
						b.Error(err)
					}
				}
			})
		}
		wg.Wait()
		written += 16 * 200
	}
	b.ReportMetric(float64(written)/b.Elapsed().Seconds(), "changes/s")
	close(stop)
	<-done
	close(end)
	<-running
	slices.Sort(lags)
	b.ReportMetric(float64(lags[len(lags)*99/100].Milliseconds()), "p99-ms")
	b.ReportMetric(float64(lags[len(lags)/2].Milliseconds()), "p50-ms")
	b.StopTimer()
	holds(b, d, written)
}

// inLog returns the subjects of the entries that came into the log since the last look.
func inLog(b *testing.B, d *db.DB, last *int64) (found []string) {
	err := d.Read(b.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(b.Context(), `
			SELECT l.idx, e.subject FROM audit_leaf l JOIN audit_entry e ON e.org_id = l.org_id AND e.id = l.entry_id
			WHERE l.org_id = 'o' AND l.log = 1 AND l.idx > $1 ORDER BY l.idx`, *last)
		found, err = db.Collect(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(last, &s) })
		return err
	})
	if err != nil {
		b.Error(err)
	}
	return found
}
