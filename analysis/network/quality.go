package network

import "fmt"

// Quality names what [Leiden] makes as large as it can.
type Quality uint8

const (
	// Modularity: Q = Σ_c (e_c/m − γ·(K_c/2m)²), where e_c is the weight of ties within community c,
	// K_c the sum of its strengths, m the weight of all ties. Source: Newman and Girvan,
	// doi:10.1103/PhysRevE.69.026113; resolution γ: Reichardt and Bornholdt,
	// doi:10.1103/PhysRevE.74.016110. No unit; at most 1.
	Modularity Quality = iota
	// CPM, the constant Potts model: H = Σ_c (e_c − γ·n_c(n_c−1)/2), where n_c counts nodes. In units of
	// weight. Communities have an inner density above γ, and no resolution limit. Source: Traag, Van
	// Dooren and Nesterov, doi:10.1103/PhysRevE.84.016114.
	CPM
)

// String returns the English name.
func (q Quality) String() string {
	switch q {
	case Modularity:
		return "modularity"
	case CPM:
		return "constant Potts model"
	}
	return "unknown quality"
}

// Measure returns the quality of a partition: community[v] in [0, n) names the community of node v.
// Resolution must be above 0 and finite. It fails with BadNode when the partition does not fit the
// graph. A graph without weight has quality 0. O(n + m).
func (g *Graph) Measure(q Quality, resolution float64, community []int32) (float64, error) {
	if err := checkResolution(q, resolution); err != nil {
		return 0, err
	}
	if len(community) != g.n {
		return 0, badSetting("community", "%d entries for %d nodes", len(community), g.n)
	}
	for v, c := range community {
		if c < 0 || int(c) >= g.n {
			return 0, badNode(v, "its community is %d, but communities run from 0 to %d", c, g.n-1)
		}
	}
	return measure(newLevel(g.sparse, q, resolution), q, community), nil
}

func checkResolution(q Quality, resolution float64) error {
	if q > CPM {
		return badSetting("Quality", "unknown quality")
	}
	if !(resolution >= 1e-9 && resolution <= 1e9) {
		return badSetting("Resolution", "%g is not a number from 1e-9 to 1e9", resolution)
	}
	return nil
}

// level is a network of one size of grain, with what the quality needs to know of each node.
type level struct {
	sparse
	// mass is a node's strength (modularity) or the number of original nodes in it (CPM).
	mass []float64
	// penalty is the price of two unit masses in one community: γ/2m, or γ.
	penalty float64
	// total is 2m.
	total float64
}

func newLevel(s sparse, q Quality, resolution float64) *level {
	l := &level{sparse: s, mass: make([]float64, s.n), penalty: resolution}
	for v := range s.n {
		strength := s.strength(int32(v))
		l.total += strength
		l.mass[v] = 1
		if q == Modularity {
			l.mass[v] = strength
		}
	}
	if q == Modularity {
		l.penalty = 0
		if l.total > 0 {
			l.penalty = resolution / l.total
		}
	}
	return l
}

// measure returns the quality of a partition of an original network.
func measure(l *level, q Quality, community []int32) float64 {
	inner := make([]float64, l.n)
	mass := make([]float64, l.n)
	for v := range int32(l.n) {
		c := community[v]
		mass[c] += l.mass[v]
		for k := l.start[v]; k < l.start[v+1]; k++ {
			if community[l.to[k]] == c {
				inner[c] += l.arc(k)
			}
		}
		if l.loop != nil {
			inner[c] += 2 * l.loop[v]
		}
	}
	if l.total == 0 && q == Modularity {
		return 0
	}
	var sum float64
	for c, w := range inner {
		if q == Modularity {
			sum += (w - l.penalty*mass[c]*mass[c]) / l.total
		} else {
			sum += (w - l.penalty*mass[c]*(mass[c]-1)) / 2
		}
	}
	return sum
}

// split gives every connected part of a community a number of its own, in the order of the least
// node, and says whether a community was in parts. Apart, the parts have at least the quality they
// had together: no tie is lost and no pair is paid for twice.
func split(s *sparse, community []int32) (parts []int32, count int, broken bool) {
	parts = make([]int32, s.n)
	for v := range parts {
		parts[v] = -1
	}
	seen := make([]bool, s.n)
	var stack []int32
	for root := range int32(s.n) {
		if parts[root] >= 0 {
			continue
		}
		c := community[root]
		broken = broken || seen[c]
		seen[c] = true
		parts[root] = int32(count)
		stack = append(stack[:0], root)
		for len(stack) > 0 {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, u := range s.row(v) {
				if parts[u] < 0 && community[u] == c {
					parts[u] = int32(count)
					stack = append(stack, u)
				}
			}
		}
		count++
	}
	return parts, count, broken
}

// String returns what the partition is in one line.
func (p *Partition) String() string {
	return fmt.Sprintf("%d communities, quality %.7f", p.Count, p.Quality)
}
