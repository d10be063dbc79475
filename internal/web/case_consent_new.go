package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
)

// consentForm is the form of what a person said to one thing, for one recipient. It holds what was typed.
type consentForm struct {
	caseHead
	typed                                         url.Values
	Kinds, Recipients, Classes, Purposes, Lengths []consentWord
	Recalls, Whys, Feeds                          []consentWord
	Answers, Deciders, Assents, Methods, Roles    []consentWord
	Elements                                      []consentWord
	Guardians, Interpreters                       []consentWord
	Draft                                         bool
	Covered                                       bool
}

// Val is what was typed into a field, and Has whether a code was chosen there.
func (f consentForm) Val(name string) string { return f.typed.Get(name) }

// Has reports whether a code was chosen in a field.
func (f consentForm) Has(name, code string) bool { return slices.Contains(f.typed[name], code) }

// draftOfConsent is the form's name among the drafts of a case.
const draftOfConsent = "agreement"

func (s *Server) newConsent(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	typed := url.Values{"answer": {string(consent.Given)}, "kind": {string(consent.Sharing)}, "days": {"90"}, "information": {consent.InformationVersion}}
	q := r.URL.Query()
	if q.Get("answer") == string(consent.Refused) {
		typed.Set("answer", string(consent.Refused))
	}
	if id := q.Get("of"); id != "" {
		if typed, err = s.typedOf(r, consent.ID(id), typed); err != nil {
			return err
		}
		return s.consentFormAgain(w, r, c, typed, false, nil)
	}
	draft, err := s.app.Cases.Draft(r.Context(), v.actor, c, draftOfConsent)
	if err != nil {
		return err
	}
	if draft.Fields == nil {
		return s.consentFormAgain(w, r, c, typed, false, nil)
	}
	return s.consentFormAgain(w, r, c, typedFrom(draft.Fields), true, nil)
}

// typedOf fills the form with a sheet that it is to take the place of. How it was asked is asked anew.
func (s *Server) typedOf(r *http.Request, id consent.ID, typed url.Values) (url.Values, error) {
	view, err := s.app.Consents.View(r.Context(), actorOf(r), r.PathValue("case"))
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(view.Lines, func(l consent.Line) bool { return l.ID == id })
	if i < 0 {
		return nil, notHere()
	}
	l := view.Lines[i]
	typed.Set("kind", string(l.Kind))
	typed["classes"], typed["purposes"] = l.Classes, l.Purposes
	if len(l.Terms) == 1 {
		t := l.Terms[0]
		code := t.To
		if kind := consent.KindOf(code); kind != "" {
			code = kind
		}
		typed.Set("recipient", code)
		typed.Set("name", t.Name.Reveal("fill the form"))
		typed.Set("was-code", t.To)
		typed.Set("was-name", t.Name.Reveal("fill the form"))
		typed.Set("recall", string(t.Recall))
		typed.Set("why", t.Term.Why)
		typed.Set("feeds", string(t.Feeds))
	}
	typed.Set("language", l.Language)
	if l.State == consent.Given || l.State == consent.Draft {
		typed.Set("supersedes", string(l.ID))
		typed.Set("version", strconv.FormatInt(l.Version, 10))
	}
	return typed, nil
}

// typedFields turns what was typed into a draft and back: several choices of a field stand on lines of their own.
func typedFields(typed url.Values) map[string]private.Text {
	fields := map[string]private.Text{}
	for name, values := range typed {
		if name != "key" && name != "do" {
			fields[name] = private.New(strings.Join(values, "\n"))
		}
	}
	return fields
}

func typedFrom(fields map[string]private.Text) url.Values {
	typed := url.Values{}
	for name, text := range fields {
		value := text.Reveal("fill the form that its writer left")
		if name == "words" {
			typed.Set(name, value)
			continue
		}
		typed[name] = strings.Split(value, "\n")
	}
	return typed
}

func (s *Server) consentFormAgain(w http.ResponseWriter, r *http.Request, c casefile.Case, typed url.Values, draft bool, mend []Mend) (err error) {
	v := visitOf(r)
	p := v.printer
	f := consentForm{typed: typed, Draft: draft}
	if f.caseHead, err = s.caseHead(r, c, "/agreement", p.T("Ask the person")); err != nil {
		return err
	}
	f.Mend = mend
	if err := s.fillHelpers(r, c, &f); err != nil {
		return err
	}
	names, err := s.recipientsFor(r)
	if err != nil {
		return err
	}
	for _, code := range slices.Sorted(maps.Keys(names.parties)) {
		if code != consent.Party(v.actor.Org) {
			f.Recipients = append(f.Recipients, consentWord{code, names.parties[code]})
		}
	}
	f.Recipients = append(f.Recipients, consentWords(p, consent.Recipients())...)
	f.Kinds, f.Classes, f.Purposes = consentWords(p, consent.Kinds()), consentWords(p, consent.Classes()), consentWords(p, consent.Purposes())
	f.Roles, f.Whys = consentWords(p, consent.Roles()), consentWords(p, consent.RecallReasons())
	f.Answers, f.Deciders, f.Assents, f.Methods = yesNoWords(p), deciderWords(p), assentWords(p), methodWords(p)
	f.Recalls = []consentWord{
		{"", p.T("as this kind of recipient usually does")},
		{string(consent.RecallYes), p.T("yes")},
		{string(consent.RecallPartly), p.T("in part")},
		{string(consent.RecallNo), p.T("no")},
	}
	f.Feeds = []consentWord{
		{"", p.T("not known: they may")}, {string(consent.FeedsNo), p.T("no")}, {string(consent.FeedsMay), p.T("they may")}, {string(consent.FeedsYes), p.T("yes")},
	}
	for _, e := range consent.Elements() {
		f.Elements = append(f.Elements, consentWord{string(e), elementText(p, e)})
	}
	for _, days := range []int{7, 30, 90, 180, 364} {
		f.Lengths = append(f.Lengths, consentWord{strconv.Itoa(days), p.N("%d day", "%d days", days)})
	}
	return s.renderMend(w, r, "case_consent_new", f, mend)
}

