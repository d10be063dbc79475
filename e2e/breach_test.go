package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// TestBreachJourney: a protection officer enters a breach, sees the regulator's clock, lets the ledger
// look whose file was opened, says for each person whether they can be told, notes that the regulator
// was told, and closes it. It cannot be closed while somebody was not looked at.
func TestBreachJourney(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	people := n.people(t, b)
	p.signIn(people[officer])
	p.visit("/breaches")
	p.fill(map[string]string{"#note": "A telephone was left on a bus (invented)"})
	if status := p.press(`form[action="/breaches"] button`); status != 422 || ask[string](p, `document.querySelector('#note').value`) == "" {
		t.Fatalf("a breach of no kind answered %d: %.200q", status, p.body())
	}
	p.bearable(t, "a breach of no kind", "breach-refused")

	p.fill(map[string]string{"#kind": "lost-device", "#jurisdiction": p.value("#jurisdiction", "England")})
	if status := p.press(`form[action="/breaches"] button`); status != 200 || !strings.HasPrefix(p.here(), "/breaches/") {
		t.Fatalf("entering it answered %d at %s: %.300q", status, p.here(), p.body())
	}
	at := p.here()
	if text := p.body(); !regexp.MustCompile(`7[01] hours are left to tell the regulator`).MatchString(text) {
		t.Errorf("the clock does not stand at three days:\n%s", text)
	}
	judged := func(person, told string) int {
		form := fmt.Sprintf(`form[action=%q]:has([name=person][value=%q])`, at+"/judge", person)
		p.fill(map[string]string{form + " [name=told]": told})
		return p.press(form + " button")
	}
	affected := func(of string) (opened []string) {
		p.fill(map[string]string{"#account": p.value("#account", of)})
		if status := p.press(fmt.Sprintf(`form[action=%q] button`, at+"/affected")); status != 200 {
			t.Fatalf("looking in the ledger answered %d", status)
		}
		opened = ask[[]string](p, `[...document.querySelectorAll('tbody tr')].filter(r => r.textContent.includes('the file was opened')).map(r => r.querySelector('[name=person]').value)`)
		if rows := ask[int](p, `document.querySelectorAll('tbody tr').length`); rows != len(opened) {
			t.Fatalf("%d people are listed, %d because their file was opened:\n%s", rows, len(opened), p.body())
		}
		return opened
	}
	if nobody := affected("Ilse Marrow"); len(nobody) > 0 { // has opened no file
		t.Fatalf("%d people are listed for somebody who opened no file:\n%s", len(nobody), p.body())
	}
	touched := affected("Amina")
	if len(touched) == 0 {
		t.Fatalf("nobody is listed for somebody who opened files:\n%s", p.body())
	}
	if status := p.press(fmt.Sprintf(`form[action=%q] button`, at+"/close")); status != 422 {
		t.Errorf("closing before anybody was looked at answered %d", status)
	}
	p.bearable(t, "closing too early", "breach-too-early")
	p.looksAs(t, visit{as: officer, path: at, status: 200, alias: "/breaches/open"})

	p.visit(at)
	for _, person := range touched {
		if status := judged(person, "unsafe"); status != 200 {
			t.Fatalf("judging answered %d", status)
		}
	}
	p.fill(map[string]string{"#reference": "IC-0000"})
	if status := p.press(fmt.Sprintf(`form[action=%q] button`, at+"/reported")); status != 200 || !strings.Contains(p.body(), "The regulator was told on") {
		t.Fatalf("telling the regulator answered %d:\n%s", status, p.body())
	}
	if status := p.press(fmt.Sprintf(`form[action=%q] button`, at+"/close")); status != 200 {
		t.Fatalf("closing answered %d:\n%s", status, p.body())
	}
	p.looksAs(t, visit{as: officer, path: at, status: 200, alias: "/breaches/closed"})
	p.visit("/breaches")
	if text := p.body(); !strings.Contains(text, "No breach is open") || !strings.Contains(text, "a device was lost") {
		t.Errorf("the register does not show it as closed:\n%s", text)
	}

	p.signOut()
	p.signIn(people[administrator])
	for _, path := range []string{"/breaches", at} {
		if status := p.visit(path); status != 404 {
			t.Errorf("an administrator gets %s: %d", path, status)
		}
	}
}

// value is the value of the option of a list whose text holds a word.
func (p *tab) value(list, word string) string {
	p.Helper()
	return ask[string](p, fmt.Sprintf(`[...document.querySelector(%q).options].find(o => o.textContent.includes(%q))?.value ?? ''`, list, word))
}

// looksAs looks at a page in every language and ends in English.
func (p *tab) looksAs(t *testing.T, v visit) {
	t.Helper()
	for _, tag := range []string{"ar", "en-XA", "en"} {
		p.language(tag)
		p.look(t, v, tag)
	}
}

// bearable holds the page as it stands, which no address leads to, against the rules for pages, wide
// and narrow, and leaves pictures of it.
func (p *tab) bearable(t *testing.T, what, name string) {
	t.Helper()
	for _, width := range []int64{phone, desk} {
		p.size(width, 900)
		for _, f := range append(p.axe(), p.sideways()...) {
			t.Errorf("%s at %d px: %s", what, width, f)
		}
		p.picture(fmt.Sprintf("en/%d/%s", width, name))
	}
}
