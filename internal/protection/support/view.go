package support

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/order"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// purpose is for what this package opens what is sealed.
const purpose vault.Purpose = "support"

const sensitiveClass = vault.Sensitive

// Kept is something as it is kept: who wrote it last, when, and in which version.
type Kept[T any] struct {
	ID      string
	Version int64
	By      auth.AccountID
	At      time.Time
	Is      T
}

// View is all of support of a case, opened.
type View struct {
	Case    casefile.Case
	Today   string
	Begun   bool
	Version int64
	State   State
	Since   time.Time
	// Again says that there are signs of being exploited again.
	Again bool

	AtOnce   Kept[AtOnce]
	Risks    Kept[Risks]
	Safety   Kept[Safety]
	Needs    []Kept[Need]
	Goals    []Kept[Goal]
	Actions  []Kept[Action]
	Services []Kept[Service]
	Measures []Kept[Measure]
	Follows  []Kept[Follow]
}

// View opens the support of a case for whoever may read the case: all of it, or the parts that are named.
func (s *Supports) View(ctx context.Context, actor auth.Actor, id casefile.ID, only ...Part) (v View, err error) {
	var rows []record.Row[facts]
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v, rows = View{State: State{Stage: Opened}}, nil
		c, err := casefile.Load(ctx, tx, actor, id, auth.ReadCases)
		if err != nil {
			return err
		}
		v.Case = c
		if v.Today, err = today(ctx, tx, actor.Org); err != nil {
			return err
		}
		found, err := courses.OfCase(ctx, tx, actor.Org, string(id))
		if err != nil || len(found) == 0 {
			return err
		}
		v.course(found[0])
		rows, err = items.OfCase(ctx, tx, actor.Org, string(id))
		return err
	})
	if err != nil {
		return View{}, err
	}
	if len(only) > 0 {
		rows = slices.DeleteFunc(rows, func(r record.Row[facts]) bool { return !slices.Contains(only, r.Clear.Part) })
	}
	return v, v.open(ctx, s, actor, rows)
}

func (v *View) course(r record.Row[course]) {
	v.Begun, v.Version, v.Again = true, r.Version, r.Clear.Again
	v.State = State{Stage: r.Clear.Stage, Ended: r.Clear.Ended}
	v.Since = time.UnixMicro(r.Clear.Since).UTC()
}

// open opens all rows at once: one question to the vault, one set of entries.
func (v *View) open(ctx context.Context, s *Supports, actor auth.Actor, rows []record.Row[facts]) error {
	var g record.Reading
	var after []func()
	for _, r := range rows {
		after = append(after, v.want(&g, r))
	}
	if err := g.Open(ctx, s.vault, actor, v.Case.Why(purpose)); err != nil {
		return err
	}
	for _, fn := range after {
		fn()
	}
	v.order()
	for _, g := range v.Goals {
		if g.Is.State == "agreed" || g.Is.State == "met" {
			v.State.Agreed++
		}
	}
	return nil
}

// want asks for the documents of a row, and returns what puts them into the view once they are open.
func (v *View) want(g *record.Reading, r record.Row[facts]) func() {
	switch r.Clear.Part {
	case OfImmediate:
		return one(g, r, &v.AtOnce, nil)
	case OfRisk:
		return one(g, r, &v.Risks, nil)
	case OfSafety:
		put := one(g, r, &v.Safety, nil)
		var places Places
		r.Want(g, vault.ProtectedLocation, &places)
		return func() { put(); v.Safety.Is.Places = places }
	case OfNeed:
		return many(g, r, &v.Needs, func(n *Need, f facts) { n.State = f.State })
	case OfGoal:
		return many(g, r, &v.Goals, func(x *Goal, f facts) { x.State, x.Need = f.State, f.Ref })
	case OfAction:
		return many(g, r, &v.Actions, func(a *Action, f facts) { a.State, a.Goal, a.DueOn = f.State, f.Ref, f.DueOn })
	case OfService:
		return many(g, r, &v.Services, func(x *Service, f facts) { x.State, x.Need = f.State, f.Ref })
	case OfMeasure:
		return many(g, r, &v.Measures, nil)
	case OfFollow:
		return many(g, r, &v.Follows, func(x *Follow, f facts) {
			x.State, x.DueOn = f.State, f.DueOn
			x.slotted(f.Slot)
		})
	}
	return func() {}
}

func one[T any](g *record.Reading, r record.Row[facts], into *Kept[T], fill func(*T, facts)) func() {
	var x T
	p := &x
	r.Want(g, vault.Sensitive, p)
	return func() {
		if fill != nil {
			fill(p, r.Clear)
		}
		*into = Kept[T]{ID: r.ID, Version: r.Version, By: r.ChangedBy, At: r.ChangedAt, Is: *p}
	}
}

func many[T any](g *record.Reading, r record.Row[facts], into *[]Kept[T], fill func(*T, facts)) func() {
	var k Kept[T]
	put := one(g, r, &k, fill)
	return func() { put(); *into = append(*into, k) }
}

// order puts lists into the order in which a page shows them.
func (v *View) order() {
	order.By(v.Needs, func(a, b Kept[Need]) int {
		last := func(n Need) int { return cmp.Or(n.First, 99) }
		return cmp.Or(cmp.Compare(last(a.Is), last(b.Is)), a.At.Compare(b.At))
	})
	order.By(v.Actions, func(a, b Kept[Action]) int {
		return cmp.Compare(cmp.Or(a.Is.DueOn, "9999"), cmp.Or(b.Is.DueOn, "9999"))
	})
	order.By(v.Services, func(a, b Kept[Service]) int { return b.At.Compare(a.At) })
	order.By(v.Measures, func(a, b Kept[Measure]) int {
		return cmp.Or(cmp.Compare(a.Is.Instrument, b.Is.Instrument), cmp.Compare(a.Is.Wave, b.Is.Wave), cmp.Compare(a.Is.Rater, b.Is.Rater))
	})
	order.By(v.Follows, func(a, b Kept[Follow]) int {
		return cmp.Or(cmp.Compare(a.Is.Month, b.Is.Month), cmp.Compare(a.Is.Sign, b.Is.Sign), cmp.Compare(a.Is.Nth, b.Is.Nth))
	})
}

// Overall puts the dangers of the case together. When nobody has looked they are all unknown, which is
// treated as high.
func (v View) Overall() Overall { return v.Risks.Is.Assess(v.Today) }
