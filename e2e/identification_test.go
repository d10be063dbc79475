package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestIdentificationJourney: who decides for an authority records signs, begins a procedure, takes the
// first decision with reasons, writes a letter, and a stranger checks its code.
func TestIdentificationJourney(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	p.become("Bea Carrow")
	p.visit("/cases/new")
	p.do(chromedp.SetValue(chromedp.CSS(`#reason`), "signs-seen"))
	p.mustPress(t, `form[action="/cases"] button`)
	at := p.here()
	sheet := p.answersSigns(t, at)
	p.visit(at + "/identification")
	p.do(chromedp.SetValue(chromedp.CSS(`#jurisdiction`), "gb-eaw"))
	p.mustPress(t, `form[action$="/identification"] button`)
	p.takesStep(t, at, "presume", "anybody", false)
	p.takesStep(t, at, "refer", "first-responder", false)
	p.takesStep(t, at, "first-positive", "authority", true)
	if text := p.body(); !strings.Contains(text, "the person is here") || !strings.Contains(text, "30 days left") {
		t.Errorf("the page does not say where the person is:\n%s", text)
	}
	p.fill(map[string]string{"#issuer": "Case office (invented)", "#bearer": "Wren (invented)"})
	p.mustPress(t, `form[action$="/letters"] button`)
	letter := p.here()
	code := ask[string](p, `document.querySelector('dd code').textContent`)
	p.visit(at + "/identification")
	step := ask[string](p, `document.querySelector('a[href*="step=final-positive"]').getAttribute('href')`)
	for path, alias := range map[string]string{
		at + "/identification": "/cases/identification", step: "/cases/identification/step", letter: "/cases/identification/letter",
		at + "/signs": "/cases/signs", sheet: "/cases/signs/sheet",
	} {
		p.looksAs(t, visit{as: "Competent authority", path: path, status: 200, alias: alias})
	}
	p.language("en")
	p.visit("/letters/check")
	p.fill(map[string]string{"#code": code})
	p.mustPress(t, `form[action="/letters/check"] button`)
	if text := p.body(); !strings.Contains(text, "Genuine:") || strings.Contains(text, "Wren") {
		t.Errorf("the check of a letter says:\n%s", text)
	}
}

func (p *tab) mustPress(t *testing.T, button string) {
	t.Helper()
	if status := p.press(button); status != 200 {
		t.Fatalf("%s answered %d:\n%s", button, status, p.body())
	}
}

// answersSigns answers one question of the quick list, saves, and returns the address of the sheet.
func (p *tab) answersSigns(t *testing.T, at string) string {
	t.Helper()
	p.visit(at + "/signs")
	p.mustPress(t, `button[value="ilo-eleven"]`)
	sheet := p.here()
	p.do(chromedp.Click(chromedp.CSS(`input[type="radio"][value="present"]`)))
	p.mustPress(t, `form[action*="/signs/"] button:not([name])`)
	if text := p.body(); !strings.Contains(text, "Saved. You can go on at any time.") || !strings.Contains(text, "This is not a legal finding.") {
		t.Errorf("saving signs shows:\n%s", text)
	}
	return strings.TrimSuffix(sheet, "?saved")
}

// takesStep fills the form of a step and sends it.
func (p *tab) takesStep(t *testing.T, at, step, body string, own bool) {
	t.Helper()
	p.visit(at + "/identification")
	p.visit(ask[string](p, `document.querySelector('a[href*="step=`+step+`"]').getAttribute('href')`))
	p.do(chromedp.SetValue(chromedp.CSS(`#body`), body))
	p.fill(map[string]string{"#reasons": "Plain reasons (invented)"})
	if own {
		p.do(chromedp.Click(chromedp.CSS(`input[name="own"]`)))
	}
	p.mustPress(t, `form[action$="/step"] button`)
}
