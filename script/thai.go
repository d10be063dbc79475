package script

import (
	"strings"
	"unicode/utf8"
)

// romanThai follows RTGS (Royal Thai General System, 1999) as far as spelling shows the sound.
// Fold has dropped tones and the mark of silent letters, so names with silent letters are
// read morpheme by morpheme from a table of the elements that Thai names are built of; the
// rest syllable by syllable, with these limits: unwritten vowels are o in a closed and a in an
// open syllable, clusters are C+ร, ล, ว.
// Lao is read by the same rules: its block follows the Thai one at a distance of 80 hex.
func romanThai(dst []byte, s string) []byte {
	var room [48]rune
	w := thaiWord{rs: room[:0]}
	for _, r := range s {
		if r >= 0x0E80 {
			r = laoLetter(r)
		}
		w.rs = append(w.rs, r)
	}
	for w.at < len(w.rs) {
		if n, sound := w.morpheme(); n > 0 {
			dst = append(append(dst, sound...), syllable)
			w.at += n
			continue
		}
		dst = append(w.syllable(dst), syllable)
	}
	return dst
}

func laoLetter(r rune) rune {
	switch r {
	case 'ຣ', 'ຼ':
		return 'ร'
	case 'ຽ':
		return 'ย'
	case 'ົ':
		return 'ํ' // o
	case 'ໜ':
		return 'น'
	case 'ໝ':
		return 'ม'
	case 'ຢ':
		return 'ย'
	case 'ຍ':
		return 'ย'
	}
	return r - 0x80
}

// thaiWord reads one word.
type thaiWord struct {
	rs []rune
	at int
}

func (w *thaiWord) peek(n int) rune {
	if w.at+n < len(w.rs) {
		return w.rs[w.at+n]
	}
	return 0
}

// morpheme finds the longest element of names that begins here and ends before a vowel sign.
func (w *thaiWord) morpheme() (int, string) {
	best, sound := 0, ""
	for _, m := range thaiMorphemes()[w.rs[w.at]] {
		n := len(m.letters)
		if n > best && w.holds(m.letters) && !thaiSign(w.peek(n)) && (w.peek(n) != 'ร' || w.peek(n-1) != 'ร') {
			best, sound = n, m.sound
			if w.at+n == len(w.rs) {
				sound = m.end
			}
		}
	}
	return best, sound
}

func (w *thaiWord) holds(letters []rune) bool {
	if len(w.rs)-w.at < len(letters) {
		return false
	}
	for i, r := range letters {
		if w.rs[w.at+i] != r {
			return false
		}
	}
	return true
}

// syllable reads one syllable or, failing that, one letter.
func (w *thaiWord) syllable(dst []byte) []byte {
	lead := rune(0)
	if r := w.rs[w.at]; r >= 'เ' && r <= 'ไ' {
		lead = r
		w.at++
	}
	if !thaiConsonant(w.peek(0)) {
		return w.stray(dst, lead)
	}
	dst = w.onset(dst, lead != 0)
	vowel, closed := w.vowel(lead)
	dst = append(dst, vowel...)
	if !closed {
		dst = w.final(dst)
	}
	return dst
}

// stray writes what cannot begin a syllable.
func (w *thaiWord) stray(dst []byte, lead rune) []byte {
	r := w.peek(0)
	if lead != 0 {
		return append(dst, thaiLead(lead)...)
	}
	w.at++
	switch {
	case r == 'ฤ':
		return append(dst, "ri"...)
	case thaiSign(r):
		return append(dst, thaiSignSound(r)...)
	case r < 0x0E00 || r > 0x0EFF:
		return append(dst, string(r)...)
	}
	return dst
}

// onset reads the consonants before the vowel.
func (w *thaiWord) onset(dst []byte, led bool) []byte {
	first, second := w.peek(0), w.peek(1)
	w.at++
	voiced := second != 0 && strings.ContainsRune("งญณนมยรลว", second)
	open := led && thaiConsonant(w.peek(1)) || thaiSign(w.peek(1)) && w.peek(1) != 'ะ' || w.peek(1) == 'ะ'
	switch {
	case first == 'ห' && voiced && (open || thaiConsonant(w.peek(1))):
		w.at++
		return append(dst, thaiInitial(second)...)
	case (first == 'ศ' || first == 'ส' || first == 'ท' || first == 'ซ') && second == 'ร' && open:
		w.at++
		return append(dst, 's')
	case (second == 'ร' || second == 'ล' || second == 'ว' && !led) && open && first != 'อ' && !strings.ContainsRune("มนงยรลว", first):
		w.at++
		return append(append(dst, thaiInitial(first)...), thaiInitial(second)...)
	}
	return append(dst, thaiInitial(first)...)
}

