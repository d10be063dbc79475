package auth

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// Grant is a role that an account was given. Outside its time it is not held.
type Grant struct {
	Role  Role
	From  time.Time
	Until time.Time // zero: no end
	// By proposed and ApprovedBy approved it; the latter is "" where one person was enough.
	By, ApprovedBy AccountID
	Reviewed       time.Time // zero: not since it was given
	ReviewedBy     AccountID
}

// Held reports whether the grant is in force at an instant: from its beginning until just before its
// end.
func (g Grant) Held(at time.Time) bool {
	return !at.Before(g.From) && (g.Until.IsZero() || at.Before(g.Until))
}

// reviewEvery is how often somebody looks at who has which role: quarterly.
const reviewEvery = 91 * 24 * time.Hour

// ReviewDue tells whether nobody has looked at a grant that is in force for a quarter.
func (g Grant) ReviewDue(at time.Time) bool {
	last := g.From
	if g.Reviewed.After(last) {
		last = g.Reviewed
	}
	return g.Held(at) && !at.Before(last.Add(reviewEvery))
}

// longestGrant is how long a sensitive role lasts at most before it is given anew.
const longestGrant = 366 * 24 * time.Hour

// Request is a role that somebody is to have.
type Request struct {
	Account AccountID
	Role    Role
	// Until is the civil date, in the zone of the organisation, of the last day. "" means no end, which
	// sensitive roles must have.
	Until  string
	Reason string
}

// GrantRole gives a role, or proposes it when it is sensitive; then the proposal is returned and
// nothing has changed yet. The actor must have [ManagePeople], and nobody gives a role to themselves
// without a second person. A role that is held already gets the new end.
func (s Accounts) GrantRole(ctx context.Context, actor Actor, r Request) (id ProposalID, err error) {
	if !actor.May(ManagePeople) {
		return "", missing()
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		id, err = s.grantIn(ctx, tx, actor, r)
		return err
	})
	return id, err
}

func (s Accounts) grantIn(ctx context.Context, tx *db.Tx, actor Actor, r Request) (ProposalID, error) {
	c := Change{
		Kind: RoleGrant, Subject: string(r.Account), Account: r.Account, Reason: r.Reason,
		Detail: map[string]string{"role": string(r.Role), "until": r.Until},
	}
	if Sensitive(r.Role) || r.Account == actor.Account {
		return s.ProposeIn(ctx, tx, actor, c)
	}
	if err := checkGrant(ctx, tx, actor, c); err != nil {
		return "", err
	}
	return "", s.applyGrant(ctx, tx, Proposal{Change: c, Org: actor.Org, By: actor.Account}, actor)
}

