package credential

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/private"
)

// Settings is an identity provider as somebody proposes it.
type Settings struct {
	Label    string // on the button, at most 60 characters
	Issuer   string // https address, exactly as its tokens name it
	ClientID string
	Secret   private.Text
	Reason   string
}

// Provider is an identity provider that is in use.
type Provider struct {
	Org    auth.OrgID
	ID     string
	Label  string
	Issuer string
	From   time.Time
}

func providerPlace(id string) string { return "credential_provider.secret:" + id }

func (s Settings) check() error {
	f := fault.New(fault.Invalid, "This provider cannot be set up.")
	if s.Label == "" || !auth.Printable(s.Label) || len([]rune(s.Label)) > 60 {
		f = f.WithField("label", "Say what the button is called, in at most %d characters.", 60)
	}
	if !goodAddress(s.Issuer) {
		f = f.WithField("issuer", "Give the address that begins with https, without a question mark.")
	}
	if s.ClientID == "" || !auth.Printable(s.ClientID) {
		f = f.WithField("client", "Give the client identifier that the provider has issued.")
	}
	if s.Secret.IsZero() {
		f = f.WithField("secret", "Give the client secret that the provider has issued.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// goodAddress accepts https, and http on the machine itself, without anything that an issuer has not.
func goodAddress(address string) bool {
	u, err := url.Parse(address)
	if err != nil || len(address) > 200 || u.Host == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(address, "#") {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// ProposeProvider proposes an identity provider for the actor's organisation. It is of no use before a
// second person, who is no administrator, has approved it.
func (c *Credentials) ProposeProvider(ctx context.Context, actor auth.Actor, s Settings) (auth.ProposalID, error) {
	s.Label, s.Issuer, s.ClientID = strings.TrimSpace(s.Label), strings.TrimSpace(s.Issuer), strings.TrimSpace(s.ClientID)
	if err := s.check(); err != nil {
		return "", err
	}
	id := db.NewID()
	sealed, err := c.sealer.Seal(ctx, actor.Org, providerPlace(id), []byte(s.Secret.Reveal("seal the secret of an identity provider")))
	if err != nil {
		return "", err
	}
	var proposal auth.ProposalID
	err = c.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO credential_provider (org_id, id, version, label, issuer, client_id, secret, proposed_by, approved_by, created_at)
			VALUES ($1, $2, 1, $3, $4, $5, $6, $7, '', $8)`,
			actor.Org, id, s.Label, s.Issuer, s.ClientID, sealed, actor.Account, tx.NowMicros())
		if err != nil {
			return err
		}
		proposal, err = c.accounts.ProposeIn(ctx, tx, actor, auth.Change{
			Kind: auth.IdentityProvider, Subject: id, Reason: s.Reason,
			Detail: map[string]string{"act": "add", "issuer": s.Issuer, "client": s.ClientID},
		})
		return err
	})
	return proposal, err
}

// ProposeProviderEnd proposes that a provider is used no more.
func (c *Credentials) ProposeProviderEnd(ctx context.Context, actor auth.Actor, id, reason string) (auth.ProposalID, error) {
	p, err := c.providerRow(ctx, id)
	if err == nil && p.org != actor.Org {
		err = fault.New(fault.NotFound, "This provider does not exist.")
	}
	if err != nil {
		return "", err
	}
	return c.accounts.Propose(ctx, actor, auth.Change{
		Kind: auth.IdentityProvider, Subject: id, Reason: reason, Detail: map[string]string{"act": "remove", "issuer": p.issuer},
	})
}

// checkProvider and applyProvider are the rule of such a change.
func checkProvider(ctx context.Context, tx *db.Tx, by auth.Actor, ch auth.Change) error {
	live := "approved_by <> '' AND removed_at IS NULL"
	if ch.Detail["act"] == "add" {
		live = "approved_by = '' AND removed_at IS NULL"
	}
	var issuer, client string
	err := tx.QueryRow(ctx, "SELECT issuer, client_id FROM credential_provider WHERE org_id = $1 AND id = $2 AND "+live, by.Org, ch.Subject).Scan(&issuer, &client)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "This provider does not exist.")
	}
	if err == nil && ch.Detail["act"] == "add" && (issuer != ch.Detail["issuer"] || client != ch.Detail["client"]) {
		err = fault.New(fault.Conflict, "The provider is not the one that was proposed.") // what was shown is what is approved
	}
	return err
}

func applyProvider(ctx context.Context, tx *db.Tx, p auth.Proposal, approver auth.Actor) error {
	q := "UPDATE credential_provider SET removed_at = $1, version = version + 1 WHERE org_id = $2 AND id = $3 AND approved_by <> ''"
	args := []any{tx.NowMicros(), p.Org, p.Subject}
	if p.Detail["act"] == "add" {
		q = "UPDATE credential_provider SET approved_by = $1, version = version + 1 WHERE org_id = $2 AND id = $3 AND approved_by = ''"
		args[0] = approver.Account
	}
	_, err := tx.Exec(ctx, q, args...)
	return err
}

// Providers returns the providers in use, of one organisation, or of all when org is "": that is what
// the page for signing in shows, before anybody is known.
func (c *Credentials) Providers(ctx context.Context, org auth.OrgID) (all []Provider, err error) {
	err = c.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT org_id, id, label, issuer, created_at FROM credential_provider
			WHERE approved_by <> '' AND removed_at IS NULL AND (org_id = $1 OR $1 = '') ORDER BY label, id`, org)
		all, err = db.Collect(rows, err, func(r *sql.Rows) (p Provider, err error) {
			var from int64
			err = r.Scan(&p.Org, &p.ID, &p.Label, &p.Issuer, &from)
			p.From = time.UnixMicro(from).UTC()
			return p, err
		})
		return err
	})
	return all, err
}

// link binds in tx an account to issuer and subject. by goes to the record.
func link(ctx context.Context, tx *db.Tx, by auth.Actor, account auth.AccountID, provider, subject string) error {
	var issuer string
	err := tx.QueryRow(ctx, "SELECT issuer FROM credential_provider WHERE org_id = $1 AND id = $2 AND approved_by <> '' AND removed_at IS NULL", by.Org, provider).Scan(&issuer)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "This provider does not exist.")
	}
	if err != nil {
		return err
	}
	var taken int
	err = tx.QueryRow(ctx, "SELECT count(*) FROM credential_identity WHERE org_id = $1 AND issuer = $2 AND subject = $3", by.Org, issuer, subject).Scan(&taken)
	if err != nil {
		return err
	}
	if taken > 0 {
		return fault.New(fault.Conflict, "This account of the provider is linked already.").WithHint("Take the older link away first.")
	}
	id := db.NewID()
	_, err = tx.Exec(ctx, `INSERT INTO credential_identity (org_id, id, account_id, provider_id, issuer, subject, linked_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, by.Org, id, account, provider, issuer, subject, by.Account, tx.NowMicros())
	if err != nil {
		return err
	}
	if err := record(ctx, tx, by, audit.Configuration, id, "identity.link"); err != nil {
		return err
	}
	return tell(ctx, tx, by.Org, account, notify.CredentialAdded, id)
}

// Unlink takes an account at a provider away from the session's account. The last way in stays:
// [fault.Conflict].
func (c *Credentials) Unlink(ctx context.Context, s auth.Session, id string) error {
	return c.db.Write(ctx, func(tx *db.Tx) error {
		if err := mayRemove(ctx, tx, s, id); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "DELETE FROM credential_identity WHERE org_id = $1 AND account_id = $2 AND id = $3", s.Actor.Org, s.Actor.Account, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "This link does not exist.")
		}
		return changed(ctx, tx, s, notify.CredentialRemoved, id, "identity.unlink")
	})
}
