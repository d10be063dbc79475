package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// consentRoutes are the pages of the agreement with a person.
func (s *Server) consentRoutes() []route {
	read, work := May(auth.ReadCases), May(auth.WorkCases)
	return []route{
		{"GET", "/cases/{case}/agreement", Staff, read, s.consents, 0},
		{"GET", "/cases/{case}/agreement/new", Staff, work, s.newConsent, 0},
		{"POST", "/cases/{case}/agreement/new", Staff, work, s.giveConsent, 0},
		{"GET", "/cases/{case}/agreement/copy", Staff, read, s.copyConsent, 0},
		{"POST", "/cases/{case}/agreement/withdraw/{consent}", Staff, work, s.withdrawConsent, 0},
		{"GET", "/cases/{case}/agreement/without", Staff, work, s.withoutConsent, 0},
		{"POST", "/cases/{case}/agreement/without", Staff, work, s.goWithout, 0},
		{"POST", "/cases/{case}/agreement/without/{basis}", Staff, work, s.stepWithout, 0},
		{"GET", "/cases/{case}/agreement/demand", Staff, work, s.newDemand, 0},
		{"POST", "/cases/{case}/agreement/demand", Staff, work, s.receiveDemand, 0},
		{"GET", "/cases/{case}/agreement/demand/{basis}", Staff, work, s.demand, 0},
		{"POST", "/cases/{case}/agreement/demand/{basis}", Staff, work, s.weighDemand, 0},
	}
}

// consentPage is the agreement with a person: what holds first, then the noes, then what is over.
type consentPage struct {
	caseHead
	Holds, Refused, Drafts, Over []consentSheet
	Bases                        []basisSheet
	Left                         []leftRow
	Covered                      bool
	// Works says that the reader works on the case, whatever the state of its record: a duty never waits.
	Works bool
}

// consentSheet is one thing that was said.
type consentSheet struct {
	*i18n.Printer
	Base                                          string // address of the case
	ID, Kind, State, Look, What, For, Until, Said string
	Soon                                          bool
	Terms                                         []consentTerm
	Facts                                         []caseFact
	Words, TakenBack                              string
	MayTake                                       bool
}

// consentTerm is what holds for one recipient.
type consentTerm struct {
	To, Code, Recall, Feeds, Ended string
	Holds                          bool
	Why                            []string
}

// basisSheet is a ground of law.
type basisSheet struct {
	*i18n.Printer
	Base                                                         string // address of the case
	Works                                                        bool   // the reader works on it
	ID, Ground, State, To, What, For, Begun, By, Due, Told, Rule string
	Words, Plan, Opinion, Second, MayTell                        string
	Version                                                      int64
	WaitsFor, Mine, Duty, Demand, Open, Late, MayReview          bool
	// Refusals are what stands against it, for the second person of a decision; Seen names them.
	Refusals []string
	Seen     string
}

// leftRow is something that has left.
type leftRow struct{ At, To, What, For, On, Under, Received, Recall, Words string }

func (s *Server) consents(w http.ResponseWriter, r *http.Request) error {
	return s.consentsAgain(w, r, nil)
}

func (s *Server) consentsAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	view, err := s.app.Consents.View(r.Context(), v.actor, string(c.ID()))
	if err != nil {
		return err
	}
	page := consentPage{Works: v.actor.May(auth.WorkCases), Covered: view.Rule == consent.CoveredRule()}
	if page.caseHead, err = s.caseHead(r, c, "/agreement", v.printer.T("What was agreed")); err != nil {
		return err
	}
	page.Mend = mend
	names, err := s.recipientsFor(r)
	if err != nil {
		return err
	}
	people, _, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	for _, l := range view.Lines {
		sheet := sheetOf(v, names, l)
		sheet.Base = page.At("")
		sheet.Said = v.printer.T("%s, written down by %s", v.printer.DateTime(l.At, v.actor.Zone), nameOf(v.printer, people, l.By))
		switch l.State {
		case consent.Given:
			page.Holds = append(page.Holds, sheet)
		case consent.Refused:
			page.Refused = append(page.Refused, sheet)
		case consent.Draft:
			page.Drafts = append(page.Drafts, sheet)
		default:
			page.Over = append(page.Over, sheet)
		}
	}
	for _, b := range view.Bases {
		sheet, err := s.basisOf(r, names, people, view, b)
		if err != nil {
			return err
		}
		page.Bases = append(page.Bases, sheet)
	}
	for _, l := range view.Left {
		page.Left = append(page.Left, leftOf(v, names, l))
	}
	return s.renderMend(w, r, "case_consent", page, mend)
}

