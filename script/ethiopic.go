package script

import "unicode/utf8"

// romanEthiopic follows the readings of the Unicode chart (U+1200 to U+137F), spelled as SERA
// (Firdyiwek and Yacob, 1997) where a–z allow it and as names are spelled otherwise: ejectives
// are written like plain letters, ኘ is ny. A row of eight holds one consonant with the vowels
// e u i a e (i) o wa. The sixth may be silent: it is written i at the beginning of a word
// (Girma, Mihret), elsewhere without a vowel. ሀ ሐ ኀ አ ዐ are read with a in the first order.
func romanEthiopic(dst []byte, s string) []byte {
	silent := false
	for i, r := range s {
		at := int(r) - 0x1200
		if at < 0 || at >= len(ethiopicRows)*8 {
			dst = append(dst, string(r)...)
			silent = false
			continue
		}
		row, order := ethiopicRows[at/8], at%8
		if silent && row == "h" {
			dst = append(dst, unknown) // s and h are two letters here
		}
		if silent && len(dst) > 0 && row == string(dst[len(dst)-1]) {
			dst = append(dst, 'e') // Mekonnen
		}
		dst = append(dst, row...)
		// Of two such letters the second takes its vowel, if another follows: Mengistu.
		last := i+utf8.RuneLen(r) == len(s)
		silent = order == 5 && i > 0 && (!silent || last)
		switch {
		case order == 0 && (row == "" || row == "h"):
			dst = append(dst, 'a')
		case !silent:
			dst = append(dst, ethiopicVowels[order]...)
		}
	}
	return dst
}

var (
	ethiopicVowels = [8]string{"e", "u", "i", "a", "e", "i", "o", "wa"}
	// One entry for each eight characters from U+1200; the empty ones carry vowels.
	ethiopicRows = [...]string{
		"h", "l", "h", "m", "s", "r", "s", "sh", "q", "qw", "q", "qw", "b", "v", "t", "ch",
		"h", "hw", "n", "ny", "", "k", "kw", "h", "hw", "w", "", "z", "zh", "y", "d", "d",
		"j", "g", "gw", "g", "t", "ch", "p", "ts", "ts", "f", "p",
	}
)
