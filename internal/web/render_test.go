package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
)

// everyPage asks for every page that can be asked for, in several states, and hands each to look.
func everyPage(t *testing.T, n *testNode, language string, look func(where, body string)) {
	t.Helper()
	cookie := func(role auth.Role) string {
		return strings.TrimPrefix(n.session(role)+"; language="+language, "; ")
	}
	see := func(a ask) {
		_, body := send(t, n, a)
		look(a.method+" "+a.path, body)
	}
	// Who sees most, who sees least, and somebody between; the walk over the routes asks as everybody.
	for _, role := range []auth.Role{"", auth.Analyst, auth.Liaison, auth.Supervisor, auth.Administrator} {
		filled := samples(n, auth.Actor{Org: n.org, Account: n.accounts[role]})
		signedIn := cookie(role)
		for _, rt := range n.routes() {
			file := strings.HasSuffix(rt.Pattern, ".csv") || strings.HasSuffix(rt.Pattern, ".txt") || strings.HasSuffix(rt.Pattern, ".json")
			if rt.Method == http.MethodGet && rt.Surface != Ops && !file && expected(rt, role) {
				see(ask{path: addressOf(t, rt, filled), cookie: signedIn})
			}
		}
	}
	see(ask{path: "/enter?link=abc", cookie: cookie("")})
	walkSignIn(n, language, see)
	see(ask{path: "/nowhere", cookie: cookie("")})
	see(ask{method: "POST", path: "/settings/tokens", cookie: cookie(auth.Administrator)})
	see(ask{
		method: "POST", path: "/settings/tokens", cookie: cookie(auth.Administrator),
		form: url.Values{"label": {"press office"}, "days": {"30"}},
	})
	walkPeople(t, n, language, look)
	walkCases(n, language, see)
	walkSupport(n, language, see)
	walkIdentification(n, language, see)
	walkPeopleOfCases(n, language, see)
	walkConsents(n, language, see)
	walkReferrals(n, language, see)
	walkPlaces(n, language, see)
	walkOwn(n, language, see)
	walkSearch(n, language, see)
	walkExchange(n, language, see)
	breaches := breachSamples(n)
	for _, path := range []string{"/breaches", breaches["/breaches/{id}"]} {
		see(ask{path: path, cookie: cookie(auth.ProtectionOfficer)})
	}
	see(uploadOf(cookie(auth.Analyst), map[string]string{"format": "nrm"}, "", ""))
}

func TestEveryTemplateIsRendered(t *testing.T) {
	rendered := map[string]bool{}
	witness := func(name string) string { rendered[name] = true; return "" }
	n := newSeeded(t, Options{Demo: true})
	pages, err := parsePages(witness)
	if err != nil {
		t.Fatal(err)
	}
	n.pages = pages
	everyPage(t, n, "en", func(string, string) {})
	walkSetup(t, func(s *setup) { s.pages = pages }, func(string, string) {})
	for name, set := range pages {
		for _, part := range set.Templates() {
			label := part.Name()
			if part.Tree == nil || strings.HasSuffix(label, ".html") || label == "shared" {
				continue
			}
			if label == "main" {
				label = name + "/main"
			}
			if !rendered[label] {
				rendered[label] = true // say it once
				t.Errorf("template %s is never rendered in the tests", label)
			}
		}
	}
}

var (
	tagPattern    = regexp.MustCompile(`<[a-zA-Z][^>]*>`)
	inlinePattern = regexp.MustCompile(`(?i)\s(on[a-z]+|style|srcdoc)\s*=|javascript:`)
	foreignThing  = regexp.MustCompile(`(?i)<(script|link|img|iframe|form|source|use)\b[^>]*\s(src|href|action)="(https?:)?//`)
	scriptPattern = regexp.MustCompile(`(?is)<script([^>]*)>(.*?)</script>`)
)

// checkNothingInline checks that a page holds no inline script, style or handler, and loads nothing
// from elsewhere.
func checkNothingInline(t *testing.T, where, body string) {
	t.Helper()
	for _, tag := range tagPattern.FindAllString(body, -1) {
		if inlinePattern.MatchString(tag) || strings.HasPrefix(strings.ToLower(tag), "<style") {
			t.Errorf("%s: inline in %s", where, tag)
		}
	}
	for _, s := range scriptPattern.FindAllStringSubmatch(body, -1) {
		if !strings.Contains(s[1], `src="/static/`) || strings.TrimSpace(s[2]) != "" {
			t.Errorf("%s: script %s", where, s[0])
		}
	}
	if found := foreignThing.FindString(body); found != "" {
		t.Errorf("%s: from elsewhere: %s", where, found)
	}
}

