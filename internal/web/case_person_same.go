package web

import (
	"net/http"
	"strconv"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/person"
)

// personSamePage is the search for files that may be about the same person.
type personSamePage struct {
	caseHead
	MaySearch, Searched, More bool
	Found                     []personLead
}

// personLead is a case that may be about the same person.
type personLead struct {
	Number, Path, Strength, Verdict string
	Points                          []personPoint
}

// personPoint is one thing that agrees or speaks against.
type personPoint struct {
	Part, Text string
	Against    bool
}

func (s *Server) personSame(w http.ResponseWriter, r *http.Request) error {
	page, err := s.samePage(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "case_person_same", page)
}

func (s *Server) samePage(r *http.Request) (page personSamePage, err error) {
	v := visitOf(r)
	c, err := s.caseOf(r)
	if err != nil {
		return page, err
	}
	page.caseHead, err = s.caseHead(r, c, "/person", v.printer.T("Known here already?"))
	page.MaySearch = page.May && v.actor.May(auth.SearchPeople)
	return page, err
}

// findSame searches. It is a form and no link, because each search is counted and recorded.
func (s *Server) findSame(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	found, err := s.app.People.Suggest(r.Context(), v.actor, casefile.ID(r.PathValue("case")))
	mend, err := toMend(v.printer, err, "found")
	if err != nil {
		return err
	}
	page, err := s.samePage(r)
	if err != nil {
		return err
	}
	page.Mend, page.Searched, page.More = mend, len(mend) == 0, found.More
	for _, one := range found.All {
		lead := personLead{
			Number: one.Case.Clear.Number, Path: page.At("/person/same/" + string(one.Case.ID())), Strength: v.printer.T(one.Strength.Label()),
			Points: likenessPoints(v.printer, one.Points),
		}
		if one.Verdict != person.Undecided {
			lead.Verdict = v.printer.T(one.Verdict.Label())
		}
		page.Found = append(page.Found, lead)
	}
	return s.renderMend(w, r, "case_person_same", page, mend)
}

func likenessPoints(p *i18n.Printer, all []person.Point) (list []personPoint) {
	for _, one := range all {
		list = append(list, personPoint{Part: one.Part, Text: p.T(one.Text), Against: one.Against})
	}
	return list
}

// personPairPage is two files side by side.
type personPairPage struct {
	caseHead
	Other    string // number
	Strength string
	Points   []personPoint
	Sides    []personSide
	Action   string
	Version  int64
	Verdict  string
	Verdicts []breachChoice
}

// personSide is what one of two files has.
type personSide struct {
	Title string
	Lines []personLine
}

func (s *Server) personPair(w http.ResponseWriter, r *http.Request) error {
	return s.pairAgain(w, r, nil)
}

func (s *Server) pairAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	other, err := s.app.Cases.Get(r.Context(), v.actor, casefile.ID(r.PathValue("other")))
	if err != nil {
		return err
	}
	var page personPairPage
	if page.caseHead, err = s.caseHead(r, c, "/person", p.T("Side by side")); err != nil {
		return err
	}
	verdict, version, err := s.app.People.Verdict(r.Context(), v.actor, c.ID(), other.ID())
	if err != nil {
		return err
	}
	a, b, like, err := s.app.People.Beside(r.Context(), v.actor, c.ID(), other.ID(), support)
	if err != nil {
		return err
	}
	page.Mend, page.Other, page.Action, page.Version = mend, other.Clear.Number, page.At("/person/same/"+string(other.ID())), version
	page.Strength, page.Points, page.Verdict = p.T(like.Strength.Label()), likenessPoints(p, like.Points), p.T(verdict.Label())
	page.Verdicts = choices(p, person.Verdicts(), person.Verdict.Label, verdict)
	for _, side := range []struct {
		title string
		file  person.File
	}{{p.T("This file"), a}, {p.T("The other file"), b}} {
		one := personSide{Title: side.title}
		for _, code := range []person.Section{person.OfNames, person.OfBirth, person.OfDocuments, person.OfContact} {
			one.Lines = append(one.Lines, sectionOf(p, side.file, code, 0).Lines...)
		}
		page.Sides = append(page.Sides, one)
	}
	return s.renderMend(w, r, "case_person_pair", page, mend)
}

// decideSame keeps what somebody decided about two files.
func (s *Server) decideSame(w http.ResponseWriter, r *http.Request) error {
	of, other := casefile.ID(r.PathValue("case")), casefile.ID(r.PathValue("other"))
	version, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		version = 0
	}
	err = s.app.People.Decide(r.Context(), actorOf(r), of, other, version, person.Verdict(r.PostFormValue("verdict")))
	mend, err := toMend(visitOf(r).printer, err, "verdict")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.pairAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/cases/"+string(of)+"/person/same/"+string(other))
}
