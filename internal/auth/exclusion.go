package auth

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// An exclusion keeps one account from one case, and from every other case of the same person, whatever
// its role, and in an emergency too: a chief who is a relative, an officer whom the person fears. Putting somebody on the list takes one person
// and no discussion. Taking somebody off takes two, of whom neither is on it.

// Exclusion is an account that is kept from a case.
type Exclusion struct {
	Scope   string
	Account AccountID
	Reason  string // a code
	By      AccountID
	At      time.Time
}

// ExclusionReasons returns the codes of why somebody is kept from a case.
func ExclusionReasons() []string {
	return []string{"asked-by-person", "relative", "conflict-of-interest", "under-suspicion", "same-community", "other"}
}

// scopeForm is the identifier of a case, task or request, as the vault takes it.
var scopeForm = entryForm

// Exclude keeps an account from a case. The actor must have [KeepExclusions] and not be excluded from
// the case. Somebody who is on the list already stays on it as they are.
func (s Accounts) Exclude(ctx context.Context, actor Actor, scope string, account AccountID, reason string) error {
	if !actor.May(KeepExclusions) {
		return missing()
	}
	f := fault.New(fault.Invalid, "Nobody was kept from a case.")
	if !scopeForm.MatchString(scope) {
		f = f.WithField("scope", "Name the case by its number.")
	}
	if !slices.Contains(ExclusionReasons(), reason) {
		f = f.WithField("reason", "Choose a reason.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := mayKeep(ctx, tx, actor, scope); err != nil {
			return err
		}
		if out, err := listed(ctx, tx, actor.Org, scope, account); err != nil || out {
			return err
		}
		if err := touch(ctx, tx, actor.Org, account); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "INSERT INTO exclusion (org_id, scope, account_id, reason, added_by, added_at) VALUES ($1, $2, $3, $4, $5, $6)",
			string(actor.Org), scope, string(account), reason, string(actor.Account), tx.NowMicros())
		if err != nil {
			return err
		}
		e := entry(actor, audit.Decision, scope, "exclusion.add")
		e.Detail["account"], e.Detail["reason"] = string(account), reason
		return audit.Append(ctx, tx, e)
	})
}

// mayKeep refuses whoever is on the list of a case: they are not to know that there is one.
func mayKeep(ctx context.Context, tx *db.Tx, actor Actor, scope string) error {
	out, err := Excluded(ctx, tx, actor.Org, scope, actor.Account)
	if err == nil && out {
		err = missing()
	}
	return err
}

// Exclusions returns the lists of the actor's organisation, by case, without those of cases from which
// the actor is excluded. It takes [KeepExclusions].
func (s Accounts) Exclusions(ctx context.Context, actor Actor) (all []Exclusion, err error) {
	if !actor.May(KeepExclusions) {
		return nil, missing()
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		kept, err := KeptScopes(ctx, tx, actor)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			SELECT scope, account_id, reason, added_by, added_at FROM exclusion
			WHERE org_id = $1 ORDER BY scope, account_id`, string(actor.Org))
		all, err = db.Collect(rows, err, func(r *sql.Rows) (Exclusion, error) {
			var (
				e  Exclusion
				at int64
			)
			err := r.Scan(&e.Scope, &e.Account, &e.Reason, &e.By, &at)
			e.At = instant(at)
			return e, err
		})
		all = slices.DeleteFunc(all, func(e Exclusion) bool { return kept[e.Scope] })
		return err
	})
	return all, err
}

// EndExclusion proposes to take somebody off the list of a case.
func (s Accounts) EndExclusion(ctx context.Context, actor Actor, scope string, account AccountID, reason string) (ProposalID, error) {
	return s.Propose(ctx, actor, Change{
		Kind: ExclusionEnd, Subject: scope, Reason: reason, Detail: map[string]string{"excluded": string(account)},
	})
}

// checkExclusionEnd refuses a proposer, and again at the approval an approver, who is on the list.
func checkExclusionEnd(ctx context.Context, tx *db.Tx, by Actor, c Change) error {
	if err := mayKeep(ctx, tx, by, c.Subject); err != nil {
		return err
	}
	out, err := listed(ctx, tx, by.Org, c.Subject, AccountID(c.Detail["excluded"]))
	if err == nil && !out {
		err = missing()
	}
	return err
}

func applyExclusionEnd(ctx context.Context, tx *db.Tx, p Proposal, second Actor) error {
	if err := mayKeep(ctx, tx, second, p.Subject); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "DELETE FROM exclusion WHERE org_id = $1 AND scope = $2 AND account_id = $3",
		string(p.Org), p.Subject, p.Detail["excluded"])
	if err != nil {
		return err
	}
	e := entry(second, audit.Decision, p.Subject, "exclusion.end")
	e.Detail["account"], e.Detail["proposed"] = p.Detail["excluded"], string(p.By)
	return audit.Append(ctx, tx, e)
}
