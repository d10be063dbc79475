package staff

import (
	"context"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Staffs is the store of a node. It is safe for concurrent use.
type Staffs struct {
	db    *db.DB
	vault *vault.Vault
	cases *casefile.Cases
}

// On returns the store of a node. What the vault checks and erases goes here too.
func On(d *db.DB, v *vault.Vault, cases *casefile.Cases) *Staffs {
	outings.Guard(v)
	threats.Guard(v)
	return &Staffs{db: d, vault: v, cases: cases}
}

// Outing is a visit: who went, until when they check in, and who is told when they do not.
type Outing struct {
	record.Row[OutingFacts]
}

// OutingFacts are what stands in clear of a visit.
type OutingFacts struct {
	Worker         auth.AccountID
	State          string // out, back or dropped
	LeftAt, BackBy int64  // microseconds
	Tell, ThenTell auth.AccountID
	Told, ToldAt   int64 // how many times somebody was told, and when last
	EndedAt        int64
}

// Back returns until when the worker checks in.
func (o Outing) Back() time.Time { return time.UnixMicro(o.Clear.BackBy).UTC() }

// Overdue reports whether somebody is out who should have checked in.
func (o Outing) Overdue(now time.Time) bool { return o.Clear.State == "out" && !now.Before(o.Back()) }

// Going is what a visit begins with.
type Going struct {
	BackBy         time.Time
	Tell, ThenTell auth.AccountID
	Where, Reach   private.Text // sealed: the area, and how to reach the worker
	Key            record.SubmissionKey
}

// whereabouts is what is sealed of a visit.
type whereabouts struct {
	Where private.Text `json:"where,omitzero"`
	Reach private.Text `json:"reach,omitzero"`
}

var outings = record.Table[OutingFacts]{
	Name:   "protection_outing",
	Sealed: []record.Column{{Name: "location", Class: vault.ProtectedLocation}},
	Clear:  []string{"worker", "state", "left_at", "back_by", "tell", "then_tell", "told", "told_at", "ended_at"},
	Fields: func(f *OutingFacts) []any {
		return []any{&f.Worker, &f.State, &f.LeftAt, &f.BackBy, &f.Tell, &f.ThenTell, &f.Told, &f.ToldAt, &f.EndedAt}
	},
}

func missing() error { return fault.New(fault.NotFound, "This does not exist.") }

func act(actor auth.Actor, name string) record.Act { return record.Act{Actor: actor, Name: name} }

// longest is how long somebody may be out without a word.
const longest = 24 * time.Hour

// maxText bounds a text in bytes.
const maxText = 4000

// Leave notes that the actor goes on a visit. Both who are told must be able to open the case, and be
// somebody else than the worker.
func (s *Staffs) Leave(ctx context.Context, actor auth.Actor, id casefile.ID, g Going) (outing string, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		outing, _, err = record.Once(ctx, tx, actor, g.Key, func() (string, error) { return s.leave(ctx, tx, actor, id, g) })
		return err
	})
	return outing, err
}

func (s *Staffs) leave(ctx context.Context, tx *db.Tx, actor auth.Actor, id casefile.ID, g Going) (string, error) {
	c, err := casefile.Lock(ctx, tx, actor, id, auth.WorkCases)
	if err != nil {
		return "", err
	}
	f := fault.New(fault.Invalid, "The visit was not noted.")
	if g.BackBy.Before(tx.Now()) || g.BackBy.After(tx.Now().Add(longest)) {
		f = f.WithField("back", "Choose when you check in: later than now, within a day.")
	}
	able, err := Tellable(ctx, tx, actor, id)
	if err != nil {
		return "", err
	}
	if !slices.Contains(able, g.Tell) || g.ThenTell != "" && (!slices.Contains(able, g.ThenTell) || g.ThenTell == g.Tell) {
		f = f.WithField("tell", "Choose two others who answer for the service or work on the case.")
	}
	for field, t := range map[string]private.Text{"where": g.Where, "reach": g.Reach} {
		if len(t.Reveal("measure it")) > maxText {
			f = f.WithField(field, "Use at most %d characters.", maxText)
		}
	}
	if len(f.Fields) > 0 {
		return "", f
	}
	row := record.Row[OutingFacts]{Key: c.Child(), Clear: OutingFacts{
		Worker: actor.Account, State: "out", LeftAt: tx.NowMicros(), BackBy: g.BackBy.UnixMicro(), Tell: g.Tell, ThenTell: g.ThenTell,
	}}
	row, err = outings.Insert(ctx, tx, s.vault, act(actor, "visit.leave"), row, record.Doc{
		Class: vault.ProtectedLocation, Value: whereabouts{g.Where, g.Reach},
	})
	return row.ID, err
}

