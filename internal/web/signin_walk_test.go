package web

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/auth/credential"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
)

// signInSamples gives the walk passkeys, sessions and the like of the actor.
func signInSamples(n *testNode, actor auth.Actor) map[string]string {
	n.t.Helper()
	ids := map[string]string{"passkey": "none", "identity": "none", "provider": "none", "session": "none", "reset": "none"}
	if actor.Account != "" {
		n.plant(actor, ids)
	}
	return map[string]string{
		"/security/passkeys/{id}/remove": "/security/passkeys/" + ids["passkey"] + "/remove",
		"/security/accounts/{id}/remove": "/security/accounts/" + ids["identity"] + "/remove",
		"/security/sessions/{id}/end":    "/security/sessions/" + ids["session"] + "/end",
		"/providers/{id}/end":            "/providers/" + ids["provider"] + "/end",
		"/people/{id}/reset":             "/people/" + string(n.accounts[auth.Analyst]) + "/reset",
		"/resets/{id}":                   "/resets/" + ids["reset"],
	}
}

// plant writes rows as the store would, without the ceremonies behind them.
func (n *testNode) plant(actor auth.Actor, ids map[string]string) {
	n.t.Helper()
	if _, err := n.app.Accounts.StartSession(n.t.Context(), actor.Account); err != nil {
		n.t.Fatal(err)
	}
	err := n.app.DB.WriteUnaudited(n.t.Context(), "a test plants rows", func(tx *db.Tx) error {
		ids["passkey"], ids["identity"], ids["provider"], ids["reset"] = db.NewID(), db.NewID(), db.NewID(), db.NewID()
		for _, x := range []struct {
			q    string
			args []any
		}{
			{`INSERT INTO credential_passkey (org_id, id, version, account_id, rp_id, key_id, public_key, sign_count, flags, kind, transports, label, created_at, stopped_at)
				VALUES ($1, $2, 1, $3, 'localhost', $2, $4, 0, 0, '', '', 'work laptop', $5, $5)`, []any{actor.Org, ids["passkey"], actor.Account, []byte{1}, tx.NowMicros()}},
			{`INSERT INTO credential_passkey (org_id, id, version, account_id, rp_id, key_id, public_key, sign_count, flags, kind, transports, label, created_at, used_at)
				VALUES ($1, $2, 1, $3, 'localhost', $2, $4, 0, 0, '', '', 'telephone', $5, $5)`, []any{actor.Org, db.NewID(), actor.Account, []byte{1}, tx.NowMicros()}},
			{`INSERT INTO credential_provider (org_id, id, version, label, issuer, client_id, secret, proposed_by, approved_by, created_at)
				VALUES ($1, $2, 1, 'Ministry', 'https://id.example.org', 'c', $3, 'a', 'b', $4)`, []any{actor.Org, ids["provider"], []byte{1}, tx.NowMicros()}},
			{`INSERT INTO credential_identity (org_id, id, account_id, provider_id, issuer, subject, linked_by, created_at)
				VALUES ($1, $2, $3, $4, 'https://id.example.org', $2, 'a', $5)`, []any{actor.Org, ids["identity"], actor.Account, ids["provider"], tx.NowMicros()}},
			{
				`INSERT INTO credential_reset (org_id, id, account_id, approved_org, approved_by, approved_at) VALUES ($1, $2, $3, $1, $3, $4)`,
				[]any{actor.Org, ids["reset"], actor.Account, tx.NowMicros()},
			},
		} {
			if _, err := tx.Exec(n.t.Context(), x.q, x.args...); err != nil {
				return err
			}
		}
		// Of all sessions the oldest: the walk uses another.
		return tx.QueryRow(n.t.Context(), "SELECT id FROM session WHERE org_id = $1 AND account_id = $2 ORDER BY created_at, id LIMIT 1", actor.Org, actor.Account).Scan(new(string))
	})
	if err != nil {
		n.t.Fatal(err)
	}
	open, err := n.app.Accounts.Sessions(n.t.Context(), actor)
	if err != nil || len(open) == 0 {
		n.t.Fatalf("no session (%v)", err)
	}
	ids["session"] = open[len(open)-1].ID
}

