// Package script handles writing systems: it folds spellings of one word to one form, cuts
// text into search tokens, and says which script a text is written in.
//
// Folding answers "could these be the same word, typed by two people on two keyboards?".
// It loses information on purpose (accents, vowel marks, letter variants, case, width) and its
// result is for comparing and searching only: it is never shown, never stored in place of the
// original, and two names that fold alike are a lead to check, not one person.
//
// The package is pure: no state, no I/O, no locale of the machine. Any text is safe input,
// invalid UTF-8 included.
package script

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// FoldVersion changes whenever Fold may return something else for the same text. Who stores
// folded keys stores it beside them, and rebuilds the keys when it differs.
const FoldVersion = 1

// Fold returns the search form of s:
//
//   - compatibility decomposition (NFKD) with all marks dropped: José → jose, Nguyễn → nguyen,
//     Ṣọlá → sola, full-width Ａ → a, ﬁ → fi, Å → a, the Arabic presentation forms;
//   - lower case, and the letters that do not decompose: ł → l, ø → o, đ → d, ð → d, ß → ss,
//     æ → ae, œ → oe, þ → th, ı → i, and their like; Yoruba, Hausa and Vietnamese hooks;
//   - Arabic: vowel marks and tatweel dropped; أ إ آ ٱ → ا, ى ئ ی → ي, ؤ → و, ة → ه, ک → ك,
//     Persian, Urdu, Pashto and Kurdish variants of one letter to that letter; a hamza by
//     itself is dropped. پ چ ژ گ stay, since they are other sounds;
//   - Hebrew points dropped; Greek accents dropped and final ς → σ; Cyrillic ё → е, й → и
//     (as typists and scanners mix them), Ukrainian ї → і, ґ → г;
//   - marks of Indic, Thai, Khmer and Burmese scripts are kept: there they are vowels;
//   - digits of every script to 0–9; punctuation and symbols to one space, apostrophes and
//     modifier letters within a word dropped (O'Neil → oneil); spaces collapsed and trimmed;
//     invisible characters (zero width, direction, soft hyphen) dropped.
//
// What is lost: German ä and a, Spanish ñ and n, Turkish ı and i, Vietnamese tones, Arabic ة
// and ه, final ى and ي fold together, so different words may collide (Thị and thi, año and
// ano). Fold is idempotent, deterministic and independent of locale.
// len(Fold(s)) ≤ 11·len(s): the longest compatibility decomposition of Unicode turns the
// 3 bytes of U+FDFA into 33. O(len(s)).
func Fold(s string) string {
	if ascii, ok := foldASCII(s); ok {
		return ascii
	}
	var f folder
	f.out.Grow(len(s))
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, "\uFFFD")) {
		f.fold(r)
	}
	// Vowel signs that were kept must stand in canonical order and, with their letters, in
	// one spelling.
	return norm.NFC.String(f.out.String())
}

// foldASCII is the short way for texts that hold only ASCII letters, digits and spaces.
func foldASCII(s string) (string, bool) {
	clean := true
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case c == ' ' && i > 0 && i < len(s)-1 && s[i-1] != ' ':
		case c >= 'A' && c <= 'Z':
			clean = false
		default:
			return "", false
		}
	}
	if clean {
		return s, true
	}
	return strings.ToLower(s), true
}

// folder gathers folded characters; a gap is written only between two words.
type folder struct {
	out strings.Builder
	gap bool
}

func (f *folder) put(r rune) {
	if f.gap && f.out.Len() > 0 {
		f.out.WriteByte(' ')
	}
	f.gap = false
	f.out.WriteRune(r)
}

func (f *folder) fold(r rune) {
	if r < utf8.RuneSelf {
		f.foldASCII(r)
		return
	}
	r = unicode.ToLower(r)
	if to, ok := letter(r); ok {
		for _, c := range to {
			f.put(c)
		}
		return
	}
	switch {
	case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
		if keepsMarks(r) {
			f.mark(r)
		}
	case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Lm, r) && !isKana(r) && !isThaiLike(r):
		// invisible, or a modifier such as the tatweel or an ʻokina
	case unicode.Is(unicode.Nd, r):
		f.put(digit(r))
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.Is(unicode.Mc, r), r == utf8.RuneError:
		f.put(r)
	case isApostrophe(r):
	default:
		f.gap = true
	}
}

// mark writes a kept vowel sign. Without a letter before it there is nothing it belongs to.
func (f *folder) mark(r rune) {
	if f.out.Len() > 0 && !f.gap {
		f.out.WriteRune(r)
	}
}

func (f *folder) foldASCII(r rune) {
	switch {
	case r >= 'A' && r <= 'Z':
		f.put(r + 'a' - 'A')
	case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		f.put(r)
	case r == '\'' || r == '`':
	default:
		f.gap = true
	}
}

func isApostrophe(r rune) bool { return r == '’' || r == '‘' || r == '′' }

func isKana(r rune) bool { return r >= 0x3005 && r <= 0x30FF }

func isThaiLike(r rune) bool { return r >= 0x0E00 && r <= 0x0EFF || r >= 0x1780 && r <= 0x17FF }

// digit returns the ASCII digit of the same value: Unicode encodes decimal digits in runs of
// ten that begin with zero.
func digit(r rune) rune {
	n := rune(0)
	for unicode.Is(unicode.Nd, r-n-1) {
		n++
	}
	return '0' + n%10
}

// keepsMarks reports whether the marks of this script are vowels or part of the letter, not
// accents: the scripts of India and South-East Asia, Ethiopic excepted (it has none).
func keepsMarks(r rune) bool {
	switch {
	case r >= 0x0900 && r <= 0x0DFF: // Devanagari to Sinhala
		return r != 0x093C // nukta: क़ and क are one letter to most typists
	case r >= 0x0E00 && r <= 0x0EFF: // Thai, Lao
		tone := r >= 0x0E47 && r <= 0x0E4C || r == 0x0E4E || r >= 0x0EC8 && r <= 0x0ECC
		return !tone // tone marks and silencers are dropped
	case r >= 0x0F00 && r <= 0x109F: // Tibetan, Burmese
		return true
	case r >= 0x1780 && r <= 0x17FF: // Khmer
		return true
	case r == 0x3099 || r == 0x309A: // voicing of kana: か and が are two letters
		return true
	}
	return false
}
