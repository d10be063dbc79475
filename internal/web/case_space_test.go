package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/beat"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/space"
)

// sampleSlip makes a slip of a case and comes in with it. The words are "lemon" and "olive".
func sampleSlip(n *testNode, worker auth.Actor, id casefile.ID, word string) (number, token string) {
	n.t.Helper()
	n.app.Space.Schedule = beat.Schedule{}
	number, err := n.app.Space.Make(n.t.Context(), worker, id, space.NewSlip{Word: private.New("lemon"), Other: private.New("olive")})
	n.must(err)
	token, err = n.app.Space.Enter(n.t.Context(), private.New(number), private.New(word))
	n.must(err)
	return number, token
}

// sampleWords is a case whose person has written something of every kind.
func sampleWords(n *testNode, account auth.AccountID) (worker auth.Actor, id casefile.ID, asked, feedback string) {
	n.t.Helper()
	ctx := n.t.Context()
	worker, id = sampleCase(n, account)
	_, token := sampleSlip(n, worker, id, "lemon")
	before, err := n.app.Space.Heard(ctx, n.actor(auth.ProtectionOfficer))
	n.must(err)
	v, err := n.app.Space.Visit(ctx, token)
	n.must(err)
	n.must(n.app.Space.Agree(ctx, worker, id, space.NewDate{At: noon.Add(24 * time.Hour), With: private.New("Sam (invented)")}))
	for _, k := range space.Kinds() {
		n.must(n.app.Space.Say(ctx, v, space.Say{Kind: k, About: "names", Text: private.New("words (invented)")}))
	}
	items, err := n.app.Space.Asked(ctx, worker, id)
	n.must(err)
	for _, i := range items {
		if i.Kind == space.Correct {
			asked = i.ID
		}
	}
	all, err := n.app.Space.Heard(ctx, n.actor(auth.ProtectionOfficer))
	n.must(err)
	for _, i := range all { // all of them are of one instant, so that their order says nothing
		if !slices.ContainsFunc(before, func(b space.Item) bool { return b.ID == i.ID }) {
			feedback = i.ID
		}
	}
	return worker, id, asked, feedback
}

// ownSamples are addresses for the walk over all routes.
func ownSamples(n *testNode, actor auth.Actor) map[string]string {
	_, id, asked, feedback := sampleWords(n, actor.Account)
	at := "/cases/" + string(id) + "/own"
	if !n.heard(actor, feedback) { // it is about a case of theirs: another one's
		_, _, _, feedback = sampleWords(n, n.accounts[auth.SupportWorker])
	}
	return map[string]string{"/cases/{case}/own": at, "/cases/{case}/own/said/{item}": at + "/said/" + asked, "/feedback/{item}": "/feedback/" + feedback}
}

// heard reports whether an account may read a piece of feedback.
func (n *testNode) heard(actor auth.Actor, id string) bool {
	role := n.roleOf(actor.Account)
	if role == "" {
		return true
	}
	_, err := n.app.Space.Hear(n.t.Context(), n.actor(role), id)
	return err == nil
}

// walkOwn asks for the states of the pages that the walk over all routes does not meet.
func walkOwn(n *testNode, language string, see func(ask)) {
	worker, id, asked, feedback := sampleWords(n, n.accounts[auth.SupportWorker])
	at := "/cases/" + string(id) + "/own"
	cookie := n.session(auth.SupportWorker) + "; language=" + language
	officer := n.session(auth.ProtectionOfficer) + "; language=" + language
	see(ask{path: at, cookie: cookie})
	see(ask{path: "/feedback", cookie: officer})
	see(ask{path: "/feedback/" + feedback, cookie: officer})
	see(ask{method: "POST", path: "/feedback/" + feedback, cookie: officer, form: url.Values{"version": {"1"}}})
	for _, form := range []url.Values{
		{"do": {"make"}, "word": {"x"}}, {"do": {"make"}, "word": {"lemon"}}, {"do": {"copy"}}, {"with": {strings.Repeat("x", 300)}},
	} {
		see(ask{method: "POST", path: at, cookie: cookie, form: form})
	}
	see(ask{method: "POST", path: at + "/said/" + asked, cookie: cookie, form: url.Values{"version": {"1"}}})
	n.must(n.app.Space.Revoke(n.t.Context(), worker, id))
	see(ask{path: at, cookie: cookie})
}

// ownHost is the host of the own page in tests.
const ownHost = "my.localhost"

