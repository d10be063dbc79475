package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// caseList is a page of the list of cases.
type caseList struct {
	Page
	Mend   []Mend
	Tabs   []caseTab
	Cases  []caseRow
	Next   string // address of the next page
	Closed bool   // closed cases are shown
	Other  string // address of the list with the others
	Named  bool   // working names are shown
	Whose  casefile.Whose
	From   string
	Number string // as it was typed
	May    bool   // the reader may open a case
	Look   bool   // the reader may look for somebody
	Files  bool   // the reader may take in and let out files of cases
}

// caseRow is a case in a list: no name unless it was asked for.
type caseRow struct {
	Path, Number, Name, Opened, Reason, Owner, Ended string
	Chips                                            []caseChip
}

// Wrong returns what is to be mended in a field, or "".
func (p caseList) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) cases(w http.ResponseWriter, r *http.Request) error {
	page, _, err := s.caseList(r, r.URL.Query())
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "cases", page)
}

// caseList reads the list that a query asks for.
func (s *Server) caseList(r *http.Request, q url.Values) (caseList, []casefile.Case, error) {
	v := visitOf(r)
	p := v.printer
	f := casefile.Filter{Whose: casefile.Whose(q.Get("list")), Before: casefile.ParsePosition(q.Get("from"))}
	lists := casefile.Lists(v.actor)
	if !slices.Contains(lists, f.Whose) {
		f.Whose = lists[0]
	}
	page := caseList{Page: s.page(r, p.T("Cases")), Closed: q.Get("closed") != "", Whose: f.Whose, From: f.Before.String(), May: v.actor.May(auth.WorkCases), Look: v.actor.May(auth.SearchPeople), Files: v.actor.May(auth.ExchangeCases)}
	at := func(w casefile.Whose, closed bool, from string) string {
		query := url.Values{"list": {string(w)}}
		if closed {
			query.Set("closed", "yes")
		}
		if from != "" {
			query.Set("from", from)
		}
		return "/cases?" + query.Encode()
	}
	if page.Closed {
		f.Standing = casefile.Closed
	}
	for _, w := range lists {
		page.Tabs = append(page.Tabs, caseTab{at(w, page.Closed, ""), p.T(caseLists[w]), w == f.Whose})
	}
	page.Other = at(f.Whose, !page.Closed, "")
	found, err := s.app.Cases.List(r.Context(), v.actor, f)
	if err != nil {
		return page, nil, err
	}
	if !found.Next.IsZero() {
		page.Next = at(f.Whose, page.Closed, found.Next.String())
	}
	page.Cases, err = s.caseRows(r.Context(), v, found.Cases)
	return page, found.Cases, err
}

func (s *Server) caseRows(ctx context.Context, v visit, found []casefile.Case) ([]caseRow, error) {
	p := v.printer
	names, _, err := s.names(ctx, v)
	rows := make([]caseRow, len(found))
	for i, c := range found {
		rows[i] = caseRow{
			Path: "/cases/" + string(c.ID()), Number: c.Clear.Number, Opened: p.Date(civil(c.Opened(), v.actor.Zone)),
			Reason: caseWord(p, c.Clear.Reason),
		}
		if c.Clear.Owner != "" {
			rows[i].Owner = nameOf(p, names, c.Clear.Owner)
		}
		if c.Clear.Standing == casefile.Closed {
			rows[i].Ended = caseWord(p, c.Clear.CloseReason)
		}
		if c.Clear.State != casefile.Active {
			rows[i].Chips = append(rows[i].Chips, caseChip{recordState(p, c.Clear.State), true})
		}
		if c.Clear.Priority != "" {
			rows[i].Chips = append(rows[i].Chips, caseChip{caseWord(p, c.Clear.Priority), c.Clear.Priority == "now"})
		}
	}
	return rows, err
}

// caseNames shows one page of a list with working names. Each opening is in the ledger of its person.
func (s *Server) caseNames(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	page, found, err := s.caseList(r, r.PostForm)
	if err != nil {
		return err
	}
	words, err := s.app.Cases.ManyWords(r.Context(), actorOf(r), vault.Purpose("find-case"), found...)
	if err != nil {
		return err
	}
	for i, x := range words {
		page.Cases[i].Name = x.Name.Reveal("show the working name in a list")
	}
	page.Named = true
	return s.render(w, r, http.StatusOK, "cases", page)
}

