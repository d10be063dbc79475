package identification

import (
	"context"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Event is a step on record.
type Event struct {
	ID       string
	Step     string
	Stage    string // after it
	Waiting  bool   // for a second signature
	Dropped  bool
	Body     string // actor of the profile
	BodyName private.Text
	Own      bool
	Day      profile.Date
	Profile  string // version of the profile
	Topic    string
	Fact     string
	Document string
	Late     string
	Early    []string
	SignedBy auth.AccountID
	SecondBy auth.AccountID
	Agreed   Agreement
	Basis    private.Text
	Reasoned bool // it has reasons, which are opened apart
}

func eventOf(row record.Row[eventFacts]) Event {
	c := row.Clear
	return Event{
		ID: row.ID, Step: c.Step, Stage: c.Stage, Waiting: c.State == waiting, Dropped: c.State == dropped, Body: c.Body, Own: c.Own == 1,
		Day: c.Day, Profile: c.Profile, Topic: c.Topic, Fact: c.Fact, Document: c.Document, Late: c.Late, Early: strings.Fields(c.Early),
		SignedBy: c.SignedBy, SecondBy: c.SecondBy, Agreed: c.Agreed, Reasoned: row.Has(vault.Narrative),
	}
}

// Procedure is one procedure of a person, with everything that happened in it.
type Procedure struct {
	ID           string
	Version      int64 // to be given back with the next step
	Jurisdiction string
	State        State
	Rules        Rules // of today
	Known        bool  // false when no version of the profile holds today
	Events       []Event
	Passed       []string // stages, in order
	Changed      []string // running clocks whose rule has changed since they began
	Suggestions  []Suggestion
}

// Overview is all that is on record about the identification of a person.
type Overview struct {
	Case       casefile.Case
	Today      profile.Date
	Adult      bool // surely; anything else keeps the safeguards of a child
	Procedures []Procedure
	Assertions []Assertion
	Help       []Help
	Letters    []Letter
}

// page is what an overview is made of before anything is opened.
type page struct {
	overview   Overview
	procedures []procedure
	events     []record.Row[eventFacts]
	assertions []record.Row[assertionFacts]
	help       []record.Row[helpFacts]
	letters    []record.Row[letterFacts]
}

// Show returns what is on record about the identification of a case's person. Everything sealed of it is
// opened at once, but for reasons and letters.
func (s *Identifications) Show(ctx context.Context, actor auth.Actor, id casefile.ID) (Overview, error) {
	var p page
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) { p, err = s.gather(ctx, tx, actor, id); return err })
	if err != nil {
		return Overview{}, err
	}
	o := p.overview
	opened := make([]eventWords, len(p.events))
	stated := make([]assertionWords, len(p.assertions))
	paid := make([]helpWords, len(p.help))
	var g record.Reading
	for i, r := range p.events {
		r.Want(&g, vault.Personal, &opened[i])
	}
	for i, r := range p.assertions {
		r.Want(&g, vault.Narrative, &stated[i])
	}
	for i, r := range p.help {
		r.Want(&g, vault.Personal, &paid[i])
	}
	if err := g.Open(ctx, s.vault, actor, vault.Why{Purpose: purpose, Scope: string(id)}); err != nil {
		return Overview{}, err
	}
	for i := range p.procedures {
		o.Procedures = append(o.Procedures, s.procedureOf(&p, &p.procedures[i], opened))
	}
	for i, r := range p.assertions {
		w, c := stated[i], r.Clear
		o.Assertions = append(o.Assertions, Assertion{
			ID: r.ID, Says: c.Says, Body: c.Body, Day: c.Day, Document: c.Document, Name: w.Name, Standard: w.Standard, Basis: w.Basis,
			Words: w.Words, By: r.ChangedBy,
		})
	}
	for i, r := range p.help {
		o.Help = append(o.Help, helpOf(r, paid[i]))
	}
	for _, r := range p.letters {
		o.Letters = append(o.Letters, letterOf(r))
	}
	return o, nil
}

func (s *Identifications) gather(ctx context.Context, tx *db.Tx, actor auth.Actor, id casefile.ID) (p page, err error) {
	if p.overview.Case, err = casefile.Load(ctx, tx, actor, id, auth.ReadCases); err != nil {
		return p, err
	}
	if p.overview.Today, _, err = today(ctx, tx, actor.Org); err != nil {
		return p, err
	}
	if p.overview.Adult, err = s.Adult(ctx, tx, actor.Org, p.overview.Case.Person); err != nil {
		return p, err
	}
	if p.procedures, err = find(ctx, tx, actor.Org, "WHERE org_id = $1 AND case_id = $2 ORDER BY id", string(id)); err != nil {
		return p, err
	}
	if p.events, err = events.Find(ctx, tx, "WHERE org_id = $1 AND case_id = $2 ORDER BY ordinal, changed_at, id", string(actor.Org), string(id)); err != nil {
		return p, err
	}
	if p.assertions, err = assertions.Find(ctx, tx, "WHERE org_id = $1 AND case_id = $2 ORDER BY day, id", string(actor.Org), string(id)); err != nil {
		return p, err
	}
	if p.help, err = entitlements.Find(ctx, tx, "WHERE org_id = $1 AND case_id = $2 ORDER BY from_day, id", string(actor.Org), string(id)); err != nil {
		return p, err
	}
	p.letters, err = letters.Find(ctx, tx, "WHERE org_id = $1 AND case_id = $2 ORDER BY issued_on, id", string(actor.Org), string(id))
	return p, err
}

func (s *Identifications) procedureOf(p *page, row *procedure, opened []eventWords) Procedure {
	out := Procedure{ID: row.ID, Version: row.Version, Jurisdiction: row.Jurisdiction, State: row.State}
	v, ok := s.Law.At(row.Jurisdiction, string(p.overview.Today))
	out.Rules, out.Known = Rules{Version: v, Holidays: s.Law.Calendar(row.Jurisdiction)}, ok
	days := map[string]eventWords{}
	helped := map[string]bool{}
	for _, h := range p.help {
		helped[h.Clear.Procedure+"/"+h.Clear.Rule] = true
	}
	for i, r := range p.events {
		if r.Clear.Procedure != row.ID {
			continue
		}
		e := eventOf(r)
		e.BodyName, e.Basis, days[r.ID] = opened[i].Body, opened[i].Basis, opened[i]
		out.Events = append(out.Events, e)
		if r.Clear.State != done {
			continue
		}
		out.Passed = append(out.Passed, e.Stage)
		at, known := s.Law.At(row.Jurisdiction, string(e.Day))
		if !known {
			continue
		}
		for _, x := range Suggestions(Rules{at, out.Rules.Holidays}, row.ID, e.Step, e.Day) {
			if !helped[row.ID+"/"+x.Rule] {
				out.Suggestions = append(out.Suggestions, x)
			}
		}
	}
	for i := range out.State.Timers {
		t := &out.State.Timers[i]
		if day, ok := days[row.events[i]].Days[t.Clock]; ok && t.Due.Day == "" {
			t.Due.Day = day
		}
	}
	if ok {
		out.Changed = Changed(row.State, v, p.overview.Today)
	}
	return out
}
