package linkage

import (
	"cmp"
	"context"
	"maps"
	"math/bits"
	"slices"
	"sync"
)

func ones(x uint64) int { return bits.OnesCount64(x) }

// unitPairs is how many pairs a worker makes at a time.
const unitPairs = 1 << 15

// pair is two rows that were compared, a before b.
type pair struct {
	a, b    uint32
	pattern packed
}

// tally counts the pairs of one pattern.
type tally struct {
	pattern packed
	n       int64
}

// block settles the rules and predicts their pairs. It refuses more pairs than the settings allow.
func (l *linker) block(ctx context.Context) error {
	rules := l.settings.Rules
	if rules == nil {
		var err error
		if rules, err = l.plan(ctx); err != nil {
			return err
		}
	}
	at, err := l.check(rules)
	if err != nil {
		return err
	}
	l.at = at
	l.rules = make([]Prediction, len(rules))
	l.orders = make([][]entry, len(rules))
	l.keys = make([]uint64, l.rows*len(rules))
	err = each(ctx, len(rules), l.settings.Workers, func() struct{} { return struct{}{} }, func(_ struct{}, i int) error {
		keys := l.keysOf(rules[i], at[i])
		for row, k := range keys {
			l.keys[row*len(rules)+i] = k
		}
		l.orders[i] = order(keys)
		p := Prediction{Rule: slices.Clone(rules[i]), Text: rules[i].String()}
		p.Pairs, p.Largest = l.pairsIn(l.orders[i])
		l.rules[i] = p
		return nil
	})
	if err != nil {
		return err
	}
	var sum int64
	for _, p := range l.rules {
		if sum += p.Pairs; sum > l.settings.MaxPairs {
			return tooLarge("rule "+p.Text, "it would make %d pairs, with the rules before it %d; at most %d are allowed (settings: MaxPairs)", p.Pairs, sum, l.settings.MaxPairs)
		}
	}
	return nil
}

// unit is a stretch of places in the order of one rule.
type unit struct{ rule, from, to int }

// units cuts the work by pairs, at places that depend on the data alone.
func (l *linker) units() []unit {
	var list []unit
	for r, order := range l.orders {
		from, pairs := 0, 0
		groups(order, func(first, end int) bool {
			for i := first; i < end; i++ {
				if pairs += end - 1 - i; pairs >= unitPairs {
					list = append(list, unit{r, from, i + 1})
					from, pairs = i+1, 0
				}
			}
			return true
		})
		if pairs > 0 {
			list = append(list, unit{r, from, len(order)})
		}
	}
	return list
}

// maker is what one worker has.
type maker struct {
	counts map[packed]int64
	news   [maxRules]int64
}

// makePairs compares every pair that meets a rule, once, under the first rule it meets, and counts the
// patterns.
func (l *linker) makePairs(ctx context.Context) error {
	units := l.units()
	l.pairs = make([][]pair, len(units))
	var lock sync.Mutex
	var makers []*maker
	start := func() *maker {
		lock.Lock()
		defer lock.Unlock()
		makers = append(makers, &maker{counts: map[packed]int64{}})
		return makers[len(makers)-1]
	}
	err := each(ctx, len(units), l.settings.Workers, start, func(m *maker, i int) error {
		l.pairs[i] = l.makeUnit(m, units[i])
		return nil
	})
	if err != nil {
		return err
	}
	counts := map[packed]int64{}
	for _, m := range makers {
		for p, n := range m.counts {
			counts[p] += n
		}
		for r := range l.rules {
			l.rules[r].New += m.news[r]
		}
	}
	l.tallies = sorted(counts)
	l.orders = nil
	return nil
}

// sorted lists counts in the order of their patterns.
func sorted(counts map[packed]int64) []tally {
	list := make([]tally, 0, len(counts))
	for _, p := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, tally{p, counts[p]})
	}
	return list
}

func (l *linker) makeUnit(m *maker, u unit) []pair {
	list := l.orders[u.rule]
	var out []pair
	for i := u.from; i < u.to; i++ {
		for j := i + 1; j < len(list) && list[j].key == list[i].key; j++ {
			a, b := list[i].row, list[j].row
			if !l.across(a, b) {
				continue
			}
			met := l.met(int(a), int(b))
			if bits.TrailingZeros64(met) < u.rule {
				continue
			}
			p := l.compare(int(a), int(b)) | packed(met)<<ruleShift
			m.counts[p]++
			m.news[u.rule]++
			out = append(out, pair{a, b, p})
		}
	}
	return slices.Clip(out)
}

// met returns a bit for each rule that two rows meet.
func (l *linker) met(a, b int) uint64 {
	w := len(l.rules)
	x, y := l.keys[a*w:a*w+w], l.keys[b*w:b*w+w]
	var met uint64
	for i, k := range x {
		if k == y[i] && k != 0 {
			met |= 1 << i
		}
	}
	return met
}

// byPlace orders pairs by their rows.
func byPlace(a, b Link) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) }
