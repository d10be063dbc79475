package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
)

// cookiesOf joins the cookies that an answer sets.
func cookiesOf(res *http.Response) string {
	var all []string
	for _, c := range res.Cookies() {
		if c.MaxAge >= 0 {
			all = append(all, c.Name+"="+c.Value)
		}
	}
	return strings.Join(all, "; ")
}

// Somebody comes by a link, makes a password, signs out and signs in: all without scripts.
func TestFirstSignIn(t *testing.T) {
	n := newNode(t, Options{})
	link, err := n.app.Accounts.OneTimeLink(t.Context(), n.accounts[auth.Officer], 0)
	if err != nil {
		t.Fatal(err)
	}
	res, _ := send(t, n, ask{method: "POST", path: "/enter", form: url.Values{"link": {link}}})
	if res.Header.Get("Location") != "/security/new" {
		t.Fatalf("the first link leads to %q", res.Header.Get("Location"))
	}
	cookie := cookiesOf(res)
	page(t, n, ask{path: "/security/new", cookie: cookie}, http.StatusOK)
	m := n.makePassword(cookie)
	body := page(t, n, ask{path: "/security", cookie: cookie}, http.StatusOK)
	if !strings.Contains(body, m.number) || !strings.Contains(body, "A way to sign in was added.") || !strings.Contains(body, "10 recovery codes left") {
		t.Error("the page does not say what there is and what happened")
	}
	if strings.Contains(body, longPassword) || strings.Contains(body, m.codes[0]) {
		t.Error("a secret is shown again")
	}
	right := url.Values{"number": {m.number}, "password": {longPassword}, "code": {appCode(t, m.secret, noon.Add(30*time.Second))}}
	res, _ = send(t, n, ask{method: "POST", path: "/sign-in", form: right})
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/" || len(res.Cookies()) != 2 {
		t.Fatalf("signing in: %d, %v", res.StatusCode, res.Cookies())
	}
	for _, c := range res.Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
			t.Errorf("cookie %+v", c)
		}
	}
	if body := page(t, n, ask{path: "/", cookie: cookiesOf(res)}, http.StatusOK); !strings.Contains(body, "What needs you now") {
		t.Error("not signed in")
	}
	// What did not match shows neither password nor code again, whoever's number it is.
	bodies := map[string]string{}
	for _, number := range []string{m.number, "1000 0001"} {
		wrong := url.Values{"number": {number}, "password": {"KANARIE-4711"}, "code": {"998877"}}
		body := page(t, n, ask{method: "POST", path: "/sign-in", form: wrong}, http.StatusUnprocessableEntity)
		if strings.Contains(body, "KANARIE") || strings.Contains(body, "998877") {
			t.Error("what was typed comes back")
		}
		bodies[number] = strings.ReplaceAll(body, number, "")
	}
	if bodies[m.number] != bodies["1000 0001"] {
		t.Error("a number that nobody has is answered otherwise")
	}
	if strings.Contains(n.log.String(), m.number) || strings.Contains(n.log.String(), "KANARIE") {
		t.Error("the log knows who tried")
	}
}

// After ten minutes the session is locked: nothing is shown, a form is kept, and both come back.
func TestLockKeepsState(t *testing.T) {
	n := newNode(t, Options{})
	boss := n.accounts[auth.Administrator]
	n.makePassword(n.session(auth.Administrator))
	cookie := n.session(auth.Administrator)
	n.age(boss, 10*time.Minute-time.Second)
	page(t, n, ask{path: "/settings", cookie: cookie}, http.StatusOK)
	n.age(boss, 10*time.Minute)
	res, body := send(t, n, ask{path: "/settings?x=1", cookie: cookie})
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/locked?back=%2Fsettings%3Fx%3D1" {
		t.Fatalf("%d to %q\n%s", res.StatusCode, res.Header.Get("Location"), body)
	}
	for _, path := range []string{"/locked", "/about", "/sign-in"} {
		body := page(t, n, ask{path: path, cookie: cookie}, http.StatusOK)
		if strings.Contains(body, "Invented administrator") || strings.Contains(body, "Harbour Office") {
			t.Errorf("%s shows who is signed in behind the lock", path)
		}
	}
	if res, _ := send(t, n, ask{path: "/", cookie: cookie}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the first page answers %d", res.StatusCode)
	}

	form := url.Values{"label": {"press office"}, "days": {"30"}}
	res, _ = send(t, n, ask{method: "POST", path: "/settings/tokens", cookie: cookie, form: form, header: map[string]string{"Referer": "http://localhost:8080/settings"}})
	if res.Header.Get("Location") != "/locked?back=%2Fsettings" {
		t.Fatalf("the form leads to %q", res.Header.Get("Location"))
	}
	if tokens := page(t, n, ask{path: "/locked", cookie: cookie}, http.StatusOK); strings.Contains(tokens, "press office") {
		t.Error("the lock page shows what was typed")
	}
	wrong := url.Values{"password": {"not it"}, "back": {"/settings"}}
	page(t, n, ask{method: "POST", path: "/locked", cookie: cookie, form: wrong}, http.StatusUnprocessableEntity)
	if res, _ := send(t, n, ask{method: "POST", path: "/locked/form", cookie: cookie}); !strings.HasPrefix(res.Header.Get("Location"), "/locked?") {
		t.Errorf("a locked session sends its form: %q", res.Header.Get("Location"))
	}
	right := url.Values{"password": {longPassword}, "back": {"/settings"}}
	res, _ = send(t, n, ask{method: "POST", path: "/locked", cookie: cookie, form: right})
	if res.Header.Get("Location") != "/locked/form" {
		t.Fatalf("unlocking leads to %q", res.Header.Get("Location"))
	}
	page(t, n, ask{path: "/locked/form", cookie: cookie}, http.StatusOK)
	body = page(t, n, ask{method: "POST", path: "/locked/form", cookie: cookie}, http.StatusOK)
	if !strings.Contains(body, "Your new token") || !strings.Contains(body, "press office") {
		t.Errorf("the kept form was not sent\n%s", body)
	}
	if res, _ := send(t, n, ask{method: "POST", path: "/locked/form", cookie: cookie}); res.Header.Get("Location") != "/locked/form" {
		t.Error("the kept form is sent twice")
	}
}

