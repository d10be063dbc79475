package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
)

// accountPage is one account: its roles, and what can be done with it.
type accountPage struct {
	Page
	Mend      []Mend
	Person    personRow
	Roles     []roleChoice
	Form      personForm
	Waiting   []proposalRow
	Secret    linkSecret
	Officer   bool // it is closed by two people
	Self      bool
	Suggested string
}

// Wrong returns what is to be mended in a field, or "".
func (p accountPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) account(w http.ResponseWriter, r *http.Request) error {
	return s.accountAgain(w, r, nil, linkSecret{})
}

// accountAgain shows the account of the address, with what is to be mended or a link that was made.
func (s *Server) accountAgain(w http.ResponseWriter, r *http.Request, mend []Mend, secret linkSecret) error {
	v := visitOf(r)
	names, accounts, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	id := auth.AccountID(r.PathValue("id"))
	i := slices.IndexFunc(accounts, func(a auth.Account) bool { return a.ID == id })
	if i < 0 {
		return notHere()
	}
	page := accountPage{
		Page: s.page(r, v.printer.T("One account")), Mend: mend, Secret: secret,
		Person: s.personRow(v, accounts[i], names), Roles: roleChoices(v.printer, r.PostForm["role"]),
		Form:    personForm{Until: r.PostFormValue("until"), Reason: r.PostFormValue("reason")},
		Officer: slices.Contains(accounts[i].Roles, auth.ProtectionOfficer), Self: id == v.actor.Account,
		Suggested: s.now().AddDate(0, 6, 0).Format(time.DateOnly),
	}
	waiting, err := s.app.Accounts.Waiting(r.Context(), v.actor)
	if err != nil {
		return err
	}
	for _, p := range waiting {
		if p.Account == id {
			page.Waiting = append(page.Waiting, s.proposalRow(v, p, names))
		}
	}
	return s.renderMend(w, r, "account", page, mend)
}

// accountDone sends the reader back to an account, or shows it with what is to be mended.
func (s *Server) accountDone(w http.ResponseWriter, r *http.Request, err error, fallback string) error {
	mend, err := toMend(visitOf(r).printer, err, fallback)
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.accountAgain(w, r, mend, linkSecret{})
	}
	return s.seeOther(w, r, "/people/"+r.PathValue("id"))
}

func (s *Server) grantRole(w http.ResponseWriter, r *http.Request) error {
	_, err := s.app.Accounts.GrantRole(r.Context(), actorOf(r), auth.Request{
		Account: auth.AccountID(r.PathValue("id")), Role: auth.Role(r.PostFormValue("role")),
		Until: r.PostFormValue("until"), Reason: r.PostFormValue("reason"),
	})
	return s.accountDone(w, r, err, "role")
}

// endRole ends a role, or proposes to when it is that of the second person.
func (s *Server) endRole(w http.ResponseWriter, r *http.Request) error {
	id, role := auth.AccountID(r.PathValue("id")), auth.Role(r.PathValue("role"))
	if role != auth.ProtectionOfficer {
		return s.accountDone(w, r, s.app.Accounts.EndRole(r.Context(), actorOf(r), id, role), "role")
	}
	_, err := s.app.Accounts.Propose(r.Context(), actorOf(r), auth.Change{
		Kind: auth.RoleEnd, Subject: string(id), Account: id, Reason: r.PostFormValue("reason"),
		Detail: map[string]string{"role": string(role)},
	})
	return s.accountDone(w, r, err, "role")
}

// closeAccount closes an account, or proposes to when it is that of a second person.
func (s *Server) closeAccount(w http.ResponseWriter, r *http.Request) error {
	id := auth.AccountID(r.PathValue("id"))
	_, accounts, err := s.names(r.Context(), visitOf(r))
	if err != nil {
		return err
	}
	officer := slices.ContainsFunc(accounts, func(a auth.Account) bool {
		return a.ID == id && slices.Contains(a.Roles, auth.ProtectionOfficer)
	})
	if !officer {
		if err := s.app.Accounts.CloseAccount(r.Context(), actorOf(r), id); err != nil {
			return s.accountDone(w, r, err, "close")
		}
		return s.seeOther(w, r, "/people")
	}
	_, err = s.app.Accounts.Propose(r.Context(), actorOf(r), auth.Change{
		Kind: auth.AccountClose, Subject: string(id), Account: id, Reason: r.PostFormValue("reason"),
	})
	return s.accountDone(w, r, err, "close")
}

// invite makes the first link of an account and shows it on this one page.
func (s *Server) invite(w http.ResponseWriter, r *http.Request) error {
	link, err := s.app.Accounts.Invite(r.Context(), actorOf(r), auth.AccountID(r.PathValue("id")))
	mend, err := toMend(visitOf(r).printer, err, "invite")
	if err != nil {
		return err
	}
	secret := linkSecret{}
	if len(mend) == 0 {
		secret = s.linkSecret(r, "", link)
	}
	return s.accountAgain(w, r, mend, secret)
}
