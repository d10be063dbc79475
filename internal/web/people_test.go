package web

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/notify"
)

// as returns the account of a role as somebody who is signed in.
func (n *testNode) as(role auth.Role) auth.Actor {
	n.t.Helper()
	a, err := n.app.Accounts.Actor(n.t.Context(), n.accounts[role])
	if err != nil {
		n.t.Fatal(err)
	}
	a.Via = auth.ViaSession
	return a
}

// person makes an account of no consequence.
func (n *testNode) person(roles ...auth.Role) auth.AccountID {
	n.t.Helper()
	id, err := n.app.Accounts.CreateAccount(n.t.Context(), auth.CLI(n.org), "Sample (invented)", roles...)
	n.must(err)
	return id
}

// propose has an administrator propose a role for a new account.
func (n *testNode) propose() (auth.AccountID, auth.ProposalID) {
	n.t.Helper()
	id := n.person(auth.Analyst)
	p, err := n.app.Accounts.GrantRole(n.t.Context(), n.as(auth.Administrator), auth.Request{
		Account: id, Role: auth.SupportWorker, Until: "2024-12-31", Reason: "sample",
	})
	n.must(err)
	return id, p
}

// recipients sets who is told of emergency access.
func (n *testNode) recipients() {
	n.t.Helper()
	id, err := n.app.Accounts.ProposeRecipients(n.t.Context(), n.as(auth.Administrator), auth.OnGlass,
		[]auth.AccountID{n.accounts[auth.ProtectionOfficer], n.accounts[auth.Supervisor]}, "sample")
	n.must(err)
	n.must(n.app.Accounts.Approve(n.t.Context(), n.as(auth.ProtectionOfficer), id))
}

// roleOf returns the role of an account of the node, or "".
func (n *testNode) roleOf(id auth.AccountID) auth.Role {
	for role, account := range n.accounts {
		if account == id {
			return role
		}
	}
	return ""
}

// peopleSamples are addresses that exist for an actor. Whoever may do nothing with them uses none up,
// so theirs are made once.
func peopleSamples(n *testNode, actor auth.Actor) map[string]string {
	role := n.roleOf(actor.Account)
	switch role {
	case auth.Administrator, auth.ProtectionOfficer, auth.Supervisor, auth.Investigator:
		return makePeopleSamples(n, actor, role)
	}
	if n.kept == nil {
		n.kept = map[auth.AccountID]map[string]string{}
	}
	if n.kept[actor.Account] == nil {
		n.kept[actor.Account] = makePeopleSamples(n, actor, role)
	}
	return n.kept[actor.Account]
}

func makePeopleSamples(n *testNode, actor auth.Actor, role auth.Role) map[string]string {
	id := string(n.person(auth.LegalAnalyst))
	own := string(ownProposal(n, role))
	filled := map[string]string{
		"/people/{id}":                      "/people/" + id,
		"/people/{id}/roles":                "/people/" + id + "/roles",
		"/people/{id}/roles/{role}/end":     "/people/" + id + "/roles/legal-analyst/end",
		"/people/{id}/close":                "/people/" + id + "/close",
		"/people/{id}/invite":               "/people/" + id + "/invite",
		"/access-review/{id}/{role}/keep":   "/access-review/" + id + "/legal-analyst/keep",
		"/access-review/{id}/{role}/end":    "/access-review/" + id + "/legal-analyst/end",
		"/proposals/{id}/withdraw":          "/proposals/" + own + "/withdraw",
		"/organisation/pairing/{id}/accept": "/organisation/pairing/none/accept",
		"/organisation/pairing/{id}/end":    "/organisation/pairing/none/end",
		"/emergency/{id}/review":            "/emergency/none/review",
		"/notices/{id}/read":                "/notices/" + n.notice(actor.Account) + "/read",
		"/first-links/{id}":                 "/first-links/none",
		"/teams/{id}/join":                  "/teams/none/join",
		"/teams/{id}/part/{account}":        "/teams/none/part/none",
		"/teams/{id}/close":                 "/teams/none/close",
		"/teams/{id}/cases":                 "/teams/none/cases",
		"/proposals/{id}/approve":           "/proposals/" + own + "/approve",
		"/proposals/{id}/decline":           "/proposals/" + own + "/decline",
	}
	if role == auth.Supervisor {
		maps.Copy(filled, teamSamples(n))
	}
	if role == auth.ProtectionOfficer || role == auth.Supervisor {
		n.must(n.app.Accounts.Exclude(n.t.Context(), n.as(auth.Supervisor), "sample-case", n.accounts[auth.Liaison], "other"))
		p, err := n.app.Accounts.EndExclusion(n.t.Context(), n.as(auth.ProtectionOfficer), "sample-case", n.accounts[auth.Liaison], "sample")
		n.must(err)
		if role == auth.ProtectionOfficer {
			_, p = n.propose()
		}
		open := string(p)
		filled["/proposals/{id}/approve"] = "/proposals/" + open + "/approve"
		filled["/proposals/{id}/decline"] = "/proposals/" + open + "/decline"
	}
	if role == auth.ProtectionOfficer {
		maps.Copy(filled, officerSamples(n))
	}
	if role == auth.Administrator || role == auth.ProtectionOfficer {
		filled["/organisation/pairing/{id}/end"] = "/organisation/pairing/" + string(n.pairing(true)) + "/end"
	}
	return filled
}