// recipientsFor names the parties of the reader's agreements.
func (s *Server) recipientsFor(r *http.Request) (recipients, error) {
	v := visitOf(r)
	n := recipients{v.printer, map[string]string{consent.Party(v.actor.Org): v.actor.OrgName}}
	if !v.actor.May(auth.AskPartners) && !v.actor.May(auth.ReadAgreements) {
		return n, nil
	}
	list, err := s.app.Agreements.List(r.Context(), v.actor)
	for _, a := range list {
		for _, party := range a.Document.Parties {
			if party.ID != consent.Party(v.actor.Org) {
				n.parties[party.ID] = a.Partner
			}
		}
	}
	return n, err
}

func sheetOf(v visit, names recipients, l consent.Line) consentSheet {
	p := v.printer
	sheet := consentSheet{
		Printer: p, ID: string(l.ID), Kind: consentLabel(p, consent.Kinds(), string(l.Kind)), What: consentLabels(p, consent.Classes(), l.Classes),
		For: consentLabels(p, consent.Purposes(), l.Purposes), Soon: l.Soon, Words: l.Words.Reveal("show what the person said"),
		TakenBack: l.Taken.Reveal("show what the person said"), MayTake: l.State == consent.Given && v.actor.May(auth.WorkCases),
	}
	sheet.State, sheet.Look = consentState(p, l.State)
	if !l.Until.IsZero() {
		sheet.Until = p.DateTime(l.Until.Add(-1), v.actor.Zone)
	}
	for _, t := range l.Terms {
		term := consentTerm{
			To: names.name(t.To, t.Name.Reveal("name the recipient")), Code: t.To, Recall: recallText(p, t.Term), Feeds: feedsText(p, t.Feeds), Holds: t.Holds,
		}
		if !t.Ended.IsZero() {
			term.Ended = p.DateTime(t.Ended, v.actor.Zone)
		} else if l.State == consent.Given {
			term.Why = consentWhyAll(p, t.Why)
		}
		sheet.Terms = append(sheet.Terms, term)
	}
	if l.State == consent.Given && !slices.ContainsFunc(l.Terms, func(t consent.TermLine) bool { return t.Holds }) {
		sheet.State, sheet.Look = p.T("said yes, and it does not count yet"), "warn"
	}
	sheet.Facts = givenFacts(v, l)
	return sheet
}

// givenFacts is how something was said.
func givenFacts(v visit, l consent.Line) (facts []caseFact) {
	p := v.printer
	add := func(label, text string) {
		if text != "" {
			facts = append(facts, caseFact{label, text})
		}
	}
	add(p.T("Language"), tongue(l.Language))
	add(p.T("Who decided"), labelIn(deciderWords(p), string(l.Consent.By)))
	if l.Consent.By == consent.ByOther {
		add(p.T("The child"), labelIn(assentWords(p), string(l.Assent)))
	}
	add(p.T("How"), labelIn(methodWords(p), string(l.Method)))
	add(p.T("Said back in their own words"), labelIn(yesNoWords(p), string(l.Understood)))
	var present []string
	for _, one := range l.Present {
		who := consentLabel(p, consent.Roles(), one.As)
		if name := one.Who.Reveal("show who was there"); name != "" {
			who = p.T("%s (%s)", name, who)
		}
		present = append(present, who)
	}
	add(p.T("Who was there"), p.List(present))
	add(p.T("What was explained"), l.Information)
	return facts
}

