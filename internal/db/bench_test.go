package db_test

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
)

const figureTable = `
	CREATE TABLE figure (
		org_id text NOT NULL, id text NOT NULL, series bigint NOT NULL, period text NOT NULL,
		lo double precision NOT NULL, hi double precision NOT NULL, state bigint NOT NULL, line bigint NOT NULL,
		PRIMARY KEY (org_id, id))`

var figureCols = []string{"org_id", "id", "series", "period", "lo", "hi", "state", "line"}

// figures yields n rows like those of a statistical release: sorted key, short texts, numbers.
func figures(n int) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		row := make([]any, 8)
		for i := range n {
			row[0], row[1], row[2], row[3] = "invented", fmt.Sprintf("release-1/%09d", i), int64(i%977), fmt.Sprintf("%d", 1990+i%35)
			row[4], row[5], row[6], row[7] = float64(i%5000), float64(i%5000+3), int64(1), int64(i+2)
			if !yield(row, nil) {
				return
			}
		}
	}
}

// openFigures returns a database with an empty table of figures and one index beside its key.
func openFigures(tb testing.TB) *db.DB {
	tb.Helper()
	d := dbtest.Open(tb)
	mustWrite(tb, d, figureTable, "CREATE INDEX figure_series ON figure (org_id, series, period)")
	return d
}

func mustWrite(tb testing.TB, d *db.DB, statements ...string) {
	tb.Helper()
	err := d.WriteUnaudited(tb.Context(), "prepare a test", func(tx *db.Tx) error {
		for _, q := range statements {
			if _, err := tx.Exec(tb.Context(), q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkInsertRows inserts as many rows as the GLOTIP release of 2025 has, in one transaction.
func BenchmarkInsertRows(b *testing.B) {
	const rows = 58_769
	for b.Loop() {
		b.StopTimer()
		d := openFigures(b)
		b.StartTimer()
		err := d.WriteUnaudited(context.Background(), "benchmark", func(tx *db.Tx) error {
			n, err := tx.InsertRows(context.Background(), "figure", figureCols, "", figures(rows))
			if err == nil && n != rows {
				return fmt.Errorf("%d rows", n)
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows/(b.Elapsed().Seconds()/float64(b.N)), "rows/s")
}

// BenchmarkOpen opens a database of FOURFOLD_BENCH_MB megabytes, 32 when unset, reads from it and
// closes it. Opening must not depend on the size.
func BenchmarkOpen(b *testing.B) {
	megabytes, err := strconv.Atoi(cmp.Or(os.Getenv("FOURFOLD_BENCH_MB"), "32"))
	if err != nil {
		b.Fatal(err)
	}
	c := newConfig(b)
	fillWith(b, c, megabytes)
	for b.Loop() {
		d, err := db.Open(b.Context(), c)
		if err != nil {
			b.Fatal(err)
		}
		if err := d.Ping(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

func fillWith(b *testing.B, c db.Config, megabytes int) {
	b.Helper()
	d, err := db.Open(b.Context(), c)
	if err != nil {
		b.Fatal(err)
	}
	mustWrite(b, d, "CREATE TABLE filler (id bigint NOT NULL PRIMARY KEY, page blob NOT NULL)")
	page := make([]byte, 64<<10)
	err = d.WriteUnaudited(b.Context(), "benchmark", func(tx *db.Tx) error {
		_, err := tx.InsertRows(b.Context(), "filler", []string{"id", "page"}, "", func(yield func([]any, error) bool) {
			for i := range megabytes << 20 / len(page) {
				if !yield([]any{i, page}, nil) {
					return
				}
			}
		})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkLongTransaction inserts 200,000 rows in one transaction and reports the peak of the
// memory of the process, on Linux. Run it alone and with FOURFOLD_BENCH_ROWS for more.
func BenchmarkLongTransaction(b *testing.B) {
	n, err := strconv.Atoi(cmp.Or(os.Getenv("FOURFOLD_BENCH_ROWS"), "200000"))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.StopTimer()
		d := openFigures(b)
		b.StartTimer()
		err := d.WriteUnaudited(b.Context(), "benchmark", func(tx *db.Tx) error {
			_, err := tx.InsertRows(b.Context(), "figure", figureCols, "", figures(n))
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/(b.Elapsed().Seconds()/float64(b.N)), "rows/s")
	if kilobytes := peak(); kilobytes > 0 {
		b.ReportMetric(kilobytes/1024, "peak-MB")
	}
}

// peak returns the peak resident memory of the process in KiB, or 0 where it is not told.
func peak() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kilobytes float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f", &kilobytes); n == 1 {
			return kilobytes
		}
	}
	return 0
}
