package identification

import (
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/profile"
)

// Steps that every procedure has, besides the moves and reviews of its profile.
const (
	Suspend = "suspend"
	Resume  = "resume"
	Extend  = "extend" // a clock that the profile lets be extended, once
	Recall  = "recall" // a refusal does not count: the person is, or may be, a child
)

// State is where somebody is in a procedure: what follows from all events so far.
type State struct {
	Stage     string // "" before the first event; the profile's stage of the kind start
	Suspended bool
	// Refused is the stage that was left by the person's own refusal, until another step is taken.
	Refused string
	Last    profile.Date // of the last event
	Timers  []Timer
}

// Timer is a time that runs, or ran, under the law of one day.
type Timer struct {
	Clock   string // of the profile
	Version string // of the profile under which it began
	Fact    string // identifier of the fact that named the term; "" when there was none
	Term    profile.Term
	Began   profile.Date
	Due     profile.Deadline // zero when the profile says nothing for that day
	// Why says why there is no deadline, or that it is not certain.
	Why      Doubt
	Extended bool
	Ended    profile.Date // "" while it runs
	EndedBy  string       // the step that ended it
}

// Doubt is why a deadline is missing or not certain.
type Doubt string

// The doubts.
const (
	Certain   Doubt = ""
	NoRule    Doubt = "no-rule"   // the profile says nothing about it for that day
	NoBirth   Doubt = "no-birth"  // no day of birth is known
	Inexact   Doubt = "inexact"   // the rule's dates are not exact enough to say whether it held
	Uncovered Doubt = "uncovered" // working days beyond the calendar of holidays
)

// Label says a doubt in English; it is the key of its translation.
func (d Doubt) Label() string {
	switch d {
	case NoRule:
		return i18n.Mark("The profile says nothing about this time for that day.")
	case NoBirth:
		return i18n.Mark("No day of birth is known, so this time cannot be counted.")
	case Inexact:
		return i18n.Mark("It is not certain that this rule held on that day.")
	case Uncovered:
		return i18n.Mark("The holidays of that year are not known here, so this day is an estimate.")
	case Certain:
	}
	return ""
}

// Running reports whether the timer has not ended by a step.
func (t Timer) Running() bool { return t.Ended == "" }

// Agreement is what an adult said to being referred.
type Agreement string

// The answers. The zero value is that nobody asked, which is not a yes.
const (
	NotAsked Agreement = ""
	Agreed   Agreement = "agreed"
	Declined Agreement = "declined"
)

// Step is what somebody wants to record.
type Step struct {
	ID   string // a move or review of the profile, or one of the steps above
	Body string // the actor of the profile that took it
	// Own is true when the body is this organisation, acting through the accounts that signed; else the
	// step of another body is recorded.
	Own    bool
	Signed []auth.AccountID
	On     profile.Date // the civil day on which it was taken
	At     time.Time    // the instant, where it is known; else noon of the day is used
	Zone   *time.Location
	// Adult is true only for somebody who is surely an adult on that day. Not knowing is false.
	Adult bool
	// Born is the earliest day on which the person may have been born; "" when nothing is known.
	Born    profile.Date
	Agreed  Agreement
	Reasons bool   // reasons are given
	Clock   string // for Extend
}

// Effect is what a step did beside changing the state.
type Effect struct {
	Early  []string // minimum times, by clock, that had not passed
	Late   string   // the clock whose time for asking had passed
	Letter bool     // a decision was taken, for which a letter can be written
}

// Rules is what a step is judged by: a version of a profile and the holidays of its jurisdiction.
type Rules struct {
	Version  profile.Version
	Holidays *profile.Calendar
}

// Begin is the state before anything is recorded.
func Begin(v profile.Version) State {
	for _, s := range v.Stages {
		if s.Kind == profile.Start {
			return State{Stage: s.ID}
		}
	}
	return State{}
}

