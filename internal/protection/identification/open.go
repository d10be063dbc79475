package identification

import (
	"slices"

	"github.com/fourfold/fourfold/internal/profile"
)

// Choice is a step that is possible from a state.
type Choice struct {
	ID, Name string // Name is an English msgid
	Who      []string
	Agreed   bool // an adult has to agree
	Refusal  bool
	Decides  string // "positive", "negative" or ""
	Second   bool   // signed by two when this organisation decides
	Review   bool
	Topic    string // what it rests on
	// Unsure is true when the rule's dates are not exact enough to say whether it holds.
	Unsure bool
}

// Choices lists the steps that a version offers from a state for somebody of an age, in the order of
// the profile. Whether a step is taken is decided by [Next] alone.
func Choices(v profile.Version, s State, adult bool) []Choice {
	if s.Suspended {
		return nil
	}
	var out []Choice
	for _, m := range v.Moves {
		hidden := m.Ages == "adult" && !adult || m.Ages == "child" && adult || m.Refusal && !adult
		if !slices.Contains(m.From, s.Stage) || hidden || !v.Holds(m.While) {
			continue
		}
		out = append(out, Choice{
			ID: m.ID, Name: m.Name, Who: m.Who, Agreed: m.Agreed && adult, Refusal: m.Refusal, Decides: m.Decides,
			Second: m.Second != "" && v.Holds(m.Second), Topic: m.Topic, Unsure: unsure(v, m.While),
		})
	}
	for _, r := range v.Reviews {
		if slices.Contains(r.From, s.Stage) && v.Holds(r.While) {
			out = append(out, Choice{ID: r.ID, Name: r.Name, Who: r.Who, Review: true, Topic: r.While, Unsure: unsure(v, r.While)})
		}
	}
	return out
}

func unsure(v profile.Version, topic string) bool {
	if topic == "" {
		return false
	}
	_, state := v.Fact(topic)
	return state == profile.Unsure
}

// Line is a stage on the drawn line of a procedure.
type Line struct {
	Stage profile.Stage
	Done  bool // it was passed
	Here  bool
}

// Lines draws the way: the stages that were passed, where somebody is, and the straight way ahead to
// the first positive stage. Stages off that way are left out.
func Lines(v profile.Version, passed []string, s State, adult bool) []Line {
	var out []Line
	for _, id := range passed {
		if stage, ok := v.Stage(id); ok && id != s.Stage && !slices.ContainsFunc(out, func(l Line) bool { return l.Stage.ID == id }) {
			out = append(out, Line{Stage: stage, Done: true})
		}
	}
	here, ok := v.Stage(s.Stage)
	if !ok {
		return out
	}
	out = append(out, Line{Stage: here, Here: true})
	for at := here.ID; ; {
		next, ok := ahead(v, at, adult)
		if !ok {
			return out
		}
		stage, _ := v.Stage(next)
		out, at = append(out, Line{Stage: stage}), next
	}
}

// ahead returns the stage that follows on the straight way: no refusal, no negative decision, no end.
// The first such move of the profile is taken. Moves have no circle, so the way ends.
func ahead(v profile.Version, at string, adult bool) (string, bool) {
	if stage, _ := v.Stage(at); slices.Contains([]profile.Kind{profile.Positive, profile.Negative, profile.Ended}, stage.Kind) {
		return "", false
	}
	for _, m := range v.Moves {
		to, _ := v.Stage(m.To)
		off := slices.Contains([]profile.Kind{profile.Refused, profile.Notified, profile.Negative, profile.Ended}, to.Kind)
		wrong := m.Ages == "adult" && !adult || m.Ages == "child" && adult
		if slices.Contains(m.From, at) && !m.Refusal && !off && !wrong && v.Holds(m.While) {
			return m.To, true
		}
	}
	return "", false
}
