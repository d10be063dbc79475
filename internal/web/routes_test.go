package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
)

// makers give patterns with a wildcard addresses that exist for the actor, each maker its own patterns. A
// new pattern needs a line in one: without it the walk could not tell "forbidden" from "no such thing".
var makers = []func(*testNode, auth.Actor) map[string]string{
	uploadSamples,
	tokenSamples,
	func(n *testNode, _ auth.Actor) map[string]string { return measureSamples(n) },
	signInSamples,
	peopleSamples,
	caseSamples,
	supportSamples,
	placeSamples,
	identificationSamples,
	casePersonSamples,
	consentSamples,
	referralSamples,
	keepingSamples,
	ownSamples,
	func(n *testNode, _ auth.Actor) map[string]string { return breachSamples(n) },
	func(n *testNode, _ auth.Actor) map[string]string { return agreementSamples(n) },
	func(n *testNode, _ auth.Actor) map[string]string { return ledgerSamples(n) },
	func(n *testNode, _ auth.Actor) map[string]string { return jobSamples(n) },
}

// samples gives every pattern with a wildcard an address.
func samples(n *testNode, actor auth.Actor) map[string]string {
	filled := map[string]string{}
	for _, m := range makers {
		maps.Copy(filled, m(n, actor))
	}
	return filled
}

// stock is the samples of a walk that uses them up.
type stock struct {
	n      *testNode
	actor  auth.Actor
	filled map[string]string
	maker  map[string]int // by pattern
}

func newStock(n *testNode, actor auth.Actor) *stock {
	s := &stock{n: n, actor: actor, filled: map[string]string{}, maker: map[string]int{}}
	for i := range makers {
		s.make(i)
	}
	return s
}

func (s *stock) make(maker int) {
	for pattern, address := range makers[maker](s.n, s.actor) {
		s.filled[pattern], s.maker[pattern] = address, maker
	}
}

// used makes what stands with a pattern anew.
func (s *stock) used(pattern string) {
	if i, ok := s.maker[pattern]; ok {
		s.make(i)
	}
}

func uploadSamples(n *testNode, actor auth.Actor) map[string]string {
	held := &upload{ID: "sample" + string(actor.Account), Owner: actor.Account, Name: "table.csv", At: noon}
	n.uploads.hold(held)
	return map[string]string{
		"/import/{id}": "/import/" + held.ID, "/import/{id}/save": "/import/" + held.ID + "/save",
		"/import/{id}/discard": "/import/" + held.ID + "/discard",
	}
}

func tokenSamples(n *testNode, _ auth.Actor) map[string]string {
	return map[string]string{"/settings/tokens/{id}/revoke": "/settings/tokens/" + string(n.token()) + "/revoke"}
}

// token issues an access token and returns its id.
func (n *testNode) token() auth.TokenID {
	n.t.Helper()
	boss := auth.Actor{Org: n.org, Account: n.accounts[auth.Administrator], Roles: []auth.Role{auth.Administrator}}
	if _, err := n.app.Accounts.IssueToken(n.t.Context(), boss, "sample", 3600e9); err != nil {
		n.t.Fatal(err)
	}
	tokens, err := n.app.Accounts.ListTokens(n.t.Context(), boss)
	if err != nil {
		n.t.Fatal(err)
	}
	i := slices.IndexFunc(tokens, func(t auth.Token) bool { return !t.Revoked })
	return tokens[i].ID
}

// addressOf fills a pattern.
func addressOf(t *testing.T, rt route, filled map[string]string) string {
	t.Helper()
	pattern := strings.TrimSuffix(rt.Pattern, "{$}")
	if !strings.Contains(pattern, "{") {
		return pattern
	}
	address, ok := filled[pattern]
	if !ok {
		t.Fatalf("%s %s: give the walk an address for this pattern (samples in routes_test.go)", rt.Method, rt.Pattern)
	}
	return address
}

// visitors is everybody the walk asks as: nobody, and an account of every role.
func visitors() []auth.Role { return append([]auth.Role{""}, auth.Roles()...) }

// expected is the rule of the route table, written here a second time on purpose: the table of the
// program and this one must agree.
func expected(rt route, role auth.Role) bool {
	switch access := rt.Access.String(); access {
	case "anyone":
		return true
	case "signed in":
		return role != ""
	default:
		actor := auth.Actor{Org: "o", Account: "a", Roles: []auth.Role{role}}
		return role != "" && slices.ContainsFunc(strings.Split(access, " or "), func(p string) bool { return actor.May(auth.Permission(p)) })
	}
}

