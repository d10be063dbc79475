package consent

import (
	"context"
	"database/sql"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/notify"
)

// How long before its end somebody is told of something, and how long something without an end waits before.
const (
	tellOfDuty    = 6 * time.Hour
	tellOfReview  = 24 * time.Hour
	tellOfDemand  = 3 * 24 * time.Hour
	tellOfConsent = 3 * 24 * time.Hour
	waitsAtMost   = 24 * time.Hour
)

// waits is something that waits for somebody.
type waits struct {
	org                     auth.OrgID
	about                   string
	ground                  Ground // "" for a consent
	by                      auth.AccountID
	begun, until, objection time.Time
}

// due reports whether somebody has to be told now, and whether those are the second persons.
func (w waits) due(now time.Time) (tell, second bool) {
	soon := func(at time.Time, before time.Duration) bool { return !at.IsZero() && at.Sub(now) <= before }
	switch w.ground {
	case Emergency:
		return soon(w.begun.Add(ReviewWithin), tellOfReview), true
	case Discretion:
		return now.Sub(w.begun) >= waitsAtMost, true
	case Duty:
		return soon(w.until, tellOfDuty) || w.until.IsZero() && now.Sub(w.begun) >= waitsAtMost, false
	case Demand:
		return soon(w.objection, tellOfDemand), false
	default:
		return soon(w.until, tellOfConsent), false
	}
}

// Tend tells people of what waits for them and runs out: reports that the law orders, reviews of emergencies, decisions for a
// second person, demands, and consents. Each is told once. It opens nothing, and what has run out needs no telling to be
// over: that is computed when it is asked. It returns how many notices were left.
func (r *Consents) Tend(ctx context.Context) (told int, err error) {
	err = r.db.WriteUnaudited(ctx, "that somebody was told is nobody's decision", func(tx *db.Tx) error {
		told = 0
		all, err := waiting(ctx, tx)
		if err != nil {
			return err
		}
		for _, w := range all {
			n, err := w.tell(ctx, tx)
			if err != nil {
				return err
			}
			told += n
		}
		return nil
	})
	return told, err
}

func (w waits) tell(ctx context.Context, tx *db.Tx) (int, error) {
	tell, second := w.due(tx.Now())
	if !tell {
		return 0, nil
	}
	if second {
		return auth.TellHolders(ctx, tx, w.org, notify.DeadlineNear, w.about, time.Time{}, auth.ReviewOverrides)
	}
	posted, err := notify.Once(ctx, tx, notify.Notice{Org: string(w.org), To: string(w.by), Kind: notify.DeadlineNear, About: w.about}, time.Time{})
	if posted {
		return 1, err
	}
	return 0, err
}

// waiting lists what may have to be told of, in every organisation.
func waiting(ctx context.Context, tx *db.Tx) ([]waits, error) {
	rows, err := tx.Query(ctx, `
		SELECT org_id, id, ground, noted_by, begun_at, due_at, object_until FROM protection_basis
		WHERE step = 'open' OR step = 'live' AND ground = 'emergency' ORDER BY org_id, id`)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (w waits, err error) {
		var (
			id                      string
			begun, until, objection int64
		)
		err = r.Scan(&w.org, &id, &w.ground, &w.by, &begun, &until, &objection)
		w.about, w.begun, w.until, w.objection = ofBasis(id), instant(begun), instant(until), instant(objection)
		return w, err
	})
	if err != nil {
		return nil, err
	}
	now := tx.NowMicros()
	rows, err = tx.Query(ctx, `
		SELECT org_id, id, changed_by, until_at FROM protection_consent WHERE state = 'given' AND until_at > $1 AND until_at <= $2 ORDER BY org_id, id`,
		now, now+tellOfConsent.Microseconds())
	ending, err := db.Collect(rows, err, func(r *sql.Rows) (w waits, err error) {
		var (
			id    string
			until int64
		)
		err = r.Scan(&w.org, &id, &w.by, &until)
		w.about, w.until = ofConsent(id), instant(until)
		return w, err
	})
	return append(all, ending...), err
}
