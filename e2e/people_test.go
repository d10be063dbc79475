package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// account is the account of an invented person of the tour.
func (p *tab) account(name string) string {
	p.Helper()
	p.visit("/tour")
	found := ask[string](p, fmt.Sprintf(`[...document.querySelectorAll('form[action="/tour"]')].map(f => f.closest('li')).find(l => l.textContent.includes(%q))?.querySelector('[name=account]').value ?? ''`, name))
	if found == "" {
		p.Fatalf("the tour has no %s", name)
	}
	return found
}

// become signs in as an invented person of the tour.
func (p *tab) become(name string) {
	p.Helper()
	p.signIn(p.account(name))
}

// TestSecondPersonJourney: an administrator gives a role that opens files. It waits, for somebody else
// and not for the administrator; the protection officer approves, and the owner of the account is told.
func TestSecondPersonJourney(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	const lawyer = "Noor Fenn"
	p.become("Ilse Marrow")
	p.visit("/people")
	path := ask[string](p, fmt.Sprintf(`[...document.querySelectorAll('tbody a')].find(a => a.textContent.includes(%q)).getAttribute('href')`, lawyer))
	p.follow(path)
	give := fmt.Sprintf(`form[action=%q] button`, path+"/roles")
	role := p.value("#role", "second person")
	title := ask[string](p, fmt.Sprintf(`document.querySelector('#role [value=%q]').textContent.split('(')[0].trim()`, role))
	p.fill(map[string]string{"#role": role})
	if status := p.press(give); status != 422 {
		t.Fatalf("a role without a last day and a reason answered %d:\n%s", status, p.body())
	}
	p.bearable(t, "a role without a last day", "account-refused")
	until := ask[string](p, `document.querySelector('#until-help').textContent.match(/\d{4}-\d\d-\d\d/)[0]`)
	p.fill(map[string]string{"#role": role, "#until": until, "#reason": "Stands in for a colleague (invented)"})
	if status := p.press(give); status != 200 || !strings.Contains(p.body(), "Waits for a second person") {
		t.Fatalf("giving it answered %d:\n%s", status, p.body())
	}
	p.picture("en/1280/account-waits")
	p.visit("/proposals")
	if ask[int](p, `document.querySelectorAll('form[action$="/approve"]').length`) != 0 {
		t.Error("the administrator may approve")
	}

	p.become(lawyer)
	if roles := p.mine(); slices.Contains(roles, title) {
		t.Fatalf("%s has the role before anybody approved: %v", lawyer, roles)
	}
	p.become("Lena Quarrel")
	p.visit("/")
	if text := p.body(); !strings.Contains(text, "A change waits for a second person") {
		t.Errorf("the officer is not told:\n%s", text)
	}
	p.picture("en/1280/front.officer-waiting")
	p.visit("/proposals")
	approve := ask[string](p, fmt.Sprintf(`[...document.querySelectorAll('.sheet')].find(s => s.textContent.includes(%q))?.querySelector('form[action$="/approve"]').getAttribute('action') ?? ''`, lawyer))
	if status := p.press(fmt.Sprintf(`form[action=%q] button`, approve)); status != 200 {
		t.Fatalf("approving answered %d:\n%s", status, p.body())
	}
	p.become(lawyer)
	if roles := p.mine(); !slices.Contains(roles, title) {
		t.Errorf("approved, and %s has %v, not %s", lawyer, roles, title)
	}
	p.visit("/")
	if text := p.body(); !strings.Contains(text, "Roles were changed") {
		t.Errorf("the owner of the account is not told:\n%s", text)
	}
}

// mine are the roles that the page of roles marks as the reader's.
func (p *tab) mine() []string {
	p.Helper()
	p.visit("/roles")
	return ask[[]string](p, `[...document.querySelectorAll('.sheet.calls h2')].map(h => h.textContent.trim())`)
}

// TestEmergencyJourney: a support worker opens emergency access, sees on each page that it is open and
// gives it back; those whom the organisation chose are told, and somebody else notes what was found.
func TestEmergencyJourney(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	p.become("Amina Dell")
	p.visit("/emergency")
	open := `main form[action="/emergency"] button`
	p.fill(map[string]string{"#scope": "case-0000"})
	if status := p.press(open); status != 422 {
		t.Fatalf("without a reason it answered %d:\n%s", status, p.body())
	}
	p.bearable(t, "emergency access without a reason", "emergency-refused")
	p.click(`[name=reason]`)
	if status := p.press(open); status != 200 || !strings.Contains(p.body(), "Emergency access until") {
		t.Fatalf("opening answered %d:\n%s", status, p.body())
	}
	p.looksAs(t, visit{as: "Support worker", path: "/emergency", status: 200, alias: "/emergency/open"})
	p.visit("/settings")
	if text := p.body(); !strings.Contains(text, "Emergency access until") {
		t.Errorf("another page does not say that it is open:\n%s", text)
	}

	for name, notice := range map[string]string{"Bea Carrow": "Somebody opened emergency access", "Lena Quarrel": "An emergency access waits for its review"} {
		q := b.open(t, n.base)
		q.language("en")
		q.become(name)
		q.visit("/")
		if text := q.body(); !strings.Contains(text, notice) {
			t.Errorf("%s is not told %q:\n%s", name, notice, text)
		}
		q.picture("en/1280/front-emergency." + strings.ToLower(strings.Fields(name)[0]))
	}
	p.visit("/emergency")
	if status := p.press(`form[action="/emergency/end"] button`); status != 200 || strings.Contains(p.body(), "Emergency access until") {
		t.Errorf("giving it back answered %d:\n%s", status, p.body())
	}
	p.become("Lena Quarrel")
	p.looksAs(t, visit{as: officer, path: "/emergency", status: 200, alias: "/emergency/review"})
	p.visit("/emergency")
	if status := p.press(`form[action$="/review"] button`); status != 200 || ask[int](p, `document.querySelectorAll('form[action$="/review"]').length`) != 0 {
		t.Errorf("the review answered %d:\n%s", status, p.body())
	}
}
