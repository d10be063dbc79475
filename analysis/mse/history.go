package mse

import (
	"math/bits"
	"strconv"
	"strings"
)

// MaxLists is the largest number of lists a table may have. The work grows with 2^lists.
const MaxLists = 12

// History is a set of lists: bit i is set for list i, counted from 0 in the order of the table. It
// stands for a capture history (the lists a person is on) and for a term of a model (the lists that
// interact). The empty History is the history of those no list knows, and the constant term.
type History uint32

// HistoryOf returns the set of the lists given by number from 0. Numbers outside 0 to 31 are ignored.
func HistoryOf(lists ...int) History {
	var h History
	for _, l := range lists {
		if l >= 0 && l < 32 {
			h |= 1 << l
		}
	}
	return h
}

// Len returns the number of lists in h.
func (h History) Len() int { return bits.OnesCount32(uint32(h)) }

// Contains reports whether every list of other is in h.
func (h History) Contains(other History) bool { return h&other == other }

// Lists returns the numbers of the lists in h, from 0, ascending.
func (h History) Lists() []int {
	out := make([]int, 0, h.Len())
	for rest := h; rest != 0; rest &= rest - 1 {
		out = append(out, bits.TrailingZeros32(uint32(rest)))
	}
	return out
}

// String returns the list numbers from 1, as papers write them: "13" for the first and the third
// list, "1.10" when a number has two digits, "0" for the empty set.
func (h History) String() string {
	if h == 0 {
		return "0"
	}
	separator := ""
	if h >= 1<<9 {
		separator = "."
	}
	var b strings.Builder
	for i, l := range h.Lists() {
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(strconv.Itoa(l + 1))
	}
	return b.String()
}

// Names returns the names of the lists in h joined by colons, for example "LA:NG". Lists without a
// name appear by number from 1.
func (h History) Names(lists []string) string {
	var b strings.Builder
	for i, l := range h.Lists() {
		if i > 0 {
			b.WriteByte(':')
		}
		if l < len(lists) {
			b.WriteString(lists[l])
		} else {
			b.WriteString(strconv.Itoa(l + 1))
		}
	}
	return b.String()
}

// compareTerms orders terms by size and then as words: 12, 13, …, 23, …, 123.
func compareTerms(a, b History) int {
	if d := a.Len() - b.Len(); d != 0 {
		return d
	}
	// With equal sizes the word order is decided at the lowest list that only one of them has.
	low := (a ^ b) & -(a ^ b)
	switch {
	case low == 0:
		return 0
	case a&low != 0:
		return -1
	}
	return 1
}
