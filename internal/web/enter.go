package web

import (
	"fmt"
	"html/template"
	"net/http"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/auth/credential"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
)

// enterPage offers the button that uses a one-time link. Looking at it uses nothing up: mail
// scanners and previews open links too.
type enterPage struct {
	Page
	Link string
}

func (s *Server) enter(w http.ResponseWriter, r *http.Request) error {
	link := r.URL.Query().Get("link")
	p := visitOf(r).printer
	page := enterPage{Page: s.page(r, p.T("Sign in")), Link: link}
	if link == "" {
		page.Title = p.T("This link does not work")
	}
	return s.render(w, r, http.StatusOK, "enter", page)
}

// redeem turns a one-time link into a session. Whoever has no other way in is led to making one.
func (s *Server) redeem(w http.ResponseWriter, r *http.Request) error {
	token, err := s.app.Accounts.RedeemLink(r.Context(), r.PostFormValue("link"), deviceOf(r))
	if err != nil {
		if fault.KindOf(err) == fault.Internal || fault.KindOf(err) == fault.Unavailable {
			return err
		}
		p := visitOf(r).printer
		page := enterPage{Page: s.page(r, p.T("This link does not work"))}
		return s.render(w, r, http.StatusUnprocessableEntity, "enter", page)
	}
	if err := s.welcome(w, r, credential.Welcome{Session: token}); err != nil {
		return err
	}
	session, err := s.app.Accounts.Session(r.Context(), token)
	if err != nil {
		return err
	}
	ways, err := s.app.Credentials.Ways(r.Context(), session.Actor)
	if err != nil {
		return err
	}
	if ways.Count() == 0 && session.Actor.Via != auth.ViaDemo {
		return s.seeOther(w, r, "/security/new")
	}
	return s.seeOther(w, r, "/")
}

// drawSquare draws the key of an app for the camera of a telephone. It is black on white whatever the
// colours of the page.
func drawSquare(p *i18n.Printer, square credential.Square) template.HTML {
	side := square.Side()
	label := template.HTMLEscapeString(p.T("A square for the camera of your telephone. The same is written below."))
	// The path holds numbers and letters of our own; the label is escaped.
	return template.HTML(fmt.Sprintf(`<svg class="square" role="img" aria-label="%s" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>`,
		label, side, side, side, side, square.Path()))
}