func leftOf(v visit, names recipients, l consent.LeftLine) leftRow {
	p := v.printer
	row := leftRow{
		At: p.DateTime(l.At, v.actor.Zone), To: names.name(l.Recipient, l.Name.Reveal("name the recipient")), What: consentLabels(p, consent.Classes(), l.Classes),
		For: consentLabels(p, consent.Purposes(), []string{l.Purpose}), On: p.T("on the person’s agreement"), Under: p.T("by hand"),
		Recall: recallStateText(p, l.Recall, l.RecallWhy), Words: l.Words.Reveal("show what was told"),
	}
	if l.Authority.LegalBasis != "" {
		row.On = p.T("on a ground of law")
	}
	if l.Agreement != "" {
		row.Under = p.T("under an agreement between organisations")
	}
	if !l.Received.IsZero() {
		row.Received = p.DateTime(l.Received, v.actor.Zone)
	}
	return row
}

func (s *Server) withdrawConsent(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	done, err := s.app.Consents.Withdraw(r.Context(), v.actor, r.PathValue("case"), consent.Withdrawal{
		Consent: consent.ID(r.PathValue("consent")), Recipient: r.PostFormValue("recipient"), Words: private.New(strings.TrimSpace(r.PostFormValue("words"))),
	})
	mend, err := toMend(v.printer, err, "taken")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.consentsAgain(w, r, mend)
	}
	to := "/cases/" + r.PathValue("case") + "/agreement#taken"
	if len(done.Recalls) == 0 {
		return s.seeOther(w, r, to)
	}
	return s.seeOther(w, r, "/cases/"+r.PathValue("case")+"/agreement#left")
}

// agreed says what the person of a case has agreed to, for the head of every page of the case. It opens nothing.
func (s *Server) agreed(r *http.Request, c casefile.Case) (caseAgreement, error) {
	v := visitOf(r)
	p := v.printer
	a := caseAgreement{Path: "/cases/" + string(c.ID()) + "/agreement"}
	sum, err := s.app.Consents.Summarise(r.Context(), v.actor, string(c.ID()))
	if err != nil {
		return a, err
	}
	names, err := s.recipientsFor(r)
	if err != nil {
		return a, err
	}
	list := func(codes []string) string {
		named := make([]string, len(codes))
		for i, code := range codes {
			named[i] = names.name(code, "")
		}
		return p.List(named)
	}
	if len(sum.To) > 0 {
		a.Lines = append(a.Lines, p.T("Agreed, each for what its sheet says: %s.", list(sum.To)))
	}
	say := func(n int, text string) {
		if n > 0 {
			a.Lines = append(a.Lines, text)
		}
	}
	say(sum.Other, p.N("The person said no to %d thing.", "The person said no to %d things.", sum.Other))
	no := slices.DeleteFunc(sum.No, func(code string) bool { return slices.Contains(sum.To, code) }) // they said yes as well
	say(len(no), p.T("The person said no when asked about: %s.", list(no)))
	say(sum.Unsound, p.N("%d agreement does not count yet, because of how it was asked.", "%d agreements do not count yet, because of how they were asked.", sum.Unsound))
	say(sum.Soon, p.T("Something runs out soon: talk about it."))
	say(sum.Duties, p.T("A report that the law orders is not made yet."))
	say(sum.Review, p.T("A decision without the person’s agreement waits for somebody else."))
	say(sum.Demands, p.T("A demand of a court or an authority waits for an answer."))
	return a, nil
}

// submission is the key of a form that is sent twice.
func submission(r *http.Request) record.SubmissionKey {
	return record.SubmissionKey(r.PostFormValue("key"))
}

// proposeRelease asks a second person whether the organisation is to tell others only on a written release.
func (s *Server) proposeRelease(w http.ResponseWriter, r *http.Request) error {
	_, err := s.app.Accounts.Propose(r.Context(), actorOf(r), consent.ReleaseChange(r.PostFormValue("covered") == "yes", r.PostFormValue("reason")))
	return s.organisationDone(w, r, err, "release", "/organisation?proposed=1")
}