// Next judges a step: it returns the state after it, with the times that it starts and ends, or why it
// is not possible. It is pure; the version must be the one that holds on the day of the step.
func Next(r Rules, s State, a Step) (State, Effect, error) {
	if err := r.dated(s, a); err != nil {
		return s, Effect{}, err
	}
	s.Timers = slices.Clone(s.Timers)
	if s.Suspended && a.ID != Resume && a.ID != Recall {
		return s, Effect{}, fault.New(fault.Conflict, "The procedure is suspended.").WithHint("Record first that it goes on.")
	}
	switch a.ID {
	case Suspend, Resume:
		return r.suspend(s, a)
	case Extend:
		return r.extend(s, a)
	case Recall:
		return r.recall(s, a)
	}
	if m, ok := r.Version.Move(a.ID); ok {
		return r.move(s, a, m)
	}
	if v, ok := r.Version.Review(a.ID); ok {
		return r.review(s, a, v)
	}
	return s, Effect{}, fault.New(fault.Invalid, "This procedure has no such step.").WithHint("Load the page again.")
}

func (r Rules) dated(s State, a Step) error {
	v := r.Version
	if _, ok := profile.DaysLeft(a.On, a.On); !ok {
		return fault.New(fault.Invalid, "The day is missing.").WithField("on", "Enter the day on which it happened.")
	}
	if v.From != "" && a.On < v.From || v.To != "" && a.On > v.To {
		return fault.New(fault.Internal, "The step is judged by the law of another day.")
	}
	if s.Last != "" && a.On < s.Last {
		return fault.New(fault.Invalid, "This day is before the last step on record.").
			WithField("on", "Enter the day of the last step or a later one.")
	}
	return nil
}

func (r Rules) move(s State, a Step, m profile.Move) (State, Effect, error) {
	if !slices.Contains(m.From, s.Stage) {
		return s, Effect{}, fault.New(fault.Conflict, "This step is not possible from here.").
			WithHint("Somebody may have recorded a step meanwhile: look at the stages again.")
	}
	if !r.Version.Holds(m.While) {
		return s, Effect{}, noRule()
	}
	if err := r.may(a, m); err != nil {
		return s, Effect{}, err
	}
	to, _ := r.Version.Stage(m.To)
	var e Effect
	for _, t := range s.Timers {
		if m.Decides != "" && t.Running() && t.Term.Bound == profile.Minimum && t.Due.Day != "" && a.On <= t.Due.Day {
			e.Early = append(e.Early, t.Clock)
		}
	}
	if len(e.Early) > 0 && to.Kind == profile.Negative && a.Own {
		return s, Effect{}, fault.New(fault.Conflict, "A time that protects the person has not passed.").
			WithHint("Decide against the person only after it. A positive decision is possible at any time.")
	}
	e.Letter = m.Decides != ""
	before := s.Stage
	s = r.enter(s, a, m.ID, m.To)
	if m.Refusal {
		s.Refused = before
	}
	return s, e, nil
}

// may judges who takes a step about whom.
func (r Rules) may(a Step, m profile.Move) error {
	if !slices.Contains(m.Who, a.Body) {
		return fault.New(fault.Invalid, "This body cannot take this step in this procedure.").
			WithField("body", "Choose a body that may take it.")
	}
	if m.Refusal && !a.Adult {
		return fault.New(fault.Conflict, "A child does not leave protection by refusing.").
			WithHint("Write down what the person wants and go on. If the person is an adult, record the age first.")
	}
	if m.Ages == "adult" && !a.Adult {
		return fault.New(fault.Conflict, "This step is for adults only, and the person is, or may be, a child.").
			WithHint("If the person is an adult, record the age first.")
	}
	if m.Ages == "child" && a.Adult {
		return fault.New(fault.Conflict, "This step is for children only.").WithHint("Choose the step for adults.")
	}
	if m.Agreed && a.Adult && a.Agreed != Agreed {
		return fault.New(fault.Conflict, "An adult has to agree to this step.").
			WithHint("Ask first, or record that the person does not want it. Nothing is sent.")
	}
	if m.Decides != "" && !a.Reasons {
		return fault.New(fault.Invalid, "A decision needs reasons.").WithField("reasons", "Write the reasons in plain words.")
	}
	if m.Decides == "" || !a.Own {
		return nil
	}
	if len(a.Signed) == 0 {
		return fault.New(fault.Invalid, "A decision is signed by somebody.")
	}
	if m.Second != "" && r.Version.Holds(m.Second) && !two(a.Signed) {
		return fault.New(fault.Conflict, "This decision is signed by two people.").
			WithHint("Ask somebody else who may decide to read the reasons and sign.")
	}
	return nil
}

