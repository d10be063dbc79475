package linkage

import (
	"context"
	"math/rand/v2"
)

const (
	// plannedRows is how many rows the planner looks at, imagined how many matches it imagines.
	plannedRows = 1 << 16
	imagined    = 1 << 12
	// plannedRules is the most rules that are planned.
	plannedRules = maxRules
	// fewFields is how many fields make rules of three parts worth a look.
	fewFields = 6
	// enoughGain is the least share of the imagined matches that a further rule must add.
	enoughGain = 0.0004
	// ease is the share of the limit that a rule costs besides its pairs: a few broad rules are better
	// than many narrow ones as long as there is room.
	ease = 0.02
)

// candidate is a rule that the planner may take.
type candidate struct {
	parts []int
	rule  Rule
	at    []int
	pairs float64
	finds []uint64
}

// plan chooses rules that together would find nearly all matches within the limit on pairs: it imagines
// matches with errors and unknown values, and takes the rule that finds the most new ones for its pairs,
// again and again.
func (l *linker) plan(ctx context.Context) ([]Rule, error) {
	list, err := l.candidates(ctx)
	if err != nil {
		return nil, err
	}
	budget := 0.9 * float64(l.settings.MaxPairs)
	found := make([]uint64, imagined/64)
	var rules []Rule
	beyond := false
	for len(rules) < plannedRules {
		best, most := -1, 0.0
		for i, c := range list {
			gain := float64(news(found, c.finds)) / imagined
			if gain == 0 || gain < enoughGain && len(rules) > 0 {
				continue
			}
			if c.pairs > budget {
				beyond = true
				continue
			}
			if value := gain / (c.pairs + ease*float64(l.settings.MaxPairs)); value > most {
				best, most = i, value
			}
		}
		if best < 0 {
			break
		}
		budget -= list[best].pairs
		rules = append(rules, list[best].rule)
		for k, b := range list[best].finds {
			found[k] |= b
		}
	}
	if len(rules) == 0 && !beyond {
		return nil, &Error{Problem: NoEvidence, Row: -1, Reason: "hardly any two rows have a value in the same column"}
	}
	if len(rules) == 0 {
		return nil, tooLarge("maxPairs", "every blocking rule makes more than %d pairs of records; raise the limit or name columns that tell more", l.settings.MaxPairs)
	}
	return rules, nil
}

// news counts the bits of b that a lacks.
func news(a, b []uint64) int {
	n := 0
	for i := range a {
		n += ones(b[i] &^ a[i])
	}
	return n
}

// candidates are all single parts and all pairs of parts of two fields, with few fields also all
// triples, with their pairs as expected from a sample of the rows.
func (l *linker) candidates(ctx context.Context) ([]candidate, error) {
	sample := l.sample()
	var parts []candidate
	var keys [][]uint64
	for i, f := range l.fields {
		for form := range forms {
			if allowed(form, f.Kind) {
				parts = append(parts, candidate{rule: Rule{{f.Column, form}}, at: []int{i}})
				keys = append(keys, sample.partKeys(form, i))
			}
		}
	}
	all := combinations(parts, len(l.fields) <= fewFields)
	scale := l.total() / sample.total()
	matches := l.imagine()
	err := each(ctx, len(all), l.settings.Workers, func() struct{} { return struct{}{} }, func(_ struct{}, i int) error {
		c := &all[i]
		var of [][]uint64
		for _, p := range c.parts {
			of = append(of, keys[p])
			c.rule = append(c.rule, parts[p].rule[0])
			c.at = append(c.at, parts[p].at[0])
		}
		pairs, _ := sample.pairsIn(order(joined(of...)))
		c.pairs = float64(pairs) * scale
		c.finds = make([]uint64, imagined/64)
		for k, m := range matches {
			if m.meets(c.rule, c.at) {
				c.finds[k/64] |= 1 << (k % 64)
			}
		}
		return nil
	})
	return all, err
}

