package audit_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
)

// The faults: somebody with the database, its key and every right in it, but without the vault, changes
// something. The verifier must name what.

// keyed is a table with its key.
type keyed struct {
	name string
	keys []string
}

// collides reports whether a row has the key of another.
func (k keyed) collides(columns []string, all [][]any, row []any) bool {
	return slices.ContainsFunc(all, func(other []any) bool {
		for _, key := range k.keys {
			i := slices.Index(columns, key)
			if other[i] != row[i] {
				return false
			}
		}
		return true
	})
}

// tables are the tables of the ledger.
var tables = []keyed{
	{"audit_entry", []string{"org_id", "id"}},
	{"audit_sealed", []string{"org_id", "entry_id"}},
	{"audit_pending", []string{"org_id", "at", "ordinal", "first_id"}},
	{"audit_log", []string{"org_id", "number"}},
	{"audit_leaf", []string{"org_id", "log", "idx"}},
	{"audit_tile", []string{"org_id", "log", "level", "n"}},
	{"audit_checkpoint", []string{"org_id", "log", "number"}},
}

// unguard removes the triggers, as root can.
func (h *house) unguard() {
	h.t.Helper()
	drop := []string{
		"DROP TRIGGER audit_entry_update", "DROP TRIGGER audit_entry_delete", "DROP TRIGGER audit_entry_replace",
		"DROP TRIGGER audit_sealed_update", "DROP TRIGGER audit_sealed_replace",
		"DROP TRIGGER audit_leaf_update", "DROP TRIGGER audit_leaf_delete", "DROP TRIGGER audit_leaf_replace",
	}
	if h.db.Engine() == db.Postgres {
		drop = []string{
			"DROP TRIGGER audit_entry_row ON audit_entry", "DROP TRIGGER audit_sealed_row ON audit_sealed", "DROP TRIGGER audit_leaf_row ON audit_leaf",
		}
	}
	h.write(func(tx *db.Tx) error {
		for _, q := range drop {
			if _, err := tx.Exec(h.t.Context(), q); err != nil {
				return err
			}
		}
		return nil
	})
}

