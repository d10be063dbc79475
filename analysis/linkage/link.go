package linkage

import (
	"cmp"
	"context"
	"slices"
)

// Link is a pair of rows, A before B.
type Link struct {
	A, B int
	// Weight is the evidence in bits (log₂ odds, the prior and the frequencies of the values
	// included), Probability what follows from it after the decisions were taken into account.
	Weight, Probability float64
	// Decided is the judgement of a person on the pair, 0 for none.
	Decided Verdict `json:",omitempty"`
}

// Result is a proposal: nothing is merged. It refers to the table, which must not go away, and can be
// used by several goroutines.
type Result struct {
	Version string
	Rows    int
	// Rules are the blocking rules with the pairs they made, Pairs all pairs compared.
	Rules []Prediction
	Pairs int64
	Model Model
	// Links are the pairs at or above the threshold, and those judged the same; the likeliest first.
	Links []Link
	// Review are the pairs below the threshold that a person might look at, and those judged "not
	// sure"; the likeliest first.
	Review []Link
	// Clusters are the groups that the links propose, by their first row.
	Clusters []Cluster
	// Refused are links left out of the clusters because a person judged two of the rows different.
	Refused []Link
	// Expected is what the probabilities say about the links, without any truth.
	Expected Expected
	// Recalibration is set when decisions moved the probabilities.
	Recalibration *Recalibration
	// Judged compares the probabilities with the judgements of persons, nil without any. Persons judge
	// what is hard to tell, so it says nothing about the pairs that nobody looked at.
	Judged []Bin `json:",omitempty"`
	// Notes say in English what was left out or assumed.
	Notes []string

	linker *linker
}

// Expected is a forecast from the probabilities themselves.
type Expected struct {
	// Matches is the expected number of pairs of one person among all, Precision and Recall those of
	// the links.
	Matches, Precision, Recall float64
}

// Run links the records of a table: it infers or checks the fields, plans or checks the blocking
// rules, refuses what would make too many pairs, compares every pair that meets a rule, learns from
// the patterns, weighs every pair and proposes links and clusters. With several files only pairs
// across files are compared. It merges nothing and does not change the table.
//
// The same table, settings and seed give the same result on any number of workers. It takes
// O(n·rules + pairs·fields) time and 16 bytes for each pair. It fails with BadSetting, BadDecision,
// TooFew, TooLarge or NoEvidence, or with the error of the context.
//
// Fellegi and Sunter 1969, doi:10.1080/01621459.1969.10501049; Winkler 1988 for the estimation.
func Run(ctx context.Context, t *Table, s Settings) (*Result, error) {
	l, err := newLinker(ctx, t, s)
	if err != nil {
		return nil, err
	}
	if err := l.block(ctx); err != nil {
		return nil, err
	}
	if err := l.drawRandom(ctx); err != nil {
		return nil, err
	}
	if err := l.makePairs(ctx); err != nil {
		return nil, err
	}
	if err := l.train(ctx); err != nil {
		return nil, err
	}
	return l.finish(ctx)
}

// finish weighs the pairs and groups the links.
func (l *linker) finish(ctx context.Context) (*Result, error) {
	l.tables.ready(l)
	r := &Result{Version: Version, Rows: l.rows, Rules: l.rules, linker: l}
	for _, p := range l.rules {
		r.Pairs += p.New
	}
	r.Recalibration = l.recalibrate()
	r.Judged = l.judged()
	found, expected, err := l.weigh(ctx)
	if err != nil {
		return nil, err
	}
	l.judge(r, found)
	var right float64
	for _, k := range r.Links {
		right += k.Probability
	}
	r.Expected.Matches = expected / l.model.Recall
	if len(r.Links) > 0 {
		r.Expected.Precision = right / float64(len(r.Links))
	}
	if r.Expected.Matches > 0 {
		r.Expected.Recall = min(1, right/r.Expected.Matches)
	}
	l.cluster(r)
	r.Model = l.model
	r.Notes = l.notes
	return r, nil
}

// tables hold what scoring needs, ready made.
type tables struct {
	// rare holds the frequency adjustments of each field.
	rare [][]float32
	// most is the greatest sum of adjustments.
	most float64
	// slope and shift turn bits into calibrated bits.
	slope, shift float64
}

func (t *tables) ready(l *linker) {
	t.slope, t.shift = 1, 0
	t.rare = make([][]float32, len(l.fields))
	t.most = 0
	for i := range l.fields {
		t.rare[i] = l.adjustments(i)
		if len(t.rare[i]) > 0 {
			t.most += max(0, float64(slices.Max(t.rare[i])))
		}
	}
}

func (t *tables) probability(weight float64) float64 { return fromBits(t.shift + t.slope*weight) }

// frequency is the adjustment of one field of a pair: for the same value its own, for similar ones
// that of the more frequent.
func (l *linker) frequency(i int, level uint8, a, b uint32) float64 {
	rare := l.tables.rare[i]
	switch level {
	case levelSame:
		return float64(rare[a])
	case levelTypo, levelSound:
		return float64(min(rare[a], rare[b]))
	}
	return 0
}

// weightOf returns the whole weight of a pair in bits.
func (l *linker) weightOf(a, b int, p packed) float64 {
	w := len(l.fields)
	weight := l.model.weight(p)
	for i := range l.fields {
		if l.model.stateOf(i, p) == sameParent {
			continue // the frequency among those with the same parent is not known
		}
		weight += l.frequency(i, p.level(i), l.ids[a*w+i], l.ids[b*w+i])
	}
	return weight
}

// weighed is what one unit of pairs gives.
type weighed struct {
	links    []Link
	expected float64
}

// weigh computes the probability of each pair and keeps those that a person might look at. It also
// returns the matches expected among all pairs.
func (l *linker) weigh(ctx context.Context) ([]Link, float64, error) {
	parts := make([]weighed, len(l.pairs))
	least := (toBits(min(l.settings.Review, 1e-3)) - l.tables.shift) / l.tables.slope
	err := each(ctx, len(l.pairs), l.settings.Workers, func() struct{} { return struct{}{} }, func(_ struct{}, i int) error {
		for _, p := range l.pairs[i] {
			if l.model.weight(p.pattern)+l.tables.most < least {
				continue
			}
			weight := l.weightOf(int(p.a), int(p.b), p.pattern)
			k := Link{A: int(p.a), B: int(p.b), Weight: weight, Probability: l.tables.probability(weight)}
			parts[i].expected += k.Probability
			if k.Probability >= l.settings.Review {
				parts[i].links = append(parts[i].links, k)
			}
		}
		return nil
	})
	var all []Link
	var expected float64
	for _, p := range parts {
		all = append(all, p.links...)
		expected += p.expected
	}
	slices.SortFunc(all, byPlace)
	return all, expected, err
}

// byChance orders links by falling probability.
func byChance(a, b Link) int {
	return cmp.Or(cmp.Compare(b.Probability, a.Probability), cmp.Compare(b.Weight, a.Weight), byPlace(a, b))
}
