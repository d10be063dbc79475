package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/shelter"
)

// placeCanaries are words of an address that no page may show unasked.
var placeCanaries = []string{"Zebrafinch", "Quagga", "XY9 4ZZ", "900987", "okapi"}

// samplePlace adds a protected place that a team of an account runs.
func samplePlace(n *testNode, account auth.AccountID) string {
	n.t.Helper()
	ctx, chief := n.t.Context(), n.actor(auth.Supervisor)
	role := n.roleOf(account)
	if actor := (auth.Actor{Org: n.org, Account: account, Roles: []auth.Role{role}}); role == "" || !actor.May(auth.WorkCases) {
		account, role = chief.Account, auth.Supervisor
	}
	who := n.actor(role)
	team, err := n.app.Accounts.FormTeam(ctx, chief, "Night team (invented)")
	n.must(err)
	n.must(n.app.Accounts.Join(ctx, chief, team, account))
	id, err := n.app.Shelters.NewPlace(ctx, chief, "", team, "GB-WLS")
	n.must(err)
	n.must(n.app.Shelters.KeepPlace(ctx, who, id, 1, shelter.Setup{
		Area: "GB-WLS", Open: true, Units: []shelter.Unit{{Size: 2, Total: 2}},
		Rules: shelter.Rules{Police: true, Status: []string{"papers"}, From: []string{"police"}, Intake: []string{"any-time"}, AnswersIn: 2, Children: true},
	}))
	n.must(n.app.Shelters.KeepLocation(ctx, who, id, 2, shelter.Location{
		Name: private.New("Zebrafinch Lodge"), Address: private.New("41 Quagga Rise\nXY9 4ZZ"), Phone: private.New("+44 7700 900987"), Way: private.New("behind the okapi bakery"),
	}))
	return id
}

var grownWoman = shelter.Need{Ages: shelter.Ages{From: 30, To: 31}, Gender: "woman", Children: []shelter.Child{{Age: 4, Gender: "man"}}}

// placeSamples are addresses of a place and of a question for one, for the walk over all routes.
func placeSamples(n *testNode, actor auth.Actor) map[string]string {
	n.t.Helper()
	place := samplePlace(n, actor.Account)
	who, id := sampleCase(n, actor.Account)
	stay, err := n.app.Shelters.Ask(n.t.Context(), who, id, "", grownWoman)
	n.must(err)
	at := "/cases/" + string(id) + "/place"
	return map[string]string{
		"/places/{place}": "/places/" + place, "/places/{place}/where": "/places/" + place + "/where", "/places/{place}/answer": "/places/" + place + "/answer",
		"/cases/{case}/place": at, "/cases/{case}/place/{stay}": at + "/" + stay,
	}
}

const twoServices = `[{"id":"s1","name":"Harbour advice (invented)","status":"active","assured_date":"2026-05-02","fees":"none",
 "organization":{"id":"o1","name":"Harbour (invented)"},"phones":[{"id":"p","number":"+44 1"}],"languages":[{"id":"l","code":"en"}],"service_areas":[{"id":"a","extent":"GB"}],
 "schedules":[{"id":"h","byday":"MO","opens_at":"09:00","closes_at":"17:00"}],"description":"Advice",
 "service_at_locations":[{"id":"x","location":{"id":"w","addresses":[{"id":"d","city":"Cardiff"}]}}]},
 {"id":"s2","name":"Refuge (invented)","status":"active","service_at_locations":[{"id":"y","location":{"id":"v","addresses":[{"id":"e","address_1":"41 Quagga Rise"}]}}]},
 {"id":"s3","name":"B","status":"wonderful"}]`

// What a place said a week ago is asked once more, and so is what it never said.
func TestOldWordsOfAPlace(t *testing.T) {
	for day, want := range map[string]bool{"": true, "2026-02-31": true, "2026-05-24": true, "2026-05-25": true, "2026-05-26": false, "2026-06-01": false} {
		if got := old(day, time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)); got != want {
			t.Errorf("%q: old is %t", day, got)
		}
	}
}

// directory is the form that reads in a file of services.
func directory(cookie, source, file string) ask {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for field, text := range map[string]string{"source": source, "file": file} {
		part, err := w.CreateFormField(field)
		if err == nil {
			_, err = part.Write([]byte(text))
		}
		if err != nil {
			panic(err) // memory only
		}
	}
	if err := w.Close(); err != nil {
		panic(err) // memory only
	}
	return ask{method: "POST", path: "/places/services", cookie: cookie, body: &body, contentType: w.FormDataContentType()}
}

