package web

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/identification"
)

// sampleProcedure begins a procedure of a case and takes its first decision; it returns the procedure and
// the decision.
func sampleProcedure(n *testNode, who auth.Actor, id casefile.ID) (procedure, event string) {
	n.t.Helper()
	procedure, err := n.app.Identifications.Open(n.t.Context(), who, id, "gb-eaw", "")
	n.must(err)
	decider := who
	if !decider.May(auth.DecideIdentity) {
		decider = n.actor(auth.Supervisor)
	}
	for _, step := range []struct{ id, body string }{{"presume", "anybody"}, {"refer", "first-responder"}, {"first-positive", "authority"}} {
		taken, err := n.app.Identifications.Take(n.t.Context(), decider, identification.Taking{
			Case: id, Procedure: procedure, Step: step.id, Body: step.body, Own: step.id == "first-positive", On: sampleDay,
			Reasons: private.New("Because (invented)"), Agreed: identification.Agreed,
		})
		n.must(err)
		event = taken.Event
	}
	return procedure, event
}

// sampleDay is the day of the sample steps: today, on the tests' clock.
var sampleDay = profile.Date(noon.Format("2006-01-02"))

// identificationSamples are addresses of a case with a procedure, for the walk over all routes.
func identificationSamples(n *testNode, actor auth.Actor) map[string]string {
	n.t.Helper()
	who, id := sampleCase(n, actor.Account)
	procedure, event := sampleProcedure(n, who, id)
	decider := who
	if !decider.May(auth.DecideIdentity) {
		decider = n.actor(auth.Supervisor)
	}
	letter, err := n.app.Identifications.Issue(n.t.Context(), decider, id, identification.Letter{Event: event, Issuer: private.New("Case office (invented)"), Short: true}, "")
	n.must(err)
	sheet, err := n.app.Signs.Begin(n.t.Context(), who, id, "ilo-eleven", string(sampleDay), "")
	n.must(err)
	at := "/cases/" + string(id)
	return map[string]string{
		"/cases/{case}/identification":                  at + "/identification",
		"/cases/{case}/identification/step":             at + "/identification/step?procedure=" + procedure + "&step=final-positive",
		"/cases/{case}/identification/sign":             at + "/identification/sign",
		"/cases/{case}/identification/reasons":          at + "/identification/reasons",
		"/cases/{case}/identification/statements":       at + "/identification/statements",
		"/cases/{case}/identification/help":             at + "/identification/help",
		"/cases/{case}/identification/letters":          at + "/identification/letters",
		"/cases/{case}/identification/letters/{letter}": at + "/identification/letters/" + letter,
		"/cases/{case}/signs":                           at + "/signs",
		"/cases/{case}/signs/{sheet}":                   at + "/signs/" + sheet,
	}
}

// walkIdentification asks for the states of the pages that the walk over all routes does not meet.
func walkIdentification(n *testNode, language string, see func(ask)) {
	who, id := sampleCase(n, n.accounts[auth.Authority])
	cookie, at := n.session(auth.Authority)+"; language="+language, "/cases/"+string(id)
	procedure, event := sampleProcedure(n, who, id)
	negative, err := n.app.Identifications.Take(n.t.Context(), who, identification.Taking{
		Case: id, Procedure: procedure, Step: "disqualify", Body: "authority", Own: true, On: sampleDay, Reasons: private.New("Because (invented)"),
	})
	n.must(err)
	_, err = n.app.Identifications.Assert(n.t.Context(), who, id, identification.Assertion{
		Says: "identified", Body: "court", Day: sampleDay, Name: private.New("Court (invented)"), Standard: private.New("Sure (invented)"), Words: private.New("Words (invented)"),
	}, "")
	n.must(err)
	_, err = n.app.Identifications.Entitle(n.t.Context(), who, id, identification.Help{From: sampleDay, To: sampleDay.Plus(20), MoveOn: sampleDay.Plus(15), Funder: private.New("Fund (invented)")}, "")
	n.must(err)
	for _, j := range []string{"us", "au", "coe", "eu", "gb-sct"} {
		_, err := n.app.Identifications.Open(n.t.Context(), who, id, j, "")
		n.must(err)
	}
	for _, x := range []struct {
		path string
		form url.Values
	}{
		{"/identification/reasons", url.Values{"event": {event}}},
		{"/identification/reasons", url.Values{"event": {negative.Event}}},
		{"/identification/step", url.Values{"procedure": {procedure}, "step": {"final-negative"}, "on": {"2030-01-01"}, "own": {"1"}}},
		{"/identification/statements", url.Values{"says": {"x"}}},
		{"/identification/help", url.Values{"from": {"x"}}},
		{"/identification/letters", url.Values{"event": {event}}},
		{"/signs", url.Values{"instrument": {"x"}}},
	} {
		see(ask{method: "POST", path: at + x.path, cookie: cookie, form: x.form})
	}
	letter, err := n.app.Identifications.Issue(n.t.Context(), who, id, identification.Letter{Event: event, Issuer: private.New("Case office (invented)"), Bearer: private.New("Wren (invented)"), Until: "2030-01-01"}, "")
	n.must(err)
	see(ask{path: at + "/identification/letters/" + letter, cookie: cookie})
	n.must(n.app.Identifications.Withdraw(n.t.Context(), who, id, letter))
	see(ask{path: at + "/identification/letters/" + letter, cookie: cookie})
	for _, step := range []string{"resume", "suspend", "withdraw", "recall"} {
		see(ask{path: at + "/identification/step?procedure=" + procedure + "&step=" + step, cookie: cookie})
	}
	see(ask{method: "POST", path: "/letters/check", form: url.Values{"code": {"x"}}, cookie: cookie})
	for _, instrument := range []string{"delphi-adult-labour", "prompts-begging"} {
		sheet, err := n.app.Signs.Begin(n.t.Context(), who, id, instrument, string(sampleDay), "")
		n.must(err)
		see(ask{path: at + "/signs/" + sheet, cookie: cookie})
		see(ask{method: "POST", path: at + "/signs/" + sheet, cookie: cookie, form: url.Values{"version": {"1"}, "note": {strings.Repeat("x", 20_001)}}})
	}
}

