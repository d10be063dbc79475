package web

import (
	"net/http"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
)

// Page is what every page has. A page of its own embeds it, so that its template says
// {{$.T "Known on"}}, {{$.Printer.Date .Day}} and {{$.Assets.Path "mark.svg"}}.
//
// T is its only method: the type of each page has two copies of every method of Page, and there are two
// hundred pages. So the printer is a field, and not embedded.
type Page struct {
	Printer   *i18n.Printer
	Title     string // in the reader's language; never holds anything personal
	Rooms     []Room
	Languages []i18n.Language
	Back      string // where the language switch returns to
	Demo      bool
	Abouts    bool // there is a page about the program; the setup wizard has none
	SignedIn  bool
	Who       string // name of the account
	Role      string // its roles, in the reader's language
	Org       string
	Program   string // version of the program
	PrintedOn string // civil date, for the printed page
	Bare      bool   // the paper is for the person: it names neither the organisation, nor who printed it, nor this program
	Lively    bool   // the page is enhanced by htmx; it works without
	Glass     string // until when the reader has emergency access; "" when not
	Locks     int    // seconds without a press after which the page is covered; 0 is never
	Assets    *assets
}

// Room is one entry of the top navigation.
type Room struct {
	Path  string
	Label string
	Here  bool
}

// room is an entry of the navigation before it is known who reads.
type room struct {
	path, label string
	access      Access
}

// navigation lists the rooms of the program in their order. Only those with a page are shown, and
// only to whom the page is open.
func navigation(table []route) []room {
	wanted := []room{
		{path: "/", label: i18n.Mark("My work")},
		{path: "/cases", label: i18n.Mark("Cases")},
		{path: "/measures", label: i18n.Mark("Measures")},
		{path: "/releases", label: i18n.Mark("Releases")},
		{path: "/policy-review", label: i18n.Mark("Policy review")},
		{path: "/agreements", label: i18n.Mark("Agreements")},
		{path: "/import", label: i18n.Mark("Import")},
		{path: "/people", label: i18n.Mark("People")},
		{path: "/ledger", label: i18n.Mark("Ledger")},
		{path: "/settings", label: i18n.Mark("Settings")},
	}
	var found []room
	for _, r := range wanted {
		for _, rt := range table {
			if rt.Method == http.MethodGet && strings.TrimSuffix(rt.Pattern, "{$}") == r.path {
				r.access = rt.Access
				found = append(found, r)
			}
		}
	}
	return found
}

// page fills what every page has. title is in the reader's language.
func (s *site) page(r *http.Request, title string) Page {
	v := visitOf(r)
	p := Page{
		Printer: v.printer, Title: title, Languages: switchable(), Back: backOf(r),
		Demo: s.demo, Abouts: s.identify != nil, SignedIn: v.signedIn, Program: s.version, Assets: s.assets,
		PrintedOn: s.now().UTC().Format("2006-01-02"),
	}
	if !v.signedIn {
		return p
	}
	if v.actor.Via != auth.ViaDemo {
		p.Locks = int(s.lockAfter.Seconds())
	}
	p.Who, p.Org, p.Role = v.actor.Name, v.actor.OrgName, roleNames(v.printer, v.actor.Roles)
	if v.actor.Glass.After(s.now()) {
		p.Glass = v.printer.DateTime(v.actor.Glass, v.actor.Zone)
	}
	for _, entry := range s.rooms {
		if !entry.access.admits(v) {
			continue
		}
		here := entry.path == r.URL.Path || (entry.path != "/" && strings.HasPrefix(r.URL.Path, entry.path+"/"))
		p.Rooms = append(p.Rooms, Room{Path: entry.path, Label: v.printer.T(entry.label), Here: here})
	}
	return p
}

// backOf is where the language switch returns to: the page itself when it can be asked for again.
// An answer to a form cannot, nor can a link that works once.
func backOf(r *http.Request) string {
	if r.Method != http.MethodGet || r.URL.Path == "/language" {
		return "/"
	}
	return r.URL.RequestURI()
}

// switchable lists the languages that the switch offers: all but the one made for testing.
func switchable() []i18n.Language {
	var out []i18n.Language
	for _, l := range i18n.Languages() {
		if l.Status != "pseudo" {
			out = append(out, l)
		}
	}
	return out
}

// roleName gives the name of a role in a reader's language.
func roleName(p *i18n.Printer, r auth.Role) string {
	switch r {
	case auth.Analyst:
		return p.T("Analyst")
	case auth.Officer:
		return p.T("First responder")
	case auth.SupportWorker:
		return p.T("Support worker")
	case auth.Investigator:
		return p.T("Investigator")
	case auth.Authority:
		return p.T("Competent authority")
	case auth.LegalAnalyst:
		return p.T("Legal analyst")
	case auth.Liaison:
		return p.T("Liaison officer")
	case auth.Supervisor:
		return p.T("Service manager")
	case auth.ProtectionOfficer:
		return p.T("Protection officer")
	case auth.Administrator:
		return p.T("Administrator")
	default:
		return string(r)
	}
}

func roleNames(p *i18n.Printer, roles []auth.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = roleName(p, r)
	}
	return p.List(names)
}

// T is [i18n.Printer.T].
func (p Page) T(msgid string, args ...any) string { return p.Printer.T(msgid, args...) }
