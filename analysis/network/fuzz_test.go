package network_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/fourfold/fourfold/analysis/network"
)

// FuzzReadCSV: whatever the bytes, a list that Build takes or an error with a problem, and no panic.
// Every row of the file is in the list.
func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("from,to\na,b\nb,a\n"), []byte(nil))
	f.Add([]byte("from,to,weight,kind,grade\na,a,1e-12,x,A1\n\"a\nb\",c,1e12,,f6\n"), []byte("id,kind\na,victim\n"))
	f.Add([]byte("\ufefffrom,to\n\u0645,\u0e01\n"), []byte("id\n\u0645\n"))
	f.Add([]byte("from,to,weight\na,b,NaN\n"), []byte("id,id\n"))
	f.Add([]byte("from,to,to\n\"\n"), []byte("\xff\n"))
	f.Fuzz(func(t *testing.T, edges, nodes []byte) {
		var list io.Reader
		if nodes != nil {
			list = bytes.NewReader(nodes)
		}
		l, err := network.ReadCSV(t.Context(), bytes.NewReader(edges), list)
		if err != nil {
			if network.ProblemOf(err) == 0 {
				t.Fatalf("an error without a problem: %v", err)
			}
			return
		}
		g, err := network.Build(t.Context(), l, network.BuildSettings{Loops: network.LeaveOutLoops, Repeats: network.AddRepeats})
		if err != nil {
			t.Fatal(err)
		}
		if in := g.Input(); in.Rows != len(l.Edges) || in.Ties > in.Rows-in.Loops {
			t.Fatalf("%d rows became %+v", len(l.Edges), in)
		}
	})
}

// FuzzNetwork: any edge list, with any rules, gives a graph on which everything answers, or an error.
func FuzzNetwork(f *testing.F) {
	f.Add(uint8(0), uint8(0), []byte{})
	f.Add(uint8(5), uint8(0), []byte{0, 1, 1, 2, 3, 4})
	f.Add(uint8(4), uint8(7), []byte{0, 0, 0, 0, 1, 2, 2, 1, 3, 3})
	f.Add(uint8(40), uint8(6), []byte("any bytes are an edge list when taken two at a time"))
	f.Fuzz(func(t *testing.T, nodes, rules uint8, data []byte) {
		if len(data) > 400 {
			return
		}
		l := network.List{Nodes: make([]network.Node, nodes), Kinds: []string{"a", "b"}}
		for v := range l.Nodes {
			if v%3 == 2 {
				l.Nodes[v].Kind = "victim"
			}
		}
		for i := 0; i+1 < len(data); i += 2 {
			l.Edges = append(l.Edges, network.Edge{
				From: int32(data[i]) % (int32(nodes) + 1), To: int32(data[i+1]) % max(1, int32(nodes)),
				Kind: uint16(data[i] >> 7), Weight: float64(data[i+1]) / 255,
			})
		}
		g, err := network.Build(t.Context(), l, network.BuildSettings{
			Loops: network.LoopRule(rules & 3), Repeats: network.RepeatRule(rules >> 2 & 7), Protected: []string{"victim"},
		})
		if (g == nil) == (err == nil) {
			t.Fatalf("graph %v and error %v", g, err)
		}
		if err != nil {
			if network.ProblemOf(err) == 0 {
				t.Fatalf("an error without a problem: %v", err)
			}
			return
		}
		everything(t, g)
	})
}
