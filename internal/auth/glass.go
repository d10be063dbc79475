package auth

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// Emergency access: somebody who works with people opens a case that is not theirs, because waiting
// would endanger somebody. It is made to be seen: preset people are told before anything opens, every
// page of the one who broke the glass says so, and somebody else reviews it.

// GlassLife is how long emergency access lasts, and glassADay how often an account gets it within 24
// hours.
const (
	GlassLife = 30 * time.Minute
	glassADay = 3
)

// GlassID identifies an emergency access within an organisation.
type GlassID string

// Glass is an emergency access. It is of one organisation.
type Glass struct {
	ID       GlassID
	Account  AccountID
	Reason   string // a code
	Scope    string // the case it was asked for
	Broken   time.Time
	Until    time.Time // its own end, or when it was given back
	Finding  string    // a code; "" until reviewed
	Reviewer AccountID
	Reviewed time.Time
}

// GlassReasons returns the codes of why somebody breaks the glass.
func GlassReasons() []string {
	return []string{"danger-to-life", "danger-to-child", "person-asks-now", "colleague-absent", "court-deadline", "other"}
}

// GlassFindings returns the codes of what a review may find.
func GlassFindings() []string {
	return []string{"justified", "not-needed", "to-be-followed-up", "breach"}
}

// Break gives the actor emergency access to the files of their organisation for half an hour, save
// where they are excluded. It takes [BreakGlass], a reason, and the case it is for. It is refused with
// [fault.Unavailable] while nobody else would be told, and with [fault.TooLarge] the fourth time in 24
// hours. While one is running there is no second.
func (s Accounts) Break(ctx context.Context, actor Actor, reason, scope string) (g Glass, err error) {
	if !actor.May(BreakGlass) || actor.Via == ViaToken {
		return Glass{}, missing()
	}
	f := fault.New(fault.Invalid, "Emergency access was not opened.")
	if !slices.Contains(GlassReasons(), reason) {
		f = f.WithField("reason", "Choose a reason.")
	}
	if !scopeForm.MatchString(scope) {
		f = f.WithField("scope", "Name the case it is for by its number.")
	}
	if len(f.Fields) > 0 {
		return Glass{}, f
	}
	id := GlassID(db.NewID())
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		// The account is the lock: of two presses at once the second counts the first.
		if err := touch(ctx, tx, actor.Org, actor.Account); err != nil {
			return err
		}
		g = Glass{ID: id, Account: actor.Account, Reason: reason, Scope: scope, Broken: tx.Now(), Until: tx.Now().Add(GlassLife)}
		return breakIn(ctx, tx, actor, g)
	})
	if err != nil {
		return Glass{}, err
	}
	return g, nil
}

