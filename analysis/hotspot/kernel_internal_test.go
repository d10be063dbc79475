package hotspot

import (
	"math"
	"math/rand/v2"
	"testing"
)

// small is an invented map of 25 areas in 6 periods, with areas at one place and one without people.
func small() Data {
	source := rand.New(rand.NewPCG(7, 7))
	d := Data{Periods: 6}
	for i := range 25 {
		d.Areas = append(d.Areas, Area{X: float64(i % 5), Y: float64(i / 5)})
	}
	d.Areas[24] = Area{X: 3, Y: 4}
	for cell := range 25 * 6 {
		people := float64(source.IntN(40) + 1)
		if cell/6 == 11 {
			people = 0
		}
		d.Population = append(d.Population, people)
		d.Cases = append(d.Cases, math.Floor(people*0.3*source.Float64()))
		d.Expected = append(d.Expected, people*0.15)
	}
	return d
}

// TestKernelAgainstFormula: the greatest score of every replicate, found with tables and skips, is that
// of the formula on every window.
func TestKernelAgainstFormula(t *testing.T) {
	d := small()
	for _, model := range []Model{Poisson, Bernoulli, Permutation, Expectation} {
		for span := Space; span <= Prospective; span++ {
			if model == Permutation && span == Space {
				continue
			}
			for _, split := range []bool{false, true} {
				s := ScanSettings{Model: model, Span: span, SplitTies: split, Replications: 41, Seed: 3, MinCases: 3, EmptyAreas: true}
				f, err := newField(t.Context(), &d, &s)
				if err != nil {
					t.Fatal(err)
				}
				maxima, err := f.replicates(t.Context(), &s)
				if err != nil {
					t.Fatal(err)
				}
				draw := newSampler(f, s.Seed)
				counts, shuffled, x := make([]int32, len(f.cases)), make([]int32, len(draw.when)), make([]float64, len(f.cases))
				for r, got := range maxima {
					draw.draw(r, counts, shuffled)
					for i, c := range counts {
						x[i] = float64(c)
					}
					want := 0.0
					f.over(x, func(w int, c float64) {
						if c >= 3 {
							want = max(want, f.score(c, f.inside[w]))
						}
					})
					if math.Abs(got-want) > 1e-9 {
						t.Fatalf("model %d, span %d, split %v, replicate %d: %.12g, want %.12g", model, span, split, r, got, want)
					}
				}
			}
		}
	}
}

// TestSamplers: what every draw keeps, and the means and variances of many.
func TestSamplers(t *testing.T) {
	d := small()
	for _, c := range []Data{d, flipped(d)} {
		for _, model := range []Model{Poisson, Bernoulli, Permutation, Expectation} {
			s := ScanSettings{Model: model, Span: Prospective, EmptyAreas: true}
			f, err := newField(t.Context(), &c, &s)
			if err != nil {
				t.Fatal(err)
			}
			checkSampler(t, f)
		}
	}
	for _, mean := range []float64{0.5, 5, 9.99, 10, 50, 1000} {
		source, n := rand.NewPCG(5, uint64(mean)), 20000.0
		var total, square float64
		for range int(n) {
			x := float64(poissonDraw(source, mean)) - mean
			total += x
			square += x * x
		}
		// Six standard errors: √(mean/n), and about √(2/n) of the variance.
		if math.Abs(total/n) > 6*math.Sqrt(mean/n) || math.Abs(square/n-mean) > 6*mean*math.Sqrt((2+1/mean)/n) {
			t.Errorf("Poisson of %g: mean %g, variance %g", mean, mean+total/n, square/n)
		}
	}
}

// flipped makes most people cases.
func flipped(d Data) Data {
	c := d
	c.Cases = append([]float64(nil), d.Cases...)
	for i, p := range d.Population {
		c.Cases[i] = p - c.Cases[i]
	}
	return c
}

func checkSampler(t *testing.T, f *field) {
	t.Helper()
	const draws = 4000
	s := newSampler(f, 9)
	counts, shuffled := make([]int32, len(f.cases)), make([]int32, len(s.when))
	mean := make([]float64, len(counts))
	for r := range draws {
		s.draw(r, counts, shuffled)
		total := 0.0
		place := make([]float64, len(counts)/f.periods)
		for cell, c := range counts {
			mean[cell] += float64(c) / draws
			total += float64(c)
			place[cell/f.periods] += float64(c)
			if c < 0 || f.model == Bernoulli && float64(c) > f.base[cell] {
				t.Fatalf("%d cases of %g people", c, f.base[cell])
			}
		}
		if f.model != Expectation && total != f.total {
			t.Fatalf("model %d: %g cases drawn, want %g", f.model, total, f.total)
		}
		for a, c := range place {
			if f.model == Permutation && c != sum(f.cases[a*f.periods:(a+1)*f.periods]) {
				t.Fatalf("area %d has %g cases after a permutation", a, c)
			}
		}
	}
	for cell, m := range mean {
		want := f.base[cell]
		if f.model == Bernoulli {
			want *= f.total / f.people
		}
		if math.Abs(m-want) > 6*math.Sqrt((want+1e-9)/draws) {
			t.Errorf("model %d, cell %d: mean %g, want %g", f.model, cell, m, want)
		}
	}
}
