package blind

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/vault"
)

// Newcomer is a person who was never in the index, and what they are found by.
type Newcomer struct {
	Person vault.PersonID
	Terms  Terms
}

// PutAll is [Index.Put] for many persons at once, none of whom was indexed before.
func (x *Index) PutAll(ctx context.Context, tx *db.Tx, org auth.OrgID, all []Newcomer) error {
	slots, err := newSlots(ctx, tx, org, len(all))
	if err != nil {
		return err
	}
	persons, contents := make([]vault.PersonID, len(all)), make([][]byte, len(all))
	defer func() {
		for _, c := range contents {
			clear(c)
		}
	}()
	for i, one := range all {
		f, err := formsOf(one.Terms)
		if err != nil {
			return err
		}
		persons[i] = one.Person
		if contents[i], err = (note{Terms: f, Slot: slots[i]}).encode(); err != nil {
			return err
		}
	}
	sealed, err := x.Vault.SealTermsOf(ctx, tx, org, persons, contents)
	if err != nil {
		return err
	}
	cols := []string{"org_id", "person_id", "version", "slot", "waiting", "terms"}
	_, err = tx.InsertRows(ctx, "vault_indexed", cols, "", func(yield func([]any, error) bool) {
		for i, p := range persons {
			if !yield([]any{string(org), string(p), 1, int64(slots[i]), tx.NowMicros(), []byte(sealed[i])}, nil) {
				return
			}
		}
	})
	return err
}

// newSlots returns n random numbers that nobody of the organisation has.
func newSlots(ctx context.Context, tx *db.Tx, org auth.OrgID, n int) ([]uint32, error) {
	slots, taken := make([]uint32, 0, n), map[uint32]bool{}
	for len(slots) < n {
		fresh := make([]uint32, 0, 500)
		args := []any{string(org)}
		for len(fresh) < min(500, n-len(slots)) {
			var b [4]byte
			_, _ = rand.Read(b[:]) // never fails: it ends the program instead
			if slot := binary.BigEndian.Uint32(b[:]); !taken[slot] {
				taken[slot] = true
				fresh, args = append(fresh, slot), append(args, int64(slot))
			}
		}
		rows, err := tx.Query(ctx, "SELECT slot FROM vault_indexed WHERE org_id = $1 AND slot IN ("+marks(2, len(fresh))+")", args...)
		held, err := db.Collect(rows, err, func(r *sql.Rows) (slot int64, err error) { return slot, r.Scan(&slot) })
		if err != nil {
			return nil, err
		}
		used := map[uint32]bool{}
		for _, h := range held {
			used[uint32(h)] = true
		}
		for _, slot := range fresh {
			if !used[slot] {
				slots = append(slots, slot)
			}
		}
	}
	return slots, nil
}
