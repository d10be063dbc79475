package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
)

func answered[T any](v T) record.Answer[T] { return record.Answer[T]{State: record.Given, Value: v} }

// samplePerson is a case with something in every part of its file, and another that agrees with it.
func samplePerson(n *testNode, account auth.AccountID) (actor auth.Actor, id, other casefile.ID) {
	n.t.Helper()
	actor, id = sampleCase(n, account)
	_, other = sampleCase(n, actor.Account)
	ctx, people, src := n.t.Context(), n.app.People, person.Seen{Source: record.Source{From: "person"}}
	today := civil(noon, "Europe/London")
	for _, of := range []casefile.ID{id, other} {
		n.must(people.SetNames(ctx, actor, of, src, answered(person.Names{List: []person.Name{
			{Text: "Mаri\u200ba Wren", Kind: person.Used, Greet: true, Say: "MAH-ree-a", Romanisation: "Maria", With: []person.Audience{person.WithServices}},
		}})))
	}
	n.must(people.SetBirth(ctx, actor, id, src, answered(person.Births{List: []person.Birth{
		{From: "2009-01-01", To: "2009-12-31", Basis: person.ByStatement, Written: "2001 (ethiopian)"}, {From: "2004-05-05", To: "2004-05-05", Basis: person.ByDocument, Source: "passport"},
	}})))
	n.must(people.SetAbout(ctx, actor, id, src, person.About{Gender: answered("a woman (invented)"), Access: answered([]string{"reading"}), AccessNote: record.NotSaid[string](record.Source{})}))
	n.must(people.SetLanguages(ctx, actor, id, src, person.Languages{
		Known: answered([]person.Language{{Code: "ti", Speaks: person.Native, Reads: person.None, Prefers: true}}),
		Need:  answered(person.Need{Languages: []string{"ti"}, Gender: person.Woman, NotFrom: []string{"Rivertown (invented)"}, Signs: true}),
	}))
	n.must(people.SetCitizenship(ctx, actor, id, src, person.Citizenships{List: answered([]person.Citizenship{{Area: "ERI", Basis: person.ByStatement}}), Stateless: answered(person.AtRisk)}))
	n.must(people.SetContact(ctx, actor, id, src, person.Contacts{List: answered([]person.Contact{{Channel: person.Phone, Value: "07700 900123", Hours: "8-9", CodeWord: "heron", Safe: person.Yes, Say: "the dentist"}})}))
	n.must(people.SetDocuments(ctx, actor, id, src, person.Documents{List: answered([]person.Document{{Kind: "passport", Issuer: "ERI", Number: "N123", HeldBy: person.HeldByExploiter, Until: "2030-01-01", False: person.Yes}})}))
	n.must(people.SetFamily(ctx, actor, id, src, person.Family{List: answered([]person.Relative{{Name: "Finch (invented)", Relation: "child", Depends: person.Yes, With: person.Yes, Safe: person.No}})}))
	n.must(people.SetPlace(ctx, actor, id, src, person.Shelter{Reference: answered("P-7F3K")}))
	chief := n.actor(auth.Supervisor)
	i, err := people.Register(ctx, chief, person.Interpreter{Name: "Heron (invented)", Gender: person.Man, Languages: []string{"ti"}, Communities: []string{"Lakeside (invented)"}, Contact: "by letter", VettedOn: "2020-01-01", VettedUntil: "2020-02-01", EndedOn: "2021-01-01"}, "")
	n.must(err)
	n.must(people.Engage(ctx, actor, id, i, person.Seen{}, person.Engaged{Tie: person.Conflict, Refused: true}, "known"))
	n.must(people.Converse(ctx, actor, id, i, person.Seen{}, person.Session{On: today, How: "room", Again: person.No, Concern: "He answered for her (invented)"}))
	_, err = people.Guard(ctx, actor, id, "", person.Seen{}, person.Guardian{Name: "Rook (invented)", Alleged: person.Yes, Proof: person.CourtOrder, SeenOn: today, Scope: []person.Matter{person.Health}, Private: []person.Matter{person.Schooling}})
	n.must(err)
	_, err = people.Determine(ctx, actor, id, "", person.Seen{}, person.Determination{Matter: person.Return, Finding: person.InFavour, Heard: person.Yes, On: today, Until: noon.AddDate(0, 1, 0).Format(time.DateOnly), View: "I want to go (invented)"})
	n.must(err)
	return actor, id, other
}

