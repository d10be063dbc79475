package e2e

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// beyond are pages that are in no route table but that readers see: the start page of somebody
// signed in, and the error page.
func beyond() []sample {
	return []sample{
		{as: analyst, paths: []string{"/"}},
		{as: administrator, paths: []string{"/"}},
		{as: nobody, paths: []string{"/no-such-page"}, status: 404},
	}
}

// Limits of a page.
const (
	maxBytes    = 60 << 10 // sent for the page itself, beside files that stay in the browser's cache
	maxRequests = 5
	desk, phone = 1280, 320 // px; 320 is what 1280 becomes at 400 % zoom
	paper       = 672       // px of an A4 page between 16 mm margins
)

// telling are words that neither the address of a page nor the title of a page that anybody may
// open shows: a stranger who looks over a shoulder, or at the history, learns nothing from them.
var telling = regexp.MustCompile(`(?i)traffick|victim|survivor|slave|exploit|abuse|prostitut|police|shelter|asylum|refugee`)

// TestPages visits every page in every language, wide and narrow, and the rest of what a page must
// bear: no scripts, forced colours, paper.
func TestPages(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	people := n.people(t, b)
	visits := plan(t, func(s sample, pattern string) []string {
		p := b.open(t, n.base)
		p.signIn(people[s.as])
		return p.linked(s.on, pattern)
	})
	for _, tag := range languages() {
		t.Run(tag, func(t *testing.T) {
			t.Parallel()
			for _, as := range parts() {
				p := b.open(t, n.base)
				p.language(tag)
				if as != nobody {
					p.signIn(people[as])
				}
				for _, v := range visits {
					if v.as == as {
						p.look(t, v, tag)
					}
				}
			}
		})
	}
}

// visit is one page to look at.
type visit struct {
	as, path string
	status   int
	open     bool   // anybody may see it
	alias    string // names the pictures when the path differs from run to run
}

// name is the page's name in artefacts.
func (v visit) name() string {
	name := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(cmp.Or(v.alias, v.path)), "-"), "-")
	if name == "" {
		name = "front"
	}
	if v.as != nobody {
		name += "." + strings.ReplaceAll(strings.ToLower(v.as), " ", "-")
	}
	return name
}

// of is how many pages of one kind are looked at: the first two that a list links to. They differ in
// their state more often than the third differs from both.
const of = 2

// linked returns the first addresses of a route that a page links to.
func (p *tab) linked(on, pattern string) []string {
	p.Helper()
	p.visit(on)
	prefix, _, _ := strings.Cut(pattern, "{")
	paths := ask[[]string](p, `[...new Set([...document.querySelectorAll('main a')].map(a => a.getAttribute('href') ?? ''))]`)
	paths = slices.DeleteFunc(paths, func(path string) bool {
		_, other := samples()[path] // such as the form for a new one
		return other || !strings.HasPrefix(path, prefix)
	})
	paths = paths[:min(len(paths), of)]
	if len(paths) == 0 {
		p.Errorf("%s links to no address of %s", on, pattern)
	}
	return paths
}

// plan lists the visits, and fails when route table and samples differ. linked finds the addresses
// that only the running program knows.
func plan(t *testing.T, linked func(s sample, pattern string) []string) []visit {
	t.Helper()
	var visits []visit
	add := func(s sample, open bool) {
		for i, path := range s.paths {
			alias := ""
			if s.on != "" { // its address has an id made by chance
				alias = fmt.Sprintf("%s %d", s.on, i+1)
			}
			visits = append(visits, visit{as: s.as, path: path, status: max(s.status, 200), open: open, alias: alias})
		}
	}
	known := samples()
	seen := map[string]bool{}
	for _, r := range routes(t) {
		if r.open() && telling.MatchString(r.pattern) {
			t.Errorf("%s %s: the address tells what the page is about", r.method, r.pattern)
		}
		if r.method != "GET" || seen[r.pattern] {
			continue
		}
		seen[r.pattern] = true
		s, ok := known[r.pattern]
		if s.on != "" {
			s.paths = append(s.paths, linked(s, r.pattern)...)
		}
		switch {
		case !ok:
			t.Errorf("GET %s: no sample says how to visit it", r.pattern)
		case !slices.Contains(parts(), s.as):
			t.Errorf("GET %s: nobody visits it as %q", r.pattern, s.as)
		case len(s.paths) == 0 && s.journey == "":
			t.Errorf("GET %s: the sample visits nothing", r.pattern)
		case !s.download:
			add(s, r.open())
		}
	}
	for pattern := range known {
		if !seen[pattern] {
			t.Errorf("a sample visits %s, which is no route", pattern)
		}
	}
	for _, s := range beyond() {
		add(s, s.as == nobody)
	}
	return visits
}

