package identification

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// eventFacts are what stands in clear of a step.
type eventFacts struct {
	Procedure string
	Ordinal   int64
	State     string // "waiting", "done" or "dropped"
	Step      string
	Stage     string
	Body      string
	Own       int64
	Day       profile.Date
	Profile   string
	Topic     string
	Fact      string
	Document  string
	Clock     string
	Late      string
	Early     string
	SignedBy  auth.AccountID
	SecondBy  auth.AccountID
	Agreed    Agreement
}

// The states of a step on record.
const (
	waiting = "waiting"
	done    = "done"
	dropped = "dropped"
)

// eventWords are sealed with a step.
type eventWords struct {
	Body  private.Text            `json:"body,omitzero"`  // name of the body
	Basis private.Text            `json:"basis,omitzero"` // legal basis in words
	Days  map[string]profile.Date `json:"days,omitempty"` // last days of clocks that give away a birthday
}

// eventReasons are sealed with a step, apart from the rest: they are read only when somebody asks.
type eventReasons struct {
	Reasons private.Text `json:"reasons,omitzero"`
}

var events = record.Table[eventFacts]{
	Name:   "protection_identification_event",
	Sealed: []record.Column{{Name: "personal", Class: vault.Personal}, {Name: "narrative", Class: vault.Narrative}},
	Clear: []string{
		"procedure_id", "ordinal", "state", "step", "stage", "body", "own", "day", "profile", "topic", "fact", "document", "clock",
		"late", "early", "signed_by", "second_by", "agreed",
	},
	Fields: func(e *eventFacts) []any {
		return []any{
			&e.Procedure, &e.Ordinal, &e.State, &e.Step, &e.Stage, &e.Body, &e.Own, &e.Day, &e.Profile, &e.Topic, &e.Fact, &e.Document, &e.Clock,
			&e.Late, &e.Early, &e.SignedBy, &e.SecondBy, &e.Agreed,
		}
	},
	Erase: func(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
		// In the order in which they point to each other.
		for _, table := range []string{
			"protection_identification_letter", "protection_identification_event", "protection_identification_clock", "protection_identification",
		} {
			if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE org_id = $1 AND person_id = $2", string(org), string(person)); err != nil {
				return err
			}
		}
		return nil
	},
}

// guard makes the vault check and erase what the tables keep.
func guard(v *vault.Vault) {
	events.Guard(v)
	assertions.Guard(v)
	letters.Guard(v)
	entitlements.Guard(v)
}

// procedure is one procedure of one person, as it is stored.
type procedure struct {
	ID, Jurisdiction string
	Key              record.Key // Case and Person
	Version          int64
	Kind             profile.Kind
	Profile, Looked  string
	State
	events []string // that started the timers, by their order
}

const selectProcedure = `SELECT id, case_id, person_id, version, jurisdiction, stage, kind, suspended, refused, last_day, profile, looked
	FROM protection_identification `

func scanProcedure(rows *sql.Rows) (p procedure, err error) {
	var suspended int64
	err = rows.Scan(&p.ID, &p.Key.Case, &p.Key.Person, &p.Version, &p.Jurisdiction, &p.Stage, &p.Kind, &suspended, &p.Refused, &p.Last, &p.Profile, &p.Looked)
	p.Suspended = suspended == 1
	return p, err
}

// find returns procedures with their times.
func find(ctx context.Context, tx *db.Tx, org auth.OrgID, tail string, args ...any) ([]procedure, error) {
	rows, err := tx.Query(ctx, selectProcedure+tail, append([]any{string(org)}, args...)...)
	all, err := db.Collect(rows, err, scanProcedure)
	for i := range all {
		if err == nil {
			err = all[i].load(ctx, tx, org)
		}
	}
	return all, err
}

// load reads the times of a procedure.
func (p *procedure) load(ctx context.Context, tx *db.Tx, org auth.OrgID) error {
	rows, err := tx.Query(ctx, `SELECT event_id, clock, profile, fact, amount, unit, bound, began, due_day, due_at, doubt, extended, ended, ended_by
		FROM protection_identification_clock WHERE org_id = $1 AND procedure_id = $2 ORDER BY ordinal`, string(org), p.ID)
	p.events = nil
	p.Timers, err = db.Collect(rows, err, func(r *sql.Rows) (t Timer, err error) {
		var amount, dueAt, extended int64
		var event string
		err = r.Scan(&event, &t.Clock, &t.Version, &t.Fact, &amount, &t.Term.Unit, &t.Term.Bound, &t.Began, &t.Due.Day, &dueAt, &t.Why, &extended, &t.Ended, &t.EndedBy)
		t.Term.Amount, t.Extended = float64(amount), extended == 1
		if dueAt > 0 {
			t.Due.At = time.UnixMicro(dueAt)
		}
		t.Due.Covered = t.Why != Uncovered
		p.events = append(p.events, event)
		return t, err
	})
	return err
}

