package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// sampleConsent keeps a yes to an invented clinic, a duty and a demand in a case.
func sampleConsent(n *testNode, who auth.Actor, id casefile.ID) (consent.ID, consent.BasisID, consent.BasisID) {
	n.t.Helper()
	ctx := n.t.Context()
	yes, err := n.app.Consents.Give(ctx, who, string(id), consent.Said{
		Kind: consent.Sharing, State: consent.Given, Classes: []string{"need"}, Purposes: []string{"support"}, Last: noon.AddDate(0, 1, 0).Format("2006-01-02"),
		Recipients: []consent.Named{{Term: consent.Defaults("health"), Name: private.New("Bay Clinic (invented)")}},
		Giving: consent.Giving{
			OwnLanguage: consent.Yes, Explained: consent.Elements(), Understood: consent.Yes, By: consent.ByChild, Exploiter: consent.No, Method: consent.Signed,
		},
		Sealed: consent.Sealed{Language: "ti", Words: private.New("They may know (invented)")},
	}, "")
	n.must(err)
	duty, err := n.app.Consents.Begin(ctx, who, string(id), consent.Override{
		Ground: consent.Duty, Recipient: "child-protection", Classes: []string{"outline"}, Purpose: "safety",
	}, "")
	n.must(err)
	demand, err := n.app.Consents.Receive(ctx, who, string(id), consent.Order{Recipient: "court", Purpose: "investigation", Classes: []string{"need"}}, "")
	n.must(err)
	return yes, duty, demand
}

// sampleRecall makes a neighbour of an invented shelter that asks something back from the organisation of the test.
func sampleRecall(n *testNode) consent.RecallID {
	n.t.Helper()
	ctx := n.t.Context()
	org, err := n.app.Accounts.CreateOrg(ctx, "Neighbour House (invented)", "Europe/London")
	n.must(err)
	account, err := n.app.Accounts.CreateAccount(ctx, auth.CLI(org), "Invented neighbour", auth.SupportWorker)
	n.must(err)
	who, err := n.app.Accounts.Actor(ctx, account)
	n.must(err)
	id, err := n.app.Cases.Open(ctx, who, casefile.Begin{Reason: "asks-for-help"})
	n.must(err)
	yes, err := n.app.Consents.Give(ctx, who, string(id), consent.Said{
		Kind: consent.Sharing, State: consent.Given, Classes: []string{"need"}, Purposes: []string{"support"}, Last: noon.AddDate(0, 1, 0).Format("2006-01-02"),
		Recipients: []consent.Named{{Term: consent.Term{To: consent.Party(n.org)}}},
		Giving: consent.Giving{
			OwnLanguage: consent.Yes, Explained: consent.Elements(), Understood: consent.Yes, By: consent.ByChild, Exploiter: consent.No, Method: consent.Signed,
		},
	}, "")
	n.must(err)
	c, err := n.app.Cases.Get(ctx, who, id)
	n.must(err)
	n.must(n.app.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := n.app.Consents.DiscloseIn(ctx, tx, who, record.Key{Case: string(id), Person: c.Person}, consent.Leaving{
			Authority: consent.Authority{Consent: yes}, Recipient: consent.Party(n.org), Classes: []string{"need"}, Purpose: "support", Share: "SHAREOFTHETEST",
		})
		return err
	}))
	done, err := n.app.Consents.Withdraw(ctx, who, string(id), consent.Withdrawal{Consent: yes})
	n.must(err)
	return done.Recalls[0]
}

// TestAskedBack: a partner's recall is told to whoever may have received it, with its reference alone; what stays needs its
// ground; answered, it is gone.
func TestAskedBack(t *testing.T) {
	w := newWorker(t)
	saysAll(t, w.get("/recalls"), "Nobody asks anything back.")
	id := sampleRecall(w.n)
	saysAll(t, w.get("/"), "A partner asks for something back")
	saysAll(t, w.get("/recalls"), "SHAREOFTHETEST", "The person took back what they had agreed to.", "a partner organisation")
	_, body := w.post("/recalls/"+string(id), http.StatusUnprocessableEntity, url.Values{"answer": {"kept"}})
	saysAll(t, body, "Choose why something stays.")
	w.post("/recalls/"+string(id), http.StatusSeeOther, url.Values{"answer": {"kept"}, "why": {"police-record"}})
	saysAll(t, w.get("/recalls"), "Nobody asks anything back.")
}

