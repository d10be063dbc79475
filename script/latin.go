package script

// Marks within a romanised word. They never leave the package.
const (
	unknown  = '\'' // a vowel may stand here, the script does not say which
	syllable = '-'  // a syllable ends: no digraph across it
)

// Latin transliterates the folded form of s to the letters a–z.
func Latin(s string) string {
	var room [64]byte
	w := romanise(room[:0], Fold(s))
	n := 0
	for _, c := range w {
		if c >= 'a' && c <= 'z' {
			w[n] = c
			n++
		}
	}
	return string(w[:n])
}

// romanise appends the romanised form of folded text to dst: a–z, digits, the marks above,
// and as they are the letters of scripts it does not know.
func romanise(dst []byte, s string) []byte {
	for len(s) > 0 {
		writing, n := run(s)
		word := s[:n]
		s = s[n:]
		dst = romanRun(dst, writing, word)
	}
	return dst
}

func romanRun(dst []byte, w writing, s string) []byte {
	switch w {
	case greekScript:
		return romanGreek(dst, s)
	case cyrillicScript:
		return romanCyrillic(dst, s)
	case armenianScript:
		return romanArmenian(dst, s)
	case hebrewScript:
		return romanHebrew(dst, s)
	case arabicScript:
		return romanArabic(dst, s)
	case indicScript:
		return romanIndic(dst, s)
	case thaiScript:
		return romanThai(dst, s)
	case burmeseScript:
		return romanBurmese(dst, s)
	case georgianScript:
		return romanGeorgian(dst, s)
	case ethiopicScript:
		return romanEthiopic(dst, s)
	case kanaScript:
		return romanKana(dst, s)
	case hanScript:
		return romanHan(dst, s)
	case hangulScript:
		return romanHangul(dst, s)
	}
	return romanOther(dst, s)
}

// romanOther keeps letters and digits and drops spaces and punctuation.
func romanOther(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c != ' ' {
			dst = append(dst, c)
		}
	}
	return dst
}

// writing is a script that is romanised in its own way.
type writing uint8

const (
	otherScript writing = iota
	latinScript
	greekScript
	cyrillicScript
	armenianScript
	hebrewScript
	arabicScript
	indicScript
	thaiScript
	burmeseScript
	georgianScript
	ethiopicScript
	kanaScript
	hanScript
	hangulScript
)

// run returns the length of the first run of letters of one script.
func run(s string) (writing, int) {
	first := otherScript
	for i, r := range s {
		w := writingOf(r)
		if i == 0 {
			first = w
		} else if w != first {
			return first, i
		}
	}
	return first, len(s)
}

func writingOf(r rune) writing {
	switch {
	case r < 0x0250:
		return latinScript
	case r >= 0x0370 && r < 0x0400:
		return greekScript
	case r >= 0x0400 && r < 0x0530:
		return cyrillicScript
	case r >= 0x0530 && r < 0x0590:
		return armenianScript
	case r >= 0x0590 && r < 0x0600:
		return hebrewScript
	case r >= 0x0600 && r < 0x0780:
		return arabicScript
	case r >= 0x0900 && r < 0x0D80:
		return indicScript
	case r >= 0x0E00 && r < 0x0F00:
		return thaiScript
	case r >= 0x1000 && r < 0x10A0:
		return burmeseScript
	case r >= 0x10A0 && r < 0x1100, r >= 0x1C90 && r < 0x1CC0, r >= 0x2D00 && r < 0x2D30:
		return georgianScript
	case r >= 0x1200 && r < 0x1380:
		return ethiopicScript
	case r >= 0x3040 && r < 0x3100:
		return kanaScript
	case r >= 0x3400 && r < 0xA000, r >= 0xF900 && r < 0xFB00, r >= 0x20000 && r < 0x32000, r == '々':
		return hanScript
	case r >= 0xAC00 && r < 0xD7A4:
		return hangulScript
	}
	return otherScript
}
