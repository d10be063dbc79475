package backup

import (
	"context"
	"crypto/rand"
	"fmt"
	"iter"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/db"
)

// benchMegabytes is the size of the node that is copied: FOURFOLD_BENCH_MB, or 64.
func benchMegabytes() int64 {
	n, err := strconv.ParseInt(os.Getenv("FOURFOLD_BENCH_MB"), 10, 64)
	if err != nil {
		return 64
	}
	return n
}

// fat returns a house with rows of 1,000 random bytes, as sealed records have.
func fat(b *testing.B) (*house, int64) {
	h := ready(b)
	rows := benchMegabytes() * 1000
	for from := int64(0); from < rows; from += 50_000 {
		err := h.db.WriteUnaudited(b.Context(), "a benchmark", func(tx *db.Tx) error {
			var all iter.Seq2[[]any, error] = func(yield func([]any, error) bool) {
				for i := from; i < min(from+50_000, rows); i++ {
					sealed := make([]byte, 950)
					_, _ = rand.Read(sealed)
					if !yield([]any{"o", fmt.Sprintf("record-%016d", i), sealed, int64(0)}, nil) {
						return
					}
				}
			}
			_, err := tx.InsertRows(b.Context(), "backup_canary", []string{"org_id", "id", "sealed", "created_at"}, "", all)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return h, rows
}

// writing changes 200 rows a second until stop is called, which returns how long the changes took.
func writing(h *house) (stop func() []time.Duration) {
	ctx, cancel := context.WithCancel(context.Background())
	var took []time.Duration
	var mu sync.Mutex
	var all sync.WaitGroup
	tick := time.NewTicker(5 * time.Millisecond)
	all.Go(func() {
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			all.Go(func() {
				began := time.Now()
				err := h.db.WriteUnaudited(context.Background(), "a benchmark", func(tx *db.Tx) error {
					_, err := tx.Exec(context.Background(), "UPDATE backup_canary SET created_at = created_at + 1 WHERE org_id = 'o' AND id = $1", fmt.Sprintf("record-%016d", i*7%50_000))
					return err
				})
				mu.Lock()
				defer mu.Unlock()
				if took = append(took, time.Since(began)); err != nil {
					h.t.Error(err)
				}
			})
		}
	})
	return func() []time.Duration {
		cancel()
		all.Wait()
		slices.Sort(took)
		return took
	}
}

// heap returns the highest memory in use until stop is called, in bytes.
func heap() (stop func() uint64) {
	done := make(chan struct{})
	var high uint64
	var all sync.WaitGroup
	all.Go(func() {
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			high = max(high, m.Sys-m.HeapReleased)
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	return func() uint64 { close(done); all.Wait(); return high }
}

// BenchmarkBackup makes a backup of FOURFOLD_BENCH_MB megabytes, reading back included, while 200 rows a
// second change.
func BenchmarkBackup(b *testing.B) {
	h, rows := fat(b)
	m, err := h.Make(b.Context(), b.TempDir())
	if err != nil || m.Rows < rows {
		b.Fatalf("%d rows: %v", m.Rows, err)
	}
	runtime.GC()
	// How long the same changes take without a backup, on the machine as it is now.
	stop := writing(h)
	time.Sleep(2 * time.Second)
	calm := stop()
	var memory func() uint64
	stop, memory = writing(h), heap()
	for b.Loop() {
		if _, err := h.Make(b.Context(), b.TempDir()); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	took, high := stop(), memory()
	if len(took) < 20 {
		b.Fatalf("only %d writes", len(took))
	}
	b.ReportMetric(float64(m.Bytes)*float64(b.N)/1e6/b.Elapsed().Seconds(), "MB/s")
	b.ReportMetric(float64(calm[len(calm)*95/100].Microseconds())/1000, "calm-p95-ms")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "write-p95-ms")
	b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "writes/s")
	b.ReportMetric(float64(high)/1e6, "MB-memory")
}

// BenchmarkRestore brings the same node back.
func BenchmarkRestore(b *testing.B) {
	h, rows := fat(b)
	m := h.make()
	runtime.GC()
	memory := heap()
	for b.Loop() {
		b.StopTimer()
		into := target(b)
		_, store := folderStore(b)
		b.StartTimer()
		got, err := h.source(m.Path).Restore(b.Context(), into, store)
		if err != nil || got.Rows < rows {
			b.Fatalf("%d rows: %v", got.Rows, err)
		}
	}
	b.ReportMetric(float64(m.Bytes)*float64(b.N)/1e6/b.Elapsed().Seconds(), "MB/s")
	b.ReportMetric(float64(memory())/1e6, "MB-memory")
}
