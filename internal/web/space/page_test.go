package space_test

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/web/space"
)

// everything asks for every page in every state, and hands each answer to look.
func everything(s *site, language string, look func(where string, res *http.Response, body string)) {
	lang := "l=" + language
	see := func(method, path, cookie string, form url.Values, headers ...string) {
		res, body := s.send(method, path, cookie, form, headers...)
		look(method+" "+path, res, body)
	}
	see("GET", "/", lang, nil)
	see("GET", "/nowhere", lang, nil)
	see("POST", "/in", lang, url.Values{"number": {"x"}, "word": {"y"}})
	see("POST", "/in", lang, nil, "Sec-Fetch-Site", "cross-site")
	for _, path := range []string{"/page.css", "/page.js", "/favicon.ico"} {
		see("GET", path, "", nil)
	}
	harmless := s.in("olive") + "; " + lang
	for _, path := range append([]string{"/"}, inside...) {
		see("GET", path, harmless, nil)
	}
	empty := s.in("lemon") + "; " + lang
	for _, path := range append([]string{"/"}, inside...) {
		see("GET", path, empty, nil)
	}
	s.fill()
	full := s.in("lemon") + "; " + lang
	see("POST", "/words", full, url.Values{"kind": {"feedback"}, "text": {"all is well"}, "about": {"named"}})
	see("POST", "/words", full, url.Values{"kind": {"correct"}, "text": {"it has an h"}, "about": {"names"}})
	see("POST", "/words", full, url.Values{"kind": {"correct"}})
	see("POST", "/words", full, url.Values{"kind": {"x"}})
	see("POST", "/choices", full, url.Values{"id": {"x"}})
	for _, path := range append([]string{"/", "/words?sent=1"}, inside...) {
		see("GET", path, full, nil)
	}
	see("POST", "/language", full, url.Values{"to": {"ar"}, "back": {"/seen"}})
	see("POST", "/out", full, nil)
}

func TestNoTellingWord(t *testing.T) {
	s := newSite(t, space.Options{Demo: true, Secure: true})
	pages := 0
	titles := map[string]bool{}
	everything(s, "en", func(where string, res *http.Response, body string) {
		pages++
		var head strings.Builder
		for name, values := range res.Header {
			if name != "Content-Security-Policy" && name != "X-Content-Type-Options" { // browsers' own words
				head.WriteString(name + ": " + strings.Join(values, " ") + "\n")
			}
		}
		// An identifier of 26 random letters in a form may spell anything; nobody sees it.
		shown := regexp.MustCompile(`(name="(?:id|key)" value)="[A-Z2-7]{26}"`).ReplaceAllString(body, "$1")
		for _, text := range []string{where, head.String(), shown} {
			if found := space.Telling.FindString(text); found != "" {
				t.Errorf("%s says %q", where, found)
			}
		}
		if m := regexp.MustCompile(`<title>(.*?)</title>`).FindStringSubmatch(body); m != nil {
			titles[m[1]] = true
		}
		if strings.Contains(res.Header.Get("Content-Disposition"), "filename") || strings.Contains(body, "<img") || strings.Contains(body, "<svg") || strings.Contains(body, `rel="icon"`) {
			t.Errorf("%s has a file or a picture", where)
		}
	})
	if pages < 36 {
		t.Errorf("only %d answers", pages)
	}
	if len(titles) != 2 || !titles["My page"] || !titles["…"] {
		t.Errorf("titles: %v", titles)
	}
	if !space.Telling.MatchString("a shelter") {
		t.Error("the list finds nothing")
	}
	// What the templates may say in another state of things.
	for _, name := range []string{"page.html", "page.css", "page.js"} {
		raw, err := os.ReadFile("files/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if found := space.Telling.FindString(string(raw)); found != "" {
			t.Errorf("%s says %q", name, found)
		}
	}
}

// Whoever is out, and whoever is in with the other word, gets the first page for every address; nothing is opened.
func TestOutIsOut(t *testing.T) {
	s := newSite(t, space.Options{})
	harmless, gone := s.in("olive"), s.in("lemon")
	if _, body := s.send("GET", "/", harmless, nil); !strings.Contains(body, "There are no messages for you.") || strings.Contains(body, "/info") {
		t.Error("not the harmless page")
	}
	s.send("POST", "/out", gone, nil)
	for _, path := range append(inside, "/nowhere") {
		for _, cookie := range []string{"", "v=abc", harmless, gone} {
			for _, method := range []string{"GET", "POST"} {
				res, body := s.send(method, path, cookie, url.Values{"kind": {"call"}})
				if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/" || strings.Contains(body, "My information") {
					t.Errorf("%s %s with %q: %d %s", method, path, cookie, res.StatusCode, res.Header.Get("Location"))
				}
			}
		}
	}
}

