package network_test

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"github.com/fourfold/fourfold/analysis/network"
)

// TestCentralityFile compares with igraph 1.3.5 for R on the unweighted karate club
// (karate_centrality_reference.csv): betweenness, coreness and Burt constraint to 1e-9, PageRank to 1e-6.
func TestCentralityFile(t *testing.T) {
	g := zachary(t)
	scores := map[string]network.Scores{}
	var err error
	keep := func(name string, s network.Scores, e error) {
		if e != nil {
			t.Fatal(name, e)
		}
		scores[name] = s
	}
	s, err := network.Betweenness(t.Context(), g, network.BetweennessSettings{})
	keep("betweenness", s, err)
	s, err = network.PageRank(t.Context(), g, network.PageRankSettings{})
	keep("pagerank", s, err)
	s, err = network.Cores(t.Context(), g)
	keep("coreness", s, err)
	s, err = network.Constraint(t.Context(), g)
	keep("constraint", s, err)
	// id, betweenness, closeness, pagerank, eigen, coreness, constraint, …
	column := map[string]int{"betweenness": 1, "pagerank": 3, "coreness": 5, "constraint": 6}
	tolerance := map[string]float64{"betweenness": 1e-9, "pagerank": 1e-6, "coreness": 0, "constraint": 1e-9}
	rows := records(t, "karate_centrality_reference.csv")
	if len(rows) != 34 {
		t.Fatalf("%d rows, want 34", len(rows))
	}
	for _, row := range rows {
		v := int(whole(t, row[0])) - 1
		for name, at := range column {
			got, _ := scores[name].Of(v)
			if want := number(t, row[at]); !(math.Abs(got-want) <= tolerance[name]) {
				t.Errorf("%s of %s: %.15g, want %.15g", name, row[0], got, want)
			}
		}
	}
}

// TestCutsFile: README of the network data: articulation vertex 1, bridge index 9, which is the tie
// 1–12 when ties are counted from 0 as in the edge file.
func TestCutsFile(t *testing.T) {
	g := zachary(t)
	c, err := network.Cuts(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	bridge := records(t, "zachary_unweighted_edges.csv")[9]
	want := network.Tie{From: int(whole(t, bridge[0])) - 1, To: int(whole(t, bridge[1])) - 1}
	if !slices.Equal(c.Points, []int{0}) || !slices.Equal(c.Bridges, []network.Tie{want}) {
		t.Errorf("points %v and bridges %v, want [0] and [%v]", c.Points, c.Bridges, want)
	}
}

// TestPromptFile compares with the 50 best pairs of igraph (karate_linkpred_reference.csv). Pairs with
// equal figures may come in another order, so each pair is looked up.
func TestPromptFile(t *testing.T) {
	g := zachary(t)
	rows := records(t, "karate_linkpred_reference.csv")
	all, err := network.Prompts(t.Context(), g, network.PromptSettings{Most: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 50 || len(all) < 50 {
		t.Fatalf("%d rows and %d prompts", len(rows), len(all))
	}
	for i, row := range rows {
		a, b := int(whole(t, row[0]))-1, int(whole(t, row[1]))-1
		aa, jaccard := number(t, row[2]), number(t, row[3])
		if math.Abs(all[i].AdamicAdar-aa) > 1e-9 {
			t.Errorf("place %d: Adamic–Adar %.12g, want %.12g", i+1, all[i].AdamicAdar, aa)
		}
		k := slices.IndexFunc(all, func(p network.Prompt) bool { return p.A == min(a, b) && p.B == max(a, b) })
		if k < 0 {
			t.Fatalf("pair %s–%s is missing", row[0], row[1])
		}
		if p := all[k]; math.Abs(p.AdamicAdar-aa) > 1e-9 || math.Abs(p.Jaccard-jaccard) > 1e-9 {
			t.Errorf("pair %s–%s: %v and %v, want %v and %v", row[0], row[1], p.AdamicAdar, p.Jaccard, aa, jaccard)
		}
	}
	best, _ := network.Prompts(t.Context(), g, network.PromptSettings{})
	if len(best) != 50 || !slices.EqualFunc(best, all[:50], func(a, b network.Prompt) bool { return a.A == b.A && a.B == b.B }) {
		t.Error("the 50 best are not the first 50 of all")
	}
	if p := best[0]; p.A != 2 || p.B != 33 || !slices.Equal(p.Common, common(g, 2, 33)) {
		t.Errorf("first prompt %+v, want 2–33 with %v in common", p, common(g, 2, 33))
	}
}

// common is the plain intersection of neighbours.
func common(g *network.Graph, a, b int) []int {
	var out []int
	for z := range g.Len() {
		if z != a && z != b && g.Adjacent(a, z) && g.Adjacent(b, z) {
			out = append(out, z)
		}
	}
	return out
}

// TestWeightedFaculty reads a directed, weighted file (Nepusz et al., doi:10.1103/PhysRevE.77.016107):
// both directions of a pair are repeats of one tie, and the communities of the faculty come out close
// to its schools. The bar is a normalised count of pairs, worked out here, not a published figure.
func TestWeightedFaculty(t *testing.T) {
	l := network.List{Nodes: make([]network.Node, 81)}
	for _, r := range records(t, "UKfaculty_edges.csv") {
		l.Edges = append(l.Edges, network.Edge{From: whole(t, r[0]) - 1, To: whole(t, r[1]) - 1, Weight: number(t, r[2])})
	}
	g := build(t, l)
	if g.Input().Rows != 817 || g.Ties()+g.Input().Repeats != 817 {
		t.Errorf("input %+v does not add up to 817 rows", g.Input())
	}
	p, err := network.Leiden(t.Context(), g, network.LeidenSettings{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	school := make([]string, 81)
	for _, r := range records(t, "UKfaculty_nodes.csv") {
		school[whole(t, r[0])-1] = r[1]
	}
	agree, total := 0, 0
	for u := range 81 {
		for v := range u {
			total++
			if (school[u] == school[v]) == (p.Community[u] == p.Community[v]) {
				agree++
			}
		}
	}
	if share := float64(agree) / float64(total); share < 0.85 {
		t.Errorf("%v agrees with the schools on %.3f of the pairs, want at least 0.85", p, share)
	}
}

// TestScoresRank: figures go down, equal ones in the order of nodes.
func TestScoresRank(t *testing.T) {
	g := zachary(t)
	s, err := network.Betweenness(t.Context(), g, network.BetweennessSettings{Normalised: true})
	if err != nil {
		t.Fatal(err)
	}
	ranked := s.Ranking(-1)
	if len(ranked) != 34 || ranked[0].Node != 0 || math.Abs(ranked[0].Value-231.071428571429/(33*32/2)) > 1e-12 {
		t.Errorf("ranking of %d begins with %+v", len(ranked), ranked[0])
	}
	if !slices.IsSortedFunc(ranked, func(a, b network.Ranked) int {
		return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(a.Node, b.Node))
	}) {
		t.Error("the ranking is not in order")
	}
	if got := s.Ranking(3); len(got) != 3 || got[2] != ranked[2] {
		t.Errorf("first three: %v", got)
	}
}
