package script

// romanKana follows Hepburn for hiragana and katakana. Long vowels are written once (Satō is
// sato), as passports write them; ん is n.
func romanKana(dst []byte, s string) []byte {
	double := false
	for _, r := range s {
		if r >= 0x30A1 && r <= 0x30F6 {
			r -= 0x60 // katakana to hiragana
		}
		if r == 'ー' {
			continue
		}
		at := int(r) - 0x3041
		if at < 0 || at >= len(kanaSounds) {
			dst = append(dst, string(r)...)
			continue
		}
		sound := kanaSounds[at]
		if sound == "q" { // っ doubles the next consonant
			double = true
			continue
		}
		dst = smallKana(dst, r, &sound)
		if double && sound != "" && !isVowel(sound[0]) {
			dst = append(dst, sound[0])
		}
		double = false
		if n := len(dst); n > 1 && longVowel(dst[n-1], dst[n-2], sound) {
			continue
		}
		dst = append(dst, sound...)
	}
	return dst
}

// smallKana joins ゃ ゅ ょ and small vowels to the sound before: kiya → kya, shiya → sha.
func smallKana(dst []byte, r rune, sound *string) []byte {
	switch r {
	case 'ゃ', 'ゅ', 'ょ', 'ぁ', 'ぃ', 'ぅ', 'ぇ', 'ぉ':
	default:
		return dst
	}
	n := len(dst)
	if n < 2 || !isVowel(dst[n-1]) {
		return dst
	}
	dst = dst[:n-1]
	if c := dst[n-2]; (c == 'h' && n > 2 || c == 'j') && (*sound)[0] == 'y' {
		*sound = (*sound)[1:]
	}
	return dst
}

// longVowel: おう and おお are a long o, うう a long u.
func longVowel(last, before byte, sound string) bool {
	switch {
	case isVowel(before) && before != 'y':
		return false
	case last == 'o':
		return sound == "u" || sound == "o"
	case last == 'u':
		return sound == "u"
	}
	return false
}

// kanaSounds from U+3041 on.
var kanaSounds = [...]string{
	"a", "a", "i", "i", "u", "u", "e", "e", "o", "o",
	"ka", "ga", "ki", "gi", "ku", "gu", "ke", "ge", "ko", "go",
	"sa", "za", "shi", "ji", "su", "zu", "se", "ze", "so", "zo",
	"ta", "da", "chi", "ji", "q", "tsu", "zu", "te", "de", "to", "do",
	"na", "ni", "nu", "ne", "no",
	"ha", "ba", "pa", "hi", "bi", "pi", "fu", "bu", "pu", "he", "be", "pe", "ho", "bo", "po",
	"ma", "mi", "mu", "me", "mo",
	"ya", "ya", "yu", "yu", "yo", "yo",
	"ra", "ri", "ru", "re", "ro",
	"wa", "wa", "i", "e", "o", "n", "v", "ka", "ke",
}
