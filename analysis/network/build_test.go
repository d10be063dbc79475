package network_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/analysis/network"
)

// TestBuildRefuses: every bad row is named, by file line when it has one.
func TestBuildRefuses(t *testing.T) {
	good := network.Edge{From: 0, To: 1}
	for _, c := range []struct {
		name string
		edge network.Edge
		s    network.BuildSettings
		want network.Problem
		text string
	}{
		{"from", network.Edge{From: 3, To: 1}, network.BuildSettings{}, network.BadEdge, "From is 3"},
		{"to", network.Edge{From: 1, To: -1}, network.BuildSettings{}, network.BadEdge, "To is -1"},
		{"kind", network.Edge{From: 1, To: 2, Kind: 2}, network.BuildSettings{}, network.BadEdge, "Kind is 2"},
		{"NaN", network.Edge{From: 1, To: 2, Weight: math.NaN()}, network.BuildSettings{}, network.BadEdge, "weight is NaN"},
		{"infinite", network.Edge{From: 1, To: 2, Weight: math.Inf(1)}, network.BuildSettings{}, network.BadEdge, "weight is +Inf"},
		{"negative", network.Edge{From: 1, To: 2, Weight: -1}, network.BuildSettings{}, network.BadEdge, "weight is -1"},
		{"grade", network.Edge{From: 1, To: 2, Grade: network.Grade{Source: 'G', Information: '1'}}, network.BuildSettings{}, network.BadEdge, "G1"},
		{"loop", network.Edge{From: 2, To: 2}, network.BuildSettings{}, network.Loop, "node 2"},
		{"repeat", network.Edge{From: 1, To: 0}, network.BuildSettings{}, network.Repeat, "as row 0"},
		{"chance", network.Edge{From: 1, To: 2, Weight: 1.5}, network.BuildSettings{Repeats: network.Corroborate}, network.BadEdge, "1.5"},
	} {
		l := network.List{Nodes: make([]network.Node, 3), Kinds: []string{"telephone", "address"}, Edges: []network.Edge{good, c.edge}}
		_, err := network.Build(t.Context(), l, c.s)
		if network.ProblemOf(err) != c.want || !strings.Contains(err.Error(), c.text) || !strings.Contains(err.Error(), ": row 1: ") {
			t.Errorf("%s: %v", c.name, err)
		}
		l.Lines = []int32{2, 7}
		if _, err = network.Build(t.Context(), l, c.s); err == nil || !strings.Contains(err.Error(), ": line 7: ") {
			t.Errorf("%s with lines: %v", c.name, err)
		}
	}
}

