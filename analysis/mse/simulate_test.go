package mse_test

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/fourfold/fourfold/analysis/mse"
)

// world is a log-linear model that people are drawn from: the log odds of each list, and of pairs.
type world struct {
	names []string
	odds  map[mse.History]float64
}

// draw returns the table of n people, those on no list left out.
func (w world) draw(t testing.TB, rng *rand.Rand, n int) mse.Table {
	t.Helper()
	size := 1 << len(w.names)
	upTo := make([]float64, size)
	sum := 0.0
	for h := range mse.History(size) {
		log := 0.0
		for term, v := range w.odds {
			if h.Contains(term) {
				log += v
			}
		}
		sum += math.Exp(log)
		upTo[h] = sum
	}
	cells := make([]mse.Cell, size)
	for h := range cells {
		cells[h].History = mse.History(h)
	}
	for range n {
		u := rng.Float64() * sum
		h := 0
		for upTo[h] < u {
			h++
		}
		if h > 0 {
			cells[h].Count++
		}
	}
	table, err := mse.NewTable(w.names, cells)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// TestCoverage draws tables from a known model and counts how often the 95 % interval, with the choice
// of pairs repeated in every resample, holds the true number of people. The full form, 200 tables of
// 1,000 resamples, runs under FOURFOLD_CAMPAIGN=full.
func TestCoverage(t *testing.T) {
	tables, draws := 100, 200
	if os.Getenv("FOURFOLD_CAMPAIGN") == "full" {
		tables, draws = 200, 1000
	}
	for _, c := range []struct {
		name   string
		world  world
		people int
	}{
		{"independent", world{[]string{"a", "b", "c"}, map[mse.History]float64{1: -1.5, 2: -1.8, 4: -1.2}}, 2000},
		{"one pair", world{[]string{"a", "b", "c", "d"}, map[mse.History]float64{1: -2, 2: -2, 4: -1.6, 8: -1.4, 3: 1.2}}, 4000},
		{"two pairs", world{[]string{"a", "b", "c", "d", "e"}, map[mse.History]float64{1: -2, 2: -1.6, 4: -2, 8: -1.5, 16: -2.2, 3: 1.5, 24: -1.5}}, 5000},
	} {
		t.Run(c.name, func(t *testing.T) {
			covered := 0
			for i := range tables {
				table := c.world.draw(t, rand.New(rand.NewPCG(7, uint64(i))), c.people)
				b, err := mse.Bootstrap(t.Context(), table, mse.Stepwise{}, mse.BootstrapSettings{Draws: draws, Seed: uint64(i)})
				if err != nil {
					t.Fatal(err)
				}
				lower, _ := b.Limit(0.025)
				upper, _ := b.Limit(0.975)
				if lower <= float64(c.people) && float64(c.people) <= upper {
					covered++
				}
			}
			t.Logf("%d of %d intervals hold the truth", covered, tables)
			if 10*covered < 9*tables {
				t.Errorf("%d of %d intervals hold the truth, want at least 90 %%", covered, tables)
			}
		})
	}
}

// TestStrataBySimulation: two groups that differ in how easily they are found. Ignoring them makes
// independent lists look dependent; adding their estimates up does not.
func TestStrataBySimulation(t *testing.T) {
	names := []string{"a", "b", "c"}
	easy := world{names, map[mse.History]float64{1: -0.3, 2: -0.2, 4: -0.4}}
	hard := world{names, map[mse.History]float64{1: -2.2, 2: -2, 4: -2.4}}
	rng := rand.New(rand.NewPCG(1, 1))
	strata := []mse.Stratum{
		{Name: "sex=f", Table: easy.draw(t, rng, 2000)},
		{Name: "sex=m", Table: hard.draw(t, rng, 6000)},
	}
	s, err := mse.Stratify(t.Context(), strata, mse.Fixed{}, mse.BootstrapSettings{Draws: 400, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	lower, _ := s.Total.Limit(0.025)
	upper, _ := s.Total.Limit(0.975)
	if lower > 8000 || upper < 8000 {
		t.Errorf("[%.0f, %.0f] does not hold the 8000 people", lower, upper)
	}
	if s.Pooled.Estimate > lower {
		t.Errorf("ignoring the groups gives %.0f, which should be too few", s.Pooled.Estimate)
	}
	if !cautioned(s.Warnings, mse.PoolingDiffers) {
		t.Errorf("no warning that the groups differ: %v", s.Warnings)
	}
	var sum float64
	for _, e := range s.Strata {
		sum += e.Estimate.Result.Estimate
	}
	if !near(s.Total.Estimate, sum, 1e-12) || s.Total.Observed != strata[0].Table.People()+strata[1].Table.People() {
		t.Errorf("the total %g, %d seen, is not the sum of the groups", s.Total.Estimate, s.Total.Observed)
	}
}

func cautioned(found []mse.Finding, c mse.Caution) bool {
	for _, f := range found {
		if f.Caution == c {
			return true
		}
	}
	return false
}

// TestConsistencyBySimulation: with independent lists every list is found at its true size.
func TestConsistencyBySimulation(t *testing.T) {
	w := world{[]string{"a", "b", "c", "d"}, map[mse.History]float64{1: -1, 2: -1.2, 4: -0.8, 8: -1}}
	checks, err := mse.CheckConsistency(t.Context(), w.draw(t, rand.New(rand.NewPCG(2, 2)), 20000), mse.Fixed{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if c.Missing != "" || c.Ratio < 0.93 || c.Ratio > 1.07 || c.Seen >= c.Truth {
			t.Errorf("%+v", c)
		}
	}
	// A list that depends on another is found too small.
	w.odds[3] = 2
	checks, err = mse.CheckConsistency(t.Context(), w.draw(t, rand.New(rand.NewPCG(2, 3)), 20000), mse.Fixed{})
	if err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for _, c := range checks {
		if !c.Covered {
			wrong++
		}
	}
	if wrong == 0 {
		t.Error("dependent lists pass the check")
	}
}

// TestWorkersAgree: the same bytes on 1, 2 and 8 workers, and another seed gives others.
func TestWorkersAgree(t *testing.T) {
	w := world{[]string{"a", "b", "c", "d"}, map[mse.History]float64{1: -2, 2: -2, 4: -1.6, 8: -1.4, 3: 1.2}}
	table := w.draw(t, rand.New(rand.NewPCG(4, 4)), 1000)
	for _, m := range []mse.Method{mse.Stepwise{}, mse.BIC{}, mse.Fixed{}} {
		var first mse.Bootstrapped
		for _, workers := range []int{1, 2, 8} {
			b, err := mse.Bootstrap(t.Context(), table, m, mse.BootstrapSettings{Draws: 200, Seed: 9, Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			if workers == 1 {
				first = b
				continue
			}
			for i, v := range b.Estimates {
				if math.Float64bits(v) != math.Float64bits(first.Estimates[i]) {
					t.Fatalf("%s: resample %d differs on %d workers: %v, %v", m.Name(), i, workers, v, first.Estimates[i])
				}
			}
			for i, l := range b.Limits {
				if l != first.Limits[i] {
					t.Fatalf("%s: limits differ on %d workers", m.Name(), workers)
				}
			}
		}
		other, err := mse.Bootstrap(t.Context(), table, m, mse.BootstrapSettings{Draws: 200, Seed: 10})
		if err != nil {
			t.Fatal(err)
		}
		if other.Limits[0] == first.Limits[0] {
			t.Errorf("%s: another seed gives the same limits", m.Name())
		}
	}
}

// TestStrataLimits: one stratum is the plain bootstrap, and the acceleration of two is that of the
// jackknife over the people of both.
func TestStrataLimits(t *testing.T) {
	a, b := small(t, 3, 60, 45, 12, 50, 9, 11, 4), small(t, 3, 20, 15, 6, 70, 5, 12, 3)
	s := mse.BootstrapSettings{Draws: 200, Seed: 8}
	plain, err := mse.Bootstrap(t.Context(), a, mse.Stepwise{}, s)
	if err != nil {
		t.Fatal(err)
	}
	one, err := mse.Stratify(t.Context(), []mse.Stratum{{Name: "all", Table: a}}, mse.Stepwise{}, s)
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range plain.Limits {
		if one.Total.Limits[i] != l {
			t.Errorf("one stratum: %+v, the plain bootstrap %+v", one.Total.Limits[i], l)
		}
	}
	two, err := mse.Stratify(t.Context(), []mse.Stratum{{Name: "f", Table: a}, {Name: "m", Table: b}}, mse.Stepwise{}, s)
	if err != nil {
		t.Fatal(err)
	}
	var people, sum, square, cube float64
	walk := func(visit func(n, change float64)) {
		for _, e := range two.Strata {
			for _, j := range e.Estimate.Jackknife {
				visit(float64(j.Count), j.Estimate-e.Estimate.Result.Estimate)
			}
		}
	}
	walk(func(n, change float64) { people += n; sum += n * change })
	walk(func(n, change float64) {
		r := sum/people - change
		square, cube = square+n*r*r, cube+n*r*r*r
	})
	if want := cube / (6 * math.Pow(square, 1.5)); !near(two.Total.Acceleration, want, 1e-6) {
		t.Errorf("acceleration %v, want %v", two.Total.Acceleration, want)
	}
}
