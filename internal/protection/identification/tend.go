package identification

import (
	"context"
	"database/sql"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// What somebody is told of.
const (
	Deadline = "deadline" // a time runs out, or a minimum has passed
	Money    = "money"    // help ends in 30 days or less
	Law      = "law"      // the rule of a running time has changed
)

// Due is something that somebody should look at.
type Due struct {
	What  string // one of the codes above
	Org   auth.OrgID
	Case  string
	Owner auth.AccountID // of the case; "" when nobody owns it
	About string         // identifier of the procedure or the help
	Clock string         // of the profile, for a deadline or a change of the law
	Day   profile.Date   // the last day, where it stands in clear
}

// Tell is asked, in the transaction that notes it, to put something before a person.
type Tell func(ctx context.Context, tx *db.Tx, d Due) error

// node acts where nobody does: the program found that a law has changed.
func node(org auth.OrgID) auth.Actor { return auth.Actor{Org: org, Account: "node", Via: "node"} }

// batch bounds one transaction of [Identifications.Tend].
const batch = 200

// Tend looks at deadlines, at help that ends and at changes of the law, and has each told of once. It
// changes no deadline. It returns how many things were told of.
func (s *Identifications) Tend(ctx context.Context, tell Tell) (n int, err error) {
	var orgs []auth.OrgID
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, "SELECT id FROM org ORDER BY id")
		orgs, err = db.Collect(rows, err, func(r *sql.Rows) (id auth.OrgID, err error) { return id, r.Scan(&id) })
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, org := range orgs {
		for _, part := range []func(context.Context, *db.Tx, auth.OrgID, Tell) (int, error){s.tendClocks, s.tendHelp, s.tendLaw} {
			more := batch
			for more == batch {
				if more, err = s.tendOnce(ctx, org, tell, part); err != nil {
					return n, err
				}
				n += more
			}
		}
	}
	return n, nil
}

func (s *Identifications) tendOnce(ctx context.Context, org auth.OrgID, tell Tell, part func(context.Context, *db.Tx, auth.OrgID, Tell) (int, error)) (n int, err error) {
	err = s.db.WriteUnaudited(ctx, "notes that somebody was told", func(tx *db.Tx) error {
		n, err = part(ctx, tx, org, tell)
		return err
	})
	return n, err
}

func (s *Identifications) tendClocks(ctx context.Context, tx *db.Tx, org auth.OrgID, tell Tell) (int, error) {
	on, _, err := today(ctx, tx, org)
	if err != nil {
		return 0, err
	}
	type row struct {
		procedure, caseID, owner, clock string
		ordinal                         int64
		due, remind                     profile.Date
		bound                           string
	}
	rows, err := tx.Query(ctx, `SELECT k.procedure_id, k.case_id, c.owner, k.clock, k.ordinal, k.due_day, k.remind_on, k.bound
		FROM protection_identification_clock k JOIN protection_case c ON c.org_id = k.org_id AND c.id = k.case_id
		WHERE k.org_id = $1 AND k.ended = '' AND k.remind_on <> '' AND k.remind_on <= $2 ORDER BY k.remind_on, k.procedure_id, k.ordinal LIMIT $3`,
		string(org), string(on), batch)
	found, err := db.Collect(rows, err, func(r *sql.Rows) (x row, err error) {
		return x, r.Scan(&x.procedure, &x.caseID, &x.owner, &x.clock, &x.ordinal, &x.due, &x.remind, &x.bound)
	})
	if err != nil {
		return 0, err
	}
	for _, x := range found {
		next := profile.Date("")
		if x.due == "" { // a sealed day: half a year before, and again in the last month
			if last := month(x.remind, 6); last > on && months(x.remind, on) < 6 {
				next = last
			}
		}
		_, err := tx.Exec(ctx, "UPDATE protection_identification_clock SET remind_on = $1 WHERE org_id = $2 AND procedure_id = $3 AND ordinal = $4",
			string(next), string(org), x.procedure, x.ordinal)
		if err != nil {
			return 0, err
		}
		err = tell(ctx, tx, Due{What: Deadline, Org: org, Case: x.caseID, Owner: auth.AccountID(x.owner), About: x.procedure, Clock: x.clock, Day: x.due})
		if err != nil {
			return 0, err
		}
	}
	return len(found), nil
}