// Showing once more who one is takes password and code, and opens what changes how one signs in.
func TestChangeTakesProof(t *testing.T) {
	n := newNode(t, Options{})
	m := n.makePassword(n.session(auth.Officer))
	cookie := n.session(auth.Officer)
	n.age(n.accounts[auth.Officer], 2*time.Minute)
	err := n.proveAt(n.accounts[auth.Officer], noon.Add(-auth.FreshFor))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/security/password/begin", "/security/recovery", "/security/password/remove"} {
		res, _ := send(t, n, ask{method: "POST", path: path, cookie: cookie})
		if res.Header.Get("Location") != provePath("/security") {
			t.Errorf("%s: %d to %q", path, res.StatusCode, res.Header.Get("Location"))
		}
	}
	_, said := send(t, n, ask{method: "POST", path: "/security/passkeys/ask", cookie: cookie})
	if !strings.Contains(said, `"next":"/locked?back=%2Fsecurity"`) {
		t.Errorf("a passkey without proof: %s", said)
	}
	page(t, n, ask{method: "POST", path: "/locked", cookie: cookie, form: url.Values{"password": {longPassword}}}, http.StatusUnprocessableEntity)
	res, _ := send(t, n, ask{method: "POST", path: "/locked", cookie: cookie, form: url.Values{"password": {longPassword}, "code": {m.codes[0]}, "back": {"/security"}}})
	if res.Header.Get("Location") != "/security" {
		t.Fatalf("showing who one is: %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	page(t, n, ask{method: "POST", path: "/security/recovery", cookie: cookie}, http.StatusOK)
}

// A link of a reset opens the pages for making a sign-in and no other.
func TestEnrollingReachesNothingElse(t *testing.T) {
	n := newNode(t, Options{})
	cookie := n.session(auth.Administrator)
	if err := n.stage(n.accounts[auth.Administrator], auth.Enrolling); err != nil {
		t.Fatal(err)
	}
	for _, rt := range n.routes() {
		if rt.Access == Anyone() || rt.Access == Making() {
			continue
		}
		path := strings.NewReplacer("{id}", "x", "{role}", "x").Replace(rt.Pattern)
		res, _ := send(t, n, ask{method: rt.Method, path: path, cookie: cookie})
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/security/new" {
			t.Errorf("%s %s: %d to %q", rt.Method, path, res.StatusCode, res.Header.Get("Location"))
		}
	}
	if res, _ := send(t, n, ask{path: "/", cookie: cookie}); res.Header.Get("Location") != "/security/new" {
		t.Errorf("the first page leads to %q", res.Header.Get("Location"))
	}
	body := page(t, n, ask{path: "/security/new", cookie: cookie}, http.StatusOK)
	if strings.Contains(body, "Not now") || strings.Contains(body, "/settings") {
		t.Error("the page offers a way round")
	}
	n.makePassword(cookie)
	page(t, n, ask{path: "/settings", cookie: cookie}, http.StatusOK)
}

