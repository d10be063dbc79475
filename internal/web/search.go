package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/blind"
)

// searchRoutes are the page on which a person is looked for. What is typed goes in a form, so that it stands in no
// address; every search is counted and recorded.
func (s *Server) searchRoutes() []route {
	return []route{
		{"GET", "/search", Staff, May(auth.SearchPeople), s.search, 0},
		{"POST", "/search", Staff, May(auth.SearchPeople), s.searchPeople, 0},
	}
}

// searchPage is the form and, once it was sent, who was found.
type searchPage struct {
	Page
	Mend                               []Mend
	Purposes, Tolerances               []breachChoice
	Scope, Name, Year, Document, Phone string
	Hour, Day                          int
	Names                              bool // show working names
	Searched, More                     bool
	Found                              []searchHit
}

// searchHit is a case whose person may be the one.
type searchHit struct {
	caseRow
	Strength string
	Points   []personPoint
}

// Wrong returns what is to be mended in a field, or "".
func (p searchPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

// searchPurposes are the codes of what people look somebody up for, with their words.
var searchPurposes = []struct{ code, label string }{
	{"find-case", i18n.Mark("To go on with a case that I work on")},
	{"known-here", i18n.Mark("To see whether somebody is known here already")},
	{"person-asks", i18n.Mark("The person asks what is kept")},
	{"danger", i18n.Mark("Somebody is in danger")},
}

// searchForm is the form as it was typed.
func (s *Server) searchForm(r *http.Request, mend []Mend) searchPage {
	p := visitOf(r).printer
	page := searchPage{
		Page: s.page(r, p.T("Look for somebody")), Mend: mend, Scope: r.PostFormValue("scope"), Name: r.PostFormValue("name"),
		Year: r.PostFormValue("birth"), Document: r.PostFormValue("document"), Phone: r.PostFormValue("phone"),
		Names: r.PostFormValue("names") != "", Hour: blind.PerHour, Day: blind.PerDay,
	}
	for _, one := range searchPurposes {
		page.Purposes = append(page.Purposes, breachChoice{one.code, p.T(one.label), one.code == r.PostFormValue("purpose")})
	}
	for _, n := range []int{0, 2, blind.MaxTolerance} {
		code := strconv.Itoa(n)
		label := p.T("exactly")
		if n > 0 {
			label = p.N("%d year off at most", "%d years off at most", n)
		}
		page.Tolerances = append(page.Tolerances, breachChoice{code, label, code == r.PostFormValue("off")})
	}
	return page
}

func (s *Server) search(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, "search", s.searchForm(r, nil))
}

func (s *Server) searchPeople(w http.ResponseWriter, r *http.Request) error {
	page := s.searchForm(r, nil)
	err := s.lookUp(r, &page)
	if fault.KindOf(err) == fault.NotFound && err != nil { // the case: whether it is not there or not the reader's
		err = fault.New(fault.Invalid, "This cannot be searched for.").
			WithField("scope", "There is no such case for you here. Look at the number once more.")
	}
	if page.Mend, err = toMend(visitOf(r).printer, err, "name"); err != nil {
		return err
	}
	return s.renderMend(w, r, "search", page, page.Mend)
}

// lookUp searches for what was typed.
func (s *Server) lookUp(r *http.Request, page *searchPage) error {
	q, err := page.query(r)
	if err != nil {
		return err
	}
	v := visitOf(r)
	scope, err := s.app.Cases.Scope(r.Context(), v.actor, page.Scope)
	if err != nil {
		return err
	}
	q.Why.Scope = scope
	found, err := s.app.People.LookUp(r.Context(), v.actor, q)
	if err != nil {
		return err
	}
	cases := make([]casefile.Case, len(found.All))
	for i, one := range found.All {
		cases[i] = one.Case
	}
	rows, err := s.caseRows(r.Context(), v, cases)
	if err != nil {
		return err
	}
	if page.Names {
		words, err := s.app.Cases.ManyWords(r.Context(), v.actor, q.Why.Purpose, cases...)
		if err != nil {
			return err
		}
		for i, x := range words {
			rows[i].Name = x.Name.Reveal("show the working name of who was found")
		}
	}
	page.Searched, page.More = true, found.More
	for i, one := range found.All {
		page.Found = append(page.Found, searchHit{rows[i], v.printer.T(one.Strength.Label()), likenessPoints(v.printer, one.Points)})
	}
	return nil
}

// query is what was typed, as the index takes it.
func (p *searchPage) query(r *http.Request) (q blind.Query, err error) {
	q = blind.Query{
		Why: vault.Why{Purpose: vault.Purpose(r.PostFormValue("purpose"))}, Name: private.New(p.Name),
		Document: private.New(p.Document), Phone: private.New(p.Phone),
	}
	f := fault.New(fault.Invalid, "This cannot be searched for.")
	known := false
	for _, one := range searchPurposes {
		known = known || one.code == string(q.Why.Purpose)
	}
	if !known {
		f = f.WithField("purpose", "Choose a purpose.")
	}
	if year := strings.TrimSpace(p.Year); year != "" {
		if q.BirthYear, err = strconv.Atoi(year); err != nil || q.BirthYear < 1 {
			f = f.WithField("birth", "Give a year, and how many years it may be off, at most %d.", blind.MaxTolerance)
		}
		if q.Tolerance, err = strconv.Atoi(r.PostFormValue("off")); err != nil {
			q.Tolerance = 0
		}
	}
	if len(f.Fields) > 0 {
		return q, f
	}
	return q, nil
}
