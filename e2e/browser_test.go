package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/fourfold/fourfold/internal/testdata"
)

// browser is one Chromium process. Its tabs share nothing but the process.
type browser struct{ ctx context.Context }

// startBrowser starts Chromium with an empty profile and closes it when the test ends. Without
// Chromium the test ends here.
func startBrowser(t *testing.T) browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		testdata.Absent(t, "Chromium", "install Debian's packages chromium, fonts-noto-core and fonts-noto-cjk")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("no-proxy-server", true), chromedp.WSURLReadTimeout(2*time.Minute), // on a loaded machine
	)
	allocator, release := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closeBrowser := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		closeBrowser()
		release()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return browser{ctx}
}

// transfer is one request of a page.
type transfer struct {
	url   string
	kind  network.ResourceType
	bytes float64 // as sent over the wire, headers included
}

// tab is one browser tab with cookies of its own. It writes down what a page asks for and
// everything the browser complains about.
type tab struct {
	testing.TB
	ctx  context.Context
	base string

	mu        sync.Mutex
	transfers map[network.RequestID]*transfer
	order     []network.RequestID
	problems  []string
}

// watchPolicy makes violations of the content policy loud even where the console is not.
const watchPolicy = `addEventListener('securitypolicyviolation', e => console.error('content policy: ' + e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample))`

// open makes a new tab for a node.
func (b browser) open(t testing.TB, base string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p := &tab{TB: t, ctx: ctx, base: base, transfers: map[network.RequestID]*transfer{}}
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	}))
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watchPolicy})
		return err
	}))
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		t.Fatal(err)
	}
	p.size(1280, 900)
	return p
}

// hear writes an event of the browser down.
func (p *tab) hear(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if strings.HasPrefix(e.Request.URL, "data:") {
			return
		}
		if _, again := p.transfers[e.RequestID]; !again {
			p.order = append(p.order, e.RequestID)
		}
		p.transfers[e.RequestID] = &transfer{url: e.Request.URL, kind: e.Type}
		if !strings.HasPrefix(e.Request.URL, p.base+"/") {
			p.problems = append(p.problems, "asks somebody else: "+e.Request.URL)
		}
	case *network.EventLoadingFinished:
		if t, ok := p.transfers[e.RequestID]; ok {
			t.bytes = e.EncodedDataLength
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			var words []string
			for _, a := range e.Args {
				words = append(words, string(a.Value)+a.Description)
			}
			p.problems = append(p.problems, "console: "+strings.Join(words, " "))
		}
	case *runtime.EventExceptionThrown:
		p.problems = append(p.problems, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			p.problems = append(p.problems, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	}
}

// forget starts a new page's record.
func (p *tab) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.transfers, p.order, p.problems = map[network.RequestID]*transfer{}, nil, nil
}

// complaints returns what the browser complained about since forget.
func (p *tab) complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.problems...)
}

// loaded returns the requests since forget, in order.
func (p *tab) loaded() []transfer {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []transfer
	for _, id := range p.order {
		all = append(all, *p.transfers[id])
	}
	return all
}

// patience bounds one step in the browser; a loaded machine is slow, a hung page never ends.
const patience = time.Minute

// do runs steps in the tab.
func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if chromedp.FromContext(p.ctx).Target == nil { // the first run opens the tab and must not be bounded
		if err := chromedp.Do(p.ctx); err != nil {
			p.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.Fatalf("%v (at %s)", err, p.where())
	}
}

// where names the page for an error message.
func (p *tab) where() string {
	ctx, cancel := context.WithTimeout(p.ctx, time.Second)
	defer cancel()
	at, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		return "an unknown page"
	}
	return at
}

// visit goes to a path and returns the status of the answer.
func (p *tab) visit(path string) int {
	p.Helper()
	p.forget()
	return p.answered(chromedp.Navigate(p.base + path))
}

// press clicks what a selector finds and waits for the page it leads to.
func (p *tab) press(selector string) int {
	p.Helper()
	return p.answered(chromedp.Click(chromedp.CSS(selector)))
}

func (p *tab) answered(step chromedp.Action[chromedp.Void]) int {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	response, err := chromedp.RunResponse(ctx, step)
	if err != nil {
		p.Fatalf("%v (at %s)", err, p.where())
	}
	return int(response.Status)
}

// ask evaluates an expression in the page; a promise is awaited.
func ask[T any](p *tab, expression string) T {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("evaluate %.80q: %v (at %s)", expression, err, p.where())
	}
	return v
}

// size sets the size of the window in CSS pixels.
func (p *tab) size(width, height int64) {
	p.Helper()
	p.do(chromedp.EmulateViewport(width, height))
}

// media emulates a medium ("print" or "") and media features, given as name, value pairs.
func (p *tab) media(medium string, features ...string) {
	p.Helper()
	params := emulation.SetEmulatedMediaParams{Media: medium}
	for i := 0; i+1 < len(features); i += 2 {
		params.Features = append(params.Features, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
	}
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, params)
		return err
	}))
}

// scripts switches the scripts of the pages on or off.
func (p *tab) scripts(on bool) {
	p.Helper()
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	}))
}

// language sets the language as the language switch does.
func (p *tab) language(tag string) {
	p.Helper()
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: "language", Value: tag, URL: p.base + "/"})
		return err
	}))
}

// picture leaves a picture of the whole page in artefacts/.
func (p *tab) picture(name string) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	data, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.Fatal(err)
	}
	keep(p, name+".png", data)
}

// keep writes an artefact.
func keep(t testing.TB, name string, data []byte) {
	t.Helper()
	path := filepath.Join("artefacts", filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
