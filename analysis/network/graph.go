package network

import (
	"cmp"
	"context"
	"slices"
)

// sparse holds ties as compressed sparse rows: the neighbours of v are to[start[v]:start[v+1]], in
// ascending order. It knows nothing of kinds.
type sparse struct {
	n     int
	start []int32
	to    []int32
	// weight runs beside to; nil means 1 throughout, which saves half the memory traffic.
	weight []float64
	// loop is the weight of each node's loop; nil means none.
	loop []float64
}

// Graph is an undirected network that cannot be changed. Make it with [Build]. Methods that take nodes
// want them in [0, Len), like an index of a slice.
type Graph struct {
	sparse
	nodes     []Node
	kinds     []string
	strands   []strand // ordered by lo, hi, kind
	protected []bool
	input     Input
	ties      int
}

// compress makes the rows from ordered strands and counts the ties. Rows come out in ascending order:
// a node gets first the ties where it is the greater end, in order of the lesser, then the others.
func compress(strands []strand, n int) (int, sparse) {
	s := sparse{n: n, start: make([]int32, n+1)}
	ties := 0
	unit := true
	for i, j := 0, 0; i < len(strands); i = j {
		var w float64
		for j = i; j < len(strands) && strands[j].lo == strands[i].lo && strands[j].hi == strands[i].hi; j++ {
			w += strands[j].weight
		}
		if strands[i].lo == strands[i].hi {
			continue
		}
		ties++
		unit = unit && w == 1
		s.start[strands[i].lo+1]++
		s.start[strands[i].hi+1]++
	}
	for v := range n {
		s.start[v+1] += s.start[v]
	}
	s.to = make([]int32, 2*ties)
	if !unit {
		s.weight = make([]float64, 2*ties)
	}
	s.fill(strands)
	return ties, s
}

// fill writes the arcs of both ends.
func (s *sparse) fill(strands []strand) {
	next := slices.Clone(s.start[:s.n])
	put := func(v, u int32, w float64) {
		at := next[v]
		next[v]++
		s.to[at] = u
		if s.weight != nil {
			s.weight[at] = w
		}
	}
	for i, j := 0, 0; i < len(strands); i = j {
		var w float64
		lo, hi := strands[i].lo, strands[i].hi
		for j = i; j < len(strands) && strands[j].lo == lo && strands[j].hi == hi; j++ {
			w += strands[j].weight
		}
		if lo != hi {
			put(lo, hi, w)
			put(hi, lo, w)
			continue
		}
		if s.loop == nil {
			s.loop = make([]float64, s.n)
		}
		s.loop[lo] = w
	}
}

// row returns the neighbours of v. The caller must not change them.
func (s *sparse) row(v int32) []int32 { return s.to[s.start[v]:s.start[v+1]] }

// arc returns the weight of the arc at index k of to.
func (s *sparse) arc(k int32) float64 {
	if s.weight == nil {
		return 1
	}
	return s.weight[k]
}

// strength is the sum of the weights at v, a loop counting twice.
func (s *sparse) strength(v int32) float64 {
	var sum float64
	if s.weight == nil {
		sum = float64(s.start[v+1] - s.start[v])
	} else {
		for _, w := range s.weight[s.start[v]:s.start[v+1]] {
			sum += w
		}
	}
	if s.loop != nil {
		sum += 2 * s.loop[v]
	}
	return sum
}

// Len returns the number of nodes n.
func (g *Graph) Len() int { return g.n }

// Ties returns the number of pairs of tied nodes m, loops not counted.
func (g *Graph) Ties() int { return g.ties }

// Input tells what became of the rows of the edge list.
func (g *Graph) Input() Input { return g.input }

// Node returns node v as it was given; v in [0, Len).
func (g *Graph) Node(v int) Node { return g.nodes[v] }

// Protected says whether node v is of a kind that no ranking returns.
func (g *Graph) Protected(v int) bool { return g.protected[v] }

// Kinds returns the names of the kinds of edges.
func (g *Graph) Kinds() []string { return slices.Clone(g.kinds) }

// Degree returns the number of neighbours of v, itself not counted.
func (g *Graph) Degree(v int) int { return int(g.start[v+1] - g.start[v]) }

// Strength returns the sum of the weights of the ties of v, a loop counting twice.
func (g *Graph) Strength(v int) float64 { return g.strength(int32(v)) }

// Neighbours returns the neighbours of v in ascending order, as a copy.
func (g *Graph) Neighbours(v int) []int32 { return slices.Clone(g.row(int32(v))) }

// Adjacent says whether there is a tie between u and v, in O(log degree).
func (g *Graph) Adjacent(u, v int) bool {
	_, ok := slices.BinarySearch(g.row(int32(u)), int32(v))
	return ok
}

// Strand is the part of a tie that one kind of edge makes.
type Strand struct {
	Kind   string
	Weight float64
	// Row is the index of the first row of the edge list behind it; Rows counts them.
	Row, Rows int
}

// Between returns of what the tie between u and v is made, in the order of the kinds; nothing when
// there is no tie. O(log m).
func (g *Graph) Between(u, v int) []Strand {
	lo, hi := int32(min(u, v)), int32(max(u, v))
	at, _ := slices.BinarySearchFunc(g.strands, 0, func(s strand, _ int) int {
		return cmp.Or(cmp.Compare(s.lo, lo), cmp.Compare(s.hi, hi), 1)
	})
	var out []Strand
	for ; at < len(g.strands) && g.strands[at].lo == lo && g.strands[at].hi == hi; at++ {
		s := g.strands[at]
		out = append(out, Strand{Kind: g.kinds[s.kind], Weight: s.weight, Row: int(s.row), Rows: int(s.count)})
	}
	return out
}

// Only returns the graph of some kinds of edges alone, with the same nodes. It fails with BadSetting
// when there is no such kind. O(n + m).
func (g *Graph) Only(ctx context.Context, kinds ...string) (*Graph, error) {
	wanted := make([]bool, len(g.kinds))
	for _, kind := range kinds {
		at := slices.Index(g.kinds, kind)
		if at < 0 {
			return nil, badSetting("kinds", "there is no kind of edge %q", kind)
		}
		wanted[at] = true
	}
	out := &Graph{nodes: g.nodes, kinds: g.kinds, protected: g.protected}
	for i := range g.strands {
		s := g.strands[i]
		if !wanted[s.kind] {
			continue
		}
		out.strands = append(out.strands, s)
		out.input.Rows += int(s.count)
		out.input.Repeats += int(s.count) - 1
		if s.lo == s.hi {
			out.input.Loops += int(s.count)
		}
	}
	out.ties, out.sparse = compress(out.strands, g.n)
	out.input.Ties = out.ties
	return out, ctx.Err()
}
