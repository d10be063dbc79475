package consent

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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

// Override is what somebody wants to tell one recipient without the person's consent.
type Override struct {
	Ground    Ground
	Recipient string
	Name      private.Text // of the recipient
	Classes   []string
	Purpose   string
	Told      Told
	Why       private.Text
	Plan      private.Text // when and how the person is told, where it was not first
	// Seen is what the page showed of the refusals; see [Seen]. A duty does not ask for it.
	Seen string
	// Of a duty: the row and version of the profile, when the time began to run, and until when; zero for no time.
	Rule, Version string
	Began, Due    time.Time
	// Done says that the recipient is told with it: a duty that is reported by telephone at once.
	Done bool
}

// check looks at the form. Of a duty it asks for whom and what alone.
func (o Override) check() error {
	f := fault.New(fault.Invalid, "This cannot be done like this.")
	wrong := func(is bool, field, msg string) {
		if is {
			f = f.WithField(field, msg)
		}
	}
	wrong(!known(o.Ground, Duty, Emergency, Discretion), "ground", "Choose on what ground.")
	wrong(!ValidRecipient(o.Recipient), "recipient", "Choose who is told.")
	wrong(len(o.Classes) == 0 || slices.ContainsFunc(o.Classes, func(c string) bool { return !Known(Classes(), c) }), "class", "Choose the least that has to be told.")
	wrong(!Known(Purposes(), o.Purpose), "purpose", "Choose what it is for.")
	wrong(!known(o.Told, NotSaid, ToldFirst, ToldLater, NotReachable, NotSafe, ForbiddenTo), "told", "Say whether the person was told.")
	wrong(len(o.Why.Reveal("measure it"))+len(o.Plan.Reveal("measure it")) > maxWords, "why", "Write less.")
	if o.Ground != Duty {
		wrong(o.Told == NotSaid, "told", "Say whether the person was told.")
		wrong(o.Why.IsZero(), "why", "Say why it has to be.")
		wrong(o.Told != ToldFirst && o.Plan.IsZero(), "plan", "Say when and how the person will be told.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// Seen names the refusals that somebody had before them, so that nobody overrides what they have not read: every sheet
// with its reasons.
func Seen(d Decision) string {
	h := sha256.New()
	for _, one := range d.Refusals {
		_, _ = fmt.Fprintf(h, "%s %v\n", one.Consent, one.Reasons) // a hash takes everything
	}
	_, _ = fmt.Fprintf(h, "%v %v\n", d.Allowed, d.Reasons)
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// refusalOf returns what stands against telling a recipient, for whoever wants to go on without consent: the
// decision about each class, the worst first.
func (r *Consents) refusalOf(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID, recipient, purpose string, classes []string) (d Decision, err error) {
	know, err := r.load(ctx, tx, org, person)
	if err != nil {
		return Decision{}, err
	}
	classes = slices.Sorted(slices.Values(classes))
	allowed := len(classes) > 0
	for _, class := range classes {
		q := Request{Person: person, Kind: Sharing, Recipient: recipient, Class: class, Purpose: purpose, Rule: know.rule}
		one := Permits(know.all, q, tx.Now())
		allowed = allowed && one.Allowed
		d.Refusals = append(d.Refusals, one.Refusals...)
		for _, reason := range against(know.all, q, one) {
			if !slices.Contains(d.Reasons, reason) {
				d.Reasons = append(d.Reasons, reason)
			}
		}
	}
	d.Allowed = allowed
	return d, nil
}

// against says in few words what stands against a request that was refused: that the person said no to this, or took it back;
// else what is wrong with the sheet that speaks of it; else that they were not asked about it.
func against(all []Consent, q Request, d Decision) []Reason {
	if d.Allowed {
		return nil
	}
	var last time.Time
	said := ReasonNone
	for _, c := range all {
		if c.Person != q.Person || c.Kind != q.Kind {
			continue
		}
		if at, no := c.no(q); no && !at.Before(last) {
			last, said = at, ReasonWithdrawn
			if c.State == Refused {
				said = ReasonRefused
			}
		}
	}
	if said != ReasonNone {
		return []Reason{said}
	}
	elsewhere := func(r Reason) bool {
		return r == ReasonKind || r == ReasonRecipient || r == ReasonClass || r == ReasonPurpose
	}
	for _, one := range d.Refusals {
		if !slices.ContainsFunc(one.Reasons, elsewhere) {
			return one.Reasons
		}
	}
	return []Reason{ReasonNone}
}

// Refusal says what stands against telling a recipient on consent. Whoever decides without consent reads it first and
// sends [Seen] of it with the decision.
func (r *Consents) Refusal(ctx context.Context, actor auth.Actor, of, recipient, purpose string, classes []string) (d Decision, err error) {
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		k, err := r.look(ctx, tx, actor, of)
		if err != nil {
			return err
		}
		d, err = r.refusalOf(ctx, tx, actor.Org, k.Person, recipient, purpose, classes)
		return err
	})
	return d, err
}

// Begin decides without consent: a duty is noted, and reported when Done says so; an emergency tells the recipient at
// once and asks for a review; discretion waits for the second person. The same form sent twice does it once.
func (r *Consents) Begin(ctx context.Context, actor auth.Actor, of string, o Override, form record.SubmissionKey) (BasisID, error) {
	if err := o.check(); err != nil {
		return "", err
	}
	id, err := r.once(ctx, actor, of, form, func(tx *db.Tx, k record.Key) (string, error) { return r.begin(ctx, tx, actor, k, o) })
	return BasisID(id), err
}

func (r *Consents) begin(ctx context.Context, tx *db.Tx, actor auth.Actor, k record.Key, o Override) (string, error) {
	lock := r.lockAny
	if o.Ground == Discretion {
		lock = r.lock
	}
	if err := lock(ctx, tx, actor, k); err != nil {
		return "", err
	}
	if o.Ground != Duty {
		if err := r.hasSeen(ctx, tx, actor.Org, k, o); err != nil {
			return "", err
		}
	}
	row := record.Row[ground]{Key: k, Clear: ground{
		Ground: o.Ground, Step: Open, Recipient: o.Recipient, Classes: codes(o.Classes), Purpose: o.Purpose, BegunAt: tx.NowMicros(),
		By: actor.Account, Told: o.Told, Seen: o.Seen,
	}}
	act := record.Act{Actor: actor, Name: "override." + string(o.Ground), Detail: map[string]string{
		"to": o.Recipient, "classes": row.Clear.Classes, "purpose": o.Purpose, "told": string(o.Told), "rule": o.Rule, "version": o.Version,
	}}
	switch o.Ground {
	case Duty:
		if err := r.ruled(ctx, tx, actor, k, &o); err != nil {
			return "", err
		}
		row.Clear.Rule, row.Clear.Version, row.Clear.DueAt = o.Rule, o.Version, micros(o.Due)
		if !o.Began.IsZero() {
			row.Clear.BegunAt = micros(o.Began)
		}
	case Emergency:
		row.Clear.Step, row.Clear.UntilAt = Live, micros(tx.Now().Add(ReviewWithin))
		late, err := r.reviewLate(ctx, tx, actor.Org, k)
		if err != nil {
			return "", err
		}
		if late {
			act.Detail["again"] = "before a review"
		}
	}
	row, err := grounds.Insert(ctx, tx, r.vault, act, row, record.Doc{Class: vault.Sensitive, Value: Why{Words: o.Why, From: o.Name, Plan: o.Plan}})
	if err != nil {
		return "", err
	}
	if err := r.remindOf(ctx, tx, actor, row); err != nil {
		return "", err
	}
	if act.Detail["again"] != "" {
		if err := r.alarm(ctx, tx, actor, row); err != nil {
			return "", err
		}
	}
	if o.Ground == Emergency || o.Ground == Duty && o.Done {
		err = r.leave(ctx, tx, actor, row)
	}
	return row.ID, err
}

// ruled takes the rule from a duty that is not what the rule of the case's profile says: another recipient, or more than
// its content. It is still a duty, on the word of whoever notes it, and somebody else looks at it afterwards.
func (r *Consents) ruled(ctx context.Context, tx *db.Tx, actor auth.Actor, k record.Key, o *Override) error {
	c, err := casefile.Load(ctx, tx, actor, casefile.ID(k.Case), auth.WorkCases)
	if err != nil {
		return err
	}
	zone, err := zoneOf(actor)
	if err != nil {
		return err
	}
	rep, ok := ReportOf(c.Clear.Profile, tx.Now().In(zone).Format(time.DateOnly), o.Rule, zone)
	adult, err := r.looks.adult(ctx, tx, actor.Org, k.Person)
	if err != nil {
		return err
	}
	if !ok || rep.Version != o.Version || !rep.Covers(o.Recipient, o.Classes, adult == Yes) {
		o.Rule, o.Version = "", ""
	}
	return nil
}

// reviewLate reports whether an emergency of the person was not reviewed in time.
func (r *Consents) reviewLate(ctx context.Context, tx *db.Tx, org auth.OrgID, k record.Key) (bool, error) {
	know, err := r.load(ctx, tx, org, k.Person)
	return slices.ContainsFunc(know.bases, func(b Basis) bool {
		return b.Ground == Emergency && b.NeedsReview() && !tx.Now().Before(b.ReviewBy())
	}), err
}

// alarm tells those whom the organisation chose for emergency access, and all who review, of an emergency that follows one
// that nobody reviewed. Nobody is refused one: it may be the one that saves a life.
func (r *Consents) alarm(ctx context.Context, tx *db.Tx, actor auth.Actor, row record.Row[ground]) error {
	chosen, err := auth.Recipients(ctx, tx, actor.Org, auth.OnGlass)
	if err == nil {
		chosen, err = auth.NotKept(ctx, tx, actor.Org, row.Case, chosen...)
	}
	if err != nil {
		return err
	}
	all, err := reviewers(ctx, tx, row)
	if err != nil {
		return err
	}
	for _, a := range append(chosen, all...) {
		n := notify.Notice{Org: string(actor.Org), To: string(a), Kind: notify.EmergencyAgain, About: ofBasis(row.ID)}
		if a == actor.Account {
			continue
		}
		if _, err := notify.Once(ctx, tx, n, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// leave keeps that the recipient of a basis is told now, and that a duty is done with it.
func (r *Consents) leave(ctx context.Context, tx *db.Tx, actor auth.Actor, row record.Row[ground]) (err error) {
	if row.Clear.Ground == Duty {
		row.Clear.Step, row.Clear.DoneAt = Done, tx.NowMicros()
		if row, err = r.toldOf(ctx, tx, actor, row, "duty.reported"); err != nil {
			return err
		}
		if err := r.settle(ctx, tx, actor, row.Key, ofBasis(row.ID), casefile.Done); err != nil {
			return err
		}
	}
	b := basisOf(row)
	_, err = r.DiscloseIn(ctx, tx, actor, key(actor.Org, row.Case, row.Person), Leaving{
		Authority: Authority{LegalBasis: b.ID}, Recipient: b.Recipient, Classes: b.Classes, Purpose: b.Purpose,
	})
	return err
}

// toldOf keeps that somebody is told on a duty or a demand: from now on it carries for a short time, and a duty of one's own
// word waits for its review.
func (r *Consents) toldOf(ctx context.Context, tx *db.Tx, actor auth.Actor, row record.Row[ground], name string) (record.Row[ground], error) {
	row.Clear.UntilAt = micros(tx.Now().Add(ToldLasts))
	row, err := grounds.Update(ctx, tx, r.vault, record.Act{Actor: actor, Name: name}, row)
	if err != nil {
		return row, err
	}
	return row, r.askSecond(ctx, tx, actor, row)
}

// hasSeen refuses a decision without consent by somebody who has not read what stands against it.
func (r *Consents) hasSeen(ctx context.Context, tx *db.Tx, org auth.OrgID, k record.Key, o Override) error {
	d, err := r.refusalOf(ctx, tx, org, k.Person, o.Recipient, o.Purpose, o.Classes)
	if err != nil {
		return err
	}
	if o.Seen != Seen(d) {
		return stale()
	}
	return nil
}

// Report keeps that a duty was done: its recipient is told now. It asks for nobody's approval, no consent and no version,
// and does it once.
func (r *Consents) Report(ctx context.Context, actor auth.Actor, of string, id BasisID) error {
	return r.db.Write(ctx, func(tx *db.Tx) error {
		row, err := r.basis(ctx, tx, actor, of, id, Duty)
		if err != nil || row.Clear.Step == Done {
			return err
		}
		return r.leave(ctx, tx, actor, row)
	})
}

// basis reads a basis of a case on which the actor works.
func (r *Consents) basis(ctx context.Context, tx *db.Tx, actor auth.Actor, of string, id BasisID, g Ground) (row record.Row[ground], err error) {
	k, err := r.mayWork(ctx, tx, actor, of)
	if err != nil {
		return row, err
	}
	row, err = grounds.Get(ctx, tx, actor.Org, string(id))
	if err == nil && (row.Case != k.Case || row.Clear.Ground != g) {
		err = notFound()
	}
	return row, err
}
