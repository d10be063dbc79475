package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/db"
)

// row is an entry as it is stored.
type row struct {
	entry      Entry
	detail     string
	salt       ledger.Salt
	canonical  []byte
	commitment []byte
}

// write stores entries with their commitments: three statements for any number.
func write(ctx context.Context, tx *db.Tx, s Sealer, entries []Entry) error {
	rows := make([]row, len(entries))
	// The entries of one call share the beginning of their identifiers, 110 random bits, so that they
	// lie side by side in the tables.
	batch := db.NewID()[:22]
	for i := range entries {
		if err := rows[i].prepare(tx, batch, i, entries[i]); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(rows, maxTogether) {
		if err := store(ctx, tx, s, some); err != nil {
			return err
		}
	}
	return nil
}

// maxTogether bounds what is collected before it is sent.
const maxTogether = 4096

func (r *row) prepare(tx *db.Tx, batch string, i int, e Entry) (err error) {
	if e.Subject == "" {
		e.Subject = e.Person
	}
	if err := e.check(); err != nil {
		return err
	}
	if r.detail, err = encode(e.Detail); err != nil {
		return err
	}
	e.ID, e.At, e.Sealed, e.Shut = batch+suffix(i), tx.Now(), nil, false
	e.Ordinal = int64(tx.MarkAudited())
	c, err := e.committed()
	if err != nil {
		return err
	}
	if r.canonical, err = c.Canonical(); err != nil {
		return err
	}
	r.entry, r.salt = e, ledger.NewSalt()
	r.commitment = ledger.Commitment(r.salt, r.canonical)
	return nil
}

// suffix returns the last four characters of the identifier of entry i of a call.
func suffix(i int) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	return string([]byte{digits[i>>15&31], digits[i>>10&31], digits[i>>5&31], digits[i&31]})
}

// store sends rows.
func store(ctx context.Context, tx *db.Tx, s Sealer, rows []row) error {
	if len(rows) == 1 {
		return storeOne(ctx, tx, s, &rows[0])
	}
	sealed, err := seal(ctx, tx, s, rows)
	if err != nil {
		return err
	}
	if err := insert(ctx, tx, "audit_entry", entryColumns, rows, (*row).clear); err != nil {
		return err
	}
	if err := insert(ctx, tx, "audit_pending", pendingColumns, rows, (*row).pending); err != nil {
		return err
	}
	i := -1
	return insert(ctx, tx, "audit_sealed", sealedColumns, rows, func(r *row) []any {
		i++
		return r.sealed(sealed[i])
	})
}

// storeOne sends the entry of a single change, the most frequent case, by statements that do not
// differ from call to call.
func storeOne(ctx context.Context, tx *db.Tx, s Sealer, r *row) error {
	sealed, err := seal(ctx, tx, s, []row{*r})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO audit_entry (org_id, id, at, ordinal, actor, kind, subject, detail, commitment, salt)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, r.clear()...)
	if err != nil {
		return fmt.Errorf("append audit entry: %w", err)
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO audit_pending (org_id, at, ordinal, entry_id, commitment)
		VALUES ($1, $2, $3, $4, $5)`, r.pending()...)
	if err != nil || sealed[0] == nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO audit_sealed (org_id, entry_id, person_id, sealed)
		VALUES ($1, $2, $3, $4)`, r.sealed(sealed[0])...)
	return err
}

var (
	entryColumns   = []string{"org_id", "id", "at", "ordinal", "actor", "kind", "subject", "detail", "commitment", "salt"}
	pendingColumns = []string{"org_id", "at", "ordinal", "entry_id", "commitment"}
	sealedColumns  = []string{"org_id", "entry_id", "person_id", "sealed"}
)

// clear returns what stands in audit_entry: of an entry about a person, when it was written and what
// it commits to.
func (r *row) clear() []any {
	e := &r.entry
	if e.Person != "" {
		return []any{e.Org, e.ID, e.At.UnixMicro(), e.Ordinal, "", "", "", "", r.commitment, nil}
	}
	return []any{
		e.Org, e.ID, e.At.UnixMicro(), e.Ordinal, e.Actor, string(e.Kind), e.Subject, r.detail, r.commitment, r.salt[:],
	}
}

func (r *row) pending() []any {
	return []any{r.entry.Org, r.entry.At.UnixMicro(), r.entry.Ordinal, r.entry.ID, r.commitment}
}

func (r *row) sealed(s []byte) []any {
	if s == nil {
		return nil
	}
	return []any{r.entry.Org, r.entry.ID, r.entry.Person, s}
}

// insert sends the values of rows; rows without values are left out.
func insert(ctx context.Context, tx *db.Tx, table string, columns []string, rows []row, values func(*row) []any) error {
	var all iter.Seq2[[]any, error] = func(yield func([]any, error) bool) {
		for i := range rows {
			if v := values(&rows[i]); v != nil && !yield(v, nil) {
				return
			}
		}
	}
	if _, err := tx.InsertRows(ctx, table, columns, "", all); err != nil {
		return fmt.Errorf("append audit entries: %w", err)
	}
	return nil
}

// seal returns what each row has sealed: nil for a row about nobody.
func seal(ctx context.Context, tx *db.Tx, s Sealer, rows []row) ([][]byte, error) {
	all := make([][]byte, len(rows))
	var about []Unsealed
	var at []int
	for i := range rows {
		if e := &rows[i].entry; e.Person != "" {
			about = append(about, Unsealed{Person: e.Person, Entry: e.ID, Content: pack(rows[i].salt, rows[i].canonical)})
			at = append(at, i)
		}
	}
	if len(about) == 0 {
		return all, nil
	}
	if s == nil {
		return nil, errors.New("audit: an entry about a person without a sealer")
	}
	sealed, err := s.SealEntries(ctx, tx, rows[0].entry.Org, about)
	if err != nil {
		return nil, err
	}
	if len(sealed) != len(about) {
		return nil, fmt.Errorf("audit: %d entries were sealed, not %d", len(sealed), len(about))
	}
	for i, b := range sealed {
		all[at[i]] = b
	}
	return all, nil
}
