package web

import (
	"net/http"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	mine "github.com/fourfold/fourfold/internal/protection/space"
	"github.com/fourfold/fourfold/internal/web/space"
)

// ownRoutes are what those who work on a case do for the person's own page, and what others read who oversee
// the service. The page itself is on another host: see package space.
func (s *Server) ownRoutes() []route {
	work, hear := May(auth.WorkCases), May(auth.HearPeople)
	return []route{
		{"GET", "/cases/{case}/own", Staff, work, s.caseOwn, 0},
		{"POST", "/cases/{case}/own", Staff, work, s.changeOwn, 0},
		{"POST", "/cases/{case}/own/said/{item}", Staff, work, s.answerOwn, 0},
		{"GET", "/feedback", Staff, hear, s.feedback, 0},
		{"GET", "/feedback/{item}", Staff, hear, s.oneFeedback, 0},
		{"POST", "/feedback/{item}", Staff, hear, s.replyFeedback, 0},
	}
}

// ownTasks are the words for the tasks that come from a person's own page.
var ownTasks = map[string]string{
	mine.TaskDanger: i18n.Mark("The person used the other word on their page: somebody may be making them. Reach them as agreed."),
	mine.TaskTried:  i18n.Mark("Wrong words were tried with the person’s number: ask them, and make a new one"),
	mine.TaskAsks:   i18n.Mark("The person wrote something: answer on the page “Own page”"),
	mine.TaskCopy:   i18n.Mark("The person wants a copy: agree when you meet"),
	mine.TaskCall:   i18n.Mark("The person asks for a call, in the way that is safe"),
}

// spacePage is the side of those who work on a case: the slip, the dates, and what the person wrote. The paper
// that is handed to the person is made from it too.
type spacePage struct {
	caseHead
	Served                bool // there is a host for it
	Slip                  mine.Slip
	Made, Until, Used     string
	Dates, Said           []ownItem
	Days, Day, Time, With string // as typed
	SlipNumber, Address   string // on the paper of a new slip
	Parts                 []space.Part
}

// ownItem is something between the person and those who help.
type ownItem struct {
	ID, Kind, At, Text, Answer, About string
	Version                           int64
	Open                              bool
}

func (s *Server) caseOwn(w http.ResponseWriter, r *http.Request) error {
	return s.spaceAgain(w, r, nil)
}

func (s *Server) spaceAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	page := spacePage{Served: s.own != nil, Days: r.PostFormValue("days"), Day: r.PostFormValue("at"), Time: r.PostFormValue("time"), With: r.PostFormValue("with")}
	if page.caseHead, err = s.caseHead(r, c, "/own", p.T("Own page")); err != nil {
		return err
	}
	page.Mend = mend
	if page.Slip, err = s.app.Space.Slip(r.Context(), v.actor, c.ID()); err != nil {
		return err
	}
	if page.Slip.Held {
		page.Made, page.Until = p.DateTime(page.Slip.Made, v.actor.Zone), p.Date(civil(page.Slip.Until, v.actor.Zone))
		if !page.Slip.Used.IsZero() {
			page.Used = p.DateTime(page.Slip.Used, v.actor.Zone)
		}
	}
	items, err := s.app.Space.Asked(r.Context(), v.actor, c.ID())
	if err != nil {
		return err
	}
	for _, i := range items {
		one := ownItemOf(v, i)
		if i.Kind == mine.Date {
			one.Text = i.With.Reveal("show whom the person meets")
			page.Dates = append(page.Dates, one)
			continue
		}
		page.Said = append(page.Said, one)
	}
	return s.renderMend(w, r, "case_own", page, mend)
}

func ownItemOf(v visit, i mine.Item) ownItem {
	return ownItem{
		ID: i.ID, Version: i.Version, Kind: ownKind(v.printer, i.Kind), At: v.printer.DateTime(i.At, v.actor.Zone), Open: i.State == mine.Open,
		Text: i.Text.Reveal("show what the person wrote"), Answer: i.Answer.Reveal("show what was answered"), About: ownAbout(v.printer, i.About),
	}
}

func ownKind(p *i18n.Printer, k mine.Kind) string {
	switch k {
	case mine.Correct:
		return p.T("Something is wrong")
	case mine.Object:
		return p.T("They do not want it to be kept or used")
	case mine.Question:
		return p.T("A question about who has looked")
	case mine.Copy:
		return p.T("They want a copy")
	case mine.Call:
		return p.T("They ask for a call")
	case mine.Date, mine.Feedback:
	}
	return ""
}

func ownAbout(p *i18n.Printer, code string) string {
	label := map[string]string{
		"names": i18n.Mark("Names"), "birth": i18n.Mark("Birth"), "about": i18n.Mark("About them"), "contact": i18n.Mark("Contact"),
		"documents": i18n.Mark("Documents"), "support": i18n.Mark("Needs and goals"),
	}[code]
	if label == "" {
		return ""
	}
	return p.T(label)
}

