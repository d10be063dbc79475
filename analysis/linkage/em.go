package linkage

import (
	"context"
	"math"
	"slices"
)

// settled is the change of any share below which the rounds end.
const settled = 1e-4

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

// everyState is the usual shares, whatever the parent.
func everyState(k Kind, exchanged bool) (m [states][levels]float64) {
	for state := range m {
		m[state] = usual(k, exchanged)
	}
	return m
}

// learn runs expectation and maximisation on the pairs of each rule apart, with the chance agreement
// held fast, and averages what the rules teach about each field, weighed by the matches they expect. A
// rule teaches nothing about the fields it fixes. So the classes cannot drift to something other than
// "same person", as unanchored estimation does.
func (l *linker) learn() {
	w := len(l.fields)
	sums := make([][states][levels]float64, w)
	weights := make([][states]float64, w)
	l.model.Rules = l.model.Rules[:0]
	for _, lesson := range l.lessons() {
		l.model.Rules = append(l.model.Rules, lesson.RuleLesson)
		for i := range w {
			if lesson.fixed[i] || lesson.Matches < 1 || lesson.Odd {
				continue
			}
			for state, weight := range lesson.weights[i] {
				for level := range levels {
					sums[i][state][level] += weight * lesson.m[i][state][level]
				}
				weights[i][state] += weight
			}
		}
	}
	for i := range w {
		f := &l.model.Fields[i]
		f.m = everyState(l.fields[i].Kind, l.fields[i].leads)
		f.Trained = weights[i][anyParent] > 0
		for state, weight := range weights[i] {
			if weight > 0 {
				for level := range levels {
					f.m[state][level] = sums[i][state][level] / weight
				}
			}
			// Agreement must speak for a match, or the field says nothing.
			if f.m[state][levelSame] <= f.u[state][levelSame] {
				f.m[state] = f.u[state]
			}
		}
	}
}

// oddTimes is how many times the matches that other rules let expect make a lesson odd.
const oddTimes = 4.0

// lessons are what all rules teach. A rule whose matches would mean far more matches in all than the
// other rules say has found another class, such as households, and is marked odd.
func (l *linker) lessons() []*lesson {
	list := make([]*lesson, len(l.rules))
	var totals []float64
	for r := range l.rules {
		list[r] = l.lesson(r)
		if list[r].Matches >= 1 {
			totals = append(totals, list[r].Matches/l.reach[r])
		}
	}
	if len(totals) < 3 {
		return list
	}
	slices.Sort(totals)
	for r, s := range list {
		s.Odd = s.Matches/l.reach[r] > oddTimes*totals[len(totals)/2]
	}
	return list
}

// learnReach sets the share of imagined matches that meet each rule.
func (l *linker) learnReach() {
	matches := l.imagine()
	l.reach = make([]float64, len(l.rules))
	for r, p := range l.rules {
		for _, m := range matches {
			if m.meets(p.Rule, l.at[r]) {
				l.reach[r]++
			}
		}
		l.reach[r] = max(1, l.reach[r]) / imagined
	}
}

// lesson is what the pairs of one rule teach.
type lesson struct {
	RuleLesson
	fixed [maxFields]bool
	m     [maxFields][states][levels]float64
	// weights are the expected matches in each state of the parent in which a field is known.
	weights [maxFields][states]float64
}

func (l *linker) lesson(r int) *lesson {
	w := len(l.fields)
	s := &lesson{RuleLesson: RuleLesson{Rule: l.rules[r].Text}}
	// What hangs above a fixed field agrees with it among strangers too, and teaches nothing here.
	for _, f := range l.at[r] {
		for ; f >= 0; f = l.model.parents[f] {
			s.fixed[f] = true
		}
	}
	counts := map[packed]int64{}
	var keep packed
	for i := range w {
		if !s.fixed[i] || slices.Contains(l.model.parents, i) {
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
		s.m[i] = everyState(l.fields[i].Kind, l.fields[i].leads)
	}
	if s.Pairs == 0 {
		return s
	}
	list := sorted(counts)
	share := 0.1
	for s.Rounds < l.settings.Rounds && !s.Settled {
		s.Rounds++
		s.Settled = l.round(list, s, &share) < settled
	}
	s.Matches = share * float64(s.Pairs)
	return s
}

// ratios are the likelihood ratios of a lesson as it stands.
func (l *linker) ratios(s *lesson) (ratio [maxFields][states][levels]float64) {
	for i := range l.fields {
		for state := range states {
			for level := range levels {
				ratio[i][state][level] = 1
				if u := l.model.Fields[i].u[state][level]; level != levelNone && u > 0 && !s.fixed[i] {
					ratio[i][state][level] = s.m[i][state][level] / u
				}
			}
		}
	}
	return ratio
}

// round is one step of expectation and maximisation; it returns the largest change of a share.
func (l *linker) round(list []tally, s *lesson, share *float64) float64 {
	w := len(l.fields)
	ratio := l.ratios(s)
	var counts [maxFields][states][levels]float64
	var matches, pairs float64
	odds := *share / (1 - *share)
	for _, t := range list {
		o := odds
		for i := range w {
			o *= ratio[i][l.model.stateOf(i, t.pattern)][t.pattern.level(i)]
		}
		p := float64(t.n) * o / (1 + o)
		if math.IsInf(o, 1) {
			p = float64(t.n)
		}
		matches += p
		pairs += float64(t.n)
		for i := range w {
			level := t.pattern.level(i)
			counts[i][anyParent][level] += p
			if state := l.model.stateOf(i, t.pattern); state != anyParent {
				counts[i][state][level] += p
			}
		}
	}
	next := min(0.999, max(1e-7, matches/pairs))
	change := math.Abs(next - *share)
	*share = next
	for i := range w {
		if !s.fixed[i] {
			change = max(change, l.maximise(i, s, &counts[i]))
		}
	}
	return change
}

// maximise sets the shares of one field from expected counts.
func (l *linker) maximise(i int, s *lesson, counts *[states][levels]float64) float64 {
	kinds := levelsOf(l.fields[i].Kind, l.fields[i].leads)
	before := usual(l.fields[i].Kind, l.fields[i].leads)
	change := 0.0
	for state := range states {
		var known float64
		for _, level := range kinds {
			known += counts[state][level]
		}
		s.weights[i][state] = known
		for _, level := range kinds {
			m := (counts[state][level] + pseudo*before[level]) / (known + pseudo)
			if known > 0 {
				change = max(change, math.Abs(m-s.m[i][state][level]))
			}
			s.m[i][state][level] = m
		}
		if state == anyParent {
			for _, level := range kinds {
				before[level] = s.m[i][anyParent][level]
			}
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
func (l *linker) train(ctx context.Context) error {
	l.model = Model{Version: Version, Fields: make([]FieldModel, len(l.fields))}
	for i, f := range l.fields {
		l.model.Fields[i] = FieldModel{Field: f.Field, m: everyState(f.Kind, f.leads)}
		l.model.parents = append(l.model.parents, -1)
	}
	l.learnReach()
	l.learnChance()
	if err := l.findTies(ctx); err != nil {
		return err
	}
	l.model.parents = l.parents
	for i, parent := range l.parents {
		if parent >= 0 {
			l.model.Fields[i].Given = l.fields[parent].Column
		}
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
		if r.Odd {
			l.note("rule %q: its pairs fall into classes that the other rules do not bear out; nothing was learnt from it", r.Rule)
		}
		if !r.Settled && r.Pairs > 0 {
			l.note("rule %q: the estimate had not settled after %d rounds", r.Rule, r.Rounds)
		}
	}
	return nil
}
