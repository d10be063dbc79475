package indicator

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/importer"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/margin"
	"github.com/fourfold/fourfold/internal/order"
)

// Margins compares the published totals within the cell Where with the sums of their parts, over
// the areas and periods of a query, in the vintage that the query asks for. It returns how many
// totals were compared and those that differ, at most importer.MaxProblems of off in all, in order
// of area, period, key and dimension. A total with suppressed parts differs only when no values of
// the parts give it.
func (r *Indicators) Margins(ctx context.Context, a auth.Actor, q Query) (checked, off int, list []MarginCheck, err error) {
	if err := mayRead(a); err != nil {
		return 0, 0, nil, err
	}
	err = r.DB.Read(ctx, func(tx *db.Tx) error {
		t, err := loadTables(ctx, tx, a, q, func(asked, string) bool { return true })
		if err != nil {
			return err
		}
		checked, off, list = t.reconcile()
		return nil
	})
	return checked, off, list, err
}

func (t *tables) reconcile() (checked, off int, list []MarginCheck) {
	for _, at := range t.order() {
		for _, c := range margin.Reconcile(t.cells[at]) {
			checked++
			if c.Agrees() {
				continue
			}
			off++
			if len(list) < importer.MaxProblems {
				list = append(list, MarginCheck{
					Indicator: string(t.indicator.ID), Area: at.area, Period: at.period, Key: c.Key, Over: c.Over,
					Published: c.Published, Summed: c.Summed,
				})
			}
		}
	}
	return checked, off, list
}

// order returns the tables by area, then period.
func (t *tables) order() []tableOf {
	all := slices.Collect(maps.Keys(t.cells))
	order.By(all, func(a, b tableOf) int {
		return cmp.Or(cmp.Compare(a.area, b.area), a.period.Compare(b.period))
	})
	return all
}
