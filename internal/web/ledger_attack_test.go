package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// Exclusion comes before every role, also before that of the officer who oversees, and the ledger does
// not tell the excluded that there is one.
func TestTheExcludedDoNotReadOfTheCaseInTheLedger(t *testing.T) {
	n := newNode(t, Options{})
	_, sealed := n.signedLedger()
	officer, chief := n.session(auth.ProtectionOfficer), n.session(auth.Supervisor)
	n.must(n.app.Accounts.Exclude(t.Context(), n.as(auth.Supervisor), "case-77", n.accounts[auth.ProtectionOfficer], "relative"))
	found, err := n.app.LedgerEntries(t.Context(), n.as(auth.Supervisor), audit.Filter{Kind: audit.Decision, Limit: 50})
	n.must(err)
	added := found[slices.IndexFunc(found, func(e audit.Placed) bool { return e.Detail["act"] == "exclusion.add" })].ID
	if body := page(t, n, ask{path: "/ledger/" + added, cookie: chief}, http.StatusOK); !strings.Contains(body, "case-77") {
		t.Fatal("the entry of the exclusion says no case: this test could not fail")
	}
	for _, path := range []string{"/ledger", "/ledger/" + added} {
		if body := page(t, n, ask{path: path, cookie: officer}, http.StatusOK); strings.Contains(body, "case-77") || strings.Contains(body, "exclusion.add") {
			t.Errorf("%s tells the excluded of it", path)
		}
	}
	page(t, n, ask{method: "POST", path: "/ledger/" + sealed + "/open", cookie: officer, form: url.Values{}}, http.StatusNotFound)
}

// What the rooms enter names its case in another way than an opening does. The excluded read none of it either.
func TestTheExcludedDoNotReadWhatARoomEntered(t *testing.T) {
	n := newNode(t, Options{})
	worker, id := sampleCase(n, n.accounts[auth.SupportWorker])
	c, err := n.app.Cases.Get(t.Context(), worker, id)
	n.must(err)
	officer := n.as(auth.ProtectionOfficer)
	found, err := n.app.LedgerEntries(t.Context(), officer, audit.Filter{Limit: 50})
	n.must(err)
	found = slices.DeleteFunc(found, func(e audit.Placed) bool { return e.Person != string(c.Person) })
	named := 0
	for _, e := range found {
		if opened, err := n.app.OpenLedgerEntry(t.Context(), officer, e.ID); err == nil && opened.Detail["case"] == string(id) {
			named++
		}
	}
	if named == 0 {
		t.Fatalf("of %d entries none names the case: this test could not fail", len(found))
	}
	n.must(n.app.Accounts.Exclude(t.Context(), n.as(auth.Supervisor), string(id), n.accounts[auth.ProtectionOfficer], "relative"))
	for _, e := range found {
		if opened, err := n.app.OpenLedgerEntry(t.Context(), officer, e.ID); fault.KindOf(err) != fault.NotFound || err == nil {
			t.Errorf("the excluded read %v, %v", opened.Detail, err)
		}
	}
}

// Who answers for a case opens what a room entered about it, save of a note that is not for them; and the person reads that
// they did, within their case.
func TestASupervisorOpensWhatARoomEntered(t *testing.T) {
	n := newNode(t, Options{})
	worker, id := sampleCase(n, n.accounts[auth.SupportWorker])
	c, err := n.app.Cases.Get(t.Context(), worker, id)
	n.must(err)
	note, err := n.app.Cases.Write(t.Context(), worker, id, casefile.Draught{Kind: casefile.Privileged, Sight: casefile.ForCase, Text: private.New("x")})
	n.must(err)
	chief := n.as(auth.Supervisor)
	found, err := n.app.LedgerEntries(t.Context(), chief, audit.Filter{Limit: 50})
	n.must(err)
	opened, rooms, before := 0, 0, len(n.seenBy(worker, id, chief))
	for _, e := range found {
		if e.Person != string(c.Person) {
			continue
		}
		entry, err := n.app.OpenLedgerEntry(t.Context(), chief, e.ID)
		if err == nil && entry.Subject == note {
			t.Errorf("a chief learns of a note of counselling: %v", entry.Detail)
		}
		if err == nil && entry.Detail["case"] == string(id) {
			rooms++
		}
		if err == nil && (entry.Detail["case"] == string(id) || entry.Detail["scope"] == string(id)) {
			opened++
		}
	}
	if seen := len(n.seenBy(worker, id, chief)) - before; rooms == 0 || seen != opened {
		t.Errorf("%d entries opened, %d of a room, of which the case shows %d", opened, rooms, seen)
	}
}

// seenBy returns the openings by somebody within a case.
func (n *testNode) seenBy(reader auth.Actor, id casefile.ID, who auth.Actor) []casefile.Seen {
	n.t.Helper()
	all, err := n.app.Cases.WhoHasSeen(n.t.Context(), reader, id)
	n.must(err)
	return slices.DeleteFunc(all, func(s casefile.Seen) bool { return s.By != who.Account })
}
