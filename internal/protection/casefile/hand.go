package casefile

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// HandOver gives a case to another account or team of the organisation. The new owner must be able to
// work on cases and not be kept from the person. Whoever held it stays assigned only when they ask to.
// It takes being assigned or answering for the service.
func (s *Cases) HandOver(ctx context.Context, actor auth.Actor, id ID, to auth.Holder, stay bool) error {
	return s.change(ctx, actor, id, func(tx *db.Tx, c Case) error {
		if err := s.mayHold(ctx, tx, actor.Org, id, to); err != nil {
			return err
		}
		if err := s.accounts.AssignIn(ctx, tx, actor, string(id), to); err != nil {
			return err
		}
		was, held := c.Clear.Owner, c.holder()
		if to.Account != "" {
			c.Clear.Owner = to.Account
		} else {
			c.Clear.Owner, c.Clear.Team = "", to.Team
		}
		if _, err := table.Update(ctx, tx, s.vault, act(actor, "case.hand-over", map[string]string{"account": string(to.Account), "team": string(to.Team)}), c.Row); err != nil {
			return err
		}
		// What was to be done by whoever holds the case goes with it.
		_, err := tx.Exec(ctx, "UPDATE protection_task SET holder = $1 WHERE org_id = $2 AND case_id = $3 AND holder = $4 AND state = 'open'",
			c.holder(), string(actor.Org), string(id), held)
		if err != nil {
			return err
		}
		if stay || was == "" || was == to.Account {
			return nil
		}
		err = s.accounts.UnassignIn(ctx, tx, actor, string(id), auth.Holder{Account: was})
		if fault.KindOf(err) == fault.NotFound {
			err = nil // it was taken off the case before
		}
		return err
	})
}

// AddWorker assigns somebody else beside the owner; RemoveWorker ends that.
func (s *Cases) AddWorker(ctx context.Context, actor auth.Actor, id ID, h auth.Holder) error {
	return s.change(ctx, actor, id, func(tx *db.Tx, _ Case) error {
		if err := s.mayHold(ctx, tx, actor.Org, id, h); err != nil {
			return err
		}
		return s.accounts.AssignIn(ctx, tx, actor, string(id), h)
	})
}

// RemoveWorker takes somebody off a case. The owner goes by [Cases.HandOver].
func (s *Cases) RemoveWorker(ctx context.Context, actor auth.Actor, id ID, h auth.Holder) error {
	return s.change(ctx, actor, id, func(tx *db.Tx, c Case) error {
		if h.Account != "" && h.Account == c.Clear.Owner {
			return fault.New(fault.Conflict, "The case would be nobody’s.").WithHint("Hand it over to somebody else.")
		}
		if err := uncounsel(ctx, tx, actor.Org, id, h.Account); err != nil {
			return err
		}
		return s.accounts.UnassignIn(ctx, tx, actor, string(id), h)
	})
}

// Workers returns who is assigned to a case.
func (s *Cases) Workers(ctx context.Context, actor auth.Actor, id ID) (all []auth.Holder, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := Load(ctx, tx, actor, id, auth.ReadCases); err != nil {
			return err
		}
		all, err = auth.HoldersOf(ctx, tx, actor.Org, string(id))
		return err
	})
	return all, err
}

// mayHold refuses to give a case to somebody who could not work on it: an account that does not exist, one whose role does
// not reach cases, one that is kept from the person, a team that does not exist or was closed. All have the same words, and
// the same questions are asked of each account: nobody learns from an answer alone who is kept.
func (s *Cases) mayHold(ctx context.Context, tx *db.Tx, org auth.OrgID, id ID, h auth.Holder) error {
	workers, err := auth.Holders(ctx, tx, org, auth.WorkCases)
	if err != nil {
		return err
	}
	out, err := auth.Excluded(ctx, tx, org, string(id), h.Account)
	if err != nil {
		return err
	}
	may := !out && slices.Contains(workers, h.Account)
	if h.Team != "" {
		if may, err = auth.IsTeam(ctx, tx, org, h.Team); err != nil {
			return err
		}
	}
	if !may {
		return fault.New(fault.Invalid, "The case cannot go there.").WithField("to", "Choose somebody who works on cases.")
	}
	return nil
}

// Close ends the work on a case, with a reason. With the last open case of a person the time begins for which the file is
// kept. Nothing else follows from it: support and identification are each ended by themselves.
func (s *Cases) Close(ctx context.Context, actor auth.Actor, id ID, version int64, reason string) error {
	if !oneOf(reason, CloseReasons()) {
		return fault.New(fault.Invalid, "The case was not closed.").WithField("reason", "Choose a reason.")
	}
	return s.stand(ctx, actor, id, version, "case.close", reason, func(tx *db.Tx, f *Facts) error {
		if f.Standing == Closed {
			return fault.New(fault.Conflict, "The case is closed already.")
		}
		f.Standing, f.CloseReason, f.ClosedAt = Closed, reason, sql.Null[int64]{V: tx.NowMicros(), Valid: true}
		return nil
	})
}

