package network

import (
	"context"
	"slices"
)

// BetweennessSettings says how betweenness is computed. The zero value gives raw figures.
type BetweennessSettings struct {
	// Normalised divides by the number of pairs of other nodes, (n−1)(n−2)/2, for figures in [0, 1].
	Normalised bool
	// Workers is the number of goroutines; 0 means one for each processor. It does not change a bit.
	Workers int
}

// sourceBlocks is the number of parts into which the sources are cut. It bounds the memory, and fixes
// the order of the sums whatever the number of workers.
const sourceBlocks = 32

// Betweenness counts for each node the shortest paths of others that lead through it:
//
//	b(v) = Σ_{s<t, s≠v≠t} σ_st(v) / σ_st
//
// where σ_st counts the shortest paths from s to t and σ_st(v) those through v. Length is the number
// of ties: weights, which are strengths and not lengths, do not count. Pairs without a path count 0.
//
// Exact, O(n·m) time, O(32·n + m) memory. Source: Brandes, doi:10.1080/0022250X.2001.9990249.
func Betweenness(ctx context.Context, g *Graph, s BetweennessSettings) (Scores, error) {
	if s.Workers < 0 {
		return Scores{}, badSetting("Workers", "%d is below 0", s.Workers)
	}
	bounds := blocks(g.n, sourceBlocks)
	sums := make([][]float64, len(bounds)-1)
	err := each(ctx, len(sums), s.Workers, func() *brandes { return newBrandes(&g.sparse) }, func(w *brandes, i int) error {
		w.sum = make([]float64, g.n)
		sums[i] = w.sum
		for source := bounds[i]; source < bounds[i+1]; source++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			w.from(int32(source))
		}
		return nil
	})
	if err != nil {
		return Scores{}, err
	}
	total := make([]float64, g.n)
	for _, sum := range sums {
		for v, x := range sum {
			total[v] += x
		}
	}
	divisor := 2.0 // each pair was met from both ends
	if s.Normalised && g.n > 2 {
		divisor = float64(g.n-1) * float64(g.n-2)
	}
	for v := range total {
		total[v] /= divisor
	}
	return g.scores(total), nil
}

// brandes is the scratch space of one worker.
type brandes struct {
	*sparse
	sum      []float64
	distance []int32
	paths    []float64
	depend   []float64
	order    []int32
}

func newBrandes(s *sparse) *brandes {
	w := &brandes{
		sparse: s, distance: make([]int32, s.n), paths: make([]float64, s.n),
		depend: make([]float64, s.n), order: make([]int32, 0, s.n),
	}
	for v := range w.distance {
		w.distance[v] = -1
	}
	return w
}

// from adds the share of each node in the shortest paths from source to sum.
func (w *brandes) from(source int32) {
	w.order = append(w.order[:0], source)
	w.distance[source], w.paths[source] = 0, 1
	for head := 0; head < len(w.order); head++ {
		v := w.order[head]
		next, paths := w.distance[v]+1, w.paths[v]
		for _, u := range w.row(v) {
			if w.distance[u] < 0 {
				w.distance[u] = next
				w.order = append(w.order, u)
			}
			if w.distance[u] == next {
				w.paths[u] += paths
			}
		}
	}
	for _, v := range slices.Backward(w.order) {
		before := w.distance[v] - 1
		share := (1 + w.depend[v]) / w.paths[v]
		for _, u := range w.row(v) {
			if w.distance[u] == before {
				w.depend[u] += w.paths[u] * share
			}
		}
		if v != source {
			w.sum[v] += w.depend[v]
		}
	}
	for _, v := range w.order {
		w.distance[v], w.paths[v], w.depend[v] = -1, 0, 0
	}
}
