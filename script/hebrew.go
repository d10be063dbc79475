package script

// romanHebrew reads unpointed Hebrew letter by letter. Most vowels are not written; ו and י
// are read as in Arabic. ב כ פ are written b k p at the beginning and v kh f elsewhere, except
// that a final ף is f.
func romanHebrew(dst []byte, s string) []byte {
	if reading, ok := hebrewName(s); ok {
		return append(dst, reading...)
	}
	rs := []rune(s)
	for i, r := range rs {
		next := rune(0)
		if i+1 < len(rs) {
			next = rs[i+1]
		}
		switch {
		case r == 'ו' && (i == 0 || next == 'ו' || next == 'א'):
			dst = append(dst, 'v')
			continue
		case r == 'י' && i == 0:
			dst = append(dst, 'y')
			continue
		case r == 'ו':
			dst = append(dst, 'o')
			continue
		case r == 'י':
			dst = append(dst, 'i')
			continue
		case r == 'א' || r == 'ע':
			dst = append(dst, 'a')
			continue
		case r == 'ה' && next == 0 && i > 0:
			dst = append(dst, "ah"...)
			continue
		}
		if i > 0 && !hebrewVowel(rs[i-1]) {
			dst = append(dst, unknown)
		}
		dst = append(dst, hebrewConsonant(r, i == 0)...)
	}
	return dst
}

// hebrewName: names whose letters mislead.
func hebrewName(s string) (string, bool) {
	switch s {
	case "דוד":
		return "david", true
	case "משה":
		return "moshe", true
	case "שלמה":
		return "shlomo", true
	case "שרה":
		return "sara", true
	case "שמעון":
		return "shimon", true
	case "רבקה":
		return "rivka", true
	case "יעקב":
		return "yaakov", true
	case "אברהם":
		return "avraham", true
	case "כהן":
		return "cohen", true
	case "אשר":
		return "asher", true
	case "שירה":
		return "shira", true
	}
	return "", false
}

func hebrewVowel(r rune) bool { return r == 'א' || r == 'ע' || r == 'ו' || r == 'י' }

func hebrewConsonant(r rune, first bool) string {
	switch r {
	case 'ב':
		if first {
			return "b"
		}
		return "v"
	case 'ג':
		return "g"
	case 'ד':
		return "d"
	case 'ה':
		return "h"
	case 'ז':
		return "z"
	case 'ח':
		return "h"
	case 'ט', 'ת':
		return "t"
	case 'כ', 'ך':
		if first {
			return "k"
		}
		return "kh"
	case 'ל':
		return "l"
	case 'מ', 'ם':
		return "m"
	case 'נ', 'ן':
		return "n"
	case 'ס', 'ש':
		return "s"
	case 'פ', 'ף':
		if first {
			return "p"
		}
		return "f"
	case 'צ', 'ץ':
		return "ts"
	case 'ק':
		return "k"
	case 'ר':
		return "r"
	}
	return string(r)
}
