package record_test

import (
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// TestNoVersionSharesAColumn: a table whose clear columns a copy would share with the version before is refused when the node is
// put together; what is copied by value is taken.
func TestNoVersionSharesAColumn(t *testing.T) {
	d := newDesk(t)
	refused := func(name string, guard func()) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Errorf("%s is taken", name)
			}
		}()
		guard()
	}
	refused("a pointer", func() { (&record.Table[struct{ A *string }]{Name: "x"}).Guard(d.vault) })
	refused("a slice", func() { (&record.Table[struct{ A []string }]{Name: "x"}).Guard(d.vault) })
	refused("a map", func() { (&record.Table[struct{ A map[string]int }]{Name: "x"}).Guard(d.vault) })
	refused("any", func() { (&record.Table[struct{ A any }]{Name: "x"}).Guard(d.vault) })
	refused("a pointer below", func() { (&record.Table[struct{ A struct{ B *int } }]{Name: "x"}).Guard(d.vault) })
	needs.Guard(d.vault) // text, numbers, and what scans itself
}

// TestADamagedColumnHidesNothing: a clear column that cannot be read does not keep the check from finding a row that was put back.
func TestADamagedColumnHidesNothing(t *testing.T) {
	d := newDesk(t)
	made := d.insert("a doctor", need{})
	err := d.db.WriteUnaudited(t.Context(), "an attacker", func(tx *db.Tx) error {
		var err error
		for _, q := range []string{
			"ALTER TABLE test_need DROP COLUMN times",
			"UPDATE test_need SET person_id = 'p2' WHERE id = $1",
		} {
			if err == nil && strings.Contains(q, "$1") {
				_, err = tx.Exec(t.Context(), q, made.ID)
			} else if err == nil {
				_, err = tx.Exec(t.Context(), q)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if f := d.findings(); f == "" {
		t.Error("the check finds nothing")
	}
}
