package vault

import (
	"context"
	"database/sql"
	"math"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Keeping says for how long a person's file is kept, and why.
type Keeping struct {
	Class RetentionClass
	Title string // English message
	Rule  Rule   // in force on the day from which the class counts, or today for an open file
	// From is the date from which the class counts, Due the date on which its time is over; "" while the file is open.
	From, Due string
	ReviewOn  string
	Holds     []Hold
	// Goes are the codes of the procedures that keep the file beyond its time, by its rule, and go on.
	Goes []string
	// Waiting is an erasure that waits for its second person; its ID is "" without one.
	Waiting Proposal
}

// Refused returns why the file cannot be erased now, or nil: the refusal that an erasure would get.
func (k Keeping) Refused(today string) *fault.Error {
	if len(k.Holds) > 0 {
		h := k.Holds[0]
		return fault.New(fault.Conflict, "This person cannot be erased: a legal hold (%s) is in force and is reviewed on %s.", string(h.Ground), h.ReviewOn).
			WithHint("Lift the hold if its ground no longer applies, then erase. Tell the person the ground and the date.")
	}
	if !k.Rule.Least || k.Due != "" && k.Due <= today {
		return nil
	}
	f := fault.New(fault.Conflict, "This person cannot be erased before %s: the rule by which the file is kept says so.", k.Due)
	if k.Due == "" {
		f = fault.New(fault.Conflict, "This person cannot be erased: the time for which the file is kept has not begun.")
	}
	return f.WithHint("Tell the person the rule and the date. Until then the record can be restricted.")
}

// Procedures returns the codes of what may keep a file beyond its time: whoever decides waits for it, or has to be told.
func Procedures() []string { return []string{"identification", "referral", "duty"} }

// Procedure is what a room knows of one of [Procedures]: whether it goes on for a person.
type Procedure struct {
	Code string
	Goes func(ctx context.Context, tx *db.Tx, org auth.OrgID, person PersonID) (bool, error)
}

// OnKeep adds what another room has of procedures. Rooms call it while the node is put together.
func (v *Vault) OnKeep(p Procedure) { v.procedures = append(v.procedures, p) }

// Overdue returns why the file cannot be erased because its time is over, or nil: it is not over, or a procedure that its
// rule names goes on. The person's own wish waits for neither.
func (k Keeping) Overdue(today string) *fault.Error {
	if k.Due == "" {
		return fault.New(fault.Conflict, "The time for which the file is kept has not begun.").WithHint("Choose another ground, or close the case first.")
	}
	if k.Due > today {
		return fault.New(fault.Conflict, "The time for which the file is kept ends on %s.", k.Due).WithHint("Choose another ground, or wait for that day.")
	}
	if len(k.Goes) > 0 {
		return fault.New(fault.Conflict, "The time is over, but something that needs the file goes on.").
			WithHint("Its page says what. End that first, or choose another ground.")
	}
	return nil
}

// Keeping returns how long a file is kept, for a room that has judged who may see the file.
func (v *Vault) Keeping(ctx context.Context, actor auth.Actor, person PersonID) (k Keeping, err error) {
	if err := may(actor, auth.ReadCases, auth.ProposeErasure, auth.ApproveErasure, auth.HoldRecords); err != nil {
		return k, err
	}
	err = v.db.Read(ctx, func(tx *db.Tx) error {
		if k, err = v.keeping(ctx, tx, actor.Org, person); err != nil {
			return err
		}
		waiting, err := proposals(ctx, tx, "e.org_id = $1 AND e.person_id = $2 AND e.approved_at IS NULL AND e.withdrawn_at IS NULL", string(actor.Org), string(person))
		if len(waiting) > 0 {
			k.Waiting = waiting[0]
		}
		return err
	})
	return k, err
}

func (v *Vault) keeping(ctx context.Context, tx *db.Tx, org auth.OrgID, person PersonID) (k Keeping, err error) {
	err = tx.QueryRow(ctx, `
		SELECT retention, coalesce(retain_from, ''), coalesce(review_on, '') FROM vault_person
		WHERE org_id = $1 AND id = $2 AND erased_at IS NULL`, string(org), string(person)).Scan(&k.Class, &k.From, &k.ReviewOn)
	if err != nil {
		return k, absent(err)
	}
	k.Title = v.schedule[k.Class].Title
	on := k.From
	if on == "" {
		on = civil(tx.Now())
	}
	if k.Rule, err = v.schedule.at(k.Class, on); err != nil {
		return k, err
	}
	if k.From != "" {
		if k.Due, err = months(k.From, k.Rule.KeepMonths); err != nil {
			return k, err
		}
	}
	for _, p := range v.procedures {
		if !slices.Contains(k.Rule.While, p.Code) {
			continue
		}
		goes, err := p.Goes(ctx, tx, org, person)
		if err != nil {
			return k, err
		}
		if goes {
			k.Goes = append(k.Goes, p.Code)
		}
	}
	k.Holds, err = holds(ctx, tx, org, person)
	return k, err
}

// ClassIn returns by which class a living person's file is kept, and from which date it counts, "" while it is open.
func ClassIn(ctx context.Context, tx *db.Tx, org auth.OrgID, person PersonID) (class RetentionClass, from string, err error) {
	err = tx.QueryRow(ctx, "SELECT retention, coalesce(retain_from, '') FROM vault_person WHERE org_id = $1 AND id = $2 AND erased_at IS NULL",
		string(org), string(person)).Scan(&class, &from)
	return class, from, absent(err)
}

// Proposal is an erasure as lists show it: one that waits, or one that was done.
type Proposal struct {
	ID         string
	Person     PersonID
	Ground     string
	By, Second auth.AccountID
	At         time.Time
	// ErasedAt is when it was approved; zero while it waits. CopiesGoneOn is as in [Certificate].
	ErasedAt     time.Time
	CopiesGoneOn string
}

// Waiting returns the erasures of the actor's organisation that wait for a second person, the oldest first, but for persons
// from whom the actor is kept. It names no person.
func (v *Vault) Waiting(ctx context.Context, actor auth.Actor) (waiting []Proposal, err error) {
	waiting, _, err = v.proposed(ctx, actor, 0, "e.org_id = $1 AND e.approved_at IS NULL AND e.withdrawn_at IS NULL ORDER BY e.proposed_at, e.id", string(actor.Org))
	return waiting, err
}

// ErasedBefore returns the erasures that were done before one, the newest first, from at most limit, without the persons from
// whom the actor is kept; and the one from which to go on, without an ID after the last. The zero Proposal is after all.
func (v *Vault) ErasedBefore(ctx context.Context, actor auth.Actor, before Proposal, limit int) (done []Proposal, last Proposal, err error) {
	at := int64(math.MaxInt64)
	if before.ID != "" {
		at = before.ErasedAt.UnixMicro()
	}
	return v.proposed(ctx, actor, limit, `e.org_id = $1 AND e.approved_at IS NOT NULL AND (e.approved_at < $2 OR e.approved_at = $2 AND e.id > $3)
		ORDER BY e.approved_at DESC, e.id LIMIT $4`, string(actor.Org), at, before.ID, limit)
}

// proposed reads erasures and leaves out those of persons from whom the actor is kept. With a limit it returns the last that it
// read when there may be others behind it.
func (v *Vault) proposed(ctx context.Context, actor auth.Actor, limit int, where string, args ...any) (all []Proposal, last Proposal, err error) {
	if err := may(actor, auth.ProposeErasure, auth.ApproveErasure); err != nil {
		return nil, last, err
	}
	err = v.db.Read(ctx, func(tx *db.Tx) error {
		last = Proposal{}
		if all, err = proposals(ctx, tx, where, args...); err != nil {
			return err
		}
		if limit > 0 && len(all) == limit {
			last = all[limit-1]
		}
		kept, err := Kept(ctx, tx, actor)
		all = slices.DeleteFunc(all, func(p Proposal) bool { return kept[p.Person] })
		return err
	})
	return all, last, err
}

// notKept refuses whoever is kept from a case of a person: they neither propose nor decide what becomes of the file.
func notKept(ctx context.Context, tx *db.Tx, actor auth.Actor, person PersonID) error {
	kept, err := Kept(ctx, tx, actor)
	if err == nil && kept[person] {
		return notFound()
	}
	return err
}

func proposals(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Proposal, error) {
	rows, err := tx.Query(ctx, `
		SELECT e.id, e.person_id, e.ground, e.proposed_by, coalesce(e.approved_by, ''), e.proposed_at, e.approved_at, e.destroyed_at
		FROM vault_erasure e WHERE `+where, args...)
	return db.Collect(rows, err, func(r *sql.Rows) (p Proposal, err error) {
		var at int64
		var erased, destroyed sql.Null[int64]
		if err := r.Scan(&p.ID, &p.Person, &p.Ground, &p.By, &p.Second, &at, &erased, &destroyed); err != nil {
			return p, err
		}
		p.At = time.UnixMicro(at).UTC()
		if erased.Valid {
			p.ErasedAt = time.UnixMicro(erased.V).UTC()
		}
		if destroyed.Valid {
			p.CopiesGoneOn = copiesGoneOn(time.UnixMicro(destroyed.V))
		}
		return p, nil
	})
}
