package network

import (
	"cmp"
	"container/heap"
	"context"
	"math"
	"slices"
)

// PromptSettings says which pairs are looked at. The zero value gives the 50 best over all pairs.
type PromptSettings struct {
	// Most is the number of pairs returned; 0 means 50.
	Most int
	// GreatestDegree leaves out common neighbours with more neighbours than this, such as a hostel's
	// switchboard, which tie everybody to everybody and cost its square in time; 0 means no bound. Both figures are
	// then those of the network without them.
	GreatestDegree int
	// Workers is the number of goroutines; 0 means one for each processor. It does not change a bit.
	Workers int
}

// Prompt is a pair of nodes without a tie that share neighbours: a reason to check whether a record
// is missing, never evidence of a tie.
type Prompt struct {
	A, B int // A < B
	// AdamicAdar is Σ 1/ln(degree(z)) over the common neighbours z; no unit.
	AdamicAdar float64
	// Jaccard is the number of common neighbours over that of nodes tied to either, in (0, 1].
	Jaccard float64
	// Common are the shared neighbours that counted, in ascending order: the reason for the prompt.
	Common []int
}

// Prompts returns the pairs without a tie with the greatest Adamic–Adar figure; equal ones by
// Jaccard, then in the order of the nodes. Pairs with a protected node are left out, as are protected
// nodes from Common, though they count in the figures. Weights and loops do not count.
//
// O(Σ_z degree(z)²) time. Source: Adamic and Adar, doi:10.1016/S0378-8733(03)00009-1; Liben-Nowell
// and Kleinberg, doi:10.1002/asi.20591.
func Prompts(ctx context.Context, g *Graph, s PromptSettings) ([]Prompt, error) {
	if s.Most == 0 {
		s.Most = 50
	}
	if s.Most < 0 || s.GreatestDegree < 0 || s.Workers < 0 {
		return nil, badSetting("PromptSettings", "Most, GreatestDegree and Workers must not be below 0")
	}
	bounds := blocks(g.n, 64)
	found := make([]promptHeap, len(bounds)-1)
	err := each(ctx, len(found), s.Workers, func() *pairing { return newPairing(g, s) }, func(w *pairing, i int) error {
		w.best = nil
		for v := bounds[i]; v < bounds[i+1]; v++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			w.from(int32(v))
		}
		found[i] = w.best
		return nil
	})
	if err != nil {
		return nil, err
	}
	best := slices.Concat(found...)
	slices.SortFunc(best, func(a, b Prompt) int { return a.compare(b) })
	best = best[:min(s.Most, len(best))]
	for i := range best {
		best[i].Common = g.common(int32(best[i].A), int32(best[i].B), s.GreatestDegree)
	}
	return best, nil
}

// compare is below 0 when p comes before q.
func (p Prompt) compare(q Prompt) int {
	return cmp.Or(cmp.Compare(q.AdamicAdar, p.AdamicAdar), cmp.Compare(q.Jaccard, p.Jaccard), cmp.Compare(p.A, q.A), cmp.Compare(p.B, q.B))
}

// promptHeap keeps the last of the best at its root.
type promptHeap []Prompt

func (h promptHeap) Len() int           { return len(h) }
func (h promptHeap) Less(i, j int) bool { return h[i].compare(h[j]) > 0 }
func (h promptHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *promptHeap) Push(x any)        { *h = append(*h, x.(Prompt)) }
func (h *promptHeap) Pop() any {
	last := len(*h) - 1
	p := (*h)[last]
	*h = (*h)[:last]
	return p
}

// pairing is the scratch space of one worker.
type pairing struct {
	*Graph
	s      PromptSettings
	worth  []float64 // 1/ln(degree), 0 for neighbours that do not count
	reach  []int32   // neighbours that are not left out
	figure []float64
	shared []int32
	near   []int32
	best   promptHeap
}

func newPairing(g *Graph, s PromptSettings) *pairing {
	w := &pairing{Graph: g, s: s, worth: make([]float64, g.n), figure: make([]float64, g.n), shared: make([]int32, g.n), reach: make([]int32, g.n)}
	for z := range w.worth {
		d := g.Degree(z)
		if s.GreatestDegree > 0 && d > s.GreatestDegree {
			continue
		}
		if d > 1 {
			w.worth[z] = 1 / math.Log(float64(d))
		}
		for _, v := range g.row(int32(z)) {
			w.reach[v]++
		}
	}
	return w
}

// from looks at the pairs of a with later nodes at two steps.
func (w *pairing) from(a int32) {
	if w.protected[a] {
		return
	}
	w.near = w.near[:0]
	for _, z := range w.row(a) {
		if w.worth[z] == 0 {
			continue
		}
		row := w.row(z)
		after, _ := slices.BinarySearch(row, a+1)
		for _, b := range row[after:] {
			if w.shared[b] == 0 {
				w.near = append(w.near, b)
			}
			w.figure[b] += w.worth[z]
			w.shared[b]++
		}
	}
	for _, b := range w.row(a) {
		w.figure[b], w.shared[b] = 0, 0 // tied already
	}
	for _, b := range w.near {
		if w.shared[b] > 0 && !w.protected[b] {
			common := w.shared[b]
			either := w.reach[a] + w.reach[b] - common
			w.offer(Prompt{A: int(a), B: int(b), AdamicAdar: w.figure[b], Jaccard: float64(common) / float64(either)})
		}
		w.figure[b], w.shared[b] = 0, 0
	}
}

// offer keeps p if it is among the best so far.
func (w *pairing) offer(p Prompt) {
	if len(w.best) < w.s.Most {
		heap.Push(&w.best, p)
	} else if p.compare(w.best[0]) < 0 {
		w.best[0] = p
		heap.Fix(&w.best, 0)
	}
}

// common returns the shared neighbours that count and may be told.
func (g *Graph) common(a, b int32, greatest int) []int {
	var out []int
	other := g.row(b)
	for _, z := range g.row(a) {
		if _, ok := slices.BinarySearch(other, z); ok && !g.protected[z] && (greatest == 0 || g.Degree(int(z)) <= greatest) {
			out = append(out, int(z))
		}
	}
	return out
}
