package credential

import (
	"context"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/private"
)

// Try is somebody who says who they are, with a password and a code.
type Try struct {
	Number   string
	Password private.Text
	Code     string // of the app, or a recovery code
	Device   string // the secret by which the browser may be known
	Kind     auth.Device
}

// Welcome is what somebody gets who has proved who they are.
type Welcome struct {
	Session string // secret of the new session
	Device  string // secret by which the browser is known from now on; "" when it has one already
}

// cleanNumber reads a typed sign-in number; "" is no number.
func cleanNumber(typed string) string {
	number := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, typed)
	if len(number) != 8 || strings.Trim(number, "0123456789") != "" {
		return ""
	}
	return number
}

// attempt is a try on its way.
type attempt struct {
	stored
	found  bool // somebody can sign in with the number
	device string
	source string
	pace   pace
	now    time.Time
}

// SignIn signs somebody in by password and code. Whatever does not match, and whether there is such a
// number at all, is one answer, [fault.Denied], after the same work. [fault.Unavailable] is for who
// tries too fast, or when too many try at once.
func (c *Credentials) SignIn(ctx context.Context, t Try) (w Welcome, err error) {
	if t.Number == "" || t.Password.IsZero() || t.Code == "" {
		return w, refused() // a form that is not filled in tells nothing of anybody
	}
	began := time.Now()
	number := cleanNumber(t.Number)
	a, err := c.approach(ctx, number, t.Device)
	if err != nil {
		return w, err
	}
	leave, err := c.hash.lane(a.device != "").seat(ctx)
	if err != nil {
		return w, err
	}
	defer leave()
	if err := c.count(ctx, a); err != nil {
		return w, err
	}
	p, err := c.prove(ctx, a, t.Password, t.Code)
	if err != nil {
		return w, err
	}
	if p.right() {
		w, err = c.welcome(ctx, a, p, t)
	} else {
		err = c.turnAway(ctx, a, "sign-in.refused")
	}
	if fault.KindOf(err) == fault.Denied && err != nil {
		c.even(ctx, began)
	}
	return w, err
}

// approach finds out what a number stands for and whether its source must wait.
func (c *Credentials) approach(ctx context.Context, number, device string) (a attempt, err error) {
	err = c.db.Read(ctx, func(tx *db.Tx) error {
		a.now = tx.Now()
		if a.stored, a.found, err = lookUp(ctx, tx, number); err != nil {
			return err
		}
		if a.device, err = knownDevice(ctx, tx, a.owner, device); err != nil {
			return err
		}
		a.source, a.pace = strangerSource(number), strangerPace
		if a.device != "" {
			a.source, a.pace = deviceSource(a.device), knownPace
		}
		return a.pace.look(ctx, tx, a.source)
	})
	return a, err
}

// count takes one try from the budget of the source.
func (c *Credentials) count(ctx context.Context, a attempt) error {
	return c.db.WriteUnaudited(ctx, "a try is counted before it is known what it is", func(tx *db.Tx) error {
		return a.pace.take(ctx, tx, a.source)
	})
}

// proof is what was found to match.
type proof struct {
	password bool
	step     int64  // of the app's code
	code     bool   // the app's code is right
	recovery string // a recovery code, which is looked up when it is used
	rehash   string // the password hashed at today's cost
}

func (p proof) right() bool { return p.password && (p.code || p.recovery != "") }

// prove compares. It hashes whether or not there is anything to compare with.
func (c *Credentials) prove(ctx context.Context, a attempt, password private.Text, typed string) (p proof, err error) {
	hash, secret := c.dummy, []byte(dummySecret)
	if a.found {
		hash = a.hash
		if secret, err = c.sealer.Open(ctx, a.org, secretPlace(a.account), a.sealed); err != nil {
			return p, err
		}
	}
	text := password.Reveal("compare a password with its hash")
	if len(text) > 4*MaxPassword {
		text = "" // longer than any password there is; the work is done all the same
	}
	match, old, err := c.hash.matches(text, hash)
	if err != nil {
		return p, err
	}
	p.password = match && a.found
	code, _ := cleanCode(typed)
	if p.step, p.code, err = matchCode(string(secret), code, a.now, a.lastStep); err != nil {
		return p, err
	}
	p.code = p.code && a.found
	p.recovery, _ = cleanRecovery(typed)
	if p.right() && old {
		p.rehash = c.hash.make(text)
	}
	return p, nil
}

