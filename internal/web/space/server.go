package space

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	room "github.com/fourfold/fourfold/internal/protection/space"
)

//go:embed files
var files embed.FS

// Options is how the page is served.
type Options struct {
	Secure bool // served over TLS: cookies say so
	Demo   bool // invented people: translations that nobody has reviewed are shown
	// Exit is where whoever leaves is led, an address that says nothing; "" is the first page.
	Exit string
	// Tongue gives the name of a language by its code. Nil shows the code.
	Tongue func(code string) string
	Logger *slog.Logger // nil: nothing is logged
}

// Server is the page. It is an http.Handler.
type Server struct {
	rooms    *room.Spaces
	options  Options
	layout   *template.Template
	mux      *http.ServeMux
	crossing *http.CrossOriginProtection
	static   map[string]staticFile
}

type staticFile struct {
	mime string
	raw  []byte
}

// route is a row of the table of the page. Inside says that it is for whoever is in.
type route struct {
	Method, Pattern string
	Inside          bool
	Handle          func(w http.ResponseWriter, r *http.Request, a asked) error
}

// asked is what is known of a request.
type asked struct {
	printer *i18n.Printer
	visit   room.Visit
	in      bool
}

// routes is everything that there is. No address says what it is for to somebody who reads a history.
func (s *Server) routes() []route {
	return []route{
		{"GET", "/{$}", false, s.first},
		{"POST", "/in", false, s.enter},
		{"POST", "/out", false, s.leave},
		{"POST", "/language", false, s.language},
		{"GET", "/info", true, s.info},
		{"GET", "/seen", true, s.seen},
		{"GET", "/choices", true, s.choices},
		{"POST", "/choices", true, s.takeBack},
		{"GET", "/dates", true, s.dates},
		{"GET", "/words", true, s.words},
		{"GET", "/help", true, s.help},
		{"POST", "/words", true, s.say},
	}
}

// New returns the page of a node.
func New(rooms *room.Spaces, o Options) (*Server, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Tongue == nil {
		o.Tongue = func(code string) string { return code }
	}
	s := &Server{rooms: rooms, options: o, crossing: http.NewCrossOriginProtection(), static: map[string]staticFile{}, mux: http.NewServeMux()}
	var err error
	if s.layout, err = template.New("page.html").Option("missingkey=error").Funcs(template.FuncMap{"dict": func(p page, w any) map[string]any {
		return map[string]any{"page": p, "form": w}
	}}).ParseFS(files, "files/page.html"); err != nil {
		return nil, fmt.Errorf("parse the page: %w", err)
	}
	for name, mime := range map[string]string{"page.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8"} {
		raw, err := files.ReadFile("files/" + name)
		if err != nil {
			return nil, err
		}
		s.static["/"+name] = staticFile{mime, raw}
	}
	for _, rt := range s.routes() {
		s.mux.Handle(rt.Method+" "+rt.Pattern, s.serve(rt))
	}
	s.mux.Handle("GET /favicon.ico", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for path := range s.static {
		s.mux.Handle("GET "+path, http.HandlerFunc(s.file))
	}
	s.mux.Handle("/", s.serve(route{Handle: s.nowhere}))
	return s, nil
}

// policy lets the page use its own style sheet and script and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// mostForm is the most bytes of a form.
const mostForm = 64 << 10

// ServeHTTP answers one request. The host was looked at before. It never copies the request, so that an
// observer outside it can read which pattern the mux chose.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for name, value := range map[string]string{
		"Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
		"Permissions-Policy": "camera=(), geolocation=(), microphone=()",
	} {
		h.Set(name, value)
	}
	if s.options.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if err := s.checkOrigin(r); err != nil {
		s.fail(w, r, err)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// checkOrigin refuses a change that another site asks for. A request that does not say where it comes from
// is let through by http.CrossOriginProtection, because programs send none; a program holds no cookie.
func (s *Server) checkOrigin(r *http.Request) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		return nil
	}
	bare := r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == ""
	if bare && r.Header.Get("Cookie") != "" || s.crossing.Check(r) != nil {
		return fault.New(fault.Denied, "This form did not come from this page, so nothing was changed.").WithHint("Open the page again from here and send the form once more.")
	}
	return nil
}

