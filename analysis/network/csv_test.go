package network_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/analysis/network"
)

func TestReadCSV(t *testing.T) {
	edges := "\ufeffFrom, to ,weight,kind,grade,remark\n a ,b,2,telephone,b2,x\nb,c,0.5,address,,\n\nc,a,1,telephone,A1,\n"
	got, err := network.ReadCSV(t.Context(), strings.NewReader(edges), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := network.List{
		Nodes: []network.Node{{Name: "a"}, {Name: "b"}, {Name: "c"}},
		Kinds: []string{"telephone", "address"},
		Edges: []network.Edge{
			{From: 0, To: 1, Weight: 2, Grade: network.Grade{Source: 'B', Information: '2'}},
			{From: 1, To: 2, Weight: 0.5, Kind: 1},
			{From: 2, To: 0, Weight: 1, Grade: network.Grade{Source: 'A', Information: '1'}},
		},
		Lines: []int32{2, 3, 5},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	nodes := "kind,id\nvictim,c\nperson,a\n,b\nperson,alone\n"
	got, err = network.ReadCSV(t.Context(), strings.NewReader(edges), strings.NewReader(nodes))
	if err != nil {
		t.Fatal(err)
	}
	names := []network.Node{{Name: "c", Kind: "victim"}, {Name: "a", Kind: "person"}, {Name: "b"}, {Name: "alone", Kind: "person"}}
	if diff := cmp.Diff(names, got.Nodes); diff != "" || got.Edges[0].From != 1 {
		t.Errorf("%s, first edge %+v", diff, got.Edges[0])
	}
}

// TestReadCSVRefuses: the line and the column of each fault are named.
func TestReadCSVRefuses(t *testing.T) {
	for _, c := range []struct{ edges, nodes, where, what string }{
		{"", "", "line 1", "empty"},
		{"from,weight\n", "", `line 1, column "to"`, "no such column"},
		{"from,to,To\n", "", `line 1, column "to"`, "twice"},
		{"from,to\na,b\na\n", "", "line 3", "wrong number of fields"},
		{"from,to\na,b\na,\n", "", `line 3, column "to"`, "empty"},
		{"from,to\na,\"b\n", "", "line", "quote"},
		{"from,to,weight\na,b,\n", "", `line 2, column "weight"`, "not a number"},
		{"from,to,weight\na,b,0\n", "", `line 2, column "weight"`, "not a number"},
		{"from,to,weight\na,b,NaN\n", "", `line 2, column "weight"`, "not a number"},
		{"from,to,weight\na,b,1e400\n", "", `line 2, column "weight"`, "not a number"},
		{"from,to,grade\na,b,Z9\n", "", `line 2, column "grade"`, "A to F"},
		{"from,to\na,\xff\n", "", `line 2, column "to"`, "UTF-8"},
		{"from,to\na,b\n", "id\na\n", `line 2, column "to"`, "not on the list"},
		{"from,to\na,b\n", "id\na\na\n", `line 3, column "id"`, "already"},
		{"from,to\na,b\n", "id,kind\n,x\n", `line 2, column "id"`, "empty"},
		{"from,to\na,b\n", "name\na\n", `line 1, column "id"`, "no such column"},
	} {
		var nodes io.Reader
		if c.nodes != "" {
			nodes = strings.NewReader(c.nodes)
		}
		_, err := network.ReadCSV(t.Context(), strings.NewReader(c.edges), nodes)
		if network.ProblemOf(err) != network.BadFile || !strings.Contains(err.Error(), c.where) || !strings.Contains(err.Error(), c.what) {
			t.Errorf("%q, %q: %v; want %s and %q", c.edges, c.nodes, err, c.where, c.what)
		}
	}
	cause := errors.New("the disk is gone")
	if _, err := network.ReadCSV(t.Context(), iotest.ErrReader(cause), nil); !errors.Is(err, cause) {
		t.Errorf("reading: %v", err)
	}
}

// TestRepeatNamesLine: a fault that Build finds is told by the line of the file.
func TestRepeatNamesLine(t *testing.T) {
	l, err := network.ReadCSV(t.Context(), strings.NewReader("from,to\na,b\nb,c\nb,a\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = network.Build(t.Context(), l, network.BuildSettings{})
	if network.ProblemOf(err) != network.Repeat || !strings.Contains(err.Error(), "line 4") || !strings.Contains(err.Error(), "as line 2") {
		t.Error(err)
	}
}
