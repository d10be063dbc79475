package network

import "context"

// Constraint is Burt's measure of how far a node's ties lead back to each other: low for a broker
// between groups, high for a node enclosed in one.
//
//	p_ij = a_ij / Σ_k a_ik
//	c(i) = Σ_j (p_ij + Σ_{q≠i,j} p_iq·p_qj)²     over the neighbours j of i
//
// with a the weights of the ties. A node without ties has no constraint; its figure is 0. Loops do
// not count. O(Σ_v degree(v)²) time. Source: Burt, Structural Holes (1992), and
// doi:10.1086/421787.
func Constraint(ctx context.Context, g *Graph) (Scores, error) {
	strength := make([]float64, g.n)
	for v := range int32(g.n) {
		for k := g.start[v]; k < g.start[v+1]; k++ {
			strength[v] += g.arc(k)
		}
	}
	value := make([]float64, g.n)
	through := make([]float64, g.n) // direct and indirect investment of i in each neighbour
	near := make([]bool, g.n)
	for i := range int32(g.n) {
		if i&0xff == 0 && ctx.Err() != nil {
			return Scores{}, ctx.Err()
		}
		for k := g.start[i]; k < g.start[i+1]; k++ {
			j := g.to[k]
			near[j], through[j] = true, g.arc(k)/strength[i]
		}
		for k := g.start[i]; k < g.start[i+1]; k++ {
			q := g.to[k]
			share := g.arc(k) / strength[i] / strength[q]
			for a := g.start[q]; a < g.start[q+1]; a++ {
				if j := g.to[a]; near[j] {
					through[j] += share * g.arc(a)
				}
			}
		}
		for _, j := range g.row(i) {
			value[i] += through[j] * through[j]
			near[j], through[j] = false, 0
		}
	}
	return g.scores(value), nil
}