// number writes a truth as SQL has it on both engines.
func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// save writes a procedure whose version was raised, and those times that a step started or changed.
func (p *procedure) save(ctx context.Context, tx *db.Tx, org auth.OrgID, by auth.AccountID, event string, after State, v profile.Version) error {
	stage, _ := v.Stage(after.Stage)
	_, err := tx.Exec(ctx, `UPDATE protection_identification SET stage = $1, kind = $2, suspended = $3, refused = $4, last_day = $5, profile = $6,
		changed_by = $7, changed_at = $8 WHERE org_id = $9 AND id = $10`, after.Stage, string(stage.Kind), number(after.Suspended), after.Refused,
		string(after.Last), v.ID, string(by), tx.NowMicros(), string(org), p.ID)
	if err != nil {
		return err
	}
	for i, t := range after.Timers {
		switch {
		case i >= len(p.Timers):
			err = p.start(ctx, tx, org, event, i, t, v)
		case t != p.Timers[i]:
			err = p.change(ctx, tx, org, i, t, p.Timers[i])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *procedure) start(ctx context.Context, tx *db.Tx, org auth.OrgID, event string, i int, t Timer, v profile.Version) error {
	c, _ := v.Clock(t.Clock)
	day, at, remind := stored(c, t)
	_, err := tx.Exec(ctx, `INSERT INTO protection_identification_clock (org_id, procedure_id, ordinal, case_id, person_id, event_id, clock, profile, fact,
		amount, unit, bound, began, due_day, due_at, remind_on, doubt, extended, ended, ended_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		string(org), p.ID, i+1, p.Key.Case, string(p.Key.Person), event, t.Clock, t.Version, t.Fact,
		int64(t.Term.Amount), t.Term.Unit, t.Term.Bound, string(t.Began), string(day), at, string(remind), string(t.Why), number(t.Extended), string(t.Ended), t.EndedBy)
	return err
}

func (p *procedure) change(ctx context.Context, tx *db.Tx, org auth.OrgID, i int, t, was Timer) error {
	q := "UPDATE protection_identification_clock SET ended = $1, ended_by = $2, extended = $3"
	args := []any{string(t.Ended), t.EndedBy, number(t.Extended), string(org), p.ID, i + 1}
	if t.Due.Day != was.Due.Day {
		q += ", due_day = $7, due_at = $8, remind_on = $9, doubt = $10"
		args = append(args, string(t.Due.Day), t.Due.At.UnixMicro(), string(remind(t)), string(t.Why))
	}
	_, err := tx.Exec(ctx, q+" WHERE org_id = $4 AND procedure_id = $5 AND ordinal = $6", args...)
	return err
}

// stored returns what of a deadline stands in clear. The day before a birthday does not: only the month
// in which somebody is told for the first time, half a year before.
func stored(c profile.Clock, t Timer) (day profile.Date, at int64, tell profile.Date) {
	if t.Due.Day == "" {
		return "", 0, ""
	}
	if c.Age > 0 {
		return "", 0, month(t.Due.Day.Plus(-7), -6)
	}
	return t.Due.Day, t.Due.At.UnixMicro(), remind(t)
}

// month returns the first day of the month of a day, some months on.
func month(day profile.Date, months int) profile.Date {
	at, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		return ""
	}
	return profile.Date(time.Date(at.Year(), at.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
}

// remind says when somebody is told of a deadline: a week before a long one, a day before a short one,
// and the day after a minimum, when it has passed.
func remind(t Timer) profile.Date {
	if t.Term.Bound == profile.Minimum {
		return t.Due.Day.Plus(1)
	}
	if days, _ := profile.DaysLeft(t.Began, t.Due.Day); days >= 28 {
		return t.Due.Day.Plus(-7)
	}
	return t.Due.Day.Plus(-1)
}

func words(codes []string) string { return strings.Join(codes, " ") }
