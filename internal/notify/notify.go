// Package notify leaves notices for the people of an organisation: what happened, as a code, and to
// what, as an identifier. The words are chosen by the page that shows a notice, in the language of
// its reader, so that neither the table nor a message that leaves the machine holds anything that a
// stranger may not read.
//
// A notice is written in the transaction of what it tells of, so that neither exists without the
// other. Whoever may write the database can remove a notice; the record of the act stays in the
// ledger.
package notify

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Kind is what a notice tells of. Every kind has its words on the page "My work".
type Kind string

// The kinds of notice.
const (
	ProposalOpened  Kind = "proposal-opened"  // something waits for a second person
	ProposalDecided Kind = "proposal-decided" // what you proposed was approved, declined or has lapsed
	RolesChanged    Kind = "roles-changed"    // your roles are not what they were
	CredentialReset Kind = "credential-reset" // somebody changed how you sign in
	CredentialAdded Kind = "credential-added" // a passkey, password or code was added to your account
	// CredentialChanged, CredentialRemoved and PasskeyStopped are about the account's own sign-in too.
	CredentialChanged Kind = "credential-changed" // a recovery code was used, or new ones were made
	CredentialRemoved Kind = "credential-removed" // a passkey, password or linked account was taken away
	PasskeyStopped    Kind = "passkey-stopped"    // a passkey may have been copied and works no more

	SignInNew        Kind = "sign-in-new"       // your account was used from a browser it was not used from before
	GlassBroken      Kind = "glass-broken"      // somebody opened by emergency access
	EmergencyAgain   Kind = "emergency-again"   // an emergency was declared while an earlier one was not reviewed
	GlassReview      Kind = "glass-review"      // an emergency access waits for its review
	SearchAlarm      Kind = "search-alarm"      // a person was looked up without a case or task
	ReviewDue        Kind = "review-due"        // the review of access is due
	BreachClock      Kind = "breach-clock"      // the time to tell the regulator is running
	ErasureProposed  Kind = "erasure-proposed"  // an erasure waits for a second person
	ErasureDone      Kind = "erasure-done"      // an erasure that you proposed was done
	AgreementOffered Kind = "agreement-offered" // an agreement waits for a signature
	AgreementSigned  Kind = "agreement-signed"  // an agreement of yours was signed
	AgreementEnded   Kind = "agreement-ended"   // an agreement was suspended or has ended
	JobDead          Kind = "job-dead"          // work was given up after several tries
	BackupFailed     Kind = "backup-failed"     // no copy was made, or it could not be verified
	LedgerAltered    Kind = "ledger-altered"    // the record does not verify
	RetentionDue     Kind = "retention-due"     // files whose time is over wait for a decision
	DeadlineNear     Kind = "deadline-near"     // a time of a procedure runs out, or its law has changed

	RecallAsked  Kind = "recall-asked"  // a partner asks for something back
	TeamJoined   Kind = "team-joined"   // somebody was put into a team of yours
	VisitOverdue Kind = "visit-overdue" // somebody who is out has not checked in
	ReferralNews Kind = "referral-news" // a referral has come, or was answered
	FeedbackNew  Kind = "feedback-new"  // somebody said something to those who oversee the service
)

// Kinds returns all kinds, in the order of the constants.
func Kinds() []Kind {
	return []Kind{
		ProposalOpened, ProposalDecided, RolesChanged, CredentialReset, CredentialAdded, CredentialChanged, CredentialRemoved, PasskeyStopped, SignInNew, GlassBroken, EmergencyAgain, GlassReview,
		SearchAlarm, ReviewDue, BreachClock, ErasureProposed, ErasureDone, AgreementOffered, AgreementSigned, AgreementEnded,
		JobDead, BackupFailed, LedgerAltered, RetentionDue, DeadlineNear, TeamJoined, VisitOverdue, RecallAsked, ReferralNews, FeedbackNew,
	}
}

// Notice is one message to one account. Organisation and accounts are plain strings because this
// package stands below those that define them.
type Notice struct {
	Org string
	// ID, At and Read are set by this package; what the caller of [Post] puts there is ignored.
	ID   string
	At   time.Time
	Read bool
	// To is the account that is told.
	To   string
	Kind Kind
	// About is the identifier of what the notice is about.
	About string
}

