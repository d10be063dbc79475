package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/referral"
)

// referralRoutes are the referrals of a case, and the inbox of an organisation.
func (s *Server) referralRoutes() []route {
	read, work, answer := May(auth.ReadCases), May(auth.WorkCases), May(auth.AnswerReferrals)
	return []route{
		{"GET", "/cases/{case}/referrals", Staff, read, s.caseReferrals, 0},
		{"POST", "/cases/{case}/referrals", Staff, work, s.makeReferral, 0},
		{"GET", "/cases/{case}/referrals/new", Staff, work, s.newReferral, 0},
		{"GET", "/cases/{case}/referrals/{referral}", Staff, read, s.caseReferral, 0},
		{"POST", "/cases/{case}/referrals/{referral}", Staff, work, s.stepReferral, 0},
		{"GET", "/referrals", Staff, work, s.referrals, 0},
		{"GET", "/referrals/{referral}", Staff, answer, s.askedReferral, 0},
		{"POST", "/referrals/{referral}", Staff, answer, s.answerReferral, 0},
	}
}

// caseReferralPage is the referrals of a case: the list of them, the form of one, or one field by field.
type caseReferralPage struct {
	caseHead
	Came, Sent []referralRow
	To         bool // there is somebody to whom something could be sent
	Form       *referralForm
	One        referralView
	Steps      []referralStep // what may be done
}

// referralRow is a referral in a list.
type referralRow struct {
	Path, To, What, State, Reason, When string
	Warn                                bool
}

// referralForm is the form of a draft. Of names and contacts it holds what the file already says.
type referralForm struct {
	Action, Do, Version, Languages, Adults, Children string
	Transfer, Interpret                              bool
	To, Purposes, Needs, Urgency, Ages               []breachChoice
	Access, Safety, Days                             []breachChoice
	Later                                            []referralField
}

// referralField is a text that leaves after acceptance.
type referralField struct{ Code, Label, Text string }

// referralView is a referral with everything that its page shows.
type referralView struct {
	Path, To, Kind, State, Why, Back, For, Needs, Urgency string
	Until, Sent, Released                                 string
	Out, Draft, Asked                                     bool
	Blind                                                 []caseFact
	Leaves, Stays                                         []referralLine
	Files                                                 string
	Stop                                                  string // why nothing of it can be sent
	Seen                                                  string
	Version                                               int64
}

// referralLine is a field with why it leaves, or stays.
type referralLine struct {
	Label, Text, On string
	Later           bool
	Why             []string
}

// referralStep is something to do with a referral, with the choices that it needs.
type referralStep struct {
	Do, Label, Ask string
	Plain          bool
	Choices        []breachChoice
}

// referralHead fills what the pages of the referrals of a case begin with.
func (s *Server) referralHead(r *http.Request, title string, mend []Mend) (page caseReferralPage, err error) {
	c, err := s.caseOf(r)
	if err != nil {
		return page, err
	}
	page.caseHead, err = s.caseHead(r, c, "/referrals", title)
	page.Mend = mend
	return page, err
}

func (s *Server) caseReferrals(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	p := v.printer
	page, err := s.referralHead(r, p.T("Referrals"), nil)
	if err != nil {
		return err
	}
	list, err := s.app.Referrals.OfCase(r.Context(), v.actor, page.ID)
	if err != nil {
		return err
	}
	for _, one := range list {
		row, err := s.referralRow(r, one, page.At("/referrals/"+one.ID))
		if err != nil {
			return err
		}
		if one.End.Out {
			page.Sent = append(page.Sent, row)
		} else {
			page.Came = append(page.Came, row)
		}
	}
	if v.actor.May(auth.WorkCases) {
		to, err := s.app.Referrals.Receivers(r.Context(), v.actor)
		if err != nil {
			return err
		}
		page.To = len(to) > 0
	}
	return s.render(w, r, http.StatusOK, "case_referrals", page)
}

func (s *Server) referralRow(r *http.Request, one referral.Referral, path string) (row referralRow, err error) {
	v := visitOf(r)
	p := v.printer
	name, err := s.app.Referrals.Partner(r.Context(), one)
	row = referralRow{
		Path: path, To: name, What: referralWords(p, referral.Needs(), one.Needs...), State: p.T(referral.Label(referral.States(), string(one.State))),
		Reason: reasonOf(p, one), When: p.DateTime(one.Changed, v.actor.Zone), Warn: one.Back == referral.AskedBack,
	}
	if one.End.Kind == referral.Transfer {
		row.What = p.T("the whole case") + " · " + row.What
	}
	if one.Back != referral.NotAsked {
		row.Reason = strings.TrimSpace(row.Reason + " " + p.T(referral.Label(referral.Backs(), string(one.Back))))
	}
	return row, err
}

// reasonOf is why a referral ended as it did, or what came of it.
func reasonOf(p *i18n.Printer, one referral.Referral) string {
	for _, list := range [][]referral.Word{referral.DeclineReasons(), referral.RecallReasons(), referral.Outcomes()} {
		if label := referral.Label(list, one.Reason); label != one.Reason {
			return p.T(label)
		}
	}
	return ""
}

