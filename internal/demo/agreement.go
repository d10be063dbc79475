package demo

import (
	"context"
	"time"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
)

// neighbour is another invented organisation of the demo's node.
type neighbour struct {
	name   string
	people map[auth.Role]string
}

// A shelter and a police unit that share under an agreement, and only under it.
var (
	shelter = neighbour{"Harbour House (invented)", map[auth.Role]string{
		auth.SupportWorker: "Mira Sollace (invented)", auth.Liaison: "Jonas Pell (invented)", auth.Supervisor: "Greta Amory (invented)",
	}}
	police = neighbour{"Farrow Constabulary (invented)", map[auth.Role]string{
		auth.Investigator: "Dario Wick (invented)", auth.Liaison: "Sunniva Lark (invented)", auth.Supervisor: "Piet Harrow (invented)",
	}}
)

// settled is a neighbour with its accounts.
type settled struct {
	org    auth.OrgID
	actors map[auth.Role]auth.Actor
}

// agree adds two organisations with a signed agreement, one that waits for a signature, and a record that the
// first lets the second have.
func agree(ctx context.Context, a *app.App, now time.Time) error {
	if err := a.Vault.Unlock(ctx); err != nil { // does nothing when it is
		return err
	}
	house, err := settle(ctx, a, shelter)
	if err != nil {
		return err
	}
	unit, err := settle(ctx, a, police)
	if err != nil {
		return err
	}
	terms := agreement.DefaultTerms(now)
	terms.Partner, terms.Purposes, terms.Subjects = unit.org, []string{"safety"}, []string{"survivor"}
	terms.Fields = []string{"contact.channel", "contact.hours", "risk.level"}
	terms.Recipients, terms.Authority = []string{string(auth.Investigator)}, []string{"consent", "danger-to-life"}
	terms.Country, terms.Citation = Country, "Protection of Persons Act (invented), section 12"
	id, err := offer(ctx, a, house, terms)
	if err != nil {
		return err
	}
	for _, side := range []settled{house, unit} {
		signer := side.actors[auth.Supervisor]
		v, err := a.Agreements.View(ctx, signer, id)
		if err != nil {
			return err
		}
		if err := a.Agreements.Sign(ctx, signer, id, v.Hash); err != nil {
			return err
		}
	}
	terms.Fields, terms.Purposes = []string{"referral.service", "referral.state"}, []string{"support"}
	terms.Recipients, terms.Authority = []string{string(auth.SupportWorker)}, []string{"consent"}
	terms.Partner = house.org
	if _, err := offer(ctx, a, unit, terms); err != nil {
		return err
	}
	return shelve(ctx, a, house, unit.org, now)
}

func settle(ctx context.Context, a *app.App, n neighbour) (s settled, err error) {
	if s.org, err = a.Accounts.CreateOrg(ctx, n.name, organisation.Zone); err != nil {
		return s, err
	}
	s.actors = map[auth.Role]auth.Actor{}
	for _, role := range auth.Roles() { // a map has no order, and the tour does
		name, ok := n.people[role]
		if !ok {
			continue
		}
		id, err := a.Accounts.CreateAccount(ctx, auth.CLI(s.org), name, role)
		if err != nil {
			return s, err
		}
		if s.actors[role], err = a.Accounts.Actor(ctx, id); err != nil {
			return s, err
		}
	}
	return s, nil
}

func offer(ctx context.Context, a *app.App, from settled, t agreement.Terms) (agreement.ID, error) {
	id, err := a.Agreements.Draft(ctx, from.actors[auth.Liaison], t, "")
	if err != nil {
		return "", err
	}
	return id, a.Agreements.Offer(ctx, from.actors[auth.Liaison], id)
}

// shelve puts how to reach an invented person on the shelf, with the person's consent for a year.
func shelve(ctx context.Context, a *app.App, house settled, to auth.OrgID, now time.Time) error {
	worker := house.actors[auth.SupportWorker]
	person, err := enrol(ctx, a, worker)
	if err != nil {
		return err
	}
	_, err = a.Agreements.Shelve(ctx, worker, agreement.Record{
		Person: person, Row: accord.Row{Subject: "survivor", Class: "contact", TLP: "amber", Handling: "H1", Source: "A", Information: 1},
		Fields: map[string]private.Text{
			"channel": private.New("text message, no voicemail (invented)"), "hours": private.New("weekday mornings (invented)"),
			"language": private.New("Tigrinya (invented)"),
		},
	})
	if err != nil {
		return err
	}
	_, err = a.Agreements.Authorise(ctx, worker, person, to, accord.Authority{
		Kind: "consent", Purpose: "safety", Class: "contact", From: now.UnixMicro(), Until: now.AddDate(1, 0, 0).UnixMicro(),
	})
	return err
}

// enrol gives an invented person a file, as a support worker does.
func enrol(ctx context.Context, a *app.App, worker auth.Actor) (vault.PersonID, error) {
	person := vault.PersonID(db.NewID())
	return person, a.DB.Write(ctx, func(tx *db.Tx) error {
		if err := a.Vault.Enrol(ctx, tx, worker, person, a.Vault.Classes()[0].Code); err != nil {
			return err
		}
		return a.Vault.Record(ctx, tx, audit.Entry{
			Org: string(worker.Org), Actor: string(worker.Account), Kind: audit.Decision, Person: string(person), Detail: map[string]string{"act": "enrol"},
		})
	})
}
