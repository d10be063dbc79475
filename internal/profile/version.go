package profile

import (
	"slices"
	"strings"
)

// Version is a procedure as it stood on every day from From to To: one edition, and one set of
// facts. A case keeps the ID beside every clock it starts.
type Version struct {
	ID           string // jurisdiction, first day and the hash of the files: "gb-eaw@2023-07-24#0f3c9a…"
	Jurisdiction string
	Name         string // English msgid
	From, To     Date   // "" is open
	Edition
	sources []string // jurisdictions whose facts hold, the nearest first
	day     string
	book    *Book
}

// Stretch is a part of a procedure's history: a version, or a gap when Version is nil.
type Stretch struct {
	From, To Date
	Version  *Version
}

// At returns the version that holds on a civil day. It is false when there is no procedure for that
// jurisdiction, or none for that day.
func (s *Shelf) At(jurisdiction, day string) (Version, bool) {
	p, known := s.procedures[jurisdiction]
	if !known || !isDay(Date(day)) {
		return Version{}, false
	}
	for i, e := range p.Editions {
		if e.From != "" && day < string(e.From) || e.To != "" && day > string(e.To) {
			continue
		}
		v := Version{
			Jurisdiction: jurisdiction, Name: p.Name, Edition: p.Editions[i], From: e.From, To: e.To,
			sources: append([]string{jurisdiction}, p.Also...), day: day, book: s.Facts,
		}
		for _, edge := range s.edges(p) {
			if string(edge) <= day && edge > v.From {
				v.From = edge
			}
			if last := edge.previous(); string(edge) > day && (v.To == "" || last < v.To) {
				v.To = last
			}
		}
		first := string(v.From)
		if first == "" {
			first = "start"
		}
		v.ID = jurisdiction + "@" + first + "#" + s.hash(p)
		return v, true
	}
	return Version{}, false
}

// hash names the content a version was composed from.
func (s *Shelf) hash(p Procedure) string {
	short := func(h string) string { return h[:min(8, len(h))] }
	parts := []string{short(p.Hash)}
	for _, j := range append([]string{p.Jurisdiction}, p.Also...) {
		if facts, ok := s.Facts.Profile(j); ok {
			parts = append(parts, short(facts.Hash))
		}
	}
	return strings.Join(parts, ".")
}

// edges lists the first days on which something about the facts of a procedure may differ from the
// day before.
func (s *Shelf) edges(p Procedure) []Date {
	topics := p.topics()
	var out []Date
	for _, j := range append([]string{p.Jurisdiction}, p.Also...) {
		for _, f := range s.Facts.profiles[j].Facts {
			if !topics[f.Topic] {
				continue
			}
			if f.From != "" {
				out = append(out, Date(f.From.first()), Date(f.From.last()))
			}
			if f.To != "" {
				out = append(out, Date(f.To.last()).next(), Date(f.To.first()).next())
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// History returns the versions of a procedure and the gaps between its editions, oldest first.
func (s *Shelf) History(jurisdiction string) []Stretch {
	p, known := s.procedures[jurisdiction]
	if !known {
		return nil
	}
	days := s.edges(p)
	for _, e := range p.Editions {
		if e.From != "" {
			days = append(days, e.From)
		} else if first := s.earliest(p); first != "" {
			days = append(days, first)
		}
		if e.To != "" {
			days = append(days, e.To.next())
		}
	}
	slices.Sort(days)
	var out []Stretch
	for _, day := range slices.Compact(days) {
		v, ok := s.At(jurisdiction, string(day))
		switch n := len(out); {
		case !ok && n > 0 && out[n-1].Version != nil:
			out = append(out, Stretch{From: day})
		case ok && n > 0 && out[n-1].Version == nil:
			out[n-1].To = day.previous()
			out = append(out, Stretch{v.From, v.To, &v})
		case ok && (n == 0 || out[n-1].Version.ID != v.ID):
			out = append(out, Stretch{v.From, v.To, &v})
		}
	}
	if n := len(out); n > 0 && out[n-1].Version == nil {
		out = out[:n-1] // what lies after the last edition is unknown, not a gap
	}
	return out
}

// earliest returns a day on which the oldest version holds.
func (s *Shelf) earliest(p Procedure) Date {
	first := p.Editions[0].To
	if edges := s.edges(p); len(edges) > 0 && (first == "" || edges[0] <= first) {
		first = edges[0].previous()
	}
	if first == "" {
		return "1900-01-01" // nothing ever changed
	}
	return first
}

// topics gathers every topic a procedure names.
func (p Procedure) topics() map[string]bool {
	out := make(map[string]bool)
	for _, e := range p.Editions {
		for topic := range e.named() {
			out[topic] = true
		}
	}
	return out
}

// Fact returns what the law says about a topic under this version: of the jurisdiction itself, or
// of one whose facts hold there too.
func (v Version) Fact(topic string) (Fact, State) {
	best, found := Absent, Fact{}
	for _, j := range v.sources {
		f, state := v.book.At(j, topic, v.day)
		if state > best {
			best, found = state, f
		}
		if state >= Unsure {
			break
		}
	}
	return found, best
}

// Topic returns the English name of a topic (a msgid).
func (v Version) Topic(topic string) string { return v.book.Topic(topic) }

// Holds reports whether a fact on a topic holds, or may hold, under this version. The empty topic
// always holds.
func (v Version) Holds(topic string) bool {
	if topic == "" {
		return true
	}
	_, state := v.Fact(topic)
	return state >= Unsure
}

// Stage finds a stage.
func (e Edition) Stage(id string) (Stage, bool) {
	return find(e.Stages, func(s Stage) bool { return s.ID == id })
}

// Move finds a move.
func (e Edition) Move(id string) (Move, bool) {
	return find(e.Moves, func(m Move) bool { return m.ID == id })
}

// Review finds a review.
func (e Edition) Review(id string) (Review, bool) {
	return find(e.Reviews, func(r Review) bool { return r.ID == id })
}

// Clock finds a clock.
func (e Edition) Clock(id string) (Clock, bool) {
	return find(e.Clocks, func(c Clock) bool { return c.ID == id })
}

// Actor finds an actor.
func (e Edition) Actor(id string) (Actor, bool) {
	return find(e.Actors, func(a Actor) bool { return a.ID == id })
}

// Duty finds a duty.
func (e Edition) Duty(id string) (DutyRule, bool) {
	return find(e.Duties, func(d DutyRule) bool { return d.ID == id })
}

// Element returns the rule for a purpose: its own, else that of every other purpose. It is false
// when the procedure says nothing, which is not "not needed".
func (e Edition) Element(purpose string) (ElementRule, bool) {
	if r, ok := find(e.Elements, func(r ElementRule) bool { return r.Purpose == purpose }); ok {
		return r, true
	}
	return find(e.Elements, func(r ElementRule) bool { return r.Purpose == "*" })
}

func find[T any](all []T, fits func(T) bool) (T, bool) {
	for _, one := range all {
		if fits(one) {
			return one, true
		}
	}
	var none T
	return none, false
}
