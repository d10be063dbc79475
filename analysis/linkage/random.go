package linkage

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
)

const randomChunk = 1 << 14

// drawRandom counts the patterns of random pairs, or of all pairs when there are no more than that.
func (l *linker) drawRandom(ctx context.Context) error {
	wanted := l.settings.RandomPairs
	every := l.total() <= float64(wanted)
	chunks := (wanted + randomChunk - 1) / randomChunk
	if every {
		chunks = l.rows
	}
	var lock sync.Mutex
	var all []map[packed]int64
	start := func() map[packed]int64 {
		lock.Lock()
		defer lock.Unlock()
		all = append(all, map[packed]int64{})
		return all[len(all)-1]
	}
	err := each(ctx, chunks, l.settings.Workers, start, func(counts map[packed]int64, i int) error {
		if every {
			for b := i + 1; b < l.rows; b++ {
				if l.across(uint32(i), uint32(b)) {
					counts[l.compare(i, b)]++
				}
			}
			return nil
		}
		r := rand.New(rand.NewPCG(l.settings.Seed, mix(uint64(i)+1)))
		for range min(randomChunk, wanted-i*randomChunk) {
			a, b := l.draw(r)
			counts[l.compare(a, b)]++
		}
		return nil
	})
	if err != nil {
		return err
	}
	sum := map[packed]int64{}
	for _, counts := range all {
		for p, n := range counts {
			sum[p] += n
		}
	}
	l.random = sorted(sum)
	return nil
}

// draw returns two rows that may be compared.
func (l *linker) draw(r *rand.Rand) (int, int) {
	for {
		a, b := r.IntN(l.rows), r.IntN(l.rows)
		if a != b && l.across(uint32(a), uint32(b)) {
			return min(a, b), max(a, b)
		}
	}
}

// learnChance sets how often records of different persons agree on each field: from the random pairs,
// each weighed by the probability that it is of different persons, and for the level "same" from the
// frequencies of all values, less what the matches themselves add.
func (l *linker) learnChance() {
	w := len(l.fields)
	counts := make([][states][levels]float64, w)
	for _, t := range l.random {
		different := float64(t.n)
		if l.model.Prior > 0 {
			different *= 1 - l.model.probability(t.pattern)
		}
		for i := range w {
			level := t.pattern.level(i)
			counts[i][anyParent][level] += different
			if state := l.model.stateOf(i, t.pattern); state != anyParent {
				counts[i][state][level] += different
			}
		}
	}
	for i := range l.fields {
		u := &l.model.Fields[i].u
		same := l.sameByChance(i)
		l.spread(i, &u[anyParent], &counts[i][anyParent], same)
		u[sameParent], u[otherParent] = u[anyParent], u[anyParent]
		parent := l.model.parents[i]
		if parent < 0 {
			continue
		}
		tied := l.tied[parent]
		for _, level := range levelsOf(l.fields[i].Kind, l.fields[i].leads) {
			u[sameParent][level] = tied.share(i, level, u[anyParent][level])
		}
		often := l.sameByChance(parent)
		rest := max(0.2*same, (same-often*u[sameParent][levelSame])/(1-often))
		l.spread(i, &u[otherParent], &counts[i][otherParent], rest)
	}
}

// spread turns counts into shares, with the share of the level "same" given.
func (l *linker) spread(i int, u, counts *[levels]float64, same float64) {
	kinds := levelsOf(l.fields[i].Kind, l.fields[i].leads)
	var sum float64
	for _, level := range kinds {
		if level != levelSame {
			sum += counts[level] + smoothing
		}
	}
	for _, level := range kinds {
		u[level] = (counts[level] + smoothing) / sum * (1 - same)
	}
	u[levelSame] = same
}

// smoothing is added to each count, so that no level is impossible.
const smoothing = 0.5

// sameByChance is the share of pairs of different persons with the same value in a field.
func (l *linker) sameByChance(i int) float64 {
	f := &l.fields[i]
	var agree, distinct float64
	for _, c := range f.count {
		if c > 0 {
			agree += float64(c) * float64(c-1) / 2
			distinct++
		}
	}
	pairs := float64(f.known) * float64(f.known-1) / 2
	if pairs <= 0 {
		return 0.5
	}
	matches := l.model.Prior * l.total() * l.share(i) * l.share(i) * l.model.Fields[i].m[anyParent][levelSame]
	u := (agree - matches) / max(1, pairs-matches)
	return min(0.99, max(u, 1/(10*distinct), 1e-9))
}

// adjustments returns for each value of a field how many bits more than the average its agreement is
// worth. The frequency is that among other persons: the expected copies of the record itself are taken
// away, and no value counts as rarer than half a record, or than the average of fields that hardly
// repeat.
func (l *linker) adjustments(i int) []float32 {
	f := &l.fields[i]
	u := l.model.Fields[i].u[anyParent][levelSame]
	n := float64(max(1, f.known))
	copies := 2 * l.model.Prior * l.total() / float64(l.rows) * l.model.Fields[i].m[anyParent][levelSame]
	least := min(0.5, n*u)
	out := make([]float32, len(f.count))
	for id, c := range f.count {
		if c > 0 {
			out[id] = float32(math.Log2(u * n / max(float64(c)-1-copies, least)))
		}
	}
	return out
}
