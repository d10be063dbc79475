package credential

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// Site is the address by which a browser reached the node, "https://node.example.org". Passkeys belong
// to its host name. Whoever makes a Site has checked that the node answers to that name.
type Site string

// host is the name to which passkeys of a site belong; ok is false where a browser makes none: for a
// bare network address, and without encryption except on the machine itself.
func (s Site) host() (host string, ok bool) {
	u, err := url.Parse(string(s))
	if err != nil || u.Host == "" {
		return "", false
	}
	host = strings.ToLower(u.Hostname())
	return host, net.ParseIP(host) == nil && (u.Scheme == "https" || host == "localhost")
}

// HasPasskeys reports whether browsers make passkeys for a site.
func (s Site) HasPasskeys() bool { _, ok := s.host(); return ok }

// party sets up the rules of a site's ceremonies: a key that the authenticator finds by itself, and a
// person whom the authenticator has verified.
func (s Site) party() (*webauthn.WebAuthn, error) {
	host, ok := s.host()
	if !ok {
		return nil, fault.New(fault.Unavailable, "Passkeys do not work at this address.").
			WithHint("Use the name of the node, or localhost on the computer that runs it.")
	}
	return webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: "Fourfold", RPOrigins: []string{string(s)},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
	})
}

// passkeyOwner is an account with its passkeys of one site, as the ceremonies see it. An authenticator
// shows the number and not the name: its list may be open to others.
type passkeyOwner struct {
	owner
	keys []webauthn.Credential
	ids  map[string]string // of our rows, by key
}

func (p passkeyOwner) WebAuthnID() []byte                         { return []byte(p.handle) }
func (p passkeyOwner) WebAuthnName() string                       { return p.number }
func (p passkeyOwner) WebAuthnDisplayName() string                { return p.number }
func (p passkeyOwner) WebAuthnCredentials() []webauthn.Credential { return p.keys }

func keyID(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// passkeysOf loads an owner's passkeys for a host that are not stopped.
func passkeysOf(ctx context.Context, tx *db.Tx, o owner, host string) (passkeyOwner, error) {
	p := passkeyOwner{owner: o, ids: map[string]string{}}
	rows, err := tx.Query(ctx, `
		SELECT id, key_id, public_key, sign_count, flags, kind, transports
		FROM credential_passkey WHERE org_id = $1 AND account_id = $2 AND rp_id = $3 AND stopped_at IS NULL
		ORDER BY created_at, id`, o.org, o.account, host)
	p.keys, err = db.Collect(rows, err, func(r *sql.Rows) (webauthn.Credential, error) {
		var (
			key                      webauthn.Credential
			id, name, kind, carriers string
			flags                    int64
		)
		if err := r.Scan(&id, &name, &key.PublicKey, &key.Authenticator.SignCount, &flags, &kind, &carriers); err != nil {
			return key, err
		}
		p.ids[name] = id
		key.ID, _ = base64.RawURLEncoding.DecodeString(name)
		key.Authenticator.AAGUID, _ = hex.DecodeString(kind)
		key.Flags = webauthn.NewCredentialFlags(protocol.AuthenticatorFlags(flags))
		for t := range strings.FieldsSeq(carriers) {
			key.Transport = append(key.Transport, protocol.AuthenticatorTransport(t))
		}
		return key, nil
	})
	return p, err
}

// BeginPasskey begins to make a passkey for the session's account and returns what the browser is to
// be asked, as JSON.
func (c *Credentials) BeginPasskey(ctx context.Context, s auth.Session, site Site) (ask []byte, err error) {
	party, err := site.party()
	if err != nil {
		return nil, err
	}
	host, _ := site.host()
	err = c.db.WriteUnaudited(ctx, "what is begun lets nobody in", func(tx *db.Tx) error {
		if err := mayChange(s, tx.Now()); err != nil {
			return err
		}
		o, err := ensureOwner(ctx, tx, s.Actor)
		if err != nil {
			return err
		}
		user, err := passkeysOf(ctx, tx, o, host)
		if err != nil {
			return err
		}
		options, kept, err := party.BeginRegistration(user, webauthn.WithExclusions(webauthn.Credentials(user.keys).CredentialDescriptors()))
		if err != nil {
			return err
		}
		if ask, err = json.Marshal(options.Response); err != nil {
			return err
		}
		content, err := json.Marshal(kept)
		if err != nil {
			return err
		}
		return begin(ctx, tx, s.ID, ceremony{kind: passkeyNew, owner: o, about: string(site), content: content})
	})
	return ask, err
}

// AddPasskey finishes what BeginPasskey began, with the answer of the browser. The label is for its
// owner to tell one from another. An answer that does not check is [fault.Denied].
func (c *Credentials) AddPasskey(ctx context.Context, s auth.Session, site Site, label string, answer []byte) error {
	kept, err := c.spend(ctx, passkeyNew, s.ID)
	if err != nil {
		return err
	}
	made, err := verifyNew(site, kept, answer)
	if err != nil {
		return err
	}
	host, _ := site.host()
	label = strings.TrimSpace(label)
	if !auth.Printable(label) || utf8.RuneCountInString(label) > 60 {
		return fault.New(fault.Invalid, "The passkey was not kept.").WithField("label", "Use at most %d characters, all of which can be printed.", 60)
	}
	carriers := make([]string, len(made.Transport))
	for i, t := range made.Transport {
		carriers[i] = string(t)
	}
	id := db.NewID()
	err = c.db.Write(ctx, func(tx *db.Tx) error {
		if err := mayChange(s, tx.Now()); err != nil {
			return err
		}
		if err := hold(ctx, tx, s.Actor); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO credential_passkey (org_id, id, version, account_id, rp_id, key_id, public_key, sign_count, flags, kind, transports, label, created_at)
			VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			s.Actor.Org, id, s.Actor.Account, host, keyID(made.ID), made.PublicKey, int64(made.Authenticator.SignCount),
			int64(made.Flags.ProtocolValue()), hex.EncodeToString(made.Authenticator.AAGUID), strings.Join(carriers, " "), label, tx.NowMicros())
		if err != nil {
			return err
		}
		return changed(ctx, tx, s, notify.CredentialAdded, id, "passkey.add")
	})
	if db.IsUnique(err) {
		return stale()
	}
	return err
}

