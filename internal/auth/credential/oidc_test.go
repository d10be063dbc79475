package credential

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/private"
)

// idp is an identity provider: discovery, keys, codes and signed tokens over HTTP. What it says can be
// bent by a test.
type idp struct {
	*httptest.Server
	key   *ecdsa.PrivateKey
	clock func() time.Time

	mu      sync.Mutex
	codes   map[string]url.Values // what was asked, by the code given for it
	subject string
	bend    func(header, claims map[string]any)
	forge   func(token string) string
	late    bool // the token endpoint fails
}

const idpSecret = "a secret of the provider"

func newIDP(t *testing.T, clock func() time.Time) *idp {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &idp{key: key, clock: clock, codes: map[string]url.Values{}, subject: "subject-1"}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, http.StatusOK, map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"ES256", "none", "HS256"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		b := base64.RawURLEncoding
		p.answer(w, http.StatusOK, map[string]any{"keys": []any{map[string]any{
			"kty": "EC", "crv": "P-256", "kid": "k1", "use": "sig", "alg": "ES256",
			"x": b.EncodeToString(key.X.FillBytes(make([]byte, 32))), "y": b.EncodeToString(key.Y.FillBytes(make([]byte, 32))),
		}}})
	})
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *idp) answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// authorize is a person who signs in at the provider: it returns what the browser comes back with.
func (p *idp) authorize(t *testing.T, to string) (state, code string) {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil || !strings.HasPrefix(to, p.URL+"/authorize?") {
		t.Fatalf("sent to %q", to)
	}
	q := u.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" || q.Get("state") == "" || q.Get("scope") != "openid" || q.Get("client_secret") != "" {
		t.Fatalf("asked with %v", q)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code = newSecret(16)
	p.codes[code] = q
	return q.Get("state"), code
}

func (p *idp) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked, ok := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	id, secret, _ := r.BasicAuth()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	switch {
	case p.late:
		p.answer(w, http.StatusBadGateway, map[string]string{"error": "server_error"})
		return
	case !ok, id != asked.Get("client_id"), secret != url.QueryEscape(idpSecret),
		r.PostFormValue("redirect_uri") != asked.Get("redirect_uri"),
		base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge"):
		p.answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	header := map[string]any{"alg": "ES256", "kid": "k1", "typ": "JWT"}
	claims := map[string]any{
		"iss": p.URL, "sub": p.subject, "aud": asked.Get("client_id"), "nonce": asked.Get("nonce"), "auth_time": p.clock().Unix(),
		"iat": p.clock().Unix(), "exp": p.clock().Add(5 * time.Minute).Unix(), "email": "owner@example.org", "email_verified": true,
	}
	if p.bend != nil {
		p.bend(header, claims)
	}
	token := p.sign(header, claims)
	if p.forge != nil {
		token = p.forge(token)
	}
	p.answer(w, http.StatusOK, map[string]any{"access_token": "x", "token_type": "Bearer", "expires_in": 300, "id_token": token})
}

func (p *idp) sign(header, claims map[string]any) string {
	part := func(v any) string {
		raw, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	text := part(header) + "." + part(claims)
	if header["alg"] == "none" {
		return text + "."
	}
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, p.key, sum[:])
	if err != nil {
		return text + ".broken"
	}
	raw := append(fill(r), fill(s)...)
	return text + "." + base64.RawURLEncoding.EncodeToString(raw)
}

func fill(n *big.Int) []byte { return n.FillBytes(make([]byte, 32)) }

// officers gives an organisation an administrator and a protection officer.
func (n *node) officers() (administrator, officer auth.Actor) {
	n.t.Helper()
	administrator = n.actor(n.create("Cora Invented", auth.Administrator))
	officer = n.actor(n.create("Dilan Invented", auth.ProtectionOfficer))
	return administrator, officer
}

