package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/testdata"
)

// newFull is a node with the series that ship, both UNODC vintages and the detailed table: what a
// rapporteur's office holds.
func newFull(tb testing.TB) *testNode {
	tb.Helper()
	n := newSeeded(tb, Options{})
	files := []indicator.Import{
		{Format: "glotip", Path: filepath.Join(testdata.Dir(tb, "unodc-glotip"), "data_glotip_2024.csv.gz")},
		{Format: "glotip", Path: filepath.Join(testdata.Dir(tb, "unodc-glotip"), "data_glotip_2025.csv.gz")},
		{Format: "nrm", Path: filepath.Join(testdata.Dir(tb, "uk-nrm"), "nrm_referrals_2022Q2_2023Q4.csv.gz")},
	}
	for _, f := range files {
		if _, err := n.app.Indicators.Import(tb.Context(), n.analyst(), f); err != nil {
			tb.Fatal(err)
		}
	}
	return n
}

// fullPages are pages on a full node with a figure that each must show.
func fullPages() map[string]string {
	return map[string]string{
		"/measures/nrm.referrals":                                                          "4,142",
		"/measures/nrm.referrals.detail":                                                   "4,141",
		"/measures/nrm.referrals.detail?by=responder_type":                                 "4 series",
		"/measures/nrm.referrals.detail?by=citizenship&view=table&w-responder_type=police": "Series 1 to 50 of",
		"/measures/glotip.victims?area=GBR":                                                "Possible break",
		"/measures/glotip.victims?view=map":                                                "ff-map",
		"/measures/glotip.victims?area=GBR&by=form":                                        "ff-wide",
		"/policy-review": "0.1201",
	}
}

// budget is the greatest size of a page in bytes after gzip, beside cached files.
const budget = 60_000

func TestFullPagesKeepTheBudget(t *testing.T) {
	n := newFull(t)
	cookie := n.session(auth.Analyst)
	for path, shows := range fullPages() {
		res, packed := send(t, n, ask{path: path, cookie: cookie, header: map[string]string{"Accept-Encoding": "gzip"}})
		z, err := gzip.NewReader(strings.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != http.StatusOK || !strings.Contains(string(body), shows) {
			t.Errorf("%s: status %d, shows %q: %v", path, res.StatusCode, shows, strings.Contains(string(body), shows))
		}
		t.Logf("%s: %d bytes, %d after gzip", path, len(body), len(packed))
		if len(packed) > budget {
			t.Errorf("%s: %d bytes after gzip, at most %d", path, len(packed), budget)
		}
	}
}

// BenchmarkMeasurePages takes the server time of whole pages on a full node, database included. The
// bound is 15 ms for one measure. Every answer is checked before it is timed.
func BenchmarkMeasurePages(b *testing.B) {
	n := newFull(b)
	cookie := n.session(auth.Analyst)
	for path, shows := range fullPages() {
		b.Run(path, func(b *testing.B) {
			ask := func() *httptest.ResponseRecorder {
				r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil)
				r.Header.Set("Cookie", cookie)
				w := httptest.NewRecorder()
				n.ServeHTTP(w, r)
				return w
			}
			if w := ask(); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), shows) {
				b.Fatalf("status %d, does not show %q", w.Code, shows)
			}
			for b.Loop() {
				ask()
			}
		})
	}
}
