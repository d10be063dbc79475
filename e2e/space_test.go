package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// ownPages are the pages of a person's own page.
var ownPages = []string{"/", "/info", "/seen", "/choices", "/dates", "/words", "/help"}

// TestOwnPageJourney: a worker makes a slip; the person comes in, looks at every page, leaves with one press or one key,
// and the Back button shows nothing of it, with scripts and without. The other word opens a page on which nothing stands.
func TestOwnPageJourney(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	p.become("Amina Dell")
	p.visit("/cases/new")
	p.do(chromedp.SetValue(chromedp.CSS(`#reason`), "asks-for-help"))
	p.mustPress(t, `form[action="/cases"] button`)
	at := p.here()
	p.visit(at + "/own")
	p.bearable(t, "own page, no slip", "own-none")
	p.do(chromedp.Click(chromedp.CSS(`details:has(#word) summary`)), chromedp.SendKeys(chromedp.CSS(`#word`), "blue door"), chromedp.SendKeys(chromedp.CSS(`#other`), "cold soup"))
	p.mustPress(t, `form:has(#word) button`)
	number := strings.TrimSpace(ask[string](p, `document.querySelector('main strong').textContent`))
	p.bearable(t, "the slip", "own-slip")
	p.tellsNothingOnPaper(t, at)
	p.visit(at + "/own")
	p.bearable(t, "own page, a slip", "own-slip-held")
	for _, tag := range languages() {
		p.language(tag)
		p.visit(at + "/own")
		for _, f := range append(p.sideways(), p.axe()...) {
			t.Errorf("own page in %s: %s", tag, f)
		}
	}
	base := "http://my.localhost" + n.base[strings.LastIndex(n.base, ":"):]
	for _, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("scripts %v", script), func(t *testing.T) {
			q := b.open(t, base)
			q.scripts(script)
			q.looksAround(t, number, script)
			q.leavesAndGoesBack(t)
			if script {
				q.leavesByKey(t, number)
				q.isMade(t, number)
			}
		})
	}
}

// comesIn types number and word.
func (p *tab) comesIn(t *testing.T, number, word string) {
	t.Helper()
	p.visit("/")
	p.do(chromedp.SetValue(chromedp.CSS(`#number`), number), chromedp.SetValue(chromedp.CSS(`#word`), word))
	if status := p.press(`form[action="/in"] button`); status != 200 {
		t.Fatalf("coming in answered %d", status)
	}
}

// looksAround reads every page by its link, as a cheap telephone shows it, in both directions of writing.
func (p *tab) looksAround(t *testing.T, number string, script bool) {
	t.Helper()
	p.comesIn(t, number, "blue door")
	p.size(phone, 700)
	before := p.lines(t)
	for _, path := range ownPages {
		if status := p.press(`nav a[href="` + path + `"]`); status != 200 {
			t.Fatalf("%s answered %d", path, status)
		}
		if !script {
			continue
		}
		for _, width := range []int64{phone, desk} {
			p.size(width, 900)
			for _, f := range append(append(p.axe(), p.sideways()...), p.complaints()...) {
				t.Errorf("%s at %d px: %s", path, width, f)
			}
			p.picture(fmt.Sprintf("en/%d/space-%s", width, strings.Trim(path, "/")))
		}
	}
	if after := p.lines(t); script && after != before {
		t.Errorf("looking around left %d lines in the history", after-before)
	}
	if !script {
		return
	}
	p.press(`footer button[value="ar"]`)
	for _, path := range ownPages {
		p.visit(path)
		if dir := ask[string](p, `document.documentElement.dir`); dir != "rtl" {
			t.Errorf("%s in Arabic stands %s", path, dir)
		}
		for _, f := range append(p.axe(), p.sideways()...) {
			t.Errorf("%s in Arabic: %s", path, f)
		}
		p.picture("ar/1280/space-" + strings.Trim(path, "/"))
	}
	p.press(`footer button[value="en"]`)
}

// lines is how many lines the history of the tab has.
func (p *tab) lines(t *testing.T) int {
	t.Helper()
	return len(p.history(t).Entries)
}

