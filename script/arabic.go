package script

import (
	"strings"
	"unicode/utf8"
)

// romanArabic reads Arabic, Persian and Urdu letters. Short vowels are not written, so common
// names come with theirs from a table; in other words و and ي are vowels unless they begin the
// word or stand beside an alef, and where a vowel may be missing a mark is left that Latin drops
// and Skeleton takes for a vowel. Sounds are those of BGN/PCGN for Arabic without marks: ث th,
// ذ dh, ض d, ظ z, غ gh, ق q. Servant names, ابو and الدين are read apart from what they join.
func romanArabic(dst []byte, s string) []byte {
	if reading, ok := arabicNames()[s]; ok {
		return append(dst, reading...)
	}
	for _, prefix := range [...][2]string{{"عبدال", "abdul"}, {"عبد", "abd"}, {"ابو", "abu"}, {"ذوال", "zul"}} {
		if stem, ok := strings.CutPrefix(s, prefix[0]); ok && len(stem) >= 4 {
			if stem == "له" || stem == "الله" {
				return append(dst, "abdullah"...)
			}
			return arabicStem(append(dst, prefix[1]...), stem)
		}
	}
	if stem, ok := strings.CutSuffix(s, "الدين"); ok && len(stem) >= 4 {
		return append(arabicStem(dst, stem), "uddin"...)
	}
	if stem, ok := strings.CutSuffix(s, "الله"); ok && len(stem) >= 4 {
		return append(arabicStem(dst, stem), "ullah"...)
	}
	if stem := withoutArticle(s); stem != s {
		return arabicStem(append(dst, "al"...), stem)
	}
	return spellArabic(dst, s)
}

// arabicStem reads what a compound is made with.
func arabicStem(dst []byte, s string) []byte {
	if reading, ok := arabicNames()[s]; ok {
		return append(dst, reading...)
	}
	return spellArabic(dst, s)
}

func spellArabic(dst []byte, s string) []byte {
	before := rune(0)
	for i, r := range s {
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		if next == utf8.RuneError {
			next = 0
		}
		switch {
		case r != 'و' || i < 2*len("و") || i+2*len("و") != len(s):
			dst = arabicLetter(dst, r, before, next)
		case next == 'ه': // مروة
			dst = append(dst, "wa"...)
		case next == 'ي': // علوي
			dst = append(dst, 'w')
		default:
			dst = arabicLetter(dst, r, before, next)
		}
		before = r
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
