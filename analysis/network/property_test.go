package network_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/analysis/network"
)

// small draws an edge list of up to 9 nodes with loops, repeats and weights.
func small(t *rapid.T) network.List {
	n := rapid.IntRange(1, 9).Draw(t, "nodes")
	l := network.List{Nodes: make([]network.Node, n)}
	for range rapid.IntRange(0, 20).Draw(t, "rows") {
		l.Edges = append(l.Edges, network.Edge{
			From: rapid.Int32Range(0, int32(n)-1).Draw(t, "from"), To: rapid.Int32Range(0, int32(n)-1).Draw(t, "to"),
			Weight: float64(rapid.IntRange(1, 4).Draw(t, "weight")),
		})
	}
	return l
}

func must[T any](t interface{ Fatal(...any) }) func(T, error) T {
	return func(x T, err error) T {
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

func made(t *rapid.T, l network.List) *network.Graph {
	return must[*network.Graph](t)(network.Build(t.Context(), l, network.BuildSettings{Loops: network.KeepLoops, Repeats: network.AddRepeats}))
}

// matrix is the plain adjacency matrix of a list, loops on the diagonal.
func matrix(l network.List) [][]float64 {
	a := make([][]float64, len(l.Nodes))
	for v := range a {
		a[v] = make([]float64, len(l.Nodes))
	}
	for _, e := range l.Edges {
		a[e.From][e.To] += e.Weight
		if e.From != e.To {
			a[e.To][e.From] += e.Weight
		}
	}
	return a
}

// reach marks what can be reached from v without the nodes in out and the tie x–y.
func reach(a [][]float64, v int, out map[int]bool, x, y int) map[int]bool {
	seen := map[int]bool{v: true}
	stack := []int{v}
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for q, w := range a[p] {
			if w > 0 && q != p && !out[q] && !seen[q] && !(p == x && q == y) && !(p == y && q == x) {
				seen[q] = true
				stack = append(stack, q)
			}
		}
	}
	return seen
}

// linked counts the pairs with a path, without the nodes in out and the tie x–y.
func linked(a [][]float64, out map[int]bool, x, y int) int {
	count := 0
	for v := range a {
		if !out[v] {
			count += len(reach(a, v, out, x, y)) - 1
		}
	}
	return count / 2
}

// TestGraphAgreesWithMatrix: degrees, strengths, neighbours and strands are those of the plain matrix.
func TestGraphAgreesWithMatrix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := small(t)
		g, a := made(t, l), matrix(l)
		for u := range a {
			var near []int32
			strength := 0.0
			for v, w := range a[u] {
				if w > 0 && u != v {
					near = append(near, int32(v))
				}
				strength += w
				if u == v {
					strength += w
				}
				var sum float64
				for _, s := range g.Between(u, v) {
					sum += s.Weight
				}
				if sum != w || (u != v && g.Adjacent(u, v) != (w > 0)) {
					t.Fatalf("tie %d–%d: weight %v, want %v", u, v, sum, w)
				}
			}
			if !slices.Equal(near, g.Neighbours(u)) || g.Degree(u) != len(near) || g.Strength(u) != strength {
				t.Fatalf("node %d: neighbours %v strength %v, want %v %v", u, g.Neighbours(u), g.Strength(u), near, strength)
			}
		}
	})
}

