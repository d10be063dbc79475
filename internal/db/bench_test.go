package db_test

import (
	"context"
	"fmt"
	"iter"
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
