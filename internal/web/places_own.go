package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/shelter"
)

// ownPage is a place as its team keeps it. Its address is shown only after it was asked for.
type ownPage struct {
	Page
	Mend                                 []Mend
	ID, Code, Area                       string
	Version                              int64
	Verified                             string
	Open                                 bool
	Rules                                rulesForm
	Units                                string // lines of size and number
	Free                                 string
	Guests                               []guestRow
	Located, Shown                       bool
	PlaceName, Address, Telephone, ByWay string
}

// Wrong returns what is to be mended in a field, or "".
func (p ownPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

// rulesForm is whom a place takes, as a form.
type rulesForm struct {
	AgeFrom, AgeTo, ChildTo, BoyTo, Languages, Answers         string
	Genders, Access, Features, Status, From, Intake, Substance []breachChoice
	Alone, Children, Pregnant, Interpret, Pets, Police         bool
}

// guestRow is a room that is asked for or taken.
type guestRow struct {
	ID, State, Party, Since, Path, Number string
	Version                               int64
	Ask                                   bool // the place has not answered
}

func rulesFormOf(p *i18n.Printer, r shelter.Rules) rulesForm {
	return rulesForm{
		AgeFrom: blankZero(r.AgeFrom), AgeTo: blankZero(r.AgeTo), ChildTo: blankZero(r.ChildTo), BoyTo: blankZero(r.BoyTo),
		Languages: strings.Join(r.Languages, " "), Answers: blankZero(r.AnswersIn),
		Genders: wordChoices(p, shelter.Genders(), r.Genders...), Access: wordChoices(p, shelter.AccessNeeds(), r.Access...),
		Features: wordChoices(p, shelter.Features(), r.Features...), Status: wordChoices(p, shelter.StatusRules(), r.Status...),
		From: wordChoices(p, shelter.Askers(), r.From...), Intake: wordChoices(p, shelter.IntakeHours(), r.Intake...),
		Substance: append([]breachChoice{{"", p.T("not said"), r.Substance == ""}}, wordChoices(p, shelter.SubstanceRules(), r.Substance)...),
		Alone:     r.Alone, Children: r.Children, Pregnant: r.Pregnant, Interpret: r.Interpret, Pets: r.Pets, Police: r.Police,
	}
}

// setupOf reads the form of a place.
func setupOf(r *http.Request) (shelter.Setup, error) {
	f := fault.New(fault.Invalid, "The place was not kept.")
	number := func(field string) int {
		text := strings.TrimSpace(r.PostFormValue(field))
		if text == "" {
			return 0
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			f = f.WithField(field, "Write a number, or leave it out.")
		}
		return n
	}
	is := func(field string) bool { return r.PostFormValue(field) != "" }
	with := shelter.Setup{Area: strings.ToUpper(strings.TrimSpace(r.PostFormValue("area"))), Open: is("open"), Rules: shelter.Rules{
		Genders: r.PostForm["genders"], AgeFrom: number("age_from"), AgeTo: number("age_to"), Alone: is("alone"), Children: is("children"),
		ChildTo: number("child_to"), BoyTo: number("boy_to"), Pregnant: is("pregnant"), Access: r.PostForm["access"],
		Languages: strings.Fields(strings.ToLower(r.PostFormValue("languages"))), Interpret: is("interpret"), Substance: r.PostFormValue("substance"),
		Pets: is("pets"), Features: r.PostForm["features"], Status: r.PostForm["status"], Police: is("police"), From: r.PostForm["from"],
		Intake: r.PostForm["intake"], AnswersIn: number("answers_in"),
	}}
	for line := range strings.Lines(r.PostFormValue("units")) {
		parts := strings.Fields(line)
		if len(parts) == 0 {
			continue
		}
		size, err := strconv.Atoi(parts[0])
		total := 0
		if err == nil && len(parts) == 2 {
			total, err = strconv.Atoi(parts[1])
		}
		if err != nil || len(parts) != 2 {
			f = f.WithField("units", "Write on each line for how many people a room is, and how many such rooms there are.")
			break
		}
		with.Units = append(with.Units, shelter.Unit{Size: size, Total: total})
	}
	if len(f.Fields) > 0 {
		return with, f
	}
	return with, nil
}

func (s *Server) ownPlace(w http.ResponseWriter, r *http.Request) error {
	return s.ownAgain(w, r, nil, nil)
}

// ownOf returns the place of an address to its team.
func (s *Server) ownOf(r *http.Request) (shelter.Own, error) {
	all, err := s.app.Shelters.Mine(r.Context(), actorOf(r))
	if i := slices.IndexFunc(all, func(o shelter.Own) bool { return o.ID == r.PathValue("place") }); err == nil && i >= 0 {
		return all[i], nil
	}
	if err == nil {
		err = fault.New(fault.NotFound, "This does not exist.")
	}
	return shelter.Own{}, err
}

func (s *Server) ownAgain(w http.ResponseWriter, r *http.Request, where *shelter.Location, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	o, err := s.ownOf(r)
	if err != nil {
		return err
	}
	page := ownPage{
		Page: s.page(r, p.T("A place of the team")), Mend: mend, ID: o.ID, Code: o.Code, Area: o.Offer.Area, Version: o.Version, Open: o.Offer.Open,
		Rules: rulesFormOf(p, o.Offer.Rules), Located: o.Located, Verified: p.T("never"),
	}
	if o.VerifiedOn != "" {
		page.Verified = p.Date(o.VerifiedOn)
	}
	free := 0
	for _, u := range o.Offer.Units {
		page.Units += strconv.Itoa(u.Size) + " " + strconv.Itoa(u.Total) + "\n"
		free += u.Free
	}
	page.Free = p.N("%d room is free", "%d rooms are free", free)
	for _, g := range o.Stays {
		row := guestRow{
			ID: g.ID, Version: g.Version, State: p.T(shelter.Label(shelter.States(), string(g.State))), Party: p.N("%d person", "%d people", g.Party),
			Since: p.DateTime(time.UnixMicro(g.Since), v.actor.Zone), Number: g.Number, Ask: g.State == shelter.Offered && g.Answer == "",
		}
		if g.Case != "" {
			row.Path = "/cases/" + string(g.Case) + "/place"
		}
		page.Guests = append(page.Guests, row)
	}
	if where != nil {
		const why = "show it to the team of the place, which asked"
		page.Shown, page.PlaceName, page.Address = true, where.Name.Reveal(why), where.Address.Reveal(why)
		page.Telephone, page.ByWay = where.Phone.Reveal(why), where.Way.Reveal(why)
	}
	return s.renderMend(w, r, "places_own", page, mend)
}

// ownDone sends the reader back to the place, or shows what is to be mended.
func (s *Server) ownDone(w http.ResponseWriter, r *http.Request, err error, fallback string) error {
	mend, err := toMend(visitOf(r).printer, err, fallback)
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.ownAgain(w, r, nil, mend)
	}
	return s.seeOther(w, r, "/places/"+r.PathValue("place"))
}