// look visits one page and holds everything against it that a page must bear.
func (p *tab) look(t *testing.T, v visit, tag string) {
	p.TB = t
	p.size(desk, 900)
	var found []string
	if status := p.visit(v.path); status != v.status {
		t.Errorf("%s: status %d, want %d", v.path, status, v.status)
		return
	}
	found = append(found, p.weight()...)
	found = append(found, p.frame(v, tag)...)
	found = append(found, p.both(v, tag)...)
	if tag != "en" {
		found = append(found, p.hardWritten(tag)...)
	}
	if tag == "en" {
		found = append(found, p.bear(t, v)...)
	}
	for _, f := range append(found, p.wrong(v)...) {
		t.Errorf("%s as %q: %s", v.path, v.as, f)
	}
}

// wrong returns what the browser complained about, but for the status that was expected.
func (p *tab) wrong(v visit) []string {
	return slices.DeleteFunc(p.complaints(), func(c string) bool {
		return v.status != 200 && strings.Contains(c, fmt.Sprintf("status of %d", v.status))
	})
}

// weight holds a page against its budget.
func (p *tab) weight() []string {
	var found []string
	sent, count := 0.0, 0
	var urls []string
	for _, l := range p.loaded() {
		count++
		urls = append(urls, strings.TrimPrefix(l.url, p.base))
		if !strings.HasPrefix(l.url, p.base+"/static/") {
			sent += l.bytes
		}
	}
	if sent > maxBytes {
		found = append(found, fmt.Sprintf("%.0f bytes sent for the page itself, at most %d", sent, maxBytes))
	}
	if count > maxRequests {
		found = append(found, fmt.Sprintf("%d requests, at most %d: %s", count, maxRequests, strings.Join(urls, " ")))
	}
	return found
}

// frame checks what every page has: its language and direction, one heading, and a title and
// address that tell a stranger nothing.
func (p *tab) frame(v visit, tag string) []string {
	type frame struct{ Lang, Dir, Title, Path string }
	f := ask[frame](p, `({Lang: document.documentElement.lang, Dir: document.documentElement.dir, Title: document.title, Path: location.pathname + location.search})`)
	var found []string
	dir := "ltr"
	if tag == "ar" {
		dir = "rtl"
	}
	if f.Lang != tag || f.Dir != dir {
		found = append(found, fmt.Sprintf("language %q direction %q, want %q %q", f.Lang, f.Dir, tag, dir))
	}
	if f.Title == "" || v.open && telling.MatchString(f.Title) {
		found = append(found, fmt.Sprintf("the title %q is empty or tells what the page is about", f.Title))
	}
	if v.open && telling.MatchString(f.Path) {
		found = append(found, fmt.Sprintf("the address %q tells what the page is about", f.Path))
	}
	return found
}

// both looks at the page at desk and at telephone width; in the pseudo-language at telephone width
// alone. It is there for texts outside the catalogue and for words that are longer than English ones,
// and what fits into 320 px fits into 1280. English and Arabic are looked at in both.
func (p *tab) both(v visit, tag string) []string {
	var found []string
	for _, width := range []int64{desk, phone} {
		if tag == "en-XA" && width == desk {
			continue
		}
		p.size(width, 900)
		for _, f := range append(p.axe(), p.sideways()...) {
			found = append(found, fmt.Sprintf("at %d px: %s", width, f))
		}
		p.picture(fmt.Sprintf("%s/%d/%s", tag, width, v.name()))
	}
	p.size(desk, 900)
	return found
}

// bear looks at the page under forced colours, on paper, by keyboard and without scripts.
func (p *tab) bear(t *testing.T, v visit) []string {
	found := stopProblems(p.stops(3))
	with := p.content()

	p.media("", "forced-colors", "active")
	found = append(found, p.unmarked()...)
	p.picture("forced-colours/" + v.name())

	p.media("print")
	p.size(paper, 1000)
	for _, f := range append(p.sideways(), p.onPaper()...) {
		found = append(found, "on paper: "+f)
	}
	p.media("")
	found = append(found, p.print(t, v)...)
	p.size(desk, 900)

	found = append(found, p.wrong(v)...)
	p.scripts(false)
	p.visit(v.path)
	found = append(found, withoutScripts(with, p.content())...)
	p.scripts(true)
	return found
}

// onPaper returns controls that a printed page still shows.
func (p *tab) onPaper() []string {
	return ask[[]string](p, `[...document.querySelectorAll('nav, form, button, .skip')].filter(e => e.checkVisibility() && e.getBoundingClientRect().height > 0)
		.map(e => 'a control is printed: ' + e.tagName.toLowerCase() + ' ' + (e.getAttribute('aria-label') || e.textContent).trim().slice(0, 40))`)
}

