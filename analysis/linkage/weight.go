package linkage

import "math"

// Model is what was learnt: enough to weigh a pair by hand.
type Model struct {
	Version string
	// Prior is the probability that two records drawn at random are of one person.
	Prior float64
	// Recall is the estimated share of matches that meet a rule, as if errors fell independently.
	Recall float64
	Fields []FieldModel
	// Rules tells what each rule taught.
	Rules []RuleLesson

	weights     [maxFields][states][levels]float64
	priorWeight float64
	parents     []int
}

// FieldModel is what was learnt about one field.
type FieldModel struct {
	Field
	// Trained is false when no rule taught how matches agree, and usual figures stand in.
	Trained bool
	// Given names the field whose agreement this one is weighed given, empty for none.
	Given  string `json:",omitempty"`
	Levels []LevelModel

	m, u [states][levels]float64
}

// LevelModel is one level of agreement.
type LevelModel struct {
	Level string
	// M is its share among matches, U among pairs of different persons, Weight is log₂(M/U).
	M, U, Weight float64
	// WeightGiven is the weight where the field named in Given is the same, WeightOther where it is
	// known and not the same.
	WeightGiven, WeightOther float64 `json:",omitempty"`
}

// RuleLesson is what the pairs of one rule taught.
type RuleLesson struct {
	Rule    string
	Pairs   int64
	Matches float64
	Rounds  int
	// Settled is false when the rounds ran out, Odd true when the other rules do not bear it out.
	Settled, Odd bool
}

// settle computes the weights.
func (m *Model) settle() {
	for i := range m.Fields {
		f := &m.Fields[i]
		for state := range states {
			for level := range levels {
				m.weights[i][state][level] = 0
				if u, p := f.u[state][level], f.m[state][level]; level != levelNone && p > 0 && u > 0 {
					m.weights[i][state][level] = math.Log2(p / u)
				}
			}
		}
	}
}

func (m *Model) setPrior(p float64) {
	m.Prior = p
	m.priorWeight = math.Log2(p / (1 - p))
}

// weight is the match weight of a pattern in bits, before frequencies.
func (m *Model) weight(p packed) float64 {
	w := m.priorWeight
	for i := range m.Fields {
		w += m.weights[i][m.stateOf(i, p)][p.level(i)]
	}
	return w
}

// stateOf tells the state of the parent of a field in a pattern. A name or text that is almost the
// same counts as the same: among strangers it is mostly the same one, mistyped.
func (m *Model) stateOf(field int, p packed) int {
	parent := m.parents[field]
	if parent < 0 {
		return anyParent
	}
	switch level := p.level(parent); {
	case level == levelNone:
		return anyParent
	case level == levelSame, level >= levelSound && m.Fields[parent].Kind <= Text:
		return sameParent
	}
	return otherParent
}

func (m *Model) probability(p packed) float64 { return fromBits(m.weight(p)) }

// fromBits turns log₂ odds into a probability.
func fromBits(w float64) float64 { return 1 / (1 + math.Exp2(-w)) }

// toBits turns a probability into log₂ odds.
func toBits(p float64) float64 { return math.Log2(p / (1 - p)) }

// list writes the levels out.
func (f *FieldModel) list(exchanged bool) {
	f.Levels = nil
	for _, level := range levelsOf(f.Kind, exchanged) {
		m := LevelModel{
			Level: levelName(f.Kind, level), M: f.m[anyParent][level], U: f.u[anyParent][level],
			Weight: math.Log2(f.m[anyParent][level] / f.u[anyParent][level]),
		}
		if f.Given != "" {
			m.WeightGiven = math.Log2(f.m[sameParent][level] / f.u[sameParent][level])
			m.WeightOther = math.Log2(f.m[otherParent][level] / f.u[otherParent][level])
		}
		f.Levels = append(f.Levels, m)
	}
}
