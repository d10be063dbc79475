package web

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"unicode"

	"github.com/fourfold/fourfold/internal/auth/credential"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
)

// Passkeys need a script, and the script needs answers it can read: where to go next, or what to say.

// scriptAnswer is what a script is told.
type scriptAnswer struct {
	Next  string          `json:"next,omitempty"`
	Say   string          `json:"say,omitempty"`
	Asked json.RawMessage `json:"ask,omitempty"`
}

func (s *Server) tellScript(w http.ResponseWriter, r *http.Request, status int, a scriptAnswer) error {
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return s.send(w, r, status, "application/json", body)
}

// sayToScript tells a script what did not work, in the reader's language.
func (s *Server) sayToScript(w http.ResponseWriter, r *http.Request, err error) error {
	if f, ok := fault.As(err); ok && f.Kind == fault.Stale {
		return s.tellScript(w, r, http.StatusOK, scriptAnswer{Next: provePath("/security")})
	}
	mend, status, err := s.calm(r, err, "")
	if err != nil {
		return err
	}
	return s.tellScript(w, r, status, scriptAnswer{Say: mend[0].Text})
}

// scriptForm is what a script sends with a passkey.
type scriptForm struct {
	Label  string          `json:"label"`
	Answer json.RawMessage `json:"answer"`
}

// readScript reads what a script has sent; what cannot be read is an empty form, which no passkey fits.
func readScript(r *http.Request) (f scriptForm, err error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return f, err
	}
	if json.Unmarshal(raw, &f) != nil {
		return scriptForm{}, nil
	}
	return f, nil
}

// ceremonyAge is how long the cookie of a ceremony lives, in seconds. The node keeps its own time.
const ceremonyAge = 600

// askPasskey begins a signing in or an unlocking by passkey.
func (s *Server) askPasskey(w http.ResponseWriter, r *http.Request) error {
	asked, secret, err := s.app.Credentials.AskPasskey(r.Context(), s.at(r))
	if err != nil {
		return s.sayToScript(w, r, err)
	}
	s.setCookie(w, "passkey", secret, ceremonyAge)
	return s.tellScript(w, r, http.StatusOK, scriptAnswer{Asked: asked})
}

// keyOf reads the answer of a browser to askPasskey.
func (s *Server) keyOf(r *http.Request) (credential.Key, error) {
	f, err := readScript(r)
	return credential.Key{Secret: s.cookie(r, "passkey"), Answer: f.Answer, Device: s.cookie(r, "device"), Kind: deviceOf(r)}, err
}

func (s *Server) enterByPasskey(w http.ResponseWriter, r *http.Request) error {
	key, err := s.keyOf(r)
	if err != nil {
		return err
	}
	in, err := s.app.Credentials.EnterByPasskey(r.Context(), s.at(r), key)
	if err != nil {
		return s.sayToScript(w, r, err)
	}
	if err := s.welcome(w, r, in); err != nil {
		return err
	}
	s.setCookie(w, "passkey", "", -1)
	return s.tellScript(w, r, http.StatusOK, scriptAnswer{Next: "/"})
}

func (s *Server) unlockByPasskey(w http.ResponseWriter, r *http.Request) error {
	key, err := s.keyOf(r)
	if err != nil {
		return err
	}
	v := visitOf(r)
	if v.session.ID == "" {
		return s.tellScript(w, r, http.StatusUnprocessableEntity, scriptAnswer{Say: v.printer.T("Your session has ended")})
	}
	if err := s.app.Credentials.WakeByPasskey(r.Context(), v.session, s.at(r), key); err != nil {
		return s.sayToScript(w, r, err)
	}
	s.setCookie(w, "passkey", "", -1)
	next, err := s.afterUnlock(r)
	if err != nil {
		return err
	}
	return s.tellScript(w, r, http.StatusOK, scriptAnswer{Next: next})
}

func (s *Server) beginPasskey(w http.ResponseWriter, r *http.Request) error {
	asked, err := s.app.Credentials.BeginPasskey(r.Context(), visitOf(r).session, s.at(r))
	if err != nil {
		return s.sayToScript(w, r, err)
	}
	return s.tellScript(w, r, http.StatusOK, scriptAnswer{Asked: asked})
}

func (s *Server) addPasskey(w http.ResponseWriter, r *http.Request) error {
	f, err := readScript(r)
	if err != nil {
		return err
	}
	v := visitOf(r)
	if strings.TrimSpace(f.Label) == "" {
		f.Label = deviceName(v.printer, deviceOf(r))
	}
	if err := s.app.Credentials.AddPasskey(r.Context(), v.session, s.at(r), f.Label, f.Answer); err != nil {
		return s.sayToScript(w, r, err)
	}
	return s.tellScript(w, r, http.StatusOK, scriptAnswer{Next: "/security"})
}

// partName gives one part of a kind of browser in words. Names of products are the same in every
// language.
func partName(p *i18n.Printer, device string, part int) string {
	names := map[string]string{
		"edge": "Edge", "opera": "Opera", "firefox": "Firefox", "chrome": "Chrome", "safari": "Safari",
		"android": "Android", "ios": "iOS", "windows": "Windows", "macos": "macOS", "chromeos": "ChromeOS", "linux": "Linux",
	}
	parts := strings.SplitN(device, "/", 2)
	if part < len(parts) {
		if name, ok := names[strings.TrimFunc(parts[part], unicode.IsSpace)]; ok {
			return name
		}
	}
	if part == 0 {
		return p.T("another browser")
	}
	return p.T("another system")
}