// checkGrant refuses a role that does not exist, that does not go with another, or without the end
// that it must have.
func checkGrant(ctx context.Context, tx *db.Tx, by Actor, c Change) error {
	if err := aboutItself(c); err != nil {
		return err
	}
	role := Role(c.Detail["role"])
	f := fault.New(fault.Invalid, "The role cannot be given.")
	if !slices.Contains(Roles(), role) {
		return f.WithField("role", "Choose a role.")
	}
	held, err := grantsOf(ctx, tx, by.Org, AccountID(c.Subject))
	if err != nil {
		return err
	}
	for _, g := range held {
		if g.Held(tx.Now()) && !together(g.Role, role) {
			f = f.WithField("role", "An administrator cannot be the second person for administrators. Give this role to somebody else.")
		}
	}
	until, err := endOf(ctx, tx, by.Org, c.Detail["until"])
	switch {
	case err != nil:
		f = f.WithField("until", "Write the last day like 2027-01-31.")
	case until.IsZero() && Sensitive(role):
		f = f.WithField("until", "This role needs a last day.")
	case !until.IsZero() && !until.After(tx.Now()):
		f = f.WithField("until", "The last day has passed.")
	case until.Sub(tx.Now()) > longestGrant && Sensitive(role):
		f = f.WithField("until", "This role lasts a year at most. It can be given again.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// endOf returns the instant at which the civil day of an organisation ends, or the zero time for "".
func endOf(ctx context.Context, tx *db.Tx, org OrgID, day string) (time.Time, error) {
	if day == "" {
		return time.Time{}, nil
	}
	var zone string
	if err := tx.QueryRow(ctx, "SELECT zone FROM org WHERE id = $1", string(org)).Scan(&zone); err != nil {
		return time.Time{}, absent(err)
	}
	place, err := time.LoadLocation(zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("zone of organisation %s: %w", org, err)
	}
	begin, err := time.ParseInLocation(time.DateOnly, day, place)
	if err != nil {
		return time.Time{}, err
	}
	return begin.AddDate(0, 0, 1).UTC(), nil
}

// applyGrant gives the role of a change.
func (s Accounts) applyGrant(ctx context.Context, tx *db.Tx, p Proposal, by Actor) error {
	account, role := AccountID(p.Subject), Role(p.Detail["role"])
	until, err := endOf(ctx, tx, p.Org, p.Detail["until"])
	if err != nil {
		return err
	}
	if err := touch(ctx, tx, p.Org, account); err != nil {
		return err
	}
	if Sensitive(role) {
		if err := s.handOver(ctx, tx, p.Org, account); err != nil {
			return err
		}
	}
	g := Grant{Role: role, From: tx.Now(), Until: until, By: p.By}
	if by.Account != p.By {
		g.ApprovedBy = by.Account
	}
	if err := putGrant(ctx, tx, p.Org, account, g); err != nil {
		return err
	}
	e := entry(by, audit.Role, string(account), "role.grant")
	e.Org = string(p.Org)
	e.Detail["role"], e.Detail["until"] = string(role), p.Detail["until"]
	if err := audit.Append(ctx, tx, e); err != nil {
		return err
	}
	return tell(ctx, tx, p.Org, account, notify.RolesChanged, string(account))
}

// touch bumps the version of an open account: it is the lock of a decision about it.
func touch(ctx context.Context, tx *db.Tx, org OrgID, account AccountID) error {
	n, err := tx.Exec(ctx, "UPDATE account SET version = version + 1 WHERE org_id = $1 AND id = $2 AND closed_at IS NULL",
		string(org), string(account))
	if err == nil && n == 0 {
		err = missing()
	}
	return err
}

func putGrant(ctx context.Context, tx *db.Tx, org OrgID, account AccountID, g Grant) error {
	_, err := tx.Exec(ctx, "DELETE FROM account_role WHERE org_id = $1 AND account_id = $2 AND role = $3",
		string(org), string(account), string(g.Role))
	if err != nil {
		return err
	}
	var until *int64
	if !g.Until.IsZero() {
		micros := g.Until.UnixMicro()
		until = &micros
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO account_role (org_id, account_id, role, valid_from, valid_until, granted_by, approved_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		string(org), string(account), string(g.Role), g.From.UnixMicro(), until, string(g.By), string(g.ApprovedBy))
	return err
}

// EndRole takes a role away at once; the grant stays, with its end. It takes [ManagePeople] or
// [ReviewRoles]. The role of the second person is ended by those who review roles only, and the last
// holder of it, or of the administrator's role, keeps it: nobody could ever give it again.
func (s Accounts) EndRole(ctx context.Context, actor Actor, account AccountID, role Role) error {
	if !actor.May(ManagePeople) && !actor.May(ReviewRoles) {
		return missing()
	}
	if role == ProtectionOfficer && !actor.May(ReviewRoles) {
		return officerStays()
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := touch(ctx, tx, actor.Org, account); err != nil {
			return err
		}
		if err := replaceable(ctx, tx, actor.Org, account, role); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE account_role SET valid_until = $1 WHERE org_id = $2 AND account_id = $3 AND role = $4
			AND (valid_until IS NULL OR valid_until > $1)`, tx.NowMicros(), string(actor.Org), string(account), string(role))
		if err != nil {
			return err
		}
		if n == 0 {
			return missing()
		}
		e := entry(actor, audit.Role, string(account), "role.end")
		e.Detail["role"] = string(role)
		if err := audit.Append(ctx, tx, e); err != nil {
			return err
		}
		return tell(ctx, tx, actor.Org, account, notify.RolesChanged, string(account))
	})
}

// officerStays refuses to let an administrator remove the second person.
func officerStays() error {
	return fault.New(fault.Denied, "An administrator cannot remove a protection officer.").
		WithHint("A protection officer does it, as the second person or in the review of access.")
}

// replaceable refuses to take a role from the last who holds it, where nobody could give it again.
func replaceable(ctx context.Context, tx *db.Tx, org OrgID, account AccountID, role Role) error {
	if role != Administrator && role != ProtectionOfficer {
		return nil
	}
	permission := map[Role]Permission{Administrator: ManagePeople, ProtectionOfficer: ApprovePeople}[role]
	holders, err := Holders(ctx, tx, org, permission)
	if err != nil || !slices.Contains(holders, account) || len(holders) > 1 {
		return err
	}
	return fault.New(fault.Conflict, "This is the last account with this role.").
		WithHint("Give the role to somebody else first.")
}

// ReviewRole notes that a reviewer looked at a grant and keeps it. It takes [ReviewRoles]; nobody
// reviews themselves.
func (s Accounts) ReviewRole(ctx context.Context, actor Actor, account AccountID, role Role) error {
	if !actor.May(ReviewRoles) {
		return missing()
	}
	if account == actor.Account {
		return fault.New(fault.Denied, "Nobody reviews their own access.").
			WithHint("Ask another protection officer, or that of a paired organisation.")
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE account_role SET reviewed_at = $1, reviewed_by = $2
			WHERE org_id = $3 AND account_id = $4 AND role = $5 AND (valid_until IS NULL OR valid_until > $1)`,
			tx.NowMicros(), string(actor.Account), string(actor.Org), string(account), string(role))
		if err != nil {
			return err
		}
		if n == 0 {
			return missing()
		}
		e := entry(actor, audit.Role, string(account), "role.review")
		e.Detail["role"] = string(role)
		return audit.Append(ctx, tx, e)
	})
}

// grantsOf returns the grants of an open account, ended ones included, or not found.
func grantsOf(ctx context.Context, tx *db.Tx, org OrgID, account AccountID) ([]Grant, error) {
	var one int
	err := tx.QueryRow(ctx, "SELECT 1 FROM account WHERE org_id = $1 AND id = $2 AND closed_at IS NULL", string(org), string(account)).Scan(&one)
	if err != nil {
		return nil, absent(err)
	}
	rows, err := tx.Query(ctx, `
		SELECT role, valid_from, valid_until, granted_by, approved_by, reviewed_at, reviewed_by
		FROM account_role WHERE org_id = $1 AND account_id = $2 ORDER BY role`, string(org), string(account))
	return db.Collect(rows, err, func(r *sql.Rows) (Grant, error) { return scanGrant(r) })
}

// scanGrant reads a grant; before are columns that stand before it.
func scanGrant(r *sql.Rows, before ...any) (Grant, error) {
	var (
		g               Grant
		from            sql.Null[int64]
		until, reviewed sql.Null[int64]
		role            sql.Null[Role]
		by, ok, review  sql.Null[AccountID]
	)
	err := r.Scan(append(before, &role, &from, &until, &by, &ok, &reviewed, &review)...)
	g = Grant{Role: role.V, From: instant(from.V), By: by.V, ApprovedBy: ok.V, ReviewedBy: review.V}
	if until.Valid {
		g.Until = instant(until.V)
	}
	if reviewed.Valid {
		g.Reviewed = instant(reviewed.V)
	}
	return g, err
}
