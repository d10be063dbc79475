package linkage

import (
	"slices"
	"strings"
)

// Settings says how records are linked. The zero value is the default configuration: fields inferred,
// rules planned, links at a probability of one half.
type Settings struct {
	// Fields are compared; nil lets [Infer] choose.
	Fields []Field
	// Ignore names columns that Infer leaves out, such as a column that holds the truth.
	Ignore []string
	// Rules say which pairs are compared; nil plans them within MaxPairs.
	Rules []Rule
	// MaxPairs is the most pairs that the rules together may make, overlaps counted twice. 0 means
	// 1,000,000 and 20 for each row. Rules beyond it are refused before anything is compared.
	MaxPairs int64
	// Threshold is the least probability of a link, and Review the least of a pair that is kept for a
	// person to look at. 0 means 0.5 and 0.05.
	Threshold, Review float64
	// RandomPairs is how many pairs are drawn to see how often records of different persons agree.
	// 0 means 1,000,000.
	RandomPairs int
	// Rounds is the most rounds of expectation and maximisation. 0 means 100.
	Rounds int
	// Decisions are judgements of persons on pairs.
	Decisions []Decision
	// Seed makes the random pairs.
	Seed uint64
	// Workers is how many goroutines work; 0 is one for each processor. It never changes a result.
	Workers int
}

const (
	defaultThreshold   = 0.5
	defaultReview      = 0.05
	defaultRandomPairs = 1_000_000
	defaultRounds      = 100
	pairsPerRow        = 20
	basePairs          = 1_000_000
	mostPairs          = 2_000_000_000
)

// checked returns the settings with the defaults filled in.
func (s Settings) checked(t *Table) (Settings, error) {
	probability := func(name string, p *float64, otherwise float64) error {
		if *p == 0 {
			*p = otherwise
		}
		if !(*p > 0 && *p < 1) {
			return badSetting(name, "%v is not a probability between 0 and 1", *p)
		}
		return nil
	}
	if err := probability("threshold", &s.Threshold, defaultThreshold); err != nil {
		return s, err
	}
	if err := probability("review", &s.Review, min(defaultReview, s.Threshold)); err != nil {
		return s, err
	}
	if s.Review > s.Threshold {
		return s, badSetting("review", "%v is above the threshold of %v", s.Review, s.Threshold)
	}
	if s.MaxPairs == 0 {
		s.MaxPairs = basePairs + pairsPerRow*int64(t.rows)
	}
	if s.RandomPairs == 0 {
		s.RandomPairs = defaultRandomPairs
	}
	if s.Rounds == 0 {
		s.Rounds = defaultRounds
	}
	switch {
	case s.MaxPairs < 0 || s.MaxPairs > mostPairs:
		return s, badSetting("maxPairs", "%d is not from 1 to %d", s.MaxPairs, mostPairs)
	case s.RandomPairs < 1000 || s.RandomPairs > 1<<28:
		return s, badSetting("randomPairs", "%d is not from 1000 to %d", s.RandomPairs, 1<<28)
	case s.Rounds < 1 || s.Rounds > 10_000:
		return s, badSetting("rounds", "%d is not from 1 to 10000", s.Rounds)
	case s.Workers < 0:
		return s, badSetting("workers", "%d is negative", s.Workers)
	}
	for _, name := range s.Ignore {
		if t.index(name) < 0 {
			return s, badSetting(name, "there is no such column to ignore; there are %q", t.Columns())
		}
	}
	return s, nil
}

// checkFields looks at the fields that the caller gave.
func checkFields(t *Table, fields []Field) error {
	if len(fields) > maxFields {
		return badSetting("fields", "there are %d; at most %d can be compared", len(fields), maxFields)
	}
	at := func(name string) int {
		return slices.IndexFunc(fields, func(f Field) bool { return strings.EqualFold(f.Column, name) })
	}
	for i, f := range fields {
		switch {
		case t.index(f.Column) < 0:
			return badSetting(f.Column, "there is no such column to compare; there are %q", t.Columns())
		case at(f.Column) != i:
			return badSetting(f.Column, "the column is compared twice")
		case f.Kind < Name || f.Kind > Category:
			return badSetting(f.Column, "the kind %d is not known", f.Kind)
		}
		if f.Exchanged == "" {
			continue
		}
		o := at(f.Exchanged)
		if o < 0 || o == i || f.Kind != Name || fields[o].Kind != Name || fields[o].Exchanged != "" {
			return badSetting(f.Column, "%q must be another compared name that states no exchange itself", f.Exchanged)
		}
		for k, g := range fields {
			if k != i && g.Exchanged != "" && strings.EqualFold(g.Exchanged, f.Exchanged) {
				return badSetting(f.Column, "%q is exchanged with two columns", f.Exchanged)
			}
		}
	}
	return nil
}

// total is how many pairs of records there are, across files only when there are several.
func total(t *Table) float64 {
	n := float64(t.rows)
	pairs := n * (n - 1) / 2
	if t.Files() > 1 {
		for i := range t.Files() {
			g := float64(t.starts[i+1] - t.starts[i])
			pairs -= g * (g - 1) / 2
		}
	}
	return pairs
}
