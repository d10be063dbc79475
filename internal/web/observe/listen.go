package observe

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
)

// ListenLoopback opens a TCP listener that only this machine can reach. addr is host:port; the
// host must be "localhost" or a literal loopback address, port 0 takes a free one. Anything
// else is refused (fault.Invalid): metrics tell when people work, and a name could resolve to
// an outside address later.
func ListenLoopback(ctx context.Context, addr string) (net.Listener, error) {
	refused := fault.New(fault.Invalid, "%s is not an address of this machine alone", addr).
		WithHint("Use a loopback address such as 127.0.0.1:9464, and a tunnel or an agent on this machine to collect the metrics.")
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, refused.Wrap(err)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.Unmap().IsLoopback() {
		return nil, refused.Wrap(err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(ip.String(), port))
	if err != nil {
		return nil, fault.New(fault.Unavailable, "cannot listen on %s", addr).Wrap(err).
			WithHint("Another program may use this port; choose another one.")
	}
	return l, nil
}

// ServeMetrics answers /metrics, /healthz and /readyz on l until ctx ends, then closes l.
// It returns nil after an orderly end.
func ServeMetrics(ctx context.Context, l net.Listener, m *Metrics, ready http.Handler) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.Handler())
	mux.Handle("GET /healthz", Healthy())
	mux.Handle("GET /readyz", ready)
	server := &http.Server{
		Handler: sameMachine(mux), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// sameMachine refuses a request that reached the loopback listener under another name, which is
// how a web page open in this machine's browser would try to read it (DNS rebinding).
func sameMachine(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); host != "localhost" && (err != nil || !ip.Unmap().IsLoopback()) {
			plain(w, http.StatusMisdirectedRequest, "ask for this page by a loopback address\n")
			return
		}
		next.ServeHTTP(w, r)
	})
}
