package svg

import (
	"strings"
	"unicode"
)

// fontSize is the size of all text in a drawing, in its own units. Drawings are shown at about
// their own size, so this is 16 CSS pixels.
const fontSize = 16

// lineHeight is the distance between two lines of text.
const lineHeight = 20

// width estimates how wide s will be. The server has no fonts, so it uses mean advances of
// common sans-serif faces by class of letter, a little on the wide side.
func width(s string) float64 {
	var em float64
	for _, r := range s {
		em += advance(r)
	}
	return em * fontSize
}

func advance(r rune) float64 {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Cf):
		return 0
	case strings.ContainsRune("iljtfrI.,:;'|!()[]- \u00a0\u202f", r):
		return 0.34
	case strings.ContainsRune("mwMWQO@%—", r):
		return 0.9
	case r >= '0' && r <= '9':
		return 0.58
	case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana):
		return 1.05
	case r < 0x80 && unicode.IsUpper(r):
		return 0.68
	case r > 0x0700 && unicode.IsLetter(r):
		return 0.72
	default:
		return 0.58
	}
}

// wrap breaks s at spaces into lines no wider than limit. A single word that is wider stands on
// a line of its own, and one that is much wider is cut with an ellipsis; the full text is always
// in the table beside the figure.
func wrap(s string, limit float64) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		word = cut(word, limit)
		if line == "" {
			line = word
			continue
		}
		if next := line + " " + word; width(next) <= limit {
			line = next
			continue
		}
		lines = append(lines, line)
		line = word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// cut shortens a text to about limit, with an ellipsis.
func cut(s string, limit float64) string {
	if width(s) <= limit*1.05 {
		return s
	}
	room := limit/fontSize - 1
	var b strings.Builder
	for _, r := range s {
		room -= advance(r)
		if room < 0 {
			break
		}
		b.WriteRune(r)
	}
	return b.String() + "…"
}

// widest returns the estimated width of the widest line.
func widest(lines []string) float64 {
	var w float64
	for _, l := range lines {
		w = max(w, width(l))
	}
	return w
}
