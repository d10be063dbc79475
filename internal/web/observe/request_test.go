package observe

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// canary stands for anything a person could write into a request.
const canary = "Marisol-Canary-7f3a"

func fixedClock() func() time.Time {
	t := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return func() time.Time {
		t = t.Add(1500 * time.Microsecond)
		return t
	}
}

// serve runs one request through the middleware and returns the log text and the metrics text.
func serve(t *testing.T, r *http.Request, routes map[string]http.HandlerFunc) (log, metrics string) {
	t.Helper()
	mux := http.NewServeMux()
	for pattern, h := range routes {
		mux.HandleFunc(pattern, h)
	}
	var buf bytes.Buffer
	m := NewMetrics(Build{Version: "test"})
	h := Requests(slog.New(slog.NewJSONHandler(&buf, nil)), m, fixedClock())(replaceRequest(Pattern(mux)))
	func() {
		defer func() { _ = recover() }()
		h.ServeHTTP(httptest.NewRecorder(), r)
	}()
	rec := httptest.NewRecorder()
	m.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return buf.String(), rec.Body.String()
}

// replaceRequest does what any middleware with a context value does.
func replaceRequest(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.Clone(r.Context()))
	})
}

func TestLineHoldsPatternAndNothingThatWasSent(t *testing.T) {
	form := strings.NewReader("name=" + canary)
	r := httptest.NewRequest(http.MethodPost, "/persons/"+canary+"?q="+canary, form)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", canary)
	r.Header.Set("Referer", "http://localhost/"+canary)
	r.Header.Set("Authorization", "Bearer "+canary)
	r.Header.Set("X-Forwarded-For", "203.0.113.77")
	r.Host = canary + ".example"
	r.RemoteAddr = "203.0.113.77:4242"
	r.AddCookie(&http.Cookie{Name: "s", Value: canary})
	log, metrics := serve(t, r, map[string]http.HandlerFunc{
		"POST /persons/{id}": func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			Note(r.Context()).Actor("ACCOUNTID")
			Note(r.Context()).Fail("E123", "invalid")
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = w.Write([]byte("sorry"))
		},
	})
	for _, secret := range []string{canary, "203.0.113.77", "name="} {
		if strings.Contains(log, secret) || strings.Contains(metrics, secret) {
			t.Errorf("%q reached the log or the metrics:\n%s", secret, log)
		}
	}
	var line map[string]any
	if err := json.Unmarshal([]byte(log), &line); err != nil {
		t.Fatalf("not one JSON line: %v\n%s", err, log)
	}
	delete(line, "time")
	want := map[string]any{
		"level": "INFO", "msg": "request", "method": "POST", "route": "/persons/{id}", "status": 422.0,
		"bytes": 5.0, "ms": 1.5, "actor": "ACCOUNTID", "error_id": "E123", "error_kind": "invalid",
	}
	if diff := cmp.Diff(want, line); diff != "" {
		t.Errorf("log line (-want +got):\n%s", diff)
	}
	if !strings.Contains(metrics, `fourfold_http_requests_total{method="POST",route="/persons/{id}",status="422"} 1`) {
		t.Errorf("the request was not counted by its pattern:\n%s", metrics)
	}
}

func TestOddRequestsLeaveNoTrace(t *testing.T) {
	for name, r := range map[string]*http.Request{
		"no such route": httptest.NewRequest(http.MethodGet, "/"+canary, nil),
		"odd method":    httptest.NewRequest(canary, "/known", nil),
	} {
		t.Run(name, func(t *testing.T) {
			log, metrics := serve(t, r, map[string]http.HandlerFunc{"GET /known": func(http.ResponseWriter, *http.Request) {}})
			if strings.Contains(log+metrics, canary) {
				t.Errorf("what was sent is in the log or the metrics:\n%s", log)
			}
			if log == "" {
				t.Error("no line was written")
			}
		})
	}
}

func TestPanicIsLoggedAsServerErrorAndPassedOn(t *testing.T) {
	log, metrics := serve(t, httptest.NewRequest(http.MethodGet, "/boom", nil), map[string]http.HandlerFunc{
		"GET /boom": func(http.ResponseWriter, *http.Request) { panic(canary) },
	})
	if !strings.Contains(log, `"status":500`) || !strings.Contains(log, `"route":"/boom"`) {
		t.Errorf("log = %s", log)
	}
	if strings.Contains(log, canary) {
		t.Errorf("the value of the panic is in the request log: %s", log)
	}
	if !strings.Contains(metrics, `fourfold_http_requests_in_flight 0`) {
		t.Error("a panicking request is counted as in flight for ever")
	}
}

func TestNoteOutsideARequest(t *testing.T) {
	Note(t.Context()).Actor("a")
	Note(t.Context()).Fail("id", "internal")
}

func TestFlushReachesTheWriter(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /s", func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Errorf("flush: %v", err)
		}
	})
	rec := httptest.NewRecorder()
	Requests(slog.New(slog.DiscardHandler), nil, fixedClock())(mux).
		ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/s", nil))
	if !rec.Flushed {
		t.Error("the answer was not flushed")
	}
}
