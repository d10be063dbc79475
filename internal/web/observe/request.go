package observe

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Requests returns the outermost middleware: it gives every request a Record, and when the
// answer is done writes one log line and counts it. metrics may be nil.
//
// The handler inside must reach a mux wrapped by Pattern, or be the mux itself; the pattern is
// unknown otherwise and the request is logged as "unmatched".
func Requests(logger *slog.Logger, metrics *Metrics, clock func() time.Time) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := &Record{}
			r = r.WithContext(context.WithValue(r.Context(), recordKey{}, rec))
			answer := &answer{ResponseWriter: w}
			start := clock()
			metrics.begin()
			finished := false
			defer func() {
				// A panic passes through to the recovery of the server; the line is written first.
				if !finished && answer.status == 0 {
					answer.status = http.StatusInternalServerError
				}
				rec.route(muxPattern(rec, r))
				line := rec.line(r.Method, answer.Status(), answer.bytes, clock().Sub(start))
				metrics.end(line)
				line.write(r.Context(), logger)
			}()
			next.ServeHTTP(answer, r)
			finished = true
		})
	}
}

// Pattern wraps the mux so that the pattern it chose is known even when a middleware between
// Requests and the mux replaced the request.
func Pattern(mux http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Deferred because the pattern matters most when the handler panics.
		defer func() { Note(r.Context()).route(r.Pattern) }()
		mux.ServeHTTP(w, r)
	})
}

// muxPattern prefers what Pattern recorded and falls back on the request that was handed on.
func muxPattern(rec *Record, r *http.Request) string {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if rec.pattern != "" {
		return rec.pattern
	}
	return r.Pattern
}

// requestLine is one finished request, free of anything its sender wrote.
type requestLine struct {
	method, route, actor, fault, kind string
	status                            int
	bytes                             int64
	took                              time.Duration
}

func (r *Record) line(method string, status int, bytes int64, took time.Duration) requestLine {
	r.mu.Lock()
	defer r.mu.Unlock()
	route := r.pattern
	if route == "" {
		route = unmatched
	}
	// A ServeMux pattern may begin with its method; the method has its own field.
	if _, path, found := strings.Cut(route, " "); found {
		route = path
	}
	return requestLine{
		method: knownMethod(method), route: route, actor: r.actor, fault: r.fault, kind: r.kind,
		status: status, bytes: bytes, took: took,
	}
}

func (l requestLine) write(ctx context.Context, logger *slog.Logger) {
	level := slog.LevelInfo
	if l.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	attrs := []slog.Attr{
		slog.String("method", l.method),
		slog.String("route", l.route),
		slog.Int("status", l.status),
		slog.Int64("bytes", l.bytes),
		slog.Float64("ms", float64(l.took.Microseconds())/1000),
	}
	for _, optional := range []struct{ key, value string }{
		{"actor", l.actor}, {"error_id", l.fault}, {"error_kind", l.kind},
	} {
		if optional.value != "" {
			attrs = append(attrs, slog.String(optional.key, optional.value))
		}
	}
	// The request's context may be cancelled by now; the line is wanted all the same.
	logger.LogAttrs(context.WithoutCancel(ctx), level, "request", attrs...)
}

// knownMethod keeps a made-up method, which may be any word, out of log and metrics.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions:
		return method
	default:
		return "OTHER"
	}
}

// answer counts what a handler writes. Flushing and deadlines reach the wrapped writer through
// Unwrap, as http.ResponseController does.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader notes the first final status; 1xx answers are interim.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= http.StatusOK {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes of the body.
func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(p)
	a.bytes += int64(n)
	return n, err
}

// Unwrap gives http.ResponseController the writer beneath.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Status is the status sent, or 200 when the handler wrote nothing at all.
func (a *answer) Status() int {
	if a.status == 0 {
		return http.StatusOK
	}
	return a.status
}