// Every route of the signed in is behind the lock, for every role.
func TestLockedReachesNothing(t *testing.T) {
	n := newNode(t, Options{})
	for _, role := range auth.Roles() {
		cookie := n.session(role)
		n.age(n.accounts[role], 15*time.Minute)
		for _, rt := range n.routes() {
			if !rt.Access.signedIn {
				continue
			}
			path := strings.NewReplacer("{id}", "x", "{role}", "x").Replace(rt.Pattern)
			res, _ := send(t, n, ask{method: rt.Method, path: path, cookie: cookie})
			if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/locked?") {
				t.Errorf("%s: %s %s: %d to %q", role, rt.Method, path, res.StatusCode, res.Header.Get("Location"))
			}
		}
	}
}

func TestOwnSessions(t *testing.T) {
	n := newNode(t, Options{})
	here, other := n.session(auth.Officer), n.session(auth.Officer)
	stranger := n.session(auth.Analyst)
	open, err := n.app.Accounts.Sessions(t.Context(), auth.Actor{Org: n.org, Account: n.accounts[auth.Analyst]})
	if err != nil || len(open) != 1 {
		t.Fatalf("%v (%v)", open, err)
	}
	res, _ := send(t, n, ask{method: "POST", path: "/security/sessions/" + open[0].ID + "/end", cookie: here})
	if res.StatusCode != http.StatusNotFound {
		t.Errorf("ending somebody else's session answers %d", res.StatusCode)
	}
	page(t, n, ask{path: "/security", cookie: stranger}, http.StatusOK)
	if res, _ := send(t, n, ask{method: "POST", path: "/security/sessions/end", cookie: here}); res.Header.Get("Location") != "/security" {
		t.Errorf("ending the others: %d", res.StatusCode)
	}
	page(t, n, ask{path: "/security", cookie: other}, http.StatusNotFound)
	page(t, n, ask{path: "/security", cookie: here}, http.StatusOK)
}

// What a script sends is hostile until checked, and gets one calm answer.
func TestPasskeyAnswersAreCalm(t *testing.T) {
	n := newNode(t, Options{})
	res, begun := send(t, n, ask{method: "POST", path: "/sign-in/passkey/ask"})
	if res.StatusCode != http.StatusOK || !strings.Contains(begun, `"userVerification":"required"`) || !strings.Contains(begun, `"rpId":"localhost"`) {
		t.Fatalf("%d %s", res.StatusCode, begun)
	}
	_, making := send(t, n, ask{method: "POST", path: "/security/passkeys/ask", cookie: n.session(auth.Officer)})
	if !strings.Contains(making, `"userVerification":"required"`) || !strings.Contains(making, `"residentKey":"required"`) || strings.Contains(making, "Invented") {
		t.Errorf("making one asks %s", making)
	}
	cookie := cookiesOf(res)
	for _, body := range []string{"", "{", "[]", "null", `{"answer":null}`, `{"answer":{"id":"x"}}`, `{"answer":{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":"AA"}}}`, strings.Repeat("[", 10_000)} {
		for _, path := range []string{"/sign-in/passkey", "/locked/passkey", "/security/passkeys"} {
			a := ask{method: "POST", path: path, body: strings.NewReader(body), contentType: "application/json", cookie: cookie + "; " + n.session(auth.Officer)}
			res, said := send(t, n, a)
			if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(said, `"say":"`) {
				t.Errorf("%s %.40q: %d %s", path, body, res.StatusCode, said)
			}
		}
	}
	if res, said := send(t, n, ask{method: "POST", path: "/sign-in/passkey/ask", header: map[string]string{"Host": "127.0.0.1:8080"}}); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("at a bare address: %d %s", res.StatusCode, said)
	}
}

// Signing out keeps the browser known; emptying it does not.
func TestLeavingKeepsTheBrowserKnown(t *testing.T) {
	n := newNode(t, Options{})
	res, _ := send(t, n, ask{method: "POST", path: "/leave", cookie: n.session(auth.Officer)})
	if got := res.Header.Get("Clear-Site-Data"); got != `"cache", "storage"` {
		t.Errorf("signing out clears %q", got)
	}
	res, _ = send(t, n, ask{method: "POST", path: "/leave", cookie: n.session(auth.Officer), form: url.Values{"everything": {"yes"}}})
	if got := res.Header.Get("Clear-Site-Data"); got != `"cache", "cookies", "storage"` {
		t.Errorf("emptying the browser clears %q", got)
	}
}

func TestDeviceIsCoarse(t *testing.T) {
	for agent, want := range map[string]auth.Device{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                           "firefox/linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140":          "edge/windows",
		"Mozilla/5.0 (Linux; Android 14; SM-S928B Build/X) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":   "chrome/android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile Safari/604.1": "safari/ios",
		"": "other/other", "curl/8": "other/other", strings.Repeat("Firefox/", 10_000): "other/other",
	} {
		r, err := http.NewRequest(http.MethodGet, "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("User-Agent", agent)
		if got := deviceOf(r); got != want {
			t.Errorf("%.60q is %q, want %q", agent, got, want)
		}
	}
}
