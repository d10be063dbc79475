package web

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
)

// Choice is what the setup wizard asks for.
type Choice struct {
	Folder        string // where the node keeps its data
	Organisation  string
	Administrator string // name of the first account that looks after the node
	Analyst       string // name of the first account that reads the figures; may be the same person
	Officer       string // name of the first second person; somebody else
	Zone          string // IANA time zone
	Language      string // BCP 47 tag of the wizard's language when the form was sent
}

// Created is a node that the wizard made.
type Created struct {
	URL     string       // where to go next, possibly with a one-time link
	KeyFile string       // the file that holds the key of the database; empty when there is none
	Key     private.Text // the key as 64 hexadecimal digits, to be printed once
	// NodeKeyFile holds the key of the vault, and Sheets are the three recovery sheets for it.
	NodeKeyFile string
	Sheets      []Sheet
}

// Sheet is a recovery sheet, to be printed once.
type Sheet struct {
	Number   int
	Printing string       // which the three have in common
	Rows     private.Text // rows of digits, a line each
}

// SetupOptions is how the setup wizard runs. The caller serves it on a loopback address only.
type SetupOptions struct {
	Folder  string // suggested data folder
	Zone    string // suggested IANA time zone
	Version string
	// Pass is a secret that only the person at this computer learns: the first address,
	// /setup?pass=…, carries it. Without it the wizard shows nothing and makes nothing, for every
	// user and program of the computer can reach a loopback address. It must not be empty.
	Pass   string
	Logger *slog.Logger
	Clock  func() time.Time
	// Create makes the node. A fault of kind Invalid or Conflict goes back to the form, with its
	// fields named folder, organisation, administrator, analyst, officer or zone.
	Create func(context.Context, Choice) (Created, error)
}

// setup is the wizard that sets up a node with no terminal. It makes one node and then has nothing
// more to give: the key is shown until its owner has kept it, and forgotten then.
type setup struct {
	*site
	options SetupOptions

	mu      sync.Mutex
	created *Created
}

// NewSetup returns the wizard for a machine on which no node exists yet.
func NewSetup(o SetupOptions) (http.Handler, error) {
	s, err := newSetup(o)
	if err != nil {
		return nil, err
	}
	return s.handler(), nil
}

func newSetup(o SetupOptions) (*setup, error) {
	if o.Pass == "" {
		return nil, errors.New("the setup wizard needs a pass")
	}
	base, err := newSite(o.Logger, o.Clock)
	if err != nil {
		return nil, fmt.Errorf("prepare the setup pages: %w", err)
	}
	base.version = o.Version
	return &setup{site: base, options: o}, nil
}

func (s *setup) handler() http.Handler { return s.guard(s.mux(s.routes())) }

// routes is the route table of the wizard.
func (s *setup) routes() []route {
	return []route{
		{"GET", "/{$}", Staff, Anyone(), s.begin, 0},
		{"GET", "/setup", Staff, Anyone(), s.admit, 0},
		{"POST", "/setup", Staff, Anyone(), s.admitted(s.create), 0},
		{"GET", "/setup/key", Staff, Anyone(), s.admitted(s.showKey), 0},
		{"POST", "/setup/key", Staff, Anyone(), s.admitted(s.forgetKey), 0},
		{"GET", "/setup/done", Staff, Anyone(), s.admitted(s.done), 0},
		{"POST", "/language", Staff, Anyone(), s.chooseLanguage, 0},
	}
}

// passCookie keeps the pass in the browser that came with it. It goes when the browser is closed;
// the pass itself is worth nothing once the program has ended.
const passCookie = "setup"

