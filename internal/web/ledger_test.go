package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/vault"
)

// signedLedger enrols a person, enters something about them, puts everything into the log and signs
// it. It returns a clear entry and one about the person.
func (n *testNode) signedLedger() (clear, sealed string) {
	n.t.Helper()
	ctx, org := n.t.Context(), string(n.org)
	boss := auth.Actor{Org: n.org, Account: n.accounts[auth.Supervisor], Roles: []auth.Role{auth.Supervisor}, Via: auth.ViaSession}
	person := vault.PersonID(db.NewID())
	err := n.app.DB.WriteUnaudited(ctx, "test", func(tx *db.Tx) error {
		if err := n.app.Vault.Enrol(ctx, tx, boss, person, "adult-client"); err != nil {
			return err
		}
		return n.app.Vault.Record(ctx, tx,
			audit.Entry{Org: org, Actor: string(boss.Account), Kind: audit.Configuration, Subject: "sample", Detail: map[string]string{"act": "sample.set"}},
			audit.Entry{Org: org, Actor: string(boss.Account), Kind: audit.Disclosure, Person: string(person), Detail: map[string]string{"scope": "case-77"}},
		)
	})
	if err != nil {
		n.t.Fatal(err)
	}
	if err := n.app.Ledger.Flush(ctx, org); err != nil {
		n.t.Fatal(err)
	}
	if err := n.app.Ledger.Checkpoint(ctx, org); err != nil {
		n.t.Fatal(err)
	}
	err = n.app.DB.Read(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(ctx, "SELECT max(id) FROM audit_entry WHERE org_id = $1 AND kind = $2 AND subject = 'sample'", org, string(audit.Configuration)).Scan(&clear)
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, "SELECT max(entry_id) FROM audit_sealed WHERE org_id = $1 AND person_id = $2", org, string(person)).Scan(&sealed)
	})
	if err != nil || clear == "" || sealed == "" {
		n.t.Fatalf("entries %q and %q: %v", clear, sealed, err)
	}
	return clear, sealed
}

// ledgerSamples are addresses of the pages of the ledger.
func ledgerSamples(n *testNode) map[string]string {
	clear, sealed := n.signedLedger()
	return map[string]string{
		"/ledger/{entry}": "/ledger/" + clear, "/ledger/{entry}/open": "/ledger/" + sealed + "/open",
		"/ledger/{entry}/proof.txt": "/ledger/" + clear + "/proof.txt",
	}
}

func TestLedgerPages(t *testing.T) {
	n := newNode(t, Options{})
	clear, sealed := n.signedLedger()
	officer := n.session(auth.ProtectionOfficer)
	body := page(t, n, ask{path: "/ledger", cookie: officer}, http.StatusOK)
	for _, want := range []string{"/ledger/" + clear, "about a person: sealed", "Setting", "Invented supervisor", "signed", "Ask a partner to witness"} {
		if !strings.Contains(body, want) {
			t.Errorf("the ledger does not show %q", want)
		}
	}
	if strings.Contains(body, "case-77") || strings.Contains(body, "Disclosure</td>") {
		t.Error("the list shows what is sealed")
	}
	body = page(t, n, ask{path: "/ledger?kind=login&day=2024-06-03", cookie: officer}, http.StatusOK)
	if strings.Contains(body, "/ledger/"+clear) || !strings.Contains(body, "Sign-in</td>") {
		t.Error("the list of sign-ins shows something else, or none")
	}
	if body := page(t, n, ask{path: "/ledger?day=2024-06-02", cookie: officer}, http.StatusOK); !strings.Contains(body, "There is no such entry") {
		t.Error("a day without entries shows some")
	}
	body = page(t, n, ask{path: "/ledger/" + clear + "?check=yes", cookie: officer}, http.StatusOK)
	for _, want := range []string{"Checked just now: it holds", "nothing in it was changed", "No witness on another machine", "sample.set"} {
		if !strings.Contains(body, want) {
			t.Errorf("the checked entry does not show %q", want)
		}
	}
	body = page(t, n, ask{path: "/ledger/" + sealed + "?check=yes", cookie: officer}, http.StatusOK)
	if strings.Contains(body, "case-77") || !strings.Contains(body, "was not read") {
		t.Error("a sealed entry was shown, or its check is not told")
	}
	for _, role := range []auth.Role{auth.Administrator, auth.SupportWorker, auth.Analyst} {
		page(t, n, ask{path: "/ledger/" + clear, cookie: n.session(role)}, http.StatusNotFound)
	}
}