func TestBuildSettings(t *testing.T) {
	l := list(2, [2]int32{0, 1})
	bad := network.NoScale()
	bad.Source[2] = 0
	for name, s := range map[string]network.BuildSettings{
		"loops": {Loops: 9}, "repeats": {Repeats: 9}, "scale": {Scale: &bad}, "empty scale": {Scale: &network.Scale{}},
	} {
		if _, err := network.Build(t.Context(), l, s); network.ProblemOf(err) != network.BadSetting {
			t.Errorf("%s: %v", name, err)
		}
	}
	l.Lines = []int32{}
	if _, err := network.Build(t.Context(), l, network.BuildSettings{}); network.ProblemOf(err) != network.BadSetting {
		t.Errorf("lines: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := network.Build(ctx, list(2, [2]int32{0, 1}), network.BuildSettings{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestRepeatsAndLoops: what each rule makes of the same rows, and that no row goes uncounted.
func TestRepeatsAndLoops(t *testing.T) {
	l := network.List{
		Nodes: make([]network.Node, 3), Kinds: []string{"telephone", "address"},
		Edges: []network.Edge{
			{From: 0, To: 1, Weight: 0.5},
			{From: 1, To: 0, Weight: 0.4},
			{From: 0, To: 1, Weight: 0.25, Kind: 1},
			{From: 2, To: 2, Weight: 0.5},
			{From: 2, To: 1, Weight: 1},
		},
	}
	for _, c := range []struct {
		rule   network.RepeatRule
		weight float64
	}{{network.AddRepeats, 0.9}, {network.GreatestRepeat, 0.5}, {network.Corroborate, 0.7}} {
		for _, loops := range []network.LoopRule{network.LeaveOutLoops, network.KeepLoops} {
			g, err := network.Build(t.Context(), l, network.BuildSettings{Repeats: c.rule, Loops: loops})
			if err != nil {
				t.Fatal(err)
			}
			want := []network.Strand{{Kind: "telephone", Weight: c.weight, Row: 0, Rows: 2}, {Kind: "address", Weight: 0.25, Row: 2, Rows: 1}}
			near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-15 })
			if diff := cmp.Diff(want, g.Between(1, 0), near); diff != "" {
				t.Errorf("rule %d: %s", c.rule, diff)
			}
			if diff := cmp.Diff(network.Input{Rows: 5, Loops: 1, Repeats: 1, Ties: 2}, g.Input()); diff != "" {
				t.Errorf("rule %d: %s", c.rule, diff)
			}
			if (g.Strength(2) == 2) != (loops == network.KeepLoops) {
				t.Errorf("rule %d, loops %d: strength %v", c.rule, loops, g.Strength(2))
			}
		}
	}
}

// TestOnly: kinds stay apart, and nodes stay.
func TestOnly(t *testing.T) {
	l := network.List{
		Nodes: make([]network.Node, 4), Kinds: []string{"telephone", "address", "vehicle"},
		Edges: []network.Edge{{From: 0, To: 1}, {From: 1, To: 2, Kind: 1}, {From: 0, To: 1, Kind: 2}, {From: 2, To: 3, Kind: 2}},
	}
	g := build(t, l)
	for _, c := range []struct {
		kinds []string
		ties  int
	}{{[]string{"telephone"}, 1}, {[]string{"vehicle", "telephone"}, 2}, {nil, 0}, {g.Kinds(), 3}} {
		part, err := g.Only(t.Context(), c.kinds...)
		if err != nil || part.Ties() != c.ties || part.Len() != 4 {
			t.Errorf("%v: %v, %d ties of %d nodes, want %d", c.kinds, err, part.Ties(), part.Len(), c.ties)
		}
	}
	if _, err := g.Only(t.Context(), "boat"); network.ProblemOf(err) != network.BadSetting {
		t.Errorf("unknown kind: %v", err)
	}
}

func TestGrades(t *testing.T) {
	scale := network.Admiralty()
	for _, c := range []struct {
		grade string
		want  float64
	}{{"A1", 1}, {"b2", 0.64}, {"E5", 0.04}, {"F6", 0.25}, {"", 0.25}} {
		grade, ok := network.ParseGrade(c.grade)
		if !ok {
			t.Fatalf("%q is refused", c.grade)
		}
		l := network.List{Nodes: make([]network.Node, 2), Edges: []network.Edge{{To: 1, Weight: 2, Grade: grade}}}
		g, err := network.Build(t.Context(), l, network.BuildSettings{Scale: &scale})
		if err != nil || math.Abs(g.Strength(0)-2*c.want) > 1e-15 {
			t.Errorf("%q: strength %v, %v, want %v", c.grade, g.Strength(0), err, 2*c.want)
		}
	}
	for _, bad := range []string{"A", "A7", "G1", "11", "A0", "A12", "É1"} {
		if _, ok := network.ParseGrade(bad); ok {
			t.Errorf("%q is accepted", bad)
		}
	}
}

// degenerate are the graphs on which formulas divide by zero if they can.
func degenerate() map[string]network.List {
	var full [][2]int32
	for u := range int32(12) {
		for v := range u {
			full = append(full, [2]int32{u, v})
		}
	}
	return map[string]network.List{
		"empty": {}, "one node": list(1), "one loop": list(1, [2]int32{0, 0}), "two nodes": list(2), "one tie": list(2, [2]int32{0, 1}),
		"no ties": list(50), "complete": list(12, full...), "in pieces": list(7, [2]int32{0, 1}, [2]int32{2, 3}, [2]int32{3, 4}),
	}
}

// TestDegenerate: every function answers, with finite figures, or with an error that has a problem.
func TestDegenerate(t *testing.T) {
	for name, l := range degenerate() {
		t.Run(name, func(t *testing.T) { everything(t, build(t, l)) })
	}
}

// everything calls every function and checks what must hold of any graph.
func everything(t testing.TB, g *network.Graph) {
	t.Helper()
	ctx := t.Context()
	check := func(name string, err error) {
		if err != nil && network.ProblemOf(err) == 0 {
			t.Fatalf("%s: an error without a problem: %v", name, err)
		}
	}
	figures(t, g)
	for _, q := range []network.Quality{network.Modularity, network.CPM} {
		st, err := network.Consensus(ctx, g, network.ConsensusSettings{Runs: 4, MaxRounds: 3, Leiden: network.LeidenSettings{Quality: q, Resolution: 0.7}})
		if err != nil {
			t.Fatal("consensus", err)
		}
		if !connected(g, st.Consensus.Community) || !connected(g, st.Best.Community) || math.IsNaN(st.Best.Quality) || math.IsInf(st.Best.Quality, 0) {
			t.Fatalf("consensus: %+v", st.Consensus)
		}
		for _, x := range slices.Concat(st.Node, st.Community) {
			if !(x >= 0 && x <= 1) {
				t.Fatalf("stability %v", x)
			}
		}
	}
	cuts, err := network.Cuts(ctx, g)
	if err != nil || slices.ContainsFunc(cuts.Points, g.Protected) {
		t.Fatalf("cuts: %v %v", cuts, err)
	}
	prompts, err := network.Prompts(ctx, g, network.PromptSettings{})
	check("prompts", err)
	for _, p := range prompts {
		if g.Adjacent(p.A, p.B) || g.Protected(p.A) || g.Protected(p.B) || slices.ContainsFunc(p.Common, g.Protected) {
			t.Fatalf("prompt %+v", p)
		}
	}
	for _, work := range []float64{1e5, -1} {
		set, err := network.KeyPlayers(ctx, g, network.KeyPlayerSettings{Size: 2, ExactWork: work})
		check("key players", err)
		if slices.ContainsFunc(set.Nodes, g.Protected) {
			t.Fatalf("key players %v", set.Nodes)
		}
	}
	points, err := network.Arrange(ctx, g, network.LayoutSettings{MaxIterations: 50})
	check("arrange", err)
	for _, p := range points {
		if !(p.X >= 0 && p.X <= 1 && p.Y >= 0 && p.Y <= 1) {
			t.Fatalf("point %v", p)
		}
	}
}

// figures calls every function that gives each node a figure.
func figures(t testing.TB, g *network.Graph) {
	t.Helper()
	ctx := t.Context()
	scores := func(name string, s network.Scores, err error) {
		if err != nil {
			t.Fatal(name, err)
		}
		for _, r := range s.Ranking(-1) {
			if math.IsNaN(r.Value) || math.IsInf(r.Value, 0) || g.Protected(r.Node) {
				t.Fatalf("%s: %+v", name, r)
			}
		}
	}
	s, err := network.Betweenness(ctx, g, network.BetweennessSettings{Normalised: true})
	scores("betweenness", s, err)
	s, err = network.PageRank(ctx, g, network.PageRankSettings{})
	scores("PageRank", s, err)
	s, err = network.Cores(ctx, g)
	scores("cores", s, err)
	s, err = network.Constraint(ctx, g)
	scores("constraint", s, err)
}
