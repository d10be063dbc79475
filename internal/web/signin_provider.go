package web

import (
	"net/http"
	"net/url"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/auth/credential"
	"github.com/fourfold/fourfold/internal/fault"
)

// departPage says where somebody is about to go. It is a page and not a redirect: the reader sees the
// name of the provider first, and the content policy lets no form lead away from the node.
type departPage struct {
	Page
	To, Host string
}

func (s *Server) departToSignIn(w http.ResponseWriter, r *http.Request) error {
	return s.depart(w, r, credential.ToSignIn)
}

func (s *Server) departToUnlock(w http.ResponseWriter, r *http.Request) error {
	return s.depart(w, r, credential.ToUnlock)
}

func (s *Server) departToLink(w http.ResponseWriter, r *http.Request) error {
	return s.depart(w, r, credential.ToLink)
}

func (s *Server) depart(w http.ResponseWriter, r *http.Request, intent credential.Intent) error {
	v := visitOf(r)
	to, secret, err := s.app.Credentials.Depart(r.Context(), s.at(r), r.PostFormValue("provider"), intent, v.session)
	switch fault.KindOf(err) {
	case fault.Stale:
		return s.seeOther(w, r, provePath("/security"))
	case fault.NotFound:
		return s.seeOther(w, r, "/sign-in")
	}
	if err != nil {
		return err
	}
	u, err := url.Parse(to)
	if err != nil {
		return err
	}
	s.setCookie(w, "provider", secret, ceremonyAge)
	return s.render(w, r, http.StatusOK, "depart", departPage{s.page(r, v.printer.T("To your provider")), to, u.Host})
}

// arrive is where a provider sends somebody back to.
func (s *Server) arrive(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if len(q) == 0 {
		return s.signIn(w, r)
	}
	v := visitOf(r)
	intent, in, err := s.app.Credentials.Arrive(r.Context(), s.at(r), credential.Return{
		Secret: s.cookie(r, "provider"), State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss"),
		Device: s.cookie(r, "device"), Kind: deviceOf(r), Session: v.session,
	})
	s.setCookie(w, "provider", "", -1)
	switch {
	case err != nil && (intent == credential.ToLink || intent == credential.ToUnlock) && fault.KindOf(err) == fault.Denied:
		return err
	case err != nil:
		return s.signInAgain(w, r, err)
	case intent == credential.ToLink:
		return s.seeOther(w, r, "/security")
	case intent == credential.ToUnlock:
		next, err := s.afterUnlock(r)
		if err != nil {
			return err
		}
		return s.seeOther(w, r, next)
	}
	return s.admitIn(w, r, in)
}

// providersPage lists the identity providers of the organisation, and proposes another.
type providersPage struct {
	Page
	Mend      []Mend
	Providers []providerRow
	Form      providerForm
	Waits     bool // a proposal was made just now
	Return    string
}

// Wrong returns what is to be mended in a field, or "".
func (p providersPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

type providerRow struct{ ID, Label, Issuer, From string }

// providerForm is what was typed, but for the secret.
type providerForm struct{ Label, Issuer, Client, Reason string }

func (s *Server) providers(w http.ResponseWriter, r *http.Request) error {
	page, err := s.providersForm(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "providers", page)
}

func (s *Server) providersForm(r *http.Request) (providersPage, error) {
	v := visitOf(r)
	page := providersPage{Page: s.page(r, v.printer.T("Identity providers")), Return: string(s.at(r)) + credential.ReturnPath}
	all, err := s.app.Credentials.Providers(r.Context(), v.actor.Org)
	for _, p := range all {
		page.Providers = append(page.Providers, providerRow{p.ID, p.Label, p.Issuer, v.printer.Date(civil(p.From, v.actor.Zone))})
	}
	return page, err
}

func (s *Server) proposeProvider(w http.ResponseWriter, r *http.Request) error {
	form := providerForm{r.PostFormValue("label"), r.PostFormValue("issuer"), r.PostFormValue("client"), r.PostFormValue("reason")}
	_, err := s.app.Credentials.ProposeProvider(r.Context(), actorOf(r), credential.Settings{
		Label: form.Label, Issuer: form.Issuer, ClientID: form.Client, Secret: typedSecret(r, "secret"), Reason: form.Reason,
	})
	return s.proposed(w, r, form, err)
}

func (s *Server) endProvider(w http.ResponseWriter, r *http.Request) error {
	_, err := s.app.Credentials.ProposeProviderEnd(r.Context(), actorOf(r), r.PathValue("id"), r.PostFormValue("reason"))
	return s.proposed(w, r, providerForm{}, err)
}

// proposed shows the page after a proposal: it waits for a second person, or has to be mended.
func (s *Server) proposed(w http.ResponseWriter, r *http.Request, form providerForm, cause error) error {
	page, err := s.providersForm(r)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if page.Waits = cause == nil; !page.Waits {
		if page.Mend, status, err = s.calm(r, cause, "reason"); err != nil {
			return err
		}
		page.Form = form
	}
	return s.render(w, r, status, "providers", page)
}

// proposeReset proposes to take away what an account signs in with.
func (s *Server) proposeReset(w http.ResponseWriter, r *http.Request) error {
	_, err := s.app.Credentials.ProposeReset(r.Context(), actorOf(r), auth.AccountID(r.PathValue("id")), r.PostFormValue("reason"))
	if err != nil {
		return err
	}
	return s.seeOther(w, r, "/proposals")
}

// resetsPage is for the second person of a reset: they make the link and hand it over.
type resetsPage struct {
	Page
	Resets []resetRow
	URL    string // shown once
}

type resetRow struct{ ID, Name, At string }

func (s *Server) resets(w http.ResponseWriter, r *http.Request) error {
	return s.showResets(w, r, "")
}

func (s *Server) showResets(w http.ResponseWriter, r *http.Request, link string) error {
	v := visitOf(r)
	page := resetsPage{Page: s.page(r, v.printer.T("New ways to sign in")), URL: link}
	all, err := s.app.Credentials.Resets(r.Context(), v.actor)
	if err != nil {
		return err
	}
	for _, one := range all {
		owner, err := s.app.Accounts.Actor(r.Context(), one.Account)
		if fault.KindOf(err) == fault.Denied || fault.KindOf(err) == fault.NotFound && err != nil {
			continue
		}
		if err != nil {
			return err
		}
		page.Resets = append(page.Resets, resetRow{string(one.Proposal), owner.Name, v.printer.Date(civil(one.At, v.actor.Zone))})
	}
	return s.render(w, r, http.StatusOK, "resets", page)
}

func (s *Server) resetLink(w http.ResponseWriter, r *http.Request) error {
	link, err := s.app.Credentials.ResetLink(r.Context(), actorOf(r), auth.ProposalID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return s.showResets(w, r, string(s.at(r))+"/enter?"+url.Values{"link": {link}}.Encode())
}
