package alignment

import (
	"slices"
	"sort"
)

// EnoughKnown is the known share from which a single figure may be shown.
const EnoughKnown = 0.6

// Finding is what the readers agreed on for one topic.
type Finding struct {
	// Topic is a code of the taxonomy.
	Topic  string
	Status Status
	// Part is, for Partly, how much: 0.25, 0.5 or 0.75. 0 means 0.5; another value than 0.5 needs
	// a Reason. It must be 0 for every other status.
	Part float64
	// Reason says why; the gap sheet shows it.
	Reason string
}

// Bounds says how far a law meets a standard, as far as anyone knows.
type Bounds struct {
	// Lower counts what is unknown as absent, Upper as covered; both lie in [0, 1].
	Lower, Upper float64
	// Known is the share of the weight that has been read.
	Known float64
	// Weight is the sum of weights that apply. When it is 0, nothing applies: the bounds are 0 and
	// 1 and Known is 0.
	Weight float64
}

// TopicResult is one topic of the standard with its finding.
type TopicResult struct {
	WeightedTopic
	Status Status
	// Value is 1 for Covered, the part for Partly, 0 otherwise.
	Value  float64
	Reason string
}

// PillarResult holds the bounds of one pillar.
type PillarResult struct {
	Pillar string
	Bounds
	// Topics counts the topics by status, indexed by [Status].
	Topics [5]int
}

// NextReading is a topic that nobody has read.
type NextReading struct {
	Topic string
	// Weight is what reading it would settle, as a share of all.
	Weight float64
	// KnownAfter is the known share once this and all before it in the list are read.
	KnownAfter float64
}

// Assessment is the result of [Standard.Assess].
type Assessment struct {
	Bounds
	// WeightSet names the weights.
	WeightSet string
	// OverKnown is the value over the known weight alone, nil when nothing is known. It is for
	// comparison by programs: on a small known share it misleads, so a page shows Point instead.
	OverKnown *float64
	// Point is OverKnown when Known is at least [EnoughKnown], else nil.
	Point *float64
	// Topics lists every topic of the standard, in order of code.
	Topics []TopicResult
	// EssentialNotFull lists the essential topics that are partly covered or not at all: the hard
	// gaps. They come first on a page, and no average may hide them.
	EssentialNotFull []string
	// NotCovered and Partly list the topics with that status, of any tier. All lists are in order
	// of code.
	NotCovered, Partly []string
	// Pillars lists the pillars in order of name.
	Pillars []PillarResult
	// Reading lists the unknown topics, the heaviest first: reading them in this order narrows the
	// bounds fastest.
	Reading []NextReading
	// Outside counts findings on topics that this standard does not ask for.
	Outside int
}

// Assess compares findings with the standard:
//
//	L = Σ w·v / Σ w (unknown v = 0)    U = the same with unknown v = 1    K = Σ known w / Σ w
//
// over the topics that apply, v being 1 for Covered, ½ (or the stated part) for Partly and 0 for
// Not. Findings may come in any order and are not changed; a topic without one is Unknown.
//
// Errors, all of type [*Error]: a topic outside the taxonomy, two findings on one topic (adjudicate
// first), an unknown status, a part that is not ¼, ½ or ¾ or lacks its reason.
// Cost: O(topics + findings), plus sorting.
func (s *Standard) Assess(findings []Finding) (*Assessment, error) {
	a := &Assessment{WeightSet: s.weights, Topics: make([]TopicResult, len(s.topics))}
	for i, t := range s.topics {
		t.Obligations = slices.Clone(t.Obligations)
		a.Topics[i] = TopicResult{WeightedTopic: t}
	}
	seen := make(map[string]bool, len(findings))
	for _, f := range findings {
		value, err := f.value()
		switch {
		case err != nil:
			return nil, err
		case !s.known[f.Topic]:
			return nil, refuse(BadFinding, f.Topic, "this topic is not in the taxonomy")
		case seen[f.Topic]:
			return nil, refuse(BadFinding, f.Topic, "two findings on one topic; adjudicate them first")
		}
		seen[f.Topic] = true
		i, asked := s.index[f.Topic]
		if !asked {
			a.Outside++
			continue
		}
		t := &a.Topics[i]
		t.Status, t.Value, t.Reason = f.Status, value, f.Reason
	}
	a.sum()
	a.list()
	return a, nil
}

