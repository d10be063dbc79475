package space

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/beat"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/support"
	"github.com/fourfold/fourfold/internal/vault"
)

// Rooms are what a page of a person is made from.
type Rooms struct {
	Accounts *auth.Accounts
	Cases    *casefile.Cases
	People   *person.People
	Consents *consent.Consents
	Support  *support.Supports
}

// Spaces are the own pages of the people of a node. It is safe for concurrent use; Schedule is set before.
type Spaces struct {
	// Schedule is when answers to those who want in leave.
	Schedule beat.Schedule

	db    *db.DB
	vault *vault.Vault
	rooms Rooms
}

// On returns the own pages of a node. What the vault checks and erases goes here too.
func On(d *db.DB, v *vault.Vault, r Rooms) *Spaces {
	own.Guard(v)
	v.OnErase(vault.Eraser{Name: "protection_slip", InTx: forget})
	return &Spaces{Schedule: beat.Default(), db: d, vault: v, rooms: r}
}

// forget removes the slips of a person and whoever is in with one.
func forget(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
	for _, q := range []string{
		"DELETE FROM protection_slip_visit WHERE org_id = $1 AND slip_id IN (SELECT id FROM protection_slip WHERE org_id = $1 AND person_id = $2)",
		"DELETE FROM protection_slip WHERE org_id = $1 AND person_id = $2",
	} {
		if _, err := tx.Exec(ctx, q, string(org), string(person)); err != nil {
			return err
		}
	}
	return nil
}

func missing() *fault.Error { return fault.New(fault.NotFound, "This does not exist.") }

// Slip is the slip of a case as those see it who work on it. Its number is not known any more.
type Slip struct {
	Held         bool // there is one that holds
	Made, Until  time.Time
	By           auth.AccountID
	Used         time.Time // zero for never
	Wrong        int       // wrong words since
	Spent        bool      // so many that it lets nobody in
	id, caseID   string
	person       vault.PersonID
	org          auth.OrgID
	word, other  string
	now, counted int64
}

const slipColumns = `SELECT org_id, id, case_id, person_id, word_hash, other_hash, made_by, made_at, until_at, ended_at, used_at, wrong, wrong_now, wrong_since
	FROM protection_slip `

// slipWhere returns a slip; one that is not there is the zero slip, which nobody gets in with.
func slipWhere(ctx context.Context, tx *db.Tx, where string, args ...any) (s Slip, err error) {
	var made, until, ended, used, wrong int64
	err = tx.QueryRow(ctx, slipColumns+where, args...).Scan(
		&s.org, &s.id, &s.caseID, &s.person, &s.word, &s.other, &s.By, &made, &until, &ended, &used, &wrong, &s.now, &s.counted)
	if errors.Is(err, sql.ErrNoRows) {
		return Slip{}, nil
	}
	s.Made, s.Until, s.Wrong = time.UnixMicro(made).UTC(), time.UnixMicro(until).UTC(), int(wrong)
	if used > 0 {
		s.Used = time.UnixMicro(used).UTC()
	}
	s.Spent = wrong >= wrongInAll
	s.Held = ended == 0 && s.Until.After(tx.Now())
	return s, err
}

// Slip returns the newest slip of a case to whoever works on it.
func (s *Spaces) Slip(ctx context.Context, actor auth.Actor, of casefile.ID) (found Slip, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := casefile.Load(ctx, tx, actor, of, auth.WorkCases); err != nil {
			return err
		}
		found, err = slipWhere(ctx, tx, "WHERE org_id = $1 AND case_id = $2 ORDER BY made_at DESC, id LIMIT 1", string(actor.Org), string(of))
		return err
	})
	return found, err
}

// NewSlip is what a slip is made with. The person chooses the words.
type NewSlip struct {
	Word private.Text
	// Other is the word for when somebody stands behind them; empty for none.
	Other private.Text
	Days  int // how long it holds; 0 means a year
}

// mostDays is how long a slip holds at most.
const mostDays = 365

func (n NewSlip) check() error {
	f := fault.New(fault.Invalid, "The slip was not made.")
	word, other := plainWord(n.Word), plainWord(n.Other)
	if !longEnough(word) {
		f = f.WithField("word", "Use at least %d letters.", leastWord)
	}
	if !n.Other.IsZero() && (!longEnough(other) || other == word) {
		f = f.WithField("other", "Use at least %d letters, and not the same word.", leastWord)
	}
	if n.Days < 0 || n.Days > mostDays {
		f = f.WithField("days", "Use at most %d days.", mostDays)
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// Make makes the slip of a case and revokes the one before it. The number is returned once, to be printed.
func (s *Spaces) Make(ctx context.Context, actor auth.Actor, of casefile.ID, n NewSlip) (number string, err error) {
	if err := n.check(); err != nil {
		return "", err
	}
	if n.Days == 0 {
		n.Days = mostDays
	}
	number = newNumber()
	word, other := wordHash(number, plainWord(n.Word)), wordHash(number, db.NewID()) // nobody knows that one
	if !n.Other.IsZero() {
		other = wordHash(number, plainWord(n.Other))
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := casefile.Lock(ctx, tx, actor, of, auth.WorkCases)
		if err != nil {
			return err
		}
		if err := end(ctx, tx, actor.Org, of); err != nil {
			return err
		}
		id := db.NewID()
		_, err = tx.Exec(ctx, `INSERT INTO protection_slip (org_id, id, case_id, person_id, number_hash, word_hash, other_hash, made_by, made_at, until_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, string(actor.Org), id, string(of), string(c.Person), numberHash(number), word, other,
			string(actor.Account), tx.NowMicros(), tx.Now().AddDate(0, 0, n.Days).UnixMicro())
		if err != nil {
			return err
		}
		return s.note(ctx, tx, actor, c, "own.slip", audit.Decision)
	})
	if err != nil {
		return "", err
	}
	return grouped(number), nil
}

// Revoke ends the slip of a case, and whoever is in with it is out. Whoever has none is as well off.
func (s *Spaces) Revoke(ctx context.Context, actor auth.Actor, of casefile.ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := casefile.Lock(ctx, tx, actor, of, auth.WorkCases, casefile.AnyState)
		if err != nil {
			return err
		}
		if err := end(ctx, tx, actor.Org, of); err != nil {
			return err
		}
		return s.note(ctx, tx, actor, c, "own.revoke", audit.Decision)
	})
}

// end ends every slip of a case, with the visits.
func end(ctx context.Context, tx *db.Tx, org auth.OrgID, of casefile.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM protection_slip_visit WHERE org_id = $1 AND slip_id IN
		(SELECT id FROM protection_slip WHERE org_id = $1 AND case_id = $2)`, string(org), string(of))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE protection_slip SET ended_at = $1 WHERE org_id = $2 AND case_id = $3 AND ended_at = 0",
		tx.NowMicros(), string(org), string(of))
	return err
}

// note enters an act about the person of a case that changed no sealed row.
func (s *Spaces) note(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, act string, k audit.Kind) error {
	return record.Note(ctx, tx, s.vault, record.Act{Actor: actor, Name: act, Kind: k}, c.Child(), "protection_slip")
}
