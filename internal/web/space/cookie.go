package space

import (
	"net/http"

	"github.com/fourfold/fourfold/internal/i18n"
)

// The cookies. Their names are as short and dull as those of any site.
const (
	visitCookie    = "v"
	languageCookie = "l"
)

// name gives the whole name of a cookie. With TLS its prefix makes browsers refuse it from any other host.
func (s *Server) name(cookie string) string {
	if s.options.Secure {
		return "__Host-" + cookie
	}
	return cookie
}

func (s *Server) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(s.name(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie gives a browser a cookie until it is closed, or takes it away when value is empty.
func (s *Server) setCookie(w http.ResponseWriter, name, value string) {
	age := 0
	if value == "" {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.name(name), Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: s.options.Secure, SameSite: http.SameSiteStrictMode,
	})
}

// languages are those in which the page may be shown: the source and what somebody has reviewed. What was
// only drafted is for the invented people of the demonstration.
func (s *Server) languages() (all []i18n.Language) {
	for _, l := range i18n.Languages() {
		if l.Status == i18n.Source || l.Status == i18n.Reviewed || s.options.Demo && l.Status == i18n.Drafted {
			all = append(all, l)
		}
	}
	return all
}

// longestWish is the most bytes of an Accept-Language header that are read.
const longestWish = 1 << 10

// printer chooses the language of an answer among those that may be shown.
func (s *Server) printer(r *http.Request) *i18n.Printer {
	wish := r.Header.Get("Accept-Language")
	if len(wish) > longestWish {
		wish = ""
	}
	tag := i18n.Match(wish, s.cookie(r, languageCookie))
	for _, l := range s.languages() {
		if l.Tag == tag {
			return i18n.For(tag)
		}
	}
	return i18n.For("en")
}

// language keeps the choice of a language until the browser is closed.
func (s *Server) language(w http.ResponseWriter, r *http.Request, _ asked) error {
	for _, l := range s.languages() {
		if l.Tag == r.PostFormValue("to") {
			s.setCookie(w, languageCookie, l.Tag)
		}
	}
	back := "/"
	for _, rt := range s.routes() {
		if rt.Method == http.MethodGet && rt.Pattern == r.PostFormValue("back") {
			back = rt.Pattern
		}
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}
