package script

import "strings"

// romanBurmese follows the spelling of names in passports, which is close to BGN/PCGN (1970)
// without tones: ောင် is aung, a creaky nasal gets its t (မြင့် Myint). Letters of Mon, Shan and
// Karen that Burmese lacks stay as they are.
func romanBurmese(dst []byte, s string) []byte {
	rs := []rune(s)
	for i := 0; i < len(rs); {
		n := burmeseSyllable(rs[i:])
		dst = append(burmeseSound(dst, rs[i:i+n]), syllable)
		i += n
	}
	return dst
}

// burmeseParts calls yield with the syllables of a name written in one: Burmese names have no
// spaces that can be relied on, and every syllable is one of the words a name is made of.
func burmeseParts(w string, yield func(string)) {
	rs := []rune(w)
	var cuts []int
	for i := 0; i < len(rs); i += burmeseSyllable(rs[i:]) {
		if cuts = append(cuts, i); len(cuts) > maxBurmese {
			return
		}
	}
	cuts = append(cuts, len(rs))
	for i := range len(cuts) - 1 {
		yield(string(rs[cuts[i]:cuts[i+1]]))
	}
}

// maxBurmese bounds the syllables of what is taken for a name.
const maxBurmese = 6

const (
	asat   = '်'
	virama = '္'
	creaky = '့'
)

func burmeseLetter(r rune) bool { return r >= 'က' && r <= 'ဪ' || r == 'ဿ' }

// burmeseSyllable returns how many letters the first syllable has: up to the next letter that
// is not closed by an asat or stacked on another.
func burmeseSyllable(rs []rune) int {
	for i := 1; i < len(rs); i++ {
		if burmeseLetter(rs[i]) && !burmeseFinal(rs[i+1:]) {
			return i
		}
	}
	return len(rs)
}

// burmeseFinal: what follows a letter marks it as the end of a syllable.
func burmeseFinal(after []rune) bool {
	if len(after) > 1 && after[0] == creaky {
		after = after[1:]
	}
	return len(after) > 0 && (after[0] == asat || after[0] == virama)
}

// burmeseSound reads a syllable: onset, medials, vowel, final.
func burmeseSound(dst []byte, rs []rune) []byte {
	if !burmeseLetter(rs[0]) {
		return append(dst, string(rs)...)
	}
	onset := burmeseOnset(rs[0])
	var medial, signs strings.Builder
	final, creaks := rune(0), false
	for i, r := range rs[1:] {
		switch {
		case r >= 'ျ' && r <= 'ှ':
			medial.WriteRune(r)
		case r == creaky:
			creaks = true
		case burmeseLetter(r) && burmeseFinal(rs[i+2:]):
			final = r
		case r >= 'ါ' && r <= 'ံ':
			signs.WriteRune(r)
		}
	}
	onset = medials(onset, medial.String())
	if rounded, ok := strings.CutSuffix(onset, "w"); ok && signs.Len() == 0 && strings.ContainsRune("နမဏတ", final) {
		onset = rounded // ွန် is un
		signs.WriteRune('ု')
	}
	dst = append(dst, onset...)
	return append(dst, burmeseRime(signs.String(), final, creaks, rs)...)
}

func medials(onset, signs string) string {
	for _, r := range signs {
		switch {
		case r == 'ှ' && strings.HasPrefix(onset, "y"):
			onset = "sh" + onset[1:]
		case r == 'ှ':
			onset = "h" + onset
		case r == 'ွ':
			onset += "w"
		case onset == "kh":
			onset = "ch"
		default: // ျ ြ
			onset += "y"
		}
	}
	return onset
}

func burmeseOnset(r rune) string {
	const first = 'က'
	sounds := [...]string{
		"k", "kh", "g", "g", "ng", "s", "s", "z", "z", "ny", "ny", "t", "ht", "d", "d", "n", "t", "ht", "d", "d", "n",
		"p", "ph", "b", "b", "m", "y", "y", "l", "w", "th", "h", "l", "", "", "i", "i", "u", "u", "e", "e", "aw", "aw",
	}
	if at := int(r - first); at < len(sounds) {
		return sounds[at]
	}
	return "th"
}

// burmeseRime reads vowel signs with the final letter.
func burmeseRime(signs string, final rune, creaks bool, rs []rune) string {
	vowel := burmeseVowel(signs, final, rs)
	switch final {
	case 0:
		return vowel
	case 'င':
		vowel = ifEmpty(vowel, "i") + "ng"
		if signs == "" {
			vowel = "in"
		}
	case 'န', 'မ', 'ဏ', 'ဉ':
		vowel = ifEmpty(vowel, "a") + "n"
	case 'ည':
		return ifEmpty(vowel, "i")
	case 'ယ':
		return ifEmpty(vowel, "e")
	case 'က':
		return ifEmpty(vowel, "e") + map[bool]string{true: "t", false: "k"}[signs == ""]
	case 'စ':
		return ifEmpty(vowel, "i") + "t"
	default:
		return ifEmpty(vowel, "a") + "t"
	}
	if creaks {
		vowel += "t"
	}
	return vowel
}

func ifEmpty(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func burmeseVowel(signs string, final rune, rs []rune) string {
	closed := final != 0
	switch signs {
	case "":
		if closed || rs[0] >= 'ဣ' && rs[0] != 'ဿ' {
			return ""
		}
		return "a"
	case "ာ", "ါ":
		return "a"
	case "ိ", "ီ":
		if closed {
			return "ei"
		}
		return "i"
	case "ု", "ူ":
		return "u"
	case "ေ", "ဲ":
		return "e"
	case "ော", "ေါ":
		if final == 'င' || final == 'က' {
			return "au"
		}
		return "aw"
	case "ို":
		if final == 'င' || final == 'က' {
			return "ai"
		}
		return "o"
	case "ံ":
		return "an"
	case "ုံ":
		return "on"
	}
	return "a"
}
