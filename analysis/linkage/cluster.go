package linkage

import (
	"slices"
)

// Cluster is a group of rows that the links hold together: a proposal, and the flags say where a
// person should look first.
type Cluster struct {
	Rows []int
	// Links is how many links it has, Density their share of all its pairs.
	Links   int
	Density float64
	// Weakest is the least probability among its links.
	Weakest float64
	// Bridges are links without which the cluster falls into two parts, each with two rows or more.
	Bridges []Link `json:",omitempty"`
	// Conflicts are pairs of its rows that the evidence speaks against (probability below 0.01).
	Conflicts []Link `json:",omitempty"`
	// Flags say in English why a person should look, most weighty first.
	Flags []string `json:",omitempty"`
}

const (
	// conflictBelow is the probability under which a pair within a cluster is a conflict.
	conflictBelow = 0.01
	// conflictRows is the size up to which all pairs of a cluster are looked at.
	conflictRows = 60
	// sparse is the density under which a cluster of four or more is flagged.
	sparse = 0.5
	// agreeLeast is the least mean probability between two groups that are joined.
	agreeLeast = 0.5
)

// forest is union and find, with the rows that must not come together.
type forest struct {
	parent []int32
	apart  map[int32][]int32
	// rows holds the members of each set that has more than one, under its root.
	rows map[int32][]int32
}

// members returns the rows of a set, by its root.
func (f *forest) members(root int32) []int32 {
	if list := f.rows[root]; list != nil {
		return list
	}
	return []int32{root}
}

func (f *forest) find(x int32) int32 {
	for f.parent[x] != x {
		f.parent[x] = f.parent[f.parent[x]]
		x = f.parent[x]
	}
	return x
}

// join unites two sets, unless a judgement keeps them apart or agree says no.
func (f *forest) join(a, b int32, agree func(x, y []int32) bool) bool {
	x, y := f.find(a), f.find(b)
	if x == y {
		return true
	}
	if len(f.apart[x]) > len(f.apart[y]) {
		x, y = y, x
	}
	list, other := f.members(x), f.members(y)
	if agree != nil && len(list)+len(other) > 2 && !agree(list, other) {
		return false
	}
	for _, enemy := range f.apart[x] {
		if f.find(enemy) == y {
			return false
		}
	}
	if list := f.apart[x]; list != nil {
		f.apart[y] = append(f.apart[y], list...)
		delete(f.apart, x)
	}
	f.parent[x] = y
	f.rows[y] = append(other, list...)
	delete(f.rows, x)
	return true
}

// cluster groups rows by their links, the likeliest first, so that a judgement "different" costs the
// weakest link. Links judged "same" come before all others.
func (l *linker) cluster(r *Result) {
	f := &forest{parent: make([]int32, l.rows), apart: map[int32][]int32{}, rows: map[int32][]int32{}}
	for i := range f.parent {
		f.parent[i] = int32(i)
	}
	for _, d := range l.settings.Decisions {
		if d.Verdict == Different {
			a, b := int32(d.A), int32(d.B)
			f.apart[a], f.apart[b] = append(f.apart[a], b), append(f.apart[b], a)
		}
	}
	var held []Link
	for _, decided := range []bool{true, false} {
		for _, k := range r.Links {
			if (k.Decided == Same) != decided {
				continue
			}
			agree := l.agree
			if decided {
				agree = nil
			}
			if f.join(int32(k.A), int32(k.B), agree) {
				held = append(held, k)
			} else {
				r.Refused = append(r.Refused, k)
			}
		}
	}
	rows := map[int32][]int{}
	links := map[int32][]Link{}
	for _, k := range held {
		root := f.find(int32(k.A))
		links[root] = append(links[root], k)
	}
	for row := range l.rows {
		if root := f.find(int32(row)); links[root] != nil {
			rows[root] = append(rows[root], row)
		}
	}
	for root, members := range rows {
		r.Clusters = append(r.Clusters, l.describe(members, links[root]))
	}
	slices.SortFunc(r.Clusters, func(a, b Cluster) int { return a.Rows[0] - b.Rows[0] })
}

