package credential

import (
	"context"
	"database/sql"
	"errors"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/private"
)

// NewPassword is a password with an app on the way to being made.
type NewPassword struct {
	Number string       // the sign-in number
	Secret private.Text // for an app, as base 32
	Square Square       // the same for its camera
}

// secretPlace is what the sealed secret of an app is bound to.
func secretPlace(a auth.AccountID) string { return "credential_password.secret:" + string(a) }

// BeginPassword makes the secret for an app. Nothing counts before [Credentials.SetPassword].
func (c *Credentials) BeginPassword(ctx context.Context, s auth.Session) error {
	if s.Actor.Org == "" || s.Locked {
		return mayChange(auth.Session{}, s.Proved)
	}
	sealed, err := c.sealer.Seal(ctx, s.Actor.Org, secretPlace(s.Actor.Account), []byte(newCodeSecret()))
	if err != nil {
		return err
	}
	return c.db.WriteUnaudited(ctx, "what is begun lets nobody in", func(tx *db.Tx) error {
		if err := mayChange(s, tx.Now()); err != nil {
			return err
		}
		o, err := ensureOwner(ctx, tx, s.Actor)
		if err != nil {
			return err
		}
		return begin(ctx, tx, s.ID, ceremony{kind: appNew, owner: o, content: sealed})
	})
}

// PendingPassword returns what BeginPassword has made in this session; ok is false when there is nothing.
func (c *Credentials) PendingPassword(ctx context.Context, s auth.Session) (p NewPassword, ok bool, err error) {
	var (
		pending ceremony
		o       owner
	)
	err = c.db.Read(ctx, func(tx *db.Tx) error {
		if err := mayChange(s, tx.Now()); err != nil {
			return err
		}
		if pending, err = peek(ctx, tx, appNew, s.ID); err != nil {
			return err
		}
		o, err = ownerOf(ctx, tx, s.Actor)
		return err
	})
	if fault.KindOf(err) == fault.Denied || fault.KindOf(err) == fault.Stale {
		return p, false, nil
	}
	if err != nil {
		return p, false, err
	}
	secret, err := c.sealer.Open(ctx, s.Actor.Org, secretPlace(s.Actor.Account), pending.content)
	if err != nil {
		return p, false, err
	}
	p = NewPassword{Number: o.number, Secret: private.New(string(secret))}
	p.Square, err = squareOf(keyURL(string(secret), o.number))
	return p, err == nil, err
}

// SetPassword makes the pending app and a password the sign-in of the session's account, once a code
// of the app has shown that it is set up. It returns ten recovery codes, which are shown this once.
// Other sessions end. A password against the rule, or a wrong code, is [fault.Invalid].
func (c *Credentials) SetPassword(ctx context.Context, s auth.Session, password private.Text, code string) (recovery []string, err error) {
	text := password.Reveal("check and hash a new password")
	var pending ceremony
	err = c.db.Read(ctx, func(tx *db.Tx) error {
		if err := mayChange(s, tx.Now()); err != nil {
			return err
		}
		if pending, err = peek(ctx, tx, appNew, s.ID); err != nil {
			return err
		}
		o, err := ownerOf(ctx, tx, s.Actor)
		if err != nil {
			return err
		}
		return checkPassword(text, s.Actor.Name, o.number)
	})
	if err != nil {
		return nil, err
	}
	secret, err := c.sealer.Open(ctx, s.Actor.Org, secretPlace(s.Actor.Account), pending.content)
	if err != nil {
		return nil, err
	}
	hash, err := c.hashNew(ctx, text)
	if err != nil {
		return nil, err
	}
	code, _ = cleanCode(code)
	err = c.db.Write(ctx, func(tx *db.Tx) error {
		step, ok, err := matchCode(string(secret), code, tx.Now(), 0)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Invalid, "The app is not set up yet.").WithField("code", "This is not the code that the app shows now. Is the clock of the telephone right?")
		}
		recovery, err = storePassword(ctx, tx, s, hash, pending.content, step)
		return err
	})
	return recovery, err
}