// notice leaves a notice and returns its number; "none" for nobody.
func (n *testNode) notice(to auth.AccountID) (id string) {
	n.t.Helper()
	if to == "" {
		return "none"
	}
	n.must(n.app.DB.WriteUnaudited(n.t.Context(), "test", func(tx *db.Tx) error {
		err := notify.Post(n.t.Context(), tx, notify.Notice{Org: string(n.org), To: string(to), Kind: notify.ReviewDue, About: "sample"})
		if err != nil {
			return err
		}
		all, err := notify.List(n.t.Context(), tx, string(n.org), string(to), 1)
		id = all[0].ID
		return err
	}))
	return id
}

// ownProposal is a proposal that a role made, of the kind that it may; "none" when it may make none.
func ownProposal(n *testNode, role auth.Role) auth.ProposalID {
	n.t.Helper()
	ctx := n.t.Context()
	var (
		p   auth.ProposalID = "none"
		err error
	)
	switch role {
	case auth.Administrator:
		_, p = n.propose()
	case auth.ProtectionOfficer:
		p, err = n.app.Accounts.ProposeRecipients(ctx, n.as(role), auth.OnSearch, []auth.AccountID{n.accounts[auth.Liaison]}, "sample")
	case auth.Supervisor:
		n.must(n.app.Accounts.Exclude(ctx, n.as(auth.Supervisor), "sample-case", n.accounts[auth.Liaison], "other"))
		p, err = n.app.Accounts.EndExclusion(ctx, n.as(role), "sample-case", n.accounts[auth.Liaison], "sample")
	case auth.Investigator:
		p, err = n.app.Accounts.Propose(ctx, n.as(role), auth.Change{
			Kind: auth.HistoryDefer, Subject: "sample-entry", Reason: "sample", Detail: map[string]string{"until": "2024-07-01", "ground": "court-order"},
		})
	}
	n.must(err)
	return p
}

func teamSamples(n *testNode) map[string]string {
	ctx := n.t.Context()
	team, err := n.app.Accounts.FormTeam(ctx, n.as(auth.Supervisor), "Sample (invented)")
	n.must(err)
	n.must(n.app.Accounts.Join(ctx, n.as(auth.Supervisor), team, n.accounts[auth.SupportWorker]))
	base := "/teams/" + string(team)
	return map[string]string{
		"/teams/{id}/join":           base + "/join",
		"/teams/{id}/part/{account}": base + "/part/" + string(n.accounts[auth.SupportWorker]),
		"/teams/{id}/close":          base + "/close",
		"/teams/{id}/cases":          base + "/cases",
	}
}

