package network

import (
	"context"
	"math"
	"math/rand/v2"
)

// LeidenSettings says how communities are sought. The zero value asks for modularity with resolution
// 1, θ 0.01, seed 0 and iterations until nothing moves, at most 100.
type LeidenSettings struct {
	Quality Quality
	// Resolution γ, from 1e-9 to 1e9; 0 means 1. Greater values give smaller communities. CPM needs it
	// set, since its scale is that of the weights.
	Resolution float64
	// Theta is the randomness θ of the refinement, above 0, in units of weight; 0 means 0.01.
	Theta float64
	// Seed chooses the random order of nodes and of merges.
	Seed uint64
	// MaxIterations caps how often the whole is repeated from its own result; 0 means 100. Most of the
	// quality comes with the first two.
	MaxIterations int
	// Start is a partition to improve, one entry in [0, n) a node; nil means every node alone.
	Start []int32
}

func (s LeidenSettings) resolve(n int) (LeidenSettings, error) {
	if s.Resolution == 0 {
		if s.Quality == CPM {
			return s, badSetting("Resolution", "the constant Potts model needs a density, for example half the weight of a usual tie")
		}
		s.Resolution = 1
	}
	if err := checkResolution(s.Quality, s.Resolution); err != nil {
		return s, err
	}
	if s.Theta == 0 {
		s.Theta = 0.01
	}
	if !(s.Theta > 0 && s.Theta <= 1e12) {
		return s, badSetting("Theta", "%g is not above 0 and at most 1e12", s.Theta)
	}
	if s.MaxIterations == 0 {
		s.MaxIterations = 100
	}
	if s.MaxIterations < 1 || s.MaxIterations > 10_000 {
		return s, badSetting("MaxIterations", "%d is not between 1 and 10000", s.MaxIterations)
	}
	if s.Start != nil && len(s.Start) != n {
		return s, badSetting("Start", "%d entries for %d nodes", len(s.Start), n)
	}
	for v, c := range s.Start {
		if c < 0 || int(c) >= n {
			return s, badNode(v, "its starting community is %d, but communities run from 0 to %d", c, n-1)
		}
	}
	return s, nil
}

// Partition is a division of the nodes into communities.
type Partition struct {
	// Community of each node, from 0 to Count−1 in the order of their least node.
	Community []int32
	// Count is the number of communities. Every one of them is connected.
	Count int
	// Quality in the unit of the settings' Quality.
	Quality float64
	// Iterations that ran.
	Iterations int
	// Converged is false when MaxIterations ended the search while nodes still moved.
	Converged bool
}

// Sizes returns the number of nodes of each community.
func (p *Partition) Sizes() []int {
	sizes := make([]int, p.Count)
	for _, c := range p.Community {
		sizes[c]++
	}
	return sizes
}

// Leiden divides the nodes into communities of high quality, each of them connected. Repeated: a fast
// local move of nodes to the neighbouring community of greatest gain, a refinement that splits
// communities into well-connected parts merged at random in proportion to exp(gain/θ), and the
// aggregation of these parts into the nodes of a smaller network.
//
// The result is a local optimum that depends on the seed: see [Consensus] for what can be relied on.
// It fails with BadSetting or BadNode. One goroutine; about O(m log n) in practice, memory about 24
// bytes an arc at the first level. From 8,192 nodes on the first iteration is a rough one, after which
// nodes are renumbered by community to keep memory access local. Source: Traag, Waltman and van Eck, doi:10.1038/s41598-019-41695-z.
func Leiden(ctx context.Context, g *Graph, s LeidenSettings) (*Partition, error) {
	s, err := s.resolve(g.n)
	if err != nil {
		return nil, err
	}
	return leiden(ctx, newLevel(g.sparse, s.Quality, s.Resolution), s)
}

func leiden(ctx context.Context, base *level, s LeidenSettings) (*Partition, error) {
	n := base.n
	w := newSearch(ctx, n, s)
	community := make([]int32, n)
	for v := range community {
		community[v] = int32(v)
	}
	if s.Start != nil {
		copy(community, s.Start)
	}
	p := &Partition{}
	l := base
	var old []int32 // the number in base of each node of l, once they differ
	for p.Iterations < s.MaxIterations && !p.Converged {
		p.Iterations++
		rough := p.Iterations == 1 && n >= large && s.MaxIterations > 1
		moved, err := w.iterate(l, community, rough)
		if err != nil {
			return nil, err
		}
		switch {
		case rough:
			l, community, old = regroup(base, community)
		case !moved:
			// A node that left may have been the only link between others. The theory promises connected
			// communities only in the limit; here they are checked, and parts set free may move again.
			parts, _, broken := split(&l.sparse, community)
			copy(community, parts)
			p.Converged = !broken
		}
	}
	if old != nil {
		given := make([]int32, n)
		for i, v := range old {
			given[v] = community[i]
		}
		community = given
	}
	p.Community, p.Count, _ = split(&base.sparse, community)
	p.Quality = measure(base, s.Quality, p.Community)
	return p, nil
}

