package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/db"
)

// log is the row of an organisation's log.
type log struct {
	org         string
	number      int64
	version     int64
	origin      string
	size        int64
	root        ledger.Hash
	signed      int64
	checkpoints int64
	verifier    string
	restored    string
}

const selectLog = `
	SELECT org_id, number, version, origin, size, root, signed, checkpoints, verifier, restored FROM audit_log
	`

func scanLog(r interface{ Scan(...any) error }) (l log, err error) {
	var root []byte
	err = r.Scan(&l.org, &l.number, &l.version, &l.origin, &l.size, &root, &l.signed, &l.checkpoints, &l.verifier, &l.restored)
	if err != nil {
		return l, err
	}
	if len(root) != len(l.root) {
		return l, fmt.Errorf("audit: the root of log %s has %d bytes", l.origin, len(root))
	}
	l.root = ledger.Hash(root)
	return l, nil
}

// currentLog returns the newest log of an organisation; found is false when it has none.
func currentLog(ctx context.Context, tx *db.Tx, org string) (l log, found bool, err error) {
	l, err = scanLog(tx.QueryRow(ctx, selectLog+"WHERE org_id = $1 ORDER BY number DESC LIMIT 1", org))
	if errors.Is(err, sql.ErrNoRows) {
		return log{}, false, nil
	}
	return l, err == nil, err
}

// logs returns all logs of an organisation, the oldest first.
func logs(ctx context.Context, tx *db.Tx, org string) ([]log, error) {
	rows, err := tx.Query(ctx, selectLog+"WHERE org_id = $1 ORDER BY number", org)
	return db.Collect(rows, err, func(r *sql.Rows) (log, error) { return scanLog(r) })
}

// errLost says that another sequencer was faster. What was tried is tried again.
var errLost = errors.New("audit: another sequencer was faster")

// create starts a log.
func create(ctx context.Context, tx *db.Tx, node, org string, number int64, restored string) (log, error) {
	l := log{
		org: org, number: number, version: 1, origin: fmt.Sprintf("%s/%s/%d", node, org, number),
		root: ledger.EmptyRoot(), restored: restored,
	}
	n, err := tx.Exec(ctx, `
		INSERT INTO audit_log (org_id, number, version, origin, size, root, signed, checkpoints, verifier, restored)
		VALUES ($1, $2, 1, $3, 0, $4, 0, 0, '', $5) ON CONFLICT DO NOTHING`,
		org, number, l.origin, l.root[:], restored)
	if err == nil && n == 0 {
		err = errLost
	}
	return l, err
}

// take locks the log for the transaction: of two sequencers that saw one size, one goes on.
func (l *log) take(ctx context.Context, tx *db.Tx) error {
	n, err := tx.Exec(ctx, `
		UPDATE audit_log SET version = version + 1
		WHERE org_id = $1 AND number = $2 AND version = $3 AND size = $4`, l.org, l.number, l.version, l.size)
	if err == nil && n == 0 {
		err = errLost
	}
	l.version++
	return err
}

// keep stores what a transaction has made of the log that it took.
func (l *log) keep(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `
		UPDATE audit_log SET size = $1, root = $2, signed = $3, checkpoints = $4, verifier = $5
		WHERE org_id = $6 AND number = $7`,
		l.size, l.root[:], l.signed, l.checkpoints, l.verifier, l.org, l.number)
	return err
}

// leaf is what the log holds of one entry.
type leaf struct {
	entry      string // "" for padding
	commitment []byte
	salt       []byte // of padding
}

// extend puts leaves behind the last, with their tiles. The log must have been taken.
func (l *log) extend(ctx context.Context, tx *db.Tx, leaves []leaf) error {
	if len(leaves) == 0 {
		return nil
	}
	t := newTree(ctx, tx, l.org, l.number)
	if err := l.whole(t); err != nil {
		return err
	}
	from := l.size
	for _, f := range leaves {
		if err := t.add(l.size, ledger.LeafHash(f.commitment)); err != nil {
			return err
		}
		l.size++
	}
	i := from
	_, err := tx.InsertRows(ctx, "audit_leaf", []string{"org_id", "log", "idx", "entry_id", "commitment", "salt"}, "",
		func(yield func([]any, error) bool) {
			for _, f := range leaves {
				var salt any
				if f.salt != nil {
					salt = f.salt
				}
				if !yield([]any{l.org, l.number, i, f.entry, f.commitment, salt}, nil) {
					return
				}
				i++
			}
		})
	if err != nil {
		return err
	}
	if err := t.store(from, l.size); err != nil {
		return err
	}
	l.root, err = ledger.Root(l.size, t)
	return err
}

// whole compares the stored tree with the root that was stored with it, before anything is built on it.
func (l *log) whole(t *tree) error {
	root, err := ledger.Root(l.size, t)
	if err != nil {
		return err
	}
	if root != l.root {
		return damaged(l.origin, "its tiles are not those from which its last root was computed")
	}
	return nil
}
