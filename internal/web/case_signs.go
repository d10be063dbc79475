package web

import (
	"net/http"
	"strings"

	"github.com/fourfold/fourfold/analysis/screening"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/order"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/signs"
)

func (s *Server) caseSignRoutes() []route {
	read, work := May(auth.ReadCases), May(auth.WorkCases)
	return []route{
		{"GET", "/cases/{case}/signs", Staff, read, s.caseSigns, 0},
		{"POST", "/cases/{case}/signs", Staff, work, s.beginSigns, 0},
		{"GET", "/cases/{case}/signs/{sheet}", Staff, read, s.signSheet, 0},
		{"POST", "/cases/{case}/signs/{sheet}", Staff, work, s.saveSigns, storyLimit},
	}
}

// signList is what was seen in a case: the sheets, and the lists that can be chosen.
type signList struct {
	caseHead
	Sheets      []sheetRow
	Instruments []instrumentRow
}

// sheetRow is a sheet in the list.
type sheetRow struct{ Path, Name, Begun, State, By string }

// instrumentRow is a list of signs that can be chosen.
type instrumentRow struct {
	Code, Name, About, Validation string
	Count                         string
	Quick                         bool
}

// quick is the list that a first responder needs least time for.
const quick = "ilo-eleven"

func (s *Server) caseSigns(w http.ResponseWriter, r *http.Request) error {
	return s.signsAgain(w, r, nil)
}

func (s *Server) signsAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	c, heads, err := s.app.Signs.List(r.Context(), v.actor, casefile.ID(r.PathValue("case")))
	if err != nil {
		return err
	}
	names, _, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	var page signList
	if page.caseHead, err = s.caseHead(r, c, "/signs", p.T("Signs")); err != nil {
		return err
	}
	page.Mend = mend
	for _, h := range heads {
		row := sheetRow{Path: page.At("/signs/" + h.ID), Name: h.Instrument, Begun: p.Date(h.Begun), By: nameOf(p, names, h.By)}
		if in, ok := screening.Find(h.Instrument); ok {
			row.Name = p.T(in.Sheet().Title)
		}
		row.State = p.N("%d answer, to be gone on with", "%d answers, to be gone on with", h.Answered)
		if h.Done != "" {
			row.State = p.N("%d answer, finished", "%d answers, finished", h.Answered)
		}
		page.Sheets = append(page.Sheets, row)
	}
	for _, in := range screening.Library() {
		page.Instruments = append(page.Instruments, instrumentOf(p, in.Sheet()))
	}
	order.By(page.Instruments, func(a, b instrumentRow) int {
		switch {
		case a.Quick == b.Quick:
			return 0
		case a.Quick:
			return -1
		}
		return 1
	})
	return s.renderMend(w, r, "case_signs", page, mend)
}

func instrumentOf(p *i18n.Printer, sheet screening.Sheet) instrumentRow {
	n := 0
	for _, d := range sheet.Dimensions {
		n += len(d.Indicators)
	}
	return instrumentRow{
		Code: sheet.Code, Name: p.T(sheet.Title), About: p.T(sheet.About), Validation: p.T(sheet.Validation),
		Count: p.N("%d sign", "%d signs", n), Quick: sheet.Code == quick,
	}
}

func (s *Server) beginSigns(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id, err := s.app.Signs.Begin(r.Context(), v.actor, casefile.ID(r.PathValue("case")), r.PostFormValue("instrument"),
		civil(s.now(), v.actor.Zone), record.SubmissionKey(r.PostFormValue("key")))
	mend, err := toMend(v.printer, err, "instrument")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.signsAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/cases/"+r.PathValue("case")+"/signs/"+id)
}

// sheetPage is one sheet: its questions, and what the answers show.
type sheetPage struct {
	caseHead
	Here, Sheet         string // address and identifier
	Version             int64
	Instrument          instrumentRow
	Done                string
	Groups              []signGroup
	Setting, Note       string
	Ages                []breachChoice
	Reasons             bool // to take the person for a child
	Day                 string
	Laid                laidView
	Saved, Stale, Begun bool
}

// signGroup is a dimension with its questions.
type signGroup struct {
	Name  string
	Signs []signRow
}

// signRow is one question.
type signRow struct {
	Field, Text, Was string // Was says who answered when, so that nobody asks again
	Choices          []breachChoice
}

// signWords names the answers, in the order of the form.
func signWords(p *i18n.Printer) []breachChoice {
	return []breachChoice{
		{"", p.T("Not asked"), false},
		{"present", p.T("Seen or said"), false},
		{"absent", p.T("Somebody says it is not there"), false},
		{"unknown", p.T("Asked, not known"), false},
		{"refused", p.T("Would rather not say"), false},
	}
}

func (s *Server) signSheet(w http.ResponseWriter, r *http.Request) error {
	return s.sheetAgain(w, r, nil, nil)
}

