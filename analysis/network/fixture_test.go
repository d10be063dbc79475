package network_test

import (
	"encoding/csv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/fourfold/fourfold/analysis/network"
	"github.com/fourfold/fourfold/internal/testdata"
)

// list makes an edge list from pairs.
func list(n int, pairs ...[2]int32) network.List {
	l := network.List{Nodes: make([]network.Node, n)}
	for _, p := range pairs {
		l.Edges = append(l.Edges, network.Edge{From: p[0], To: p[1]})
	}
	return l
}

// build makes a graph, repeats added up and loops kept.
func build(t testing.TB, l network.List) *network.Graph {
	t.Helper()
	g, err := network.Build(t.Context(), l, network.BuildSettings{Loops: network.KeepLoops, Repeats: network.AddRepeats})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// records reads a CSV file of the network folder without its header.
func records(t testing.TB, name string) [][]string {
	t.Helper()
	file, err := os.Open(filepath.Join(testdata.Dir(t, "network"), name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func whole(t testing.TB, s string) int32 {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return int32(n)
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// zachary is the karate club of 34 nodes and 78 unweighted ties; node v has id v+1.
// Zachary 1977, doi:10.1086/jar.33.4.3629752.
func zachary(t testing.TB) *network.Graph {
	t.Helper()
	l := network.List{Nodes: make([]network.Node, 34)}
	for v := range l.Nodes {
		l.Nodes[v].Name = strconv.Itoa(v + 1)
	}
	for _, r := range records(t, "zachary_unweighted_edges.csv") {
		l.Edges = append(l.Edges, network.Edge{From: whole(t, r[0]) - 1, To: whole(t, r[1]) - 1})
	}
	return build(t, l)
}

// planted draws m ties among n nodes in equal groups: a share of them within a group, the others
// between any two nodes; loops and repeats are drawn again. It returns the groups too. The quality of
// the groups is about share + (1−share)/groups − 1/groups.
func planted(n, m, groups int, share float64, seed uint64) (network.List, []int32) {
	r := rand.New(rand.NewPCG(seed, 1))
	l := network.List{Nodes: make([]network.Node, n), Edges: make([]network.Edge, 0, m)}
	of := make([]int32, n)
	size := n / groups
	for v := range of {
		of[v] = int32(min(v/size, groups-1))
	}
	seen := make(map[uint64]bool, m)
	for len(l.Edges) < m {
		within := r.Float64() < share
		for {
			u, v := r.IntN(n), r.IntN(n)
			if within {
				v = int(of[u])*size + r.IntN(size)
			}
			key := uint64(min(u, v))<<32 | uint64(max(u, v))
			if u != v && !seen[key] {
				seen[key] = true
				l.Edges = append(l.Edges, network.Edge{From: int32(u), To: int32(v)})
				break
			}
		}
	}
	return l, of
}

// scattered draws ties with weights among n nodes, with loops and repeats.
func scattered(r *rand.Rand, n, m int) network.List {
	l := network.List{Nodes: make([]network.Node, n)}
	for range m {
		l.Edges = append(l.Edges, network.Edge{From: r.Int32N(int32(n)), To: r.Int32N(int32(n)), Weight: 0.1 + r.Float64()*3})
	}
	return l
}

// connected says whether every community is connected, by a search of its own.
func connected(g *network.Graph, community []int32) bool {
	seen := make([]bool, g.Len())
	done := map[int32]bool{}
	for v := range g.Len() {
		if seen[v] {
			continue
		}
		if done[community[v]] {
			return false
		}
		done[community[v]] = true
		seen[v] = true
		queue := []int32{int32(v)}
		for len(queue) > 0 {
			x := queue[0]
			queue = queue[1:]
			for _, y := range g.Neighbours(int(x)) {
				if !seen[y] && community[y] == community[x] {
					seen[y] = true
					queue = append(queue, y)
				}
			}
		}
	}
	return true
}
