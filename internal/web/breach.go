package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/breach"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/vault"
)

// breachRoutes are the pages of the register of breaches.
func (s *Server) breachRoutes() []route {
	keep := May(auth.ManageBreaches)
	return []route{
		{"GET", "/breaches", Staff, keep, s.breaches, 0},
		{"POST", "/breaches", Staff, keep, s.openBreach, 0},
		{"GET", "/breaches/{id}", Staff, keep, s.breachPage, 0},
		{"POST", "/breaches/{id}/affected", Staff, keep, s.addAffected, 0},
		{"POST", "/breaches/{id}/judge", Staff, keep, s.judgeAffected, 0},
		{"POST", "/breaches/{id}/reported", Staff, keep, s.breachReported, 0},
		{"POST", "/breaches/{id}/close", Staff, keep, s.closeBreach, 0},
	}
}

// breachList is the register.
type breachList struct {
	Page
	Mend          []Mend
	Open, Settled []breachRow
	Kinds         []breachChoice
	Jurisdictions []breachChoice
	Form          breachForm
}

// breachChoice is one of a list in a form.
type breachChoice struct {
	Code, Label string
	Chosen      bool
}

// breachForm is what was typed.
type breachForm struct{ Found, Note string }

// breachRow is a breach in the register.
type breachRow struct {
	ID, Kind, Found, State string
	Late, Running          bool
}

// Wrong returns what is to be mended in a field, or "".
func (p breachList) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) breaches(w http.ResponseWriter, r *http.Request) error {
	page, err := s.breachList(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "breaches", page)
}

func (s *Server) breachList(r *http.Request) (breachList, error) {
	v := visitOf(r)
	p := v.printer
	page := breachList{Page: s.page(r, p.T("Breaches"))}
	page.Form.Found = local(s.now(), v.actor.Zone)
	for _, k := range breach.Kinds() {
		page.Kinds = append(page.Kinds, breachChoice{k, breachKind(p, k), k == r.PostFormValue("kind")})
	}
	for _, j := range s.app.Breaches.Jurisdictions() {
		where, _ := profile.Base().Profile(j)
		page.Jurisdictions = append(page.Jurisdictions, breachChoice{j, p.T(where.Name), j == r.PostFormValue("jurisdiction")})
	}
	all, err := s.app.Breaches.List(r.Context(), v.actor)
	for _, b := range all {
		row := s.breachRow(v, b)
		if b.Closed.IsZero() {
			page.Open = append(page.Open, row)
		} else {
			page.Settled = append(page.Settled, row)
		}
	}
	return page, err
}

// breachRow says in words how a breach stands.
func (s *Server) breachRow(v visit, b breach.Breach) breachRow {
	p, now := v.printer, s.now()
	row := breachRow{
		ID: string(b.ID), Kind: breachKind(p, b.Kind), Found: p.DateTime(b.Found, v.actor.Zone),
		Running: b.Reported.IsZero() && b.Closed.IsZero() && !b.Deadline.IsZero(),
	}
	switch left := b.Deadline.Sub(now); {
	case !b.Reported.IsZero():
		row.State = p.T("The regulator was told on %s.", p.DateTime(b.Reported, v.actor.Zone))
	case b.Deadline.IsZero():
		row.State = p.T("The regulator was not told. No rule for the time is on record: find out which applies.")
	case left < 0:
		row.Late = true
		row.State = p.T("The time to tell the regulator ended on %s. Tell them now, and say why it is late.", p.DateTime(b.Deadline, v.actor.Zone))
	default:
		row.State = p.N("%d hour is left to tell the regulator.", "%d hours are left to tell the regulator.", int(left.Hours()))
	}
	return row
}

