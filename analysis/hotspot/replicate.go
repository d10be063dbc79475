package hotspot

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// sampler draws data sets under the null hypothesis. Replicate r depends on the seed and r alone.
type sampler struct {
	model   Model
	seed    uint64
	draws   int // cases, or for Bernoulli the fewer of cases and controls
	flipped bool
	pick    *alias
	base    []float64
	when    []int32 // Permutation: the period of each case, in the order of the areas
	place   []int32 // and the first cell of its area
}

func newSampler(f *field, seed uint64) *sampler {
	s := &sampler{model: f.model, seed: seed, base: f.base, draws: int(math.Round(f.total))}
	switch f.model {
	case Poisson:
		s.pick = newAlias(f.base)
	case Bernoulli:
		s.pick = newAlias(f.base)
		if f.total > f.people/2 {
			s.flipped, s.draws = true, int(f.people-f.total)
		}
	case Permutation:
		for cell, c := range f.cases {
			for range int(c) {
				s.when = append(s.when, int32(cell%f.periods))
				s.place = append(s.place, int32(cell-cell%f.periods))
			}
		}
	case Expectation:
	}
	return s
}

// draw puts replicate r in counts, one number for each cell, and returns the number of cases.
// shuffled is scratch space for Permutation. O(cells + cases).
func (s *sampler) draw(r int, counts []int32, shuffled []int32) int {
	source := rand.NewPCG(s.seed, uint64(r))
	clear(counts)
	switch s.model {
	case Poisson:
		for range s.draws {
			counts[s.pick.cell(source.Uint64())]++
		}
	case Bernoulli:
		s.people(source, counts)
	case Permutation:
		copy(shuffled, s.when)
		for i := len(shuffled) - 1; i >= 0; i-- {
			j, _ := bits.Mul64(source.Uint64(), uint64(i)+1)
			shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
			counts[s.place[i]+shuffled[i]]++
		}
	case Expectation:
		total := 0
		for cell, b := range s.base {
			c := poissonDraw(source, b)
			counts[cell] = int32(c)
			total += c
		}
		return total
	}
	return s.draws
}

// people draws cases among people without replacement: a person drawn for the second time, which has
// the chance drawn ÷ people of the cell, is drawn again.
func (s *sampler) people(source *rand.PCG, counts []int32) {
	for left := s.draws; left > 0; {
		cell := s.pick.cell(source.Uint64())
		again, _ := bits.Mul64(source.Uint64(), uint64(s.base[cell]))
		if again >= uint64(counts[cell]) {
			counts[cell]++
			left--
		}
	}
	if s.flipped {
		for cell, n := range s.base {
			counts[cell] = int32(n) - counts[cell]
		}
	}
}

// alias draws a cell in proportion to a weight in O(1). Walker 1977, doi:10.1145/355744.355749, in the
// form of Vose 1991, doi:10.1109/32.92917.
type alias struct {
	keep  []uint64
	other []int32
}

func newAlias(weight []float64) *alias {
	n := len(weight)
	a := &alias{keep: make([]uint64, n), other: make([]int32, n)}
	scale := float64(n) / sum(weight)
	left := make([]float64, n)
	var low, high []int32
	for i, w := range weight {
		left[i] = w * scale
		a.other[i], a.keep[i] = int32(i), math.MaxUint64
		if left[i] < 1 {
			low = append(low, int32(i))
		} else {
			high = append(high, int32(i))
		}
	}
	for len(low) > 0 && len(high) > 0 {
		l, h := low[len(low)-1], high[len(high)-1]
		low = low[:len(low)-1]
		a.keep[l], a.other[l] = uint64(left[l]*(1<<63))<<1, h
		left[h] -= 1 - left[l]
		if left[h] < 1 {
			high = high[:len(high)-1]
			low = append(low, h)
		}
	}
	// Rounding can leave cells of next to no weight: they must not be drawn for themselves.
	for _, l := range low {
		if weight[l] == 0 {
			a.keep[l], a.other[l] = 0, a.heaviest(weight)
		}
	}
	return a
}

func (a *alias) heaviest(weight []float64) int32 {
	best := 0
	for i, w := range weight {
		if w > weight[best] {
			best = i
		}
	}
	return int32(best)
}

// cell turns a random number into a cell: the high part chooses, the low part keeps or changes.
func (a *alias) cell(random uint64) int32 {
	i, low := bits.Mul64(random, uint64(len(a.keep)))
	if low < a.keep[i] {
		return int32(i)
	}
	return a.other[i]
}

// poissonDraw draws a Poisson number: by inversion for a small mean, else by transformed rejection
// (Hörmann 1993, doi:10.1016/0167-6687(93)90997-4).
func poissonDraw(source *rand.PCG, mean float64) int {
	uniform := func() float64 { return (float64(source.Uint64()>>11) + 0.5) / (1 << 53) }
	if mean <= 0 {
		return 0
	}
	if mean < 10 {
		u, p := uniform(), math.Exp(-mean)
		k := 0
		for ; u > p && k < 200; k++ {
			u -= p
			p *= mean / float64(k+1)
		}
		return k
	}
	b := 0.931 + 2.53*math.Sqrt(mean)
	a := -0.059 + 0.02483*b
	invalpha := 1.1239 + 1.1328/(b-3.4)
	accept := 0.9277 - 3.6224/(b-2)
	for {
		u, v := uniform()-0.5, uniform()
		us := 0.5 - math.Abs(u)
		k := math.Floor((2*a/us+b)*u + mean + 0.43)
		if us >= 0.07 && v <= accept {
			return int(k)
		}
		if k < 0 || us < 0.013 && v > us {
			continue
		}
		gamma, _ := math.Lgamma(k + 1)
		if math.Log(v*invalpha/(a/(us*us)+b)) <= k*math.Log(mean)-mean-gamma {
			return int(k)
		}
	}
}
