package web

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/auth/credential"
	"github.com/fourfold/fourfold/internal/fault"
)

// lockedPage shows nothing but how to come back. It serves two moments: a screen that was left, and a
// change for which its owner shows once more who they are.
type lockedPage struct {
	Page
	Mend      []Mend
	Session   bool // there is one
	Prove     bool // not locked: password and code are both asked for
	Password  bool // the account has one
	Passkeys  bool
	Providers []providerButton
	Return    string // where to go afterwards
	Lost      bool   // what was sent could not be kept
}

// Wrong returns what is to be mended in a field, or "".
func (p lockedPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

// provePath is where somebody shows once more who they are, on the way to a page.
func provePath(back string) string { return "/locked?" + backQuery(back) }

func backQuery(back string) string { return url.Values{"back": {back}}.Encode() }

// atGate answers for a page of the signed in when the session is locked, or a sign-in is still to be
// made. A form that was sent is kept, so that nothing that was typed is lost.
func (s *Server) atGate(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if !v.session.Locked {
		return s.seeOther(w, r, "/security/new")
	}
	if r.Header.Get("HX-Request") != "" {
		w.Header().Set("HX-Refresh", "true") // the whole page is asked for again, and leads here
		w.WriteHeader(http.StatusOK)
		return nil
	}
	if r.Method == http.MethodGet {
		return s.seeOther(w, r, provePath(r.URL.RequestURI()))
	}
	kept, err := s.keep(r)
	if err != nil {
		return err
	}
	to := provePath(refererOf(r))
	if !kept {
		to += "&lost=yes"
	}
	return s.seeOther(w, r, to)
}

// refererOf is the page from which a form was sent, when the browser tells.
func refererOf(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host {
		return "/"
	}
	return localPath(u.RequestURI())
}

// keep keeps the form of a locked session. Files are not kept: they are still where they came from.
func (s *Server) keep(r *http.Request) (bool, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return false, nil
	}
	if strings.HasPrefix(r.URL.Path, "/locked/") || r.URL.Path == "/session/touch" {
		return true, nil // there is nothing in it to keep
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, formLimit+1))
	if err != nil || len(body) > formLimit {
		return false, err
	}
	err = s.app.Credentials.Hold(r.Context(), visitOf(r).session, credential.Form{Path: r.URL.RequestURI(), Body: body})
	if fault.KindOf(err) == fault.Unavailable && err != nil {
		return false, nil // the vault is locked too
	}
	return err == nil, err
}

func (s *Server) locked(w http.ResponseWriter, r *http.Request) error {
	page, err := s.lockedForm(r, r.URL.Query().Get("back"))
	if err != nil {
		return err
	}
	page.Lost = r.URL.Query().Get("lost") != ""
	return s.render(w, r, http.StatusOK, "locked", page)
}

func (s *Server) lockedForm(r *http.Request, back string) (page lockedPage, err error) {
	v := visitOf(r)
	p := v.printer
	page = lockedPage{Page: s.page(r, p.T("Locked")), Return: localPath(back), Session: v.session.ID != "", Prove: !v.session.Locked}
	page.Back = "/locked" // the language switch
	if !page.Session {
		page.Title = p.T("Your session has ended")
		return page, nil
	}
	if page.Prove {
		page.Title = p.T("Show that it is you")
	}
	ways, err := s.app.Credentials.Ways(r.Context(), v.session.Actor)
	if err != nil {
		return page, err
	}
	page.Password = ways.Password
	for _, k := range ways.Passkeys {
		page.Passkeys = page.Passkeys || !k.Stopped && s.at(r).HasPasskeys()
	}
	if len(ways.Identities) == 0 {
		return page, nil
	}
	all, err := s.app.Credentials.Providers(r.Context(), v.session.Actor.Org)
	for _, one := range all {
		page.Providers = append(page.Providers, providerButton{one.ID, one.Label})
	}
	return page, err
}

func (s *Server) unlock(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	back := r.PostFormValue("back")
	if v.session.ID == "" {
		return s.seeOther(w, r, "/sign-in")
	}
	code := latin(r.PostFormValue("code"))
	if code == "" && !v.session.Locked {
		code = "none" // showing that it is still you takes both
	}
	err := s.app.Credentials.Unlock(r.Context(), v.session, typedSecret(r, "password"), code)
	if err == nil {
		next, err := s.afterUnlock(r)
		if err != nil {
			return err
		}
		return s.seeOther(w, r, next)
	}
	mend, status, err := s.calm(r, err, "password")
	if err != nil {
		return err
	}
	page, err := s.lockedForm(r, back)
	if err != nil {
		return err
	}
	page.Mend = mend
	return s.render(w, r, status, "locked", page)
}

// afterUnlock is where somebody goes who is back: to the form they were about to send, or to the page
// from which they came.
func (s *Server) afterUnlock(r *http.Request) (string, error) {
	v := visitOf(r)
	open := v.session
	open.Locked = false
	_, held, err := s.app.Credentials.Held(r.Context(), open)
	if err != nil || held {
		return "/locked/form", err
	}
	back := r.PostFormValue("back")
	if back == "" {
		back = r.URL.Query().Get("back")
	}
	return localPath(back), nil
}

// lockNow locks the session at its owner's wish, or because the page was left alone.
func (s *Server) lockNow(w http.ResponseWriter, r *http.Request) error {
	if visitOf(r).actor.Via != auth.ViaDemo {
		if err := s.app.Accounts.LockSession(r.Context(), s.sessionToken(r)); err != nil {
			return err
		}
	}
	return s.seeOther(w, r, provePath(refererOf(r)))
}

// touch notes that somebody is at work in a page that asks for nothing: writing takes longer than the
// lock waits.
func (s *Server) touch(w http.ResponseWriter, _ *http.Request) error {
	w.WriteHeader(http.StatusOK)
	return nil
}

// heldPage offers to send what a locked session refused.
type heldPage struct {
	Page
	Held bool
}

func (s *Server) heldForm(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	_, held, err := s.app.Credentials.Held(r.Context(), v.session)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "held", heldPage{s.page(r, v.printer.T("Your form was kept")), held})
}

// sendHeld sends a kept form as if its owner pressed the button again: through the same guards, with
// the rights of this moment.
func (s *Server) sendHeld(w http.ResponseWriter, r *http.Request) error {
	session := visitOf(r).session
	form, ok, err := s.app.Credentials.Held(r.Context(), session)
	if err != nil {
		return err
	}
	dropped, err := s.app.Credentials.Drop(r.Context(), session)
	if err != nil {
		return err
	}
	to, err := url.Parse(form.Path)
	if !ok || !dropped || err != nil || !strings.HasPrefix(form.Path, "/") || to.Path == r.URL.Path {
		return s.seeOther(w, r, "/locked/form")
	}
	again := r.Clone(r.Context())
	again.URL.Path, again.URL.RawPath, again.URL.RawQuery = to.Path, to.RawPath, to.RawQuery
	again.RequestURI, again.Pattern = form.Path, ""
	again.Form, again.PostForm, again.MultipartForm = nil, nil, nil
	again.Body, again.ContentLength = io.NopCloser(bytes.NewReader(form.Body)), int64(len(form.Body))
	again.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	s.table.ServeHTTP(w, again)
	return nil
}

func (s *Server) dropHeld(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.app.Credentials.Drop(r.Context(), visitOf(r).session); err != nil {
		return err
	}
	return s.seeOther(w, r, "/")
}
