package web

import (
	"cmp"
	"net/http"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
)

// glassLimit is how many emergency accesses the page lists.
const glassLimit = 50

// emergencyPage is where emergency access is opened, and where it is reviewed.
type emergencyPage struct {
	Page
	Mend                []Mend
	Reasons, Findings   []code
	Scope               string
	MayBreak, MayReview bool
	Live                string // until when, while it is open
	Rows                []glassRow
}

// glassRow is one emergency access.
type glassRow struct {
	ID, Who, Reason, Scope, From, Until, Finding, Reviewer string
	Reviewable                                             bool
}

// Wrong returns what is to be mended in a field, or "".
func (p emergencyPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) emergency(w http.ResponseWriter, r *http.Request) error {
	return s.emergencyAgain(w, r, nil)
}

func (s *Server) emergencyAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	page := emergencyPage{
		Page: s.page(r, p.T("Emergency access")), Mend: mend, Scope: r.PostFormValue("scope"),
		Reasons:  codes(auth.GlassReasons(), func(c string) string { return glassReason(p, c) }),
		Findings: codes(auth.GlassFindings(), func(c string) string { return glassFinding(p, c) }),
		MayBreak: v.actor.May(auth.BreakGlass), MayReview: v.actor.May(auth.ReviewGlass),
	}
	if v.actor.Glass.After(s.now()) {
		page.Live = p.DateTime(v.actor.Glass, v.actor.Zone)
	}
	names, _, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	all, err := s.app.Accounts.Glasses(r.Context(), v.actor, glassLimit)
	if err != nil {
		return err
	}
	scopes := make([]string, len(all))
	for i, g := range all {
		scopes[i] = g.Scope
	}
	numbers, err := s.app.Cases.Numbers(r.Context(), v.actor, scopes...)
	if err != nil {
		return err
	}
	for _, g := range all {
		row := glassRow{
			ID: string(g.ID), Who: nameOf(p, names, g.Account), Reason: glassReason(p, g.Reason), Scope: cmp.Or(numbers[g.Scope], g.Scope),
			From: p.DateTime(g.Broken, v.actor.Zone), Until: p.DateTime(g.Until, v.actor.Zone),
			Reviewable: page.MayReview && g.Reviewed.IsZero() && g.Account != v.actor.Account,
		}
		if !g.Reviewed.IsZero() {
			row.Finding, row.Reviewer = glassFinding(p, g.Finding), nameOf(p, names, g.Reviewer)
		}
		page.Rows = append(page.Rows, row)
	}
	return s.renderMend(w, r, "emergency", page, mend)
}

// emergencyDone sends the reader back, or shows what is to be mended.
func (s *Server) emergencyDone(w http.ResponseWriter, r *http.Request, err error) error {
	mend, err := toMend(visitOf(r).printer, err, "reason")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.emergencyAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/emergency")
}

func (s *Server) breakGlass(w http.ResponseWriter, r *http.Request) error {
	scope, err := s.app.Cases.Scope(r.Context(), actorOf(r), r.PostFormValue("scope"))
	if err == nil {
		_, err = s.app.Accounts.Break(r.Context(), actorOf(r), r.PostFormValue("reason"), scope)
	}
	return s.emergencyDone(w, r, err)
}

// giveBack ends emergency access. Ending one that has ended by itself meanwhile is no error.
func (s *Server) giveBack(w http.ResponseWriter, r *http.Request) error {
	if actorOf(r).Glass.After(s.now()) {
		if err := s.app.Accounts.GiveBack(r.Context(), actorOf(r)); err != nil {
			return err
		}
	}
	return s.seeOther(w, r, "/emergency")
}

func (s *Server) reviewGlass(w http.ResponseWriter, r *http.Request) error {
	err := s.app.Accounts.ReviewGlass(r.Context(), actorOf(r), auth.GlassID(r.PathValue("id")), r.PostFormValue("finding"))
	return s.emergencyDone(w, r, err)
}

func glassReason(p *i18n.Printer, c string) string {
	switch c {
	case "danger-to-life":
		return p.T("danger to somebody’s life")
	case "danger-to-child":
		return p.T("danger to a child")
	case "person-asks-now":
		return p.T("the person asks for help now")
	case "colleague-absent":
		return p.T("the colleague in charge cannot be reached")
	case "court-deadline":
		return p.T("a time limit of a court")
	default:
		return p.T("another reason")
	}
}

func glassFinding(p *i18n.Printer, c string) string {
	switch c {
	case "justified":
		return p.T("it was right")
	case "not-needed":
		return p.T("it was not needed")
	case "to-be-followed-up":
		return p.T("to be talked about")
	default:
		return p.T("a breach")
	}
}
