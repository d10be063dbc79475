package network_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/fourfold/fourfold/analysis/network"
)

// shared is an invented list: who used which telephone, and who lived at which address.
const shared = `from,to,kind,grade
Ana,phone 1,telephone,A1
Bo,phone 1,telephone,B2
Bo,phone 1,telephone,C3
Bo,phone 2,telephone,B2
Cy,phone 2,telephone,A2
Cy,house 3,address,B1
Di,house 3,address,B1
Eve,house 3,address,A1
Di,Eve,address,C3
`

// invented reads the list; Ana is a victim.
func invented() (*network.Graph, error) {
	ctx := context.Background()
	list, err := network.ReadCSV(ctx, strings.NewReader(shared), nil)
	if err != nil {
		return nil, err
	}
	list.Nodes[0].Kind = "victim"
	return network.Build(ctx, list, network.BuildSettings{Repeats: network.GreatestRepeat, Protected: []string{"victim"}})
}

func ExampleBuild() {
	ctx := context.Background()
	list, err := network.ReadCSV(ctx, strings.NewReader(shared), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = network.Build(ctx, list, network.BuildSettings{})
	fmt.Println(err)
	scale := network.Admiralty()
	g, err := network.Build(ctx, list, network.BuildSettings{Repeats: network.GreatestRepeat, Scale: &scale})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%+v\n", g.Input())
	fmt.Printf("%+v\n", g.Between(1, 2))
	// Output:
	// network: repeated edge: line 4: it ties the same nodes by the same kind as line 3; mend it, or choose AddRepeats, GreatestRepeat or Corroborate
	// {Rows:9 Loops:0 Repeats:1 Ties:8}
	// [{Kind:telephone Weight:0.6400000000000001 Row:1 Rows:2}]
}

func ExampleLeiden() {
	g, err := invented()
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := network.Leiden(context.Background(), g, network.LeidenSettings{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v, converged %v\n", p, p.Converged)
	for v, c := range p.Community {
		fmt.Println(c, g.Node(v).Name)
	}
	// Output:
	// 3 communities, quality 0.3984375, converged true
	// 0 Ana
	// 0 phone 1
	// 0 Bo
	// 1 phone 2
	// 1 Cy
	// 2 house 3
	// 2 Di
	// 2 Eve
}

func ExampleConsensus() {
	g, err := invented()
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := network.Consensus(context.Background(), g, network.ConsensusSettings{Runs: 50})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v; Di and Eve together in %.0f %% of the runs\n", s.Consensus, 100*s.Together(6, 7))
	// Output:
	// 3 communities, quality 0.3984375; Di and Eve together in 100 % of the runs
}

// A protected node shapes the figures of the others, but is not told.
func ExampleBetweenness() {
	g, err := invented()
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := network.Betweenness(context.Background(), g, network.BetweennessSettings{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range s.Ranking(3) {
		fmt.Println(g.Node(r.Node).Name, r.Value)
	}
	_, told := s.Of(0)
	fmt.Println("Ana's figure is told:", told)
	// Output:
	// phone 2 12
	// Cy 12
	// Bo 10
	// Ana's figure is told: false
}

func ExampleKeyPlayers() {
	g, err := invented()
	if err != nil {
		fmt.Println(err)
		return
	}
	set, err := network.KeyPlayers(context.Background(), g, network.KeyPlayerSettings{Size: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range set.Nodes {
		fmt.Println(g.Node(v).Name)
	}
	fmt.Println("pairs with a path:", set.Before, "to", set.After, "exact:", set.Exact)
	// Output:
	// Bo
	// house 3
	// pairs with a path: 28 to 3 exact: true
}

func ExampleCuts() {
	g, err := invented()
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := network.Cuts(context.Background(), g)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range c.Points {
		fmt.Println("cut point", g.Node(v).Name)
	}
	for _, tie := range c.Bridges {
		fmt.Println("bridge", g.Node(tie.From).Name, "–", g.Node(tie.To).Name)
	}
	// Output:
	// cut point phone 1
	// cut point Bo
	// cut point phone 2
	// cut point Cy
	// cut point house 3
	// bridge Ana – phone 1
	// bridge phone 1 – Bo
	// bridge Bo – phone 2
	// bridge phone 2 – Cy
	// bridge Cy – house 3
}

func ExamplePrompts() {
	g, err := invented()
	if err != nil {
		fmt.Println(err)
		return
	}
	prompts, err := network.Prompts(context.Background(), g, network.PromptSettings{Most: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range prompts {
		fmt.Printf("%s and %s share %s: %.3f\n", g.Node(p.A).Name, g.Node(p.B).Name, g.Node(p.Common[0]).Name, p.AdamicAdar)
	}
	// Output:
	// phone 1 and phone 2 share Bo: 1.443
	// Bo and Cy share phone 2: 1.443
}

func ExampleArrange() {
	g, err := invented()
	if err != nil {
		fmt.Println(err)
		return
	}
	points, err := network.Arrange(context.Background(), g, network.LayoutSettings{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(points), "places")
	// Output: 8 places
}
