package standard

import (
	"slices"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
)

// Kind says what happened to something on its way.
type Kind string

// The kinds of loss.
const (
	UnknownColumn Kind = "unknown-column"
	UnknownCode   Kind = "unknown-code"
	BadValue      Kind = "bad-value"
	TooMany       Kind = "too-many"
	Changed       Kind = "changed"
	Derived       Kind = "derived"
	NoPlace       Kind = "no-place"
	SaidNo        Kind = "said-no"
	NoConsent     Kind = "no-consent"
	StaysOpen     Kind = "stays-open"
	Empty         Kind = "empty"
	KeptBack      Kind = "kept-back"
	Refused       Kind = "refused"
)

// Kinds returns the kinds, in the order of the constants.
func Kinds() []Kind {
	return []Kind{UnknownColumn, UnknownCode, BadValue, TooMany, Changed, Derived, NoPlace, SaidNo, NoConsent, StaysOpen, Empty, KeptBack, Refused}
}

// Label says in English what happened and how to mend it; it is the key of its translation.
func (k Kind) Label() string {
	switch k {
	case UnknownColumn:
		return i18n.Mark("The standard has no such column; it was not kept. Look at its spelling.")
	case UnknownCode:
		return i18n.Mark("This code is not in the list of the standard; it was not kept. Use the code that is nearest, or another of the list.")
	case BadValue:
		return i18n.Mark("This is not what the column holds; it was not kept. Write it as the standard says.")
	case TooMany:
		return i18n.Mark("One value has room here; the others were not kept.")
	case Changed:
		return i18n.Mark("It was carried by a code that means nearly the same. Look whether that is good enough.")
	case Derived:
		return i18n.Mark("It repeats other columns and was not kept.")
	case NoPlace:
		return i18n.Mark("The standard has no place for this; it was left out.")
	case SaidNo:
		return i18n.Mark("Somebody said that this was not so; the standard can only leave it out.")
	case NoConsent:
		return i18n.Mark("It is kept as what the file says. It permits nothing here: ask the person.")
	case StaysOpen:
		return i18n.Mark("It is kept as what the file says. The case is open here: close it when nobody works on it.")
	case Empty:
		return i18n.Mark("The record says nothing; no case was opened.")
	case KeptBack:
		return i18n.Mark("It stays with us: no agreement has a class of record for it.")
	case Refused:
		return i18n.Mark("The record cannot be kept as it is.")
	}
	return string(k)
}

// Loss is something of a record that did not arrive as it was.
type Loss struct {
	Record int    // its number in the file, from 1
	Line   int    // in the file; 0 when it does not come from one
	Column string // of the standard or field of ours
	Kind   Kind
	// Value is what stands in the file; Near the known code that it resembles most.
	Value private.Text
	Near  string
}

// Fatal reports whether a record with such a loss is refused.
func (l Loss) Fatal() bool { return l.Kind == Refused }

// nearest returns the code that is fewest changes away from a text, if it is near at all.
func nearest(text string, codes []string) string {
	best, at := "", 0
	for _, c := range codes {
		d := distance(fold(text), fold(c))
		if best == "" || d < at {
			best, at = c, d
		}
	}
	if best == "" || at > 1+len(best)/6 {
		return ""
	}
	return best
}

// fold keeps small letters and digits.
func fold(s string) string {
	b := make([]byte, 0, min(len(s), 96))
	for i := 0; i < len(s) && len(b) < 96; i++ {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			b = append(b, c+'a'-'A')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b = append(b, c)
		}
	}
	return string(b)
}

// distance is the number of letters to add, remove or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost = 1 + slices.Min([]int{before, row[j], row[j+1]})
			}
			before, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
