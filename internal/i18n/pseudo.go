package i18n

import (
	"strings"
	"unicode/utf8"
)

// accents maps ASCII letters to look-alikes, in the order a-z then A-Z.
const accents = "åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ"

// padding is cut to the length a pseudo-text still lacks; its words are short so that it wraps
// as real text does.
const padding = " öñé ţŵö ţĥŕéé ƒöûŕ ƒîṽé šîẋ šéṽéñ éîĝĥţ ñîñé ţéñ"

// pseudo turns an English text into its pseudo-locale form: letters accented, about 40 % more
// of them, brackets round it, fmt verbs untouched. Deterministic.
func pseudo(msgid string) string {
	var b strings.Builder
	b.WriteString("[")
	last := 0
	for _, v := range Verbs(msgid) {
		accent(&b, msgid[last:v.Start])
		b.WriteString(msgid[v.Start:v.End])
		last = v.End
	}
	accent(&b, msgid[last:])
	lack := (utf8.RuneCountInString(msgid)*2 + 4) / 5
	for lack > 0 {
		part := []rune(padding)
		part = part[:min(lack, len(part))]
		b.WriteString(string(part))
		lack -= len(part)
	}
	b.WriteString("]")
	return b.String()
}

func accent(b *strings.Builder, s string) {
	table := []rune(accents)
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z':
			r = table[r-'a']
		case r >= 'A' && r <= 'Z':
			r = table[26+r-'A']
		}
		b.WriteRune(r)
	}
}
