package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/internal/fault"
)

// serving runs a service on a free port until the returned function is called.
func serving(t *testing.T, h http.Handler) (base string, end func() (time.Duration, error)) {
	t.Helper()
	l, err := listen(t.Context(), "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	s := service{listener: l, handler: h, logger: slog.New(slog.DiscardHandler), clock: time.Now}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.serve(ctx) }()
	return s.url(), func() (time.Duration, error) {
		start := time.Now()
		cancel()
		err := <-done
		return time.Since(start), err
	}
}

// A request that is running when the node ends gets the time to finish.
func TestShutdownLetsRequestsFinish(t *testing.T) {
	begun := make(chan struct{})
	base, end := serving(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		time.Sleep(300 * time.Millisecond)
		if r.Context().Err() == nil {
			_, _ = io.WriteString(w, "whole")
		}
	}))
	answer := make(chan string, 1)
	go func() {
		resp, err := http.Get(base)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answer <- string(body)
	}()
	<-begun
	if _, err := end(); err != nil {
		t.Error(err)
	}
	if got := <-answer; got != "whole" {
		t.Errorf("the running request got %q", got)
	}
}

// A request that would not end does not keep the node: it ends within three seconds.
func TestShutdownIsBounded(t *testing.T) {
	begun := make(chan struct{})
	base, end := serving(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	}))
	go func() {
		if resp, err := http.Get(base); err == nil {
			_ = resp.Body.Close()
		}
	}()
	<-begun
	took, err := end()
	if err != nil || took > 3*time.Second {
		t.Errorf("ended after %s: %v", took, err)
	}
}

func TestServeSaysWhyItCannot(t *testing.T) {
	l, err := listen(t.Context(), "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	s := service{listener: l, handler: http.NotFoundHandler(), logger: slog.New(slog.DiscardHandler), clock: time.Now, cert: "no.pem", key: "no.key"}
	if err := s.serve(t.Context()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("without its certificate: %v", err)
	}
	if _, err := listen(t.Context(), "localhost:notaport"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a bad port: %v", err)
	}
}

// The standard library's server writes the address of a caller into its messages.
func TestServerMessagesAreQuiet(t *testing.T) {
	var b bytes.Buffer
	logger := slog.NewLogLogger(quiet{newLogger(&b, "info").Handler()}, slog.LevelWarn)
	logger.Print("http: TLS handshake error from 203.0.113.7:4242: Marisol")
	if text := b.String(); strings.Contains(text, "203.0.113.7") || strings.Contains(text, "Marisol") || !strings.Contains(text, "refused a connection") {
		t.Errorf("log: %s", text)
	}
}

func TestHosts(t *testing.T) {
	for _, tc := range []struct {
		addr  string
		given []string
		want  []string
	}{
		{"localhost:8080", nil, []string{"localhost"}},
		{"192.0.2.7:443", []string{"node.example"}, []string{"node.example", "192.0.2.7"}},
		{":443", []string{"node.example"}, []string{"node.example"}},
		{"[::]:443", nil, nil},
	} {
		c := serveCmd{Addr: tc.addr, Host: tc.given}
		if diff := cmp.Diff(tc.want, c.hosts()); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tc.addr, diff)
		}
	}
}

// A caller who never finishes sending or taking does not hold a connection for ever.
func TestServerHasPatienceWithLimits(t *testing.T) {
	server := service{handler: http.NotFoundHandler(), logger: slog.New(slog.DiscardHandler), clock: time.Now}.server(t.Context())
	for name, limit := range map[string]time.Duration{
		"header": server.ReadHeaderTimeout, "body": server.ReadTimeout, "answer": server.WriteTimeout, "idle": server.IdleTimeout,
	} {
		if limit <= 0 || limit > 10*time.Minute {
			t.Errorf("the patience for the %s is %s", name, limit)
		}
	}
	if server.MaxHeaderBytes <= 0 || server.MaxHeaderBytes > 1<<20 {
		t.Errorf("a header may have %d bytes", server.MaxHeaderBytes)
	}
}

// A serving node sweeps, goes on when a sweep fails, and stops with the service.
func TestServiceSweeps(t *testing.T) {
	l, err := listen(t.Context(), "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	sweeps := 0 // the service has ended before it is read
	s := service{
		listener: l, handler: http.NotFoundHandler(), logger: slog.New(slog.DiscardHandler), clock: time.Now,
		pause: time.Millisecond,
		sweep: func(context.Context) error {
			if sweeps++; sweeps == 3 {
				cancel()
			}
			return errors.New("busy")
		},
	}
	if err := s.serve(ctx); err != nil || sweeps < 3 {
		t.Errorf("%d sweeps, then %v", sweeps, err)
	}
}

// What lets everybody in listens where only this machine comes, whatever the name stands for.
func TestListenHere(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", "[::]:0", ":0"} {
		if l, err := listenHere(t.Context(), addr); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", addr, err)
			_ = l.Close()
		}
	}
	l, err := listenHere(t.Context(), "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
}