func officerSamples(n *testNode) map[string]string {
	ctx := n.t.Context()
	account, p := n.propose()
	n.must(n.app.Accounts.Approve(ctx, n.as(auth.ProtectionOfficer), p))
	n.recipients()
	worker, err := n.app.Accounts.Actor(ctx, n.person(auth.SupportWorker))
	n.must(err)
	g, err := n.app.Accounts.Break(ctx, worker, "other", "sample-case")
	n.must(err)
	return map[string]string{
		"/first-links/{id}":                 "/first-links/" + string(account),
		"/emergency/{id}/review":            "/emergency/" + string(g.ID) + "/review",
		"/organisation/pairing/{id}/accept": "/organisation/pairing/" + string(n.pairing(false)) + "/accept",
	}
}

// pairing makes a tiny organisation that asks ours for its officer, or that ours asks, and returns it.
func (n *testNode) pairing(asked bool) auth.OrgID {
	n.t.Helper()
	ctx := n.t.Context()
	org, err := n.app.Accounts.CreateOrg(ctx, "Tiny (invented)", "UTC")
	n.must(err)
	if asked {
		id, err := n.app.Accounts.AskPairing(ctx, n.as(auth.Administrator), org, "sample")
		n.must(err)
		n.must(n.app.Accounts.Approve(ctx, n.as(auth.ProtectionOfficer), id))
		return org
	}
	_, err = n.app.Accounts.AskPairing(ctx, auth.CLI(org), n.org, "sample")
	n.must(err)
	return org
}

// walkPeople brings the pages of people into the states that a walk over the routes does not meet, and
// hands each to look.
func walkPeople(t *testing.T, n *testNode, language string, look func(where, body string)) {
	t.Helper()
	in := func(role auth.Role) string { return n.session(role) + "; language=" + language }
	see := func(a ask) string {
		res, body := send(t, n, a)
		if res.StatusCode != http.StatusSeeOther {
			look(a.method+" "+a.path, body)
		}
		return body
	}
	boss, officer := in(auth.Administrator), in(auth.ProtectionOfficer)
	see(ask{method: "POST", path: "/people", cookie: boss, form: url.Values{"name": {"New (invented)"}, "role": {"analyst"}}})
	see(ask{method: "POST", path: "/people", cookie: boss})
	account, _ := n.propose()
	see(ask{path: "/people/" + string(account), cookie: boss})
	see(ask{path: "/proposals", cookie: boss})
	for pattern, address := range officerSamples(n) {
		if strings.HasPrefix(pattern, "/first-links") {
			see(ask{path: "/proposals", cookie: officer})
			see(ask{method: "POST", path: address, cookie: officer})
		}
	}
	for role, paths := range map[auth.Role][]string{
		auth.ProtectionOfficer: {"/emergency", "/organisation?proposed=1", "/access-review", "/"},
		auth.Supervisor:        {"/exclusions?proposed=1", "/teams", "/deferrals?proposed=1", "/organisation", "/"},
		auth.SupportWorker:     {"/emergency", "/roles"},
	} {
		ownProposal(n, auth.Supervisor)
		teamSamples(n)
		for _, path := range paths {
			see(ask{path: path, cookie: in(role)})
		}
	}
	for _, path := range []string{"/exclusions", "/exclusions/end", "/teams", "/deferrals", "/emergency", "/organisation/recipients"} {
		role := auth.Supervisor
		if strings.HasPrefix(path, "/organisation") {
			role = auth.Administrator
		}
		see(ask{method: "POST", path: path, cookie: in(role)})
	}
	see(ask{method: "POST", path: "/emergency", cookie: in(auth.Supervisor), form: url.Values{"reason": {"other"}, "scope": {"sample-case-2"}}})
	see(ask{path: "/emergency", cookie: in(auth.Supervisor)})
	see(ask{method: "POST", path: "/emergency/end", cookie: in(auth.Supervisor)})
}