// Leaving ends the visit on the node, takes every cookie, cache and store away, and leads on by a page that is replaced.
func TestLeaving(t *testing.T) {
	s := newSite(t, space.Options{Secure: true, Exit: "https://weather.example/"})
	cookie := s.in("lemon")
	if !strings.HasPrefix(cookie, "__Host-v=") {
		t.Errorf("the cookie is %q", cookie)
	}
	if res, _ := s.send("GET", "/info", cookie, nil); res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", res.StatusCode, res.Header.Get("Cache-Control"))
	}
	res, _ := s.send("POST", "/out", cookie, nil)
	if got := res.Header.Get("Clear-Site-Data"); got != `"cache", "cookies", "storage"` {
		t.Errorf("clears %s", got)
	}
	if got := res.Header.Get("Refresh"); got != "0; url=https://weather.example/" {
		t.Errorf("leads to %q", got)
	}
	for _, c := range res.Cookies() {
		if c.MaxAge >= 0 || c.Value != "" {
			t.Errorf("the cookie %s stays", c.Name)
		}
	}
	if len(res.Cookies()) != 2 {
		t.Errorf("%d cookies are taken away", len(res.Cookies()))
	}
	if res, _ := s.send("GET", "/info", cookie, nil); res.StatusCode != http.StatusSeeOther {
		t.Error("the visit goes on")
	}
	if res, _ := s.send("POST", "/out", "", nil); res.StatusCode != http.StatusOK {
		t.Error("leaving fails for whoever is out")
	}
}

// A visit that somebody else has put into the browser is not hers: the token is new each time.
func TestFixation(t *testing.T) {
	s := newSite(t, space.Options{})
	planted := s.in("lemon")
	res, _ := s.send("POST", "/in", planted, url.Values{"number": {s.number}, "word": {"lemon"}})
	c := res.Cookies()[0]
	if planted == c.Name+"="+c.Value {
		t.Fatal("the token is the one that was there")
	}
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.MaxAge != 0 || c.Path != "/" || c.Domain != "" {
		t.Errorf("%+v", c)
	}
	if res, _ := s.send("GET", "/info", planted, nil); res.StatusCode != http.StatusSeeOther {
		t.Error("the visit that was there goes on")
	}
}

// A form of another site, or of nowhere that brings a cookie, changes nothing.
func TestForeignForms(t *testing.T) {
	s := newSite(t, space.Options{})
	s.fill()
	cookie := s.in("lemon")
	for name, headers := range map[string][]string{
		"another site": {"Sec-Fetch-Site", "cross-site"}, "another port": {"Sec-Fetch-Site", "same-site"},
		"an origin":   {"Sec-Fetch-Site", "", "Origin", "https://other.example"},
		"nowhere":     {"Sec-Fetch-Site", ""},
		"the staff's": {"Sec-Fetch-Site", "", "Origin", "http://localhost:8080"},
	} {
		for _, path := range []string{"/words", "/choices", "/out", "/language"} {
			if res, _ := s.send("POST", path, cookie, url.Values{"kind": {"call"}}, headers...); res.StatusCode != http.StatusForbidden {
				t.Errorf("%s sends %s: %d", name, path, res.StatusCode)
			}
		}
	}
	if res, _ := s.send("GET", "/info", cookie, nil); res.StatusCode != http.StatusOK {
		t.Error("the visit has ended")
	}
	asked, err := s.app.Space.Asked(t.Context(), s.worker, s.of)
	s.must(err)
	if len(asked) != 1 { // the date
		t.Errorf("%d things were written", len(asked))
	}
}

