package web

import (
	"net/http"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
)

// host names a cookie. With TLS its prefix makes browsers refuse it from any other host and without
// encryption.
func (s *site) host(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}

// sessionCookie names the session cookie.
func (s *site) sessionCookie() string { return s.host("session") }

// setSession gives a browser its session until it is closed or the session ends on the server.
func (s *site) setSession(w http.ResponseWriter, token string) {
	s.setCookie(w, "session", token, 0)
}

// setCookie gives a browser a cookie that no script reads. An age of 0 is until the browser is closed;
// a negative one takes it away.
func (s *site) setCookie(w http.ResponseWriter, name, value string, age int) {
	http.SetCookie(w, &http.Cookie{
		Name: s.host(name), Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	})
}

func (s *site) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(s.host(name))
	if err != nil {
		return ""
	}
	return c.Value
}

func (s *site) sessionToken(r *http.Request) string { return s.cookie(r, "session") }

// session finds out who asks. A session that ended is nobody, not an error.
func (s *Server) session(r *http.Request) (auth.Session, bool, error) {
	token := s.sessionToken(r)
	if token == "" {
		return auth.Session{}, false, nil
	}
	found, err := s.app.Accounts.Session(r.Context(), token)
	switch fault.KindOf(err) {
	case fault.Denied, fault.NotFound, fault.Invalid:
		if err != nil {
			return auth.Session{}, false, nil
		}
	}
	if err != nil {
		return auth.Session{}, false, err
	}
	return found, true, nil
}

// leave ends the session on the server and empties the browser of what it kept of this node's pages.
// It works for whoever is signed out already: leaving must never fail. What stays is how the reader
// wants to read, and that the browser is known, which keeps a stranger's guesses from slowing its
// owner; with "everything" that goes too.
func (s *Server) leave(w http.ResponseWriter, r *http.Request) error {
	if err := s.endSession(r); err != nil {
		return err
	}
	s.setCookie(w, "session", "", -1)
	cleared := `"cache", "storage"`
	if r.PostFormValue("everything") != "" {
		cleared = `"cache", "cookies", "storage"`
	}
	w.Header().Set("Clear-Site-Data", cleared)
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

// browsers and systems are told apart as coarsely as helps an owner to recognise a session. The order
// matters: browsers name others besides themselves.
var (
	browsers = [][2]string{{"Edg", "edge"}, {"OPR/", "opera"}, {"Firefox/", "firefox"}, {"FxiOS", "firefox"}, {"Chrome/", "chrome"}, {"CriOS", "chrome"}, {"Safari/", "safari"}}
	systems  = [][2]string{{"Android", "android"}, {"iPhone", "ios"}, {"iPad", "ios"}, {"Windows", "windows"}, {"Macintosh", "macos"}, {"CrOS", "chromeos"}, {"Linux", "linux"}}
)

// deviceOf gives the kind of browser that asks.
func deviceOf(r *http.Request) auth.Device {
	agent := r.UserAgent()
	if len(agent) > longestWish {
		agent = ""
	}
	find := func(marks [][2]string) string {
		for _, m := range marks {
			if strings.Contains(agent, m[0]) {
				return m[1]
			}
		}
		return "other"
	}
	return auth.Device(find(browsers) + "/" + find(systems))
}
