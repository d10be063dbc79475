package observe

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
)

func TestListenLoopbackRefusesOtherAddresses(t *testing.T) {
	for _, addr := range []string{
		":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:9464", "example.org:80", "10.0.0.1:1", "127.0.0.1", "",
		"localhost.example.org:0", "[::ffff:192.0.2.1]:0", "169.254.1.1:0",
	} {
		l, err := ListenLoopback(t.Context(), addr)
		if err == nil {
			_ = l.Close()
			t.Errorf("%q was accepted", addr)
			continue
		}
		if f, ok := fault.As(err); !ok || f.Kind != fault.Invalid || f.Hint == "" {
			t.Errorf("%q: %v is not an Invalid fault with a hint", addr, err)
		}
	}
}

func TestListenLoopbackSaysWhenThePortIsTaken(t *testing.T) {
	l, err := ListenLoopback(t.Context(), "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := ListenLoopback(t.Context(), l.Addr().String()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a taken port gives %v", err)
	}
}

func get(t *testing.T, url, host string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		req.Host = host
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestMetricsListener(t *testing.T) {
	l, err := ListenLoopback(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := NewMetrics(Build{Version: "1.2.3", Revision: "abc", Go: "go1.26"})
	m.Pool("writer", func() sql.DBStats { return sql.DBStats{OpenConnections: 7} })
	var well atomic.Bool
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- ServeMetrics(ctx, l, m, Ready(func(context.Context) error {
			if !well.Load() {
				return errors.New("database away")
			}
			return nil
		}))
	}()
	base := "http://" + l.Addr().String()

	status, body := get(t, base+"/metrics", "")
	for _, want := range []string{
		`fourfold_build_info{go="go1.26",revision="abc",version="1.2.3"} 1`,
		`fourfold_db_connections_open{pool="writer"} 7`, "go_goroutines",
	} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("status %d, metrics lack %q", status, want)
		}
	}
	if status, body := get(t, base+"/healthz", ""); status != http.StatusOK || body != "ok\n" {
		t.Errorf("healthz: %d %q", status, body)
	}
	if status, body := get(t, base+"/readyz", ""); status != http.StatusServiceUnavailable || strings.Contains(body, "database") {
		t.Errorf("readyz while broken: %d %q; the reason must stay in the log", status, body)
	}
	well.Store(true)
	if status, _ := get(t, base+"/readyz", ""); status != http.StatusOK {
		t.Errorf("readyz when well: %d", status)
	}
	if status, _ := get(t, base+"/metrics", "rebound.example:9464"); status != http.StatusMisdirectedRequest {
		t.Errorf("a foreign Host was answered with %d", status)
	}
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("after the end: %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("the listener outlived its context")
	}
}

func TestReadyGivesUpOnASlowCheck(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	rec := &statusOnly{header: http.Header{}}
	Ready(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }).ServeHTTP(rec, req)
	if rec.status != http.StatusServiceUnavailable {
		t.Errorf("status %d", rec.status)
	}
}

type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header         { return s.header }
func (s *statusOnly) WriteHeader(status int)      { s.status = status }
func (s *statusOnly) Write(p []byte) (int, error) { return len(p), nil }