// Reopen takes up the work on a case again, and stops the time for which the file is kept.
func (s *Cases) Reopen(ctx context.Context, actor auth.Actor, id ID, version int64, reason string) error {
	if !oneOf(reason, ReopenReasons()) {
		return fault.New(fault.Invalid, "The case was not opened again.").WithField("reason", "Choose a reason.")
	}
	return s.stand(ctx, actor, id, version, "case.reopen", reason, func(_ *db.Tx, f *Facts) error {
		if f.Standing == Open {
			return fault.New(fault.Conflict, "The case is open already.")
		}
		f.Standing, f.CloseReason, f.ClosedAt = Open, "", sql.Null[int64]{}
		return nil
	})
}

// stand changes the standing of the version of a case that the actor saw.
func (s *Cases) stand(ctx context.Context, actor auth.Actor, id ID, version int64, name, reason string, rule func(*db.Tx, *Facts) error) error {
	return s.change(ctx, actor, id, func(tx *db.Tx, c Case) error {
		if err := rule(tx, &c.Clear); err != nil {
			return err
		}
		c.Version = version
		if _, err := table.Update(ctx, tx, s.vault, act(actor, name, map[string]string{"reason": reason}), c.Row); err != nil {
			return err
		}
		if err := s.clock(ctx, tx, actor, c.Person, today(tx, actor)); err != nil {
			return err
		}
		return relist(ctx, tx, actor.Org, string(id))
	})
}

// clock begins the time for which a person's file is kept when none of their cases is open any more, and stops it when one is.
func (s *Cases) clock(ctx context.Context, tx *db.Tx, actor auth.Actor, person vault.PersonID, day string) error {
	var open int
	// The standing is counted and not asked for: SQLite would go through all open cases rather than those of one person.
	err := tx.QueryRow(ctx, "SELECT count(CASE standing WHEN 'open' THEN 1 END) FROM protection_case WHERE org_id = $1 AND person_id = $2",
		string(actor.Org), string(person)).Scan(&open)
	if err != nil {
		return err
	}
	if open > 0 {
		return s.vault.Resumed(ctx, tx, actor, person)
	}
	_, err = s.vault.Ended(ctx, tx, actor, person, day)
	return err
}

// KeptAnew looks again at when the time begins for which a file is kept, in the transaction in which its rule was changed.
func (s *Cases) KeptAnew(ctx context.Context, tx *db.Tx, actor auth.Actor, c Case) error {
	return s.clock(ctx, tx, actor, c.Person, today(tx, actor))
}

// today is the civil day of the actor's organisation.
func today(tx *db.Tx, actor auth.Actor) string {
	place, err := time.LoadLocation(actor.Zone)
	if err != nil {
		place = time.UTC
	}
	return tx.Now().In(place).Format(time.DateOnly)
}

// TransferredIn ends the work on a case of an organisation that another one has taken over, in the transaction in which it
// did, as [Cases.Close] does. A case that is closed already stays as it is.
func (s *Cases) TransferredIn(ctx context.Context, tx *db.Tx, actor auth.Actor, id ID, day string) error {
	row, err := table.Get(ctx, tx, actor.Org, string(id))
	if err != nil || row.Clear.Standing == Closed {
		return err
	}
	row.Clear.Standing, row.Clear.CloseReason, row.Clear.ClosedAt = Closed, "transferred", sql.Null[int64]{V: tx.NowMicros(), Valid: true}
	if _, err := table.Update(ctx, tx, s.vault, act(actor, "case.close", map[string]string{"reason": "transferred"}), row); err != nil {
		return err
	}
	if err := s.clock(ctx, tx, actor, row.Person, day); err != nil {
		return err
	}
	return relist(ctx, tx, actor.Org, string(id))
}

// RestrictIn keeps the record of a case and has it used no more, in the transaction in which what it rests on was taken
// back. One that is not active stays as it is.
func (s *Cases) RestrictIn(ctx context.Context, tx *db.Tx, actor auth.Actor, id ID) error {
	row, err := table.Get(ctx, tx, actor.Org, string(id))
	if err != nil || row.Clear.State != Active {
		return err
	}
	row.Clear.State = Restricted
	_, err = table.Update(ctx, tx, s.vault, act(actor, "case.mark", map[string]string{"state": string(Restricted)}), row)
	return err
}

