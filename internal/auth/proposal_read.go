package auth

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

const proposalColumns = `org_id, id, version, kind, subject, account_id, detail, reason, proposed_by, proposed_at, expires_at,
	state, decided_by, decided_org, decided_at`

// load returns a proposal of whatever organisation; its caller decides who may know of it.
func load(ctx context.Context, tx *db.Tx, id ProposalID) (Proposal, error) {
	rows, err := tx.Query(ctx, "SELECT "+proposalColumns+" FROM proposal WHERE id = $1", string(id))
	found, err := db.Collect(rows, err, scanProposal)
	if err != nil {
		return Proposal{}, err
	}
	if len(found) == 0 {
		return Proposal{}, missing()
	}
	return found[0], nil
}

func scanProposal(r *sql.Rows) (Proposal, error) {
	var (
		p           Proposal
		detail      string
		at, expires int64
		decided     sql.Null[int64]
	)
	err := r.Scan(&p.Org, &p.ID, &p.version, &p.Kind, &p.Subject, &p.Account, &detail, &p.Reason, &p.By, &at, &expires,
		&p.State, &p.DecidedBy, &p.DecidedOrg, &decided)
	if err != nil {
		return p, err
	}
	p.At, p.Expires = instant(at), instant(expires)
	if decided.Valid {
		p.DecidedAt = instant(decided.V)
	}
	if err := json.Unmarshal([]byte(detail), &p.Detail); err != nil {
		return p, fmt.Errorf("detail of proposal %s: %w", p.ID, err)
	}
	return p, nil
}

// Waiting returns the proposals that wait and that the actor may decide or has made, the oldest first,
// those of paired organisations among them.
func (s Accounts) Waiting(ctx context.Context, actor Actor) (all []Proposal, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT `+proposalColumns+` FROM proposal
			WHERE state = 'open' AND expires_at > $1
			AND (org_id = $2 OR org_id IN (SELECT org_id FROM pairing WHERE other_org = $2 AND accepted_at IS NOT NULL))
			ORDER BY proposed_at, id`, tx.NowMicros(), string(actor.Org))
		found, err := db.Collect(rows, err, scanProposal)
		if err != nil {
			return err
		}
		all = all[:0]
		for _, p := range found {
			mine := p.Org == actor.Org && p.By == actor.Account
			rule, ok := s.rule(p.Kind)
			err := s.secondPerson(ctx, tx, p, rule, actor)
			if ok && (mine || err == nil) {
				all = append(all, p)
			} else if err != nil && fault.KindOf(err) == fault.Internal {
				return err
			}
		}
		return nil
	})
	return all, err
}

// missing is the one answer for what does not exist and for what the actor may not know of.
func missing() error { return fault.New(fault.NotFound, "This does not exist.") }

func instant(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// tell leaves a notice, unless there is nobody behind the account.
func tell(ctx context.Context, tx *db.Tx, org OrgID, to AccountID, k notify.Kind, about string) error {
	if to == cliAccount {
		return nil
	}
	return notify.Post(ctx, tx, notify.Notice{Org: string(org), To: string(to), Kind: k, About: about})
}

// TellHolders leaves a notice for everybody who holds one of the permissions now, each once: not again
// while there is one of the kind about the same that was left at or after since. It returns how many
// were told.
func TellHolders(ctx context.Context, tx *db.Tx, org OrgID, k notify.Kind, about string, since time.Time, any ...Permission) (told int, err error) {
	var all []AccountID
	for _, p := range any {
		some, err := Holders(ctx, tx, org, p)
		if err != nil {
			return told, err
		}
		all = append(all, some...)
	}
	slices.Sort(all)
	for _, to := range slices.Compact(all) {
		posted, err := notify.Once(ctx, tx, notify.Notice{Org: string(org), To: string(to), Kind: k, About: about}, since)
		if err != nil {
			return told, err
		}
		if posted {
			told++
		}
	}
	return told, nil
}

// Holders returns the open accounts of an organisation that hold a role which grants p now, sorted.
func Holders(ctx context.Context, tx *db.Tx, org OrgID, p Permission) ([]AccountID, error) {
	rows, err := tx.Query(ctx, `
		SELECT a.id, r.role FROM account a JOIN account_role r ON r.org_id = a.org_id AND r.account_id = a.id
		WHERE a.org_id = $1 AND a.closed_at IS NULL AND r.valid_from <= $2 AND (r.valid_until IS NULL OR r.valid_until > $2)`,
		string(org), tx.NowMicros())
	found := map[AccountID]bool{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var (
			id   AccountID
			role Role
		)
		err := r.Scan(&id, &role)
		if _, ok := granted(role, p); ok {
			found[id] = true
		}
		return struct{}{}, err
	})
	return slices.Sorted(maps.Keys(found)), err
}

// absent turns the database's answer for no row into not found.
func absent(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return missing()
	}
	return err
}
