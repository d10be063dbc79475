package network

import (
	"cmp"
	"slices"
)

// Scores holds one figure a node. The figures of protected nodes are computed, so that those of the
// others are right, but not told.
type Scores struct {
	value  []float64
	hidden []bool
}

// Ranked is a node and its figure.
type Ranked struct {
	Node  int
	Value float64
}

// Len returns the number of nodes.
func (s Scores) Len() int { return len(s.value) }

// Of returns the figure of node v, and false when the node is protected.
func (s Scores) Of(v int) (float64, bool) {
	if s.hidden[v] {
		return 0, false
	}
	return s.value[v], true
}

// Ranking returns the most highest figures, equal ones in the order of the nodes; most below 0 means
// all. Protected nodes are never among them. O(n log n).
func (s Scores) Ranking(most int) []Ranked {
	ranked := make([]Ranked, 0, len(s.value))
	for v, x := range s.value {
		if !s.hidden[v] {
			ranked = append(ranked, Ranked{v, x})
		}
	}
	slices.SortFunc(ranked, func(a, b Ranked) int {
		return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(a.Node, b.Node))
	})
	if most >= 0 && most < len(ranked) {
		ranked = ranked[:most]
	}
	return ranked
}

func (g *Graph) scores(value []float64) Scores {
	return Scores{value: value, hidden: g.protected}
}