func (p *tab) history(t *testing.T) *page.GetNavigationHistoryResult {
	t.Helper()
	var found *page.GetNavigationHistoryResult
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) (err error) {
		r, err := cdp.Call(ctx, t, page.GetNavigationHistory, cdp.Empty{})
		found = &r
		return err
	}))
	return found
}

// leavesAndGoesBack leaves with the button, then goes to every line of the history, as the Back button does.
func (p *tab) leavesAndGoesBack(t *testing.T) {
	t.Helper()
	p.visit("/info")
	ask[bool](p, `localStorage.setItem('left', 'x') === undefined && (document.cookie = 'left=x; path=/') !== ''`)
	p.do(chromedp.Click(chromedp.CSS(`button.out`)))
	p.waitOut(t)
	p.foundNothing(t)
	seen := p.history(t)
	for _, e := range seen.Entries {
		if telling.MatchString(e.Title) || telling.MatchString(e.URL) {
			t.Errorf("the history says %q %s", e.Title, e.URL)
		}
	}
	back := 0
	for i := int(seen.CurrentIndex) - 1; i >= 0; i-- {
		if !strings.HasPrefix(seen.Entries[i].URL, p.base) {
			continue
		}
		p.do(chromedp.NavigateToHistoryEntry(seen.Entries[i].ID))
		p.waitOut(t)
		back++
	}
	if back < 5 {
		t.Errorf("only %d lines of the history were gone back to", back)
	}
}

// waitOut waits for the first page as it stands for everybody, and looks that nothing else is there.
func (p *tab) waitOut(t *testing.T) {
	t.Helper()
	p.do(chromedp.WaitVisible(chromedp.CSS(`form[action="/in"]`)))
	if text := p.body(); strings.Contains(text, "My information") || strings.Contains(text, "Leave") {
		t.Errorf("after leaving %s shows\n%s", p.here(), text)
	}
}

// foundNothing looks at what the browser has kept of the host.
func (p *tab) foundNothing(t *testing.T) {
	t.Helper()
	var cookies *network.GetCookiesResult
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) (err error) {
		r, err := cdp.Call(ctx, t, network.GetCookies, network.GetCookiesParams{URLs: []string{p.base + "/"}})
		cookies = &r
		return err
	}))
	for _, c := range cookies.Cookies {
		t.Errorf("the cookie %s is left", c.Name)
	}
	if n := ask[int](p, `localStorage.length`); n != 0 {
		t.Errorf("%d texts are left in the storage", n)
	}
}

// leavesByKey leaves with the Escape key.
func (p *tab) leavesByKey(t *testing.T, number string) {
	t.Helper()
	p.comesIn(t, number, "blue door")
	p.press(`nav a[href="/seen"]`)
	p.do(chromedp.KeyEvent("\x1b"))
	p.waitOut(t)
	p.do(chromedp.NavigateBack())
	p.waitOut(t)
	p.foundNothing(t)
}

// isMade is somebody who is made to open the page.
func (p *tab) isMade(t *testing.T, number string) {
	t.Helper()
	p.comesIn(t, number, "cold soup")
	if text := p.body(); !strings.Contains(text, "There are no messages for you.") {
		t.Errorf("the other word shows\n%s", text)
	}
	if found := ask[int](p, `document.querySelectorAll('nav a, main form').length`); found != 0 {
		t.Errorf("%d ways on", found)
	}
	p.bearable(t, "the other word", "space-other")
	for _, path := range ownPages {
		p.visit(path)
		if !strings.Contains(p.body(), "There are no messages for you.") {
			t.Errorf("%s with the other word shows\n%s", path, p.body())
		}
	}
}

// tellsNothingOnPaper looks at what the printed slip says: whoever finds it learns neither the name of the program nor who
// made it. The band of the demonstration is not on the slips of anybody who exists.
func (p *tab) tellsNothingOnPaper(t *testing.T, at string) {
	t.Helper()
	p.media("print")
	text := strings.ReplaceAll(p.body(), ask[string](p, `document.querySelector('.invented').innerText`), "")
	for _, word := range []string{"Fourfold", "Amina", "Farrowdale", "invented", strings.TrimPrefix(at, "/cases/")} {
		if strings.Contains(text, word) || strings.Contains(ask[string](p, `document.title`), word) {
			t.Errorf("the slip says %q:\n%s", word, text)
		}
	}
	p.media("")
}