// vowel reads the vowel; closed says that it ends the syllable.
func (w *thaiWord) vowel(lead rune) (sound string, closed bool) {
	r := w.peek(0)
	switch {
	case lead == 'เ' && r == 'า':
		w.at++
		return "ao", true
	case lead == 'เ' && (r == 'ี' || r == 'ั') && w.peek(1) == 'ย':
		w.at += 2
		return "ia", false
	case lead == 'เ' && r == 'ื' && w.peek(1) == 'อ':
		w.at += 2
		return "uea", false
	case lead == 'เ' && (r == 'อ' || r == 'ิ'):
		w.at++
		return "oe", false
	case lead == 'เ' && r == 'ย' && !thaiSign(w.peek(1)):
		w.at++
		return "oei", true
	case lead == 'ไ' || lead == 'ใ':
		if r == 'ย' && !thaiSign(w.peek(1)) {
			w.at++
		}
		return "ai", true
	case lead != 0:
		if r == 'ะ' {
			w.at++
			return thaiLead(lead), true
		}
		return thaiLead(lead), false
	}
	return w.plainVowel(r)
}

func (w *thaiWord) plainVowel(r rune) (string, bool) {
	switch {
	case r == 'ํ' && w.peek(1) == 'า':
		w.at += 2
		return "am", true
	case r == 'ั' && w.peek(1) == 'ว':
		w.at += 2
		return "ua", true
	case r == 'ื' && w.peek(1) == 'อ':
		w.at += 2
		return "ue", false
	case r == 'ะ':
		w.at++
		return "a", true
	case thaiSign(r):
		w.at++
		return thaiSignSound(r), false
	case r == 'อ' && !thaiSign(w.peek(1)):
		w.at++
		return "o", false
	case r == 'ร' && w.peek(1) == 'ร':
		w.at += 2
		if thaiConsonant(w.peek(0)) && !thaiSign(w.peek(1)) {
			return "a", false
		}
		return "an", true
	case r == 'ว' && thaiConsonant(w.peek(1)) && !thaiSign(w.peek(2)):
		w.at++
		return "ua", false
	case r == 'ฤ':
		return "", true
	case thaiConsonant(r) && !thaiSign(w.peek(1)) && !w.cluster():
		return "o", false
	case r == 0:
		return "", true
	}
	return "a", true
}

// cluster: the letters here begin the next syllable together, as กร in ประกรานต.
func (w *thaiWord) cluster() bool {
	first, second := w.peek(0), w.peek(1)
	return first != 0 && strings.ContainsRune("กขคตทปผพ", first) && (second == 'ร' || second == 'ล') && thaiSign(w.peek(2))
}

// final reads the consonant that closes the syllable, if the one here does not begin another.
func (w *thaiWord) final(dst []byte) []byte {
	r := w.peek(0)
	if !thaiConsonant(r) || r == 'อ' || r == 'ห' {
		return dst
	}
	next := w.peek(1)
	if thaiSign(next) && next != 0 || next == 'อ' && !thaiSign(w.peek(2)) && w.peek(2) != 0 || w.cluster() {
		return dst
	}
	if next == 'ร' && w.peek(2) == 'ร' {
		return dst
	}
	if n, _ := w.morpheme(); n > 1 {
		return dst
	}
	w.at++
	if next == r && r != 'ร' {
		return append(dst, thaiInitial(r)...) // Ladda
	}
	return append(dst, thaiFinal(r)...)
}

func thaiConsonant(r rune) bool { return r >= 'ก' && r <= 'ฮ' && r != 'ฤ' && r != 'ฦ' }

// thaiSign: vowel signs that stand after, above or below their consonant.
func thaiSign(r rune) bool { return r >= 'ะ' && r <= 'ู' || r == 'ํ' || r == 'ๅ' }

func thaiSignSound(r rune) string {
	switch r {
	case 'ะ', 'า', 'ั', 'ๅ':
		return "a"
	case 'ิ', 'ี':
		return "i"
	case 'ึ', 'ื':
		return "ue"
	case 'ุ', 'ู':
		return "u"
	case 'ํ':
		return "o"
	}
	return ""
}

func thaiLead(r rune) string {
	switch r {
	case 'เ':
		return "e"
	case 'แ':
		return "ae"
	case 'โ':
		return "o"
	}
	return "ai"
}

// thaiMorpheme is an element of names with its reading.
type thaiMorpheme struct {
	letters []rune
	sound   string
	end     string // reading at the end of a word
}

func readMorphemes(text string) map[rune][]thaiMorpheme {
	out := map[rune][]thaiMorpheme{}
	for pair := range strings.FieldsSeq(text) {
		letters, sound, _ := strings.Cut(pair, "=")
		first, _ := utf8.DecodeRuneInString(letters)
		sound, end, two := strings.Cut(sound, "/")
		if !two {
			end = sound
		}
		out[first] = append(out[first], thaiMorpheme{[]rune(letters), sound, end})
	}
	return out
}