// hashNew hashes in the lane of the people the node knows: whoever sets a password is signed in.
func (c *Credentials) hashNew(ctx context.Context, text string) (string, error) {
	leave, err := c.hash.known.seat(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return c.hash.make(text), nil
}

func storePassword(ctx context.Context, tx *db.Tx, s auth.Session, hash string, sealed []byte, step int64) ([]string, error) {
	a := s.Actor
	if err := hold(ctx, tx, a); err != nil {
		return nil, err
	}
	n, err := tx.Exec(ctx, "DELETE FROM credential_ceremony WHERE secret_hash = $1", hashOf(appNew+":"+s.ID))
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, stale() // somebody was faster with the same form
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO credential_password (org_id, account_id, version, hash, secret, last_step, created_at, changed_at)
		VALUES ($1, $2, 1, $3, $4, $5, $6, $6)
		ON CONFLICT (org_id, account_id) DO UPDATE SET version = credential_password.version + 1, hash = excluded.hash,
			secret = excluded.secret, last_step = excluded.last_step, changed_at = excluded.changed_at`,
		a.Org, a.Account, hash, sealed, step, tx.NowMicros())
	if err != nil {
		return nil, err
	}
	codes, err := replaceRecovery(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	return codes, changed(ctx, tx, s, notify.CredentialAdded, string(a.Account), "password.set")
}

// changed does what every change of credentials does: other sessions end, a session that was for
// making a sign-in is whole, the record and the owner are told.
func changed(ctx context.Context, tx *db.Tx, s auth.Session, kind notify.Kind, about, act string) error {
	a := s.Actor
	if _, err := auth.EndSessions(ctx, tx, a, a.Account, s.ID); err != nil {
		return err
	}
	if err := auth.Complete(ctx, tx, s); err != nil {
		return err
	}
	if err := record(ctx, tx, a, audit.Configuration, about, act); err != nil {
		return err
	}
	return tell(ctx, tx, a.Org, a.Account, kind, about)
}

// NewRecovery makes ten new recovery codes; the old ones are of no use any more. An account without a
// password has no use for them: [fault.Conflict].
func (c *Credentials) NewRecovery(ctx context.Context, s auth.Session) (codes []string, err error) {
	err = c.db.Write(ctx, func(tx *db.Tx) error {
		if err := mayChange(s, tx.Now()); err != nil {
			return err
		}
		if err := hold(ctx, tx, s.Actor); err != nil {
			return err
		}
		has, err := hasPassword(ctx, tx, s.Actor)
		if err != nil {
			return err
		}
		if !has {
			return fault.New(fault.Conflict, "Recovery codes belong to a password.").WithHint("Make a password first.")
		}
		if codes, err = replaceRecovery(ctx, tx, s.Actor); err != nil {
			return err
		}
		if err := record(ctx, tx, s.Actor, audit.Configuration, string(s.Actor.Account), "recovery.replace"); err != nil {
			return err
		}
		return tell(ctx, tx, s.Actor.Org, s.Actor.Account, notify.CredentialChanged, string(s.Actor.Account))
	})
	return codes, err
}

func hasPassword(ctx context.Context, tx *db.Tx, a auth.Actor) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, "SELECT count(*) FROM credential_password WHERE org_id = $1 AND account_id = $2", a.Org, a.Account).Scan(&n)
	return n > 0, err
}

// RemovePassword takes the password, its app and the recovery codes away. The last way in stays:
// [fault.Conflict].
func (c *Credentials) RemovePassword(ctx context.Context, s auth.Session) error {
	return c.db.Write(ctx, func(tx *db.Tx) error {
		if err := mayRemove(ctx, tx, s); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "DELETE FROM credential_password WHERE org_id = $1 AND account_id = $2", s.Actor.Org, s.Actor.Account)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "There is no password.")
		}
		if _, err := tx.Exec(ctx, "DELETE FROM credential_recovery WHERE org_id = $1 AND account_id = $2", s.Actor.Org, s.Actor.Account); err != nil {
			return err
		}
		return changed(ctx, tx, s, notify.CredentialRemoved, string(s.Actor.Account), "password.remove")
	})
}

// stored is what is compared with a typed password.
type stored struct {
	owner
	version  int64
	hash     string
	sealed   []byte
	lastStep int64
}

// lookUp returns what is stored under a sign-in number; ok is false when nobody can sign in with it.
func lookUp(ctx context.Context, tx *db.Tx, number string) (s stored, ok bool, err error) {
	err = tx.QueryRow(ctx, `
		SELECT o.org_id, o.account_id, o.number, o.handle, p.version, p.hash, p.secret, p.last_step
		FROM credential_owner o
		JOIN account a ON a.org_id = o.org_id AND a.id = o.account_id AND a.closed_at IS NULL
		JOIN credential_password p ON p.org_id = o.org_id AND p.account_id = o.account_id
		WHERE o.number = $1`, number).
		Scan(&s.org, &s.account, &s.number, &s.handle, &s.version, &s.hash, &s.sealed, &s.lastStep)
	if errors.Is(err, sql.ErrNoRows) {
		return s, false, nil
	}
	return s, err == nil, err
}
