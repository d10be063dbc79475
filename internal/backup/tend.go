package backup

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/vault"
)

// Plan says when backups are made, and where.
type Plan struct {
	Dir string
	// Every is the time between two backups.
	Every time.Duration
	// Keep is how many backups made by the node stay in Dir; older ones are removed. 0 keeps all.
	Keep int
}

// retry is after how long a backup that failed is tried again.
const retry = time.Hour

// Tend makes a backup when one is due, and removes the oldest beyond what is kept. It is meant to be
// called every few minutes and does nothing when nothing is due. made is false then.
func (b *Backups) Tend(ctx context.Context, p Plan, now time.Time) (made bool, err error) {
	if p.Dir == "" || p.Every <= 0 {
		return false, nil
	}
	s, err := b.Status(ctx)
	if err != nil {
		return false, err
	}
	if now.Sub(s.Newest) < p.Every || now.Sub(s.Failed) < min(retry, p.Every) {
		return false, nil
	}
	if _, err := b.Run(ctx, p.Dir); err != nil {
		return false, err
	}
	return true, p.prune()
}

// Run makes a backup, overwrites the copies of the keyring, and remembers that it was done, or why not.
func (b *Backups) Run(ctx context.Context, dir string) (Made, error) {
	var began int64
	err := b.db.Read(ctx, func(tx *db.Tx) error { began = tx.NowMicros(); return nil })
	if err != nil {
		return Made{}, err
	}
	m, failed := b.Make(ctx, dir)
	if failed == nil {
		// After the backup, so that the copy has every key that the backup needs.
		failed = b.vault.CopyNow(ctx, m.MadeAt)
	}
	text := ""
	if failed != nil {
		text = "The backup failed; the log says why."
		if e, ok := fault.As(failed); ok && e.Kind != fault.Internal {
			text = e.Error()
		}
	}
	err = b.db.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO backup_run (id, began_at, ended_at, name, bytes, failure) VALUES ($1, $2, $3, $4, $5, $6)",
			db.NewID(), began, tx.NowMicros(), filepath.Base(m.Path), m.Bytes, text)
		if err != nil {
			return err
		}
		if failed != nil {
			if err := tellFailed(ctx, tx); err != nil {
				return err
			}
		}
		return note(ctx, tx, map[string]string{"act": "backup", "name": filepath.Base(m.Path), "failed": text})
	})
	return m, errors.Join(failed, err)
}

// tellAgain is after how long those who look after backups are told again that none is made.
const tellAgain = 7 * 24 * time.Hour

// tellFailed tells those who look after backups, and the protection officers, that none was made: at
// the first failure after a good one, and each week while it lasts.
func tellFailed(ctx context.Context, tx *db.Tx) error {
	var good int64
	err := tx.QueryRow(ctx, "SELECT COALESCE(max(ended_at), 0) FROM backup_run WHERE failure = ''").Scan(&good)
	if err != nil {
		return err
	}
	since := time.UnixMicro(max(good, tx.Now().Add(-tellAgain).UnixMicro()))
	orgs, err := orgsOf(ctx, tx)
	if err != nil {
		return err
	}
	for _, org := range orgs {
		_, err := auth.TellHolders(ctx, tx, org, notify.BackupFailed, "backup", since, auth.ManageBackup, auth.ApprovePeople)
		if err != nil {
			return err
		}
	}
	return nil
}

// note writes into the record of every organisation that its data were copied.
func note(ctx context.Context, tx *db.Tx, detail map[string]string) error {
	orgs, err := orgsOf(ctx, tx)
	if err != nil {
		return err
	}
	for _, org := range orgs {
		err := audit.Append(ctx, tx, audit.Entry{Org: string(org), Actor: "node", Kind: audit.Export, Subject: "backup", Detail: detail})
		if err != nil {
			return err
		}
	}
	return nil
}

func orgsOf(ctx context.Context, tx *db.Tx) ([]auth.OrgID, error) {
	rows, err := tx.Query(ctx, "SELECT id FROM org ORDER BY id")
	return db.Collect(rows, err, func(r *sql.Rows) (o auth.OrgID, err error) { return o, r.Scan(&o) })
}

