package web

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
)

// safeguardRoutes are the pages of what protects a person from us: who is kept from a case, emergency
// access and its review, and entries of an access history that are shown later.
func (s *Server) safeguardRoutes() []route {
	return []route{
		{"GET", "/exclusions", Staff, May(auth.KeepExclusions), s.exclusions, 0},
		{"POST", "/exclusions", Staff, May(auth.KeepExclusions), s.exclude, 0},
		{"POST", "/exclusions/end", Staff, May(auth.KeepExclusions), s.endExclusion, 0},
		{"GET", "/deferrals", Staff, May(auth.DeferHistory), s.deferrals, 0},
		{"POST", "/deferrals", Staff, May(auth.DeferHistory), s.deferEntry, 0},
		{"GET", "/emergency", Staff, MayAny(auth.BreakGlass, auth.ReviewGlass), s.emergency, 0},
		{"POST", "/emergency", Staff, May(auth.BreakGlass), s.breakGlass, 0},
		{"POST", "/emergency/end", Staff, May(auth.BreakGlass), s.giveBack, 0},
		{"POST", "/emergency/{id}/review", Staff, May(auth.ReviewGlass), s.reviewGlass, 0},
	}
}

// code is a stable code with its name in the reader's language.
type code struct{ Code, Name string }

func codes(all []string, name func(string) string) []code {
	out := make([]code, len(all))
	for i, c := range all {
		out[i] = code{c, name(c)}
	}
	return out
}

// exclusionPage is the lists of who is kept from which case.
type exclusionPage struct {
	Page
	Mend     []Mend
	Rows     []exclusionRow
	People   []accountChoice
	Reasons  []code
	Scope    string
	Why      string
	Proposed bool
}

// exclusionRow is one account that is kept from a case.
type exclusionRow struct{ Scope, ID, Name, Reason, By, At string }

// Wrong returns what is to be mended in a field, or "".
func (p exclusionPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) exclusions(w http.ResponseWriter, r *http.Request) error {
	return s.exclusionsAgain(w, r, nil)
}

func (s *Server) exclusionsAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	page := exclusionPage{
		Page: s.page(r, p.T("Kept from a case")), Mend: mend, Scope: r.PostFormValue("scope"), Why: r.PostFormValue("why"),
		Reasons:  codes(auth.ExclusionReasons(), func(c string) string { return exclusionReason(p, c) }),
		Proposed: r.URL.Query().Get("proposed") != "",
	}
	names, accounts, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		page.People = append(page.People, accountChoice{string(a.ID), a.Name})
	}
	all, err := s.app.Accounts.Exclusions(r.Context(), v.actor)
	if err != nil {
		return err
	}
	scopes := make([]string, len(all))
	for i, e := range all {
		scopes[i] = e.Scope
	}
	numbers, err := s.app.Cases.Numbers(r.Context(), v.actor, scopes...)
	if err != nil {
		return err
	}
	for _, e := range all {
		page.Rows = append(page.Rows, exclusionRow{
			cmp.Or(numbers[e.Scope], e.Scope), string(e.Account), nameOf(p, names, e.Account), exclusionReason(p, e.Reason), nameOf(p, names, e.By),
			p.Date(civil(e.At, v.actor.Zone)),
		})
	}
	return s.renderMend(w, r, "exclusions", page, mend)
}

// renderMend renders a page that may say what is to be mended.
func (s *Server) renderMend(w http.ResponseWriter, r *http.Request, name string, page any, mend []Mend) error {
	status := http.StatusOK
	if len(mend) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, name, page)
}

func (s *Server) exclude(w http.ResponseWriter, r *http.Request) error {
	mend := []Mend{}
	if r.PostFormValue("account") == "" {
		mend = append(mend, Mend{"account", visitOf(r).printer.T("Choose somebody.")})
		return s.exclusionsAgain(w, r, mend)
	}
	scope, err := s.app.Cases.Scope(r.Context(), actorOf(r), r.PostFormValue("scope"))
	if err == nil {
		err = s.app.Accounts.Exclude(r.Context(), actorOf(r), scope, auth.AccountID(r.PostFormValue("account")), r.PostFormValue("reason"))
	}
	mend, err = toMend(visitOf(r).printer, err, "scope")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.exclusionsAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/exclusions")
}

func (s *Server) endExclusion(w http.ResponseWriter, r *http.Request) error {
	scope := r.PostFormValue("scope")
	if scope == "" {
		return s.exclusionsAgain(w, r, []Mend{{"scope", visitOf(r).printer.T("Name the case by its number.")}})
	}
	scope, err := s.app.Cases.Scope(r.Context(), actorOf(r), scope)
	if err == nil {
		_, err = s.app.Accounts.EndExclusion(r.Context(), actorOf(r), scope, auth.AccountID(r.PostFormValue("account")), r.PostFormValue("why"))
	}
	mend, err := toMend(visitOf(r).printer, err, "why")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.exclusionsAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/exclusions?proposed=1")
}

func exclusionReason(p *i18n.Printer, c string) string {
	switch c {
	case "asked-by-person":
		return p.T("the person asked for it")
	case "relative":
		return p.T("a relative or friend")
	case "conflict-of-interest":
		return p.T("a conflict of interest")
	case "under-suspicion":
		return p.T("is under suspicion")
	case "same-community":
		return p.T("of the same community")
	default:
		return p.T("another reason")
	}
}

// deferralPage is where an entry of an access history is proposed to be shown later.
type deferralPage struct {
	Page
	Mend              []Mend
	Grounds           []code
	Entry, Until, Why string
	Ground            string
	Proposed          bool
}

// Wrong returns what is to be mended in a field, or "".
func (p deferralPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) deferrals(w http.ResponseWriter, r *http.Request) error {
	return s.deferralsAgain(w, r, nil)
}

func (s *Server) deferralsAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	p := visitOf(r).printer
	page := deferralPage{
		Page: s.page(r, p.T("Shown later")), Mend: mend,
		Grounds: codes(auth.DeferralGrounds(), func(c string) string { return deferralGround(p, c) }),
		Entry:   r.PostFormValue("subject"), Until: r.PostFormValue("until"), Why: r.PostFormValue("reason"),
		Ground: r.PostFormValue("ground"), Proposed: r.URL.Query().Get("proposed") != "",
	}
	return s.renderMend(w, r, "deferrals", page, mend)
}

func (s *Server) deferEntry(w http.ResponseWriter, r *http.Request) error {
	_, err := s.app.Accounts.Propose(r.Context(), actorOf(r), auth.Change{
		Kind: auth.HistoryDefer, Subject: strings.TrimSpace(r.PostFormValue("subject")), Reason: r.PostFormValue("reason"),
		Detail: map[string]string{"until": r.PostFormValue("until"), "ground": r.PostFormValue("ground")},
	})
	mend, err := toMend(visitOf(r).printer, err, "subject")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.deferralsAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/deferrals?proposed=1")
}

func deferralGround(p *i18n.Printer, c string) string {
	switch c {
	case "ongoing-investigation":
		return p.T("an investigation would be endangered")
	case "danger-to-others":
		return p.T("somebody else would be in danger")
	default:
		return p.T("a court ordered it")
	}
}
