package identification

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Sign is the second signature under a decision. It takes effect on the day of this signature, under the
// law of that day. Whoever proposed it cannot sign again.
func (s *Identifications) Sign(ctx context.Context, actor auth.Actor, id casefile.ID, event string) error {
	t, words, err := s.proposal(ctx, actor, id, event)
	if err != nil {
		return err
	}
	return s.withBirth(ctx, actor, id, func(b birth) error { return s.sign(ctx, actor, id, event, t, words, b) })
}

func (s *Identifications) sign(ctx context.Context, actor auth.Actor, id casefile.ID, event string, t Taking, words eventWords, b birth) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		c, p, row, err := s.waiting(ctx, tx, actor, id, event)
		if err != nil {
			return err
		}
		if row.Clear.SignedBy == actor.Account {
			return fault.New(fault.Denied, "You signed this decision already.").WithHint("Ask somebody else who may decide to read the reasons and sign.")
		}
		rules, step, err := s.judge(ctx, tx, actor, p, t, b)
		if err != nil {
			return err
		}
		step.Signed, step.Reasons = []auth.AccountID{row.Clear.SignedBy, actor.Account}, row.Has(vault.Narrative)
		step.Agreed = row.Clear.Agreed
		after, effect, err := Next(rules, p.State, step)
		if err != nil {
			return err
		}
		row.Clear.done(effect, after)
		row.Clear.SecondBy, row.Clear.Day, row.Clear.Profile = actor.Account, t.On, rules.Version.ID
		row.Clear.Ordinal = p.Version
		var docs []record.Doc
		if days := sealedDays(rules.Version, p.State, after); len(days) > 0 {
			words.Days = days
			docs = append(docs, record.Doc{Class: vault.Personal, Value: words})
		}
		if _, err := events.Update(ctx, tx, s.vault, act(actor, "identification.sign", row.Clear), row, docs...); err != nil {
			return err
		}
		if err := s.cases.EndTaskIn(ctx, tx, actor, c, signMark(event), casefile.Done); err != nil {
			return err
		}
		return s.advance(ctx, tx, actor, c, &p, row.ID, after, rules.Version)
	})
}

// proposal reads a decision that waits, with what is sealed of it but for the reasons.
func (s *Identifications) proposal(ctx context.Context, actor auth.Actor, id casefile.ID, event string) (t Taking, words eventWords, err error) {
	var row record.Row[eventFacts]
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := casefile.Load(ctx, tx, actor, id, auth.DecideIdentity); err != nil {
			return err
		}
		if row, err = events.Get(ctx, tx, actor.Org, event); err != nil {
			return err
		}
		t = Taking{Case: id, Procedure: row.Clear.Procedure, Step: row.Clear.Step, Body: row.Clear.Body, Own: true, Clock: row.Clear.Clock}
		t.On, _, err = today(ctx, tx, actor.Org)
		return err
	})
	if err != nil || row.Case != string(id) {
		if err == nil {
			err = missing()
		}
		return t, words, err
	}
	var g record.Reading
	row.Want(&g, vault.Personal, &words)
	return t, words, g.Open(ctx, s.vault, actor, vault.Why{Purpose: purpose, Scope: string(id)})
}

// purpose is why things of this package are opened.
const purpose vault.Purpose = "identification"

// waiting loads a decision that waits, for a change.
func (s *Identifications) waiting(ctx context.Context, tx *db.Tx, actor auth.Actor, id casefile.ID, event string) (c casefile.Case, p procedure, row record.Row[eventFacts], err error) {
	if row, err = events.Get(ctx, tx, actor.Org, event); err != nil {
		return c, p, row, err
	}
	if c, p, err = locked(ctx, tx, actor, id, auth.DecideIdentity, row.Clear.Procedure); err != nil {
		return c, p, row, err
	}
	if row.Clear.State != waiting {
		return c, p, row, fault.New(fault.Conflict, "This decision does not wait any more.")
	}
	return c, p, row, nil
}

// Drop takes back a decision that waits for its second signature: by whoever proposed it, or by somebody
// who would have to sign and does not agree. It stays on record.
func (s *Identifications) Drop(ctx context.Context, actor auth.Actor, id casefile.ID, event string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		c, _, row, err := s.waiting(ctx, tx, actor, id, event)
		if err != nil {
			return err
		}
		row.Clear.State, row.Clear.SecondBy = dropped, actor.Account
		if _, err = events.Update(ctx, tx, s.vault, act(actor, "identification.drop", row.Clear), row); err != nil {
			return err
		}
		return s.cases.EndTaskIn(ctx, tx, actor, c, signMark(event), casefile.Dropped)
	})
}

// Reasons opens the reasons of a step. The opening is on record before they are shown.
func (s *Identifications) Reasons(ctx context.Context, actor auth.Actor, id casefile.ID, event string) (private.Text, error) {
	var row record.Row[eventFacts]
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		if _, err := casefile.Load(ctx, tx, actor, id, auth.ReadCases); err != nil {
			return err
		}
		if row, err = events.Get(ctx, tx, actor.Org, event); err == nil && row.Case != string(id) {
			err = missing()
		}
		return err
	})
	if err != nil {
		return private.Text{}, err
	}
	var words eventReasons
	var g record.Reading
	row.Want(&g, vault.Narrative, &words)
	err = g.Open(ctx, s.vault, actor, vault.Why{Purpose: purpose, Scope: string(id)})
	return words.Reasons, err
}
