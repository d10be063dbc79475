package auth

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// A scope, which is a case, may be bound to the person that it is about: see the vault, which keeps that
// table. Of a person with several cases all count as one when somebody is kept from them: an exclusion
// is from the person.

// scopesAtOnce bounds the scopes or persons of one query.
const scopesAtOnce = 500

// Excluded reports whether an account is kept from a case, by its own list or by that of another case of
// the same person.
func Excluded(ctx context.Context, tx *db.Tx, org OrgID, scope string, account AccountID) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, `
		SELECT count(*) FROM exclusion x WHERE x.org_id = $1 AND x.account_id = $3 AND (x.scope = $2 OR x.scope IN (
			SELECT b.scope FROM vault_scope a JOIN vault_scope b ON b.org_id = a.org_id AND b.person_id = a.person_id
			WHERE a.org_id = $1 AND a.scope = $2))`,
		string(org), scope, string(account)).Scan(&n)
	return n > 0, err
}

// NotKept returns those of some accounts who are not kept from a case.
func NotKept(ctx context.Context, tx *db.Tx, org OrgID, scope string, of ...AccountID) (all []AccountID, err error) {
	for _, a := range of {
		out, err := Excluded(ctx, tx, org, scope, a)
		if err != nil {
			return nil, err
		}
		if !out {
			all = append(all, a)
		}
	}
	return all, nil
}

// listed reports whether an account stands on the list of this very case.
func listed(ctx context.Context, tx *db.Tx, org OrgID, scope string, account AccountID) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, "SELECT count(*) FROM exclusion WHERE org_id = $1 AND scope = $2 AND account_id = $3",
		string(org), scope, string(account)).Scan(&n)
	return n > 0, err
}

// keptFrom returns the accounts that are kept from the case of a proposal to let somebody back to it:
// they are not to know of it.
func keptFrom(ctx context.Context, tx *db.Tx, p Proposal) ([]AccountID, error) {
	if p.Kind != ExclusionEnd {
		return nil, nil
	}
	rows, err := tx.Query(ctx, `
		SELECT DISTINCT x.account_id FROM exclusion x WHERE x.org_id = $1 AND (x.scope = $2 OR x.scope IN (
			SELECT b.scope FROM vault_scope a JOIN vault_scope b ON b.org_id = a.org_id AND b.person_id = a.person_id
			WHERE a.org_id = $1 AND a.scope = $2))`, string(p.Org), p.Subject)
	return db.Collect(rows, err, func(r *sql.Rows) (a AccountID, err error) { return a, r.Scan(&a) })
}

// KeptScopes returns the cases from which an actor is kept. It is for leaving them out, never for showing. The cross
// joins keep SQLite from beginning with every case of the organisation: it takes them in the order in which they stand.
func KeptScopes(ctx context.Context, tx *db.Tx, actor Actor) (map[string]bool, error) {
	rows, err := tx.Query(ctx, `
		SELECT x.scope FROM exclusion x WHERE x.org_id = $1 AND x.account_id = $2
		UNION SELECT b.scope FROM exclusion x CROSS JOIN vault_scope a CROSS JOIN vault_scope b
			WHERE x.org_id = $1 AND x.account_id = $2
			AND a.org_id = $1 AND a.scope = x.scope AND b.org_id = $1 AND b.person_id = a.person_id`, string(actor.Org), string(actor.Account))
	scopes, err := db.Collect(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) })
	kept := map[string]bool{}
	for _, s := range scopes {
		kept[s] = true
	}
	return kept, err
}