// A support worker records the steps of an authority; who decides signs, and a second person signs what
// goes against the person.
func TestIdentificationStory(t *testing.T) {
	w := newWorker(t)
	to := w.open()
	at := to + "/identification"
	if body := w.get(at); !strings.Contains(body, "Help does not wait for one") {
		t.Error("the empty page does not teach")
	}
	w.post(at, http.StatusSeeOther, url.Values{"jurisdiction": {"gb-eaw"}})
	_, body := w.post(at, http.StatusUnprocessableEntity, url.Values{"jurisdiction": {"gb-eaw"}})
	if !strings.Contains(body, "A procedure of this jurisdiction is open already.") {
		t.Error("a second procedure of one place was begun")
	}
	procedure := cutOut(t, w.get(at), "step?procedure=", "&amp;")
	step := func(id, who string, status int, more url.Values) string {
		t.Helper()
		form := url.Values{"procedure": {procedure}, "step": {id}, "body": {who}, "on": {string(sampleDay)}, "reasons": {"Plain reasons (invented)"}}
		maps.Copy(form, more)
		_, body := w.post(at+"/step", status, form)
		return body
	}
	step("presume", "anybody", http.StatusSeeOther, nil)
	if body := w.get(at); strings.Contains(body, "step=refuse") || !strings.Contains(body, "The person is, or may be, a child") {
		t.Error("somebody whose age nobody knows is offered a refusal")
	}
	if body := step("refuse", "anybody", http.StatusUnprocessableEntity, nil); !strings.Contains(body, "A child does not leave protection by refusing.") || !strings.Contains(body, "Plain reasons (invented)") {
		t.Error("a refusal of somebody of unknown age was taken, or what was typed is gone")
	}
	step("refer", "first-responder", http.StatusSeeOther, nil)
	step("first-positive", "authority", http.StatusSeeOther, nil)
	body = w.get(at)
	for _, want := range []string{
		"Reasonable grounds; recovery period", "the person is here", "Recovery period", "30 days left", "verified on", "unverified",
		"Nationality and Borders Act 2022", "Referred; first decision awaited",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(body, "Plain reasons (invented)") {
		t.Error("the page shows reasons that nobody asked for")
	}
	event := cutOut(t, body, `name="event" value="`, `"`)
	if _, body := w.post(at+"/reasons", http.StatusOK, url.Values{"event": {event}}); !strings.Contains(body, "Plain reasons (invented)") {
		t.Error("the reasons that were asked for are not shown")
	}
	step("final-positive", "authority", http.StatusNotFound, url.Values{"own": {"1"}})
}

func cutOut(t *testing.T, text, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, from)
	got, _, _ := strings.Cut(rest, to)
	if !ok {
		t.Fatalf("the page has no %q", from)
	}
	return got
}

// Two people sign what goes against the person, and neither can sign twice.
func TestSecondSignatureOnThePage(t *testing.T) {
	n := newSeeded(t, Options{})
	who, id := sampleCase(n, n.accounts[auth.Authority])
	procedure, _ := sampleProcedure(n, who, id)
	at := "/cases/" + string(id) + "/identification"
	send := func(role auth.Role, path string, form url.Values) (int, string) {
		res, body := send(t, n, ask{method: "POST", path: at + path, cookie: n.session(role), form: form})
		return res.StatusCode, body
	}
	form := url.Values{"procedure": {procedure}, "step": {"disqualify"}, "body": {"authority"}, "own": {"1"}, "on": {string(sampleDay)}, "reasons": {"Because (invented)"}}
	if status, body := send(auth.Authority, "/step", form); status != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", status, body)
	}
	first := page(t, n, ask{path: at, cookie: n.session(auth.Authority)}, http.StatusOK)
	if !strings.Contains(first, "You proposed it, so somebody else signs.") || !strings.Contains(first, "Reasonable grounds; recovery period") {
		t.Error("the page does not say that it waits")
	}
	_, rest, _ := strings.Cut(first, `id="waiting"`)
	event := cutOut(t, rest, `name="event" value="`, `"`)
	if status, body := send(auth.Authority, "/sign", url.Values{"event": {event}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "You signed this decision already.") {
		t.Errorf("status %d: the same person signed twice", status)
	}
	if status, _ := send(auth.Supervisor, "/sign", url.Values{"event": {event}}); status != http.StatusSeeOther {
		t.Errorf("status %d: the second person cannot sign", status)
	}
	if body := page(t, n, ask{path: at, cookie: n.session(auth.Supervisor)}, http.StatusOK); !strings.Contains(body, "Disqualified from protection") {
		t.Error("the decision does not count")
	}
}