func (n *node) actor(id auth.AccountID) auth.Actor {
	n.t.Helper()
	a, err := n.accounts.Actor(n.t.Context(), id)
	if err != nil {
		n.t.Fatal(err)
	}
	return a
}

// provider sets a provider up, by two people, and returns its id.
func (n *node) provider(p *idp) string {
	n.t.Helper()
	administrator, officer := n.officers()
	proposal, err := n.ProposeProvider(n.t.Context(), administrator, Settings{
		Label: "Ministry", Issuer: p.URL, ClientID: "fourfold-node", Secret: private.New(idpSecret), Reason: "staff have accounts there",
	})
	if err != nil {
		n.t.Fatal(err)
	}
	if all, err := n.Providers(n.t.Context(), ""); err != nil || len(all) != 0 {
		n.t.Fatalf("in use before anybody approved: %v (%v)", all, err)
	}
	second := n.actor(n.create("Edo Invented", auth.Administrator))
	for _, a := range []auth.Actor{administrator, second, n.actor(n.account)} {
		if err := n.accounts.Approve(n.t.Context(), a, proposal); err == nil {
			n.t.Fatalf("approved by %s", a.Name)
		}
	}
	if err := n.accounts.Approve(n.t.Context(), officer, proposal); err != nil {
		n.t.Fatal(err)
	}
	all, err := n.Providers(n.t.Context(), n.org)
	if err != nil || len(all) != 1 {
		n.t.Fatalf("providers %v (%v)", all, err)
	}
	return all[0].ID
}

// away goes to the provider and returns what the browser comes back with.
func (n *node) away(p *idp, provider string, intent Intent, s auth.Session) Return {
	n.t.Helper()
	to, secret, err := n.Depart(n.t.Context(), testSite, provider, intent, s)
	if err != nil {
		n.t.Fatal(err)
	}
	state, code := p.authorize(n.t, to)
	return Return{Secret: secret, State: state, Code: code, Session: s}
}

func TestProviderLinksAndSignsIn(t *testing.T) {
	n := newNode(t)
	p := newIDP(t, n.clock)
	provider := n.provider(p)

	_, _, err := n.Arrive(t.Context(), testSite, n.away(p, provider, ToSignIn, auth.Session{}))
	n.wantKind("an account of the provider that is linked to nobody", err, fault.Denied)

	s := n.session(n.account)
	if _, _, err := n.Arrive(t.Context(), testSite, n.away(p, provider, ToLink, s)); err != nil {
		t.Fatal(err)
	}
	n.wantNotice(n.account, notify.CredentialAdded)
	intent, w, err := n.Arrive(t.Context(), testSite, n.away(p, provider, ToSignIn, auth.Session{}))
	if err != nil || intent != ToSignIn {
		t.Fatal(err)
	}
	if in := n.of(w.Session); in.Actor.Account != n.account || in.Way != auth.ByProvider {
		t.Errorf("signed in as %+v", in)
	}

	// Unlocking takes the same account of the provider, and a sign-in there that is not older.
	n.pass(12 * time.Minute)
	locked := n.of(w.Session)
	if _, _, err := n.Arrive(t.Context(), testSite, n.away(p, provider, ToUnlock, locked)); err != nil {
		t.Fatal(err)
	}
	if in := n.of(w.Session); in.Locked || !in.Fresh(n.clock()) {
		t.Errorf("after unlocking %+v", in)
	}
	n.pass(12 * time.Minute)
	p.bend = func(_, claims map[string]any) { claims["auth_time"] = n.clock().Add(-2 * time.Hour).Unix() }
	_, _, err = n.Arrive(t.Context(), testSite, n.away(p, provider, ToUnlock, n.of(w.Session)))
	n.wantKind("unlocking by a sign-in of two hours ago", err, fault.Denied)
	p.bend, p.subject = nil, "subject-2"
	_, _, err = n.Arrive(t.Context(), testSite, n.away(p, provider, ToUnlock, n.of(w.Session)))
	n.wantKind("unlocking by somebody else", err, fault.Denied)
}

