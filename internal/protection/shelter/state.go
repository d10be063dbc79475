package shelter

import (
	"slices"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
)

// State is how far somebody is on the way to a place.
type State string

// The states.
const (
	Requested State = "requested"
	Offered   State = "offered" // a room is held
	Accepted  State = "accepted"
	In        State = "in"
	Gone      State = "missing" // the room is kept
	Moved     State = "moved"
	Left      State = "left"
	Withdrawn State = "withdrawn"
)

// States are the states with their labels, in their order.
func States() []Word {
	return []Word{
		{string(Requested), i18n.Mark("asked for")},
		{string(Offered), i18n.Mark("a room is held")},
		{string(Accepted), i18n.Mark("accepted")},
		{string(In), i18n.Mark("stays there")},
		{string(Gone), i18n.Mark("cannot be found")},
		{string(Moved), i18n.Mark("moved to another place")},
		{string(Left), i18n.Mark("left")},
		{string(Withdrawn), i18n.Mark("no longer asked for")},
	}
}

// Ended reports whether nothing follows.
func (s State) Ended() bool { return s == Moved || s == Left || s == Withdrawn }

// Holds reports whether a room is taken.
func (s State) Holds() bool { return s == Offered || s == Accepted || s == In || s == Gone }

// steps is what may follow what, with the reasons of which one must be given; none where no reason is
// asked. A person may refuse or leave at any time, and never has to say why.
var steps = map[State]map[State][]string{
	Requested: {Offered: nil, Withdrawn: {"not-needed", "elsewhere"}},
	Offered:   {Accepted: nil, Requested: {"person-said-no", "place-said-no"}, Withdrawn: {"not-needed", "elsewhere"}},
	Accepted:  {In: nil, Requested: {"person-said-no", "place-said-no"}, Withdrawn: {"not-needed", "elsewhere"}},
	In:        {Moved: nil, Left: {"planned", "unplanned"}, Gone: nil},
	Gone:      {In: {"returned"}, Left: {"found-safe", "found-in-danger", "died", "not-found"}},
}

// StepReasons are the reasons for a step with their labels.
func StepReasons() []Word {
	return []Word{
		{"not-needed", i18n.Mark("no place is needed any more")},
		{"elsewhere", i18n.Mark("the person stays somewhere else")},
		{"person-said-no", i18n.Mark("the person said no")},
		{"place-said-no", i18n.Mark("the place said no")},
		{"planned", i18n.Mark("as planned")},
		{"unplanned", i18n.Mark("not planned, and in touch")},
		{"returned", i18n.Mark("the person came back")},
		{"found-safe", i18n.Mark("in touch and safe, and does not come back")},
		{"found-in-danger", i18n.Mark("found, and in danger")},
		{"died", i18n.Mark("the person has died")},
		{"not-found", i18n.Mark("not found, and everything was done")},
	}
}

// Next refuses a step that cannot follow.
func Next(from, to State, reason string) error {
	reasons, ok := steps[from][to]
	if !ok {
		return fault.New(fault.Conflict, "This cannot follow what was there before.").WithField("state", "Choose what it is now.")
	}
	if len(reasons) > 0 && !slices.Contains(reasons, reason) || len(reasons) == 0 && reason != "" {
		return fault.New(fault.Invalid, "Nothing was changed.").WithField("reason", "Choose what happened.")
	}
	return nil
}

// Choice is a step that may follow, with its reason.
type Choice struct {
	To     State
	Reason string
}

// Choices returns what may follow a state, in the order of the lists.
func Choices(from State) (all []Choice) {
	for _, w := range States() {
		to := State(w.Code)
		reasons, ok := steps[from][to]
		if ok && len(reasons) == 0 {
			all = append(all, Choice{To: to})
		}
		for _, r := range reasons {
			all = append(all, Choice{to, r})
		}
	}
	return all
}