func version(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (s *Server) keepPlace(w http.ResponseWriter, r *http.Request) error {
	with, err := setupOf(r)
	if err == nil {
		err = s.app.Shelters.KeepPlace(r.Context(), actorOf(r), r.PathValue("place"), version(r), with)
	}
	return s.ownDone(w, r, err, "area")
}

// placeWhere shows where a place is, or keeps it.
func (s *Server) placeWhere(w http.ResponseWriter, r *http.Request) error {
	if r.PostFormValue("do") == "keep" {
		text := func(field string) private.Text { return private.New(strings.TrimSpace(r.PostFormValue(field))) }
		err := s.app.Shelters.KeepLocation(r.Context(), actorOf(r), r.PathValue("place"), version(r), shelter.Location{
			Name: text("name"), Address: text("address"), Phone: text("phone"), Way: text("way"),
		})
		return s.ownDone(w, r, err, "address")
	}
	where, err := s.app.Shelters.Address(r.Context(), actorOf(r), r.PathValue("place"))
	if err != nil {
		return err
	}
	return s.ownAgain(w, r, &where, nil)
}

func (s *Server) placeAnswer(w http.ResponseWriter, r *http.Request) error {
	if r.PostFormValue("stay") == "" {
		return s.ownAgain(w, r, nil, nil) // nothing was chosen
	}
	err := s.app.Shelters.Answer(r.Context(), actorOf(r), r.PathValue("place"), r.PostFormValue("stay"), version(r),
		r.PostFormValue("answer") == "yes", private.New(strings.TrimSpace(r.PostFormValue("meet"))))
	return s.ownDone(w, r, err, "meet")
}