// fillHelpers lists who may have helped: the guardians and interpreters that the file knows.
func (s *Server) fillHelpers(r *http.Request, c casefile.Case, f *consentForm) error {
	v := visitOf(r)
	p := v.printer
	f.Guardians, f.Interpreters = []consentWord{{"", p.T("none")}}, []consentWord{{"", p.T("none")}}
	file, err := s.app.People.Open(r.Context(), v.actor, c.ID(), support)
	if err != nil {
		return err
	}
	for _, g := range file.Guardians {
		f.Guardians = append(f.Guardians, consentWord{g.ID, g.Is.Name})
	}
	list, err := s.app.People.Choose(r.Context(), v.actor, file)
	for _, i := range list {
		label := i.Name
		if i.Tie == person.NotChecked {
			label = p.T("%s, not checked for this person", i.Name)
		} else if len(i.Against) > 0 {
			label = p.T("%s, something speaks against them", i.Name)
		}
		f.Interpreters = append(f.Interpreters, consentWord{i.ID, label})
	}
	return err
}

func (s *Server) giveConsent(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if err := r.ParseForm(); err != nil {
		return err
	}
	id := casefile.ID(r.PathValue("case"))
	switch r.PostForm.Get("do") {
	case "draft":
		draft := casefile.Draft{Form: draftOfConsent, Seen: versionOf(r), Fields: typedFields(r.PostForm)}
		if err := s.app.Cases.KeepDraft(r.Context(), v.actor, id, draft); err != nil {
			return err
		}
		return s.seeOther(w, r, "/cases/"+string(id)+"/agreement")
	case "drop":
		if err := s.app.Cases.DropDraft(r.Context(), v.actor, id, draftOfConsent); err != nil {
			return err
		}
		return s.seeOther(w, r, "/cases/"+string(id)+"/agreement/new")
	}
	said := saidIn(r.PostForm, s.now(), v.actor.Zone)
	_, err := s.app.Consents.Give(r.Context(), v.actor, string(id), said, submission(r))
	mend, err := toMend(v.printer, err, "answer")
	if err != nil {
		return err
	}
	if len(mend) == 0 {
		if err := s.dropConsentDraft(r, id); err != nil {
			return err
		}
		return s.seeOther(w, r, "/cases/"+string(id)+"/agreement")
	}
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	return s.consentFormAgain(w, r, c, r.PostForm, false, mend)
}

// dropConsentDraft forgets what was begun, now that it is said.
func (s *Server) dropConsentDraft(r *http.Request, id casefile.ID) error {
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	draft, err := s.app.Cases.Draft(r.Context(), actorOf(r), c, draftOfConsent)
	if err != nil || draft.Fields == nil {
		return err
	}
	return s.app.Cases.DropDraft(r.Context(), actorOf(r), id, draftOfConsent)
}

// saidIn reads the form.
func saidIn(f url.Values, now time.Time, zone string) consent.Said {
	said := consent.Said{
		Kind: consent.Kind(f.Get("kind")), State: consent.State(f.Get("answer")), Classes: f["classes"], Purposes: f["purposes"],
		Giving: consent.Giving{
			Information: f.Get("information"), OwnLanguage: consent.Answer(f.Get("own-language")), Understood: consent.Answer(f.Get("understood")),
			By: consent.Decider(f.Get("by")), Assent: consent.Assent(f.Get("assent")), Guardian: f.Get("guardian"), Interpreter: f.Get("interpreter"),
			Exploiter: consent.Answer(f.Get("exploiter")), Method: consent.Method(f.Get("method")),
		},
		Sealed:     consent.Sealed{Language: strings.TrimSpace(f.Get("language")), Words: private.New(strings.TrimSpace(f.Get("words")))},
		Supersedes: consent.ID(f.Get("supersedes")),
	}
	said.SupersedesVersion, _ = strconv.ParseInt(f.Get("version"), 10, 64)
	for _, e := range f["explained"] {
		said.Explained = append(said.Explained, consent.Element(e))
	}
	for _, as := range f["present"] {
		said.Present = append(said.Present, consent.Present{As: as, Who: private.New(strings.TrimSpace(f.Get("who-" + as)))})
	}
	if to := f.Get("recipient"); to != "" {
		term := consent.Term{To: to, Recall: consent.Recallability(f.Get("recall")), Why: f.Get("why"), Feeds: consent.Feeding(f.Get("feeds"))}
		if usual := consent.Defaults(to); term.Recall == consent.RecallUnknown && consent.KindOf(to) != "" {
			term.Recall, term.Why = usual.Recall, usual.Why
		}
		if usual := consent.Defaults(to); term.Feeds == consent.FeedsUnknown {
			term.Feeds = usual.Feeds
		}
		if was := f.Get("was-code"); consent.KindOf(was) == to && f.Get("name") == f.Get("was-name") {
			term.To = was // the same clinic as before, and not another
		}
		said.Recipients = []consent.Named{{Term: term, Name: private.New(strings.TrimSpace(f.Get("name")))}}
	}
	if said.State == consent.Given {
		days, err := strconv.Atoi(f.Get("days"))
		if place, zoneErr := time.LoadLocation(zone); err == nil && zoneErr == nil {
			said.Last = now.In(place).AddDate(0, 0, days).Format(time.DateOnly)
		}
	}
	return said
}
