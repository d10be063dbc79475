package vault

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

// CopyEvery is how often the copies of the keyring are overwritten.
const CopyEvery = 24 * time.Hour

// Tended says what [Vault.Tend] did.
type Tended struct {
	// Rotated is how many organisations got a new key.
	Rotated int
	// Finished is how many erasures were gone on with.
	Finished int
	// Copied is how many copies of the keyring were overwritten.
	Copied int
}

// Tend does what a vault needs now and then: it gives organisations whose key is 30 days old a new
// one, removes keys that have expired, goes on with interrupted erasures, and overwrites copies of the
// keyring that are a day old. It is meant to be called every few minutes and does nothing when nothing
// is due. A locked vault is left alone: the error is [fault.Unavailable]. One failure does not keep the
// rest from being done; the errors are joined.
func (v *Vault) Tend(ctx context.Context, now time.Time) (t Tended, err error) {
	if _, err := v.opened(); err != nil {
		return t, err
	}
	var errs [3]error
	t.Rotated, errs[0] = v.Rotate(ctx, now)
	t.Finished, errs[1] = v.Replay(ctx)
	if now.Sub(v.copiedAt()) >= CopyEvery || t.Rotated+t.Finished > 0 {
		if errs[2] = v.copyAll(ctx, now); errs[2] == nil {
			t.Copied = len(v.copies)
		}
	}
	return t, errors.Join(errs[:]...)
}

// Rotate gives every organisation whose key is 30 days old a new one and destroys the old, and
// removes keys that have expired. It runs daily; it returns how many organisations it rotated.
func (v *Vault) Rotate(ctx context.Context, now time.Time) (int, error) {
	ring, err := v.opened()
	if err != nil {
		return 0, err
	}
	return ring.Rotate(ctx, now, false)
}

// RotateNow is Rotate for every organisation, whatever the age of its key: after a machine was lost
// that may have held a copy of the keyring.
func (v *Vault) RotateNow(ctx context.Context, now time.Time) (int, error) {
	ring, err := v.opened()
	if err != nil {
		return 0, err
	}
	n, err := ring.Rotate(ctx, now, true)
	if err != nil {
		return n, err
	}
	return n, v.copyAll(ctx, now)
}

// CopyNow overwrites every copy of the keyring, so that one fits to a backup that was just made.
func (v *Vault) CopyNow(ctx context.Context, now time.Time) error { return v.copyAll(ctx, now) }

// copyAll overwrites every copy of the keyring.
func (v *Vault) copyAll(ctx context.Context, now time.Time) error {
	var errs []error
	for _, to := range v.copies {
		errs = append(errs, v.CopyKeyring(ctx, now, to))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	v.mu.Lock()
	v.copied = now
	v.mu.Unlock()
	return nil
}

func (v *Vault) copiedAt() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.copied
}

// Status is what an operator may know of a vault. It holds no key and no person.
type Status struct {
	Locked bool
	// Node is the identifier of the node key, "" for a vault that was not unlocked yet.
	Node string
	// Persons, Erased and Unfinished count the persons whose files the node keeps, those who were
	// erased, and the erasures that are approved and not done.
	Persons, Erased, Unfinished int
	// Copies are the copies of the keyring, in the order of the configuration.
	Copies []Copy
}

// Copy is a copy of the keyring.
type Copy struct {
	Path string
	// MadeAt is zero when there is no copy, or none that can be read.
	MadeAt time.Time
	// Late says that the copy is older than two days, or is not there.
	Late bool
}

// Status returns the state of the vault, also of a locked one.
func (v *Vault) Status(ctx context.Context, now time.Time) (s Status, err error) {
	v.mu.Lock()
	s.Locked = v.ring == nil
	if v.node != ([16]byte{}) {
		s.Node = v.node.String()
	}
	v.mu.Unlock()
	err = v.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `
			SELECT (SELECT count(*) FROM vault_person WHERE erased_at IS NULL),
			       (SELECT count(*) FROM vault_person WHERE erased_at IS NOT NULL),
			       (SELECT count(*) FROM vault_erasure WHERE approved_at IS NOT NULL AND finished_at IS NULL)`).
			Scan(&s.Persons, &s.Erased, &s.Unfinished)
	})
	for _, c := range v.copies {
		made, err := keyring.MadeAt(ctx, c)
		if err != nil {
			made = time.Time{}
		}
		s.Copies = append(s.Copies, Copy{Path: c.Path, MadeAt: made, Late: now.Sub(made) > 2*CopyEvery})
	}
	return s, err
}

// DueCount is how many files of an organisation are due for review or erasure.
type DueCount struct {
	Org   auth.OrgID
	Count int
}

// DueCounts returns how many files of each organisation are due on a civil date, for the notice that
// sends somebody to the list; [Vault.Due] is the list. It is for the node itself, not for an actor.
func (v *Vault) DueCounts(ctx context.Context, on string) (counts []DueCount, err error) {
	if _, err := time.Parse(time.DateOnly, on); err != nil {
		return nil, fault.New(fault.Invalid, "%q is not a date.", on).WithHint("Write it as 2026-12-31.")
	}
	err = v.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT org_id, count(*) FROM vault_person
			WHERE review_on <= $1 AND erased_at IS NULL GROUP BY org_id ORDER BY org_id`, on)
		counts, err = db.Collect(rows, err, func(r *sql.Rows) (c DueCount, err error) { return c, r.Scan(&c.Org, &c.Count) })
		return err
	})
	return counts, err
}
