package mse_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/fourfold/fourfold/analysis/mse"
)

// Stepwise with 1,000 given resamples on one core; the answer is checked before the clock starts. For
// scale: SparseMSE 2.0.1 under R 4.2.2 took 89 (UKdat_5), 120 (Ned_5), 39.6 (Kosovo), 25.8 (NewOrl_5)
// and 36 (Australia) CPU seconds. Kosovo and New Orleans use the package's own resamples.
func BenchmarkStepwise(b *testing.B) {
	for _, c := range []struct {
		data  string
		given bool
		want  float64
	}{
		{"UKdat_5", true, 11312.9903},
		{"Ned_5", true, 121521.6137},
		{"Australia", true, 6496.0087},
		{"Western", true, 2483.3839},
		{"Korea", true, 268.7778},
		{"UKdat_5", false, 11312.9903},
		{"Ned_5", false, 121521.6137},
		{"Kosovo", false, 14341.6638},
		{"NewOrl_5", false, 981.4314},
		{"UKdat", false, 11417.9911},
	} {
		name, s := c.data+"/own", mse.BootstrapSettings{Seed: 1, Workers: 1}
		if c.given {
			name, s = c.data+"/given", mse.BootstrapSettings{Resamples: resamples(b, c.data), Workers: 1}
		}
		b.Run(name, func(b *testing.B) {
			table := load(b, c.data)
			r, err := mse.Bootstrap(b.Context(), table, mse.Stepwise{}, s)
			if err != nil || !near(r.Result.Estimate, c.want, exact) {
				b.Fatalf("%v, want %v (%v)", r.Result.Estimate, c.want, err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := mse.Bootstrap(b.Context(), table, mse.Stepwise{}, s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Averaging over graphs; dga 2.0.2 took 25.8 s (UKdat_5), 121 s (Ned_5), 0.9 s (Western), 0.49 s
// (Kosovo) of wall time.
func BenchmarkGraphAverage(b *testing.B) {
	for _, c := range []struct {
		data  string
		limit int
		want  float64
	}{{"UKdat_5", 60000, 22990}, {"Ned_5", 300000, 50419}, {"Western", 10000, 2132}, {"Kosovo", 40000, 12595}, {"UKdat", 60000, 12315}} {
		b.Run(c.data, func(b *testing.B) {
			table, s := load(b, c.data), mse.AverageSettings{MaxTotal: c.limit}
			p, err := mse.GraphAverage(b.Context(), table, s)
			if err != nil || !near(p.Median, c.want, 0.01) {
				b.Fatalf("%v, want %v (%v)", p.Median, c.want, err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := mse.GraphAverage(b.Context(), table, s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Ranking every model, and one fit.
func BenchmarkRank(b *testing.B) {
	for _, data := range []string{"Korea", "Kosovo", "UKdat_5", "UKdat"} {
		b.Run(data, func(b *testing.B) {
			table := load(b, data)
			for b.Loop() {
				if _, err := mse.Rank(b.Context(), table, mse.BIC{Workers: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPoint(b *testing.B) {
	for _, data := range []string{"UKdat", "NewOrl", "Kosovo"} {
		b.Run(data, func(b *testing.B) {
			table := load(b, data)
			for b.Loop() {
				if _, err := mse.Estimate(b.Context(), table, mse.Stepwise{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Growth with the resamples, with the people and with the lists.
func BenchmarkGrowth(b *testing.B) {
	w := world{[]string{"a", "b", "c", "d", "e", "f", "g", "h"}, map[mse.History]float64{3: 1.2}}
	for i := range 8 {
		w.odds[1<<i] = -2
	}
	run := func(name string, lists, people, draws int) {
		b.Run(name, func(b *testing.B) {
			part := world{w.names[:lists], w.odds}
			table := part.draw(b, rand.New(rand.NewPCG(1, 1)), people)
			for b.Loop() {
				if _, err := mse.Bootstrap(b.Context(), table, mse.Stepwise{}, mse.BootstrapSettings{Draws: draws, Workers: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, draws := range []int{100, 400, 1600} {
		run(fmt.Sprintf("draws=%d", draws), 5, 4000, draws)
	}
	for _, people := range []int{4000, 16000, 64000} {
		run(fmt.Sprintf("people=%d", people), 5, people, 100)
	}
	for _, lists := range []int{4, 6, 8} {
		run(fmt.Sprintf("lists=%d", lists), lists, 4000, 100)
	}
}
