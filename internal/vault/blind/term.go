package blind

import (
	"slices"
	"strconv"
	"strings"

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

// normaliser is the version of what turns names and numbers into terms. Keys are derived with it, so
// tokens of different versions never meet.
const normaliser = 1_000_000 + script.NameVersion*1000 + script.FoldVersion

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
	// widest is the longest span of birth years that is indexed year by year.
	widest = 5
	// unknownYear stands for a year of birth that is not known.
	unknownYear = 0
)

// forms are the terms of what a person is found by.
type forms struct {
	parts     []string
	years     []int
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
	f.years, err = years(t.BirthFrom, t.BirthTo)
	return f, err
}

// years returns the years under which a person is indexed.
func years(from, to int) ([]int, error) {
	if from == 0 {
		from = to
	}
	if to == 0 {
		to = from
	}
	if from > to || from < 0 || to > 9999 {
		return nil, fault.New(fault.Invalid, "The years of birth are not a span of years.").
			WithField("birth", "Give the earlier year first.")
	}
	if from == 0 || to-from >= widest {
		return []int{unknownYear}, nil
	}
	var all []int
	for y := from; y <= to; y++ {
		all = append(all, y)
	}
	return all, nil
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

// partTerms calls yield with the terms of one part, without year.
func partTerms(part string, yield func(term)) {
	yield(term{kind: letters, text: part})
	for _, d := range script.Deletions(part) {
		yield(term{kind: letters, text: d, cut: true})
	}
	if s := script.Skeleton(part); s != "" {
		yield(term{kind: sound, text: s})
	}
}

// inYear returns the term joined with a year of birth.
func (t term) inYear(year int) term {
	t.kind += lettersYear
	t.text += "\x00" + strconv.Itoa(year)
	return t
}

// each calls yield with every term of a person, some perhaps twice.
func (f forms) each(yield func(term)) {
	for _, p := range f.parts {
		partTerms(p, func(t term) {
			yield(t)
			for _, y := range f.years {
				yield(t.inYear(y))
			}
		})
	}
	for _, d := range f.documents {
		yield(term{kind: document, text: d})
	}
	for _, p := range f.phones {
		yield(term{kind: phone, text: p})
	}
}