// proposed is an assessment that was proposed.
func proposed(n *testNode, actor auth.Actor, of casefile.ID) string {
	n.t.Helper()
	id, err := n.app.People.Assess(n.t.Context(), actor, of, "", person.Seen{}, person.Assessment{
		Stage: person.Proposed, Method: person.Medical, Why: "the passport says otherwise", Person: person.Agreed,
	})
	n.must(err)
	return id
}

// casePersonSamples are addresses of who somebody is, for the walk over all routes.
func casePersonSamples(n *testNode, actor auth.Actor) map[string]string {
	n.t.Helper()
	who, id, other := samplePerson(n, actor.Account)
	at := "/cases/" + string(id) + "/person"
	assessment := proposed(n, who, id)
	_, err := n.app.Standards.Define(n.t.Context(), n.actor(auth.Administrator), strings.NewReader(harbour))
	n.must(err)
	return map[string]string{
		"/cases/{case}/person": at, "/cases/{case}/person/{section}": at + "/names", "/cases/{case}/person/age": at + "/age",
		"/cases/{case}/person/age/{assessment}": at + "/age/" + assessment, "/cases/{case}/person/beside": at + "/beside",
		"/cases/{case}/person/beside/{what}": at + "/beside/session", "/cases/{case}/person/same": at + "/same",
		"/cases/{case}/person/same/{other}": at + "/same/" + string(other), "/cases/{case}/person/own/{set}": at + "/own/harbour",
	}
}

// walkPeopleOfCases asks for the states of these pages that the walk over all routes does not meet.
func walkPeopleOfCases(n *testNode, language string, see func(ask)) {
	_, id, other := samplePerson(n, n.accounts[auth.SupportWorker])
	cookie, at := n.session(auth.SupportWorker)+"; language="+language, "/cases/"+string(id)+"/person"
	for _, path := range []string{at, at + "/age", at + "/beside", "/interpreters"} {
		see(ask{path: path, cookie: cookie})
	}
	for _, one := range []struct {
		path string
		form url.Values
	}{
		{at + "/names", url.Values{"version": {"7"}, "text.0": {"Other (invented)"}}},
		{at + "/birth", url.Values{"version": {"1"}, "from-day.0": {"yesterday"}}},
		{at + "/age/new", url.Values{"stage": {"proposed"}}},
		{at + "/beside/guardian", url.Values{"until": {"tomorrow"}}},
		{at + "/same", nil},
		{at + "/same/" + string(other), nil},
	} {
		see(ask{method: http.MethodPost, path: one.path, cookie: cookie, form: one.form})
	}
	see(ask{method: http.MethodPost, path: "/interpreters", cookie: n.session(auth.Supervisor) + "; language=" + language, form: url.Values{"name": {""}}})
}

func newPerson(t *testing.T) (w worker, at string) {
	w = newWorker(t)
	return w, w.open() + "/person"
}

func (w worker) shows(path string, want ...string) {
	w.n.t.Helper()
	body := w.get(path)
	for _, s := range want {
		if !strings.Contains(body, s) {
			w.n.t.Errorf("%s lacks %q", path, s)
		}
	}
}

