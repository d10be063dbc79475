package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/beat"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
)

// partnership is the other organisation of a test node, and agreements with it in each state.
type partnership struct {
	partner auth.OrgID
	drafts  map[agreement.State]agreement.ID
}

// somebody is an actor of an organisation who holds a role; no account need stand behind it.
func somebody(org auth.OrgID, name string, roles ...auth.Role) auth.Actor {
	return auth.Actor{Org: org, Account: auth.AccountID(name + string(roles[0])), Roles: roles, Zone: "UTC"}
}

// partnerships are those of the nodes of the tests that run.
var partnerships = map[*testNode]*partnership{}

func (n *testNode) partnership() *partnership {
	n.t.Helper()
	p := partnerships[n]
	if p == nil {
		p = &partnership{drafts: map[agreement.State]agreement.ID{}}
		partnerships[n] = p
		var err error
		if p.partner, err = n.app.Accounts.CreateOrg(n.t.Context(), "Farrow Constabulary (invented)", "Europe/London"); err != nil {
			n.t.Fatal(err)
		}
	}
	return p
}

func (n *testNode) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

// contactTerms let one organisation send how to reach a survivor, on consent.
func contactTerms(partner auth.OrgID) agreement.Terms {
	t := agreement.DefaultTerms(noon)
	t.Partner, t.Purposes, t.Subjects = partner, []string{"safety"}, []string{"survivor"}
	t.Fields, t.Recipients = []string{"contact.channel", "contact.hours"}, []string{"investigator", "support-worker"}
	t.Country, t.Citation = "XFD", "Protection Act (invented), section 4"
	return t
}

// agree drives an agreement from one organisation to another into a state.
func (n *testNode) agree(from, to auth.OrgID, t agreement.Terms, state agreement.State) agreement.ID {
	n.t.Helper()
	ctx, room, liaison := n.t.Context(), n.app.Agreements, somebody(from, string(from), auth.Liaison)
	id, err := room.Draft(ctx, liaison, t, "")
	n.must(err)
	if state == agreement.Draft {
		return id
	}
	n.must(room.Offer(ctx, liaison, id))
	if state == agreement.Offered {
		return id
	}
	for _, org := range []auth.OrgID{from, to} {
		who := somebody(org, string(org), auth.Supervisor)
		v, err := room.View(ctx, who, id)
		n.must(err)
		n.must(room.Sign(ctx, who, id, v.Hash))
	}
	if state == agreement.Suspended {
		n.must(room.Suspend(ctx, liaison, id))
	}
	return id
}

// in returns an agreement of the node's organisation in a state, a new one when the walk has moved the last on.
func (n *testNode) in(state agreement.State) agreement.ID {
	n.t.Helper()
	p := n.partnership()
	if id := p.drafts[state]; id != "" {
		v, err := n.app.Agreements.View(n.t.Context(), somebody(n.org, "x", auth.Liaison), id)
		n.must(err)
		if v.State == state {
			return id
		}
	}
	p.drafts[state] = n.agree(n.org, p.partner, contactTerms(p.partner), state)
	return p.drafts[state]
}

// agreementSamples gives the walk an agreement in the state that each page is for.
func agreementSamples(n *testNode) map[string]string {
	n.app.Agreements.Schedule = beat.Schedule{}
	at := func(state agreement.State, rest string) string { return "/agreements/" + string(n.in(state)) + rest }
	return map[string]string{
		"/agreements/{id}":                at(agreement.Offered, ""),
		"/agreements/{id}/simulate":       at(agreement.InForce, "/simulate?class=contact&subject=survivor&purpose=safety&role=investigator&authority=consent"),
		"/agreements/{id}/agreement.json": at(agreement.InForce, "/agreement.json"),
		"/agreements/{id}/offer":          at(agreement.Draft, "/offer"),
		"/agreements/{id}/sign":           at(agreement.Offered, "/sign"),
		"/agreements/{id}/decline":        at(agreement.Offered, "/decline"),
		"/agreements/{id}/suspend":        at(agreement.InForce, "/suspend"),
		"/agreements/{id}/resume":         at(agreement.Suspended, "/resume"),
		"/agreements/{id}/end":            at(agreement.InForce, "/end"),
	}
}

