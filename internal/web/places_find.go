package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/order"
	"github.com/fourfold/fourfold/internal/protection/shelter"
)

// needForm is what somebody needs of a place, as a form.
type needForm struct {
	*i18n.Printer
	AgeFrom, AgeTo, Others, Girls, Boys, Languages, Avoid, Near string
	Genders, Pregnant, Substance, Steps                         []breachChoice
	Access, Wishes                                              []breachChoice
	WithAdult, Pets                                             bool
}

func wordChoices(p *i18n.Printer, words []shelter.Word, chosen ...string) []breachChoice {
	all := make([]breachChoice, 0, len(words))
	for _, w := range words {
		all = append(all, breachChoice{w.Code, p.T(w.Label), slices.Contains(chosen, w.Code)})
	}
	return all
}

func notKnownOr(p *i18n.Printer, all []breachChoice) []breachChoice {
	return append([]breachChoice{{"", p.T("Not known, or would rather not say"), false}}, all...)
}

func yesNo(p *i18n.Printer, chosen string) []breachChoice {
	return notKnownOr(p, []breachChoice{{"yes", p.T("Yes"), chosen == "yes"}, {"no", p.T("No"), chosen == "no"}})
}

func needFormOf(p *i18n.Printer, n shelter.Need) needForm {
	f := needForm{
		Printer: p, AgeFrom: blankZero(n.Ages.From), AgeTo: blankZero(n.Ages.To), Others: blankZero(n.Others),
		Languages: strings.Join(n.Languages, " "), Near: strings.Join(n.Near, " "), WithAdult: n.WithAdult, Pets: n.Pets,
		Genders: notKnownOr(p, wordChoices(p, shelter.Genders(), n.Gender)), Pregnant: yesNo(p, n.Pregnant), Substance: yesNo(p, n.Substance),
		Access: wordChoices(p, shelter.AccessNeeds(), n.Access...), Wishes: wordChoices(p, shelter.Features(), n.Wishes...),
	}
	var girls, boys, avoid []string
	for _, c := range n.Children {
		if c.Gender == "man" {
			boys = append(boys, strconv.Itoa(c.Age))
		} else {
			girls = append(girls, strconv.Itoa(c.Age))
		}
	}
	steps := 0
	for _, k := range n.Avoid {
		avoid, steps = append(avoid, k.Area), max(steps, k.Steps)
	}
	f.Girls, f.Boys, f.Avoid = strings.Join(girls, " "), strings.Join(boys, " "), strings.Join(avoid, " ")
	for i, label := range []string{p.T("not in these areas"), p.T("nor in those beside them"), p.T("nor in those beside these")} {
		f.Steps = append(f.Steps, breachChoice{strconv.Itoa(i), label, i == steps})
	}
	return f
}