// combinations joins parts of different fields.
func combinations(parts []candidate, triples bool) []candidate {
	var all []candidate
	for i := range parts {
		all = append(all, candidate{parts: []int{i}})
	}
	for i, a := range parts {
		for j, b := range parts[i+1:] {
			if a.at[0] == b.at[0] {
				continue
			}
			j += i + 1
			all = append(all, candidate{parts: []int{i, j}})
			for k := j + 1; triples && k < len(parts); k++ {
				if parts[k].at[0] != b.at[0] {
					all = append(all, candidate{parts: []int{i, j, k}})
				}
			}
		}
	}
	return all
}

// sample is the linker of one row drawn from each of plannedRows stretches of the rows.
func (l *linker) sample() *linker {
	if l.rows <= plannedRows {
		return l
	}
	w := len(l.fields)
	s := &linker{table: &Table{}, fields: l.fields, rows: plannedRows, ids: make([]uint32, 0, plannedRows*w)}
	r := rand.New(rand.NewPCG(l.settings.Seed, 0x706c616e))
	last := -1
	for i := range plannedRows {
		from, to := i*l.rows/plannedRows, (i+1)*l.rows/plannedRows
		row := from + r.IntN(to-from)
		s.ids = append(s.ids, l.ids[row*w:row*w+w]...)
		for file := l.file(row); last < file; last++ {
			s.table.starts = append(s.table.starts, i)
		}
		if l.files != nil {
			s.files = append(s.files, l.files[row])
		}
	}
	s.table.rows = plannedRows
	s.table.starts = append(s.table.starts, plannedRows)
	return s
}

func (l *linker) total() float64 { return total(l.table) }

// The states of a field in an imagined match.
const (
	unknown = iota
	whole
	soundKept
	startKept
	bothKept
	lost
)

// match is the state of each field of an imagined match.
type match [maxFields]uint8

func (m *match) meets(r Rule, at []int) bool {
	for i, p := range r {
		ok := false
		switch s := m[at[i]]; p.Form {
		case Whole:
			ok = s == whole
		case Sound:
			ok = s == whole || s == soundKept || s == bothKept
		default:
			ok = s == whole || s == startKept || s == bothKept
		}
		if !ok {
			return false
		}
	}
	return true
}

// imagine draws matches: most records are typed with care, some are not, and within a record errors
// fall on fields alike. Values are unknown as often as they are in the rows.
func (l *linker) imagine() []match {
	r := rand.New(rand.NewPCG(1, 0x6d617463))
	list := make([]match, imagined)
	for k := range list {
		wrong := 0.06
		switch x := r.Float64(); {
		case x < 0.2:
			wrong = 0.5
		case x < 0.5:
			wrong = 0.25
		}
		for i := range l.fields {
			list[k][i] = state(r, l.share(i), 1-wrong, 0.2*wrong, 0.3*wrong, 0.15*wrong)
		}
	}
	return list
}

// state draws one field: known in both records, and then whole, sound kept, beginning kept or both.
func state(r *rand.Rand, known, same, sound, start, both float64) uint8 {
	x, y := r.Float64(), r.Float64()
	switch {
	case x >= known*known:
		return unknown
	case y < same:
		return whole
	case y < same+sound:
		return soundKept
	case y < same+sound+start:
		return startKept
	case y < same+sound+start+both:
		return bothKept
	}
	return lost
}

// recall estimates the share of matches that meet some rule, from what was learnt about each field and
// as if errors fell on fields independently.
func (l *linker) recall() float64 {
	r := rand.New(rand.NewPCG(2, 0x6d617463))
	found := 0
	for range imagined {
		var m match
		for i := range l.fields {
			f := l.model.Fields[i].m[anyParent]
			similar := f[levelTypo] + f[levelClose] + f[levelNear]
			m[i] = state(r, l.share(i), f[levelSame], f[levelSound], 0.4*similar, 0.3*similar)
		}
		for k, p := range l.rules {
			if m.meets(p.Rule, l.at[k]) {
				found++
				break
			}
		}
	}
	return max(0.01, float64(found)/imagined)
}