func TestPagesAreClean(t *testing.T) {
	n := newSeeded(t, Options{Demo: true})
	id := regexp.MustCompile(`\sid="([^"]+)"`)
	for _, language := range []string{"en", "ar", "en-XA"} {
		look := func(where, body string) {
			checkNothingInline(t, where, body)
			if strings.Count(body, "<h1") != 1 || !strings.Contains(body, `<main id="main"`) {
				t.Errorf("%s: not exactly one first heading and one main part", where)
			}
			if !strings.Contains(body, fmt.Sprintf(`<html lang="%s"`, language)) {
				t.Errorf("%s: not in %s", where, language)
			}
			if strings.Contains(body, "ZgotmplZ") || strings.Contains(body, "%!") || strings.Contains(body, "<no value>") {
				t.Errorf("%s: a value did not reach the page", where)
			}
			var ids []string
			for _, m := range id.FindAllStringSubmatch(body, -1) {
				if slices.Contains(ids, m[1]) {
					t.Errorf("%s: id %q twice", where, m[1])
				}
				ids = append(ids, m[1])
			}
		}
		everyPage(t, n, language, look)
	}
	walkSetup(t, nil, func(where, body string) { checkNothingInline(t, where, body) })
}

// What belongs to another organisation, and every secret, is planted and must not come back.
func TestCanariesStayAway(t *testing.T) {
	n := newSeeded(t, Options{})
	const canary = "KANARIE-4711"
	other, err := n.app.Accounts.CreateOrg(t.Context(), canary+" office", "UTC")
	if err != nil {
		t.Fatal(err)
	}
	boss, err := n.app.Accounts.CreateAccount(t.Context(), auth.CLI(other), canary+" boss", auth.Administrator)
	if err != nil {
		t.Fatal(err)
	}
	theirs := auth.Actor{Org: other, Account: boss, Roles: []auth.Role{auth.Administrator}}
	if _, err := n.app.Accounts.IssueToken(t.Context(), theirs, canary+" token", 3600e9); err != nil {
		t.Fatal(err)
	}
	n.uploads.hold(&upload{ID: "theirs", Owner: boss, Name: canary + ".csv", At: noon})
	everyPage(t, n, "en", func(where, body string) {
		if strings.Contains(body, canary) {
			t.Errorf("%s shows what belongs to another organisation", where)
		}
	})
	page(t, n, ask{path: "/import/theirs", cookie: n.session(auth.Analyst)}, http.StatusNotFound)
}

func TestPrivateTextNeverRenders(t *testing.T) {
	s := siteForTest(t)
	type secretPage struct {
		Page
		Code, Message, Hint, ErrorID any
	}
	s.pages = pages{"secret": template.Must(template.New("secret").Parse(
		`{{define "layout"}}<p title="{{.Message}}">{{.Message}} {{.Hint}}</p>{{end}}`))}
	handle := func(w http.ResponseWriter, r *http.Request) error {
		name := private.New("KANARIE")
		return s.render(w, r, http.StatusOK, "secret", secretPage{Page: s.page(r, ""), Message: name, Hint: &name})
	}
	_, body := send(t, s.guard(s.serve(route{Handle: handle})), ask{path: "/"})
	if strings.Contains(body, "KANARIE") || !strings.Contains(body, "private") {
		t.Errorf("private text on a page: %s", body)
	}
}

func siteForTest(t *testing.T) *site {
	t.Helper()
	return newNode(t, Options{}).site
}

func TestErrorsForPeople(t *testing.T) {
	n := newNode(t, Options{})
	const cause = "KANARIE in SQL"
	cases := []struct {
		name   string
		handle handler
		status int
		shows  string
	}{
		{"untyped", func(http.ResponseWriter, *http.Request) error { return errors.New(cause) }, 500, "Number of this error"},
		{"internal fault", failing(fault.New(fault.Internal, "KANARIE").Wrap(errors.New(cause))), 500, "Number of this error"},
		{"panic", func(http.ResponseWriter, *http.Request) error { panic(cause) }, 500, "Number of this error"},
		{"invalid", failing(fault.New(fault.Invalid, "Give a <date>.").WithHint("As on paper.")), 422, "Give a &lt;date&gt;."},
		{"denied", failing(fault.New(fault.Denied, "Not allowed.")), 403, "Not allowed."},
		{"withheld", failing(fault.New(fault.Withheld, "KANARIE")), 404, "no such page"},
		{"not found", failing(fault.New(fault.NotFound, "KANARIE")), 404, "no such page"},
		{"conflict", failing(fault.New(fault.Conflict, "Taken.")), 409, "Taken."},
		{"stale", failing(fault.New(fault.Stale, "Changed.")), 409, "Changed."},
		{"unavailable", failing(fault.New(fault.Unavailable, "Busy.")), 503, "Busy."},
		{"too large", failing(&http.MaxBytesError{Limit: 10}), 413, "10 bytes"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			n.log.Reset()
			body := page(t, n.guard(n.serve(route{Handle: c.handle})), ask{path: "/"}, c.status)
			if !strings.Contains(body, c.shows) {
				t.Errorf("the page does not say %q:\n%s", c.shows, body)
			}
			if strings.Contains(body, "KANARIE") {
				t.Error("the page shows a cause")
			}
			if logged := strings.Contains(n.log.String(), "error_id"); logged != (c.status == 500) {
				t.Errorf("logged: %v\n%s", logged, n.log)
			}
		})
	}
}

func failing(err error) handler {
	return func(http.ResponseWriter, *http.Request) error { return err }
}

