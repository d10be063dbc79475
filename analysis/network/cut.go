package network

import "context"

// Tie is a pair of tied nodes, From < To.
type Tie struct{ From, To int }

// CutSet is what [Cuts] found.
type CutSet struct {
	// Bridges are the ties without which two nodes would lose every path to each other, in the order of
	// their nodes. Ties that several kinds make count as one. An end of a bridge may be protected: this
	// is a list of ties, not a ranking of people.
	Bridges []Tie
	// Points are the nodes without which two others would lose every path, in ascending order, protected
	// nodes left out.
	Points []int
}

// Cuts finds the bridges and the articulation points. Weights and loops do not count. O(n + m),
// without recursion. Source: Tarjan, doi:10.1137/0201010; Hopcroft and Tarjan, doi:10.1145/362248.362272.
func Cuts(ctx context.Context, g *Graph) (CutSet, error) {
	if err := ctx.Err(); err != nil {
		return CutSet{}, err
	}
	w := newDescent(&g.sparse, nil)
	w.run(nil)
	var out CutSet
	for v := range int32(g.n) {
		if w.cut[v] && !g.protected[v] {
			out.Points = append(out.Points, int(v))
		}
		for _, u := range g.row(v) {
			// The tie is a bridge when the child side reaches nothing at or above the parent.
			if u > v && (w.parent[u] == v && w.low[u] > w.time[v] || w.parent[v] == u && w.low[v] > w.time[u]) {
				out.Bridges = append(out.Bridges, Tie{int(v), int(u)})
			}
		}
	}
	return out, nil
}

// descent is a depth-first search over the nodes not taken out, kept for the times of discovery, the
// lowest time each subtree reaches, and what falls apart when a node is taken out.
type descent struct {
	*sparse
	out    []bool // nodes taken out; nil means none
	time   []int32
	low    []int32
	parent []int32
	cut    []bool
	size   []int32 // nodes of the subtree
	apart  []int64 // connected pairs among the subtrees that the node's removal cuts off
	loose  []int32 // nodes of these subtrees
	next   []int32 // arc to look at
	stack  []int32
	order  []int32 // nodes of the component in order of discovery
}

func newDescent(s *sparse, out []bool) *descent {
	n := s.n
	return &descent{
		sparse: s, out: out, time: make([]int32, n), low: make([]int32, n), parent: make([]int32, n),
		cut: make([]bool, n), size: make([]int32, n), apart: make([]int64, n), loose: make([]int32, n),
		next: make([]int32, n),
	}
}

// run searches all components, and calls done, if any, with the nodes of each.
func (w *descent) run(done func(nodes []int32)) {
	for v := range w.time {
		w.time[v], w.parent[v], w.cut[v] = -1, -1, false
		w.size[v], w.apart[v], w.loose[v], w.next[v] = 1, 0, 0, w.start[v]
	}
	clock := int32(0)
	for root := range int32(w.n) {
		if w.time[root] >= 0 || w.out != nil && w.out[root] {
			continue
		}
		clock = w.component(root, clock)
		if done != nil {
			done(w.order)
		}
	}
}

// component searches from root and returns the next time.
func (w *descent) component(root, clock int32) int32 {
	w.stack, w.order = append(w.stack[:0], root), append(w.order[:0], root)
	w.time[root], w.low[root] = clock, clock
	clock++
	children := 0
	for len(w.stack) > 0 {
		v := w.stack[len(w.stack)-1]
		if w.next[v] == w.start[v+1] {
			w.stack = w.stack[:len(w.stack)-1]
			if p := w.parent[v]; p >= 0 {
				w.leave(v, p)
			}
			continue
		}
		u := w.to[w.next[v]]
		w.next[v]++
		switch {
		case w.out != nil && w.out[u] || u == w.parent[v]:
		case w.time[u] >= 0:
			w.low[v] = min(w.low[v], w.time[u])
		default:
			if v == root {
				children++
			}
			w.parent[u], w.time[u], w.low[u] = v, clock, clock
			clock++
			w.stack, w.order = append(w.stack, u), append(w.order, u)
		}
	}
	// The root is special: every child subtree is cut off by it, and it is a cut point from two on.
	w.cut[root] = children > 1
	return clock
}

// leave hands what is known of the finished node v on to its parent p.
func (w *descent) leave(v, p int32) {
	w.low[p] = min(w.low[p], w.low[v])
	w.size[p] += w.size[v]
	if w.low[v] >= w.time[p] {
		w.cut[p] = true
		w.loose[p] += w.size[v]
		w.apart[p] += pairs(w.size[v])
	}
}

// pairs is the number of pairs among n nodes.
func pairs(n int32) int64 { return int64(n) * int64(n-1) / 2 }