// What she takes back ends at once, and the button is as near as the line itself.
func TestTakesBackAtOnce(t *testing.T) {
	s := newSite(t, space.Options{})
	id := s.consent()
	cookie := s.in("lemon")
	_, body := s.send("GET", "/choices", cookie, nil)
	if !strings.Contains(body, "You said yes") || !strings.Contains(body, "Take it back") || !strings.Contains(body, "Take back for officers") {
		t.Fatalf("%s", body)
	}
	res, _ := s.send("POST", "/choices", cookie, url.Values{"id": {string(id)}, "to": {"cG9saWNl"}})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.StatusCode)
	}
	v, err := s.app.Consents.View(t.Context(), s.worker, string(s.of))
	s.must(err)
	if l := v.Lines[0]; l.State != consent.Given || l.Terms[1].Ended.IsZero() || !l.Terms[0].Ended.IsZero() {
		t.Errorf("after taking back for one: %+v", l.Terms)
	}
	s.send("POST", "/choices", cookie, url.Values{"id": {string(id)}})
	if v, err = s.app.Consents.View(t.Context(), s.worker, string(s.of)); err != nil || v.Lines[0].State != consent.Withdrawn {
		t.Errorf("%v %v", v.Lines[0].State, err)
	}
	if _, body = s.send("GET", "/choices", cookie, nil); !strings.Contains(body, "You took it back") || strings.Contains(body, "Take it back<") {
		t.Error("the page shows it as it was")
	}
	_, other := s.slip()
	res, _ = s.send("POST", "/in", "", url.Values{"number": {other}, "word": {"lemon"}})
	theirs := res.Cookies()[0]
	if res, _ := s.send("POST", "/choices", theirs.Name+"="+theirs.Value, url.Values{"id": {string(id)}}); res.StatusCode != http.StatusNotFound {
		t.Errorf("somebody else takes it back: %d", res.StatusCode)
	}
}

// Outside the demonstration only reviewed translations are shown. In it, Arabic stands from right to left.
func TestReviewedTranslationsOnly(t *testing.T) {
	plain, demo := newSite(t, space.Options{}), newSite(t, space.Options{Demo: true})
	for _, cookie := range []string{"", "l=ar", "l=en-XA"} {
		if _, body := plain.send("GET", "/", cookie, nil, "Accept-Language", "ar"); !strings.Contains(body, `lang="en" dir="ltr"`) || strings.Contains(body, "العربية") {
			t.Errorf("with %q a draft is shown", cookie)
		}
	}
	if _, body := demo.send("GET", "/", "", nil, "Accept-Language", "ar"); !strings.Contains(body, `lang="ar" dir="rtl"`) {
		t.Error("the demonstration does not speak Arabic")
	}
	res, _ := demo.send("POST", "/language", "", url.Values{"to": {"ar"}, "back": {"https://other.example/"}})
	if res.Header.Get("Location") != "/" || len(res.Cookies()) != 1 || res.Cookies()[0].MaxAge != 0 {
		t.Errorf("%v", res.Header)
	}
	everything(demo, "ar", func(where string, res *http.Response, body string) {
		if strings.HasPrefix(body, "<!doctype html>\n") && !strings.Contains(body, `dir="rtl"`) {
			t.Errorf("%s is not in Arabic", where)
		}
	})
}

// No page asks for anything of somebody else, has anything inline, or weighs more than a cheap telephone takes.
func TestPlainAndSmall(t *testing.T) {
	s := newSite(t, space.Options{Demo: true})
	inline := regexp.MustCompile(`(?i) style=|<style|<script>| on[a-z]+=|javascript:|https?://|required`)
	everything(s, "en", func(where string, res *http.Response, body string) {
		if found := inline.FindString(body); found != "" {
			t.Errorf("%s: %q", where, found)
		}
		if len(body) > 24<<10 {
			t.Errorf("%s: %d bytes", where, len(body))
		}
		if res.Header.Get("Cache-Control") != "no-store" || !strings.Contains(res.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %v", where, res.Header)
		}
	})
}

// A failure says nothing of what there is either.
func TestFailuresSayNothing(t *testing.T) {
	s := newSite(t, space.Options{})
	cookie := s.in("lemon")
	res, body := s.send("POST", "/words", cookie, url.Values{"kind": {"correct"}, "text": {strings.Repeat("x", 70<<10)}})
	if res.StatusCode < 400 || res.StatusCode >= 500 {
		t.Errorf("a long text: %d\n%s", res.StatusCode, body)
	}
	s.fill()
	s.app.Vault.Lock()
	for _, path := range []string{"/info", "/seen", "/choices"} {
		res, body := s.send("GET", path, cookie, nil)
		if res.StatusCode != http.StatusServiceUnavailable || space.Telling.MatchString(body) || strings.Contains(body, "vault") {
			t.Errorf("%s: %d\n%s", path, res.StatusCode, body)
		}
	}
}
