package network_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/analysis/network"
)

// TestZacharyQuality: the best modularity of the karate club is 0.4197896 with 4 groups, found by
// igraph 0.10.2 and leidenalg 0.9.1 over 50 seeds (README of the network data), and proven the
// optimum by Brandes et al., doi:10.1109/TKDE.2007.190689.
func TestZacharyQuality(t *testing.T) {
	g := zachary(t)
	best := &network.Partition{}
	for seed := range uint64(50) {
		p, err := network.Leiden(t.Context(), g, network.LeidenSettings{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		if p.Quality > best.Quality {
			best = p
		}
		if p.Quality > 0.41979+1e-6 {
			t.Fatalf("seed %d: quality %v is above the proven optimum", seed, p.Quality)
		}
	}
	if math.Abs(best.Quality-0.4197896) > 5e-8 || best.Count != 4 {
		t.Errorf("best of 50 seeds: %v, want quality 0.4197896 with 4 communities", best)
	}
}

// TestPlantedQuality: on a planted network of 10,000 nodes and 50,000 ties igraph 0.10.2 reaches
// 0.785827 (reference notes; a network of the same make, not the same network); the bar is 0.7850, and the quality of the planted groups themselves.
func TestPlantedQuality(t *testing.T) {
	plantedQuality(t, 10_000, 50_000, 0.8018, 0.7850)
}

// TestPlantedQualityLarge: 100,000 nodes and 1,000,000 ties, where igraph reaches 0.784222.
func TestPlantedQualityLarge(t *testing.T) {
	if os.Getenv("FOURFOLD_CAMPAIGN") != "full" {
		t.Log("FOURFOLD_CAMPAIGN=full runs the network of 1,000,000 ties; here 100,000 ties of the same density")
		plantedQuality(t, 10_000, 100_000, 0.8003, 0.7800)
		return
	}
	plantedQuality(t, 100_000, 1_000_000, 0.8003, 0.7800)
}

func plantedQuality(t *testing.T, n, m int, share, bar float64) {
	t.Helper()
	l, of := planted(n, m, 50, share, 2)
	g := build(t, l)
	truth, err := g.Measure(network.Modularity, 1, of)
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(3) {
		p, err := network.Leiden(t.Context(), g, network.LeidenSettings{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("seed %d: %v after %d iterations, converged %v; planted %.7f", seed, p, p.Iterations, p.Converged, truth)
		if p.Quality < bar || p.Quality < truth-1e-6 {
			t.Errorf("seed %d: quality %.7f, want at least %.4f and %.7f", seed, p.Quality, bar, truth)
		}
		if !connected(g, p.Community) {
			t.Errorf("seed %d: a community is not connected", seed)
		}
	}
}

// TestCommunitiesConnected is the guarantee of the method over 1,000 random graphs of many densities,
// both qualities, several resolutions and few iterations, where the theory alone gives no guarantee.
func TestCommunitiesConnected(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for i := range 1000 {
		n := 1 + r.IntN(120)
		g := build(t, scattered(r, n, r.IntN(4*n)))
		s := network.LeidenSettings{
			Quality: network.Quality(i % 2), Resolution: []float64{0.05, 0.3, 1, 3}[r.IntN(4)],
			Seed: uint64(i), MaxIterations: 1 + r.IntN(3), Theta: []float64{0.01, 1, 100}[r.IntN(3)],
		}
		if i%3 == 0 {
			s.Start = make([]int32, n) // one community over all parts: no single node gains by leaving it
		}
		p, err := network.Leiden(t.Context(), g, s)
		if err != nil {
			t.Fatal(err)
		}
		if !connected(g, p.Community) {
			t.Fatalf("graph %d: a community is not connected: %v", i, p.Community)
		}
		q, err := g.Measure(s.Quality, s.Resolution, p.Community)
		if err != nil || q != p.Quality {
			t.Fatalf("graph %d: quality %v, measured again %v, %v", i, p.Quality, q, err)
		}
	}
}

// TestLargeScattered: the same for a network large enough to be renumbered on the way, with weights,
// loops, parts without a path between them and nodes without ties.
func TestLargeScattered(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12))
	g := build(t, scattered(r, 9000, 12_000))
	for i := range 6 {
		s := network.LeidenSettings{Quality: network.Quality(i % 2), Resolution: 0.5, Seed: uint64(i), MaxIterations: []int{1, 2, 100}[i/2]}
		p, err := network.Leiden(t.Context(), g, s)
		if err != nil {
			t.Fatal(err)
		}
		q, err := g.Measure(s.Quality, s.Resolution, p.Community)
		if err != nil || q != p.Quality || !connected(g, p.Community) || q < 0.5 {
			t.Errorf("%+v: %v, measured again %v, %v", s, p, q, err)
		}
		if p.Converged != (s.MaxIterations == 100) {
			t.Errorf("%+v: converged %v after %d iterations", s, p.Converged, p.Iterations)
		}
	}
}

// TestConverges: with the default cap the search ends by itself, and no single move of a node to a
// neighbouring community, or out of its own, improves the quality.
func TestConverges(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for i := range 100 {
		n := 2 + r.IntN(40)
		g := build(t, scattered(r, n, 3*n))
		s := network.LeidenSettings{Quality: network.Quality(i % 2), Resolution: 0.5, Seed: uint64(i)}
		p, err := network.Leiden(t.Context(), g, s)
		if err != nil {
			t.Fatal(err)
		}
		if !p.Converged {
			t.Fatalf("graph %d: not converged after %d iterations", i, p.Iterations)
		}
		for v := range n {
			for c := range int32(min(p.Count+1, n)) {
				other := slices.Clone(p.Community)
				other[v] = c
				if q, err := g.Measure(s.Quality, s.Resolution, other); err != nil || q > p.Quality+1e-9 {
					t.Fatalf("graph %d: moving node %d to %d improves %v to %v (%v)", i, v, c, p.Quality, q, err)
				}
			}
		}
	}
}

// TestMeasure works the formulas out by hand: two triangles joined by one tie, m = 7.
func TestMeasure(t *testing.T) {
	g := build(t, list(6, [2]int32{0, 1}, [2]int32{1, 2}, [2]int32{0, 2}, [2]int32{3, 4}, [2]int32{4, 5}, [2]int32{3, 5}, [2]int32{2, 3}))
	halves := []int32{0, 0, 0, 1, 1, 1}
	for _, c := range []struct {
		quality    network.Quality
		resolution float64
		want       float64
	}{
		{network.Modularity, 1, 2 * (3.0/7 - 0.25)},
		{network.Modularity, 2, 2 * (3.0/7 - 0.5)},
		{network.CPM, 0.5, 2 * (3 - 1.5)},
	} {
		got, err := g.Measure(c.quality, c.resolution, halves)
		if err != nil || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v, resolution %v: %v, %v, want %v", c.quality, c.resolution, got, err, c.want)
		}
		p, err := network.Leiden(t.Context(), g, network.LeidenSettings{Quality: c.quality, Resolution: c.resolution})
		if err != nil {
			t.Fatal(err)
		}
		if c.resolution < 2 && !cmp.Equal(p.Community, halves) {
			t.Errorf("%v: communities %v, want %v", c.quality, p.Community, halves)
		}
	}
}

// TestLoopsCount: a loop counts within its community, twice in the strength. By hand: nodes 0–1 tied,
// loop of weight 2 at 0: m = 3, strengths 5 and 1.
func TestLoopsCount(t *testing.T) {
	l := list(2, [2]int32{0, 1})
	l.Edges = append(l.Edges, network.Edge{From: 0, To: 0, Weight: 2})
	g := build(t, l)
	got, err := g.Measure(network.Modularity, 1, []int32{0, 1})
	want := 2.0/3 - 25.0/36 - 1.0/36
	if err != nil || math.Abs(got-want) > 1e-12 {
		t.Errorf("quality %v, %v, want %v", got, err, want)
	}
}

func TestLeidenSame(t *testing.T) {
	l, _ := planted(2000, 8000, 20, 0.8, 3)
	g := build(t, l)
	a, err := network.Leiden(t.Context(), g, network.LeidenSettings{Seed: 9})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := network.Leiden(t.Context(), g, network.LeidenSettings{Seed: 9})
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("the same seed twice: %s", diff)
	}
	start := slices.Clone(a.Community)
	c, err := network.Leiden(t.Context(), g, network.LeidenSettings{Seed: 10, Start: start})
	if err != nil || c.Quality < a.Quality {
		t.Errorf("from %v on: %v, %v", a, c, err)
	}
	if !slices.Equal(start, a.Community) {
		t.Error("the starting partition was changed")
	}
}

func TestLeidenBadSettings(t *testing.T) {
	g := build(t, list(3, [2]int32{0, 1}))
	for _, c := range []struct {
		s    network.LeidenSettings
		want network.Problem
	}{
		{network.LeidenSettings{Quality: 7}, network.BadSetting},
		{network.LeidenSettings{Quality: network.CPM}, network.BadSetting},
		{network.LeidenSettings{Resolution: math.NaN()}, network.BadSetting},
		{network.LeidenSettings{Resolution: math.Inf(1)}, network.BadSetting},
		{network.LeidenSettings{Theta: -1}, network.BadSetting},
		{network.LeidenSettings{MaxIterations: -1}, network.BadSetting},
		{network.LeidenSettings{Start: []int32{0}}, network.BadSetting},
		{network.LeidenSettings{Start: []int32{0, 0, 3}}, network.BadNode},
	} {
		if _, err := network.Leiden(t.Context(), g, c.s); network.ProblemOf(err) != c.want {
			t.Errorf("%+v: %v, want %v", c.s, err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l, _ := planted(2000, 8000, 20, 0.8, 3)
	if _, err := network.Leiden(ctx, build(t, l), network.LeidenSettings{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
