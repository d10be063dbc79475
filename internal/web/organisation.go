package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/vault"
)

// organisationRoutes are the pages of an organisation and its teams.
func (s *Server) organisationRoutes() []route {
	return []route{
		{"GET", "/organisation", Staff, SignedIn(), s.organisation, 0},
		{"POST", "/organisation/release", Staff, May(auth.Configure), s.proposeRelease, 0},
		{"POST", "/organisation/recipients", Staff, May(auth.Configure), s.setRecipients, 0},
		{"POST", "/organisation/pairing", Staff, May(auth.Configure), s.askPairing, 0},
		{"POST", "/organisation/pairing/{id}/accept", Staff, May(auth.ApprovePeople), s.acceptPairing, 0},
		{"POST", "/organisation/pairing/{id}/end", Staff, MayAny(auth.Configure, auth.ApprovePeople), s.endPairing, 0},
		{"GET", "/teams", Staff, May(auth.ManageTeams), s.teams, 0},
		{"POST", "/teams", Staff, May(auth.ManageTeams), s.formTeam, 0},
		{"POST", "/teams/limits", Staff, May(auth.ManageTeams), s.setLimits, 0},
		{"POST", "/teams/{id}/join", Staff, May(auth.ManageTeams), s.joinTeam, 0},
		{"POST", "/teams/{id}/part/{account}", Staff, May(auth.ManageTeams), s.partTeam, 0},
		{"POST", "/teams/{id}/close", Staff, May(auth.ManageTeams), s.closeTeam, 0},
		{"POST", "/teams/{id}/cases", Staff, May(auth.ManageTeams), s.assignTeam, 0},
	}
}

// organisationPage is the reader's own organisation.
type organisationPage struct {
	Page
	Mend       []Mend
	Number     string
	Zone       string
	Teams      []teamRow
	Told       []occasionRow
	People     []accountChoice
	Lenders    []pairingRow
	Borrowers  []pairingRow
	Retention  []retentionRow
	Officers   []string
	MayPropose bool
	MayLend    bool
	Proposed   bool
	Covered    bool // a written release is needed before anybody is told
}

// teamRow is a team with its members.
type teamRow struct {
	ID, Name string
	Members  []accountChoice
	Others   []accountChoice
}

// occasionRow is an occasion with who is told of it.
type occasionRow struct {
	Occasion, Name string
	Who            []string
}

// accountChoice is an account to choose.
type accountChoice struct{ ID, Name string }

// pairingRow is a pairing, seen from either side.
type pairingRow struct {
	ID, Name, Since string
	Accepted        bool
}

// retentionRow is a retention class as the program has it.
type retentionRow struct{ Code, Keeps, Source string }

// Wrong returns what is to be mended in a field, or "".
func (p organisationPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) organisation(w http.ResponseWriter, r *http.Request) error {
	return s.organisationAgain(w, r, nil)
}

func (s *Server) organisationAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	page := organisationPage{
		Page: s.page(r, v.printer.T("My organisation")), Mend: mend, Number: string(v.actor.Org), Zone: v.actor.Zone,
		MayPropose: v.actor.May(auth.Configure), MayLend: v.actor.May(auth.ApprovePeople),
		Proposed: r.URL.Query().Get("proposed") != "",
	}
	names, accounts, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if slices.Contains(a.Roles, auth.ProtectionOfficer) {
			page.Officers = append(page.Officers, a.Name)
		}
		if !slices.Contains(a.Roles, auth.Administrator) {
			page.People = append(page.People, accountChoice{string(a.ID), a.Name})
		}
	}
	if err := s.fillOrganisation(r, v, &page, names); err != nil {
		return err
	}
	return s.renderMend(w, r, "organisation", page, mend)
}

