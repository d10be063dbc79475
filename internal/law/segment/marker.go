package segment

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fourfold/fourfold/internal/law/numbering"
)

func itoa(n int) string { return strconv.Itoa(n) }

// alphabet is what a list counts with.
type alphabet uint8

const (
	numerals alphabet = iota
	lowerLetters
	upperLetters
	lowerRoman
	upperRoman
	hanNumerals
	abjad
	cyrillic
)

// reading is one thing that a marker may mean.
type reading struct {
	alphabet alphabet
	value    int
	suffixed bool // 1a: an insertion, which follows 1
}

// marker is the beginning of a paragraph or point: (1), 1., a), （一）, 一、.
type marker struct {
	num      string // as written, without its marks
	style    string // its marks, such as "()" or "."
	readings []reading
	rest     string
}

// Letters of lists in the order of their alphabets; the Arabic ones in the order of abjad, which laws count by.
const (
	abjadLetters    = "أبجدهوزحطيكلمنسعفصقرشت"
	cyrillicLetters = "абвгдежзиклмнопрстуфхцчшщэюя"
)

// markerOf reads the beginning of a line as a marker.
func markerOf(line string) (marker, bool) {
	open, size := utf8.DecodeRuneInString(line)
	token, style := line, ""
	if open == '(' || open == '（' {
		token, style = line[size:], "("
	}
	end := strings.IndexFunc(token, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != 'ـ' })
	if end <= 0 || end > 24 {
		return marker{}, false
	}
	num, rest := token[:end], token[end:]
	if dashed := strings.TrimLeft(rest, " "); style == "" && dashed != rest && strings.IndexAny(dashed, "-–—") == 0 {
		rest = dashed // I - com fraude
	}
	closing, size := utf8.DecodeRuneInString(rest)
	rest = rest[size:]
	switch {
	case closing == ')' || closing == '）':
		style += ")"
	case style != "":
		return marker{}, false
	case closing == '.' || closing == '．' || closing == '、' || closing == '°' || closing == 'º':
		style = "."
		// 1.2 and "5.7 million" are no markers, and neither is a sentence of one word.
		if next, _ := utf8.DecodeRuneInString(rest); rest != "" && closing == '.' && !unicode.IsSpace(next) {
			return marker{}, false
		}
	case (closing == '-' || closing == '–' || closing == '—') && (rest == "" || startsBlank(rest)):
		style = "-"
	default:
		return marker{}, false
	}
	all := readings(num)
	if len(all) == 0 {
		return marker{}, false
	}
	return marker{num, style, all, strings.TrimLeft(rest, " \t\u00a0\u3000-–—")}, true
}

// readings are what a marker may mean. Words are none: a list counts with one letter, a doubled one, or a
// Roman numeral.
func readings(num string) []reading {
	var out []reading
	if n, err := numbering.Parse(num); err == nil {
		a := numerals
		if _, han := numbering.Han(num); han {
			a = hanNumerals
		}
		return append(out, reading{a, n.Steps[0].Value, len(n.Steps) > 1})
	}
	upper := strings.ToUpper(num) == num && strings.ToLower(num) != num
	if v, ok := numbering.Roman(num); ok && v < 200 {
		a := lowerRoman
		if upper {
			a = upperRoman
		}
		out = append(out, reading{a, v, false})
	}
	if v := letterOf(num); v > 0 {
		a := lowerLetters
		if upper {
			a = upperLetters
		}
		out = append(out, reading{a, v, false})
	}
	if utf8.RuneCountInString(num) == 1 || strings.HasSuffix(num, "ـ") {
		c, _ := utf8.DecodeRuneInString(strings.ToLower(num))
		if c == 'ا' {
			c = 'أ'
		}
		if at := strings.IndexRune(abjadLetters, c); at >= 0 {
			out = append(out, reading{abjad, 1 + utf8.RuneCountInString(abjadLetters[:at]), false})
		}
		if at := strings.IndexRune(cyrillicLetters, c); at >= 0 {
			out = append(out, reading{cyrillic, 1 + utf8.RuneCountInString(cyrillicLetters[:at]), false})
		}
	}
	return out
}

func letterOf(num string) int {
	num = strings.ToLower(num)
	if num == "" || len(num) > 2 || num[0] < 'a' || num[0] > 'z' || strings.Trim(num, num[:1]) != "" {
		return 0
	}
	return int(num[0]-'a') + 1 + 26*(len(num)-1)
}

// level is a list that is open: how it counts and how far it has come.
type level struct {
	style    string
	alphabet alphabet
	last     int
	node     *Node // its newest entry
}

// maxLevels bounds how deep lists nest. Laws use four.
const maxLevels = 8

// settle says to which of the open lists a marker belongs: the number of lists above it, and its reading. next
// is the marker that follows, if any. ok is false when it continues none and begins none.
func settle(open []level, m marker, next *marker) (depth int, r reading, ok bool) {
	begins, first := m.first()
	for i := len(open) - 1; i >= 0; i-- {
		for _, r := range m.readings {
			l := open[i]
			if l.style != m.style || l.alphabet != r.alphabet || r.value != l.last+1 && (!r.suffixed || r.value != l.last) {
				continue
			}
			// (i) after (h) goes on with letters, unless (ii) follows.
			if first && begins.alphabet != r.alphabet && next != nil && next.style == m.style && next.has(begins.alphabet, 2) && !next.has(r.alphabet, r.value+1) {
				return len(open), begins, len(open) < maxLevels
			}
			return i, r, true
		}
	}
	if first {
		for i, l := range open {
			if l.style == m.style && l.alphabet == begins.alphabet {
				return i, begins, true // the list begins anew
			}
		}
		return len(open), begins, len(open) < maxLevels
	}
	for i := len(open) - 1; i >= 0; i-- { // a gap: something was repealed, or a line is missing
		for _, r := range m.readings {
			if l := open[i]; l.style == m.style && l.alphabet == r.alphabet && r.value > l.last {
				return i, r, true
			}
		}
	}
	return 0, reading{}, false
}

func (m marker) first() (reading, bool) {
	for _, r := range m.readings {
		if r.value == 1 && !r.suffixed {
			return r, true
		}
	}
	return reading{}, false
}

func (m marker) has(a alphabet, value int) bool {
	for _, r := range m.readings {
		if r.alphabet == a && r.value == value {
			return true
		}
	}
	return false
}