func TestLedgerProofIsTakenAway(t *testing.T) {
	n := newNode(t, Options{})
	clear, sealed := n.signedLedger()
	for _, id := range []string{clear, sealed} {
		answer, body := send(t, n, ask{path: "/ledger/" + id + "/proof.txt", cookie: n.session(auth.Supervisor)})
		name := answer.Header.Get("Content-Disposition")
		if !regexp.MustCompile(`^attachment; filename="proof-\d+\.txt"$`).MatchString(name) {
			t.Errorf("the file is called %s", name)
		}
		proof, err := ledger.ParseProof([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		var known audit.Proof
		err = n.app.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
			known, err = audit.Prove(t.Context(), tx, string(n.org), id)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		keys, err := ledger.LogKeys(known.Verifier)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := proof.Verify(known.Commitment, known.Origin, keys[known.Origin]); err != nil {
			t.Errorf("the proof does not hold: %v", err)
		}
		if strings.Contains(body, id) || strings.Contains(body, "sample") {
			t.Error("the proof tells what it is about")
		}
	}
}

// TestOpenLedgerEntry opens an entry about a person: the officer may, and it is entered.
func TestOpenLedgerEntry(t *testing.T) {
	n := newNode(t, Options{})
	_, sealed := n.signedLedger()
	open := func(role auth.Role, status int) string {
		t.Helper()
		return page(t, n, ask{method: "POST", path: "/ledger/" + sealed + "/open", cookie: n.session(role), form: url.Values{}}, status)
	}
	open(auth.Administrator, http.StatusNotFound)
	open(auth.Supervisor, http.StatusOK) // answers for the case in whose scope it was done
	noScope := n.entryWithoutScope(sealed)
	page(t, n, ask{method: "POST", path: "/ledger/" + noScope + "/open", cookie: n.session(auth.Supervisor), form: url.Values{}}, http.StatusNotFound)
	page(t, n, ask{method: "POST", path: "/ledger/" + noScope + "/open", cookie: n.session(auth.ProtectionOfficer), form: url.Values{}}, http.StatusOK)
	body := open(auth.ProtectionOfficer, http.StatusOK)
	if !strings.Contains(body, "case-77") || !strings.Contains(body, "Disclosure") {
		t.Error("the officer does not see the entry")
	}
	var about []audit.Entry
	err := n.app.DB.Read(t.Context(), func(tx *db.Tx) error {
		e, err := audit.Get(t.Context(), tx, string(n.org), sealed)
		about = []audit.Entry{e.Entry}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	found, err := audit.About(t.Context(), n.app.DB, n.app.Vault, string(n.org), about[0].Person)
	entered := slices.ContainsFunc(found, func(e audit.Entry) bool {
		return e.Kind == audit.Opening && e.Subject == sealed && e.Actor == string(n.accounts[auth.ProtectionOfficer])
	})
	if err != nil || len(found) != 5 || !entered {
		t.Errorf("entries about the person: %+v %v", found, err)
	}
	n.app.Vault.Lock()
	if body := open(auth.ProtectionOfficer, http.StatusServiceUnavailable); strings.Contains(body, "case-77") {
		t.Error("shown with a locked vault")
	}
}

// entryWithoutScope enters something about the person of another entry, which belongs to no case.
func (n *testNode) entryWithoutScope(like string) (id string) {
	n.t.Helper()
	ctx, org := n.t.Context(), string(n.org)
	err := n.app.DB.WriteUnaudited(ctx, "test", func(tx *db.Tx) error {
		e, err := audit.Get(ctx, tx, org, like)
		if err != nil {
			return err
		}
		before, err := audit.Find(ctx, tx, org, audit.Filter{Limit: 1 << 20})
		if err != nil {
			return err
		}
		err = n.app.Vault.Record(ctx, tx, audit.Entry{Org: org, Actor: "node", Kind: audit.Decision, Person: e.Person})
		if err != nil {
			return err
		}
		after, err := audit.Find(ctx, tx, org, audit.Filter{Limit: 1 << 20})
		for _, other := range after {
			if !slices.ContainsFunc(before, func(b audit.Placed) bool { return b.ID == other.ID }) {
				id = other.ID
			}
		}
		return err
	})
	if err != nil || id == "" {
		n.t.Fatalf("entry %q: %v", id, err)
	}
	return id
}

func TestForgedLedgerIsNamed(t *testing.T) {
	n := newNode(t, Options{Demo: true})
	n.signedLedger()
	body := page(t, n, ask{path: "/ledger/forged", cookie: n.session(auth.ProtectionOfficer)}, http.StatusOK)
	for _, want := range []string{"Every entry is in its place", "Entry number", "Both forgeries were found"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	plain := newNode(t, Options{})
	page(t, plain, ask{path: "/ledger/forged", cookie: plain.session(auth.ProtectionOfficer)}, http.StatusNotFound)
}

func TestNodePageTellsHowWellTheLedgerIsProtected(t *testing.T) {
	n := newNode(t, Options{})
	n.signedLedger()
	body := page(t, n, ask{path: "/node", cookie: n.session(auth.Administrator)}, http.StatusOK)
	for _, want := range []string{"Ledger of your organisation", "up to number", "by nobody yet", "is protected from somebody with every right", "unlocked"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	n.app.Vault.Lock()
	if body := page(t, n, ask{path: "/node", cookie: n.session(auth.Administrator)}, http.StatusOK); !strings.Contains(body, "Nothing sealed can be opened") {
		t.Error("a locked vault is not told")
	}
}
