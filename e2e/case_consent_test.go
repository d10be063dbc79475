package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestConsentJourney: a support worker asks a person, writes the answer down and keeps half a talk; the person takes back what
// they said with one press on the same page; a life in danger is told of after reading what stands against it; a demand waits
// until it is known to be real. Every page is looked at in every language.
func TestConsentJourney(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	p.become("Amina Dell")
	p.visit("/cases/new")
	p.do(chromedp.SetValue(chromedp.CSS(`#reason`), "asks-for-help"))
	if status := p.press(`form[action="/cases"] button`); status != 200 {
		t.Fatalf("opening answered %d:\n%s", status, p.body())
	}
	at := p.here()
	p.visit(at + "/agreement")
	p.bearable(t, "nothing agreed", "consent-none")
	p.asks(t, at)
	p.takesBack(t, at)
	p.goesWithout(t, at)
	demand := p.holdsBack(t, at)
	for path, alias := range map[string]string{
		at + "/agreement": "/consent", at + "/agreement/new": "/consent-new", at + "/agreement/copy": "/consent-copy",
		at + "/agreement/without?ground=duty": "/consent-duty", at + "/agreement/demand": "/consent-demand-new", demand: "/consent-demand",
	} {
		p.looksAs(t, visit{as: "Support worker", path: path, status: 200, alias: "/cases" + alias})
	}
}

// asks keeps half a talk, comes back to it, and writes down a yes that does not count yet.
func (p *tab) asks(t *testing.T, at string) {
	t.Helper()
	p.visit(at + "/agreement/new")
	p.do(
		chromedp.SetValue(chromedp.CSS(`#recipient`), "police"), chromedp.Click(chromedp.CSS(`input[name="classes"][value="contact"]`)),
		chromedp.Click(chromedp.CSS(`input[name="purposes"][value="safety"]`)),
	)
	p.fill(map[string]string{"#words": "only in the morning"})
	if status := p.press(`main button[value="draft"]`); status != 200 {
		t.Fatalf("keeping answered %d:\n%s", status, p.body())
	}
	p.visit(at + "/agreement/new")
	if got := ask[string](p, `document.querySelector('#words').value`); got != "only in the morning" {
		t.Errorf("the draft says %q", got)
	}
	if status := p.press(`main form.stack button:not([value])`); status != 200 {
		t.Fatalf("saving answered %d:\n%s", status, p.body())
	}
	for _, want := range []string{"the police", "They may tell the immigration authority.", "It does not count now:"} {
		if !strings.Contains(p.body(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	p.bearable(t, "a yes that does not count yet", "consent-given")
}

// takesBack needs one press.
func (p *tab) takesBack(t *testing.T, at string) {
	t.Helper()
	p.visit(at + "/agreement")
	if status := p.press(`form[action*="/agreement/withdraw/"] button`); status != 200 || !strings.Contains(p.body(), "Nothing is agreed to now") {
		t.Fatalf("taking back answered %d:\n%s", status, p.body())
	}
}

// goesWithout tells an ambulance, after reading what stands against it.
func (p *tab) goesWithout(t *testing.T, at string) {
	t.Helper()
	p.visit(at + "/agreement/without?ground=emergency")
	p.do(chromedp.SetValue(chromedp.CSS(`#recipient`), "health"), chromedp.Click(chromedp.CSS(`input[name="classes"][value="health"]`)))
	if status := p.press(`main form.stack button[value="look"]`); status != 200 || !strings.Contains(p.body(), "Read first what stands against it:") {
		t.Fatalf("looking answered %d:\n%s", status, p.body())
	}
	p.do(chromedp.SetValue(chromedp.CSS(`#told`), "not-reachable"))
	p.fill(map[string]string{"#why": "she does not wake up", "#plan": "in the hospital"})
	p.bearable(t, "a decision without agreement", "consent-without")
	if status := p.press(`main form.stack button[value="go"]`); status != 200 || !strings.Contains(p.body(), "told, waits for its review") {
		t.Fatalf("telling answered %d:\n%s", status, p.body())
	}
}

// holdsBack keeps a demand, which cannot be answered yet, and returns its address.
func (p *tab) holdsBack(t *testing.T, at string) string {
	t.Helper()
	p.visit(at + "/agreement/demand")
	p.fill(map[string]string{"#from": "Court (invented)"})
	if status := p.press(`main form.stack button`); status != 200 || !strings.Contains(p.body(), "It cannot be answered yet:") {
		t.Fatalf("keeping the demand answered %d:\n%s", status, p.body())
	}
	return p.here()
}
