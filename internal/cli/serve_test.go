package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/internal/fault"
)

// serving runs a service on a free port until the returned function is called. Requests that run then
// have the time of patience.
func serving(t *testing.T, patience time.Duration, h http.Handler) (base string, end func() error) {
	t.Helper()
	l, err := listen(t.Context(), "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	s := service{listener: l, handler: h, logger: slog.New(slog.DiscardHandler), clock: time.Now, patience: patience}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.serve(ctx) }()
	return s.url(), func() error {
		cancel()
		return <-done
	}
}

// A request that is running when the node ends gets the time to finish.
func TestShutdownLetsRequestsFinish(t *testing.T) {
	begun, ending := make(chan struct{}), make(chan struct{})
	base, end := serving(t, time.Minute, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		<-ending
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
	ended := make(chan error, 1)
	go func() { ended <- end() }()
	for refused := false; !refused; { // until the node ends: then it takes no more callers
		c, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
		if refused = err != nil; !refused {
			_ = c.Close()
		}
	}
	close(ending)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got := <-answer; got != "whole" {
		t.Errorf("the running request got %q", got)
	}
}

// A request that would not end does not keep the node: it ends within three seconds, of which the rest of the
// program needs some.
func TestShutdownIsBounded(t *testing.T) {
	if shutdownPatience > 2*time.Second {
		t.Errorf("requests may go on for %s", shutdownPatience)
	}
	begun := make(chan struct{})
	base, end := serving(t, 10*time.Millisecond, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	}))
	go func() {
		if resp, err := http.Get(base); err == nil {
			_ = resp.Body.Close()
		}
	}()
	<-begun
	ended := make(chan error, 1)
	go func() { ended <- end() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("a request keeps the node")
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
