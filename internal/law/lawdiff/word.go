package lawdiff

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Op says what became of a piece of a text.
type Op uint8

// Kept stands in both texts, Out in the old one only, In in the new one only.
const (
	Kept Op = iota
	Out
	In
)

// Piece is a run of words of one kind, separated by one space.
type Piece struct {
	Op   Op
	Text string
}

// Edit is one word that was taken out or put in. Old and New are the positions, in words, at which it stands or would stand.
type Edit struct {
	Op       Op
	Old, New int
	Word     string
}

// firstUnspaced is the first letter of the scripts that write without spaces: Thai's.
const firstUnspaced = 0x0e00

// split cuts a text into words at white space; of a script that writes without spaces each letter is a word.
func split(text string) []string {
	words := make([]string, 0, len(text)/6+1)
	start := 0
	cut := func(end, next int) {
		if end > start {
			words = append(words, text[start:end])
		}
		start = next
	}
	for i, r := range text {
		switch {
		case r > ' ' && r < utf8.RuneSelf:
		case r == ' ' || unicode.IsSpace(r):
			cut(i, i+utf8.RuneLen(r))
		case r >= firstUnspaced && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
			cut(i, i)
			cut(i+utf8.RuneLen(r), i+utf8.RuneLen(r))
		}
	}
	cut(len(text), len(text))
	return words
}

// Words returns the words by which two texts differ, in their order, at one place first what was taken out. Differences of
// white space are none. With n words and d edits it takes time in O(n + d²) as a rule, O(n·d) at worst, and space in O(n).
func Words(old, text string) []Edit {
	a, b := split(old), split(text)
	out, in := compare(a, b)
	var edits []Edit
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && out[i]:
			edits = append(edits, Edit{Out, i, j, a[i]})
			i++
		case j < len(b) && in[j]:
			edits = append(edits, Edit{In, i, j, b[j]})
			j++
		default:
			i, j = i+1, j+1
		}
	}
	return edits
}

// Pieces returns two texts as one, for a page that shows both: the kept words and, at each place, what went and what came.
func Pieces(old, text string) []Piece {
	a, b := split(old), split(text)
	out, in := compare(a, b)
	var pieces []Piece
	var run []string
	var op Op
	end := func() {
		if len(run) > 0 {
			pieces = append(pieces, Piece{op, strings.Join(run, " ")})
		}
		run = run[:0]
	}
	add := func(of Op, word string) {
		if of != op {
			end()
		}
		op, run = of, append(run, word)
	}
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && out[i]:
			add(Out, a[i])
			i++
		case j < len(b) && in[j]:
			add(In, b[j])
			j++
		default:
			add(Kept, a[i])
			i, j = i+1, j+1
		}
	}
	end()
	return pieces
}

// compare marks the words of each side that the other lacks.
func compare(a, b []string) (out, in []bool) {
	codes := make(map[string]int32, len(a))
	code := func(words []string) []int32 {
		list := make([]int32, len(words))
		for i, w := range words {
			c, is := codes[w]
			if !is {
				c = int32(len(codes))
				codes[w] = c
			}
			list[i] = c
		}
		return list
	}
	m := myers{a: code(a), b: code(b), out: make([]bool, len(a)), in: make([]bool, len(b))}
	m.forward, m.backward = make([]int, len(a)+len(b)+3), make([]int, len(a)+len(b)+3)
	m.between(0, len(a), 0, len(b))
	m.settle()
	return m.out, m.in
}