// print makes a PDF of the page, as a reader's browser would.
func (p *tab) print(t *testing.T, v visit) []string {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	data, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPreferCSSPageSize()))
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "print/"+v.name()+".pdf", data)
	pages := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(data, -1))
	if !bytes.HasPrefix(data, []byte("%PDF-")) || pages == 0 {
		return []string{"it does not print"}
	}
	return nil
}

// people visits the tour and returns, for each role, the account of somebody who has it.
func (n *node) people(t *testing.T, b browser) map[string]string {
	t.Helper()
	p := b.open(t, n.base)
	p.language("en")
	p.visit("/tour")
	accounts := map[string]string{}
	for _, role := range parts()[1:] {
		accounts[role] = ask[string](p, fmt.Sprintf(`(() => {
			const card = [...document.querySelectorAll('form[action="/tour"]')].map(f => f.closest('li')).find(l => l.textContent.includes(%q));
			return card ? card.querySelector('[name=account]').value : '';
		})()`, role))
		if accounts[role] == "" {
			t.Fatalf("the tour has no %s", role)
		}
	}
	return accounts
}

// signIn takes a role by pressing its button on the tour.
func (p *tab) signIn(account string) {
	p.Helper()
	p.visit("/tour")
	if status := p.press(fmt.Sprintf(`form:has([name=account][value=%q]):has([name=next][value="/"]) button`, account)); status != 200 {
		p.Fatalf("taking a role answered %d", status)
	}
}

// TestFiles asks for every answer that is a file and not a page: it arrives, as what it says it is,
// and no browser keeps it.
func TestFiles(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.signIn(n.people(t, b)[analyst])
	type answer struct {
		Status      int
		Type, Cache string
		Length      int
	}
	count := 0
	for pattern, s := range samples() {
		if !s.download {
			continue
		}
		for _, path := range s.paths {
			count++
			got := ask[answer](p, fmt.Sprintf(`fetch(%q).then(async r => ({Status: r.status, Type: r.headers.get('content-type'), Cache: r.headers.get('cache-control'), Length: (await r.text()).length}))`, path))
			if got.Status != 200 || got.Length == 0 || got.Cache != "no-store" || strings.Contains(path, ".csv") != strings.Contains(got.Type, "csv") {
				t.Errorf("%s (%s): %+v", path, pattern, got)
			}
		}
	}
	if count == 0 {
		t.Error("no route answers with a file")
	}
}

func TestPlantedPages(t *testing.T) {
	b := startBrowser(t)
	p := b.open(t, "data:text/html,")
	for _, c := range []struct {
		name, page string
		find       func() []string
		want       string
	}{
		{"a picture without a text", `<main><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></main>`, func() []string { return p.axe() }, "image-alt"},
		{"a wide box", `<main><div style="width:2000px">x</div></main>`, func() []string { return p.sideways() }, "px wide in a window of 1280"},
		{"a form nobody can send", `<form action="/x"><input></form>`, func() []string { return withoutScripts(p.content(), p.content()) }, "nothing sends the form /x"},
		{"no way past the header", `<header><a href="/">a</a><a href="/b">b</a></header><main id="main"><a href="/c">c</a></main>`, func() []string { return stopProblems(p.stops(3)) }, "not the link to the main part"},
		{"a current entry by colour alone", `<nav><a href="/a" style="background:red;padding:8px" aria-current="page">a</a> <a href="/b" style="padding:8px">b</a></nav>`, func() []string { p.media("", "forced-colors", "active"); defer p.media(""); return p.unmarked() }, "nothing marks the current entry a"},
		{"a text outside the catalogue", `<p>plain words here</p>`, func() []string { return p.hardWritten("en-XA") }, "plain words here"},
		{"a button on paper", `<button>press</button>`, func() []string { return p.onPaper() }, "button press"},
		{"an error in a script", `<script>throw new Error('broken')</script>`, func() []string { return p.complaints() }, "exception"},
		{"a file from elsewhere", `<link rel="stylesheet" href="http://127.0.0.1:9/x.css">`, func() []string { return p.complaints() }, "somebody else"},
	} {
		p.forget()
		p.do(chromedp.Navigate("data:text/html,<!doctype html><html lang=en><title>x</title><body>" + strings.NewReplacer("#", "%23", "%", "%25").Replace(c.page)))
		if got := c.find(); !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, c.want) }) {
			t.Errorf("%s: found %q, want %q", c.name, got, c.want)
		}
	}
}
