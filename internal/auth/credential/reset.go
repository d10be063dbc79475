package credential

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// resetLife is how long the second person of a reset has to make the link, and the link to be used.
const resetLife = 24 * time.Hour

// register says how the changes of this package that take two people are made.
func (c *Credentials) register() {
	c.accounts.Register(auth.CredentialReset, auth.ChangeRule{
		Propose: auth.ManagePeople, Approve: auth.ApproveReset, Check: checkReset, Apply: applyReset,
	})
	c.accounts.Register(auth.IdentityProvider, auth.ChangeRule{
		Propose: auth.Configure, Approve: auth.ApprovePeople, Check: checkProvider, Apply: applyProvider,
	})
	c.accounts.OnHandOver(forget)
}

// ProposeReset proposes that everything an account signs in with is taken away, because it was lost
// or is in wrong hands. The owner is told at once. Nothing changes before a second person approves.
func (c *Credentials) ProposeReset(ctx context.Context, actor auth.Actor, account auth.AccountID, reason string) (auth.ProposalID, error) {
	return c.accounts.Propose(ctx, actor, auth.Change{
		Kind: auth.CredentialReset, Subject: string(account), Account: account, Reason: reason,
	})
}

// checkReset refuses a reset that names one account and shows another.
func checkReset(_ context.Context, _ *db.Tx, _ auth.Actor, ch auth.Change) error {
	if ch.Account == "" || ch.Subject != string(ch.Account) {
		return fault.New(fault.NotFound, "This account does not exist.")
	}
	return nil
}

// applyReset takes the credentials and sessions of an account away and notes who may hand out the
// link with which its owner makes new ones.
func applyReset(ctx context.Context, tx *db.Tx, p auth.Proposal, approver auth.Actor) error {
	if err := hold(ctx, tx, auth.Actor{Org: p.Org, Account: p.Account}); err != nil {
		return err
	}
	if err := forget(ctx, tx, p.Org, p.Account); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM session WHERE org_id = $1 AND account_id = $2", p.Org, p.Account); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO credential_reset (org_id, id, account_id, approved_org, approved_by, approved_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, p.Org, p.ID, p.Account, approver.Org, approver.Account, tx.NowMicros())
	if err != nil {
		return err
	}
	by := approver
	by.Org = p.Org
	if err := record(ctx, tx, by, audit.Configuration, string(p.Account), "credential.reset"); err != nil {
		return err
	}
	return tell(ctx, tx, p.Org, p.Account, notify.CredentialReset, string(p.ID))
}

// ResetLink issues the link of a reset, once, to the second person who approved it and within a day
// of that. They hand it to the owner in person; it opens the pages for making a sign-in and nothing
// else. To anybody else, and a second time, the answer is [fault.NotFound].
func (c *Credentials) ResetLink(ctx context.Context, actor auth.Actor, proposal auth.ProposalID) (secret string, err error) {
	err = c.db.Write(ctx, func(tx *db.Tx) error {
		var (
			org     auth.OrgID
			account auth.AccountID
		)
		err := tx.QueryRow(ctx, `SELECT org_id, account_id FROM credential_reset
			WHERE id = $1 AND approved_org = $2 AND approved_by = $3 AND approved_at > $4 AND issued_at IS NULL`,
			proposal, actor.Org, actor.Account, tx.Now().Add(-resetLife).UnixMicro()).Scan(&org, &account)
		if errors.Is(err, sql.ErrNoRows) || err == nil && !actor.May(auth.ApproveReset) {
			return fault.New(fault.NotFound, "There is no reset for which you could make a link.")
		}
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "UPDATE credential_reset SET issued_at = $1 WHERE org_id = $2 AND id = $3 AND issued_at IS NULL", tx.NowMicros(), org, proposal)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "There is no reset for which you could make a link.")
		}
		by := actor
		by.Org = org
		secret, err = auth.IssueLink(ctx, tx, by, auth.Link{Org: org, Account: account, Stage: auth.Enrolling, Life: resetLife})
		return err
	})
	return secret, err
}

// Reset is a reset whose link can still be made.
type Reset struct {
	Proposal auth.ProposalID
	Account  auth.AccountID
	At       time.Time
}

// Resets returns the resets that the actor has approved and whose link is still to be made.
func (c *Credentials) Resets(ctx context.Context, actor auth.Actor) (all []Reset, err error) {
	err = c.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, account_id, approved_at FROM credential_reset
			WHERE approved_org = $1 AND approved_by = $2 AND approved_at > $3 AND issued_at IS NULL ORDER BY approved_at, id`,
			actor.Org, actor.Account, tx.Now().Add(-resetLife).UnixMicro())
		all, err = db.Collect(rows, err, func(r *sql.Rows) (o Reset, err error) {
			var at int64
			err = r.Scan(&o.Proposal, &o.Account, &at)
			o.At = time.UnixMicro(at).UTC()
			return o, err
		})
		return err
	})
	return all, err
}
