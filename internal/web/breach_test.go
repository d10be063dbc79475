package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/breach"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
)

// breachSamples are addresses of a breach that exists, for the walk over all routes.
func breachSamples(n *testNode) map[string]string {
	n.t.Helper()
	id, err := n.app.Breaches.Open(n.t.Context(), n.actor(auth.ProtectionOfficer), breach.Report{Kind: "lost-device", Found: noon.Add(-time.Hour)})
	if err != nil {
		n.t.Fatal(err)
	}
	at := "/breaches/" + string(id)
	return map[string]string{
		"/breaches/{id}": at, "/breaches/{id}/affected": at + "/affected", "/breaches/{id}/judge": at + "/judge",
		"/breaches/{id}/reported": at + "/reported", "/breaches/{id}/close": at + "/close",
	}
}

// actor is the account of a role with the rights it has now.
func (n *testNode) actor(role auth.Role) auth.Actor {
	n.t.Helper()
	a, err := n.app.Accounts.Actor(n.t.Context(), n.accounts[role])
	if err != nil {
		n.t.Fatal(err)
	}
	return a
}

// A breach from its discovery to its end, as the officer meets it.
func TestBreachFromDiscoveryToClose(t *testing.T) {
	n := newSeeded(t, Options{})
	worker := n.actor(auth.Supervisor)
	place := vault.Place{Org: n.org, Person: "person-1", Record: "r", Field: "name", Class: vault.Personal, Version: 1}
	var item vault.Item
	err := n.app.DB.WriteUnaudited(t.Context(), "a test", func(tx *db.Tx) error {
		if err := n.app.Vault.Enrol(t.Context(), tx, worker, place.Person, "adult-client"); err != nil {
			return err
		}
		sealed, err := n.app.Vault.Seal(t.Context(), tx, vault.Value{Place: place, Text: private.New("Canary (invented)")})
		if err == nil {
			item = vault.Item{Place: place, Sealed: sealed[0]}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.app.Vault.Open(t.Context(), worker, vault.Why{Purpose: "support", Scope: "case-1"}, item); err != nil {
		t.Fatal(err)
	}
	post := func(path string, want int, form url.Values) (*http.Response, string) {
		t.Helper()
		res, body := send(t, n, ask{method: http.MethodPost, path: path, cookie: n.session(auth.ProtectionOfficer), form: form})
		if res.StatusCode != want {
			t.Fatalf("%s: %d, want %d", path, res.StatusCode, want)
		}
		return res, body
	}
	_, body := post("/breaches", http.StatusUnprocessableEntity, url.Values{"found": {"yesterday"}, "note": {"kept <b>"}})
	for _, want := range []string{`id="kind-wrong"`, `id="found-wrong"`, "kept &lt;b&gt;"} {
		if !strings.Contains(body, want) {
			t.Errorf("after a mistake the form lacks %s", want)
		}
	}
	found := local(noon.Add(-2*time.Hour), "Europe/London")
	res, _ := post("/breaches", http.StatusSeeOther, url.Values{"kind": {"opened-without-need"}, "found": {found}, "jurisdiction": {"gb-eaw"}, "note": {"An account was used at night"}})
	at := res.Header.Get("Location")
	show := func(want ...string) {
		t.Helper()
		_, body := visitPage(t, n, auth.ProtectionOfficer, at)
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("the page lacks %q", w)
			}
		}
		if strings.Contains(body, "Canary") {
			t.Error("the page shows a name")
		}
	}
	show("70 hours are left", "Article 33(1)", "An account was used at night", "Nobody is listed yet")
	post(at+"/affected", http.StatusUnprocessableEntity, url.Values{"account": {string(worker.Account)}, "from": {"x"}, "until": {"y"}})
	post(at+"/affected", http.StatusSeeOther, url.Values{
		"account": {string(worker.Account)}, "from": {local(noon.Add(-time.Hour), "Europe/London")}, "until": {local(noon.Add(time.Hour), "Europe/London")},
	})
	show("person-1", "the file was opened", "not looked at yet")
	post(at+"/close", http.StatusUnprocessableEntity, nil)
	post(at+"/judge", http.StatusSeeOther, url.Values{"person": {"person-1"}, "told": {"unsafe"}})
	post(at+"/reported", http.StatusUnprocessableEntity, url.Values{"reference": {"<script>"}})
	post(at+"/reported", http.StatusSeeOther, url.Values{"reference": {"ICO 1"}})
	post(at+"/affected", http.StatusSeeOther, url.Values{"everybody": {"1"}})
	post(at+"/close", http.StatusSeeOther, nil)
	show("The regulator was told on", "no safe way to tell", "Closed")
	if _, body := visitPage(t, n, auth.ProtectionOfficer, "/breaches"); !strings.Contains(body, at) || !strings.Contains(body, "No breach is open") {
		t.Error("the register does not list it as closed")
	}
}
