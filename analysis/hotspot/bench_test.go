package hotspot_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/fourfold/fourfold/analysis/hotspot"
)

// BenchmarkNewYork: 41,452 zones × 999 replicates. The bar is 0.4 s; R SpatialEpi takes 7.4 s.
func BenchmarkNewYork(b *testing.B) {
	d := newYork(b)
	for _, workers := range []int{1, 2} {
		for name, model := range map[string]hotspot.Model{"poisson": hotspot.Poisson, "bernoulli": hotspot.Bernoulli} {
			b.Run(fmt.Sprintf("%s/workers=%d", name, workers), func(b *testing.B) {
				s := hotspot.ScanSettings{Model: model, Workers: workers, Seed: 1}
				r, err := hotspot.Scan(b.Context(), d, s)
				want := map[hotspot.Model]float64{hotspot.Poisson: 13.28164, hotspot.Bernoulli: 13.37165}[model]
				if err != nil || r.Zones != 41452 || !near(r.Clusters[0].LLR, want, 5e-6) || r.Clusters[0].P > 0.01 {
					b.Fatalf("%+v, %v", r, err)
				}
				b.ReportAllocs()
				for b.Loop() {
					if _, err := hotspot.Scan(b.Context(), d, s); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkNewMexico: 19 years, every stretch of at most 9.
func BenchmarkNewMexico(b *testing.B) {
	d := satscanNewMexico(b, hotspot.MiddleOfYear)
	s := hotspot.ScanSettings{Model: hotspot.Poisson, Span: hotspot.Retrospective, Seed: 1}
	if r, err := hotspot.Scan(b.Context(), d, s); err != nil || !near(r.Clusters[0].LLR, 10.017, 5e-4) {
		b.Fatalf("%+v, %v", r, err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := hotspot.Scan(b.Context(), d, s); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScanGrowth fits log time against log windows over three sizes of the same density of
// cases, the least of three runs each.
func BenchmarkScanGrowth(b *testing.B) {
	sides := []int{12, 20, 34}
	for b.Loop() {
		var x, y, xx, xy float64
		for _, side := range sides {
			d := grid(side, 1)
			scatter(&d, rand.New(rand.NewPCG(1, 1)), 2*side*side)
			least, windows := math.Inf(1), 0
			for range 3 {
				start := time.Now()
				r := scan(b, d, hotspot.ScanSettings{Model: hotspot.Poisson, SplitTies: true, Workers: 1, Replications: 199})
				least, windows = min(least, time.Since(start).Seconds()), r.Windows
			}
			u, v := math.Log(float64(windows)), math.Log(least)
			x, y, xx, xy = x+u/3, y+v/3, xx+u*u/3, xy+u*v/3
			b.ReportMetric(least*1000, fmt.Sprintf("ms/%d", windows))
		}
		b.ReportMetric((xy-x*y)/(xx-x*x), "exponent")
	}
}
