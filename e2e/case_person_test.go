package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestPersonJourney: a support worker writes down who somebody is, part by part in no order; a name with a look-alike
// letter is warned about, two dates of birth stand side by side and the person stays a child; an age assessment, a
// guardian who is alleged to be an exploiter and an interpreter with a conflict are held; and a second file of the
// same name is suggested, compared and linked. Every page is looked at in every language.
func TestPersonJourney(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	p.become("Oskar Brine")
	p.enters(t)
	p.signOut()
	p.become("Amina Dell")
	first, at := p.opens(t), p.opens(t)
	p.part(t, first, "names", map[string]string{"#names-text\\.0": "Maria Wren"}, nil)
	p.part(t, at, "contact", map[string]string{"#contact-value\\.0": "07700 900123", "#contact-code-word\\.0": "heron"}, map[string]string{"#contact-channel\\.0": "phone"})
	p.part(t, at, "names", map[string]string{"#names-text\\.0": "Mаria Wren", "#names-say\\.0": "MAH-ree-a"}, map[string]string{"#names-name-kind\\.0": "used"})
	p.part(t, at, "birth", map[string]string{"#birth-from-day\\.0": "2010"}, map[string]string{"#birth-basis\\.0": "statement"})
	p.part(t, at, "birth", map[string]string{"#birth-from-day\\.1": "1999-05-17"}, map[string]string{"#birth-basis\\.1": "document"})
	p.part(t, at, "languages", map[string]string{"#languages-language\\.0": "ti", "#languages-need\\.0": "ti"}, nil)
	for _, want := range []string{"Greet them with", "U+0430", "They contradict each other", "The safeguards of a child hold", "Do not use: nobody has said that it is safe."} {
		if !strings.Contains(p.body(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	ask[bool](p, `document.querySelector('#place details').open = true`)
	p.fill(map[string]string{"#place-reference\\.0": "12 Safe Street"})
	if status := p.press(`#place form button`); status != 422 {
		t.Errorf("an address was kept: %d", status)
	}
	p.bearable(t, "a part to be mended", "person-mend")
	p.ages(t, at)
	p.guards(t, at)
	p.pairs(t, first, at)
	for path, alias := range map[string]string{
		at + "/person": "/person", at + "/person/age": "/person-age", at + "/person/beside": "/person-beside", at + "/person/same": "/person-same",
		at + "/person/same/" + strings.TrimPrefix(first, "/cases/"): "/person-pair", "/interpreters": "/interpreters",
	} {
		p.looksAs(t, visit{as: "Support worker", path: path, status: 200, alias: "/cases" + alias})
	}
}

// enters puts an interpreter into the register.
func (p *tab) enters(t *testing.T) {
	t.Helper()
	p.visit("/interpreters")
	ask[bool](p, `document.querySelector('#interpreter-').open = true`)
	p.fill(map[string]string{
		"#interpreter--name": "Heron (invented)", "#interpreter--languages": "ti am", "#interpreter--vetted-on": "2020-01-01", "#interpreter--vetted-until": "2099-01-01",
	})
	if status := p.press(`#interpreter- form button`); status != 200 || !strings.Contains(p.body(), "Heron") {
		t.Fatalf("entering an interpreter answered %d:\n%s", status, p.body())
	}
}

// opens begins a case.
func (p *tab) opens(t *testing.T) string {
	t.Helper()
	p.visit("/cases/new")
	p.do(chromedp.SetValue(chromedp.CSS(`#reason`), "asks-for-help"))
	if status := p.press(`form[action="/cases"] button`); status != 200 {
		t.Fatalf("opening answered %d:\n%s", status, p.body())
	}
	return p.here()
}

// part fills one part of the page and keeps it.
func (p *tab) part(t *testing.T, at, code string, typed, chosen map[string]string) {
	t.Helper()
	p.visit(at + "/person")
	ask[bool](p, `document.querySelector('#`+code+` details').open = true`)
	for field, value := range chosen {
		p.do(chromedp.SetValue(chromedp.CSS(field), value))
	}
	p.fill(typed)
	if status := p.press(`#` + code + ` form button`); status != 200 {
		t.Fatalf("keeping %s answered %d:\n%s", code, status, p.body())
	}
}

// ages proposes an age assessment, which settles nothing.
func (p *tab) ages(t *testing.T, at string) {
	t.Helper()
	p.visit(at + "/person/age")
	ask[bool](p, `document.querySelector('#new').open = true`)
	p.do(chromedp.SetValue(chromedp.CSS(`#new-method`), "holistic"), chromedp.SetValue(chromedp.CSS(`#new-person`), "agreed"))
	if status := p.press(`#new form button`); status != 200 || !strings.Contains(p.body(), "An age assessment is under way.") {
		t.Errorf("proposing answered %d:\n%s", status, p.body())
	}
}

// guards adds a guardian who is alleged to be an exploiter, and an interpreter who is refused.
func (p *tab) guards(t *testing.T, at string) {
	t.Helper()
	p.visit(at + "/person/beside")
	ask[bool](p, `document.querySelector('#guardian-').open = true`)
	p.do(chromedp.SetValue(chromedp.CSS(`#guardian--alleged`), "yes"), chromedp.SetValue(chromedp.CSS(`#guardian--proof`), "court"))
	p.fill(map[string]string{"#guardian--name": "Rook (invented)"})
	if status := p.press(`#guardian- form button`); status != 200 || !strings.Contains(p.body(), "They are alleged to have exploited the child.") {
		t.Errorf("a guardian answered %d:\n%s", status, p.body())
	}
	if !strings.Contains(p.body(), "nobody has asked whether they know the person") {
		t.Error("an interpreter whom nobody asked is shown as fit")
	}
}

// pairs finds the other file and says that it is the same person.
func (p *tab) pairs(t *testing.T, first, at string) {
	t.Helper()
	p.visit(at + "/person/same")
	if status := p.press(`form[action$="/same"] button`); status != 200 || !strings.Contains(p.body(), "may be the same person") {
		t.Fatalf("looking answered %d:\n%s", status, p.body())
	}
	p.bearable(t, "a suggestion", "person-suggested")
	p.visit(at + "/person/same/" + strings.TrimPrefix(first, "/cases/"))
	p.do(chromedp.Click(chromedp.CSS(`input[value="same"]`)))
	if status := p.press(`form[action*="/same/"] button`); status != 200 || !strings.Contains(p.body(), "So far: the same person.") {
		t.Errorf("deciding answered %d:\n%s", status, p.body())
	}
}
