package network

import (
	"cmp"
	"context"
	"slices"
)

// KeyPlayerSettings says how the set is sought.
type KeyPlayerSettings struct {
	// Size k of the set, at least 1 and below the number of nodes.
	Size int
	// ExactWork bounds the work of trying every set, in visits of nodes and ties; beyond it the set is
	// sought by greedy choice and swaps. 0 means 1e8, about a second. Below 0: never try every set.
	ExactWork float64
	// MaxPasses caps the passes of swaps; 0 means 100.
	MaxPasses int
}

// KeyPlayerSet is a set of nodes and what its removal does.
type KeyPlayerSet struct {
	// Nodes in ascending order; fewer than asked when the others are protected.
	Nodes []int
	// Before and After are the numbers of pairs of nodes with a path between them, After without the set.
	Before, After int64
	// Fragmentation of what is left: 1 − After/(r(r−1)/2) with r nodes left; 1 when r is below 2.
	Fragmentation float64
	// Exact says that no set of this size leaves fewer connected pairs. Otherwise no exchange of one
	// member does, unless Passes reached the cap.
	Exact bool
	// Passes of swaps that ran.
	Passes int
}

// KeyPlayers seeks the k nodes whose removal leaves the fewest pairs of other nodes with a path
// between them (Borgatti's negative key-player problem, which is NP-hard). Protected nodes are never
// chosen. Of equal sets the one with the more ties is taken, then the first in order.
//
// One depth-first search finds the best last member for a given rest, in O(n + m): every set is tried
// in O(C(n, k−1)·(n + m)), a greedy set costs O(k(n + m)) and so does a pass of swaps. Source:
// Borgatti, doi:10.1007/s10588-006-7084-x.
func KeyPlayers(ctx context.Context, g *Graph, s KeyPlayerSettings) (KeyPlayerSet, error) {
	if s.ExactWork == 0 {
		s.ExactWork = 1e8
	}
	if s.MaxPasses == 0 {
		s.MaxPasses = 100
	}
	switch {
	case s.Size < 1 || s.Size >= max(2, g.n):
		return KeyPlayerSet{}, badSetting("Size", "%d is not at least 1 and below the number of nodes, %d", s.Size, g.n)
	case !(s.ExactWork <= 1e15):
		return KeyPlayerSet{}, badSetting("ExactWork", "%g is not at most 1e15", s.ExactWork)
	case s.MaxPasses < 1 || s.MaxPasses > 10_000:
		return KeyPlayerSet{}, badSetting("MaxPasses", "%d is not between 1 and 10000", s.MaxPasses)
	}
	w := &players{ctx: ctx, Graph: g, out: make([]bool, g.n)}
	w.descent = newDescent(&g.sparse, w.out)
	for v := range int32(g.n) {
		if !g.protected[v] {
			w.open = append(w.open, v)
		}
	}
	return w.seek(min(s.Size, len(w.open)), s)
}

func (w *players) seek(size int, s KeyPlayerSettings) (KeyPlayerSet, error) {
	var out KeyPlayerSet
	_, out.Before = w.last(nil, -1)
	best := choice{after: out.Before}
	var err error
	switch {
	case size == 0:
		out.Exact = true
	case w.work(size-1) <= s.ExactWork:
		out.Exact = true
		best, err = w.all(size)
	default:
		best, out.Passes, err = w.swapped(size, s.MaxPasses)
	}
	if err != nil {
		return KeyPlayerSet{}, err
	}
	for _, v := range best.nodes {
		out.Nodes = append(out.Nodes, int(v))
	}
	out.After, out.Fragmentation = best.after, 1
	if left := pairs(int32(w.Len() - size)); left > 0 {
		out.Fragmentation = 1 - float64(best.after)/float64(left)
	}
	return out, nil
}

// choice is a set in ascending order and what it leaves.
type choice struct {
	nodes  []int32
	after  int64
	degree int // ties of the nodes together
}

func (c choice) better(than choice) bool {
	return cmp.Or(cmp.Compare(c.after, than.after), cmp.Compare(than.degree, c.degree), slices.Compare(c.nodes, than.nodes)) < 0
}

type players struct {
	*Graph
	ctx     context.Context
	descent *descent
	out     []bool
	open    []int32 // nodes that may be chosen
}

// work is the cost of trying every set of k nodes with every last member.
func (w *players) work(k int) float64 {
	sets := 1.0
	for i := range k {
		sets *= float64(len(w.open)-i) / float64(i+1)
	}
	return sets * float64(w.n+len(w.to))
}

// last returns the set with the best node above floor added, and the connected pairs without the set
// alone. The set comes back without nodes when there is no such node.
func (w *players) last(set []int32, floor int32) (choice, int64) {
	for _, v := range set {
		w.out[v] = true
	}
	best, gain, total := int32(-1), int64(-1), int64(0)
	d := w.descent
	d.run(func(nodes []int32) {
		size := int32(len(nodes))
		total += pairs(size)
		for _, v := range nodes {
			if v <= floor || w.protected[v] {
				continue
			}
			x := pairs(size) - d.apart[v] - pairs(size-1-d.loose[v])
			if c := cmp.Or(cmp.Compare(x, gain), cmp.Compare(w.degree(v), w.degree(best)), cmp.Compare(best, v)); best < 0 || c > 0 {
				best, gain = v, x
			}
		}
	})
	c := choice{after: total - gain, degree: w.degree(best)}
	for _, v := range set {
		w.out[v] = false
		c.degree += w.degree(v)
	}
	if best >= 0 {
		c.nodes = append(slices.Clone(set), best)
		slices.Sort(c.nodes)
	}
	return c, total
}

func (w *players) degree(v int32) int {
	if v < 0 {
		return 0
	}
	return w.Degree(int(v))
}

// all tries every set of size nodes: every rest in order, with the best last member after it.
func (w *players) all(size int) (choice, error) {
	var best choice
	at := make([]int, size-1) // indices in open, ascending
	set := make([]int32, size-1)
	for i := range at {
		at[i] = i
	}
	for {
		if err := w.ctx.Err(); err != nil {
			return choice{}, err
		}
		floor := int32(-1)
		for i, k := range at {
			set[i] = w.open[k]
			floor = set[i]
		}
		if c, _ := w.last(set, floor); c.nodes != nil && (best.nodes == nil || c.better(best)) {
			best = c
		}
		// The next combination, leaving room for the last member.
		i := len(at) - 1
		for i >= 0 && at[i] == len(w.open)-size+i {
			i--
		}
		if i < 0 {
			return best, nil
		}
		at[i]++
		for j := i + 1; j < len(at); j++ {
			at[j] = at[j-1] + 1
		}
	}
}

// swapped adds the best node until there are size, then exchanges single members while that helps.
func (w *players) swapped(size, most int) (choice, int, error) {
	var best choice
	for len(best.nodes) < size {
		best, _ = w.last(best.nodes, -1)
		if err := w.ctx.Err(); err != nil {
			return choice{}, 0, err
		}
	}
	passes := 0
	for changed := true; changed && passes < most; passes++ {
		changed = false
		for i := range size {
			if err := w.ctx.Err(); err != nil {
				return choice{}, 0, err
			}
			if c, _ := w.last(slices.Delete(slices.Clone(best.nodes), i, i+1), -1); c.better(best) {
				best, changed = c, true
			}
		}
	}
	return best, passes, nil
}
