package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestPlaceJourney: whoever answers for the service forms a team and adds a protected place, the team writes
// down where it is, and the page of a case finds a bed and never the address.
func TestPlaceJourney(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	p.become("Oskar Brine")
	p.visit("/teams")
	p.fill(map[string]string{"#name": "Night team (invented)"})
	p.mustPress(t, `form[action="/teams"] button`)
	p.do(chromedp.SetValue(chromedp.CSS(`select[name="account"]`), ask[string](p,
		`[...document.querySelectorAll('select[name="account"] option')].find(o => o.textContent.includes('Oskar')).value`)))
	p.mustPress(t, `form[action$="/join"] button`)
	p.visit("/places")
	p.unfold()
	p.fill(map[string]string{"#area": "GB-WLS"})
	p.mustPress(t, `form[action="/places"] button`)
	place := ask[string](p, `[...document.querySelectorAll('a[href^="/places/"]')].map(a => a.getAttribute('href')).find(h => h !== '/places/find')`)
	p.visit(place)
	p.unfold()
	p.do(chromedp.Click(chromedp.CSS(`input[name="open"]`)))
	p.fill(map[string]string{"#units": "2 1"})
	p.mustPress(t, `form[action="`+place+`"] button`)
	p.mustPress(t, `form[action$="/where"] button`)
	p.unfold()
	p.fill(map[string]string{"#address": "41 Quagga Rise (invented)"})
	p.mustPress(t, `form[action$="/where"] button`)
	p.visit("/cases/new")
	p.do(chromedp.SetValue(chromedp.CSS(`#reason`), "asks-for-help"))
	p.mustPress(t, `form[action="/cases"] button`)
	at := p.here()
	p.visit(at + "/place")
	p.unfold()
	p.fill(map[string]string{"#age_from": "30", "#age_to": "31"})
	p.mustPress(t, `form[action$="/place"] button`)
	for _, path := range []string{at + "/place", "/places", place} {
		p.visit(path)
		if text := p.body(); strings.Contains(text, "Quagga") {
			t.Errorf("%s shows the address:\n%s", path, text)
		}
	}
	p.visit(at + "/place")
	if text := p.body(); !strings.Contains(text, "GB-WLS") {
		t.Errorf("no bed is found:\n%s", text)
	}
	for path, alias := range map[string]string{place: "/places/one", at + "/place": "/cases/place"} {
		p.looksAs(t, visit{as: "Service manager", path: path, status: 200, alias: alias})
	}
}

// unfold opens what a page keeps folded.
func (p *tab) unfold() {
	p.Helper()
	ask[bool](p, `document.querySelectorAll('details').forEach(d => { d.open = true }) === undefined`)
}
