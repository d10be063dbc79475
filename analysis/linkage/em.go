package linkage

import (
	"math"
)

// settled is the change of any share below which the rounds end.
const settled = 1e-5

// usual is how matches agree before anything was learnt.
func usual(k Kind, exchanged bool) [levels]float64 {
	var m [levels]float64
	list := levelsOf(k, exchanged)
	for _, level := range list {
		switch level {
		case levelSame:
			m[level] = 0.85
		default:
			m[level] = 0.15 / float64(len(list)-1)
		}
	}
	return m
}

// learn runs expectation and maximisation on the pairs of each rule apart, with the chance agreement
// held fast, and averages what the rules teach about each field, weighed by the matches they expect. A
// rule teaches nothing about the fields it fixes. So the classes cannot drift to something other than
// "same person", as unanchored estimation does.
func (l *linker) learn() {
	w := len(l.fields)
	sums := make([][levels]float64, w)
	weights := make([]float64, w)
	l.model.Rules = l.model.Rules[:0]
	for r := range l.rules {
		lesson := l.lesson(r)
		l.model.Rules = append(l.model.Rules, lesson.RuleLesson)
		for i := range w {
			if lesson.fixed[i] || lesson.Matches < 1 {
				continue
			}
			for level := range levels {
				sums[i][level] += lesson.Matches * lesson.m[i][level]
			}
			weights[i] += lesson.Matches
		}
	}
	for i := range w {
		f := &l.model.Fields[i]
		if f.Trained = weights[i] > 0; !f.Trained {
			f.m = usual(l.fields[i].Kind, l.fields[i].leads)
			continue
		}
		for level := range levels {
			f.m[level] = sums[i][level] / weights[i]
		}
		// Agreement must speak for a match, or the field says nothing.
		if f.m[levelSame] <= f.u[levelSame] {
			f.m = f.u
		}
	}
}

// lesson is what the pairs of one rule teach.
type lesson struct {
	RuleLesson
	fixed [maxFields]bool
	m     [maxFields][levels]float64
}

func (l *linker) lesson(r int) *lesson {
	w := len(l.fields)
	s := &lesson{RuleLesson: RuleLesson{Rule: l.rules[r].Text}}
	for _, f := range l.at[r] {
		s.fixed[f] = true
	}
	counts := map[packed]int64{}
	var keep packed
	for i := range w {
		if !s.fixed[i] {
			keep |= (levels - 1) << (levelBits * i)
		}
	}
	for _, t := range l.tallies {
		if t.pattern.meets(r) {
			counts[t.pattern&keep] += t.n
			s.Pairs += t.n
		}
	}
	for i := range w {
		s.m[i] = usual(l.fields[i].Kind, l.fields[i].leads)
	}
	if s.Pairs == 0 {
		return s
	}
	list := sorted(counts)
	share := 0.1
	for s.Rounds < l.settings.Rounds && !s.Settled {
		s.Rounds++
		change := l.round(list, s, &share)
		s.Settled = change < settled
	}
	s.Matches = share * float64(s.Pairs)
	return s
}

// round is one step of expectation and maximisation; it returns the largest change of a share.
func (l *linker) round(list []tally, s *lesson, share *float64) float64 {
	w := len(l.fields)
	var ratio [maxFields][levels]float64
	for i := range w {
		for level := range levels {
			ratio[i][level] = 1
			if u := l.model.Fields[i].u[level]; level != levelNone && u > 0 && !s.fixed[i] {
				ratio[i][level] = s.m[i][level] / u
			}
		}
	}
	var counts [maxFields][levels]float64
	var matches, pairs float64
	odds := *share / (1 - *share)
	for _, t := range list {
		o := odds
		for i := range w {
			o *= ratio[i][t.pattern.level(i)]
		}
		p := float64(t.n) * o / (1 + o)
		if math.IsInf(o, 1) {
			p = float64(t.n)
		}
		matches += p
		pairs += float64(t.n)
		for i := range w {
			counts[i][t.pattern.level(i)] += p
		}
	}
	next := min(0.999, max(1e-7, matches/pairs))
	change := math.Abs(next - *share)
	*share = next
	for i := range w {
		if s.fixed[i] {
			continue
		}
		before := usual(l.fields[i].Kind, l.fields[i].leads)
		known := matches - counts[i][levelNone] + pseudo
		for _, level := range levelsOf(l.fields[i].Kind, l.fields[i].leads) {
			m := (counts[i][level] + pseudo*before[level]) / known
			change = max(change, math.Abs(m-s.m[i][level]))
			s.m[i][level] = m
		}
	}
	return change
}

// pseudo is how many imagined matches speak for the usual shares.
const pseudo = 2.0

// learnPrior sets how likely two random records are a match: such that the matches expected among the
// compared pairs, and the share of matches that the rules find, agree.
func (l *linker) learnPrior() {
	l.model.Recall = l.recall()
	prior := l.model.Prior
	if prior == 0 {
		for _, r := range l.model.Rules {
			prior = max(prior, r.Matches/l.total())
		}
		prior = max(prior, 0.01/l.total())
	}
	for range l.settings.Rounds {
		l.model.setPrior(prior)
		var expected float64
		for _, t := range l.tallies {
			expected += float64(t.n) * l.model.probability(t.pattern)
		}
		next := min(0.5, max(0.01, expected/l.model.Recall)/l.total())
		change := math.Abs(next-prior) / prior
		prior = next
		if change < settled {
			break
		}
	}
	l.model.setPrior(prior)
}

// train learns chance, matches and prior in turn, three times: the first time chance agreement still
// holds the matches themselves, which matters for fields that are nearly unique.
func (l *linker) train() {
	l.model = Model{Version: Version, Fields: make([]FieldModel, len(l.fields))}
	for i, f := range l.fields {
		l.model.Fields[i] = FieldModel{Field: f.Field, m: usual(f.Kind, f.leads)}
	}
	for range 3 {
		l.learnChance()
		l.learn()
		l.model.settle()
		l.learnPrior()
	}
	for i := range l.model.Fields {
		l.model.Fields[i].list(l.fields[i].leads)
		if !l.model.Fields[i].Trained {
			l.note("column %q: no rule teaches how matches agree on it; usual figures are taken", l.fields[i].Column)
		}
	}
	for _, r := range l.model.Rules {
		if !r.Settled && r.Pairs > 0 {
			l.note("rule %q: the estimate had not settled after %d rounds", r.Rule, r.Rounds)
		}
	}
}