// Every part is kept by itself, in any order, and nothing is needed.
func TestPersonIsKeptPartByPart(t *testing.T) {
	w, at := newPerson(t)
	body := w.get(at)
	if strings.Contains(body, " required") || !strings.Contains(body, "Nobody has asked yet.") || !strings.Contains(body, "Would rather not say") {
		t.Error("something is required, or there is no way not to answer")
	}
	w.shows(at, "The safeguards of a child hold", "No name is known yet", "To greet them rightly", "Seen by those who work on this case.")
	for _, part := range []struct {
		code string
		form url.Values
		want []string
	}{
		{"place", url.Values{"reference.0": {"P-7F3K"}}, []string{"P-7F3K"}},
		{"contact", url.Values{"channel.0": {"phone"}, "value.0": {"07700 900123"}, "code-word.0": {"heron"}}, []string{"Do not use: nobody has said that it is safe.", "heron"}},
		{"names", url.Values{"text.0": {"U"}, "name-kind.0": {"used"}, "greet.0": {"1"}, "text.1": {"Mаria"}, "with.1": {"services", "family"}}, []string{"Greet them with", "U&#43;0430", "other services"}},
		{"birth", url.Values{"from-day.0": {"2009"}, "basis.0": {"statement"}, "from-day.1": {"1996"}, "basis.1": {"other"}, "calendar.1": {"ethiopian"}}, []string{"They contradict each other", "ethiopian"}},
		{"about", url.Values{"gender.0": {"in her words"}, "state.pronouns": {"refused"}, "access.0": {"reading", "child"}}, []string{"in her words", "Would rather not say. Asked on"}},
		{"languages", url.Values{"language.0": {"ti"}, "speaks.0": {"native"}, "reads.0": {"none"}, "need.0": {"ti am"}, "need-gender.0": {"woman"}, "need-not.0": {"Rivertown\n\nLakeside"}}, []string{"ትግርኛ", "nobody from", "Lakeside"}},
		{"citizenship", url.Values{"area.0": {"ERI"}, "area.1": {"ETH"}, "stateless.0": {"claimed"}}, []string{"Eritrea", "Ethiopia", "no state counts them"}},
		{"documents", url.Values{"kind.0": {"passport"}, "number.0": {"N123"}, "held.0": {"exploiter"}}, []string{"somebody who exploited them"}},
		{"family", url.Values{"name.0": {"Finch"}, "depends.0": {"yes"}, "near.0": {"no"}}, []string{"They care for them", "Must not be told that they are here"}},
	} {
		part.form.Set("version", "0")
		if to, _ := w.post(at+"/"+part.code, http.StatusSeeOther, part.form); to != at+"#"+part.code {
			t.Errorf("%s leads to %s", part.code, to)
		}
		w.shows(at, append(part.want, "Do not ask again; share it.")...)
	}
	w.shows(at, `<bdi>U</bdi>`, "2009")
	w.post(at+"/names", http.StatusSeeOther, url.Values{"version": {"1"}, "text.0": {"U"}, "remove.names.0": {"1"}, "text.1": {"Maria"}})
	if body := w.get(at); strings.Contains(body, "Greet them with</h2>") || !strings.Contains(body, "<bdi>Maria</bdi>") {
		t.Error("a name that was taken away is still there")
	}
	w.post(at+"/nothing", http.StatusNotFound, url.Values{})
}

// Of two who save one part the second sees both, and what they typed is not lost; a slip says what to mend.
func TestPersonShowsBothWhenTwoWrite(t *testing.T) {
	w, at := newPerson(t)
	form := url.Values{"version": {"0"}, "text.0": {"First (invented)"}}
	w.post(at+"/names", http.StatusSeeOther, form)
	_, body := w.post(at+"/names", http.StatusUnprocessableEntity, url.Values{"version": {"0"}, "text.0": {"Second (invented)"}})
	for _, want := range []string{"First (invented)", `value="Second (invented)"`, "Somebody else wrote this meanwhile", `name="version" value="1"`, "<details class=\"no-print\" open>"} {
		if !strings.Contains(body, want) {
			t.Errorf("after two wrote the page lacks %q", want)
		}
	}
	w.shows(at, "First (invented)")
	for _, slip := range []struct {
		part string
		form url.Values
		want []string
	}{
		{"birth", url.Values{"from-day.0": {"17.5.2009"}, "basis.0": {"statement"}}, []string{`value="17.5.2009"`, "such as 2008-05-17"}},
		{"birth", url.Values{"from-day.0": {"2551"}, "basis.0": {"statement"}}, []string{`value="2551"`, "another calendar"}},
		{"place", url.Values{"reference.0": {"12 Safe Street"}}, []string{"Never write an address here."}},
		{"about", url.Values{"gender.0": {"kept"}, "state.gender": {"refused"}}, []string{`value="kept"`, "Choose one of them"}},
		{"languages", url.Values{"language.0": {"Kurdish!"}}, []string{"by its code"}},
		{"contact", url.Values{"channel.0": {""}, "value.0": {"07700"}}, []string{"Choose the way."}},
		{"names", url.Values{"version": {"1"}, "text.0": {"<script>"}, "name-kind.0": {"imposed"}, "greet.0": {"1"}}, []string{"&lt;script&gt;", "forced on them"}},
	} {
		_, body := w.post(at+"/"+slip.part, http.StatusUnprocessableEntity, slip.form)
		for _, want := range slip.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the page lacks %q", slip.part, want)
			}
		}
	}
}

