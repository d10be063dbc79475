package vault

import (
	"context"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
)

// The vault judges whether an actor may. Whoever may not gets the answer of what does not exist: that
// a person is known is itself a fact about the person.

// mayOpen asks, in the transaction that writes the entry, whether the actor may open within a scope:
// permission or live emergency access, exclusions, assignment. That the persons belong to the scope is
// the room's to say, which takes the scope from its own rows and never from a request.
func mayOpen(ctx context.Context, tx *db.Tx, actor auth.Actor, why Why) error {
	return auth.MayOpen(ctx, tx, actor, why.Scope)
}

// may refuses an actor who holds none of the permissions.
func may(actor auth.Actor, any ...auth.Permission) error {
	if err := acts(actor); err != nil {
		return err
	}
	if slices.ContainsFunc(any, actor.May) {
		return nil
	}
	return notFound()
}

// mayApprove refuses whoever cannot be the second person of an erasure: an administrator, who could
// make the first one, and whoever lacks the permission.
func mayApprove(actor auth.Actor) error {
	if err := may(actor, auth.ApproveErasure); err != nil {
		return err
	}
	if actor.Is(auth.Administrator) {
		return notFound()
	}
	return nil
}
