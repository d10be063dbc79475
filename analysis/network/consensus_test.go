package network_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/analysis/network"
)

// TestConsensusSure: two cliques joined by one tie come out the same for every seed.
func TestConsensusSure(t *testing.T) {
	var pairs [][2]int32
	for u := range int32(6) {
		for v := range u {
			pairs = append(pairs, [2]int32{u, v}, [2]int32{u + 6, v + 6})
		}
	}
	g := build(t, list(12, append(pairs, [2]int32{0, 6})...))
	s, err := network.Consensus(t.Context(), g, network.ConsensusSettings{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Consensus.Count != 2 || !s.Consensus.Converged || len(s.Runs) != 20 {
		t.Errorf("%+v of %d runs", s.Consensus, len(s.Runs))
	}
	if s.Together(0, 5) != 1 || s.Together(0, 6) != 0 || s.Node[3] != 1 || s.Community[1] != 1 {
		t.Errorf("together %v and %v, node %v, community %v", s.Together(0, 5), s.Together(0, 6), s.Node[3], s.Community[1])
	}
}

// TestConsensusDoubt: in a ring of equal nodes every cut is arbitrary, and the stability says so.
func TestConsensusDoubt(t *testing.T) {
	var pairs [][2]int32
	for v := range int32(30) {
		pairs = append(pairs, [2]int32{v, (v + 1) % 30})
	}
	g := build(t, list(30, pairs...))
	s, err := network.Consensus(t.Context(), g, network.ConsensusSettings{Runs: 40})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for v := range 30 {
		sum += s.Together(v, (v+1)%30)
	}
	if mean := sum / 30; mean < 0.6 || mean > 0.95 {
		t.Errorf("neighbours of a ring stay together in %.3f of the runs on average", mean)
	}
	if !connected(g, s.Consensus.Community) {
		t.Error("a community is not connected")
	}
}

// TestStabilityByPairs compares the counted stability with the mean over pairs.
func TestStabilityByPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 30 {
		n := 2 + r.IntN(40)
		g := build(t, scattered(r, n, 2*n))
		s, err := network.Consensus(t.Context(), g, network.ConsensusSettings{Runs: 7})
		if err != nil {
			t.Fatal(err)
		}
		sizes := s.Consensus.Sizes()
		community := make([]float64, s.Consensus.Count)
		for v := range n {
			c := s.Consensus.Community[v]
			want := 0.0
			for u := range n {
				if u != v && s.Consensus.Community[u] == c {
					want += s.Together(u, v)
				}
			}
			if sizes[c] == 1 {
				want, community[c] = 1, 1
			} else {
				want /= float64(sizes[c] - 1)
				community[c] += want / float64(sizes[c])
			}
			if math.Abs(want-s.Node[v]) > 1e-12 {
				t.Fatalf("node %d: %v, want %v", v, s.Node[v], want)
			}
		}
		for c, want := range community {
			if math.Abs(want-s.Community[c]) > 1e-12 {
				t.Fatalf("community %d: %v, want %v", c, s.Community[c], want)
			}
		}
	}
}

// TestWorkersSameBytes: 1, 2 and 8 workers give the same bits in everything that runs in parallel.
func TestWorkersSameBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	g := build(t, scattered(r, 400, 1500))
	type answers struct {
		Betweenness []network.Ranked
		Prompts     []network.Prompt
		Stability   *network.Stability
	}
	ask := func(workers int) answers {
		b, err := network.Betweenness(t.Context(), g, network.BetweennessSettings{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		p, err := network.Prompts(t.Context(), g, network.PromptSettings{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		s, err := network.Consensus(t.Context(), g, network.ConsensusSettings{Workers: workers, Runs: 9})
		if err != nil {
			t.Fatal(err)
		}
		return answers{b.Ranking(-1), p, s}
	}
	one := ask(1)
	for _, workers := range []int{2, 8} {
		if diff := cmp.Diff(one, ask(workers)); diff != "" {
			t.Errorf("%d workers: %s", workers, diff)
		}
	}
}

func TestConsensusBadSettings(t *testing.T) {
	g := build(t, list(3, [2]int32{0, 1}))
	for _, s := range []network.ConsensusSettings{
		{Runs: 1}, {Threshold: math.NaN()}, {Threshold: 1.5}, {MaxRounds: -1}, {Workers: -1}, {Leiden: network.LeidenSettings{Theta: -1}},
	} {
		if _, err := network.Consensus(t.Context(), g, s); network.ProblemOf(err) != network.BadSetting {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

func TestOtherBadSettings(t *testing.T) {
	g := build(t, list(3, [2]int32{0, 1}))
	ctx := t.Context()
	errs := map[string]error{}
	_, errs["workers"] = network.Betweenness(ctx, g, network.BetweennessSettings{Workers: -1})
	_, errs["damping"] = network.PageRank(ctx, g, network.PageRankSettings{Damping: 1})
	_, errs["tolerance"] = network.PageRank(ctx, g, network.PageRankSettings{Tolerance: math.NaN()})
	_, errs["size 0"] = network.KeyPlayers(ctx, g, network.KeyPlayerSettings{})
	_, errs["size n"] = network.KeyPlayers(ctx, g, network.KeyPlayerSettings{Size: 3})
	_, errs["work"] = network.KeyPlayers(ctx, g, network.KeyPlayerSettings{Size: 1, ExactWork: math.NaN()})
	_, errs["most"] = network.Prompts(ctx, g, network.PromptSettings{Most: -1})
	_, errs["iterations"] = network.Arrange(ctx, g, network.LayoutSettings{MaxIterations: -1})
	_, errs["community"] = g.Measure(network.Modularity, 1, nil)
	for name, err := range errs {
		if network.ProblemOf(err) != network.BadSetting {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := network.PageRank(ctx, g, network.PageRankSettings{MaxIterations: 1}); network.ProblemOf(err) != network.NotConverged {
		t.Errorf("one step: %v", err)
	}
	if _, err := network.Arrange(ctx, build(t, list(151)), network.LayoutSettings{}); network.ProblemOf(err) != network.TooLarge {
		t.Errorf("151 nodes: %v", err)
	}
	if _, err := g.Measure(network.Modularity, 1, []int32{0, 5, 0}); network.ProblemOf(err) != network.BadNode {
		t.Errorf("community 5 of 3: %v", err)
	}
}
