package web

import (
	"context"
	"net/http"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
)

// unusedAfter is after how long without a sign-in a role counts as unused.
const unusedAfter = 90 * 24 * time.Hour

// reviewPage lists every role that somebody holds, those due first.
type reviewPage struct {
	Page
	Mend      []Mend
	Due, Rest reviewPart
}

// reviewPart is one table of the review.
type reviewPart struct {
	*i18n.Printer
	ID, Caption string
	Rows        []reviewRow
}

// reviewRow is one role of one account.
type reviewRow struct {
	grantRow
	Account, Person, SignedIn, Reviewed string
	Unused, Self                        bool
}

func (s *Server) review(w http.ResponseWriter, r *http.Request) error {
	return s.reviewAgain(w, r, nil)
}

func (s *Server) reviewAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	page := reviewPage{
		Page: s.page(r, p.T("Access review")), Mend: mend,
		Due: reviewPart{p, "due", p.T("Due now"), nil}, Rest: reviewPart{p, "later", p.T("Not due yet"), nil},
	}
	names, accounts, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		for _, g := range a.Grants {
			if !g.Held(s.now()) {
				continue
			}
			row := s.reviewRow(v, a, g, names)
			if row.Due {
				page.Due.Rows = append(page.Due.Rows, row)
			} else {
				page.Rest.Rows = append(page.Rest.Rows, row)
			}
		}
	}
	return s.renderMend(w, r, "review", page, mend)
}

func (s *Server) reviewRow(v visit, a auth.Account, g auth.Grant, names map[auth.AccountID]string) reviewRow {
	row := reviewRow{
		grantRow: s.grantRow(v, g, names), Account: string(a.ID), Person: a.Name, Self: a.ID == v.actor.Account,
		Unused: s.now().Sub(a.SignedIn) > unusedAfter && s.now().Sub(g.From) > unusedAfter,
	}
	if !a.SignedIn.IsZero() {
		row.SignedIn = v.printer.Date(civil(a.SignedIn, v.actor.Zone))
	}
	if !g.Reviewed.IsZero() {
		row.Reviewed = v.printer.T("%s, by %s", v.printer.Date(civil(g.Reviewed, v.actor.Zone)), nameOf(v.printer, names, g.ReviewedBy))
	}
	return row
}

// reviewed makes a handler of what a reviewer does with a role.
func (s *Server) reviewed(do func(context.Context, auth.Actor, auth.AccountID, auth.Role) error) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := do(r.Context(), actorOf(r), auth.AccountID(r.PathValue("id")), auth.Role(r.PathValue("role")))
		mend, err := toMend(visitOf(r).printer, err, "main")
		if err != nil {
			return err
		}
		if len(mend) > 0 {
			return s.reviewAgain(w, r, mend)
		}
		return s.seeOther(w, r, "/access-review")
	}
}