// appCode is what an app shows: RFC 6238, written here a second time.
func appCode(t testing.TB, secret string, at time.Time) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(secret, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, at.Unix()/30)
	sum := mac.Sum(nil)
	off := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[off:])&0x7fffffff)%1_000_000)
}

// longPassword is a password that keeps the rule.
const longPassword = "seven quiet boats return"

// madeSignIn is a password with its app, read off the pages.
type madeSignIn struct {
	number, secret string
	codes          []string
}

var (
	secretOnPage = regexp.MustCompile(`Or type this</dt><dd class="ref">([^<]+)<`)
	numberOnPage = regexp.MustCompile(`Your sign-in number</dt><dd class="ref">([^<]+)<`)
	codeOnPage   = regexp.MustCompile(`<code class="ref">([0-9a-z-]{19})</code>`)
)

// makePassword makes a password and an app through the pages.
func (n *testNode) makePassword(cookie string) madeSignIn {
	n.t.Helper()
	if res, body := send(n.t, n, ask{method: "POST", path: "/security/password/begin", cookie: cookie}); res.Header.Get("Location") != "/security/password" {
		n.t.Fatalf("begin: %d to %q\n%s", res.StatusCode, res.Header.Get("Location"), body)
	}
	body := page(n.t, n, ask{path: "/security/password", cookie: cookie}, http.StatusOK)
	found, number := secretOnPage.FindStringSubmatch(body), numberOnPage.FindStringSubmatch(body)
	if found == nil || number == nil || !strings.Contains(body, `<svg class="square"`) {
		n.t.Fatalf("no secret, number or square on the page\n%s", body)
	}
	m := madeSignIn{number: number[1], secret: found[1]}
	form := url.Values{"password": {longPassword}, "code": {appCode(n.t, m.secret, noon)}}
	body = page(n.t, n, ask{method: "POST", path: "/security/password", cookie: cookie, form: form}, http.StatusOK)
	for _, c := range codeOnPage.FindAllStringSubmatch(body, -1) {
		m.codes = append(m.codes, c[1])
	}
	if len(m.codes) != 10 {
		n.t.Fatalf("%d recovery codes on the page", len(m.codes))
	}
	return m
}

// age makes the sessions of an account look as if they were last used some time ago.
func (n *testNode) age(account auth.AccountID, by time.Duration) {
	n.t.Helper()
	err := n.app.DB.WriteUnaudited(n.t.Context(), "a test ages sessions", func(tx *db.Tx) error {
		_, err := tx.Exec(n.t.Context(), "UPDATE session SET seen_at = $1, proved_at = $1 WHERE account_id = $2", noon.Add(-by).UnixMicro(), account)
		return err
	})
	if err != nil {
		n.t.Fatal(err)
	}
}