// aboutForm is an identifier, so that no name or text gets into a notice.
var aboutForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9:._/-]{0,127}$`)

// Post leaves a notice in the transaction of what it tells of. Its errors are mistakes of the caller,
// such as an unknown kind or an About that is no identifier, or failures of the database.
func Post(ctx context.Context, tx *db.Tx, n Notice) error {
	if n.Org == "" || n.To == "" || !slices.Contains(Kinds(), n.Kind) || !aboutForm.MatchString(n.About) {
		return fmt.Errorf("notify: a notice of kind %q without organisation, receiver or identifier", n.Kind)
	}
	_, err := tx.Exec(ctx, "INSERT INTO notice (org_id, id, to_account, kind, about, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
		n.Org, db.NewID(), n.To, string(n.Kind), n.About, tx.NowMicros())
	if err != nil {
		return fmt.Errorf("post a notice: %w", err)
	}
	return nil
}

// Once is Post, unless the account has a notice of the kind about the same since an instant; the zero
// instant means ever, as far as notices are kept. It is for what is found again and again while it lasts.
func Once(ctx context.Context, tx *db.Tx, n Notice, since time.Time) (posted bool, err error) {
	from := int64(0)
	if !since.IsZero() {
		from = since.UnixMicro()
	}
	var known int
	err = tx.QueryRow(ctx, "SELECT count(*) FROM notice WHERE org_id = $1 AND to_account = $2 AND kind = $3 AND about = $4 AND created_at >= $5",
		n.Org, n.To, string(n.Kind), n.About, from).Scan(&known)
	if err != nil || known > 0 {
		return false, err
	}
	return true, Post(ctx, tx, n)
}

// List returns at most limit notices to an account: the unread first, then the newest.
func List(ctx context.Context, tx *db.Tx, org, account string, limit int) ([]Notice, error) {
	rows, err := tx.Query(ctx, `
		SELECT id, kind, about, created_at, read_at IS NOT NULL
		FROM notice WHERE org_id = $1 AND to_account = $2
		ORDER BY CASE WHEN read_at IS NULL THEN 0 ELSE 1 END, created_at DESC, id LIMIT $3`, org, account, limit)
	return db.Collect(rows, err, func(r *sql.Rows) (Notice, error) {
		n := Notice{Org: org, To: account}
		var micros int64
		err := r.Scan(&n.ID, &n.Kind, &n.About, &micros, &n.Read)
		n.At = time.UnixMicro(micros).UTC()
		return n, err
	})
}

// Unread returns how many notices an account has not read.
func Unread(ctx context.Context, tx *db.Tx, org, account string) (n int, err error) {
	err = tx.QueryRow(ctx, "SELECT count(*) FROM notice WHERE org_id = $1 AND to_account = $2 AND read_at IS NULL",
		org, account).Scan(&n)
	return n, err
}

// MarkRead notes that an account has read a notice to it. A notice that does not exist, or is to
// somebody else, is [fault.NotFound]; reading one twice is no error.
func MarkRead(ctx context.Context, d *db.DB, org, account, id string) error {
	return d.WriteUnaudited(ctx, "having read a notice is nobody's decision", func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE notice SET read_at = CASE WHEN read_at IS NULL THEN $1 ELSE read_at END
			WHERE org_id = $2 AND to_account = $3 AND id = $4`, tx.NowMicros(), org, account, id)
		if err == nil && n == 0 {
			err = fault.New(fault.NotFound, "This notice does not exist.")
		}
		return err
	})
}

// Settle takes notices that ask for something off everybody's page, in the transaction in which it was
// done. About must be unique on the node.
func Settle(ctx context.Context, tx *db.Tx, k Kind, about string) error {
	_, err := tx.Exec(ctx, "UPDATE notice SET read_at = $1 WHERE kind = $2 AND about = $3 AND read_at IS NULL", tx.NowMicros(), string(k), about)
	return err
}

// kept is how long a notice stays after it was read: the ledger keeps what happened.
const kept = 30 * 24 * time.Hour

// Sweep removes notices that were read 30 days ago or earlier, and returns how many.
func Sweep(ctx context.Context, d *db.DB) (removed int64, err error) {
	err = d.WriteUnaudited(ctx, "a notice that was read has done its work", func(tx *db.Tx) error {
		removed, err = tx.Exec(ctx, "DELETE FROM notice WHERE read_at <= $1", tx.Now().Add(-kept).UnixMicro())
		return err
	})
	return removed, err
}
