package vault

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

// Erasing takes two people. The order of the steps makes a crash harmless: first the journal says
// that the person is erased, in one transaction with the removal of what the database holds; from
// then on nothing of the person is opened or sealed. Then the key is destroyed, then what is outside
// is removed. What a crash leaves undone, Replay does.

var reasonForm = regexp.MustCompile(`^[a-z][a-z0-9-]{1,63}$`)

// ProposeErasure asks for a person to be erased. ground is a code, such as "retention", "withdrawal"
// or "request". Nothing is erased until somebody else approves. It is refused, and the refusal
// explained, while a legal hold is in force or the rule for the file has it kept for longer.
func (v *Vault) ProposeErasure(ctx context.Context, actor auth.Actor, person PersonID, ground string) (id string, err error) {
	if err := may(actor, auth.ProposeErasure); err != nil {
		return "", err
	}
	if !reasonForm.MatchString(ground) {
		return "", fault.New(fault.Invalid, "An erasure needs a ground.").WithField("ground", "Choose a ground.")
	}
	id = db.NewID()
	err = v.db.Write(ctx, func(tx *db.Tx) error {
		if err := notKept(ctx, tx, actor, person); err != nil {
			return err
		}
		if err := v.erasable(ctx, tx, actor.Org, person, ground); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO vault_erasure (org_id, id, version, person_id, ground, proposed_by, proposed_at)
			VALUES ($1, $2, 1, $3, $4, $5, $6)`,
			string(actor.Org), id, string(person), ground, string(actor.Account), tx.NowMicros())
		if err != nil {
			return err
		}
		return v.Record(ctx, tx, about(actor, audit.Decision, person, map[string]string{
			"act": "propose erasure", "erasure": id, "ground": ground,
		}))
	})
	return id, err
}

// timeOver is the ground of an erasure that asks nobody but the rule by which the file is kept.
const timeOver = "retention"

// erasable refuses a person under hold, one whose file has to be kept for longer, and one who is not there.
func (v *Vault) erasable(ctx context.Context, tx *db.Tx, org auth.OrgID, person PersonID, ground string) error {
	if err := v.touch(ctx, tx, org, person); err != nil {
		return err
	}
	k, err := v.keeping(ctx, tx, org, person)
	if err != nil {
		return err
	}
	if f := k.Refused(civil(tx.Now())); f != nil {
		return f
	}
	if ground == timeOver {
		if f := k.Overdue(civil(tx.Now())); f != nil {
			return f
		}
	}
	return nil
}

// WithdrawErasure takes back a proposal that was not approved yet.
func (v *Vault) WithdrawErasure(ctx context.Context, actor auth.Actor, id string) error {
	if err := may(actor, auth.ProposeErasure); err != nil {
		return err
	}
	return v.db.Write(ctx, func(tx *db.Tx) error {
		p, err := proposed(ctx, tx, actor.Org, id)
		if err == nil {
			err = notKept(ctx, tx, actor, p.person)
		}
		if err != nil {
			return err
		}
		if err := tx.Bump(ctx, "vault_erasure", string(actor.Org), id, p.version); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE vault_erasure SET withdrawn_at = $1 WHERE org_id = $2 AND id = $3",
			tx.NowMicros(), string(actor.Org), id)
		if err != nil {
			return err
		}
		return v.Record(ctx, tx, about(actor, audit.Decision, p.person, map[string]string{
			"act": "withdraw erasure", "erasure": id,
		}))
	})
}

// proposal is an erasure that waits for its second person.
type proposal struct {
	version int64
	person  PersonID
	by      auth.AccountID
	ground  string
}

func proposed(ctx context.Context, tx *db.Tx, org auth.OrgID, id string) (p proposal, err error) {
	err = tx.QueryRow(ctx, `
		SELECT version, person_id, proposed_by, ground FROM vault_erasure
		WHERE org_id = $1 AND id = $2 AND approved_at IS NULL AND withdrawn_at IS NULL`,
		string(org), id).Scan(&p.version, &p.person, &p.by, &p.ground)
	return p, absent(err)
}

// Erase approves a proposal of somebody else and erases the person: rows, key, and what is outside
// the database. It returns the certificate. When the key could not be destroyed or something outside
// could not be removed it returns the error; the person is closed to everybody all the same, and
// [Vault.Replay] goes on.
func (v *Vault) Erase(ctx context.Context, actor auth.Actor, id string) (Certificate, error) {
	if err := mayApprove(actor); err != nil {
		return Certificate{}, err
	}
	if _, err := v.opened(); err != nil {
		return Certificate{}, err // a locked vault could not destroy the key
	}
	var p proposal
	err := v.sequenced(ctx, actor.Org, func(tx *db.Tx) (err error) {
		if p, err = proposed(ctx, tx, actor.Org, id); err != nil {
			return err
		}
		if err := notKept(ctx, tx, actor, p.person); err != nil {
			return err
		}
		if p.by == actor.Account {
			return fault.New(fault.Denied, "An erasure needs a second person.").
				WithHint("Ask somebody else to approve it.")
		}
		return v.eraseTx(ctx, tx, actor, id, p)
	})
	if err != nil {
		return Certificate{}, err
	}
	if err := v.finish(ctx, actor, id, p.person); err != nil {
		return Certificate{}, err
	}
	return v.Certificate(ctx, actor, p.person)
}

// eraseTx does what the database holds: journal, rows, entry.
func (v *Vault) eraseTx(ctx context.Context, tx *db.Tx, actor auth.Actor, id string, p proposal) error {
	if err := v.erasable(ctx, tx, actor.Org, p.person, p.ground); err != nil {
		return err
	}
	if err := tx.Bump(ctx, "vault_erasure", string(actor.Org), id, p.version); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE vault_erasure SET approved_by = $1, approved_at = $2 WHERE org_id = $3 AND id = $4",
		string(actor.Account), tx.NowMicros(), string(actor.Org), id)
	if err != nil {
		return err
	}
	if err := v.remove(ctx, tx, actor.Org, p.person); err != nil {
		return err
	}
	return v.enterErasure(ctx, tx, actor, id, p.person, "erase")
}

// remove closes a person and lets every room remove its rows.
func (v *Vault) remove(ctx context.Context, tx *db.Tx, org auth.OrgID, person PersonID) error {
	_, err := tx.Exec(ctx, `UPDATE vault_person
		SET version = version + 1, erased_at = $1, review_on = NULL, retain_from = NULL
		WHERE org_id = $2 AND id = $3`, tx.NowMicros(), string(org), string(person))
	if err != nil {
		return err
	}
	// The number of a court's file leads to a name.
	_, err = tx.Exec(ctx, "UPDATE vault_hold SET reference = '' WHERE org_id = $1 AND person_id = $2", string(org), string(person))
	if err != nil {
		return err
	}
	for _, e := range v.erasers {
		if e.InTx == nil {
			continue
		}
		if err := e.InTx(ctx, tx, org, person); err != nil {
			return fmt.Errorf("erase person %s in %s: %w", person, e.Name, err)
		}
	}
	return nil
}

// finish destroys the key and removes what is outside the database.
func (v *Vault) finish(ctx context.Context, actor auth.Actor, id string, person PersonID) error {
	ring, err := v.opened()
	if err != nil {
		return err
	}
	if err := v.destroy(ctx, ring, actor, id, person); err != nil {
		return err
	}
	for _, e := range v.erasers {
		if e.After == nil {
			continue
		}
		if err := e.After(ctx, actor.Org, person); err != nil {
			return fmt.Errorf("erase person %s in %s: %w", person, e.Name, err)
		}
	}
	return v.db.WriteUnaudited(ctx, "the erasure itself was recorded twice", func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE vault_erasure SET version = version + 1, finished_at = $1 WHERE org_id = $2 AND id = $3",
			tx.NowMicros(), string(actor.Org), id)
		return err
	})
}

// destroy destroys the key and says so, unless both was done.
func (v *Vault) destroy(ctx context.Context, ring *keyring.Ring, actor auth.Actor, id string, person PersonID) error {
	var done bool
	var now time.Time
	err := v.db.Read(ctx, func(tx *db.Tx) error {
		now = tx.Now()
		return tx.QueryRow(ctx, "SELECT destroyed_at IS NOT NULL FROM vault_erasure WHERE org_id = $1 AND id = $2",
			string(actor.Org), id).Scan(&done)
	})
	if err != nil {
		return err
	}
	o := owner{actor.Org, person}
	alive, err := ring.Alive(ctx, o.name())
	if err != nil || done && !alive[0] {
		return err
	}
	if err := ring.Destroy(ctx, now, o.name()); err != nil {
		return err
	}
	v.forget(o)
	return v.sequenced(ctx, actor.Org, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE vault_erasure SET version = version + 1, destroyed_at = $1 WHERE org_id = $2 AND id = $3",
			tx.NowMicros(), string(actor.Org), id)
		if err != nil {
			return err
		}
		return v.enterErasure(ctx, tx, actor, id, person, "key destroyed")
	})
}

func (v *Vault) forget(o owner) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.cache, o)
}

// Certificate says that a person was erased, without saying who the person was.
type Certificate struct {
	Org        auth.OrgID
	Person     PersonID
	Erasure    string
	Ground     string
	ProposedBy auth.AccountID
	ApprovedBy auth.AccountID
	ErasedAt   time.Time
	// DestroyedAt is when no byte of the key was left in the keyring; zero while that is to be done.
	DestroyedAt time.Time
	// FinishedAt is when everything outside the database was removed too; zero while it is to be done.
	FinishedAt time.Time
	// CopiesGoneOn is the civil date by which the last copy of the keyring with the key is
	// overwritten; until its end somebody with such a copy and the node key could still open an old
	// backup. "" while the key is to be destroyed.
	CopiesGoneOn string
}

// Certificate returns the certificate of an erased person of the actor's organisation.
func (v *Vault) Certificate(ctx context.Context, actor auth.Actor, person PersonID) (c Certificate, err error) {
	if err := may(actor, auth.ProposeErasure, auth.ApproveErasure); err != nil {
		return c, err
	}
	c = Certificate{Org: actor.Org, Person: person}
	var approved int64
	var destroyed, finished sql.Null[int64]
	err = v.db.Read(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(ctx, `
			SELECT id, ground, proposed_by, approved_by, approved_at, destroyed_at, finished_at
			FROM vault_erasure WHERE org_id = $1 AND person_id = $2 AND approved_at IS NOT NULL
			ORDER BY approved_at LIMIT 1`, string(actor.Org), string(person)).
			Scan(&c.Erasure, &c.Ground, &c.ProposedBy, &c.ApprovedBy, &approved, &destroyed, &finished)
		return absent(err)
	})
	if err != nil {
		return Certificate{}, err
	}
	c.ErasedAt = time.UnixMicro(approved).UTC()
	if destroyed.Valid {
		c.DestroyedAt = time.UnixMicro(destroyed.V).UTC()
		c.CopiesGoneOn = copiesGoneOn(c.DestroyedAt)
	}
	if finished.Valid {
		c.FinishedAt = time.UnixMicro(finished.V).UTC()
	}
	return c, nil
}

// copiesGoneOn is the civil date by which no copy of a keyring holds a key that was destroyed at an instant.
func copiesGoneOn(destroyed time.Time) string { return civil(destroyed.Add(keyring.Epoch)) }
