package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/justice"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/shelter"
	"github.com/fourfold/fourfold/internal/protection/support"
)

// stage is where a scene of the tour is set up.
type stage struct {
	app    *app.App
	worker auth.Actor
	id     casefile.ID
	day    string // today
	at     time.Time
}

// told is the source of what a person says.
var told = record.Source{From: "person"}

// enter opens the case of a scene, for somebody with a name and an age in years.
func enter(ctx context.Context, a *app.App, worker auth.Actor, name string, years int, b casefile.Begin) (s stage, err error) {
	s = stage{app: a, worker: worker, at: a.Clock(), day: a.Clock().Format(time.DateOnly)}
	b.Name = private.New(name)
	if s.id, err = a.Cases.Open(ctx, worker, b); err != nil {
		return s, err
	}
	names := person.Names{List: []person.Name{{Text: name, Kind: person.Used, Greet: true}}}
	if err = a.People.SetNames(ctx, worker, s.id, person.Seen{Source: told}, record.Is(names, told)); err != nil {
		return s, err
	}
	year := s.at.Year() - years
	born := person.Births{List: []person.Birth{{
		From: fmt.Sprintf("%d-01-01", year), To: s.at.AddDate(-years, 0, 0).Format(time.DateOnly), Basis: person.ByStatement,
	}}}
	return s, a.People.SetBirth(ctx, worker, s.id, person.Seen{Source: told}, record.Is(born, told))
}

// say keeps what the person agreed to, or refused.
func (s stage) say(ctx context.Context, said consent.Said) error {
	said.Last = s.at.AddDate(1, 0, 0).Format(time.DateOnly)
	said.Giving, said.Sealed = yes("en")
	_, err := s.app.Consents.Give(ctx, s.worker, string(s.id), said, "")
	return err
}

func us() []consent.Named { return []consent.Named{{Term: consent.Defaults("us")}} }

