package hotspot

import "math"

// lanes is how many replicates go over the circles together: each circle's figures are then loaded once.
const lanes = 4

// kernel finds the greatest score of a replicate. With whole counts the score of a window splits in
// two: what depends on the count c alone, kept in a table, and two figures of the window,
//
//	score = table[c] − c·slope − level
//
// so that a window costs one look-up, one product and one comparison. For Poisson with C cases, and
// q the window's share of what is expected, table[c] = c ln(c/C) + (C−c) ln((C−c)/C),
// slope = ln(q/(1−q)) and level = C ln(1−q); there is an excess when ln(c/(C−c)) > slope. For
// Expectation with forecast b, table[c] = c ln c, slope = 1 + ln b and level = −b; there is an excess
// when 1 + ln c > slope.
//
// Bernoulli adds the same for those who are no cases, which is at most d²·bend with d = c − expected
// (the Kullback–Leibler divergence is at most χ²), so that the logarithms are needed only for windows
// that could still be the greatest.
type kernel struct {
	field        *field
	least        int // cases below which a window is not looked at
	slope, level []float64
	bend         []float64 // Bernoulli only
	expected     []float64 // Bernoulli only: cases expected
}

// table holds, for each count, what a score owes to it, and the slope up to which it is an excess.
type table struct {
	score, high []float64
}

func newKernel(f *field, least int) *kernel {
	n := len(f.inside)
	k := &kernel{field: f, least: max(1, least), slope: make([]float64, n), level: make([]float64, n)}
	total := math.Round(f.total)
	if f.model == Bernoulli {
		k.bend, k.expected = make([]float64, n), make([]float64, n)
	}
	for w, b := range f.inside {
		if b <= 0 || f.model != Expectation && b >= f.people {
			k.level[w] = math.Inf(1)
			continue
		}
		if f.model == Expectation {
			k.slope[w], k.level[w] = 1+math.Log(b), -b
			continue
		}
		q := b / f.people
		k.slope[w], k.level[w] = math.Log(q/(1-q)), total*math.Log1p(-q)
		if f.model == Bernoulli {
			k.expected[w] = total * q
			k.bend[w] = 1 / ((f.people - f.total) * q * (1 - q))
		}
	}
	return k
}

// fill makes the table reach to c = most.
func (k *kernel) fill(t *table, most int) {
	total := math.Round(k.field.total)
	for c := len(t.score); c <= most; c++ {
		x := float64(c)
		score, high := part(x, 1), 1+math.Log(x)
		if k.field.model != Expectation {
			score, high = part(x, total)+part(total-x, total), math.Log(x/(total-x))
		}
		if c < k.least {
			score = math.Inf(-1)
		}
		t.score, t.high = append(t.score, score), append(t.high, high)
	}
}

// circles scans several replicates in space. O(windows).
func (k *kernel) circles(t *table, counts [][lanes]int32) (best [lanes]float64) {
	z := k.field.zones
	for centre := range len(z.start) - 1 {
		from, to := z.start[centre], z.start[centre+1]
		order := z.order[from:to]
		slope, level := k.slope[from:to:to], k.level[from:to:to]
		var in [lanes]int32
		for j, area := range order {
			x := &counts[area]
			s, l := slope[j], level[j]
			for lane := range lanes {
				in[lane] += x[lane]
			}
			for lane := range lanes {
				c := in[lane]
				v := t.score[c] - float64(c)*s - l
				if v > best[lane] && t.high[c] > s {
					best[lane] = v
				}
			}
		}
	}
	return best
}

// cylinders scans one replicate in space and time. O(windows).
func (k *kernel) cylinders(t *table, counts, at, upTo []int32) (best float64) {
	f := k.field
	f.counted(counts, at, upTo, func(entry int) {
		first := entry * len(f.stretches)
		slope, level := k.slope[first:first+len(f.stretches)], k.level[first:first+len(f.stretches)]
		for j, s := range f.stretches {
			c := upTo[s.before] - upTo[s.first]
			v := t.score[c] - float64(c)*slope[j] - level[j]
			if v > best && t.high[c] > slope[j] {
				best = v
			}
		}
	})
	return best
}

// controls scans one replicate of the Bernoulli model. O(windows), and logarithms for few of them.
func (k *kernel) controls(t *table, counts, at, upTo []int32) (best float64) {
	f := k.field
	f.counted(counts, at, upTo, func(entry int) {
		for j, s := range f.stretches {
			w := entry*len(f.stretches) + j
			c := upTo[s.before] - upTo[s.first]
			d := float64(c) - k.expected[w]
			if d > 0 && t.score[c]-float64(c)*k.slope[w]-k.level[w]+d*d*k.bend[w] > best {
				best = max(best, bernoulli(float64(c), f.inside[w], f.total, f.people))
			}
		}
	})
	return best
}

// counted goes over the entries of all zones with the counts up to each period in upTo.
func (f *field) counted(counts, at, upTo []int32, do func(entry int)) {
	for centre := range len(f.zones.start) - 1 {
		clear(at)
		for k := f.zones.start[centre]; k < f.zones.start[centre+1]; k++ {
			cells := counts[int(f.zones.order[k])*f.periods:][:len(at)]
			sum := int32(0)
			for t, c := range cells {
				at[t] += c
				sum += at[t]
				upTo[t+1] = sum
			}
			if f.zones.ends[k] {
				do(k)
			}
		}
	}
}