func referralWords(p *i18n.Printer, list []referral.Word, codes ...string) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = p.T(referral.Label(list, c))
	}
	return p.List(words)
}

func referralChoices(p *i18n.Printer, list []referral.Word, chosen ...string) []breachChoice {
	all := make([]breachChoice, len(list))
	for i, w := range list {
		all[i] = breachChoice{w.Code, p.T(w.Label), slices.Contains(chosen, w.Code)}
	}
	return all
}

// newReferral shows the form, filled with what the file says already.
func (s *Server) newReferral(w http.ResponseWriter, r *http.Request) error {
	p := visitOf(r).printer
	blind, later, err := s.app.Referrals.Suggest(r.Context(), actorOf(r), r.PathValue("case"), p.T)
	if err != nil {
		return err
	}
	return s.referralFormAgain(w, r, referral.Wish{Blind: blind, Later: later, Purpose: "support", Urgency: "days", Days: 7}, nil)
}

func (s *Server) referralFormAgain(w http.ResponseWriter, r *http.Request, wish referral.Wish, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	page, err := s.referralHead(r, p.T("A referral"), mend)
	if err != nil {
		return err
	}
	to, err := s.app.Referrals.Receivers(r.Context(), v.actor)
	if err != nil {
		return err
	}
	f := referralForm{
		Action: page.At("/referrals"), Version: r.PostFormValue("version"), Languages: strings.Join(wish.Blind.Languages, " "), Interpret: wish.Blind.Interpret,
		Adults: count(wish.Blind.Adults), Children: count(wish.Blind.Children), Transfer: wish.Kind == referral.Transfer,
		Needs: referralChoices(p, referral.Needs(), wish.Needs...), Urgency: referralChoices(p, referral.Urgencies(), wish.Urgency),
		Ages: referralChoices(p, referral.AgeGroups(), wish.Blind.Age), Access: referralChoices(p, referral.AccessNeeds(), wish.Blind.Access...),
		Safety: referralChoices(p, referral.SafetyNeeds(), wish.Blind.Safety...),
	}
	if id := r.PathValue("referral"); id != "" {
		f.Action, f.Do = page.At("/referrals/"+id), "change"
	}
	for _, o := range to {
		f.To = append(f.To, breachChoice{string(o.ID), o.Name, o.ID == wish.To})
	}
	for _, w := range consent.Purposes()[:5] { // those of agreements; the others stay here
		f.Purposes = append(f.Purposes, breachChoice{w.Code, p.T(w.Label), w.Code == wish.Purpose})
	}
	for _, n := range []int{1, 3, 7, 14, 30} {
		f.Days = append(f.Days, breachChoice{strconv.Itoa(n), p.N("%d day", "%d days", n), n == wish.Days})
	}
	for _, w := range referral.LaterFields() {
		f.Later = append(f.Later, referralField{w.Code, fieldLabel(p, w.Code), wish.Later[w.Code].Reveal("fill the form of a referral")})
	}
	page.Form = &f
	return s.renderMend(w, r, "case_referral_form", page, mend)
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// fieldLabel is a field with its class, in the reader's words.
func fieldLabel(p *i18n.Printer, field string) string {
	class, code, _ := strings.Cut(field, ".")
	return wordOf(p, classWords(), class) + ": " + wordOf(p, fieldWords(class), code)
}

// wishOf reads the form.
func wishOf(r *http.Request) (referral.Wish, error) {
	if err := r.ParseForm(); err != nil {
		return referral.Wish{}, fault.New(fault.Invalid, "The form arrived incomplete.").Wrap(err)
	}
	f := r.PostForm
	number := func(name string) int {
		text := strings.TrimSpace(f.Get(name))
		n, err := strconv.Atoi(text)
		if text != "" && err != nil {
			return -1
		}
		return n
	}
	w := referral.Wish{
		Kind: referral.Kind(f.Get("kind")), To: auth.OrgID(f.Get("to")), Purpose: f.Get("purpose"), Needs: f["needs"], Urgency: f.Get("urgency"), Days: number("days"),
		Blind: referral.Blind{
			Age: f.Get("age"), Languages: strings.Fields(strings.ReplaceAll(f.Get("languages"), ",", " ")), Interpret: f.Get("interpret") != "",
			Adults: number("adults"), Children: number("children"), Access: f["access"], Safety: f["safety"],
		},
		Later: referral.Later{},
	}
	for _, field := range referral.LaterFields() {
		if text := strings.TrimSpace(f.Get(field.Code)); text != "" {
			w.Later[field.Code] = private.New(text)
		}
	}
	return w, nil
}

func (s *Server) makeReferral(w http.ResponseWriter, r *http.Request) error {
	wish, err := wishOf(r)
	var id string
	if err == nil {
		id, err = s.app.Referrals.Make(r.Context(), actorOf(r), r.PathValue("case"), wish, submission(r))
	}
	mend, err := toMend(visitOf(r).printer, err, "to")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.referralFormAgain(w, r, wish, mend)
	}
	return s.seeOther(w, r, "/cases/"+r.PathValue("case")+"/referrals/"+id)
}
