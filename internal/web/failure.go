package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/web/observe"
)

// failurePage is the one page that says that something did not work, and what to do now.
type failurePage struct {
	Page
	Code    int
	Message string
	Hint    string
	ErrorID string
}

// fail answers a request that ended in an error. Only faults show their text; everything else is an
// Internal one, whose cause goes to the log under an id that the page shows.
func (s *site) fail(w *answer, r *http.Request, err error) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return // The reader has gone; nobody is left to tell.
	}
	err = tooLarge(err)
	kind := fault.KindOf(err)
	id := ""
	observe.Note(r.Context()).Fail("", kind.String())
	if kind == fault.Internal {
		id = rand.Text()[:10]
		observe.Note(r.Context()).Fail(id, kind.String())
		s.logger.ErrorContext(r.Context(), "request failed", "route", r.Pattern, "error_id", id, "cause", fault.Cause(err))
	}
	if w.begun {
		panic(http.ErrAbortHandler)
	}
	v := visitOf(r)
	p := v.printer
	page := failurePage{Page: s.page(r, ""), Code: statusOf(kind), ErrorID: id}
	page.Title, page.Message, page.Hint = failureTexts(p, kind, err)
	if v.lapsed && page.Code == http.StatusNotFound {
		// Said for every address alike, so that it tells nothing about what is there.
		page.Title = p.T("Your session has ended")
		page.Message = p.T("You were signed out after a while without a press, or because the time was up.")
		page.Hint = p.T("Sign in again, then open this page once more.")
	}
	if err := s.render(w, r, page.Code, "failure", page); err != nil {
		s.logger.ErrorContext(r.Context(), "the error page failed", "route", r.Pattern, "cause", err.Error())
		http.Error(w, "This page could not be shown.", http.StatusInternalServerError)
	}
}

// tooLarge recognises the refusal of http.MaxBytesReader.
func tooLarge(err error) error {
	if over, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault.New(fault.TooLarge, "What was sent is larger than this page takes (%d bytes).", over.Limit)
	}
	return err
}

// statusOf gives the HTTP status of a kind. Withheld answers like NotFound: whether something is
// there is itself an answer.
func statusOf(k fault.Kind) int {
	switch k {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound, fault.Withheld:
		return http.StatusNotFound
	case fault.Conflict, fault.Stale:
		return http.StatusConflict
	case fault.Denied:
		return http.StatusForbidden
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	default:
		return http.StatusInternalServerError
	}
}

// failureTexts gives title, message and hint of an error for people.
func failureTexts(p *i18n.Printer, k fault.Kind, err error) (title, message, hint string) {
	f, known := fault.As(err)
	switch {
	case k == fault.NotFound || k == fault.Withheld:
		return p.T("Nothing here"),
			p.T("There is no such page for you here."),
			p.T("It may not exist, it may have moved, or you may need to sign in, or another role, to see it.")
	case k == fault.Internal || !known:
		return p.T("Something went wrong on our side"),
			p.T("This page could not be shown. Nothing you did is lost unless you were told it was saved."),
			p.T("Try again in a moment. If it happens again, give the number below to whoever runs this node.")
	}
	message = p.T(f.Msg, f.Args...)
	if f.Hint != "" {
		hint = p.T(f.Hint, f.HintArgs...)
	}
	return titleOf(p, k), message, hint
}

func titleOf(p *i18n.Printer, k fault.Kind) string {
	switch k {
	case fault.Conflict, fault.Stale:
		return p.T("Somebody else changed this first")
	case fault.Denied:
		return p.T("Not done")
	case fault.Unavailable:
		return p.T("Not available just now")
	case fault.TooLarge:
		return p.T("Too large")
	default:
		return p.T("This needs another look")
	}
}