// verifyNew checks the answer of a browser to BeginPasskey.
func verifyNew(site Site, kept ceremony, answer []byte) (*webauthn.Credential, error) {
	party, err := site.party()
	if err != nil {
		return nil, err
	}
	var session webauthn.SessionData
	if err := json.Unmarshal(kept.content, &session); err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil || kept.about != string(site) {
		return nil, stale()
	}
	made, err := party.CreateCredential(passkeyOwner{owner: owner{handle: string(session.UserID)}}, session, parsed)
	if err != nil {
		return nil, stale()
	}
	return made, nil
}

// AskPasskey begins a signing in, or an unlocking, with any passkey of the site. It returns what the
// browser is to be asked, as JSON, and a secret for a cookie of that browser.
func (c *Credentials) AskPasskey(ctx context.Context, site Site) (ask []byte, secret string, err error) {
	party, err := site.party()
	if err != nil {
		return nil, "", err
	}
	options, kept, err := party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, "", err
	}
	if ask, err = json.Marshal(options.Response); err != nil {
		return nil, "", err
	}
	content, err := json.Marshal(kept)
	if err != nil {
		return nil, "", err
	}
	secret = newSecret(32)
	err = c.db.WriteUnaudited(ctx, "what is begun lets nobody in", func(tx *db.Tx) error {
		return begin(ctx, tx, secret, ceremony{kind: passkeyIn, about: string(site), content: content})
	})
	return ask, secret, err
}

// Key is the answer of a browser to AskPasskey.
type Key struct {
	Secret string // of the ceremony
	Answer []byte
	Device string
	Kind   auth.Device
}

// EnterByPasskey signs in whoever a passkey belongs to. What does not check is [fault.Denied].
func (c *Credentials) EnterByPasskey(ctx context.Context, site Site, k Key) (w Welcome, err error) {
	user, key, err := c.checkPasskey(ctx, site, k)
	if err != nil {
		return w, err
	}
	err = c.db.Write(ctx, func(tx *db.Tx) error {
		if err := usePasskey(ctx, tx, user, key); err != nil {
			return err
		}
		if w.Device, err = remember(ctx, tx, user.owner, k.Device); err != nil {
			return err
		}
		w.Session, err = auth.BeginSession(ctx, tx, auth.Start{Org: user.org, Account: user.account, Way: auth.ByPasskey, Device: k.Kind})
		return err
	})
	return w, err
}

