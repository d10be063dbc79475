package auth

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
)

// Stage says what a session may be used for.
type Stage string

// The stages.
const (
	// Whole is a session for everything that its account may do.
	Whole Stage = ""
	// Enrolling is a session in which its owner makes a sign-in, and nothing else.
	Enrolling Stage = "enrolling"
)

// Way is how the owner of a session proved who they are.
type Way string

// The ways.
const (
	ByLink     Way = "link"
	ByPassword Way = "password" // with a code of the app, or a recovery code
	ByPasskey  Way = "passkey"
	ByProvider Way = "provider"
)

// Device is the kind of browser of a session, coarse on purpose: enough for its owner to recognise
// it, too little to recognise anybody by.
type Device string

// Session is a session in use.
type Session struct {
	ID    string
	Actor Actor
	Stage Stage
	Way   Way
	// Locked tells that the session rests: nothing is shown and nothing done until its owner is back.
	Locked bool
	// Proved is when the owner last proved who they are.
	Proved time.Time
}

// FreshFor is how long a proof is good enough to change how one signs in. A colleague at an unlocked
// screen must not be able to add a way in of their own.
const FreshFor = 10 * time.Minute

// Fresh reports whether the owner has proved who they are within [FreshFor] before now.
func (s Session) Fresh(now time.Time) bool { return now.Sub(s.Proved) < FreshFor }

// Start is what a session begins with.
type Start struct {
	Org     OrgID
	Account AccountID
	Via     Via // default [ViaSession]
	Way     Way
	Stage   Stage
	Device  Device
}

// StartSession starts a session for an account and returns the secret for its cookie. An account
// that does not exist or is closed is [fault.NotFound].
func (s Accounts) StartSession(ctx context.Context, account AccountID) (secret string, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		org, err := locate(ctx, tx, account)
		if err != nil {
			return err
		}
		secret, err = BeginSession(ctx, tx, Start{Org: org, Account: account, Via: s.via()})
		return err
	})
	return secret, err
}

// BeginSession starts a session in the transaction in which its owner was recognised, and returns
// the secret for its cookie. Whoever calls it has checked who they are; a closed account is
// [fault.Denied] all the same.
func BeginSession(ctx context.Context, tx *db.Tx, b Start) (string, error) {
	b.Via = cmp.Or(b.Via, ViaSession)
	actor, err := actorOf(ctx, tx, b.Org, b.Account, b.Via)
	if err != nil {
		return "", err
	}
	secret, hash := newSecret("ffs_")
	id := db.NewID()
	_, err = tx.Exec(ctx, `
		INSERT INTO session (org_id, id, account_id, secret_hash, via, stage, way, device, created_at, seen_at, proved_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $9)`,
		b.Org, id, b.Account, hash, b.Via, b.Stage, b.Way, b.Device, tx.NowMicros())
	if err != nil {
		return "", err
	}
	if b.Stage == Whole {
		if err := noteSignIn(ctx, tx, b.Org, b.Account); err != nil {
			return "", err
		}
	}
	e := entry(actor, audit.Login, id, "session.start")
	if b.Way != "" {
		e.Detail["way"] = string(b.Way)
	}
	return secret, audit.Append(ctx, tx, e)
}

// SessionActor returns who acts by the session of a secret, with the roles the account has now.
// A session that is unknown, ended, locked, for making a sign-in only, older than SessionLife or idle
// for SessionIdle is [fault.Denied]. A session in use is noted as seen, at most about once a minute.
func (s Accounts) SessionActor(ctx context.Context, secret string) (Actor, error) {
	found, err := s.Session(ctx, secret)
	if err == nil && (found.Locked || found.Stage != Whole) {
		err = denied()
	}
	if err != nil {
		return Actor{}, err
	}
	return found.Actor, nil
}

// Session returns the session of a secret, a locked one included: what a locked session may still do
// is its caller's to keep. One that is unknown, ended, older than SessionLife or idle for SessionIdle
// is [fault.Denied]. A session in use is noted as seen, at most about once a minute; asking for a
// locked one does not wake it.
func (s Accounts) Session(ctx context.Context, secret string) (Session, error) {
	var (
		found Session
		seen  time.Time
		now   time.Time
		hash  = hashOf(secret)
	)
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		now = tx.Now()
		found, seen, err = s.session(ctx, tx, hash)
		return err
	})
	if err != nil {
		return Session{}, err
	}
	if found.Locked || now.Sub(seen) < min(time.Minute, s.idle()/4, s.lockAfter()/4) {
		return found, nil
	}
	err = s.DB.WriteUnaudited(ctx, "a session in use is nobody's decision", func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE session SET seen_at = $1 WHERE secret_hash = $2 AND seen_at < $1", tx.NowMicros(), hash)
		return err
	})
	return found, err
}

