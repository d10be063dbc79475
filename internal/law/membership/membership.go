// Package membership says which organisation a State belongs to on a day, and how a regional act binds it through that:
// opt-outs, the day by which it is to be brought into national law, and what is known of that.
//
// Trust: rows come from the shipped tables or from people. What no row says is unknown: a State that has notified nothing
// to us has not failed. The package reads no clock.
package membership

import (
	"cmp"
	"slices"

	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/order"
)

// Member is the time of a State in an organisation.
type Member struct {
	State, Organisation string
	// From is the first day; Until the first day outside, "" while it lasts.
	From, Until        clock.Day
	Source, Confidence string
}

// Members are the times of all States in all organisations.
type Members []Member

// Of reports whether a State is a member on a day.
func (m Members) Of(state, organisation string, on clock.Day) bool {
	return slices.ContainsFunc(m, func(x Member) bool {
		return x.State == state && x.Organisation == organisation && x.From <= on && (x.Until == "" || on < x.Until)
	})
}

// On lists the members of an organisation on a day, by code.
func (m Members) On(organisation string, on clock.Day) []string {
	var out []string
	for _, x := range m {
		if x.Organisation == organisation && m.Of(x.State, organisation, on) {
			out = append(out, x.State)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Act is an act that binds through membership.
type Act struct {
	Instrument, Organisation string
	// From is when it binds; Until the first day on which it does not.
	From, Until clock.Day
	// Due is by when it is to be brought into national law; "" for an act that holds by itself.
	Due clock.Day
	// Outside are members that do not take part, with the day on which one joined later; "" for never.
	Outside            map[string]clock.Day
	Source, Confidence string
}

// Binds reports whether the act binds a State on a day.
func (m Members) Binds(a Act, state string, on clock.Day) bool {
	joined, out := a.Outside[state]
	return m.Of(state, a.Organisation, on) && a.From <= on && (a.Until == "" || on < a.Until) && (!out || joined != "" && joined <= on)
}

// Kind is what is known of a transposition.
type Kind string

// The kinds of step.
const (
	Notified     Kind = "notified"     // the State told its measures
	Infringement Kind = "infringement" // a procedure was opened
	Closed       Kind = "closed"       // that procedure ended
)

// Step is one thing that happened on the way of an act into the law of a State.
type Step struct {
	State, Instrument string
	Kind              Kind
	Date              clock.Day
	// Measures are the national laws, by their codes.
	Measures           []string
	Source, Confidence string
	Recorded, Gone     int64 // microseconds since 1970; Gone 0 while it stands
}

// Stage is where a transposition stands on a day.
type Stage string

// The stages.
const (
	NotBound    Stage = "not-bound"
	Pending     Stage = "not-due"
	Unknown     Stage = "due-unknown" // due, and nothing is known: not a failure
	IsNotified  Stage = "notified"
	InProcedure Stage = "infringement"
)

// Transposition is the answer of [Members.Transposed].
type Transposition struct {
	Stage Stage
	Due   clock.Day
	Steps []Step // by date
}

// Transposed says how far an act has come into the law of a State, on a day as known on a day. An open procedure comes
// before a notification, because it says that the notified measures are not enough.
func (m Members) Transposed(a Act, state string, steps []Step, at clock.At) Transposition {
	t := Transposition{Stage: NotBound, Due: a.Due}
	if !m.Binds(a, state, at.On) || a.Due == "" {
		return t
	}
	for _, s := range steps {
		if s.State == state && s.Instrument == a.Instrument && s.Date.Span().By(at.On) == clock.Reached && at.Knows(s.Recorded, s.Gone) {
			t.Steps = append(t.Steps, s)
		}
	}
	order.By(t.Steps, func(x, y Step) int { return cmp.Compare(x.Date, y.Date) })
	t.Stage = Pending
	if at.On > a.Due {
		t.Stage = Unknown
	}
	open, notified := false, false
	for _, s := range t.Steps {
		notified = notified || s.Kind == Notified
		open = s.Kind == Infringement || open && s.Kind != Closed
	}
	if notified {
		t.Stage = IsNotified
	}
	if open {
		t.Stage = InProcedure
	}
	return t
}
