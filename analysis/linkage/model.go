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

	weights     [maxFields][levels]float64
	priorWeight float64
}

// FieldModel is what was learnt about one field.
type FieldModel struct {
	Field
	// Trained is false when no rule taught how matches agree, and usual figures stand in.
	Trained bool
	Levels  []LevelModel

	m, u [levels]float64
}

// LevelModel is one level of agreement.
type LevelModel struct {
	Level string
	// M is its share among matches, U among pairs of different persons, Weight is log₂(M/U).
	M, U, Weight float64
}

// RuleLesson is what the pairs of one rule taught.
type RuleLesson struct {
	Rule    string
	Pairs   int64
	Matches float64
	Rounds  int
	Settled bool
}

// settle computes the weights.
func (m *Model) settle() {
	for i := range m.Fields {
		f := &m.Fields[i]
		for level := range levels {
			m.weights[i][level] = 0
			if level != levelNone && f.m[level] > 0 && f.u[level] > 0 {
				m.weights[i][level] = math.Log2(f.m[level] / f.u[level])
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
		w += m.weights[i][p.level(i)]
	}
	return w
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
		f.Levels = append(f.Levels, LevelModel{
			Level: levelName(f.Kind, level), M: f.m[level], U: f.u[level], Weight: math.Log2(f.m[level] / f.u[level]),
		})
	}
}
