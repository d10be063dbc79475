package numbering

import (
	"cmp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fourfold/fourfold/internal/fault"
)

// Mark says how a step of a number is written.
type Mark uint8

// The marks of steps, in the order in which suffixes follow the same number.
const (
	Whole  Mark = iota // 177
	Latin              // bis, ter, quater: 2, 3, 4
	Letter             // a, b, … z, aa: 1, 2, … 26, 27
	Raised             // the ¹ of 143¹
	Point              // the 1 of 127.1, of 225-1 and of 条之一
)

// Step is one part of a number.
type Step struct {
	Mark  Mark
	Value int // 1 or more for suffixes, 0 or more for the whole number
}

// Number is the number of a provision.
type Number struct {
	// Text is what was read, without white space around it.
	Text string
	// Steps are the whole number and its suffixes, at least one.
	Steps []Step
}

// Bounds of what is read. No law is known that comes near them.
const (
	maxText  = 64
	maxSteps = 8
	maxValue = 99_999
)

// Parse reads one number and nothing else, in the digits of any script or in Han numerals. It refuses a
// text that does not begin with a number, an unknown suffix, and what is longer than 64 bytes or eight
// steps or counts beyond 99,999. Time and space are in O(len(text)).
func Parse(text string) (Number, error) {
	text = strings.TrimSpace(text)
	if len(text) > maxText {
		return Number{}, fault.New(fault.Invalid, "A number of a provision has at most %d bytes.", maxText)
	}
	r := reader{rest: text}
	if !r.whole() {
		return Number{}, fault.New(fault.Invalid, "%q is no number of a provision: it begins with no digit.", text)
	}
	for r.rest != "" {
		if len(r.steps) == maxSteps || !r.suffix() {
			return Number{}, fault.New(fault.Invalid, "%q is no number of a provision: %q is no suffix that is known.", text, r.rest)
		}
	}
	return Number{Text: text, Steps: r.steps}, nil
}

// Compare orders the numbers of one law: 18, 18 bis, 18a, 18¹, 18.1, 19. It returns -1, 0 or 1; two ways to
// write the same number are equal, so that 149A is 149-A.
func (n Number) Compare(other Number) int {
	for i := range min(len(n.Steps), len(other.Steps)) {
		a, b := n.Steps[i], other.Steps[i]
		if c := cmp.Or(cmp.Compare(a.Mark, b.Mark), cmp.Compare(a.Value, b.Value)); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(n.Steps), len(other.Steps))
}

// Slug is the number as part of an identifier: lower-case ASCII letters, digits and hyphens, such as 177bis,
// 18a and 127-1. 143¹ and 143.1 have the same: no law is known that has both.
func (n Number) Slug() string {
	var b strings.Builder
	lettered := false
	for _, s := range n.Steps {
		was := lettered
		if lettered = s.Mark == Latin || s.Mark == Letter; lettered && was {
			b.WriteByte('-') // 589 bis C, and not 589 bisc
		}
		switch s.Mark {
		case Latin:
			b.WriteString(latin[s.Value])
		case Letter:
			b.WriteString(letters(s.Value))
		case Raised, Point:
			b.WriteByte('-')
			b.WriteString(strconv.Itoa(s.Value))
		default:
			b.WriteString(strconv.Itoa(s.Value))
		}
	}
	return b.String()
}

// reader takes steps off the front of a text.
type reader struct {
	rest  string
	steps []Step
}

func (r *reader) whole() bool {
	if v, rest, ok := digits(r.rest); ok {
		r.take(Whole, v, rest)
		return true
	}
	v, rest, ok := hanPrefix(r.rest)
	if !ok {
		return false
	}
	r.take(Whole, v, rest)
	return true
}

func (r *reader) take(m Mark, value int, rest string) {
	r.steps, r.rest = append(r.steps, Step{m, value}), rest
}

// suffix takes one suffix with what joins it: white space, a point, a hyphen, 之, or nothing.
func (r *reader) suffix() bool {
	if v, rest, ok := raised(r.rest); ok {
		r.take(Raised, v, rest)
		return true
	}
	joined := strings.TrimLeft(r.rest, " \u00a0\u202f")
	bare := len(joined) < len(r.rest) // white space alone joins only what cannot be a word
	first, size := utf8.DecodeRuneInString(joined)
	join := strings.ContainsRune(".-‐‑之·", first)
	if join {
		joined = joined[size:]
	}
	if join && !bare {
		if v, rest, ok := digits(joined); ok && v > 0 {
			r.take(Point, v, rest)
			return true
		}
		if v, rest, ok := hanPrefix(joined); ok && v > 0 {
			r.take(Point, v, rest)
			return true
		}
	}
	word := leadingLetters(joined)
	if v := latinValue(word); v > 0 {
		r.take(Latin, v, joined[len(word):])
		return true
	}
	if v := letterValue(word); v > 0 && (!bare || len(word) == 1) {
		r.take(Letter, v, joined[len(word):])
		return true
	}
	return false
}

func leadingLetters(s string) string {
	for i, c := range s {
		if !unicode.IsLetter(c) {
			return s[:i]
		}
	}
	return s
}
