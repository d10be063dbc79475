package vault

import (
	"context"
	"database/sql"
	"errors"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

// node is the actor of what the node finishes by itself. No account has this name.
func node(org auth.OrgID) auth.Actor { return auth.Actor{Org: org, Account: "node", Via: "node"} }

// replayed is the ground of an erasure that a restored database did not know of.
const replayed = "replayed"

// Replay makes journal and keyring agree, and finishes what was interrupted. Whoever the journal
// names loses the key, if an older keyring brought it back; whoever has a grave in the keyring is
// erased again, if an older database brought the rows back. It returns how many persons it touched.
// It runs when the vault is unlocked and after every restore. It cannot know of an erasure when both
// database and keyring are older than it: certificates and the ledger's witnesses do.
func (v *Vault) Replay(ctx context.Context) (int, error) {
	ring, err := v.opened()
	if err != nil {
		return 0, err
	}
	risen, err := v.risen(ctx, ring)
	if err != nil {
		return 0, err
	}
	for _, e := range risen {
		if err := v.eraseAgain(ctx, e); err != nil {
			return 0, err
		}
	}
	undone, err := v.undone(ctx, ring)
	if err != nil {
		return 0, err
	}
	for _, e := range undone {
		if err := v.finish(ctx, node(e.owner.org), e.id, e.owner.person); err != nil {
			return 0, err
		}
	}
	late, err := v.sweep(ctx)
	return len(undone) + late, err
}

// erasure is a row of the journal.
type erasure struct {
	id    string
	owner owner
}

// risen returns the persons with a grave in the keyring whom the database takes for living.
func (v *Vault) risen(ctx context.Context, ring *keyring.Ring) (risen []erasure, err error) {
	graves, err := ring.Graves(ctx)
	if err != nil || len(graves) == 0 {
		return nil, err
	}
	err = v.db.Read(ctx, func(tx *db.Tx) error {
		risen = nil
		for _, g := range graves {
			if g.Name.Kind != keyring.Person {
				continue
			}
			o := owner{auth.OrgID(g.Name.Org), PersonID(g.Name.Subject)}
			var one int
			err := tx.QueryRow(ctx, "SELECT 1 FROM vault_person WHERE org_id = $1 AND id = $2 AND erased_at IS NULL",
				string(o.org), string(o.person)).Scan(&one)
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err != nil {
				return err
			}
			risen = append(risen, erasure{id: db.NewID(), owner: o})
		}
		return nil
	})
	return risen, err
}

// eraseAgain erases a person whose key is gone already. A hold cannot keep what no longer exists.
func (v *Vault) eraseAgain(ctx context.Context, e erasure) error {
	actor := node(e.owner.org)
	return v.sequenced(ctx, e.owner.org, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO vault_erasure (org_id, id, version, person_id, ground, proposed_by, proposed_at, approved_by, approved_at)
			VALUES ($1, $2, 1, $3, $4, $5, $6, $5, $6)`,
			string(e.owner.org), e.id, string(e.owner.person), replayed, string(actor.Account), tx.NowMicros())
		if err != nil {
			return err
		}
		if err := v.remove(ctx, tx, e.owner.org, e.owner.person); err != nil {
			return err
		}
		return v.enterErasure(ctx, tx, actor, e.id, e.owner.person, "erase again")
	})
}

// undone returns the approved erasures that were interrupted, or whose key is back.
func (v *Vault) undone(ctx context.Context, ring *keyring.Ring) ([]erasure, error) {
	var all []erasure
	var finished []bool
	err := v.db.Read(ctx, func(tx *db.Tx) error {
		all, finished = nil, nil
		rows, err := tx.Query(ctx, `SELECT org_id, id, person_id, finished_at IS NOT NULL
			FROM vault_erasure WHERE approved_at IS NOT NULL ORDER BY approved_at, id`)
		all, err = db.Collect(rows, err, func(r *sql.Rows) (e erasure, err error) {
			var done bool
			err = r.Scan(&e.owner.org, &e.id, &e.owner.person, &done)
			finished = append(finished, done)
			return e, err
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	names := make([]keyring.Name, len(all))
	for i, e := range all {
		names[i] = e.owner.name()
	}
	alive, err := ring.Alive(ctx, names...)
	if err != nil {
		return nil, err
	}
	var undone []erasure
	for i, e := range all {
		if !finished[i] || alive[i] {
			undone = append(undone, e)
		}
	}
	return undone, nil
}