// TestCutsByRemoval compares cut points and bridges with taking each node and tie out.
func TestCutsByRemoval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := small(t)
		g, a := made(t, l), matrix(l)
		got := must[network.CutSet](t)(network.Cuts(t.Context(), g))
		var want network.CutSet
		all := linked(a, nil, -1, -1)
		for v := range a {
			if others := linked(a, map[int]bool{v: true}, -1, -1); others < all-(len(reach(a, v, nil, -1, -1))-1) {
				want.Points = append(want.Points, v)
			}
			for u := v + 1; u < len(a); u++ {
				if a[v][u] > 0 && linked(a, nil, v, u) < all {
					want.Bridges = append(want.Bridges, network.Tie{From: v, To: u})
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestKeyPlayersByTrial compares the exact search with trying every set, and holds that swaps never
// do better and that what is reported is true.
func TestKeyPlayersByTrial(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := small(t)
		if len(l.Nodes) < 3 {
			return
		}
		g, a := made(t, l), matrix(l)
		k := rapid.IntRange(1, min(3, len(a)-1)).Draw(t, "size")
		best := math.MaxInt
		for set := range 1 << len(a) {
			out := map[int]bool{}
			for v := range a {
				if set>>v&1 == 1 {
					out[v] = true
				}
			}
			if len(out) == k {
				best = min(best, linked(a, out, -1, -1))
			}
		}
		for _, work := range []float64{0, -1} {
			got := must[network.KeyPlayerSet](t)(network.KeyPlayers(t.Context(), g, network.KeyPlayerSettings{Size: k, ExactWork: work}))
			out := map[int]bool{}
			for _, v := range got.Nodes {
				out[v] = true
			}
			if len(out) != k || int(got.After) != linked(a, out, -1, -1) || int(got.Before) != linked(a, nil, -1, -1) {
				t.Fatalf("%+v does not do what it says", got)
			}
			if got.Exact != (work == 0) || got.Exact && int(got.After) != best || int(got.After) < best {
				t.Fatalf("%+v, but the best leaves %d", got, best)
			}
		}
	})
}

// TestBetweennessByPaths compares with counting all shortest paths by matrix products.
func TestBetweennessByPaths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := small(t)
		g, a := made(t, l), matrix(l)
		n := len(a)
		distance, paths := make([][]int, n), make([][]float64, n)
		for s := range n {
			distance[s], paths[s] = make([]int, n), make([]float64, n)
			walks := make([]float64, n)
			walks[s], paths[s][s] = 1, 1
			for step := 1; step < n; step++ {
				next := make([]float64, n)
				for v := range n {
					for u := range n {
						if u != v && a[u][v] > 0 {
							next[v] += walks[u]
						}
					}
				}
				walks = next
				for v := range n {
					if v != s && distance[s][v] == 0 && walks[v] > 0 {
						distance[s][v], paths[s][v] = step, walks[v]
					}
				}
			}
		}
		got := must[network.Scores](t)(network.Betweenness(t.Context(), g, network.BetweennessSettings{Workers: 2}))
		for v := range n {
			want := 0.0
			for s := range n {
				for e := s + 1; e < n; e++ {
					if s != v && e != v && distance[s][e] > 0 && distance[s][v] > 0 && distance[v][e] > 0 && distance[s][v]+distance[v][e] == distance[s][e] {
						want += paths[s][v] * paths[v][e] / paths[s][e]
					}
				}
			}
			if x, _ := got.Of(v); math.Abs(x-want) > 1e-9 {
				t.Fatalf("node %d: %v, want %v", v, x, want)
			}
		}
	})
}

// TestCoresByPeeling, with PageRank summing to 1 and satisfying its equation, and constraint by its
// formula over the plain matrix.
func TestCoresByPeeling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := small(t)
		g, a := made(t, l), matrix(l)
		got := must[network.Scores](t)(network.Cores(t.Context(), g))
		for k := 1; k < len(a); k++ {
			out := map[int]bool{}
			for changed := true; changed; {
				changed = false
				for v := range a {
					degree := 0
					for u, w := range a[v] {
						if u != v && w > 0 && !out[u] {
							degree++
						}
					}
					if !out[v] && degree < k {
						out[v], changed = true, true
					}
				}
			}
			for v := range a {
				if x, _ := got.Of(v); (x >= float64(k)) == out[v] {
					t.Fatalf("node %d: core %v, but in the %d-core: %v", v, x, k, !out[v])
				}
			}
		}
	})
}