// Tellable returns the accounts that may be told of a visit: those who answer for the service, and those
// who work on the case, without the actor and whoever is kept from the person.
func Tellable(ctx context.Context, tx *db.Tx, actor auth.Actor, id casefile.ID) (all []auth.AccountID, err error) {
	chiefs, err := auth.Holders(ctx, tx, actor.Org, auth.ManageTeams)
	if err != nil {
		return nil, err
	}
	holders, err := auth.HoldersOf(ctx, tx, actor.Org, string(id))
	if err != nil {
		return nil, err
	}
	for _, h := range holders {
		chiefs = append(chiefs, h.Account)
	}
	slices.Sort(chiefs)
	chiefs = slices.DeleteFunc(slices.Compact(chiefs), func(a auth.AccountID) bool { return a == "" || a == actor.Account })
	return auth.NotKept(ctx, tx, actor.Org, string(id), chiefs...)
}

// Back notes that the worker is back, or was heard; any worker of the case may note it. Later moves the
// time instead.
func (s *Staffs) Back(ctx context.Context, actor auth.Actor, id casefile.ID, outing string) error {
	return s.change(ctx, actor, id, outing, "visit.back", func(tx *db.Tx, f *OutingFacts) error {
		f.State, f.EndedAt = "back", tx.NowMicros()
		return notify.Settle(ctx, tx, notify.VisitOverdue, outing)
	})
}

// Later moves the time to check in, and begins telling anew.
func (s *Staffs) Later(ctx context.Context, actor auth.Actor, id casefile.ID, outing string, until time.Time) error {
	return s.change(ctx, actor, id, outing, "visit.later", func(tx *db.Tx, f *OutingFacts) error {
		if until.Before(tx.Now()) || until.After(tx.Now().Add(longest)) {
			return fault.New(fault.Invalid, "The visit was not noted.").WithField("back", "Choose when you check in: later than now, within a day.")
		}
		f.BackBy, f.Told, f.ToldAt = until.UnixMicro(), 0, 0
		return notify.Settle(ctx, tx, notify.VisitOverdue, outing)
	})
}

func (s *Staffs) change(ctx context.Context, actor auth.Actor, id casefile.ID, outing, name string, fn func(*db.Tx, *OutingFacts) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := casefile.Lock(ctx, tx, actor, id, auth.WorkCases, casefile.AnyState); err != nil {
			return err
		}
		row, err := outings.Get(ctx, tx, actor.Org, outing)
		if err != nil {
			return err
		}
		if row.Case != string(id) {
			return missing()
		}
		if row.Clear.State != "out" {
			return fault.New(fault.Conflict, "This visit has ended already.")
		}
		if err := fn(tx, &row.Clear); err != nil {
			return err
		}
		_, err = outings.Update(ctx, tx, s.vault, act(actor, name), row)
		return err
	})
}

// Outings returns the visits of a case, the newest first.
func (s *Staffs) Outings(ctx context.Context, actor auth.Actor, id casefile.ID) (all []Outing, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		all = nil
		if _, err := casefile.Load(ctx, tx, actor, id, auth.ReadCases); err != nil {
			return err
		}
		rows, err := outings.Find(ctx, tx, "WHERE org_id = $1 AND case_id = $2 ORDER BY left_at DESC, id LIMIT 100", string(actor.Org), string(id))
		for _, row := range rows {
			all = append(all, Outing{row})
		}
		return err
	})
	return all, err
}