// months counts the whole months from one day to another.
func months(from, to profile.Date) int {
	a, errA := time.Parse(time.DateOnly, string(from))
	b, errB := time.Parse(time.DateOnly, string(to))
	if errA != nil || errB != nil {
		return 0
	}
	return (b.Year()-a.Year())*12 + int(b.Month()-a.Month())
}

func (s *Identifications) tendHelp(ctx context.Context, tx *db.Tx, org auth.OrgID, tell Tell) (int, error) {
	on, _, err := today(ctx, tx, org)
	if err != nil {
		return 0, err
	}
	rows, err := tx.Query(ctx, `SELECT e.id, e.case_id, c.owner, e.to_day
		FROM protection_identification_entitlement e JOIN protection_case c ON c.org_id = e.org_id AND c.id = e.case_id
		WHERE e.org_id = $1 AND e.to_day >= $2 AND e.to_day <= $3 AND e.warned <> e.to_day ORDER BY e.to_day, e.id LIMIT $4`,
		string(org), string(on), string(on.Plus(warnDays)), batch)
	found, err := db.Collect(rows, err, func(r *sql.Rows) (d Due, err error) {
		d.What, d.Org = Money, org
		return d, r.Scan(&d.About, &d.Case, &d.Owner, &d.Day)
	})
	if err != nil {
		return 0, err
	}
	for _, d := range found {
		_, err := tx.Exec(ctx, "UPDATE protection_identification_entitlement SET warned = to_day WHERE org_id = $1 AND id = $2", string(org), d.About)
		if err != nil {
			return 0, err
		}
		if err := tell(ctx, tx, d); err != nil {
			return 0, err
		}
	}
	return len(found), nil
}

// tendLaw finds procedures that nobody was asked to look at under the version of today.
func (s *Identifications) tendLaw(ctx context.Context, tx *db.Tx, org auth.OrgID, tell Tell) (n int, err error) {
	on, _, err := today(ctx, tx, org)
	if err != nil {
		return 0, err
	}
	for _, j := range s.Law.Jurisdictions() {
		v, ok := s.Law.At(j, string(on))
		if !ok {
			continue
		}
		found, err := find(ctx, tx, org, `WHERE org_id = $1 AND jurisdiction = $2 AND looked <> $3 ORDER BY id LIMIT $4`, j, v.ID, batch)
		if err != nil {
			return n, err
		}
		for _, p := range found {
			if err := s.look(ctx, tx, org, p, v, on, tell); err != nil {
				return n, err
			}
		}
		n = max(n, len(found))
	}
	return n, nil
}

func (s *Identifications) look(ctx context.Context, tx *db.Tx, org auth.OrgID, p procedure, v profile.Version, on profile.Date, tell Tell) error {
	_, err := tx.Exec(ctx, "UPDATE protection_identification SET looked = $1 WHERE org_id = $2 AND id = $3", v.ID, string(org), p.ID)
	if err != nil {
		return err
	}
	for _, clock := range Changed(p.State, v, on) {
		var owner string
		err := tx.QueryRow(ctx, "SELECT owner FROM protection_case WHERE org_id = $1 AND id = $2", string(org), p.Key.Case).Scan(&owner)
		if err != nil {
			return err
		}
		_, err = s.cases.AddTaskIn(ctx, tx, node(org), p.ofCase(org, auth.AccountID(owner)), casefile.NewTask{
			Kind: TaskLaw, Mark: "law/" + p.ID + "/" + clock + "/" + string(on), Basis: v.ID, DueOn: string(on),
		})
		if err != nil {
			return err
		}
		err = tell(ctx, tx, Due{What: Law, Org: org, Case: p.Key.Case, Owner: auth.AccountID(owner), About: p.ID, Clock: clock})
		if err != nil {
			return err
		}
	}
	return nil
}
