package vault

import (
	"testing"

	"github.com/fourfold/fourfold/internal/db"
)

// The number of a court's file leads to a name for whoever can ask the court. It stands in clear, so
// that it must go with the person.
func TestErasureForgetsTheNumberOfAHold(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1", "p2")
	for _, person := range []PersonID{"p1", "p2"} {
		id, err := h.PlaceHold(t.Context(), worker, Hold{Person: person, Ground: CourtOrder, Reference: "Crim 12/2026", ReviewOn: "2026-09-01"})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.LiftHold(t.Context(), second, id); err != nil {
			t.Fatal(err)
		}
	}
	left := func(person PersonID) (n int) {
		err := h.db.Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), "SELECT count(*) FROM vault_hold WHERE person_id = $1 AND reference <> ''", string(person)).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if left("p1") != 1 {
		t.Fatal("there is no number: this test could not fail")
	}
	h.erase("p1")
	if left("p1") != 0 || left("p2") != 1 {
		t.Errorf("numbers left: %d of the erased, %d of a neighbour", left("p1"), left("p2"))
	}
}
