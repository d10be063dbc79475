package audit

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/order"
)

// Leaf is the place of an entry in a log.
type Leaf struct {
	Log   int64 // number of the organisation's log, from 1
	Index int64 // from 0
}

// Indices returns where the sealed entries of a person are in the logs, in ascending order, and
// whether some are not in a log yet. An erasure waits until none is: its leaf has to list them.
func Indices(ctx context.Context, tx *db.Tx, org, person string) (leaves []Leaf, pending bool, err error) {
	rows, err := tx.Query(ctx, `
		SELECT l.log, l.idx
		FROM audit_sealed s LEFT JOIN audit_leaf l ON l.org_id = s.org_id AND l.entry_id = s.entry_id
		WHERE s.org_id = $1 AND s.person_id = $2`, org, person)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (l Leaf, err error) {
		var log, index sql.Null[int64]
		err = r.Scan(&log, &index)
		pending = pending || !log.Valid
		return Leaf{Log: log.V, Index: index.V}, err
	})
	if err != nil {
		return nil, false, err
	}
	leaves = slices.DeleteFunc(all, func(l Leaf) bool { return l.Log == 0 })
	order.By(leaves, func(a, b Leaf) int { return cmp.Or(cmp.Compare(a.Log, b.Log), cmp.Compare(a.Index, b.Index)) })
	return leaves, pending, nil
}

// Forget deletes the salts and readable entries about a person. What the log has committed to stays;
// [AppendErasure] says, in the same transaction, why nothing opens it any more.
func Forget(ctx context.Context, tx *db.Tx, org, person string) error {
	_, err := tx.Exec(ctx, "DELETE FROM audit_sealed WHERE org_id = $1 AND person_id = $2", org, person)
	return err
}

// Erased is an erasure as the ledger tells of it. It does not name the person: the entry stays.
type Erased struct {
	Org     string
	Actor   string
	Erasure string // identifier of the erasure
	// Approvers are the two different accounts that approved it.
	Approvers [2]string
	// Leaves are the entries whose salts are destroyed, ascending, as [Indices] gives them.
	Leaves []Leaf
	// Detail holds further codes.
	Detail map[string]string
}

// maxErased bounds the leaves that one entry lists.
const maxErased = 500

// AppendErasure writes the entry of an erasure, or several when they have to list many leaves.
func AppendErasure(ctx context.Context, tx *db.Tx, e Erased) error {
	one, two := e.Approvers[0], e.Approvers[1]
	if one == "" || two == "" || one == two || strings.ContainsAny(one+two, " \t\r\n") {
		return errors.New("audit: an erasure needs two different approvers")
	}
	var entries []Entry
	for rest := e.Leaves; len(rest) > 0 || len(entries) == 0; {
		var some []Leaf
		some, rest = split(rest)
		detail := map[string]string{approversKey: one + " " + two}
		if len(some) > 0 {
			origin, err := originOf(ctx, tx, e.Org, some[0].Log)
			if err != nil {
				return err
			}
			detail[erasedInKey], detail[erasedKey] = origin, indices(some)
		}
		maps.Copy(detail, e.Detail)
		entries = append(entries, Entry{Org: e.Org, Actor: e.Actor, Kind: Erasure, Subject: e.Erasure, Detail: detail})
	}
	return write(ctx, tx, nil, entries)
}

// split takes the leaves that one entry lists: they are of one log and few enough.
func split(leaves []Leaf) (some, rest []Leaf) {
	n := 0
	for n < len(leaves) && n < maxErased && leaves[n].Log == leaves[0].Log {
		n++
	}
	return leaves[:n], leaves[n:]
}

func indices(leaves []Leaf) string {
	text := make([]string, len(leaves))
	for i, l := range leaves {
		text[i] = strconv.FormatInt(l.Index, 10)
	}
	return strings.Join(text, " ")
}

func originOf(ctx context.Context, tx *db.Tx, org string, log int64) (origin string, err error) {
	err = tx.QueryRow(ctx, "SELECT origin FROM audit_log WHERE org_id = $1 AND number = $2", org, log).Scan(&origin)
	if err != nil {
		return "", fmt.Errorf("origin of log %d: %w", log, err)
	}
	return origin, nil
}
