package script

// RTGS gives a consonant one value before a vowel and another at the end of a syllable.

func thaiInitial(r rune) string {
	switch r {
	case 'ก':
		return "k"
	case 'ข', 'ฃ', 'ค', 'ฅ', 'ฆ':
		return "kh"
	case 'ง':
		return "ng"
	case 'จ', 'ฉ', 'ช', 'ฌ':
		return "ch"
	case 'ซ', 'ศ', 'ษ', 'ส':
		return "s"
	case 'ญ', 'ย':
		return "y"
	case 'ฎ', 'ด':
		return "d"
	case 'ฏ', 'ต':
		return "t"
	case 'ฐ', 'ฑ', 'ฒ', 'ถ', 'ท', 'ธ':
		return "th"
	case 'ณ', 'น':
		return "n"
	case 'บ':
		return "b"
	case 'ป':
		return "p"
	case 'ผ', 'พ', 'ภ':
		return "ph"
	case 'ฝ', 'ฟ':
		return "f"
	case 'ม':
		return "m"
	case 'ร':
		return "r"
	case 'ล', 'ฬ':
		return "l"
	case 'ว':
		return "w"
	case 'ห', 'ฮ':
		return "h"
	}
	return "" // อ carries a vowel
}

func thaiFinal(r rune) string {
	switch r {
	case 'ง':
		return "ng"
	case 'ม':
		return "m"
	case 'ย':
		return "i"
	case 'ว':
		return "o"
	case 'ญ', 'ณ', 'น', 'ร', 'ล', 'ฬ':
		return "n"
	case 'บ', 'ป', 'ผ', 'พ', 'ฟ', 'ฝ', 'ภ':
		return "p"
	case 'ก', 'ข', 'ค', 'ฆ', 'ฃ', 'ฅ':
		return "k"
	}
	return "t"
}