// prune removes the oldest backups beyond what is kept. Files with other names are left alone.
func (p Plan) prune() error {
	if p.Keep <= 0 {
		return nil
	}
	names, err := made(p.Dir)
	if err != nil {
		return err
	}
	for _, name := range names[:max(0, len(names)-p.Keep)] {
		if err := os.Remove(filepath.Join(p.Dir, name)); err != nil {
			return unwritable(p.Dir, err)
		}
	}
	return nil
}

// made returns the names of the backups of a folder, the oldest first.
func made(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if _, ok := momentOf(e.Name()); ok {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names) // the moment in a name sorts
	return names, err
}

// Status is what an operator should know about the backups of the node.
type Status struct {
	// Newest is when the newest backup was begun, zero when there is none.
	Newest time.Time
	Name   string
	Bytes  int64
	// Failed is when a backup last failed, if none was made since, and Failure why.
	Failed  time.Time
	Failure string
	// Recipients is how many can read the backups. Without one none is made.
	Recipients int
}

// Status returns the state of the backups.
func (b *Backups) Status(ctx context.Context) (s Status, err error) {
	err = b.db.Read(ctx, func(tx *db.Tx) error {
		s = Status{}
		var began, failed int64
		err := tx.QueryRow(ctx, "SELECT began_at, name, bytes FROM backup_run WHERE failure = '' ORDER BY began_at DESC LIMIT 1").
			Scan(&began, &s.Name, &s.Bytes)
		if err == nil {
			s.Newest = time.UnixMicro(began).UTC()
		} else if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		err = tx.QueryRow(ctx, "SELECT began_at, failure FROM backup_run WHERE failure <> '' AND began_at > $1 ORDER BY began_at DESC LIMIT 1", began).
			Scan(&failed, &s.Failure)
		if err == nil {
			s.Failed = time.UnixMicro(failed).UTC()
		} else if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		return tx.QueryRow(ctx, "SELECT count(*) FROM backup_recipient").Scan(&s.Recipients)
	})
	return s, err
}

// canaries gives every organisation without a canary one.
func (b *Backups) canaries(ctx context.Context) error {
	var bare []auth.OrgID
	var now time.Time
	err := b.db.Read(ctx, func(tx *db.Tx) error {
		now = tx.Now()
		rows, err := tx.Query(ctx, "SELECT id FROM org o WHERE NOT EXISTS (SELECT 1 FROM backup_canary c WHERE c.org_id = o.id) ORDER BY id")
		bare, err = db.Collect(rows, err, func(r *sql.Rows) (o auth.OrgID, err error) { return o, r.Scan(&o) })
		return err
	})
	if err != nil || len(bare) == 0 {
		return err
	}
	return b.db.WriteUnaudited(ctx, "a line about nobody, for the drill", func(tx *db.Tx) error {
		for _, org := range bare {
			sealed, err := b.vault.SealCanary(ctx, org, now)
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, "INSERT INTO backup_canary (org_id, id, sealed, created_at) VALUES ($1, $2, $3, $4)",
				string(org), db.NewID(), []byte(sealed), tx.NowMicros())
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// OpenCanaries proves that the keyring and node key of an unlocked vault open what a database holds, and
// returns how many organisations have shown it.
func OpenCanaries(ctx context.Context, d *db.DB, v *vault.Vault) (n int, err error) {
	type canary struct {
		org    auth.OrgID
		sealed []byte
	}
	var all []canary
	err = d.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, "SELECT org_id, sealed FROM backup_canary ORDER BY org_id")
		all, err = db.Collect(rows, err, func(r *sql.Rows) (c canary, err error) { return c, r.Scan(&c.org, &c.sealed) })
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, c := range all {
		if err := v.OpenCanary(ctx, c.org, c.sealed); err != nil {
			return n, fault.New(fault.Invalid, "Keyring and node key do not open what the backup holds.").
				WithHint("The keyring is older than the backup, or not of this node. Find the newest copy of the keyring.").Wrap(err)
		}
		n++
	}
	return n, nil
}
