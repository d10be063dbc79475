package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/identification"
	"github.com/fourfold/fourfold/internal/protection/record"
)

func (s *Server) caseIdentificationRoutes() []route {
	read, work, decide := May(auth.ReadCases), May(auth.WorkCases), May(auth.DecideIdentity)
	return []route{
		{"GET", "/cases/{case}/identification", Staff, read, s.identification, 0},
		{"POST", "/cases/{case}/identification", Staff, work, s.openProcedure, 0},
		{"GET", "/cases/{case}/identification/step", Staff, work, s.stepForm, 0},
		{"POST", "/cases/{case}/identification/step", Staff, work, s.takeStep, storyLimit},
		{"POST", "/cases/{case}/identification/sign", Staff, decide, s.signStep, 0},
		{"POST", "/cases/{case}/identification/reasons", Staff, read, s.stepReasons, 0},
		{"POST", "/cases/{case}/identification/statements", Staff, work, s.addStatement, storyLimit},
		{"POST", "/cases/{case}/identification/help", Staff, work, s.setHelp, 0},
		{"POST", "/cases/{case}/identification/letters", Staff, decide, s.issueLetter, 0},
		{"GET", "/cases/{case}/identification/letters/{letter}", Staff, read, s.caseLetter, 0},
		{"POST", "/cases/{case}/identification/letters/{letter}", Staff, decide, s.withdrawLetter, 0},
		{"GET", "/letters/check", Public, Anyone(), s.letterCheck, 0},
		{"POST", "/letters/check", Public, Anyone(), s.checkLetter, 0},
	}
}

// identificationPage shows where a person is in formal identification, and what everybody says about it.
type identificationPage struct {
	caseHead
	MayDecide     bool
	Adult         bool
	Procedures    []procedureView
	Jurisdictions []breachChoice
	Statements    []statementRow
	Statement     statementForm
	Help          []helpRow
	Letters       []letterRow
	Decisions     []breachChoice // about which a letter can be written
	Issuer        string         // as typed
	Today         string         // civil date, for the forms
}

// procedureView is one procedure as the page shows it.
type procedureView struct {
	caseHead
	MayDecide bool
	Called    string
	Known     bool
	Suspended bool
	Stages    []stageRow
	Steps     []stepLink
	Deadlines []deadlineRow
	Waiting   []eventRow
	Events    []eventRow
	Changed   []string // names of clocks
	Source    string   // where the order of the steps is from
	Recalled  bool     // and nobody has read it there
	Since     string   // the law of today holds since then
	Gaps      []string // topics on which the profile says nothing today
	Suggested []suggestedHelp
}

// stageRow is a stage of the drawn line.
type stageRow struct {
	Name, State string
	Here, Done  bool
}

// stepLink leads to the form of a step.
type stepLink struct {
	Path, Name, Note string
	Grave, Unsure    bool
}

// lawLine is what the law says, and how that is known, in the reader's words. Of Verified and Unverified
// one is "".
type lawLine struct {
	Text, Source, Verified, Unverified, Unsure string
}

// deadlineRow is a time that runs or ran.
type deadlineRow struct {
	Name, Kind, Day, Left, Doubt, Since, Ended string
	Late                                       bool
	Law                                        lawLine
	// Extend leads to the form that lengthens it, or "".
	Extend string
}

// eventRow is a step on record.
type eventRow struct {
	ID, Name, Day, Body, BodyName, Signed, Note, Basis, Document string
	Law                                                          lawLine
	Reasoned, Decision                                           bool
	Reasons                                                      string // once they were asked for
	Mine                                                         bool   // the reader proposed it
}

// identification shows the page.
func (s *Server) identification(w http.ResponseWriter, r *http.Request) error {
	return s.identificationAgain(w, r, nil, "", "")
}

