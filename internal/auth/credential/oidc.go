package credential

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// web reaches identity providers. It follows no redirect, waits ten seconds and reads a megabyte: a
// provider is trusted to say who somebody is, and with nothing else.
type web struct {
	client *http.Client
	mu     sync.Mutex
	known  map[string]discovered // by issuer
}

type discovered struct {
	provider *oidc.Provider
	until    time.Time
}

// Bounds of a conversation with a provider.
const (
	providerPatience = 10 * time.Second
	providerBytes    = 1 << 20
	providerKept     = time.Hour // what a provider says of itself is asked anew after this time
)

func newWeb() *web {
	return &web{known: map[string]discovered{}, client: &http.Client{
		Timeout:       providerPatience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     bounded{http.DefaultTransport},
	}}
}

// bounded cuts off what a provider says too much.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	if !goodAddress((&url.URL{Scheme: r.URL.Scheme, Host: r.URL.Host}).String()) {
		return nil, errors.New("credential: a provider that is asked without encryption")
	}
	res, err := b.next.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, providerBytes), res.Body}
	}
	return res, err
}

// signatures are the ways of signing that are accepted, whatever a provider offers. "none" and those
// with a shared secret are not among them.
var signatures = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

// silent is the answer when a provider cannot be reached or makes no sense.
func silent(err error) error {
	return fault.New(fault.Unavailable, "The identity provider does not answer as it should.").
		WithHint("Try again in a moment, or sign in in another way.").Wrap(err)
}

// discover returns what an issuer says of itself.
func (w *web) discover(ctx context.Context, issuer string, now time.Time) (*oidc.Provider, error) {
	w.mu.Lock()
	found, ok := w.known[issuer]
	w.mu.Unlock()
	if ok && now.Before(found.until) {
		return found.provider, nil
	}
	p, err := oidc.NewProvider(oidc.ClientContext(ctx, w.client), issuer)
	if err != nil {
		return nil, silent(err)
	}
	w.mu.Lock()
	w.known[issuer] = discovered{p, now.Add(providerKept)}
	w.mu.Unlock()
	return p, nil
}

// Intent is what a way through a provider is for.
type Intent string

// The intents.
const (
	ToSignIn Intent = "sign-in"
	ToUnlock Intent = "unlock" // or to show that it is still the same person
	ToLink   Intent = "link"
)

// journey is what the node keeps while somebody is away at a provider.
type journey struct {
	Intent   Intent    `json:"intent"`
	Site     Site      `json:"site"`
	Session  string    `json:"session,omitempty"`
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	Begun    time.Time `json:"begun"`
}

// ReturnPath is where providers send people back to.
const ReturnPath = "/sign-in/return"

func (c *Credentials) client(p *oidc.Provider, site Site, id, secret string) oauth2.Config {
	return oauth2.Config{
		ClientID: id, ClientSecret: secret, Endpoint: p.Endpoint(), RedirectURL: string(site) + ReturnPath,
		Scopes: []string{oidc.ScopeOpenID}, // who it is, and nothing about them
	}
}

