package observe

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func scrape(m *Metrics) string {
	rec := httptest.NewRecorder()
	m.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return rec.Body.String()
}

// TestHistogram: each bucket counts what took no longer than its bound.
func TestHistogram(t *testing.T) {
	m := NewMetrics(Build{})
	for _, took := range []time.Duration{time.Millisecond, 3 * time.Millisecond, 20 * time.Second} {
		m.begin()
		m.end(requestLine{method: "GET", route: "/", status: 200, took: took})
	}
	text := scrape(m)
	for _, want := range []string{
		`fourfold_http_request_seconds_bucket{route="/",le="0.001"} 1`,
		`fourfold_http_request_seconds_bucket{route="/",le="0.0025"} 1`,
		`fourfold_http_request_seconds_bucket{route="/",le="0.005"} 2`,
		`fourfold_http_request_seconds_bucket{route="/",le="10"} 2`,
		`fourfold_http_request_seconds_bucket{route="/",le="+Inf"} 3`,
		`fourfold_http_request_seconds_count{route="/"} 3`,
		`fourfold_http_requests_total{method="GET",route="/",status="200"} 3`,
		"process_start_time_seconds ", "go_memstats_heap_alloc_bytes ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

// TestLabels: a value cannot end its label, whoever built the program.
func TestLabels(t *testing.T) {
	m := NewMetrics(Build{Version: "a\"b\\c\nd", Go: `\`})
	want := `fourfold_build_info{go="\\",revision="",version="a\"b\\c\nd"} 1` + "\n"
	if text := scrape(m); !strings.Contains(text, want) {
		t.Errorf("want %q in\n%s", want, text)
	}
}
