package web

import (
	"context"
	"html/template"
	"net/http"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/auth/credential"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/notify"
)

// securityPage is what somebody signs in with, where they are signed in, and what happened to it.
type securityPage struct {
	Page
	Mend       []Mend
	Number     string
	Password   string // since when, or ""
	Left       int    // recovery codes
	Passkeys   []wayRow
	Accounts   []wayRow
	Providers  []providerButton
	CanPasskey bool
	Sessions   []sessionRow
	Told       []tiding
	Only       bool // there is one way in: it cannot be taken away
	None       bool
	Resets     bool // the reader hands out links of resets
	Settings   bool // the reader proposes identity providers
}

// wayRow is a passkey or a linked account.
type wayRow struct {
	ID, Label, Host, Added, Used string
	Stopped                      bool
}

// sessionRow is one place where somebody is signed in.
type sessionRow struct {
	ID, Device, Way, Started, Seen string
	Here, Locked                   bool
}

// tiding is something that happened to the account.
type tiding struct{ When, What string }

func (s *Server) security(w http.ResponseWriter, r *http.Request) error {
	page, err := s.securityForm(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "security", page)
}

func (s *Server) securityForm(r *http.Request) (page securityPage, err error) {
	v := visitOf(r)
	p := v.printer
	page = securityPage{Page: s.page(r, p.T("Sign-in and security")), CanPasskey: s.at(r).HasPasskeys(), Resets: v.actor.May(auth.ApproveReset), Settings: v.actor.May(auth.Configure)}
	ways, err := s.app.Credentials.Ways(r.Context(), v.actor)
	if err != nil {
		return page, err
	}
	page.Number, page.Left = spaced(ways.Number), ways.RecoveryLeft
	page.None, page.Only = ways.Count() == 0, ways.Count() == 1
	if ways.Password {
		page.Password = p.Date(civil(ways.PasswordFrom, v.actor.Zone))
	}
	for _, k := range ways.Passkeys {
		page.Passkeys = append(page.Passkeys, wayRow{k.ID, k.Label, k.Host, p.Date(civil(k.Created, v.actor.Zone)), dayOrNone(p, k.Used, v.actor.Zone), k.Stopped})
	}
	for _, i := range ways.Identities {
		page.Accounts = append(page.Accounts, wayRow{i.ID, i.Provider, "", p.Date(civil(i.Created, v.actor.Zone)), dayOrNone(p, i.Used, v.actor.Zone), !i.Live})
	}
	if page.Providers, err = s.buttons(r, v.actor.Org); err != nil {
		return page, err
	}
	if page.Sessions, err = s.sessionRows(r); err != nil {
		return page, err
	}
	page.Told, err = s.told(r.Context(), p, v.actor)
	return page, err
}

func (s *Server) buttons(r *http.Request, org auth.OrgID) (buttons []providerButton, err error) {
	all, err := s.app.Credentials.Providers(r.Context(), org)
	for _, p := range all {
		buttons = append(buttons, providerButton{p.ID, p.Label})
	}
	return buttons, err
}

// dayOrNone gives the date of a moment, or "" when it never was.
func dayOrNone(p *i18n.Printer, t time.Time, zone string) string {
	if t.IsZero() {
		return ""
	}
	return p.Date(civil(t, zone))
}

func (s *Server) sessionRows(r *http.Request) (rows []sessionRow, err error) {
	v := visitOf(r)
	open, err := s.app.Accounts.Sessions(r.Context(), v.actor)
	for _, o := range open {
		rows = append(rows, sessionRow{
			ID: o.ID, Device: deviceName(v.printer, o.Device), Way: wayName(v.printer, o.Way),
			Started: v.printer.DateTime(o.Started, v.actor.Zone), Seen: v.printer.DateTime(o.Seen, v.actor.Zone),
			Here: o.ID == v.session.ID, Locked: o.Locked && v.actor.Via != auth.ViaDemo,
		})
	}
	return rows, err
}

func wayName(p *i18n.Printer, w auth.Way) string {
	switch w {
	case auth.ByPassword:
		return p.T("password and code")
	case auth.ByPasskey:
		return p.T("passkey")
	case auth.ByProvider:
		return p.T("identity provider")
	default:
		return p.T("one-time link")
	}
}

// told lists what happened to how the actor signs in.
func (s *Server) told(ctx context.Context, p *i18n.Printer, a auth.Actor) (rows []tiding, err error) {
	words := map[notify.Kind]string{
		notify.CredentialAdded:   i18n.Mark("A way to sign in was added."),
		notify.CredentialChanged: i18n.Mark("A recovery code was used, or new ones were made."),
		notify.CredentialRemoved: i18n.Mark("A way to sign in was taken away."),
		notify.CredentialReset:   i18n.Mark("Two people replaced how you sign in."),
		notify.PasskeyStopped:    i18n.Mark("A passkey was stopped: there may be a copy of it."),
		notify.SignInNew:         i18n.Mark("You signed in from a browser that was not used before."),
	}
	err = s.app.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := notify.List(ctx, tx, string(a.Org), string(a.Account), 100)
		for _, n := range all {
			if text, ok := words[n.Kind]; ok {
				rows = append(rows, tiding{p.DateTime(n.At, a.Zone), p.T(text)})
			}
		}
		return err
	})
	return rows, err
}

// newSignInPage is the first page of somebody who came by a link: make a way in of your own.
type newSignInPage struct {
	Page
	Passkeys  bool
	Providers []providerButton
	Later     bool // it can wait: nothing is closed until it is done
}