// dummySecret stands in for the secret of an app when there is none.
const dummySecret = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// welcome uses the code up and starts the session.
func (c *Credentials) welcome(ctx context.Context, a attempt, p proof, t Try) (w Welcome, err error) {
	by := actorOf(a.owner)
	err = c.db.Write(ctx, func(tx *db.Tx) error {
		if err := useProof(ctx, tx, a, p); err != nil {
			return err
		}
		if err := restore(ctx, tx, a.source); err != nil {
			return err
		}
		if w.Device, err = remember(ctx, tx, a.owner, t.Device); err != nil {
			return err
		}
		w.Session, err = auth.BeginSession(ctx, tx, auth.Start{Org: a.org, Account: a.account, Way: auth.ByPassword, Device: t.Kind})
		if err != nil || p.code {
			return err
		}
		if err := record(ctx, tx, by, audit.Login, string(a.account), "recovery.use"); err != nil {
			return err
		}
		return tell(ctx, tx, a.org, a.account, notify.CredentialChanged, string(a.account))
	})
	if fault.KindOf(err) == fault.Denied && err != nil {
		return Welcome{}, c.turnAway(ctx, a, "sign-in.refused")
	}
	return w, err
}

// useProof uses a code up in tx, if the password is still the one that was compared.
func useProof(ctx context.Context, tx *db.Tx, a attempt, p proof) error {
	set := "last_step = last_step"
	args := []any{a.org, a.account, a.version}
	if p.code {
		set, args = "last_step = $4", append(args, p.step)
	} else {
		ok, err := useRecovery(ctx, tx, a.owner, p.recovery)
		if err != nil {
			return err
		}
		if !ok {
			return refused()
		}
	}
	q := "UPDATE credential_password SET " + set + " WHERE org_id = $1 AND account_id = $2 AND version = $3"
	if p.code {
		q += " AND last_step < $4"
	}
	n, err := tx.Exec(ctx, q, args...)
	if err != nil {
		return err
	}
	if n == 0 {
		return refused()
	}
	if p.rehash == "" {
		return nil
	}
	_, err = tx.Exec(ctx, "UPDATE credential_password SET hash = $1 WHERE org_id = $2 AND account_id = $3", p.rehash, a.org, a.account)
	return err
}

// turnAway records a refusal with the account it was about. A number that nobody has has no record;
// its budget is written once more instead, so that both take a write.
func (c *Credentials) turnAway(ctx context.Context, a attempt, act string) error {
	var err error
	if a.found {
		err = c.db.Write(ctx, func(tx *db.Tx) error {
			return record(ctx, tx, actorOf(a.owner), audit.Login, string(a.account), act)
		})
	} else {
		err = c.db.WriteUnaudited(ctx, "a number that nobody has has no record", func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE credential_pace SET whole_at = whole_at WHERE source = $1", a.source)
			return err
		})
	}
	if err != nil {
		return err
	}
	return refused()
}

// even lets a refusal end on a beat of the clock, so that what little difference there is between one
// and another does not show.
func (c *Credentials) even(ctx context.Context, began time.Time) {
	if c.beat <= 0 {
		return
	}
	wait := c.beat - time.Since(began)%c.beat
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// Unlock wakes a locked session by the password of its account. With a code as well it proves as much
// as signing in does, and the session may change how one signs in. What does not match is [fault.Denied].
// Each session has a budget of its own.
func (c *Credentials) Unlock(ctx context.Context, s auth.Session, password private.Text, code string) error {
	if password.IsZero() {
		return refused()
	}
	a := attempt{source: sessionSource(s.ID), pace: knownPace}
	err := c.db.Read(ctx, func(tx *db.Tx) error {
		a.now = tx.Now()
		o, err := ownerOf(ctx, tx, s.Actor)
		if err == nil {
			a.stored, a.found, err = lookUp(ctx, tx, o.number)
		}
		if err := ignoreNone(err); err != nil {
			return err
		}
		return a.pace.look(ctx, tx, a.source)
	})
	if err != nil {
		return err
	}
	leave, err := c.hash.known.seat(ctx)
	if err != nil {
		return err
	}
	defer leave()
	if err := c.count(ctx, a); err != nil {
		return err
	}
	p, err := c.prove(ctx, a, password, code)
	if err != nil {
		return err
	}
	whole := strings.TrimSpace(code) != ""
	if !p.password || whole && !p.right() {
		return c.turnAway(ctx, a, "unlock.refused")
	}
	return c.db.Write(ctx, func(tx *db.Tx) error {
		if whole {
			if err := useProof(ctx, tx, a, p); err != nil {
				return err
			}
		}
		if err := restore(ctx, tx, a.source); err != nil {
			return err
		}
		return auth.Wake(ctx, tx, s, auth.ByPassword, whole)
	})
}
