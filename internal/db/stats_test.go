package db_test

import (
	"testing"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
)

func TestStatsOfEveryPool(t *testing.T) {
	d := dbtest.Open(t)
	want := map[db.Engine]int{db.SQLite: 2, db.Postgres: 1}[d.Engine()]
	stats := d.Stats()
	if len(stats) != want {
		t.Errorf("%d pools on %s, want %d", len(stats), d.Engine(), want)
	}
	for name, read := range stats {
		if read().MaxOpenConnections == 0 {
			t.Errorf("%s: the number of connections is not bounded", name)
		}
	}
}
