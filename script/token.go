package script

import (
	"strings"
	"unicode"
)

// Tokens cuts the folded form of s into search tokens, in the order of the text, repeats kept.
// Words are what stands between spaces. A run of letters of a script written without spaces
// (Han, kana, Thai, Lao, Khmer, Burmese) becomes overlapping pairs: 张伟明 → 张伟, 伟明; a
// single such letter is a token by itself. A query therefore finds a text when all tokens of
// the query are among the tokens of the text. O(len(s)).
//
// What is lost: a one-letter query finds only one-letter runs in those scripts, and pairs that
// straddle two words also match.
func Tokens(s string) []string {
	var out []string
	for word := range strings.SplitSeq(Fold(s), " ") {
		if word != "" {
			out = cut(out, word)
		}
	}
	return out
}

// cut splits a word where it changes between spaced and unspaced scripts.
func cut(out []string, word string) []string {
	start, dense := 0, false
	for i, r := range word {
		d := unspaced(r) || dense && unicode.IsMark(r)
		if i > 0 && d != dense {
			out = emit(out, word[start:i], dense)
			start = i
		}
		dense = d
	}
	return emit(out, word[start:], dense)
}

// emit adds a run: whole, or as pairs of letters each with the marks that follow it.
func emit(out []string, run string, dense bool) []string {
	if !dense {
		return append(out, run)
	}
	var starts []int
	for i, r := range run {
		if i == 0 || !unicode.IsMark(r) {
			starts = append(starts, i)
		}
	}
	if len(starts) < 3 {
		return append(out, run)
	}
	starts = append(starts, len(run))
	for i := range len(starts) - 2 {
		out = append(out, run[starts[i]:starts[i+2]])
	}
	return out
}

// unspaced reports whether r belongs to a script that puts no spaces between words.
func unspaced(r rune) bool {
	return r > 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Bopomofo) ||
		r == 'ー' || r == '々'
}
