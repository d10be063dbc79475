package script

import (
	"strings"
	"unicode/utf8"
)

// Compounds of Arabic names (and Mc) are written in one word or in several. They become one
// part in one spelling, and the half that carries the name a part of its own.

// joinLatin joins w with the words after it, if they form a compound.
func (c *cutter) joinLatin(w string, rest []string) bool {
	skip, stem := 0, rest[0]
	if len(rest) > 1 && article(rest[0], rest[1]) {
		skip, stem = 1, rest[1]
	}
	if stem[0] >= utf8.RuneSelf {
		return false
	}
	switch {
	case w == "mc" || w == "mac":
		c.add(w + rest[0])
		c.at += 2
		return true
	case servant(w):
		c.compound("abdul", stem)
	case w == "abu" || w == "abou" || w == "umm":
		c.compound(strings.Replace(w, "ou", "u", 1), stem)
	case faith(stem) && len(w) > 2 && !article(w, stem):
		c.add(w + "uddin")
		c.half(w)
	case allah(stem) && skip == 0 && len(w) > 2:
		c.add(w + "ullah")
		c.half(w)
	default:
		if article(w, rest[0]) {
			c.at++ // ar-Rahman by itself
			return true
		}
		return false
	}
	c.at += 2 + skip
	return true
}

// compound adds prefix+stem, and the stem unless it is the word for God.
func (c *cutter) compound(prefix, stem string) {
	if allah(stem) {
		c.add(prefix + "lah")
		return
	}
	c.add(prefix + stem)
	c.half(stem)
}

// half adds one half of a compound, unless it is a compound itself: then it is no name that
// somebody would search for.
func (c *cutter) half(w string) {
	_, servant := servantStem(w)
	if !servant && faithStem(w) == "" && !strings.HasPrefix(w, "عبدال") && withoutArticle(w) == w {
		c.add(w)
	}
}

// servant: "servant of", with the article or without.
func servant(w string) bool {
	switch w {
	case "abd", "abdul", "abdel", "abdal", "abdoul", "abdil", "abdur", "abdus", "abdud", "abdun", "abduz", "abdar", "abder", "abdes":
		return true
	}
	return false
}

func allah(w string) bool {
	switch w {
	case "allah", "alla", "lah", "ullah", "ulla", "ellah", "llah":
		return true
	}
	return false
}

func faith(w string) bool {
	switch w {
	case "din", "deen", "dine", "uddin", "eddin", "eddine", "aldin", "eldin", "eldeen", "uddeen", "addin", "udin":
		return true
	}
	return false
}

// latinWord adds a word that may be a compound written in one.
func (c *cutter) latinWord(w string) {
	if stem, ok := servantStem(w); ok {
		c.compound("abdul", stem)
		return
	}
	if first := faithStem(w); first != "" {
		c.add(first + "uddin")
		c.half(first)
		return
	}
	c.add(w)
}

// faithStem takes "of the faith" from the end: saifuddin, seifeddine.
func faithStem(w string) string {
	for _, e := range [...]string{"uddine", "eddine", "uddin", "eddin", "aldin", "eldin", "uddeen", "eldeen", "aldeen", "eldine"} {
		if first, ok := strings.CutSuffix(w, e); ok && len(first) > 2 {
			return first
		}
	}
	return ""
}

// servantStem takes "servant of the" from the beginning: abdelkarim, abdurrahman, abdullah.
func servantStem(w string) (string, bool) {
	rest, ok := strings.CutPrefix(w, "abd")
	if !ok || len(rest) < 4 {
		return "", false
	}
	if strings.HasPrefix(rest, "ou") {
		rest = rest[1:]
	}
	if !isVowel(rest[0]) {
		return "", false
	}
	switch {
	case rest[1] == 'l' && allah(rest[2:]), allah(rest):
		return "lah", true
	case rest[1] == 'l' && len(rest) > 5 && rest[2:] != "lahi" && rest[2:] != "lahy":
		return rest[2:], true
	case rest[1] == rest[2] && !isVowel(rest[1]) && len(rest) > 5:
		return rest[2:], true
	}
	return "", false
}

// joinArabic does the same for Arabic script.
func (c *cutter) joinArabic(w string, rest []string) bool {
	skip, stem := 0, rest[0]
	if len(rest) > 1 && rest[0] == "ال" {
		skip, stem = 1, rest[1]
	}
	stem = strings.TrimPrefix(stem, "ال")
	switch {
	case stem == "" || !isArabic(stem):
		return false
	case w == "عبد":
		c.arabicCompound("عبدال", stem)
	case w == "ابو" || w == "ابي" || w == "ابا" || w == "ام":
		if w != "ام" {
			w = "ابو"
		}
		c.arabicCompound(w, stem)
	case stem == "دين" && skip+len(rest[0]) > len("دين"):
		c.add(withoutArticle(w) + "الدين")
		c.half(withoutArticle(w))
	case rest[0] == "الله":
		c.add(withoutArticle(w) + "الله")
		c.half(withoutArticle(w))
	default:
		return false
	}
	c.at += 2 + skip
	return true
}

func (c *cutter) arabicCompound(prefix, stem string) {
	stem = withoutArticle(stem)
	c.add(prefix + stem)
	if stem != "له" {
		c.half(stem)
	}
}

func isArabic(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return writingOf(r) == arabicScript
}

// arabicWord adds a word that may be a compound written in one.
func (c *cutter) arabicWord(w string) {
	if stem, ok := strings.CutPrefix(w, "عبدال"); ok && stem != "" {
		c.arabicCompound("عبدال", stem)
		return
	}
	if first, ok := strings.CutSuffix(w, "الدين"); ok && utf8.RuneCountInString(first) > 1 {
		c.add(w)
		c.half(first)
		return
	}
	c.add(withoutArticle(w))
}

// withoutArticle takes ال from a word of at least five letters, unless the name begins so.
func withoutArticle(w string) string {
	for {
		stem, ok := strings.CutPrefix(w, "ال")
		if !ok || len(stem) < 3*len("ا") || beginsWithArticle(w) {
			return w
		}
		w = stem
	}
}

// beginsWithArticle: names whose first letters only look like the article.
func beginsWithArticle(w string) bool {
	switch w {
	case "الياس", "الهام", "اليسا", "البرت", "اليزابيث", "اليزابث", "الكسندر", "الكساندر", "الكسندرا", "الفريد", "الينا", "الطاف", "التاف":
		return true
	}
	return false
}
