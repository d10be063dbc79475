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
	"github.com/fourfold/fourfold/internal/order"
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
	order.By(checks, func(a, b Check) int {
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
	used := slices.Clone(splits[over])
	order.By(used, func(a, b Cell) int { return cmp.Compare(a.Key, b.Key) })
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

// Naive adds all cells as they stand, which is right only when no person can be in two of them. It
// is refused with fault.Invalid when cells overlap: a total beside its parts, the same cell twice,
// or cells of two dimensions side by side. The message names two of them and, where the total can
// be made, what would have come out and how many times too much that is.
// O(n·s) for n cells of s different shapes.
func Naive(cells []Cell) (figure.Value, error) {
	values := make([]figure.Value, len(cells))
	for i, c := range cells {
		values[i] = c.Value
	}
	naive, _ := figure.Total(values...)
	a, b, found := overlap(cells)
	if !found {
		return naive, nil
	}
	refused := fault.New(fault.Invalid, "These cells cannot be added up: some overlap (%q and %q), so people would be counted more than once.", name(a), name(b))
	if total, _, _, err := Sum(cells, "", ""); err == nil && total.Mid() > 0 {
		refused = fault.New(fault.Invalid, "These cells cannot be added up: some overlap (%q and %q), so people would be counted more than once. The sum would be %s where the total is %s, %.1f times too much.",
			name(a), name(b), naive.String(), total.String(), naive.Mid()/total.Mid())
	}
	return figure.Value{}, refused.WithHint("Ask for the total, which adds cells of one kind only, or fix every dimension.")
}

func name(k figure.Key) string {
	if k == "" {
		return "total"
	}
	return string(k)
}

// overlap finds two cells that may hold the same person: cells that agree on every dimension they
// share. Cells of one shape do so only when they are equal; cells of two shapes are compared by
// what is left of their keys on the shared dimensions.
func overlap(cells []Cell) (a, b figure.Key, found bool) {
	byShape := map[string][]figure.Key{}
	for _, c := range cells {
		shape := c.Key.Dims()
		byShape[shape] = append(byShape[shape], c.Key)
	}
	shapes := slices.Sorted(maps.Keys(byShape))
	for i, s := range shapes {
		for _, t := range shapes[i:] {
			if a, b, found := meet(byShape[s], byShape[t], shared(s, t), s == t); found {
				return a, b, true
			}
		}
	}
	return "", "", false
}

// meet finds a key of each list that agree on the dimensions of shape; with same the lists are one.
func meet(as, bs []figure.Key, shape string, same bool) (a, b figure.Key, found bool) {
	at := make(map[figure.Key]figure.Key, len(as))
	for _, k := range as {
		p := project(k, shape)
		if first, seen := at[p]; seen && same {
			return first, k, true
		}
		at[p] = k
	}
	if same {
		return "", "", false
	}
	for _, k := range bs {
		if a, seen := at[project(k, shape)]; seen {
			return a, k, true
		}
	}
	return "", "", false
}

// shared returns the dimensions that two shapes have in common.
func shared(s, t string) string {
	var both []string
	have := strings.Split(t, "|")
	for d := range strings.SplitSeq(s, "|") {
		if slices.Contains(have, d) {
			both = append(both, d)
		}
	}
	return strings.Join(both, "|")
}

// project keeps of key the dimensions that shape names.
func project(key figure.Key, shape string) figure.Key {
	if key.Dims() == shape {
		return key
	}
	wanted := strings.Split(shape, "|")
	var kept []string
	for part := range strings.SplitSeq(string(key), "|") {
		if dim, _, ok := strings.Cut(part, "="); ok && slices.Contains(wanted, dim) {
			kept = append(kept, part)
		}
	}
	return figure.Key(strings.Join(kept, "|"))
}
