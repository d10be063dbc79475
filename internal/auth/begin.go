package auth

import (
	"context"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// BindAll is [Bind] for many scopes that are new, each about the person in the same place of the list.
func BindAll(ctx context.Context, tx *db.Tx, org OrgID, scopes, persons []string) error {
	for _, s := range scopes {
		if !scopeForm.MatchString(s) {
			return fault.New(fault.Invalid, "Say for which case or task this is opened.").WithField("scope", "Name a case or task by its number.")
		}
	}
	_, err := tx.InsertRows(ctx, "vault_scope", []string{"org_id", "scope", "person_id", "bound_at"}, "", func(yield func([]any, error) bool) {
		for i, s := range scopes {
			if !yield([]any{string(org), s, persons[i], tx.NowMicros()}, nil) {
				return
			}
		}
	})
	return err
}

// AssignNew is [Accounts.AssignIn] for the actor themselves and many scopes that are new. No room is told:
// the caller, which makes the scopes, writes what follows from it.
func (s Accounts) AssignNew(ctx context.Context, tx *db.Tx, actor Actor, scopes []string) error {
	var one int
	err := tx.QueryRow(ctx, "SELECT 1 FROM account WHERE org_id = $1 AND id = $2 AND closed_at IS NULL", string(actor.Org), string(actor.Account)).Scan(&one)
	if err != nil {
		return absent(err)
	}
	cols := []string{"org_id", "scope", "holder_kind", "holder_id", "assigned_by", "assigned_at"}
	_, err = tx.InsertRows(ctx, "assignment", cols, "", func(yield func([]any, error) bool) {
		for _, scope := range scopes {
			if !yield([]any{string(actor.Org), scope, "account", string(actor.Account), string(actor.Account), tx.NowMicros()}, nil) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	entries := make([]audit.Entry, len(scopes))
	for i, scope := range scopes {
		entries[i] = entry(actor, audit.Decision, scope, "case.assign")
		entries[i].Detail["account"] = string(actor.Account)
	}
	return audit.Append(ctx, tx, entries...)
}