// rows reads a whole table.
func (h *house) rows(table string) (columns []string, all [][]any) {
	h.t.Helper()
	err := h.db.Read(h.t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(h.t.Context(), "SELECT * FROM "+table)
		if err != nil {
			return err
		}
		if columns, err = rows.Columns(); err != nil {
			return err
		}
		all, err = db.Collect(rows, err, func(r *sql.Rows) ([]any, error) {
			v := make([]any, len(columns))
			to := make([]any, len(columns))
			for i := range v {
				to[i] = &v[i]
			}
			return v, r.Scan(to...)
		})
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return columns, all
}

// swap replaces a row by another; nil means none.
func (h *house) swap(table string, keys, columns []string, old, replacement []any) {
	h.t.Helper()
	h.write(func(tx *db.Tx) error {
		if old != nil {
			var where []string
			var args []any
			for _, k := range keys {
				args = append(args, old[slices.Index(columns, k)])
				where = append(where, fmt.Sprintf("%s = $%d", k, len(args)))
			}
			n, err := tx.Exec(h.t.Context(), "DELETE FROM "+table+" WHERE "+strings.Join(where, " AND "), args...)
			if err != nil || n != 1 {
				return fmt.Errorf("%d rows of %s: %w", n, table, err)
			}
		}
		if replacement == nil {
			return nil
		}
		marks := make([]string, len(columns))
		for i := range marks {
			marks[i] = fmt.Sprintf("$%d", i+1)
		}
		_, err := tx.Exec(h.t.Context(), "INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", replacement...)
		return err
	})
}

// silent are the columns in which a change is no lie about an entry: what they say is nowhere signed
// and nothing is decided by it.
var silent = map[string]bool{"audit_log.version": true}

// alter changes one byte, bit or number of a row; nil when this row cannot be altered there.
func alter(rng *rand.Rand, v any) any {
	switch v := v.(type) {
	case int64:
		return v + 1_000_000 // beyond every key there is
	case string:
		if v == "" {
			return "x"
		}
		b := []byte(v)
		i := rng.IntN(len(b))
		for b[i] >= 0x80 { // the dash of a signature line: its neighbours are ASCII
			i = (i + 1) % len(b)
		}
		if b[i]++; b[i] == 0x7f {
			b[i] = 'x'
		}
		return string(b)
	case []byte:
		b := bytes.Clone(v)
		b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
		return b
	}
	return nil
}

// faulty returns a ledger with everything that there can be: several tiles, checkpoints, a witness,
// an erasure, a second log, entries that wait.
func faulty(t *testing.T) (*house, *rand.Rand) {
	h := newHouse(t, 4)
	rng := seeded(t)
	h.enter(500, 3, rng)
	h.flush()
	h.checkpoint()
	h.witness(t.TempDir())
	h.enter(40, 3, rng)
	h.erase(person(2))
	h.flush()
	h.checkpoint()
	h.write(func(tx *db.Tx) error { return audit.Restart(t.Context(), tx, h.org, nil) })
	h.enter(300, 2, rng)
	h.flush()
	h.checkpoint()
	h.enter(20, 2, rng)
	h.flush()
	h.enter(6, 2, rng)
	h.whole()
	h.unguard()
	return h, rng
}

// TestOneByte alters a byte, bit or number anywhere in the ledger, or deletes a row: each is named.
func TestOneByte(t *testing.T) {
	h, rng := faulty(t)
	rounds := 3
	if os.Getenv("FOURFOLD_CAMPAIGN") == "full" {
		rounds = 200
	}
	for _, table := range tables {
		columns, all := h.rows(table.name)
		if len(all) == 0 {
			t.Fatalf("%s is empty", table.name)
		}
		for range rounds {
			row := all[rng.IntN(len(all))]
			if table.name == "audit_entry" && h.erased(columns, row) {
				continue // what was erased says nothing any more
			}
			h.swap(table.name, table.keys, columns, row, nil)
			named(t, h, "deleted", table.name, "row", row)
			h.swap(table.name, table.keys, columns, nil, row)
			i := rng.IntN(len(columns))
			other := slices.Clone(row)
			if other[i] = alter(rng, row[i]); other[i] == nil || silent[table.name+"."+columns[i]] {
				continue
			}
			if slices.Contains(table.keys, columns[i]) && table.collides(columns, all, other) {
				continue
			}
			h.swap(table.name, table.keys, columns, row, other)
			named(t, h, "altered", table.name, columns[i], row)
			h.swap(table.name, table.keys, columns, other, row)
		}
	}
	h.whole()
}

// erased reports whether an entry is shut and has no sealed text any more.
func (h *house) erased(columns []string, row []any) (gone bool) {
	h.t.Helper()
	id := row[slices.Index(columns, "id")]
	err := h.db.Read(h.t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(h.t.Context(), `SELECT e.kind = '' AND s.sealed IS NULL FROM audit_entry e
			LEFT JOIN audit_sealed s ON s.org_id = e.org_id AND s.entry_id = e.id WHERE e.id = $1`, id).Scan(&gone)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return gone
}

// named fails the test when the verifier finds nothing, or does not say where.
func named(t *testing.T, h *house, what, table, column string, row []any) {
	t.Helper()
	r, err := audit.Verify(context.WithoutCancel(t.Context()), h.db, h.org, audit.Against{Opener: h.vault, Signer: h.vault})
	if err == nil && r.First != nil && (r.First.Entry != "" || r.First.Index >= 0 || r.First.Where != "") {
		return
	}
	t.Errorf("%s %s.%s of %.300s: found %v, error %v", what, table, column, fmt.Sprintf("%q", row), r.First, err)
}

// TestFaults alters the ledger in the ways of somebody who knows how it is built, and names what was
// altered.
func TestFaults(t *testing.T) {
	h, _ := faulty(t)
	exec := func(q string, args ...any) func() {
		return func() {
			t.Helper()
			h.write(func(tx *db.Tx) error {
				n, err := tx.Exec(t.Context(), q, args...)
				if err == nil && n == 0 {
					err = fmt.Errorf("%s changed nothing", q)
				}
				return err
			})
		}
	}
	var id string
	var tile []byte
	err := h.db.Read(t.Context(), func(tx *db.Tx) error {
		err := tx.QueryRow(t.Context(), "SELECT hashes FROM audit_tile WHERE log = 1 AND level = 0 AND n = 1").Scan(&tile)
		return errors.Join(err, tx.QueryRow(t.Context(), "SELECT entry_id FROM audit_leaf WHERE log = 1 AND idx = 100").Scan(&id))
	})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		do    func()
		table string // to be put back
		index int64
		where string
	}{
		{"salt", exec("UPDATE audit_entry SET salt = NULL WHERE id = $1", id), "audit_entry", 100, "entry"},
		{"entry", exec("DELETE FROM audit_entry WHERE id = $1", id), "audit_entry", 100, "entry"},
		{"actor", exec("UPDATE audit_entry SET actor = 'another' WHERE id = $1", id), "audit_entry", 100, "entry"},
		{"leaf", exec("DELETE FROM audit_leaf WHERE entry_id = $1", id), "audit_leaf", 100, "leaf"},
		{"tail", exec("DELETE FROM audit_leaf WHERE log = 2 AND idx >= 310"), "audit_leaf", 310, "leaf"},
		{"tile", exec("DELETE FROM audit_tile WHERE log = 1 AND level = 0 AND n = 1"), "audit_tile", 256, "tile/0/001"},
		{"upper tile", exec("DELETE FROM audit_tile WHERE log = 1 AND level = 1"), "audit_tile", -1, "tile/1/000.p/2"},
		{"truncated tile", exec("UPDATE audit_tile SET hashes = $1 WHERE log = 1 AND level = 0 AND n = 0", make([]byte, 64)), "audit_tile", 0, "tile/0/000"},
		{"lengthened tile", exec("UPDATE audit_tile SET hashes = $1 WHERE log = 1 AND level = 0 AND n = 1", append(bytes.Clone(tile), make([]byte, 32)...)), "audit_tile", 512, "tile/0/001"},
		{"checkpoint", exec("DELETE FROM audit_checkpoint WHERE log = 1 AND number = 1"), "audit_checkpoint", -1, "checkpoint 1"},
		{"last checkpoint", exec("DELETE FROM audit_checkpoint WHERE log = 2"), "audit_checkpoint", -1, "checkpoint 1"},
		{"witness", exec("UPDATE audit_checkpoint SET witnessed = 0 WHERE witnessed > 0"), "audit_checkpoint", -1, "checkpoint 1"},
		{"sealed text", exec("DELETE FROM audit_sealed WHERE person_id = 'p1'"), "audit_sealed", 0, ""},
		{"log", exec("DELETE FROM audit_log WHERE number = 1"), "audit_log", -1, "the log"},
		{"last log", exec("DELETE FROM audit_log WHERE number = 2"), "audit_log", -1, "the log"},
		{"size of the log", exec("UPDATE audit_log SET size = size - 1 WHERE number = 2"), "audit_log", 0, ""},
	}
	for _, tt := range tests {
		columns, before := h.rows(tt.table)
		tt.do()
		r := h.verify()
		switch {
		case r.First == nil:
			t.Errorf("%s: nothing was found", tt.name)
		case tt.where != "" && (r.First.Where != tt.where || r.First.Index != tt.index):
			t.Errorf("%s: found %s (index %d at %q), want index %d at %q", tt.name, r.First, r.First.Index, r.First.Where, tt.index, tt.where)
		}
		h.write(func(tx *db.Tx) error {
			if _, err := tx.Exec(t.Context(), "DELETE FROM "+tt.table); err != nil {
				return err
			}
			_, err := tx.InsertRows(t.Context(), tt.table, columns, "", func(yield func([]any, error) bool) {
				for _, row := range before {
					if !yield(row, nil) {
						return
					}
				}
			})
			return err
		})
	}
	h.whole()
}

func scanBytes(r *sql.Rows) (b []byte, err error) { return b, r.Scan(&b) }

// TestWaitingEntryOfTheErased gives entries that are not in a log yet to somebody who was erased: no erasure lists
// them, so that nothing excuses that they stay shut.
func TestWaitingEntryOfTheErased(t *testing.T) {
	h, _ := faulty(t)
	h.write(func(tx *db.Tx) error {
		n, err := tx.Exec(t.Context(), `UPDATE audit_sealed SET person_id = 'p2'
			WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.org_id = audit_sealed.org_id AND l.entry_id = audit_sealed.entry_id)`)
		if err == nil && n == 0 {
			t.Error("no entry about a person waits")
		}
		return err
	})
	if r := h.verify(); r.First == nil || r.First.Entry == "" {
		t.Errorf("found %v", r.First)
	}
}