// large is the number of nodes from which a network no longer fits the nearest caches.
const large = 8192

// search holds the scratch space of one run, sized for the first level.
type search struct {
	ctx    context.Context
	random *rand.Rand
	theta  float64

	pool   []pool    // communities or parts
	near   []int32   // communities with weight above 0
	choice []int32   // parts that a node may be merged into
	chance []float64 // gains, then chances, of these
	order  []int32   // nodes in random order; ring buffer of the queue
	queued []bool
	starts []int32   // first nodes of the stretches of order
	count  []int32   // nodes of each community
	empty  []int32   // communities without nodes
	outer  []float64 // weight from each part to the rest of its community
	part   []int32   // part of each node in the refinement
	number []int32   // new number of each part or community
	arcs   []arcs    // memory of the coarser levels, used again in each iteration
}

// arcs is the memory of one level.
type arcs struct {
	to     []int32
	weight []float64
}

// pool is what a move must know of a community or part: side by side, so that one look into memory
// finds both.
type pool struct {
	weight float64 // to it from the node at hand; zero between uses
	mass   float64
}

func newSearch(ctx context.Context, n int, s LeidenSettings) *search {
	return &search{
		ctx: ctx, random: rand.New(rand.NewPCG(s.Seed, 0x4c656964656e)), theta: s.Theta,
		pool: make([]pool, n), near: make([]int32, 0, 64),
		order: make([]int32, n), queued: make([]bool, n), starts: make([]int32, n/stretch+1), count: make([]int32, n),
		empty: make([]int32, 0, n), outer: make([]float64, n), part: make([]int32, n), number: make([]int32, n),
	}
}

// iterate improves community once through all levels, and says whether a node moved. A rough look
// does not wait for the first level to settle.
func (w *search) iterate(base *level, community []int32, rough bool) (bool, error) {
	l := base
	at := make([]int32, base.n) // the node of this level that holds each original node
	for v := range at {
		at[v] = int32(v)
	}
	current := make([]int32, base.n)
	w.renumber(community, current)
	moved := false
	for depth := 0; ; depth++ {
		most := maxVisits
		if rough && l == base {
			most = roughVisits
		}
		changed, err := w.move(l, current, most)
		if err != nil {
			return false, err
		}
		moved = moved || changed
		count := w.renumber(current, current)
		if count == l.n {
			break
		}
		parts := w.refine(l, current, count)
		if parts == l.n {
			break
		}
		next, coarse := w.aggregate(l, current, parts, depth)
		for v, node := range at {
			at[v] = w.part[node]
		}
		l, current = next, coarse
		if err := w.ctx.Err(); err != nil {
			return false, err
		}
	}
	for v, node := range at {
		community[v] = current[node]
	}
	return moved, nil
}

// renumber writes to out the communities numbered from 0 in the order in which they occur, and
// returns how many there are. in and out may be the same.
func (w *search) renumber(in, out []int32) int {
	number := w.number[:len(in)] // communities are always fewer than nodes
	for v := range number {
		number[v] = -1
	}
	var count int32
	for v, c := range in {
		if number[c] < 0 {
			number[c] = count
			count++
		}
		out[v] = number[c]
	}
	return int(count)
}

// stretch is how many consecutive nodes stay together in the random order. Their rows lie side by side
// in memory and fit a processor's nearest cache, which the whole network does not.
const stretch = 512

// shuffle fills order with the nodes 0 … n−1: stretches in random order, and each in random order.
func (w *search) shuffle(n int) []int32 {
	order := w.order[:n]
	count := (n + stretch - 1) / stretch
	starts := w.starts[:count]
	for i := range starts {
		starts[i] = int32(i) * stretch
	}
	w.permute(starts)
	filled := order[:0]
	for _, first := range starts {
		from := len(filled)
		for v := first; v < min(first+stretch, int32(n)); v++ {
			filled = append(filled, v)
		}
		w.permute(filled[from:])
	}
	return order
}

// permute puts x in random order.
func (w *search) permute(x []int32) {
	for i := len(x) - 1; i > 0; i-- {
		j := w.random.Uint32N(uint32(i) + 1)
		x[i], x[j] = x[j], x[i]
	}
}

// pick draws one of the candidates in proportion to chance, which sums to sum.
func (w *search) pick(chance []float64, sum float64) int {
	x := w.random.Float64() * sum
	for i, c := range chance {
		x -= c
		if x < 0 {
			return i
		}
	}
	// Rounding used up the last of the sum.
	for i := len(chance) - 1; i > 0; i-- {
		if chance[i] > 0 {
			return i
		}
	}
	return 0
}

// likelihood is exp((gain−best)/θ), and 0 where that is too small to matter.
func (w *search) likelihood(gain, best float64) float64 {
	x := (gain - best) / w.theta
	if x < -40 {
		return 0
	}
	return math.Exp(x)
}
