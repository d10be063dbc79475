package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

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

// write stores entries with their commitments: three statements for a thousand.
func write(ctx context.Context, tx *db.Tx, s Sealer, entries []Entry) error {
	if len(entries) > maxCall {
		return fmt.Errorf("audit: %d entries in one call, more than %d", len(entries), maxCall)
	}
	rows := make([]row, len(entries))
	// The entries of one call share the beginning of their identifiers, 110 random bits, so that they
	// lie side by side in the tables.
	batch := db.NewID()[:22]
	for i := range entries {
		if err := rows[i].prepare(tx, batch, i, entries[i]); err != nil {
			return err
		}
	}
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && n < maxTogether && rows[n].entry.Org == rows[0].entry.Org {
			n++
		}
		if err := store(ctx, tx, s, rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// maxTogether bounds what is collected before it is sent.
const maxTogether = 4096

// maxCall is how many identifiers of one call there are.
const maxCall = 1 << 20

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

// digits number the entries of a call. The order of the texts, whatever the language of the database,
// is that of the numbers.
const digits = "234567ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// suffix returns the last four characters of the identifier of entry i of a call.
func suffix(i int) string {
	return string([]byte{digits[i>>15&31], digits[i>>10&31], digits[i>>5&31], digits[i&31]})
}

// number is the reverse of suffix.
func number(s string) (n int, ok bool) {
	for i := range len(s) {
		d := strings.IndexByte(digits, s[i])
		if d < 0 {
			return 0, false
		}
		n = n<<5 | d
	}
	return n, true
}

// store sends rows.
func store(ctx context.Context, tx *db.Tx, s Sealer, rows []row) error {
	sealed, err := seal(ctx, tx, s, rows)
	if err != nil {
		return err
	}
	if len(rows) == 1 {
		err = storeOne(ctx, tx, &rows[0], sealed[0])
	} else {
		err = storeAll(ctx, tx, rows, sealed)
	}
	if err != nil {
		return fmt.Errorf("append audit entries: %w", err)
	}
	first, last := &rows[0].entry, &rows[len(rows)-1].entry
	_, err = tx.Exec(ctx, `
		INSERT INTO audit_pending (org_id, at, ordinal, first_id, last_id, entries)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		first.Org, first.At.UnixMicro(), first.Ordinal, first.ID, last.ID, len(rows))
	return err
}

// storeAll sends the entries of a list.
func storeAll(ctx context.Context, tx *db.Tx, rows []row, sealed [][]byte) error {
	if err := insert(ctx, tx, "audit_entry", entryColumns, rows, (*row).clear); err != nil {
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
func storeOne(ctx context.Context, tx *db.Tx, r *row, sealed []byte) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO audit_entry (org_id, id, at, ordinal, actor, kind, subject, detail, commitment, salt)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, r.clear()...)
	if err != nil || sealed == nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO audit_sealed (org_id, entry_id, person_id, sealed)
		VALUES ($1, $2, $3, $4)`, r.sealed(sealed)...)
	return err
}

var (
	entryColumns  = []string{"org_id", "id", "at", "ordinal", "actor", "kind", "subject", "detail", "commitment", "salt"}
	sealedColumns = []string{"org_id", "entry_id", "person_id", "sealed"}
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
	_, err := tx.InsertRows(ctx, table, columns, "", all)
	return err
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
