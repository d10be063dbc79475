package mse

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
)

const (
	maxGraphLists      = 6
	shownGraphs        = 10
	gridRatio          = 1.05 // first grid of the number of hidden people
	coarseTolerance    = 0.2  // log density off the straight line between two nodes, to find the mass
	fineTolerance      = 1e-5 // the same at the top of the density
	jackknifeTolerance = 0.01 // the same for an answer that is only compared
	negligibleGap      = 45   // log density below the top that no longer matters: e⁻⁴⁵ ≈ 3·10⁻²⁰
	maxGridNodes       = 200_000
	defaultReach       = 25 // default largest total, as a multiple of the people seen
	truncatedShare     = 0.01
)

// AverageSettings says over what to average.
type AverageSettings struct {
	// MaxTotal is the largest number of people, seen and not seen, that is thought possible. 0 means
	// 25 times the people seen. The result depends on it, so a reader must be told.
	MaxTotal int
	// Level of the interval, between 0 and 1; 0 means 0.95.
	Level float64
}

// GraphWeight is a decomposable graph with its share of the posterior.
type GraphWeight struct {
	// Model has the edges of the graph and every interaction inside its cliques.
	Model Model
	// Probability is the posterior probability of the graph.
	Probability float64
}

// DensityPoint is one point of a posterior density.
type DensityPoint struct {
	// Total is the number of people, seen and not seen.
	Total float64
	// Density is the posterior probability of one whole number there.
	Density float64
}

// Posterior is the distribution of the number of people averaged over graphs. Every number is finite.
type Posterior struct {
	Run
	// Observed is the number of people on at least one list.
	Observed int
	// Median, Mean, Lower and Upper describe the number of people, seen and not seen; Lower and Upper
	// leave out (1 − Level)/2 on either side.
	Median, Mean, Lower, Upper float64
	// Level of Lower and Upper.
	Level float64
	// MaxTotal is the largest number of people that was allowed.
	MaxTotal int
	// Tail is the posterior probability of the last tenth below MaxTotal.
	Tail float64
	// Graphs is the number of graphs averaged over, and Top the most probable ones, best first.
	Graphs int
	Top    []GraphWeight
	// Density is the posterior at the nodes of the grid, ascending.
	Density []DensityPoint
	// Warnings are cautions for the reader.
	Warnings []Finding
}

// GraphAverage averages over all decomposable graphs of dependence between the lists and over the
// number m of people on no list, from 1 to MaxTotal less the people seen:
//
//	p(g, m | counts) ∝ 1/(n+m) · (n+m)!/(m!·∏ N_w!) · ∏ cliques h(C) / ∏ separators h(S)
//	h(D) = Γ(1)/Γ(1+n+m) · ∏ cells d of D Γ(2^−|D| + n_d)/Γ(2^−|D|)
//
// where the cell of D on none of its lists holds m people more: a hyper-Dirichlet prior with 2^−t for
// each of the 2ᵗ cells, all graphs equally likely, and 1/N for the total. Method: Madigan and York,
// doi:10.1093/biomet/84.1.19.
//
// Only one factor of h depends on m, so h is computed once for each of the 2ᵗ − 1 sets of lists and
// shared by all graphs. The density is computed on a grid of m that is refined until it is straight,
// in logarithms, to 1e-5 between nodes wherever it matters; between nodes sums over every whole number
// are taken in closed form. Needs 2 to 6 lists. Errors are [BadTable], [BadSetting], [TooFewLists],
// [TooMany] and [NotConverged]. Cost: O(nodes·(2ᵗ + graphs)) with some 1,000 nodes whatever MaxTotal.
func GraphAverage(ctx context.Context, t Table, s AverageSettings) (Posterior, error) {
	p, _, err := average(ctx, t, s)
	return p, err
}

// average also returns the graphs that are not negligible.
func average(ctx context.Context, t Table, s AverageSettings) (Posterior, []graphModel, error) {
	s, err := s.check(t)
	if err != nil {
		return Posterior{}, nil, err
	}
	graphs := decomposable(len(t.lists))
	p := Posterior{
		Run:      Run{Method: "graphs", Settings: fmt.Sprintf("maxtotal=%d level=%g", s.MaxTotal, s.Level), Data: t.Hash(), Version: Version},
		Observed: t.People(), Level: s.Level, MaxTotal: s.MaxTotal, Graphs: len(graphs),
	}
	a := newAveraging(t, graphs)
	nodes, err := a.grid(ctx, s.MaxTotal-p.Observed)
	if err != nil {
		return Posterior{}, nil, err
	}
	c := newCurve(nodes)
	p.describe(c)
	p.Top = a.weigh(c)
	if !finite(p.Median, p.Mean, p.Lower, p.Upper, p.Tail) {
		return Posterior{}, nil, &Error{Problem: NotConverged, Reason: "the posterior is not finite; look for a mistyped count"}
	}
	if p.Tail > truncatedShare {
		p.Warnings = append(p.Warnings, finding(Truncated, "", p.Tail))
	}
	return p, a.graphs, nil
}