// agreed is how many rows of either side are looked at before two groups are joined.
const agreed = 8

// agree says whether two groups are of one person on the whole: the mean probability of the pairs
// between them is at least one half. At most 64 pairs are weighed, those of the earliest members.
func (l *linker) agree(x, y []int32) bool {
	var sum float64
	x, y = x[:min(len(x), agreed)], y[:min(len(y), agreed)]
	n := 0.0
	for _, a := range x {
		for _, b := range y {
			if l.across(uint32(a), uint32(b)) {
				p := l.compare(int(a), int(b))
				sum += l.tables.probability(l.weightOf(int(a), int(b), p))
				n++
			}
		}
	}
	return n == 0 || sum >= agreeLeast*n
}

// describe measures one cluster.
func (l *linker) describe(rows []int, links []Link) Cluster {
	n := len(rows)
	c := Cluster{Rows: rows, Links: len(links), Weakest: 1}
	for _, k := range links {
		c.Weakest = min(c.Weakest, k.Probability)
	}
	c.Density = float64(len(links)) / (float64(n) * float64(n-1) / 2)
	if n == 2 {
		return c
	}
	slices.SortFunc(links, byPlace)
	c.Bridges = bridges(rows, links)
	c.Conflicts = l.conflicts(rows, links)
	if len(c.Conflicts) > 0 {
		c.Flags = append(c.Flags, "the evidence speaks against some of its pairs")
	}
	if len(c.Bridges) > 0 {
		c.Flags = append(c.Flags, "one link alone holds two parts together")
	}
	if n >= 4 && c.Density < sparse {
		c.Flags = append(c.Flags, "fewer than half of its pairs are links")
	}
	return c
}

// conflicts are the pairs of a cluster that are no links and that the evidence speaks against.
func (l *linker) conflicts(rows []int, links []Link) []Link {
	if len(rows) > conflictRows {
		return nil
	}
	var out []Link
	for i, a := range rows {
		for _, b := range rows[i+1:] {
			if _, linked := slices.BinarySearchFunc(links, Link{A: a, B: b}, byPlace); linked || !l.across(uint32(a), uint32(b)) {
				continue
			}
			weight := l.weightOf(a, b, l.compare(a, b))
			if p := l.tables.probability(weight); p < conflictBelow {
				out = append(out, Link{A: a, B: b, Weight: weight, Probability: p})
			}
		}
	}
	return out
}

// step is a place in the walk that finds bridges.
type step struct{ at, via, next int }

// bridges are the links whose loss leaves two parts of at least two rows each (Tarjan 1974).
// O(links), without recursion.
func bridges(rows []int, links []Link) []Link {
	n := len(rows)
	ends := make([][][2]int, n)
	for i, k := range links {
		a, _ := slices.BinarySearch(rows, k.A)
		b, _ := slices.BinarySearch(rows, k.B)
		ends[a] = append(ends[a], [2]int{b, i})
		ends[b] = append(ends[b], [2]int{a, i})
	}
	seen, low, size := make([]int, n), make([]int, n), make([]int, n)
	clock := 1
	seen[0], low[0], size[0] = 1, 1, 1
	stack := []step{{0, -1, 0}}
	var out []Link
	for len(stack) > 0 {
		s := &stack[len(stack)-1]
		if s.next < len(ends[s.at]) {
			to, via := ends[s.at][s.next][0], ends[s.at][s.next][1]
			s.next++
			switch {
			case via == s.via:
			case seen[to] != 0:
				low[s.at] = min(low[s.at], seen[to])
			default:
				clock++
				seen[to], low[to], size[to] = clock, clock, 1
				stack = append(stack, step{to, via, 0})
			}
			continue
		}
		done := *s
		stack = stack[:len(stack)-1]
		if len(stack) == 0 {
			break
		}
		up := stack[len(stack)-1].at
		low[up] = min(low[up], low[done.at])
		size[up] += size[done.at]
		if low[done.at] > seen[up] && size[done.at] >= 2 && n-size[done.at] >= 2 {
			out = append(out, links[done.via])
		}
	}
	slices.SortFunc(out, byPlace)
	return out
}
