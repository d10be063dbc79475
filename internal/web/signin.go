package web

import (
	"net/http"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/auth/credential"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
)

// signInRoutes are the pages by which people prove who they are.
func (s *Server) signInRoutes() []route {
	return []route{
		{"GET", "/sign-in", Staff, Anyone(), s.signIn, 0},
		{"POST", "/sign-in", Staff, Anyone(), s.enterByPassword, 0},
		{"POST", "/sign-in/passkey/ask", Staff, Anyone(), s.askPasskey, 0},
		{"POST", "/sign-in/passkey", Staff, Anyone(), s.enterByPasskey, 0},
		{"POST", "/sign-in/provider", Staff, Anyone(), s.departToSignIn, 0},
		{"GET", "/sign-in/return", Staff, Anyone(), s.arrive, 0},

		{"GET", "/locked", Staff, Anyone(), s.locked, 0},
		{"POST", "/locked", Staff, Anyone(), s.unlock, 0},
		{"POST", "/locked/now", Staff, SignedIn(), s.lockNow, 0},
		{"POST", "/locked/passkey", Staff, Anyone(), s.unlockByPasskey, 0},
		{"POST", "/locked/provider", Staff, Anyone(), s.departToUnlock, 0},
		{"GET", "/locked/form", Staff, SignedIn(), s.heldForm, 0},
		{"POST", "/locked/form", Staff, SignedIn(), s.sendHeld, 0},
		{"POST", "/locked/form/drop", Staff, SignedIn(), s.dropHeld, 0},
		{"POST", "/session/touch", Staff, SignedIn(), s.touch, 0},

		{"GET", "/security", Staff, SignedIn(), s.security, 0},
		{"GET", "/security/new", Staff, Making(), s.newSignIn, 0},
		{"POST", "/security/password/begin", Staff, Making(), s.beginPassword, 0},
		{"GET", "/security/password", Staff, Making(), s.passwordForm, 0},
		{"POST", "/security/password", Staff, Making(), s.setPassword, 0},
		{"POST", "/security/password/remove", Staff, SignedIn(), s.removePassword, 0},
		{"POST", "/security/recovery", Staff, SignedIn(), s.newRecovery, 0},
		{"POST", "/security/passkeys/ask", Staff, Making(), s.beginPasskey, 0},
		{"POST", "/security/passkeys", Staff, Making(), s.addPasskey, 0},
		{"POST", "/security/passkeys/{id}/remove", Staff, SignedIn(), s.removePasskey, 0},
		{"POST", "/security/accounts", Staff, Making(), s.departToLink, 0},
		{"POST", "/security/accounts/{id}/remove", Staff, SignedIn(), s.unlink, 0},
		{"POST", "/security/sessions/{id}/end", Staff, SignedIn(), s.endOne, 0},
		{"POST", "/security/sessions/end", Staff, SignedIn(), s.endOthers, 0},

		{"GET", "/providers", Staff, May(auth.Configure), s.providers, 0},
		{"POST", "/providers", Staff, May(auth.Configure), s.proposeProvider, 0},
		{"POST", "/providers/{id}/end", Staff, May(auth.Configure), s.endProvider, 0},
		{"POST", "/people/{id}/reset", Staff, May(auth.ManagePeople), s.proposeReset, 0},
		{"GET", "/resets", Staff, May(auth.ApproveReset), s.resets, 0},
		{"POST", "/resets/{id}", Staff, May(auth.ApproveReset), s.resetLink, 0},
	}
}

// deviceAge is how long a browser stays known, in seconds. The node forgets it when it is not used.
const deviceAge = 400 * 24 * 3600

// providerButton leads to an identity provider.
type providerButton struct{ ID, Label string }

// signInPage offers every way in, one under the other.
type signInPage struct {
	Page
	Mend      []Mend
	Number    string
	Passkeys  bool // browsers make passkeys for this address
	Providers []providerButton
	Signed    bool // somebody is signed in already
}

// Wrong returns what is to be mended in a field, or "".
func (p signInPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	page, err := s.signInForm(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "signin", page)
}

func (s *Server) signInForm(r *http.Request) (signInPage, error) {
	v := visitOf(r)
	page := signInPage{Page: s.page(r, v.printer.T("Sign in")), Passkeys: s.at(r).HasPasskeys(), Signed: v.signedIn}
	all, err := s.app.Credentials.Providers(r.Context(), "")
	for _, p := range all {
		page.Providers = append(page.Providers, providerButton{p.ID, p.Label})
	}
	return page, err
}

// at is the address by which the browser reached the node; the guard knows the name.
func (s *Server) at(r *http.Request) credential.Site {
	if s.secure {
		return credential.Site("https://" + r.Host)
	}
	return credential.Site("http://" + r.Host)
}

// typedSecret reads a field that is never shown again.
func typedSecret(r *http.Request, field string) private.Text {
	return private.New(r.PostFormValue(field))
}

// enterByPassword signs in by password and code. What was typed is not shown again but for the number.
func (s *Server) enterByPassword(w http.ResponseWriter, r *http.Request) error {
	in, err := s.app.Credentials.SignIn(r.Context(), credential.Try{
		Number: latin(r.PostFormValue("number")), Password: typedSecret(r, "password"), Code: latin(r.PostFormValue("code")),
		Device: s.cookie(r, "device"), Kind: deviceOf(r),
	})
	if err == nil {
		return s.admitIn(w, r, in)
	}
	return s.signInAgain(w, r, err)
}

// signInAgain shows the page for signing in with what was wrong.
func (s *Server) signInAgain(w http.ResponseWriter, r *http.Request, err error) error {
	mend, status, err := s.calm(r, err, "number")
	if err != nil {
		return err
	}
	page, err := s.signInForm(r)
	if err != nil {
		return err
	}
	page.Mend, page.Number = mend, r.PostFormValue("number")
	if len(page.Number) > 20 {
		page.Number = ""
	}
	return s.render(w, r, status, "signin", page)
}

// calm turns what did not work into words above a form. What is not to be said there is returned.
func (s *Server) calm(r *http.Request, err error, field string) (mend []Mend, status int, left error) {
	f, ok := fault.As(err)
	if !ok || f.Kind == fault.Internal || f.Kind == fault.NotFound {
		return nil, 0, err
	}
	status = http.StatusUnprocessableEntity
	if f.Kind == fault.Unavailable {
		status = http.StatusServiceUnavailable
	}
	return mendOf(visitOf(r).printer, f, field), status, nil
}

// admitIn gives a browser its session and goes to where its owner has to go first.
func (s *Server) admitIn(w http.ResponseWriter, r *http.Request, in credential.Welcome) error {
	if err := s.welcome(w, r, in); err != nil {
		return err
	}
	return s.seeOther(w, r, "/")
}

// welcome ends the session that a browser had and gives it the new one.
func (s *Server) welcome(w http.ResponseWriter, r *http.Request, in credential.Welcome) error {
	if err := s.endSession(r); err != nil {
		return err
	}
	s.setSession(w, in.Session)
	if in.Device != "" {
		s.setCookie(w, "device", in.Device, deviceAge)
	}
	return nil
}

// deviceName gives the kind of browser of a session in words.
func deviceName(p *i18n.Printer, d auth.Device) string {
	return p.T("%s on %s", partName(p, string(d), 0), partName(p, string(d), 1))
}