// The whole way of a new colleague through the pages: proposed by one, approved by another, and let in
// by a link that the first never sees.
func TestNewColleagueTakesTwoPeople(t *testing.T) {
	n := newNode(t, Options{})
	boss, officer := n.session(auth.Administrator), n.session(auth.ProtectionOfficer)
	form := url.Values{"name": {"Ada (invented)"}, "role": {"support-worker"}, "until": {"2024-12-31"}, "reason": {"night shift"}}
	res, body := send(t, n, ask{method: "POST", path: "/people", cookie: boss, form: form})
	at := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(at, "/people/") {
		t.Fatalf("adding: status %d to %q\n%s", res.StatusCode, at, body)
	}
	if body := page(t, n, ask{path: at, cookie: boss}, http.StatusOK); !strings.Contains(body, "Waits for a second person") {
		t.Error("the account does not show what it waits for")
	}
	if body := page(t, n, ask{path: "/", cookie: officer}, http.StatusOK); !strings.Contains(body, "A change waits for a second person") {
		t.Error("the officer's first page does not tell")
	}
	waiting := page(t, n, ask{path: "/proposals", cookie: officer}, http.StatusOK)
	id := regexp.MustCompile(`/proposals/([A-Z0-9]+)/approve`).FindStringSubmatch(waiting)
	if id == nil || !strings.Contains(waiting, "night shift") || !strings.Contains(waiting, "Ada (invented)") {
		t.Fatalf("nothing to decide:\n%s", waiting)
	}
	wantNotHere(t, "the administrator approves", func() int {
		res, _ := send(t, n, ask{method: "POST", path: "/proposals/" + id[1] + "/approve", cookie: boss})
		return res.StatusCode
	}(), "There is no such page for you here.")
	post(t, withCookie(n, officer), "/proposals/"+id[1]+"/approve", nil, "/proposals")
	wantNotHere(t, "the administrator makes the link", func() int {
		res, _ := send(t, n, ask{method: "POST", path: at + "/invite", cookie: boss})
		return res.StatusCode
	}(), "There is no such page for you here.")
	body = page(t, n, ask{method: "POST", path: strings.Replace(at, "/people/", "/first-links/", 1), cookie: officer}, http.StatusOK)
	link := regexp.MustCompile(`/enter\?link=(ffl_[A-Za-z0-9_-]+)`).FindStringSubmatch(body)
	if link == nil {
		t.Fatalf("no link:\n%s", body)
	}
}

// Notices of one kind stand on the first page once, and go together.
func TestNoticesOfOneKindStandOnce(t *testing.T) {
	n := newNode(t, Options{})
	cookie := n.session(auth.Liaison)
	for range 3 {
		n.notice(n.accounts[auth.Liaison])
	}
	const words = "The review of access is due"
	body := page(t, n, ask{path: "/", cookie: cookie}, http.StatusOK)
	id := regexp.MustCompile(`/notices/([A-Z2-7]+)/read`).FindStringSubmatch(body)
	if id == nil || strings.Count(body, "<h2>"+words) != 1 || !strings.Contains(body, "3 of this kind") {
		t.Fatalf("not one for three:\n%s", body)
	}
	post(t, withCookie(n, cookie), "/notices/"+id[1]+"/read", nil, "/")
	if body := page(t, n, ask{path: "/", cookie: cookie}, http.StatusOK); strings.Contains(body, words) {
		t.Error("some of them stayed")
	}
}

// withCookie asks as a browser that holds a cookie.
func withCookie(h http.Handler, cookie string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Cookie", cookie)
		h.ServeHTTP(w, r)
	})
}

// Every kind of notice, change and role has words of its own.
func TestEverythingAboutPeopleHasWords(t *testing.T) {
	p := i18n.For("en")
	seen := map[string]bool{}
	for _, k := range notify.Kinds() {
		title, text, path := noticeWords(p, k)
		if title == "A notice" || text == "" || path != "" && path[0] != '/' {
			t.Errorf("notice %s: %q %q %q", k, title, text, path)
		}
	}
	for _, k := range auth.ChangeKinds() {
		if title := changeTitle(p, k); title == string(k) || seen[title] {
			t.Errorf("change %s: %q", k, title)
		} else {
			seen[title] = true
		}
	}
	for _, r := range auth.Roles() {
		if roleName(p, r) == string(r) {
			t.Errorf("role %s has no name", r)
		}
	}
	for _, s := range auth.Scopes() {
		if scopeName(p, s) == string(s) {
			t.Errorf("scope %s has no words", s)
		}
	}
}