// shelve puts a record of an organisation on the shelf, about a new person, and authorises a partner.
func (n *testNode) shelve(holder, to auth.OrgID, grounds int, fields map[string]string) (agreement.RecordID, vault.PersonID) {
	n.t.Helper()
	ctx, person, worker := n.t.Context(), vault.PersonID(db.NewID()), somebody(holder, "x", auth.SupportWorker)
	n.must(n.app.DB.Write(ctx, func(tx *db.Tx) error {
		if err := n.app.Vault.Enrol(ctx, tx, worker, person, n.app.Vault.Classes()[0].Code); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Org: string(holder), Actor: "test", Kind: audit.Decision, Subject: "enrol"})
	}))
	r := agreement.Record{
		Person: person, Row: accord.Row{Subject: "survivor", Class: "contact", TLP: "amber", Handling: "H1", Source: "A", Information: 1},
		Fields: map[string]private.Text{},
	}
	for name, text := range fields {
		r.Fields[name] = private.New(text)
	}
	id, err := n.app.Agreements.Shelve(ctx, worker, r)
	n.must(err)
	for range grounds {
		_, err := n.app.Agreements.Authorise(ctx, worker, person, to, accord.Authority{
			Kind: "consent", Purpose: "safety", Class: "contact", From: noon.UnixMicro(), Until: noon.Add(time.Hour).UnixMicro(),
		})
		n.must(err)
	}
	return id, person
}

// filledForm is the form of a new agreement as a liaison officer fills it.
func filledForm(partner auth.OrgID, do string) url.Values {
	return url.Values{
		"partner": {agreement.Number(partner)}, "direction": {"we-send"}, "purposes": {"safety"}, "subjects": {"survivor"},
		"fields": {"contact.channel"}, "recipients": {"investigator"}, "authority": {"consent"}, "country": {"XFD"},
		"transfer": {"same-country"}, "citation": {"Protection Act (invented), section 4"}, "retention": {"90"}, "review": {"30"},
		"from-day": {"3"}, "from-month": {"6"}, "from-year": {"2024"}, "until-day": {"3"}, "until-month": {"6"}, "until-year": {"2025"},
		"tlp": {"amber"}, "handling": {"H1"}, "grading": {"B2"}, "onward": {"none"}, "do": {do},
	}
}

// TestAgreementJourney: a liaison officer fills the form, reads the sentences, keeps and offers it; both sign; a
// support worker of the other side asks; somebody suspends it.
func TestAgreementJourney(t *testing.T) {
	n := newNode(t, Options{})
	n.app.Agreements.Schedule = beat.Schedule{}
	partner := n.partnership().partner
	liaison, officer := n.session(auth.Liaison), n.session(auth.ProtectionOfficer)
	if body := page(t, n, ask{path: "/agreements", cookie: liaison}, http.StatusOK); !strings.Contains(body, "No agreement yet") ||
		!strings.Contains(body, agreement.Number(n.org)) {
		t.Error("the empty list does not teach")
	}
	empty := page(t, n, ask{method: "POST", path: "/agreements/new", cookie: liaison, form: url.Values{"do": {"preview"}}}, http.StatusUnprocessableEntity)
	for _, text := range []string{"Choose at least one purpose.", "Choose at least one thing that may be sent.", "Choose the other organisation."} {
		if !strings.Contains(empty, text) {
			t.Errorf("the empty form does not ask: %s", text)
		}
	}
	preview := page(t, n, ask{method: "POST", path: "/agreements/new", cookie: liaison, form: filledForm(partner, "preview")}, http.StatusOK)
	for _, text := range []string{"This is what both would sign", "safe way to make contact", "Only about survivors.", "deportation", "90"} {
		if !strings.Contains(preview, text) {
			t.Errorf("the preview does not say %q", text)
		}
	}
	res, body := send(t, n, ask{method: "POST", path: "/agreements/new", cookie: liaison, form: filledForm(partner, "save")})
	path := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(path, "/agreements/") {
		t.Fatalf("saved: %d\n%s", res.StatusCode, body)
	}
	post := func(cookie, step string, form url.Values, status int) string {
		t.Helper()
		res, body := send(t, n, ask{method: "POST", path: path + step, cookie: cookie, form: form})
		if res.StatusCode != status {
			t.Fatalf("%s: status %d, want %d\n%s", step, res.StatusCode, status, body)
		}
		return body
	}
	post(liaison, "/offer", nil, http.StatusSeeOther)
	waits := page(t, n, ask{path: path, cookie: officer}, http.StatusOK)
	hash := regexp.MustCompile(`name="hash" value="([0-9a-f]{64})"`).FindStringSubmatch(waits)
	if hash == nil || !strings.Contains(waits, "It waits for your signature") {
		t.Fatal("the protection officer is not asked to sign")
	}
	if body := post(officer, "/sign", url.Values{"hash": hash[1:]}, http.StatusUnprocessableEntity); !strings.Contains(body, "Say that you have read it") {
		t.Error("signed unread")
	}
	post(officer, "/sign", url.Values{"hash": hash[1:], "read": {"yes"}}, http.StatusSeeOther)
	n.must(n.app.Agreements.Sign(t.Context(), somebody(partner, "x", auth.Supervisor), agreement.ID(strings.TrimPrefix(path, "/agreements/")), hash[1]))
	if body := page(t, n, ask{path: path, cookie: liaison}, http.StatusOK); !strings.Contains(body, "In force") || !strings.Contains(body, "Invented protection-officer") {
		t.Error("not in force, or the history does not say who signed")
	}
	post(liaison, "/suspend", nil, http.StatusSeeOther)
	if body := page(t, n, ask{path: path, cookie: officer}, http.StatusOK); !strings.Contains(body, "Suspended: nothing leaves") {
		t.Error("not suspended")
	}
	post(officer, "/resume", nil, http.StatusSeeOther)
	post(officer, "/end", nil, http.StatusUnprocessableEntity)
	post(officer, "/end", url.Values{"sure": {"yes"}}, http.StatusSeeOther)
	if body := page(t, n, ask{path: path, cookie: liaison}, http.StatusOK); !strings.Contains(body, "Ended: nothing leaves") {
		t.Error("not ended")
	}
}

