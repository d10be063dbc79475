package network

import "context"

// ConsensusSettings says how many partitions are compared. The zero value compares 20.
type ConsensusSettings struct {
	// Leiden says how each partition is made; run i uses the seed Leiden.Seed + i.
	Leiden LeidenSettings
	// Runs is the number of partitions, 2 to 10,000; 0 means 20.
	Runs int
	// Threshold: a tie whose ends are together in a smaller share of the runs does not hold a community
	// together. In (0, 1]; 0 means 0.5.
	Threshold float64
	// MaxRounds caps the rounds of the search for a consensus; 0 means 20.
	MaxRounds int
	// Workers is the number of goroutines; 0 means one for each processor. It does not change a bit.
	Workers int
}

func (s ConsensusSettings) resolve(n int) (ConsensusSettings, error) {
	if s.Runs == 0 {
		s.Runs = 20
	}
	if s.Threshold == 0 {
		s.Threshold = 0.5
	}
	if s.MaxRounds == 0 {
		s.MaxRounds = 20
	}
	switch {
	case s.Runs < 2 || s.Runs > 10_000:
		return s, badSetting("Runs", "%d is not between 2 and 10000", s.Runs)
	case !(s.Threshold > 0 && s.Threshold <= 1):
		return s, badSetting("Threshold", "%g is not above 0 and at most 1", s.Threshold)
	case s.MaxRounds < 1 || s.MaxRounds > 1000:
		return s, badSetting("MaxRounds", "%d is not between 1 and 1000", s.MaxRounds)
	case s.Workers < 0:
		return s, badSetting("Workers", "%d is below 0", s.Workers)
	}
	var err error
	s.Leiden, err = s.Leiden.resolve(n)
	return s, err
}

// Stability tells how far communities depend on the seed.
type Stability struct {
	// Runs are the partitions found, in the order of their seeds.
	Runs []*Partition
	// Best is the run of greatest quality, the first of equal ones.
	Best *Partition
	// Consensus is the partition on which runs agree when ties count only as far as runs agree on them.
	// Every community is connected. Its Quality is that of the graph as it is, Iterations counts the
	// rounds, and Converged is false when MaxRounds ended the search.
	Consensus *Partition
	// Node is, for each node, the mean share of runs in which it stays with another member of its
	// consensus community; 1 for a node alone. In [0, 1].
	Node []float64
	// Community is the same over all pairs of each consensus community.
	Community []float64
}

// Together returns the share of runs in which nodes u and v are in the same community, in [0, 1].
func (s *Stability) Together(u, v int) float64 {
	same := 0
	for _, p := range s.Runs {
		if p.Community[u] == p.Community[v] {
			same++
		}
	}
	return float64(same) / float64(len(s.Runs))
}

// Consensus runs [Leiden] with many seeds and tells what the partitions have in common. In each round
// the weight of a tie is multiplied by the share of runs that keep its ends together, ties below the
// threshold are dropped, the price of a community stays that of the graph as it is, and the runs are
// made again, until all of them agree on every tie.
//
// O(Runs) times the cost of Leiden a round; memory 4 bytes a node and run. After Lancichinetti and
// Fortunato, doi:10.1038/srep00336, kept to existing ties as in Tandon et al.,
// doi:10.1103/PhysRevE.99.042301.
func Consensus(ctx context.Context, g *Graph, s ConsensusSettings) (*Stability, error) {
	s, err := s.resolve(g.n)
	if err != nil {
		return nil, err
	}
	base := newLevel(g.sparse, s.Leiden.Quality, s.Leiden.Resolution)
	out := &Stability{}
	if out.Runs, err = s.runs(ctx, base); err != nil {
		return nil, err
	}
	out.Best = best(out.Runs)
	runs, rounds, agreed := out.Runs, 0, false
	for {
		var next *level
		if next, agreed = weaken(base, runs, s.Threshold); agreed || rounds == s.MaxRounds {
			break
		}
		rounds++
		if runs, err = s.runs(ctx, next); err != nil {
			return nil, err
		}
	}
	found := best(runs)
	out.Consensus = &Partition{
		Community: found.Community, Count: found.Count, Iterations: rounds, Converged: agreed,
		Quality: measure(base, s.Leiden.Quality, found.Community),
	}
	out.settle()
	return out, nil
}

func (s ConsensusSettings) runs(ctx context.Context, l *level) ([]*Partition, error) {
	runs := make([]*Partition, s.Runs)
	err := each(ctx, s.Runs, s.Workers, func() struct{} { return struct{}{} }, func(_ struct{}, i int) error {
		settings := s.Leiden
		settings.Seed += uint64(i)
		var err error
		runs[i], err = leiden(ctx, l, settings)
		return err
	})
	return runs, err
}

func best(runs []*Partition) *Partition {
	best := runs[0]
	for _, p := range runs[1:] {
		if p.Quality > best.Quality {
			best = p
		}
	}
	return best
}

// weaken multiplies the weight of each tie by the share of runs that keep its ends together, and says
// whether all runs agree on every tie. Communities being connected, that means the same communities.
func weaken(base *level, runs []*Partition, threshold float64) (*level, bool) {
	l := &level{mass: base.mass, penalty: base.penalty, total: base.total}
	l.sparse = sparse{n: base.n, start: make([]int32, base.n+1), loop: base.loop}
	agreed := true
	for v := range int32(base.n) {
		for k := base.start[v]; k < base.start[v+1]; k++ {
			u, same := base.to[k], 0
			for _, p := range runs {
				if p.Community[u] == p.Community[v] {
					same++
				}
			}
			agreed = agreed && (same == 0 || same == len(runs))
			if share := float64(same) / float64(len(runs)); share >= threshold {
				l.to = append(l.to, u)
				l.weight = append(l.weight, base.arc(k)*share)
			}
		}
		l.start[v+1] = int32(len(l.to))
	}
	if l.weight == nil {
		l.weight = []float64{} // nil would stand for weights of 1
	}
	return l, agreed
}

// settle fills Node and Community. The members of a consensus community are counted by the community
// they have in each run, so that pairs need not be compared one by one: O(n·Runs).
func (s *Stability) settle() {
	n := len(s.Consensus.Community)
	s.Node = make([]float64, n)
	s.Community = make([]float64, s.Consensus.Count)
	members, first := group(s.Consensus.Community, s.Consensus.Count, make([]int32, n))
	count := make([]int32, n)
	together := make([]int64, n)
	for c := range s.Consensus.Count {
		inside := members[first[c]:first[c+1]]
		for _, p := range s.Runs {
			for _, v := range inside {
				count[p.Community[v]]++
			}
			for _, v := range inside {
				together[v] += int64(count[p.Community[v]] - 1)
			}
			for _, v := range inside {
				count[p.Community[v]] = 0
			}
		}
		var sum int64
		others := int64(len(inside)-1) * int64(len(s.Runs))
		for _, v := range inside {
			sum += together[v]
			s.Node[v] = share(together[v], others)
		}
		s.Community[c] = share(sum, others*int64(len(inside)))
	}
}

// share is part/whole, and 1 when there is nothing to share.
func share(part, whole int64) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}