// WakeByPasskey unlocks a session, or makes it fresh, by a passkey of its own account.
func (c *Credentials) WakeByPasskey(ctx context.Context, s auth.Session, site Site, k Key) error {
	user, key, err := c.checkPasskey(ctx, site, k)
	if err != nil {
		return err
	}
	if user.org != s.Actor.Org || user.account != s.Actor.Account {
		return refused()
	}
	return c.db.Write(ctx, func(tx *db.Tx) error {
		if err := usePasskey(ctx, tx, user, key); err != nil {
			return err
		}
		return auth.Wake(ctx, tx, s, auth.ByPasskey, true)
	})
}

// checkPasskey spends the ceremony and checks the answer. A key whose counter went back is stopped,
// and its owner told: there may be a copy of it.
func (c *Credentials) checkPasskey(ctx context.Context, site Site, k Key) (user passkeyOwner, key *webauthn.Credential, err error) {
	kept, err := c.spend(ctx, passkeyIn, k.Secret)
	if err != nil {
		return user, nil, err
	}
	party, err := site.party()
	if err != nil {
		return user, nil, err
	}
	var session webauthn.SessionData
	if err := json.Unmarshal(kept.content, &session); err != nil {
		return user, nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(k.Answer)
	if err != nil || kept.about != string(site) {
		return user, nil, refused()
	}
	var failed error // of the database, and not of the answer
	_, key, err = party.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		user, failed = c.byHandle(ctx, string(handle), site)
		return user, failed
	}, session, parsed)
	switch {
	case failed != nil && ignoreNone(failed) != nil:
		return user, nil, failed
	case err != nil:
		return user, nil, refused()
	case key.Authenticator.CloneWarning:
		return user, nil, c.stop(ctx, user, key)
	}
	return user, key, nil
}

// byHandle loads the owner of a handle with the passkeys of a site.
func (c *Credentials) byHandle(ctx context.Context, handle string, site Site) (p passkeyOwner, err error) {
	host, _ := site.host()
	err = c.db.Read(ctx, func(tx *db.Tx) error {
		o := owner{handle: handle}
		err := tx.QueryRow(ctx, `SELECT o.org_id, o.account_id, o.number FROM credential_owner o
			JOIN account a ON a.org_id = o.org_id AND a.id = o.account_id AND a.closed_at IS NULL
			WHERE o.handle = $1`, handle).Scan(&o.org, &o.account, &o.number)
		if err != nil {
			return err
		}
		p, err = passkeysOf(ctx, tx, o, host)
		return err
	})
	return p, err
}

// usePasskey notes in tx that a key was used. It refuses when another use of the same key was faster
// with the same counter, or when the key was taken away meanwhile.
func usePasskey(ctx context.Context, tx *db.Tx, p passkeyOwner, key *webauthn.Credential) error {
	count := int64(key.Authenticator.SignCount)
	n, err := tx.Exec(ctx, `
		UPDATE credential_passkey SET sign_count = $1, flags = $2, used_at = $3, version = version + 1
		WHERE org_id = $4 AND id = $5 AND stopped_at IS NULL AND (sign_count < $1 OR $1 = 0 AND sign_count = 0)`,
		count, int64(key.Flags.ProtocolValue()), tx.NowMicros(), p.org, p.ids[keyID(key.ID)])
	if err == nil && n == 0 {
		err = refused()
	}
	return err
}

// stop takes a key out of use and gives the one answer.
func (c *Credentials) stop(ctx context.Context, p passkeyOwner, key *webauthn.Credential) error {
	id := p.ids[keyID(key.ID)]
	err := c.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "UPDATE credential_passkey SET stopped_at = $1, version = version + 1 WHERE org_id = $2 AND id = $3", tx.NowMicros(), p.org, id); err != nil {
			return err
		}
		if err := record(ctx, tx, actorOf(p.owner), audit.Login, id, "passkey.stop"); err != nil {
			return err
		}
		return tell(ctx, tx, p.org, p.account, notify.PasskeyStopped, id)
	})
	if err != nil {
		return err
	}
	return refused()
}

// RemovePasskey takes a passkey of the session's account away. The last way in stays: [fault.Conflict].
func (c *Credentials) RemovePasskey(ctx context.Context, s auth.Session, id string) error {
	return c.db.Write(ctx, func(tx *db.Tx) error {
		if err := mayRemove(ctx, tx, s, id); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "DELETE FROM credential_passkey WHERE org_id = $1 AND account_id = $2 AND id = $3", s.Actor.Org, s.Actor.Account, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "This passkey does not exist.")
		}
		return changed(ctx, tx, s, notify.CredentialRemoved, id, "passkey.remove")
	})
}