func (s *Server) fillOrganisation(r *http.Request, v visit, page *organisationPage, names map[auth.AccountID]string) error {
	teams, err := s.app.Accounts.Teams(r.Context(), v.actor)
	if err != nil {
		return err
	}
	for _, t := range teams {
		page.Teams = append(page.Teams, teamRowOf(v.printer, t, names, nil))
	}
	pairings, err := s.app.Accounts.Pairings(r.Context(), v.actor)
	if err != nil {
		return err
	}
	for _, p := range pairings {
		row := pairingRow{ID: string(p.Lender), Name: p.Name, Since: v.printer.Date(civil(p.Asked, v.actor.Zone)), Accepted: !p.Accepted.IsZero()}
		if p.Org == v.actor.Org {
			page.Lenders = append(page.Lenders, row)
			continue
		}
		row.ID, row.Name = string(p.Org), p.OrgName
		page.Borrowers = append(page.Borrowers, row)
	}
	if page.Covered, err = s.app.Consents.Covered(r.Context(), v.actor.Org); err != nil {
		return err
	}
	for _, c := range s.app.Vault.Classes() {
		page.Retention = append(page.Retention, retentionText(v.printer, c))
	}
	return s.app.DB.Read(r.Context(), func(tx *db.Tx) error {
		for _, o := range auth.Occasions() {
			to, err := auth.Recipients(r.Context(), tx, v.actor.Org, o)
			if err != nil {
				return err
			}
			row := occasionRow{Occasion: string(o), Name: occasionName(v.printer, o)}
			for _, a := range to {
				row.Who = append(row.Who, nameOf(v.printer, names, a))
			}
			page.Told = append(page.Told, row)
		}
		return nil
	})
}

// retentionText says how long files of a class are kept.
func retentionText(p *i18n.Printer, c vault.Retention) retentionRow {
	row := retentionRow{Code: string(c.Code)}
	if n := len(c.Rules); n > 0 {
		row.Keeps = p.N("%d month", "%d months", c.Rules[n-1].KeepMonths)
		row.Source = c.Rules[n-1].Source
	}
	return row
}

// occasionName names what preset people are told of.
func occasionName(p *i18n.Printer, o auth.Occasion) string {
	switch o {
	case auth.OnGlass:
		return p.T("Emergency access")
	case auth.OnSearch:
		return p.T("A person looked up without a case or task")
	default:
		return string(o)
	}
}

// organisationDone sends the reader back, or shows what is to be mended.
func (s *Server) organisationDone(w http.ResponseWriter, r *http.Request, err error, fallback, to string) error {
	mend, err := toMend(visitOf(r).printer, err, fallback)
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.organisationAgain(w, r, mend)
	}
	return s.seeOther(w, r, to)
}

func (s *Server) setRecipients(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	var accounts []auth.AccountID
	for _, a := range r.PostForm["account"] {
		accounts = append(accounts, auth.AccountID(a))
	}
	_, err := s.app.Accounts.ProposeRecipients(r.Context(), actorOf(r), auth.Occasion(r.PostFormValue("occasion")), accounts, r.PostFormValue("reason"))
	return s.organisationDone(w, r, err, "accounts", "/organisation?proposed=1")
}

func (s *Server) askPairing(w http.ResponseWriter, r *http.Request) error {
	_, err := s.app.Accounts.AskPairing(r.Context(), actorOf(r), auth.OrgID(strings.TrimSpace(r.PostFormValue("other"))), r.PostFormValue("reason"))
	return s.organisationDone(w, r, err, "other", "/organisation?proposed=1")
}

func (s *Server) acceptPairing(w http.ResponseWriter, r *http.Request) error {
	return s.organisationDone(w, r, s.app.Accounts.AcceptPairing(r.Context(), actorOf(r), auth.OrgID(r.PathValue("id"))), "other", "/organisation")
}

// endPairing ends a pairing from whichever side the reader is on.
func (s *Server) endPairing(w http.ResponseWriter, r *http.Request) error {
	actor, other := actorOf(r), auth.OrgID(r.PathValue("id"))
	asker, lender := actor.Org, other
	if r.PostFormValue("side") == "lender" {
		asker, lender = other, actor.Org
	}
	return s.organisationDone(w, r, s.app.Accounts.EndPairing(r.Context(), actor, asker, lender), "other", "/organisation")
}