// MayOpenAny tells which of some scopes an actor may open, by the rule of [MayOpen]; emergency access, too,
// counts for each. The answer for one that does not exist is that of MayOpen.
func MayOpenAny(ctx context.Context, tx *db.Tx, actor Actor, scopes []string) (map[string]bool, error) {
	may := map[string]bool{}
	if actor.Org == "" || actor.Account == "" || len(scopes) == 0 {
		return may, nil
	}
	kept, err := KeptScopes(ctx, tx, actor)
	if err != nil {
		return nil, err
	}
	live, err := glassOf(ctx, tx, actor.Org, actor.Account)
	if err != nil {
		return nil, err
	}
	reach := actor.scopes(OpenRecords)
	glass := live.ID != "" && actor.May(BreakGlass) && actor.Via != ViaToken
	if !glass && len(reach) == 0 {
		return may, nil
	}
	var rest []string
	for _, s := range scopes {
		if kept[s] || !scopeForm.MatchString(s) {
			continue
		}
		if glass || slices.Contains(reach, OwnOrganisation) {
			may[s] = true
			continue
		}
		rest = append(rest, s)
	}
	return may, assignedAny(ctx, tx, actor, rest, slices.Contains(reach, OwnTeam), may)
}

// assignedAny adds the scopes that are the actor's, and with team those that are nobody's.
func assignedAny(ctx context.Context, tx *db.Tx, actor Actor, scopes []string, team bool, may map[string]bool) error {
	if len(scopes) == 0 {
		return nil
	}
	mine, err := holders(ctx, tx, actor)
	if err != nil {
		return err
	}
	anybody := map[string]bool{}
	for some := range slices.Chunk(scopes, scopesAtOnce) {
		marks, args := In(2, some)
		rows, err := tx.Query(ctx, "SELECT scope, holder_kind, holder_id FROM assignment WHERE org_id = $1 AND scope IN ("+marks+")",
			append([]any{string(actor.Org)}, args...)...)
		_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
			var scope, kind, id string
			err = r.Scan(&scope, &kind, &id)
			anybody[scope] = true
			if mine[kind+"/"+id] {
				may[scope] = true
			}
			return none, err
		})
		if err != nil {
			return err
		}
	}
	for _, s := range scopes {
		if team && !anybody[s] {
			may[s] = true
		}
	}
	return nil
}

// holders are the account and its open teams, as an assignment names them.
func holders(ctx context.Context, tx *db.Tx, actor Actor) (map[string]bool, error) {
	teams, err := OwnTeams(ctx, tx, actor)
	mine := map[string]bool{"account/" + string(actor.Account): true}
	for _, t := range teams {
		mine["team/"+string(t)] = true
	}
	return mine, err
}

// OwnTeams returns the open teams of an actor.
func OwnTeams(ctx context.Context, tx *db.Tx, actor Actor) ([]TeamID, error) {
	rows, err := tx.Query(ctx, `SELECT t.id FROM team_member m JOIN team t ON t.org_id = m.org_id AND t.id = m.team_id
		WHERE m.org_id = $1 AND m.account_id = $2 AND t.closed_at IS NULL ORDER BY t.id`, string(actor.Org), string(actor.Account))
	return db.Collect(rows, err, func(r *sql.Rows) (t TeamID, err error) { return t, r.Scan(&t) })
}

// In returns marks and arguments for a list of identifiers in a query whose first mark is $from.
func In[T ~string](from int, list []T) (marks string, args []any) {
	var b strings.Builder
	for i, v := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "$%d", from+i)
		args = append(args, string(v))
	}
	return b.String(), args
}

// Bind says that a scope is about a person of the organisation, in tx, whose entry the caller writes. The
// vault calls it. That it was said before changes nothing.
func Bind(ctx context.Context, tx *db.Tx, org OrgID, scope, person string) error {
	if !scopeForm.MatchString(scope) {
		return fault.New(fault.Invalid, "Say for which case or task this is opened.").WithField("scope", "Name a case or task by its number.")
	}
	_, err := tx.Exec(ctx, "INSERT INTO vault_scope (org_id, scope, person_id, bound_at) VALUES ($1, $2, $3, $4) ON CONFLICT (org_id, scope, person_id) DO NOTHING",
		string(org), scope, person, tx.NowMicros())
	return err
}
