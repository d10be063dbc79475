package network

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// greatestWeight bounds a row's weight, so that sums and products stay finite and exact enough.
const greatestWeight = 1e12

// leastWeight bounds a tie's weight from below for the same reason.
const leastWeight = 1e-12

// maxRows bounds the edge list: two arcs for each row must be countable in 31 bits.
const maxRows = 1 << 29

// LoopRule says what [Build] does with a row that ties a node to itself.
type LoopRule uint8

const (
	// RefuseLoops: an error that names the row.
	RefuseLoops LoopRule = iota
	// LeaveOutLoops: the row is left out and counted in Input.Loops.
	LeaveOutLoops
	// KeepLoops: the weight counts within its community, and twice in the node's strength. Only
	// Leiden, Consensus and the quality use it; every other measure ignores loops.
	KeepLoops
)

// RepeatRule says what [Build] does with rows that tie the same two nodes by the same kind, in either
// direction. Rows of different kinds are never repeats of each other.
type RepeatRule uint8

const (
	// RefuseRepeats: an error that names the later row.
	RefuseRepeats RepeatRule = iota
	// AddRepeats: weights are added, so that each record counts.
	AddRepeats
	// GreatestRepeat: the strongest record counts.
	GreatestRepeat
	// Corroborate: 1 − Π(1 − wᵢ), for weights in (0, 1] read as the chance that the record is right,
	// the records being independent. Copies of one report are not.
	Corroborate
)

// BuildSettings says how an edge list becomes a graph. The zero value refuses loops and repeats,
// protects no kind and does not use grades.
type BuildSettings struct {
	Loops   LoopRule
	Repeats RepeatRule
	// Scale turns grades into weights; nil is [NoScale].
	Scale *Scale
	// Protected names the kinds of nodes, compared exactly, that no ranking returns.
	Protected []string
}

// Input counts what became of the rows: Rows = rows left in ties + Loops left out.
type Input struct {
	Rows int
	// Loops counts the rows that tie a node to itself, kept or not.
	Loops int
	// Repeats counts the rows merged into the tie of an earlier row.
	Repeats int
	// Ties counts pairs of tied nodes, whatever the number of kinds.
	Ties int
}

// strand is one kind's part of a tie; lo < hi, or lo == hi for a loop.
type strand struct {
	lo, hi int32
	row    int32 // the first row
	count  int32 // rows merged
	kind   uint16
	weight float64
}

// Build makes a graph. It fails with BadEdge, Loop or Repeat at the first faulty row, with BadNode or
// BadSetting, and with TooLarge beyond 2²⁹ rows or 2³⁰ nodes.
//
// Time O(n + rows) and memory about 100 bytes a row: the rows are ordered by counting, not comparing.
func Build(ctx context.Context, list List, s BuildSettings) (*Graph, error) {
	if err := s.check(list); err != nil {
		return nil, err
	}
	strands, err := readEdges(ctx, list, s)
	if err != nil {
		return nil, err
	}
	strands, err = merge(list, sortStrands(strands, len(list.Nodes), max(1, len(list.Kinds))), s.Repeats)
	if err != nil {
		return nil, err
	}
	g := &Graph{
		nodes: slices.Clone(list.Nodes), kinds: slices.Clone(list.Kinds), strands: strands,
		protected: make([]bool, len(list.Nodes)), input: Input{Rows: len(list.Edges)},
	}
	if len(g.kinds) == 0 {
		g.kinds = []string{""}
	}
	for i, node := range g.nodes {
		g.protected[i] = slices.Contains(s.Protected, node.Kind)
	}
	for _, e := range list.Edges {
		if e.From == e.To {
			g.input.Loops++
		}
	}
	for i := range strands {
		g.input.Repeats += int(strands[i].count) - 1
	}
	g.ties, g.sparse = compress(strands, len(g.nodes))
	g.input.Ties = g.ties
	return g, ctx.Err()
}

func (s BuildSettings) check(list List) error {
	switch {
	case s.Loops > KeepLoops:
		return badSetting("Loops", "unknown rule")
	case s.Repeats > Corroborate:
		return badSetting("Repeats", "unknown rule")
	case len(list.Edges) > maxRows:
		return &Error{Problem: TooLarge, Row: -1, Reason: fmt.Sprintf("%d rows, at most %d are allowed", len(list.Edges), maxRows)}
	case len(list.Nodes) > 1<<30:
		return &Error{Problem: TooLarge, Row: -1, Reason: fmt.Sprintf("%d nodes, at most %d are allowed", len(list.Nodes), 1<<30)}
	case len(list.Kinds) > 1<<16:
		return &Error{Problem: TooLarge, Row: -1, Reason: fmt.Sprintf("%d kinds of edges, at most 65536 are allowed", len(list.Kinds))}
	case list.Lines != nil && len(list.Lines) != len(list.Edges):
		return badSetting("Lines", "%d lines for %d edges", len(list.Lines), len(list.Edges))
	}
	if s.Scale != nil {
		return s.Scale.check()
	}
	return nil
}

