package e2e

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// startNode sets a node up at the command line, serves it, and returns it with a function that makes
// one-time links for its administrator.
func startNode(t *testing.T) (n *node, link func() string) {
	t.Helper()
	address, dir := freeAddress(t), t.TempDir()
	n = &node{base: "http://" + address, dir: dir, output: &output{}}
	run := func(args ...string) string {
		cmd := exec.Command(os.Getenv(programVar), args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir, "DISPLAY=")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	data := filepath.Join(dir, "node")
	run("init", "--data", data, "--name", "House of the Test (invented)", "--administrator", "Ada Test (invented)", "--zone", "Europe/London")
	n.start(t, "serve", "--data", data, "--addr", address)
	n.wait(t, "/readyz")
	return n, func() string {
		said := run("link", "--data", data, "--account", "Ada Test (invented)", "--url", n.base)
		found := regexp.MustCompile(`/enter\?link=\S+`).FindString(said)
		if found == "" {
			t.Fatalf("no link in %q", said)
		}
		return found
	}
}

// authenticator is a virtual security key of one tab.
type authenticator struct {
	*tab
	id webauthn.AuthenticatorID
}

// key gives a tab a security key that keeps passkeys and verifies its person.
func (p *tab) key() authenticator {
	p.Helper()
	a := authenticator{tab: p}
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		made, err := cdp.Call(ctx, t, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Ctap2version: "ctap2_1", Transport: "internal",
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}})
		a.id = made.AuthenticatorID
		return err
	}))
	return a
}

// verified sets whether the key recognises its person.
func (a authenticator) verified(yes bool) {
	a.Helper()
	a.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: a.id, IsUserVerified: yes})
		return err
	}))
}

// passkeys returns what the key holds.
func (a authenticator) passkeys() (held []*webauthn.Credential) {
	a.Helper()
	a.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		r, err := cdp.Call(ctx, t, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: a.id})
		held = r.Credentials
		return err
	}))
	return held
}

// add is WebAuthn.addCredential without the fields of extensions that no such key knows.
var add = cdp.Command[map[string]any, cdp.Empty]{Method: webauthn.CommandAddCredential}

// put makes the key hold exactly one passkey.
func (a authenticator) put(c *webauthn.Credential) {
	a.Helper()
	a.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, webauthn.ClearCredentials, webauthn.ClearCredentialsParams{AuthenticatorID: a.id}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, add, map[string]any{"authenticatorId": a.id, "credential": map[string]any{
			"credentialId": c.CredentialID, "isResidentCredential": true, "rpId": c.RpID, "privateKey": c.PrivateKey, "userHandle": c.UserHandle, "signCount": c.SignCount,
		}})
		return err
	}))
}

// until waits until an expression of the page is true.
func (p *tab) until(what, expression string) {
	p.Helper()
	for limit := time.Now().Add(patience); time.Now().Before(limit); time.Sleep(30 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		cancel()
		if err == nil && ok { // between two pages there is none to ask
			return
		}
	}
	p.Fatalf("%s: never, at %s: %.400q", what, p.where(), p.body())
}

// click presses something that leads to no page by itself.
func (p *tab) click(selector string) {
	p.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// codeNow is what an app shows.
func codeNow(t *testing.T, secret string, ahead int64) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(secret, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, time.Now().Unix()/30+ahead)
	sum := mac.Sum(nil)
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[sum[len(sum)-1]&15:])&0x7fffffff)%1_000_000)
}

// looks holds a page against what every page must bear, in English and in both directions.
func (p *tab) looks(t *testing.T, path string, as string) {
	t.Helper()
	for _, tag := range []string{"ar", "en-XA", "en"} {
		p.language(tag)
		p.look(t, visit{as: as, path: path, status: 200}, tag)
	}
}

// later makes the page believe that minutes have gone by.
func (p *tab) later(minutes int) {
	p.Helper()
	ask[bool](p, fmt.Sprintf(`(() => { const now = Date.now; Date.now = () => now() + %d * 60000; document.dispatchEvent(new Event('visibilitychange')); dispatchEvent(new Event('focus')); return true; })()`, minutes))
}