func TestEveryRouteForEverybody(t *testing.T) {
	n := newSeeded(t, Options{Demo: true})
	for _, role := range visitors() {
		t.Run("as "+string(role), func(t *testing.T) {
			n.t = t
			cookie, held := n.session(role), newStock(n, auth.Actor{Org: n.org, Account: n.accounts[role]})
			for _, rt := range n.routes() {
				address := addressOf(t, rt, held.filled)
				res, body := send(t, n, ask{method: rt.Method, path: address, cookie: cookie})
				checkHeaders(t, rt.Method+" "+address, res.Header)
				if !expected(rt, role) {
					wantNotHere(t, rt.Method+" "+address, res.StatusCode, body)
					continue // a refusal uses nothing up: what follows asks with the same session and samples
				}
				admitted := []int{http.StatusOK, http.StatusSeeOther, http.StatusUnprocessableEntity}
				if rt.Method == http.MethodGet {
					admitted = admitted[:1]
				} else {
					cookie = n.session(role)
					held.used(rt.Pattern)
					n.must(n.app.Vault.Unlock(t.Context())) // one route locks it
				}
				if !slices.Contains(admitted, res.StatusCode) {
					t.Errorf("%s %s: status %d, want one of %v\n%s", rt.Method, address, res.StatusCode, admitted, body)
				}
			}
		})
	}
}

// wantNotHere checks that a refusal does not tell that there is something to refuse.
func wantNotHere(t *testing.T, what string, status int, body string) {
	t.Helper()
	if status != http.StatusNotFound || !strings.Contains(body, "There is no such page for you here.") {
		t.Errorf("%s: status %d, want the answer of a page that does not exist", what, status)
	}
}

func TestForbiddenIsTheSamePageAsMissing(t *testing.T) {
	n := newNode(t, Options{})
	cookie := n.session(auth.Officer)
	back := regexp.MustCompile(`name="back" value="[^"]*"`)
	_, forbidden := send(t, n, ask{path: "/node", cookie: cookie})
	_, missing := send(t, n, ask{path: "/no-such-page", cookie: cookie})
	if back.ReplaceAllString(forbidden, "") != back.ReplaceAllString(missing, "") {
		t.Error("a forbidden page and a missing one can be told apart")
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	n := newNode(t, Options{})
	for _, a := range []ask{{path: "/tour"}, {path: "/nothing"}, {method: "POST", path: "/about"}, {method: "DELETE", path: "/"}} {
		page(t, n, a, http.StatusNotFound)
	}
}

// checkHeaders checks the promises on every answer that is not a static file.
func checkHeaders(t *testing.T, what string, h http.Header) {
	t.Helper()
	want := map[string]string{
		"Content-Security-Policy":      contentPolicy,
		"Cache-Control":                "no-store",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"X-Content-Type-Options":       "nosniff",
		"Permissions-Policy":           "camera=(), geolocation=(), microphone=()",
	}
	for name, value := range want {
		if got := h.Values(name); len(got) != 1 || got[0] != value {
			t.Errorf("%s: header %s is %q, want %q", what, name, got, value)
		}
	}
}

// The policy is written out once more: it may only ever be changed in two places on purpose.
func TestContentPolicyUnchanged(t *testing.T) {
	const want = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
		"connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	if contentPolicy != want {
		t.Errorf("the content policy is\n%s\nwant\n%s", contentPolicy, want)
	}
}

func TestFormsFromElsewhereAreRefused(t *testing.T) {
	n := newNode(t, Options{Demo: true})
	cookie := n.session(auth.Administrator)
	actor := auth.Actor{Org: n.org, Account: n.accounts[auth.Administrator]}
	foreign := []struct {
		name   string
		cookie string
		header map[string]string
	}{
		{"cross-site", cookie, map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}},
		{"same-site", cookie, map[string]string{"Sec-Fetch-Site": "same-site"}},
		{"foreign origin of an old browser", cookie, map[string]string{"Sec-Fetch-Site": "", "Origin": "https://evil.example"}},
		{"cookie without any origin", cookie, map[string]string{"Sec-Fetch-Site": ""}},
		{"any cookie without any origin", "language=ar", map[string]string{"Sec-Fetch-Site": ""}},
		{"cross-site without a cookie", "", map[string]string{"Sec-Fetch-Site": "cross-site"}},
	}
	filled := samples(n, actor)
	for _, rt := range n.routes() {
		if rt.Method == http.MethodGet {
			continue
		}
		address := addressOf(t, rt, filled)
		for _, f := range foreign {
			res, _ := send(t, n, ask{method: rt.Method, path: address, cookie: f.cookie, header: f.header})
			if res.StatusCode != http.StatusForbidden {
				t.Errorf("%s %s, %s: status %d, want 403", rt.Method, address, f.name, res.StatusCode)
			}
			checkHeaders(t, address, res.Header)
			if got := res.Header.Values("Set-Cookie"); len(got) > 0 {
				t.Errorf("%s %s, %s: a refused form sets %q", rt.Method, address, f.name, got)
			}
		}
	}
}

func TestOnlyOwnNamesAreServed(t *testing.T) {
	n := newNode(t, Options{Hosts: []string{"Node.Example.org"}})
	cases := map[string]int{
		"localhost:8080": 200, "localhost": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200, "[::1]": 200,
		"node.example.org": 200, "NODE.example.org.:443": 200,
		"evil.example": 421, "localhost.evil.example": 421, "10.0.0.1": 421, "": 421, "node.example.org.evil": 421,
	}
	for host, want := range cases {
		res, body := send(t, n, ask{path: "/", header: map[string]string{"Host": host}})
		if host == "" {
			continue // the recorder keeps its own name when none is given
		}
		if res.StatusCode != want {
			t.Errorf("Host %q: status %d, want %d", host, res.StatusCode, want)
		}
		if want == 421 && strings.Contains(body, "<html") {
			t.Errorf("Host %q: a page is shown under a foreign name", host)
		}
	}
}

