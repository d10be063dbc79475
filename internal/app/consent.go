package app

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/vault"
)

// keepLeft writes into the ledger of disclosures what an agreement let a partner have, in the transaction that decided, so
// that it is asked back when the person takes back what they agreed to.
func (a *App) keepLeft(ctx context.Context, tx *db.Tx, holder auth.OrgID, person vault.PersonID, l agreement.Leaves) error {
	actor := auth.Actor{Org: holder, Account: auth.AccountID(l.Asker)}
	_, _, err := a.Consents.LeftIn(ctx, tx, actor, person, consent.Leaving{
		Recipient: l.To, Classes: []string{l.Class}, Purpose: l.Purpose, Agreement: string(l.Agreement), Share: string(l.Record),
	})
	return err
}
