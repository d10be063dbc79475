package credential

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/fourfold/fourfold/internal/db"
)

// The kinds of ceremony.
const (
	passkeyIn  = "passkey-in"  // signing in, or unlocking, with a passkey
	passkeyNew = "passkey-new" // making one
	appNew     = "app-new"     // a password with an app
	providerIn = "provider"    // away at an identity provider
)

// ceremony is something begun that takes two requests. The node keeps all of it: the browser holds a
// secret and nothing that could be altered.
type ceremony struct {
	kind    string
	owner   owner // whose it is; nobody's before anybody is known
	about   string
	content []byte
}

// ceremonyLife is how long there is to finish.
const ceremonyLife = 10 * time.Minute

// begin keeps a ceremony under a secret. Another of the same secret is replaced.
func begin(ctx context.Context, tx *db.Tx, secret string, c ceremony) error {
	hash := hashOf(c.kind + ":" + secret)
	if _, err := tx.Exec(ctx, "DELETE FROM credential_ceremony WHERE secret_hash = $1", hash); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO credential_ceremony (secret_hash, kind, org_id, account_id, about, content, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		hash, c.kind, c.owner.org, c.owner.account, c.about, c.content, tx.Now().Add(ceremonyLife).UnixMicro())
	return err
}

// peek returns a ceremony that has begun. One that is unknown or too old is refused.
func peek(ctx context.Context, tx *db.Tx, kind, secret string) (ceremony, error) {
	c := ceremony{kind: kind}
	err := tx.QueryRow(ctx, "SELECT org_id, account_id, about, content FROM credential_ceremony WHERE secret_hash = $1 AND expires_at > $2",
		hashOf(kind+":"+secret), tx.NowMicros()).Scan(&c.owner.org, &c.owner.account, &c.about, &c.content)
	if errors.Is(err, sql.ErrNoRows) {
		return c, stale()
	}
	return c, err
}

// spend returns a ceremony and ends it: of two that come with one secret, one gets it.
func (c *Credentials) spend(ctx context.Context, kind, secret string) (found ceremony, err error) {
	err = c.db.WriteUnaudited(ctx, "a ceremony is used once, whatever comes of it", func(tx *db.Tx) error {
		if found, err = peek(ctx, tx, kind, secret); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "DELETE FROM credential_ceremony WHERE secret_hash = $1", hashOf(kind+":"+secret))
		if err == nil && n == 0 {
			err = stale()
		}
		return err
	})
	return found, err
}

// Sweep removes ceremonies that were not finished, budgets that are whole again, and browsers that
// have not come back.
func (c *Credentials) Sweep(ctx context.Context) error {
	return c.db.WriteUnaudited(ctx, "what has expired is of no use to anybody", func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM credential_ceremony WHERE expires_at <= $1", tx.NowMicros()); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM credential_pace WHERE whole_at <= $1", tx.NowMicros()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "DELETE FROM credential_device WHERE used_at <= $1", tx.Now().Add(-deviceLife).UnixMicro())
		return err
	})
}
