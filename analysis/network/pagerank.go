package network

import (
	"context"
	"fmt"
	"math"
)

// PageRankSettings says how PageRank is computed. The zero value asks for damping 0.85.
type PageRankSettings struct {
	// Damping d, in (0, 1); 0 means 0.85.
	Damping float64
	// Tolerance on the sum of absolute changes of one step; 0 means 1e-12.
	Tolerance float64
	// MaxIterations caps the steps; 0 means 1000.
	MaxIterations int
}

func (s PageRankSettings) resolve() (PageRankSettings, error) {
	if s.Damping == 0 {
		s.Damping = 0.85
	}
	if !(s.Damping > 0 && s.Damping < 1) {
		return s, badSetting("Damping", "%g is not between 0 and 1", s.Damping)
	}
	if s.Tolerance == 0 {
		s.Tolerance = 1e-12
	}
	if !(s.Tolerance >= 1e-14 && s.Tolerance < 1) {
		return s, badSetting("Tolerance", "%g is not from 1e-14 to 1", s.Tolerance)
	}
	if s.MaxIterations == 0 {
		s.MaxIterations = 1000
	}
	if s.MaxIterations < 1 || s.MaxIterations > 100_000 {
		return s, badSetting("MaxIterations", "%d is not between 1 and 100000", s.MaxIterations)
	}
	return s, nil
}

// PageRank is the share of time that a walker spends at each node who follows a tie, chosen by weight,
// with chance d, and else jumps to any node:
//
//	p(v) = (1−d)/n + d·Σ_{u~v} p(u)·w_uv/k_u + d·Σ_{u without ties} p(u)/n
//
// The figures sum to 1. Loops do not count. It fails with NotConverged at the cap of iterations.
// O(m) a step, about log(tolerance)/log(d) steps. Source: Brin and Page,
// doi:10.1016/S0169-7552(98)00110-X.
func PageRank(ctx context.Context, g *Graph, s PageRankSettings) (Scores, error) {
	s, err := s.resolve()
	if err != nil {
		return Scores{}, err
	}
	n := float64(g.n)
	rank, next := make([]float64, g.n), make([]float64, g.n)
	share, strength := make([]float64, g.n), make([]float64, g.n)
	for v := range int32(g.n) {
		rank[v] = 1 / n
		for k := g.start[v]; k < g.start[v+1]; k++ {
			strength[v] += g.arc(k)
		}
	}
	for range s.MaxIterations {
		if err := ctx.Err(); err != nil {
			return Scores{}, err
		}
		loose := 0.0
		for v, k := range strength {
			if k == 0 {
				loose += rank[v]
			} else {
				share[v] = rank[v] / k
			}
		}
		base := (1-s.Damping)/n + s.Damping*loose/n
		change := 0.0
		for v := range int32(g.n) {
			next[v] = base + s.Damping*g.inflow(v, share)
			change += math.Abs(next[v] - rank[v])
		}
		rank, next = next, rank
		if change <= s.Tolerance {
			return g.scores(rank), nil
		}
	}
	return Scores{}, &Error{Problem: NotConverged, Row: -1, Term: "PageRank", Reason: fmt.Sprintf("not within %g after %d steps; allow more, or a greater Tolerance", s.Tolerance, s.MaxIterations)}
}

// inflow is the sum of the neighbours' shares by weight.
func (g *Graph) inflow(v int32, share []float64) float64 {
	var sum float64
	for k := g.start[v]; k < g.start[v+1]; k++ {
		sum += share[g.to[k]] * g.arc(k)
	}
	return sum
}
