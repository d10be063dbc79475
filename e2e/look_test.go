package e2e

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/chromedp"

	"github.com/fourfold/fourfold/internal/vocab"
)

// axeTags are the rules every page keeps: WCAG 2.0, 2.1 and 2.2 at A and AA, and best practice.
const axeTags = `["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22a","wcag22aa","best-practice"]`

// axe runs the accessibility rules over the page as it stands and returns what they find.
func (p *tab) axe() []string {
	p.Helper()
	if !ask[bool](p, `typeof axe === 'object'`) {
		source, err := os.ReadFile("axe/axe.min.js")
		if err != nil {
			p.Fatal(err)
		}
		ask[bool](p, string(source)+"\n;true")
	}
	return ask[[]string](p, `axe.run(document, {runOnly: {type: 'tag', values: `+axeTags+`}, resultTypes: ['violations']}).then(r =>
		r.violations.flatMap(v => v.nodes.slice(0, 3).map(n =>
			'axe ' + v.id + ' (' + v.impact + '): ' + n.target.join(' ') + ': ' + n.failureSummary.replace(/\s+/g, ' '))))`)
}

// sideways returns what makes the page scroll sideways, or nothing.
func (p *tab) sideways() []string {
	p.Helper()
	return ask[[]string](p, `(() => {
		const room = document.documentElement.clientWidth, root = document.scrollingElement;
		if (root.scrollWidth <= room) return [];
		const wide = [...document.body.querySelectorAll('*')].filter(e => {
			const b = e.getBoundingClientRect();
			return b.width > 0 && (b.right > room + 0.5 || b.left < -0.5) && getComputedStyle(e).position !== 'absolute';
		}).slice(-3).map(e => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + [...e.classList].map(c => '.' + c).join(''));
		return ['the page is ' + root.scrollWidth + ' px wide in a window of ' + room + ': ' + wide.join(', ')];
	})()`)
}

// stop is one place where the tabulator key leads.
type stop struct {
	Skip    bool   // a link to the main part of the page
	Name    string // what it is called
	Where   string // the landmark it stands in
	Visible bool   // inside the window, with an area
	Marked  bool   // shows that it has the focus
}

// stops presses the tabulator key n times from the top of the page.
func (p *tab) stops(n int) []stop {
	p.Helper()
	ask[bool](p, `document.activeElement?.blur(), scrollTo(0, 0), getSelection().removeAllRanges(), true`)
	var found []stop
	for range n {
		p.do(chromedp.KeyEvent("\t"))
		found = append(found, ask[stop](p, `(() => {
			const e = document.activeElement, b = e.getBoundingClientRect(), s = getComputedStyle(e);
			const href = e.getAttribute('href') || '';
			return {
				Skip: e.tagName === 'A' && href.startsWith('#') && document.getElementById(href.slice(1))?.matches('main, [role=main]') === true,
				Name: (e.getAttribute('aria-label') || e.textContent || e.value || '').trim(),
				Where: e.closest('header, nav, main, aside, footer')?.tagName.toLowerCase() || 'body',
				Visible: b.width > 1 && b.height > 1 && b.left >= -0.5 && b.top >= -0.5 && b.right <= innerWidth + 0.5,
				Marked: (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none',
			};
		})()`))
	}
	return found
}

// stopProblems says what is wrong with the first three stops of a page: first the way past the
// header, then two things in it; each named, visible and marked.
func stopProblems(stops []stop) []string {
	var found []string
	for i, s := range stops {
		switch {
		case i == 0 && !s.Skip:
			found = append(found, fmt.Sprintf("the first tab stop is %q, not the link to the main part", s.Name))
		case i > 0 && s.Where != "header" && s.Where != "nav":
			found = append(found, fmt.Sprintf("tab stop %d is %q in %s, not in the header", i+1, s.Name, s.Where))
		}
		if s.Name == "" || !s.Visible || !s.Marked {
			found = append(found, fmt.Sprintf("tab stop %d (%q): visible %v, marked %v", i+1, s.Name, s.Visible, s.Marked))
		}
	}
	return found
}

// content is what a reader gets from a page.
type content struct {
	Heading  string
	Letters  int // of the visible text
	Links    int
	Buttons  int
	Headings int
	Dead     []string // forms that nothing sends
}

// content reads the page as it is shown.
func (p *tab) content() content {
	p.Helper()
	return ask[content](p, `(() => {
		const shown = e => e.checkVisibility({visibilityProperty: true});
		// A button that only prints, or asks for a passkey, is worth nothing without scripts, so only scripts show it.
		const scripted = '[data-print], .by-passkey, .passkey';
		const count = s => [...document.querySelectorAll(s)].filter(e => shown(e) && !e.closest(scripted)).length;
		return {
			Heading: [...document.querySelectorAll('h1')].filter(shown).map(e => e.textContent.trim()).join(' | '),
			Letters: document.body.innerText.replace(/\s+/g, '').length
				- [...document.querySelectorAll(scripted)].filter(e => shown(e) && !e.parentElement.closest(scripted)).map(e => e.innerText.replace(/\s+/g, '').length).reduce((a, b) => a + b, 0),
			Links: count('a[href]'), Buttons: count('button, input[type=submit]'), Headings: count('h1, h2, h3'),
			Dead: [...document.forms].filter(f => shown(f) && ![...f.elements].some(e => e.matches('button:not([type=button]), input[type=submit]') && shown(e)))
				.map(f => f.getAttribute('action') || f.outerHTML.slice(0, 80)),
		};
	})()`)
}