// first runs steps until one fails.
func first(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// night is the first scene: somebody stands at the door, wants no police, and needs a bed.
func night(ctx context.Context, a *app.App, house settled) error {
	if err := beds(ctx, a, house); err != nil {
		return err
	}
	s, err := enter(ctx, a, house.named[Night], "Linnet Quillow (invented)", 24, casefile.Begin{Reason: "asks-for-help", Origin: "self"})
	if err != nil {
		return err
	}
	need := map[string]record.Answer[bool]{"safe-now": record.Is(true, told), "sleep": record.Is(true, told), "clothes": record.Is(true, told)}
	return first(
		func() error {
			return s.say(ctx, consent.Said{
				Kind: consent.Service, State: consent.Given, Recipients: us(), Classes: []string{"contact", "need"}, Purposes: []string{"support"},
			})
		},
		func() error {
			return s.say(ctx, consent.Said{
				Kind: consent.Sharing, State: consent.Refused, Recipients: []consent.Named{{Term: consent.Defaults("police")}},
				Classes: []string{"contact", "identity", "account"}, Purposes: []string{"investigation"},
			})
		},
		func() error {
			return a.Justice.Decide(ctx, s.worker, s.id, 0, justice.Choice{Stance: justice.Informed, On: s.day, Language: "en"})
		},
		func() error {
			return a.Justice.Decide(ctx, s.worker, s.id, 1, justice.Choice{Stance: justice.Declined, On: s.day})
		},
		func() error {
			return a.Support.KeepAtOnce(ctx, s.worker, s.id, support.Seen{}, support.AtOnce{Needs: need})
		},
		func() error {
			_, err := a.Shelters.Ask(ctx, s.worker, s.id, "", shelter.Need{
				Ages: shelter.Ages{From: 24, To: 24}, Gender: "woman", Wishes: []string{"staff-at-night"}, Avoid: []shelter.Keep{{Area: "XF-CO"}},
			})
			return err
		},
	)
}

// beds adds the places of the shelter, with a team that answers at night.
func beds(ctx context.Context, a *app.App, house settled) error {
	boss := house.actors[auth.Supervisor]
	for _, area := range []shelter.Area{
		{Code: "XF-NO", Name: "Northdale (invented)", Near: []string{"XF-CO"}},
		{Code: "XF-CO", Name: "Coast (invented)", Near: []string{"XF-SU"}},
		{Code: "XF-SU", Name: "Southmere (invented)"},
	} {
		if err := a.Shelters.KeepArea(ctx, boss, area); err != nil {
			return err
		}
	}
	team, err := a.Accounts.FormTeam(ctx, boss, "Night team (invented)")
	if err != nil {
		return err
	}
	for _, who := range []auth.Actor{boss, house.named[Night]} {
		if err := a.Accounts.Join(ctx, boss, team, who.Account); err != nil {
			return err
		}
	}
	for i, with := range []shelter.Setup{
		{Area: "XF-NO", Rules: shelter.Rules{
			Genders: []string{"woman"}, AgeFrom: 18, Features: []string{"staff-at-night", "women-staff", "own-room"}, Intake: []string{"any-time"}, AnswersIn: 1,
		}, Units: []shelter.Unit{{Size: 1, Total: 3}, {Size: 3, Total: 1}}},
		{Area: "XF-SU", Rules: shelter.Rules{AgeFrom: 18, Police: true, Intake: []string{"working-days"}, AnswersIn: 24}, Units: []shelter.Unit{{Size: 1, Total: 6}}},
		{Area: "XF-CO", Rules: shelter.Rules{
			Genders: []string{"woman"}, Children: true, Pregnant: true, Intake: []string{"any-time"}, Features: []string{"garden", "school"},
		}, Units: []shelter.Unit{{Size: 1, Total: 2}, {Size: 4, Total: 2}}},
	} {
		id, err := a.Shelters.NewPlace(ctx, boss, "", team, with.Area)
		if err != nil {
			return err
		}
		with.Open = true
		if err := a.Shelters.KeepPlace(ctx, boss, id, 1, with); err != nil {
			return err
		}
		err = a.Shelters.KeepLocation(ctx, boss, id, 2, shelter.Location{
			Name: private.New(fmt.Sprintf("House %d (invented)", i+1)), Address: private.New(fmt.Sprintf("%d Quagga Rise (invented)", 11+i)),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// childhood is the second scene: a girl, a guardian with a court order who is alleged to have exploited her, and a
// report that the law wants within a day.
func childhood(ctx context.Context, a *app.App, house settled, now time.Time) error {
	s, err := enter(ctx, a, house.named[Childhood], "Avis Tarnsey (invented)", 15, casefile.Begin{
		Reason: "child-at-risk", Origin: "health", Retention: "child-client",
	})
	if err != nil {
		return err
	}
	const report, under = "child-notice", "us"
	zone, err := time.LoadLocation(organisation.Zone)
	if err != nil {
		return err
	}
	duty, ok := consent.ReportOf(under, s.day, report, zone)
	if !ok {
		return fmt.Errorf("demo: no duty %s in %s", report, under)
	}
	began := now.Add(-5 * time.Hour)
	due, _ := duty.Due(began)
	return first(
		func() error {
			way, err := a.Identifications.Open(ctx, s.worker, s.id, under, "")
			if err != nil {
				return err
			}
			c := client{h: &history{app: a}, worker: s.worker, id: s.id, way: way}
			return c.step(ctx, "presume", "anybody", "")
		},
		func() error {
			_, err := a.People.Guard(ctx, s.worker, s.id, "", person.Seen{Source: told}, person.Guardian{
				Name: "Corvin Dunmarrow (invented)", Relation: "uncle", Proof: person.CourtOrder, SeenOn: s.day, TillAdult: true,
				Scope: []person.Matter{person.Everyday, person.Health, person.DataUse}, Alleged: person.Yes, Child: "“He knew.” (invented)",
			})
			return err
		},
		func() error {
			_, err := a.Consents.Begin(ctx, s.worker, string(s.id), consent.Override{
				Ground: consent.Duty, Recipient: "child-protection", Classes: duty.Classes, Purpose: "safety", Told: consent.ToldFirst,
				Rule: report, Version: duty.Version, Began: began, Due: due,
			}, "")
			return err
		},
	)
}
