package blind

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault"
)

// Index is the search index of a node. It has no state of its own and is safe for concurrent use.
type Index struct {
	DB    *db.DB
	Vault *vault.Vault
}

// On returns the index of a node and tells the vault to empty it of whoever is erased.
func On(d *db.DB, v *vault.Vault) *Index {
	x := &Index{DB: d, Vault: v}
	v.OnErase(vault.Eraser{Name: "search index", InTx: x.Remove})
	return x
}

// note is what is kept of a person under the person's own key.
type note struct {
	Slot  uint32 `json:"s"`
	Terms forms  `json:"t"`
	// Merged is what the buckets and blocks hold, under MergedSlot; nil when they hold nothing. It
	// differs from Terms while the row waits.
	Merged     *forms `json:"m,omitempty"`
	MergedSlot uint32 `json:"ms,omitempty"`
}

// MarshalJSON and its counterpart write the forms in short: every person has one.
func (f forms) MarshalJSON() ([]byte, error) {
	years := []int{int(f.born.from)}
	for range f.born.more {
		years = append(years, years[len(years)-1]+1)
	}
	return json.Marshal([]any{f.parts, years, f.documents, f.phones})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *forms) UnmarshalJSON(b []byte) error {
	var years []uint16
	err := json.Unmarshal(b, &[]any{&f.parts, &years, &f.documents, &f.phones})
	if err == nil && (len(years) == 0 || len(years) > widest) {
		err = errors.New("blind: a note without years")
	}
	if err == nil {
		f.born = span{years[0], uint8(len(years) - 1)}
	}
	return err
}

func (f forms) equal(g forms) bool {
	return slices.Equal(f.parts, g.parts) && f.born == g.born &&
		slices.Equal(f.documents, g.documents) && slices.Equal(f.phones, g.phones)
}

// noteStep is the step in bytes to which notes are padded, so that their size does not tell the
// length of a name. The vault adds at least one byte and goes on to its own steps of 32.
const noteStep = 192

func (n note) encode() ([]byte, error) {
	b, err := json.Marshal(n)
	if err != nil {
		return nil, err
	}
	for len(b)%noteStep != noteStep-1 {
		b = append(b, ' ') // white space after a value is JSON
	}
	return b, nil
}

// indexed is a row of vault_indexed.
type indexed struct {
	person  vault.PersonID
	version int64
	waiting bool
	sealed  []byte
	note    note
	gone    bool // the key of the person is
}

func scanIndexed(r *sql.Rows) (i indexed, err error) {
	err = r.Scan(&i.person, &i.version, &i.waiting, &i.sealed)
	return i, err
}

const indexedCols = "person_id, version, waiting IS NOT NULL, terms"

// open fills in the notes.
func (x *Index) open(ctx context.Context, org auth.OrgID, rows []indexed) error {
	terms := make([]vault.Terms, len(rows))
	for i, r := range rows {
		terms[i] = vault.Terms{Person: r.person, Version: r.version, Sealed: r.sealed}
	}
	contents, err := x.Vault.OpenTerms(ctx, org, terms...)
	if err != nil {
		return err
	}
	for i, c := range contents {
		if rows[i].gone = c == nil; rows[i].gone {
			continue
		}
		err := json.Unmarshal(c, &rows[i].note)
		clear(c)
		if err != nil {
			return damaged() // nothing of the text may get into an error
		}
	}
	return nil
}

// find returns the row of a person; false when there is none.
func (x *Index) find(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) (indexed, bool, error) {
	rows, err := tx.Query(ctx, "SELECT "+indexedCols+" FROM vault_indexed WHERE org_id = $1 AND person_id = $2", string(org), string(person))
	all, err := db.Collect(rows, err, scanIndexed)
	if err != nil || len(all) == 0 {
		return indexed{}, false, err
	}
	err = x.open(ctx, org, all)
	return all[0], true, err
}

