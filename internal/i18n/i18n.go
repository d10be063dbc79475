// Package i18n gives every text the reader's language: messages, dates, numbers, lists.
//
// English is the source and the key of a message is its English text. Other languages are
// gettext catalogues (.po) embedded in the program and read with spreak's decoder, so that
// translators keep their usual tools. en-XA is a pseudo-locale made at run time from the
// English text: accented, about 40 % longer and bracketed, so that a text which never went
// through the catalogue, or a layout that only fits English, shows at once.
//
// Digits are Latin and the calendar is Gregorian in every language unless a setting says
// otherwise, because references and telephone numbers must match across organisations.
//
// Trust: catalogues are part of the program and are trusted as code is. Arguments are not:
// they are inserted as plain text, never as markup, and isolated where their direction
// differs from that of the language (Unicode FSI and PDI).
package i18n

import (
	"golang.org/x/text/language"
)

// Status says how far a translation can be relied on.
type Status string

// The states of a translation. Only reviewed ones (and the source) may be shown to survivors
// and the public outside the demo.
const (
	Source   Status = "source"
	Drafted  Status = "drafted"
	Reviewed Status = "reviewed"
	Pseudo   Status = "pseudo"
)

// Language is a language the program ships.
type Language struct {
	Tag    string // BCP 47, for example "ar"
	Name   string // the language's own name, for example "العربية"
	Dir    string // "ltr" or "rtl"
	Status Status
}

// Languages lists the shipped languages, the source first. The slice is the caller's.
func Languages() []Language {
	return []Language{
		{Tag: "en", Name: "English", Dir: "ltr", Status: Source},
		{Tag: "ar", Name: "العربية", Dir: "rtl", Status: Drafted},
		{Tag: "en-XA", Name: "[Þšéûðö]", Dir: "ltr", Status: Pseudo},
	}
}

// For returns the printer of a language. A tag with more detail than we ship falls back to
// its base ("ar-EG" to "ar"), an unknown one to English. It never returns nil, and the
// printer is safe for concurrent use.
func For(lang string) *Printer {
	all := printers()
	if p, ok := all[lang]; ok {
		return p
	}
	if tag, err := language.Parse(lang); err == nil {
		base, _ := tag.Base()
		if p, ok := all[base.String()]; ok {
			return p
		}
	}
	return all["en"]
}

// Match chooses the language of a request: the cookie when it names a shipped language, else
// the best of the Accept-Language header, else English. The pseudo-locale is only ever chosen
// by the cookie. Malformed input counts as absent.
func Match(accept, cookie string) string {
	var real []Language
	for _, l := range Languages() {
		if l.Tag == cookie {
			return cookie
		}
		if l.Status != Pseudo {
			real = append(real, l)
		}
	}
	wanted, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(wanted) == 0 {
		return real[0].Tag
	}
	tags := make([]language.Tag, len(real))
	for i, l := range real {
		tags[i] = language.MustParse(l.Tag)
	}
	_, i, sure := language.NewMatcher(tags).Match(wanted...)
	if sure == language.No {
		return real[0].Tag
	}
	return real[i].Tag
}

// Mark returns msgid unchanged. It marks a text that reaches [Printer.T] as a value (a field, a
// table) so that the extractor finds it; the argument must be a constant.
func Mark(msgid string) string { return msgid }
