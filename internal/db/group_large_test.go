package db_test

import (
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/db"
)

// A change that joins others and grows large runs again in a transaction alone, once, and its
// neighbours stand: a savepoint of its size would lie in memory.
func TestLargeChangeRunsAlone(t *testing.T) {
	d := openShared(t)
	ctx := t.Context()
	mustWrite(t, d, "CREATE TABLE large (id bigint NOT NULL PRIMARY KEY)")
	insert := func(tx *db.Tx, from, n int) error {
		_, err := tx.InsertRows(ctx, "large", []string{"id"}, "", func(yield func([]any, error) bool) {
			for i := from; i < from+n; i++ {
				if !yield([]any{i}, nil) {
					return
				}
			}
		})
		return err
	}
	holding, go1 := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		err := d.WriteUnaudited(ctx, "first", func(tx *db.Tx) error {
			close(holding)
			<-go1
			return insert(tx, 0, 1)
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-holding
	runs := 0
	all.Go(func() {
		err := d.WriteUnaudited(ctx, "large", func(tx *db.Tx) error {
			runs++
			return insert(tx, 1, 3*db.LargeRows)
		})
		if err != nil {
			t.Error(err)
		}
	})
	for d.Waiting() == 0 {
		time.Sleep(time.Millisecond)
	}
	close(go1)
	all.Wait()
	var n int
	err := d.Read(ctx, func(tx *db.Tx) error { return tx.QueryRow(ctx, "SELECT count(*) FROM large").Scan(&n) })
	if err != nil || n != 1+3*db.LargeRows || runs != 2 {
		t.Errorf("%d rows after %d runs: %v", n, runs, err)
	}
}
