package mse

import (
	"context"
	"math"
)

// influenceLimit is the share by which one person may move an estimate before it is refused.
const influenceLimit = 0.2

// Influence says what the estimate would be without some people.
type Influence struct {
	// History is that of the people left out.
	History History
	// Count is the number of people who have it.
	Count int
	// Estimate is the estimate without them; +Inf when there is none.
	Estimate float64
	// Move is the change relative to the estimate from all; +Inf when there is no estimate without.
	Move float64
}

// DropPerson repeats the method without one person of each capture history: the delete-one jackknife,
// ascending by history. When one person moves the estimate much, it rests on that person. Errors are
// those of the method. Cost: one repetition of the method for each history.
func DropPerson(ctx context.Context, t Table, m Method, workers int) ([]Influence, error) {
	return drop(ctx, t, m, workers, onePerson)
}

// DropCell repeats the method without all people of each capture history of two lists or more,
// ascending by history: what if that overlap were an error of linkage? Errors are those of the method.
func DropCell(ctx context.Context, t Table, m Method, workers int) ([]Influence, error) {
	return drop(ctx, t, m, workers, wholeOverlap)
}

func drop(ctx context.Context, t Table, m Method, workers int, less func(Cell) int) ([]Influence, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	if m == nil {
		return nil, badSetting("Method", "no method is given")
	}
	r, repeat, err := m.choose(ctx, t)
	if err != nil {
		return nil, err
	}
	return without(ctx, t, repeat, r.Estimate, workers, less)
}

func onePerson(Cell) int { return 1 }

func wholeOverlap(c Cell) int {
	if c.History.Len() < 2 {
		return 0
	}
	return c.Count
}

// without repeats the method with fewer people in one cell at a time; cells that lose none are skipped.
func without(ctx context.Context, t Table, repeat rule, estimate float64, workers int, less func(Cell) int) ([]Influence, error) {
	out := make([]Influence, 0, len(t.cells))
	for _, c := range t.cells {
		if less(c) > 0 {
			out = append(out, Influence{History: c.History, Count: c.Count, Estimate: math.Inf(1), Move: math.Inf(1)})
		}
	}
	start := func() *kernel { return newKernel(len(t.lists)) }
	err := each(ctx, len(out), workers, start, func(k *kernel, i int) error {
		c := Cell{out[i].History, out[i].Count}
		rest, ok := t.minus(c.History, less(c))
		if !ok {
			return nil
		}
		k.load(rest)
		v, err := repeat(ctx, k)
		out[i].Estimate, out[i].Move = v, (v-estimate)/estimate
		return err
	})
	return out, err
}

// strongest returns the entry that moves the estimate most, the first on ties.
func strongest(jack []Influence) Influence {
	var top Influence
	for _, j := range jack {
		if math.Abs(j.Move) > math.Abs(top.Move) {
			top = j
		}
	}
	return top
}

// decides warns when one person decides the estimate.
func decides(t Table, jack []Influence) []Finding {
	top := strongest(jack)
	name := top.History.Names(t.lists)
	switch move := math.Abs(top.Move); {
	case math.IsInf(move, 1):
		return []Finding{finding(OnePersonEnds, name, 0)}
	case move > influenceLimit:
		return []Finding{finding(OnePersonDecides, name, move)}
	}
	return nil
}