// withoutPerson returns the median without one person of each history, to about 0.1 %, over the graphs
// that are not negligible with everybody.
func withoutPerson(ctx context.Context, t Table, p Posterior, graphs []graphModel, workers int) ([]Influence, error) {
	out := make([]Influence, len(t.cells))
	err := each(ctx, len(out), workers, func() int { return 0 }, func(_, i int) error {
		c := t.cells[i]
		out[i] = Influence{History: c.History, Count: c.Count, Estimate: math.Inf(1), Move: math.Inf(1)}
		less, ok := t.minus(c.History, 1)
		if !ok {
			return nil
		}
		a := newAveraging(less, slices.Clone(graphs))
		nodes, err := a.refine(ctx, a.begin(p.MaxTotal-less.People()), jackknifeTolerance)
		if err != nil {
			return err
		}
		median := float64(less.People()) + newCurve(nodes).quantile(0.5)
		out[i].Estimate, out[i].Move = median, (median-p.Median)/p.Median
		return nil
	})
	return out, err
}

// check returns the settings with their defaults.
func (s AverageSettings) check(t Table) (AverageSettings, error) {
	if err := t.check(); err != nil {
		return s, err
	}
	if len(t.lists) < 2 {
		return s, &Error{Problem: TooFewLists, Reason: "averaging over graphs needs two lists or more"}
	}
	if len(t.lists) > maxGraphLists {
		return s, &Error{Problem: TooMany, Reason: fmt.Sprintf("averaging over graphs is limited to %d lists; merge lists", maxGraphLists)}
	}
	n := t.People()
	if s.MaxTotal == 0 {
		s.MaxTotal = min(defaultReach*n, 4*MaxPeople)
	}
	if s.MaxTotal <= n || s.MaxTotal > 4*MaxPeople {
		return s, badSetting("MaxTotal", "%d is not above the %d people seen and at most %d", s.MaxTotal, n, 4*MaxPeople)
	}
	if s.Level == 0 {
		s.Level = 0.95
	}
	if !(s.Level > 0 && s.Level < 1) {
		return s, badSetting("Level", "%g is not between 0 and 1", s.Level)
	}
	return s, nil
}

// averaging evaluates the posterior at one m at a time.
type averaging struct {
	n      float64
	graphs []graphModel
	fixed  []float64 // log h of each set without the factor that depends on m
	none   []float64 // 2^−|D| plus the people on none of the lists of D
	h      []float64
	log    []float64 // log posterior of each graph at the last m, unnormalised
	peak   []float64 // largest log posterior of each graph so far
	top    float64   // largest log posterior of all graphs together so far
}

func newAveraging(t Table, graphs []graphModel) *averaging {
	lists := len(t.lists)
	k := newKernel(lists)
	k.load(t)
	size := 1 << lists
	a := &averaging{
		n: k.n, graphs: graphs, fixed: make([]float64, size), none: make([]float64, size), h: make([]float64, size),
	}
	a.log, a.peak, a.top = make([]float64, len(a.graphs)), make([]float64, len(a.graphs)), math.Inf(-1)
	for i := range a.peak {
		a.peak[i] = math.Inf(-1)
	}
	margin := make([]float64, size)
	for d := History(1); d < History(size); d++ {
		clear(margin)
		for _, c := range t.cells {
			margin[c.History&d] += float64(c.Count)
		}
		share := 1 / float64(int(1)<<d.Len())
		base, _ := math.Lgamma(share)
		for sub := d; sub != 0; sub = (sub - 1) & d {
			g, _ := math.Lgamma(share + margin[sub])
			a.fixed[d] += g - base
		}
		a.fixed[d] -= base
		a.none[d] = share + margin[0]
	}
	return a
}

