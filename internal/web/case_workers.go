package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// workerList is who works on a case.
type workerList struct {
	caseHead
	Workers  []workerRow
	Accounts []breachChoice
	Teams    []breachChoice
	Many     bool // somebody who can be chosen has many cases already
	Chief    bool // the reader says who may read what was said in counselling
}

// workerRow is somebody who works on a case.
type workerRow struct {
	To, Name       string
	Owner, Counsel bool
	Team           bool
}

func (s *Server) caseWorkers(w http.ResponseWriter, r *http.Request) error {
	return s.workersAgain(w, r, nil)
}

func (s *Server) workersAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	page := workerList{Chief: v.actor.May(auth.ManageTeams)}
	if page.caseHead, err = s.caseHead(r, c, "/workers", p.T("Who works on it")); err != nil {
		return err
	}
	page.Mend = mend
	holders, err := s.app.Cases.Workers(r.Context(), v.actor, c.ID())
	if err != nil {
		return err
	}
	counsel, err := s.app.Cases.Counsellors(r.Context(), v.actor, c.ID())
	if err != nil {
		return err
	}
	names, accounts, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	teams, err := s.app.Accounts.Teams(r.Context(), v.actor)
	if err != nil {
		return err
	}
	for _, h := range holders {
		page.Workers = append(page.Workers, workerRow{
			To: holderValue(h), Name: holderName(v, h, names, teams), Owner: h.Account != "" && h.Account == c.Clear.Owner,
			Counsel: slices.Contains(counsel, h.Account), Team: h.Team != "",
		})
	}
	many, err := s.loaded(r)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if (auth.Actor{Org: v.actor.Org, Account: a.ID, Roles: a.Roles}).May(auth.WorkCases) {
			page.Accounts = append(page.Accounts, breachChoice{Code: "account/" + string(a.ID), Label: loadLabel(p, a.Name, many[a.ID])})
			page.Many = page.Many || many[a.ID]
		}
	}
	for _, t := range teams {
		page.Teams = append(page.Teams, breachChoice{Code: "team/" + string(t.ID), Label: t.Name})
	}
	return s.renderMend(w, r, "case_workers", page, mend)
}

// loaded returns who has many cases already, for whoever may give a case away; nobody for others.
func (s *Server) loaded(r *http.Request) (map[auth.AccountID]bool, error) {
	if !actorOf(r).May(auth.WorkCases) {
		return nil, nil
	}
	return s.app.Staff.Loaded(r.Context(), actorOf(r))
}

// loadLabel is somebody to choose, with a warning when they have many cases already. They can be chosen all the same.
func loadLabel(p *i18n.Printer, name string, many bool) string {
	if many {
		return p.T("%s (has many cases already)", name)
	}
	return name
}

// holderValue is how a form names an account or a team.
func holderValue(h auth.Holder) string {
	if h.Team != "" {
		return "team/" + string(h.Team)
	}
	return "account/" + string(h.Account)
}

func holderName(v visit, h auth.Holder, names map[auth.AccountID]string, teams []auth.Team) string {
	if h.Team == "" {
		return nameOf(v.printer, names, h.Account)
	}
	for _, t := range teams {
		if t.ID == h.Team {
			return t.Name
		}
	}
	return v.printer.T("a team that was closed")
}

func parseHolder(text string) (h auth.Holder) {
	switch kind, id, _ := strings.Cut(text, "/"); kind {
	case "account":
		h.Account = auth.AccountID(id)
	case "team":
		h.Team = auth.TeamID(id)
	}
	return h
}

// changeWorkers hands a case over, adds or takes off somebody, or says who may read what was said in
// counselling.
func (s *Server) changeWorkers(w http.ResponseWriter, r *http.Request) error {
	id, actor, to := casefile.ID(r.PathValue("case")), actorOf(r), parseHolder(r.PostFormValue("to"))
	p := visitOf(r).printer
	if to == (auth.Holder{}) {
		if _, err := s.caseOf(r); err != nil {
			return err
		}
		return s.workersAgain(w, r, []Mend{{"to", p.T("Choose somebody.")}})
	}
	var err error
	switch r.PostFormValue("do") {
	case "hand-over":
		err = s.app.Cases.HandOver(r.Context(), actor, id, to, r.PostFormValue("stay") != "")
	case "remove":
		err = s.app.Cases.RemoveWorker(r.Context(), actor, id, to)
	case "counsel":
		err = s.app.Cases.SetCounsel(r.Context(), actor, id, to.Account, true)
	case "no-counsel":
		err = s.app.Cases.SetCounsel(r.Context(), actor, id, to.Account, false)
	default:
		err = s.app.Cases.AddWorker(r.Context(), actor, id, to)
	}
	mend, err := toMend(p, err, "to")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.workersAgain(w, r, mend)
	}
	if r.PostFormValue("do") == "hand-over" {
		return s.seeOther(w, r, "/cases")
	}
	return s.seeOther(w, r, "/cases/"+string(id)+"/workers")
}