// withoutScripts compares a page with and without scripts: nothing that a reader needs may hang
// on them.
func withoutScripts(with, without content) []string {
	var found []string
	if without.Heading != with.Heading {
		found = append(found, fmt.Sprintf("without scripts the heading is %q, with them %q", without.Heading, with.Heading))
	}
	if without.Letters*100 < with.Letters*97 || without.Links < with.Links || without.Headings < with.Headings || without.Buttons < with.Buttons {
		found = append(found, fmt.Sprintf("without scripts the page shows less: %+v instead of %+v", without, with))
	}
	for _, f := range without.Dead {
		found = append(found, "without scripts nothing sends the form "+f)
	}
	return found
}

// entry is the current entry of a navigation beside one that is not.
type entry struct {
	Name           string
	Written        bool // the text itself differs: underlined, bolder
	Current, Other box
}

type box struct{ X, Y, W, H float64 }

// unmarked returns the current entries of navigations that look like their neighbours. It is asked
// under forced colours, where what a background or a shadow carried is gone, so it trusts no style
// sheet: it takes a picture and compares what is drawn along the edges.
func (p *tab) unmarked() []string {
	p.Helper()
	entries := ask[[]entry](p, `(() => {
		const text = e => { const s = getComputedStyle(e); return [s.textDecorationLine, s.fontWeight].join(); };
		const box = e => { const b = e.getBoundingClientRect(); return {X: b.x + scrollX, Y: b.y + scrollY, W: b.width, H: b.height}; };
		return [...document.querySelectorAll('nav [aria-current]')].flatMap(e => {
			const other = [...e.closest('nav').querySelectorAll('a')].find(o => o !== e && !o.hasAttribute('aria-current'));
			return other ? [{Name: e.textContent.trim(), Written: text(e) !== text(other), Current: box(e), Other: box(other)}] : [];
		});
	})()`)
	if len(entries) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	data, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		p.Fatal(err)
	}
	var found []string
	for _, e := range entries {
		if !e.Written && edge(picture, e.Current)-edge(picture, e.Other) < 0.5 {
			found = append(found, "with forced colours nothing marks the current entry "+e.Name)
		}
	}
	return found
}

// edge measures how much of a box's sides is drawn, between 0 and 4: for each side, the share of
// its length along which some pixel just inside differs from the ground beside the box.
func edge(picture image.Image, b box) float64 {
	const near = 6
	x0, y0, x1, y1 := int(b.X), int(b.Y), int(b.X+b.W), int(b.Y+b.H)
	ground := picture.At(x0-near, y0-near)
	drawn := func(x, y, dx, dy int) bool {
		for i := range near {
			if picture.At(x+i*dx, y+i*dy) != ground {
				return true
			}
		}
		return false
	}
	across, down := [2]float64{}, [2]float64{}
	for x := x0; x < x1; x++ {
		across[0] += share(drawn(x, y0, 0, 1), x1-x0)
		across[1] += share(drawn(x, y1-1, 0, -1), x1-x0)
	}
	for y := y0; y < y1; y++ {
		down[0] += share(drawn(x0, y, 1, 0), y1-y0)
		down[1] += share(drawn(x1-1, y, -1, 0), y1-y0)
	}
	return across[0] + across[1] + down[0] + down[1]
}

func share(yes bool, of int) float64 {
	if yes {
		return 1 / float64(of)
	}
	return 0
}

// hardWritten returns texts that do not go through the catalogue. In the pseudo-language every word
// of the catalogue carries accents, and in Arabic hardly a Latin letter is left, so two plain English
// words in a row were written in a template or in code, or have no translation. Names, codes and texts
// in a language of their own are marked as such; a name inside a sentence of the catalogue stands
// beside other letters. The labels of the vocabularies have tables of their own, which leave the
// pseudo-language out.
func (p *tab) hardWritten(tag string) []string {
	p.Helper()
	texts := ask[[]string](p, `(() => {
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
		const own = 'bdi, code, pre, kbd, samp, time, script, noscript, style, datalist, [translate=no], .ref, .secret, [lang]:not(html)';
		while (walk.nextNode()) {
			const e = walk.currentNode.parentElement, text = walk.currentNode.data.replace(/\s+/g, ' ').trim();
			if (!/[À-ſƒṽ\p{Script=Arabic}]/u.test(text) && !e.closest(own)) found.push(text);
		}
		return found;
	})()`)
	var found []string
	for _, text := range texts {
		rest := text
		if tag == "en-XA" {
			for _, label := range labels() {
				rest = strings.ReplaceAll(rest, label, "·")
			}
		}
		if plainEnglish.MatchString(rest) {
			found = append(found, fmt.Sprintf("not through the catalogue, or not marked as a name: %.80q", text))
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// plainEnglish matches two words of plain letters in a row, the second a small one.
var plainEnglish = regexp.MustCompile(`(^|[^\p{L}])[A-Za-z]{3,} [a-z]{3,}([^\p{L}]|$)`)

// labels are the English labels of all vocabularies, the longest first.
var labels = sync.OnceValue(func() []string {
	var all []string
	for _, s := range []vocab.Scheme{
		vocab.Area, vocab.Citizenship, vocab.Form, vocab.Age, vocab.Sex, vocab.ResponderType,
		vocab.Responder, vocab.Location, vocab.Decision, vocab.Dimension,
	} {
		for _, c := range vocab.Codes(s) {
			all = append(all, vocab.Label(s, c.Code, "en"))
		}
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	return slices.Compact(all)
})
