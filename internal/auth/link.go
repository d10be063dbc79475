package auth

import (
	"cmp"
	"context"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Link is a one-time link to be issued.
type Link struct {
	Org     OrgID
	Account AccountID
	// Stage is that of the session it will start.
	Stage Stage
	// Life is how long it can be used. 0 means 10 minutes; more than a day is [fault.Invalid].
	Life time.Duration
}

// OneTimeLink issues a secret that starts one session for an account, once, within ttl. A ttl of 0
// means 10 minutes; more than a day is [fault.Invalid].
func (s Accounts) OneTimeLink(ctx context.Context, account AccountID, ttl time.Duration) (secret string, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		org, err := locate(ctx, tx, account)
		if err != nil {
			return err
		}
		by := Actor{Org: org, Account: account, Via: s.via()}
		secret, err = IssueLink(ctx, tx, by, Link{Org: org, Account: account, Life: ttl})
		return err
	})
	return secret, err
}

// IssueLink issues a one-time link in the transaction of the decision behind it and returns its
// secret. by goes to the record; whether they may is the caller's to decide. An account of another
// organisation than theirs is [fault.NotFound].
func IssueLink(ctx context.Context, tx *db.Tx, by Actor, l Link) (secret string, err error) {
	l.Life = cmp.Or(l.Life, defaultLink)
	if l.Life < 0 || l.Life > maxLink {
		return "", fault.New(fault.Invalid, "A one-time link lasts at most %d hours.", int(maxLink.Hours()))
	}
	org, err := locate(ctx, tx, l.Account)
	if err != nil {
		return "", err
	}
	if org != l.Org || org != by.Org {
		return "", fault.New(fault.NotFound, "This account does not exist.")
	}
	secret, hash := newSecret("ffl_")
	id := db.NewID()
	via := ViaSession
	if by.Via == ViaDemo {
		via = ViaDemo
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO one_time_link (org_id, id, account_id, secret_hash, via, stage, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		org, id, l.Account, hash, via, l.Stage, tx.NowMicros(), tx.Now().Add(l.Life).UnixMicro())
	if err != nil {
		return "", err
	}
	return secret, audit.Append(ctx, tx, entry(by, audit.Login, id, "link.issue"))
}

// RedeemLink starts the session of a one-time link and returns the secret for its cookie. Of
// several that redeem a link at once, one succeeds. A link that is unknown, used or expired, or
// whose account is closed, is [fault.Denied].
func (s Accounts) RedeemLink(ctx context.Context, link string, device Device) (secret string, err error) {
	hash := hashOf(link)
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		// The update is the lock: the second of two finds the row redeemed.
		n, err := tx.Exec(ctx, "UPDATE one_time_link SET redeemed_at = $1 WHERE secret_hash = $2 AND redeemed_at IS NULL AND expires_at > $1",
			tx.NowMicros(), hash)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Denied, "This link has been used or is too old.").WithHint("Ask for a new link.")
		}
		var id string
		b := Start{Way: ByLink, Device: device}
		err = tx.QueryRow(ctx, "SELECT org_id, id, account_id, via, stage FROM one_time_link WHERE secret_hash = $1", hash).
			Scan(&b.Org, &id, &b.Account, &b.Via, &b.Stage)
		if err != nil {
			return err
		}
		a, err := actorOf(ctx, tx, b.Org, b.Account, b.Via)
		if err != nil {
			return err
		}
		if err := audit.Append(ctx, tx, entry(a, audit.Login, id, "link.redeem")); err != nil {
			return err
		}
		secret, err = BeginSession(ctx, tx, b)
		return err
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}
