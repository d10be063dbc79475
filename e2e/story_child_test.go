package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestStoryOfAChild plays the story of a child under the profile of the United States through the pages: a birth that
// makes the tasks of the eighteenth birthday, a report that a duty orders and that waits for nobody's approval, interim
// assistance with its clock, an eligibility letter that a stranger can check, and an erasure that is refused and
// explained because the file of a child is kept until the person can decide as an adult.
func TestStoryOfAChild(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	p.become("Amina Dell")
	at := p.opens(t)
	s := story{p, t, at}
	eighteen := s.born(17, 4)
	s.opensProcedure("us")
	s.reports()
	s.sharesWith("Bea Carrow")
	s.takes("indicate", "anybody", false)
	s.takes("request-child", "anybody", true)
	s.says("/identification", "Request assistance for a child", "the person is here")

	p.become("Bea Carrow")
	s.takes("grant-interim", "hhs", true)
	s.says("/identification", "Interim assistance for a child", "90 days left", "at most")
	s.takes("child-letter", "hhs", true)
	letter, code := s.writesLetter("Health office (invented)")
	s.checks(b.open(t, n.base), code)

	p.become("Amina Dell")
	s.says("/tasks", "Plan ahead: help may change on a date", written(eighteen.AddDate(0, -6, 0)), "In this month: the last day before a date", written(eighteen.AddDate(0, -1, 0)))
	if text := p.body(); strings.Contains(text, written(eighteen)) {
		t.Errorf("a task says the birthday itself:\n%s", text)
	}
	s.says("/seen", "Bea Carrow", "Amina Dell")
	s.mayNotErase(eighteen)
	s.scenes(map[string]string{
		"": "child-case", "/person": "child-person", "/agreement": "child-agreement", "/agreement/without?ground=duty": "child-duty",
		"/identification": "child-identification", "/tasks": "child-tasks", "/keeping": "child-keeping", strings.TrimPrefix(letter, at): "child-letter",
	})
}

// story is a tab that plays a story about one case.
type story struct {
	*tab
	t  *testing.T
	at string // the address of the case
}

// written is a civil date as an English page writes it.
func written(day time.Time) string { return day.Format("2 January 2006") }

