package reliability

import (
	"cmp"
	"slices"
)

// tally is how often one category was given to a unit.
type tally struct{ category, count int }

// pattern is a set of units that received the same codes, whoever gave them. Alpha depends on
// nothing else, so units are grouped once and the bootstrap only draws how often each occurs.
type pattern struct {
	codes  []tally // in order of category
	coded  int     // sum of the counts, at least 2
	amount int     // units
}

// patterns groups the units that at least two coders coded, in an order that does not depend on the
// order of the units. It returns how many units that is.
func (r Ratings) patterns() (list []pattern, units int) {
	counts := make([]int, len(r.Categories))
	for _, row := range r.Codes {
		coded := 0
		for _, code := range row {
			if code != Missing {
				counts[code]++
				coded++
			}
		}
		var codes []tally
		for k := range counts {
			if counts[k] > 0 {
				codes = append(codes, tally{k, counts[k]})
				counts[k] = 0
			}
		}
		if coded >= 2 {
			list = append(list, pattern{codes: codes, coded: coded, amount: 1})
			units++
		}
	}
	slices.SortFunc(list, comparePatterns)
	merged := list[:0]
	for _, p := range list {
		if last := len(merged) - 1; last >= 0 && comparePatterns(merged[last], p) == 0 {
			merged[last].amount++
			continue
		}
		merged = append(merged, p)
	}
	return merged, units
}

func comparePatterns(a, b pattern) int {
	return slices.CompareFunc(a.codes, b.codes, func(x, y tally) int {
		return cmp.Or(cmp.Compare(x.category, y.category), cmp.Compare(x.count, y.count))
	})
}

// coincidences fills o (k×k, row by row) with the coincidence matrix when pattern i occurs
// amounts[i] times:
//
//	o_ck = Σ_u (pairs c–k within unit u) / (m_u − 1)
func coincidences(o []float64, k int, list []pattern, amounts []int) {
	clear(o)
	for i, p := range list {
		if amounts[i] == 0 {
			continue
		}
		w := float64(amounts[i]) / float64(p.coded-1)
		for _, a := range p.codes {
			for _, b := range p.codes {
				pairs := a.count * b.count
				if a.category == b.category {
					pairs = a.count * (a.count - 1)
				}
				o[a.category*k+b.category] += w * float64(pairs)
			}
		}
	}
}
