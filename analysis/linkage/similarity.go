package linkage

import (
	"math/bits"
	"slices"
)

// winklerScale is the weight of each letter of a common beginning, winklerLetters how many count.
const (
	winklerScale   = 0.1
	winklerLetters = 4
)

// longest is how many letters of a value are compared; the rest is passed over.
const longest = 64

// JaroWinkler returns the similarity of two texts from 0 to 1, letter by letter as they stand: Jaro's,
// plus a tenth of what is missing to 1 for each of the first four letters that are equal. Two empty
// texts give 1, one empty text 0. Letters after the 64th are passed over. O(letters²), at most 64².
//
// Winkler 1990, "String comparator metrics and enhanced decision rules in the Fellegi–Sunter model".
func JaroWinkler(a, b string) float64 {
	x, y := []rune(a), []rune(b)
	return jaroWinkler(x[:min(len(x), longest)], y[:min(len(y), longest)])
}

func jaroWinkler[T byte | rune](a, b []T) float64 {
	if len(a) == 0 || len(b) == 0 {
		if len(a) == len(b) {
			return 1
		}
		return 0
	}
	j := jaro(a, b)
	return j + winklerScale*float64(commonStart(a, b))*(1-j)
}

func commonStart[T byte | rune](a, b []T) int {
	l := 0
	for l < winklerLetters && l < len(a) && l < len(b) && a[l] == b[l] {
		l++
	}
	return l
}

// jaro counts letters that are equal at most half the longer length apart, and of those the ones out
// of order. Places already used are bits.
func jaro[T byte | rune](a, b []T) float64 {
	if len(a) > len(b) || len(a) == len(b) && slices.Compare(a, b) > 0 {
		a, b = b, a // the letters are given out from the left, so the order could matter
	}
	window := max(0, len(b)/2-1)
	var usedA, usedB uint64
	for i, x := range a {
		for j := max(0, i-window); j <= i+window && j < len(b); j++ {
			if b[j] == x && usedB>>j&1 == 0 {
				usedA |= 1 << i
				usedB |= 1 << j
				break
			}
		}
	}
	common := bits.OnesCount64(usedA)
	if common == 0 {
		return 0
	}
	out := 0
	for usedA != 0 {
		if a[bits.TrailingZeros64(usedA)] != b[bits.TrailingZeros64(usedB)] {
			out++
		}
		usedA &= usedA - 1
		usedB &= usedB - 1
	}
	c := float64(common)
	return (c/float64(len(a)) + c/float64(len(b)) + (c-float64(out/2))/c) / 3
}

// Edits returns how many letters must be put in, taken out, replaced or exchanged with their neighbour
// to turn a into b, no place edited twice (optimal string alignment), or most+1 if it is more than
// most. Letters after the 64th are passed over. O(letters · most).
func Edits(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	return edits(x[:min(len(x), longest)], y[:min(len(y), longest)], most)
}

func edits[T byte | rune](a, b []T, most int) int {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	most = max(0, most)
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	if len(a) == 0 || len(b) == 0 {
		return min(most+1, max(len(a), len(b)))
	}
	if most <= 1 {
		one := len(a) == 1 && len(b) == 1 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
		if one && most == 1 {
			return 1
		}
		return most + 1
	}
	var rows [3][longest + 1]int
	last, row, next := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		least := i
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, last[j-2]+1)
			}
			next[j] = d
			least = min(least, d)
		}
		if least > most {
			return most + 1
		}
		last, row, next = row, next, last
	}
	return min(most+1, row[len(b)])
}

// signature counts letters in 64 bits: for each of 31 classes of letters one bit for "at least one"
// and one for "at least two". More than two of a class, and classes beyond, are counted in more.
type signature struct {
	bits uint64
	more uint8
	size uint8
}

func sign[T byte | rune](letters []T) signature {
	s := signature{size: uint8(len(letters))}
	for _, c := range letters {
		class := uint64(c) % 31
		first, second := uint64(1)<<(2*class), uint64(1)<<(2*class+1)
		switch {
		case s.bits&first == 0:
			s.bits |= first
		case s.bits&second == 0:
			s.bits |= second
		default:
			s.more++
		}
	}
	return s
}

// common is never less than how many letters the texts with these signatures share.
func (s signature) common(o signature) int {
	return min(bits.OnesCount64(s.bits&o.bits)+int(min(s.more, o.more)), int(s.size), int(o.size))
}

// bound is never less than the Jaro–Winkler similarity of the texts with these signatures and as many
// equal letters at the beginning.
func (s signature) bound(o signature, start int) float64 {
	common := float64(s.common(o))
	j := (common/float64(s.size) + common/float64(o.size) + 1) / 3
	return j + winklerScale*float64(start)*(1-j)
}