// changeOwn makes or revokes the slip, keeps a date, or makes the copy for the person.
func (s *Server) changeOwn(w http.ResponseWriter, r *http.Request) error {
	of, actor := casefile.ID(r.PathValue("case")), actorOf(r)
	var err error
	switch r.PostFormValue("do") {
	case "make":
		return s.makeSlip(w, r, of)
	case "copy":
		return s.ownCopy(w, r, of)
	case "revoke":
		err = s.app.Space.Revoke(r.Context(), actor, of)
	default:
		err = s.app.Space.Agree(r.Context(), actor, of, mine.NewDate{
			At: localTime(r.PostFormValue("at"), r.PostFormValue("time"), actor.Zone), With: private.New(r.PostFormValue("with")),
			Key: record.SubmissionKey(r.PostFormValue("key")),
		})
	}
	return s.spaceDone(w, r, err, "at")
}

// localTime reads a day and a time of a form; zero for none.
func localTime(day, clock, zone string) time.Time {
	place, err := time.LoadLocation(zone)
	if err != nil {
		place = time.UTC
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", day+" "+clock, place)
	if err != nil {
		return time.Time{}
	}
	return t
}

func (s *Server) spaceDone(w http.ResponseWriter, r *http.Request, err error, field string) error {
	mend, err := toMend(visitOf(r).printer, err, field)
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.spaceAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/cases/"+r.PathValue("case")+"/own")
}

// makeSlip shows the number once, on a paper that says nothing else. The word is not on it.
func (s *Server) makeSlip(w http.ResponseWriter, r *http.Request, of casefile.ID) error {
	number, err := s.app.Space.Make(r.Context(), actorOf(r), of, mine.NewSlip{
		Word: private.New(r.PostFormValue("word")), Other: private.New(r.PostFormValue("other")),
	})
	if err != nil {
		return s.spaceDone(w, r, err, "word")
	}
	page := spacePage{caseHead: caseHead{Page: s.page(r, visitOf(r).printer.T("My page")), ID: string(of)}, SlipNumber: number, Address: s.options.OwnHost}
	page.Bare = true
	return s.render(w, r, http.StatusOK, "case_own_paper", page)
}

// ownCopy is what somebody hands to the person when they meet: what their page says, others left out.
func (s *Server) ownCopy(w http.ResponseWriter, r *http.Request, of casefile.ID) error {
	v := visitOf(r)
	info, err := s.app.Space.HandOver(r.Context(), v.actor, of)
	if err != nil {
		return err
	}
	page := spacePage{caseHead: caseHead{Page: s.page(r, visitOf(r).printer.T("My page")), ID: string(of)}, Parts: space.Parts(v.printer, tongue, info)}
	page.Bare = true
	return s.render(w, r, http.StatusOK, "case_own_paper", page)
}

func (s *Server) answerOwn(w http.ResponseWriter, r *http.Request) error {
	err := s.app.Space.Answer(r.Context(), actorOf(r), casefile.ID(r.PathValue("case")), r.PathValue("item"), versionOf(r), private.New(r.PostFormValue("answer")))
	if fault.KindOf(err) == fault.Stale {
		return err
	}
	return s.spaceDone(w, r, err, "said")
}

// feedbackPage is what people say of the help they get, for those who oversee it.
type feedbackPage struct {
	Page
	All  []ownItem
	One  *ownItem
	Mend []Mend
}

func (s *Server) feedback(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	all, err := s.app.Space.Heard(r.Context(), v.actor)
	if err != nil {
		return err
	}
	page := feedbackPage{Page: s.page(r, v.printer.T("What people say"))}
	for _, i := range all {
		page.All = append(page.All, ownItemOf(v, i))
	}
	return s.render(w, r, http.StatusOK, "feedback", page)
}

func (s *Server) oneFeedback(w http.ResponseWriter, r *http.Request) error {
	return s.feedbackAgain(w, r, nil)
}

func (s *Server) feedbackAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	i, err := s.app.Space.Hear(r.Context(), v.actor, r.PathValue("item"))
	if err != nil {
		return err
	}
	one := ownItemOf(v, i)
	one.About = i.Number
	page := feedbackPage{Page: s.page(r, v.printer.T("What people say")), One: &one, Mend: mend}
	return s.renderMend(w, r, "feedback", page, mend)
}

func (s *Server) replyFeedback(w http.ResponseWriter, r *http.Request) error {
	err := s.app.Space.Reply(r.Context(), actorOf(r), r.PathValue("item"), versionOf(r), private.New(r.PostFormValue("answer")))
	if fault.KindOf(err) == fault.Stale {
		return err
	}
	mend, err := toMend(visitOf(r).printer, err, "answer")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.feedbackAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/feedback")
}
