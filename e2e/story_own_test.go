package e2e

import (
	"regexp"
	"strings"

	"github.com/chromedp/chromedp"
)

// ownPage makes the slip for the person and opens their own page with it, on its own host and in a browser that has
// nothing else.
func (s story) ownPage(b browser, base string) *tab {
	s.Helper()
	s.visit(s.at + "/own")
	s.unfold()
	s.do(chromedp.SendKeys(chromedp.CSS(`#word`), "blue door"), chromedp.SendKeys(chromedp.CSS(`#other`), "cold soup"))
	s.mustPress(s.t, `form:has(#word) button`)
	number := strings.TrimSpace(ask[string](s.tab, `document.querySelector('main strong').textContent`))
	s.says("/own", "A slip was made")
	if strings.Contains(s.body(), number) {
		s.t.Error("the number of the slip is shown a second time")
	}
	port := regexp.MustCompile(`:\d+$`).FindString(base)
	q := b.open(s.t, "http://my.localhost"+port)
	q.visit("/")
	q.fill(map[string]string{"#number": number, "#word": "blue door"})
	q.mustPress(s.t, `form[action="/in"] button`)
	return q
}

// readsWhoLooked is the person on their page: who has seen what and why, what they agreed to, a yes taken back by one
// press, and a word about the help. No page has a telling word, and going back after leaving shows nothing.
func (s story) readsWhoLooked(q *tab) {
	s.Helper()
	for path, want := range map[string][]string{"/seen": {"somebody who helps you", "to help you", "somebody at the office that decides", "to find you a place"}, "/info": {}, "/choices": {"That an office is asked to decide", "You took it back", "another organisation"}, "/dates": {}, "/help": {}, "/words": {}} {
		if status := q.visit(path); status != 200 {
			s.t.Errorf("%s of the own page answered %d", path, status)
		}
		s.pictures(q, "own-"+path[1:])
		text, title := q.body(), ask[string](q, `document.title`)
		for _, w := range want {
			if !strings.Contains(text, w) {
				s.t.Errorf("%s of the own page lacks %q:\n%s", path, w, text)
			}
		}
		if telling.MatchString(title) || telling.MatchString(path) || regexp.MustCompile(`Quagga|GB-WLS|Alder Clinic|Amina`).MatchString(text) {
			s.t.Errorf("%s of the own page tells a stranger what it is, who helps, or where somebody stays: %q\n%s", path, title, text)
		}
	}
	q.visit("/choices")
	q.mustPress(s.t, `li:has(b):has(form[action="/choices"]) button`)
	q.visit("/words")
	q.unfold()
	feedback := `form[action="/words"]:has([name="kind"][value="feedback"])`
	ask[bool](q, `(() => { const k = document.querySelector('`+feedback+` [name="kind"][value="feedback"]'); if (k.type === 'radio') k.click(); return true })()`)
	q.do(chromedp.SetValue(chromedp.CSS(feedback+` textarea`), "they were late twice (invented)"))
	q.mustPress(s.t, feedback+` button`)
}

// isHeard reads the feedback as somebody who oversees the help; who works on the case does not find it.
func (s story) isHeard() {
	s.Helper()
	s.says("/own")
	if strings.Contains(s.body(), "late twice") {
		s.t.Error("the worker reads what was said of the help")
	}
	if status := s.visit("/feedback"); status == 200 {
		s.t.Error("the worker opens the page of feedback")
	}
	s.become("Lena Quarrel")
	s.visit("/feedback")
	s.visit(ask[string](s.tab, `document.querySelector('main a[href^="/feedback/"]').getAttribute('href')`))
	s.shows("they were late twice (invented)")
}
