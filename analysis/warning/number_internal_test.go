package warning

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestCrowGardner: the upper 95 % limits of Crow and Gardner 1959, table 1.
func TestCrowGardner(t *testing.T) {
	for count, want := range []float64{3.285, 5.323, 6.686, 8.102, 9.598, 11.177, 12.817, 13.765, 14.921, 16.768, 17.633} {
		if got := crowGardner(count); math.Abs(got-want) > 0.0011 {
			t.Errorf("%d: %.4f, want %.3f", count, got, want)
		}
	}
}

// TestQuantile: the quantile is that of summed probabilities.
func TestQuantile(t *testing.T) {
	source := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		mean, phi, p := math.Exp(8*source.Float64()-4), 1+3*source.Float64()*source.Float64(), 0.5+0.4999*source.Float64()
		if source.IntN(4) == 0 {
			phi = 1
		}
		size := mean / (phi - 1)
		total, want := 0.0, -1
		for total < p {
			want++
			x := float64(want)
			mass := x*math.Log(mean) - mean
			if phi > 1 {
				a, _ := math.Lgamma(size + x)
				b, _ := math.Lgamma(size)
				mass = a - b - size*math.Log(phi) + x*math.Log1p(-1/phi)
			}
			gamma, _ := math.Lgamma(x + 1)
			total += math.Exp(mass - gamma)
		}
		if got := quantile(mean, phi, p); got != float64(want) {
			t.Errorf("mean %g, dispersion %g, p %g: %g, want %d", mean, phi, p, got, want)
		}
	}
	if got := quantile(0, 2, 0.95); got != 0 {
		t.Errorf("mean 0: %g", got)
	}
}

// TestFit: groups have their own means, the equations of the maximum hold, and what cannot be fitted is not.
func TestFit(t *testing.T) {
	ones := []float64{1, 1, 1, 1, 1, 1}
	d := &design{
		y: []float64{1, 2, 3, 10, 20, 30}, offset: make([]float64, 6),
		x: [][]float64{{1, 0}, {1, 0}, {1, 0}, {1, 1}, {1, 1}, {1, 1}},
	}
	m, ok := d.fit(ones)
	if !ok || math.Abs(m.mu[0]-2) > 1e-6 || math.Abs(m.mu[5]-20) > 1e-6 {
		t.Errorf("%+v", m)
	}
	// (1 + 0 + 1)/2 + (100 + 0 + 100)/20, over 4 degrees of freedom; at the weights of the step before.
	if math.Abs(m.dispersion-11.0/4) > 1e-4 || math.Abs(m.leverage[0]-1.0/3) > 1e-4 || math.Abs(m.inverse[0][0]-1.0/6) > 1e-4 {
		t.Errorf("%+v", m)
	}
	d.offset = []float64{0, 0, 0, math.Log(10), math.Log(10), math.Log(10)}
	if m, ok = d.fit(ones); !ok || math.Abs(m.beta[1]) > 1e-6 {
		t.Errorf("with exposure: %+v", m)
	}
	d.x[0] = []float64{1, 1}
	weight := []float64{1, 0.5, 2, 1, 0.25, 1}
	if m, ok = d.fit(weight); !ok {
		t.Fatal("no fit")
	}
	for j := range 2 {
		s := 0.0
		for i, row := range d.x {
			s += weight[i] * row[j] * (d.y[i] - m.mu[i])
		}
		if math.Abs(s) > 1e-4 {
			t.Errorf("equation %d: %g", j, s)
		}
	}
	for i := range d.x {
		d.x[i] = []float64{1, 1}
	}
	if _, ok = d.fit(ones); ok {
		t.Error("two equal columns were fitted")
	}
	short := &design{y: []float64{1}, offset: []float64{0}, x: [][]float64{{1}}}
	if _, ok = short.fit([]float64{1}); ok {
		t.Error("one week was fitted")
	}
}

// TestSeason: the year of 52 weeks is cut into the window and nine seasons of five weeks; a year that
// cannot be cut equally has its longer seasons first.
func TestSeason(t *testing.T) {
	for _, c := range []struct {
		year, seasons int
		want          map[int]int
	}{
		{52, 10, map[int]int{0: 7, 1: 5, 2: 5, 3: 5, 4: 5, 5: 5, 6: 5, 7: 5, 8: 5, 9: 5}},
		{53, 6, map[int]int{0: 7, 1: 10, 2: 9, 3: 9, 4: 9, 5: 9}},
		{52, 1, map[int]int{0: 7, 1: 45}},
	} {
		w := &Watch{s: Settings{Farrington: FarringtonSettings{HalfWindow: 3, Seasons: c.seasons, WeeksInYear: c.year}}}
		weeks, last := map[int]int{}, 0
		for ago := c.year + 3; ago > 3; ago-- {
			k := w.season(ago)
			weeks[k]++
			if k < last && k != 0 {
				t.Errorf("year of %d: season %d after %d", c.year, k, last)
			}
			last = k
		}
		for k, n := range c.want {
			if weeks[k] != n {
				t.Errorf("year of %d in %d: season %d has %d weeks, want %d", c.year, c.seasons, k, weeks[k], n)
			}
		}
	}
}
