package e2e

import (
	"strings"
	"testing"
)

// TestAgreementIsSigned: an agreement from an empty form to being in force. A liaison officer writes and
// offers it, a manager of each side signs, and only then does the simulator say that something would
// leave.
func TestAgreementIsSigned(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	p.become("Jonas Pell")
	p.visit("/agreements/new")
	if status := p.press(`button[value=preview]`); status != 422 {
		t.Fatalf("an empty form answered %d", status)
	}
	p.bearable(t, "an empty agreement", "agreement-refused")

	p.fill(map[string]string{"#known": p.value("#known", "Farrow"), "#country": p.value("#country", "Farrowdale"), "#citation": "Protection of Persons Act (invented), section 9"})
	for _, tick := range []string{`[name=purposes][value=safety]`, `[name=subjects][value=survivor]`, `[name=fields][value="contact.channel"]`, `[name=recipients][value=investigator]`} {
		p.click(tick)
	}
	if status := p.press(`button[value=preview]`); status != 200 {
		t.Fatalf("the preview answered %d:\n%s", status, p.body())
	}
	p.bearable(t, "the preview", "agreement-preview")
	if status := p.press(`button[value=save]`); status != 200 || !strings.HasPrefix(p.here(), "/agreements/") {
		t.Fatalf("keeping the draft answered %d at %s:\n%s", status, p.here(), p.body())
	}
	at := p.here()
	p.looksAs(t, visit{as: liaison, path: at, status: 200, alias: "/agreements/draft"})
	p.visit(at)
	if status := p.press(`form[action$="/offer"] button`); status != 200 || ask[bool](p, `document.querySelector('form[action$="/sign"]') !== null`) {
		t.Fatalf("offering answered %d, or its author may sign:\n%s", status, p.body())
	}
	for _, name := range []string{"Greta Amory", "Piet Harrow"} {
		p.become(name)
		p.visit(at + "/simulate" + aCase)
		if text := p.body(); !strings.Contains(text, "This version is not in force") {
			t.Errorf("%s: before all have signed the simulator says:\n%s", name, text)
		}
		p.visit("/")
		if text := p.body(); !strings.Contains(text, "An agreement waits for a signature") {
			t.Errorf("%s is not told that it waits:\n%s", name, text)
		}
		p.visit(at)
		if status := p.press(`form[action$="/sign"] button`); status != 422 {
			t.Errorf("signing unread answered %d", status)
		}
		p.bearable(t, "signing unread", "agreement-unread")
		p.click("#read")
		if status := p.press(`form[action$="/sign"] button`); status != 200 {
			t.Fatalf("signing answered %d:\n%s", status, p.body())
		}
	}
	if text := p.body(); !strings.Contains(text, "In force") {
		t.Errorf("all have signed, and it is not in force:\n%s", text)
	}
	p.become("Jonas Pell")
	p.looksAs(t, visit{as: liaison, path: at, status: 200, alias: "/agreements/signed"})
	p.looksAs(t, visit{as: liaison, path: at + "/simulate" + aCase, status: 200, alias: "/agreements/simulated"})
	if text := p.body(); !strings.Contains(text, "1 of 3 fields would leave") {
		t.Errorf("the simulator says:\n%s", text)
	}
	p.become("Mira Sollace")
	if status := p.visit("/agreements/new"); status != 404 {
		t.Errorf("a support worker may write one: %d", status)
	}
}

// aCase asks the simulator about a survivor who consented.
const aCase = "?class=contact&subject=survivor&role=investigator&purpose=safety&authority=consent&tlp=amber&handling=H1&grading=B2"
