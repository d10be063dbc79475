package importer

import "strings"

// Nearest returns the candidate that differs least from text, without regard to case, where one
// is near enough to be meant: at most a third of its letters inserted, deleted, replaced or
// swapped, or one containing the other. The first of equals is taken. O(n·|text|·|candidate|).
func Nearest(text string, candidates []string) (string, bool) {
	want := []rune(strings.ToLower(strings.TrimSpace(text)))
	if len(want) == 0 || len(want) > 200 {
		return "", false
	}
	best, least := "", len(want)+1
	for _, c := range candidates {
		have := []rune(strings.ToLower(c))
		if len(have) == 0 || len(have) > 200 {
			continue
		}
		d := edits(want, have)
		if within(want, have) {
			d = min(d, 2)
		}
		if d <= max(len(want), len(have))/3 && d < least {
			best, least = c, d
		}
	}
	return best, best != ""
}

func within(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) >= 4 && strings.Contains(string(b), string(a))
}

// edits is the number of insertions, deletions, replacements and swaps of neighbours between a and
// b (optimal string alignment).
func edits(a, b []rune) int {
	two, one, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range one {
		one[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(one[j]+1, row[j-1]+1, one[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
		two, one, row = one, row, two
	}
	return one[len(b)]
}
