package importer

import (
	"cmp"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/order"
)

// maxMarginCells bounds the cells whose totals are checked while a file is read; of a larger file
// the first so many are kept and totals are not checked at all, which the report says.
const maxMarginCells = 100_000

// maxMarginText bounds the bytes of the keys that are held for it.
const maxMarginText = 24 << 20

// margins compares published totals with the sum of their cells. It is fed one figure at a time.
type margins struct {
	cells   int
	text    int // bytes of the keys held
	over    bool
	totals  map[spot]figure.Value
	sums    map[split]figure.Value
	parents map[figure.Key][]parent
}

type spot struct {
	release   int
	indicator string
	area      string
	key       figure.Key
	period    figure.Period
}

type split struct {
	spot
	over figure.Dim
}

type parent struct {
	key figure.Key
	dim figure.Dim
}

func (m *margins) add(f Figure) {
	if m.over || f.Value.IsMissing() {
		return
	}
	if m.totals == nil {
		m.totals, m.sums, m.parents = map[spot]figure.Value{}, map[split]figure.Value{}, map[figure.Key][]parent{}
	}
	if m.cells++; m.cells > maxMarginCells || m.text > maxMarginText {
		*m = margins{over: true}
		return
	}
	at := spot{f.Release, f.Indicator, f.Area, f.Key, f.Period}
	was, repeated := m.totals[at]
	now := was.Dispute(f.Value)
	m.totals[at] = now
	for _, up := range m.above(f.Key) {
		to := split{at, up.dim}
		to.key = up.key
		s, ok := m.sums[to]
		switch {
		case repeated: // the cell counts once, with the bounds it has now
			s.Lo, s.Hi, s.State = s.Lo+now.Lo-was.Lo, s.Hi+now.Hi-was.Hi, max(s.State, now.State)
		case ok:
			s = s.Plus(f.Value)
		default:
			s = f.Value
		}
		m.sums[to] = s
	}
}

func (m *margins) above(k figure.Key) []parent {
	ups, ok := m.parents[k]
	if !ok {
		for d := range k.Cell() {
			ups = append(ups, parent{k.Without(d), d})
		}
		m.parents[k] = ups
		m.text += len(k) * (1 + len(ups))
	}
	return ups
}

// check takes a published total of parts that are no single dimension of cells, such as a year of
// quarters; it is checked at once.
func (m *margins) check(out *Outcome, c MarginCheck) {
	out.MarginsChecked++
	if c.Published.Overlaps(c.Summed.Interval) {
		return
	}
	out.MarginsOff++
	out.Margins = append(out.Margins, c)
}

// find compares every total with its splits and adds the outcome to out, in order.
func (m *margins) find(out *Outcome) {
	for at, summed := range m.sums {
		published, ok := m.totals[at.spot]
		if !ok {
			continue
		}
		m.check(out, MarginCheck{
			Indicator: at.indicator, Area: at.area, Period: at.period, Key: at.key, Over: at.over,
			Published: published, Summed: summed,
		})
	}
	order.By(out.Margins, func(a, b MarginCheck) int {
		return cmp.Or(
			cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Area, b.Area), cmp.Compare(a.Key, b.Key),
			cmp.Compare(a.Over, b.Over), a.Period.Compare(b.Period),
			cmp.Compare(a.Published.Lo, b.Published.Lo), cmp.Compare(a.Summed.Lo, b.Summed.Lo),
		)
	})
	out.Margins = out.Margins[:min(len(out.Margins), MaxProblems)]
}
