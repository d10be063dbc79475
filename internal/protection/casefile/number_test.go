package casefile_test

import (
	"slices"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// A number that a case has, or that was drawn a moment ago, is drawn again; another organisation's is no hindrance.
func TestNumbersAreDrawnAgain(t *testing.T) {
	d := newDesk(t)
	worker := d.staff("worker", auth.SupportWorker)
	id, err := d.Open(t.Context(), worker, casefile.Begin{Reason: "asks-for-help"})
	d.must(err)
	c, err := d.Get(t.Context(), worker, id)
	d.must(err)
	taken := c.Clear.Number
	for of, want := range map[auth.OrgID][]string{org: {"A", "B", "C"}, "org-b": {taken, "A", "B"}} {
		draws := []string{taken, "A", "A", "B", taken, "C", "D"}
		err = d.db.Read(t.Context(), func(tx *db.Tx) error {
			got, err := casefile.DrawNumbers(t.Context(), tx, of, 3, func() string {
				next := draws[0]
				draws = draws[1:]
				return next
			})
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", of, got, want)
			}
			return err
		})
		d.must(err)
	}
}
