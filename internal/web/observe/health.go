package observe

import (
	"context"
	"io"
	"net/http"
	"time"
)

// readyPatience bounds a readiness check, so that a stuck database answers "no" and not late.
const readyPatience = 2 * time.Second

// Healthy answers /healthz: the process runs and serves. It touches nothing else, so that a
// supervisor does not restart a node because its database is away.
func Healthy() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		plain(w, http.StatusOK, "ok\n")
	})
}

// Ready answers /readyz: 200 when every check passes, else 503. The reason is not told, for
// the page is open to anyone who reaches the node; it stands in the log of whatever failed.
func Ready(checks ...func(context.Context) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyPatience)
		defer cancel()
		for _, check := range checks {
			if err := check(ctx); err != nil {
				plain(w, http.StatusServiceUnavailable, "not ready\n")
				return
			}
		}
		plain(w, http.StatusOK, "ready\n")
	})
}

func plain(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	// The caller has gone when this fails, and there is nobody left to tell.
	_, _ = io.WriteString(w, text)
}
