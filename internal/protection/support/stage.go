package support

import (
	"slices"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
)

// Stage is where support is. It says nothing about identification, justice or the file.
type Stage string

// The stages.
const (
	Opened    Stage = "opened"
	Immediate Stage = "immediate-needs"
	Assessed  Stage = "assessed"
	Agreed    Stage = "plan-agreed"
	Active    Stage = "active"
	StepDown  Stage = "step-down"
	Following Stage = "follow-up"
	Closed    Stage = "closed"
	Reopened  Stage = "reopened"
)

// Stages returns all stages, in the order of the constants.
func Stages() []Stage {
	return []Stage{Opened, Immediate, Assessed, Agreed, Active, StepDown, Following, Closed, Reopened}
}

// Label says in English what a stage is; it is the key of its translation.
func (s Stage) Label() string {
	switch s {
	case Opened:
		return i18n.Mark("begun")
	case Immediate:
		return i18n.Mark("what is needed now")
	case Assessed:
		return i18n.Mark("needs and danger looked at")
	case Agreed:
		return i18n.Mark("plan agreed")
	case Active:
		return i18n.Mark("under way")
	case StepDown:
		return i18n.Mark("less and less")
	case Following:
		return i18n.Mark("keeping in touch")
	case Closed:
		return i18n.Mark("closed")
	case Reopened:
		return i18n.Mark("taken up again")
	}
	return string(s)
}

// Ended is why support was closed.
type Ended string

// The reasons. Not being identified and not helping a prosecution are none.
const (
	GoalsMet    Ended = "goals-met"
	Moved       Ended = "moved"
	Transferred Ended = "transferred"
	Declined    Ended = "declined"
	LostContact Ended = "lost-contact"
	Deceased    Ended = "deceased"
	Ineligible  Ended = "ineligible"
	Duplicate   Ended = "duplicate"
)

// EndReasons returns the reasons, in the order of the constants.
func EndReasons() []Ended {
	return []Ended{GoalsMet, Moved, Transferred, Declined, LostContact, Deceased, Ineligible, Duplicate}
}

// Label says in English why; it is the key of its translation.
func (r Ended) Label() string {
	switch r {
	case GoalsMet:
		return i18n.Mark("what the person wanted was reached")
	case Moved:
		return i18n.Mark("the person moved away")
	case Transferred:
		return i18n.Mark("somebody else helps now")
	case Declined:
		return i18n.Mark("the person no longer wants it")
	case LostContact:
		return i18n.Mark("contact was lost")
	case Deceased:
		return i18n.Mark("the person died")
	case Ineligible:
		return i18n.Mark("this service is not for the person; say who is")
	case Duplicate:
		return i18n.Mark("it was begun twice")
	}
	return string(r)
}

// silent reports whether nobody is to be contacted after an end.
func (r Ended) silent() bool { return r == Deceased || r == Duplicate }

// State is all of support that its rule looks at.
type State struct {
	Stage Stage
	Ended Ended // only while closed
	// Agreed is how many goals of the plan the person has agreed to and nobody has dropped.
	Agreed int
}

// Next is the rule of the stages: it returns the state after a step to another stage, and refuses with
// [fault.Conflict] or [fault.Invalid] what cannot be. Work may go on, skip and go back as the person
// needs it. A plan counts as agreed when the person agreed to a goal; closing takes a reason; what is
// closed is taken up again before anything else.
func Next(s State, to Stage, why Ended) (State, error) {
	switch {
	case !slices.Contains(Stages(), to) || to == Opened:
		return s, fault.New(fault.Invalid, "Support was not moved on.").WithField("stage", "Choose where support is now.")
	case s.Stage == to:
		return s, fault.New(fault.Conflict, "Support is there already.")
	case s.Stage == Closed && to != Reopened:
		return s, fault.New(fault.Conflict, "Support is closed.").WithHint("Take it up again first.")
	case s.Stage != Closed && to == Reopened:
		return s, fault.New(fault.Conflict, "Support is not closed.")
	case to == Agreed && s.Agreed == 0:
		return s, fault.New(fault.Conflict, "The person has not agreed to a goal yet.").
			WithHint("Write down a goal that the person agreed to. Help can go on without one.")
	case to == Closed && !slices.Contains(EndReasons(), why):
		return s, fault.New(fault.Invalid, "Support was not closed.").WithField("reason", "Choose a reason.")
	}
	s.Stage, s.Ended = to, ""
	if to == Closed {
		s.Ended = why
	}
	return s, nil
}

// Ways returns the stages that Next lets support go to, the usual next one first.
func Ways(s State) []Stage {
	var all, before []Stage
	at := slices.Index(Stages(), s.Stage)
	if s.Stage == Reopened {
		at = 0
	}
	for i, to := range Stages() {
		if to == s.Stage {
			continue
		}
		if _, err := Next(s, to, GoalsMet); err != nil {
			continue
		}
		if i > at {
			all = append(all, to)
		} else {
			before = append(before, to)
		}
	}
	return append(all, before...)
}
