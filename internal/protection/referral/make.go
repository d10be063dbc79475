package referral

import (
	"context"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Wish is what somebody wants to send. Only To, Purpose and Needs are needed.
type Wish struct {
	Kind    Kind // "" is [Help]
	To      auth.OrgID
	Purpose string
	Needs   []string // of [Needs]
	Urgency string   // of [Urgencies]; "" is within days
	Blind   Blind
	Later   Later // by field of [LaterFields]; what is not there stays
	Days    int   // for how long it can be accepted; 0 is a week
}

const (
	// week is for how long a referral can be accepted unless somebody says otherwise, longest the most, in days.
	week, longest = 7, 60
	// maxLater bounds a text that is released, in bytes.
	maxLater = 4000
)

func (w *Wish) check() error {
	f := fault.New(fault.Invalid, "The referral is not complete.")
	if w.Kind == "" {
		w.Kind = Help
	}
	if w.Urgency == "" {
		w.Urgency = "days"
	}
	if w.Days == 0 {
		w.Days = week
	}
	wrong := func(is bool, field, msg string) {
		if is {
			f = f.WithField(field, msg)
		}
	}
	wrong(w.Kind != Help && w.Kind != Transfer, "kind", "Choose whether a need or the whole case goes over.")
	wrong(w.To == "", "to", "Choose to whom it goes.")
	wrong(!consent.Known(consent.Purposes(), w.Purpose), "purpose", "Choose what it is for.")
	wrong(len(w.Needs) == 0 || !allKnown(Needs(), w.Needs), "needs", "Choose what is needed.")
	wrong(index(Urgencies(), w.Urgency) < 0, "urgency", "Choose how soon.")
	wrong(w.Days < 1 || w.Days > longest, "days", "Choose between a day and two months.")
	f = w.Blind.check(f)
	for field, text := range w.Later {
		wrong(index(LaterFields(), field) < 0, "later", "Choose from the list.")
		wrong(len(text.Reveal("measure it")) > maxLater, "later", "Write less: who accepts can ask.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// fields are all that the wish would let leave, if everything is allowed.
func (w Wish) fields() string {
	all := []string{"referral.service"}
	for field, is := range map[string]bool{
		"referral.age-group": w.Blind.Age != "", "referral.language": len(w.Blind.Languages) > 0 || w.Blind.Interpret,
		"referral.dependants": w.Blind.Adults+w.Blind.Children > 0, "referral.access": len(w.Blind.Access) > 0, "referral.safety": len(w.Blind.Safety) > 0,
	} {
		if is {
			all = append(all, field)
		}
	}
	for field, text := range w.Later {
		if !text.IsZero() {
			all = append(all, field)
		}
	}
	return words(all)
}

func (w Wish) docs() []record.Doc {
	later := Later{}
	for field, text := range w.Later {
		if !text.IsZero() {
			later[field] = text
		}
	}
	docs := []record.Doc{{Class: vault.Personal, Value: w.Blind}, {Class: vault.Sensitive, Value: later}}
	if len(later) == 0 {
		docs[1].Value = nil
	}
	return docs
}

func (w Wish) into(f *facts) {
	f.Kind, f.Partner, f.Purpose, f.Needs, f.Urgency = w.Kind, w.To, w.Purpose, words(w.Needs), w.Urgency
	f.Fields, f.Days, f.Agreement, f.Roles = w.fields(), int64(w.Days), "", ""
}

// Make drafts a referral in a case. Nothing leaves by that. The same form sent twice makes one.
func (r *Referrals) Make(ctx context.Context, actor auth.Actor, case_ string, w Wish, once record.SubmissionKey) (id string, err error) {
	if err := w.check(); err != nil {
		return "", err
	}
	err = r.db.Write(ctx, func(tx *db.Tx) error {
		id, _, err = record.Once(ctx, tx, actor, once, func() (string, error) {
			c, err := casefile.Lock(ctx, tx, actor, casefile.ID(case_), auth.WorkCases)
			if err != nil {
				return "", err
			}
			if err := r.fits(ctx, tx, actor, c, w); err != nil {
				return "", err
			}
			one := row{Key: c.Child()}
			one.Clear = facts{Direction: out, Sending: Draft, Maker: actor.Account}
			w.into(&one.Clear)
			one, err = table.Insert(ctx, tx, r.vault, act(actor, "make", one), one, w.docs()...)
			return one.ID, err
		})
		return err
	})
	return id, err
}

// Change changes a draft. What was looked at before has to be looked at again.
func (r *Referrals) Change(ctx context.Context, actor auth.Actor, case_, id string, version int64, w Wish) error {
	if err := w.check(); err != nil {
		return err
	}
	return r.write(ctx, actor, case_, id, func(tx *db.Tx, c casefile.Case, one row) error {
		if one.Clear.Direction != out || one.Clear.Sending != Draft && one.Clear.Sending != Authorised {
			return gone()
		}
		if err := r.fits(ctx, tx, actor, c, w); err != nil {
			return err
		}
		w.into(&one.Clear)
		one.Clear.Sending, one.Version = Draft, version
		_, err := r.save(ctx, tx, actor, "change", one, w.docs()...)
		return err
	})
}

// Discard gives up a draft.
func (r *Referrals) Discard(ctx context.Context, actor auth.Actor, case_, id string) error {
	return r.write(ctx, actor, case_, id, func(tx *db.Tx, _ casefile.Case, one row) error {
		if one.Clear.Direction != out || one.Clear.Sending != Draft && one.Clear.Sending != Authorised {
			return gone()
		}
		return table.Remove(ctx, tx, r.vault, act(actor, "discard", one), one)
	})
}

func gone() *fault.Error {
	return fault.New(fault.Conflict, "This cannot be done any more.").WithHint("Load the page again to see where it stands.")
}

// fits refuses what the case cannot send: to nobody with an agreement, a child as an adult, a case that is not here.
func (r *Referrals) fits(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, w Wish) error {
	to, err := r.agreements.Receivers(ctx, tx, actor.Org)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(to, func(o auth.Org) bool { return o.ID == w.To }) {
		return fault.New(fault.Invalid, "The referral is not complete.").WithField("to", "Choose an organisation with an agreement in force.")
	}
	child, err := person.MayBeChild(ctx, tx, actor.Org, c.Person)
	if err != nil {
		return err
	}
	if child && slices.Contains(grown, w.Blind.Age) {
		return fault.New(fault.Invalid, "The referral is not complete.").
			WithField("age", "The file says that the person is or may be a child. Choose a younger group, or leave it out.")
	}
	if w.Kind == Transfer && c.Clear.Standing != casefile.Open {
		return fault.New(fault.Conflict, "The case is closed, so it cannot go over.")
	}
	return nil
}

// alone refuses a second open referral of one need to one receiver, and a second transfer to anybody: a case has one owner.
func (r *Referrals) alone(ctx context.Context, tx *db.Tx, one row) error {
	others, err := table.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2 AND direction = 'out' AND sending IN ('sent', 'released') AND id <> $3",
		string(one.Org), string(one.Person), one.ID)
	if err != nil {
		return err
	}
	for _, o := range others {
		if endOf(o).Over(tx.Now()) {
			continue
		}
		if one.Clear.Kind == Transfer && o.Clear.Kind == Transfer {
			return fault.New(fault.Conflict, "The case is on its way to somebody already.").WithHint("Recall that first: a case is held by one organisation.")
		}
		if o.Clear.Partner != one.Clear.Partner || o.Clear.Kind != one.Clear.Kind {
			continue
		}
		for need := range strings.FieldsSeq(one.Clear.Needs) {
			if slices.Contains(strings.Fields(o.Clear.Needs), need) {
				return fault.New(fault.Conflict, "The same need is open there already.").WithHint("Wait for the answer, or recall it first.")
			}
		}
	}
	return nil
}