// walkSignIn shows every state of the pages for signing in.
func walkSignIn(n *testNode, language string, see func(ask)) {
	n.t.Helper()
	account := n.accounts[auth.Analyst]
	n.plant(auth.Actor{Org: n.org, Account: account}, map[string]string{})
	idp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"issuer":"http://%[1]s","authorization_endpoint":"http://%[1]s/a","token_endpoint":"http://%[1]s/t","jwks_uri":"http://%[1]s/k"}`, r.Host)
	}))
	defer idp.Close()
	provider := n.provider(idp.URL)
	in := func(more string) string { return n.session(auth.Analyst) + "; language=" + language + more }

	see(ask{method: "POST", path: "/sign-in", cookie: "language=" + language, form: url.Values{"number": {"12345678"}, "password": {"x"}, "code": {"1"}}})
	see(ask{method: "POST", path: "/sign-in/provider", cookie: "language=" + language, form: url.Values{"provider": {provider}}})
	see(ask{path: credential.ReturnPath + "?state=x&code=y", cookie: "language=" + language})
	see(ask{path: "/locked", cookie: in("")})
	boss := n.session(auth.Administrator) + "; language=" + language
	see(ask{method: "POST", path: "/providers", cookie: boss})
	see(ask{method: "POST", path: "/providers", cookie: boss, form: url.Values{"label": {"x"}, "issuer": {"https://id.example.org"}, "client": {"c"}, "secret": {"s"}, "reason": {"r"}}})
	ids := map[string]string{}
	officer := auth.Actor{Org: n.org, Account: n.accounts[auth.ProtectionOfficer]}
	n.plant(officer, ids)
	see(ask{path: "/resets", cookie: n.session(auth.ProtectionOfficer) + "; language=" + language})
	see(ask{method: "POST", path: "/resets/" + ids["reset"], cookie: n.session(auth.ProtectionOfficer) + "; language=" + language})

	cookie := in("")
	if res, _ := send(n.t, n, ask{method: "POST", path: "/security/password/begin", cookie: cookie}); res.StatusCode != http.StatusSeeOther {
		n.t.Fatalf("begin: %d", res.StatusCode)
	}
	see(ask{path: "/security/password", cookie: cookie})
	see(ask{method: "POST", path: "/security/password", cookie: cookie, form: url.Values{"password": {"short"}, "code": {"1"}}})
	n.makePassword(n.session(auth.Analyst))
	cookie = in("")
	see(ask{path: "/security", cookie: cookie})
	see(ask{path: "/locked", cookie: cookie})
	see(ask{method: "POST", path: "/security/recovery", cookie: cookie})
	n.age(account, 12*time.Minute)
	see(ask{path: "/locked?lost=yes", cookie: cookie})
	see(ask{method: "POST", path: "/locked", cookie: cookie, form: url.Values{"password": {"wrong"}}})
	send(n.t, n, ask{method: "POST", path: "/settings/reading", cookie: cookie, form: url.Values{"digits": {"native"}}})
	send(n.t, n, ask{method: "POST", path: "/locked", cookie: cookie, form: url.Values{"password": {longPassword}}})
	see(ask{path: "/locked/form", cookie: cookie})
}

// provider sets an identity provider up, by two people.
func (n *testNode) provider(issuer string) string {
	n.t.Helper()
	ctx := n.t.Context()
	boss, err := n.app.Accounts.Actor(ctx, n.accounts[auth.Administrator])
	if err != nil {
		n.t.Fatal(err)
	}
	officer, err := n.app.Accounts.Actor(ctx, n.accounts[auth.ProtectionOfficer])
	if err != nil {
		n.t.Fatal(err)
	}
	proposal, err := n.app.Credentials.ProposeProvider(ctx, boss, credential.Settings{
		Label: "Test provider", Issuer: issuer, ClientID: "c", Secret: private.New("s"), Reason: "a test",
	})
	if err == nil {
		err = n.app.Accounts.Approve(ctx, officer, proposal)
	}
	if err != nil {
		n.t.Fatal(err)
	}
	all, err := n.app.Credentials.Providers(ctx, n.org)
	if err != nil {
		n.t.Fatal(err)
	}
	for _, p := range all {
		if p.Issuer == issuer {
			return p.ID
		}
	}
	n.t.Fatal("the provider is not in use")
	return ""
}

// proveAt sets when the owner of the sessions of an account last proved who they are.
func (n *testNode) proveAt(account auth.AccountID, at time.Time) error {
	return n.app.DB.WriteUnaudited(n.t.Context(), "a test ages a proof", func(tx *db.Tx) error {
		_, err := tx.Exec(n.t.Context(), "UPDATE session SET proved_at = $1 WHERE account_id = $2", at.UnixMicro(), account)
		return err
	})
}

// stage sets what the sessions of an account may be used for.
func (n *testNode) stage(account auth.AccountID, s auth.Stage) error {
	return n.app.DB.WriteUnaudited(n.t.Context(), "a test sets a stage", func(tx *db.Tx) error {
		_, err := tx.Exec(n.t.Context(), "UPDATE session SET stage = $1 WHERE account_id = $2", s, account)
		return err
	})
}