// serve wraps a row of the table in what the table promises. Whoever is not in sees the first page, whatever
// they asked for: going back shows that and nothing else.
func (s *Server) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.recover(w, r)
		a := asked{printer: s.printer(r)}
		if r.Body != nil {
			r.Body = http.MaxBytesReader(w, r.Body, mostForm)
		}
		var err error
		a.visit, err = s.rooms.Visit(r.Context(), s.cookie(r, visitCookie))
		a.in = err == nil
		switch {
		case err != nil && fault.KindOf(err) != fault.Denied:
			s.fail(w, r, err)
		case rt.Inside && (!a.in || a.visit.Harmless):
			// One answer to whoever is out, and to whoever may see nothing: nobody tells the two apart by it.
			http.Redirect(w, r, "/", http.StatusSeeOther)
		default:
			if err := rt.Handle(w, r, a); err != nil {
				s.fail(w, r, err)
			}
		}
	})
}

func (s *Server) recover(w http.ResponseWriter, r *http.Request) {
	if cause := recover(); cause != nil {
		if cause == http.ErrAbortHandler {
			panic(cause)
		}
		s.fail(w, r, fault.New(fault.Internal, "a handler panicked"))
	}
}

// nowhere answers what there is not.
func (s *Server) nowhere(w http.ResponseWriter, r *http.Request, _ asked) error {
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// file answers the style sheet and the script. Both are alike for everybody, and say nothing.
func (s *Server) file(w http.ResponseWriter, r *http.Request) {
	f := s.static[r.URL.Path]
	w.Header().Set("Content-Type", f.mime)
	w.Header().Set("Content-Length", strconv.Itoa(len(f.raw)))
	_, _ = w.Write(f.raw) // what cannot be written any more has no reader
}

// render sends a page when the whole of it succeeded.
func (s *Server) render(w http.ResponseWriter, status int, p page) error {
	var b bytes.Buffer
	if err := s.layout.Execute(&b, p); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
	return nil
}

// fail answers an error, in words that say nothing of what there is.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	printer := s.printer(r)
	p := s.page(r, asked{printer: printer})
	f, known := fault.As(err)
	status := http.StatusInternalServerError
	switch kind := fault.KindOf(err); {
	case known && (kind == fault.Invalid || kind == fault.Denied):
		status = map[fault.Kind]int{fault.Invalid: http.StatusUnprocessableEntity, fault.Denied: http.StatusForbidden}[kind]
		p.Message = printer.T(f.Msg, f.Args...)
		if f.Hint != "" {
			p.Hint = printer.T(f.Hint, f.HintArgs...)
		}
		for _, one := range f.Fields {
			p.Hint = printer.T(one.Msg, one.Args...)
		}
	// The words of all others may be those of the staff's pages.
	case kind == fault.NotFound || kind == fault.Withheld:
		status, p.Message = http.StatusNotFound, printer.T("Nothing here")
	case kind == fault.Unavailable:
		status, p.Message, p.Hint = http.StatusServiceUnavailable, printer.T("This page is closed just now."), printer.T("Come back a little later.")
	case kind == fault.Conflict || kind == fault.Stale:
		status, p.Message, p.Hint = http.StatusConflict, printer.T("This was changed just now."), printer.T("Load the page again.")
	case kind == fault.TooLarge:
		status, p.Message = http.StatusRequestEntityTooLarge, printer.T("This is too much at once. Write it in several parts.")
	default:
		p.Message, p.Hint = printer.T("This page could not be shown."), printer.T("Try again in a moment.")
		s.options.Logger.ErrorContext(r.Context(), "request failed", "route", r.Pattern, "cause", fault.Cause(err))
	}
	if err := s.render(w, status, p); err != nil {
		http.Error(w, printer.T("This page could not be shown."), http.StatusInternalServerError)
	}
}
