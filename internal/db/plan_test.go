package db_test

import (
	"testing"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
)

func TestReplan(t *testing.T) {
	d := dbtest.Open(t)
	known := func() (n int) {
		t.Helper()
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), "SELECT count(*) FROM pg_stats WHERE schemaname = current_schema()").Scan(&n)
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if d.Engine() == db.SQLite {
		d.Replan(t.Context()) // does nothing, and does not fail
		return
	}
	before := known()
	d.Replan(t.Context())
	if after := known(); after <= before {
		t.Errorf("%d columns have statistics, %d had before", after, before)
	}
}
