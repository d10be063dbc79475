package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/staff"
)

// visitsSheet is the safety of those who help, in one case.
type visitsSheet struct {
	caseHead
	Out, Ended []visitLine
	Tell       []breachChoice
	Minutes    []breachChoice
	Threats    []threatLine
	Against    []breachChoice
	Kinds      []breachChoice
	States     []breachChoice
	Today      string
	Where      string // as typed
	Words      string
	Outward    string
	Week       staff.Week
	WeekText   []string
}

// visitLine is a visit.
type visitLine struct {
	ID, Who, Until, Case string
	Late                 bool
	Where, Reach         string // opened when they are missed
	Told                 int64
}

// threatLine is a report of a threat.
type threatLine struct {
	ID                  string
	Version             int64
	Against, Kind, When string
	State, Words        string
	Open                bool
}

// missedSheet lists the visits that concern the reader.
type missedSheet struct {
	Page
	Out []visitLine
}

// visitTimes are after how many minutes somebody may say that they check in.
func visitTimes(p *i18n.Printer, chosen string) (all []breachChoice) {
	for _, m := range []int{30, 60, 90, 120, 180, 240, 360, 480} {
		label := p.N("%d minute", "%d minutes", m)
		if m%60 == 0 {
			label = p.N("%d hour", "%d hours", m/60)
		}
		all = append(all, breachChoice{strconv.Itoa(m), label, strconv.Itoa(m) == chosen})
	}
	return all
}

func (s *Server) visitLine(v visit, names map[auth.AccountID]string, o staff.Outing) visitLine {
	p := v.printer
	return visitLine{
		ID: o.ID, Who: nameOf(p, names, o.Clear.Worker), Until: p.DateTime(o.Back(), v.actor.Zone), Late: o.Overdue(s.now()), Case: o.Case, Told: o.Clear.Told,
	}
}

func (s *Server) visitsPage(w http.ResponseWriter, r *http.Request) error {
	return s.visitsAgain(w, r, nil)
}

func (s *Server) visitsAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	page := visitsSheet{
		Today: civil(s.now(), v.actor.Zone), Where: r.PostFormValue("where"), Words: r.PostFormValue("words"), Minutes: visitTimes(p, r.PostFormValue("minutes")),
		Against: staffChoices(p, staff.Against(), r.PostFormValue("against")), Kinds: staffChoices(p, staff.ThreatKinds(), r.PostFormValue("kind")),
		States: staffChoices(p, staff.ThreatStates(), ""),
	}
	if page.caseHead, err = s.caseHead(r, c, "/visits", p.T("Visits and safety of staff")); err != nil {
		return err
	}
	page.Mend = mend
	names, _, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	if err := s.fillVisits(r, c, names, &page); err != nil {
		return err
	}
	if err := s.fillThreats(r, c, &page); err != nil {
		return err
	}
	if page.Outward, err = s.app.Staff.KnownAs(r.Context(), v.actor); err != nil {
		return err
	}
	if page.Week, err = s.app.Staff.Week(r.Context(), v.actor); err != nil {
		return err
	}
	page.WeekText = weekText(p, page.Week)
	return s.renderMend(w, r, "case_support_visits", page, mend)
}

// weekText says how much somebody has before them. It warns, and asks for nothing.
func weekText(p *i18n.Printer, w staff.Week) (all []string) {
	all = append(all, p.N("You have %d open case.", "You have %d open cases.", w.Cases),
		p.N("In seven days you opened what somebody told %d time.", "In seven days you opened what somebody told %d times.", w.Told))
	if w.Many {
		all = append(all, p.T("These are many cases. Talk with whoever answers for the service about giving some away."))
	}
	if w.TooMuch {
		all = append(all, p.T("This is much to carry in a week. Take a break from it if you can, and talk with somebody."))
	}
	return all
}

