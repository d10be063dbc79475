package identification

import (
	"context"
	"regexp"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Taking is a step that somebody takes or records.
type Taking struct {
	Case      casefile.ID
	Procedure string
	Seen      int64 // version of the procedure that the form showed; 0 does not ask
	Step      string
	Body      string // actor of the profile
	BodyName  private.Text
	Own       bool // this organisation is that body
	On        profile.Date
	At        time.Time // zero when only the day is known
	Agreed    Agreement
	Reasons   private.Text
	Basis     private.Text
	Document  string // SHA-256 in hex, or ""
	Clock     string // for Extend
	Key       record.SubmissionKey
}

// Taken is what became of it.
type Taken struct {
	Event   string
	Waiting bool // for the signature of a second person
}

// Limits of what can be written with a step, in bytes.
const (
	maxReasons = 20_000
	maxLine    = 400
)

var hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (t *Taking) check() error {
	f := fault.New(fault.Invalid, "The step was not recorded.")
	if len(t.Reasons.Reveal("measure it")) > maxReasons {
		f = f.WithField("reasons", "Use at most %d characters.", maxReasons)
	}
	if len(t.Basis.Reveal("measure it")) > maxLine {
		f = f.WithField("basis", "Use at most %d characters.", maxLine)
	}
	if len(t.BodyName.Reveal("measure it")) > maxLine {
		f = f.WithField("body-name", "Use at most %d characters.", maxLine)
	}
	if t.Document != "" && !hashForm.MatchString(t.Document) {
		f = f.WithField("document", "Write the SHA-256 of the document: 64 characters from 0 to 9 and a to f.")
	}
	if t.Agreed != NotAsked && t.Agreed != Agreed && t.Agreed != Declined {
		f = f.WithField("agreed", "Choose an answer.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// Take records a step, or takes a decision of this organisation, which [auth.DecideIdentity] allows. A
// decision that two people sign waits for the second; nothing of it counts until then.
func (s *Identifications) Take(ctx context.Context, actor auth.Actor, t Taking) (out Taken, err error) {
	if err := t.check(); err != nil {
		return out, err
	}
	perm := auth.WorkCases
	if t.Own && s.decides(t) {
		perm = auth.DecideIdentity
	}
	err = s.withBirth(ctx, actor, t.Case, func(b birth) error {
		return s.db.Write(ctx, func(tx *db.Tx) error {
			text, again, err := record.Once(ctx, tx, actor, t.Key, func() (event string, err error) {
				event, out.Waiting, err = s.take(ctx, tx, actor, perm, t, b)
				return event, err
			})
			if out.Event = text; err != nil || !again {
				return err
			}
			row, err := events.Get(ctx, tx, actor.Org, text)
			out.Waiting = row.Clear.State == waiting
			return err
		})
	})
	if err != nil {
		return Taken{}, err
	}
	return out, nil
}

// decides reports whether a step is a decision in any procedure: then it takes the permission to decide.
func (s *Identifications) decides(t Taking) bool {
	for _, j := range s.Law.Jurisdictions() {
		p, _ := s.Law.Procedure(j)
		for _, e := range p.Editions {
			if m, ok := e.Move(t.Step); ok && m.Decides != "" {
				return true
			}
		}
	}
	return t.Step == Suspend || t.Step == Resume || t.Step == Extend
}

func (s *Identifications) take(ctx context.Context, tx *db.Tx, actor auth.Actor, perm auth.Permission, t Taking, b birth) (event string, waits bool, err error) {
	c, p, err := locked(ctx, tx, actor, t.Case, perm, t.Procedure)
	if err != nil {
		return "", false, err
	}
	if t.Seen != 0 && t.Seen != p.Version {
		return "", false, fault.New(fault.Stale, "Somebody recorded a step meanwhile.").WithHint("Look at the stages again. What you wrote is below.")
	}
	rules, step, err := s.judge(ctx, tx, actor, p, t, b)
	if err != nil {
		return "", false, err
	}
	step.Signed = []auth.AccountID{actor.Account}
	row := record.Row[eventFacts]{Key: p.Key}
	row.ID = db.NewID()
	row.Clear = facts(p, rules.Version, t)
	row.Clear.SignedBy = actor.Account
	if t.Own && NeedsSecond(rules.Version, t.Step) {
		step.Signed = append(step.Signed, actor.Account+"/second") // would it be possible with one?
		if _, _, err := Next(rules, p.State, step); err != nil {
			return "", false, err
		}
		row.Clear.State, row.Clear.Stage = waiting, p.Stage
		if _, err = events.Insert(ctx, tx, s.vault, act(actor, "identification.propose", row.Clear), row, t.docs(nil)...); err != nil {
			return "", false, err
		}
		_, err = s.cases.AddTaskIn(ctx, tx, actor, c, casefile.NewTask{Kind: TaskSecond, Mark: signMark(row.ID), Basis: rules.Version.ID})
		return row.ID, true, err
	}
	after, effect, err := Next(rules, p.State, step)
	if err != nil {
		return "", false, err
	}
	row.Clear.done(effect, after)
	row.Clear.Ordinal = p.Version // it rises by one with each step
	if _, err := events.Insert(ctx, tx, s.vault, act(actor, "identification.step", row.Clear), row, t.docs(sealedDays(rules.Version, p.State, after))...); err != nil {
		return "", false, err
	}
	return row.ID, false, s.advance(ctx, tx, actor, c, &p, row.ID, after, rules.Version)
}

// judge returns what a step is judged by, and the step as the rule takes it.
func (s *Identifications) judge(ctx context.Context, tx *db.Tx, actor auth.Actor, p procedure, t Taking, b birth) (Rules, Step, error) {
	now, zone, err := day(ctx, tx, actor)
	if err != nil {
		return Rules{}, Step{}, err
	}
	if t.On > now {
		return Rules{}, Step{}, fault.New(fault.Invalid, "This day has not come yet.").WithField("on", "Enter today or an earlier day.")
	}
	v, ok := s.Law.At(p.Jurisdiction, string(t.On))
	if !ok {
		return Rules{}, Step{}, fault.New(fault.Invalid, "The profile knows no procedure for that day.").WithField("on", "Enter the day on which it happened.")
	}
	if !b.asked && needsBirth(v, t.Step) {
		return Rules{}, Step{}, errBirth
	}
	grown, err := s.Adult(ctx, tx, actor.Org, p.Key.Person)
	if err != nil {
		return Rules{}, Step{}, err
	}
	agreed := t.Agreed
	if s.Agreement != nil && t.Own {
		if agreed, err = s.Agreement(ctx, tx, actor.Org, p.Key.Person); err != nil {
			return Rules{}, Step{}, err
		}
	}
	return Rules{Version: v, Holidays: s.Law.Calendar(p.Jurisdiction)}, Step{
		ID: t.Step, Body: t.Body, Own: t.Own, On: t.On, At: t.At, Zone: zone, Adult: grown, Born: b.day,
		Agreed: agreed, Reasons: !t.Reasons.IsZero(), Clock: t.Clock,
	}, nil
}

// facts are what stands in clear of a step before it is judged.
func facts(p procedure, v profile.Version, t Taking) eventFacts {
	e := eventFacts{
		Procedure: p.ID, Step: t.Step, Body: t.Body, Own: number(t.Own), Day: t.On, Profile: v.ID,
		Document: t.Document, Clock: t.Clock, Agreed: t.Agreed,
	}
	if m, ok := v.Move(t.Step); ok {
		e.Topic = m.Topic
	}
	if r, ok := v.Review(t.Step); ok {
		e.Topic = r.While
	}
	if e.Topic != "" {
		f, _ := v.Fact(e.Topic)
		e.Fact = f.ID
	}
	return e
}

func (e *eventFacts) done(effect Effect, after State) {
	e.State, e.Stage, e.Late, e.Early = done, after.Stage, effect.Late, words(effect.Early)
}

func (t *Taking) docs(days map[string]profile.Date) []record.Doc {
	var out []record.Doc
	if !t.BodyName.IsZero() || !t.Basis.IsZero() || len(days) > 0 {
		out = append(out, record.Doc{Class: vault.Personal, Value: eventWords{Body: t.BodyName, Basis: t.Basis, Days: days}})
	}
	if !t.Reasons.IsZero() {
		out = append(out, record.Doc{Class: vault.Narrative, Value: eventReasons{t.Reasons}})
	}
	return out
}

// sealedDays returns the days of those times that a step started and that give away a birthday.
func sealedDays(v profile.Version, before, after State) map[string]profile.Date {
	var out map[string]profile.Date
	for _, t := range after.Timers[len(before.Timers):] {
		if c, _ := v.Clock(t.Clock); c.Age > 0 && t.Due.Day != "" {
			if out == nil {
				out = make(map[string]profile.Date)
			}
			out[t.Clock] = t.Due.Day
		}
	}
	return out
}

// signMark finds the task of a decision that waits for its second signature.
func signMark(event string) string { return "identification/sign/" + event }

// advance raises the version of a procedure, writes where it is now, and makes the tasks of its times.
func (s *Identifications) advance(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, p *procedure, event string, after State, v profile.Version) error {
	if err := tx.Bump(ctx, "protection_identification", string(actor.Org), p.ID, p.Version); err != nil {
		return err
	}
	if err := p.save(ctx, tx, actor.Org, actor.Account, event, after, v); err != nil {
		return err
	}
	return s.remindOf(ctx, tx, actor, c, p, after, v)
}

// act is what the ledger says of a step: codes only.
func act(actor auth.Actor, name string, e eventFacts) record.Act {
	detail := map[string]string{"procedure": e.Procedure, "step": e.Step, "body": e.Body, "profile": e.Profile}
	if e.Document != "" {
		detail["document"] = e.Document
	}
	if e.Agreed != NotAsked {
		detail["agreed"] = string(e.Agreed)
	}
	return record.Act{Actor: actor, Name: name, Kind: audit.Decision, Detail: detail}
}
