package app

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/identification"
	"github.com/fourfold/fourfold/internal/vault"
)

// identifications is the room of identification with what it asks of its neighbours.
func (a *App) identifications() *identification.Identifications {
	s := identification.On(a.DB, a.Vault, a.Cases, profile.Procedures())
	s.Born = func(ctx context.Context, actor auth.Actor, id casefile.ID) (profile.Date, error) {
		born, err := a.People.EarliestBirth(ctx, actor, id, "identification")
		return profile.Date(born), err
	}
	s.Agreement = a.agreedToIdentification
	return s
}

// agreedToIdentification says whether what a person agreed to lets this organisation ask for formal
// identification now.
func (a *App) agreedToIdentification(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) (identification.Agreement, error) {
	d, err := a.Consents.Decide(ctx, tx, org, consent.Request{
		Person: person, Kind: consent.Identification, Recipient: "competent-authority", Class: "identity", Purpose: "identification",
	})
	if err != nil || !d.Allowed {
		return identification.NotAsked, err
	}
	return identification.Agreed, nil
}

// tendIdentification tells people of deadlines that come near, of help that ends and of laws that changed.
func (a *App) tendIdentification(ctx context.Context) error {
	_, err := a.Identifications.Tend(ctx, func(ctx context.Context, tx *db.Tx, d identification.Due) error {
		if d.Owner == "" {
			return nil // the task stands in the list of cases that nobody works on
		}
		return notify.Post(ctx, tx, notify.Notice{Org: string(d.Org), To: string(d.Owner), Kind: notify.DeadlineNear, About: d.Case})
	})
	return err
}
