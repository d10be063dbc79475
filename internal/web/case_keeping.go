package web

import (
	"net/http"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/vault"
)

// keepingRoutes are the pages of how long a file is kept, and of its erasure.
func (s *Server) keepingRoutes() []route {
	read := May(auth.ReadCases) // and for what changes something, the permission that its handler asks for
	return []route{
		{"GET", "/cases/{case}/keeping", Staff, read, s.keeping, 0},
		{"POST", "/cases/{case}/keeping/rule", Staff, May(auth.WorkCases), s.chooseRule, 0},
		{"POST", "/cases/{case}/keeping/hold", Staff, read, s.placeHold, 0},
		{"POST", "/cases/{case}/keeping/lift", Staff, read, s.liftHold, 0},
		{"POST", "/cases/{case}/keeping/erase", Staff, read, s.proposeErasure, 0},
		{"GET", "/erasures", Staff, MayAny(auth.ProposeErasure, auth.ApproveErasure), s.erasures, 0},
		{"POST", "/erasures/{id}/approve", Staff, May(auth.ApproveErasure), s.approveErasure, 0},
		{"POST", "/erasures/{id}/withdraw", Staff, May(auth.ProposeErasure), s.withdrawErasure, 0},
	}
}

// keepingPage says how long a file is kept and why, and is where its erasure is asked for.
type keepingPage struct {
	caseHead
	Facts      []caseFact
	Source     string
	Unverified bool
	Why        string   // why it is kept until then
	Goes       []string // what keeps it beyond that day
	Refused    string   // why it cannot be erased now, or ""
	Holds      []holdRow
	Waiting    erasureRow
	MayPropose bool
	MayHold    bool
	Classes    []breachChoice
	From       string // civil date, for the form
	Grounds    []breachChoice
	HoldFor    []breachChoice
	Today      string
}

// holdRow is a legal hold in force.
type holdRow struct{ ID, Ground, Reference, ReviewOn, By string }

// erasureGrounds are why a file is erased.
func erasureGrounds(p *i18n.Printer, chosen string) (all []breachChoice) {
	for _, g := range []struct{ code, label string }{
		{"request", p.T("the person asks for it")},
		{"withdrawal", p.T("the person took back that we keep notes")},
		{"retention", p.T("the time for which it is kept is over")},
		{"mistake", p.T("the file was opened by mistake")},
	} {
		all = append(all, breachChoice{g.code, g.label, g.code == chosen})
	}
	return all
}

func holdGround(p *i18n.Printer, g vault.Ground) string {
	switch g {
	case vault.CriminalProceedings:
		return p.T("criminal proceedings")
	case vault.CivilClaim:
		return p.T("a civil claim")
	case vault.CourtOrder:
		return p.T("the order of a court")
	case vault.Complaint:
		return p.T("a complaint")
	}
	return string(g)
}

// ruleTitle names a class of retention.
func ruleTitle(p *i18n.Printer, c vault.RetentionClass) string {
	switch c {
	case "enquiry":
		return p.T("Enquiry that did not become a case")
	case "not-identified":
		return p.T("Decision that the person was not trafficked")
	case "adult-client":
		return p.T("Adult who was supported, from the closure of the case")
	case "child-client":
		return p.T("Child who was supported, from the day of majority")
	case "compensation":
		return p.T("Open claim for compensation, from its end")
	case "suspect":
		return p.T("Suspect or associate, from the last entry")
	case "request":
		return p.T("Request between organisations, from its answer")
	case "protected-place":
		return p.T("Address of a protected place, while somebody may stay there")
	}
	return string(c)
}

func (s *Server) keeping(w http.ResponseWriter, r *http.Request) error {
	return s.keepingAgain(w, r, nil)
}

func (s *Server) keepingAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	k, err := s.app.Vault.Keeping(r.Context(), v.actor, c.Person)
	if err != nil {
		return err
	}
	names, _, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	page := keepingPage{MayPropose: v.actor.May(auth.ProposeErasure), MayHold: v.actor.May(auth.HoldRecords), From: k.From, Today: civil(s.now(), v.actor.Zone)}
	if page.caseHead, err = s.caseHead(r, c, "/keeping", p.T("How long it is kept")); err != nil {
		return err
	}
	page.Mend = mend
	s.fillKeeping(r, k, &page)
	for _, h := range k.Holds {
		page.Holds = append(page.Holds, holdRow{h.ID, holdGround(p, h.Ground), h.Reference, p.Date(h.ReviewOn), nameOf(p, names, h.PlacedBy)})
	}
	if k.Waiting.ID != "" {
		page.Waiting = s.erasureRow(v, k.Waiting, names, nil)
	}
	return s.renderMend(w, r, "case_keeping", page, mend)
}

