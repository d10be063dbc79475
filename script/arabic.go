package script

func romanArabic(dst []byte, s string) []byte {
	var letters [32]rune
	rs := letters[:0]
	for _, r := range s {
		if r != ' ' {
			rs = append(rs, r)
		}
	}
	for i, r := range rs {
		next, before := rune(0), rune(0)
		if i+1 < len(rs) {
			next = rs[i+1]
		}
		if i > 0 {
			before = rs[i-1]
		}
		dst = arabicLetter(dst, r, before, next)
	}
	return dst
}

func arabicLetter(dst []byte, r, before, next rune) []byte {
	switch r {
	case 'ا', 'ع':
		return append(dst, 'a')
	case 'و':
		if before == 0 || next == 'ا' || before == 'ا' && next != 0 {
			return append(dst, 'w')
		}
		return append(dst, 'u')
	case 'ي':
		if before == 0 {
			return append(dst, 'y')
		}
		return append(dst, 'i')
	}
	if before != 0 && !arabicVowel(before) {
		dst = append(dst, unknown)
	}
	return append(dst, arabicConsonant(r)...)
}

func arabicVowel(r rune) bool { return r == 'ا' || r == 'و' || r == 'ي' || r == 'ع' }

func arabicConsonant(r rune) string {
	switch r {
	case 'ب':
		return "b"
	case 'پ':
		return "p"
	case 'ت', 'ط':
		return "t"
	case 'ث':
		return "th"
	case 'ج':
		return "j"
	case 'چ':
		return "ch"
	case 'ح', 'ه':
		return "h"
	case 'خ':
		return "kh"
	case 'د', 'ض':
		return "d"
	case 'ذ':
		return "dh"
	case 'ر':
		return "r"
	case 'ز', 'ظ':
		return "z"
	case 'ژ':
		return "zh"
	case 'س', 'ص':
		return "s"
	case 'ش':
		return "sh"
	case 'غ':
		return "gh"
	case 'ف':
		return "f"
	case 'ڤ':
		return "v"
	case 'ق':
		return "q"
	case 'ك':
		return "k"
	case 'گ':
		return "g"
	case 'ل':
		return "l"
	case 'م':
		return "m"
	case 'ن':
		return "n"
	}
	return string(r)
}