func (s *Server) openBreach(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	found, err := fromLocal(r.PostFormValue("found"), v.actor.Zone)
	if err != nil {
		found = time.Time{} // refused below, with the other mistakes
	}
	id, err := s.app.Breaches.Open(r.Context(), v.actor, breach.Report{
		Kind: r.PostFormValue("kind"), Found: found, Jurisdiction: r.PostFormValue("jurisdiction"),
		Note: private.New(r.PostFormValue("note")),
	})
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		page, err := s.breachList(r)
		page.Mend, page.Form = mendOf(v.printer, f, "kind"), breachForm{r.PostFormValue("found"), r.PostFormValue("note")}
		return errors.Join(err, s.render(w, r, http.StatusUnprocessableEntity, "breaches", page))
	}
	if err != nil {
		return err
	}
	return s.seeOther(w, r, "/breaches/"+string(id))
}

// breachOne is one breach with whom it touches.
type breachOne struct {
	Page
	Mend     []Mend
	Breach   breachRow
	Note     string
	Until    string // of the clock
	Rule     string // in words
	Source   string // of the rule
	Reported bool
	Closed   string
	Persons  []affectedRow
	Counts   []breachChoice // how many by answer
	Accounts []breachChoice
	Answers  []breachChoice
	From, To string

	Reference string // as it was typed
}

// affectedRow is a person whom a breach touches, by identifier.
type affectedRow struct {
	Person, FoundBy, Judged string
	Answers                 []breachChoice
}

// Wrong returns what is to be mended in a field, or "".
func (p breachOne) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) breachPage(w http.ResponseWriter, r *http.Request) error {
	page, err := s.breachOne(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "breach", page)
}

func (s *Server) breachOne(r *http.Request) (breachOne, error) {
	v := visitOf(r)
	p, zone := v.printer, v.actor.Zone
	b, persons, err := s.app.Breaches.Get(r.Context(), v.actor, breach.ID(r.PathValue("id")))
	if err != nil {
		return breachOne{}, err
	}
	page := breachOne{
		Page: s.page(r, p.T("Breach")), Breach: s.breachRow(v, b), Note: b.Note.Reveal("show the keeper of the register the note"),
		Reported: !b.Reported.IsZero(), Reference: r.PostFormValue("reference"), From: local(b.Found.Add(-24*time.Hour), zone), To: local(b.Found.Add(time.Minute), zone), // its whole minute
	}
	if !b.Deadline.IsZero() {
		page.Until = p.DateTime(b.Deadline, zone)
		if fact, state := profile.Base().At(b.Jurisdiction, "breach.notification", b.Found.UTC().Format(time.DateOnly)); state >= profile.Unsure && len(fact.Sources) > 0 {
			page.Rule, page.Source = p.T(fact.Text), fact.Sources[0].Title
		}
	}
	if !b.Closed.IsZero() {
		page.Closed = p.DateTime(b.Closed, zone)
	}
	for _, a := range breach.Answers() {
		page.Answers = append(page.Answers, breachChoice{Code: string(a), Label: toldText(p, a)})
		if n := b.Counts[a]; n > 0 {
			page.Counts = append(page.Counts, breachChoice{Code: p.Int(int64(n)), Label: toldText(p, a)})
		}
	}
	for _, a := range persons {
		page.Persons = append(page.Persons, affected(v, a))
	}
	accounts, err := s.app.Accounts.List(r.Context(), v.actor.Org)
	for _, a := range accounts {
		page.Accounts = append(page.Accounts, breachChoice{string(a.ID), a.Name, string(a.ID) == r.PostFormValue("account")})
	}
	return page, err
}

func affected(v visit, a breach.Affected) affectedRow {
	row := affectedRow{Person: string(a.Person), FoundBy: v.printer.T("everybody was added")}
	if a.FoundBy == "opened-by-account" {
		row.FoundBy = v.printer.T("the file was opened")
	}
	if !a.JudgedAt.IsZero() {
		row.Judged = v.printer.DateTime(a.JudgedAt, v.actor.Zone)
	}
	for _, answer := range breach.Answers() {
		row.Answers = append(row.Answers, breachChoice{string(answer), toldText(v.printer, answer), answer == a.Told})
	}
	return row
}

