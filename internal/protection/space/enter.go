package space

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/beat"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/vault"
)

// How long a visit lasts without a press, and at most. Whoever was interrupted must not leave the page open.
const (
	visitIdle = 10 * time.Minute
	visitLife = time.Hour
	// seenEvery is how exactly the last press is kept.
	seenEvery = time.Minute
)

// The kinds of task that this room makes for those who work on the case.
const (
	TaskDanger = "own-danger" // the other word was used
	TaskTried  = "own-tried"  // wrong words were tried
	TaskAsks   = "own-asks"   // the person asks for something, or says that something is wrong
	TaskCopy   = "own-copy"   // the person wants a copy
	TaskCall   = "own-call"   // the person wants to be called

)

// Purpose is for what something is opened on a person's own page.
const Purpose vault.Purpose = "own-page"

// refused is the one answer to whoever does not get in.
func refused() error {
	return fault.New(fault.Denied, "This number and this word do not go together.").
		WithHint("Look at both once more. If you tried often, wait an hour. You can ask for a new number at any time.")
}

// Enter lets somebody in with the number of a slip and a word. Whatever keeps them out, the error is one,
// and so is the time of the answer. What it returns is for their browser to hold.
func (s *Spaces) Enter(ctx context.Context, number, word private.Text) (token string, err error) {
	begun := beat.Begin()
	token, err = s.enter(ctx, number, word)
	if late := s.Schedule.Wait(ctx, begun); late != nil {
		return "", late
	}
	return token, err
}

func (s *Spaces) enter(ctx context.Context, number, word private.Text) (token string, err error) {
	if s.vault.Locked() { // said to everybody alike, before anything is looked up
		return "", fault.New(fault.Unavailable, "This page is closed just now.").WithHint("Come back a little later.")
	}
	plain, said := plainNumber(number), plainWord(word)
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: it ends the program instead
	token = base64.RawURLEncoding.EncodeToString(raw)
	in := false
	err = s.db.WriteUnaudited(ctx, "wrong words are counted; whoever comes in is entered", func(tx *db.Tx) error {
		in = false
		slip, err := slipWhere(ctx, tx, "WHERE number_hash = $1", numberHash(plain))
		if err != nil {
			return err
		}
		v := judge(try{
			Live: slip.Held, Word: same(wordHash(plain, said), slip.word), Other: same(wordHash(plain, said), slip.other),
			Wrong: int64(slip.Wrong), WrongNow: slip.now, Since: time.UnixMicro(slip.counted), Now: tx.Now(),
		})
		if !v.In && !v.Count {
			return nil
		}
		c, err := s.caseOf(ctx, tx, slip)
		if err != nil || c.Row.ID == "" {
			return err
		}
		if v.Count {
			return s.count(ctx, tx, slip, c, v)
		}
		in = true
		return s.begin(ctx, tx, slip, c, v.Harmless, token)
	})
	if err != nil || !in {
		if err == nil {
			err = refused()
		}
		return "", err
	}
	return token, nil
}

// same compares in a time that does not depend on where two hashes differ. Nothing is like no hash.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// caseOf returns the case of a slip as the person may see it, the zero case when they may not.
func (s *Spaces) caseOf(ctx context.Context, tx *db.Tx, slip Slip) (casefile.Case, error) {
	c, err := casefile.Load(ctx, tx, auth.Own(slip.org, "UTC", slip.caseID), casefile.ID(slip.caseID), auth.ReadCases)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return casefile.Case{}, nil
	}
	return c, err
}

// count keeps a wrong word, and tells the case when there are several.
func (s *Spaces) count(ctx context.Context, tx *db.Tx, slip Slip, c casefile.Case, v verdict) error {
	now, since := slip.now+1, slip.counted
	if v.Fresh {
		now, since = 1, tx.NowMicros()
	}
	_, err := tx.Exec(ctx, "UPDATE protection_slip SET wrong = wrong + 1, wrong_now = $1, wrong_since = $2 WHERE org_id = $3 AND id = $4",
		now, since, string(slip.org), slip.id)
	if err != nil || !v.Tell {
		return err
	}
	// One task a day: a task that has ended stays so, and guesses of another day are told anew.
	return s.tell(ctx, tx, c, casefile.NewTask{Kind: TaskTried, Mark: TaskTried + "/" + slip.id + "/" + tx.Now().Format(time.DateOnly)})
}

