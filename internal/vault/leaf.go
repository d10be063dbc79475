package vault

import (
	"context"
	"database/sql"
	"errors"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Sequencer puts waiting entries into the log of an organisation; [audit.Sequencer] does. An erasure
// needs it, because its entry lists where in the log the erased entries are.
type Sequencer interface {
	Flush(ctx context.Context, org string) error
}

// SequenceWith sets the sequencer of the node, while the node is put together. Without it the vault
// uses one of its own.
func (v *Vault) SequenceWith(s Sequencer) { v.sequencer = s }

// errPending says that an entry about the person came between the sequencing and the erasure.
var errPending = errors.New("vault: an entry about the person is not in the log yet")

// patience is how often an erasure waits for an entry that came in between.
const patience = 10

// sequenced runs fn in a transaction when the log of the organisation holds everything that was
// entered before it.
func (v *Vault) sequenced(ctx context.Context, org auth.OrgID, fn func(tx *db.Tx) error) error {
	for again := 1; ; again++ {
		if err := v.sequencer.Flush(ctx, string(org)); err != nil {
			return err
		}
		err := v.db.Write(ctx, fn)
		if !errors.Is(err, errPending) {
			return err
		}
		if again == patience {
			return fault.New(fault.Unavailable, "The person cannot be erased now: entries about them are still being written.").
				WithHint("Wait a moment, then approve the erasure again.").Wrap(err)
		}
	}
}

// enterErasure deletes the readable entries about a person and enters the erasure, which names the two
// who approved it and the leaves that nothing opens any more. It runs within sequenced.
func (v *Vault) enterErasure(ctx context.Context, tx *db.Tx, actor auth.Actor, id string, person PersonID, act string) error {
	leaves, pending, err := audit.Indices(ctx, tx, string(actor.Org), string(person))
	if err != nil {
		return err
	}
	if pending {
		return errPending
	}
	var ground, proposed, approved string
	err = tx.QueryRow(ctx, "SELECT ground, proposed_by, coalesce(approved_by, '') FROM vault_erasure WHERE org_id = $1 AND id = $2",
		string(actor.Org), id).Scan(&ground, &proposed, &approved)
	if err != nil {
		return err
	}
	if proposed == approved {
		// Nobody approves what a grave in the keyring proves: an older database is told of it again.
		proposed = "keyring"
	}
	if err := audit.Forget(ctx, tx, string(actor.Org), string(person)); err != nil {
		return err
	}
	return audit.AppendErasure(ctx, tx, audit.Erased{
		Org: string(actor.Org), Actor: string(actor.Account), Erasure: id, Approvers: [2]string{proposed, approved}, Leaves: leaves,
		Detail: map[string]string{"act": act, "ground": ground, "via": string(actor.Via)},
	})
}

// stragglers returns the erasures of persons about whom a transaction that began before their erasure
// has entered something after it. Replay goes on with them.
func (v *Vault) stragglers(ctx context.Context) (found []erasure, err error) {
	err = v.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT e.org_id, min(e.id), e.person_id
			FROM audit_sealed s
			JOIN vault_person p ON p.org_id = s.org_id AND p.id = s.person_id AND p.erased_at IS NOT NULL
			JOIN vault_erasure e ON e.org_id = s.org_id AND e.person_id = s.person_id AND e.approved_at IS NOT NULL
			GROUP BY e.org_id, e.person_id ORDER BY e.org_id, e.person_id`)
		found, err = db.Collect(rows, err, func(r *sql.Rows) (e erasure, err error) {
			return e, r.Scan(&e.owner.org, &e.id, &e.owner.person)
		})
		return err
	})
	return found, err
}

// sweep enters what stragglers found.
func (v *Vault) sweep(ctx context.Context) (int, error) {
	found, err := v.stragglers(ctx)
	for _, e := range found {
		actor := node(e.owner.org)
		err := v.sequenced(ctx, e.owner.org, func(tx *db.Tx) error {
			return v.enterErasure(ctx, tx, actor, e.id, e.owner.person, "late entries")
		})
		if err != nil {
			return 0, err
		}
	}
	return len(found), err
}
