package network_test

import (
	"math/rand/v2"
	"testing"

	"github.com/fourfold/fourfold/analysis/network"
)

// TestProtectedNodes: on random graphs with protected nodes no ranking, set or prompt returns one, while
// the figures of the others stay those of the whole network.
func TestProtectedNodes(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for range 60 {
		n := 2 + r.IntN(25)
		l := scattered(r, n, 3*n)
		open := build(t, l)
		for v := range l.Nodes {
			if r.IntN(2) == 0 {
				l.Nodes[v].Kind = "victim"
			}
		}
		g, err := network.Build(t.Context(), l, network.BuildSettings{
			Loops: network.KeepLoops, Repeats: network.AddRepeats, Protected: []string{"victim"},
		})
		if err != nil {
			t.Fatal(err)
		}
		everything(t, g)
		all, _ := network.Betweenness(t.Context(), open, network.BetweennessSettings{})
		some, _ := network.Betweenness(t.Context(), g, network.BetweennessSettings{})
		for v := range n {
			want, _ := all.Of(v)
			got, told := some.Of(v)
			if told == g.Protected(v) || told && got != want || !told && got != 0 {
				t.Fatalf("node %d, protected %v: %v, %v; unprotected %v", v, g.Protected(v), got, told, want)
			}
		}
	}
}

// TestAllProtected: a network of victims alone has nobody to name.
func TestAllProtected(t *testing.T) {
	l := list(4, [2]int32{0, 1}, [2]int32{1, 2}, [2]int32{2, 3})
	for v := range l.Nodes {
		l.Nodes[v].Kind = "victim"
	}
	g, err := network.Build(t.Context(), l, network.BuildSettings{Protected: []string{"victim"}})
	if err != nil {
		t.Fatal(err)
	}
	set, err := network.KeyPlayers(t.Context(), g, network.KeyPlayerSettings{Size: 2})
	if err != nil || len(set.Nodes) != 0 || set.After != set.Before || set.After != 6 {
		t.Errorf("%+v, %v", set, err)
	}
	everything(t, g)
}
