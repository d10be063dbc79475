package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestTourScenes plays the scenes of the room of protection as a visitor does, with a telephone in the hand.
func TestTourScenes(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	for name, play := range map[string]func(*testing.T){"night": p.bedAtTwo, "child": p.clockOfAChild, "back": p.takenBack} {
		t.Run(name, func(t *testing.T) {
			p.TB = t
			play(t)
		})
	}
}

// begins opens a scene of the tour by its button, and returns the address of its case. From then on the window is as
// narrow as a telephone.
func (p *tab) begins(t *testing.T, title, alias string) string {
	t.Helper()
	p.size(desk, 900)
	p.visit("/tour")
	p.mustPress(t, fmt.Sprintf(`button[aria-label="See it: %s"]`, title))
	if !strings.HasPrefix(p.here(), "/cases/") {
		t.Fatalf("the scene %q leads to %s", title, p.here())
	}
	p.picture("en/1280/scene-" + alias)
	p.size(phone, 900)
	p.sound(t, alias)
	return strings.Join(strings.SplitN(p.here(), "/", 4)[:3], "/")
}

// sound looks at what stands on the telephone.
func (p *tab) sound(t *testing.T, alias string) {
	t.Helper()
	for _, f := range append(p.axe(), p.sideways()...) {
		t.Errorf("%s: %s", alias, f)
	}
	p.picture("en/320/scene-" + alias)
}

// says wants texts on the page.
func (p *tab) says(t *testing.T, want ...string) {
	t.Helper()
	text := p.body()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%s lacks %q:\n%s", p.here(), w, text)
		}
	}
}

// bedAtTwo: the woman said no to the police. A place that wants no report is asked, its team says yes, and she goes in.
func (p *tab) bedAtTwo(t *testing.T) {
	at := p.begins(t, "Two in the morning", "night")
	p.says(t, "The person said no when asked about: the police.", "XF-NO", "This place wants a report to the police first.")
	code := ask[string](p, `document.querySelector('#beds ~ ul li .ref').textContent`)
	p.mustPress(t, `#beds ~ ul li:first-child button`)
	p.says(t, "a room is held", code, "The place has not answered yet.")
	p.sound(t, "night-held")
	p.follow("/places")
	p.follow(ask[string](p, fmt.Sprintf(`[...document.querySelectorAll('a[href^="/places/"]')].find(a => a.textContent === %q).getAttribute('href')`, code)))
	p.fill(map[string]string{`input[name="meet"]`: "at the north gate of the station (invented)"})
	p.mustPress(t, `button[name="answer"][value="yes"]`)
	p.sound(t, "night-answered")
	for _, state := range []string{"accepted", "in"} {
		p.visit(at + "/place")
		p.says(t, "at the north gate of the station")
		p.do(chromedp.SetValue(chromedp.CSS(`#to-0`), state))
		p.mustPress(t, `form[action*="/place/"] button`)
	}
	p.sound(t, "night-in")
	if text := p.body(); !strings.Contains(text, code) || strings.Contains(text, "Quagga") {
		t.Errorf("she is not in, or the page shows the address:\n%s", text)
	}
}

// clockOfAChild: the guardian may decide nothing, the report has a clock, and one press says that it was made.
func (p *tab) clockOfAChild(t *testing.T) {
	at := p.begins(t, "A child, an uncle, a clock", "child")
	p.says(t, "A report that the law orders is not made yet.", "not reported yet")
	p.visit(at)
	p.says(t, "Make the report that the law orders")
	p.visit(at + "/person/beside")
	p.says(t, "They are alleged to have exploited the child.", "waits for a determination")
	p.sound(t, "child-guardian")
	p.visit(at + "/agreement")
	p.mustPress(t, `button[value="report"]`)
	if strings.Contains(p.body(), "A report that the law orders is not made yet.") {
		t.Errorf("the report is still to be made:\n%s", p.body())
	}
	p.sound(t, "child-reported")
}

// takenBack: the man takes back what two organisations have on him. The clinic destroys it; the police keep it on a
// ground that they must name, and the table of what left says both.
func (p *tab) takenBack(t *testing.T) {
	at := p.begins(t, "Taken back", "back")
	for range 2 {
		p.visit(at + "/agreement")
		p.mustPress(t, `form[action*="/agreement/withdraw/"] button`)
	}
	p.says(t, "Nothing is agreed to now")
	p.sound(t, "back-taken")
	p.answers(t, "Rafi Brook", "honoured", "", "back-clinic")
	p.answers(t, "Piet Harrow", "kept", "police-record", "back-police")
	p.signOut()
	p.become("Yara Fallow")
	p.visit(at + "/agreement")
	p.says(t, "Alder Clinic", "Farrow Constabulary", "The police may have to keep what they were told.")
	p.sound(t, "back-answered")
	p.size(desk, 900)
	p.picture("en/1280/scene-back-answered")
}

// answers is what a partner does with what is asked back. Without a ground nothing stays.
func (p *tab) answers(t *testing.T, who, answer, why, alias string) {
	t.Helper()
	p.signOut()
	p.become(who)
	p.visit("/")
	p.says(t, "A partner asks for something back")
	p.visit("/recalls")
	for strings.Contains(p.body(), "It was shared under the reference") {
		p.sound(t, alias)
		chosen := fmt.Sprintf(`input[name="answer"][value=%q]`, answer)
		p.do(chromedp.Click(chromedp.CSS(chosen)))
		if why != "" {
			if status := p.press(`form[action^="/recalls/"] button`); status != 422 {
				t.Fatalf("keeping without a ground answered %d:\n%s", status, p.body())
			}
			p.do(chromedp.Click(chromedp.CSS(chosen)), chromedp.SetValue(chromedp.CSS(`select[name="why"]`), why))
		}
		p.mustPress(t, `form[action^="/recalls/"] button`)
	}
}
