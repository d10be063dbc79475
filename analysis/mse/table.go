package mse

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// MaxPeople is the largest number of people a table may hold.
const MaxPeople = 1 << 30

// Cell is one capture history and the number of people who have it.
type Cell struct {
	History History
	Count   int
}

// Table holds, for each capture history, how many people were seen on exactly those lists. It is
// immutable; make one with [NewTable] or [Read]. The zero Table has no lists and every function
// refuses it.
type Table struct {
	lists []string
	cells []Cell // Count > 0, ascending by History
}

// NewTable checks and sorts the cells. Lists are 1 to [MaxLists] distinct, non-empty names. A
// history may appear once; a history not given has count 0. The empty history may only have count
// 0, because people on no list cannot be counted. Errors are [BadTable]. Neither slice is kept.
func NewTable(lists []string, cells []Cell) (Table, error) {
	if err := checkLists(lists); err != nil {
		return Table{}, err
	}
	t := Table{lists: slices.Clone(lists)}
	seen := make(map[History]bool, len(cells))
	people := 0
	for _, c := range cells {
		if c.History >= 1<<len(lists) {
			return Table{}, badTable(c.History.String(), "the history names a list that the table does not have (%d lists)", len(lists))
		}
		if seen[c.History] {
			return Table{}, badTable(c.History.Names(lists), "the history is given twice; add the counts up first")
		}
		seen[c.History] = true
		if c.Count < 0 || c.Count > MaxPeople {
			return Table{}, badTable(c.History.Names(lists), "the count %d is not between 0 and %d", c.Count, MaxPeople)
		}
		if c.History == 0 && c.Count != 0 {
			return Table{}, badTable("", "%d people are on no list; leave them out, their number is what is to be estimated", c.Count)
		}
		if people += c.Count; people > MaxPeople {
			return Table{}, badTable("", "more than %d people", MaxPeople)
		}
		if c.Count > 0 {
			t.cells = append(t.cells, c)
		}
	}
	if people == 0 {
		return Table{}, badTable("", "no person is on any list")
	}
	slices.SortFunc(t.cells, func(a, b Cell) int { return cmp.Compare(a.History, b.History) })
	return t, nil
}

func checkLists(lists []string) error {
	if len(lists) == 0 {
		return badTable("", "there are no lists")
	}
	if len(lists) > MaxLists {
		return badTable("", "%d lists, at most %d are supported; merge lists of the same kind", len(lists), MaxLists)
	}
	for i, name := range lists {
		if strings.TrimSpace(name) == "" {
			return badTable("", "list %d has no name", i+1)
		}
		if slices.Contains(lists[:i], name) {
			return badTable(name, "two lists have this name")
		}
	}
	return nil
}

// check refuses the zero table.
func (t Table) check() error {
	if len(t.lists) == 0 {
		return badTable("", "the table is empty; make it with NewTable or Read")
	}
	return nil
}

// Lists returns the names of the lists in order.
func (t Table) Lists() []string { return slices.Clone(t.lists) }

// Cells returns the histories with a positive count, ascending by History.
func (t Table) Cells() []Cell { return slices.Clone(t.cells) }

// People returns the number of people on at least one list.
func (t Table) People() int {
	n := 0
	for _, c := range t.cells {
		n += c.Count
	}
	return n
}

// Count returns the number of people on exactly the lists of h.
func (t Table) Count(h History) int {
	if i, ok := slices.BinarySearchFunc(t.cells, h, func(c Cell, h History) int { return cmp.Compare(c.History, h) }); ok {
		return t.cells[i].Count
	}
	return 0
}

// On returns the number of people on all lists of h, whatever other lists they are on: N* of the
// literature. On of the empty history is [Table.People].
func (t Table) On(h History) int {
	n := 0
	for _, c := range t.cells {
		if c.History.Contains(h) {
			n += c.Count
		}
	}
	return n
}

// Hash returns the SHA-256, as 64 hexadecimal digits, of the list names and the positive counts.
// It does not depend on the order of the rows or on rows with count 0 in the source.
func (t Table) Hash() string {
	h := sha256.New()
	for _, name := range t.lists {
		fmt.Fprintf(h, "%q,", name)
	}
	for _, c := range t.cells {
		fmt.Fprintf(h, "\n%d,%d", c.History, c.Count)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Merge returns the table in which the lists of h are one list with the given name, at the place of
// the first of them. People keep being counted once. Errors are [BadTable].
func (t Table) Merge(h History, name string) (Table, error) {
	if err := t.check(); err != nil {
		return Table{}, err
	}
	if h.Len() < 2 || h >= 1<<len(t.lists) {
		return Table{}, badTable(h.String(), "merging needs two or more lists of the table")
	}
	first := h & -h
	var lists []string
	for i, l := range t.lists {
		if bit := History(1) << i; bit == first {
			lists = append(lists, name)
		} else if h&bit == 0 {
			lists = append(lists, l)
		}
	}
	return t.project(lists, func(c History) (History, bool) {
		if c&h != 0 {
			c |= first
		}
		return squeeze(c, h&^first), true
	})
}

// Within returns the table of the people on the given list, seen through the other lists, and the
// size of that list. The people on no other list have dropped out of the table: their number is the
// truth an estimate from it can be held against. Errors are [BadTable], also when nobody is left.
func (t Table) Within(list int) (Table, int, error) {
	if err := t.check(); err != nil {
		return Table{}, 0, err
	}
	if list < 0 || list >= len(t.lists) {
		return Table{}, 0, badTable(fmt.Sprint(list), "the table has no such list")
	}
	bit := History(1) << list
	inner, err := t.project(slices.Delete(slices.Clone(t.lists), list, list+1), func(c History) (History, bool) {
		return squeeze(c, bit), c&bit != 0
	})
	return inner, t.On(bit), err
}

// project maps every history and adds up the counts that fall together; the empty history is dropped.
func (t Table) project(lists []string, to func(History) (History, bool)) (Table, error) {
	sum := make(map[History]int)
	for _, c := range t.cells {
		if h, keep := to(c.History); keep && h != 0 {
			sum[h] += c.Count
		}
	}
	cells := make([]Cell, 0, len(sum))
	for h, n := range sum {
		cells = append(cells, Cell{h, n})
	}
	return NewTable(lists, cells)
}

// squeeze removes the lists of out from h and closes the gaps.
func squeeze(h, out History) History {
	var res History
	place := 0
	for i := range MaxLists {
		if bit := History(1) << i; out&bit == 0 {
			if h&bit != 0 {
				res |= 1 << place
			}
			place++
		}
	}
	return res
}

// minus returns the table with n people fewer of history h, and false when nobody is left.
func (t Table) minus(h History, n int) (Table, bool) {
	out := Table{lists: t.lists, cells: make([]Cell, 0, len(t.cells))}
	for _, c := range t.cells {
		if c.History == h {
			c.Count -= n
		}
		if c.Count > 0 {
			out.cells = append(out.cells, c)
		}
	}
	return out, len(out.cells) > 0
}
