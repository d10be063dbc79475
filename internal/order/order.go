// Package order sorts short lists: the lines of a page, the items of a file.
//
// [slices.SortFunc] is compiled anew for every type it sorts, 15 KB each, which is worth it where time
// is measured: the importers, the index of names, the statistics. Everywhere else lists are sorted here,
// by code that the program has once.
//
// Trust: it knows nothing but the comparison it is given.
package order

import "sort"

// By sorts a list in place by a comparison like that of [slices.SortFunc]. What compares as equal keeps
// its order.
func By[E any](list []E, compare func(a, b E) int) {
	sort.SliceStable(list, func(i, j int) bool { return compare(list[i], list[j]) < 0 })
}