// Put makes a person findable by terms, in place of what they were findable by before, in the caller's
// transaction. The person is found from the commit on. The buckets of the index follow later, see
// [Index.Merge], so that writers do not wait for each other and a change by itself does not show what
// it changed. The caller appends the entry of the change.
//
// More than 48 parts of names, 32 documents or 32 phones are [fault.TooLarge]. A person who was not
// enrolled, or was erased, is [fault.NotFound].
func (x *Index) Put(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID, t Terms) error {
	f, err := formsOf(t)
	if err != nil {
		return err
	}
	old, found, err := x.find(ctx, tx, org, person)
	if err != nil {
		return err
	}
	n := note{Terms: f}
	if n.Slot, err = newSlot(ctx, tx, org); err != nil {
		return err
	}
	switch {
	case found && old.gone:
		return fault.New(fault.NotFound, "This does not exist.")
	case found && old.note.Terms.equal(f):
		return nil
	case found && old.waiting:
		n.Merged, n.MergedSlot = old.note.Merged, old.note.MergedSlot
	case found:
		n.Merged, n.MergedSlot = &old.note.Terms, old.note.Slot
	}
	sealed, err := x.sealNote(ctx, tx, org, person, old.version+1, n)
	if err != nil {
		return err
	}
	if found {
		_, err = tx.Exec(ctx, "UPDATE vault_indexed SET version = $1, slot = $2, waiting = $3, terms = $4 WHERE org_id = $5 AND person_id = $6",
			old.version+1, int64(n.Slot), tx.NowMicros(), sealed, string(org), string(person))
		return err
	}
	_, err = tx.Exec(ctx, "INSERT INTO vault_indexed (org_id, person_id, version, slot, waiting, terms) VALUES ($1, $2, 1, $3, $4, $5)",
		string(org), string(person), int64(n.Slot), tx.NowMicros(), sealed)
	return err
}

func (x *Index) sealNote(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID, version int64, n note) ([]byte, error) {
	content, err := n.encode()
	if err != nil {
		return nil, err
	}
	defer clear(content)
	return x.Vault.SealTerms(ctx, tx, org, person, version, content)
}

// newSlot returns a random number that no person of the organisation has, by which references name one.
func newSlot(ctx context.Context, tx *db.Tx, org auth.OrgID) (uint32, error) {
	for {
		var b [4]byte
		_, _ = rand.Read(b[:]) // never fails: it ends the program instead
		slot := binary.BigEndian.Uint32(b[:])
		var one int
		err := tx.QueryRow(ctx, "SELECT 1 FROM vault_indexed WHERE org_id = $1 AND slot = $2", string(org), int64(slot)).Scan(&one)
		if errors.Is(err, sql.ErrNoRows) {
			return slot, nil
		}
		if err != nil {
			return 0, err
		}
	}
}

// Remove takes a person out of the index at once: every cell and every reference in a block. It runs
// when the person is erased. Whoever is not in the index is removed already.
//
// When the key of the person is gone before (an older database was restored over a newer keyring),
// nobody can say any more what is to be removed: then the references point to nobody, and the index is
// marked to be built anew.
func (x *Index) Remove(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
	row, found, err := x.find(ctx, tx, org, person)
	if err != nil || !found {
		return err
	}
	s, err := lock(ctx, tx, org)
	if err != nil {
		return err
	}
	switch {
	case row.gone || s.normaliser != normaliser:
		_, err = tx.Exec(ctx, "UPDATE vault_index SET stale = 1 WHERE org_id = $1", string(org))
	case !row.waiting:
		err = x.change(ctx, newShelf(tx, org, s), []posting{{forms: row.note.Terms, slot: row.note.Slot}}, nil)
	case row.note.Merged != nil:
		err = x.change(ctx, newShelf(tx, org, s), []posting{{forms: *row.note.Merged, slot: row.note.MergedSlot}}, nil)
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "DELETE FROM vault_indexed WHERE org_id = $1 AND person_id = $2", string(org), string(person))
	return err
}

var errAgain = errors.New("blind: the index changed while it was built")
