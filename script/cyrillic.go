package script

import (
	"strings"
	"unicode/utf8"
)

// romanCyrillic follows BGN/PCGN for Russian, Ukrainian, Bulgarian and Serbian where they
// agree, on folded letters: ё has become е, й и, ї і, ґ г. A word with і or є is read as
// Ukrainian: г is h, и is y. Soft and hard signs say nothing. Chinese names are written after
// Palladius, where цз is j or z and ц before я and ю is q.
func romanCyrillic(dst []byte, s string) []byte {
	ukrainian := false
	for _, r := range s {
		ukrainian = ukrainian || r == 'і' || r == 'є'
	}
	before := rune(0)
	for i, r := range s {
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		switch {
		case r == 'з' && before == 'ц': // Palladius writes j and z of pinyin цз
			dst = dst[:len(dst)-2]
			if strings.ContainsRune("яюеи", next) {
				dst = append(dst, 'j')
			} else {
				dst = append(dst, 'z')
			}
		case r == 'ц' && (next == 'я' || next == 'ю' || s == "цин" || s == "цинь"):
			dst = append(dst, 'q') // and its q so
		case ukrainian && r == 'г':
			dst = append(dst, 'h')
		case ukrainian && r == 'и':
			dst = append(dst, 'y')
		default:
			dst = append(dst, cyrillicLetter(r)...)
		}
		before = r
	}
	return dst
}

func cyrillicLetter(r rune) string {
	const basic = "a b v g d e zhz i i k l m n o p r s t u f khtschshsh  y   e yuya"
	switch {
	case r == 'щ':
		return "shch"
	case r == 'ъ' || r == 'ь':
		return ""
	case r >= 'а' && r <= 'я':
		at := int(r-'а') * 2
		if basic[at+1] == ' ' {
			return basic[at : at+1]
		}
		return basic[at : at+2]
	}
	switch r {
	case 'і', 'ї':
		return "i"
	case 'є':
		return "ye"
	case 'ђ':
		return "dj"
	case 'ѓ':
		return "g"
	case 'ѕ':
		return "dz"
	case 'ј', 'җ':
		return "j"
	case 'љ':
		return "l"
	case 'њ':
		return "n"
	case 'ћ', 'ҷ', 'ҹ':
		return "ch"
	case 'ќ', 'қ', 'ҡ', 'ҟ', 'ӄ':
		return "k"
	case 'ў':
		return "w"
	case 'џ':
		return "dzh"
	case 'ғ', 'ҕ':
		return "gh"
	case 'ҙ':
		return "z"
	case 'ң', 'ҥ', 'ӈ':
		return "ng"
	case 'ө':
		return "o"
	case 'ҫ':
		return "s"
	case 'ү', 'ұ':
		return "u"
	case 'һ', 'ҳ':
		return "h"
	case 'ә':
		return "a"
	}
	return string(r)
}
