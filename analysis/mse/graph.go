package mse

import "slices"

// graphModel is a decomposable graph over the lists. Its likelihood factors over a perfect elimination
// order into h(v with its later neighbours)/h(those neighbours), which is a product of clique terms h
// to whole powers; equal terms of numerator and denominator have cancelled.
type graphModel struct {
	model Model   // edges and the interactions inside the cliques
	terms []power // ascending by set
}

type power struct {
	set History
	by  float64
}

// decomposable returns every decomposable (chordal) graph over the lists, in the order of their edges
// as a binary number with the pair 12 lowest: 1, 2, 8, 61, 822 and 18,154 graphs for 1 to 6 lists.
func decomposable(lists int) []graphModel {
	edges := pairs(lists)
	var out []graphModel
	for mask := range uint32(1) << len(edges) {
		var near [MaxLists]History
		for i, e := range edges {
			if mask&(1<<i) != 0 {
				ends := e.Lists()
				near[ends[0]] |= 1 << ends[1]
				near[ends[1]] |= 1 << ends[0]
			}
		}
		if g, ok := eliminate(near[:lists]); ok {
			out = append(out, g)
		}
	}
	return out
}

// eliminate removes lists whose neighbours are all joined, one after the other; false when none is
// left to remove, which means that the graph has a cycle without a chord.
func eliminate(near []History) (graphModel, bool) {
	powers := map[History]float64{}
	var cliques []History
	for rest := History(1)<<len(near) - 1; rest != 0; {
		v := simplicial(near, rest)
		if v < 0 {
			return graphModel{}, false
		}
		around := near[v] & rest
		powers[around|1<<v]++
		powers[around]--
		cliques = append(cliques, around|1<<v)
		rest &^= 1 << v
	}
	g := graphModel{model: NewModel(cliques...)}
	for set, by := range powers {
		if by != 0 && set != 0 {
			g.terms = append(g.terms, power{set, by})
		}
	}
	slices.SortFunc(g.terms, func(a, b power) int { return int(a.set) - int(b.set) })
	return g, true
}

// simplicial returns the first list of rest whose neighbours in rest are all joined, or -1.
func simplicial(near []History, rest History) int {
	for _, v := range rest.Lists() {
		around := near[v] & rest
		joined := true
		for _, u := range around.Lists() {
			joined = joined && near[u]|1<<u == (near[u]|1<<u)|around
		}
		if joined {
			return v
		}
	}
	return -1
}
