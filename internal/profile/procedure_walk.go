package profile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// topicUse is a place that names a topic. Timed places need a fact with a value and a unit.
type topicUse struct {
	field string
	timed bool
}

// named gathers the topics of an edition with the places that name them.
func (e Edition) named() map[string][]topicUse {
	out := make(map[string][]topicUse)
	add := func(topic, field string, timed bool) {
		if topic != "" {
			out[topic] = append(out[topic], topicUse{field, timed})
		}
	}
	for i, a := range e.Actors {
		add(a.Topic, fmt.Sprintf("actors[%d].topic", i), false)
	}
	for i, s := range e.Stages {
		add(s.Topic, fmt.Sprintf("stages[%d].topic", i), false)
	}
	for i, m := range e.Moves {
		add(m.While, fmt.Sprintf("moves[%d].while", i), false)
		add(m.Topic, fmt.Sprintf("moves[%d].topic", i), false)
		add(m.Second, fmt.Sprintf("moves[%d].second", i), false)
	}
	for i, r := range e.Reviews {
		add(r.While, fmt.Sprintf("reviews[%d].while", i), false)
		add(r.Ground, fmt.Sprintf("reviews[%d].ground", i), false)
	}
	for i, k := range e.Clocks {
		add(k.Topic, fmt.Sprintf("clocks[%d].topic", i), true)
		add(k.Extend, fmt.Sprintf("clocks[%d].extend", i), true)
	}
	for i, r := range e.Elements {
		add(r.Topic, fmt.Sprintf("elements[%d].topic", i), false)
	}
	for i, d := range e.Duties {
		add(d.Topic, fmt.Sprintf("duties[%d].topic", i), false)
	}
	for i, n := range e.Entitlements {
		add(n.Topic, fmt.Sprintf("entitlements[%d].topic", i), true)
	}
	add(e.Consent.Topic, "consent.topic", false)
	return out
}

// walkable refuses a procedure that turns in a circle, has a stage nobody can reach, or one that
// nobody, or no child, can leave.
func walkable(file, at string, e Edition) []error {
	var bad []error
	refuse := func(field, format string, args ...any) {
		bad = append(bad, fmt.Errorf("procedure file %s, %s.%s: %s", file, at, field, fmt.Sprintf(format, args...)))
	}
	var starts []string
	for _, s := range e.Stages {
		if s.Kind == Start {
			starts = append(starts, s.ID)
		}
	}
	if len(starts) != 1 {
		refuse("stages", "there are %d stages of the kind start: there must be one", len(starts))
		return bad
	}
	if circle := e.circle(starts[0], nil, map[string]bool{}); circle != nil {
		refuse("moves", "the stages turn in a circle, %s: remove a move of it; a way back from a decision is a review", strings.Join(circle, " → "))
		return bad
	}
	everybody := e.reachable(starts[0], func(Move) bool { return true })
	child := e.reachable(starts[0], Move.forChild)
	for i, s := range e.Stages {
		field := fmt.Sprintf("stages[%d] (%s)", i, s.ID)
		final := slices.Contains([]Kind{Positive, Negative, Ended, Refused, Notified}, s.Kind)
		if !everybody[s.ID] {
			refuse(field, "no move leads here from %s: add one, or remove the stage", starts[0])
		}
		if !final && !e.leaves(s.ID, func(Move) bool { return true }) {
			refuse(field, "nobody can leave it: add a move from here, or give it a final kind")
		}
		if !final && child[s.ID] && !e.leaves(s.ID, Move.forChild) {
			refuse(field, "a child cannot leave it: add a move that needs no refusal and is not for adults only")
		}
	}
	return bad
}

// forChild reports whether a child can take a step.
func (m Move) forChild() bool { return m.Ages != "adult" && !m.Refusal }

func (e Edition) leaves(stage string, may func(Move) bool) bool {
	return slices.ContainsFunc(e.Moves, func(m Move) bool { return slices.Contains(m.From, stage) && may(m) })
}

// circle returns the stages of a circle of moves that can be entered from a stage, or nil. Path is
// how it was reached; done are stages known to lead into no circle.
func (e Edition) circle(stage string, path []string, done map[string]bool) []string {
	if at := slices.Index(path, stage); at >= 0 {
		return append(slices.Clone(path[at:]), stage)
	}
	if done[stage] {
		return nil
	}
	path = append(path, stage)
	for _, m := range e.Moves {
		if !slices.Contains(m.From, stage) {
			continue
		}
		if found := e.circle(m.To, path, done); found != nil {
			return found
		}
	}
	done[stage] = true
	return nil
}

// reachable returns the stages that can be reached from a stage by moves and reviews.
func (e Edition) reachable(from string, may func(Move) bool) map[string]bool {
	seen, next := map[string]bool{from: true}, []string{from}
	visit := func(stage string) {
		if !seen[stage] {
			seen[stage] = true
			next = append(next, stage)
		}
	}
	for len(next) > 0 {
		at := next[0]
		next = next[1:]
		for _, m := range e.Moves {
			if slices.Contains(m.From, at) && may(m) {
				visit(m.To)
			}
		}
		for _, r := range e.Reviews {
			if slices.Contains(r.From, at) {
				visit(r.To)
			}
		}
	}
	return seen
}

// Topics lists the topics that a procedure names, under any edition, in alphabetical order.
func (p Procedure) Topics() []string {
	return slices.Sorted(maps.Keys(p.topics()))
}
