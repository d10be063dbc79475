package staff

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// Limits are from when on somebody is warned. They are ours, not a standard: a service sets its own.
type Limits struct {
	Cases int // open cases of one worker
	Told  int // how often a narrative was opened in seven days
}

// Usual returns the limits that hold unless a service sets others.
func Usual() Limits { return Limits{Cases: 20, Told: 40} }

// Week is what a worker has before them, and what they have read in seven days.
type Week struct {
	Cases int
	// Told is how often the worker opened what somebody told, as the ledger has it, in the cases that are
	// theirs now.
	Told           int
	Many, TooMuch  bool // over the limits; nothing is blocked
	More           bool // there are more cases than were counted
	From           time.Time
	LimitsThatHold Limits
}

// counted is how many cases are counted, and whose ledger is read.
const counted = 100

// Week counts the actor's own week. Nobody sees the week of another.
func (s *Staffs) Week(ctx context.Context, actor auth.Actor, l Limits) (w Week, err error) {
	page, err := s.cases.List(ctx, actor, casefile.Filter{Whose: casefile.Mine, Limit: counted})
	if err != nil {
		return w, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		w = Week{Cases: len(page.Cases), More: !page.Next.IsZero(), From: tx.Now().AddDate(0, 0, -7), LimitsThatHold: l}
		return nil
	})
	if err != nil {
		return w, err
	}
	var persons []string
	for _, c := range page.Cases {
		persons = append(persons, string(c.Person))
	}
	slices.Sort(persons)
	for _, person := range slices.Compact(persons) {
		entries, err := audit.About(ctx, s.db, s.vault, string(actor.Org), person)
		if err != nil {
			return w, err
		}
		for _, e := range entries {
			if e.At.Before(w.From) {
				break // the newest come first
			}
			if e.Kind == audit.Opening && e.Actor == string(actor.Account) && slices.Contains(strings.Fields(e.Detail["fields"]), "narrative") {
				w.Told++
			}
		}
	}
	w.Many, w.TooMuch = w.Cases > l.Cases || w.More, w.Told > l.Told
	return w, nil
}

// Outward returns by which name an account is known outside: its working name, or "" for none.
func Outward(ctx context.Context, tx *db.Tx, org auth.OrgID, account auth.AccountID) (name string, err error) {
	err = tx.QueryRow(ctx, "SELECT name FROM protection_outward WHERE org_id = $1 AND account_id = $2", string(org), string(account)).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return name, err
}

// KnownAs returns the actor's own working name.
func (s *Staffs) KnownAs(ctx context.Context, actor auth.Actor) (name string, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		name, err = Outward(ctx, tx, actor.Org, actor.Account)
		return err
	})
	return name, err
}

// Rename gives the actor another working name; "" takes it away.
func (s *Staffs) Rename(ctx context.Context, actor auth.Actor, name string) error {
	name = strings.Join(strings.Fields(name), " ")
	if !actor.May(auth.WorkCases) {
		return missing()
	}
	if len(name) > 120 {
		return fault.New(fault.Invalid, "The name was not kept.").WithField("outward", "Use at most %d characters.", 120)
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO protection_outward (org_id, account_id, version, name, changed_by, changed_at) VALUES ($1, $2, 1, $3, $2, $4)
			ON CONFLICT (org_id, account_id) DO UPDATE SET version = protection_outward.version + 1, name = $3, changed_at = $4`,
			string(actor.Org), string(actor.Account), name, tx.NowMicros())
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Decision, Subject: string(actor.Account),
			Detail: map[string]string{"act": "staff.rename", "via": string(actor.Via)},
		})
	})
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
