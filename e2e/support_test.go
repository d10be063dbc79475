package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestSupportJourney: a support worker ticks what is needed at once, looks at one danger, writes a goal and
// a step, plans to keep in touch, prints the plan and the card of rights, goes on a visit and comes back.
func TestSupportJourney(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	p.become("Amina Dell")
	p.visit("/cases/new")
	p.do(chromedp.SetValue(chromedp.CSS(`#reason`), "asks-for-help"))
	p.mustPress(t, `form[action="/cases"] button`)
	at := p.here()
	form := func(part string) string { return `form.stack[action$="/support/` + part + `"] button` }
	p.visit(at + "/support/now")
	p.do(chromedp.Click(chromedp.CSS(`input[name="needs"][value="sleep"]`)))
	p.mustPress(t, form("now"))
	p.visit(at + "/support/risk")
	p.do(chromedp.SetValue(chromedp.CSS(`#level-debts`), "medium"))
	p.mustPress(t, form("risk"))
	p.visit(at + "/support/goal")
	p.do(chromedp.SetValue(chromedp.CSS(`#state`), "agreed"))
	p.fill(map[string]string{"#words": "cook again (invented)", "#agreed-on": "2020-01-02"})
	p.mustPress(t, form("goal"))
	p.visit(at + "/support/step")
	p.fill(map[string]string{"#words": "call the school (invented)", "#due": "2020-01-02"})
	p.mustPress(t, form("step"))
	p.visit(at + "/support/ask")
	p.mustPress(t, form("ask"))
	text := p.body()
	for _, want := range []string{"a place to sleep tonight", "medium: debts", "12 dangers", "cook again (invented)", "after 24 months"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page of support lacks %q:\n%s", want, text)
		}
	}
	p.goesOut(t, at)
	for path, alias := range map[string]string{
		at + "/support": "/support", at + "/support/now": "/support/now", at + "/support/risk": "/support/risk", at + "/support/safety": "/support/safety",
		at + "/support/service": "/support/service", at + "/support/rating?instrument=mscos": "/support/rating", at + "/plan": "/plan",
		at + "/rights?in=ar&place=gb-eaw": "/rights", at + "/visits": "/visits-of", "/visits": "/visits",
	} {
		p.looksAs(t, visit{as: "Support worker", path: path, status: 200, alias: "/cases" + alias})
	}
}

// goesOut leaves on a visit, with somebody who is told, and comes back.
func (p *tab) goesOut(t *testing.T, at string) {
	t.Helper()
	p.visit(at + "/visits")
	p.do(chromedp.SetValue(chromedp.CSS(`#tell`), ask[string](p, `document.querySelector('#tell').options[1]?.value ?? ''`)))
	p.fill(map[string]string{"#where": "the old town (invented)"})
	p.mustPress(t, `button[value="leave"]`)
	if text := p.body(); !strings.Contains(text, "checks in by") || strings.Contains(text, "the old town") {
		t.Errorf("the page of visits says:\n%s", text)
	}
	p.visit("/visits")
	if text := p.body(); !strings.Contains(text, "Amina Dell") {
		t.Errorf("nobody is out:\n%s", text)
	}
	p.visit(at + "/visits")
	p.mustPress(t, `button[value="back"]`)
}
