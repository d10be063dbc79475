package alignment

import (
	"maps"
	"math"
	"slices"
	"sort"
)

// Topic is one entry of the taxonomy.
type Topic struct {
	// Code is its stable name, for example "definition-means".
	Code string
	// Pillar groups topics: protection, prosecution, prevention, partnership.
	Pillar string
	Tier   Tier
}

// Obligation is one duty of an instrument on one topic.
type Obligation struct {
	// ID names it in errors, for example "TIP-PROTOCOL-2000.3.a".
	ID string
	// Topic is a code of the taxonomy.
	Topic    string
	Strength Strength
	// ValidFrom and ValidTo are civil dates YYYY-MM-DD; blank means since ever and until further
	// notice. ValidTo is the first day on which the duty no longer holds.
	ValidFrom, ValidTo string
}

// InForce returns the obligations that hold on a civil date YYYY-MM-DD, in their order.
func InForce(obligations []Obligation, on string) []Obligation {
	var out []Obligation
	for _, o := range obligations {
		if o.ValidFrom <= on && (o.ValidTo == "" || on < o.ValidTo) {
			out = append(out, o)
		}
	}
	return out
}

// Weights turns tiers and strengths into numbers. The weight of an obligation is the product.
type Weights struct {
	// Name says which set this is; a result always carries it.
	Name string
	// Supporting, Core and Essential are the weights of the tiers.
	Supporting, Core, Essential float64
	// Shall, ShallConsider, ShallEndeavour and May are the factors of the strengths.
	Shall, ShallConsider, ShallEndeavour, May float64
	// Factor multiplies the weight of single topics; a topic that is not in it counts once.
	Factor map[string]float64
}

// DefaultWeights returns tiers 1, 2, 3 and strengths 1, ½, ½, ¼.
func DefaultWeights() Weights {
	return Weights{
		Name: "default", Supporting: 1, Core: 2, Essential: 3,
		Shall: 1, ShallConsider: 0.5, ShallEndeavour: 0.5, May: 0.25,
	}
}

// check refuses weights that are negative or not finite.
func (w Weights) check() error {
	for _, v := range []float64{w.Supporting, w.Core, w.Essential, w.Shall, w.ShallConsider, w.ShallEndeavour, w.May} {
		if !(v >= 0 && v <= 1e9) {
			return refuse(BadWeight, w.Name, "%g is not a weight between 0 and 10⁹", v)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(w.Factor)) {
		if v := w.Factor[code]; !(v >= 0 && v <= 1e9) {
			return refuse(BadWeight, code, "%g is not a factor between 0 and 10⁹", v)
		}
	}
	return nil
}

func (w Weights) of(t Topic, s Strength) float64 {
	tier := []float64{0, w.Supporting, w.Core, w.Essential}[t.Tier]
	strength := []float64{0, w.Shall, w.ShallConsider, w.ShallEndeavour, w.May}[s]
	if factor, given := w.Factor[t.Code]; given {
		tier *= factor
	}
	return tier * strength
}

// WeightedTopic is a topic that an instrument asks for.
type WeightedTopic struct {
	Topic
	// Weight is that of its strongest obligation.
	Weight float64
	// Strength is that of its strongest obligation.
	Strength Strength
	// Obligations lists the ids on this topic, in the order given.
	Obligations []string
}

// Standard is what a law is compared with: an instrument, or the union of several, as weighted
// topics. It is made once and not changed; it is safe for concurrent use.
type Standard struct {
	weights string
	topics  []WeightedTopic // in order of code
	index   map[string]int  // of topics
	known   map[string]bool // every code of the taxonomy
	total   float64
}

// NewStandard gathers obligations by topic. A topic that several obligations touch counts once, at
// its strongest, so that a long instrument does not outweigh a short one by repeating itself.
//
// Errors, all of type [*Error]: a blank or repeated topic; an obligation without a known topic or
// strength, or that ends before it begins; a weight out of range; no obligation with any weight.
// Cost: O(topics + obligations), plus sorting.
func NewStandard(taxonomy []Topic, obligations []Obligation, w Weights) (*Standard, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	s := &Standard{weights: w.Name, index: map[string]int{}, known: map[string]bool{}}
	byCode := make(map[string]Topic, len(taxonomy))
	for _, t := range taxonomy {
		switch {
		case t.Code == "" || t.Tier < Supporting || t.Tier > Essential:
			return nil, refuse(BadTopic, t.Code, "a topic needs a code and a tier")
		case s.known[t.Code]:
			return nil, refuse(BadTopic, t.Code, "this topic stands twice in the taxonomy")
		}
		s.known[t.Code] = true
		byCode[t.Code] = t
	}
	gathered := map[string]*WeightedTopic{}
	for _, o := range obligations {
		t, found := byCode[o.Topic]
		switch {
		case !found:
			return nil, refuse(BadObligation, o.ID, "topic %q is not in the taxonomy", o.Topic)
		case o.Strength < Shall || o.Strength > May:
			return nil, refuse(BadObligation, o.ID, "an obligation needs a strength")
		case o.ValidTo != "" && o.ValidTo < o.ValidFrom:
			return nil, refuse(BadObligation, o.ID, "it ends on %s, before it begins on %s", o.ValidTo, o.ValidFrom)
		}
		g := gathered[o.Topic]
		if g == nil {
			g = &WeightedTopic{Topic: t, Weight: -1}
			gathered[o.Topic] = g
		}
		g.Obligations = append(g.Obligations, o.ID)
		if weight := w.of(t, o.Strength); weight > g.Weight {
			g.Weight, g.Strength = weight, o.Strength
		}
	}
	for _, g := range gathered {
		s.topics = append(s.topics, *g)
	}
	// One copy of the code sorts every list here: slices.SortFunc is compiled anew for each type.
	sort.Slice(s.topics, func(i, j int) bool { return s.topics[i].Code < s.topics[j].Code })
	for i, t := range s.topics {
		s.index[t.Code] = i
		s.total += t.Weight
	}
	if !(s.total > 0) || math.IsInf(s.total, 0) {
		return nil, refuse(BadWeight, w.Name, "no obligation has any weight under it")
	}
	return s, nil
}

// Topics returns the weighted topics in order of code.
func (s *Standard) Topics() []WeightedTopic {
	out := slices.Clone(s.topics)
	for i := range out {
		out[i].Obligations = slices.Clone(out[i].Obligations)
	}
	return out
}

// Total returns the sum of the weights.
func (s *Standard) Total() float64 { return s.total }

// WeightSet returns the name of the weights.
func (s *Standard) WeightSet() string { return s.weights }
