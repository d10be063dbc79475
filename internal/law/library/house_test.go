package library_test

import (
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/law/library"
	"github.com/fourfold/fourfold/internal/law/work"
)

// house is an invented organisation with a library and a clock that stands until it is moved.
type house struct {
	*library.Library
	t   testing.TB
	db  *db.DB
	now time.Time
	org auth.OrgID
}

func newHouse(t testing.TB) *house {
	h := &house{t: t, now: time.Date(2016, 1, 1, 9, 0, 0, 0, time.UTC)}
	h.db = dbtest.OpenAt(t, func() time.Time { return h.now })
	h.Library = library.On(h.db)
	org, err := (auth.Accounts{DB: h.db}).CreateOrg(t.Context(), "Institute of Law (invented)", "Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	h.org = org
	return h
}

// as is a person of the organisation who keeps law.
func (h *house) as(name string) auth.Actor {
	return auth.Actor{Org: h.org, Account: auth.AccountID(name), Roles: []auth.Role{auth.LegalAnalyst}}
}

func (h *house) reader() auth.Actor {
	return auth.Actor{Org: h.org, Account: "reader", Roles: []auth.Role{auth.Investigator}}
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(fault.Cause(err))
	}
}

func (h *house) day(d string) {
	h.t.Helper()
	at, err := time.Parse(time.DateOnly, d)
	h.must(err)
	h.now = at.Add(9 * time.Hour)
}

// act keeps an invented act of two sections in its version as enacted.
func (h *house) act() (of, version string) {
	h.t.Helper()
	ctx := h.t.Context()
	of, err := h.AddWork(ctx, h.as("ada"), work.Work{Jurisdiction: "XFD", Kind: "act", Title: "Trafficking Act (invented)", Adopted: "2015-03-01", Alias: []string{"eli/xfd/2015/1"}})
	h.must(err)
	added, err := h.AddExpression(ctx, h.as("ada"), version1(of), sections("as enacted"))
	h.must(err)
	_, err = h.AddEvent(ctx, h.as("ada"), work.Event{Work: of, Turn: work.Commencement, Date: "2015-07-01"})
	h.must(err)
	return of, added.ID
}

func version1(of string) work.Expression {
	return work.Expression{Work: of, Language: "en", AsOf: "2015-03-01", Form: work.Enacted, Official: true, Source: "gazette (invented)"}
}

func sections(text string) []work.Provision {
	return []work.Provision{
		{EID: "sec_1", WID: "sec_1", Kind: "section", Num: "1", Heading: "Offence", Text: "Who traffics commits an offence, " + text + "."},
		{EID: "sec_2", WID: "sec_2", Kind: "section", Num: "2", Heading: "Shelter", Text: "Everybody who was trafficked is given shelter."},
	}
}