// Missed returns the visits that concern the actor, as the worker or as somebody who is told, and whose
// worker is out, the one that is due first.
func (s *Staffs) Missed(ctx context.Context, actor auth.Actor) (all []Outing, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		all = nil
		rows, err := outings.Find(ctx, tx, `WHERE org_id = $1 AND state = 'out' AND (worker = $2 OR tell = $2 OR then_tell = $2)
			ORDER BY back_by, id LIMIT 100`, string(actor.Org), string(actor.Account))
		if err != nil {
			return err
		}
		for _, row := range rows {
			_, err := casefile.Load(ctx, tx, actor, casefile.ID(row.Case), auth.ReadCases)
			if err != nil && fault.KindOf(err) == fault.NotFound {
				continue
			}
			if err != nil {
				return err
			}
			all = append(all, Outing{row})
		}
		return nil
	})
	return all, err
}

// Whereabouts opens where somebody went and how to reach them.
func (s *Staffs) Whereabouts(ctx context.Context, actor auth.Actor, id casefile.ID, outing string) (where, reach private.Text, err error) {
	var (
		g record.Reading
		w whereabouts
		c casefile.Case
	)
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if c, err = casefile.Load(ctx, tx, actor, id, auth.ReadCases); err != nil {
			return err
		}
		row, err := outings.Get(ctx, tx, actor.Org, outing)
		if err == nil && row.Case != string(id) {
			err = missing()
		}
		if err != nil {
			return err
		}
		g = record.Reading{}
		row.Want(&g, vault.ProtectedLocation, &w)
		return nil
	})
	if err != nil {
		return where, reach, err
	}
	return w.Where, w.Reach, g.Open(ctx, s.vault, actor, c.Why("staff-safety"))
}

// patience is how long the next one is left in peace after somebody was told.
const patience = 30 * time.Minute

// Tend tells of workers who have not checked in: first the one, half an hour later the other as well, and
// half an hour after that all who answer for the service. It returns how many were told.
func (s *Staffs) Tend(ctx context.Context, now time.Time) (told int, err error) {
	err = s.db.WriteUnaudited(ctx, "a reminder changes nothing that somebody decided", func(tx *db.Tx) error {
		told = 0
		due, err := outings.Find(ctx, tx, "WHERE state = 'out' AND back_by <= $1 AND told < 3 AND told_at <= $2 ORDER BY back_by, org_id, id LIMIT 1000",
			now.UnixMicro(), now.Add(-patience).UnixMicro())
		if err != nil {
			return err
		}
		for _, row := range due {
			to, err := next(ctx, tx, row.Org, row.Clear)
			if err != nil {
				return err
			}
			for _, a := range to {
				n := notify.Notice{Org: string(row.Org), To: string(a), Kind: notify.VisitOverdue, About: row.ID}
				if err := notify.Post(ctx, tx, n); err != nil {
					return err
				}
				told++
			}
			_, err = tx.Exec(ctx, "UPDATE protection_outing SET told = told + 1, told_at = $1 WHERE org_id = $2 AND id = $3",
				now.UnixMicro(), string(row.Org), row.ID)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return told, err
}

// next is who is told now.
func next(ctx context.Context, tx *db.Tx, org auth.OrgID, f OutingFacts) ([]auth.AccountID, error) {
	switch {
	case f.Told == 0:
		return []auth.AccountID{f.Tell}, nil
	case f.Told == 1 && f.ThenTell != "":
		return []auth.AccountID{f.Tell, f.ThenTell}, nil
	}
	all, err := auth.Holders(ctx, tx, org, auth.ManageTeams)
	return slices.DeleteFunc(all, func(a auth.AccountID) bool { return a == f.Worker }), err
}