// walkPlaces asks for the states of the pages that the walk over all routes does not meet.
func walkPlaces(n *testNode, language string, see func(ask)) {
	ctx := n.t.Context()
	place := samplePlace(n, n.accounts[auth.SupportWorker])
	worker, id := sampleCase(n, n.accounts[auth.SupportWorker])
	stay, err := n.app.Shelters.Ask(ctx, worker, id, "", grownWoman)
	n.must(err)
	cookie, chief := n.session(auth.SupportWorker)+"; language="+language, n.session(auth.Supervisor)+"; language="+language
	at := "/cases/" + string(id) + "/place"
	see(directory(chief, "invented", twoServices))
	see(directory(chief, "Not a source", "{"))
	for _, path := range []string{"/places", "/places/find", "/places/" + place, at} {
		see(ask{path: path, cookie: cookie})
	}
	see(ask{path: "/places", cookie: chief})
	for _, form := range []url.Values{{"age_from": {"x"}}, {"age_from": {"30"}, "girls": {"4"}, "avoid": {"GB-SCT"}}, {"avoid": {"GB-WLS"}}} {
		see(ask{method: "POST", path: "/places/find", cookie: cookie, form: form})
	}
	see(ask{method: "POST", path: "/places/share", cookie: cookie, form: url.Values{}})
	n.must(n.app.Shelters.Offer(ctx, worker, id, stay, 1, place))
	for _, path := range []string{"/places/" + place, at, "/places"} {
		see(ask{path: path, cookie: cookie})
	}
	n.must(n.app.Shelters.Answer(ctx, worker, place, stay, 2, true, private.New("at the station")))
	see(ask{path: at, cookie: cookie})
	for v, to := range []shelter.State{shelter.Accepted, shelter.In, shelter.Gone} {
		n.must(n.app.Shelters.Step(ctx, worker, id, stay, int64(v)+3, to, ""))
		see(ask{path: at, cookie: cookie})
	}
	n.must(n.app.Shelters.Step(ctx, worker, id, stay, 6, shelter.Left, "found-safe"))
	see(ask{path: at, cookie: cookie})
}

// TestAPlaceOnPages walks a stay through the pages: asked for, found without an address, held, answered and
// accepted; only the team that asks sees where it is.
func TestAPlaceOnPages(t *testing.T) {
	n := newSeeded(t, Options{})
	place := samplePlace(n, n.accounts[auth.SupportWorker])
	chief, worker := n.session(auth.Supervisor), n.session(auth.SupportWorker)
	_, id := sampleCase(n, n.accounts[auth.Supervisor])
	at := "/cases/" + string(id) + "/place"
	post := func(cookie, path string, form url.Values, want int) string {
		t.Helper()
		got, body := send(t, n.handler, ask{method: "POST", path: path, cookie: cookie, form: form})
		if got.StatusCode != want {
			t.Fatalf("%s: %d %s %s", path, got.StatusCode, body, n.log)
		}
		return body
	}
	post(chief, at, url.Values{"age_from": {"30"}, "age_to": {"31"}, "gender": {"woman"}, "boys": {"4"}}, http.StatusSeeOther)
	if _, body := send(t, n.handler, ask{path: at, cookie: chief}); !strings.Contains(body, place) || !strings.Contains(body, "GB-WLS") {
		t.Fatal("the place is not proposed")
	}
	_, stays, err := n.app.Shelters.Of(t.Context(), n.actor(auth.Supervisor), id)
	n.must(err)
	stay := stays[0].ID
	post(chief, at+"/"+stay, url.Values{"do": {"offer"}, "version": {"1"}, "place": {place}}, http.StatusSeeOther)
	post(worker, "/places/"+place+"/answer", url.Values{"stay": {stay}, "version": {"2"}, "answer": {"yes"}, "meet": {"41 Quagga Rise"}}, http.StatusUnprocessableEntity)
	post(worker, "/places/"+place+"/answer", url.Values{"stay": {stay}, "version": {"2"}, "answer": {"yes"}, "meet": {"under the clock"}}, http.StatusSeeOther)
	post(chief, at+"/"+stay, url.Values{"do": {"step"}, "version": {"3"}, "to": {"accepted"}}, http.StatusSeeOther)
	if _, body := send(t, n.handler, ask{path: at, cookie: chief}); !strings.Contains(body, "under the clock") {
		t.Error("where to meet is not shown")
	}
	post(chief, at+"/"+stay, url.Values{"do": {"step"}, "version": {"3"}, "to": {"in"}}, http.StatusUnprocessableEntity) // stale
	if body := post(worker, "/places/"+place+"/where", url.Values{}, http.StatusOK); !strings.Contains(body, "Quagga") {
		t.Error("the team does not see where its place is")
	}
	post(chief, "/places/"+place+"/where", url.Values{}, http.StatusNotFound)
}

// TestNoPageShowsAnAddress asks every page as everybody who is not of the team, the export included.
func TestNoPageShowsAnAddress(t *testing.T) {
	n := newSeeded(t, Options{})
	place := samplePlace(n, n.accounts[auth.SupportWorker])
	_, id := sampleCase(n, n.accounts[auth.Supervisor])
	_, err := n.app.Shelters.Ask(t.Context(), n.actor(auth.Supervisor), id, "", grownWoman)
	n.must(err)
	send(t, n.handler, directory(n.session(auth.Supervisor), "invented", twoServices))
	for _, role := range auth.Roles() {
		if role == auth.SupportWorker {
			continue
		}
		cookie := n.session(role)
		for _, a := range []ask{
			{path: "/places"},
			{path: "/places/find"},
			{path: "/places/" + place},
			{path: "/cases/" + string(id) + "/place"},
			{path: "/cases/" + string(id) + "/time"},
			{method: "POST", path: "/places/find", form: url.Values{}},
			{method: "POST", path: "/places/find", form: url.Values{"near": {"Quagga"}}},
			{method: "POST", path: "/places/share", form: url.Values{}},
			{method: "POST", path: "/places/" + place + "/where", form: url.Values{}},
			{method: "POST", path: "/places/copy", form: url.Values{"format": {"json"}}},
			{path: "/ledger"},
		} {
			a.cookie = cookie
			_, body := send(t, n.handler, a)
			for _, c := range placeCanaries {
				if strings.Contains(body, c) && !(c == "Quagga" && a.form.Get("near") != "") {
					t.Errorf("%s sees %s at %s", role, c, a.path)
				}
			}
		}
	}
}
