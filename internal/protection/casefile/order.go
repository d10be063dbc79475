package casefile

import (
	"cmp"

	"github.com/fourfold/fourfold/internal/order"
)

// byDate sorts tasks by the date on which they are due.
func byDate(all []Task) {
	order.By(all, func(a, b Task) int {
		return cmp.Or(cmp.Compare(a.Clear.DueOn, b.Clear.DueOn), cmp.Compare(a.ID, b.ID))
	})
}

// newestFirst sorts cases as lists show them.
func newestFirst(all []Case) {
	order.By(all, func(a, b Case) int {
		return cmp.Or(cmp.Compare(b.Clear.OpenedAt, a.Clear.OpenedAt), cmp.Compare(b.Row.ID, a.Row.ID))
	})
}