// Depart begins a way through a provider. It returns the address to go to, and a secret for a cookie
// of this browser. s is the session that is to be unlocked or linked; for signing in it is empty.
func (c *Credentials) Depart(ctx context.Context, site Site, provider string, intent Intent, s auth.Session) (to, secret string, err error) {
	row, err := c.providerRow(ctx, provider)
	if err != nil {
		return "", "", err
	}
	if intent != ToSignIn && (s.Actor.Org != row.org || s.ID == "") {
		return "", "", fault.New(fault.NotFound, "This provider does not exist.")
	}
	found, err := c.web.discover(ctx, row.issuer, row.now)
	if err != nil {
		return "", "", err
	}
	j := journey{
		Intent: intent, Site: site, Session: s.ID, Begun: row.now,
		State: newSecret(32), Nonce: newSecret(32), Verifier: oauth2.GenerateVerifier(),
	}
	content, err := json.Marshal(j)
	if err != nil {
		return "", "", err
	}
	secret = newSecret(32)
	err = c.db.WriteUnaudited(ctx, "what is begun lets nobody in", func(tx *db.Tx) error {
		if intent == ToLink {
			if err := mayChange(s, tx.Now()); err != nil {
				return err
			}
		}
		return begin(ctx, tx, secret, ceremony{kind: providerIn, owner: owner{org: row.org, account: s.Actor.Account}, about: provider, content: content})
	})
	if err != nil {
		return "", "", err
	}
	client := c.client(found, site, row.clientID, "")
	options := []oauth2.AuthCodeOption{oidc.Nonce(j.Nonce), oauth2.S256ChallengeOption(j.Verifier)}
	if intent != ToSignIn {
		options = append(options, oauth2.SetAuthURLParam("max_age", "0"), oauth2.SetAuthURLParam("prompt", "login"))
	}
	return client.AuthCodeURL(j.State, options...), secret, nil
}

// providerRow is a provider in use with what is needed to ask it.
type providerRow struct {
	org              auth.OrgID
	id               string
	issuer, clientID string
	sealed           []byte
	now              time.Time
}

func (c *Credentials) providerRow(ctx context.Context, id string) (p providerRow, err error) {
	p.id = id
	err = c.db.Read(ctx, func(tx *db.Tx) error {
		p.now = tx.Now()
		return tx.QueryRow(ctx, `SELECT org_id, issuer, client_id, secret FROM credential_provider
			WHERE id = $1 AND approved_by <> '' AND removed_at IS NULL`, id).Scan(&p.org, &p.issuer, &p.clientID, &p.sealed)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return p, fault.New(fault.NotFound, "This provider does not exist.")
	}
	return p, err
}

// Return is what a provider sends somebody back with.
type Return struct {
	Secret string // of the ceremony, from the cookie
	State  string
	Code   string
	Issuer string // RFC 9207; "" when the provider does not send it
	Device string
	Kind   auth.Device
	// Session is the session of the browser, for unlocking and linking.
	Session auth.Session
}

// Arrive finishes a way through a provider. It returns what it was for, and for a signing in the new
// session. Whatever does not check is [fault.Denied]: state and secret of the browser, issuer, audience,
// signature, time, nonce, and that the account of the provider is linked.
func (c *Credentials) Arrive(ctx context.Context, site Site, r Return) (intent Intent, w Welcome, err error) {
	kept, err := c.spend(ctx, providerIn, r.Secret)
	if err != nil {
		return "", w, err
	}
	var j journey
	if err := json.Unmarshal(kept.content, &j); err != nil {
		return "", w, err
	}
	row, err := c.providerRow(ctx, kept.about)
	if err != nil {
		return j.Intent, w, err
	}
	same := subtle.ConstantTimeCompare([]byte(j.State), []byte(r.State)) == 1
	if !same || j.Site != site || r.Code == "" || r.Issuer != "" && r.Issuer != row.issuer {
		return j.Intent, w, stale()
	}
	subject, err := c.subject(ctx, row, j, r.Code)
	if err != nil {
		return j.Intent, w, err
	}
	switch j.Intent {
	case ToSignIn:
		w, err = c.enterAs(ctx, row, subject, r)
	case ToUnlock, ToLink:
		if r.Session.ID != j.Session || r.Session.Actor.Account != kept.owner.account {
			return j.Intent, w, stale()
		}
		err = c.wakeOrLink(ctx, row, subject, j.Intent, r.Session)
	default:
		err = stale()
	}
	return j.Intent, w, err
}

// subject exchanges a code and checks the token that comes for it.
func (c *Credentials) subject(ctx context.Context, row providerRow, j journey, code string) (string, error) {
	secret, err := c.sealer.Open(ctx, row.org, providerPlace(row.id), row.sealed)
	if err != nil {
		return "", err
	}
	found, err := c.web.discover(ctx, row.issuer, row.now)
	if err != nil {
		return "", err
	}
	ctx = oidc.ClientContext(ctx, c.web.client)
	client := c.client(found, j.Site, row.clientID, string(secret))
	tokens, err := client.Exchange(ctx, code, oauth2.VerifierOption(j.Verifier))
	if refusal, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refusal.Response.StatusCode < http.StatusInternalServerError {
		return "", refused()
	}
	if err != nil {
		return "", silent(err)
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return "", refused()
	}
	verifier := found.VerifierContext(ctx, &oidc.Config{
		ClientID: row.clientID, SupportedSigningAlgs: signatures, Now: func() time.Time { return row.now },
	})
	token, err := verifier.Verify(ctx, raw)
	if err != nil {
		return "", refused()
	}
	return token.Subject, checkToken(token, row, j)
}

// checkToken checks what the library leaves to its caller.
func checkToken(token *oidc.IDToken, row providerRow, j journey) error {
	var claims struct {
		Party  string `json:"azp"`
		Proved int64  `json:"auth_time"`
	}
	if err := token.Claims(&claims); err != nil {
		return refused()
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(j.Nonce)) != 1,
		token.Subject == "" || len(token.Subject) > 255,
		token.Issuer != row.issuer,
		claims.Party != "" && claims.Party != row.clientID,
		len(token.Audience) > 1 && claims.Party == "",
		// A colleague at the screen may find the provider still signed in: it must have asked anew.
		j.Intent != ToSignIn && time.Unix(claims.Proved, 0).Before(j.Begun.Add(-time.Minute)):
		return refused()
	}
	return nil
}

