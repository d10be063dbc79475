package web

import (
	"context"
	"net/http"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
)

// visit is what is known about one request before its handler runs: who asks, and in which language
// the answer is to be.
type visit struct {
	actor    auth.Actor
	signedIn bool
	lapsed   bool // the browser holds a session that has ended
	// session is that of the browser, also one that is locked or in which a sign-in is still to be made.
	// Then actor is nobody: only the pages for that look at the session's own.
	session auth.Session
	printer *i18n.Printer
}

// making tells that the visitor has to make a sign-in before anything else.
func (v visit) making() bool {
	return v.session.Stage == auth.Enrolling && !v.session.Locked
}

type visitKey struct{}

func withVisit(r *http.Request, v visit) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
}

// visitOf returns the visit of a request. Outside a route it knows the language only.
func visitOf(r *http.Request) visit {
	if v, ok := r.Context().Value(visitKey{}).(visit); ok {
		return v
	}
	return visit{printer: printerOf(r)}
}

// actorOf returns who asks. It is the zero actor, who may nothing, when nobody is signed in.
func actorOf(r *http.Request) auth.Actor { return visitOf(r).actor }
