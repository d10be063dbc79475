package script

import (
	"unicode"
	"unicode/utf8"
)

// Bounds of Deletions, in letters.
const (
	minDeletion = 3
	maxDeletion = 24
)

// Deletions returns what is left of part when one letter is taken out, each result once, in
// the order of the letter taken. A letter is a character with the marks that follow it, so
// that a vowel sign of Hindi or Thai goes with its consonant.
//
// Two parts that differ by one letter more, one fewer, one other or two neighbours exchanged
// share at least one element of {part} ∪ Deletions(part), if both have at least three letters
// or one of them has two and the other three. It is the "symmetric delete" idea of W. Garbe's
// SymSpell: look-ups need no list of possible letters, which matters where an alphabet has
// hundreds.
//
// A part of fewer than 3 letters gives none: what remains would be in too many names. A part
// of more than 24 letters is cut to its first 24; the promise still holds. So there are at
// most 24 results, and the work and memory are O(24·24 letters) whatever the input.
func Deletions(part string) []string {
	var bounds [maxDeletion + 1]int
	n := letters(part, &bounds)
	if n < minDeletion {
		return nil
	}
	end := bounds[n]
	joined := make([]byte, 0, n*end)
	out := make([]string, 0, n)
	for i := range n {
		lo, hi := bounds[i], bounds[i+1]
		if i > 0 && part[bounds[i-1]:lo] == part[lo:hi] {
			continue // taking the other of two equal neighbours leaves the same
		}
		joined = append(joined, part[:lo]...)
		joined = append(joined, part[hi:end]...)
	}
	// One string holds all results: one allocation instead of one for each.
	all, at := string(joined), 0
	for i := range n {
		lo, hi := bounds[i], bounds[i+1]
		if i > 0 && part[bounds[i-1]:lo] == part[lo:hi] {
			continue
		}
		size := end - (hi - lo)
		out = append(out, all[at:at+size])
		at += size
	}
	return out
}

// letters notes where letters begin, at most maxDeletion of them, and where the last ends.
func letters(s string, bounds *[maxDeletion + 1]int) int {
	n := 0
	for i, r := range s {
		if n > 0 && r >= utf8.RuneSelf && unicode.IsMark(r) {
			continue
		}
		bounds[n] = i
		if n == maxDeletion {
			return n
		}
		n++
	}
	bounds[n] = len(s)
	return n
}