// identificationAgain shows the page with what is to be mended, and with the reasons of a step that were
// asked for.
func (s *Server) identificationAgain(w http.ResponseWriter, r *http.Request, mend []Mend, event, reasons string) error {
	v := visitOf(r)
	p := v.printer
	o, err := s.app.Identifications.Show(r.Context(), v.actor, casefile.ID(r.PathValue("case")))
	if err != nil {
		return err
	}
	names, _, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	page := identificationPage{MayDecide: v.actor.May(auth.DecideIdentity), Adult: o.Adult, Today: string(o.Today), Issuer: r.PostFormValue("issuer")}
	if page.caseHead, err = s.caseHead(r, o.Case, "/identification", p.T("Identification")); err != nil {
		return err
	}
	page.Mend = mend
	for _, x := range o.Procedures {
		page.Procedures = append(page.Procedures, s.procedureView(r, o, x, page.caseHead, names, event, reasons))
		for _, e := range x.Events {
			if e.Own && !e.Waiting && !e.Dropped && decisionOf(s.versionOn(x.Jurisdiction, e.Day), e.Step) {
				page.Decisions = append(page.Decisions, breachChoice{e.ID, p.T("%s, %s", stepName(p, s.versionOn(x.Jurisdiction, e.Day), e.Step), p.Date(string(e.Day))), false})
			}
		}
	}
	for _, j := range s.app.Identifications.Law.Jurisdictions() {
		law, _ := s.app.Identifications.Law.Procedure(j)
		page.Jurisdictions = append(page.Jurisdictions, breachChoice{j, p.T(law.Name), j == o.Case.Clear.Profile})
	}
	page.Statements, page.Statement = statements(p, o, names), statementFormOf(p, r)
	page.Help, page.Letters = helpRows(p, o), letterRows(p, o)
	return s.renderMend(w, r, "case_identification", page, mend)
}

// versionOn returns the version of a procedure on a day.
func (s *Server) versionOn(jurisdiction string, day profile.Date) profile.Version {
	v, _ := s.app.Identifications.Law.At(jurisdiction, string(day))
	return v
}

func decisionOf(v profile.Version, step string) bool {
	m, ok := v.Move(step)
	return ok && m.Decides != ""
}

// stepName names a step in the reader's language.
func stepName(p *i18n.Printer, v profile.Version, step string) string {
	if m, ok := v.Move(step); ok {
		return p.T(m.Name)
	}
	if r, ok := v.Review(step); ok {
		return p.T(r.Name)
	}
	switch step {
	case identification.Suspend:
		return p.T("Suspend the procedure")
	case identification.Resume:
		return p.T("The procedure goes on")
	case identification.Extend:
		return p.T("Extend a time")
	case identification.Recall:
		return p.T("The refusal does not count: the person is, or may be, a child")
	}
	return step
}

// lawOf writes what the law of a version says on a topic.
func lawOf(p *i18n.Printer, v profile.Version, topic string) lawLine {
	f, state := v.Fact(topic)
	if topic == "" || state < profile.Unsure {
		return lawLine{}
	}
	line := factLine(p, f)
	if state == profile.Unsure {
		line.Unsure = p.T("not certain for that day")
	}
	return line
}

// factLine writes a fact with how it is known.
func factLine(p *i18n.Printer, f profile.Fact) lawLine {
	line := lawLine{Text: p.T(f.Text), Unverified: p.T("unverified")}
	var titles []string
	for _, from := range f.Sources {
		titles = append(titles, from.Title)
	}
	line.Source = strings.Join(titles, "; ")
	if f.Confidence == profile.Stated {
		line.Unverified = ""
		line.Verified = p.T("verified on %s by %s", p.Date(string(f.VerifiedOn)), f.VerifiedBy)
	}
	return line
}