// An account is linked to issuer and subject: the same address, or the same subject of another issuer,
// is somebody else.
func TestProviderAttacks(t *testing.T) {
	n := newNode(t)
	p := newIDP(t, n.clock)
	provider := n.provider(p)
	if _, _, err := n.Arrive(t.Context(), testSite, n.away(p, provider, ToLink, n.session(n.account))); err != nil {
		t.Fatal(err)
	}
	evil := newIDP(t, n.clock)
	attacks := map[string]struct {
		bend   func(header, claims map[string]any)
		forge  func(string) string
		change func(*Return)
	}{
		"wrong audience":          {bend: func(_, c map[string]any) { c["aud"] = "another-client" }},
		"two audiences, no party": {bend: func(_, c map[string]any) { c["aud"] = []string{"fourfold-node", "another"} }},
		"made for another party":  {bend: func(_, c map[string]any) { c["azp"] = "another-client" }},
		"expired":                 {bend: func(_, c map[string]any) { c["exp"] = n.clock().Add(-time.Minute).Unix() }},
		"without an end":          {bend: func(_, c map[string]any) { delete(c, "exp") }},
		"another issuer":          {bend: func(_, c map[string]any) { c["iss"] = evil.URL }},
		"another subject":         {bend: func(_, c map[string]any) { c["sub"] = "subject-2" }},
		"no subject":              {bend: func(_, c map[string]any) { delete(c, "sub") }},
		"another nonce":           {bend: func(_, c map[string]any) { c["nonce"] = "replayed" }},
		"no nonce":                {bend: func(_, c map[string]any) { delete(c, "nonce") }},
		"alg none":                {bend: func(h, _ map[string]any) { h["alg"] = "none" }},
		"alg of a shared secret":  {bend: func(h, _ map[string]any) { h["alg"] = "HS256" }},
		"key of somebody else": {forge: func(string) string {
			return evil.sign(map[string]any{"alg": "ES256", "kid": "k1"}, map[string]any{"iss": p.URL, "sub": "subject-1", "aud": "fourfold-node", "exp": n.clock().Add(time.Minute).Unix()})
		}},
		"a flipped sign":           {forge: func(s string) string { return s[:len(s)-4] + "AAAA" }},
		"no token":                 {forge: func(string) string { return "" }},
		"not a token":              {forge: func(string) string { return "a.b.c" }},
		"another state":            {change: func(r *Return) { r.State = newSecret(32) }},
		"no state":                 {change: func(r *Return) { r.State = "" }},
		"another browser":          {change: func(r *Return) { r.Secret = newSecret(32) }},
		"no cookie":                {change: func(r *Return) { r.Secret = "" }},
		"a code of somebody else":  {change: func(r *Return) { r.Code = newSecret(16) }},
		"no code":                  {change: func(r *Return) { r.Code = "" }},
		"said by another provider": {change: func(r *Return) { r.Issuer = evil.URL }},
	}
	for name, a := range attacks {
		t.Run(name, func(t *testing.T) {
			p.bend, p.forge = a.bend, a.forge
			defer func() { p.bend, p.forge = nil, nil }()
			r := n.away(p, provider, ToSignIn, auth.Session{})
			if a.change != nil {
				a.change(&r)
			}
			_, w, err := n.Arrive(t.Context(), testSite, r)
			n.wantKind(name, err, fault.Denied)
			if w != (Welcome{}) {
				t.Error("a refused one gets something")
			}
		})
	}
	good := n.away(p, provider, ToSignIn, auth.Session{})
	_, _, err := n.Arrive(t.Context(), "http://localhost:9090", good)
	n.wantKind("come back to another address", err, fault.Denied)
	good = n.away(p, provider, ToSignIn, auth.Session{})
	if _, _, err := n.Arrive(t.Context(), testSite, good); err != nil {
		t.Fatalf("after all attacks the owner: %v", err)
	}
	_, _, err = n.Arrive(t.Context(), testSite, good)
	n.wantKind("replayed", err, fault.Denied)
	late := n.away(p, provider, ToSignIn, auth.Session{})
	n.pass(ceremonyLife)
	_, _, err = n.Arrive(t.Context(), testSite, late)
	n.wantKind("too late", err, fault.Denied)
	p.late = true
	_, _, err = n.Arrive(t.Context(), testSite, n.away(p, provider, ToSignIn, auth.Session{}))
	n.wantKind("a provider that fails", err, fault.Unavailable)
}