func blankZero(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// needOf reads the form. What is no number is a mistake of the field, and never left out in silence.
func needOf(r *http.Request) (n shelter.Need, err error) {
	f := fault.New(fault.Invalid, "The search was not made.")
	number := func(field string) int {
		text := strings.TrimSpace(r.PostFormValue(field))
		if text == "" {
			return 0
		}
		i, err := strconv.Atoi(text)
		if err != nil {
			f = f.WithField(field, "Write a number, or leave it out.")
		}
		return i
	}
	n = shelter.Need{
		Ages: shelter.Ages{From: number("age_from"), To: number("age_to")}, Gender: r.PostFormValue("gender"), WithAdult: r.PostFormValue("with_adult") != "",
		Others: number("others"), Pregnant: r.PostFormValue("pregnant"), Substance: r.PostFormValue("substance"), Pets: r.PostFormValue("pets") != "",
		Access: r.PostForm["access"], Wishes: r.PostForm["wishes"], Languages: strings.Fields(strings.ToLower(r.PostFormValue("languages"))),
		Near: upperWords(r.PostFormValue("near")),
	}
	steps := number("steps")
	for _, a := range upperWords(r.PostFormValue("avoid")) {
		n.Avoid = append(n.Avoid, shelter.Keep{Area: a, Steps: steps})
	}
	for field, gender := range map[string]string{"girls": "woman", "boys": "man"} {
		for text := range strings.FieldsSeq(r.PostFormValue(field)) {
			age, err := strconv.Atoi(text)
			if err != nil {
				f = f.WithField(field, "Write the ages of the children in years, with spaces between.")
				continue
			}
			n.Children = append(n.Children, shelter.Child{Age: age, Gender: gender})
		}
	}
	order.By(n.Children, func(a, b shelter.Child) int { return strings.Compare(b.Gender, a.Gender) })
	if len(f.Fields) > 0 {
		return n, f
	}
	return n, nil
}

// bedRow is one place of an answer.
type bedRow struct {
	*i18n.Printer
	Place, Code, Area, Band, Verified string
	Old, Fits, Police                 bool
	Ask, Against, Status              []string
	From, Intake                      []string
	Answers                           string
}

// freshFor is how long what a place said of itself counts as fresh.
const freshFor = 7 * 24 * time.Hour

// old reports whether somebody should ask once more whether what a place said on a day is still so. What was never said is old.
func old(day string, now time.Time) bool {
	said, err := time.Parse(time.DateOnly, day)
	return err != nil || now.Sub(said) > freshFor
}

// bedRows shows areas by the names that the organisation gave them, beside their codes.
func (s *Server) bedRows(r *http.Request, beds []shelter.Bed) (fits, others []bedRow, err error) {
	p, now := visitOf(r).printer, s.now()
	areas, err := s.app.Shelters.ListAreas(r.Context(), actorOf(r))
	if err != nil {
		return nil, nil, err
	}
	for _, b := range beds {
		if i := slices.IndexFunc(areas, func(a shelter.Area) bool { return a.Code == b.Area }); i >= 0 && areas[i].Name != "" {
			b.Area += " " + areas[i].Name
		}
		row := bedRow{
			Printer: p, Place: b.Place, Code: b.Code, Area: b.Area, Band: p.T(shelter.Label(shelter.Bands(), string(b.Band))), Verified: p.T("never"),
			Fits: len(b.Verdict.Against) == 0, Police: b.Rules.Police, Ask: labelsOf(p, shelter.Reasons(), b.Verdict.Ask),
			Against: labelsOf(p, shelter.Reasons(), b.Verdict.Against), Status: labelsOf(p, shelter.StatusRules(), b.Rules.Status),
			From: labelsOf(p, shelter.Askers(), b.Rules.From), Intake: labelsOf(p, shelter.IntakeHours(), b.Rules.Intake),
		}
		if row.Old = old(b.VerifiedOn, now); b.VerifiedOn != "" {
			row.Verified = p.Date(b.VerifiedOn)
		}
		if b.Rules.AnswersIn > 0 {
			row.Answers = p.N("answers within %d hour", "answers within %d hours", b.Rules.AnswersIn)
		}
		if row.Fits {
			fits = append(fits, row)
		} else {
			others = append(others, row)
		}
	}
	return fits, others, nil
}

func labelsOf(p *i18n.Printer, words []shelter.Word, codes []string) (all []string) {
	for _, c := range codes {
		all = append(all, p.T(shelter.Label(words, c)))
	}
	return all
}

// bedPage is the search for a bed. What was searched stands in the form and never in the address.
type bedPage struct {
	Page
	Mend         []Mend
	Form         needForm
	Asked        bool
	Fits, Others []bedRow
	Lines        []boardRow
	Shared       bool
}

// Wrong returns what is to be mended in a field, or "".
func (p bedPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) findBed(w http.ResponseWriter, r *http.Request) error {
	p := visitOf(r).printer
	return s.render(w, r, http.StatusOK, "places_find", bedPage{Page: s.page(r, p.T("Find a place")), Form: needFormOf(p, shelter.Need{})})
}

func (s *Server) foundBeds(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	p := v.printer
	n, err := needOf(r)
	var beds []shelter.Bed
	if err == nil {
		beds, err = s.app.Shelters.Find(r.Context(), v.actor, n)
	}
	mend, err := toMend(p, err, "age_from")
	if err != nil {
		return err
	}
	page := bedPage{Page: s.page(r, p.T("Find a place")), Mend: mend, Form: needFormOf(p, n), Asked: len(mend) == 0}
	if page.Fits, page.Others, err = s.bedRows(r, beds); err != nil {
		return err
	}
	return s.renderMend(w, r, "places_find", page, mend)
}

// boardRow is somebody who waits, with what is proposed.
type boardRow struct{ Path, Number, Waits, Party, Proposal, Possible string }

// shareBeds proposes how what is free is shared among all who wait.
func (s *Server) shareBeds(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	p := v.printer
	lines, err := s.app.Shelters.Board(r.Context(), v.actor)
	if err != nil {
		return err
	}
	page := bedPage{Page: s.page(r, p.T("Find a place")), Form: needFormOf(p, shelter.Need{}), Shared: true}
	for _, l := range lines {
		row := boardRow{
			Path: "/cases/" + string(l.Case.ID()) + "/place", Number: l.Case.Clear.Number, Waits: p.N("%d day", "%d days", l.Days),
			Party: p.N("%d person", "%d people", l.Party), Possible: p.N("%d place could take them", "%d places could take them", l.Proposal.Possible),
		}
		if l.Proposal.Place != "" {
			row.Proposal = l.Code + " · " + l.Area
		}
		page.Lines = append(page.Lines, row)
	}
	return s.render(w, r, http.StatusOK, "places_find", page)
}
