package web

import (
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/fault"
)

// contentPolicy allows what this program serves itself and nothing else: no inline script, style or
// handler, no third party, no frame.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'"

// setHeaders puts the promises of every answer on it. Static files replace Cache-Control.
func (s *site) setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	if s.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// guard stands in front of the whole node: headers, the host check, and the refusal of forms that
// come from elsewhere. It never copies the request, so that an observer outside it can read which
// pattern the mux chose.
func (s *site) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.setHeaders(w.Header())
		if !s.knows(r.Host) {
			// Another site may point its own name at this address (DNS rebinding); it must learn nothing.
			http.Error(w, "This address is not served here. Use the name the node was started with.", http.StatusMisdirectedRequest)
			return
		}
		if err := s.checkOrigin(r); err != nil {
			s.fail(&answer{ResponseWriter: w}, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// knows tells whether a Host header names this node: the configured names and the names of the
// machine itself. The port does not matter.
func (s *site) knows(hostport string) bool {
	host := hostOf(hostport)
	if host == "localhost" || slices.Contains(s.hosts, host) {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// hostOf is the name in a Host header, without the port.
func hostOf(hostport string) string {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// checkOrigin refuses a change that another site asks for. http.CrossOriginProtection lets a
// request through that has neither Origin nor Sec-Fetch-Site, because programs send none; a
// program, though, holds no cookie of ours.
func (s *site) checkOrigin(r *http.Request) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		return nil
	}
	bare := r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == ""
	if (bare && r.Header.Get("Cookie") != "") || s.crossing.Check(r) != nil {
		return foreignForm()
	}
	return nil
}

// foreignForm is answered with 403 by the renderer of errors; see statusOf.
func foreignForm() error {
	return fault.New(fault.Denied, "This form did not come from a page of this node, so nothing was changed.").
		WithHint("Open the page again from here and send the form once more. If this stays, use the address that starts with https, or localhost on the computer that runs the node.")
}