// consentSamples are addresses of the agreement with a person, for the walk over all routes.
func consentSamples(n *testNode, actor auth.Actor) map[string]string {
	n.t.Helper()
	who, id := sampleCase(n, actor.Account)
	yes, duty, demand := sampleConsent(n, who, id)
	at := "/cases/" + string(id) + "/agreement"
	filled := map[string]string{
		"/recalls/{recall}":                          "/recalls/" + string(sampleRecall(n)),
		"/cases/{case}/agreement/withdraw/{consent}": at + "/withdraw/" + string(yes),
		"/cases/{case}/agreement/without/{basis}":    at + "/without/" + string(duty),
		"/cases/{case}/agreement/demand/{basis}":     at + "/demand/" + string(demand),
	}
	for _, rest := range []string{"", "/new", "/copy", "/without", "/demand"} {
		filled["/cases/{case}/agreement"+rest] = at + rest
	}
	return filled
}

// walkConsents asks for the states of the pages that the walk over all routes does not meet.
func walkConsents(n *testNode, language string, see func(ask)) {
	actor, id := sampleCase(n, n.accounts[auth.SupportWorker])
	yes, _, demand := sampleConsent(n, actor, id)
	at := "/cases/" + string(id) + "/agreement"
	worker, manager := n.session(auth.SupportWorker)+"; language="+language, n.session(auth.Supervisor)+"; language="+language
	o := consent.Override{
		Ground: consent.Discretion, Recipient: "school", Classes: []string{"need"}, Purpose: "support", Told: consent.NotSafe,
		Why: private.New("why (invented)"), Plan: private.New("plan (invented)"),
	}
	d, err := n.app.Consents.Refusal(n.t.Context(), actor, string(id), o.Recipient, o.Purpose, o.Classes)
	n.must(err)
	o.Seen = consent.Seen(d)
	_, err = n.app.Consents.Begin(n.t.Context(), actor, string(id), o, "")
	n.must(err)
	for _, said := range []consent.Said{{Kind: consent.Photo, State: consent.Refused}, {Kind: consent.Research, State: consent.Draft}} {
		_, err := n.app.Consents.Give(n.t.Context(), actor, string(id), said, "")
		n.must(err)
	}
	sampleRecall(n)
	for _, path := range []string{at, "/recalls"} {
		see(ask{path: path, cookie: worker})
	}
	see(ask{path: at, cookie: manager})
	for _, path := range []string{at + "/new?of=" + string(yes), at + "/without?ground=duty", at + "/demand/" + string(demand), at + "/copy?language=" + language} {
		see(ask{path: path, cookie: worker})
	}
	for path, form := range map[string]url.Values{
		at + "/new":                      {"answer": {"given"}, "kind": {"disclosure"}, "days": {"900"}},
		at + "/without":                  {"ground": {"emergency"}, "recipient": {"health"}, "classes": {"need"}, "purpose": {"safety"}, "do": {"look"}},
		at + "/demand/" + string(demand): {"do": {"comply"}, "version": {"1"}},
	} {
		see(ask{method: "POST", path: path, cookie: worker, form: form})
	}
	send(n.t, n, ask{method: "POST", path: at + "/new", cookie: worker, form: url.Values{"answer": {"given"}, "words": {"half (invented)"}, "do": {"draft"}}})
	see(ask{path: at + "/new", cookie: worker})
	_, err = n.app.Consents.Withdraw(n.t.Context(), actor, string(id), consent.Withdrawal{Consent: yes, Words: private.New("I changed my mind (invented)")})
	n.must(err)
	see(ask{path: at, cookie: worker})
}

// asked is a form in which everything was asked well.
func asked(key string) url.Values {
	f := url.Values{
		"key": {key}, "answer": {"given"}, "kind": {"disclosure"}, "recipient": {"police"}, "classes": {"contact", "need"}, "purposes": {"safety"},
		"days": {"30"}, "own-language": {"yes"}, "language": {"ti"}, "understood": {"yes"}, "by": {"person"}, "exploiter": {"no"}, "method": {"signed"},
		"words": {"Only the woman officer (invented)"}, "information": {consent.InformationVersion}, "present": {"worker", "other"}, "who-other": {"Aunt (invented)"},
	}
	for _, e := range consent.Elements() {
		f.Add("explained", string(e))
	}
	return f
}

// adult makes the person of a case known to be one.
func (w worker) adult(at string) {
	w.n.t.Helper()
	born := person.Births{List: []person.Birth{{From: "1980-01-01", To: "1989-12-31", Basis: person.ByEstimate}}}
	w.n.must(w.n.app.People.SetBirth(w.n.t.Context(), w.n.actor(auth.SupportWorker), casefile.ID(strings.TrimPrefix(at, "/cases/")),
		person.Seen{Source: record.Source{From: "observed"}}, record.Is(born, record.Source{})))
}

