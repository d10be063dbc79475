package consent

import (
	"context"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/protection/record"
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
	key   record.Key
	about string
	by    auth.AccountID
	begun bool // whoever began it has to be told
	// second are the accounts that may be the second person, when those have to be told.
	second []auth.AccountID
}

func soon(at, now time.Time, before time.Duration) bool { return !at.IsZero() && at.Sub(now) <= before }

// near reports whether whoever noted a basis has to be told of it now.
func (b Basis) near(now time.Time) bool {
	switch {
	case b.Step != Open:
		return false
	case b.Ground == Duty:
		return soon(b.Due, now, tellOfDuty) || b.Due.IsZero() && now.Sub(b.Begun) >= waitsAtMost
	}
	return b.Ground == Demand && soon(b.ObjectUntil, now, tellOfDemand)
}

// nearSecond reports whether the second persons have to be told of a basis that waits for them.
func (b Basis) nearSecond(now, changed time.Time) bool {
	if by := b.ReviewBy(); !by.IsZero() {
		return soon(by, now, tellOfReview)
	}
	return now.Sub(changed) >= waitsAtMost
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

// tell leaves the notices. Nobody who is kept from the person is told: in the place of whoever began it, those who work on
// the case and answer for the service are.
func (w waits) tell(ctx context.Context, tx *db.Tx) (told int, err error) {
	to := w.second
	if w.begun {
		mine, err := auth.NotKept(ctx, tx, w.key.Org, w.key.Case, w.by)
		if err == nil && len(mine) == 0 {
			mine, err = others(ctx, tx, w.key)
		}
		if err != nil {
			return 0, err
		}
		to = append(to, mine...)
	}
	for _, a := range to {
		n := notify.Notice{Org: string(w.key.Org), To: string(a), Kind: notify.DeadlineNear, About: w.about}
		posted, err := notify.Once(ctx, tx, n, time.Time{})
		if err != nil {
			return told, err
		}
		if posted {
			told++
		}
	}
	return told, nil
}

// others are those who work on a case or answer for the service, and are not kept from the person.
func others(ctx context.Context, tx *db.Tx, k record.Key) ([]auth.AccountID, error) {
	all, err := auth.Holders(ctx, tx, k.Org, auth.ManageTeams)
	if err != nil {
		return nil, err
	}
	held, err := auth.HoldersOf(ctx, tx, k.Org, k.Case)
	if err != nil {
		return nil, err
	}
	for _, h := range held {
		if h.Account != "" {
			all = append(all, h.Account)
		}
	}
	return auth.NotKept(ctx, tx, k.Org, k.Case, all...)
}

// waiting lists what has to be told of, in every organisation.
func waiting(ctx context.Context, tx *db.Tx) (all []waits, err error) {
	rows, err := grounds.Find(ctx, tx, `WHERE step = 'open' OR step = 'live' AND ground = 'emergency'
		OR ground = 'duty' AND step = 'done' AND rule = '' AND second = '' ORDER BY org_id, id`)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		b := basisOf(row)
		w := waits{key: row.Key, about: ofBasis(row.ID), by: b.By, begun: b.near(tx.Now())}
		if b.Waits() && b.nearSecond(tx.Now(), row.ChangedAt) {
			if w.second, err = reviewers(ctx, tx, row); err != nil {
				return nil, err
			}
		}
		all = append(all, w)
	}
	now := tx.NowMicros()
	ending, err := sheets.Find(ctx, tx, "WHERE state = 'given' AND until_at > $1 AND until_at <= $2 ORDER BY org_id, id",
		now, now+tellOfConsent.Microseconds())
	for _, row := range ending {
		all = append(all, waits{key: row.Key, about: ofConsent(row.ID), by: row.ChangedBy, begun: true})
	}
	return all, err
}
