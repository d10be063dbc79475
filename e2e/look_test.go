package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/chromedp/chromedp"
)

// axeTags are the rules every page keeps: WCAG 2.0, 2.1 and 2.2 at A and AA, and best practice.
const axeTags = `["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22a","wcag22aa","best-practice"]`

// axe runs the accessibility rules over the page as it stands and returns what they find. only
// restricts them to single rules.
func (p *tab) axe(only ...string) []string {
	p.Helper()
	if !ask[bool](p, `typeof axe === 'object'`) {
		source, err := os.ReadFile("axe/axe.min.js")
		if err != nil {
			p.Fatal(err)
		}
		ask[bool](p, string(source)+"\n;true")
	}
	run := `{type: 'tag', values: ` + axeTags + `}`
	if len(only) > 0 {
		run = fmt.Sprintf(`{type: 'rule', values: ["%s"]}`, strings.Join(only, `","`))
	}
	return ask[[]string](p, `axe.run(document, {runOnly: `+run+`, resultTypes: ['violations']}).then(r =>
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
		const count = s => [...document.querySelectorAll(s)].filter(shown).length;
		return {
			Heading: [...document.querySelectorAll('h1')].filter(shown).map(e => e.textContent.trim()).join(' | '),
			Letters: document.body.innerText.replace(/\s+/g, '').length,
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

// unmarked returns the current entries of navigations that only a background tells from their
// neighbours: with forced colours that is nothing.
func (p *tab) unmarked() []string {
	p.Helper()
	return ask[[]string](p, `(() => {
		const look = e => { const s = getComputedStyle(e); return [s.borderBlockEndWidth, s.borderBlockEndColor, s.borderInlineStartWidth, s.borderInlineStartColor, s.textDecorationLine, s.fontWeight, s.outlineStyle, s.color].join(); };
		return [...document.querySelectorAll('nav [aria-current], [role=tab][aria-selected=true]')].filter(e => {
			const others = [...e.closest('nav, [role=tablist]').querySelectorAll('a, [role=tab]')].filter(o => o !== e && !o.hasAttribute('aria-current') && o.getAttribute('aria-selected') !== 'true');
			return others.length > 0 && others.every(o => look(o) === look(e));
		}).map(e => 'with forced colours nothing marks the current entry ' + e.textContent.trim());
	})()`)
}

// hardWritten returns texts that do not go through the catalogue. In the pseudo-language every
// word of the catalogue carries accents, so two plain words in a row were written in a template
// or in code. Names, codes and texts in a language of their own are marked as such.
func (p *tab) hardWritten() []string {
	p.Helper()
	texts := ask[[]string](p, `(() => {
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
		const own = 'bdi, code, pre, kbd, samp, time, script, style, [translate=no], .ref, [lang]:not(html)';
		while (walk.nextNode()) {
			const e = walk.currentNode.parentElement, text = walk.currentNode.data.replace(/\s+/g, ' ').trim();
			if (/(^|[^\p{L}])[A-Za-z]{3,} [a-z]{3,}([^\p{L}]|$)/u.test(text) && !e.closest(own)) found.push(text.slice(0, 80));
		}
		return found;
	})()`)
	for i, text := range texts {
		texts[i] = fmt.Sprintf("not through the catalogue, or not marked as a name: %q", text)
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}
