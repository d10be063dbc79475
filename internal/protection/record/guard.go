package record

import (
	"context"
	"database/sql"
	"reflect"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/vault"
)

// Guard makes the vault check the rows of the table against the ledger, and remove them when their
// person is erased. It is called once, while the node is put together. A table whose clear columns cannot be copied by value is
// a defect of the program: Guard panics.
//
// The check reads no clear column. The ledger commits to none, so that reading them would prove nothing; and one that somebody
// has damaged would end the check before it has found what was changed behind it.
func (t *Table[C]) Guard(v *vault.Vault) {
	if column := shared(reflect.TypeFor[C]()); column != "" {
		panic("record: the versions of a row of " + t.Name + " would share the clear column " + column)
	}
	t.shape().without().guard(v, t.Erase)
}

// shared returns the first field of clear columns that a copy would share with what it was copied from, or "". [Table.History]
// writes an older version over a copy of the newer one: what scans itself is replaced, and into anything else it would write.
func shared(c reflect.Type) string {
	for f := range c.Fields() {
		if reflect.PointerTo(f.Type).Implements(reflect.TypeFor[sql.Scanner]()) {
			continue
		}
		switch f.Type.Kind() {
		case reflect.String, reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
			reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Float32, reflect.Float64:
		default:
			return f.Name
		}
	}
	return ""
}

func (s shape) guard(v *vault.Vault, erase func(context.Context, *db.Tx, auth.OrgID, vault.PersonID) error) {
	if erase == nil {
		erase = s.erase
	}
	v.OnCheck(vault.Rows{Name: s.name, Each: s.each})
	v.OnErase(vault.Eraser{Name: s.name, InTx: func(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
		if err := s.forgetForms(ctx, tx, org, person); err != nil {
			return err
		}
		return erase(ctx, tx, org, person)
	}})
}

// forgetForms removes who sent the forms that made the rows of a person, and when.
func (s shape) forgetForms(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
	_, err := tx.Exec(ctx, `DELETE FROM protection_submission WHERE org_id = $1 AND result IN
		(SELECT id FROM `+s.name+` WHERE org_id = $1 AND person_id = $2)`, string(org), string(person))
	return err
}

// GuardHistory makes the vault remove the history of a person's rows with the person. The first package
// of the room calls it, once.
func GuardHistory(v *vault.Vault) {
	v.OnErase(vault.Eraser{Name: "protection_history", InTx: func(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
		_, err := tx.Exec(ctx, "DELETE FROM protection_history WHERE org_id = $1 AND person_id = $2", string(org), string(person))
		return err
	}})
}

func (s shape) erase(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
	_, err := tx.Exec(ctx, "DELETE FROM "+s.name+" WHERE org_id = $1 AND person_id = $2", string(org), string(person))
	return err
}

// each lists what the table keeps sealed, one row after another, all read into the same line.
func (s shape) each(ctx context.Context, tx *db.Tx, org auth.OrgID, yield func([]vault.Item) error) error {
	rows, err := tx.Query(ctx, s.query()+"WHERE org_id = $1 ORDER BY id", string(org))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // an error of the rows is asked for below
	l := bare()
	for rows.Next() {
		if err := s.scan(rows, l); err != nil {
			return err
		}
		var items []vault.Item
		for i, value := range l.sealed {
			if len(value) > 0 {
				items = append(items, value.item(*l.Key, s.name, s.sealed[i]))
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