// Addresses and titles of what anybody may open say nothing about whom the program is for.
func TestOpenPagesAreNeutral(t *testing.T) {
	n := newSeeded(t, Options{Demo: true})
	banned := regexp.MustCompile(`(?i)traffick|victim|survivor|slave|exploit|police|abuse|shelter`)
	title := regexp.MustCompile(`<title>([^<]*)</title>`)
	for _, rt := range n.routes() {
		if rt.Access != Anyone() {
			continue
		}
		if banned.MatchString(rt.Pattern) {
			t.Errorf("%s: the address tells", rt.Pattern)
		}
		if rt.Method != http.MethodGet || rt.Surface == Ops {
			continue
		}
		_, body := send(t, n, ask{path: addressOf(t, rt, nil)})
		found := title.FindStringSubmatch(body)
		if found == nil || banned.MatchString(found[1]) {
			t.Errorf("%s: title %q", rt.Pattern, found)
		}
	}
}

func TestGetChangesNothing(t *testing.T) {
	n := newNode(t, Options{Demo: true})
	link, err := n.app.Accounts.OneTimeLink(t.Context(), n.accounts[auth.Analyst], 0)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		res, _ := send(t, n, ask{path: "/enter?link=" + url.QueryEscape(link)})
		if got := res.Header.Values("Set-Cookie"); len(got) > 0 {
			t.Fatalf("looking at a link sets %q", got)
		}
	}
	res, _ := send(t, n, ask{method: "POST", path: "/enter", form: url.Values{"link": {link}}})
	if res.StatusCode != http.StatusSeeOther || len(res.Cookies()) != 1 {
		t.Fatalf("the button: status %d, cookies %v", res.StatusCode, res.Cookies())
	}
	c := res.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Name != "session" {
		t.Errorf("session cookie %+v", c)
	}
	signedIn := page(t, n, ask{path: "/", cookie: c.Name + "=" + c.Value}, http.StatusOK)
	if !strings.Contains(signedIn, "What needs you now") {
		t.Error("the link did not sign in")
	}
	again, body := send(t, n, ask{method: "POST", path: "/enter", form: url.Values{"link": {link}}})
	if again.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "does not work any more") {
		t.Errorf("a link works twice: status %d", again.StatusCode)
	}
}

func TestSecureCookies(t *testing.T) {
	n := newNode(t, Options{Demo: true, Secure: true})
	account := url.Values{"account": {string(n.accounts[auth.Analyst])}, "next": {"/settings"}}
	res, _ := send(t, n, ask{method: "POST", path: "/tour", form: account})
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/settings" {
		t.Fatalf("status %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	c := res.Cookies()[0]
	if c.Name != "__Host-session" || !c.Secure || c.Domain != "" {
		t.Errorf("cookie %+v", c)
	}
	if res.Header.Get("Strict-Transport-Security") == "" {
		t.Error("no Strict-Transport-Security over TLS")
	}
}

func TestLeavingEndsTheSession(t *testing.T) {
	n := newNode(t, Options{})
	cookie := n.session(auth.Analyst)
	page(t, n, ask{path: "/settings", cookie: cookie}, http.StatusOK)
	res, _ := send(t, n, ask{method: "POST", path: "/leave", cookie: cookie})
	if got := res.Header.Get("Clear-Site-Data"); got != `"cache", "storage"` {
		t.Errorf("Clear-Site-Data %q", got)
	}
	for _, path := range []string{"/settings", "/no-such-page"} {
		body := page(t, n, ask{path: path, cookie: cookie}, http.StatusNotFound)
		if !strings.Contains(body, "Your session has ended") {
			t.Errorf("%s does not say that the session has ended", path)
		}
	}
}

func TestNextNeverLeavesTheNode(t *testing.T) {
	for _, to := range []string{"https://evil.example", "//evil.example", `/\evil.example`, "evil", "", "/a\nb", "/\t/evil.example", "/\x00/evil.example", "/\x0b/evil.example", "/\u0085/evil.example", "javascript:alert(1)"} {
		if got := localPath(to); got != "/" {
			t.Errorf("localPath(%q) = %q", to, got)
		}
	}
	if got := localPath("/measures?x=1"); got != "/measures?x=1" {
		t.Errorf("a path of our own became %q", got)
	}
}

func TestRouteTableReads(t *testing.T) {
	n := newNode(t, Options{Demo: true})
	seen := map[string]bool{}
	for _, rt := range n.routes() {
		row := fmt.Sprintf("%s %s", rt.Method, rt.Pattern)
		if seen[row] || rt.Surface == "" || rt.Handle == nil {
			t.Errorf("row %s is double or incomplete", row)
		}
		seen[row] = true
	}
}
