package e2e

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	control "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"github.com/fourfold/fourfold/internal/testdata"
)

// languages are the languages every page is looked at in. The pseudo-language is English made
// longer and accented: what it does not change does not go through the catalogue.
func languages() []string { return []string{"en", "ar", "en-XA"} }

// heading returns the page's first heading.
func (p *tab) heading() string {
	p.Helper()
	return ask[string](p, `document.querySelector('h1')?.textContent.trim() ?? ''`)
}

// body returns the visible text of the page.
func (p *tab) body() string {
	p.Helper()
	return ask[string](p, `document.body.innerText`)
}

// here is the path and query of the page.
func (p *tab) here() string {
	p.Helper()
	return ask[string](p, `location.pathname + location.search`)
}

// follow presses the link to a path.
func (p *tab) follow(href string) {
	p.Helper()
	if status := p.press(fmt.Sprintf(`a[href=%q]`, href)); status != 200 {
		p.Fatalf("following %s answered %d", href, status)
	}
}

// figure returns the text of a table cell for a part of a year: in a table of years by quarters or
// months, or, for a short series, in the row of the period.
func (p *tab) figure(year, part string) string {
	p.Helper()
	return ask[string](p, fmt.Sprintf(`((year, part) => {
		const head = e => (e?.firstChild?.textContent ?? '').trim();
		for (const table of document.querySelectorAll('table')) {
			const at = [...table.querySelectorAll('thead th')].findIndex(h => head(h) === part);
			for (const row of table.querySelectorAll('tbody tr')) {
				const name = head(row.querySelector('th'));
				if (at > 0 && name === year) return row.children[at].textContent.trim();
				if (name === part + ' ' + year) return row.children[1].textContent.trim();
			}
		}
		return '';
	})(%q, %q)`, year, part))
}

// download presses a link that sends a file and returns what was saved.
func (p *tab) download(selector string) []byte {
	p.Helper()
	dir := p.TempDir()
	behave := control.SetDownloadBehaviorParams{
		Behavior: control.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir,
		BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
	}
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.CallBrowser(ctx, control.SetDownloadBehavior, behave)
		return err
	}), chromedp.Click(chromedp.CSS(selector)))
	for limit := time.Now().Add(patience); time.Now().Before(limit); time.Sleep(20 * time.Millisecond) {
		names, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(names) != 1 || strings.HasSuffix(names[0], ".crdownload") {
			continue
		}
		data, err := os.ReadFile(names[0])
		if err != nil {
			p.Fatal(err)
		}
		if len(data) > 0 { // the browser takes the name before it has the content
			return data
		}
	}
	p.Fatalf("nothing was downloaded by %s", selector)
	return nil
}

// TestMeasureJourney is the first minutes of an analyst: take a role on the tour, open a measure,
// ask what was known earlier, and take the figures along. The second quarter of 2022 was published as
// 4,171 and later revised to 4,157 (README of the reference data uk-nrm).
func TestMeasureJourney(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	p.signIn(n.people(t, b)[analyst])
	p.follow("/measures")
	p.press(`a[href^="/measures/nrm.referrals"]:not([href*="detail"])`)
	if got := p.here(); !strings.HasPrefix(got, "/measures/nrm.referrals") {
		t.Fatalf("the measure opened at %s", got)
	}
	for _, c := range []struct{ known, figure string }{{"", "4,157"}, {"2022-08-04", "4,171"}} {
		p.do(chromedp.SetValue(chromedp.CSS("#known"), c.known))
		if status := p.press(`form:has(#known) button`); status != 200 {
			t.Fatalf("choosing the day %q answered %d", c.known, status)
		}
		p.openTable()
		if got := p.figure("2022", "Q2"); !strings.HasPrefix(got, c.figure) {
			t.Errorf("known on %q: the page shows %q for the second quarter of 2022, want %s", c.known, got, c.figure)
		}
		if !p.fileHolds(t, `a[href*="figures.csv"]`, "2022-Q2", strings.ReplaceAll(c.figure, ",", "")) {
			t.Errorf("known on %q: the file does not hold %s", c.known, c.figure)
		}
	}
	for _, c := range p.complaints() {
		t.Error(c)
	}
}

// openTable goes to the table view.
func (p *tab) openTable() {
	p.Helper()
	if status := p.press(`nav.tabs a[href*="view=table"]`); status != 200 {
		p.Fatalf("the table view answered %d", status)
	}
}

// fileHolds downloads a table of figures and says whether the row of a period holds a figure.
func (p *tab) fileHolds(t *testing.T, selector, period, figure string) bool {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(string(p.download(selector)))).ReadAll()
	if err != nil {
		t.Fatalf("the downloaded file is no table: %v", err)
	}
	return slices.ContainsFunc(rows, func(row []string) bool {
		return slices.Contains(row, period) && slices.Contains(row, figure)
	})
}

