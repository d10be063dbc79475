package network_test

import (
	"fmt"
	"testing"

	"github.com/fourfold/fourfold/analysis/network"
)

// BenchmarkLeiden: growth over sizes of the same density; the bar at 1,000,000 ties is 4 s on one
// core, and the quality igraph reaches there is 0.784222.
func BenchmarkLeiden(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		l, _ := planted(n, 10*n, max(4, n/2000), 0.8003, 1)
		g := build(b, l)
		for _, iterations := range []int{2, 100} {
			b.Run(fmt.Sprintf("ties=%d/iterations=%d", 10*n, iterations), func(b *testing.B) {
				b.ReportAllocs()
				var p *network.Partition
				for b.Loop() {
					var err error
					if p, err = network.Leiden(b.Context(), g, network.LeidenSettings{MaxIterations: iterations}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(p.Quality, "Q")
				b.ReportMetric(float64(p.Iterations), "iterations")
			})
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		l, _ := planted(n, 10*n, max(4, n/2000), 0.8003, 1)
		b.Run(fmt.Sprintf("ties=%d", 10*n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := network.Build(b.Context(), l, network.BuildSettings{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
