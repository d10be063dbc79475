package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/shelter"
)

// casePlacePage is where the person of a case stays, and how they come to somewhere safe.
type casePlacePage struct {
	caseHead
	Form         needForm
	Asking       bool // nothing is asked for: the form asks
	Now          []stayRow
	Past         []string
	Fits, Others []bedRow // for the open question
	Open         *stayRow // the open question, while no room is held
}

// stayRow is a placement on the page of its case.
type stayRow struct {
	Path                               string
	Version                            int64
	State, Since, Place, Meet, Answers string
	Reason                             string
	Waits                              bool // for the answer of the place
	Steps                              []stepRow
	Missing                            []missingRow
}

// stepRow is what may be done next.
type stepRow struct{ To, Reason, Label string }

// missingRow is a step of the protocol while somebody cannot be found.
type missingRow struct {
	Code, Label, Due, Done string
	Late                   bool
}

func (s *Server) casePlace(w http.ResponseWriter, r *http.Request) error {
	return s.casePlaceAgain(w, r, nil, nil)
}

func (s *Server) casePlaceAgain(w http.ResponseWriter, r *http.Request, typed *shelter.Need, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	c, stays, err := s.app.Shelters.Of(r.Context(), v.actor, casefile.ID(r.PathValue("case")))
	if err != nil {
		return err
	}
	var page casePlacePage
	if page.caseHead, err = s.caseHead(r, c, "/place", p.T("A safe place")); err != nil {
		return err
	}
	page.Mend, page.Asking = mend, true
	need := shelter.Need{}
	for _, st := range stays {
		row := stayRowOf(p, page.At("/place/"+st.ID), st, v.actor.Zone, s.now())
		if st.State.Ended() {
			page.Past = append(page.Past, strings.TrimSpace(row.Since+" · "+row.State+" "+row.Reason))
			continue
		}
		page.Now = append(page.Now, row)
		if st.State == shelter.In || st.State == shelter.Gone {
			continue
		}
		page.Asking = false
		if st.State == shelter.Requested {
			need, page.Open = st.Need, &row
		}
	}
	if page.Open != nil && page.May {
		beds, err := s.app.Shelters.Find(r.Context(), v.actor, need)
		if err != nil {
			return err
		}
		if page.Fits, page.Others, err = s.bedRows(r, beds); err != nil {
			return err
		}
	}
	if typed != nil {
		need = *typed
	}
	page.Form = needFormOf(p, need)
	return s.renderMend(w, r, "case_place", page, mend)
}

func stayRowOf(p *i18n.Printer, path string, st shelter.Stay, zone string, now time.Time) stayRow {
	const why = "show it to whoever works on the case"
	row := stayRow{
		Path: path, Version: st.Version, State: p.T(shelter.Label(shelter.States(), string(st.State))), Since: p.DateTime(time.UnixMicro(st.Since), zone),
		Meet: st.Meet.Reveal(why), Reason: p.T(shelter.Label(shelter.StepReasons(), st.Reason)),
	}
	if st.Reason == "" {
		row.Reason = ""
	}
	if st.Place != "" {
		row.Place = strings.TrimSpace(st.Code + " · " + st.Area)
	}
	if st.State == shelter.Offered {
		row.Answers, row.Waits = p.T("The place has not answered yet."), st.Answer != "yes"
		if st.Answer == "yes" {
			row.Answers = p.T("The place says yes.")
		}
	}
	for _, c := range shelter.Choices(st.State) {
		if c.To == shelter.Offered || c.To == shelter.Moved || c.To == shelter.Accepted && st.Answer != "yes" {
			continue
		}
		label := p.T(shelter.Label(shelter.States(), string(c.To)))
		if c.Reason != "" {
			label += ": " + p.T(shelter.Label(shelter.StepReasons(), c.Reason))
		}
		row.Steps = append(row.Steps, stepRow{string(c.To), c.Reason, label})
	}
	if st.State == shelter.Gone && len(st.Missing) > 0 {
		row.Missing = missingRows(p, st.Missing[len(st.Missing)-1], zone, now)
	}
	return row
}

func missingRows(p *i18n.Printer, e shelter.Episode, zone string, now time.Time) (rows []missingRow) {
	labels := map[string]string{}
	for _, t := range shelter.Protocol() {
		labels[t.Code] = t.Label
	}
	for _, x := range e.Steps {
		due := time.UnixMicro(x.DueAt)
		row := missingRow{Code: x.Code, Label: p.T(labels[x.Code]), Due: p.DateTime(due, zone), Late: x.At == 0 && due.Before(now)}
		if x.At != 0 {
			row.Done = p.DateTime(time.UnixMicro(x.At), zone)
		}
		rows = append(rows, row)
	}
	return rows
}

// askPlace asks for a place.
func (s *Server) askPlace(w http.ResponseWriter, r *http.Request) error {
	n, err := needOf(r)
	if err == nil {
		_, err = s.app.Shelters.Ask(r.Context(), actorOf(r), casefile.ID(r.PathValue("case")), record.SubmissionKey(r.PostFormValue("key")), n)
	}
	return s.casePlaceDone(w, r, err, &n)
}

func (s *Server) casePlaceDone(w http.ResponseWriter, r *http.Request, err error, typed *shelter.Need) error {
	mend, err := toMend(visitOf(r).printer, err, "age_from")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.casePlaceAgain(w, r, typed, mend)
	}
	return s.seeOther(w, r, "/cases/"+r.PathValue("case")+"/place")
}

// movePlace does one thing with a placement: what it is stands in the field do.
func (s *Server) movePlace(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), actorOf(r)
	of, stay, seen := casefile.ID(r.PathValue("case")), r.PathValue("stay"), version(r)
	switch r.PostFormValue("do") {
	case "need":
		n, err := needOf(r)
		if err == nil {
			err = s.app.Shelters.KeepNeed(ctx, actor, of, stay, seen, n)
		}
		return s.casePlaceDone(w, r, err, &n)
	case "offer":
		return s.casePlaceDone(w, r, s.app.Shelters.Offer(ctx, actor, of, stay, seen, r.PostFormValue("place")), nil)
	case "step":
		to, reason, _ := strings.Cut(r.PostFormValue("to"), "/")
		return s.casePlaceDone(w, r, s.app.Shelters.Step(ctx, actor, of, stay, seen, shelter.State(to), reason), nil)
	case "missing":
		return s.casePlaceDone(w, r, s.app.Shelters.DoneMissing(ctx, actor, of, stay, seen, r.PostFormValue("step"), private.New(r.PostFormValue("note"))), nil)
	}
	return s.casePlaceDone(w, r, fault.New(fault.Invalid, "Nothing was changed."), nil)
}