// born writes a birth down so many years and months ago, on the first of the month, and returns the eighteenth birthday.
func (s story) born(years, months int) time.Time {
	s.Helper()
	now := time.Now()
	birth := time.Date(now.Year()-years, now.Month()-time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	s.part(s.t, s.at, "birth", map[string]string{`#birth-from-day\.0`: birth.Format(time.DateOnly)}, map[string]string{`#birth-basis\.0`: "document"})
	return birth.AddDate(18, 0, 0)
}

// opensProcedure begins the procedure of a jurisdiction.
func (s story) opensProcedure(jurisdiction string) {
	s.Helper()
	s.visit(s.at + "/identification")
	s.do(chromedp.SetValue(chromedp.CSS(`#jurisdiction`), jurisdiction))
	s.mustPress(s.t, `form[action$="/identification"] button`)
}

// takes takes a step of the procedure.
func (s story) takes(step, body string, own bool) {
	s.Helper()
	s.takesStep(s.t, s.at, step, body, own)
}

// says visits a page of the case and fails unless it holds every text.
func (s story) says(rest string, want ...string) {
	s.Helper()
	if status := s.visit(s.at + rest); status != 200 {
		s.t.Fatalf("%s answered %d:\n%s", rest, status, s.body())
	}
	s.shows(want...)
}

// shows fails unless the page holds every text.
func (s story) shows(want ...string) {
	s.Helper()
	text := strings.NewReplacer("\u2068", "", "\u2069", "").Replace(s.body()) // the marks around what is filled in
	for _, w := range want {
		if !strings.Contains(text, w) {
			s.t.Errorf("%s lacks %q:\n%s", s.here(), w, text)
		}
	}
}

// sharesWith lets somebody work on the case too.
func (s story) sharesWith(name string) {
	s.Helper()
	s.visit(s.at + "/workers")
	s.do(chromedp.SetValue(chromedp.CSS(`#to`), s.value("#to", name)))
	s.mustPress(s.t, `button[value="add"]`)
}

// reports notes the duty to tell about a child: its time runs from when it was noted, nobody approves it, and saying
// that it is done ends it.
func (s story) reports() {
	s.Helper()
	s.visit(s.at + "/agreement/without?ground=duty")
	s.shows("Nobody has to approve it, and nothing here delays it.", "Notice about a child", "Within 24 hours.")
	s.do(
		chromedp.Click(chromedp.CSS(`input[name="rule"][value="child-notice"]`)),
		chromedp.SetValue(chromedp.CSS(`#recipient`), "competent-authority"),
	)
	s.mustPress(s.t, `main form.stack button[value="look"]`)
	s.shows("Read first what stands against it:")
	s.do(chromedp.SetValue(chromedp.CSS(`#told`), "told"))
	s.fill(map[string]string{"#why": "The law orders it (invented)"})
	s.mustPress(s.t, `main form.stack button[value="go"]`)
	s.shows("not reported yet", "Until", written(time.Now().AddDate(0, 0, 1)))
	s.mustPress(s.t, `form[action*="/agreement/without/"] button[value="report"]`)
	s.shows("reported")
	if strings.Contains(s.body(), "waits for its review") {
		s.t.Error("a duty waits for somebody")
	}
}

// mayNotErase asks for the file to be erased: the page says by which rule it is kept, until when, and on what that rests,
// and offers no button.
func (s story) mayNotErase(eighteen time.Time) {
	s.Helper()
	from := eighteen.AddDate(0, 1, 1-eighteen.Day())
	until := from.AddDate(1, 0, 0)
	s.says("/keeping", "Child who was supported, from the day of majority", written(from), written(until), "not verified",
		"This person cannot be erased before "+written(until)+":", "Tell the person the rule and the date.")
	if ask[bool](s.tab, `document.querySelector('form[action$="/keeping/erase"]') !== null`) {
		s.t.Error("the page offers to erase the file of a child")
	}
	for _, path := range []string{s.at + "/keeping", "/erasures"} {
		s.looksAs(s.t, visit{as: "Support worker", path: path, status: 200, alias: strings.ReplaceAll(path, s.at, "/cases")})
	}
}

// writesLetter writes the short letter about the last decision, and returns its address and code.
func (s story) writesLetter(issuer string) (at, code string) {
	s.Helper()
	s.visit(s.at + "/identification")
	s.fill(map[string]string{"#issuer": issuer, "#bearer": "Wren (invented)"})
	s.mustPress(s.t, `form[action$="/letters"] button`)
	return s.here(), ask[string](s.tab, `document.querySelector('dd code').textContent`)
}

// checks checks the code of a letter as somebody who is not signed in.
func (s story) checks(stranger *tab, code string) {
	s.Helper()
	stranger.language("en")
	stranger.visit("/letters/check")
	stranger.fill(map[string]string{"#code": code})
	stranger.mustPress(s.t, `form[action="/letters/check"] button`)
	if text := stranger.body(); !strings.Contains(text, "Genuine:") || strings.Contains(text, "Wren") || strings.Contains(text, "Health office") {
		s.t.Errorf("the check of a letter says:\n%s", text)
	}
}

// chooses chooses an answer of a list, which has to be there.
func (s story) chooses(list, value string) {
	s.Helper()
	if !ask[bool](s.tab, fmt.Sprintf(`[...document.querySelector(%q).options].some(o => o.value === %q)`, list, value)) {
		s.t.Fatalf("%s has no answer %q (at %s)", list, value, s.here())
	}
	s.do(chromedp.SetValue(chromedp.CSS(list), value))
}
