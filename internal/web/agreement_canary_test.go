package web

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/beat"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
)

// aviary is a node with two organisations, of which the first holds canaries in everything that has words or
// identifiers, and a third organisation with which the first has dealings that are none of the second's business.
type aviary struct {
	n              *testNode
	second, third  auth.OrgID
	accounts       map[auth.Role]auth.AccountID // of the second
	canaries       map[string]string            // what must not cross, and what it is
	secret, shared agreement.RecordID           // records of the first; the second may have one field of the last
	agreed         agreement.ID                 // between the first and the second
	asked          string                       // a referral that the second has not answered
}

// canary makes a text that occurs nowhere else.
func (a *aviary) canary(what string) string {
	c := "KANARIE" + strings.ToUpper(db.NewID()[:10])
	a.canaries[c] = what
	return c
}

// id keeps an identifier of the first organisation as a canary.
func (a *aviary) id(what, id string) { a.canaries[id] = what }

func newAviary(t *testing.T) *aviary {
	n := newSeeded(t, Options{})
	n.app.Agreements.Schedule = beat.Schedule{}
	a := &aviary{n: n, canaries: map[string]string{}, accounts: map[auth.Role]auth.AccountID{}}
	ctx, accounts := t.Context(), n.app.Accounts
	var err error
	a.second, err = accounts.CreateOrg(ctx, "Second (invented)", "UTC")
	n.must(err)
	a.third, err = accounts.CreateOrg(ctx, a.canary("name of a partner"), "UTC")
	n.must(err)
	for _, role := range auth.Roles() {
		a.accounts[role], err = accounts.CreateAccount(ctx, auth.CLI(a.second), "Second "+string(role), role)
		n.must(err)
	}
	n.must(n.app.Indicators.Seed(ctx, auth.CLI(a.second)))
	a.people(t)
	a.dealings(t)
	a.refers()
	return a
}

// people plants accounts, notices, a token, an upload and entries of the record.
func (a *aviary) people(t *testing.T) {
	n, ctx := a.n, t.Context()
	for role, id := range n.accounts {
		a.id("account of a "+string(role), string(id))
	}
	id, err := n.app.Accounts.CreateAccount(ctx, auth.CLI(n.org), a.canary("name of an account"), auth.Liaison)
	n.must(err)
	a.id("account", string(id))
	boss := somebody(n.org, "x", auth.Administrator)
	boss.Account = n.accounts[auth.Administrator]
	_, err = n.app.Accounts.IssueToken(ctx, boss, a.canary("label of a token"), time.Hour)
	n.must(err)
	n.uploads.hold(&upload{ID: "KANARIEUPLOAD", Owner: n.accounts[auth.Analyst], Name: a.canary("name of a file") + ".csv", At: noon})
	about := a.canary("about of a notice")
	n.must(n.app.DB.Write(ctx, func(tx *db.Tx) error {
		err := notify.Post(ctx, tx, notify.Notice{Org: string(n.org), To: string(id), Kind: notify.AgreementOffered, About: about})
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Org: string(n.org), Actor: string(id), Kind: audit.Decision, Subject: a.canary("subject of an entry"),
			Detail: map[string]string{"act": a.canary("detail of an entry")},
		})
	}))
}

// dealings plants records, sealed and on the shelf, an agreement with the third organisation and one with the second.
func (a *aviary) dealings(t *testing.T) {
	n := a.n
	secret := map[string]string{"channel": a.canary("field of a record"), "hours": a.canary("field of a record")}
	record, person := n.shelve(n.org, a.second, 0, secret)
	a.secret = record
	a.id("record without authority", string(record))
	a.id("person", string(person))
	a.id("who signed", string(n.org)+string(auth.Supervisor))
	a.id("who drafted", string(n.org)+string(auth.Liaison))
	terms := contactTerms(a.third)
	terms.Citation = a.canary("citation in an agreement with somebody else")
	a.id("agreement with somebody else", string(n.agree(n.org, a.third, terms, agreement.InForce)))
	terms.Partner, terms.Citation = a.second, a.canary("citation in a draft that was not offered")
	a.id("draft", string(n.agree(n.org, a.second, terms, agreement.Draft)))

	a.agreed = n.agree(n.org, a.second, contactTerms(a.second), agreement.InForce)
	released := map[string]string{"channel": "CROSSES channel", "hours": "CROSSES hours", "language": a.canary("field outside the agreement")}
	a.shared, person = n.shelve(n.org, a.second, 1, released)
	a.id("person behind the shared record", string(person))
}

// refers plants a case whose need is sent to the second organisation, which has not accepted: of who it is nothing crosses.
func (a *aviary) refers() {
	n := a.n
	n.agree(n.org, a.second, referralTerms(a.second), agreement.InForce)
	of, id := n.sent(n.actor(auth.SupportWorker), a.second, a.canary("name of a person whose need was sent"))
	a.asked = id
	a.id("case of a need that was sent", string(of))
	c, err := n.app.Cases.Get(n.t.Context(), n.actor(auth.SupportWorker), of)
	n.must(err)
	a.id("person whose need was sent", string(c.Person))
	a.id("number of a case whose need was sent", c.Clear.Number)
}

