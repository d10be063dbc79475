package linkage

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fourfold/fourfold/script"
)

// Kind says how the values of a column are compared.
type Kind uint8

// The kinds. Every kind has a level "different" and a level "same"; what lies between differs.
const (
	// Name is the name of a person: similar spelling, same sound in any script, parts in another
	// order, given and family name exchanged.
	Name Kind = iota + 1
	// Text is other text in letters, such as a street or a place: like Name without the exchange.
	Text
	// Code is a number or mark whose characters matter one by one, such as a postcode, a telephone
	// number, a document number or an e-mail address: one or two edits.
	Code
	// Number is a small whole number, such as a year or a house number: one edit.
	Number
	// Date is a civil date: one digit or day and month exchanged, same month, same year.
	Date
	// Category is one of a few words: same or different.
	Category
)

// String returns the kind in one English word.
func (k Kind) String() string {
	names := [...]string{"", "name", "text", "code", "number", "date", "category"}
	if int(k) < len(names) && k > 0 {
		return names[k]
	}
	return "unknown"
}

// Field is a column that is compared, and how.
type Field struct {
	Column string
	Kind   Kind
	// Exchanged names the column that the values of this one change places with, for example the
	// family name for the given name; empty for none. Both must be Name. State it on one of the two.
	Exchanged string `json:",omitempty"`
}

// Levels of agreement, as kept in a pattern: three bits a field. Zero is "no evidence".
const (
	levelNone = iota
	levelDifferent
	levelExchanged
	levelNear
	levelClose
	levelSound
	levelTypo
	levelSame
	levels
)

const levelBits = 3

// levelName says a level in plain English.
func levelName(k Kind, level uint8) string {
	switch level {
	case levelNone:
		return "not known"
	case levelDifferent:
		return "different"
	case levelExchanged:
		return "exchanged with the other name"
	case levelSame:
		return "same"
	}
	switch k {
	case Date:
		return [...]string{levelNear: "same year, or one year apart", levelClose: "same year and month, or same day of another year", levelTypo: "one digit differs, or day and month exchanged", levels: ""}[level]
	case Code, Number:
		return [...]string{levelClose: "two letters or digits differ", levelTypo: "one letter or digit differs", levels: ""}[level]
	default:
		return [...]string{levelNear: "similar", levelClose: "very similar", levelSound: "same sound or same parts", levelTypo: "almost the same", levels: ""}[level]
	}
}

// levelsOf lists the levels that a field of the kind can have, besides "no evidence".
func levelsOf(k Kind, exchanged bool) []uint8 {
	switch k {
	case Name, Text:
		if exchanged {
			return []uint8{levelDifferent, levelExchanged, levelNear, levelClose, levelSound, levelTypo, levelSame}
		}
		return []uint8{levelDifferent, levelNear, levelClose, levelSound, levelTypo, levelSame}
	case Code:
		return []uint8{levelDifferent, levelClose, levelTypo, levelSame}
	case Number:
		return []uint8{levelDifferent, levelTypo, levelSame}
	case Date:
		return []uint8{levelDifferent, levelNear, levelClose, levelTypo, levelSame}
	default:
		return []uint8{levelDifferent, levelSame}
	}
}

// values are the distinct canonical values of one column, or of two that change places, ready to be
// compared. Place 0 is "not known".
type values struct {
	kind  Kind
	text  []string
	short [][]byte
	wide  map[uint32][]rune
	signs []signature
	sound []uint64
	date  []int32
}

// field is one compared column while a linkage runs.
type field struct {
	Field
	column int
	values *values
	// count holds how many rows have a value.
	count []uint32
	known int
	// partner is the field that this one changes places with, or −1; leads on the one that reports it.
	partner int
	leads   bool
}

// canonical returns the form under which two values of a kind are the same.
func canonical(k Kind, v string) string {
	if noValue(k, v) {
		return ""
	}
	switch k {
	case Date:
		if d := parseDate(v); d != 0 {
			return dateText(d)
		}
		return script.Fold(v)
	case Code, Number:
		folded := strings.ReplaceAll(script.Fold(v), " ", "")
		if short := strings.TrimLeft(folded, "0"); k == Number && short != "" {
			return short
		}
		return folded
	case Category:
		return script.Fold(v)
	}
	folded := script.Fold(v)
	if isASCII(folded) {
		return folded
	}
	words := strings.Fields(folded)
	for i, w := range words {
		if latin := script.Latin(w); latin != "" && !strings.ContainsFunc(w, unicode.IsDigit) {
			words[i] = latin
		}
	}
	return strings.Join(words, " ")
}

// noValue says whether a text stands where a number should, such as "NaN": taken as "not known", or
// every two of them would agree.
func noValue(k Kind, v string) bool {
	switch k {
	case Number, Date:
		return v != "" && !strings.ContainsFunc(v, unicode.IsDigit)
	case Code:
		return strings.EqualFold(v, "nan")
	}
	return false
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func newValues(k Kind) *values {
	return &values{
		kind: k, text: []string{""}, short: [][]byte{nil}, signs: []signature{{}}, sound: []uint64{0}, date: []int32{0},
		wide: map[uint32][]rune{},
	}
}

// take adds the values of a column and returns the canonical id of each of its distinct values.
func (s *values) take(seen map[string]uint32, distinct []string) []uint32 {
	ids := make([]uint32, len(distinct))
	for i, v := range distinct {
		form := canonical(s.kind, v)
		id, ok := seen[form]
		if !ok {
			id = uint32(len(s.text))
			seen[form] = id
			s.prepare(id, form, v)
		}
		ids[i] = id
	}
	return ids
}

func (s *values) prepare(id uint32, form, original string) {
	s.text = append(s.text, form)
	var day int32
	if s.kind == Date {
		day = parseDate(form)
	}
	s.date = append(s.date, day)
	if isASCII(form) {
		short := []byte(form[:min(len(form), longest)])
		s.short = append(s.short, short)
		s.signs = append(s.signs, sign(short))
	} else {
		wide := []rune(form)
		wide = wide[:min(len(wide), longest)]
		s.wide[id] = wide
		s.short = append(s.short, nil)
		s.signs = append(s.signs, sign(wide))
	}
	var sound uint64
	if s.kind == Name || s.kind == Text {
		sound = soundOf(original)
	}
	s.sound = append(s.sound, sound)
}

// soundOf is one key for the sounds of all words of a text, in any order; 0 when there are none.
func soundOf(s string) uint64 {
	words := strings.Fields(script.Fold(s))
	for i, w := range words {
		if key := script.Skeleton(w); key != "" {
			words[i] = key
		}
	}
	if len(words) == 0 {
		return 0
	}
	slices.Sort(words)
	return hashText(strings.Join(words, " "))
}

// hashText is FNV-1a of 64 bits, mixed, never 0.
func hashText(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(h) | 1
}

// mix spreads the bits of x (the finisher of SplitMix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