func (s *Server) procedureView(r *http.Request, o identification.Overview, x identification.Procedure, head caseHead, names map[auth.AccountID]string, event, reasons string) procedureView {
	v := visitOf(r)
	p := v.printer
	version := x.Rules.Version
	view := procedureView{caseHead: head, MayDecide: v.actor.May(auth.DecideIdentity), Known: x.Known, Suspended: x.State.Suspended}
	law, _ := s.app.Identifications.Law.Procedure(x.Jurisdiction)
	view.Called = p.T(law.Name)
	view.Source, view.Recalled = p.T(version.Source), version.Confidence != profile.Stated
	if version.From != "" {
		view.Since = p.Date(string(version.From))
	}
	for _, line := range identification.Lines(version, x.Passed, x.State, o.Adult) {
		row := stageRow{Name: p.T(line.Stage.Name), Here: line.Here, Done: line.Done, State: p.T("may follow")}
		if line.Done {
			row.State = p.T("passed")
		}
		if line.Here {
			row.State = p.T("the person is here")
		}
		view.Stages = append(view.Stages, row)
	}
	view.Steps = s.stepLinks(p, o, x)
	for _, t := range x.State.Timers {
		view.Deadlines = append(view.Deadlines, s.deadlineRow(p, o, x, t))
	}
	for _, id := range x.Changed {
		clock, _ := version.Clock(id)
		view.Changed = append(view.Changed, p.T(clock.Name))
	}
	for _, e := range x.Events {
		row := s.eventRow(p, x, e, names)
		row.Mine = e.SignedBy == v.actor.Account
		if e.ID == event {
			row.Reasons = reasons
		}
		if e.Waiting {
			view.Waiting = append(view.Waiting, row)
		} else {
			view.Events = append(view.Events, row)
		}
	}
	view.Gaps = gaps(p, version, law)
	for _, g := range x.Suggestions {
		view.Suggested = append(view.Suggested, suggested(p, x.ID, g))
	}
	return view
}

// gaps lists the topics that a procedure names and on which nothing is known today.
func gaps(p *i18n.Printer, v profile.Version, law profile.Procedure) (out []string) {
	for _, topic := range law.Topics() {
		if _, state := v.Fact(topic); state < profile.Unsure {
			out = append(out, p.T(v.Topic(topic)))
		}
	}
	slices.Sort(out)
	return out
}

// stepLinks are the forms of the steps that are possible now.
func (s *Server) stepLinks(p *i18n.Printer, o identification.Overview, x identification.Procedure) (out []stepLink) {
	at := "/cases/" + string(o.Case.ID()) + "/identification/step?procedure=" + x.ID + "&step="
	if x.State.Suspended {
		return []stepLink{{Path: at + identification.Resume, Name: p.T("The procedure goes on")}}
	}
	for _, c := range identification.Choices(x.Rules.Version, x.State, o.Adult) {
		link := stepLink{Path: at + c.ID, Name: p.T(c.Name), Grave: c.Refusal || c.Decides == "negative", Unsure: c.Unsure}
		switch {
		case c.Agreed:
			link.Note = p.T("An adult has to agree.")
		case c.Second:
			link.Note = p.T("Two people sign it when this organisation decides.")
		}
		out = append(out, link)
	}
	stage, _ := x.Rules.Version.Stage(x.State.Stage)
	if len(x.Rules.Version.Suspends) > 0 && (stage.Kind == profile.Pending || stage.Kind == profile.Protected) {
		out = append(out, stepLink{Path: at + identification.Suspend, Name: p.T("Suspend the procedure")})
	}
	if x.State.Refused != "" && !o.Adult {
		out = append(out, stepLink{Path: at + identification.Recall, Name: stepName(p, x.Rules.Version, identification.Recall)})
	}
	return out
}

