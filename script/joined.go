package script

import (
	"strings"
	"sync"
)

// Given names of two halves are written with a hyphen, with a space or in one: Xiao-Ming, Xiao
// Ming, Xiaoming; Anne-Marie, Annemarie. The form in one is added to the parts.

// hyphens: the one of keyboards and those of Unicode.
const hyphens = "-‐‑"

// maxHalf bounds the halves that are joined, in letters: longer ones are rather two families.
const maxHalf = 6

// hyphened calls yield with the joined form of each word that has one hyphen between two
// short Latin halves.
func hyphened(name string, yield func(string)) {
	for chunk := range strings.FieldsSeq(name) {
		halves := strings.FieldsFunc(chunk, func(r rune) bool { return strings.ContainsRune(hyphens, r) })
		if len(halves) != 2 {
			continue
		}
		a, b := Fold(halves[0]), Fold(halves[1])
		if half(a) && half(b) && !particle(a, true) && !article(a, b) && !title(a) && !faith(b) {
			yield(a + b)
		}
	}
}

func half(s string) bool {
	return len(s) >= 2 && len(s) <= maxHalf && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

// spacedPinyin returns the given name of a Chinese name written as three syllables of pinyin,
// the family name first or last: Wang Xiao Ming.
func spacedPinyin(parts []string) string {
	if len(parts) != 3 {
		return ""
	}
	all := pinyin()
	for _, p := range parts {
		if !all[p].known {
			return ""
		}
	}
	switch {
	case all[parts[0]].family:
		return parts[1] + parts[2]
	case all[parts[2]].family:
		return parts[0] + parts[1]
	}
	return ""
}

// pinyin tells syllables: which are known, and which are family names.
var pinyin = sync.OnceValue(func() map[string]struct{ known, family bool } {
	out := map[string]struct{ known, family bool }{}
	for r, s := range hanReadings() {
		entry := out[s]
		entry.known = true
		entry.family = entry.family || strings.ContainsRune(hanSurnames, r)
		out[s] = entry
	}
	return out
})
