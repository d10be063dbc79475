package auth

import (
	"context"
	"slices"

	"github.com/fourfold/fourfold/internal/db"
)

// MayOpen tells, in tx, whether an actor may open what is sealed in the case, task or request of a
// scope: nil, or [fault.NotFound] whatever the ground of the refusal is. In this order:
//
//  1. whoever is excluded from the case may not, whatever their role, and not in an emergency either;
//  2. whoever broke the glass in this organisation within the last half hour may, while they still have a
//     role with [BreakGlass], and not by a program;
//  3. a role with [OpenRecords] may within its scope: everything of the organisation; or what the
//     account or a team of it is assigned to; or that and what nobody is assigned to.
//
// The vault asks it in the transaction that writes the entry of the opening.
func MayOpen(ctx context.Context, tx *db.Tx, actor Actor, scope string) error {
	return MayReach(ctx, tx, actor, OpenRecords, scope)
}

// MayReach is [MayOpen] for another permission whose scope in the matrix counts cases, such as
// [ReadCases]. Emergency access reaches what a role of the actor may do to some case.
func MayReach(ctx context.Context, tx *db.Tx, actor Actor, p Permission, scope string) error {
	if actor.Org == "" || actor.Account == "" || !scopeForm.MatchString(scope) {
		return missing()
	}
	if actor.Own != "" || actor.Via == ViaOwn {
		return mayReachOwn(actor, p, scope)
	}
	out, err := Excluded(ctx, tx, actor.Org, scope, actor.Account)
	if err != nil {
		return err
	}
	if out {
		return missing()
	}
	live, err := glassOf(ctx, tx, actor.Org, actor.Account)
	scopes := actor.scopes(p)
	if err == nil && len(scopes) == 0 {
		err = missing()
	}
	if err != nil || live.ID != "" && actor.May(BreakGlass) && actor.Via != ViaToken {
		return err
	}
	if slices.Contains(scopes, OwnOrganisation) {
		return nil
	}
	ours, anybody, err := assigned(ctx, tx, actor, scope)
	if err == nil && !ours && (anybody || !slices.Contains(scopes, OwnTeam)) {
		err = missing()
	}
	return err
}

// mayReachOwn lets a person read their own case, and nothing else.
func mayReachOwn(actor Actor, p Permission, scope string) error {
	if actor.Via == ViaOwn && len(actor.Roles) == 0 && actor.Own == scope && (p == ReadCases || p == OpenRecords) {
		return nil
	}
	return missing()
}

// WorksOn reports whether the actor, or an open team of theirs, is assigned to a scope.
func WorksOn(ctx context.Context, tx *db.Tx, actor Actor, scope string) (bool, error) {
	ours, _, err := assigned(ctx, tx, actor, scope)
	return ours, err
}

// Staffed reports whether somebody is assigned to a scope: a case on which people work, and not a
// number that was made up.
func Staffed(ctx context.Context, tx *db.Tx, org OrgID, scope string) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, "SELECT count(*) FROM assignment WHERE org_id = $1 AND scope = $2", string(org), scope).Scan(&n)
	return n > 0, err
}

// assigned tells whether the actor or an open team of theirs is assigned to a scope, and whether
// anybody is.
func assigned(ctx context.Context, tx *db.Tx, actor Actor, scope string) (ours, anybody bool, err error) {
	var all, mine int
	err = tx.QueryRow(ctx, "SELECT count(*) FROM assignment WHERE org_id = $1 AND scope = $2", string(actor.Org), scope).Scan(&all)
	if err != nil || all == 0 {
		return false, false, err
	}
	err = tx.QueryRow(ctx, `
		SELECT count(*) FROM assignment s WHERE s.org_id = $1 AND s.scope = $2 AND (
			(s.holder_kind = 'account' AND s.holder_id = $3)
			OR (s.holder_kind = 'team' AND s.holder_id IN (
				SELECT m.team_id FROM team_member m JOIN team t ON t.org_id = m.org_id AND t.id = m.team_id
				WHERE m.org_id = $1 AND m.account_id = $3 AND t.closed_at IS NULL)))`,
		string(actor.Org), scope, string(actor.Account)).Scan(&mine)
	return mine > 0, true, err
}
