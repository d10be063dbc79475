package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestCaseJourney: a support worker opens a case with a reason and nothing else, plans, writes, leaves a
// draft, adds a file in pieces, and hands the case over. Two who change it at once see both writings.
func TestCaseJourney(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	p.become("Amina Dell")
	p.visit("/cases/new")
	p.bearable(t, "the form of a new case", "case-new")
	if status := p.press(`form[action="/cases"] button`); status != 422 {
		t.Fatalf("without a reason it answered %d:\n%s", status, p.body())
	}
	p.do(chromedp.SetValue(chromedp.CSS(`#reason`), "asks-for-help"))
	p.fill(map[string]string{"#name": "Wren (invented)"})
	if status := p.press(`form[action="/cases"] button`); status != 200 {
		t.Fatalf("opening answered %d:\n%s", status, p.body())
	}
	at := p.here()
	p.plans(t, at)
	p.writes(t, at)
	p.leaves(t, b, n.base, at)
	p.attaches(t, at)
	p.meets(t, b, n.base, at)
	for _, path := range []string{at, at + "/change", at + "/tasks", at + "/notes", at + "/files", at + "/time", at + "/seen", at + "/workers", at + "/print", "/cases", "/cases/new"} {
		p.looksAs(t, visit{as: "Support worker", path: path, status: 200, alias: "/cases" + strings.ReplaceAll(strings.TrimPrefix(path, at), "/cases", "/list")})
	}
	p.visit(at + "/workers")
	p.do(chromedp.SetValue(chromedp.CSS(`#to`), p.value("#to", "Bea Carrow")))
	if status := p.press(`button[value="hand-over"]`); status != 200 {
		t.Fatalf("handing over answered %d:\n%s", status, p.body())
	}
	if status := p.visit(at); status != 404 {
		t.Errorf("after the hand-over the case answers %d", status)
	}
}

// plans makes a task that stands on the page of work.
func (p *tab) plans(t *testing.T, at string) {
	t.Helper()
	p.visit(at + "/tasks")
	p.do(chromedp.SetValue(chromedp.CSS(`#kind`), "call-back"))
	p.fill(map[string]string{"#due": "2020-01-02"})
	if status := p.press(`form[action$="/tasks"] button`); status != 200 {
		t.Fatalf("planning answered %d:\n%s", status, p.body())
	}
	p.visit("/")
	if text := p.body(); !strings.Contains(text, "Was due on 2 January 2020") || strings.Contains(text, "Wren") {
		t.Errorf("the page of work lacks what is due, or shows a name:\n%s", text)
	}
	p.picture("en/1280/front-case.amina")
}

// writes keeps a draft, comes back to it and saves it as a note, which stays closed.
func (p *tab) writes(t *testing.T, at string) {
	t.Helper()
	p.visit(at + "/notes")
	p.do(chromedp.SetValue(chromedp.CSS(`#kind`), "observation"), chromedp.SetValue(chromedp.CSS(`#sight`), "case"))
	p.fill(map[string]string{"#text": "she asked for tea"})
	if status := p.press(`form button[value="draft"]`); status != 200 {
		t.Fatalf("keeping answered %d:\n%s", status, p.body())
	}
	p.visit("/")
	if !strings.Contains(p.body(), "You have begun to write") {
		t.Error("nothing leads back to what was begun")
	}
	p.visit(at + "/notes")
	if got := ask[string](p, `document.querySelector('#text').value`); got != "she asked for tea" {
		t.Errorf("the draft says %q", got)
	}
	if status := p.press(`#write ~ form.stack button:not([value])`); status != 200 || strings.Contains(p.body(), "she asked for tea") {
		t.Errorf("saving answered %d, or the note is open:\n%s", status, p.body())
	}
	if status := p.press(`form[action*="/notes/"] button`); status != 200 || !strings.Contains(p.body(), "she asked for tea") {
		t.Errorf("showing answered %d:\n%s", status, p.body())
	}
	p.bearable(t, "an open note", "case-note")
}

// leaves writes half a sentence and closes the window: the next one has it.
func (p *tab) leaves(t *testing.T, b browser, base, at string) {
	t.Helper()
	q := b.open(t, base)
	q.language("en")
	q.become("Amina Dell")
	q.visit(at + "/change")
	q.do(chromedp.SendKeys(chromedp.CSS(`#workname`), " half a name"))
	q.visit("/about")
	for begin := time.Now(); time.Since(begin) < patience; {
		q.visit(at + "/change")
		if strings.Contains(q.body(), "what you had begun to write") {
			break
		}
	}
	if got := ask[string](q, `document.querySelector('#workname').value`); !strings.Contains(got, "half a name") {
		t.Errorf("after the window was left the form says %q", got)
	}
	if status := q.press(`button[value="drop"]`); status != 200 {
		t.Errorf("giving it up answered %d", status)
	}
}

// attaches sends a file in pieces.
func (p *tab) attaches(t *testing.T, at string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "recording.bin")
	if err := os.WriteFile(path, make([]byte, 3<<20+7), 0o600); err != nil {
		t.Fatal(err)
	}
	p.visit(at + "/files")
	p.do(chromedp.SetUploadFiles(chromedp.CSS(`#file`), []string{path}))
	if status := p.press(`[data-pieces] button`); status != 200 {
		t.Fatalf("the page after the file answered %d", status)
	}
	if !strings.Contains(p.body(), "Added on") {
		t.Errorf("the file is not there:\n%s", p.body())
	}
}

// meets changes the case in two windows at once: the second sees both.
func (p *tab) meets(t *testing.T, b browser, base, at string) {
	t.Helper()
	q := b.open(t, base)
	q.language("en")
	q.become("Amina Dell")
	q.visit(at + "/change")
	p.visit(at + "/change")
	save := `main form.stack button:not([value])`
	p.fill(map[string]string{"#workname": "Robin (invented)"})
	if status := p.press(save); status != 200 {
		t.Fatalf("saving answered %d:\n%s", status, p.body())
	}
	q.fill(map[string]string{"#workname": "Finch (invented)"})
	if status := q.press(save); status != 422 {
		t.Fatalf("saving over it answered %d:\n%s", status, q.body())
	}
	if text := q.body(); !strings.Contains(text, "Robin (invented)") || ask[string](q, `document.querySelector('#workname').value`) != "Finch (invented)" {
		t.Errorf("the second does not see both:\n%s", text)
	}
	q.bearable(t, "two writings of a case", "case-stale")
}
