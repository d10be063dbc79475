package web

import (
	"net/http"

	"github.com/fourfold/fourfold/internal/fault"
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

// redeem turns a one-time link into a session.
func (s *Server) redeem(w http.ResponseWriter, r *http.Request) error {
	token, err := s.app.Accounts.RedeemLink(r.Context(), r.PostFormValue("link"), "")
	if err != nil {
		if fault.KindOf(err) == fault.Internal || fault.KindOf(err) == fault.Unavailable {
			return err
		}
		p := visitOf(r).printer
		page := enterPage{Page: s.page(r, p.T("This link does not work"))}
		return s.render(w, r, http.StatusUnprocessableEntity, "enter", page)
	}
	if err := s.endSession(r); err != nil {
		return err
	}
	s.setSession(w, token)
	return s.seeOther(w, r, "/")
}