// begin lets somebody in.
func (s *Spaces) begin(ctx context.Context, tx *db.Tx, slip Slip, c casefile.Case, harmless bool, token string) error {
	// The other word may have been made known to whoever guesses: it gives no guess back.
	q := "UPDATE protection_slip SET used_at = $1, wrong = 0, wrong_now = 0 WHERE org_id = $2 AND id = $3"
	if harmless {
		q = "UPDATE protection_slip SET used_at = $1 WHERE org_id = $2 AND id = $3"
	}
	_, err := tx.Exec(ctx, q, tx.NowMicros(), string(slip.org), slip.id)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO protection_slip_visit (org_id, id, slip_id, harmless, began_at, seen_at) VALUES ($1, $2, $3, $4, $5, $5)`,
		string(slip.org), hashOf(token), slip.id, harmless, tx.NowMicros())
	if err != nil {
		return err
	}
	if harmless {
		if err := s.tell(ctx, tx, c, casefile.NewTask{Kind: TaskDanger, Mark: TaskDanger + "/" + db.NewID(), DueAt: tx.Now()}); err != nil {
			return err
		}
	}
	return s.note(ctx, tx, auth.Own(slip.org, "UTC", slip.caseID), c, "own.enter", audit.Login)
}

// tell leaves a task for those who work on the case.
func (s *Spaces) tell(ctx context.Context, tx *db.Tx, c casefile.Case, t casefile.NewTask) error {
	_, err := s.rooms.Cases.AddTaskIn(ctx, tx, auth.Own(c.Org, "UTC", c.Row.ID), c, t)
	return err
}

// Visit is somebody on their own page.
type Visit struct {
	// Harmless says that the other word was used: the page must show nothing, and nothing is opened for it.
	Harmless bool
	actor    auth.Actor
	of       casefile.ID
	token    string
	since    time.Time // when the slip was made
}

// Zone is the time zone in which times are shown.
func (v Visit) Zone() string { return v.actor.Zone }

// may returns who acts, or the answer to whoever may see nothing.
func (v Visit) may() (auth.Actor, error) {
	if v.Harmless || v.of == "" {
		return auth.Actor{}, missing()
	}
	return v.actor, nil
}

// gone is the answer to a browser that holds nothing, or nothing any more.
func gone() error {
	return fault.New(fault.Denied, "You are not signed in.").WithHint("Sign in again.")
}

// Visit returns who holds a token, and keeps the visit going.
func (s *Spaces) Visit(ctx context.Context, token string) (v Visit, err error) {
	if token == "" || len(token) > maxTyped {
		return Visit{}, gone()
	}
	var (
		org, slipID, zone string
		began, seen       int64
		now               time.Time
	)
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v, now = Visit{token: token}, tx.Now()
		err := tx.QueryRow(ctx, `SELECT v.org_id, v.slip_id, v.harmless, v.began_at, v.seen_at, o.zone
			FROM protection_slip_visit v JOIN org o ON o.id = v.org_id WHERE v.id = $1`, hashOf(token)).
			Scan(&org, &slipID, &v.Harmless, &began, &seen, &zone)
		if errors.Is(err, sql.ErrNoRows) {
			return gone()
		}
		if err != nil {
			return err
		}
		if now.Sub(time.UnixMicro(began)) >= visitLife || now.Sub(time.UnixMicro(seen)) >= visitIdle {
			return gone()
		}
		slip, err := slipWhere(ctx, tx, "WHERE org_id = $1 AND id = $2", org, slipID)
		if err != nil {
			return err
		}
		if !slip.Held {
			return gone()
		}
		c, err := s.caseOf(ctx, tx, slip)
		if err == nil && c.Row.ID == "" {
			err = gone()
		}
		v.of, v.actor, v.since = casefile.ID(slip.caseID), auth.Own(slip.org, zone, slip.caseID), slip.Made
		return err
	})
	if err != nil {
		return Visit{}, err
	}
	if now.Sub(time.UnixMicro(seen)) < seenEvery {
		return v, nil
	}
	return v, s.db.WriteUnaudited(ctx, "a visit goes on", func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE protection_slip_visit SET seen_at = $1 WHERE id = $2", tx.NowMicros(), hashOf(token))
		return err
	})
}

// Leave ends a visit. It works for whoever is out already.
func (s *Spaces) Leave(ctx context.Context, token string) error {
	if token == "" || len(token) > maxTyped {
		return nil
	}
	return s.db.WriteUnaudited(ctx, "a visit ends", func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM protection_slip_visit WHERE id = $1", hashOf(token))
		return err
	})
}

// Sweep removes visits that are over.
func (s *Spaces) Sweep(ctx context.Context) error {
	return s.db.WriteUnaudited(ctx, "visits that are over", func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM protection_slip_visit WHERE began_at <= $1 OR seen_at <= $2",
			tx.Now().Add(-visitLife).UnixMicro(), tx.Now().Add(-visitIdle).UnixMicro())
		return err
	})
}
