package cli

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/i18n"
)

// said is what a running program has printed so far.
type said struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// double runs the program as a double-click does, in this process, and returns its address, the path
// that it would open in the browser, and a function that ends it and returns the exit code and all
// it printed.
func double(t *testing.T) (base, first string, end func() (int, string)) {
	t.Helper()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var out said
	r := &run{ctx: ctx, out: io.Discard, err: &out, clock: time.Now, words: i18n.For("en")}
	code := make(chan int, 1)
	addr := "localhost:" + strconv.Itoa(port)
	go func() { code <- r.main([]string{"start", "--no-browser", "--addr", addr}) }()
	base = "http://" + addr
	for tries := 0; first == ""; tries++ {
		if at := regexp.MustCompile(regexp.QuoteMeta(base) + `(/[^\s.]+)`).FindStringSubmatch(out.String()); at != nil {
			first = strings.TrimRight(at[1], "\u2068\u2069")
		}
		if tries == 4800 { // two minutes
			t.Fatalf("nothing is said about %s:\n%s", base, out.String())
		}
		time.Sleep(25 * time.Millisecond)
	}
	return base, first, func() (int, string) {
		cancel()
		select {
		case c := <-code:
			return c, out.String()
		case <-time.After(time.Minute):
			t.Fatal("the program did not end")
			return 0, ""
		}
	}
}

// A double-click sets a node up in the browser with no terminal; the next one finds it again.
func TestDoubleClick(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "config"))
	t.Setenv("XDG_DATA_HOME", filepath.Join(home, "data"))
	t.Setenv("FOURFOLD_DATA_DIR", "")
	folder := filepath.Join(home, "Office node")

	base, first, end := double(t)
	b := newVisitor(t, base)
	// Another user of the computer, or a page in its browser, knows the address and not the pass.
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if status, _, body := b.send(method, "/setup", url.Values{"folder": {folder}}); status != http.StatusForbidden || strings.Contains(body, home) {
			t.Errorf("%s without the pass: %d\n%.500s", method, status, body)
		}
	}
	status, path, body := b.send(http.MethodGet, first, nil)
	if status != http.StatusOK || path != "/setup" || !strings.Contains(body, `name="organisation"`) {
		t.Fatalf("first page: %d %s\n%.500s", status, path, body)
	}
	form := url.Values{
		"organisation": {"Office (invented)"}, "administrator": {"Ada (invented)"}, "analyst": {""},
		"zone": {"Europe/London"}, "folder": {"not/absolute"},
	}
	if status, _, body := b.send(http.MethodPost, "/setup", form); status != http.StatusUnprocessableEntity || !strings.Contains(body, "whole path") {
		t.Errorf("a folder that is no whole path: %d\n%.300s", status, body)
	}
	form.Set("folder", folder)
	status, path, body = b.send(http.MethodPost, "/setup", form)
	if status != http.StatusOK || path != "/setup/key" {
		t.Fatalf("after the form: %d %s\n%s", status, path, body)
	}
	key, err := os.ReadFile(filepath.Join(folder, "fourfold.key"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(body, string(key[:4])) {
		t.Error("the page does not show the key")
	}
	_, path, body = b.send(http.MethodPost, "/setup/key", url.Values{})
	link := regexp.MustCompile(`/enter\?link=[^"&]+`).FindString(body)
	if path != "/setup/done" || link == "" {
		t.Fatalf("the last page %s has no link into the node:\n%s", path, body)
	}
	if status, _, body := b.send(http.MethodGet, link, nil); status != http.StatusOK || !strings.Contains(body, `action="/enter"`) {
		t.Errorf("the link: %d\n%.300s", status, body)
	}
	b.send(http.MethodPost, "/enter", url.Values{"link": {strings.TrimPrefix(link, "/enter?link=")}})
	if status, _, body := b.send(http.MethodGet, "/measures/nrm.referrals", nil); status != http.StatusOK {
		t.Errorf("a page of the node: %d\n%.300s", status, body)
	}
	if code, text := end(); code != exitOK || !strings.Contains(text, base) {
		t.Errorf("end: exit code %d, printed\n%s", code, text)
	}

	base, _, end = double(t)
	b = newVisitor(t, base)
	if status, path, _ := b.send(http.MethodGet, "/setup", nil); status != http.StatusNotFound {
		t.Errorf("the wizard is there again: %d %s", status, path)
	}
	if code, text := end(); code != exitOK || !strings.Contains(text, "/enter?link=ffl_") {
		t.Errorf("second start: exit code %d, printed\n%s", code, text)
	}
}
