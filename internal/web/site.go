package web

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/svg"
	"github.com/fourfold/fourfold/internal/web/observe"
)

// site is what the node and the setup wizard share: templates, static files, the guards in front of
// every route and the one renderer of errors.
type site struct {
	logger  *slog.Logger
	now     func() time.Time
	hosts   []string
	secure  bool
	demo    bool
	version string
	rooms   []room
	// lockAfter is after how long without a press a page is covered.
	lockAfter time.Duration
	pages     pages
	assets    *assets
	crossing  *http.CrossOriginProtection
	buffers   *sync.Pool
	zippers   *sync.Pool

	// identify finds out who asks. Nil when nobody can sign in, as in the setup wizard.
	identify func(r *http.Request) (auth.Session, bool, error)
	// gate answers a request for a page of the signed in by a session that is locked, or in which a
	// sign-in is still to be made.
	gate handler
}

func newSite(logger *slog.Logger, now func() time.Time) (*site, error) {
	pages, err := parsePages(nil)
	if err != nil {
		return nil, err
	}
	assets, err := loadAssets(svg.CSS)
	if err != nil {
		return nil, err
	}
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &site{
		logger: logger, now: now, pages: pages, assets: assets,
		crossing: http.NewCrossOriginProtection(),
		buffers:  newBuffers(), zippers: newZippers(),
	}, nil
}

// serve wraps the handler of one row of the route table in everything a row promises.
func (s *site) serve(rt route) http.Handler {
	limit := rt.Body
	if limit == 0 {
		limit = formLimit
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := &answer{ResponseWriter: w}
		defer s.recover(out, r)
		v := visit{printer: printerOf(r)}
		if s.identify != nil {
			session, ok, err := s.identify(r)
			if err != nil {
				s.fail(out, r, err)
				return
			}
			v.session, v.lapsed = session, !ok && s.sessionToken(r) != ""
			if ok && !session.Locked && session.Stage == auth.Whole {
				v.actor, v.signedIn = session.Actor, true
			}
			observe.Note(r.Context()).Actor(string(session.Actor.Account))
		}
		asked := withVisit(r, v)
		if r.Body != nil {
			asked.Body = http.MaxBytesReader(out, r.Body, limit)
		}
		if err := s.answering(rt, v)(out, asked); err != nil {
			s.fail(out, asked, err)
		}
	})
}

// answering chooses who answers: the handler of the row, the gate of a session that is not open, or
// nobody. Every route of the signed in is the same behind the gate.
func (s *site) answering(rt route, v visit) handler {
	switch {
	case rt.Access.admits(v):
		return rt.Handle
	case s.gate != nil && v.session.ID != "" && !v.signedIn:
		return s.gate
	default:
		return s.missing
	}
}

// notHere is the one answer for what does not exist and for what the reader may not see.
func notHere() error { return fault.New(fault.NotFound, "There is no such page for you here.") }

func (s *site) missing(_ http.ResponseWriter, _ *http.Request) error { return notHere() }

// recover turns a panic of a handler into the error page, with the stack in the log only.
func (s *site) recover(w *answer, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler {
		panic(cause)
	}
	s.logger.ErrorContext(r.Context(), "a handler panicked", "route", r.Pattern, "stack", string(debug.Stack()))
	s.fail(w, r, fault.New(fault.Internal, "a handler panicked"))
}

// answer notes whether anything has been written, so that an error after the first byte breaks the
// connection instead of passing half a file off as a whole one.
type answer struct {
	http.ResponseWriter
	begun bool
}

func (a *answer) WriteHeader(status int) {
	a.begun = true
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
