package web

import (
	"net/http"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
)

// sessionCookie names the session cookie. With TLS its prefix makes browsers refuse it from any
// other host and without encryption.
func (s *site) sessionCookie() string {
	if s.secure {
		return "__Host-session"
	}
	return "session"
}

// setSession gives a browser its session until it is closed or the session ends on the server.
func (s *site) setSession(w http.ResponseWriter, token string) {
	http.SetCookie(w, &http.Cookie{
		Name: s.sessionCookie(), Value: token, Path: "/",
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	})
}

func (s *site) sessionToken(r *http.Request) string {
	c, err := r.Cookie(s.sessionCookie())
	if err != nil {
		return ""
	}
	return c.Value
}

// sessionActor finds out who asks. A session that ended is nobody, not an error.
func (s *Server) sessionActor(r *http.Request) (auth.Actor, bool, error) {
	token := s.sessionToken(r)
	if token == "" {
		return auth.Actor{}, false, nil
	}
	actor, err := s.app.Accounts.SessionActor(r.Context(), token)
	switch fault.KindOf(err) {
	case fault.Denied, fault.NotFound, fault.Invalid:
		if err != nil {
			return auth.Actor{}, false, nil
		}
	}
	if err != nil {
		return auth.Actor{}, false, err
	}
	return actor, true, nil
}

// leave ends the session on the server and empties the browser of this node's traces. It works for
// whoever is signed out already: leaving must never fail.
func (s *Server) leave(w http.ResponseWriter, r *http.Request) error {
	if err := s.endSession(r); err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.sessionCookie(), Path: "/", MaxAge: -1,
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	})
	w.Header().Set("Clear-Site-Data", `"cache", "cookies", "storage"`)
	return s.seeOther(w, r, "/")
}

// endSession ends the session that a browser holds, if it holds one.
func (s *Server) endSession(r *http.Request) error {
	token := s.sessionToken(r)
	if token == "" {
		return nil
	}
	err := s.app.Accounts.EndSession(r.Context(), token)
	if err != nil && fault.KindOf(err) == fault.Internal {
		return err
	}
	return nil
}
