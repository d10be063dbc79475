package web

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

// noon is the time of every test.
var noon = time.Date(2024, 6, 3, 12, 0, 0, 0, time.UTC)

// testNode is a served node with one account of every role.
type testNode struct {
	*Server
	t        testing.TB
	org      auth.OrgID
	accounts map[auth.Role]auth.AccountID
	log      *bytes.Buffer
	kept     map[auth.AccountID]map[string]string // see peopleSamples
}

func newNode(t testing.TB, o Options) *testNode {
	t.Helper()
	clock := func() time.Time { return noon }
	d := dbtest.OpenAt(t, clock)
	a := app.On(d, clock, vaulttest.Open(t, d))
	org, err := a.Accounts.CreateOrg(t.Context(), "Harbour Office (invented)", "Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	n := &testNode{t: t, org: org, accounts: map[auth.Role]auth.AccountID{}, log: new(bytes.Buffer)}
	for _, role := range auth.Roles() {
		name := "Invented " + string(role)
		if n.accounts[role], err = a.Accounts.CreateAccount(t.Context(), auth.CLI(org), name, role); err != nil {
			t.Fatal(err)
		}
	}
	o.Logger = slog.New(slog.NewTextHandler(n.log, nil))
	o.Version = "test"
	if n.Server, err = New(a, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

// newSeeded is a node with the figures that the program ships.
func newSeeded(t testing.TB, o Options) *testNode {
	t.Helper()
	n := newNode(t, o)
	if err := n.app.Indicators.Seed(t.Context(), auth.CLI(n.org)); err != nil {
		t.Fatal(err)
	}
	return n
}

// session signs a role in and returns its cookie.
func (n *testNode) session(role auth.Role) string {
	n.t.Helper()
	if role == "" {
		return ""
	}
	token, err := n.app.Accounts.StartSession(n.t.Context(), n.accounts[role])
	if err != nil {
		n.t.Fatal(err)
	}
	return n.sessionCookie() + "=" + token
}

// ask is one request as a browser on the same machine sends it.
type ask struct {
	method, path, cookie string
	form                 url.Values
	body                 io.Reader // instead of form
	contentType          string
	header               map[string]string // "" removes a header
}

// send answers a request and returns the answer with its body.
func send(t testing.TB, h http.Handler, a ask) (*http.Response, string) {
	t.Helper()
	if a.method == "" {
		a.method = http.MethodGet
	}
	body := a.body
	if body == nil && a.method == http.MethodPost {
		body, a.contentType = strings.NewReader(a.form.Encode()), "application/x-www-form-urlencoded"
	}
	r := httptest.NewRequest(a.method, "http://localhost:8080"+a.path, body)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if a.contentType != "" {
		r.Header.Set("Content-Type", a.contentType)
	}
	if a.cookie != "" {
		r.Header.Set("Cookie", a.cookie)
	}
	for name, value := range a.header {
		if value == "" {
			r.Header.Del(name)
			continue
		}
		r.Header.Set(name, value)
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), w.Body.String()
}

// page asks for a page and fails unless it is a whole HTML page with the status.
func page(t testing.TB, h http.Handler, a ask, status int) string {
	t.Helper()
	res, body := send(t, h, a)
	if res.StatusCode != status {
		t.Fatalf("%s %s: status %d, want %d\n%s", a.method, a.path, res.StatusCode, status, body)
	}
	if !strings.HasSuffix(strings.TrimSpace(body), "</html>") {
		t.Fatalf("%s %s: not a whole page:\n%s", a.method, a.path, body)
	}
	return body
}