func (s *Server) deadlineRow(p *i18n.Printer, o identification.Overview, x identification.Procedure, t identification.Timer) deadlineRow {
	version := s.versionOn(x.Jurisdiction, t.Began)
	clock, _ := version.Clock(t.Clock)
	row := deadlineRow{Name: p.T(clock.Name), Kind: boundName(p, t.Term.Bound), Law: lawOf(p, version, clock.Topic), Doubt: p.T(t.Why.Label())}
	row.Since = p.Date(string(t.Began))
	if t.Why == identification.Certain {
		row.Doubt = ""
	}
	if t.Due.Day != "" {
		row.Day = p.Date(string(t.Due.Day))
	}
	if !t.Running() {
		row.Ended = p.Date(string(t.Ended))
		return row
	}
	if left, ok := profile.DaysLeft(o.Today, t.Due.Day); ok {
		row.Left = daysLeft(p, left, t.Term.Bound)
		row.Late = left < 0 && t.Term.Bound != profile.Minimum
	}
	if clock.Extend != "" && !t.Extended && t.Due.Day >= o.Today {
		row.Extend = "/cases/" + string(o.Case.ID()) + "/identification/step?procedure=" + x.ID + "&step=" + identification.Extend + "&clock=" + t.Clock
	}
	return row
}

// daysLeft says how far away a day is.
func daysLeft(p *i18n.Printer, left int, bound string) string {
	switch {
	case left == 0:
		return p.T("today is the last day")
	case left > 0:
		return p.N("%d day left", "%d days left", left)
	case bound == profile.Minimum:
		return p.T("has passed")
	}
	return p.N("%d day late", "%d days late", -left)
}

// boundName says what kind of time it is.
func boundName(p *i18n.Printer, bound string) string {
	switch bound {
	case profile.Minimum:
		return p.T("at least")
	case profile.Maximum:
		return p.T("at most")
	case profile.Target:
		return p.T("a target")
	case profile.Hard:
		return p.T("cannot be made up for")
	}
	return ""
}

func (s *Server) eventRow(p *i18n.Printer, x identification.Procedure, e identification.Event, names map[auth.AccountID]string) eventRow {
	version := s.versionOn(x.Jurisdiction, e.Day)
	body, _ := version.Actor(e.Body)
	row := eventRow{
		ID: e.ID, Name: stepName(p, version, e.Step), Day: p.Date(string(e.Day)), Body: p.T(body.Name), BodyName: e.BodyName.Reveal("show who took the step"),
		Basis: e.Basis.Reveal("show the legal basis"), Document: e.Document, Law: lawOf(p, version, e.Topic), Reasoned: e.Reasoned, Decision: decisionOf(version, e.Step),
	}
	who := nameOf(p, names, e.SignedBy)
	switch {
	case e.Dropped:
		row.Note = p.T("taken back by %s", nameOf(p, names, e.SecondBy))
	case !e.Own:
		row.Signed = p.T("written down by %s", who)
	case e.SecondBy != "":
		row.Signed = p.T("signed by %s and %s", who, nameOf(p, names, e.SecondBy))
	default:
		row.Signed = p.T("signed by %s", who)
	}
	var notes []string
	if row.Note != "" {
		notes = append(notes, row.Note)
	}
	if e.Late != "" {
		notes = append(notes, p.T("asked for after its time"))
	}
	if len(e.Early) > 0 {
		notes = append(notes, p.T("before a minimum time had passed"))
	}
	if e.Agreed == identification.Agreed {
		notes = append(notes, p.T("the person agreed"))
	}
	row.Note = strings.Join(notes, " · ")
	return row
}

// openProcedure begins the procedure of a jurisdiction.
func (s *Server) openProcedure(w http.ResponseWriter, r *http.Request) error {
	_, err := s.app.Identifications.Open(r.Context(), actorOf(r), casefile.ID(r.PathValue("case")), r.PostFormValue("jurisdiction"), record.SubmissionKey(r.PostFormValue("key")))
	return s.identificationDone(w, r, err, "jurisdiction")
}

// identificationDone answers a form of the page.
func (s *Server) identificationDone(w http.ResponseWriter, r *http.Request, err error, field string) error {
	mend, err := toMend(visitOf(r).printer, err, field)
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.identificationAgain(w, r, mend, "", "")
	}
	return s.seeOther(w, r, "/cases/"+r.PathValue("case")+"/identification")
}
