package credential

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Passkey is a passkey as its owner sees it.
type Passkey struct {
	ID      string
	Label   string
	Host    string // for which it was made
	Created time.Time
	Used    time.Time // zero when it never was
	Stopped bool      // there may be a copy of it; it lets nobody in any more
}

// Identity is an account at an identity provider as its owner sees it. What the provider calls them
// is not shown: it is long and means nothing to people.
type Identity struct {
	ID       string
	Provider string // its label
	Created  time.Time
	Used     time.Time
	Live     bool // the provider may still be used
}

// Ways is what an account has to sign in with.
type Ways struct {
	Number       string // "" before there is anything
	Password     bool
	PasswordFrom time.Time // when it was last set
	RecoveryLeft int
	Passkeys     []Passkey
	Identities   []Identity
}

// Count is how many ways in there are. A passkey counts wherever it works: its owner may use several
// names of the node.
func (w Ways) Count() int {
	n := 0
	if w.Password {
		n++
	}
	for _, p := range w.Passkeys {
		if !p.Stopped {
			n++
		}
	}
	for _, i := range w.Identities {
		if i.Live {
			n++
		}
	}
	return n
}

// Ways returns what the actor's account has.
func (c *Credentials) Ways(ctx context.Context, a auth.Actor) (w Ways, err error) {
	err = c.db.Read(ctx, func(tx *db.Tx) error {
		w, err = waysOf(ctx, tx, a)
		return err
	})
	return w, err
}

func waysOf(ctx context.Context, tx *db.Tx, a auth.Actor) (w Ways, err error) {
	o, err := ownerOf(ctx, tx, a)
	if ignoreNone(err) != nil {
		return w, err
	}
	w.Number = o.number
	var changed int64
	err = tx.QueryRow(ctx, "SELECT changed_at FROM credential_password WHERE org_id = $1 AND account_id = $2", a.Org, a.Account).Scan(&changed)
	if ignoreNone(err) != nil {
		return w, err
	}
	if err == nil {
		w.Password, w.PasswordFrom = true, time.UnixMicro(changed).UTC()
	}
	err = tx.QueryRow(ctx, "SELECT count(*) FROM credential_recovery WHERE org_id = $1 AND account_id = $2 AND used_at IS NULL", a.Org, a.Account).Scan(&w.RecoveryLeft)
	if err != nil {
		return w, err
	}
	rows, err := tx.Query(ctx, `SELECT id, label, rp_id, created_at, used_at, stopped_at IS NOT NULL
		FROM credential_passkey WHERE org_id = $1 AND account_id = $2 ORDER BY created_at, id`, a.Org, a.Account)
	w.Passkeys, err = db.Collect(rows, err, func(r *sql.Rows) (p Passkey, err error) {
		var (
			created int64
			used    sql.NullInt64
		)
		err = r.Scan(&p.ID, &p.Label, &p.Host, &created, &used, &p.Stopped)
		p.Created, p.Used = time.UnixMicro(created).UTC(), instant(used)
		return p, err
	})
	if err != nil {
		return w, err
	}
	rows, err = tx.Query(ctx, `SELECT i.id, p.label, i.created_at, i.used_at, p.removed_at IS NULL
		FROM credential_identity i JOIN credential_provider p ON p.org_id = i.org_id AND p.id = i.provider_id
		WHERE i.org_id = $1 AND i.account_id = $2 ORDER BY i.created_at, i.id`, a.Org, a.Account)
	w.Identities, err = db.Collect(rows, err, func(r *sql.Rows) (i Identity, err error) {
		var (
			created int64
			used    sql.NullInt64
		)
		err = r.Scan(&i.ID, &i.Provider, &created, &used, &i.Live)
		i.Created, i.Used = time.UnixMicro(created).UTC(), instant(used)
		return i, err
	})
	return w, err
}

// instant reads a moment that may be absent.
func instant(micros sql.NullInt64) time.Time {
	if !micros.Valid {
		return time.Time{}
	}
	return time.UnixMicro(micros.Int64).UTC()
}

// mayRemove takes the account for the length of tx and refuses to take away its last way in. ids name
// the passkey or identity that is to go; without one it is the password.
func mayRemove(ctx context.Context, tx *db.Tx, s auth.Session, ids ...string) error {
	if err := mayChange(s, tx.Now()); err != nil {
		return err
	}
	if err := hold(ctx, tx, s.Actor); err != nil {
		return err
	}
	w, err := waysOf(ctx, tx, s.Actor)
	if err != nil {
		return err
	}
	if w.without(ids...).Count() == 0 && w.Count() > 0 {
		return fault.New(fault.Conflict, "This is your only way to sign in, so it stays.").
			WithHint("Add another way first, then take this one away.")
	}
	return nil
}

// without is what is left when something is taken away.
func (w Ways) without(ids ...string) Ways {
	if len(ids) == 0 {
		w.Password = false
		return w
	}
	w.Passkeys = slices.DeleteFunc(slices.Clone(w.Passkeys), func(p Passkey) bool { return slices.Contains(ids, p.ID) })
	w.Identities = slices.DeleteFunc(slices.Clone(w.Identities), func(i Identity) bool { return slices.Contains(ids, i.ID) })
	return w
}

// forget removes in tx every credential of an account, its links and tokens, and the browsers it was known by.
func forget(ctx context.Context, tx *db.Tx, org auth.OrgID, account auth.AccountID) error {
	for _, q := range []string{
		"DELETE FROM credential_password WHERE org_id = $1 AND account_id = $2",
		"DELETE FROM credential_recovery WHERE org_id = $1 AND account_id = $2",
		"DELETE FROM credential_passkey WHERE org_id = $1 AND account_id = $2",
		"DELETE FROM credential_identity WHERE org_id = $1 AND account_id = $2",
		"DELETE FROM credential_device WHERE org_id = $1 AND account_id = $2",
		"DELETE FROM credential_ceremony WHERE org_id = $1 AND account_id = $2",
		"DELETE FROM one_time_link WHERE org_id = $1 AND account_id = $2",
		"DELETE FROM api_token WHERE org_id = $1 AND account_id = $2",
	} {
		if _, err := tx.Exec(ctx, q, org, account); err != nil {
			return err
		}
	}
	return nil
}
