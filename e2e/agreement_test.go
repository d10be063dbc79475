package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// TestAgreementJourney: a liaison officer opens the agreement in force, tries a case in the simulator, downloads the
// document, and writes a new version as sentences, with the keyboard's way through the form left to the browser.
func TestAgreementJourney(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	p.visit("/tour")
	// The shelter's: it sends under the agreement with the police.
	p.signIn(ask[string](p, `[...document.querySelectorAll('form[action="/tour"]')].map(f => f.closest('li')).find(l => l.textContent.includes('Jonas Pell')).querySelector('[name=account]').value`))
	p.visit("/agreements")
	path := ask[string](p, `[...document.querySelectorAll('tbody tr')].find(r => r.textContent.includes('In force') && r.textContent.includes('Farrow')).querySelector('a').getAttribute('href')`)
	p.follow(path)
	if text := p.body(); !strings.Contains(text, "safe way to make contact") || !strings.Contains(text, "It must never be used for") {
		t.Errorf("the agreement does not read as sentences:\n%s", text)
	}
	if got := ask[string](p, `document.querySelector('a[download]').getAttribute('href')`); got != path+"/agreement.json" {
		t.Errorf("the document is at %q", got)
	}
	file := ask[string](p, fmt.Sprintf(`fetch(%q).then(r => r.text())`, path+"/agreement.json"))
	if !strings.Contains(file, `"signatures"`) || !strings.Contains(file, "fourfold/accord/1") {
		t.Errorf("the download is no signed agreement: %.200s", file)
	}
	p.follow(path + "/simulate")
	if status := p.press(`main form button`); status != 200 {
		t.Fatalf("the simulator answered %d", status)
	}
	if text := p.body(); !strings.Contains(text, "Nothing would leave") || !strings.Contains(text, "There is no authority that the agreement accepts.") {
		t.Errorf("without an authority:\n%s", text)
	}
	p.visit(path + "/simulate?class=contact&subject=survivor&role=investigator&purpose=safety&authority=consent&tlp=amber&handling=H1&grading=B2")
	if text := p.body(); !strings.Contains(text, "2 of 3 fields would leave") {
		t.Errorf("with consent:\n%s", text)
	}
	p.visit("/agreements/new?of=" + strings.TrimPrefix(path, "/agreements/"))
	if status := p.press(`button[value=preview]`); status != 200 {
		t.Fatalf("the preview answered %d", status)
	}
	if text := p.body(); !strings.Contains(text, "This is what both would sign") || !strings.Contains(text, "Keep it as a draft") {
		t.Errorf("the preview:\n%s", text)
	}
}