// A worker makes a slip on a page; its number stands there once, and the paper says nothing else.
func TestMakeASlip(t *testing.T) {
	n := newSeeded(t, Options{OwnHost: ownHost})
	w := worker{n, n.session(auth.SupportWorker)}
	at := w.open() + "/own"
	n.app.Space.Schedule = beat.Schedule{}
	if body := w.get(at); !strings.Contains(body, "No slip holds.") || strings.Contains(body, " required") {
		t.Error("not the page of a case without a slip")
	}
	_, body := w.post(at, http.StatusOK, url.Values{"do": {"make"}, "word": {"Lemon"}, "other": {"olive"}})
	number := regexp.MustCompile(`(?:[2-9A-Z]{4}-){6}[2-9A-Z]{4}`).FindString(body)
	main := body[strings.Index(body, "<main"):strings.Index(body, "</main>")]
	if number == "" || !strings.Contains(main, ownHost) || regexp.MustCompile(`(?i)lemon|olive|wren|invented`).MatchString(main) {
		t.Fatalf("the paper:\n%s", main)
	}
	if body := w.get(at); strings.Contains(body, number) || !strings.Contains(body, "It was not used yet.") {
		t.Error("the number is shown again")
	}
	res, _ := send(t, n, ask{method: "POST", path: "/in", form: url.Values{"number": {number}, "word": {"lemon"}}, header: map[string]string{"Host": ownHost}})
	if res.StatusCode != http.StatusSeeOther {
		t.Errorf("coming in answered %d", res.StatusCode)
	}
	w.post(at, http.StatusSeeOther, url.Values{"do": {"revoke"}})
	if body := w.get(at); !strings.Contains(body, "No slip holds.") {
		t.Error("the slip still holds")
	}
}

// The two hosts share nothing: no page, and no cookie of one counts on the other, whatever it is called.
func TestTwoHostsShareNothing(t *testing.T) {
	n := newSeeded(t, Options{OwnHost: ownHost})
	staff, id := sampleCase(n, n.accounts[auth.SupportWorker])
	_, token := sampleSlip(n, staff, id, "lemon")
	session := n.session(auth.SupportWorker)
	secret := strings.TrimPrefix(session, n.sessionCookie()+"=")
	there := map[string]string{"Host": ownHost + ":8080"}
	for _, cookie := range []string{session, "v=" + secret} {
		for _, path := range []string{"/info", "/cases", "/cases/" + string(id), "/settings", "/healthz", "/api/v1/openapi.json", "/static/"} {
			res, body := send(t, n, ask{path: path, cookie: cookie, header: there})
			if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/" || strings.Contains(body, "Wren") {
				t.Errorf("%s with a staff session: %d %s", path, res.StatusCode, res.Header.Get("Location"))
			}
		}
	}
	for _, cookie := range []string{"v=" + token, n.sessionCookie() + "=" + token} {
		for _, path := range []string{"/cases", "/info", "/seen", "/choices", "/settings"} {
			if res, _ := send(t, n, ask{path: path, cookie: cookie}); res.StatusCode != http.StatusNotFound {
				t.Errorf("%s of the staff's host with a visit: %d", path, res.StatusCode)
			}
		}
	}
	if res, _ := send(t, n, ask{path: "/info", cookie: "v=" + token, header: there}); res.StatusCode != http.StatusOK {
		t.Fatalf("the visit itself: %d: this test could not fail", res.StatusCode)
	}
	res, _ := send(t, n, ask{path: "/", header: map[string]string{"Host": "other.example"}})
	if res.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("another host: %d", res.StatusCode)
	}
	for _, host := range []string{"localhost", "127.0.0.1"} {
		if _, err := New(n.app, Options{OwnHost: host}); err == nil {
			t.Errorf("%s is the staff's host and the people's", host)
		}
	}
	if _, err := New(n.app, Options{Demo: true, OwnHost: "my.example.org"}); err == nil {
		t.Error("a demonstration answers to a name that others can reach")
	}
}

// The worker's pages show nothing of feedback; the list of those who oversee does.
func TestFeedbackOnThePages(t *testing.T) {
	n := newSeeded(t, Options{OwnHost: ownHost})
	_, id, asked, feedback := sampleWords(n, n.accounts[auth.SupportWorker])
	w := worker{n, n.session(auth.SupportWorker)}
	at := "/cases/" + string(id) + "/own"
	for _, path := range []string{at, "/cases/" + string(id), "/cases/" + string(id) + "/time", "/cases/" + string(id) + "/tasks", "/"} {
		if body := w.get(path); strings.Contains(body, feedback) || strings.Contains(body, "How it goes") {
			t.Errorf("%s tells of feedback", path)
		}
	}
	for _, path := range []string{"/feedback", "/feedback/" + feedback} {
		if res, _ := send(t, n, ask{path: path, cookie: w.cookie}); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s for the worker: %d", path, res.StatusCode)
		}
	}
	w.post(at+"/said/"+feedback, http.StatusNotFound, url.Values{"version": {"1"}, "answer": {"who was that"}})
	w.post(at+"/said/"+asked, http.StatusSeeOther, url.Values{"version": {"1"}, "answer": {"mended (invented)"}})
	o := worker{n, n.session(auth.ProtectionOfficer)}
	if body := o.get("/"); !strings.Contains(body, "Somebody has said something about the help they get") {
		t.Error("whoever oversees is not told")
	}
	if body := o.get("/feedback/" + feedback); !strings.Contains(body, "words (invented)") || !strings.Contains(body, "They would rather not say who they are.") {
		t.Error("whoever oversees cannot read it")
	}
	o.post("/feedback/"+feedback, http.StatusSeeOther, url.Values{"version": {"1"}, "answer": {"thank you (invented)"}})
	_, body := send(t, n, ask{method: "POST", path: "/feedback/" + feedback, cookie: o.cookie, form: url.Values{"version": {"1"}, "answer": {"again"}}})
	if !strings.Contains(body, "changed this first") {
		t.Error("a second answer of what was seen before is kept")
	}
}
