package credential

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// pace is how fast one source may try: a few at once, then one every so often.
type pace struct {
	burst int
	every time.Duration
}

// The paces. Every browser from which an account was signed in before has a budget of its own, and so
// has every session; all the others share one for each sign-in number. Whoever guesses at a number
// slows the browsers that the node does not know, and no other.
var (
	strangerPace = pace{burst: 10, every: 20 * time.Second}
	knownPace    = pace{burst: 10, every: 20 * time.Second}
)

// The sources. What they are about is hashed, so that the table tells nothing.
func strangerSource(number string) string { return hashOf("number:" + number) }
func deviceSource(device string) string   { return hashOf("device:" + device) }
func sessionSource(session string) string { return hashOf("session:" + session) }

// next is the rule: given when a budget is whole again, it returns when it will be whole after one
// more try, or how long to wait for that try.
func (p pace) next(whole, now time.Time) (after time.Time, wait time.Duration) {
	if whole.Before(now) {
		whole = now
	}
	after = whole.Add(p.every)
	if over := after.Sub(now) - time.Duration(p.burst)*p.every; over > 0 {
		return whole, over
	}
	return after, 0
}

// slow is the answer to whoever tries too fast. It is the same for a number that nobody has.
func slow(wait time.Duration) error {
	seconds := int((wait + time.Second - 1) / time.Second)
	return fault.New(fault.Unavailable, "Too many tries from browsers that this node does not know.").
		WithHint("Wait %d seconds, or sign in with a passkey, or from a browser that you have used before.", seconds)
}

// look reports without a change whether a source must wait: a flood is refused before it costs anything.
func (p pace) look(ctx context.Context, tx *db.Tx, source string) error {
	var whole int64
	err := tx.QueryRow(ctx, "SELECT whole_at FROM credential_pace WHERE source = $1", source).Scan(&whole)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, wait := p.next(time.UnixMicro(whole), tx.Now()); wait > 0 {
		return slow(wait)
	}
	return nil
}

// take takes one try from the budget of a source.
func (p pace) take(ctx context.Context, tx *db.Tx, source string) error {
	var whole int64
	err := tx.QueryRow(ctx, "SELECT whole_at FROM credential_pace WHERE source = $1", source).Scan(&whole)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	after, wait := p.next(time.UnixMicro(whole), tx.Now())
	if wait > 0 {
		return slow(wait)
	}
	_, err = tx.Exec(ctx, `INSERT INTO credential_pace (source, whole_at) VALUES ($1, $2)
		ON CONFLICT (source) DO UPDATE SET whole_at = excluded.whole_at`, source, after.UnixMicro())
	return err
}

// restore gives a source its whole budget back: its owner was there.
func restore(ctx context.Context, tx *db.Tx, source string) error {
	_, err := tx.Exec(ctx, "DELETE FROM credential_pace WHERE source = $1", source)
	return err
}
