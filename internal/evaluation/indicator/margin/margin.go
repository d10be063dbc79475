// Package margin knows the totals of a table from its cells.
//
// Published tables mix both: a row "Total" stands beside the rows that it adds up, on every
// dimension at once. Adding such a table up counts each person once for every margin they stand in
// (eightfold in one national file). Here a cell is a figure.Key, which leaves totals out, so a
// margin is a key with fewer dimensions, and a sum is made over cells of exactly one dimension
// more than the total that is wanted.
//
// The package is pure. Keys and values may come from an untrusted file; nothing here trusts that
// totals agree with their cells, it reports where they do not.
package margin

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/fault"
)

// Cell is one cell or margin of a table.
type Cell struct {
	Key   figure.Key
	Value figure.Value
}

// Check compares a total as published with the sum of its cells over one dimension.
type Check struct {
	Key               figure.Key // of the total
	Over              figure.Dim
	Published, Summed figure.Value
	Cells             int // cells added
}

// Agrees reports whether some number satisfies both: with suppressed cells the total only has to
// lie within the bounds of the sum.
func (c Check) Agrees() bool { return c.Published.Overlaps(c.Summed.Interval) }

// Reconcile compares every published total in cells with the sum over each dimension by which it
// is split, where at least one cell of the split is there and none of them is missing. Checks are
// in order of key, then dimension. O(n·d) for n cells of at most d dimensions.
func Reconcile(cells []Cell) []Check {
	published := make(map[figure.Key]figure.Value, len(cells))
	type split struct {
		parent figure.Key
		over   figure.Dim
	}
	sums := map[split]Check{}
	for _, c := range cells {
		if c.Value.IsMissing() {
			continue
		}
		published[c.Key] = c.Value
		for d := range c.Key.Cell() {
			at := split{c.Key.Without(d), d}
			s, seen := sums[at]
			if !seen {
				s = Check{Key: at.parent, Over: d, Summed: figure.Of(0)}
			}
			s.Summed = s.Summed.Plus(c.Value)
			s.Cells++
			sums[at] = s
		}
	}
	var checks []Check
	for at, s := range sums {
		total, ok := published[at.parent]
		if ok {
			s.Published = total
			checks = append(checks, s)
		}
	}
	slices.SortFunc(checks, func(a, b Check) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Over, b.Over))
	})
	return checks
}

// Sum returns the total of the cell want in one table (one area and period). Where want is split by
// the dimension prefer, those cells are added. Else a published figure of the very cell is the
// total, and where there is none, the cells of the split with the fewest cells are added (ties:
// first in byte order), since every further split loses more to suppression. Categories that are
// totals in disguise (figure.IsTotalCode) are left out. keys are the cells used, over the dimension
// added up, "" for a published total.
//
// It fails with fault.NotFound when want is neither published nor split by a single dimension.
// Whether the cells of a split are all there is for the source to say: absent cells count as
// nought where it drops rows of nought.
func Sum(cells []Cell, want figure.Key, prefer figure.Dim) (total figure.Value, over figure.Dim, keys []figure.Key, err error) {
	splits := map[figure.Dim][]Cell{}
	var published figure.Value
	for _, c := range cells {
		if c.Value.IsMissing() {
			continue
		}
		if c.Key == want {
			published = c.Value
		}
		if d, ok := splitsBy(want, c.Key); ok && !figure.IsTotalCode(c.Key.Code(d)) {
			splits[d] = append(splits[d], c)
		}
	}
	if len(splits[prefer]) == 0 && !published.IsMissing() {
		return published, "", []figure.Key{want}, nil
	}
	if len(splits) == 0 {
		return figure.Value{}, "", nil, fault.New(fault.NotFound, "The source publishes neither this total nor its parts.").
			WithHint("Choose another cell, or see under the indicator how it is split.")
	}
	over = choose(splits, prefer)
	used := slices.SortedFunc(slices.Values(splits[over]), func(a, b Cell) int { return cmp.Compare(a.Key, b.Key) })
	total = figure.Of(0)
	for _, c := range used {
		total = total.Plus(c.Value)
		keys = append(keys, c.Key)
	}
	return total, over, keys, nil
}

func choose(splits map[figure.Dim][]Cell, prefer figure.Dim) figure.Dim {
	if _, ok := splits[prefer]; ok {
		return prefer
	}
	return slices.MinFunc(slices.Sorted(maps.Keys(splits)), func(a, b figure.Dim) int {
		return cmp.Compare(len(splits[a]), len(splits[b]))
	})
}

// splitsBy reports whether key is want with exactly one more dimension, and which.
func splitsBy(want, key figure.Key) (figure.Dim, bool) {
	have, extra := want.Cell(), figure.Dim("")
	for d, code := range key.Cell() {
		w, ok := have[d]
		switch {
		case ok && w != code:
			return "", false
		case ok:
			delete(have, d)
		case extra != "":
			return "", false
		default:
			extra = d
		}
	}
	return extra, extra != "" && len(have) == 0
}

// Naive adds all cells as they stand, which is right only when none of them includes another. It
// is refused with fault.Invalid when cells of different shape are mixed; the message carries the
// sum that would have come out, the total that margins give and the factor between them.
// O(n·s) for s different shapes.
func Naive(cells []Cell) (figure.Value, error) {
	values := make([]figure.Value, len(cells))
	for i, c := range cells {
		values[i] = c.Value
	}
	naive, _ := figure.Total(values...)
	margin, within, mixed := overlap(cells)
	if !mixed {
		return naive, nil
	}
	refused := fault.New(fault.Invalid, "These cells cannot be added up: totals stand among them (%q includes %q), so people would be counted more than once.", name(margin), name(within))
	if total, _, _, err := Sum(cells, "", ""); err == nil && total.Hi > 0 {
		refused = fault.New(fault.Invalid, "These cells cannot be added up: totals stand among them (%q includes %q). The sum would be %s where the total is %s, %.1f times too much.",
			name(margin), name(within), naive.String(), total.String(), naive.Mid()/total.Mid())
	}
	return figure.Value{}, refused.WithHint("Ask for the total, which adds cells of one kind only, or fix every dimension.")
}

func name(k figure.Key) string {
	if k == "" {
		return "total"
	}
	return string(k)
}

// overlap finds a cell that includes another one: equal keys, or a margin and a cell below it.
func overlap(cells []Cell) (margin, within figure.Key, found bool) {
	at := make(map[figure.Key]bool, len(cells))
	shapes := map[string]bool{}
	for _, c := range cells {
		if at[c.Key] {
			return c.Key, c.Key, true
		}
		at[c.Key] = true
		shapes[c.Key.Dims()] = true
	}
	for _, c := range cells {
		for _, shape := range slices.Sorted(maps.Keys(shapes)) {
			m := project(c.Key, shape)
			if m != c.Key && at[m] && m.Dims() == shape && m.Covers(c.Key) {
				return m, c.Key, true
			}
		}
	}
	return "", "", false
}

// project keeps of key the dimensions that shape names.
func project(key figure.Key, shape string) figure.Key {
	var kept []string
	for part := range strings.SplitSeq(string(key), "|") {
		dim, _, _ := strings.Cut(part, "=")
		if dim != "" && slices.Contains(strings.Split(shape, "|"), dim) {
			kept = append(kept, part)
		}
	}
	return figure.Key(strings.Join(kept, "|"))
}