// at computes the log posterior of every graph at m hidden people and returns that of all together.
func (a *averaging) at(m float64) float64 {
	all, _ := math.Lgamma(1 + a.n + m)
	hidden, _ := math.Lgamma(1 + m)
	for d := 1; d < len(a.h); d++ {
		g, _ := math.Lgamma(a.none[d] + m)
		a.h[d] = a.fixed[d] + g - all
	}
	common, top := all-hidden-math.Log(a.n+m), math.Inf(-1)
	for i := range a.graphs {
		v := common
		for _, p := range a.graphs[i].terms {
			v += p.by * a.h[p.set]
		}
		a.log[i] = v
		top = max(top, v)
	}
	sum := 0.0
	for _, v := range a.log {
		if v > top-negligibleGap {
			sum += math.Exp(v - top)
		}
	}
	return top + math.Log(sum)
}

// node is the log posterior at m hidden people.
type node struct {
	m, log float64
}

// grid returns nodes from 1 to last between which the log posterior is straight enough, ascending. A
// coarse grid over all graphs finds where the mass is; the graphs that matter nowhere on it are then
// left out of the fine grid.
func (a *averaging) grid(ctx context.Context, last int) ([]node, error) {
	nodes, err := a.refine(ctx, a.begin(last), coarseTolerance)
	if err != nil {
		return nil, err
	}
	a.prune()
	return a.refine(ctx, nodes, fineTolerance)
}

// begin returns the first nodes, in steps of gridRatio.
func (a *averaging) begin(last int) []node {
	var nodes []node
	for m := 1.0; m < float64(last); m = max(m+1, math.Floor(m*gridRatio)) {
		nodes = append(nodes, a.look(m))
	}
	return append(nodes, a.look(float64(last)))
}

// look evaluates m and keeps the heights reached.
func (a *averaging) look(m float64) node {
	v := node{m, a.at(m)}
	a.top = max(a.top, v.log)
	for i, l := range a.log {
		a.peak[i] = max(a.peak[i], l)
	}
	return v
}

// prune drops the graphs that stay negligible.
func (a *averaging) prune() {
	kept := a.graphs[:0]
	for i, g := range a.graphs {
		if a.peak[i] > a.top-negligibleGap {
			kept = append(kept, g)
		}
	}
	a.graphs, a.log, a.peak = kept, a.log[:len(kept)], make([]float64, len(kept))
}

// refine halves every gap whose middle lies off the straight line by more than the tolerance. Far
// below the top the tolerance grows as the mass falls, up to the coarse one.
func (a *averaging) refine(ctx context.Context, nodes []node, tolerance float64) ([]node, error) {
	out := make([]node, 0, 2*len(nodes))
	rest := slices.Clone(nodes) // a stack, the lowest m last
	slices.Reverse(rest)
	for len(rest) > 1 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(out)+len(rest) > maxGridNodes {
			return nil, &Error{Problem: NotConverged, Reason: "the grid of the posterior reached its cap"}
		}
		low, high := rest[len(rest)-1], rest[len(rest)-2]
		if high.m-low.m < 2 {
			out, rest = append(out, low), rest[:len(rest)-1]
			continue
		}
		middle := a.look(math.Floor((low.m + high.m) / 2))
		share := (middle.m - low.m) / (high.m - low.m)
		bend := math.Abs(middle.log - low.log - share*(high.log-low.log))
		height := max(low.log, middle.log, high.log)
		enough := min(tolerance*math.Exp(min(a.top-height, 50)), coarseTolerance)
		// A smooth curve rises above its middle by about its bend at most; 4 is for safety.
		if bend <= enough || height+4*bend < a.top-negligibleGap {
			out, rest = append(out, low, middle), rest[:len(rest)-1]
			continue
		}
		rest = append(rest[:len(rest)-1], middle, low)
	}
	return append(out, rest...), nil
}

// weigh returns the most probable graphs. Between nodes the share of a graph is taken to be the mean of
// its shares at both.
func (a *averaging) weigh(c *curve) []GraphWeight {
	weight := make([]float64, len(a.graphs))
	total, stands := 0.0, c.stands()
	for i, v := range c.nodes {
		if v.log < c.top-negligibleGap {
			continue
		}
		mass := stands[i]
		for g, l := range a.logs(v.m) {
			w := mass * math.Exp(l-v.log)
			weight[g] += w
			total += w
		}
	}
	out := make([]GraphWeight, len(a.graphs))
	for g := range out {
		out[g] = GraphWeight{Model: a.graphs[g].model, Probability: weight[g] / total}
	}
	slices.SortStableFunc(out, func(a, b GraphWeight) int { return cmp.Compare(b.Probability, a.Probability) })
	return slices.Clip(out[:min(shownGraphs, len(out))])
}

// logs returns the log posterior of each graph at m.
func (a *averaging) logs(m float64) []float64 {
	a.at(m)
	return a.log
}
