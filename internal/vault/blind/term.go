package blind

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/script"
)

// Terms is what a person can be found by.
type Terms struct {
	// Names are the names and their spellings, in any script and order.
	Names []private.Text
	// BirthFrom and BirthTo are the years between which the person was born, both included; 0 is
	// unknown. A span of more than five years counts as unknown.
	BirthFrom, BirthTo int
	// Documents are numbers of documents, Phones telephone numbers, as they were written.
	Documents []private.Text
	Phones    []private.Text
}

// kind is a kind of token. Each has a key of its own.
type kind uint8

const (
	// letters: a folded part of a name, or what is left of it without one letter. They share a key,
	// because a spelling with one letter wrong is found by comparing each with the other; which of
	// the two a posting is, stands in its sealed reference.
	letters kind = iota
	sound        // the skeleton of a part
	lettersYear
	soundYear
	document
	phone
	padding // what nobody looks for
	kinds
)

// keyName is the kind in the derivation of its key.
func (k kind) keyName() string {
	return [kinds]string{"name", "skeleton", "name+year", "skeleton+year", "document", "phone", "padding"}[k]
}

// normaliser is the version of what turns names and numbers into terms, and of what a posting holds.
// Keys are derived with it, so tokens of different versions never meet.
const normaliser = 2_000_000 + script.NameVersion*1000 + script.FoldVersion

// term is what becomes a token.
type term struct {
	kind kind
	text string
	// cut: the text is not the part itself but the part without one letter.
	cut bool
}

const (
	// maxParts bounds the different name parts of a person.
	maxParts = 48
	// maxNumbers bounds the documents and the phones of a person.
	maxNumbers = 32
	// maxNumber and maxPart bound a number and a name part in bytes of their folded form.
	maxNumber, maxPart = 64, 256
	// widest is the longest span of birth years that is not as good as unknown.
	widest = 5
	// bandWidth is how many years share a list. The years themselves stand in the postings: a search
	// with a year, two more or less, reads one list or two in place of five.
	bandWidth = 8
	// unknownBand is the band of those whose year of birth is not known.
	unknownBand = -1
	// lastYear is the last year of birth, in any calendar. A posting has twelve bits for it.
	lastYear = 1<<12 - 1
)

// span is the years between which somebody was born; from is 0 when that is not known.
type span struct {
	from uint16
	more uint8 // how many years after from; less than widest
}

// bands calls yield with the bands of years that the span touches.
func (s span) bands(yield func(int)) {
	if s.from == 0 {
		yield(unknownBand)
		return
	}
	last := (int(s.from) + int(s.more)) / bandWidth
	for b := int(s.from) / bandWidth; b <= last; b++ {
		yield(b)
	}
}

// distance returns how many years a year is away from the span, which is known.
func (s span) distance(year int) int {
	from := int(s.from)
	return max(0, from-year, year-from-int(s.more))
}

// forms are the terms of what a person is found by.
type forms struct {
	parts     []string
	born      span
	documents []string
	phones    []string
}

// formsOf folds terms, each different one once, and refuses too many.
func formsOf(t Terms) (f forms, err error) {
	for _, n := range t.Names {
		for _, p := range parts(n) {
			f.parts = add(f.parts, p)
		}
	}
	for _, d := range t.Documents {
		f.documents = add(f.documents, documentNumber(d))
	}
	for _, p := range t.Phones {
		f.phones = add(f.phones, phoneNumber(p))
	}
	if len(f.parts) > maxParts || len(f.documents) > maxNumbers || len(f.phones) > maxNumbers {
		return forms{}, fault.New(fault.TooLarge, "A person can be found by at most %d parts of names, %d documents and %d telephone numbers.", maxParts, maxNumbers, maxNumbers)
	}
	f.born, err = spanOf(t.BirthFrom, t.BirthTo)
	return f, err
}

// spanOf returns the years under which a person is indexed.
func spanOf(from, to int) (span, error) {
	if from == 0 {
		from = to
	}
	if to == 0 {
		to = from
	}
	if from > to || from < 0 || to > lastYear {
		return span{}, fault.New(fault.Invalid, "The years of birth are not a span of years.").
			WithField("birth", "Give the earlier year first.")
	}
	if from == 0 || to-from >= widest {
		return span{}, nil
	}
	return span{uint16(from), uint8(to - from)}, nil
}

// parts returns the folded parts of a name.
func parts(name private.Text) []string {
	all := script.NameParts(name.Reveal("make search tokens"))
	for i, p := range all {
		if len(p) > maxPart {
			all[i] = strings.ToValidUTF8(p[:maxPart], "")
		}
	}
	return all
}

// documentNumber keeps the letters and digits of a number, folded: how it is grouped does not count.
func documentNumber(t private.Text) string {
	s := strings.ReplaceAll(script.Fold(t.Reveal("make search tokens")), " ", "")
	return strings.ToValidUTF8(s[:min(len(s), maxNumber)], "")
}

// phoneNumber keeps the digits of a number without the zeros that an exchange wants before it. A
// number written with its country and one written without it do not meet.
func phoneNumber(t private.Text) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, script.Fold(t.Reveal("make search tokens")))
	return strings.TrimLeft(digits[:min(len(digits), maxNumber)], "0")
}

// add appends what is new and not empty. The lists are short.
func add(all []string, s string) []string {
	if s == "" {
		return all
	}
	if slices.Contains(all, s) {
		return all
	}
	return append(all, s)
}

// partTerms calls yield with the terms of the i-th part, without year.
func partTerms(parts []string, i int, yield func(term)) {
	part := parts[i]
	yield(term{kind: letters, text: part})
	for _, d := range script.Deletions(part) {
		yield(term{kind: letters, text: d, cut: true})
	}
	if before, after, ok := twoSigns(part); ok && !piece(parts, i) {
		yield(term{kind: letters, text: before + gap, cut: true})
		yield(term{kind: letters, text: gap + after, cut: true})
	}
	if s := script.Skeleton(part); s != "" {
		yield(term{kind: sound, text: s})
	}
}

// gap stands for a sign that was taken out of two, so that what is left meets no name of one sign.
const gap = "\x01"

// twoSigns cuts a name of two Han characters. With other letters what is left of two would be in too
// many names.
func twoSigns(part string) (before, after string, ok bool) {
	first, n := utf8.DecodeRuneInString(part)
	second, m := utf8.DecodeRuneInString(part[n:])
	if n+m != len(part) || !unicode.Is(unicode.Han, first) || !unicode.Is(unicode.Han, second) {
		return "", "", false
	}
	return part[:n], part[n:], true
}

// piece reports whether the i-th part stands within another one: half of a compound, or the family name
// of a name written in one.
func piece(parts []string, i int) bool {
	return slices.ContainsFunc(parts, func(q string) bool { return q != parts[i] && strings.Contains(q, parts[i]) })
}

// inBand returns the term joined with a band of years of birth.
func (t term) inBand(band int) term {
	t.kind += lettersYear
	t.text += "\x00" + strconv.Itoa(band)
	return t
}

// each calls yield with every term of a person, some perhaps twice.
func (f forms) each(yield func(term)) {
	for i := range f.parts {
		partTerms(f.parts, i, func(t term) {
			yield(t)
			f.born.bands(func(b int) { yield(t.inBand(b)) })
		})
	}
	for _, d := range f.documents {
		yield(term{kind: document, text: d})
	}
	for _, p := range f.phones {
		yield(term{kind: phone, text: p})
	}
}
