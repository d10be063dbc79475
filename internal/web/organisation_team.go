package web

import (
	"net/http"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/staff"
)

// teamsPage is where teams are formed, and where it is said who works on which case.
type teamsPage struct {
	Page
	Mend  []Mend
	Name  string
	Teams []teamRow
	// Cases and Told are the limits of work, as typed; Seen is the version that the reader saw.
	Cases, Told string
	Seen        int64
}

// Wrong returns what is to be mended in a field, or "".
func (p teamsPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func teamRowOf(p *i18n.Printer, t auth.Team, names map[auth.AccountID]string, accounts []auth.Account) teamRow {
	row := teamRow{ID: string(t.ID), Name: t.Name}
	for _, m := range t.Members {
		row.Members = append(row.Members, accountChoice{string(m), nameOf(p, names, m)})
	}
	for _, a := range accounts {
		if !slices.Contains(t.Members, a.ID) {
			row.Others = append(row.Others, accountChoice{string(a.ID), a.Name})
		}
	}
	return row
}

func (s *Server) teams(w http.ResponseWriter, r *http.Request) error { return s.teamsAgain(w, r, nil) }

func (s *Server) teamsAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	page := teamsPage{Page: s.page(r, v.printer.T("Teams")), Mend: mend, Name: r.PostFormValue("name")}
	names, accounts, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	teams, err := s.app.Accounts.Teams(r.Context(), v.actor)
	if err != nil {
		return err
	}
	for _, t := range teams {
		page.Teams = append(page.Teams, teamRowOf(v.printer, t, names, accounts))
	}
	limits, seen, err := s.app.Staff.Limits(r.Context(), v.actor)
	if err != nil {
		return err
	}
	page.Cases, page.Told, page.Seen = number(limits.Cases), number(limits.Told), seen
	if r.PostForm.Has("limit-cases") {
		page.Cases, page.Told = r.PostFormValue("limit-cases"), r.PostFormValue("limit-told")
	}
	return s.renderMend(w, r, "teams", page, mend)
}

// setLimits says from when on somebody is warned that it is too much.
func (s *Server) setLimits(w http.ResponseWriter, r *http.Request) error {
	err := s.app.Staff.SetLimits(r.Context(), actorOf(r), versionOf(r), staff.Limits{
		Cases: counted(r.PostFormValue("limit-cases")), Told: counted(r.PostFormValue("limit-told")),
	})
	return s.teamsDone(w, r, err, "limit-cases")
}

// teamsDone sends the reader back, or shows what is to be mended.
func (s *Server) teamsDone(w http.ResponseWriter, r *http.Request, err error, fallback string) error {
	mend, err := toMend(visitOf(r).printer, err, fallback)
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.teamsAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/teams")
}

func (s *Server) formTeam(w http.ResponseWriter, r *http.Request) error {
	_, err := s.app.Accounts.FormTeam(r.Context(), actorOf(r), r.PostFormValue("name"))
	return s.teamsDone(w, r, err, "name")
}

func (s *Server) joinTeam(w http.ResponseWriter, r *http.Request) error {
	if r.PostFormValue("account") == "" {
		return s.teamsAgain(w, r, []Mend{{"join-" + r.PathValue("id"), visitOf(r).printer.T("Choose somebody.")}})
	}
	err := s.app.Accounts.Join(r.Context(), actorOf(r), auth.TeamID(r.PathValue("id")), auth.AccountID(r.PostFormValue("account")))
	return s.teamsDone(w, r, err, "name")
}

func (s *Server) partTeam(w http.ResponseWriter, r *http.Request) error {
	err := s.app.Accounts.Part(r.Context(), actorOf(r), auth.TeamID(r.PathValue("id")), auth.AccountID(r.PathValue("account")))
	return s.teamsDone(w, r, err, "name")
}

func (s *Server) closeTeam(w http.ResponseWriter, r *http.Request) error {
	return s.teamsDone(w, r, s.app.Accounts.CloseTeam(r.Context(), actorOf(r), auth.TeamID(r.PathValue("id"))), "name")
}

// assignTeam says that a team works on a case, or no longer.
func (s *Server) assignTeam(w http.ResponseWriter, r *http.Request) error {
	do := s.app.Accounts.Assign
	if r.PostFormValue("end") != "" {
		do = s.app.Accounts.Unassign
	}
	scope, err := s.app.Cases.Scope(r.Context(), actorOf(r), r.PostFormValue("scope"))
	if err == nil {
		err = do(r.Context(), actorOf(r), scope, auth.Holder{Team: auth.TeamID(r.PathValue("id"))})
	}
	return s.teamsDone(w, r, err, "scope")
}
