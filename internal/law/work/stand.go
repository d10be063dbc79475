package work

import (
	"cmp"
	"slices"

	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/order"
)

// State is whether a provision held on a day.
type State string

// The states.
const (
	Unknown State = "unknown" // nobody recorded a commencement
	NotYet  State = "not-yet"
	InForce State = "in-force"
	Ended   State = "ended"
	Unclear State = "unclear" // the dates are too coarse, or sources disagree
)

// Answer is how a provision stood.
type Answer struct {
	WID   string
	State State
	// Since is the commencement that counts; Until the repeal, where one is recorded, even when it lies ahead.
	Since, Until clock.Day
	// Texts are the provision as it read. More than one means versions that claim the same time: all are shown.
	Texts []Reading
	// Stale is set when an amendment came after the text: it reads otherwise by now.
	Stale bool
	// Because are the events that touch the part, by date, those ahead included.
	Because []Event
	// Into is what took its place, once it has ended.
	Into []string
}

// Overlap reports whether versions claim the same time.
func (a Answer) Overlap() bool { return len(a.Texts) > 1 }

// Reading is a provision in the expression in which it was read.
type Reading struct {
	Expression Expression
	Provision  Provision
}

// Corpus is works with all that is recorded of them. It is read only.
type Corpus struct {
	Works       []Work
	Expressions []Expression
	Provisions  []Provision
	Events      []Event
}

// Stand answers for one part of a work ("" for the whole) on both clocks, reading texts in one language.
func (c Corpus) Stand(work, wid, language string, at clock.At) Answer {
	return Judge(wid, c.events(work, at), c.readings(work, wid, language, at), at.On)
}

// StandAll answers for every part of a work of which anything is known, in the order of the texts, then by name.
func (c Corpus) StandAll(work, language string, at clock.At) []Answer {
	var wids []string
	seen := map[string]bool{}
	add := func(wid string) {
		if !seen[wid] {
			seen[wid] = true
			wids = append(wids, wid)
		}
	}
	for _, e := range Current(c.live(work, language, at), at.On) {
		for _, p := range c.Provisions {
			if p.Expression == e.ID {
				add(p.WID)
			}
		}
	}
	var named []string
	for _, e := range c.events(work, at) {
		named = append(named, e.Parts...)
	}
	slices.Sort(named)
	for _, wid := range named {
		add(wid)
	}
	out := make([]Answer, 0, len(wids))
	for _, wid := range wids {
		out = append(out, c.Stand(work, wid, language, at))
	}
	return out
}

// events are those of a work that were known, whenever they happen.
func (c Corpus) events(work string, at clock.At) []Event {
	var out []Event
	for _, e := range c.Events {
		if e.Work == work && at.Knows(e.Recorded, e.Gone) {
			out = append(out, e)
		}
	}
	return out
}

// live are the expressions of a work in a language that were known.
func (c Corpus) live(work, language string, at clock.At) []Expression {
	var out []Expression
	for _, e := range c.Expressions {
		if e.Work == work && e.Language == language && at.Knows(e.Recorded, e.Gone) {
			out = append(out, e)
		}
	}
	return out
}

func (c Corpus) readings(work, wid, language string, at clock.At) []Reading {
	var out []Reading
	for _, e := range Current(c.live(work, language, at), at.On) {
		for _, p := range c.Provisions {
			if p.Expression == e.ID && p.WID == wid {
				out = append(out, Reading{e, p})
			}
		}
	}
	return out
}

// Current picks, among the expressions of one work and language, those that read on a day: the newest AsOf that has come,
// without drafts and without what another one of that day replaces. A translation counts where the language has no text of its own.
func Current(known []Expression, on clock.Day) []Expression {
	replaced := map[string]bool{}
	for _, e := range known {
		if e.Replaces != "" && e.stands(on) {
			replaced[e.Replaces] = true
		}
	}
	var out []Expression
	own := slices.ContainsFunc(known, func(e Expression) bool { return e.stands(on) && e.Form != Translation && !replaced[e.ID] })
	for _, e := range known {
		if !e.stands(on) || replaced[e.ID] || own && e.Form == Translation {
			continue
		}
		if len(out) > 0 && e.AsOf > out[0].AsOf {
			out = out[:0]
		}
		if len(out) == 0 || e.AsOf == out[0].AsOf {
			out = append(out, e)
		}
	}
	order.By(out, func(a, b Expression) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func (e Expression) stands(on clock.Day) bool { return e.Form != Draft && e.AsOf <= on }

// Judge folds the events of a work for one of its parts. texts are what it read by then. Both ways to ask, the corpus and
// the store, end here: they differ in how they find what was known.
func Judge(wid string, events []Event, texts []Reading, on clock.Day) Answer {
	a := Answer{WID: wid, Texts: texts}
	begin, changes, ends := touching(wid, events)
	a.Because = slices.Concat(begin, changes, ends)
	byDate(a.Because)
	a.State, a.Since, a.Until = span(begin, ends, on)
	for _, e := range ends {
		if a.State == Ended && e.Date.Span().By(on) == clock.Reached {
			a.Into = append(a.Into, e.Into...)
		}
	}
	for _, e := range changes {
		for _, r := range texts {
			a.Stale = a.Stale || e.Date.Span().By(on) != clock.NotYet && r.Expression.AsOf < e.Date.First()
		}
	}
	return a
}

// touching takes the events that touch a part. Of commencements only those count that name it most closely: "section 5 on
// another day" is an exception from "this Act".
func touching(wid string, events []Event) (begin, changes, ends []Event) {
	near := 0
	for _, e := range events {
		if n := e.touches(wid); e.Turn == Commencement {
			near = max(near, n)
		}
	}
	for _, e := range events {
		n := e.touches(wid)
		switch {
		case n == 0:
		case e.Turn == Amendment:
			changes = append(changes, e)
		case e.Turn == Repeal:
			ends = append(ends, e)
		case n == near:
			begin = append(begin, e)
		}
	}
	for _, list := range [][]Event{begin, changes, ends} {
		byDate(list)
	}
	return begin, changes, ends
}

// span folds commencements and repeals, both by date.
func span(begin, ends []Event, on clock.Day) (State, clock.Day, clock.Day) {
	var since, until, ended clock.Day
	doubt := false
	for _, e := range ends {
		switch e.Date.Span().By(on) {
		case clock.Reached:
			ended = max(ended, e.Date.Last())
		case clock.Perhaps:
			doubt = true
		}
		until = e.Date
	}
	yes, no, perhaps := 0, 0, 0
	for _, e := range begin {
		if ended != "" && e.Date.First() <= ended {
			continue // before the repeal, so it says nothing of the time after
		}
		switch e.Date.Span().By(on) {
		case clock.Reached:
			yes++
		case clock.Perhaps:
			perhaps++
		default:
			no++
		}
		if since == "" {
			since = e.Date
		}
	}
	switch {
	case ended != "" && yes+perhaps == 0:
		if len(begin) > 0 {
			since = begin[0].Date
		}
		return Ended, since, until
	case yes+no+perhaps == 0:
		return Unknown, since, until
	case doubt || perhaps > 0 || yes > 0 && no > 0:
		return Unclear, since, until
	case no > 0:
		return NotYet, since, until
	}
	if ended != "" {
		until = "" // in force anew
	}
	return InForce, since, until
}
