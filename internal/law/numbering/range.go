package numbering

import (
	"slices"
	"strings"
)

// between are the words that join the ends of a range, by language. A hyphen between digits is a range
// except where laws number with hyphens (French 225-4-1, Russian 127-1): there only a dash is.
var between = map[string][]string{
	"en": {" to ", " through ", "-"}, "fr": {" à "}, "es": {" a ", " al ", "-"}, "pt": {" a ", "-"}, "de": {" bis ", "-"},
	"it": {" a ", "-"}, "ru": {" по ", " до "}, "ar": {" إلى ", "-"}, "zh": {"至", "到", "-"},
}

// Range reads "5 to 7", "5–7", "§ 5 bis 7" without its sign, as a language writes it: a BCP 47 code of which
// the first part counts. ok is false when it is no range, or not one that goes upward.
func Range(text, language string) (from, to Number, ok bool) {
	code, _, _ := strings.Cut(language, "-")
	for _, word := range slices.Concat([]string{"–", "—"}, between[strings.ToLower(code)]) {
		before, after, found := strings.Cut(text, word)
		if !found {
			continue
		}
		var errFrom, errTo error
		from, errFrom = Parse(before)
		to, errTo = Parse(after)
		if errFrom == nil && errTo == nil && from.Compare(to) < 0 {
			return from, to, true
		}
	}
	return Number{}, Number{}, false
}