func breakIn(ctx context.Context, tx *db.Tx, actor Actor, g Glass) error {
	out, err := Excluded(ctx, tx, actor.Org, g.Scope, actor.Account)
	if err != nil {
		return err
	}
	if out {
		return missing()
	}
	var recent, running int
	err = tx.QueryRow(ctx, `
		SELECT count(*), COALESCE(SUM(CASE WHEN until_at > $3 AND ended_at IS NULL THEN 1 ELSE 0 END), 0)
		FROM glass WHERE org_id = $1 AND account_id = $2 AND broken_at > $4`,
		string(actor.Org), string(actor.Account), tx.NowMicros(), tx.Now().Add(-24*time.Hour).UnixMicro()).Scan(&recent, &running)
	switch {
	case err != nil:
		return err
	case running > 0:
		return fault.New(fault.Conflict, "You have emergency access already.").WithHint("It ends by itself half an hour after it began.")
	case recent >= glassADay:
		return fault.New(fault.TooLarge, "You have had emergency access %d times within a day.", glassADay).
			WithHint("Ask the service manager to assign the case to you.")
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO glass (org_id, id, version, account_id, reason, scope, broken_at, until_at, finding, reviewed_by)
		VALUES ($1, $2, 1, $3, $4, $5, $6, $7, '', '')`,
		string(actor.Org), string(g.ID), string(actor.Account), g.Reason, g.Scope, g.Broken.UnixMicro(), g.Until.UnixMicro())
	if err != nil {
		return err
	}
	told, err := Alarm(ctx, tx, actor, OnGlass, notify.GlassBroken, string(g.ID))
	if err != nil {
		return err
	}
	if told == 0 {
		return fault.New(fault.Unavailable, "Nobody would be told, so emergency access stays closed.").
			WithHint("The administrator and the protection officer set who is told, on the page of the organisation.")
	}
	if err := askReview(ctx, tx, actor, g.ID); err != nil {
		return err
	}
	e := entry(actor, audit.BreakGlass, string(g.ID), "glass.break")
	e.Detail["reason"], e.Detail["scope"] = g.Reason, g.Scope
	return audit.Append(ctx, tx, e)
}

// askReview tells those who review emergency access, save the one who has it, that one waits. When it is
// reviewed the notices are settled.
func askReview(ctx context.Context, tx *db.Tx, actor Actor, id GlassID) error {
	reviewers, err := Holders(ctx, tx, actor.Org, ReviewGlass)
	if err != nil {
		return err
	}
	for _, to := range reviewers {
		if to == actor.Account {
			continue
		}
		if err := tell(ctx, tx, actor.Org, to, notify.GlassReview, string(id)); err != nil {
			return err
		}
	}
	return nil
}

// GiveBack ends the actor's emergency access before its time. Without one it is [fault.NotFound].
func (s Accounts) GiveBack(ctx context.Context, actor Actor) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		live, err := glassOf(ctx, tx, actor.Org, actor.Account)
		if err != nil {
			return err
		}
		if live.ID == "" {
			return missing()
		}
		_, err = tx.Exec(ctx, "UPDATE glass SET ended_at = $1, version = version + 1 WHERE org_id = $2 AND id = $3",
			tx.NowMicros(), string(actor.Org), string(live.ID))
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, entry(actor, audit.BreakGlass, string(live.ID), "glass.give-back"))
	})
}

// ReviewGlass notes what a review found. It takes the permission of that name; nobody reviews their
// own. A review is made once.
func (s Accounts) ReviewGlass(ctx context.Context, actor Actor, id GlassID, finding string) error {
	if !actor.May(ReviewGlass) {
		return missing()
	}
	if !slices.Contains(GlassFindings(), finding) {
		return fault.New(fault.Invalid, "The review was not saved.").WithField("finding", "Choose what you found.")
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		var by AccountID
		err := tx.QueryRow(ctx, "SELECT account_id FROM glass WHERE org_id = $1 AND id = $2 AND reviewed_at IS NULL",
			string(actor.Org), string(id)).Scan(&by)
		if err != nil {
			return absent(err)
		}
		if by == actor.Account {
			return fault.New(fault.Denied, "Nobody reviews their own emergency access.").WithHint("Ask another protection officer.")
		}
		n, err := tx.Exec(ctx, `UPDATE glass SET finding = $1, reviewed_by = $2, reviewed_at = $3, version = version + 1
			WHERE org_id = $4 AND id = $5 AND reviewed_at IS NULL`,
			finding, string(actor.Account), tx.NowMicros(), string(actor.Org), string(id))
		if err != nil {
			return err
		}
		if n == 0 {
			return missing()
		}
		if err := notify.Settle(ctx, tx, notify.GlassReview, string(id)); err != nil {
			return err
		}
		e := entry(actor, audit.BreakGlass, string(id), "glass.review")
		e.Detail["finding"] = finding
		return audit.Append(ctx, tx, e)
	})
}

const glassColumns = "id, account_id, reason, scope, broken_at, until_at, ended_at, finding, reviewed_by, reviewed_at"

func scanGlass(scan func(...any) error) (Glass, error) {
	var (
		g               Glass
		broken, until   int64
		ended, reviewed sql.Null[int64]
	)
	err := scan(&g.ID, &g.Account, &g.Reason, &g.Scope, &broken, &until, &ended, &g.Finding, &g.Reviewer, &reviewed)
	g.Broken, g.Until = instant(broken), instant(until)
	if ended.Valid {
		g.Until = instant(ended.V)
	}
	if reviewed.Valid {
		g.Reviewed = instant(reviewed.V)
	}
	return g, err
}

// glassOf returns the emergency access that an account has now, or the zero Glass.
func glassOf(ctx context.Context, tx *db.Tx, org OrgID, account AccountID) (Glass, error) {
	g, err := scanGlass(tx.QueryRow(ctx, "SELECT "+glassColumns+` FROM glass
		WHERE org_id = $1 AND account_id = $2 AND until_at > $3 AND broken_at <= $3 AND ended_at IS NULL
		ORDER BY until_at DESC LIMIT 1`, string(org), string(account), tx.NowMicros()).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Glass{}, nil
	}
	return g, err
}

// Glasses returns the newest limit emergency accesses of the actor's organisation for whoever reviews
// them, and the actor's own for everybody else.
func (s Accounts) Glasses(ctx context.Context, actor Actor, limit int) (all []Glass, err error) {
	if actor.Org == "" {
		return nil, missing()
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		q, args := "", []any{string(actor.Org), limit}
		if !actor.May(ReviewGlass) {
			q, args = " AND account_id = $3", append(args, string(actor.Account))
		}
		rows, err := tx.Query(ctx, "SELECT "+glassColumns+" FROM glass WHERE org_id = $1"+q+" ORDER BY broken_at DESC, id LIMIT $2", args...)
		all, err = db.Collect(rows, err, func(r *sql.Rows) (Glass, error) { return scanGlass(r.Scan) })
		return err
	})
	return all, err
}