// NeedsSecond reports whether a step of this organisation is signed by two people under a version.
func NeedsSecond(v profile.Version, step string) bool {
	m, ok := v.Move(step)
	return ok && m.Second != "" && v.Holds(m.Second)
}

func two(signed []auth.AccountID) bool {
	return slices.ContainsFunc(signed, func(a auth.AccountID) bool { return a != signed[0] && a != "" }) && signed[0] != ""
}

func (r Rules) review(s State, a Step, v profile.Review) (State, Effect, error) {
	if !slices.Contains(v.From, s.Stage) {
		return s, Effect{}, fault.New(fault.Conflict, "This step is not possible from here.").
			WithHint("Somebody may have recorded a step meanwhile: look at the stages again.")
	}
	if !slices.Contains(v.Who, a.Body) {
		return s, Effect{}, fault.New(fault.Invalid, "This body cannot take this step in this procedure.").
			WithField("body", "Choose a body that may take it.")
	}
	if !r.Version.Holds(v.While) {
		return s, Effect{}, noRule()
	}
	var e Effect
	for _, t := range s.Timers {
		clock, ok := r.Version.Clock(t.Clock)
		if ok && t.Running() && slices.Contains(clock.Ends, v.ID) && t.Due.Day != "" && a.On > t.Due.Day {
			e.Late = t.Clock
		}
	}
	if e.Late != "" && !v.Late {
		return s, Effect{}, fault.New(fault.Conflict, "The time to ask for this has passed.")
	}
	if e.Late != "" && !a.Reasons {
		return s, Effect{}, fault.New(fault.Invalid, "The time to ask for this has passed; it is possible only exceptionally.").
			WithField("reasons", "Write why it is asked for late.")
	}
	return r.enter(s, a, v.ID, v.To), e, nil
}

func noRule() error {
	return fault.New(fault.Conflict, "The profile does not know this step for that day.").
		WithHint("If it happened, record it as a statement of that body.")
}

// enter moves to a stage, ends the times that the step ends and starts those that it starts.
func (r Rules) enter(s State, a Step, step, to string) State {
	s.Stage, s.Last, s.Refused = to, a.On, ""
	for i, t := range s.Timers {
		if c, ok := r.Version.Clock(t.Clock); ok && t.Running() && slices.Contains(c.Ends, step) {
			s.Timers[i].Ended, s.Timers[i].EndedBy = a.On, step
		}
	}
	for _, c := range r.Version.Clocks {
		running := slices.ContainsFunc(s.Timers, func(t Timer) bool { return t.Clock == c.ID && t.Running() })
		wrongAge := c.Ages == "child" && a.Adult || c.Ages == "adult" && !a.Adult
		if slices.Contains(c.Starts, step) && !running && !wrongAge {
			s.Timers = append(s.Timers, r.start(c, a))
		}
	}
	return s
}

func (r Rules) suspend(s State, a Step) (State, Effect, error) {
	if !slices.Contains(r.Version.Suspends, a.Body) {
		return s, Effect{}, fault.New(fault.Invalid, "This body cannot take this step in this procedure.").
			WithField("body", "Choose a body that may take it.")
	}
	stage, _ := r.Version.Stage(s.Stage)
	if s.Suspended == (a.ID == Suspend) || a.ID == Suspend && stage.Kind != profile.Pending && stage.Kind != profile.Protected {
		return s, Effect{}, fault.New(fault.Conflict, "This step is not possible from here.")
	}
	s.Suspended, s.Last = a.ID == Suspend, a.On
	return s, Effect{}, nil
}

// recall takes back a refusal of somebody who turns out to be, or may be, a child. Times that the
// refusal ended run on.
func (r Rules) recall(s State, a Step) (State, Effect, error) {
	if s.Refused == "" {
		return s, Effect{}, fault.New(fault.Conflict, "This step is not possible from here.")
	}
	if a.Adult {
		return s, Effect{}, fault.New(fault.Conflict, "An adult’s refusal stands.").WithHint("If the person changed their mind, record the next step.")
	}
	for i, t := range s.Timers {
		if m, ok := r.Version.Move(t.EndedBy); ok && m.Refusal && t.Ended == s.Last {
			s.Timers[i].Ended, s.Timers[i].EndedBy = "", ""
		}
	}
	s.Stage, s.Refused, s.Last = s.Refused, "", a.On
	return s, Effect{}, nil
}
