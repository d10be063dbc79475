package svg

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
)

// MaxNodes is the number of nodes one network may show; above it a picture says nothing that can
// be read.
const MaxNodes = 150

// Node is one thing in a network. Shape (0 to 3) is circle, square, diamond or triangle, one for
// each kind of thing, with a colour of its own. Href, if any, must be a path of this site.
type Node struct {
	ID    string
	Label string
	Shape int
	Href  string
}

// Edge joins two nodes by their ids. Suggested edges were proposed by software and checked by
// nobody: they are dashed, recorded ones solid.
type Edge struct {
	From, To  string
	Suggested bool
}

// Network is a small network around Focus (the id of a node; empty takes the best connected one).
// Shapes names the shapes for the legend, in order.
type Network struct {
	Figure
	Nodes  []Node
	Edges  []Edge
	Focus  string
	Shapes []string
	Format Format
}

// SVG returns the drawing followed by its legend. Nodes stand on rings by their distance from
// the focus, each branch in a sector as wide as it has ends; the layout depends on the input
// order alone, so the same input gives the same bytes. Cost: O(nodes + edges), and O(nodes²) for
// the labels.
func (n Network) SVG() (template.HTML, error) {
	g, err := n.graph()
	if err != nil {
		return "", err
	}
	g.layout()
	var c canvas
	n.draw(&c, g)
	n.legend(&c)
	return template.HTML(c.b.String()), nil //nolint:gosec // every label went through esc
}

// graph is the network by index.
type graph struct {
	next  [][]int // neighbours, in input order
	edges [][2]int
	focus int
	ring  []int
	inner []bool // has branches of its own
	angle []float64
	x, y  []float64
	size  float64
}

func (n Network) graph() (*graph, error) {
	if err := n.Figure.check(); err != nil {
		return nil, err
	}
	if len(n.Nodes) == 0 || len(n.Nodes) > MaxNodes || n.Format == nil {
		return nil, fmt.Errorf("svg: network %s needs 1 to %d nodes and a format; it has %d nodes", n.ID, MaxNodes, len(n.Nodes))
	}
	index := make(map[string]int, len(n.Nodes))
	for i, node := range n.Nodes {
		if _, twice := index[node.ID]; twice {
			return nil, fmt.Errorf("svg: network %s: two nodes have the id %q", n.ID, node.ID)
		}
		if node.Href != "" && (node.Href[0] != '/' || len(node.Href) > 1 && (node.Href[1] == '/' || node.Href[1] == '\\')) {
			return nil, fmt.Errorf("svg: network %s: the link of node %q is not a path of this site", n.ID, node.ID)
		}
		index[node.ID] = i
	}
	g := &graph{next: make([][]int, len(n.Nodes))}
	for _, e := range n.Edges {
		a, okA := index[e.From]
		b, okB := index[e.To]
		if !okA || !okB {
			return nil, fmt.Errorf("svg: network %s: the edge %q to %q names an unknown node", n.ID, e.From, e.To)
		}
		g.edges = append(g.edges, [2]int{a, b})
		g.next[a] = append(g.next[a], b)
		g.next[b] = append(g.next[b], a)
	}
	focus, ok := index[n.Focus]
	if n.Focus != "" && !ok {
		return nil, fmt.Errorf("svg: network %s: the focus %q is no node", n.ID, n.Focus)
	}
	if n.Focus == "" {
		for i := range g.next {
			if len(g.next[i]) > len(g.next[focus]) {
				focus = i
			}
		}
	}
	g.focus = focus
	return g, nil
}

// layout walks the network breadth first and gives each branch a sector. Parts that the focus
// does not reach hang on the outermost ring but one as if they were branches of it.
func (g *graph) layout() {
	n := len(g.next)
	g.ring, g.angle = make([]int, n), make([]float64, n)
	g.x, g.y = make([]float64, n), make([]float64, n)
	children := make([][]int, n)
	seen := make([]bool, n)
	walk := func(root, ring int) {
		queue := []int{root}
		seen[root], g.ring[root] = true, ring
		for len(queue) > 0 {
			at := queue[0]
			queue = queue[1:]
			for _, to := range g.next[at] {
				if seen[to] {
					continue
				}
				seen[to], g.ring[to] = true, g.ring[at]+1
				children[at] = append(children[at], to)
				queue = append(queue, to)
			}
		}
	}
	walk(g.focus, 0)
	for i := range n {
		if !seen[i] {
			walk(i, 1)
			children[g.focus] = append(children[g.focus], i)
		}
	}
	g.inner = make([]bool, n)
	for i := range n {
		g.inner[i] = len(children[i]) > 0
	}
	leaves := make([]float64, n)
	g.countLeaves(children, leaves, g.focus)
	g.place(children, leaves, g.focus, -math.Pi/2, 2*math.Pi)
	g.position()
}

func (g *graph) countLeaves(children [][]int, leaves []float64, at int) float64 {
	for _, c := range children[at] {
		leaves[at] += g.countLeaves(children, leaves, c)
	}
	leaves[at] = max(leaves[at], 1)
	return leaves[at]
}

func (g *graph) place(children [][]int, leaves []float64, at int, from, sweep float64) {
	g.angle[at] = from + sweep/2
	for _, c := range children[at] {
		part := sweep * leaves[c] / leaves[at]
		g.place(children, leaves, c, from, part)
		from += part
	}
}