// look fails when something of the first organisation stands in a text.
func (a *aviary) look(t *testing.T, where, text string) {
	t.Helper()
	for canary, what := range a.canaries {
		if strings.Contains(text, canary) {
			t.Errorf("%s: %s of the other organisation (%s)", where, what, canary)
		}
	}
}

// session signs an account of the second organisation in.
func (a *aviary) session(t *testing.T, role auth.Role) string {
	t.Helper()
	token, err := a.n.app.Accounts.StartSession(t.Context(), a.accounts[role])
	a.n.must(err)
	return a.n.sessionCookie() + "=" + token
}

// patternName is one name in a pattern.
var patternName = regexp.MustCompile(`\{[^}]*\}`)

// addresses fills a pattern with every identifier of the first organisation, and with what is the second's own.
func (a *aviary) addresses(pattern string) []string {
	pattern = strings.TrimSuffix(pattern, "{$}")
	if !strings.Contains(pattern, "{") {
		return []string{pattern}
	}
	own := []string{string(a.agreed), a.asked, "nrm.referrals", "x"}
	var out []string
	for _, id := range slices.Concat(slices.Sorted(keysOf(a.canaries)), own) {
		if !strings.HasPrefix(id, "KANARIE") { // words are in no address
			out = append(out, patternName.ReplaceAllLiteralString(pattern, url.PathEscape(id)))
		}
	}
	return out
}

