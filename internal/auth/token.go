package auth

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Token describes an API token. The secret is not in it: it is shown once, when issued.
type Token struct {
	ID      TokenID
	Account AccountID
	Label   string
	Created time.Time
	Expires time.Time
	Revoked bool
}

// IssueToken issues a token that acts as the actor's account for ttl, at most 366 days, and returns
// its secret. The actor must have [ManageTokens] and an account. The label says what it is for.
func (s Accounts) IssueToken(ctx context.Context, actor Actor, label string, ttl time.Duration) (secret string, err error) {
	if err := mayManage(actor); err != nil {
		return "", err
	}
	label = strings.TrimSpace(label)
	if actor.Account == cliAccount {
		return "", fault.New(fault.Invalid, "A token belongs to an account.").WithHint("Name the account that the token is to act for.")
	}
	f := fault.New(fault.Invalid, "The token cannot be issued.")
	if label == "" {
		f = f.WithField("label", "Say what the token is for.")
	}
	if !Printable(label) {
		f = f.WithField("label", "Use at most %d characters, all of which can be printed.", MaxText)
	}
	if ttl <= 0 || ttl > maxToken {
		f = f.WithField("ttl", "A token lasts from now to at most %d days.", int(maxToken.Hours()/24))
	}
	if len(f.Fields) > 0 {
		return "", f
	}
	secret, hash := newSecret("fft_")
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		id := db.NewID()
		_, err := tx.Exec(ctx, `
			INSERT INTO api_token (org_id, id, account_id, label, secret_hash, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			actor.Org, id, actor.Account, label, hash, tx.NowMicros(), tx.Now().Add(ttl).UnixMicro())
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, entry(actor, audit.Configuration, id, "token.issue"))
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// TokenActor returns who acts by a token, with the roles the account has now. A token that is
// unknown, expired or revoked is [fault.Denied].
func (s Accounts) TokenActor(ctx context.Context, secret string) (actor Actor, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		var (
			org     OrgID
			account AccountID
		)
		err := tx.QueryRow(ctx, "SELECT org_id, account_id FROM api_token WHERE secret_hash = $1 AND revoked_at IS NULL AND expires_at > $2",
			hashOf(secret), tx.NowMicros()).Scan(&org, &account)
		if errors.Is(err, sql.ErrNoRows) {
			return denied()
		}
		if err != nil {
			return err
		}
		actor, err = actorOf(ctx, tx, org, account, ViaToken)
		return err
	})
	return actor, err
}

// RevokeToken revokes a token of the actor's organisation. A token that does not exist there, or is
// revoked already, is [fault.NotFound].
func (s Accounts) RevokeToken(ctx context.Context, actor Actor, id TokenID) error {
	if err := mayManage(actor); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE api_token SET revoked_at = $1 WHERE org_id = $2 AND id = $3 AND revoked_at IS NULL",
			tx.NowMicros(), actor.Org, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "This token does not exist.")
		}
		return audit.Append(ctx, tx, entry(actor, audit.Configuration, string(id), "token.revoke"))
	})
}

// ListTokens returns the tokens of the actor's organisation, newest first, the expired and revoked
// among them.
func (s Accounts) ListTokens(ctx context.Context, actor Actor) (tokens []Token, err error) {
	if err := mayManage(actor); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT id, account_id, label, created_at, expires_at, revoked_at IS NOT NULL
			FROM api_token WHERE org_id = $1 ORDER BY created_at DESC, id`, actor.Org)
		tokens, err = db.Collect(rows, err, func(r *sql.Rows) (Token, error) {
			var (
				t                Token
				created, expires int64
			)
			err := r.Scan(&t.ID, &t.Account, &t.Label, &created, &expires, &t.Revoked)
			t.Created, t.Expires = time.UnixMicro(created).UTC(), time.UnixMicro(expires).UTC()
			return t, err
		})
		return err
	})
	return tokens, err
}

func mayManage(a Actor) error {
	if !a.May(ManageTokens) {
		return fault.New(fault.Denied, "Only an administrator manages tokens.")
	}
	return nil
}