// The page opens the file once a view, and shows nothing to whoever may not.
func TestPersonIsOpenedOnceAView(t *testing.T) {
	w, at := newPerson(t)
	w.post(at+"/names", http.StatusSeeOther, url.Values{"version": {"0"}, "text.0": {"Wren (invented)"}})
	before := w.entries()
	w.get(at)
	if n := w.entries() - before; n != 1 {
		t.Errorf("%d entries for one view", n)
	}
	for _, role := range []auth.Role{auth.Administrator, auth.Analyst, auth.ProtectionOfficer} {
		page(t, w.n, ask{path: at, cookie: w.n.session(role)}, http.StatusNotFound)
	}
	if title := w.get(at); strings.Contains(title[:strings.Index(title, "</title>")], "Wren") {
		t.Error("the title names somebody")
	}
}

// entries counts all ledger entries about persons.
func (w worker) entries() (count int) {
	w.n.t.Helper()
	w.n.must(w.n.app.DB.Read(w.n.t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(w.n.t.Context(), "SELECT count(*) FROM audit_sealed").Scan(&count)
	}))
	return count
}

// An age assessment goes from its proposal to its end on the page, and the safeguards hold until it is settled.
func TestAgeAssessmentOnThePage(t *testing.T) {
	w, at := newPerson(t)
	w.post(at+"/birth", http.StatusSeeOther, url.Values{"version": {"0"}, "from-day.0": {"2009"}, "basis.0": {"statement"}, "as-of": {"2020-01-01"}})
	w.post(at+"/age/new", http.StatusUnprocessableEntity, url.Values{"stage": {"concluded"}, "method": {"holistic"}})
	w.post(at+"/age/new", http.StatusSeeOther, url.Values{"stage": {"proposed"}, "method": {"holistic"}, "person": {"agreed"}, "guardian": {"agreed"}, "why": {"the passport"}})
	body := w.get(at + "/age")
	w.shows(at+"/age", "An age assessment is under way.", "the passport", "The safeguards of a child hold")
	_, rest, _ := strings.Cut(body, `action="`+at+"/age/")
	id, _, _ := strings.Cut(rest, `"`)
	done := url.Values{
		"version": {"1"}, "stage": {"concluded"}, "method": {"holistic"}, "person": {"agreed"}, "guardian": {"agreed"},
		"from-day": {"1995"}, "to-day": {"2000"}, "concluded-on": {"2021-01-01"}, "contest-until": {"2021-02-01"},
	}
	_, body = w.post(at+"/age/"+id, http.StatusUnprocessableEntity, url.Values{"version": {"1"}, "stage": {"concluded"}, "method": {"medical"}, "person": {"agreed"}, "from-day": {"1995"}, "concluded-on": {"2021-01-01"}})
	if !strings.Contains(body, "margin of error") {
		t.Error("a medical method without a margin was not explained")
	}
	w.post(at+"/age/"+id, http.StatusSeeOther, done)
	w.shows(at+"/age", "An age assessment that nobody contests says: an adult.")
}

