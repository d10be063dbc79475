package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/db"
)

// SealedEntry is a sealed entry on its way out of the vault.
type SealedEntry struct {
	Person string
	Entry  string
	Sealed []byte
}

// Opener opens entries about persons; an unlocked vault does. A result is nil when the person was
// erased. An entry that does not open in its place is an error.
type Opener interface {
	OpenEntries(ctx context.Context, org string, entries []SealedEntry) ([][]byte, error)
}

// selectEntry reads entries with what is sealed of them.
const selectEntry = `
	SELECT e.org_id, e.id, e.at, e.ordinal, e.actor, e.kind, e.subject, e.detail, s.person_id, s.sealed
	FROM audit_entry e LEFT JOIN audit_sealed s ON s.org_id = e.org_id AND s.entry_id = e.id
	`

// List returns the newest limit entries of an organisation, newest first. Entries of one
// transaction stand in the reverse order of their writing. Those about a person are shut: see
// [Reveal].
func List(ctx context.Context, tx *db.Tx, org string, limit int) ([]Entry, error) {
	rows, err := tx.Query(ctx, selectEntry+`
		WHERE e.org_id = $1 ORDER BY e.at DESC, e.ordinal DESC, e.id LIMIT $2`, org, limit)
	return db.Collect(rows, err, scan)
}

func scan(rows *sql.Rows) (Entry, error) { return scanEntry(rows) }

// scanEntry reads the columns of selectEntry, and more behind them.
func scanEntry(rows *sql.Rows, more ...any) (Entry, error) {
	var (
		e      Entry
		micros int64
		kind   string
		detail string
		person sql.Null[string]
	)
	err := rows.Scan(append([]any{
		&e.Org, &e.ID, &micros, &e.Ordinal, &e.Actor, &kind, &e.Subject, &detail, &person, &e.Sealed,
	}, more...)...)
	if err != nil {
		return Entry{}, err
	}
	e.At = time.UnixMicro(micros).UTC()
	if kind == "" {
		e.Person, e.Shut = person.V, true
		return e, nil
	}
	return decode(e.Org, e.ID, micros, e.Ordinal, e.Actor, kind, e.Subject, detail)
}

// decode returns the entry of a row that stands in clear.
func decode(org, id string, at, ordinal int64, actor, kind, subject, detail string) (Entry, error) {
	e := Entry{
		ID: id, At: time.UnixMicro(at).UTC(), Ordinal: ordinal, Org: org, Actor: actor, Kind: current(kind), Subject: subject,
	}
	if err := json.Unmarshal([]byte(detail), &e.Detail); err != nil {
		return Entry{}, fmt.Errorf("detail of audit entry %s: %w", id, err)
	}
	return e, nil
}

// current returns the kind for a stored text: two had other names before there was a log.
func current(kind string) Kind {
	switch kind {
	case "search":
		return Search
	case "role":
		return Role
	}
	return Kind(kind)
}

// Reveal opens those of entries that are about a person, in place. All must be of one organisation.
// What was erased stays shut. It writes no entry, for reading the ledger would otherwise write it
// without end: whoever shows entries about persons says so once.
func Reveal(ctx context.Context, o Opener, entries []Entry) error {
	var shut []SealedEntry
	var at []int
	for i, e := range entries {
		if e.Shut && e.Sealed != nil {
			shut = append(shut, SealedEntry{Person: e.Person, Entry: e.ID, Sealed: e.Sealed})
			at = append(at, i)
		}
	}
	if len(shut) == 0 {
		return nil
	}
	opened, err := o.OpenEntries(ctx, entries[0].Org, shut)
	if err != nil {
		return err
	}
	for i, content := range opened {
		if content == nil {
			continue
		}
		_, canonical, err := unpack(content)
		if err != nil {
			return err
		}
		c, err := ledger.ParseEntry(canonical)
		if err != nil {
			return fmt.Errorf("sealed entry %s: %w", shut[i].Entry, err)
		}
		if c.ID != shut[i].Entry || c.Person != shut[i].Person {
			return fmt.Errorf("sealed entry %s is of another entry or person", shut[i].Entry)
		}
		entries[at[i]] = recalled(c)
	}
	return nil
}

func scanBytes(r *sql.Rows) (b []byte, err error) { return b, r.Scan(&b) }
