package indicator

import (
	"strings"

	"github.com/fourfold/fourfold/internal/vocab"
)

// labelOf returns the English label of a code: that of the vocabulary, or the one that the source
// printed where the vocabulary does not know the code.
func labelOf(d Dim, code, printed string) string {
	if _, known := vocab.Find(vocab.Scheme(d), code); known || printed == "" {
		return vocab.Label(vocab.Scheme(d), code, "en")
	}
	return printed
}

// labelOfKey names a cell in English: "Children (under 18), Female", or "Total".
func labelOfKey(k Key, printed map[Dim]map[string]string) string {
	if k == "" {
		return "Total"
	}
	var parts []string
	for p := range strings.SplitSeq(string(k), "|") {
		d, code, _ := strings.Cut(p, "=")
		parts = append(parts, labelOf(Dim(d), code, printed[Dim(d)][code]))
	}
	return strings.Join(parts, ", ")
}
