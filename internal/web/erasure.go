package web

import (
	"net/http"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/vault"
)

// erasuresPage lists the files that wait for their erasure, those whose time has come, and what was erased.
type erasuresPage struct {
	Page
	Mend       []Mend
	MayApprove bool
	Waiting    []erasureRow
	Due        []dueRow
	Done       []erasureRow
}

// erasureRow is an erasure; it names the file by its number and nobody by name.
type erasureRow struct {
	ID, Code, Number, Ground, By, At string
	Second, Erased, Gone             string
	Mine                             bool
}

// dueRow is a file whose time is over, or whose review is due.
type dueRow struct {
	Number, Path, Rule, On string
	Over, Held             bool
}

// mostDue is how many files a page lists.
const mostDue = 50

func (s *Server) erasures(w http.ResponseWriter, r *http.Request) error {
	return s.erasuresAgain(w, r, nil)
}

func (s *Server) erasuresAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	page := erasuresPage{Page: s.page(r, v.printer.T("Erasures")), Mend: mend, MayApprove: v.actor.May(auth.ApproveErasure)}
	waiting, done, err := s.app.Vault.Proposals(r.Context(), v.actor)
	if err != nil {
		return err
	}
	due, err := s.app.Vault.Due(r.Context(), v.actor, civil(s.now(), v.actor.Zone), mostDue)
	if err != nil {
		return err
	}
	names, _, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	var persons []vault.PersonID
	for _, p := range append(append([]vault.Proposal{}, waiting...), done...) {
		persons = append(persons, p.Person)
	}
	for _, d := range due {
		persons = append(persons, d.Person)
	}
	var numbers map[vault.PersonID][]string
	open := map[vault.PersonID]casefile.Case{}
	err = s.app.DB.Read(r.Context(), func(tx *db.Tx) error {
		if numbers, err = casefile.NumbersOf(r.Context(), tx, v.actor.Org, persons...); err != nil || !v.actor.May(auth.ReadCases) {
			return err
		}
		mine, err := casefile.OfPersons(r.Context(), tx, v.actor, auth.ReadCases, persons...)
		for _, c := range mine {
			open[c.Person] = c
		}
		return err
	})
	if err != nil {
		return err
	}
	// Who may not be the second person sees their own proposals, and what is due of the cases that they may open.
	sees := func(p vault.PersonID, by auth.AccountID) bool {
		_, mine := open[p]
		return mine || page.MayApprove || by == v.actor.Account
	}
	for _, p := range waiting {
		if sees(p.Person, p.By) {
			page.Waiting = append(page.Waiting, s.erasureRow(v, p, names, numbers))
		}
	}
	for _, p := range done {
		if sees(p.Person, p.By) {
			page.Done = append(page.Done, s.erasureRow(v, p, names, numbers))
		}
	}
	for _, d := range due {
		if sees(d.Person, "") {
			page.Due = append(page.Due, s.dueRow(v, d, numbers, open))
		}
	}
	return s.renderMend(w, r, "erasures", page, mend)
}

func (s *Server) erasureRow(v visit, p vault.Proposal, names map[auth.AccountID]string, numbers map[vault.PersonID][]string) erasureRow {
	pr := v.printer
	row := erasureRow{
		ID: p.ID, Code: p.ID[:8], Number: strings.Join(numbers[p.Person], ", "), By: nameOf(pr, names, p.By), At: pr.Date(civil(p.At, v.actor.Zone)),
		Gone: p.CopiesGoneOn, Mine: p.By == v.actor.Account,
	}
	for _, g := range erasureGrounds(pr, p.Ground) {
		if g.Chosen {
			row.Ground = g.Label
		}
	}
	if p.Second != "" {
		row.Second, row.Erased = nameOf(pr, names, p.Second), pr.Date(civil(p.ErasedAt, v.actor.Zone))
	}
	if p.CopiesGoneOn != "" {
		row.Gone = pr.Date(p.CopiesGoneOn)
	}
	return row
}

func (s *Server) dueRow(v visit, d vault.Review, numbers map[vault.PersonID][]string, open map[vault.PersonID]casefile.Case) dueRow {
	row := dueRow{Rule: ruleTitle(v.printer, d.Class), Number: strings.Join(numbers[d.Person], ", "), On: v.printer.Date(d.On), Over: d.From != "", Held: d.Held}
	if c, ok := open[d.Person]; ok {
		row.Path = "/cases/" + string(c.ID()) + "/keeping"
	}
	return row
}

// approveErasure is the second person's word.
func (s *Server) approveErasure(w http.ResponseWriter, r *http.Request) error {
	return s.erasureDone(w, r, s.app.Erase(r.Context(), actorOf(r), r.PathValue("id")))
}

func (s *Server) withdrawErasure(w http.ResponseWriter, r *http.Request) error {
	return s.erasureDone(w, r, s.app.Vault.WithdrawErasure(r.Context(), actorOf(r), r.PathValue("id")))
}

func (s *Server) erasureDone(w http.ResponseWriter, r *http.Request, err error) error {
	mend, err := toMend(visitOf(r).printer, err, "waiting")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.erasuresAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/erasures")
}
