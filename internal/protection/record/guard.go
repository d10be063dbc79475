package record

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/vault"
)

// Guard makes the vault check the rows of the table against the ledger, and remove them when their
// person is erased. It is called once, while the node is put together.
func (t *Table[C]) Guard(v *vault.Vault) {
	v.OnCheck(vault.Rows{Name: t.Name, Each: t.each})
	erase := t.Erase
	if erase == nil {
		erase = t.erase
	}
	v.OnErase(vault.Eraser{Name: t.Name, InTx: erase})
}

// GuardHistory makes the vault remove the history of a person's rows with the person. The first package
// of the room calls it, once.
func GuardHistory(v *vault.Vault) {
	v.OnErase(vault.Eraser{Name: "protection_history", InTx: func(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
		_, err := tx.Exec(ctx, "DELETE FROM protection_history WHERE org_id = $1 AND person_id = $2", string(org), string(person))
		return err
	}})
}

func (t *Table[C]) erase(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
	_, err := tx.Exec(ctx, "DELETE FROM "+t.Name+" WHERE org_id = $1 AND person_id = $2", string(org), string(person))
	return err
}

// each lists what the table keeps sealed, one row after another.
func (t *Table[C]) each(ctx context.Context, tx *db.Tx, org auth.OrgID, yield func([]vault.Item) error) error {
	rows, err := tx.Query(ctx, t.Select()+"WHERE org_id = $1 ORDER BY id", string(org))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // an error of the rows is asked for below
	for rows.Next() {
		r, err := t.Scan(rows)
		if err != nil {
			return err
		}
		var items []vault.Item
		for i, s := range r.sealed {
			if len(s) > 0 {
				items = append(items, s.item(r.Key, t.Name, t.Sealed[i]))
			}
		}
		if len(items) == 0 {
			continue
		}
		if err := yield(items); err != nil {
			return err
		}
	}
	return rows.Err()
}