// findCase leads to the case of a number.
func (s *Server) findCase(w http.ResponseWriter, r *http.Request) error {
	c, err := s.app.Cases.Find(r.Context(), actorOf(r), r.PostFormValue("number"))
	if fault.KindOf(err) == fault.NotFound && err != nil {
		page, _, err := s.caseList(r, url.Values{})
		if err != nil {
			return err
		}
		page.Number = r.PostFormValue("number")
		page.Mend = []Mend{{"number", page.T("There is no such case for you here. Look at the number once more.")}}
		return s.render(w, r, http.StatusUnprocessableEntity, "cases", page)
	}
	if err != nil {
		return err
	}
	return s.seeOther(w, r, "/cases/"+string(c.ID()))
}

// caseNew is the form by which a case is opened.
type caseNew struct {
	Page
	Mend    []Mend
	Reasons []breachChoice
	Origins []breachChoice
	Name    string
	Key     record.SubmissionKey
}

// Wrong returns what is to be mended in a field, or "".
func (p caseNew) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) newCase(w http.ResponseWriter, r *http.Request) error {
	return s.newCaseAgain(w, r, record.NewSubmissionKey(), nil)
}

func (s *Server) newCaseAgain(w http.ResponseWriter, r *http.Request, key record.SubmissionKey, mend []Mend) error {
	p := visitOf(r).printer
	page := caseNew{
		Page: s.page(r, p.T("Open a case")), Mend: mend, Key: key, Name: r.PostFormValue("name"),
		Reasons: caseChoices(p, casefile.Reasons(), r.PostFormValue("reason")), Origins: caseChoices(p, casefile.Origins(), r.PostFormValue("origin")),
	}
	return s.renderMend(w, r, "case_new", page, mend)
}

func (s *Server) openCase(w http.ResponseWriter, r *http.Request) error {
	key := record.SubmissionKey(r.PostFormValue("key"))
	id, err := s.app.Cases.Open(r.Context(), actorOf(r), casefile.Begin{
		Reason: r.PostFormValue("reason"), Origin: r.PostFormValue("origin"), Name: private.New(r.PostFormValue("name")), Key: key,
	})
	mend, err := toMend(visitOf(r).printer, err, "reason")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.newCaseAgain(w, r, key, mend)
	}
	return s.seeOther(w, r, "/cases/"+string(id))
}

// caseItems are what waits in cases for somebody, for the page of their work.
func (s *Server) caseItems(ctx context.Context, v visit) (items []workItem, err error) {
	if !v.actor.May(auth.ReadCases) {
		return nil, nil
	}
	work, err := s.app.Cases.Work(ctx, v.actor)
	if err != nil {
		return nil, err
	}
	p := v.printer
	today := civil(s.now(), v.actor.Zone)
	for _, t := range work.Tasks {
		item := workItem{
			Title: caseWord(p, t.Clear.Kind), Text: p.T("Case %s", t.Of.Clear.Number),
			Path: "/cases/" + t.Of.Row.ID + "/tasks", Go: p.T("Open the case"),
		}
		if t.Clear.Deadline {
			item.Text += " · " + p.T("a deadline")
		}
		switch due := t.Due(); {
		case due == "":
		case due < today:
			item.Chip = p.T("Was due on %s", p.Date(due))
		case due == today:
			item.Chip = p.T("Due today")
		default:
			item.Text += " · " + p.T("Due on %s", p.Date(due))
		}
		items = append(items, item)
	}
	for _, c := range work.New {
		items = append(items, workItem{
			Title: p.T("New for you: case %s", c.Clear.Number), Text: caseWord(p, c.Clear.Reason), Chip: p.T("New"),
			Path: "/cases/" + c.Row.ID, Go: p.T("Open the case"),
		})
	}
	for _, d := range work.Drafts {
		items = append(items, workItem{
			Title: p.T("You have begun to write in case %s", d.Of.Clear.Number), Text: p.T("It is kept as you left it."),
			Path: "/cases/" + d.Of.Row.ID + formPath(d.Form), Go: p.T("Go on writing"),
		})
	}
	return items, nil
}

// formPath is where a form stands, by the code of its draft.
func formPath(form string) string {
	switch form {
	case changeForm:
		return "/change"
	case casefile.NoteForm:
		return "/notes"
	}
	return ""
}