// The same subject at another issuer is somebody else, also when both providers are in use.
func TestSubjectOfAnotherIssuer(t *testing.T) {
	n := newNode(t)
	first, second := newIDP(t, n.clock), newIDP(t, n.clock)
	one, other := n.provider(first), ""
	administrator, officer := n.officers()
	proposal, err := n.ProposeProvider(t.Context(), administrator, Settings{Label: "Other", Issuer: second.URL, ClientID: "fourfold-node", Secret: private.New(idpSecret), Reason: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.accounts.Approve(t.Context(), officer, proposal); err != nil {
		t.Fatal(err)
	}
	all, err := n.Providers(t.Context(), n.org)
	if err != nil || len(all) != 2 {
		t.Fatalf("%v (%v)", all, err)
	}
	for _, x := range all {
		if x.ID != one {
			other = x.ID
		}
	}
	if _, _, err := n.Arrive(t.Context(), testSite, n.away(first, one, ToLink, n.session(n.account))); err != nil {
		t.Fatal(err)
	}
	_, _, err = n.Arrive(t.Context(), testSite, n.away(second, other, ToSignIn, auth.Session{}))
	n.wantKind("the same subject at another issuer", err, fault.Denied)
	removal, err := n.ProposeProviderEnd(t.Context(), administrator, one, "ended")
	if err != nil {
		t.Fatal(err)
	}
	if err := n.accounts.Approve(t.Context(), officer, removal); err != nil {
		t.Fatal(err)
	}
	_, _, err = n.Depart(t.Context(), testSite, one, ToSignIn, auth.Session{})
	n.wantKind("a provider that was taken away", err, fault.NotFound)
}

func TestProviderSettings(t *testing.T) {
	n := newNode(t)
	administrator, _ := n.officers()
	for name, s := range map[string]Settings{
		"no encryption": {Label: "x", Issuer: "http://id.example.org", ClientID: "c", Secret: private.New("s")},
		"a query":       {Label: "x", Issuer: "https://id.example.org/?a=b", ClientID: "c", Secret: private.New("s")},
		"a fragment":    {Label: "x", Issuer: "https://id.example.org/#", ClientID: "c", Secret: private.New("s")},
		"a user":        {Label: "x", Issuer: "https://a:b@id.example.org", ClientID: "c", Secret: private.New("s")},
		"a file":        {Label: "x", Issuer: "file:///etc/passwd", ClientID: "c", Secret: private.New("s")},
		"nothing":       {},
	} {
		s.Reason = "x"
		_, err := n.ProposeProvider(t.Context(), administrator, s)
		n.wantKind(name, err, fault.Invalid)
	}
	good := Settings{Label: "x", Issuer: "https://id.example.org", ClientID: "c", Secret: private.New("the secret in clear"), Reason: "x"}
	_, err := n.ProposeProvider(t.Context(), n.actor(n.account), good)
	n.wantKind("proposed by an analyst", err, fault.NotFound)
	if _, err := n.ProposeProvider(t.Context(), administrator, good); err != nil {
		t.Fatal(err)
	}
	err = n.db.Read(t.Context(), func(tx *db.Tx) error {
		var raw []byte
		err := tx.QueryRow(t.Context(), "SELECT secret FROM credential_provider WHERE issuer = $1", good.Issuer).Scan(&raw)
		if strings.Contains(string(raw), "in clear") {
			t.Error("the secret lies in the database in clear")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
