package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
)

// One person proposes the mail server and another, who is no administrator, approves it; its password
// is on no page and in no proposal.
func TestMailServerTakesTwo(t *testing.T) {
	n := newSeeded(t, Options{})
	form := url.Values{
		"host": {"mail.example.org"}, "port": {"587"}, "sender": {"node@example.org"}, "login": {"node"},
		"password": {"canary-password"}, "reason": {"The old one is gone"},
	}
	send := func(form url.Values) (*http.Response, string) {
		return send(t, n, ask{method: http.MethodPost, path: "/settings/letters/gateway", cookie: n.session(auth.Administrator), form: form})
	}
	bad := url.Values{"host": {"a b"}, "reason": {"x"}}
	if res, body := send(bad); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `id="host-wrong"`) {
		t.Errorf("%d: a host with a blank", res.StatusCode)
	}
	if res, _ := send(form); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", res.StatusCode)
	}
	if _, err := n.app.Letters.Gateway(t.Context(), string(n.org)); fault.KindOf(err) != fault.NotFound {
		t.Errorf("it works before a second person approved: %v", err)
	}
	officer, err := n.app.Accounts.Actor(t.Context(), n.accounts[auth.ProtectionOfficer])
	if err != nil {
		t.Fatal(err)
	}
	waiting, err := n.app.Accounts.Waiting(t.Context(), officer)
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%d proposals wait: %v", len(waiting), err)
	}
	for k, v := range waiting[0].Detail {
		if strings.Contains(v, "canary") {
			t.Errorf("the proposal shows the password in %s", k)
		}
	}
	if err := n.app.Accounts.Approve(t.Context(), officer, waiting[0].ID); err != nil {
		t.Fatal(err)
	}
	g, err := n.app.Letters.Gateway(t.Context(), string(n.org))
	if err != nil || g.Host != "mail.example.org" || g.Password.Reveal("compare") != "canary-password" {
		t.Errorf("%+v: %v", g, err)
	}
	_, body := visitPage(t, n, auth.Administrator, "/settings/letters")
	if !strings.Contains(body, "mail.example.org") || strings.Contains(body, "canary") {
		t.Error("the page does not show the server, or shows its password")
	}
}

func TestLettersGoWhereTheReaderWants(t *testing.T) {
	n := newSeeded(t, Options{})
	post := func(form url.Values) int {
		res, _ := send(t, n, ask{method: http.MethodPost, path: "/settings/letters/address", cookie: n.session(auth.Analyst), form: form})
		return res.StatusCode
	}
	if got := post(url.Values{"address": {"nobody"}}); got != http.StatusUnprocessableEntity {
		t.Errorf("%d for what is no address", got)
	}
	if got := post(url.Values{"address": {"analyst@example.org"}}); got != http.StatusSeeOther {
		t.Errorf("%d", got)
	}
	if _, body := visitPage(t, n, auth.Analyst, "/settings/letters"); !strings.Contains(body, "analyst@example.org") {
		t.Error("the address is not kept")
	}
	if _, body := visitPage(t, n, auth.Administrator, "/settings/letters"); strings.Contains(body, "analyst@example.org") {
		t.Error("another reader sees it")
	}
	if got := post(url.Values{"address": {"analyst@example.org"}, "none": {"1"}}); got != http.StatusSeeOther {
		t.Errorf("%d", got)
	}
	if _, body := visitPage(t, n, auth.Analyst, "/settings/letters"); strings.Contains(body, "analyst@example.org") {
		t.Error("the address stays")
	}
}

// visitPage asks for a page as a role.
func visitPage(t *testing.T, n *testNode, as auth.Role, path string) (*http.Response, string) {
	t.Helper()
	res, body := send(t, n, ask{method: http.MethodGet, path: path, cookie: n.session(as)})
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d", path, res.StatusCode)
	}
	return res, body
}
