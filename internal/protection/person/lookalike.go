package person

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/script"
)

// Oddity is what is unusual about a character of a name. It is a warning and never a refusal: names are typed on
// strange keyboards and copied from papers.
type Oddity string

// The oddities.
const (
	Invisible Oddity = "invisible" // it cannot be seen: zero width, soft hyphen, direction sign
	OtherSet  Oddity = "script"    // a letter of another script than the word around it
	Piled     Oddity = "marks"     // more marks on one letter than any writing has
	Broken    Oddity = "broken"    // what came in was not text
)

// Label says in English what is odd; it is the key of its translation.
func (o Oddity) Label() string {
	switch o {
	case Invisible:
		return i18n.Mark("a character that cannot be seen")
	case OtherSet:
		return i18n.Mark("a letter of another writing system, which may only look the same")
	case Piled:
		return i18n.Mark("more marks on one letter than a name has")
	case Broken:
		return i18n.Mark("a character that did not arrive whole")
	}
	return string(o)
}

// Warning says what is odd in a text, and where.
type Warning struct {
	hidden

	What Oddity
	// At is the place, in characters from 1.
	At int
	// Code names the character, such as U+200B; Meant is the letter that it may stand for, or "".
	Code, Meant string
}

// mostMarks is how many marks stand on one letter in the writing of any living language, with some to spare:
// Vietnamese has two, Hebrew with points and accents three, Tibetan stacks more as letters.
const mostMarks = 5

// maxWarnings bounds the list; a text with more is odd throughout.
const maxWarnings = 12

// Warnings says what is odd in a text as it was typed. O(len(s)).
func Warnings(s string) []Warning {
	var all []Warning
	at, marks := 0, 0
	odd := oddLetters(s)
	before := ""
	for i, r := range s {
		at++
		w := Warning{At: at, Code: fmt.Sprintf("U+%04X", r)}
		if unicode.Is(unicode.Mn, r) {
			marks++
		} else {
			marks = 0
		}
		size := utf8.RuneLen(r)
		switch {
		case r == utf8.RuneError:
			w.What, size = Broken, 1
		case unseen(before, r):
			w.What = Invisible
		case odd[i] != 0:
			w.What = OtherSet
			if m := odd[i]; m > 0 {
				w.Meant = string(m)
			}
		case marks == mostMarks+1:
			w.What = Piled
		}
		before = s[i:min(i+size, len(s))]
		if w.What != "" && len(all) < maxWarnings {
			all = append(all, w)
		}
	}
	return all
}

// unseen reports whether a character cannot be seen where it stands. The joiners that Persian and Indian names
// need are no oddity; package script knows where.
func unseen(before string, r rune) bool {
	return script.Detect(string(r)).Invisible && script.Detect(before+string(r)).Invisible
}

// unsure stands for a letter of another script without a twin in that of the word.
const unsure = -1

// oddLetters returns, by offset, the letters that are not of the script of their word: what each looks like in
// that script, or unsure.
func oddLetters(s string) map[int]rune {
	odd := map[int]rune{}
	for from, word := range words(s) {
		d := script.Detect(word)
		if !d.Mixed {
			continue
		}
		to := mainScript(word)
		for i, r := range word {
			own := setOf(r)
			if own == "" || own == to || east(own) && east(to) {
				continue
			}
			if twin, ok := twinIn(r, to); ok {
				odd[from+i] = twin
			} else {
				odd[from+i] = unsure
			}
		}
	}
	return odd
}

// words calls yield with each word of s and its offset. A word ends where [script.Detect] ends one.
func words(s string) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		start := -1
		for i, r := range s {
			switch {
			case unicode.IsSpace(r) || unicode.IsPunct(r):
				if start >= 0 && !yield(start, s[start:i]) {
					return
				}
				start = -1
			case start < 0:
				start = i
			}
		}
		if start >= 0 {
			yield(start, s[start:])
		}
	}
}

// mainScript is the script of a mixed word: the one into which most other letters can be set right, else the one
// with most letters. "Маria" with two Cyrillic letters is Latin; so is "Аnna" with one.
func mainScript(word string) string {
	count := map[string]int{}
	var order []string
	for _, r := range word {
		set := setOf(r)
		if set == "" {
			continue
		}
		if count[set]++; count[set] == 1 {
			order = append(order, set)
		}
	}
	best, most := "", -1
	for _, to := range order {
		reached := 0
		for _, r := range word {
			set := setOf(r)
			if _, ok := twinIn(r, to); ok && set != to {
				reached++
			}
		}
		if n := (count[to]+reached)*1000 + count[to]; n > most {
			best, most = to, n
		}
	}
	return best
}

// Plain returns the text with its look-alike letters set right and what cannot be seen left out: how it is read,
// for searching. Words of one script stay as they are. It is never shown in place of what was typed.
func Plain(s string) string {
	odd := oddLetters(s)
	var b strings.Builder
	before := ""
	for i, r := range s {
		text := string(r)
		switch {
		case unseen(before, r):
			before = text
			continue
		case odd[i] > 0:
			text = string(odd[i])
		}
		before = string(r)
		b.WriteString(text)
	}
	return b.String()
}