func TestPageRankEquation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := small(t)
		g, a := made(t, l), matrix(l)
		got := must[network.Scores](t)(network.PageRank(t.Context(), g, network.PageRankSettings{}))
		n := float64(len(a))
		strength, loose, sum := make([]float64, len(a)), 0.0, 0.0
		p := make([]float64, len(a))
		for v := range a {
			a[v][v] = 0
			for _, w := range a[v] {
				strength[v] += w
			}
			p[v], _ = got.Of(v)
			sum += p[v]
			if strength[v] == 0 {
				loose += p[v]
			}
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Fatalf("the figures sum to %v", sum)
		}
		for v := range a {
			want := 0.15/n + 0.85*loose/n
			for u, w := range a[v] {
				if w > 0 {
					want += 0.85 * p[u] * w / strength[u]
				}
			}
			if math.Abs(want-p[v]) > 1e-10 {
				t.Fatalf("node %d: %v, want %v", v, p[v], want)
			}
		}
	})
}

func TestConstraintFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := small(t)
		g, a := made(t, l), matrix(l)
		got := must[network.Scores](t)(network.Constraint(t.Context(), g))
		p := func(i, j int) float64 {
			sum := 0.0
			for k, w := range a[i] {
				if k != i {
					sum += w
				}
			}
			if sum == 0 || i == j {
				return 0
			}
			return a[i][j] / sum
		}
		for i := range a {
			want := 0.0
			for j := range a {
				if j == i || a[i][j] == 0 {
					continue
				}
				x := p(i, j)
				for q := range a {
					if q != i && q != j {
						x += p(i, q) * p(q, j)
					}
				}
				want += x * x
			}
			if x, _ := got.Of(i); math.Abs(x-want) > 1e-12 {
				t.Fatalf("node %d: %v, want %v", i, x, want)
			}
		}
	})
}

// TestPromptsByPairs compares with looking at every pair.
func TestPromptsByPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := small(t)
		g := made(t, l)
		bound := rapid.IntRange(0, 4).Draw(t, "greatest degree")
		got := must[[]network.Prompt](t)(network.Prompts(t.Context(), g, network.PromptSettings{GreatestDegree: bound}))
		type pair struct{ a, b int }
		found := map[pair]network.Prompt{}
		for _, p := range got {
			found[pair{p.A, p.B}] = p
		}
		counts := func(z int) bool { return bound == 0 || g.Degree(z) <= bound }
		pairs := 0
		for a := range g.Len() {
			for b := a + 1; b < g.Len(); b++ {
				shared := slices.DeleteFunc(common(g, a, b), func(z int) bool { return !counts(z) })
				if g.Adjacent(a, b) || len(shared) == 0 {
					continue
				}
				pairs++
				either, figure := 0, 0.0
				for z := range g.Len() {
					if (g.Adjacent(a, z) || g.Adjacent(b, z)) && counts(z) {
						either++
					}
				}
				for _, z := range shared {
					figure += 1 / math.Log(float64(g.Degree(z)))
				}
				want := network.Prompt{A: a, B: b, AdamicAdar: figure, Jaccard: float64(len(shared)) / float64(either), Common: shared}
				if diff := cmp.Diff(want, found[pair{a, b}]); diff != "" {
					t.Fatal(diff)
				}
			}
		}
		if pairs != len(got) {
			t.Fatalf("%d prompts for %d pairs", len(got), pairs)
		}
	})
}

// TestRowOrder: the order and direction of rows do not change the graph's figures when weights are
// whole numbers, whose sums are exact.
func TestRowOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := small(t)
		other := network.List{Nodes: l.Nodes, Edges: slices.Clone(l.Edges)}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		r.Shuffle(len(other.Edges), func(i, j int) { other.Edges[i], other.Edges[j] = other.Edges[j], other.Edges[i] })
		for i := range other.Edges {
			if r.IntN(2) == 0 {
				other.Edges[i].From, other.Edges[i].To = other.Edges[i].To, other.Edges[i].From
			}
		}
		before := slices.Clone(l.Edges)
		leiden := func(l network.List) *network.Partition {
			return must[*network.Partition](t)(network.Leiden(t.Context(), made(t, l), network.LeidenSettings{Seed: 3}))
		}
		if diff := cmp.Diff(leiden(l), leiden(other)); diff != "" {
			t.Fatal(diff)
		}
		if !slices.Equal(before, l.Edges) {
			t.Fatal("the list was changed")
		}
	})
}