// Interpreter, guardian and determination on the page: what speaks against them is said in words.
func TestHelpersOnThePage(t *testing.T) {
	w, at := newPerson(t)
	boss := worker{w.n, w.n.session(auth.Supervisor)}
	boss.post("/interpreters", http.StatusUnprocessableEntity, url.Values{"name": {"Heron"}})
	boss.post("/interpreters", http.StatusSeeOther, url.Values{"name": {"Heron (invented)"}, "languages": {"ti"}, "vetted-on": {"2020-01-01"}, "vetted-until": {"2099-01-01"}})
	w.post("/interpreters", http.StatusNotFound, url.Values{"name": {"Rook"}, "languages": {"ti"}})
	body := w.get(at + "/beside")
	_, rest, _ := strings.Cut(body, `name="interpreter" value="`)
	id, _, _ := strings.Cut(rest, `"`)
	w.shows(at+"/beside", "Heron (invented)", "nobody has asked whether they know the person", "waits for a determination")
	w.post(at+"/beside/engage", http.StatusUnprocessableEntity, url.Values{"interpreter": {id}, "tie": {"conflict"}})
	w.post(at+"/beside/engage", http.StatusSeeOther, url.Values{"interpreter": {id}, "tie": {"clear"}, "refused": {"1"}})
	w.shows(at+"/beside", "refused by the person")
	w.post(at+"/beside/session", http.StatusSeeOther, url.Values{"interpreter": {id}, "on": {"2021-01-01"}, "how": {"phone"}, "concern": {"He answered for her"}})
	w.shows(at+"/beside", "He answered for her", "At that time: refused by the person")
	w.post(at+"/beside/guardian", http.StatusSeeOther, url.Values{"name": {"Rook (invented)"}, "alleged": {"yes"}, "proof": {"court"}, "scope": {"return"}})
	w.shows(at+"/beside", "They are alleged to have exploited the child.")
	w.post(at+"/beside/finding", http.StatusUnprocessableEntity, url.Values{"matter": {"return"}, "finding": {"for"}, "on": {"2021-01-01"}, "until": {"2099-01-01"}})
	w.post(at+"/beside/finding", http.StatusSeeOther, url.Values{"matter": {"return"}, "finding": {"for"}, "heard": {"yes"}, "on": {"2021-01-01"}, "until": {"2099-01-01"}})
	w.shows(at+"/beside", "may go on")
	w.post(at+"/beside/else", http.StatusNotFound, url.Values{})
}

// Files that may be one person are suggested with reasons, compared side by side, and never put together.
func TestSamePersonOnThePage(t *testing.T) {
	w, at := newPerson(t)
	other := w.open() + "/person"
	for _, one := range []string{at, other} {
		w.post(one+"/names", http.StatusSeeOther, url.Values{"version": {"0"}, "text.0": {"Selam Haile"}})
	}
	w.shows(at+"/same", "decides nothing")
	_, body := w.post(at+"/same", http.StatusOK, url.Values{})
	pair := at + "/same/" + strings.TrimSuffix(strings.TrimPrefix(other, "/cases/"), "/person")
	for _, want := range []string{pair, "may be the same person", "This part of the name is the same."} {
		if !strings.Contains(body, want) {
			t.Errorf("the suggestion lacks %q", want)
		}
	}
	w.shows(pair, "This file", "The other file", "nobody has looked")
	w.post(pair, http.StatusUnprocessableEntity, url.Values{"version": {"0"}})
	w.post(pair, http.StatusSeeOther, url.Values{"version": {"0"}, "verdict": {"same"}})
	w.post(pair, http.StatusUnprocessableEntity, url.Values{"version": {"0"}, "verdict": {"different"}})
	w.shows(strings.TrimSuffix(at, "/person"), "The same person")
	stranger := worker{w.n, w.n.session(auth.Officer)}
	stranger.post(at+"/same", http.StatusNotFound, url.Values{})
}
