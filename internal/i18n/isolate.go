package i18n

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

// The Unicode characters that shield a piece of text from the direction of what surrounds it.
const (
	firstStrongIsolate = "\u2068"
	popIsolate         = "\u2069"
)

// Isolate wraps s in FSI and PDI when, standing inside a sentence of this language, its
// direction or its punctuation could reorder the sentence; else it returns s. Use it where a
// value is joined to plain text by hand; T and N do it for their arguments. In HTML put
// values that stand outside a message in <bdi> instead.
func (p *Printer) Isolate(s string) string {
	if s == "" || strings.HasPrefix(s, firstStrongIsolate) || !p.disturbs(s) {
		return s
	}
	return firstStrongIsolate + s + popIsolate
}

// disturbs: in a left-to-right language only right-to-left letters do. In a right-to-left one
// everything does except its own letters, spaces and plain numbers: even "2022-06-30" turns
// round after an Arabic letter.
func (p *Printer) disturbs(s string) bool {
	for _, r := range s {
		props, _ := bidi.LookupRune(r)
		rtl := props.Class() == bidi.R || props.Class() == bidi.AL
		if p.lang.Dir == "ltr" {
			if rtl {
				return true
			}
			continue
		}
		switch {
		case rtl, unicode.IsSpace(r), props.Class() == bidi.NSM:
		case unicode.IsDigit(r), r == '.', r == ',', r == '٫', r == '٬', r == '\u200e', r == '%':
		default:
			return true
		}
	}
	return false
}
