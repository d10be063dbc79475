package accord

import (
	"fmt"
	"slices"
	"strings"
)

// Row is what a store knows about a record without opening it.
type Row struct {
	Subject     string
	Class       string
	TLP         string
	Handling    string
	Source      string
	Information int
}

// Filter selects the rows of which at least one field might leave to one recipient for one purpose. It is
// a first sieve in the store; [Agreement.Decide] still decides on every field. What the filter leaves out, Decide
// would refuse, and what it lets through is under a clause that fits all but field and authority.
type Filter struct {
	clauses []clauseRule // nil when nothing may leave
}

// Filter returns the sieve for a request's From, To, Role, Purpose, Use, Country, Agreement and At. The other
// parts of the request are ignored.
func (a *Agreement) Filter(r Request) Filter {
	if a.doc.Compiler != CompilerVersion {
		return Filter{}
	}
	for _, k := range agreementChecks {
		if !k.holds(&a.bounds, nil, &r) {
			return Filter{}
		}
	}
	var f Filter
	for _, c := range a.clauses {
		if c.From == r.From && c.To == r.To && slices.Contains(c.Recipients, r.Role) &&
			slices.Contains(c.Purposes, r.Purpose) && len(c.Fields) > 0 {
			if some := c.served(); len(some.Subjects) > 0 {
				f.clauses = append(f.clauses, some)
			}
		}
	}
	return f
}

// served returns the clause with those classes of person only about whom one of its authorities can serve.
func (c clauseRule) served() clauseRule {
	only := *c.Clause
	only.Subjects = nil
	for _, s := range c.Subjects {
		if slices.ContainsFunc(c.Authority, func(kind string) bool { return serves(kind, s) }) {
			only.Subjects = append(only.Subjects, s)
		}
	}
	c.Clause = &only
	return c
}

// Match reports whether the row passes the sieve.
func (f Filter) Match(row Row) bool {
	return slices.ContainsFunc(f.clauses, func(c clauseRule) bool {
		return row.Class == c.Class && slices.Contains(c.Subjects, row.Subject) &&
			within(rank(tlpOrder, row.TLP), c.tlp) && within(rank(handlingOrder, row.Handling), c.handling) &&
			within(rank(sourceOrder, row.Source), c.source) && within(row.Information, c.Information)
	})
}

// Columns names the columns in which a store keeps a [Row]. TLP, Handling and Source hold ranks: see [Ranks].
type Columns struct{ Subject, Class, TLP, Handling, Source, Information string }

// Ranks returns the numbers under which markings and gradings are stored so that they can be compared in SQL:
// 1 is the freest or the best, 0 unknown, which never passes.
func Ranks(row Row) (tlp, handling, source int) {
	return rank(tlpOrder, row.TLP), rank(handlingOrder, row.Handling), rank(sourceOrder, row.Source)
}

// SQL returns the sieve as a condition with numbered placeholders from $first on, and their arguments. Without
// a clause that fits it is a condition that no row meets.
func (f Filter) SQL(c Columns, first int) (string, []any) {
	if len(f.clauses) == 0 {
		return "1 = 0", nil
	}
	var args []any
	next := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", first+len(args)-1)
	}
	terms := make([]string, len(f.clauses))
	for i, k := range f.clauses {
		subjects := make([]string, len(k.Subjects))
		class := next(k.Class)
		for j, s := range k.Subjects {
			subjects[j] = next(s)
		}
		terms[i] = fmt.Sprintf("(%s = %s AND %s IN (%s) AND %s BETWEEN 1 AND %s AND %s BETWEEN 1 AND %s AND %s BETWEEN 1 AND %s AND %s BETWEEN 1 AND %s)",
			c.Class, class, c.Subject, strings.Join(subjects, ", "),
			c.TLP, next(k.tlp), c.Handling, next(k.handling), c.Source, next(k.source), c.Information, next(k.Information))
	}
	return "(" + strings.Join(terms, " OR ") + ")", args
}
