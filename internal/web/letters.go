package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/private"
)

// letterRoutes are the pages of letters: where one is told that a message waits, and by which server.
func (s *Server) letterRoutes() []route {
	return []route{
		{"GET", "/settings/letters", Staff, SignedIn(), s.letters, 0},
		{"POST", "/settings/letters/address", Staff, SignedIn(), s.setAddress, 0},
		{"POST", "/settings/letters/gateway", Staff, May(auth.Configure), s.proposeGateway, 0},
	}
}

// lettersPage is where the reader's letters go and, for who may propose it, the mail server.
type lettersPage struct {
	Page
	Mend         []Mend
	Address      string
	Served       bool // there is a mail server
	MayConfigure bool
	Host, Sender string
	Login, Port  string
	Reason       string
	Proposed     bool
}

// Wrong returns what is to be mended in a field, or "".
func (p lettersPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) letters(w http.ResponseWriter, r *http.Request) error {
	page, err := s.lettersForm(r)
	if err != nil {
		return err
	}
	page.Proposed = r.URL.Query().Has("proposed")
	return s.render(w, r, http.StatusOK, "letters", page)
}

func (s *Server) lettersForm(r *http.Request) (lettersPage, error) {
	v := visitOf(r)
	page := lettersPage{Page: s.page(r, v.printer.T("Letters")), MayConfigure: v.actor.May(auth.Configure)}
	err := s.app.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		page.Address, err = notify.AddressOf(r.Context(), tx, string(v.actor.Org), string(v.actor.Account))
		return err
	})
	if err != nil {
		return page, err
	}
	g, err := s.app.Letters.Gateway(r.Context(), string(v.actor.Org))
	switch kind := fault.KindOf(err); {
	case err == nil:
		page.Served, page.Host, page.Port, page.Sender, page.Login = true, g.Host, strconv.Itoa(g.Port), g.Sender, g.Login
	case kind == fault.NotFound, kind == fault.Unavailable: // none, or the vault is locked
	default:
		return page, err
	}
	return page, nil
}

// setAddress keeps where the reader is told that a message waits.
func (s *Server) setAddress(w http.ResponseWriter, r *http.Request) error {
	v, address := visitOf(r), r.PostFormValue("address")
	if r.PostForm.Has("none") {
		address = ""
	}
	err := s.app.WriteTo(r.Context(), v.actor, address, v.printer.Lang())
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		page, err := s.lettersForm(r)
		page.Address, page.Mend = address, mendOf(v.printer, f, "address")
		return errors.Join(err, s.render(w, r, http.StatusUnprocessableEntity, "letters", page))
	}
	if err != nil {
		return err
	}
	return s.seeOther(w, r, "/settings/letters")
}

// proposeGateway asks a second person to approve the mail server.
func (s *Server) proposeGateway(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	port, _ := strconv.Atoi(r.PostFormValue("port")) // what is no number is refused as port 0
	g := notify.Gateway{
		Host: r.PostFormValue("host"), Port: port, Sender: r.PostFormValue("sender"), Login: r.PostFormValue("login"),
		Password: private.New(r.PostFormValue("password")),
	}
	_, err := s.app.ProposeGateway(r.Context(), v.actor, g, r.PostFormValue("reason"))
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		page, err := s.lettersForm(r)
		page.Mend = mendOf(v.printer, f, "host")
		page.Host, page.Port, page.Sender, page.Login = g.Host, r.PostFormValue("port"), g.Sender, g.Login
		page.Reason = r.PostFormValue("reason")
		return errors.Join(err, s.render(w, r, http.StatusUnprocessableEntity, "letters", page))
	}
	if err != nil {
		return err
	}
	return s.seeOther(w, r, "/settings/letters?proposed")
}
