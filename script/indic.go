package script

import "unicode"

// romanIndic reads the scripts of India that Unicode lays out alike after ISCII (1991):
// Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Tamil, Telugu, Kannada, Malayalam. Letters
// are spelled as names are (Hunterian, without marks of length). The inherent vowel is
// dropped where Hindi drops it: at the end after a single consonant, and between two
// syllables that have vowels (कमला is kamla); not at the end in Tamil, Telugu, Kannada and
// Malayalam, which write what they say.
func romanIndic(dst []byte, s string) []byte {
	var room [24]syllableOf
	word := indicSyllables(room[:0], s)
	deleteSchwas(word)
	for i, x := range word {
		if x.onset == "h" && i > 0 && word[i-1].vowel == "" {
			dst = append(dst, unknown)
		}
		if i > 0 && i == len(word)-1 && x.onset == "v" && x.vowel == "" && word[i-1].vowel == "a" && !word[i-1].schwa {
			return append(dst, 'o') // राव is Rao
		}
		dst = append(dst, x.onset...)
		dst = append(dst, x.vowel...)
		dst = nasal(dst, x.nasal, word, i)
	}
	return dst
}

// syllableOf is a consonant (or none) with what follows it.
type syllableOf struct {
	onset  string
	vowel  string
	schwa  bool // the vowel is the inherent one
	joined bool // part of a conjunct with the consonant before
	nasal  bool
	keeps  bool // script that keeps the vowel at the end
}

func indicSyllables(out []syllableOf, s string) []syllableOf {
	virama := false
	var before rune
	for _, r := range s {
		offset, south := r&0x7F, r >= 0x0B80
		n := len(out)
		switch {
		case offset >= 0x15 && offset <= 0x39, offset >= 0x58 && offset <= 0x5F:
			sound := indicConsonant(r, before, virama)
			if virama && n > 0 {
				sound = conjunct(out, sound)
			}
			out = append(out, syllableOf{onset: sound, vowel: "a", schwa: true, joined: virama, keeps: south})
			virama = false
		case offset >= 0x05 && offset <= 0x14:
			out = append(out, syllableOf{vowel: indicVowels[offset-0x05]})
		case offset >= 0x3E && offset <= 0x4C && n > 0:
			out[n-1].vowel, out[n-1].schwa = indicVowels[offset-0x3E+1], false
		case offset == 0x4D && n > 0:
			out[n-1].vowel, out[n-1].schwa, virama = "", false, true
		case (offset == 0x01 || offset == 0x02 || offset == 0x70) && n > 0:
			out[n-1].nasal = true
		case offset == 0x3C && n > 0:
			out[n-1].onset = dotted(r, out[n-1].onset)
		case unicode.IsLetter(r):
			out = append(out, syllableOf{onset: indicRare(r)})
		}
		before = r
	}
	return out
}

// Vowels as letters from offset 05; the signs from 3E are the same from the second on.
var indicVowels = [...]string{"a", "a", "i", "i", "u", "u", "ri", "ri", "e", "e", "e", "ai", "o", "o", "o", "au"}

// indicConsonants from offset 15.
var indicConsonants = [...]string{
	"k", "kh", "g", "gh", "n", "ch", "chh", "j", "jh", "n", "t", "th", "d", "dh", "n", "t", "th", "d", "dh", "n", "n",
	"p", "ph", "b", "bh", "m", "y", "r", "r", "l", "l", "zh", "v", "sh", "sh", "s", "h",
}

// indicRare: letters outside the common layout; those not known stay as they are.
func indicRare(r rune) string {
	switch r {
	case 'ৎ':
		return "t"
	case 'ৰ':
		return "r"
	case 'ৱ':
		return "v"
	case 'ੴ', 'ॐ':
		return "om"
	case 'ൺ', 'ൻ':
		return "n"
	case 'ർ':
		return "r"
	case 'ൽ', 'ൾ':
		return "l"
	case 'ൿ':
		return "k"
	}
	return string(r)
}

func indicConsonant(r, before rune, virama bool) string {
	offset := r & 0x7F
	if offset >= 0x58 {
		return [...]string{"q", "kh", "gh", "z", "r", "rh", "f", "y"}[offset-0x58]
	}
	switch block := r &^ 0x7F; {
	case block == 0x0B80:
		if tamil := tamilConsonant(r, before, virama); tamil != "" {
			return tamil
		}
	case block == 0x0980 && offset == 0x2F:
		return "j" // Bengali য
	}
	return indicConsonants[offset-0x15]
}

// tamilConsonant: Tamil writes voiced and unvoiced stops alike; they are voiced after a vowel
// or a nasal and unvoiced at the beginning or doubled.
func tamilConsonant(r, before rune, virama bool) string {
	hard := before == 0
	switch r {
	case 'க':
		if hard || virama && before == '்' {
			return "k"
		}
		return "g"
	case 'ச':
		if virama {
			return "ch"
		}
		return "s"
	case 'ட':
		if virama {
			return "t"
		}
		return "d"
	case 'த':
		return "th"
	case 'ப':
		if hard || virama {
			return "p"
		}
		return "b"
	}
	return ""
}

// conjunct: ज्ञ is said gy.
func conjunct(out []syllableOf, sound string) string {
	last := &out[len(out)-1]
	if last.onset == "j" && sound == "n" {
		last.onset = "g"
		return "y"
	}
	return sound
}

// dotted: the letters of Bengali and Punjabi that differ by a dot below.
func dotted(r rune, onset string) string {
	switch {
	case r == 0x09BC && (onset == "d" || onset == "dh"):
		return "r"
	case r == 0x09BC && onset == "j":
		return "y"
	case r == 0x0A3C && onset == "j":
		return "z"
	case r == 0x0A3C && onset == "s":
		return "sh"
	case r == 0x0A3C && onset == "ph":
		return "f"
	}
	return onset
}

func deleteSchwas(word []syllableOf) {
	n := len(word)
	if n < 2 {
		return
	}
	if last := &word[n-1]; last.schwa && (!last.joined || afterNasal(word)) && !last.nasal && !last.keeps {
		last.vowel = ""
	}
	for i := n - 2; i > 0; i-- {
		x := &word[i]
		if x.schwa && !x.joined && !x.nasal && !x.keeps && word[i-1].vowel != "" && !word[i-1].nasal &&
			word[i+1].vowel != "" && word[i+1].onset != "" && !word[i+1].joined {
			x.vowel = ""
		}
	}
}

// afterNasal: the word ends in a nasal and a stop, as वसन्त Vasant.
func afterNasal(word []syllableOf) bool {
	stop, before := word[len(word)-1].onset, word[len(word)-2].onset
	switch stop {
	case "t", "th", "d", "dh", "k", "g", "ch", "j":
		return before == "n"
	case "p", "b":
		return before == "m"
	}
	return false
}

// nasal: m before lips, ng before h (सिंह Singh), else n.
func nasal(dst []byte, is bool, word []syllableOf, i int) []byte {
	if !is {
		return dst
	}
	next := byte(0)
	if i+1 < len(word) && word[i+1].onset != "" {
		next = word[i+1].onset[0]
	}
	switch next {
	case 'p', 'b', 'm':
		return append(dst, 'm')
	case 'h':
		return append(dst, "ng"...)
	}
	return append(dst, 'n')
}
