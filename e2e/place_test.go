package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestPlaceJourney: whoever answers for the service forms a team and adds a protected place, the team writes
// down where it is, and the page of a case of somebody else finds a bed and never the address.
func TestPlaceJourney(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	place := p.opensPlace(t)
	p.signOut()
	p.become("Amina Dell")
	at := p.opens(t)
	p.visit(at + "/place")
	p.unfold()
	p.fill(map[string]string{"#age_from": "30", "#age_to": "31"})
	p.mustPress(t, `form[action$="/place"] button`)
	for _, path := range []string{at + "/place", "/places", "/places/find"} {
		p.visit(path)
		if text := p.body(); strings.Contains(text, "Quagga") {
			t.Errorf("%s shows the address:\n%s", path, text)
		}
	}
	p.visit(at + "/place")
	if text := p.body(); !strings.Contains(text, "GB-WLS") {
		t.Errorf("no bed is found:\n%s", text)
	}
	p.looksAs(t, visit{as: "Support worker", path: at + "/place", status: 200, alias: "/cases/place"})
	if status := p.visit(place); status != 404 {
		t.Errorf("who is not of the team opens the page of the place: %d", status)
	}
	p.become("Rui Hollow")
	p.looksAs(t, visit{as: "First responder", path: place, status: 200, alias: "/places/one"})
}

// opensPlace forms a team as the service manager and adds a protected place that it runs. Somebody of the team opens it,
// with a room for two, and writes down where it is; its address is returned.
func (p *tab) opensPlace(t *testing.T) (place string) {
	t.Helper()
	p.become("Oskar Brine")
	p.visit("/teams")
	p.fill(map[string]string{"#name": "Night team (invented)"})
	p.mustPress(t, `form[action="/teams"] button`)
	join := ask[string](p, `[...document.querySelectorAll('form[action$="/join"]')].find(f => f.parentElement.textContent.includes('Night team')).getAttribute('action')`)
	list := `form[action="` + join + `"] select[name="account"]`
	p.do(chromedp.SetValue(chromedp.CSS(list), p.value(list, "Rui Hollow")))
	p.mustPress(t, `form[action="`+join+`"] button`)
	p.visit("/places")
	p.unfold()
	p.do(chromedp.SetValue(chromedp.CSS(`#team`), p.value("#team", "Night team")))
	p.fill(map[string]string{"#area": "GB-WLS"})
	p.mustPress(t, `form[action="/places"] button`)
	p.become("Rui Hollow")
	p.visit("/places")
	place = ask[string](p, `[...document.querySelectorAll('a[href^="/places/"]')].map(a => a.getAttribute('href')).find(h => h !== '/places/find')`)
	p.visit(place)
	p.unfold()
	p.do(chromedp.Click(chromedp.CSS(`input[name="open"]`)))
	p.fill(map[string]string{"#units": "2 1"})
	p.mustPress(t, `form[action="`+place+`"] button`)
	p.mustPress(t, `form[action$="/where"] button`)
	p.unfold()
	p.fill(map[string]string{"#address": "41 Quagga Rise (invented)"})
	p.mustPress(t, `form[action$="/where"] button`)
	return place
}

// unfold opens what a page keeps folded.
func (p *tab) unfold() {
	p.Helper()
	ask[bool](p, `document.querySelectorAll('details').forEach(d => { d.open = true }) === undefined`)
}