func (s *Server) fillKeeping(r *http.Request, k vault.Keeping, page *keepingPage) {
	p := page.Printer
	page.Facts = []caseFact{{p.T("Rule"), ruleTitle(p, k.Class)}}
	page.Why = keptWhy(p, k)
	for _, code := range k.Goes {
		page.Goes = append(page.Goes, procedureText(p, code))
	}
	if k.From == "" {
		page.Facts = append(page.Facts, caseFact{p.T("Kept until"), p.T("no day yet")})
	} else {
		page.Facts = append(page.Facts, caseFact{p.T("Counted from"), p.Date(k.From)}, caseFact{p.T("Kept until"), p.Date(k.Due)})
	}
	if k.ReviewOn != "" {
		page.Facts = append(page.Facts, caseFact{p.T("Looked at again"), p.Date(k.ReviewOn)})
	}
	page.Source, page.Unverified = k.Rule.Source, k.Rule.Confidence != "stated"
	if f := k.Refused(page.Today); f != nil {
		page.Refused = refusedText(p, k, f)
	}
	for _, one := range s.app.Vault.Classes() {
		chosen := r.PostFormValue("class")
		if chosen == "" {
			chosen = string(k.Class)
		}
		page.Classes = append(page.Classes, breachChoice{string(one.Code), ruleTitle(p, one.Code), string(one.Code) == chosen})
	}
	page.Grounds = erasureGrounds(p, r.PostFormValue("ground"))
	for _, g := range vault.Grounds() {
		page.HoldFor = append(page.HoldFor, breachChoice{string(g), holdGround(p, g), string(g) == r.PostFormValue("hold")})
	}
}

// keptWhy says what begins the time, or has begun it.
func keptWhy(p *i18n.Printer, k vault.Keeping) string {
	switch {
	case k.Rule.OwnDay && k.From == "":
		return p.T("This rule counts from a day of its own. Closing the case does not begin it: write the day below when it is known.")
	case k.Rule.OwnDay:
		return p.T("This rule counts from a day of its own. Closing or reopening a case does not change it.")
	case k.From == "":
		return p.T("The time begins on the day on which the person’s last open case is closed.")
	default:
		return p.T("No case of the person is open, or somebody set the day. Opening a case again stops the time.")
	}
}

// procedureText names what keeps a file beyond its time.
func procedureText(p *i18n.Printer, code string) string {
	switch code {
	case "identification":
		return p.T("somebody has still to decide whether the person was trafficked")
	case "referral":
		return p.T("a referral is under way")
	case "duty":
		return p.T("a report or an answer that the law orders is not made")
	}
	return code
}

// refusedText writes a refusal with the ground and the day in the reader's words.
func refusedText(p *i18n.Printer, k vault.Keeping, f *fault.Error) string {
	said := *f
	switch {
	case len(k.Holds) > 0:
		said.Args = []any{holdGround(p, k.Holds[0].Ground), p.Date(k.Holds[0].ReviewOn)}
	case k.Due != "":
		said.Args = []any{p.Date(k.Due)}
	}
	return mendOf(p, &said, "")[0].Text
}

// chooseRule sets by which rule the file is kept, and from when it counts.
func (s *Server) chooseRule(w http.ResponseWriter, r *http.Request) error {
	return s.keepingDone(w, r, auth.WorkCases, "from", func(c casefile.Case) error {
		_, err := s.app.Vault.Retain(r.Context(), actorOf(r), c.Person, vault.RetentionClass(r.PostFormValue("class")), r.PostFormValue("from"))
		return err
	})
}

func (s *Server) placeHold(w http.ResponseWriter, r *http.Request) error {
	return s.keepingDone(w, r, auth.HoldRecords, "review", func(c casefile.Case) error {
		_, err := s.app.Vault.PlaceHold(r.Context(), actorOf(r), vault.Hold{
			Person: c.Person, Ground: vault.Ground(r.PostFormValue("hold")), Reference: strings.TrimSpace(r.PostFormValue("reference")), ReviewOn: r.PostFormValue("review"),
		})
		return err
	})
}

func (s *Server) liftHold(w http.ResponseWriter, r *http.Request) error {
	return s.keepingDone(w, r, auth.HoldRecords, "holds", func(casefile.Case) error {
		if r.PostFormValue("id") == "" {
			return nil // a button that stood alone
		}
		return s.app.Vault.LiftHold(r.Context(), actorOf(r), r.PostFormValue("id"))
	})
}

// proposeErasure asks a second person to erase the file. What stands against it is the answer.
func (s *Server) proposeErasure(w http.ResponseWriter, r *http.Request) error {
	return s.keepingDone(w, r, auth.ProposeErasure, "ground", func(c casefile.Case) error {
		return s.app.ProposeErasure(r.Context(), actorOf(r), c.Person, r.PostFormValue("ground"))
	})
}

// keepingDone does something with a case that the actor may read, and goes back to the page or shows what is to be mended.
func (s *Server) keepingDone(w http.ResponseWriter, r *http.Request, perm auth.Permission, field string, do func(casefile.Case) error) error {
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	err = fault.New(fault.Denied, "Your role does not do this.").WithHint("Ask who answers for the service.")
	if actorOf(r).May(perm) {
		err = do(c)
	}
	mend, err := toMend(visitOf(r).printer, err, field)
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.keepingAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/cases/"+r.PathValue("case")+"/keeping")
}
