package importer

import (
	"cmp"
	"slices"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

// derivation adds up totals that a source leaves out. A total is made only when every part that is
// expected was there, each of them once.
type derivation struct {
	sums map[place]sum
}

// place is where a derived total stands.
type place struct {
	release   int
	indicator string
	key       figure.Key
	period    figure.Period
}

type sum struct {
	value figure.Value
	parts int
	need  int
}

// add adds a part to a total that has need parts.
func (d *derivation) add(at place, need int, v figure.Value) {
	if d.sums == nil {
		d.sums = map[place]sum{}
	}
	s, seen := d.sums[at]
	if seen {
		v = s.value.Plus(v)
	}
	d.sums[at] = sum{v, s.parts + 1, need}
}

// figures returns the complete totals of an area in order of release, indicator, key and period.
func (d *derivation) figures(area string) []Figure {
	var all []Figure
	for at, s := range d.sums {
		if s.parts != s.need || s.value.IsMissing() {
			continue
		}
		all = append(all, Figure{
			Indicator: at.indicator, Area: area, Key: at.key, Period: at.period,
			Value: s.value, Release: at.release, Derived: true,
		})
	}
	slices.SortFunc(all, func(a, b Figure) int {
		return cmp.Or(
			cmp.Compare(a.Release, b.Release), cmp.Compare(a.Indicator, b.Indicator),
			cmp.Compare(a.Key, b.Key), a.Period.Compare(b.Period),
		)
	})
	return all
}
