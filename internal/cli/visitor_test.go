package cli

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

// visitor is a visitor with cookies.
type visitor struct {
	t    testing.TB
	http *http.Client
	base string
}

func newVisitor(t testing.TB, base string) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{t, &http.Client{Jar: jar, Timeout: 2 * time.Minute}, base}
}

func (v visitor) send(method, path string, form url.Values) (int, string, string) {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	resp, err := v.http.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return resp.StatusCode, resp.Request.URL.Path, string(body)
}

// redeem signs in by a one-time link.
func (v visitor) redeem(link string) {
	v.t.Helper()
	if status, path, body := v.send(http.MethodPost, "/enter", url.Values{"link": {link}}); status != http.StatusOK || path != "/security/new" {
		v.t.Fatalf("sign in: %d %s\n%s", status, path, body)
	}
}

// get fetches a page and expects it to be there.
func (v visitor) get(path string) string {
	v.t.Helper()
	status, _, body := v.send(http.MethodGet, path, nil)
	if status != http.StatusOK {
		v.t.Fatalf("GET %s: %d\n%.500s", path, status, body)
	}
	return body
}
