package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Filter chooses entries of an organisation.
type Filter struct {
	// Kind is a kind of act; "" means all. What is sealed has no kind until it is opened, and is left
	// out when one is asked for.
	Kind Kind
	// From and To bound the time, From included, To not. Zero means no bound.
	From, To time.Time
	// Before is the identifier of an entry: only those before it, in the order of the list. "" means the
	// newest.
	Before string
	Limit  int
}

// Placed is an entry and where it is in the log.
type Placed struct {
	Entry
	Leaf *Leaf // nil for an entry that waits, or is from before there was a log
	// Logged says that the row commits to itself: it is in a log or waits for it.
	Logged bool
}

const selectPlaced = `
	SELECT e.org_id, e.id, e.at, e.ordinal, e.actor, e.kind, e.subject, e.detail, s.person_id, s.sealed,
	       l.log, l.idx, e.commitment IS NOT NULL
	FROM audit_entry e
	LEFT JOIN audit_sealed s ON s.org_id = e.org_id AND s.entry_id = e.id
	LEFT JOIN audit_leaf l ON l.org_id = e.org_id AND l.entry_id = e.id
	`

// Find returns entries of an organisation, the newest first. Those about a person are shut.
func Find(ctx context.Context, tx *db.Tx, org string, f Filter) ([]Placed, error) {
	where := []string{"e.org_id = $1"}
	args := []any{org}
	add := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(args)), 1)
		}
		where = append(where, condition)
	}
	if f.Kind != "" {
		add("e.kind IN (?, ?)", string(f.Kind), former(f.Kind))
	}
	if !f.From.IsZero() {
		add("e.at >= ?", f.From.UnixMicro())
	}
	if !f.To.IsZero() {
		add("e.at < ?", f.To.UnixMicro())
	}
	if f.Before != "" {
		at, ordinal, err := position(ctx, tx, org, f.Before)
		if err != nil {
			return nil, err
		}
		add("(e.at < ? OR e.at = ? AND (e.ordinal < ? OR e.ordinal = ? AND e.id > ?))", at, at, ordinal, ordinal, f.Before)
	}
	rows, err := tx.Query(ctx, selectPlaced+"WHERE "+strings.Join(where, " AND ")+
		fmt.Sprintf(" ORDER BY e.at DESC, e.ordinal DESC, e.id LIMIT %d", f.Limit), args...)
	return db.Collect(rows, err, scanPlaced)
}

func position(ctx context.Context, tx *db.Tx, org, id string) (at, ordinal int64, err error) {
	err = tx.QueryRow(ctx, "SELECT at, ordinal FROM audit_entry WHERE org_id = $1 AND id = $2", org, id).Scan(&at, &ordinal)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "This does not exist.")
	}
	return at, ordinal, err
}

// former returns the name that a kind had before there was a log.
func former(k Kind) string {
	switch k {
	case Search:
		return "search"
	case Role:
		return "role"
	}
	return string(k)
}

// Get returns one entry of an organisation; [fault.NotFound] when there is none.
func Get(ctx context.Context, tx *db.Tx, org, id string) (Placed, error) {
	rows, err := tx.Query(ctx, selectPlaced+"WHERE e.org_id = $1 AND e.id = $2 ORDER BY l.log LIMIT 1", org, id)
	found, err := db.Collect(rows, err, scanPlaced)
	if err != nil {
		return Placed{}, err
	}
	if len(found) == 0 {
		return Placed{}, fault.New(fault.NotFound, "This does not exist.")
	}
	return found[0], nil
}

func scanPlaced(r *sql.Rows) (p Placed, err error) {
	var log, index sql.Null[int64]
	p.Entry, err = scanEntry(r, &log, &index, &p.Logged)
	if log.Valid {
		p.Leaf = &Leaf{Log: log.V, Index: index.V}
	}
	return p, err
}

// About returns the entries about a person, opened, the newest first: who has seen their information,
// and what else was done. Entries that cannot be opened because the person was erased are left out. It
// writes no entry: whoever shows the list says so once.
func About(ctx context.Context, d *db.DB, o Opener, org, person string) ([]Entry, error) {
	var found []Entry
	err := d.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT e.org_id, e.id, e.at, e.ordinal, e.actor, e.kind, e.subject, e.detail, s.person_id, s.sealed
			FROM audit_sealed s JOIN audit_entry e ON e.org_id = s.org_id AND e.id = s.entry_id
			WHERE s.org_id = $1 AND s.person_id = $2
			ORDER BY e.at DESC, e.ordinal DESC, e.id`, org, person)
		found, err = db.Collect(rows, err, scan)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := Reveal(ctx, o, found); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(e Entry) bool { return e.Shut }), nil
}

// OpeningOf returns salt and canonical text of an entry that stands in clear, with which anybody who has
// its proof can check what it says. An entry about a person is [fault.Withheld] here.
func OpeningOf(ctx context.Context, tx *db.Tx, org, id string) (o ledger.Opening, err error) {
	p, err := Get(ctx, tx, org, id)
	if err != nil {
		return o, err
	}
	if p.Shut || p.Leaf == nil {
		return o, fault.New(fault.Withheld, "What the entry says is sealed, or it is not in the log.")
	}
	var salt []byte
	if err := tx.QueryRow(ctx, "SELECT salt FROM audit_entry WHERE org_id = $1 AND id = $2", org, id).Scan(&salt); err != nil {
		return o, err
	}
	if len(salt) != len(o.Salt) {
		return o, damaged("entry "+id, "its salt is missing")
	}
	c, err := p.committed()
	if err != nil {
		return o, err
	}
	o.Index, o.Salt = p.Leaf.Index, ledger.Salt(salt)
	o.Canonical, err = c.Canonical()
	return o, err
}