func (s *Server) fillVisits(r *http.Request, c casefile.Case, names map[auth.AccountID]string, page *visitsSheet) error {
	v := visitOf(r)
	outings, err := s.app.Staff.Outings(r.Context(), v.actor, c.ID())
	if err != nil {
		return err
	}
	for _, o := range outings {
		line := s.visitLine(v, names, o)
		if o.Clear.State != "out" {
			page.Ended = append(page.Ended, line)
			continue
		}
		if line.Late { // now it counts where they are
			where, reach, err := s.app.Staff.Whereabouts(r.Context(), v.actor, c.ID(), o.ID)
			if err != nil {
				return err
			}
			line.Where, line.Reach = careText(where), careText(reach)
		}
		page.Out = append(page.Out, line)
	}
	return s.app.DB.Read(r.Context(), func(tx *db.Tx) error {
		page.Tell = nil
		able, err := staff.Tellable(r.Context(), tx, v.actor, c.ID())
		for _, a := range able {
			page.Tell = append(page.Tell, breachChoice{Code: string(a), Label: nameOf(v.printer, names, a)})
		}
		return err
	})
}

func (s *Server) fillThreats(r *http.Request, c casefile.Case, page *visitsSheet) error {
	v := visitOf(r)
	p := v.printer
	threats, err := s.app.Staff.Threats(r.Context(), v.actor, c.ID())
	for _, t := range threats {
		page.Threats = append(page.Threats, threatLine{
			ID: t.ID, Version: t.Version, Against: staffLabel(p, staff.Against(), t.Against), Kind: staffLabel(p, staff.ThreatKinds(), t.Kind),
			When: p.Date(t.On), State: staffLabel(p, staff.ThreatStates(), t.State), Words: careText(t.Words), Open: t.State != "closed",
		})
	}
	return err
}

func staffChoices(p *i18n.Printer, words []staff.Word, chosen string) []breachChoice {
	all := make([]breachChoice, len(words))
	for i, w := range words {
		all[i] = breachChoice{w.Code, p.T(w.Label), w.Code == chosen}
	}
	return all
}

func staffLabel(p *i18n.Printer, words []staff.Word, code string) string {
	for _, w := range words {
		if w.Code == code {
			return p.T(w.Label)
		}
	}
	return code
}

func (s *Server) visitsDo(w http.ResponseWriter, r *http.Request) error {
	ctx, actor, id := r.Context(), actorOf(r), casefile.ID(r.PathValue("case"))
	form := func(name string) string { return r.PostFormValue(name) }
	until := s.now().Add(time.Duration(max(0, counted(form("minutes")))) * time.Minute)
	key := record.SubmissionKey(form("key"))
	var err error
	field := "back"
	switch form("do") {
	case "leave":
		_, err = s.app.Staff.Leave(ctx, actor, id, staff.Going{
			BackBy: until, Tell: auth.AccountID(form("tell")), ThenTell: auth.AccountID(form("then")),
			Where: typedText(r.PostForm, "where"), Reach: typedText(r.PostForm, "reach"), Key: key,
		})
	case "back":
		err = s.app.Staff.Back(ctx, actor, id, form("visit"))
	case "later":
		err = s.app.Staff.Later(ctx, actor, id, form("visit"), until)
	case "threat":
		field = "against"
		_, err = s.app.Staff.Report(ctx, actor, id, staff.Threat{
			Against: form("against"), Kind: form("kind"), On: form("on"), Words: typedText(r.PostForm, "words"), Key: key,
		})
	case "settle":
		field = "threats"
		err = s.app.Staff.Settle(ctx, actor, id, form("threat"), versionOf(r), form("state"))
	case "rename":
		field = "outward"
		err = s.app.Staff.Rename(ctx, actor, form("outward"))
	default:
		return fault.New(fault.Invalid, "The form is damaged.").WithHint("Load the page again.")
	}
	mend, err := toMend(visitOf(r).printer, err, field)
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.visitsAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/cases/"+string(id)+"/visits")
}

// missedPage lists who is out and whom the reader looks after.
func (s *Server) missedPage(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	page := missedSheet{Page: s.page(r, v.printer.T("Visits"))}
	all, err := s.app.Staff.Missed(r.Context(), v.actor)
	if err != nil {
		return err
	}
	names, _, err := s.names(r.Context(), v)
	for _, o := range all {
		page.Out = append(page.Out, s.visitLine(v, names, o))
	}
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "case_support_missed", page)
}
