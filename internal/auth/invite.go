package auth

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// An administrator who adds an account could use its first link and sit on it until somebody gives it
// a role that opens files. Therefore the first sensitive role of an account is a handing over: what
// let anybody in until then ends, and the next link is given out by the second person, not by the
// administrator.

// OnHandOver adds what another package does when an account is handed over: it removes every
// credential of it. Packages call it while the node is put together.
func (s *Accounts) OnHandOver(forget func(ctx context.Context, tx *db.Tx, org OrgID, account AccountID) error) {
	s.forgetters = append(s.forgetters, forget)
}

// handOver ends everything that lets anybody in as an account that never had a sensitive role.
func (s Accounts) handOver(ctx context.Context, tx *db.Tx, org OrgID, account AccountID) error {
	grants, err := grantsOf(ctx, tx, org, account)
	if err != nil || slices.ContainsFunc(grants, func(g Grant) bool { return Sensitive(g.Role) }) {
		return err
	}
	for _, q := range []string{
		"DELETE FROM session WHERE org_id = $1 AND account_id = $2",
		"DELETE FROM one_time_link WHERE org_id = $1 AND account_id = $2",
		"DELETE FROM api_token WHERE org_id = $1 AND account_id = $2",
		"UPDATE account SET signed_in_at = NULL WHERE org_id = $1 AND id = $2",
	} {
		if _, err := tx.Exec(ctx, q, string(org), string(account)); err != nil {
			return err
		}
	}
	for _, forget := range s.forgetters {
		if err := forget(ctx, tx, org, account); err != nil {
			return err
		}
	}
	return nil
}

// inviteLife is how long the first link of an account can be used.
const inviteLife = 24 * time.Hour

// Invite issues the first link of an account, to be handed to its owner in person. For an account
// without a sensitive role that nobody has signed in to, whoever has [ManagePeople] may; for one with
// a sensitive role only the second person who approved it, until its owner has signed in. Otherwise
// the answer is [fault.NotFound]; a lost way in is a matter of a reset.
func (s Accounts) Invite(ctx context.Context, actor Actor, account AccountID) (secret string, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		org, err := locate(ctx, tx, account)
		if err != nil {
			return missing()
		}
		if err := mayInvite(ctx, tx, actor, org, account); err != nil {
			return err
		}
		// An earlier link of the same kind is in somebody's hands; only the newest works.
		_, err = tx.Exec(ctx, "DELETE FROM one_time_link WHERE org_id = $1 AND account_id = $2", string(org), string(account))
		if err != nil {
			return err
		}
		by := actor
		by.Org = org
		secret, err = IssueLink(ctx, tx, by, Link{Org: org, Account: account, Stage: Enrolling, Life: inviteLife})
		return err
	})
	return secret, err
}

func mayInvite(ctx context.Context, tx *db.Tx, actor Actor, org OrgID, account AccountID) error {
	var signedIn bool
	err := tx.QueryRow(ctx, "SELECT signed_in_at IS NOT NULL FROM account WHERE org_id = $1 AND id = $2", string(org), string(account)).
		Scan(&signedIn)
	if err != nil {
		return absent(err)
	}
	grants, err := grantsOf(ctx, tx, org, account)
	if err != nil {
		return err
	}
	sensitive := slices.DeleteFunc(grants, func(g Grant) bool { return !Sensitive(g.Role) })
	approved := slices.ContainsFunc(sensitive, func(g Grant) bool { return g.ApprovedBy == actor.Account && g.Held(tx.Now()) })
	switch {
	case actor.Account == "" || actor.Via == ViaToken || account == actor.Account:
		return missing()
	case len(sensitive) > 0 && (!approved || !actor.May(ApprovePeople) || actor.Is(Administrator)):
		return missing()
	case len(sensitive) == 0 && (org != actor.Org || !actor.May(ManagePeople)):
		return missing()
	case signedIn:
		return fault.New(fault.Conflict, "The owner of this account has signed in already.").
			WithHint("If they have lost their way in, propose a reset of it.")
	}
	return nil
}

// ToInvite returns the accounts whose sensitive role the actor approved and whose owner has not signed
// in: the actor hands them their first link. Those of organisations that borrowed the actor are among
// them. Of each only organisation, identifier and name are set.
func (s Accounts) ToInvite(ctx context.Context, actor Actor) (accounts []Account, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT DISTINCT a.org_id, a.id, a.name FROM account a JOIN account_role r ON r.org_id = a.org_id AND r.account_id = a.id
			WHERE r.approved_by = $1 AND r.valid_from <= $2 AND r.valid_until > $2 AND a.closed_at IS NULL AND a.signed_in_at IS NULL
			ORDER BY a.name, a.id`, string(actor.Account), tx.NowMicros())
		accounts, err = db.Collect(rows, err, func(r *sql.Rows) (a Account, err error) {
			return a, r.Scan(&a.Org, &a.ID, &a.Name)
		})
		return err
	})
	return accounts, err
}
