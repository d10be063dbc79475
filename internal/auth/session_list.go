package auth

import (
	"context"
	"database/sql"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// OpenSession is a session as its owner sees it in a list.
type OpenSession struct {
	ID      string
	Device  Device
	Way     Way
	Started time.Time
	// Seen is when it was last used, to about a minute.
	Seen   time.Time
	Locked bool
}

// Sessions returns the sessions of the actor's account that have not ended, the last used first.
func (s Accounts) Sessions(ctx context.Context, actor Actor) (open []OpenSession, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT id, device, way, created_at, seen_at, locked_at IS NOT NULL
			FROM session WHERE org_id = $1 AND account_id = $2 AND created_at > $3 AND seen_at > $4
			ORDER BY seen_at DESC, id`,
			actor.Org, actor.Account, tx.Now().Add(-s.life()).UnixMicro(), tx.Now().Add(-s.idle()).UnixMicro())
		open, err = db.Collect(rows, err, func(r *sql.Rows) (OpenSession, error) {
			var (
				o             OpenSession
				started, seen int64
			)
			err := r.Scan(&o.ID, &o.Device, &o.Way, &started, &seen, &o.Locked)
			o.Started, o.Seen = time.UnixMicro(started).UTC(), time.UnixMicro(seen).UTC()
			o.Locked = o.Locked || tx.Now().Sub(o.Seen) >= s.lockAfter()
			return o, err
		})
		return err
	})
	return open, err
}

// Revoke ends one session of the actor's own account. One that does not exist there is
// [fault.NotFound].
func (s Accounts) Revoke(ctx context.Context, actor Actor, id string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM session WHERE org_id = $1 AND account_id = $2 AND id = $3", actor.Org, actor.Account, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "This session does not exist.")
		}
		return audit.Append(ctx, tx, entry(actor, audit.Login, id, "session.revoke"))
	})
}

// RevokeOthers ends all sessions of the actor's own account but one, and returns how many.
func (s Accounts) RevokeOthers(ctx context.Context, actor Actor, keep string) (n int64, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		n, err = EndSessions(ctx, tx, actor, actor.Account, keep)
		return err
	})
	return n, err
}

// EndSessions ends in tx the sessions of an account of by's organisation, but for one that may be
// kept, and returns how many. by goes to the record.
func EndSessions(ctx context.Context, tx *db.Tx, by Actor, account AccountID, keep string) (int64, error) {
	n, err := tx.Exec(ctx, "DELETE FROM session WHERE org_id = $1 AND account_id = $2 AND id <> $3", by.Org, account, keep)
	if err != nil {
		return 0, err
	}
	return n, audit.Append(ctx, tx, entry(by, audit.Login, string(account), "session.revoke-all"))
}
