package web

import (
	"net/http"
	"strings"
	"unicode"

	"github.com/fourfold/fourfold/internal/i18n"
)

// The cookies that keep how a reader wants to read. They say nothing else.
const (
	languageCookie = "language"
	digitsCookie   = "digits"
)

// longestWish is the most bytes of an Accept-Language header that are read. Browsers send fewer than
// a hundred; thousands of tags, from anybody, would cost more than the page itself.
const longestWish = 1 << 10

// printerOf chooses the language of an answer: the reader's choice, then the browser's wish, then English.
func printerOf(r *http.Request) *i18n.Printer {
	chosen := ""
	if c, err := r.Cookie(languageCookie); err == nil {
		chosen = c.Value
	}
	wish := r.Header.Get("Accept-Language")
	if len(wish) > longestWish {
		wish = ""
	}
	p := i18n.For(i18n.Match(wish, chosen))
	if nativeDigits(r) {
		return p.WithDigits(i18n.NativeDigits)
	}
	return p
}

func nativeDigits(r *http.Request) bool {
	c, err := r.Cookie(digitsCookie)
	return err == nil && c.Value == string(i18n.NativeDigits)
}

// remember keeps a way of reading for a year.
func (s *site) remember(w http.ResponseWriter, cookie, value string) {
	http.SetCookie(w, &http.Cookie{
		Name: cookie, Value: value, Path: "/", MaxAge: 365 * 24 * 3600,
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	})
}

// chooseLanguage keeps a language and goes back to where the reader was.
func (s *site) chooseLanguage(w http.ResponseWriter, r *http.Request) error {
	tag := r.PostFormValue("language")
	for _, known := range i18n.Languages() {
		if known.Tag == tag {
			s.remember(w, languageCookie, tag)
		}
	}
	return s.seeOther(w, r, localPath(r.PostFormValue("back")))
}

// localPath returns an address of this node, or the front page for anything else: a form may never
// be made to send a reader to another site.
func localPath(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, "\\") || strings.ContainsFunc(to, unicode.IsControl) {
		return "/"
	}
	return to
}
