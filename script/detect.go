package script

import (
	"unicode"
	"unicode/utf8"
)

// Writing describes how a text is written.
type Writing struct {
	// Script is the ISO 15924 code of the script with the most letters ("Latn", "Arab"); on a
	// tie the one seen first; "Zyyy" when there are no letters. Han beside kana is "Jpan",
	// Hangul with or without Han "Kore".
	Script string
	// RightToLeft is true when Script runs from right to left.
	RightToLeft bool
	// Letters is how many letters were counted.
	Letters int
	// Mixed is true when one word holds letters of two scripts that no writing system mixes,
	// such as Latin and Cyrillic: often a spoof or a keyboard slip. Two languages side by side
	// in different words are not mixed.
	Mixed bool
	// Invisible is true when the text holds characters that cannot be seen (zero width,
	// direction overrides, soft hyphen, tags). The joiners that Persian, Indic scripts and
	// emoji need are not counted between letters or after one of those scripts.
	Invisible bool
	// Invalid is true when the text is not valid UTF-8.
	Invalid bool
}

// named pairs a script of package unicode with its ISO 15924 code.
type named struct {
	code  string
	table *unicode.RangeTable
	rtl   bool
}

// scripts lists what Detect can name, the frequent ones first.
func scripts() []named {
	return []named{
		{"Latn", unicode.Latin, false},
		{"Arab", unicode.Arabic, true},
		{"Cyrl", unicode.Cyrillic, false},
		{"Hani", unicode.Han, false},
		{"Hira", unicode.Hiragana, false},
		{"Kana", unicode.Katakana, false},
		{"Hang", unicode.Hangul, false},
		{"Grek", unicode.Greek, false},
		{"Hebr", unicode.Hebrew, true},
		{"Thai", unicode.Thai, false},
		{"Deva", unicode.Devanagari, false},
		{"Beng", unicode.Bengali, false},
		{"Guru", unicode.Gurmukhi, false},
		{"Gujr", unicode.Gujarati, false},
		{"Taml", unicode.Tamil, false},
		{"Telu", unicode.Telugu, false},
		{"Knda", unicode.Kannada, false},
		{"Mlym", unicode.Malayalam, false},
		{"Sinh", unicode.Sinhala, false},
		{"Laoo", unicode.Lao, false},
		{"Khmr", unicode.Khmer, false},
		{"Mymr", unicode.Myanmar, false},
		{"Ethi", unicode.Ethiopic, false},
		{"Armn", unicode.Armenian, false},
		{"Geor", unicode.Georgian, false},
		{"Tibt", unicode.Tibetan, false},
		{"Mong", unicode.Mongolian, false},
		{"Syrc", unicode.Syriac, true},
		{"Thaa", unicode.Thaana, true},
		{"Nkoo", unicode.Nko, true},
		{"Tfng", unicode.Tifinagh, false},
		{"Adlm", unicode.Adlam, true},
		{"Cher", unicode.Cherokee, false},
		{"Bopo", unicode.Bopomofo, false},
		{"Rohg", unicode.Hanifi_Rohingya, true},
	}
}

// Detect says how s is written. O(len(s)) times the number of scripts (35).
func Detect(s string) Writing {
	d := detector{known: scripts(), word: -1}
	d.count = make([]int, len(d.known))
	w := Writing{Invalid: !utf8.ValidString(s)}
	var before rune
	for _, r := range s {
		if invisible(r) && !joins(before, r) {
			w.Invisible = true
		}
		d.see(r)
		before = r
	}
	w.Letters, w.Mixed = d.letters, d.mixed
	w.Script, w.RightToLeft = d.dominant()
	return w
}

type detector struct {
	known   []named
	count   []int
	first   []int // indexes in order of first sight
	letters int
	word    int // script of the current word, -1 for none yet
	mixed   bool
}

func (d *detector) see(r rune) {
	if !unicode.IsLetter(r) {
		if unicode.IsSpace(r) || unicode.IsPunct(r) {
			d.word = -1
		}
		return
	}
	d.letters++
	at := d.index(r)
	if at < 0 {
		return
	}
	if d.count[at]++; d.count[at] == 1 {
		d.first = append(d.first, at)
	}
	if d.word >= 0 && d.word != at && !d.mixable(d.word, at) {
		d.mixed = true
	}
	d.word = at
}

func (d *detector) index(r rune) int {
	for i, n := range d.known {
		if unicode.Is(n.table, r) {
			return i
		}
	}
	return -1
}

// mixable: Japanese and Korean words hold several scripts, and Bopomofo annotates Han.
func (d *detector) mixable(a, b int) bool {
	east := func(i int) bool {
		switch d.known[i].code {
		case "Hani", "Hira", "Kana", "Hang", "Bopo":
			return true
		}
		return false
	}
	return east(a) && east(b)
}

func (d *detector) dominant() (code string, rtl bool) {
	best, kana, hangul := -1, 0, 0
	for _, i := range d.first {
		switch d.known[i].code {
		case "Hira", "Kana":
			kana += d.count[i]
		case "Hang":
			hangul = d.count[i]
		}
		if best < 0 || d.count[i] > d.count[best] {
			best = i
		}
	}
	if best < 0 {
		return "Zyyy", false
	}
	switch code = d.known[best].code; {
	case kana > 0 && (code == "Hani" || code == "Hira" || code == "Kana"):
		return "Jpan", false
	case hangul > 0 && (code == "Hani" || code == "Hang"):
		return "Kore", false
	}
	return code, d.known[best].rtl
}

// invisible reports whether r leaves no mark on the page.
func invisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) && !arabicSign(r) || r == '\u034F' || r == '\u3164' || r == '\uFFA0'
}

// arabicSign: some format characters of Arabic and Syriac are drawn (the end of an ayah).
func arabicSign(r rune) bool { return r >= 0x0600 && r <= 0x0605 || r == 0x06DD || r == 0x070F }

// joins reports whether a zero-width joiner or non-joiner stands where a script needs it.
func joins(before, r rune) bool {
	if r != '\u200C' && r != '\u200D' {
		return false
	}
	return unicode.In(before, unicode.Arabic, unicode.Devanagari, unicode.Bengali, unicode.Sinhala,
		unicode.Malayalam, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Gujarati,
		unicode.Khmer, unicode.Myanmar, unicode.Syriac) || unicode.Is(unicode.So, before) || unicode.Is(unicode.Mn, before)
}
