package hotspot

import (
	"context"
	"math"
)

// Link says that two areas touch.
type Link struct {
	A, B int
	// Weight is how closely; 0 is 1.
	Weight float64
}

// Weights say who is a neighbour of whom, and how closely. They cannot be changed and may be used by
// several goroutines. An area is not its own neighbour.
type Weights struct {
	start []int
	to    []int32
	w     []float64
	total float64
}

// Areas returns the number of areas.
func (w *Weights) Areas() int { return len(w.start) - 1 }

// Neighbours calls yield with each neighbour of area i and its weight.
func (w *Weights) Neighbours(i int) func(yield func(j int, weight float64) bool) {
	return func(yield func(int, float64) bool) {
		for k := w.start[i]; k < w.start[i+1]; k++ {
			if !yield(int(w.to[k]), w.w[k]) {
				return
			}
		}
	}
}

// Nearest makes the k nearest areas the neighbours of each, with weight 1. At equal distances the
// coordinates decide, then the rows. An area can be a neighbour of one that is none of its own.
// O(n² log n).
func Nearest(ctx context.Context, areas []Area, m Metric, k int) (*Weights, error) {
	if k < 1 || k >= max(2, len(areas)) {
		return nil, badSetting("k", "%d; 1 to %d are allowed", k, len(areas)-1)
	}
	return pick(ctx, areas, m, func(at int, _ float64) bool { return at < k })
}

// Within makes all areas within a distance neighbours, with weight 1. O(n² log n).
func Within(ctx context.Context, areas []Area, m Metric, distance float64) (*Weights, error) {
	if !(distance >= 0 && distance <= 1e12) {
		return nil, badSetting("distance", "%g; a number from 0 to 1e12 is needed", distance)
	}
	return pick(ctx, areas, m, func(_ int, far float64) bool { return far <= distance*(1+1e-12) })
}

// pick keeps the areas around each as long as they are in.
func pick(ctx context.Context, areas []Area, m Metric, in func(at int, far float64) bool) (*Weights, error) {
	if err := checkAreas(areas, m); err != nil {
		return nil, err
	}
	w := &Weights{start: []int{0}}
	row := make([]near, 0, len(areas))
	for i := range areas {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		row = around(areas, m, i, row)
		at := 0
		for _, r := range row {
			if int(r.area) == i {
				continue
			}
			if !in(at, r.far) {
				break
			}
			at++
			w.to, w.w = append(w.to, r.area), append(w.w, 1)
		}
		if len(w.to) > maxCells {
			return nil, problem(TooLarge, i, areas[i].Name, "more than %d neighbours in all; choose fewer", maxCells)
		}
		w.start = append(w.start, len(w.to))
	}
	w.total = sum(w.w)
	return w, nil
}

// Touching makes neighbours of the areas that the links name, each of the other. A link of an area to
// itself, and a link given twice, are refused. O(areas + links).
func Touching(areas int, links []Link) (*Weights, error) {
	if areas < 2 || areas > maxAreas || len(links) > maxCells {
		return nil, badSetting("areas", "%d areas and %d links; 2 to %d and at most %d are allowed", areas, len(links), maxAreas, maxCells)
	}
	w := &Weights{start: make([]int, areas+1)}
	seen := make(map[[2]int]int, len(links))
	for i, l := range links {
		if l.A < 0 || l.B < 0 || l.A >= areas || l.B >= areas || l.A == l.B {
			return nil, problem(BadArea, i, "", "a link of %d and %d; two of 0 to %d are needed", l.A, l.B, areas-1)
		}
		if !(l.Weight >= 0 && l.Weight <= 1e9) {
			return nil, problem(BadCount, i, "", "a weight of %g; a number from 0 to 1e9 is needed", l.Weight)
		}
		pair := [2]int{min(l.A, l.B), max(l.A, l.B)}
		if k, ok := seen[pair]; ok {
			return nil, problem(BadArea, i, "", "%d and %d are linked by row %d already", l.A, l.B, k)
		}
		seen[pair] = i
		w.start[l.A+1]++
		w.start[l.B+1]++
	}
	for i := range areas {
		w.start[i+1] += w.start[i]
	}
	next := append([]int(nil), w.start[:areas]...)
	w.to, w.w = make([]int32, 2*len(links)), make([]float64, 2*len(links))
	for _, l := range links {
		weight := l.Weight
		if weight == 0 {
			weight = 1
		}
		w.to[next[l.A]], w.w[next[l.A]] = int32(l.B), weight
		w.to[next[l.B]], w.w[next[l.B]] = int32(l.A), weight
		next[l.A]++
		next[l.B]++
	}
	w.total = sum(w.w)
	return w, nil
}

// Parts returns the number of the part of the map in which each area lies, numbered from 0 in the
// order of the areas: areas of different parts are not neighbours over any number of steps. O(n + links).
func (w *Weights) Parts() []int {
	n := w.Areas()
	root := make([]int, n)
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	for i := range n {
		for j := range w.Neighbours(i) {
			a, b := find(i), find(j)
			root[max(a, b)] = min(a, b)
		}
	}
	part, count := make([]int, n), 0
	for i := range part {
		if r := find(i); r == i {
			part[i] = count
			count++
		} else {
			part[i] = part[r]
		}
	}
	return part
}

// values refuses numbers for which no figure exists, and areas without neighbours.
func (w *Weights) values(x []float64, islands bool) error {
	if len(x) != w.Areas() {
		return badSetting("values", "%d values for %d areas", len(x), w.Areas())
	}
	if len(x) < 4 {
		return problem(TooFew, -1, "", "%d areas; at least 4 are needed", len(x))
	}
	equal := true
	for i, v := range x {
		if math.IsNaN(v) || math.Abs(v) > 1e12 {
			return problem(BadCount, i, "", "%g is not a number between −1e12 and 1e12", v)
		}
		if w.start[i] == w.start[i+1] && !islands {
			return problem(NoNeighbours, i, "", "it has no neighbour; link it to the nearest area, or set Islands to leave it out")
		}
		equal = equal && v == x[0]
	}
	if equal {
		return problem(NoVariation, -1, "", "all values are %g", x[0])
	}
	return nil
}
