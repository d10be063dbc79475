package script

import (
	"strings"
	"unicode/utf8"
)

// particle reports whether a word that has others behind it says nothing about who is meant.
// first: it is the first word, where some particles are names elsewhere.
func particle(w string, first bool) bool {
	switch w {
	case "al", "el", "ul", "ibn", "bint", "binti", "binte", "ould", "de", "del", "della", "dello", "degli", "dei", "von", "zu",
		"zum", "zur", "der", "den", "ter", "ten", "dos", "das", "af", "av", "los", "las", "bte", "oglu", "kyzy", "qizi", "uulu":
		return true
	case "u", "daw", "ဦး", "ဒေါ်": // Burmese, before the name
		return first
	case "van", "ben", "bin", "da", "do", "di", "du", "la", "of", "the", "ait", "walad", "het":
		return !first
	case "ابن", "بن", "بنت", "ال", "ولد", "و":
		return true
	}
	return false
}

// article reports whether w is the Arabic article as it sounds before stem: al- and, before
// the "sun" letters, ar-Rahman, ud-Din, ash-Sharif.
func article(w, stem string) bool {
	switch w {
	case "al", "el", "ul", "il":
		return true
	case "ar", "as", "ad", "az", "at", "er", "es", "ed", "ez", "et", "ur", "us", "ud", "uz", "ut", "un":
		return stem[0] == w[1]
	case "ash", "esh", "ush":
		return stem[0] == 's'
	}
	return false
}

// title reports whether w is a form of address or a rank, not a name.
func title(w string) bool {
	switch w {
	case "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "madam", "mme", "mlle", "herr", "frau", "jr", "sr", "phd", "esq",
		"hon", "rev", "ato", "woizero", "weyzero", "wzro", "wzt", "woizerit", "haji", "hajji", "hajj", "alhaji", "alhaja", "hajia",
		"sheikh", "sheik", "shaikh", "shaykh", "khun", "shri", "shrimati", "smt", "senor", "senora", "monsieur":
		return true
	case "اقاي", "خانم", "السيد", "السيده", "الحاج", "الحاجه", "الشيخ", "شيخ", "حاج", "حاجي", "الدكتور", "الدكتوره", "دكتور", "دكتوره",
		"الاستاذ", "استاذ", "الانسه", "د":
		return true
	case "ወ", "ሮ", "ሪት", "አቶ", "ወይዘሮ", "ወይዘሪት", "ዶክተር", "श्री", "श्रीमती", "डॉ", "सुश्री", "คุณ", "นาย", "นาง", "นางสาว", "เด็กชาย", "เดกชาย", "เดกหญิง",
		"господин", "госпожа", "先生", "小姐", "女士", "太太", "さん", "様", "씨", "님":
		return true
	}
	return false
}

// dropTitles takes titles away as long as a name remains, also those written in one with the
// name, as Thai, Chinese, Japanese and Korean write them.
func dropTitles(words []string) []string {
	kept := make([]string, 0, len(words))
	for _, w := range words {
		if !title(w) {
			kept = append(kept, w)
		}
	}
	if len(kept) == 0 {
		return words
	}
	for i, w := range kept {
		if w[0] >= utf8.RuneSelf {
			kept[i] = withoutTitle(w)
		}
	}
	return kept
}

func withoutTitle(w string) string {
	r, _ := utf8.DecodeRuneInString(w)
	switch writingOf(r) {
	case thaiScript:
		for _, t := range [...]string{"นางสาว", "นาย", "นาง", "คุณ", "เดกชาย", "เดกหญิง"} {
			rest, ok := strings.CutPrefix(w, t)
			if next, _ := utf8.DecodeRuneInString(rest); ok && utf8.RuneCountInString(rest) > 2 && !thaiSign(next) {
				return rest
			}
		}
	case hanScript, hangulScript:
		for _, t := range [...]string{"先生", "小姐", "女士", "太太", "さん", "様", "氏", "씨", "님"} {
			if rest, ok := strings.CutSuffix(w, t); ok && rest != "" {
				return rest
			}
		}
	}
	return w
}
