package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// begins opens a scene of the tour by its button, and looks at the page that it leads to, wide and narrow.
func (p *tab) begins(t *testing.T, title, alias string) {
	t.Helper()
	p.visit("/tour")
	p.mustPress(t, fmt.Sprintf(`button[aria-label="See it: %s"]`, title))
	if !strings.HasPrefix(p.here(), "/cases/") {
		t.Fatalf("the scene %q leads to %s", title, p.here())
	}
	for _, width := range []int64{desk, phone} {
		p.size(width, 900)
		for _, f := range append(p.axe(), p.sideways()...) {
			t.Errorf("%s at %d px: %s", title, width, f)
		}
		p.picture(fmt.Sprintf("en/%d/scene-%s", width, alias))
	}
	p.size(desk, 900)
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

// TestTourScenes plays the scenes of the room of protection as a visitor does, on a telephone in the end.
func TestTourScenes(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	t.Run("night", p.bedAtTwo)
	t.Run("child", p.clockOfAChild)
}

// bedAtTwo: the woman said no to the police; a place without a report is asked, its team says yes, she goes in.
func (p *tab) bedAtTwo(t *testing.T) {
	p.TB = t
	p.begins(t, "Two in the morning", "night")
	at := p.here()
	p.says(t, "XF-NO", "This place wants a report to the police first.")
	p.visit(strings.TrimSuffix(at, "/place") + "/agreement")
	p.says(t, "What the person does not want", "the police")
	p.visit(at)
	p.mustPress(t, `button[aria-label^="Ask for a room there"]`)
	p.says(t, "The place has not answered yet.")
	p.picture("en/1280/scene-night-asked")
	p.visit("/places")
	p.picture("en/1280/scene-night-places")
	p.visit(ask[string](p, `[...document.querySelectorAll('a[href^="/places/"]')].map(a => a.getAttribute('href')).find(h => h !== '/places/find')`))
}

// clockOfAChild: the guardian may decide nothing, the report has a clock, and one press says that it was made.
func (p *tab) clockOfAChild(t *testing.T) {
	p.TB = t
	p.begins(t, "A child, an uncle, a clock", "child")
	at := strings.TrimSuffix(p.here(), "/agreement")
	p.visit(at + "/person/beside")
	p.says(t, "They are alleged to have exploited the child.")
	p.picture("en/1280/scene-child-guardian")
	p.visit(at)
	p.picture("en/1280/scene-child-case")
	p.visit(at + "/agreement")
	p.do(chromedp.WaitReady(chromedp.CSS(`button[value="report"]`)))
	p.mustPress(t, `button[value="report"]`)
	p.picture("en/1280/scene-child-reported")
}