// readEdges checks every row and returns one strand for each, loops left out if asked.
func readEdges(ctx context.Context, list List, s BuildSettings) ([]strand, error) {
	strands := make([]strand, 0, len(list.Edges))
	for i := range list.Edges {
		if i&0xffff == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		e := &list.Edges[i]
		weight, err := list.weigh(i, s)
		if err != nil {
			return nil, err
		}
		if e.From == e.To && s.Loops == RefuseLoops {
			return nil, list.fault(Loop, i, "it ties node %d to itself; mend it, or choose LeaveOutLoops or KeepLoops", e.From)
		}
		if e.From == e.To && s.Loops == LeaveOutLoops {
			continue
		}
		strands = append(strands, strand{
			lo: min(e.From, e.To), hi: max(e.From, e.To), row: int32(i), count: 1, kind: e.Kind, weight: weight,
		})
	}
	return strands, nil
}

// weigh checks row i and returns its graded weight.
func (l List) weigh(i int, s BuildSettings) (float64, error) {
	e := &l.Edges[i]
	n := int32(len(l.Nodes))
	if e.From < 0 || e.From >= n {
		return 0, l.fault(BadEdge, i, "From is %d, but nodes run from 0 to %d", e.From, n-1)
	}
	if e.To < 0 || e.To >= n {
		return 0, l.fault(BadEdge, i, "To is %d, but nodes run from 0 to %d", e.To, n-1)
	}
	if int(e.Kind) >= max(1, len(l.Kinds)) {
		return 0, l.fault(BadEdge, i, "Kind is %d, but there are %d kinds", e.Kind, len(l.Kinds))
	}
	weight := e.Weight
	if weight == 0 {
		weight = 1
	}
	if !(weight >= leastWeight && weight <= greatestWeight) {
		return 0, l.fault(BadEdge, i, "weight is %g, which is not a number from %g to %g", weight, leastWeight, greatestWeight)
	}
	if e.Grade != (Grade{}) && !e.Grade.valid() {
		return 0, l.fault(BadEdge, i, "grade %q is not A to F followed by 1 to 6", e.Grade.String())
	}
	if s.Scale != nil {
		weight = max(leastWeight, weight*s.Scale.factor(e.Grade))
	}
	if s.Repeats == Corroborate && weight > 1 {
		return 0, l.fault(BadEdge, i, "weight is %g, but Corroborate needs chances of at most 1", weight)
	}
	return weight, nil
}

func (l List) fault(p Problem, row int, format string, args ...any) *Error {
	e := &Error{Problem: p, Row: row, Reason: fmt.Sprintf(format, args...)}
	if l.Lines != nil {
		e.Line = int(l.Lines[row])
	}
	return e
}

// sortStrands orders by lo, hi, kind and row, by counting from the last key to the first.
func sortStrands(strands []strand, nodes, kinds int) []strand {
	spare := make([]strand, len(strands))
	pass := func(keys int, key func(*strand) int32) {
		start := make([]int32, keys+1)
		for i := range strands {
			start[key(&strands[i])+1]++
		}
		for k := range keys {
			start[k+1] += start[k]
		}
		for i := range strands {
			k := key(&strands[i])
			spare[start[k]] = strands[i]
			start[k]++
		}
		strands, spare = spare, strands
	}
	if kinds > 1 {
		pass(kinds, func(s *strand) int32 { return int32(s.kind) })
	}
	pass(nodes, func(s *strand) int32 { return s.hi })
	pass(nodes, func(s *strand) int32 { return s.lo })
	return strands
}

// merge joins strands of the same pair and kind, in place: the slice belongs to Build. When repeats
// are refused, the error names the repeating row that comes first in the list.
func merge(list List, strands []strand, rule RepeatRule) ([]strand, error) {
	out := strands[:0]
	first, of := int32(math.MaxInt32), int32(0)
	for i := range strands {
		s := strands[i]
		k := len(out) - 1
		if k < 0 || out[k].lo != s.lo || out[k].hi != s.hi || out[k].kind != s.kind {
			out = append(out, s)
			continue
		}
		last := &out[k]
		if s.row < first {
			first, of = s.row, last.row
		}
		last.count++
		switch rule {
		case AddRepeats:
			last.weight += s.weight
		case GreatestRepeat:
			last.weight = max(last.weight, s.weight)
		case Corroborate:
			last.weight = 1 - (1-last.weight)*(1-s.weight)
		}
	}
	if rule == RefuseRepeats && first != math.MaxInt32 {
		where := fmt.Sprintf("row %d", of)
		if list.Lines != nil {
			where = fmt.Sprintf("line %d", list.Lines[of])
		}
		return nil, list.fault(Repeat, int(first), "it ties the same nodes by the same kind as %s; mend it, or choose AddRepeats, GreatestRepeat or Corroborate", where)
	}
	return out, nil
}
