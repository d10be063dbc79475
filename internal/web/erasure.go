package web

import (
	"context"
	"maps"
	"net/http"
	"slices"
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
	Turn       pageTurn // of what is due
	DoneTurn   pageTurn
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

// erasurePage is how many files a list of a page shows.
const erasurePage = 50

func (s *Server) erasures(w http.ResponseWriter, r *http.Request) error {
	return s.erasuresAgain(w, r, nil)
}

func (s *Server) erasuresAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	page := erasuresPage{Page: s.page(r, v.printer.T("Erasures")), Mend: mend, MayApprove: v.actor.May(auth.ApproveErasure)}
	names, _, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	waiting, err := s.app.Vault.Waiting(r.Context(), v.actor)
	if err != nil {
		return err
	}
	files := &filesOf{s: s, v: v}
	if waiting, err = files.seen(r.Context(), waiting); err != nil {
		return err
	}
	for _, p := range waiting {
		page.Waiting = append(page.Waiting, s.erasureRow(v, p, names, files.numbers))
	}
	on, due := civil(s.now(), v.actor.Zone), vault.Review{}
	page.Turn, err = turn(r, "due", func() (bool, []vault.Review, error) {
		var some []vault.Review
		some, due, err = s.app.Vault.DueAfter(r.Context(), v.actor, on, due, erasurePage)
		if err == nil {
			some, err = files.seenDue(r.Context(), some)
		}
		return due.Person != "", some, err
	}, func(d vault.Review) { page.Due = append(page.Due, s.dueRow(v, d, files.numbers, files.open)) })
	if err != nil {
		return err
	}
	var done vault.Proposal
	page.DoneTurn, err = turn(r, "done", func() (bool, []vault.Proposal, error) {
		var some []vault.Proposal
		some, done, err = s.app.Vault.ErasedBefore(r.Context(), v.actor, done, erasurePage)
		if err == nil {
			some, err = files.seen(r.Context(), some)
		}
		return done.ID != "", some, err
	}, func(p vault.Proposal) { page.Done = append(page.Done, s.erasureRow(v, p, names, files.numbers)) })
	if err != nil {
		return err
	}
	return s.renderMend(w, r, "erasures", page, mend)
}

// pageTurn leads to the page before and the one after.
type pageTurn struct{ Before, After string }

// turn shows one page of a list that comes in pieces, of which the reader sees some: it passes the pages before it over, and
// reads no further than it has to.
func turn[T any](r *http.Request, name string, next func() (more bool, some []T, err error), show func(T)) (t pageTurn, err error) {
	here := max(1, counted(r.URL.Query().Get(name)))
	if here > 1 {
		t.Before = "?" + name + "=" + number(here-1)
	}
	skip, shown := (here-1)*erasurePage, 0
	for more := true; more; {
		var some []T
		if more, some, err = next(); err != nil {
			return t, err
		}
		for _, one := range some {
			switch {
			case skip > 0:
				skip--
			case shown == erasurePage:
				t.After = "?" + name + "=" + number(here+1)
				return t, nil
			default:
				show(one)
				shown++
			}
		}
	}
	return t, nil
}

// filesOf is what a reader may know of the files of a list: their numbers, and the cases that the reader may open.
type filesOf struct {
	s       *Server
	v       visit
	numbers map[vault.PersonID][]string
	open    map[vault.PersonID]casefile.Case
}

// read finds the files of some persons.
func (f *filesOf) read(ctx context.Context, persons []vault.PersonID) error {
	if f.open == nil {
		f.numbers, f.open = map[vault.PersonID][]string{}, map[vault.PersonID]casefile.Case{}
	}
	return f.s.app.DB.Read(ctx, func(tx *db.Tx) error {
		numbers, err := casefile.NumbersOf(ctx, tx, f.v.actor.Org, persons...)
		maps.Copy(f.numbers, numbers)
		if err != nil || !f.v.actor.May(auth.ReadCases) {
			return err
		}
		mine, err := casefile.OfPersons(ctx, tx, f.v.actor, auth.ReadCases, persons...)
		for _, c := range mine {
			f.open[c.Person] = c
		}
		return err
	})
}

// sees reports whether the reader learns of a file: who may not be the second person sees their own proposals, and what is due
// of the cases that they may open.
func (f *filesOf) sees(p vault.PersonID, by auth.AccountID) bool {
	_, mine := f.open[p]
	return mine || f.v.actor.May(auth.ApproveErasure) || by == f.v.actor.Account
}

func (f *filesOf) seen(ctx context.Context, all []vault.Proposal) ([]vault.Proposal, error) {
	var persons []vault.PersonID
	for _, p := range all {
		persons = append(persons, p.Person)
	}
	err := f.read(ctx, persons)
	return slices.DeleteFunc(all, func(p vault.Proposal) bool { return !f.sees(p.Person, p.By) }), err
}

func (f *filesOf) seenDue(ctx context.Context, all []vault.Review) ([]vault.Review, error) {
	var persons []vault.PersonID
	for _, d := range all {
		persons = append(persons, d.Person)
	}
	err := f.read(ctx, persons)
	return slices.DeleteFunc(all, func(d vault.Review) bool { return !f.sees(d.Person, "") }), err
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