// linked returns the account to which a subject is linked.
func linked(ctx context.Context, tx *db.Tx, row providerRow, subject string) (o owner, err error) {
	o.org = row.org
	err = tx.QueryRow(ctx, `SELECT i.account_id FROM credential_identity i
		JOIN account a ON a.org_id = i.org_id AND a.id = i.account_id AND a.closed_at IS NULL
		WHERE i.org_id = $1 AND i.provider_id = $2 AND i.issuer = $3 AND i.subject = $4`, row.org, row.id, row.issuer, subject).Scan(&o.account)
	if errors.Is(err, sql.ErrNoRows) {
		return o, refused()
	}
	if err != nil {
		return o, err
	}
	_, err = tx.Exec(ctx, "UPDATE credential_identity SET used_at = $1 WHERE org_id = $2 AND issuer = $3 AND subject = $4", tx.NowMicros(), row.org, row.issuer, subject)
	return o, err
}

func (c *Credentials) enterAs(ctx context.Context, row providerRow, subject string, r Return) (w Welcome, err error) {
	err = c.db.Write(ctx, func(tx *db.Tx) error {
		o, err := linked(ctx, tx, row, subject)
		if err != nil {
			return err
		}
		if w.Device, err = remember(ctx, tx, o, r.Device); err != nil {
			return err
		}
		w.Session, err = auth.BeginSession(ctx, tx, auth.Start{Org: o.org, Account: o.account, Way: auth.ByProvider, Device: r.Kind})
		return err
	})
	return w, err
}

func (c *Credentials) wakeOrLink(ctx context.Context, row providerRow, subject string, intent Intent, s auth.Session) error {
	return c.db.Write(ctx, func(tx *db.Tx) error {
		if intent == ToUnlock {
			o, err := linked(ctx, tx, row, subject)
			if err != nil {
				return err
			}
			if o.account != s.Actor.Account {
				return refused()
			}
			return auth.Wake(ctx, tx, s, auth.ByProvider, true)
		}
		if err := mayChange(s, tx.Now()); err != nil {
			return err
		}
		if err := hold(ctx, tx, s.Actor); err != nil {
			return err
		}
		if err := link(ctx, tx, s.Actor, s.Actor.Account, row.id, subject); err != nil {
			return err
		}
		return auth.Complete(ctx, tx, s)
	})
}
