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
	people []hand
}

// hand is somebody who works in an organisation.
type hand struct {
	role auth.Role
	name string
}

// The people whom the scenes of the tour are told with. Each has the one case of their scene.
const (
	Night     = "Nia Starling (invented)"
	Childhood = "Ines Calder (invented)"
	Leaving   = "Yara Fallow (invented)"
)

// A shelter and a police unit that share under an agreement, and only under it.
var (
	refuge = neighbour{"Harbour House (invented)", []hand{
		{auth.SupportWorker, "Mira Sollace (invented)"},
		{auth.Liaison, "Jonas Pell (invented)"},
		{auth.Supervisor, "Greta Amory (invented)"},
		{auth.SupportWorker, Night},
		{auth.SupportWorker, Childhood},
		{auth.SupportWorker, Leaving},
	}}
	police = neighbour{"Farrow Constabulary (invented)", []hand{
		{auth.Investigator, "Dario Wick (invented)"}, {auth.Liaison, "Sunniva Lark (invented)"}, {auth.Supervisor, "Piet Harrow (invented)"},
	}}
)

// clinic is a third one, to which the shelter sends people.
var clinic = neighbour{"Alder Clinic (invented)", []hand{
	{auth.SupportWorker, "Rafi Brook (invented)"}, {auth.Liaison, "Tove Marsh (invented)"}, {auth.Supervisor, "Anselm Reed (invented)"},
}}

// settled is a neighbour with its accounts.
type settled struct {
	org    auth.OrgID
	actors map[auth.Role]auth.Actor // the first of each role
	named  map[string]auth.Actor
}

// settleAll adds the other organisations of the node.
func settleAll(ctx context.Context, a *app.App) (all []settled, err error) {
	for _, n := range []neighbour{refuge, police, clinic} {
		s, err := settle(ctx, a, n)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, a.Vault.Unlock(ctx) // does nothing when it is
}

// agree gives two organisations a signed agreement, one that waits for a signature, and a record that the
// first lets the second have.
func agree(ctx context.Context, a *app.App, now time.Time, house, unit settled) error {
	terms := agreement.DefaultTerms(now)
	terms.Partner, terms.Purposes, terms.Subjects = unit.org, []string{"safety"}, []string{"survivor"}
	terms.Fields = []string{"contact.channel", "contact.hours", "risk.level"}
	terms.Recipients, terms.Authority = []string{string(auth.Investigator)}, []string{"consent", "danger-to-life"}
	terms.Country, terms.Citation = Country, "Protection of Persons Act (invented), section 12"
	id, err := offer(ctx, a, house, terms)
	if err != nil {
		return err
	}
	if err := sign(ctx, a, id, house, unit); err != nil {
		return err
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
	s.actors, s.named = map[auth.Role]auth.Actor{}, map[string]auth.Actor{}
	for _, h := range n.people {
		id, err := a.Accounts.CreateAccount(ctx, auth.CLI(s.org), h.name, h.role)
		if err != nil {
			return s, err
		}
		actor, err := a.Accounts.Actor(ctx, id)
		if err != nil {
			return s, err
		}
		s.named[h.name] = actor
		if _, taken := s.actors[h.role]; !taken {
			s.actors[h.role] = actor
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

// sign puts the signatures of two organisations under an agreement.
func sign(ctx context.Context, a *app.App, id agreement.ID, sides ...settled) error {
	for _, side := range sides {
		signer := side.actors[auth.Supervisor]
		v, err := a.Agreements.View(ctx, signer, id)
		if err != nil {
			return err
		}
		if err := a.Agreements.Sign(ctx, signer, id, v.Hash); err != nil {
			return err
		}
	}
	return nil
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
