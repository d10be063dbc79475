package mse

import (
	"cmp"
	"slices"
	"strings"
)

// Model is a hierarchical log-linear model given by its interactions: sets of two or more lists,
// sorted by size and then as words (12, 13, …, 23, …, 123), without repeats, and with every smaller
// set of an interaction also in the model. The constant and the effect of every list are always
// part of a model, so the nil Model is independence. Make other models with [NewModel].
type Model []History

// NewModel returns the smallest hierarchical model that holds the given terms. Single lists and
// the empty set are accepted and add nothing.
func NewModel(terms ...History) Model {
	var m Model
	for _, term := range terms {
		for sub := term; sub != 0; sub = (sub - 1) & term {
			if sub.Len() >= 2 && !slices.Contains(m, sub) {
				m = append(m, sub)
			}
		}
	}
	slices.SortFunc(m, compareTerms)
	return m
}

// Generators returns the maximal terms of m over the given number of lists: the interactions that
// are in no larger one, and the lists in no interaction, large ones first and then in word order.
func (m Model) Generators(lists int) []History {
	var out []History
	for i := range m {
		if !slices.ContainsFunc(m, func(o History) bool { return o != m[i] && o.Contains(m[i]) }) {
			out = append(out, m[i])
		}
	}
	for i := range lists {
		if !slices.ContainsFunc(out, func(o History) bool { return o.Contains(1 << i) }) {
			out = append(out, 1<<i)
		}
	}
	slices.SortFunc(out, func(a, b History) int { return cmp.Or(b.Len()-a.Len(), compareTerms(a, b)) })
	return out
}

// Notation returns m as papers write it, by its generators, large ones first: "[123,14]".
func (m Model) Notation(lists int) string {
	var parts []string
	for _, g := range m.Generators(lists) {
		parts = append(parts, g.String())
	}
	return "[" + strings.Join(parts, ",") + "]"
}

// Names returns the interactions of m by list names, for example "LA:NG, NG:GP", or "none".
func (m Model) Names(lists []string) string {
	if len(m) == 0 {
		return "none"
	}
	var parts []string
	for _, term := range m {
		parts = append(parts, term.Names(lists))
	}
	return strings.Join(parts, ", ")
}

// check refuses terms outside the table, and models that are not closed or not sorted.
func (m Model) check(t Table) error {
	for _, term := range m {
		if term >= 1<<len(t.lists) || term.Len() < 2 {
			return &Error{Problem: BadModel, Term: term.String(), Reason: "an interaction is two or more lists of the table"}
		}
	}
	if !slices.Equal(m, NewModel(m...)) {
		return &Error{Problem: BadModel, Term: m.Notation(len(t.lists)), Reason: "the terms are not sorted and complete; make the model with NewModel"}
	}
	return nil
}

// pairs returns all pairs of lists in word order.
func pairs(lists int) []History {
	var out []History
	for i := range lists {
		for j := i + 1; j < lists; j++ {
			out = append(out, 1<<i|1<<j)
		}
	}
	return out
}