func (s Accounts) session(ctx context.Context, tx *db.Tx, hash string) (Session, time.Time, error) {
	var (
		found                 Session
		a                     Actor
		created, seen, proved int64
		locked                sql.NullInt64
	)
	err := tx.QueryRow(ctx, `
		SELECT org_id, id, account_id, via, stage, way, created_at, seen_at, proved_at, locked_at
		FROM session WHERE secret_hash = $1`, hash).
		Scan(&a.Org, &found.ID, &a.Account, &a.Via, &found.Stage, &found.Way, &created, &seen, &proved, &locked)
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, time.Time{}, denied()
	}
	if err != nil {
		return Session{}, time.Time{}, err
	}
	lastSeen := time.UnixMicro(seen)
	idle := tx.Now().Sub(lastSeen)
	if tx.Now().Sub(time.UnixMicro(created)) >= s.life() || idle >= s.idle() {
		return Session{}, time.Time{}, denied()
	}
	// Nobody in the demonstration could prove to be one of its invented people.
	found.Locked = (locked.Valid || idle >= s.lockAfter()) && a.Via != ViaDemo
	found.Proved = time.UnixMicro(proved).UTC()
	found.Actor, err = actorOf(ctx, tx, a.Org, a.Account, a.Via)
	return found, lastSeen, err
}

// EndSession ends the session of a secret. Ending one that does not exist is no error: the aim is
// reached.
func (s Accounts) EndSession(ctx context.Context, secret string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		var (
			a  Actor
			id string
		)
		err := tx.QueryRow(ctx, "SELECT org_id, id, account_id, via FROM session WHERE secret_hash = $1", hashOf(secret)).
			Scan(&a.Org, &id, &a.Account, &a.Via)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM session WHERE org_id = $1 AND id = $2", a.Org, id); err != nil {
			return err
		}
		return audit.Append(ctx, tx, entry(a, audit.Login, id, "session.end"))
	})
}

// LockSession locks the session of a secret at once. Locking one that is locked or does not exist is
// no error.
func (s Accounts) LockSession(ctx context.Context, secret string) error {
	return s.DB.WriteUnaudited(ctx, "a session that rests shows nothing", func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE session SET locked_at = $1 WHERE secret_hash = $2 AND locked_at IS NULL", tx.NowMicros(), hashOf(secret))
		return err
	})
}

// Wake notes in tx that the owner of a session is back: it is unlocked. whole tells that they proved
// who they are as at signing in, which makes it fresh as well. The proof is the caller's to check; a
// session that has ended is [fault.Denied].
func Wake(ctx context.Context, tx *db.Tx, session Session, way Way, whole bool) error {
	a := session.Actor
	proved := session.Proved.UnixMicro()
	if whole {
		proved = tx.NowMicros()
	}
	n, err := tx.Exec(ctx, `
		UPDATE session SET locked_at = NULL, seen_at = $1, proved_at = $2
		WHERE org_id = $3 AND id = $4 AND account_id = $5`, tx.NowMicros(), proved, a.Org, session.ID, a.Account)
	if err != nil {
		return err
	}
	if n == 0 {
		return denied()
	}
	e := entry(a, audit.Login, session.ID, "session.unlock")
	e.Detail["way"] = string(way)
	return audit.Append(ctx, tx, e)
}

// Complete makes in tx a session that was for making a sign-in a whole one, because one was made.
func Complete(ctx context.Context, tx *db.Tx, session Session) error {
	_, err := tx.Exec(ctx, "UPDATE session SET stage = $1 WHERE org_id = $2 AND id = $3", Whole, session.Actor.Org, session.ID)
	if err != nil {
		return err
	}
	return noteSignIn(ctx, tx, session.Actor.Org, session.Actor.Account)
}

// Sweep removes sessions that have ended by time and links that have expired, and returns how
// many. Expired ones let nobody in; this only keeps the tables small.
func (s Accounts) Sweep(ctx context.Context) (removed int64, err error) {
	err = s.DB.WriteUnaudited(ctx, "what has expired lets nobody in already", func(tx *db.Tx) error {
		idle := tx.Now().Add(-s.idle()).UnixMicro()
		sessions, err := tx.Exec(ctx, "DELETE FROM session WHERE created_at <= $1 OR seen_at <= $2",
			tx.Now().Add(-s.life()).UnixMicro(), idle)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM session_held WHERE held_at <= $1", idle); err != nil {
			return err
		}
		links, err := tx.Exec(ctx, "DELETE FROM one_time_link WHERE expires_at <= $1", tx.NowMicros())
		removed = sessions + links
		return err
	})
	return removed, err
}

func (s Accounts) life() time.Duration      { return cmp.Or(s.SessionLife, defaultLife) }
func (s Accounts) idle() time.Duration      { return cmp.Or(s.SessionIdle, defaultIdle) }
func (s Accounts) lockAfter() time.Duration { return cmp.Or(s.LockAfter, defaultLock) }

// LockTime is after how long without a request a session is locked.
func (s Accounts) LockTime() time.Duration { return s.lockAfter() }

func (s Accounts) via() Via { return cmp.Or(s.Via, ViaSession) }