// TestAskGiveTakeBack: a worker writes down a yes; it stands first on every page of the case; sent twice it is kept once; taking it
// back is one press on the same page; and the copy for the person says the same in another language, without the words.
func TestAskGiveTakeBack(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	w.adult(at)
	saysAll(t, w.get(at), "Nothing now. Without agreement nothing goes to anybody outside.")
	form := w.get(at + "/agreement/new")
	key := hiddenKey.FindStringSubmatch(form)[1]
	for range 2 {
		if to, _ := w.post(at+"/agreement/new", http.StatusSeeOther, asked(key)); to != at+"/agreement" {
			t.Fatalf("led to %s", to)
		}
	}
	body := w.get(at + "/agreement")
	saysAll(t, body, "the police", "What they have cannot be taken back.", "The police may have to keep what they were told.",
		"They may tell the immigration authority.", "Only the woman officer (invented)", "Aunt (invented)")
	if strings.Count(body, "/agreement/withdraw/") != 1 || strings.Contains(body, "It does not count now") {
		t.Errorf("not kept once, or not well")
	}
	for _, rest := range []string{"", "/tasks", "/notes"} {
		saysAll(t, w.get(at+rest), "Agreed, each for what its sheet says: the police.")
	}
	copied := w.get(at + "/agreement/copy?language=ar")
	if !strings.Contains(copied, `dir="rtl"`) || strings.Contains(copied, "woman officer") || strings.Contains(copied, "Aunt") || strings.Contains(copied, "Wren") {
		t.Error("the copy is in another language, or says too much")
	}
	back := regexp.MustCompile(`action="(/cases/[A-Z0-9]+/agreement/withdraw/[A-Z0-9]+)"`).FindStringSubmatch(body)[1]
	w.post(back, http.StatusSeeOther, url.Values{"recipient": {"police"}, "words": {"She changed (invented)"}})
	w.post(back, http.StatusSeeOther, url.Values{"recipient": {"police"}})
	body = w.get(at + "/agreement")
	saysAll(t, body, "Nothing is agreed to now", "taken back", "She changed (invented)")
	saysAll(t, w.get(at), "Nothing now. Without agreement nothing goes to anybody outside.")
}

// TestAskAgainOverAChange: a renewal of a sheet that changed meanwhile is refused, and loses nothing that was typed.
func TestAskAgainOverAChange(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	w.adult(at)
	w.post(at+"/agreement/new", http.StatusSeeOther, asked(""))
	again := regexp.MustCompile(`/agreement/new\?of=([A-Z0-9]+)`).FindStringSubmatch(w.get(at + "/agreement"))
	form := w.get(at + again[0])
	saysAll(t, form, `<option value="police" selected>`, `name="version" value="1"`)
	f := asked("")
	f.Set("supersedes", again[1])
	f.Set("version", "7")
	_, body := w.post(at+"/agreement/new", http.StatusUnprocessableEntity, f)
	saysAll(t, body, "has changed since the page was shown", "Only the woman officer (invented)")
	f.Set("version", "1")
	w.post(at+"/agreement/new", http.StatusSeeOther, f)
	if body := w.get(at + "/agreement"); strings.Count(body, "/agreement/withdraw/") != 1 || !strings.Contains(body, "another sheet took its place") {
		t.Error("the new sheet did not take the place of the old")
	}
}

// TestWhyAYesIsNone: a yes that was asked badly is kept, says what is missing, and counts nowhere.
func TestWhyAYesIsNone(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	f := asked("")
	f.Set("exploiter", "yes")
	f.Del("understood")
	w.post(at+"/agreement/new", http.StatusSeeOther, f)
	saysAll(t, w.get(at+"/agreement"), "said yes, and it does not count yet", "It does not count now:", "Ask again, alone.", "say it back in their own words", "their age is not settled")
	saysAll(t, w.get(at), "1 agreement does not count yet, because of how it was asked.")
}

// TestKeptForLater: half a talk is there again, for its writer alone, and goes when it is saved.
func TestKeptForLater(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	half := url.Values{"answer": {"refused"}, "kind": {"police-contact"}, "classes": {"contact", "need"}, "words": {"not now\nperhaps (invented)"}, "do": {"draft"}}
	w.post(at+"/agreement/new", http.StatusSeeOther, half)
	form := w.get(at + "/agreement/new")
	saysAll(t, form, "This is what you had begun to write.", "perhaps (invented)", `value="need" checked`, `value="police-contact" selected`)
	half.Set("do", "")
	w.post(at+"/agreement/new", http.StatusSeeOther, half)
	if strings.Contains(w.get(at+"/agreement/new"), "perhaps") {
		t.Error("the draft is still there")
	}
	saysAll(t, w.get(at+"/agreement"), "What the person does not want", "It is respected")
}

// reviewForm is the form of the second person.
var reviewForm = regexp.MustCompile(`(?s)action="(/cases/[A-Z0-9]+/agreement/without/[A-Z0-9]+)"[^>]*>\s*<input type="hidden" name="version" value="(\d+)"`)

