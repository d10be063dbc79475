package linkage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// Form says which part of a value a blocking rule looks at.
type Form uint8

// The forms.
const (
	// Whole: the values are the same (case, accents and spacing apart).
	Whole Form = iota
	// Sound: the words have the same sounds, in any script and order. Names and texts only.
	Sound
	// Start: the first three letters are the same.
	Start
	// Year: the year is the same. Dates only.
	Year
	forms
)

// String returns the form in plain English.
func (f Form) String() string {
	names := [...]string{"same", "same sound", "same beginning", "same year"}
	if int(f) < len(names) {
		return names[f]
	}
	return "unknown"
}

const startLetters = 3

// Part is one condition of a rule.
type Part struct {
	Column string
	Form   Form
}

// Rule names the conditions under which two records are compared: all its parts. A value that is not
// known meets no condition.
type Rule []Part

// String returns the rule in plain English.
func (r Rule) String() string {
	parts := make([]string, len(r))
	for i, p := range r {
		parts[i] = fmt.Sprintf("%s: %s", p.Column, p.Form)
	}
	return strings.Join(parts, " and ")
}

// Prediction is a rule with the pairs it makes.
type Prediction struct {
	Rule Rule
	// Text is the rule in plain English.
	Text string
	// Pairs is how many pairs of records meet the rule: the sum of g(g−1)/2 over its groups of g.
	Pairs int64
	// Largest is the size of its largest group.
	Largest int
	// New is how many pairs no earlier rule has made; known after the pairs were made.
	New int64
}

// key returns the key of a canonical value under a form, 0 for none.
func (s *values) key(form Form, id uint32) uint64 {
	if id == 0 {
		return 0
	}
	switch form {
	case Sound:
		return s.sound[id]
	case Start:
		text := s.short[id]
		if text == nil {
			w := s.wide[id]
			return hashText(string(w[:min(len(w), startLetters)]))
		}
		return hashText(string(text[:min(len(text), startLetters)]))
	case Year:
		if s.date[id] == 0 {
			return 0
		}
		return mix(uint64(s.date[id]/10000)+1) | 1
	}
	return mix(uint64(id)+0x9e3779b97f4a7c15) | 1
}

// allowed says whether a form suits a kind.
func allowed(form Form, k Kind) bool {
	switch form {
	case Whole:
		return true
	case Sound:
		return k == Name || k == Text
	case Start:
		return k == Name || k == Text || k == Code
	case Year:
		return k == Date
	}
	return false
}

// check resolves the columns of rules into fields.
func (l *linker) check(rules []Rule) ([][]int, error) {
	if len(rules) == 0 || len(rules) > maxRules {
		return nil, badSetting("rules", "there are %d; 1 to %d are allowed", len(rules), maxRules)
	}
	at := make([][]int, len(rules))
	for i, r := range rules {
		if len(r) == 0 {
			return nil, badSetting(fmt.Sprintf("rule %d", i+1), "it has no conditions")
		}
		for _, p := range r {
			f := slices.IndexFunc(l.fields, func(f field) bool { return strings.EqualFold(f.Column, strings.TrimSpace(p.Column)) })
			if f < 0 {
				return nil, badSetting(fmt.Sprintf("rule %d", i+1), "column %q is not compared", p.Column)
			}
			if !allowed(p.Form, l.fields[f].Kind) {
				return nil, badSetting(fmt.Sprintf("rule %d", i+1), "%q does not suit column %q, which is a %v", p.Form, p.Column, l.fields[f].Kind)
			}
			at[i] = append(at[i], f)
		}
	}
	return at, nil
}

// entry is a row under its key.
type entry struct {
	key uint64
	row uint32
}

// partKeys returns the key of each row under one part, 0 for none.
func (l *linker) partKeys(form Form, f int) []uint64 {
	v := l.fields[f].values
	table := make([]uint64, len(v.text))
	for id := range table {
		table[id] = v.key(form, uint32(id))
	}
	keys := make([]uint64, l.rows)
	w := len(l.fields)
	for row := range keys {
		keys[row] = table[l.ids[row*w+f]]
	}
	return keys
}

// joined makes one key of the keys of parts, 0 where one is 0.
func joined(parts ...[]uint64) []uint64 {
	keys := make([]uint64, len(parts[0]))
	for row := range keys {
		var key uint64
		for _, p := range parts {
			k := p[row]
			if k == 0 {
				key = 0
				break
			}
			key = mix(key*0x9e3779b97f4a7c15+k) | 1
		}
		keys[row] = key
	}
	return keys
}

// keysOf returns the key of each row under a rule, 0 for none.
func (l *linker) keysOf(r Rule, at []int) []uint64 {
	parts := make([][]uint64, len(r))
	for i, p := range r {
		parts[i] = l.partKeys(p.Form, at[i])
	}
	return joined(parts...)
}

// order sorts the rows that have a key by key and row: radix sort, 11 bits at a time.
func order(keys []uint64) []entry {
	list := make([]entry, 0, len(keys))
	for row, k := range keys {
		if k != 0 {
			list = append(list, entry{k, uint32(row)})
		}
	}
	if len(list) < 1<<12 {
		slices.SortFunc(list, func(a, b entry) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.row, b.row)) })
		return list
	}
	other := make([]entry, len(list))
	const digit = 11
	for shift := 0; shift < 64; shift += digit {
		var at [1<<digit + 1]int
		for i := range list {
			at[list[i].key>>shift&(1<<digit-1)+1]++
		}
		for i := range 1 << digit {
			at[i+1] += at[i]
		}
		for i := range list {
			d := list[i].key >> shift & (1<<digit - 1)
			other[at[d]] = list[i]
			at[d]++
		}
		list, other = other, list
	}
	return list
}

// groups calls do for each run of equal keys, of two rows or more, until it returns false.
func groups(list []entry, do func(from, to int) bool) {
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && list[to].key == list[from].key {
			to++
		}
		if to-from > 1 && !do(from, to) {
			return
		}
		from = to
	}
}

// pairsIn counts the pairs that a sorted list makes, across files only when there are several.
func (l *linker) pairsIn(list []entry) (pairs int64, largest int) {
	counts := make([]int64, l.table.Files())
	groups(list, func(from, to int) bool {
		g := int64(to - from)
		largest = max(largest, to-from)
		pairs += g * (g - 1) / 2
		if len(counts) > 1 {
			clear(counts)
			for _, e := range list[from:to] {
				counts[l.file(int(e.row))]++
			}
			for _, c := range counts {
				pairs -= c * (c - 1) / 2
			}
		}
		return true
	})
	return pairs, largest
}

// Predict says how many pairs the rules of the settings would compare, before anything is compared.
// Without rules it plans them first. O(rows · rules).
func Predict(ctx context.Context, t *Table, s Settings) ([]Prediction, error) {
	l, err := newLinker(ctx, t, s)
	if err != nil {
		return nil, err
	}
	if err := l.block(ctx); err != nil {
		return nil, err
	}
	return slices.Clone(l.rules), nil
}
