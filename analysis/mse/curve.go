package mse

import (
	"math"
	"sort"
)

// curve is a probability distribution on the whole numbers from the first node to the last one, with
// a logarithm that is straight between nodes.
type curve struct {
	nodes []node
	top   float64
	upTo  []float64 // unnormalised mass of the whole numbers up to and with node i
}

func newCurve(nodes []node) *curve {
	c := &curve{nodes: nodes, top: math.Inf(-1), upTo: make([]float64, len(nodes))}
	for _, v := range nodes {
		c.top = max(c.top, v.log)
	}
	c.upTo[0] = math.Exp(nodes[0].log - c.top)
	for i := 1; i < len(nodes); i++ {
		c.upTo[i] = c.upTo[i-1] + c.after(i-1, nodes[i].m-nodes[i-1].m)
	}
	return c
}

// after returns the mass of the k whole numbers that follow node i, k at most the gap to the next.
func (c *curve) after(i int, k float64) float64 {
	low, high := c.nodes[i], c.nodes[i+1]
	slope := (high.log - low.log) / (high.m - low.m)
	first := math.Exp(low.log - c.top)
	// first·(e^slope + … + e^(k·slope)), with expm1 for slopes near 0.
	if math.Abs(slope*k) < 1e-12 {
		return first * k
	}
	if slope > 0 { // from the upper end, so that nothing overflows
		return math.Exp(low.log+slope*k-c.top) * math.Expm1(-slope*k) / math.Expm1(-slope)
	}
	return first * math.Exp(slope) * math.Expm1(slope*k) / math.Expm1(slope)
}

// split divides the mass of the gap after node i between its two ends, each whole number in
// proportion to its nearness, with a density taken to be straight.
func (c *curve) split(i int) (low, high float64) {
	mass, gap := c.upTo[i+1]-c.upTo[i], c.nodes[i+1].m-c.nodes[i].m
	a, b := math.Exp(c.nodes[i].log-c.top), math.Exp(c.nodes[i+1].log-c.top)
	if a+b > 0 {
		low = mass * (gap - 1) / gap * (2*a + b) / (3 * (a + b))
	}
	return low, mass - low
}

// stands returns the mass that each node stands for.
func (c *curve) stands() []float64 {
	mass := make([]float64, len(c.nodes))
	mass[0] = c.upTo[0]
	for i := range len(mass) - 1 {
		low, high := c.split(i)
		mass[i] += low
		mass[i+1] += high
	}
	return mass
}

// quantile returns the smallest whole number with at least the share q at or below it.
func (c *curve) quantile(q float64) float64 {
	want := q * c.upTo[len(c.upTo)-1]
	i := sort.SearchFloat64s(c.upTo, want)
	if i == 0 || i >= len(c.nodes) {
		return c.nodes[min(i, len(c.nodes)-1)].m
	}
	gap := int(c.nodes[i].m - c.nodes[i-1].m)
	k := sort.Search(gap, func(k int) bool { return c.upTo[i-1]+c.after(i-1, float64(k)) >= want })
	return c.nodes[i-1].m + float64(k)
}

// below returns the share at or below m.
func (c *curve) below(m float64) float64 {
	total := c.upTo[len(c.upTo)-1]
	i := sort.Search(len(c.nodes), func(i int) bool { return c.nodes[i].m > m })
	if i == 0 {
		return 0
	}
	if i == len(c.nodes) {
		return 1
	}
	return (c.upTo[i-1] + c.after(i-1, math.Floor(m-c.nodes[i-1].m))) / total
}

// mean returns the mean.
func (c *curve) mean() float64 {
	sum := 0.0
	for i, mass := range c.stands() {
		sum += mass * c.nodes[i].m
	}
	return sum / c.upTo[len(c.upTo)-1]
}

// describe fills the figures of p from the curve of hidden people.
func (p *Posterior) describe(c *curve) {
	seen := float64(p.Observed)
	p.Median, p.Mean = seen+c.quantile(0.5), seen+c.mean()
	p.Lower, p.Upper = seen+c.quantile((1-p.Level)/2), seen+c.quantile((1+p.Level)/2)
	p.Tail = 1 - c.below(0.9*float64(p.MaxTotal)-seen)
	total := c.upTo[len(c.upTo)-1]
	for _, v := range c.nodes {
		if d := math.Exp(v.log-c.top) / total; d > 0 {
			p.Density = append(p.Density, DensityPoint{Total: seen + v.m, Density: d})
		}
	}
}