func TestErrorIDLeadsToTheCause(t *testing.T) {
	n := newNode(t, Options{})
	h := n.guard(n.serve(route{Handle: failing(errors.New("disk is full"))}))
	body := page(t, h, ask{path: "/"}, http.StatusInternalServerError)
	id := regexp.MustCompile(`<strong class="ref">([A-Z2-7]{10})</strong>`).FindStringSubmatch(body)
	if id == nil || !strings.Contains(n.log.String(), id[1]) || !strings.Contains(n.log.String(), "disk is full") {
		t.Errorf("id %v, log %s", id, n.log)
	}
}

func TestErrorsSpeakTheReadersLanguage(t *testing.T) {
	n := newNode(t, Options{})
	body := page(t, n, ask{path: "/nowhere", cookie: "language=en-XA"}, http.StatusNotFound)
	if strings.Contains(body, "There is no such page for you here.") || !strings.Contains(body, `lang="en-XA"`) {
		t.Error("the error page is in English")
	}
}

func TestBrokenTemplateSendsNoHalfPage(t *testing.T) {
	n := newNode(t, Options{})
	n.pages["front"] = template.Must(template.New("x").Option("missingkey=error").Parse(
		`{{define "layout"}}half a page {{.NoSuchField}}{{end}}`))
	res, body := send(t, n, ask{path: "/"})
	if res.StatusCode != http.StatusInternalServerError || strings.Contains(body, "half a page") {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
}

func TestLateErrorBreaksTheConnection(t *testing.T) {
	s := siteForTest(t)
	h := s.guard(s.serve(route{Handle: func(w http.ResponseWriter, _ *http.Request) error {
		_, _ = io.WriteString(w, "half a file")
		return errors.New("and then the disk broke")
	}}))
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("half a file was passed off as a whole one")
		}
	}()
	send(t, h, ask{path: "/"})
}

func TestGzip(t *testing.T) {
	n := newNode(t, Options{})
	plainRes, want := send(t, n, ask{path: "/about"})
	if plainRes.Header.Get("Content-Encoding") != "" || plainRes.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("without Accept-Encoding: %v", plainRes.Header)
	}
	res, packed := send(t, n, ask{path: "/about", header: map[string]string{"Accept-Encoding": "br, gzip"}})
	if res.Header.Get("Content-Encoding") != "gzip" || res.Header.Get("Content-Length") != fmt.Sprint(len(packed)) {
		t.Fatalf("headers %v for %d bytes", res.Header, len(packed))
	}
	z, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if _, err := io.Copy(&got, z); err != nil || got.String() != want {
		t.Errorf("unpacked page differs (%v)", err)
	}
}

func TestTakesGzip(t *testing.T) {
	cases := map[string]bool{
		"": false, "gzip": true, "br, gzip": true, "*": true, "gzip;q=0": false, "gzip; q=0.5": true,
		"identity": false, "gzip;q=x": false, "deflate, br": false,
	}
	for header, want := range cases {
		if got := takesGzip(header); got != want {
			t.Errorf("takesGzip(%q) = %v", header, got)
		}
	}
}

func TestReadersChooseLanguageAndDigits(t *testing.T) {
	n := newNode(t, Options{})
	res, _ := send(t, n, ask{method: "POST", path: "/language", form: url.Values{"language": {"ar"}, "back": {"/about?x=1"}}})
	if res.Header.Get("Location") != "/about?x=1" || len(res.Cookies()) != 1 || res.Cookies()[0].Value != "ar" {
		t.Fatalf("to %q with %v", res.Header.Get("Location"), res.Cookies())
	}
	res, _ = send(t, n, ask{method: "POST", path: "/language", form: url.Values{"language": {"xx\r\n"}, "back": {"//evil"}}})
	if res.Header.Get("Location") != "/" || len(res.Cookies()) != 0 {
		t.Errorf("an unknown language: to %q with %v", res.Header.Get("Location"), res.Cookies())
	}
	cookie := n.session(auth.Analyst) + "; language=ar"
	body := page(t, n, ask{path: "/settings", cookie: cookie}, http.StatusOK)
	if !strings.Contains(body, `dir="rtl"`) || !strings.Contains(body, "٥٨") {
		t.Error("Arabic settings do not offer Arabic digits")
	}
	body = page(t, n, ask{path: "/", header: map[string]string{"Accept-Language": "ar-EG,en;q=0.5"}}, http.StatusOK)
	if !strings.Contains(body, `<html lang="ar" dir="rtl">`) {
		t.Error("the browser's wish is not heard")
	}
}

// The front page and a signed-in page are made in a few milliseconds.
func BenchmarkPages(b *testing.B) {
	n := newSeeded(b, Options{Demo: true})
	for name, a := range map[string]ask{
		"front": {path: "/"},
		"tour":  {path: "/tour"},
		"work":  {path: "/", cookie: n.session(auth.Analyst)},
	} {
		b.Run(name, func(b *testing.B) {
			a.header = map[string]string{"Accept-Encoding": "gzip"}
			size := 0
			for b.Loop() {
				_, body := send(b, n, a)
				size = len(body)
			}
			b.ReportMetric(float64(size), "gzip-bytes")
		})
	}
}