// admit lets in the browser that comes with the pass, and takes the pass out of its address.
func (s *setup) admit(w http.ResponseWriter, r *http.Request) error {
	pass := r.URL.Query().Get("pass")
	if !s.isPass(pass) {
		return s.admitted(s.ask)(w, r)
	}
	http.SetCookie(w, &http.Cookie{
		Name: passCookie, Value: pass, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	return s.seeOther(w, r, s.next())
}

// admitted keeps a page of the wizard for the browser that came with the pass.
func (s *setup) admitted(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c, err := r.Cookie(passCookie)
		if err != nil || !s.isPass(c.Value) {
			return fault.New(fault.Denied, "This address alone does not open the setup.").
				WithHint("Use the whole address that the program opened in the browser, or printed when it started.")
		}
		return h(w, r)
	}
}

func (s *setup) isPass(text string) bool {
	return subtle.ConstantTimeCompare([]byte(text), []byte(s.options.Pass)) == 1
}

// setupPage is the one form of the wizard.
type setupPage struct {
	Page
	Choice
	Mend  []Mend
	Zones []string
}

// Wrong returns what is to be mended in a field, or "".
func (p setupPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

// keyPage shows the key of the new database, to be printed.
type keyPage struct {
	Page
	KeyFile string
	Groups  []string
	// NodeKeyFile and Sheets are of the key of the vault.
	NodeKeyFile string
	Sheets      []sheetRows
}

// sheetRows is a recovery sheet as the page shows it.
type sheetRows struct {
	Number   int
	Printing string
	Rows     []string
}

// donePage leads to the new node.
type donePage struct {
	Page
	URL string
}

// stage returns what was created, or nil.
func (s *setup) stage() *Created {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.created
}

// next is the page of the wizard that comes now.
func (s *setup) next() string {
	switch made := s.stage(); {
	case made == nil:
		return "/setup"
	case made.Key.IsZero():
		return "/setup/done"
	default:
		return "/setup/key"
	}
}

func (s *setup) begin(w http.ResponseWriter, r *http.Request) error {
	return s.seeOther(w, r, s.next())
}

func (s *setup) ask(w http.ResponseWriter, r *http.Request) error {
	if s.stage() != nil {
		return s.seeOther(w, r, s.next())
	}
	choice := Choice{Folder: s.options.Folder, Zone: s.options.Zone, Officer: visitOf(r).printer.T("Protection officer")}
	return s.render(w, r, http.StatusOK, "setup", s.form(r, choice, nil))
}

func (s *setup) form(r *http.Request, c Choice, mend []Mend) setupPage {
	title := visitOf(r).printer.T("Set up this computer")
	return setupPage{Page: s.page(r, title), Choice: c, Mend: mend, Zones: zones()}
}

// create makes the node, once.
func (s *setup) create(w http.ResponseWriter, r *http.Request) error {
	p := visitOf(r).printer
	field := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	c := Choice{
		Folder: field("folder"), Organisation: field("organisation"), Administrator: field("administrator"),
		Analyst: field("analyst"), Officer: field("officer"), Zone: field("zone"), Language: p.Lang(),
	}
	if c.Analyst == "" {
		c.Analyst = c.Administrator
	}
	if c.Officer == "" {
		c.Officer = p.T("Protection officer")
	}
	mend := mendChoice(p, c)
	if len(mend) == 0 {
		err := s.createOnce(r.Context(), c)
		if err == nil {
			return s.seeOther(w, r, s.next())
		}
		f, ok := fault.As(err)
		if !ok || (f.Kind != fault.Invalid && f.Kind != fault.Conflict) {
			return err
		}
		mend = mendOf(p, f, "folder")
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "setup", s.form(r, c, mend))
}

// createOnce holds the lock while the node is made, so that a second press waits and finds it.
func (s *setup) createOnce(ctx context.Context, c Choice) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.created != nil {
		return nil
	}
	made, err := s.options.Create(ctx, c)
	if err != nil {
		return err
	}
	s.created = &made
	return nil
}

func mendChoice(p *i18n.Printer, c Choice) []Mend {
	var mend []Mend
	for _, need := range []struct{ field, value, text string }{
		{"organisation", c.Organisation, p.T("Give the name of your organisation.")},
		{"administrator", c.Administrator, p.T("Say who looks after this node.")},
		{"folder", c.Folder, p.T("Choose a folder.")},
	} {
		if need.value == "" {
			mend = append(mend, Mend{need.field, need.text})
		}
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" {
		mend = append(mend, Mend{"zone", p.T("Choose a time zone from the list.")})
	}
	return mend
}

func (s *setup) showKey(w http.ResponseWriter, r *http.Request) error {
	made := s.stage()
	if made == nil || made.Key.IsZero() {
		return s.seeOther(w, r, s.next())
	}
	page := keyPage{Page: s.page(r, visitOf(r).printer.T("Keep this key")), KeyFile: made.KeyFile}
	key := made.Key.Reveal("print the key of a new database for its owner")
	for i := 0; i < len(key); i += 4 {
		page.Groups = append(page.Groups, key[i:min(i+4, len(key))])
	}
	page.NodeKeyFile = made.NodeKeyFile
	for _, sheet := range made.Sheets {
		rows := strings.Split(strings.TrimSpace(sheet.Rows.Reveal("print a recovery sheet for the owner")), "\n")
		page.Sheets = append(page.Sheets, sheetRows{sheet.Number, sheet.Printing, rows})
	}
	return s.render(w, r, http.StatusOK, "setup_key", page)
}

// forgetKey drops the key from the wizard once its owner says it is kept.
func (s *setup) forgetKey(w http.ResponseWriter, r *http.Request) error {
	s.mu.Lock()
	if s.created != nil {
		s.created.Key, s.created.Sheets = private.Text{}, nil
	}
	s.mu.Unlock()
	return s.seeOther(w, r, s.next())
}

func (s *setup) done(w http.ResponseWriter, r *http.Request) error {
	made := s.stage()
	if made == nil || !made.Key.IsZero() {
		return s.seeOther(w, r, s.next())
	}
	return s.render(w, r, http.StatusOK, "setup_done", donePage{
		Page: s.page(r, visitOf(r).printer.T("Your node is ready")), URL: made.URL,
	})
}

// zones suggests time zones of all parts of the world; any other name of the IANA list is taken too.
func zones() []string {
	return []string{
		"UTC", "Africa/Accra", "Africa/Addis_Ababa", "Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos",
		"Africa/Nairobi", "Africa/Tunis", "America/Argentina/Buenos_Aires", "America/Bogota", "America/Chicago",
		"America/Lima", "America/Los_Angeles", "America/Mexico_City", "America/New_York", "America/Sao_Paulo",
		"Asia/Almaty", "Asia/Amman", "Asia/Baghdad", "Asia/Bangkok", "Asia/Beirut", "Asia/Colombo", "Asia/Dhaka",
		"Asia/Dubai", "Asia/Ho_Chi_Minh", "Asia/Jakarta", "Asia/Kabul", "Asia/Karachi", "Asia/Kathmandu",
		"Asia/Kolkata", "Asia/Kuala_Lumpur", "Asia/Manila", "Asia/Phnom_Penh", "Asia/Seoul", "Asia/Shanghai",
		"Asia/Singapore", "Asia/Tbilisi", "Asia/Tokyo", "Asia/Ulaanbaatar", "Asia/Yangon", "Australia/Sydney",
		"Europe/Athens", "Europe/Belgrade", "Europe/Berlin", "Europe/Bucharest", "Europe/Budapest",
		"Europe/Chisinau", "Europe/Istanbul", "Europe/Kyiv", "Europe/Lisbon", "Europe/London", "Europe/Madrid",
		"Europe/Paris", "Europe/Rome", "Europe/Sofia", "Europe/Tirane", "Europe/Vienna", "Europe/Warsaw",
		"Pacific/Auckland", "Pacific/Port_Moresby",
	}
}