// TestWithoutAgreement: who goes on without it reads what stands against it first; an emergency is told by one and reviewed by
// another; a duty needs nobody.
func TestWithoutAgreement(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	w.post(at+"/agreement/new", http.StatusSeeOther, url.Values{"answer": {"refused"}, "kind": {"disclosure"}})
	f := url.Values{"ground": {"emergency"}, "recipient": {"health"}, "classes": {"health"}, "purpose": {"safety"}, "do": {"look"}}
	_, body := w.post(at+"/agreement/without", http.StatusOK, f)
	saysAll(t, body, "Read first what stands against it:", "The person said no.")
	f.Set("do", "go")
	for name, value := range map[string]string{"told": "not-reachable", "why": "No pulse (invented)", "plan": "In hospital (invented)"} {
		f.Set(name, value)
	}
	w.post(at+"/agreement/without", http.StatusUnprocessableEntity, f) // without having read it
	f.Set("seen", regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`).FindStringSubmatch(body)[1])
	w.post(at+"/agreement/without", http.StatusSeeOther, f)
	body = w.get(at + "/agreement")
	saysAll(t, body, "told, waits for its review", "on a ground of law", "somebody else looks at it")
	if strings.Contains(body, `value="agree"`) {
		t.Error("the worker may review it")
	}
	w.post(at+"/agreement/without", http.StatusSeeOther, url.Values{"ground": {"duty"}, "recipient": {"child-protection"}, "classes": {"outline"}, "purpose": {"safety"}, "do": {"go"}})
	body = w.get(at + "/agreement")
	saysAll(t, body, "not reported yet")
	report := regexp.MustCompile(`action="(/cases/[A-Z0-9]+/agreement/without/[A-Z0-9]+)"`).FindStringSubmatch(body)[1]
	w.post(report, http.StatusSeeOther, url.Values{"do": {"report"}})
	if body = w.get(at + "/agreement"); strings.Count(body, "told, waits for its review") != 2 {
		t.Error("a duty of one's own word waits for no review")
	}

	manager := worker{w.n, w.n.session(auth.Supervisor)}
	body = manager.get(at + "/agreement")
	for _, review := range reviewForm.FindAllStringSubmatch(body, -1) {
		manager.post(review[1], http.StatusUnprocessableEntity, url.Values{"do": {"agree"}, "version": {review[2]}})
		manager.post(review[1], http.StatusSeeOther, url.Values{"do": {"agree"}, "version": {review[2]}, "words": {"Right (invented)"}})
	}
	saysAll(t, manager.get(at+"/agreement"), "reviewed and found right", ">reported<")
}

// TestDemandPage walks a demand from the letter to the least.
func TestDemandPage(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	f := url.Values{"recipient": {"court"}, "purpose": {"investigation"}, "classes": {"contact", "account"}, "from": {"Court (invented)"}}
	to, _ := w.post(at+"/agreement/demand", http.StatusSeeOther, f)
	body := w.get(to)
	saysAll(t, body, "It cannot be answered yet:", "Nobody knows whether the demand is real.", "Court (invented)")
	_, body = w.post(to, http.StatusUnprocessableEntity, url.Values{"do": {"comply"}, "version": {"1"}})
	saysAll(t, body, "The demand cannot be answered yet.")
	for name, value := range map[string]string{"authentic": "yes", "objection": "waived", "told": "told", "version": "1", "privileged": "account"} {
		f.Set(name, value)
	}
	w.post(to, http.StatusSeeOther, f)
	_, body = w.post(to, http.StatusUnprocessableEntity, f) // over a state that is gone
	saysAll(t, body, "has changed since the page was shown", `name="version" value="2"`)
	saysAll(t, body, "The second person has not agreed.")
	_, body = w.post(to, http.StatusUnprocessableEntity, url.Values{"do": {"comply"}, "version": {"2"}})
	saysAll(t, body, "The demand cannot be answered yet.")
	saysAll(t, w.get(at+"/agreement"), "waits for the second person", "May the person be told of it?", "somebody else looks at it")
	manager := worker{w.n, w.n.session(auth.Supervisor)}
	review := reviewForm.FindStringSubmatch(manager.get(at + "/agreement"))
	manager.post(review[1], http.StatusSeeOther, url.Values{"do": {"agree"}, "words": {"Called the court."}, "version": {review[2]}})
	w.post(to, http.StatusSeeOther, url.Values{"do": {"comply"}, "version": {"3"}})
	saysAll(t, w.get(to), "answered with the least")
	saysAll(t, w.get(at+"/agreement"), "how to reach the person safely", "Court (invented)")
}

// saysAll looks that a page has every text.
func saysAll(t *testing.T, body string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(body, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
}