// Whoever holds a letter learns whether it is genuine and nothing else: the answer to any code has the
// same form, and no word of a case is in it.
func TestCheckOfALetter(t *testing.T) {
	n := newSeeded(t, Options{})
	who, id := sampleCase(n, n.accounts[auth.Authority])
	_, event := sampleProcedure(n, who, id)
	letter, err := n.app.Identifications.Issue(t.Context(), who, id, identification.Letter{Event: event, Issuer: private.New("Case office (invented)"), Bearer: private.New("Wren (invented)"), Short: true}, "")
	n.must(err)
	paper := page(t, n, ask{path: "/cases/" + string(id) + "/identification/letters/" + letter, cookie: n.session(auth.Authority)}, http.StatusOK)
	if !strings.Contains(paper, `<body class="bare"`) || strings.Contains(paper, `class="on-paper"`) {
		t.Error("the letter names who printed it, beside its neutral issuer")
	}
	code := cutOut(t, paper, `<dd><code dir="ltr">`, "<")
	for _, telling := range []string{"ictim", "raffick", "easonable"} {
		if _, body, _ := strings.Cut(paper, "<article"); strings.Contains(body, telling) {
			t.Errorf("the short letter says %q", telling)
		}
	}
	check := func(code string) string {
		return page(t, n, ask{method: "POST", path: "/letters/check", form: url.Values{"code": {code}}}, http.StatusOK)
	}
	yes, no := check(code), check(strings.Repeat("2", 28))
	if !strings.Contains(yes, "Genuine:") || strings.Contains(no, "Genuine:") || !strings.Contains(no, "Not known:") {
		t.Error("the check does not tell")
	}
	for _, canary := range []string{"invented", "Wren", string(id), letter, "Case office"} {
		if strings.Contains(yes, canary) || strings.Contains(no, canary) {
			t.Errorf("the check says %q", canary)
		}
	}
	n.must(n.app.Identifications.Withdraw(t.Context(), who, id, letter))
	if strings.Contains(check(code), "Genuine:") {
		t.Error("a withdrawn letter is genuine")
	}
	over, err := n.app.Identifications.Issue(t.Context(), who, id, identification.Letter{Event: event, Issuer: private.New("Case office (invented)"), Until: "2024-01-31"}, "")
	n.must(err)
	paper = page(t, n, ask{path: "/cases/" + string(id) + "/identification/letters/" + over, cookie: n.session(auth.Authority)}, http.StatusOK)
	if body := check(cutOut(t, paper, `<dd><code dir="ltr">`, "<")); strings.Contains(body, "Genuine:") || !strings.Contains(body, "no longer valid: its last day was") {
		t.Error("a letter whose time is over is called valid")
	}
}

// A first responder answers eleven questions on one page, saves, comes back and sees a picture without a
// verdict.
func TestSignsOnThePage(t *testing.T) {
	w := newWorker(t)
	at := w.open() + "/signs"
	if body := w.get(at); !strings.Contains(body, "it decides nothing") {
		t.Error("the empty page does not teach")
	}
	to, _ := w.post(at, http.StatusSeeOther, url.Values{"instrument": {"ilo-eleven"}})
	form := w.get(to)
	if n := strings.Count(form, "<fieldset"); n != 11 {
		t.Errorf("%d questions", n)
	}
	if strings.Contains(form, " required>") || strings.Contains(form, " required ") {
		t.Error("a question is required")
	}
	field := cutOut(t, form, `type="radio" name="`, `"`)
	w.post(to, http.StatusSeeOther, url.Values{"version": {"1"}, field: {"present"}, "age": {"child"}, "setting": {"Harbour (invented)"}})
	body := w.get(to)
	if !strings.Contains(body, `name="`+field+`" value="present" checked`) || !strings.Contains(body, "Harbour (invented)") || !strings.Contains(body, "This is not a legal finding.") {
		t.Error("what was saved is not there again")
	}
	if strings.Contains(body, "Read as of\">an adult") {
		t.Error("a child is read as an adult")
	}
	if _, body := w.post(to, http.StatusUnprocessableEntity, url.Values{"version": {"1"}, field: {"refused"}, "note": {"My note (invented)"}}); !strings.Contains(body, "My note (invented)") {
		t.Error("what was typed on an older page is gone")
	}
	_, body = w.post(at, http.StatusUnprocessableEntity, url.Values{"instrument": {"nonsense"}})
	if !strings.Contains(body, "Choose a list.") {
		t.Error("a list that does not exist was begun")
	}
}
