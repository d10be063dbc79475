package svg

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// zipped returns the size of markup after gzip at the level web servers use.
func zipped(t *testing.T, markup template.HTML) int {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(markup)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

func worldSample() Map {
	areas := map[string]Area{}
	for i, c := range Countries() {
		switch {
		case c.ISO3 == "" || i%7 == 0:
		case i%11 == 0:
			areas[c.ISO3] = Area{c.Name, Between(1, 4)}
		default:
			areas[c.ISO3] = Area{c.Name, Value(float64(i * i))}
		}
	}
	return Map{
		Figure: Figure{ID: "w", Title: "People detected, 2022", Desc: "Map in five classes."},
		Areas:  areas, Y: Axis{Label: "people"}, Format: plain{},
	}
}

func TestMap(t *testing.T) {
	got, err := worldSample().SVG()
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, got)
	if n := zipped(t, got); n > 47_000 {
		t.Errorf("map is %d bytes after gzip, at most 47,000", n)
	} else {
		t.Logf("map: %d bytes, %d after gzip", len(got), n)
	}
	for _, want := range []string{"ff-c0", "ff-c4", "w-none", "w-range", "no figure", "known only as a range"} {
		if !strings.Contains(string(got), want) {
			t.Errorf("map lacks %q", want)
		}
	}
	empty, err := Map{Figure: Figure{ID: "e"}, Format: plain{}}.SVG()
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, empty)
}

// TestCountries holds what the data folder says of its file: 177 shapes, of which one is
// Antarctica (left out here) and three have no ISO code.
func TestCountries(t *testing.T) {
	seen := map[string]string{}
	var bare []string
	for _, c := range Countries() {
		if c.path == "" || c.Name == "" {
			t.Errorf("%+v lacks a part", c)
		}
		if c.ISO3 == "" {
			bare = append(bare, c.Name)
			continue
		}
		seen[c.Numeric] = c.ISO3
	}
	if len(seen) != 173 {
		t.Errorf("%d countries with a code, want 173", len(seen))
	}
	slices.Sort(bare)
	if diff := cmp.Diff([]string{"Kosovo", "N. Cyprus", "Somaliland"}, bare); diff != "" {
		t.Error(diff)
	}
	for numeric, iso := range map[string]string{"826": "GBR", "004": "AFG", "076": "BRA", "710": "ZAF", "807": "MKD"} {
		if seen[numeric] != iso {
			t.Errorf("%s is %q, want %s", numeric, seen[numeric], iso)
		}
	}
	if n := strings.Count(worldText, "\n") - 4; n != len(Countries()) {
		t.Errorf("%d lines gave %d countries", n, len(Countries()))
	}
}

func TestMapClasses(t *testing.T) {
	m := Map{Format: plain{}, Areas: map[string]Area{}}
	for i := range 100 {
		m.Areas[fmt.Sprint(i)] = Area{Point: Value(float64(i * 10))}
	}
	cuts := m.quintiles()
	if diff := cmp.Diff([]float64{200, 400, 600, 800}, cuts); diff != "" {
		t.Error(diff)
	}
	if a, b := classOf(cuts, 199), classOf(cuts, 200); a != 0 || b != 1 {
		t.Errorf("a limit belongs to the class above it: got %d and %d", a, b)
	}
	if got, want := m.classText(cuts, 1), "200 to below 400"; got != want {
		t.Errorf("legend %q, want %q", got, want)
	}
	for _, few := range []int{0, 1, 4} {
		part := Map{Format: plain{}, Areas: map[string]Area{}}
		for _, k := range slices.Sorted(maps.Keys(m.Areas))[:few] {
			part.Areas[k] = m.Areas[k]
		}
		if c := part.quintiles(); c != nil {
			t.Errorf("%d values give the limits %v", few, c)
		}
	}
}

func netSample(rings, branches int) Network {
	n := Network{
		Figure: Figure{ID: "n1", Title: "Links around report R-0007", Desc: "Solid: recorded. Dashed: suggested."},
		Nodes:  []Node{{ID: "0", Label: "R-0007"}},
		Shapes: []string{"Report", "Place", "Telephone"},
		Format: plain{},
	}
	for b := range branches {
		parent := "0"
		for r := range rings {
			for k := range 1 + r*2 {
				id := fmt.Sprintf("%d-%d-%d", b, r, k)
				n.Nodes = append(n.Nodes, Node{ID: id, Label: "E-" + id, Shape: (b + r) % 3, Href: "/links/" + id})
				n.Edges = append(n.Edges, Edge{From: parent, To: id, Suggested: k == 1})
			}
			parent = fmt.Sprintf("%d-%d-0", b, r)
		}
	}
	return n
}

func TestNetwork(t *testing.T) {
	n := netSample(2, 12)
	a, err := n.SVG()
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, a)
	if b, _ := n.SVG(); a != b {
		t.Error("the layout is not deterministic")
	}
	if got := strings.Count(string(a), "ff-edge ff-suggested"); got != 12+1 {
		t.Errorf("%d dashed lines, want 12 and the legend's", got)
	}
	apart := Network{Figure: Figure{ID: "a"}, Nodes: []Node{{ID: "x"}, {ID: "y"}, {ID: "z"}}, Edges: []Edge{{From: "y", To: "z"}}, Format: plain{}}
	got, err := apart.SVG()
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, got)
}

func TestNetworkRefusals(t *testing.T) {
	big := netSample(2, 50)
	for name, n := range map[string]Network{
		"too large":     big,
		"no nodes":      {Figure: Figure{ID: "n"}, Format: plain{}},
		"twice":         {Figure: Figure{ID: "n"}, Format: plain{}, Nodes: []Node{{ID: "a"}, {ID: "a"}}},
		"edge":          {Figure: Figure{ID: "n"}, Format: plain{}, Nodes: []Node{{ID: "a"}}, Edges: []Edge{{From: "a", To: "b"}}},
		"focus":         {Figure: Figure{ID: "n"}, Format: plain{}, Nodes: []Node{{ID: "a"}}, Focus: "b"},
		"script link":   {Figure: Figure{ID: "n"}, Format: plain{}, Nodes: []Node{{ID: "a", Href: "javascript:alert(1)"}}},
		"other host":    {Figure: Figure{ID: "n"}, Format: plain{}, Nodes: []Node{{ID: "a", Href: "//host/x"}}},
		"other host, 2": {Figure: Figure{ID: "n"}, Format: plain{}, Nodes: []Node{{ID: "a", Href: `/\host/x`}}},
	} {
		if _, err := n.SVG(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestSizes(t *testing.T) {
	line, err := sample().SVG()
	if err != nil {
		t.Fatal(err)
	}
	net, err := netSample(2, 30).SVG()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		got template.HTML
		max int
	}{"line": {line, 9_000}, "network": {net, 9_000}, "style sheet": {template.HTML(CSS), 2_500}} {
		n := zipped(t, c.got)
		t.Logf("%s: %d bytes, %d after gzip", name, len(c.got), n)
		if n > c.max {
			t.Errorf("%s: %d bytes after gzip, at most %d", name, n, c.max)
		}
	}
}

func BenchmarkLine(b *testing.B) {
	l := sample()
	for b.Loop() {
		if _, err := l.SVG(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMap(b *testing.B) {
	m := worldSample()
	for b.Loop() {
		if _, err := m.SVG(); err != nil {
			b.Fatal(err)
		}
	}
}