func (s *Server) newSignIn(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	page := newSignInPage{Page: s.page(r, v.printer.T("Make your sign-in")), Passkeys: s.at(r).HasPasskeys(), Later: v.session.Stage == auth.Whole}
	var err error
	if page.Providers, err = s.buttons(r, v.session.Actor.Org); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "signin_new", page)
}

// passwordPage sets a password and an app.
type passwordPage struct {
	Page
	Mend   []Mend
	Ready  bool // the app's secret was made
	Number string
	Secret string
	Square template.HTML
	Least  int
}

// Wrong returns what is to be mended in a field, or "".
func (p passwordPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) beginPassword(w http.ResponseWriter, r *http.Request) error {
	err := s.app.Credentials.BeginPassword(r.Context(), visitOf(r).session)
	if fault.KindOf(err) == fault.Stale && err != nil {
		return s.seeOther(w, r, provePath("/security"))
	}
	if err != nil {
		return err
	}
	return s.seeOther(w, r, "/security/password")
}

func (s *Server) passwordForm(w http.ResponseWriter, r *http.Request) error {
	return s.showPassword(w, r, http.StatusOK, nil)
}

func (s *Server) showPassword(w http.ResponseWriter, r *http.Request, status int, mend []Mend) error {
	v := visitOf(r)
	pending, ok, err := s.app.Credentials.PendingPassword(r.Context(), v.session)
	if err != nil {
		return err
	}
	page := passwordPage{Page: s.page(r, v.printer.T("Password and app")), Mend: mend, Ready: ok, Least: credential.MinPassword}
	if ok {
		page.Number, page.Secret = spaced(pending.Number), spaced(pending.Secret.Reveal("show the secret of an app to its owner"))
		page.Square = drawSquare(v.printer, pending.Square)
	}
	return s.render(w, r, status, "password", page)
}

// spaced writes a long word in groups of four.
func spaced(word string) string {
	var out []byte
	for i := range len(word) {
		if i > 0 && i%4 == 0 {
			out = append(out, ' ')
		}
		out = append(out, word[i])
	}
	return string(out)
}

// recoveryPage shows the recovery codes, this once.
type recoveryPage struct {
	Page
	Number string
	Codes  []string
}

func (s *Server) setPassword(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	codes, err := s.app.Credentials.SetPassword(r.Context(), v.session, typedSecret(r, "password"), latin(r.PostFormValue("code")))
	switch fault.KindOf(err) {
	case fault.Stale:
		return s.seeOther(w, r, provePath("/security"))
	case fault.Denied: // nothing was begun, or it was too long ago
		return s.seeOther(w, r, "/security/password")
	case fault.Invalid:
		f, _ := fault.As(err)
		return s.showPassword(w, r, http.StatusUnprocessableEntity, mendOf(v.printer, f, "password"))
	}
	if err != nil {
		return err
	}
	return s.showCodes(w, r, codes)
}

func (s *Server) newRecovery(w http.ResponseWriter, r *http.Request) error {
	codes, err := s.app.Credentials.NewRecovery(r.Context(), visitOf(r).session)
	if err != nil {
		return s.changedWay(w, r, err)
	}
	return s.showCodes(w, r, codes)
}

func (s *Server) showCodes(w http.ResponseWriter, r *http.Request, codes []string) error {
	v := visitOf(r)
	ways, err := s.app.Credentials.Ways(r.Context(), v.session.Actor)
	if err != nil {
		return err
	}
	page := recoveryPage{Page: s.page(r, v.printer.T("Your recovery codes")), Number: spaced(ways.Number), Codes: codes}
	return s.render(w, r, http.StatusOK, "recovery", page)
}

// changedWay goes back to the page after a change, or says there why it was not made.
func (s *Server) changedWay(w http.ResponseWriter, r *http.Request, cause error) error {
	if cause == nil {
		return s.seeOther(w, r, "/security")
	}
	if fault.KindOf(cause) == fault.Stale {
		return s.seeOther(w, r, provePath("/security"))
	}
	mend, _, err := s.calm(r, cause, "ways")
	if err != nil {
		return err
	}
	page, err := s.securityForm(r)
	if err != nil {
		return err
	}
	page.Mend = mend
	return s.render(w, r, http.StatusUnprocessableEntity, "security", page)
}

func (s *Server) removePassword(w http.ResponseWriter, r *http.Request) error {
	return s.changedWay(w, r, s.app.Credentials.RemovePassword(r.Context(), visitOf(r).session))
}

func (s *Server) removePasskey(w http.ResponseWriter, r *http.Request) error {
	return s.changedWay(w, r, s.app.Credentials.RemovePasskey(r.Context(), visitOf(r).session, r.PathValue("id")))
}

func (s *Server) unlink(w http.ResponseWriter, r *http.Request) error {
	return s.changedWay(w, r, s.app.Credentials.Unlink(r.Context(), visitOf(r).session, r.PathValue("id")))
}

func (s *Server) endOne(w http.ResponseWriter, r *http.Request) error {
	return s.changedWay(w, r, s.app.Accounts.Revoke(r.Context(), actorOf(r), r.PathValue("id")))
}

func (s *Server) endOthers(w http.ResponseWriter, r *http.Request) error {
	_, err := s.app.Accounts.RevokeOthers(r.Context(), actorOf(r), visitOf(r).session.ID)
	return s.changedWay(w, r, err)
}
