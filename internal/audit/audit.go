// Package audit appends to the record of what was done: by whom, when, to what. An entry is
// written in the transaction of the change it tells of, so that neither exists without the other.
//
// Entries are written unsequenced, and no statement can change or remove one: triggers refuse it.
// Somebody with the database file and its key can still rewrite it; the ledger, which numbers and
// signs the entries, is what shows that. An entry holds identifiers, never a name, a note or any
// other personal data, because it outlives the person's file.
package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/db"
)

// Kind is what kind of act an entry tells of.
type Kind string

// The kinds of act.
const (
	Decision      Kind = "decision"
	Opening       Kind = "opening" // a sealed value was opened
	Disclosure    Kind = "disclosure"
	Export        Kind = "export"
	Print         Kind = "print"
	Search        Kind = "search"
	BreakGlass    Kind = "break-glass"
	Login         Kind = "login"
	Role          Kind = "role"
	Agreement     Kind = "agreement"
	Recall        Kind = "recall"
	Erasure       Kind = "erasure"
	Configuration Kind = "configuration" // settings, imported reference data, tokens
)

// Kinds returns all kinds, in the order of the constants.
func Kinds() []Kind {
	return []Kind{
		Decision, Opening, Disclosure, Export, Print, Search, BreakGlass, Login, Role, Agreement,
		Recall, Erasure, Configuration,
	}
}

// Entry is one act. Organisation, actor and subject are identifiers; they are plain strings
// because this package stands below those that define them.
type Entry struct {
	// ID and At are set by [Append]; what the caller puts there is ignored.
	ID string
	At time.Time
	// Org is the organisation whose record this is.
	Org string
	// Actor is the account that acted, or "cli" for the person at the terminal of the machine.
	Actor string
	Kind  Kind
	// Subject is the identifier of what was acted upon.
	Subject string
	// Detail holds codes and identifiers that explain the act. No personal data.
	Detail map[string]string
}

// maxDetail bounds the stored size of Detail in bytes: it explains, it does not carry content.
const maxDetail = 8 << 10

// Append writes e in tx. Its errors are mistakes of the caller or failures of the database: an
// entry without organisation, actor, subject or a known kind is refused, and so is a Detail of
// more than 8 KiB.
func Append(ctx context.Context, tx *db.Tx, e Entry) error {
	if e.Org == "" || e.Actor == "" || e.Subject == "" {
		return fmt.Errorf("audit: entry of kind %q without organisation, actor or subject", e.Kind)
	}
	if !known(e.Kind) {
		return fmt.Errorf("audit: unknown kind %q", e.Kind)
	}
	detail, err := encode(e.Detail)
	if err != nil {
		return err
	}
	ordinal := tx.MarkAudited()
	_, err = tx.Exec(ctx, `
		INSERT INTO audit_entry (org_id, id, at, ordinal, actor, kind, subject, detail)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.Org, db.NewID(), tx.NowMicros(), ordinal, e.Actor, e.Kind, e.Subject, detail)
	if err != nil {
		return fmt.Errorf("append audit entry: %w", err)
	}
	return nil
}

// List returns the newest limit entries of an organisation, newest first. Entries of one
// transaction stand in the reverse order of their writing.
func List(ctx context.Context, tx *db.Tx, org string, limit int) ([]Entry, error) {
	rows, err := tx.Query(ctx, `
		SELECT org_id, id, at, actor, kind, subject, detail
		FROM audit_entry WHERE org_id = $1
		ORDER BY at DESC, ordinal DESC, id LIMIT $2`, org, limit)
	return db.Collect(rows, err, scan)
}

func scan(rows *sql.Rows) (Entry, error) {
	var (
		e      Entry
		micros int64
		detail string
	)
	if err := rows.Scan(&e.Org, &e.ID, &micros, &e.Actor, &e.Kind, &e.Subject, &detail); err != nil {
		return Entry{}, err
	}
	e.At = time.UnixMicro(micros).UTC()
	if err := json.Unmarshal([]byte(detail), &e.Detail); err != nil {
		return Entry{}, fmt.Errorf("detail of audit entry %s: %w", e.ID, err)
	}
	return e, nil
}

func known(k Kind) bool { return slices.Contains(Kinds(), k) }

// encode returns the canonical text of a detail: encoding/json sorts the keys of a map.
func encode(detail map[string]string) (string, error) {
	if len(detail) == 0 {
		return "{}", nil
	}
	text, err := json.Marshal(detail)
	if err != nil {
		return "", fmt.Errorf("audit: detail: %w", err)
	}
	if len(text) > maxDetail {
		return "", fmt.Errorf("audit: detail of %d bytes, more than %d", len(text), maxDetail)
	}
	return string(text), nil
}