func TestSimulatorGivesEveryReason(t *testing.T) {
	n := newNode(t, Options{})
	path, cookie := "/agreements/"+string(n.in(agreement.InForce))+"/simulate", n.session(auth.Liaison)
	if body := page(t, n, ask{path: path, cookie: cookie}, http.StatusOK); !strings.Contains(body, "Try it before a real case does") {
		t.Error("the empty simulator does not teach")
	}
	const question = "?class=contact&subject=survivor&purpose=safety&role=investigator"
	body := page(t, n, ask{path: path + question + "&authority=consent&tlp=amber&handling=H1&grading=B2", cookie: cookie}, http.StatusOK)
	if !strings.Contains(body, "2 of 3 fields would leave") || !strings.Contains(body, "This field is not in the agreement.") {
		t.Error("a permitted case is not told field by field")
	}
	body = page(t, n, ask{path: path + "?class=contact&subject=suspect&purpose=return&role=authority&tlp=red&handling=H3&grading=X4", cookie: cookie}, http.StatusOK)
	for _, reason := range []string{
		"This role may not receive it.", "It may not be sent for this purpose.", "It may not be sent about this class of person.",
		"There is no authority that the agreement accepts.", "It is marked higher", "Its handling code is higher", "It is graded poorer",
	} {
		if !strings.Contains(body, reason) {
			t.Errorf("the reason is missing: %s", reason)
		}
	}
}

// TestEveryTermHasWords walks sentences, states, events and reasons: none is shown as its code.
func TestEveryTermHasWords(t *testing.T) {
	p := i18n.For("en")
	d := accord.Document{LegalBasis: []accord.Basis{{}}, Parties: []accord.Party{{}}, Clauses: []accord.Clause{{}}}
	empty := d
	empty.Clauses = nil
	for _, s := range append(d.Sentences(), empty.Sentences()...) {
		if text := sentenceOf(p, s).Text; text == s.Key || strings.Contains(text, "%!") {
			t.Errorf("%s has no words: %q", s.Key, text)
		}
	}
	for _, s := range agreement.States() {
		if text, _ := stateChip(p, s); text == "" || (s != agreement.Unreadable && strings.HasPrefix(text, "Does not verify")) {
			t.Errorf("state %s: %q", s, text)
		}
	}
	for _, k := range agreement.EventKinds() {
		if eventText(p, agreement.Event{Kind: k}) == string(k) {
			t.Errorf("event %s has no words", k)
		}
	}
	fallback := reasonText(p, accord.ReasonEvaluation)
	for _, r := range accord.Reasons() {
		if r != accord.ReasonEvaluation && reasonText(p, r) == fallback {
			t.Errorf("reason %s has no words", r)
		}
	}
}
