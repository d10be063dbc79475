package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// Thousands of languages are not worth the work of choosing among them.
func TestLongLanguageWishIsNotRead(t *testing.T) {
	wish := func(header string) string {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Language", header)
		return printerOf(r).Lang()
	}
	if got := wish("ar, en;q=0.5"); got != "ar" {
		t.Errorf("a reader of Arabic gets %s", got)
	}
	if got := wish("ar" + strings.Repeat(", de;q=0.1", 1000)); got != "en" {
		t.Errorf("a header of ten thousand bytes was read: %s", got)
	}
}

// A demonstration lets everybody in, so no setting can make it answer to a name of the network.
func TestDemoHasNoOtherNames(t *testing.T) {
	d := dbtest.Open(t)
	a := app.On(d, nil, vaulttest.Open(t, d))
	if _, err := New(a, Options{Demo: true, Hosts: []string{"node.example.org"}}); err == nil {
		t.Error("a demonstration would answer to node.example.org")
	}
}

// Bytes that are no text, numbers out of every range and parameters without end are refused or
// passed over; none of them is a failure of the node, on either engine.
func TestOddRequestsAreNoFailure(t *testing.T) {
	n := newSeeded(t, Options{})
	analyst, boss := n.session(auth.Analyst), n.session(auth.Administrator)
	for _, odd := range []string{
		"%ff", "%00", "caf%c3", "-1", "99999999999999999999", "0000", "9999-Q4", "%F0%9F%94%A5", "a:b:c", "%27%3B--", "%25", strings.Repeat("x", 5000),
	} {
		for _, path := range []string{
			"/measures/" + odd, "/measures/" + odd + "/figures.csv", "/releases/" + odd, "/import/" + odd, "/enter?link=" + odd,
			"/measures?q=" + odd + "&source=" + odd + "&dim=" + odd, "/measures/compare?m1=nrm.referrals&a1=" + odd + "&from=" + odd + "&w-age-1=" + odd,
		} {
			oddly(t, n, ask{path: path, cookie: analyst})
		}
		for _, name := range []string{"area", "by", "from", "to", "known", "part", "sum", "view", "page", "annual", "w-age"} {
			for _, file := range []string{"", "/figures.csv", "/figures-sdmx.csv"} {
				oddly(t, n, ask{path: "/measures/nrm.referrals" + file + "?" + name + "=" + odd + "&" + name + "=" + odd, cookie: analyst})
			}
		}
		value, err := url.QueryUnescape(odd)
		if err != nil {
			t.Fatal(err)
		}
		oddly(t, n, ask{method: "POST", path: "/settings/tokens", cookie: boss, form: url.Values{"label": {value}, "days": {value}}})
		oddly(t, n, ask{method: "POST", path: "/settings/tokens", cookie: boss, form: url.Values{"label": {value}, "days": {"30"}}})
		oddly(t, n, ask{method: "POST", path: "/settings/tokens/" + odd + "/revoke", cookie: boss})
		oddly(t, n, ask{method: "POST", path: "/enter", form: url.Values{"link": {value}}})
		oddly(t, n, ask{method: "POST", path: "/language", form: url.Values{"language": {value}, "back": {value}}})
		oddly(t, n, uploadOf(analyst, map[string]string{"format": "csv", "label": value, "day": value, "month": value, "year": value}, value, "x"))
	}
	if log := n.log.String(); strings.Contains(log, "request failed") {
		t.Errorf("the log has failures:\n%.2000s", log)
	}
}

func oddly(t *testing.T, n *testNode, a ask) {
	t.Helper()
	res, _ := send(t, n, a)
	if res.StatusCode >= http.StatusInternalServerError {
		t.Errorf("%s %.100q: status %d", a.method, a.path, res.StatusCode)
	}
}
