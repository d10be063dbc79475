package credential

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/notify"
)

// deviceLife is how long a browser that is not used stays known.
const deviceLife = 180 * 24 * time.Hour

// maxDevices bounds the known browsers of one account; the oldest is forgotten first.
const maxDevices = 10

// knownDevice returns the id of the browser that holds a secret, if it is one of the account's.
func knownDevice(ctx context.Context, tx *db.Tx, o owner, secret string) (id string, err error) {
	err = tx.QueryRow(ctx, `SELECT id FROM credential_device WHERE secret_hash = $1 AND org_id = $2 AND account_id = $3 AND used_at > $4`,
		hashOf(secret), o.org, o.account, tx.Now().Add(-deviceLife).UnixMicro()).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return id, err
}

// remember notes in tx that an account was signed in from a browser. It returns the secret for a
// browser that was not known, or "" for one that is. The owner is told of a new one, but not of the
// first.
func remember(ctx context.Context, tx *db.Tx, o owner, secret string) (fresh string, err error) {
	id, err := knownDevice(ctx, tx, o, secret)
	if err != nil {
		return "", err
	}
	if id != "" {
		_, err := tx.Exec(ctx, "UPDATE credential_device SET used_at = $1 WHERE org_id = $2 AND id = $3", tx.NowMicros(), o.org, id)
		return "", err
	}
	rows, err := tx.Query(ctx, "SELECT id FROM credential_device WHERE org_id = $1 AND account_id = $2 ORDER BY used_at DESC, id", o.org, o.account)
	others, err := db.Collect(rows, err, func(r *sql.Rows) (id string, err error) { return id, r.Scan(&id) })
	if err != nil {
		return "", err
	}
	for _, old := range others[min(len(others), maxDevices-1):] {
		if _, err := tx.Exec(ctx, "DELETE FROM credential_device WHERE org_id = $1 AND id = $2", o.org, old); err != nil {
			return "", err
		}
	}
	id, fresh = db.NewID(), "ffd_"+newSecret(32)
	_, err = tx.Exec(ctx, "INSERT INTO credential_device (org_id, id, account_id, secret_hash, created_at, used_at) VALUES ($1, $2, $3, $4, $5, $5)",
		o.org, id, o.account, hashOf(fresh), tx.NowMicros())
	if err != nil || len(others) == 0 {
		return fresh, err
	}
	return fresh, tell(ctx, tx, o.org, o.account, notify.SignInNew, id)
}
