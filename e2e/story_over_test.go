package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// agreesWithClinic makes an agreement under which the organisation of the story may send people to the clinic: somebody
// becomes its liaison officer by two people, drafts it and offers it, and a manager of each side signs.
func agreesWithClinic(t *testing.T, p *tab) {
	t.Helper()
	p.become("Tove Marsh")
	p.visit("/agreements")
	number := strings.TrimSpace(ask[string](p, `document.querySelector('.secret.key').textContent`))
	p.become("Ilse Marrow")
	p.visit("/people")
	path := ask[string](p, `[...document.querySelectorAll('tbody a')].find(a => a.textContent.includes('Noor Fenn')).getAttribute('href')`)
	p.visit(path)
	p.fill(map[string]string{
		"#role": p.value("#role", "Liaison officer"), "#until": time.Now().AddDate(0, 2, 0).Format(time.DateOnly), "#reason": "Writes the agreements (invented)",
	})
	p.mustPress(t, fmt.Sprintf(`form[action=%q] button`, path+"/roles"))
	p.become("Lena Quarrel")
	p.visit("/proposals")
	approve := ask[string](p, `[...document.querySelectorAll('.sheet')].find(s => s.textContent.includes('Noor Fenn')).querySelector('form[action$="/approve"]').getAttribute('action')`)
	p.mustPress(t, fmt.Sprintf(`form[action=%q] button`, approve))
	p.become("Noor Fenn")
	p.visit("/agreements/new")
	p.fill(map[string]string{"#partner": number, "#country": p.value("#country", "Farrowdale"), "#citation": "Protection of Persons Act (invented), section 14"})
	ticks := []string{`[name=purposes][value=support]`, `[name=subjects][value=survivor]`, `[name=recipients][value=support-worker]`}
	for _, field := range []string{"referral.service", "referral.age-group", "referral.language", "identity.name", "contact.channel"} {
		ticks = append(ticks, fmt.Sprintf(`[name=fields][value=%q]`, field))
	}
	for _, tick := range ticks {
		if !ask[bool](p, fmt.Sprintf(`document.querySelector('%s').checked`, tick)) {
			p.click(tick)
		}
	}
	p.mustPress(t, `button[value=preview]`)
	p.mustPress(t, `button[value=save]`)
	at := p.here()
	p.mustPress(t, `form[action$="/offer"] button`)
	for _, name := range []string{"Oskar Brine", "Anselm Reed"} {
		p.become(name)
		p.visit(at)
		p.click("#read")
		p.mustPress(t, `form[action$="/sign"] button`)
	}
	if text := p.body(); !strings.Contains(text, "In force") {
		t.Fatalf("all have signed, and it is not in force:\n%s", text)
	}
}

// goesOver transfers the case to the clinic: what is needed is sent first, who it is only after a yes. It returns the
// story as the clinic goes on with it.
func (s story) goesOver() story {
	s.Helper()
	s.visit(s.at + "/referrals/new")
	s.unfold()
	s.chooses("#to", s.value("#to", "Alder Clinic"))
	s.chooses("#purpose", "support")
	s.chooses("#age", "25-39")
	s.do(chromedp.Click(chromedp.CSS(`input[name="kind"][value="transfer"]`)), chromedp.Click(chromedp.CSS(`input[name="needs"][value="medical"]`)))
	s.fill(map[string]string{"#languages": "en", `#identity\.name`: "Wren Ashdown (invented)", `#contact\.channel`: "a text in the morning (invented)"})
	s.mustPress(s.t, `form.stack button:not([value])`)
	s.shows("This leaves", "after they have accepted")
	s.mustPress(s.t, `button[value="send"]`)
	sent := s.here()

	s.become("Rafi Brook")
	s.visit("/referrals")
	s.visit(ask[string](s.tab, `[...document.querySelectorAll('#waits ~ ul a, section[aria-labelledby="waits"] a')].map(a => a.getAttribute('href')).pop()`))
	if text := s.body(); strings.Contains(text, "Ashdown") || strings.Contains(text, "in the morning") {
		s.t.Errorf("before a yes the clinic sees who it is:\n%s", text)
	}
	s.bearable(s.t, "a referral that waits", "referral-waits")
	s.mustPress(s.t, `button[value="accept"]`)
	there := story{s.tab, s.t, "/cases/" + strings.Split(s.here(), "/")[2]}
	there.says("/referrals", "How the person came to us")
	there.visit(ask[string](s.tab, `document.querySelector('section[aria-labelledby="came"] a').getAttribute('href')`))
	there.shows("Wren Ashdown (invented)", "a text in the morning (invented)")
	there.mustPress(s.t, `button[value="start"]`)

	s.become("Amina Dell")
	s.visit(sent)
	s.shows("Closed:")
	return there
}
