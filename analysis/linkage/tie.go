package linkage

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// Fields of one person hang together among strangers too: who lives in the same place has the same
// postcode, who has the same address often the same surname. Counting each as evidence of its own
// would call neighbours one person. So agreement on a field may be weighed given whether another one,
// its parent, is the same; the parents make a forest (Chow and Liu 1968, doi:10.1109/TIT.1968.1054142).

// The states of a parent, as a field sees it.
const (
	anyParent = iota // it has none, or the parent is not known
	otherParent
	sameParent
	states
)

const (
	// tiedPairs is how many pairs with the same value are looked at for each field.
	tiedPairs = 1 << 14
	// leastTied pairs, and leastLift times the agreement of random pairs, make a parent; of the pairs
	// with its value leastStrangers must be of strangers.
	leastTied      = 30
	leastLift      = 2.0
	leastStrangers = 0.5
	// telling is the chance agreement above which a field says nothing about strangers.
	telling = 0.1
)

// tie is a parent that a field may have.
type tie struct {
	parent, child int
	gain          float64
}

// tied counts the levels of the other fields among pairs of strangers that have the same value in one.
type tied struct {
	drawn, pairs float64
	levels       [maxFields][levels]float64
}

// share returns the share of one level of a field, with a little of the chance level mixed in.
func (t *tied) share(f int, level uint8, chance float64) float64 {
	var known float64
	for k := levelDifferent; k < levels; k++ {
		known += t.levels[f][k]
	}
	return (t.levels[f][level] + 2*chance) / (known + 2)
}

// findTies chooses the parents. A pair counts as one of strangers when of the other fields that tell
// and are known no more than a third agree, and a field on which mostly matches agree is no parent, so
// that matches do not make ties.
func (l *linker) findTies(ctx context.Context) error {
	w := len(l.fields)
	l.tied = make([]*tied, w)
	l.parents = make([]int, w)
	sample := l.sample()
	err := each(ctx, w, l.settings.Workers, func() struct{} { return struct{}{} }, func(_ struct{}, i int) error {
		l.tied[i] = sample.lookAt(i, l.settings.Seed, &l.model)
		return nil
	})
	if err != nil {
		return err
	}
	chance := make([]float64, w)
	for i := range w {
		l.parents[i] = -1
		chance[i] = l.model.Fields[i].u[anyParent][levelSame]
	}
	var list []tie
	for i := range w {
		for j := range w {
			if i == j || chance[i] > chance[j] || chance[i] == chance[j] && i > j {
				continue
			}
			if l.tied[i].pairs < leastStrangers*l.tied[i].drawn {
				continue
			}
			same := l.tied[i].share(j, levelSame, chance[j])
			if l.tied[i].levels[j][levelSame] >= leastTied && same > leastLift*chance[j] {
				list = append(list, tie{i, j, chance[i] * same * math.Log(same/chance[j])})
			}
		}
	}
	slices.SortFunc(list, func(a, b tie) int {
		return cmp.Or(cmp.Compare(b.gain, a.gain), cmp.Compare(a.parent, b.parent), cmp.Compare(a.child, b.child))
	})
	for _, t := range list {
		if l.parents[t.child] < 0 && !l.above(t.child, t.parent) {
			l.parents[t.child] = t.parent
		}
	}
	return nil
}

// above says whether a is b or an ancestor of b.
func (l *linker) above(a, b int) bool {
	for ; b >= 0; b = l.parents[b] {
		if a == b {
			return true
		}
	}
	return false
}

// lookAt counts the levels of the other fields in pairs of rows with the same value of field i: in all
// of them, or in tiedPairs drawn.
func (l *linker) lookAt(i int, seed uint64, m *Model) *tied {
	w := len(l.fields)
	keys := make([]uint64, l.rows)
	for row := range keys {
		keys[row] = uint64(l.ids[row*w+i])
	}
	list := order(keys)
	var ends []float64
	var runs [][2]int
	var sum float64
	groups(list, func(from, to int) bool {
		sum += float64(to-from) * float64(to-from-1) / 2
		ends = append(ends, sum)
		runs = append(runs, [2]int{from, to})
		return true
	})
	t := &tied{}
	if sum <= tiedPairs {
		for _, run := range runs {
			for k, a := range list[run[0]:run[1]] {
				for _, b := range list[run[0]+k+1 : run[1]] {
					l.see(t, a.row, b.row, i, m)
				}
			}
		}
		return t
	}
	r := rand.New(rand.NewPCG(seed, 0x746965+uint64(i)))
	for range tiedPairs {
		at, _ := slices.BinarySearch(ends, r.Float64()*sum)
		run := runs[min(at, len(runs)-1)]
		a, b := list[run[0]+r.IntN(run[1]-run[0])].row, list[run[0]+r.IntN(run[1]-run[0])].row
		if a != b {
			l.see(t, a, b, i, m)
		}
	}
	return t
}

// see counts one pair with the same value of field i.
func (l *linker) see(t *tied, a, b uint32, i int, m *Model) {
	if !l.across(a, b) {
		return
	}
	p := l.compare(int(a), int(b))
	t.drawn++
	if !strangers(p, i, m) {
		return
	}
	t.pairs++
	for f := range l.fields {
		t.levels[f][p.level(f)]++
	}
}

// strangers says whether at most a third of the fields other than one agree, of those that tell.
func strangers(p packed, but int, m *Model) bool {
	known, agree := 0, 0
	for f := range m.Fields {
		if f == but || m.Fields[f].u[anyParent][levelSame] >= telling {
			continue
		}
		switch level := p.level(f); {
		case level == levelNone:
			continue
		case level == levelSame, level == levelExchanged, level >= levelSound && m.Fields[f].Kind != Number:
			agree++
		}
		known++
	}
	return known > 1 && 3*agree <= known
}
