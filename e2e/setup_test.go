package e2e

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// startWizard starts the program as a double-click does, on a machine that has no node. first is the
// path that it would open in the browser; it carries the pass without which the wizard stays shut.
func startWizard(t *testing.T) (n *node, first string) {
	t.Helper()
	address := freeAddress(t)
	n = &node{base: "http://" + address, dir: t.TempDir(), output: &output{}}
	n.start(t, "start", "--addr", address, "--no-browser")
	for limit := time.Now().Add(2 * time.Minute); time.Now().Before(limit); time.Sleep(50 * time.Millisecond) {
		if first = regexp.MustCompile(`/setup\?pass=\w+`).FindString(n.output.String()); first != "" {
			return n, first
		}
	}
	t.Fatalf("the program does not say where the wizard is; it said:\n%s", n.output)
	return nil, ""
}

// TestSetupWizard sets up a node with no terminal, from the first page to the first look at a
// measure, and looks at every page of the wizard on the way.
func TestSetupWizard(t *testing.T) {
	n, first := startWizard(t)
	b := startBrowser(t)
	p := b.open(t, n.base)
	p.visit(first)
	if got := p.here(); got != "/setup" {
		t.Fatalf("the first page is %s, want the wizard", got)
	}
	p.everyLanguage(t, "/setup")

	p.visit("/")
	if got := p.here(); got != "/setup" {
		t.Fatalf("the first page is %s, want the wizard", got)
	}
	folder := filepath.Join(n.dir, "node")
	p.fill(map[string]string{
		"#organisation": "House of the Test (invented)", "#administrator": "Ada Test (invented)",
		"#zone": "Nowhere/None", "#folder": folder,
	})
	if status := p.press("main form button"); status != 422 {
		t.Fatalf("a time zone that does not exist answered %d", status)
	}
	for _, f := range append(p.axe(), p.sideways()...) {
		t.Errorf("the refused form: %s", f)
	}
	p.picture("en/1280/setup-refused")
	if ask[string](p, `document.querySelector('#organisation').value`) != "House of the Test (invented)" {
		t.Error("the refused form lost what was typed")
	}
	p.fill(map[string]string{"#zone": "Europe/London"})
	if status := p.press("main form button"); status != 200 || p.here() != "/setup/key" {
		t.Fatalf("setting up answered %d at %s", status, p.here())
	}
	if key := strings.ReplaceAll(ask[string](p, `document.querySelector('.secret').textContent`), " ", ""); len(key) != 64 {
		t.Errorf("the key has %d digits, want 64", len(key))
	}
	p.everyLanguage(t, "/setup/key")
	p.visit("/setup/key")
	p.press(`form[action="/setup/key"] button`)
	if got := p.here(); got != "/setup/done" {
		t.Fatalf("after the key comes %s", got)
	}
	p.everyLanguage(t, "/setup/done")
	p.visit("/setup/key")
	if got := p.here(); got != "/setup/done" {
		t.Errorf("the key can be seen again at %s", got)
	}
	p.press("main a.button")
	if !strings.HasPrefix(p.here(), "/enter?link=") {
		t.Fatalf("the wizard leads to %s", p.here())
	}
	p.press(`form[action="/enter"] button`)
	if who := ask[string](p, `document.querySelector('.who bdi')?.textContent ?? ''`); who != "Ada Test (invented)" {
		t.Errorf("signed in as %q", who)
	}
	if status := p.visit("/measures/nrm.referrals"); status != 200 {
		t.Errorf("the first measure answered %d", status)
	}
}

// everyLanguage looks at one page of the wizard in every language and ends in English.
func (p *tab) everyLanguage(t *testing.T, path string) {
	t.Helper()
	for _, tag := range []string{"ar", "en-XA", "en"} {
		p.language(tag)
		p.look(t, visit{path: path, status: 200, open: true}, tag)
	}
}

// fill types into the fields of a form, replacing what they hold.
func (p *tab) fill(values map[string]string) {
	p.Helper()
	for selector, value := range values {
		p.do(chromedp.SetValue(chromedp.CSS(selector), value))
	}
}