// TestSignInJourney makes a passkey and a password in a real browser, signs in with each, locks and
// unlocks with half a form filled in, and tries what must not work.
func TestSignInJourney(t *testing.T) {
	n, link := startNode(t)
	b := startBrowser(t)
	p := b.open(t, n.base)
	key := p.key()
	p.visit(link())
	if p.press(`form[action="/enter"] button`); p.here() != "/security/new" {
		t.Fatalf("the first link leads to %s", p.here())
	}
	p.looks(t, "/security/new", administrator)

	t.Run("a passkey is made", func(t *testing.T) {
		p.TB = t
		p.visit("/security/new")
		p.click(`[data-passkey] button`)
		p.until("the page after making a passkey", `location.pathname === '/security' && document.readyState === 'complete'`)
		if held := key.passkeys(); len(held) != 1 || !held[0].IsResidentCredential || held[0].RpID != "localhost" || strings.Contains(held[0].UserName+held[0].UserDisplayName, "Ada") {
			t.Fatalf("the key holds %+v", held)
		}
		p.looks(t, "/security", administrator)
	})
	t.Run("it signs in", func(t *testing.T) {
		p.TB = t
		p.signOut()
		p.looks(t, "/sign-in", nobody)
		p.passkeyIn("/")
	})
	t.Run("the lock keeps half a form", func(t *testing.T) { p.TB = t; p.lockJourney(t) })
	t.Run("without the person it does not sign in", func(t *testing.T) {
		p.TB = t
		p.signOut()
		key.verified(false)
		p.refusedPasskey()
		key.verified(true)
		p.passkeyIn("/")
	})
	t.Run("answers are of use once, and only as they were given", func(t *testing.T) { p.TB = t; p.tampering(t) })
	var made madeAtDesk
	t.Run("a password is made and signs in without scripts", func(t *testing.T) { p.TB = t; made = p.passwordJourney(t) })
	t.Run("a copy of the key is noticed", func(t *testing.T) {
		p.TB = t
		p.signOut()
		p.passkeyIn("/")
		copied := *key.passkeys()[0]
		copied.SignCount = 1
		p.signOut()
		key.put(&copied)
		p.refusedPasskey()
		p.signInBy(t, made)
		p.visit("/security")
		if text := p.body(); !strings.Contains(text, "stopped") || !strings.Contains(text, "there may be a copy of it") {
			t.Errorf("the owner is not told: %.600q", text)
		}
		p.picture("en/1280/security-stopped")
	})
}

// madeAtDesk is a password with its app.
type madeAtDesk struct {
	number, secret string
	codes          []string
}

func (p *tab) signOut() {
	p.Helper()
	if status := p.press(`form[action="/leave"] button`); status != 200 || p.here() != "/" {
		p.Fatalf("signing out answered %d at %s", status, p.here())
	}
}

// passkeyIn signs in with the passkey and arrives at a page.
func (p *tab) passkeyIn(at string) {
	p.Helper()
	p.visit("/sign-in")
	p.until("the passkey button", `document.querySelector('[data-passkey] button')?.checkVisibility()`)
	p.click(`[data-passkey] button`)
	p.until("signed in", fmt.Sprintf(`location.pathname === %q && document.querySelector('.who') !== null`, at))
}

// refusedPasskey tries to sign in and gets the one calm answer.
func (p *tab) refusedPasskey() {
	p.Helper()
	p.visit("/sign-in")
	p.until("the passkey button", `document.querySelector('[data-passkey] button')?.checkVisibility()`)
	p.click(`[data-passkey] button`)
	p.until("the answer", `(document.querySelector('[data-passkey] .wrong')?.textContent ?? '') !== ''`)
	if p.here() != "/sign-in" || ask[bool](p, `document.querySelector('.who') !== null`) {
		p.Error("signed in")
	}
}

func (p *tab) lockJourney(t *testing.T) {
	p.visit("/settings")
	p.fill(map[string]string{"#label": "half a word"})
	p.later(11)
	p.until("the cover", `document.querySelector('.cover [data-passkey] button')?.checkVisibility()`)
	if text := p.body(); strings.Contains(text, "Ada") || strings.Contains(text, "House of the Test") || strings.Contains(text, "Settings") {
		t.Errorf("the cover shows %.300q", text)
	}
	for _, width := range []int64{desk, phone} {
		p.size(width, 900)
		for _, f := range append(p.axe(), p.sideways()...) {
			t.Errorf("the cover at %d px: %s", width, f)
		}
		p.picture(fmt.Sprintf("en/%d/cover", width))
	}
	p.size(desk, 900)
	// The server holds the lock too: another tab, or a reloaded page, shows nothing either.
	status := ask[string](p, `fetch('/settings').then(r => new URL(r.url).pathname)`)
	if status != "/locked" {
		t.Errorf("behind the cover the server shows %s", status)
	}
	p.click(`.cover [data-passkey] button`)
	p.until("the page again", `document.querySelector('.cover') === null && document.querySelector('#label')?.checkVisibility()`)
	if got := ask[string](p, `document.querySelector('#label').value`); got != "half a word" {
		t.Errorf("the field holds %q", got)
	}
	if status := ask[string](p, `fetch('/settings').then(r => new URL(r.url).pathname)`); status != "/settings" {
		t.Errorf("after unlocking the server shows %s", status)
	}
	// The button locks at once; so does the node, and the lock page leads back.
	p.visit("/settings")
	ask[string](p, `fetch('/locked/now', {method: 'POST'}).then(r => 'done')`)
	p.visit("/settings/../measures")
	if p.here() != "/locked?back=%2Fmeasures" {
		t.Fatalf("locked, /measures leads to %s", p.here())
	}
	p.looks(t, "/locked", nobody)
	p.visit("/measures")
	p.click(`[data-passkey] button`)
	p.until("back at the page", `location.pathname === '/measures' && document.querySelector('.who') !== null`)
}

