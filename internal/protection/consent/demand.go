package consent

import (
	"context"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Order is a demand of a court or an authority, as it stands on paper and as somebody has looked at it. It is filled in
// step by step, in any order; nothing leaves before the rule of [Basis.Carries] holds.
type Order struct {
	Recipient string
	From      private.Text // who demands, by name
	Reference private.Text
	Purpose   string
	Classes   []string // the least that answers it
	// Privileged are classes that the law protects from it.
	Privileged  []string
	Authentic   Answer
	ObjectUntil string // civil date: the last day on which an objection is possible
	Objection   Objection
	MayTell     Answer
	Told        Told
	Words       private.Text // what it says, and what was found
	Plan        private.Text // when and how the person is told
	Version     int64        // as the page showed it; 0 for a new one
}

func (o Order) check(zone *time.Location) (objectUntil time.Time, err error) {
	f := fault.New(fault.Invalid, "The demand cannot be kept like this.")
	wrong := func(is bool, field, msg string) {
		if is {
			f = f.WithField(field, msg)
		}
	}
	notClass := func(c string) bool { return !Known(Classes(), c) }
	wrong(!ValidRecipient(o.Recipient), "recipient", "Choose who demands it.")
	wrong(!Known(Purposes(), o.Purpose), "purpose", "Choose what it is for.")
	wrong(slices.ContainsFunc(o.Classes, notClass) || slices.ContainsFunc(o.Privileged, notClass), "class", "Choose what it is about from the list.")
	wrong(!known(o.Authentic, NotKnown, Yes, No), "authentic", "Say whether it is real.")
	wrong(!known(o.Objection, NotDecided, Waived, Objecting, Overruled, Upheld), "objection", "Say what becomes of the right to object.")
	wrong(!known(o.MayTell, NotKnown, Yes, No), "may-tell", "Say whether the person may be told.")
	wrong(!known(o.Told, NotSaid, ToldFirst, ToldLater, NotReachable, NotSafe, ForbiddenTo), "told", "Say whether the person was told.")
	wrong(len(o.Words.Reveal("measure it"))+len(o.Plan.Reveal("measure it")) > maxWords, "why", "Write less.")
	if o.ObjectUntil != "" {
		day, err := time.ParseInLocation(time.DateOnly, o.ObjectUntil, zone)
		wrong(err != nil, "object-until", "Choose a day.")
		objectUntil = day.AddDate(0, 0, 1)
	}
	if len(f.Fields) > 0 {
		return objectUntil, f
	}
	return objectUntil, nil
}

// Receive keeps a demand. The same form sent twice is kept once.
func (r *Consents) Receive(ctx context.Context, actor auth.Actor, of string, o Order, form record.SubmissionKey) (BasisID, error) {
	until, err := o.checkIn(actor)
	if err != nil {
		return "", err
	}
	id, err := r.once(ctx, actor, of, form, func(tx *db.Tx, k record.Key) (string, error) {
		if err := r.lockAny(ctx, tx, actor, k); err != nil {
			return "", err
		}
		row := record.Row[ground]{Key: k, Clear: ground{Ground: Demand, Step: Open, BegunAt: tx.NowMicros(), By: actor.Account}}
		o.fill(&row.Clear, actor, until)
		row, err := grounds.Insert(ctx, tx, r.vault, record.Act{Actor: actor, Name: "demand.receive"}, row, o.sealed())
		if err != nil {
			return "", err
		}
		return row.ID, r.remindDemand(ctx, tx, actor, row)
	})
	return BasisID(id), err
}

func (r *Consents) remindDemand(ctx context.Context, tx *db.Tx, actor auth.Actor, row record.Row[ground]) error {
	if err := r.remindOf(ctx, tx, actor, row); err != nil {
		return err
	}
	return r.askSecond(ctx, tx, actor, row)
}

func (o Order) checkIn(actor auth.Actor) (time.Time, error) {
	zone, err := zoneOf(actor)
	if err != nil {
		return time.Time{}, err
	}
	return o.check(zone)
}

// fill writes what was found. Whatever a second person had looked at before is something else now.
func (o Order) fill(g *ground, actor auth.Actor, until time.Time) {
	g.WeighedBy, g.Seen, g.Second, g.SecondSeen = actor.Account, db.NewID(), "", ""
	g.Recipient, g.Purpose, g.Classes, g.Privileged = o.Recipient, o.Purpose, codes(o.Classes), codes(o.Privileged)
	g.Authentic, g.ObjectUntil, g.Objection, g.MayTell, g.Told = o.Authentic, micros(until), o.Objection, o.MayTell, o.Told
}

func (o Order) sealed() record.Doc {
	return record.Doc{Class: vault.Sensitive, Value: Why{Words: o.Words, Reference: o.Reference, From: o.From, Plan: o.Plan}}
}

// Weigh keeps what was found about a demand, and asks a second person to look at it once it is said to be real. Whoever saw
// an older state is told so.
func (r *Consents) Weigh(ctx context.Context, actor auth.Actor, of string, id BasisID, o Order) error {
	until, err := o.checkIn(actor)
	if err != nil {
		return err
	}
	return r.changeDemand(ctx, actor, of, id, o.Version, func(tx *db.Tx, row record.Row[ground]) error {
		if err := r.settle(ctx, tx, actor, row.Key, ofSecond(row), casefile.Dropped); err != nil {
			return err
		}
		o.fill(&row.Clear, actor, until)
		now, err := grounds.Update(ctx, tx, r.vault, record.Act{Actor: actor, Name: "demand.weigh"}, row, o.sealed())
		if err != nil {
			return err
		}
		return r.remindDemand(ctx, tx, actor, now)
	})
}

// Comply hands over what a demand has a right to: the least, without what is privileged, once two people know it to be real
// and nobody objects. It is told in the same transaction, and kept once.
func (r *Consents) Comply(ctx context.Context, actor auth.Actor, of string, id BasisID, version int64) error {
	return r.changeDemand(ctx, actor, of, id, version, func(tx *db.Tx, row record.Row[ground]) error {
		g := &row.Clear
		b := basisOf(row)
		least := slices.DeleteFunc(slices.Clone(b.Classes), func(c string) bool { return slices.Contains(b.Privileged, c) })
		if len(least) == 0 {
			return fault.New(fault.Invalid, "Nothing is left to hand over.").WithHint("Decline the demand, or look again at what it is about.")
		}
		b.Classes, b.Step, g.Classes, g.Step = least, Live, codes(least), Live
		for _, c := range least {
			q := Request{Person: b.Person, Recipient: b.Recipient, Class: c, Purpose: b.Purpose}
			if why := b.Carries(q, tx.Now()); len(why) > 0 {
				return fault.New(fault.Denied, "The demand cannot be answered yet.").WithHint("Look at what is still open: whether it is real, the second person, and the right to object.")
			}
		}
		if g.Told == NotSaid && g.MayTell != No {
			return fault.New(fault.Invalid, "The person may be told, and was not yet.").WithField("told", "Tell the person first, or say why not.")
		}
		now, err := r.toldOf(ctx, tx, actor, row, "demand.comply")
		if err != nil {
			return err
		}
		if err := r.leave(ctx, tx, actor, now); err != nil {
			return err
		}
		now.Clear.Step, now.Clear.DoneAt = Done, tx.NowMicros()
		if _, err = grounds.Update(ctx, tx, r.vault, record.Act{Actor: actor, Name: "demand.answered"}, now); err != nil {
			return err
		}
		return r.settle(ctx, tx, actor, row.Key, ofBasis(row.ID), casefile.Done)
	})
}

// DeclineDemand keeps that nothing is handed over: it is not real, it fell, or it is not for us.
func (r *Consents) DeclineDemand(ctx context.Context, actor auth.Actor, of string, id BasisID, version int64, words private.Text) error {
	if words.IsZero() {
		return fault.New(fault.Invalid, "A demand that is declined needs a reason.").WithField("why", "Say why nothing is handed over.")
	}
	return r.changeDemand(ctx, actor, of, id, version, func(tx *db.Tx, row record.Row[ground]) error {
		row.Clear.Step, row.Clear.DoneAt = Declined, tx.NowMicros()
		doc := record.Doc{Class: vault.Personal, Value: opinion{words}}
		if _, err := grounds.Update(ctx, tx, r.vault, record.Act{Actor: actor, Name: "demand.decline"}, row, doc); err != nil {
			return err
		}
		if err := r.settle(ctx, tx, actor, row.Key, ofSecond(row), casefile.Dropped); err != nil {
			return err
		}
		return r.settle(ctx, tx, actor, row.Key, ofBasis(row.ID), casefile.Done)
	})
}

func (r *Consents) changeDemand(ctx context.Context, actor auth.Actor, of string, id BasisID, version int64, do func(*db.Tx, record.Row[ground]) error) error {
	return r.db.Write(ctx, func(tx *db.Tx) error {
		row, err := r.basis(ctx, tx, actor, of, id, Demand)
		if err != nil {
			return err
		}
		if row.Version != version || row.Clear.Step != Open {
			return stale()
		}
		return do(tx, row)
	})
}

// Hold keeps the file from being erased because of a demand, see [vault.Vault.PlaceHold]. It asks for the permission to
// hold files. Placed twice, the first stands.
func (r *Consents) Hold(ctx context.Context, actor auth.Actor, of string, id BasisID, reference, reviewOn string) error {
	var row record.Row[ground]
	err := r.db.Read(ctx, func(tx *db.Tx) error {
		k, err := r.look(ctx, tx, actor, of)
		if err != nil {
			return err
		}
		row, err = grounds.Get(ctx, tx, actor.Org, string(id))
		if err == nil && (row.Case != k.Case || row.Clear.Ground != Demand) {
			err = notFound()
		}
		return err
	})
	if err != nil || row.Clear.Hold != "" {
		return err
	}
	// The hold stands by itself, whatever becomes of the demand; it is placed first, so that nothing is erased between.
	hold, err := r.vault.PlaceHold(ctx, actor, vault.Hold{Person: row.Person, Ground: vault.CourtOrder, Reference: reference, ReviewOn: reviewOn})
	if err != nil {
		return err
	}
	return r.db.Write(ctx, func(tx *db.Tx) error {
		now, err := r.basis(ctx, tx, actor, of, id, Demand)
		if err != nil || now.Clear.Hold != "" {
			return err
		}
		now.Clear.Hold = hold
		_, err = grounds.Update(ctx, tx, r.vault, record.Act{Actor: actor, Name: "demand.hold", Detail: map[string]string{"hold": hold}}, now)
		return err
	})
}

// Blocks returns what stands against handing over anything of a demand now, whatever it is about.
func (b Basis) Blocks(now time.Time) (found []Reason) {
	if len(b.Classes) == 0 {
		found = append(found, ReasonClass)
	}
	return append(found, b.holdsBack("", now)...)
}