// sheetAgain shows a sheet, with what was typed when it could not be saved.
func (s *Server) sheetAgain(w http.ResponseWriter, r *http.Request, typed *signs.Sheet, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	c, sheet, err := s.app.Signs.Read(r.Context(), v.actor, casefile.ID(r.PathValue("case")), r.PathValue("sheet"))
	if err != nil {
		return err
	}
	names, _, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	version := sheet.Version
	if typed != nil {
		sheet.Content = typed.Content
	}
	laid, err := signs.Lay(sheet, c.Clear.Profile, civil(s.now(), v.actor.Zone))
	if err != nil {
		return err
	}
	in, _ := screening.Find(sheet.Instrument)
	page := sheetPage{
		Sheet: sheet.ID, Version: version, Instrument: instrumentOf(p, in.Sheet()), Groups: signGroups(p, in, sheet, names),
		Setting: sheet.Setting.Reveal("show the sheet"), Note: sheet.Note.Reveal("show the sheet"), Reasons: sheet.ReasonsForChild, Day: sheet.Day,
		Laid: laidOf(p, laid), Saved: r.URL.Query().Has("saved"), Begun: sheet.Answered > 0,
	}
	if sheet.Done != "" {
		page.Done = p.Date(sheet.Done)
	}
	for _, age := range []screening.Standing{screening.AgeUnknown, screening.AgeDisputed, screening.AgeChild, screening.AgeAdult} {
		page.Ages = append(page.Ages, breachChoice{age.String(), p.T(standingWord(age)), age == sheet.Age})
	}
	if page.caseHead, err = s.caseHead(r, c, "/signs", p.T("Signs")); err != nil {
		return err
	}
	page.Here, page.Mend = page.At("/signs/"+sheet.ID), mend
	return s.renderMend(w, r, "case_signs_sheet", page, mend)
}

func standingWord(a screening.Standing) string {
	switch a {
	case screening.AgeChild:
		return i18n.Mark("a child, and nobody doubts it")
	case screening.AgeAdult:
		return i18n.Mark("an adult, and nobody doubts it")
	case screening.AgeDisputed:
		return i18n.Mark("disputed")
	case screening.AgeUnknown:
	}
	return i18n.Mark("not known")
}

func signGroups(p *i18n.Printer, in *screening.Instrument, sheet signs.Sheet, names map[auth.AccountID]string) (out []signGroup) {
	given := make(map[string]screening.Answer, len(sheet.Answers))
	for _, a := range sheet.Answers {
		given[a.Indicator] = a
	}
	for _, d := range in.Sheet().Dimensions {
		g := signGroup{Name: p.T(d.Label)}
		for _, x := range d.Indicators {
			a := given[x.Code]
			row := signRow{Field: "a-" + x.Code, Text: p.T(x.Label), Choices: signWords(p)}
			for i, value := range []screening.Value{screening.NotAsked, screening.Present, screening.Absent, screening.Unknown, screening.Refused} {
				row.Choices[i].Chosen = a.Value == value
			}
			if a.Value != screening.NotAsked && a.By != "" {
				row.Was = p.T("%s, %s", nameOf(p, names, auth.AccountID(a.By)), p.Date(a.On))
			}
			g.Signs = append(g.Signs, row)
		}
		out = append(out, g)
	}
	return out
}

// saveSigns keeps what the form says. An answer that is as it was keeps who gave it when.
func (s *Server) saveSigns(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	of := casefile.ID(r.PathValue("case"))
	_, sheet, err := s.app.Signs.Read(r.Context(), v.actor, of, r.PathValue("sheet"))
	if err != nil {
		return err
	}
	in, ok := screening.Find(sheet.Instrument)
	if !ok {
		return s.seeOther(w, r, "/cases/"+string(of)+"/signs")
	}
	today := civil(s.now(), v.actor.Zone)
	sheet.Version = versionOf(r)
	sheet.Answers = answersOf(r, in, sheet.Answers, string(v.actor.Account), today)
	sheet.Setting, sheet.Note = private.New(strings.TrimSpace(r.PostFormValue("setting"))), private.New(strings.TrimSpace(r.PostFormValue("note")))
	sheet.ReasonsForChild, sheet.Day = r.PostFormValue("reasons-for-child") != "", r.PostFormValue("day")
	if err := sheet.Age.UnmarshalText([]byte(r.PostFormValue("age"))); err != nil {
		sheet.Age = screening.AgeUnknown
	}
	done := ""
	if r.PostFormValue("done") != "" {
		done = today
	}
	err = s.app.Signs.Save(r.Context(), v.actor, of, sheet, done, record.SubmissionKey(r.PostFormValue("key")))
	mend, err := toMend(v.printer, err, "setting")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.sheetAgain(w, r, &sheet, mend)
	}
	return s.seeOther(w, r, "/cases/"+string(of)+"/signs/"+sheet.ID+"?saved")
}

// answersOf reads the answers of the form. A question that the form does not have keeps its answer.
func answersOf(r *http.Request, in *screening.Instrument, was []screening.Answer, by, today string) (out []screening.Answer) {
	old := make(map[string]screening.Answer, len(was))
	for _, a := range was {
		old[a.Indicator] = a
	}
	values := map[string]screening.Value{
		"present": screening.Present, "absent": screening.Absent, "unknown": screening.Unknown, "refused": screening.Refused,
	}
	for _, d := range in.Sheet().Dimensions {
		for _, x := range d.Indicators {
			before := old[x.Code]
			now := screening.Answer{Indicator: x.Code, Value: values[r.PostFormValue("a-"+x.Code)], By: by, On: today}
			switch {
			case !r.PostForm.Has("a-"+x.Code) || now.Value == before.Value:
				now = before
			case now.Value == screening.NotAsked:
				continue // somebody took the answer back
			}
			if now.Value != screening.NotAsked {
				out = append(out, now)
			}
		}
	}
	return out
}
