package segment

import (
	"strings"
	"unicode/utf8"
)

// clean takes away what is not seen: white space at the ends, marks of direction, soft hyphens.
func clean(l string) string {
	l = strings.Map(func(c rune) rune {
		switch c {
		case '\u00ad', '\u200b', '\u200e', '\u200f', '\u061c', '\ufeff':
			return -1
		case '\t', '\u00a0', '\u202f', '\u3000':
			return ' '
		}
		return c
	}, l)
	return strings.TrimSpace(l)
}

// quotations marks the lines that are quoted: what an amending act inserts is not a part of that act. A
// quotation that is not closed within 400 lines is none.
func quotations(lines []string, code string) []bool {
	out := make([]bool, len(lines))
	pairs := []string{"“”", "«»", "「」", "『』"}
	if code == "de" {
		pairs = []string{"„“", "»«"}
	}
	for i := 0; i < len(lines); i++ {
		for _, p := range pairs {
			opening, size := utf8.DecodeRuneInString(p)
			if !strings.HasPrefix(lines[i], string(opening)) {
				continue
			}
			depth := 0
			for j := i; j < len(lines) && j < i+400; j++ {
				depth += strings.Count(lines[j], p[:size]) - strings.Count(lines[j], p[size:])
				if depth <= 0 {
					for ; i < j; i++ {
						out[i] = true
					}
					out[j] = true
					break
				}
			}
			break
		}
	}
	return out
}