// back shows the breach again: after a change by its address, after a mistake with what to mend.
func (s *Server) back(w http.ResponseWriter, r *http.Request, err error, field string) error {
	f, ok := fault.As(err)
	if err == nil {
		return s.seeOther(w, r, "/breaches/"+r.PathValue("id"))
	}
	if !ok || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return err
	}
	page, err := s.breachOne(r)
	if err != nil {
		return err
	}
	page.Mend = mendOf(page.Printer, f, field)
	return s.render(w, r, http.StatusUnprocessableEntity, "breach", page)
}

func (s *Server) addAffected(w http.ResponseWriter, r *http.Request) error {
	v, id := visitOf(r), breach.ID(r.PathValue("id"))
	if r.PostFormValue("everybody") != "" {
		_, err := s.app.Breaches.AddEverybody(r.Context(), v.actor, id)
		return s.back(w, r, err, "account")
	}
	from, err1 := fromLocal(r.PostFormValue("from"), v.actor.Zone)
	until, err2 := fromLocal(r.PostFormValue("until"), v.actor.Zone)
	if err := errors.Join(err1, err2); err != nil {
		return s.back(w, r, err, "from")
	}
	_, err := s.app.Breaches.AddOpenedBy(r.Context(), v.actor, id, auth.AccountID(r.PostFormValue("account")), from, until)
	return s.back(w, r, err, "from")
}

func (s *Server) judgeAffected(w http.ResponseWriter, r *http.Request) error {
	err := s.app.Breaches.Judge(r.Context(), actorOf(r), breach.ID(r.PathValue("id")),
		vault.PersonID(r.PostFormValue("person")), breach.Told(r.PostFormValue("told")))
	return s.back(w, r, err, "persons")
}

func (s *Server) breachReported(w http.ResponseWriter, r *http.Request) error {
	err := s.app.Breaches.Reported(r.Context(), actorOf(r), breach.ID(r.PathValue("id")), r.PostFormValue("reference"))
	return s.back(w, r, err, "reference")
}

func (s *Server) closeBreach(w http.ResponseWriter, r *http.Request) error {
	return s.back(w, r, s.app.Breaches.Close(r.Context(), actorOf(r), breach.ID(r.PathValue("id"))), "persons")
}

// localForm is how browsers write a local time in a form.
const localForm = "2006-01-02T15:04"

// local writes an instant for a form, in the zone of the organisation.
func local(t time.Time, zone string) string {
	place, err := time.LoadLocation(zone)
	if err != nil {
		place = time.UTC
	}
	return t.In(place).Format(localForm)
}

// fromLocal reads what a form says.
func fromLocal(text, zone string) (time.Time, error) {
	place, err := time.LoadLocation(zone)
	if err != nil {
		place = time.UTC
	}
	t, err := time.ParseInLocation(localForm, text, place)
	if err != nil {
		return t, fault.New(fault.Invalid, "This is not a date and time.").WithHint("Write it like 2026-03-01T09:30.")
	}
	return t, nil
}

func breachKind(p *i18n.Printer, kind string) string {
	switch kind {
	case "lost-device":
		return p.T("a device was lost or stolen")
	case "wrong-receiver":
		return p.T("something went to the wrong receiver")
	case "opened-without-need":
		return p.T("somebody opened what they had no need to")
	case "stolen-sign-in":
		return p.T("somebody used another’s sign-in")
	case "copied-database":
		return p.T("the database or a backup was copied")
	case "altered":
		return p.T("the record was altered")
	case "lost":
		return p.T("something is lost")
	default:
		return p.T("something else")
	}
}

func toldText(p *i18n.Printer, t breach.Told) string {
	switch t {
	case breach.Safe:
		return p.T("can be told safely")
	case breach.NotNow:
		return p.T("not now: look again")
	case breach.Unsafe:
		return p.T("no safe way to tell")
	case breach.Done:
		return p.T("was told")
	default:
		return p.T("not looked at yet")
	}
}