// position puts the rings far enough apart for the nodes on them.
func (g *graph) position() {
	count := map[int]int{}
	rings := 0
	for _, r := range g.ring {
		count[r]++
		rings = max(rings, r)
	}
	radius := make([]float64, rings+1)
	for r := 1; r <= rings; r++ {
		radius[r] = max(radius[r-1]+92, float64(count[r])*26/(2*math.Pi))
	}
	g.size = radius[rings]
	for i, r := range g.ring {
		g.x[i] = radius[r] * math.Cos(g.angle[i])
		g.y[i] = radius[r] * math.Sin(g.angle[i])
	}
}

// label is the place of the name of a node.
type label struct {
	x, y   float64
	at     anchor
	text   string
	x0, x1 float64
}

func (l label) clash(o label) bool {
	return l.x0 < o.x1 && o.x0 < l.x1 && math.Abs(l.y-o.y) < lineHeight-2
}

// labels places the names outwards of their nodes, nodes near the focus first, and leaves out
// those that would cover another name; every name is in the hover text and in the table.
func (n Network) labels(g *graph) []label {
	order := make([]int, len(n.Nodes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(g.ring[a], g.ring[b]) })
	out := make([]label, len(n.Nodes))
	var placed []label
	for _, i := range order {
		l := n.label(g, i)
		if l.text == "" || slices.ContainsFunc(placed, l.clash) || n.covers(g, i, l) {
			continue
		}
		placed = append(placed, l)
		out[i] = l
	}
	return out
}

func (n Network) label(g *graph, i int) label {
	text := cut(n.Nodes[i].Label, 160)
	l := label{x: g.x[i], y: g.y[i] + 6, at: atLeft, text: text}
	w := width(text)
	cos := math.Cos(g.angle[i])
	switch {
	case i == g.focus || g.inner[i] || math.Abs(cos) < 0.35:
		l.at, l.y = atMiddle, g.y[i]+26
		if !g.inner[i] && g.y[i] < 0 {
			l.y = g.y[i] - 14
		}
		l.x0, l.x1 = l.x-w/2, l.x+w/2
	case cos > 0:
		l.x += 13
		l.x0, l.x1 = l.x, l.x+w
	default:
		l.at = atRight
		l.x -= 13
		l.x0, l.x1 = l.x-w, l.x
	}
	return l
}

// covers says whether the label of node i would hide another node.
func (n Network) covers(g *graph, i int, l label) bool {
	for j := range n.Nodes {
		if j != i && g.x[j] > l.x0-8 && g.x[j] < l.x1+8 && g.y[j] > l.y-20 && g.y[j] < l.y+10 {
			return true
		}
	}
	return false
}

func (n Network) draw(c *canvas, g *graph) {
	labels := n.labels(g)
	x0, x1 := -g.size-12, g.size+12
	for _, l := range labels {
		x0, x1 = min(x0, l.x0-4), max(x1, l.x1+4)
	}
	half := g.size + 34
	role := "img"
	for _, node := range n.Nodes {
		if node.Href != "" {
			role = "group" // an image would hide its links from assistive technology
		}
	}
	c.open(n.Figure, "", "ff-net", role, x1-x0, 2*half)
	c.raw(`<g transform="translate(`, num(-x0), ` `, num(half), `)">`)
	for i, e := range n.Edges {
		a, b := g.edges[i][0], g.edges[i][1]
		class := "ff-edge"
		if e.Suggested {
			class = "ff-edge ff-suggested"
		}
		c.line(class, g.x[a], g.y[a], g.x[b], g.y[b])
	}
	for i, node := range n.Nodes {
		n.node(c, g, i, node)
		if l := labels[i]; l.text != "" {
			c.text("", l.x, l.y, l.at, l.text)
		}
		if node.Href != "" {
			c.raw(`</a>`)
		}
	}
	c.raw(`</g>`)
	c.close()
}

// node draws one node; a link stays open for its label.
func (n Network) node(c *canvas, g *graph, i int, node Node) {
	if node.Href != "" {
		c.raw(`<a href="`, esc(node.Href), `" aria-label="`, esc(node.Label), `">`)
	}
	r := 7.0
	if i == g.focus {
		r = 12
	}
	shape := ((node.Shape % MaxSeries) + MaxSeries) % MaxSeries
	c.raw(`<g><title>`, esc(node.Label), `</title>`)
	c.mark(fmt.Sprintf("ff-node ff-s%d", shape), shape, g.x[i], g.y[i], r)
	c.raw(`</g>`)
}

func (n Network) legend(c *canvas) {
	c.raw(`<ul class="ff-legend" role="list">`)
	for i, name := range n.Shapes[:min(len(n.Shapes), MaxSeries)] {
		c.raw(`<li>`, swatchOpen)
		c.mark(fmt.Sprintf("ff-node ff-s%d", i), i, 15, 10, 7)
		c.raw(`</svg> `, esc(name), `</li>`)
	}
	for _, e := range [...]struct{ class, text string }{
		{"ff-edge", n.Format.T("recorded")},
		{"ff-edge ff-suggested", n.Format.T("suggested, not checked")},
	} {
		c.raw(`<li>`, swatchOpen)
		c.line(e.class, 0, 10, 30, 10)
		c.raw(`</svg> `, esc(e.text), `</li>`)
	}
	c.raw(`</ul>`)
}

const swatchOpen = `<svg class="ff-chart ff-swatch" viewBox="0 0 30 20" width="30" height="20" aria-hidden="true" focusable="false">`