// tampering sends answers twice, for another challenge, and with a flipped sign.
func (p *tab) tampering(t *testing.T) {
	p.signOut()
	p.visit("/sign-in")
	type outcome struct {
		First, Again, Other, Flipped int
		Says                         []string
	}
	got := ask[outcome](p, `(async () => {
		const post = (path, body) => fetch(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body ?? {})});
		const bytes = (s) => Uint8Array.from(atob(s.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
		const text = (b) => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
		const use = async () => {
			const begun = (await (await post('/sign-in/passkey/ask')).json()).ask;
			const k = await navigator.credentials.get({publicKey: {...begun, challenge: bytes(begun.challenge), allowCredentials: []}});
			const r = k.response;
			return {id: k.id, rawId: text(k.rawId), type: k.type, clientExtensionResults: {}, response: {clientDataJSON: text(r.clientDataJSON), authenticatorData: text(r.authenticatorData), signature: text(r.signature), userHandle: text(r.userHandle)}};
		};
		const says = [];
		const send = async (answer) => { const r = await post('/sign-in/passkey', {answer}); says.push((await r.json()).say ?? ''); return r.status; };
		const flip = await use();
		const s = bytes(flip.response.signature); s[s.length - 1] ^= 1; flip.response.signature = text(s);
		const Flipped = await send(flip);
		const older = await use(); await use();
		const Other = await send(older);
		const good = await use();
		const First = await send(good), Again = await send(good);
		return {First, Again, Other, Flipped, Says: says};
	})()`)
	if got.First != 200 || got.Again != 422 || got.Other != 422 || got.Flipped != 422 {
		raw, _ := json.Marshal(got)
		t.Errorf("%s", raw)
	}
	p.visit("/")
}

func (p *tab) passwordJourney(t *testing.T) (m madeAtDesk) {
	p.visit("/security")
	if status := p.press(`form[action="/security/password/begin"] button`); status != 200 || p.here() != "/security/password" {
		t.Fatalf("beginning answered %d at %s", status, p.here())
	}
	p.looks(t, "/security/password", administrator)
	p.visit("/security/password")
	m.number, m.secret = ask[string](p, `document.querySelectorAll('dd.ref')[1].textContent`), ask[string](p, `document.querySelectorAll('dd.ref')[0].textContent`)
	p.fill(map[string]string{"#password": "seven quiet boats return", "#code": codeNow(t, m.secret, 0)})
	if status := p.press(`form[action="/security/password"] button`); status != 200 {
		t.Fatalf("setting a password answered %d: %.300q", status, p.body())
	}
	m.codes = ask[[]string](p, `[...document.querySelectorAll('.codes code')].map(c => c.textContent)`)
	if len(m.codes) != 10 {
		t.Fatalf("%d codes", len(m.codes))
	}
	for _, width := range []int64{desk, phone} {
		p.size(width, 900)
		for _, f := range append(p.axe(), p.sideways()...) {
			t.Errorf("the recovery codes at %d px: %s", width, f)
		}
		p.picture(fmt.Sprintf("en/%d/recovery", width))
	}
	p.size(desk, 900)
	for _, f := range p.print(t, visit{as: administrator, path: "/recovery"}) {
		t.Errorf("the recovery codes on paper: %s", f)
	}
	p.signOut()
	p.scripts(false)
	p.visit("/sign-in")
	p.picture("en/1280/sign-in-without-scripts")
	p.fill(map[string]string{"#number": m.number, "#password": "seven quiet boats return", "#code": "000000"})
	if status := p.press(`form[action="/sign-in"] button`); status != 422 {
		t.Fatalf("a wrong code answered %d", status)
	}
	p.signInBy(t, m)
	p.scripts(true)
	return m
}

// signInBy signs in with password and a recovery code that was not used yet, as a person without
// scripts does.
func (p *tab) signInBy(t *testing.T, m madeAtDesk) {
	t.Helper()
	for _, code := range m.codes {
		p.visit("/sign-in")
		p.fill(map[string]string{"#number": m.number, "#password": "seven quiet boats return", "#code": code})
		if p.press(`form[action="/sign-in"] button`) == 200 {
			return
		}
	}
	t.Fatal("no recovery code signs in")
}
