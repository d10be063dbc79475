package script

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// NameVersion is raised whenever NameParts, Latin or Skeleton change an answer. Who stores
// keys made with them stores it beside the keys, and rebuilds them when it differs.
const NameVersion = 1

// NameParts returns the folded parts of a name, each in its own script, in the order of the
// name, each once.
//
//   - Parts are what Fold separates: spaces, hyphens, dots. Digits are cut off, unless there is
//     nothing else. A dotted initial is a part of one letter.
//   - Titles (Mr, Dr, Haji, Ato, คุณ, श्री, 先生 …) and particles (al-, de, von, bin, بن) go, if
//     a name follows or remains. "van", "ben", "da" and their like are kept at the beginning,
//     where they are names in other countries.
//   - Compounds that are written in one or in two are joined, and their second half is a part
//     too: Abd al-Rahman, Abdul Rahman and Abdulrahman give abdulrahman, rahman; Abu Bakr,
//     Saif al-Din, عبد الرحمن likewise. Mc Donald is mcdonald. The article ال goes.
//   - Given names of two short halves are a part in one as well, behind the others: Anne-Marie
//     gives anne, marie, annemarie, and Wang Xiao Ming also xiaoming.
//   - Names of Han characters, Korean and Japanese ones that are written without a space are
//     cut behind the family name: 欧阳小明 gives itself, 欧阳, 小明. Without a known family
//     name they stay whole. Burmese ones are cut into syllables.
//
// What is lost: which part is the family name; the article, so Al-Ahmad and Ahmad are one;
// a name that looks like a particle in the middle of others (Nguyễn Văn Nam loses văn).
// A text without letters and digits has no parts. O(len(name)).
func NameParts(name string) []string {
	words := splitWords(Fold(name))
	words = dropTitles(words)
	var c cutter
	c.out = make([]string, 0, len(words)+2)
	for c.at < len(words) {
		c.next(words)
	}
	if strings.ContainsAny(name, hyphens) {
		hyphened(name, c.add)
	} else {
		c.add(spacedPinyin(c.out))
	}
	return c.out
}

// splitWords cuts folded text at spaces and where digits or the script change; digits are
// left out if anything else remains.
func splitWords(folded string) []string {
	out := make([]string, 0, 6)
	for word := range strings.SplitSeq(folded, " ") {
		out = splitRuns(out, word)
	}
	if len(out) == 0 && folded != "" {
		return strings.Fields(folded)
	}
	return out
}

func splitRuns(out []string, word string) []string {
	start, class := 0, -1
	for i, r := range word {
		c := nameClass(r)
		if unicode.IsMark(r) { // goes with the letter before, and is nothing without one
			c = max(class, 0)
		}
		if c == class {
			continue
		}
		if class > 0 {
			out = append(out, word[start:i])
		}
		start, class = i, c
	}
	if class > 0 {
		out = append(out, word[start:])
	}
	return out
}

// nameClass: 0 for what is no letter; letters of different scripts are different parts, but
// Han and kana of one Japanese name stay together.
func nameClass(r rune) int {
	if r >= 'a' && r <= 'z' {
		return 1 + int(latinScript)
	}
	if !unicode.IsLetter(r) && !unicode.IsMark(r) && r != 'ー' {
		return 0
	}
	w := writingOf(r)
	if w == kanaScript || w == hangulScript {
		w = hanScript
	}
	return 1 + int(w)
}

// cutter walks over the words of a name.
type cutter struct {
	out  []string
	at   int
	seen map[string]bool // made when there are many parts
}

// few: so many parts are looked through faster than a map is made.
const few = 16

func (c *cutter) add(part string) {
	part = strings.TrimLeftFunc(part, unicode.IsMark)
	switch {
	case part == "" || len(c.out) < few && slices.Contains(c.out, part) || c.seen[part]:
		return
	case len(c.out) >= few && c.seen == nil:
		c.seen = make(map[string]bool, 2*few)
		for _, p := range c.out {
			c.seen[p] = true
		}
		if c.seen[part] {
			return
		}
	}
	if c.seen != nil {
		c.seen[part] = true
	}
	c.out = append(c.out, part)
}

func (c *cutter) next(words []string) {
	w, rest := words[c.at], words[c.at+1:]
	switch {
	case len(rest) > 0 && particle(w, c.at == 0):
		c.at++
	case len(rest) > 0 && w[0] < utf8.RuneSelf && c.joinLatin(w, rest):
	case len(rest) > 0 && w[0] >= utf8.RuneSelf && c.joinArabic(w, rest):
	default:
		c.single(w)
		c.at++
	}
}

// single adds one word, cut if it is a whole name.
func (c *cutter) single(w string) {
	if w[0] < utf8.RuneSelf {
		c.latinWord(w)
		return
	}
	if isArabic(w) {
		c.arabicWord(w)
		return
	}
	c.add(w)
	if r, _ := utf8.DecodeRuneInString(w); writingOf(r) == burmeseScript {
		burmeseParts(w, c.add)
		return
	}
	if n := eastSurname(w); n > 0 {
		c.add(w[:n])
		c.add(w[n:])
	}
}

// eastSurname returns the length of the family name of a Chinese, Korean or Japanese name.
func eastSurname(w string) int {
	r, _ := utf8.DecodeRuneInString(w)
	switch writingOf(r) {
	case hangulScript:
		return hangulSurname(w)
	case hanScript:
		if n := hanSurname(w); n > 0 {
			return n
		}
		// family name in Han, given name in kana or Hangul
		if kind, n := run(w); kind == hanScript && n < len(w) {
			return n
		}
	}
	return 0
}
