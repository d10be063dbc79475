package credential

import (
	"bytes"
	"context"
	"database/sql"
	"errors"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Form is what a locked session refused to take: an address of this node and the fields of its form.
type Form struct {
	Path string
	Body []byte
}

// maxForm bounds a held form in bytes.
const maxForm = 64 << 10

func formPlace(s auth.Session, path string) string { return "session_held:" + s.ID + ":" + path }

// Hold keeps a form that a locked session refused, sealed, for its owner to send when they are back.
// A session holds one: the newest.
func (c *Credentials) Hold(ctx context.Context, s auth.Session, f Form) error {
	if len(f.Body) > maxForm {
		return fault.New(fault.TooLarge, "The form is too large to be kept (%d bytes).", maxForm)
	}
	sealed, err := c.sealer.Seal(ctx, s.Actor.Org, formPlace(s, f.Path), f.Body)
	if err != nil {
		return err
	}
	return c.db.WriteUnaudited(ctx, "a form that nobody has sent yet changes nothing", func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO session_held (org_id, session_id, path, sealed, held_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (org_id, session_id) DO UPDATE SET path = excluded.path, sealed = excluded.sealed, held_at = excluded.held_at`,
			s.Actor.Org, s.ID, f.Path, sealed, tx.NowMicros())
		return err
	})
}

// Held returns the form of a session that is not locked any more; ok is false when there is none.
func (c *Credentials) Held(ctx context.Context, s auth.Session) (f Form, ok bool, err error) {
	var sealed []byte
	err = c.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, "SELECT path, sealed FROM session_held WHERE org_id = $1 AND session_id = $2", s.Actor.Org, s.ID).Scan(&f.Path, &sealed)
	})
	if errors.Is(err, sql.ErrNoRows) || s.Locked {
		return Form{}, false, nil
	}
	if err != nil {
		return Form{}, false, err
	}
	body, err := c.sealer.Open(ctx, s.Actor.Org, formPlace(s, f.Path), sealed)
	f.Body = bytes.Clone(body)
	return f, err == nil, err
}

// Drop forgets the form of a session and reports whether there was one: of two that send it, one does.
func (c *Credentials) Drop(ctx context.Context, s auth.Session) (dropped bool, err error) {
	err = c.db.WriteUnaudited(ctx, "a form that nobody has sent yet changes nothing", func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM session_held WHERE org_id = $1 AND session_id = $2", s.Actor.Org, s.ID)
		dropped = n > 0
		return err
	})
	return dropped, err
}

// ignoreNone lets the absence of a row pass.
func ignoreNone(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}
