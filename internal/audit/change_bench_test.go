package audit_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
)

// BenchmarkChanges measures small changes with an entry each, each durable before its caller goes
// on, made by one caller and by sixteen at once.
func BenchmarkChanges(b *testing.B) {
	for _, callers := range []int{1, 16} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) { benchmarkChanges(b, callers) })
	}
}

func benchmarkChanges(b *testing.B, callers int) {
	c := dbtest.Config(b)
	c.MaxReaders = callers
	d, err := db.Open(b.Context(), c)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	ctx := b.Context()
	err = d.WriteUnaudited(ctx, "benchmark", func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "CREATE TABLE change (org_id text NOT NULL, id text NOT NULL, version bigint NOT NULL, note text NOT NULL, PRIMARY KEY (org_id, id))")
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
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
				if err := d.Write(ctx, func(tx *db.Tx) error { return changeWithEntry(ctx, tx) }); err != nil {
					b.Error(err)
					return
				}
				took[i] = append(took[i], time.Since(began))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	checkChanges(b, d, b.N)
	all := slices.Concat(took...)
	slices.Sort(all)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
	b.ReportMetric(all[len(all)*95/100].Seconds()*1e3, "p95-ms")
}

// changeWithEntry writes a row of about 200 bytes and the entry that tells of it, as a room does.
func changeWithEntry(ctx context.Context, tx *db.Tx) error {
	id := db.NewID()
	_, err := tx.Exec(ctx, "INSERT INTO change (org_id, id, version, note) VALUES ($1, $2, 1, $3)", "invented", id, fmt.Sprintf("%160s", id))
	if err != nil {
		return err
	}
	return audit.Append(ctx, tx, audit.Entry{
		Org: "invented", Actor: "cli", Kind: audit.Decision, Subject: id, Detail: map[string]string{"action": "benchmark", "outcome": "stored"},
	})
}

// checkChanges counts the changes that have their entry.
func checkChanges(b *testing.B, d *db.DB, want int) {
	b.Helper()
	var got int
	err := d.Read(b.Context(), func(tx *db.Tx) error {
		const q = "SELECT count(*) FROM change AS c JOIN audit_entry AS e ON e.org_id = c.org_id AND e.subject = c.id"
		return tx.QueryRow(b.Context(), q).Scan(&got)
	})
	if err != nil || got != want {
		b.Fatalf("%d changes with their entries are stored, want %d (%v)", got, want, err)
	}
}