func keysOf(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// echo removes from an answer what the asker sent.
func echo(body, address string) string {
	for part := range strings.FieldsFuncSeq(address, func(r rune) bool { return strings.ContainsRune("/?&=", r) }) {
		if len(part) > 6 {
			body = strings.ReplaceAll(body, part, "")
		}
	}
	return body
}

// TestNoCanaryCrosses walks the route table as every role of the second organisation, with every identifier of the
// first in every pattern, and looks at every page, download, answer of the interface for programs, proof and error. A
// route that is added later is walked too.
func TestNoCanaryCrosses(t *testing.T) {
	a := newAviary(t)
	n := a.n
	if own := page(t, n, ask{path: "/agreements", cookie: n.session(auth.Liaison)}, http.StatusOK); !strings.Contains(own, "KANARIE") {
		t.Fatal("the first organisation does not see its own: this test could not fail")
	}
	walked := 0
	for _, role := range auth.Roles() {
		cookie := a.session(t, role)
		for _, rt := range n.routes() {
			if rt.Method != http.MethodGet || !expected(rt, role) {
				continue
			}
			for _, address := range a.addresses(rt.Pattern) {
				_, body := send(t, n, ask{path: address, cookie: cookie})
				a.look(t, "GET "+rt.Pattern+" as "+string(role), echo(body, address))
				walked++
			}
		}
	}
	for _, address := range []string{
		"/measures?q=KANARIE", "/measures?text=KANARIE", "/agreements/new?of=" + string(a.agreed), "/agreements/ask?agreement=" + string(a.agreed),
	} {
		_, body := send(t, n, ask{path: address, cookie: a.session(t, auth.Liaison)})
		a.look(t, address, echo(body, address))
	}
	if walked < 200 {
		t.Errorf("only %d addresses were walked", walked)
	}
	t.Logf("%d addresses walked, %d canaries", walked, len(a.canaries))
}

// TestNoCanaryCrossesByForms sends every form of the second organisation with identifiers of the first, and then looks
// at what the first still has: nothing was changed from outside.
func TestNoCanaryCrossesByForms(t *testing.T) {
	a := newAviary(t)
	n := a.n
	for _, role := range auth.Roles() {
		cookie := a.session(t, role)
		for _, rt := range n.routes() {
			if rt.Method != http.MethodPost || !expected(rt, role) {
				continue
			}
			for i, address := range a.addresses(rt.Pattern) {
				if i > 2 { // each handler takes any identifier alike
					break
				}
				form := url.Values{}
				for _, name := range []string{"id", "account", "agreement", "record", "person", "of", "known", "partner", "query", "name", "case", "scope"} {
					form.Set(name, slices.Sorted(keysOf(a.canaries))[0])
				}
				form.Set("purpose", "safety")
				res, body := send(t, n, ask{method: http.MethodPost, path: address, cookie: cookie, form: form})
				if res.Header.Get("Set-Cookie") != "" || res.StatusCode == http.StatusSeeOther {
					cookie = a.session(t, role) // it may have ended the session
				}
				a.look(t, "POST "+rt.Pattern+" as "+string(role), strings.ReplaceAll(echo(body, address), form.Get("id"), ""))
				a.look(t, "POST "+rt.Pattern+" leads to", echo(fmt.Sprint(res.Header), address+"/"+form.Get("id")))
			}
		}
	}
	v, err := n.app.Agreements.List(t.Context(), somebody(n.org, "x", auth.Liaison))
	n.must(err)
	states := map[agreement.State]int{}
	for _, s := range v {
		states[s.State]++
	}
	if states[agreement.Draft] != 1 {
		t.Errorf("the agreements of the first organisation were touched: %v", states)
	}
}

// TestNoCanaryInRowsOrLog reads every row of every table that is the second's, and the log of the node.
func TestNoCanaryInRowsOrLog(t *testing.T) {
	a := newAviary(t)
	n := a.n
	for _, record := range []agreement.RecordID{a.secret, a.shared} {
		_, err := n.app.Agreements.Ask(t.Context(), somebody(a.second, "x", auth.Investigator), agreement.Ask{Agreement: a.agreed, Record: record, Purpose: "safety"})
		n.must(err)
	}
	// The second asked by this reference itself; its own record of having asked names it.
	delete(a.canaries, string(a.secret))
	page(t, n, ask{path: "/agreements/" + string(a.agreed), cookie: a.session(t, auth.Supervisor)}, http.StatusOK)
	a.look(t, "the log", n.log.String())
	tables := tablesOf(t, n.app.DB)
	rows := 0
	for _, table := range tables {
		rows += a.lookAtRows(t, table)
	}
	if len(tables) < 15 || rows < 20 {
		t.Errorf("only %d tables and %d rows: this test looks at nothing", len(tables), rows)
	}
}

// tablesOf lists the tables that have an owner.
func tablesOf(t *testing.T, d *db.DB) (names []string) {
	t.Helper()
	q := `SELECT m.name FROM sqlite_master m WHERE m.type = 'table' AND EXISTS (SELECT 1 FROM pragma_table_info(m.name) c WHERE c.name = 'org_id')`
	if d.Engine() == db.Postgres {
		q = `SELECT table_name FROM information_schema.columns WHERE table_schema = current_schema() AND column_name = 'org_id'`
	}
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(t.Context(), q)
		names, err = db.Collect(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) })
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// lookAtRows looks at every column of the second's rows of a table.
func (a *aviary) lookAtRows(t *testing.T, table string) (seen int) {
	t.Helper()
	err := a.n.app.DB.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(t.Context(), "SELECT * FROM "+table+" WHERE org_id = $1", string(a.second))
		all, err := db.Collect(rows, err, func(r *sql.Rows) (string, error) {
			columns, err := r.Columns()
			if err != nil {
				return "", err
			}
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := r.Scan(values...); err != nil {
				return "", err
			}
			var line strings.Builder
			for _, v := range values {
				switch v := (*v.(*any)).(type) {
				case []byte:
					line.Write(v)
				default:
					fmt.Fprint(&line, v)
				}
				line.WriteByte('\n')
			}
			return line.String(), nil
		})
		for _, line := range all {
			a.look(t, "a row of "+table, line)
		}
		seen = len(all)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

// TestOnlyTheAgreementLetsThrough asks as every role of the second organisation for both records of the first: exactly
// the two fields of the signed agreement cross, to the roles that it names.
func TestOnlyTheAgreementLetsThrough(t *testing.T) {
	a := newAviary(t)
	for _, role := range auth.Roles() {
		cookie := a.session(t, role)
		for _, record := range []agreement.RecordID{a.secret, a.shared, agreement.RecordID(a.second)} {
			form := url.Values{"agreement": {string(a.agreed)}, "record": {string(record)}, "purpose": {"safety"}}
			_, body := send(t, a.n, ask{method: "POST", path: "/agreements/ask", cookie: cookie, form: form})
			a.look(t, "asked as "+string(role), body)
			crossed := strings.Contains(body, "CROSSES channel") && strings.Contains(body, "CROSSES hours")
			named := slices.Contains([]auth.Role{auth.Investigator, auth.SupportWorker}, role)
			if want := named && record == a.shared; crossed != want || strings.Contains(body, "CROSSES") != want {
				t.Errorf("%s asks for %s: crossed %v, want %v", role, record, crossed, want)
			}
		}
	}
}

// TestProgramsSeeNoCanary is the same for the interface for programs: every path of its own description.
func TestProgramsSeeNoCanary(t *testing.T) {
	a := newAviary(t)
	boss := somebody(a.second, "x", auth.Administrator)
	boss.Account = a.accounts[auth.Administrator]
	secret, err := a.n.app.Accounts.IssueToken(t.Context(), boss, "program", time.Hour)
	a.n.must(err)
	bearer := map[string]string{"Authorization": "Bearer " + secret}
	_, description := send(t, a.n, ask{path: "/api/v1/openapi.json", header: bearer})
	paths := regexp.MustCompile(`"(/[a-z0-9{}/_.-]*)":\{"(?:get|parameters)`).FindAllStringSubmatch(description, -1)
	if len(paths) < 4 {
		t.Fatalf("%d paths in the description of the interface: %.300s", len(paths), description)
	}
	for _, p := range paths {
		for _, address := range a.addresses(strings.TrimPrefix(p[1], "/api/v1")) {
			_, body := send(t, a.n, ask{path: "/api/v1" + address, header: bearer})
			a.look(t, "the interface at "+p[1], echo(body, address))
		}
	}
}
