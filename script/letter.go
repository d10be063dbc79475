package script

// letter returns what a lower-case letter without decomposition folds to. A switch, because
// the compiler turns it into a binary search without a table to build or share.
func letter(r rune) (string, bool) {
	switch {
	case r < 0x0180:
		return latin(r)
	case r < 0x0370:
		return latinExtended(r)
	case r < 0x0600:
		return greekCyrillic(r)
	case r < 0x0780:
		return arabic(r)
	case r == 'ẞ' || r == 'ß':
		return "ss", true
	}
	return "", false
}

func latin(r rune) (string, bool) {
	switch r {
	case 'ß':
		return "ss", true
	case 'æ':
		return "ae", true
	case 'œ':
		return "oe", true
	case 'ø':
		return "o", true
	case 'đ', 'ð':
		return "d", true
	case 'þ':
		return "th", true
	case 'ł':
		return "l", true
	case 'ħ':
		return "h", true
	case 'ı':
		return "i", true
	case 'ĸ':
		return "k", true
	case 'ŋ':
		return "n", true
	case 'ŧ':
		return "t", true
	}
	return "", false
}

// latinExtended: the letters of African, Azerbaijani and Vietnamese alphabets. Hausa ɓ ɗ ƙ ƴ
// and Ewe or Akan ɛ ɔ are typed as b d k y e o where the keyboard lacks them.
func latinExtended(r rune) (string, bool) {
	switch r {
	case 'ɓ', 'ƀ':
		return "b", true
	case 'ɗ', 'ɖ':
		return "d", true
	case 'ƙ':
		return "k", true
	case 'ƴ':
		return "y", true
	case 'ɛ', 'ə', 'ǝ':
		return "e", true
	case 'ɔ', 'ɵ':
		return "o", true
	case 'ɩ', 'ɨ':
		return "i", true
	case 'ʋ':
		return "v", true
	case 'ʉ', 'ʊ':
		return "u", true
	case 'ɣ', 'ǥ':
		return "g", true
	case 'ɲ':
		return "n", true
	case 'ƒ':
		return "f", true
	case 'ƶ':
		return "z", true
	case 'ɫ', 'ƚ':
		return "l", true
	case 'ʒ', 'ǯ':
		return "z", true
	}
	return "", false
}

// greekCyrillic: й, ї, ё and accented Greek have lost their marks before this.
func greekCyrillic(r rune) (string, bool) {
	switch r {
	case 'ς':
		return "σ", true
	case 'ґ':
		return "г", true
	case 'ѐ':
		return "е", true
	case 'ѝ':
		return "и", true
	}
	return "", false
}

// arabic: أ إ آ ؤ ئ have decomposed and lost their hamza before this.
func arabic(r rune) (string, bool) {
	switch r {
	case 'ء', 'ـ':
		return "", true
	case 'ٱ', 'ٲ', 'ٳ', 'ٵ':
		return "ا", true
	case 'ى', 'ی', 'ې', 'ۍ', 'ے', 'ێ', 'ۑ', 'ؠ', 'ۓ':
		return "ي", true
	case 'ة', 'ہ', 'ھ', 'ە', 'ۀ', 'ۂ', 'ۃ':
		return "ه", true
	case 'ک', 'ڪ', 'ګ':
		return "ك", true
	case 'ۆ', 'ۇ', 'ۈ', 'ۋ', 'ۊ':
		return "و", true
	case 'ڕ', 'ړ', 'ڑ':
		return "ر", true
	case 'ڵ':
		return "ل", true
	case 'ټ', 'ٹ':
		return "ت", true
	case 'ډ', 'ڈ':
		return "د", true
	case 'ښ':
		return "ش", true
	case 'ڼ', 'ں':
		return "ن", true
	}
	return "", false
}
