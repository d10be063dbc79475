package person

import (
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/vault/blind"
	"github.com/fourfold/fourfold/script"
)

// Strength is how far what agrees goes. It is never a probability, and being the only lead makes none stronger.
type Strength int

// The strengths, from the least.
const (
	// Nothing worth looking at.
	Nothing Strength = iota
	// Expected is what people who were exploited together have in common: a telephone, a place, a name that was
	// given to them.
	Expected
	// Possible is a whole name that agrees.
	Possible
	// Strong is the number of a document, or a whole name with the year of birth and a telephone.
	Strong
)

// Label says a strength in English; it is the key of its translation.
func (s Strength) Label() string {
	switch s {
	case Nothing:
		return i18n.Mark("nothing agrees")
	case Expected:
		return i18n.Mark("expected among people who were exploited together; says nothing by itself")
	case Possible:
		return i18n.Mark("may be the same person")
	case Strong:
		return i18n.Mark("much agrees; look closely")
	}
	return ""
}

// Point is one thing that agrees or speaks against.
type Point struct {
	hidden

	// Against speaks against the same person.
	Against bool
	// Text is an English message, the key of its translation; Part the part of a name that it is about, or "".
	Text, Part string
}

// Likeness is why two files may be about one person. It is a prompt for somebody to look, and nothing is merged.
type Likeness struct {
	hidden

	Strength Strength
	Points   []Point
}

func (l *Likeness) add(against bool, text, part string) {
	p := Point{Against: against, Text: text, Part: part}
	if !slices.Contains(l.Points, p) {
		l.Points = append(l.Points, p)
	}
}

func (l *Likeness) reach(s Strength) { l.Strength = max(l.Strength, s) }

// Features are what two files are compared by.
type Features struct {
	hidden

	Names     Names
	Births    Births
	Documents []Document
	Phones    []string
	Place     string // reference of a protected place
}

// Compare says what agrees between two files and what speaks against one person, each point by itself. It is
// symmetrical. What only people who were exploited together have in common stays [Expected], however much of it
// there is.
func Compare(a, b Features) Likeness {
	var l Likeness
	whole := l.names(a.Names, b.Names)
	year := l.births(a.Births, b.Births)
	number := l.documents(a.Documents, b.Documents)
	phone := shares(a.Phones, b.Phones, digits)
	if phone {
		l.reach(Expected)
		l.add(false, i18n.Mark("The same telephone number. People who were exploited together often share one."), "")
	}
	if a.Place != "" && a.Place == b.Place {
		l.reach(Expected)
		l.add(false, i18n.Mark("The same protected place. That is so for everybody who stays there."), "")
	}
	if whole {
		l.reach(Possible)
	}
	if number || whole && year && phone {
		l.reach(Strong)
	}
	return l
}

// names compares every name with every other, and reports whether two that nobody imposed agree in all parts.
func (l *Likeness) names(a, b Names) (whole bool) {
	for _, m := range a.List {
		for _, n := range b.List {
			if l.pair(m, n) {
				whole = true
			}
		}
	}
	return whole
}

func (l *Likeness) pair(m, n Name) bool {
	points, whole := agree(m, n)
	if len(points) == 0 {
		return false
	}
	if m.Kind == Imposed || n.Kind == Imposed {
		if !whole {
			return false
		}
		l.reach(Expected)
		l.add(false, i18n.Mark("The same name, which somebody gave them. Others under the same people may bear it."), "")
		return false
	}
	if !whole {
		return false
	}
	for _, p := range points {
		l.add(p.Against, p.Text, p.Part)
	}
	return true
}

// agree compares the parts of two names. Whole: each part of the shorter one meets one of the longer, and there are
// two at least, or neither has more than one.
func agree(m, n Name) (points []Point, whole bool) {
	a, b := script.NameParts(Plain(m.Text)), script.NameParts(Plain(n.Text))
	if len(a) > len(b) || len(a) == len(b) && m.Text > n.Text {
		a, b = b, a
	}
	met := 0
	for _, p := range a {
		best := blind.Missed
		for _, q := range b {
			best = closer(best, how(p, q))
		}
		if best != blind.Missed {
			met++
			points = append(points, Point{Text: howText(best), Part: p})
		}
	}
	return points, met > 0 && met == len(a) && (met > 1 || len(b) == 1)
}

// how says how two parts of names meet.
func how(p, q string) blind.Reason {
	near := func(s string) []string { return append(script.Deletions(s), s) }
	switch {
	case p == q:
		return blind.Exact
	case slices.ContainsFunc(near(p), func(s string) bool { return slices.Contains(near(q), s) }):
		return blind.OneLetter
	case script.Skeleton(p) != "" && script.Skeleton(p) == script.Skeleton(q):
		return blind.SameSound
	}
	return blind.Missed
}

func closer(a, b blind.Reason) blind.Reason {
	order := []blind.Reason{blind.Missed, blind.SameSound, blind.OneLetter, blind.Exact}
	if slices.Index(order, b) > slices.Index(order, a) {
		return b
	}
	return a
}

// howText says how a part of a name was met.
func howText(r blind.Reason) string {
	switch r {
	case blind.Exact:
		return i18n.Mark("This part of the name is the same.")
	case blind.OneLetter:
		return i18n.Mark("This part of the name differs by one letter.")
	case blind.SameSound:
		return i18n.Mark("This part of the name sounds alike.")
	case blind.Missed:
	}
	return i18n.Mark("This part of the name does not agree.")
}

// births reports whether the years agree as far as both are known.
func (l *Likeness) births(a, b Births) bool {
	s, known := a.all()
	o, known2 := b.all()
	switch {
	case !known || !known2:
		return false
	case !s.meets(o):
		l.add(true, i18n.Mark("The dates of birth contradict each other. One of them may be wrong."), "")
		return false
	}
	l.add(false, i18n.Mark("The dates of birth do not contradict each other."), "")
	from, to := a.Years()
	from2, to2 := b.Years()
	return from != 0 && from == from2 && to == to2
}

func (l *Likeness) documents(a, b []Document) (same bool) {
	for _, d := range a {
		for _, e := range b {
			number := plainNumber(d.Number)
			switch {
			case number == "" || number != plainNumber(e.Number):
			case d.Issuer != "" && e.Issuer != "" && d.Issuer != e.Issuer:
				l.add(true, i18n.Mark("A document has the same number and was issued by another state."), "")
			case d.False == Yes || e.False == Yes:
				l.reach(Expected)
				l.add(false, i18n.Mark("The same number on a false document. Several people may have been given it."), "")
			default:
				same = true
				l.add(false, i18n.Mark("A document has the same number."), "")
			}
		}
	}
	return same
}

func plainNumber(s string) string { return strings.ReplaceAll(script.Fold(s), " ", "") }

func digits(s string) string {
	return strings.TrimLeft(strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, script.Fold(s)), "0")
}

func shares(a, b []string, fold func(string) string) bool {
	return slices.ContainsFunc(a, func(s string) bool {
		return fold(s) != "" && slices.ContainsFunc(b, func(o string) bool { return fold(o) == fold(s) })
	})
}