// Mark moves the state of the record. Restricting is for whoever works on the case; lifting that, and
// sealing, is for who answers for the service.
func (s *Cases) Mark(ctx context.Context, actor auth.Actor, id ID, version int64, to State) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := Lock(ctx, tx, actor, id, auth.WorkCases, AnyState)
		if err != nil {
			return err
		}
		if err := mayMark(c.Clear.State, to, actor.May(auth.ManageTeams)); err != nil {
			return err
		}
		c.Clear.State, c.Version = to, version
		_, err = table.Update(ctx, tx, s.vault, act(actor, "case.mark", map[string]string{"state": string(to)}), c.Row)
		return err
	})
}

// MayMark reports whether an actor who works on a case may move its record from one state to another.
func MayMark(from, to State, actor auth.Actor) bool {
	return mayMark(from, to, actor.May(auth.ManageTeams)) == nil
}

// mayMark is the rule of the states of a record. Erasure goes through the vault, and pseudonymising is
// done once, when the clear words have gone.
func mayMark(from, to State, chief bool) error {
	switch {
	case from == Active && to == Restricted:
		return nil
	case chief && (from == Restricted && to == Active || (from == Active || from == Restricted) && to == Sealed || from == Sealed && to == Active):
		return nil
	case chief && (from == Active || from == Restricted) && to == Pseudonym:
		return nil
	}
	return fault.New(fault.Conflict, "The record cannot go from one of these states to the other.").
		WithHint("Ask who answers for the service.")
}

// Edit is what somebody changes of the case itself. Nil leaves a thing as it is.
type Edit struct {
	Version               int64 // that the actor saw
	Origin, Priority      *string
	Sensitivity           *string // "" means that nobody has said, so protected
	Name                  *private.Text
	Story                 *Story
	Profile, ProfileStand *string
}

// Change changes the case itself. If somebody else changed it meanwhile the error is [fault.Stale] and
// nothing is written: the page shows both.
func (s *Cases) Change(ctx context.Context, actor auth.Actor, id ID, e Edit) error {
	if err := e.check(); err != nil {
		return err
	}
	return s.change(ctx, actor, id, func(tx *db.Tx, c Case) error {
		e.apply(&c.Clear)
		c.Version = e.Version
		var docs []record.Doc
		if e.Name != nil {
			docs = append(docs, docOf(vault.Personal, e.Name.IsZero(), Words{Name: *e.Name}))
		}
		if e.Story != nil {
			docs = append(docs, docOf(vault.Narrative, e.Story.Text.IsZero(), *e.Story))
		}
		_, err := table.Update(ctx, tx, s.vault, act(actor, "case.change", nil), c.Row, docs...)
		return err
	})
}

// docOf is a document, or none when there is nothing to keep.
func docOf(class vault.Class, empty bool, value any) record.Doc {
	if empty {
		value = nil
	}
	return record.Doc{Class: class, Value: value}
}

func (e Edit) check() error {
	if e.Story != nil {
		if n := len(e.Story.Text.Reveal("measure it")); n > vault.MaxText/2 {
			return tooLong(n)
		}
	}
	f := fault.New(fault.Invalid, "The case was not changed.")
	if e.Origin != nil && *e.Origin != "" && !oneOf(*e.Origin, Origins()) {
		f = f.WithField("origin", "Choose how the person came, or leave it out.")
	}
	if e.Priority != nil && *e.Priority != "" && !oneOf(*e.Priority, Priorities()) {
		f = f.WithField("priority", "Choose how soon somebody is needed.")
	}
	if e.Sensitivity != nil && *e.Sensitivity != "" && !oneOf(*e.Sensitivity, Sensitivities()) {
		f = f.WithField("sensitivity", "Choose how much care the case needs.")
	}
	if e.Name != nil && len(e.Name.Reveal("measure it")) > maxName {
		f = f.WithField("name", "Use at most %d characters.", maxName)
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func (e Edit) apply(f *Facts) {
	for _, c := range []struct{ from, to *string }{
		{e.Origin, &f.Origin}, {e.Priority, &f.Priority}, {e.Profile, &f.Profile}, {e.ProfileStand, &f.ProfileVersion},
	} {
		if c.from != nil {
			*c.to = *c.from
		}
	}
	if e.Sensitivity != nil {
		f.Sensitivity = sql.Null[string]{V: *e.Sensitivity, Valid: *e.Sensitivity != ""}
	}
}

func uncounsel(ctx context.Context, tx *db.Tx, org auth.OrgID, id ID, account auth.AccountID) error {
	if account == "" {
		return nil
	}
	_, err := tx.Exec(ctx, "DELETE FROM protection_counsel WHERE org_id = $1 AND case_id = $2 AND account_id = $3", string(org), string(id), string(account))
	return err
}
