package network_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/analysis/network"
)

// TestArrangePath: a path is drawn level, evenly and in order, which is its only drawing without stress;
// the search stops a little before it.
func TestArrangePath(t *testing.T) {
	g := build(t, list(5, [2]int32{0, 1}, [2]int32{1, 2}, [2]int32{2, 3}, [2]int32{3, 4}))
	points, err := network.Arrange(t.Context(), g, network.LayoutSettings{MaxIterations: 5000})
	if err != nil {
		t.Fatal(err)
	}
	step := points[1].X - points[0].X
	if math.Abs(math.Abs(step)-0.25) > 1e-3 {
		t.Errorf("step %v, want 0.25", step)
	}
	for v := range 5 {
		if math.Abs(points[v].X-points[0].X-float64(v)*step) > 0.01 || math.Abs(points[v].Y-0.5) > 0.01 {
			t.Errorf("point %d: %+v", v, points[v])
		}
	}
}

// TestArrange: two nodes never coincide, the same seed gives the same places, and tied nodes are
// closer than others.
func TestArrange(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for i := range 20 {
		n := 2 + r.IntN(149)
		g := build(t, scattered(r, n, r.IntN(3*n)))
		points, err := network.Arrange(t.Context(), g, network.LayoutSettings{Seed: uint64(i)})
		if err != nil {
			t.Fatal(err)
		}
		again, _ := network.Arrange(t.Context(), g, network.LayoutSettings{Seed: uint64(i)})
		if diff := cmp.Diff(points, again); diff != "" {
			t.Fatal(diff)
		}
		var tied, other, ties, others float64
		for u := range n {
			for v := range u {
				d := math.Hypot(points[u].X-points[v].X, points[u].Y-points[v].Y)
				if d < 1e-6 {
					t.Fatalf("graph %d: nodes %d and %d of %d coincide", i, u, v, n)
				}
				if g.Adjacent(u, v) {
					tied, ties = tied+d, ties+1
				} else {
					other, others = other+d, others+1
				}
			}
		}
		if ties > 0 && others > 0 && tied/ties >= other/others {
			t.Errorf("graph %d: tied nodes are %.3f apart, others %.3f", i, tied/ties, other/others)
		}
	}
}
