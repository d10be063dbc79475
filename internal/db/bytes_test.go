package db_test

import (
	"testing"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
)

// Bytes that a browser or a program may send where text is asked for are never a failure of the
// node: SQLite finds nothing, PostgreSQL refuses them.
func TestOddBytesAreNoFailure(t *testing.T) {
	d := dbtest.Open(t)
	for _, odd := range []string{"\xff", "caf\xc3", "a\x00b"} {
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			var n int
			return tx.QueryRow(t.Context(), "SELECT count(*) FROM org WHERE id = $1", odd).Scan(&n)
		})
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %s", odd, fault.Cause(err))
		}
	}
}
