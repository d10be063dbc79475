package network

import "context"

// Cores returns for each node its core number: the greatest k such that the node lies in a part of
// the network where everyone has at least k neighbours within the part. Weights and loops do not
// count. O(n + m). Source: Batagelj and Zaveršnik, arXiv:cs/0310049.
func Cores(ctx context.Context, g *Graph) (Scores, error) {
	if err := ctx.Err(); err != nil {
		return Scores{}, err
	}
	n := g.n
	degree := make([]int32, n)
	most := int32(0)
	for v := range degree {
		degree[v] = g.start[v+1] - g.start[v]
		most = max(most, degree[v])
	}
	// order holds the nodes by degree, at their places in it, bin[d] the first place of degree d.
	order, bin := group(degree, int(most)+1, make([]int32, n))
	at := make([]int32, n)
	for i, v := range order {
		at[v] = int32(i)
	}
	value := make([]float64, n)
	for i := range n {
		v := order[i]
		value[v] = float64(degree[v])
		for _, u := range g.row(v) {
			if degree[u] <= degree[v] {
				continue
			}
			// u loses a neighbour: it changes places with the first of its degree, whose bin shrinks.
			d := degree[u]
			first := bin[d]
			w := order[first]
			order[first], order[at[u]] = u, w
			at[w], at[u] = at[u], first
			bin[d]++
			degree[u]--
		}
	}
	return g.scores(value), nil
}
