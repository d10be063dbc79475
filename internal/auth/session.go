package auth

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// StartSession starts a session for an account and returns the secret for its cookie. An account
// that does not exist or is closed is [fault.NotFound].
func (s Accounts) StartSession(ctx context.Context, account AccountID) (secret string, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		org, err := locate(ctx, tx, account)
		if err != nil {
			return err
		}
		secret, err = startSession(ctx, tx, org, account, s.via())
		return err
	})
	return secret, err
}

func startSession(ctx context.Context, tx *db.Tx, org OrgID, account AccountID, via Via) (string, error) {
	secret, hash := newSecret("ffs_")
	id := db.NewID()
	_, err := tx.Exec(ctx, `
		INSERT INTO session (org_id, id, account_id, secret_hash, via, created_at, seen_at)
		VALUES ($1, $2, $3, $4, $5, $6, $6)`,
		org, id, account, hash, via, tx.NowMicros())
	if err != nil {
		return "", err
	}
	return secret, audit.Append(ctx, tx, entry(Actor{Org: org, Account: account, Via: via}, audit.Login, id, "session.start"))
}

// SessionActor returns who acts by the session of a secret, with the roles the account has now.
// A session that is unknown, ended, older than SessionLife or idle for SessionIdle is
// [fault.Denied]. A session in use is noted as seen, at most about once a minute.
func (s Accounts) SessionActor(ctx context.Context, secret string) (Actor, error) {
	var (
		actor Actor
		seen  time.Time
		now   time.Time
		hash  = hashOf(secret)
	)
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		now = tx.Now()
		actor, seen, err = s.session(ctx, tx, hash)
		return err
	})
	if err != nil {
		return Actor{}, err
	}
	if now.Sub(seen) < min(time.Minute, s.idle()/4) {
		return actor, nil
	}
	err = s.DB.WriteUnaudited(ctx, "a session in use is nobody's decision", func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE session SET seen_at = $1 WHERE secret_hash = $2 AND seen_at < $1", tx.NowMicros(), hash)
		return err
	})
	return actor, err
}

func (s Accounts) session(ctx context.Context, tx *db.Tx, hash string) (Actor, time.Time, error) {
	var (
		org           OrgID
		account       AccountID
		via           Via
		created, seen int64
	)
	err := tx.QueryRow(ctx, "SELECT org_id, account_id, via, created_at, seen_at FROM session WHERE secret_hash = $1", hash).
		Scan(&org, &account, &via, &created, &seen)
	if errors.Is(err, sql.ErrNoRows) {
		return Actor{}, time.Time{}, denied()
	}
	if err != nil {
		return Actor{}, time.Time{}, err
	}
	lastSeen := time.UnixMicro(seen)
	if tx.Now().Sub(time.UnixMicro(created)) >= s.life() || tx.Now().Sub(lastSeen) >= s.idle() {
		return Actor{}, time.Time{}, denied()
	}
	actor, err := actorOf(ctx, tx, org, account, via)
	return actor, lastSeen, err
}

// EndSession ends the session of a secret. Ending one that does not exist is no error: the aim is
// reached.
func (s Accounts) EndSession(ctx context.Context, secret string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		var (
			a  Actor
			id string
		)
		err := tx.QueryRow(ctx, "SELECT org_id, id, account_id, via FROM session WHERE secret_hash = $1", hashOf(secret)).
			Scan(&a.Org, &id, &a.Account, &a.Via)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM session WHERE org_id = $1 AND id = $2", a.Org, id); err != nil {
			return err
		}
		return audit.Append(ctx, tx, entry(a, audit.Login, id, "session.end"))
	})
}

// OneTimeLink issues a secret that starts one session for an account, once, within ttl. A ttl of 0
// means 10 minutes; more than a day is [fault.Invalid].
func (s Accounts) OneTimeLink(ctx context.Context, account AccountID, ttl time.Duration) (secret string, err error) {
	ttl = cmp.Or(ttl, defaultLink)
	if ttl < 0 || ttl > maxLink {
		return "", fault.New(fault.Invalid, "A one-time link lasts at most %d hours.", int(maxLink.Hours()))
	}
	secret, hash := newSecret("ffl_")
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		org, err := locate(ctx, tx, account)
		if err != nil {
			return err
		}
		id := db.NewID()
		_, err = tx.Exec(ctx, `
			INSERT INTO one_time_link (org_id, id, account_id, secret_hash, via, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			org, id, account, hash, s.via(), tx.NowMicros(), tx.Now().Add(ttl).UnixMicro())
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, entry(Actor{Org: org, Account: account, Via: s.via()}, audit.Login, id, "link.issue"))
	})
	return secret, err
}

// RedeemLink starts the session of a one-time link and returns the secret for its cookie. Of
// several that redeem a link at once, one succeeds. A link that is unknown, used or expired, or
// whose account is closed, is [fault.Denied].
func (s Accounts) RedeemLink(ctx context.Context, link string) (secret string, err error) {
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
		var (
			a  Actor
			id string
		)
		err = tx.QueryRow(ctx, "SELECT org_id, id, account_id, via FROM one_time_link WHERE secret_hash = $1", hash).
			Scan(&a.Org, &id, &a.Account, &a.Via)
		if err != nil {
			return err
		}
		if a, err = actorOf(ctx, tx, a.Org, a.Account, a.Via); err != nil {
			return err
		}
		if err := audit.Append(ctx, tx, entry(a, audit.Login, id, "link.redeem")); err != nil {
			return err
		}
		secret, err = startSession(ctx, tx, a.Org, a.Account, a.Via)
		return err
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// Sweep removes sessions that have ended by time and links that have expired, and returns how
// many. Expired ones let nobody in; this only keeps the tables small.
func (s Accounts) Sweep(ctx context.Context) (removed int64, err error) {
	err = s.DB.WriteUnaudited(ctx, "what has expired lets nobody in already", func(tx *db.Tx) error {
		sessions, err := tx.Exec(ctx, "DELETE FROM session WHERE created_at <= $1 OR seen_at <= $2",
			tx.Now().Add(-s.life()).UnixMicro(), tx.Now().Add(-s.idle()).UnixMicro())
		if err != nil {
			return err
		}
		links, err := tx.Exec(ctx, "DELETE FROM one_time_link WHERE expires_at <= $1", tx.NowMicros())
		removed = sessions + links
		return err
	})
	return removed, err
}

func (s Accounts) life() time.Duration { return cmp.Or(s.SessionLife, defaultLife) }
func (s Accounts) idle() time.Duration { return cmp.Or(s.SessionIdle, defaultIdle) }
func (s Accounts) via() Via            { return cmp.Or(s.Via, ViaSession) }
