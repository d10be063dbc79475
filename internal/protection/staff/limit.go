package staff

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// Limits are from when on somebody is warned.
type Limits struct {
	Cases int // open cases of one worker
	Told  int // how often a narrative was opened in seven days
}

// Usual returns the limits that hold until a service sets its own. They are ours, not a standard.
func Usual() Limits { return Limits{Cases: 20, Told: 40} }

// mostLimit bounds a limit.
const mostLimit = 1000

// Limits returns the limits that hold in the actor's organisation, and the version that [Staffs.SetLimits] wants; 0 while
// nobody has set any.
func (s *Staffs) Limits(ctx context.Context, actor auth.Actor) (l Limits, version int64, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		l, version, err = limitsOf(ctx, tx, actor.Org)
		return err
	})
	return l, version, err
}

func limitsOf(ctx context.Context, tx *db.Tx, org auth.OrgID) (l Limits, version int64, err error) {
	err = tx.QueryRow(ctx, "SELECT cases, told, version FROM protection_limit WHERE org_id = $1", string(org)).Scan(&l.Cases, &l.Told, &version)
	if errors.Is(err, sql.ErrNoRows) {
		return Usual(), 0, nil
	}
	return l, version, err
}

// SetLimits sets the limits of the actor's organisation over the version that the actor saw. It takes [auth.ManageTeams]: who
// answers for the service.
func (s *Staffs) SetLimits(ctx context.Context, actor auth.Actor, seen int64, l Limits) error {
	if !actor.May(auth.ManageTeams) {
		return missing()
	}
	f := fault.New(fault.Invalid, "The limits were not kept.")
	for field, n := range map[string]int{"limit-cases": l.Cases, "limit-told": l.Told} {
		if n < 1 || n > mostLimit {
			f = f.WithField(field, "Write a number from 1 to %d.", mostLimit)
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO protection_limit (org_id, version, cases, told, changed_by, changed_at) VALUES ($1, 1, $2, $3, $4, $5)
			ON CONFLICT (org_id) DO UPDATE SET version = protection_limit.version + 1, cases = $2, told = $3, changed_by = $4, changed_at = $5
			WHERE protection_limit.version = $6`,
			string(actor.Org), l.Cases, l.Told, string(actor.Account), tx.NowMicros(), seen)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Stale, "Somebody else changed the limits meanwhile.").WithHint("Look at what is there now, then save again.")
		}
		return audit.Append(ctx, tx, audit.Entry{
			Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Decision, Subject: string(actor.Org),
			Detail: map[string]string{
				"act": "staff.limits", "cases": strconv.Itoa(l.Cases), "told": strconv.Itoa(l.Told), "via": string(actor.Via),
			},
		})
	})
}

// Loaded returns the accounts of the actor's organisation that have as many open cases as the limit says, or more: for whom
// another one is too much. It is for whoever gives cases away and says no number, and nothing of what somebody has read.
func (s *Staffs) Loaded(ctx context.Context, actor auth.Actor) (many map[auth.AccountID]bool, err error) {
	if !actor.May(auth.WorkCases) {
		return nil, missing()
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		l, _, err := limitsOf(ctx, tx, actor.Org)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT holder FROM protection_case_list WHERE org_id = $1 AND holder >= 'account/' AND holder < 'account0'
			AND standing = 'open' GROUP BY holder HAVING count(*) >= $2`, string(actor.Org), l.Cases)
		holders, err := db.Collect(rows, err, func(r *sql.Rows) (h string, err error) { return h, r.Scan(&h) })
		many = map[auth.AccountID]bool{}
		for _, h := range holders {
			many[auth.AccountID(strings.TrimPrefix(h, "account/"))] = true
		}
		return err
	})
	return many, err
}

// Week is what a worker has before them, and what they have read in seven days.
type Week struct {
	Cases int
	// Told is how often the worker opened what somebody told, as the ledger has it, in the cases that are
	// theirs now.
	Told           int
	Many, TooMuch  bool // over the limits; nothing is blocked
	More           bool // there are more cases than were counted
	From           time.Time
	LimitsThatHold Limits
}

// counted is how many cases are counted, and whose ledger is read.
const counted = 100

// Week counts the actor's own week. Nobody sees the week of another.
func (s *Staffs) Week(ctx context.Context, actor auth.Actor) (w Week, err error) {
	page, err := s.cases.List(ctx, actor, casefile.Filter{Whose: casefile.Mine, Limit: counted})
	if err != nil {
		return w, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		l, _, err := limitsOf(ctx, tx, actor.Org)
		w = Week{Cases: len(page.Cases), More: !page.Next.IsZero(), From: tx.Now().AddDate(0, 0, -7), LimitsThatHold: l}
		return err
	})
	if err != nil {
		return w, err
	}
	var persons []string
	for _, c := range page.Cases {
		persons = append(persons, string(c.Person))
	}
	slices.Sort(persons)
	for _, person := range slices.Compact(persons) {
		entries, err := audit.About(ctx, s.db, s.vault, string(actor.Org), person)
		if err != nil {
			return w, err
		}
		for _, e := range entries {
			if e.At.Before(w.From) {
				break // the newest come first
			}
			if e.Kind == audit.Opening && e.Actor == string(actor.Account) && slices.Contains(strings.Fields(e.Detail["fields"]), "narrative") {
				w.Told++
			}
		}
	}
	w.Many = w.Cases > w.LimitsThatHold.Cases || w.More && w.LimitsThatHold.Cases <= counted
	w.TooMuch = w.Told > w.LimitsThatHold.Told
	return w, nil
}

// Outward returns by which name an account is known outside: its working name, or "" for none.
func Outward(ctx context.Context, tx *db.Tx, org auth.OrgID, account auth.AccountID) (name string, err error) {
	err = tx.QueryRow(ctx, "SELECT name FROM protection_outward WHERE org_id = $1 AND account_id = $2", string(org), string(account)).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return name, err
}

// KnownAs returns the actor's own working name.
func (s *Staffs) KnownAs(ctx context.Context, actor auth.Actor) (name string, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		name, err = Outward(ctx, tx, actor.Org, actor.Account)
		return err
	})
	return name, err
}

// Rename gives the actor another working name; "" takes it away.
func (s *Staffs) Rename(ctx context.Context, actor auth.Actor, name string) error {
	name = strings.Join(strings.Fields(name), " ")
	if !actor.May(auth.WorkCases) {
		return missing()
	}
	if len(name) > 120 {
		return fault.New(fault.Invalid, "The name was not kept.").WithField("outward", "Use at most %d characters.", 120)
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO protection_outward (org_id, account_id, version, name, changed_by, changed_at) VALUES ($1, $2, 1, $3, $2, $4)
			ON CONFLICT (org_id, account_id) DO UPDATE SET version = protection_outward.version + 1, name = $3, changed_at = $4`,
			string(actor.Org), string(actor.Account), name, tx.NowMicros())
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Decision, Subject: string(actor.Account),
			Detail: map[string]string{"act": "staff.rename", "via": string(actor.Via)},
		})
	})
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
