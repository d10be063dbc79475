package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/vault"
)

// keepingSamples are addresses of a file that may be erased, with an erasure that waits.
func keepingSamples(n *testNode, actor auth.Actor) map[string]string {
	n.t.Helper()
	who, id := sampleCase(n, actor.Account)
	boss := n.actor(auth.Supervisor)
	erasure, err := n.app.Vault.ProposeErasure(n.t.Context(), boss, personOfCase(n, who, id), "request")
	n.must(err)
	at := "/cases/" + string(id) + "/keeping"
	filled := map[string]string{"/erasures/{id}/approve": "/erasures/" + erasure + "/approve", "/erasures/{id}/withdraw": "/erasures/" + erasure + "/withdraw"}
	for _, rest := range []string{"", "/rule", "/hold", "/lift", "/erase"} {
		filled["/cases/{case}/keeping"+rest] = at + rest
	}
	return filled
}

func personOfCase(n *testNode, by auth.Actor, id casefile.ID) (person vault.PersonID) {
	n.t.Helper()
	c, err := n.app.Cases.Get(n.t.Context(), by, id)
	n.must(err)
	return c.Person
}

// TestErasureOnPages: a worker asks for a file to be erased; whoever proposed it cannot decide; the protection officer,
// who may open no case, sees the number, decides, and the certificate is listed; the case is gone.
func TestErasureOnPages(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	number := regexp.MustCompile(`<bdi class="ref" dir="ltr">([A-Z2-9-]+)</bdi>`).FindStringSubmatch(w.get(at))[1]
	if to, body := w.post(at+"/keeping/erase", http.StatusUnprocessableEntity, url.Values{}); to != "" || !strings.Contains(body, "Choose a ground.") {
		t.Errorf("without a ground:\n%s", body)
	}
	w.post(at+"/keeping/erase", http.StatusSeeOther, url.Values{"ground": {"request"}})
	if body := w.get(at + "/keeping"); !strings.Contains(body, "Waits for a second person.") {
		t.Errorf("nothing waits:\n%s", body)
	}
	officer := worker{w.n, w.n.session(auth.ProtectionOfficer)}
	body := officer.get("/erasures")
	approve := regexp.MustCompile(`/erasures/[A-Z2-7]+/approve`).FindString(body)
	if approve == "" || !strings.Contains(body, number) || strings.Contains(body, "Wren") {
		t.Fatalf("the officer sees:\n%s", body)
	}
	if body := officer.get("/"); !strings.Contains(body, "An erasure waits for a second person") {
		t.Errorf("the officer is not told:\n%s", body)
	}
	if res, _ := send(t, w.n, ask{method: "POST", path: approve, cookie: w.cookie, form: url.Values{}}); res.StatusCode != http.StatusNotFound {
		t.Errorf("a support worker decides: %d", res.StatusCode)
	}
	// Who is kept from the case is not its second person, and does not see that it waits.
	kept, chief := w.n.accounts[auth.Supervisor], w.n.actor(auth.ProtectionOfficer)
	w.n.must(w.n.app.Accounts.Exclude(t.Context(), chief, strings.TrimPrefix(at, "/cases/"), kept, auth.ExclusionReasons()[0]))
	out := worker{w.n, w.n.session(auth.Supervisor)}
	if res, _ := send(t, w.n, ask{method: "POST", path: approve, cookie: out.cookie, form: url.Values{}}); res.StatusCode != http.StatusNotFound {
		t.Errorf("somebody who is kept from the case decides: %d", res.StatusCode)
	}
	if body := out.get("/erasures"); strings.Contains(body, number) {
		t.Errorf("somebody who is kept from the case reads that it waits:\n%s", body)
	}
	officer.post(approve, http.StatusSeeOther, url.Values{})
	if body := officer.get("/erasures"); !strings.Contains(body, "The last copy of the key is gone on") || !strings.Contains(body, number) {
		t.Errorf("no certificate:\n%s", body)
	}
	if body := w.get("/"); !strings.Contains(body, "An erasure was done") {
		t.Errorf("who proposed it is not told:\n%s", body)
	}
	page(t, w.n, ask{path: at + "/keeping", cookie: w.cookie}, http.StatusNotFound)
}

// TestRefusedErasureIsExplained: a file under a hold, and the file of a child, cannot be erased; the page says why, until
// when, and on what that rests, and a form that is sent all the same gets the same answer.
func TestRefusedErasureIsExplained(t *testing.T) {
	w := newWorker(t)
	chief := worker{w.n, w.n.session(auth.Supervisor)}
	held := w.open()
	review := civil(w.n.now().AddDate(0, 3, 0), "UTC")
	if _, body := chief.post(held+"/keeping/hold", http.StatusUnprocessableEntity, url.Values{"hold": {"court-order"}, "reference": {"12/345"}}); !strings.Contains(body, "Choose a date from tomorrow") {
		t.Errorf("a hold without a review:\n%s", body)
	}
	chief.post(held+"/keeping/hold", http.StatusSeeOther, url.Values{"hold": {"court-order"}, "reference": {"12/345"}, "review": {review}})
	child := w.open()
	w.post(child+"/keeping/rule", http.StatusSeeOther, url.Values{"class": {"child-client"}, "from": {"2030-06-01"}})
	day := i18n.For("en").Date
	for at, why := range map[string]string{held: "the order of a court) is in force and is reviewed on " + day(review), child: "cannot be erased before " + day("2031-06-01")} {
		if body := unmarked(w.get(at + "/keeping")); !strings.Contains(body, why) || strings.Contains(body, "/keeping/erase") {
			t.Errorf("the page does not say %q, or offers to erase:\n%s", why, body)
		}
		if _, body := w.post(at+"/keeping/erase", http.StatusUnprocessableEntity, url.Values{"ground": {"request"}}); !strings.Contains(unmarked(body), why) {
			t.Errorf("asking all the same is not answered with %q:\n%s", why, body)
		}
	}
	lift := regexp.MustCompile(`name="id" value="([A-Z2-7]+)"`).FindStringSubmatch(chief.get(held + "/keeping"))
	chief.post(held+"/keeping/lift", http.StatusSeeOther, url.Values{"id": {lift[1]}})
	w.post(held+"/keeping/erase", http.StatusSeeOther, url.Values{"ground": {"request"}})
	// What is due is listed with its number, and for who may open the case with a way to it.
	w.post(child+"/keeping/rule", http.StatusSeeOther, url.Values{"class": {"child-client"}, "from": {"2001-01-01"}})
	if body := w.get("/erasures"); !strings.Contains(body, "Files whose time has come") || !strings.Contains(body, child+"/keeping") {
		t.Errorf("what is due is not listed:\n%s", body)
	}
	// Who does not work on the cases learns neither that they wait nor by which rule they are kept.
	other := worker{w.n, w.n.session(auth.Authority)}
	if body := other.get("/erasures"); strings.Contains(body, "Files whose time has come") || strings.Contains(body, "the person asks for it") {
		t.Errorf("somebody without the cases reads of them:\n%s", body)
	}
}

// unmarked is a page without the marks around what is filled in.
func unmarked(body string) string {
	return strings.NewReplacer("\u2068", "", "\u2069", "").Replace(body)
}

// TestEveryRuleHasWords: each class of retention is named in the reader's language.
func TestEveryRuleHasWords(t *testing.T) {
	n := newSeeded(t, Options{})
	for _, c := range n.app.Vault.Classes() {
		if got := ruleTitle(i18n.For("en"), c.Code); got != c.Title {
			t.Errorf("%s is called %q, want %q", c.Code, got, c.Title)
		}
	}
}
