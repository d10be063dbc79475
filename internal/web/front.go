package web

import "net/http"

// frontPage is what somebody sees who is not signed in: what this is, and how to get in.
type frontPage struct{ Page }

// front answers "/": the front page, or what needs the reader now.
func (s *Server) front(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if v.session.ID != "" && !v.signedIn {
		return s.atGate(w, r)
	}
	if v.signedIn {
		return s.work(w, r)
	}
	return s.render(w, r, http.StatusOK, "front", frontPage{s.page(r, "")})
}
