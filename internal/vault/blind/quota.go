package blind

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"regexp"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// How often an account may search. Somebody at work does not reach it; somebody who tries one name
// after another does within the hour.
const (
	PerHour = 60
	PerDay  = 300
)

// NoScope is the scope of a look-up without a task or case.
const NoScope = "none"

var (
	purposeForm = regexp.MustCompile(`^[a-z][a-z0-9-]{1,63}$`)
	scopeForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9:._/-]{0,127}$`)
)

// admit decides whether an actor may search, counts and records it, and tells who is to be told. It
// is committed before anything is looked up.
func (x *Index) admit(ctx context.Context, actor auth.Actor, q Query) error {
	if !actor.May(auth.SearchPeople) {
		return fault.New(fault.NotFound, "This does not exist.")
	}
	if !purposeForm.MatchString(string(q.Why.Purpose)) {
		return fault.New(fault.Invalid, "Say for which purpose you search.").WithField("purpose", "Choose a purpose.")
	}
	scope := q.scope()
	if !scopeForm.MatchString(scope) {
		return fault.New(fault.Invalid, "Say for which case or task you search.").WithField("scope", "Name a case or task by its number.")
	}
	return x.DB.Write(ctx, func(tx *db.Tx) error {
		forCase, err := admitted(ctx, tx, actor, scope)
		if err != nil {
			return err
		}
		if err := count(ctx, tx, actor); err != nil {
			return err
		}
		id := db.NewID()
		if !forCase {
			told, err := auth.Alarm(ctx, tx, actor, auth.OnSearch, notify.SearchAlarm, id)
			if err != nil {
				return err
			}
			if told == 0 {
				return fault.New(fault.Denied, "Nobody is named who is told of a search without a case or task, so there can be none.").
					WithHint("Search from a case or task, or ask for recipients of this alarm to be named.")
			}
		}
		return audit.Append(ctx, tx, audit.Entry{
			Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Search, Subject: id,
			Detail: map[string]string{
				"purpose": string(q.Why.Purpose), "scope": scope, "via": string(actor.Via), "by": q.fields(),
			},
		})
	})
}

// admitted refuses an actor who may not open the scope, and reports whether it is a case that somebody
// works on. A number to which nobody is assigned may be made up, so it counts as none.
func admitted(ctx context.Context, tx *db.Tx, actor auth.Actor, scope string) (forCase bool, err error) {
	if scope == NoScope {
		return false, nil
	}
	if err := auth.MayOpen(ctx, tx, actor, scope); err != nil {
		return false, err
	}
	return auth.Staffed(ctx, tx, actor.Org, scope)
}

// count adds a search to those of an account within a day, or says when the next may be. The row is
// the lock: of two searches at once the second sees the first.
func count(ctx context.Context, tx *db.Tx, actor auth.Actor) error {
	var version int64
	var packed []byte
	err := tx.QueryRow(ctx, "SELECT version, instants FROM vault_search WHERE org_id = $1 AND account_id = $2",
		string(actor.Org), string(actor.Account)).Scan(&version, &packed)
	fresh := errors.Is(err, sql.ErrNoRows)
	if err != nil && !fresh {
		return err
	}
	instants := recent(packed, tx.Now())
	if next := opens(instants, tx.Now()); !next.IsZero() {
		return fault.New(fault.Denied, "You have searched %d times within an hour or %d within a day, and no more are allowed.", PerHour, PerDay).
			WithHint("The next search is possible from %s (UTC). Somebody who must look through many files needs another way: speak with your supervisor.",
				next.UTC().Format("2006-01-02 15:04"))
	}
	packed = packed[:0]
	for _, at := range append(instants, tx.Now()) {
		packed = binary.BigEndian.AppendUint64(packed, uint64(at.UnixMicro()))
	}
	var n int64
	if fresh {
		n, err = tx.Exec(ctx, "INSERT INTO vault_search (org_id, account_id, version, instants) VALUES ($1, $2, 1, $3) ON CONFLICT DO NOTHING",
			string(actor.Org), string(actor.Account), packed)
	} else {
		n, err = tx.Exec(ctx, "UPDATE vault_search SET version = version + 1, instants = $1 WHERE org_id = $2 AND account_id = $3 AND version = $4",
			packed, string(actor.Org), string(actor.Account), version)
	}
	if err == nil && n == 0 {
		err = fault.New(fault.Stale, "You are searching at another place at this moment.").WithHint("Try again.")
	}
	return err
}

// recent unpacks the instants of the last day.
func recent(packed []byte, now time.Time) (all []time.Time) {
	for ; len(packed) >= 8; packed = packed[8:] {
		if at := time.UnixMicro(int64(binary.BigEndian.Uint64(packed))); now.Sub(at) < 24*time.Hour {
			all = append(all, at)
		}
	}
	return all
}

// opens returns when the next search is possible; zero when it is now.
func opens(instants []time.Time, now time.Time) (next time.Time) {
	for _, limit := range []struct {
		most   int
		within time.Duration
	}{{PerHour, time.Hour}, {PerDay, 24 * time.Hour}} {
		if len(instants) < limit.most {
			continue
		}
		if at := instants[len(instants)-limit.most].Add(limit.within); at.After(now) && at.After(next) {
			next = at
		}
	}
	return next
}
