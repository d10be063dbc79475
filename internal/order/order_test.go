package order_test

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/order"
)

type pair struct {
	by   int
	name string
}

// It gives what the standard library's stable sort gives, for any list.
func TestByIsTheStableSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) pair {
			return pair{rapid.IntRange(-3, 3).Draw(t, "by"), rapid.StringN(0, 2, 4).Draw(t, "name")}
		}), 0, 100).Draw(t, "list")
		compare := func(a, b pair) int { return cmp.Compare(a.by, b.by) }
		want := slices.Clone(list)
		slices.SortStableFunc(want, compare)
		if order.By(list, compare); !slices.Equal(list, want) {
			t.Fatalf("%v instead of %v", list, want)
		}
	})
}
