package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
)

// settingsPage is what a reader may set: digits for everybody, tokens for who may manage them.
type settingsPage struct {
	Page
	Mend         []Mend
	NativeDigits bool
	Example      exampleText
	Tokens       []tokenRow
	MayIssue     bool
	Label        string
	Secret       string // shown once, right after it was made
}

// exampleText shows both ways of writing digits, in the reader's language.
type exampleText struct{ Latin, Native string }

// tokenRow is an access token as its manager sees it. The secret is not kept and not shown.
type tokenRow struct {
	ID, Label, Issued, Until string
	Live                     bool
}

// Wrong returns what is to be mended in a field, or "".
func (p settingsPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) settings(w http.ResponseWriter, r *http.Request) error {
	page, err := s.settingsForm(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "settings", page)
}

func (s *Server) settingsForm(r *http.Request) (settingsPage, error) {
	v := visitOf(r)
	p := v.printer
	page := settingsPage{
		Page: s.page(r, p.T("Settings")), NativeDigits: nativeDigits(r),
		Example: exampleText{
			Latin:  p.WithDigits(i18n.LatinDigits).Number(58769, 0),
			Native: p.WithDigits(i18n.NativeDigits).Number(58769, 0),
		},
		MayIssue: v.actor.May(auth.ManageTokens),
	}
	if !page.MayIssue {
		return page, nil
	}
	tokens, err := s.app.Accounts.ListTokens(r.Context(), v.actor)
	if err != nil {
		return page, err
	}
	for _, t := range tokens {
		page.Tokens = append(page.Tokens, tokenRow{
			ID: string(t.ID), Label: t.Label,
			Issued: p.Date(civil(t.Created, v.actor.Zone)), Until: p.Date(civil(t.Expires, v.actor.Zone)),
			Live: !t.Revoked && t.Expires.After(s.now()),
		})
	}
	return page, nil
}

// civil gives the date of an instant in a zone; UTC when the zone is unknown.
func civil(t time.Time, zone string) string {
	place, err := time.LoadLocation(zone)
	if err != nil {
		place = time.UTC
	}
	return t.In(place).Format(time.DateOnly)
}

// chooseReading keeps how numbers are written.
func (s *Server) chooseReading(w http.ResponseWriter, r *http.Request) error {
	digits := i18n.LatinDigits
	if r.PostFormValue("digits") == string(i18n.NativeDigits) {
		digits = i18n.NativeDigits
	}
	s.remember(w, digitsCookie, string(digits))
	return s.seeOther(w, r, "/settings")
}

// longestToken is the longest life of an access token, in days.
const longestToken = 366

// issueToken makes an access token and shows its secret on this one page.
func (s *Server) issueToken(w http.ResponseWriter, r *http.Request) error {
	p, label := visitOf(r).printer, r.PostFormValue("label")
	days, err := strconv.Atoi(r.PostFormValue("days"))
	var mend []Mend
	if label == "" {
		mend = append(mend, Mend{"label", p.T("Say what the token is for.")})
	}
	if err != nil || days < 1 || days > longestToken {
		mend = append(mend, Mend{"days", p.T("Choose how long it works.")})
	}
	secret := ""
	if len(mend) == 0 {
		secret, err = s.app.Accounts.IssueToken(r.Context(), actorOf(r), label, time.Duration(days)*24*time.Hour)
		if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
			mend, err = mendOf(p, f, "label"), nil
		}
		if err != nil {
			return err
		}
	}
	page, err := s.settingsForm(r)
	if err != nil {
		return err
	}
	page.Mend, page.Secret = mend, secret
	status := http.StatusOK
	if len(mend) > 0 {
		page.Label, status = label, http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, "settings", page)
}

func (s *Server) revokeToken(w http.ResponseWriter, r *http.Request) error {
	if err := s.app.Accounts.RevokeToken(r.Context(), actorOf(r), auth.TokenID(r.PathValue("id"))); err != nil {
		return err
	}
	return s.seeOther(w, r, "/settings")
}
