// Package demo fills a node with Farrowdale, a country that does not exist: an organisation, people for
// each role, and figures. All of it is invented and says so. Published statistics of a real country stand
// beside it, because the program's main job is to be seen on real input; the two never mix.
//
// Everything goes through the same calls as in a real node, so the demo also tests them.
package demo

import (
	"bytes"
	"context"
	"io"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
)

// Country is the code of the invented country: it lies in the range that ISO 3166-1 leaves to users.
const Country = "XFD"

// organisation is the invented body that runs the demo's node.
var organisation = app.Organisation{
	Name: "Farrowdale Rapporteur (invented)", Zone: "Europe/London",
	Administrator: "Ilse Marrow (invented)", Analyst: "Tomas Vey (invented)",
	ProtectionOfficer: "Lena Quarrel (invented)",
}

// people are the other visitors' roles.
var people = []struct {
	name string
	role auth.Role
}{
	{"Amina Dell (invented)", auth.SupportWorker},
	{"Rui Hollow (invented)", auth.Officer},
	{"Bea Carrow (invented)", auth.Authority},
	{"Noor Fenn (invented)", auth.LegalAnalyst},
	{"Oskar Brine (invented)", auth.Supervisor},
}

// Live sets up an empty node as the invented country's, with people who came to its services over almost two
// years. c is the clock of the node.
func Live(ctx context.Context, a *app.App, c *Clock) (app.Founded, error) {
	now := c.Now()
	c.turn(now.AddDate(-3, 0, 0)) // the organisations are older than what they wrote down
	defer c.present()
	return fill(ctx, a, c, now)
}

// Fill is Live without the people. It is refused with fault.Conflict when the node has an organisation already.
func Fill(ctx context.Context, a *app.App) (app.Founded, error) { return fill(ctx, a, nil, a.Clock()) }

// fill sets the node up; with a clock, people come.
func fill(ctx context.Context, a *app.App, c *Clock, now time.Time) (app.Founded, error) {
	founded, err := a.Found(ctx, organisation)
	if err != nil {
		return app.Founded{}, err
	}
	actor := auth.CLI(founded.Org)
	accounts := map[auth.Role]auth.AccountID{}
	for _, p := range people {
		if accounts[p.role], err = a.Accounts.CreateAccount(ctx, actor, p.name, p.role); err != nil {
			return app.Founded{}, err
		}
	}
	settled, err := settleAll(ctx, a)
	if err != nil {
		return app.Founded{}, err
	}
	if c != nil {
		worker, err := a.Accounts.Actor(ctx, accounts[auth.SupportWorker])
		if err == nil {
			err = come(ctx, a, c, now, worker, settled)
		}
		if err != nil {
			return app.Founded{}, err
		}
	}
	if err := organise(ctx, a, founded, accounts); err != nil {
		return app.Founded{}, err
	}
	for _, r := range Releases() {
		_, err := a.Indicators.Import(ctx, actor, indicator.Import{
			Format: "csv", Name: r.File, ReleasedOn: r.On, Label: r.Label,
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.Data)), nil },
		})
		if err != nil {
			return app.Founded{}, err
		}
	}
	if err := agree(ctx, a, a.Clock(), settled[0], settled[1]); err != nil {
		return app.Founded{}, err
	}
	// A file of the first organisation too, so that its ledger holds something about a person.
	worker, err := a.Accounts.Actor(ctx, accounts[auth.SupportWorker])
	if err != nil {
		return app.Founded{}, err
	}
	_, err = enrol(ctx, a, worker)
	return founded, err
}

// come lets the people of the country come to its two services, and sets up the scenes of the tour.
func come(ctx context.Context, a *app.App, c *Clock, now time.Time, worker auth.Actor, others []settled) error {
	house := others[0]
	h := history{app: a, now: now}
	workers := []auth.Actor{worker, house.actors[auth.SupportWorker]}
	for i, s := range Populate(Seed, People) {
		h.live(s, workers[i%len(workers)])
	}
	if err := h.happen(ctx, c); err != nil {
		return err
	}
	two := time.Date(now.Year(), now.Month(), now.Day(), 2, 5, 0, 0, time.UTC)
	if two.After(now) {
		two = two.AddDate(0, 0, -1)
	}
	c.turn(two)
	if err := night(ctx, a, house); err != nil {
		return err
	}
	c.present()
	if err := childhood(ctx, a, house, now); err != nil {
		return err
	}
	return leaving(ctx, a, house, others[1], others[2], now)
}
