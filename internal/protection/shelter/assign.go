package shelter

import "cmp"

// levels is how many things a cost counts, one before the other.
const levels = 6

// Cost is what an arrangement costs: whatever the first number says decides, and the next one only
// between equals. Costs add and subtract number by number, so sums are exact.
type Cost [levels]int32

func (c Cost) plus(d Cost) Cost {
	for i := range c {
		c[i] += d[i]
	}
	return c
}

func (c Cost) minus(d Cost) Cost {
	for i := range c {
		c[i] -= d[i]
	}
	return c
}

func (c Cost) compare(d Cost) int {
	for i := range c {
		if c[i] != d[i] {
			return cmp.Compare(c[i], d[i])
		}
	}
	return 0
}

// edge says that a row may have a column, and at which cost.
type edge struct {
	to   int
	cost Cost
}

// problem is people, who are rows, and kinds of room, which are columns with so many places. A row that
// gets none costs skip. No cost is below zero.
type problem struct {
	edges [][]edge
	room  []int
	skip  []Cost
}

// answer is an arrangement with its proof. Rows and columns have prices: no possible pair costs less than
// the prices of its two ends, a pair that was made costs exactly that, and a column with room left has no
// price. So nothing can be cheaper; see [problem.proves].
type answer struct {
	of     []int // the column of each row, -1 for none
	total  Cost
	row    []Cost
	column []Cost
}

// solve finds an arrangement of least cost: row after row by the cheapest way to make room, after Jonker
// and Volgenant, with columns of several places. Of equal arrangements it always returns the same one.
func (p problem) solve() answer {
	s := newSolver(p)
	for i := range p.edges {
		s.place(i)
	}
	a := answer{of: make([]int, len(p.edges)), row: s.u, column: s.v[:len(p.room)]}
	for i, c := range s.of {
		if c >= len(p.room) {
			a.of[i], a.total = -1, a.total.plus(p.skip[i])
			continue
		}
		a.of[i] = c
		for _, e := range p.edges[i] {
			if e.to == c {
				a.total = a.total.plus(e.cost)
			}
		}
	}
	return a
}

// solver has a column of its own for each row that gets none, after the others.
type solver struct {
	problem
	u, v   []Cost
	of     []int   // column of each row, -1 while not placed
	in     [][]int // rows of each column
	far    []Cost  // how far each column is in this search
	by     []int   // from which row
	state  []byte
	edgeOf []int // columns that were reached, in the order of reaching
	done   []int // columns that were passed
}

const (
	unseen byte = iota
	reached
	passed
)

func newSolver(p problem) *solver {
	n, m := len(p.edges), len(p.room)+len(p.edges)
	s := &solver{
		problem: p, u: make([]Cost, n), v: make([]Cost, m), of: make([]int, n), in: make([][]int, m),
		far: make([]Cost, m), by: make([]int, m), state: make([]byte, m),
	}
	for i := range s.of {
		s.of[i] = -1
	}
	return s
}

func (s *solver) full(c int) bool {
	if c < len(s.room) {
		return len(s.in[c]) >= s.room[c]
	}
	return len(s.in[c]) > 0
}

// relax reaches what a row may have, at a distance.
func (s *solver) relax(row int, at Cost) {
	base := at.minus(s.u[row])
	reach := func(c int, cost Cost) {
		if s.state[c] == passed {
			return
		}
		d := base.plus(cost).minus(s.v[c])
		if s.state[c] == unseen {
			s.state[c] = reached
			s.edgeOf = append(s.edgeOf, c)
		} else if d.compare(s.far[c]) >= 0 {
			return
		}
		s.far[c], s.by[c] = d, row
	}
	for _, e := range s.edges[row] {
		if s.room[e.to] > 0 {
			reach(e.to, e.cost)
		}
	}
	reach(len(s.room)+row, s.skip[row])
}

// nearest takes the nearest column that was reached; of equals one with room, then the first. Of equal
// rows the last goes without.
func (s *solver) nearest() int {
	best := -1
	for _, c := range s.edgeOf {
		if s.state[c] != reached {
			continue
		}
		if best < 0 {
			best = c
			continue
		}
		d := s.far[c].compare(s.far[best])
		if d < 0 || d == 0 && s.before(c, best) {
			best = c
		}
	}
	s.state[best] = passed
	return best
}

func (s *solver) before(c, d int) bool {
	if fc, fd := s.full(c), s.full(d); fc != fd {
		return fd
	}
	if c >= len(s.room) && d >= len(s.room) {
		return c > d
	}
	return c < d
}

// place finds room for a row, moving others where that is cheaper.
func (s *solver) place(row int) {
	for _, c := range s.edgeOf {
		s.state[c] = unseen
	}
	s.edgeOf, s.done = s.edgeOf[:0], s.done[:0]
	s.relax(row, Cost{})
	end := s.nearest()
	for s.full(end) {
		s.done = append(s.done, end)
		for _, r := range s.in[end] {
			s.relax(r, s.far[end])
		}
		end = s.nearest()
	}
	total := s.far[end]
	s.u[row] = s.u[row].plus(total)
	for _, c := range s.done {
		rest := total.minus(s.far[c])
		s.v[c] = s.v[c].minus(rest)
		for _, r := range s.in[c] {
			s.u[r] = s.u[r].plus(rest)
		}
	}
	s.move(row, end)
}

// move gives the last column of a way to the row that reached it, and so on back to the new row.
func (s *solver) move(row, end int) {
	for c := end; ; {
		r := s.by[c]
		was := s.of[r]
		s.of[r], s.in[c] = c, append(s.in[c], r)
		if r == row {
			return
		}
		s.in[was] = without(s.in[was], r)
		c = was
	}
}

func without(list []int, x int) []int {
	out := list[:0]
	for _, y := range list {
		if y != x {
			out = append(out, y)
		}
	}
	return out
}

// proves checks the proof of an answer: "" or what is wrong with it. It shares nothing with solve.
func (p problem) proves(a answer) string {
	used := make([]int, len(p.room))
	var primal, dual Cost
	for i, c := range a.of {
		paid := p.skip[i]
		if a.row[i].compare(p.skip[i]) > 0 {
			return "a row is dearer than to go without"
		}
		allowed := c < 0
		for _, e := range p.edges[i] {
			if p.room[e.to] > 0 && e.cost.compare(a.row[i].plus(a.column[e.to])) < 0 {
				return "a pair is cheaper than its prices"
			}
			if e.to == c {
				allowed, paid = true, e.cost
			}
		}
		if !allowed {
			return "a row has what it may not have"
		}
		if c >= 0 {
			used[c]++
		}
		primal, dual = primal.plus(paid), dual.plus(a.row[i])
	}
	for c, n := range used {
		if n > p.room[c] {
			return "a column has too many"
		}
		if a.column[c].compare(Cost{}) > 0 {
			return "a price of a column is above zero"
		}
		for range p.room[c] {
			dual = dual.plus(a.column[c])
		}
	}
	if primal != a.total || primal != dual {
		return "the cost is not that of the prices"
	}
	return ""
}