// value checks a finding and returns what it counts for.
func (f Finding) value() (float64, error) {
	if f.Status > NotApplicable {
		return 0, refuse(BadFinding, f.Topic, "unknown status %d", f.Status)
	}
	if f.Status != Partly {
		if f.Part != 0 {
			return 0, refuse(BadFinding, f.Topic, "a part is only for findings of %q", Partly)
		}
		if f.Status == Covered {
			return 1, nil
		}
		return 0, nil
	}
	switch f.Part {
	case 0, 0.5:
		return 0.5, nil
	case 0.25, 0.75:
		if f.Reason == "" {
			return 0, refuse(BadFinding, f.Topic, "a part of %g needs a reason", f.Part)
		}
		return f.Part, nil
	}
	return 0, refuse(BadFinding, f.Topic, "the part %g is not 0.25, 0.5 or 0.75", f.Part)
}

// tally gathers weights before they become bounds.
type tally struct{ weight, known, value float64 }

func (t *tally) add(r TopicResult) {
	if r.Status == NotApplicable {
		return
	}
	t.weight += r.Weight
	if r.Status != Unknown {
		t.known += r.Weight
		t.value += r.Weight * r.Value
	}
}

func (t tally) bounds() Bounds {
	if t.weight == 0 {
		return Bounds{Upper: 1}
	}
	return Bounds{
		Lower: t.value / t.weight, Upper: min(1, (t.value+t.weight-t.known)/t.weight),
		Known: t.known / t.weight, Weight: t.weight,
	}
}

// sum fills bounds, point and pillars.
func (a *Assessment) sum() {
	var all tally
	pillars := map[string]*tally{}
	counts := map[string]*PillarResult{}
	for _, t := range a.Topics {
		all.add(t)
		if pillars[t.Pillar] == nil {
			pillars[t.Pillar], counts[t.Pillar] = &tally{}, &PillarResult{Pillar: t.Pillar}
		}
		pillars[t.Pillar].add(t)
		counts[t.Pillar].Topics[t.Status]++
	}
	a.Bounds = all.bounds()
	if all.known > 0 {
		a.OverKnown = new(all.value / all.known)
		if a.Known >= EnoughKnown {
			a.Point = new(*a.OverKnown)
		}
	}
	for name, p := range counts {
		p.Bounds = pillars[name].bounds()
		a.Pillars = append(a.Pillars, *p)
	}
	sort.Slice(a.Pillars, func(i, j int) bool { return a.Pillars[i].Pillar < a.Pillars[j].Pillar })
}

// list fills the gap lists and the reading list.
func (a *Assessment) list() {
	for _, t := range a.Topics {
		switch t.Status {
		case Not:
			a.NotCovered = append(a.NotCovered, t.Code)
		case Partly:
			a.Partly = append(a.Partly, t.Code)
		case Unknown:
			next := NextReading{Topic: t.Code}
			if a.Weight > 0 {
				next.Weight = t.Weight / a.Weight
			}
			a.Reading = append(a.Reading, next)
			continue
		default:
			continue
		}
		if t.Tier == Essential {
			a.EssentialNotFull = append(a.EssentialNotFull, t.Code)
		}
	}
	sort.SliceStable(a.Reading, func(i, j int) bool { return a.Reading[i].Weight > a.Reading[j].Weight })
	known := a.Known
	for i := range a.Reading {
		known += a.Reading[i].Weight
		a.Reading[i].KnownAfter = min(1, known)
	}
}
