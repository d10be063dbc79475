package record

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// SubmissionKey is what a form carries so that sending it twice does its work once. It is made with
// the form, by [NewSubmissionKey].
type SubmissionKey string

var submissionForm = regexp.MustCompile(`^[A-Za-z0-9]{1,64}$`)

// submissionLife is how long the answer to a form is known.
const submissionLife = 7 * 24 * time.Hour

// NewSubmissionKey returns a new key for a form.
func NewSubmissionKey() SubmissionKey { return SubmissionKey(db.NewID()) }

// Once runs do in tx unless the actor sent a form with the same key before; then it returns the
// identifier that do returned the first time, and again is true. Without a key it runs do. It stands
// outermost in the transaction, before any lock, so that a second time changes nothing at all.
func Once(ctx context.Context, tx *db.Tx, actor auth.Actor, key SubmissionKey, do func() (string, error)) (result string, again bool, err error) {
	if key == "" {
		result, err = do()
		return result, false, err
	}
	if !submissionForm.MatchString(string(key)) {
		return "", false, fault.New(fault.Invalid, "The form is damaged.").WithHint("Load the page again.")
	}
	err = tx.QueryRow(ctx, "SELECT result FROM protection_submission WHERE org_id = $1 AND account_id = $2 AND key = $3",
		string(actor.Org), string(actor.Account), string(key)).Scan(&result)
	if !errors.Is(err, sql.ErrNoRows) {
		return result, err == nil, err
	}
	_, err = tx.Exec(ctx, "DELETE FROM protection_submission WHERE org_id = $1 AND account_id = $2 AND at < $3",
		string(actor.Org), string(actor.Account), tx.Now().Add(-submissionLife).UnixMicro())
	if err != nil {
		return "", false, err
	}
	// Of two at once, PostgreSQL makes one begin again, and that one finds the row of the other.
	_, err = tx.Exec(ctx, `INSERT INTO protection_submission (org_id, account_id, key, result, at) VALUES ($1, $2, $3, '', $4)
		ON CONFLICT (org_id, account_id, key) DO NOTHING`, string(actor.Org), string(actor.Account), string(key), tx.NowMicros())
	if err != nil {
		return "", false, err
	}
	if result, err = do(); err != nil {
		return "", false, err
	}
	_, err = tx.Exec(ctx, "UPDATE protection_submission SET result = $1 WHERE org_id = $2 AND account_id = $3 AND key = $4",
		result, string(actor.Org), string(actor.Account), string(key))
	return result, false, err
}