// TestLeaveThenBack signs out and presses Back: what was on the screen must be gone.
func TestLeaveThenBack(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	account := n.people(t, b)[analyst]
	for _, path := range []string{"/measures", "/settings", "/import"} {
		p := b.open(t, n.base)
		p.language("en")
		p.signIn(account)
		p.visit(path)
		heading, who := p.heading(), ask[string](p, `document.querySelector('.who bdi').textContent`)
		if heading == "" || who == "" {
			t.Fatalf("%s shows neither heading nor name: %q %q", path, heading, who)
		}
		if status := p.press(`form[action="/leave"] button`); status != 200 || p.here() != "/" {
			t.Fatalf("signing out answered %d at %s", status, p.here())
		}
		p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			// Going back to a page that is gone is not a page load that could be waited for.
			_, err := chromedp.Evaluate[bool](`history.back(), true`)(ctx, target)
			return err
		}))
		p.until("Back leads to no page", `location.pathname !== '/' && document.readyState === 'complete'`)
		if text := p.body(); p.heading() == heading || strings.Contains(text, who) {
			t.Errorf("%s: after signing out, Back shows it again: %.200q", path, text)
		}
	}
}

// bad is a table in the generic format with a mistake in three of its lines.
const bad = `indicator,indicator_title,unit,area,released_on,period,value
shelter.nights,Nights (invented),nights,XFD,2026-01-15,2025-01,120
shelter.nights,Nights (invented),nights,XFD,2026-01-15,2025-02,-4
shelter.nights,Nights (invented),nights,Nowhereland,2026-01-15,2025-03,130
shelter.nights,Nights (invented),nights,XFD,2026-01-15,2025-13,140
`

// good is the same table without the mistakes.
const good = `indicator,indicator_title,unit,area,released_on,period,value
shelter.nights,Nights (invented),nights,XFD,2026-01-15,2025-01,120
shelter.nights,Nights (invented),nights,XFD,2026-01-15,2025-02,<5
shelter.nights,Nights (invented),nights,XFD,2026-01-15,2025-03,"1,130"
`

// TestImportJourney takes in a bad file, reads the report in every language, mends the file, and
// finds the figures saved. Nothing of the bad file may have been kept.
func TestImportJourney(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	p.signIn(n.people(t, b)[analyst])
	p.upload(t, "csv", "nights.csv", bad)
	report := p.body()
	for _, want := range []string{"nights.csv", "-4", "Nowhereland", "2025-13", "3", "4", "5"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report does not name %q:\n%s", want, report)
		}
	}
	if strings.Contains(report, "Save these figures") {
		t.Error("a file with mistakes can be saved")
	}
	at := p.here()
	for _, tag := range languages() {
		p.language(tag)
		p.look(t, visit{as: analyst, path: at, status: 200, alias: "/import/report"}, tag)
	}
	p.language("en")
	if status := p.visit("/measures/shelter.nights"); status != 404 {
		t.Errorf("a refused file left a measure behind: status %d", status)
	}

	p.upload(t, "csv", "nights.csv", good)
	if status := p.press(`form[action$="/save"] button`); status != 200 {
		t.Fatalf("saving answered %d", status)
	}
	p.visit("/measures/shelter.nights?view=table")
	for head, want := range map[string]string{"January": "120", "February": "1–4", "March": "1,130"} {
		if got := p.figure("2025", head); !strings.HasPrefix(strings.Trim(got, "\u2068\u2069"), want) {
			t.Errorf("%s: the page shows %q, want %q", head, got, want)
		}
	}
}

// upload sends a file through the form as a reader does.
func (p *tab) upload(t *testing.T, format, name, text string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.send(t, format, path)
}

// send chooses a file in the form and presses the button.
func (p *tab) send(t *testing.T, format, path string) {
	t.Helper()
	p.visit("/import")
	p.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`[name=format][value=%q]`, format))),
		chromedp.SetUploadFiles(chromedp.CSS(`[name=file]`), []string{path}))
	if status := p.press(`form[action="/import"] button`); status != 200 {
		t.Fatalf("sending %s answered %d: %.300s", filepath.Base(path), status, p.body())
	}
}

// TestWorldMap takes in the global table through the form and looks at the map, the heaviest page
// there is.
func TestWorldMap(t *testing.T) {
	data := testdata.Dir(t, "unodc-glotip")
	files, err := filepath.Glob(filepath.Join(data, "*2025*.csv*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no table of 2025 in %s", data)
	}
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	p.signIn(n.people(t, b)[analyst])
	p.send(t, "glotip", files[0])
	if status := p.press(`form[action$="/save"] button`); status != 200 {
		t.Fatalf("saving answered %d", status)
	}
	for _, tag := range languages() {
		p.language(tag)
		for _, path := range []string{"/measures/glotip.victims?view=map", "/measures/glotip.victims?view=table&by=sex", "/measures/glotip.victims?area=GBR"} {
			p.look(t, visit{as: analyst, path: path, status: 200}, tag)
		}
	}
}
