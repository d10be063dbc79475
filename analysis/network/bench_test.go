package network_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/fourfold/fourfold/analysis/network"
)

// BenchmarkLeiden: growth over sizes of the same density; the bar at 1,000,000 ties is 4 s on one
// core, and the quality igraph reaches there is 0.784222.
func BenchmarkLeiden(b *testing.B) {
	for n, least := range map[int]float64{1_000: 0.60, 10_000: 0.635, 100_000: 0.78} {
		l, _ := planted(n, 10*n, max(4, n/2000), 0.8003, 1)
		g := build(b, l)
		for _, iterations := range []int{2, 100} {
			b.Run(fmt.Sprintf("ties=%d/iterations=%d", 10*n, iterations), func(b *testing.B) {
				p, err := network.Leiden(b.Context(), g, network.LeidenSettings{MaxIterations: iterations})
				if err != nil || p.Quality < least {
					b.Fatalf("quality %v, at least %v was expected: %v", p, least, err)
				}
				b.ReportAllocs()
				for b.Loop() {
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

// BenchmarkLeidenGrowth fits log time against log ties over three sizes of the same density and the
// same size of communities, the least of five seeds each, until nothing moves; the bar on the
// exponent is 1.15.
func BenchmarkLeidenGrowth(b *testing.B) {
	sizes := []int{10_000, 31_600, 100_000}
	var graphs []*network.Graph
	for _, n := range sizes {
		l, _ := planted(n, 10*n, n/2000, 0.8003, 1)
		graphs = append(graphs, build(b, l))
	}
	for b.Loop() {
		var x, y, xx, xy float64
		for i, g := range graphs {
			least := math.Inf(1)
			for seed := range uint64(5) {
				start := time.Now()
				if _, err := network.Leiden(b.Context(), g, network.LeidenSettings{Seed: seed}); err != nil {
					b.Fatal(err)
				}
				least = min(least, time.Since(start).Seconds())
			}
			u, v := math.Log(float64(sizes[i])), math.Log(least)
			x, y, xx, xy = x+u/3, y+v/3, xx+u*u/3, xy+u*v/3
			b.ReportMetric(least*1000, fmt.Sprintf("ms/%d", 10*sizes[i]))
		}
		b.ReportMetric((xy-x*y)/(xx-x*x), "exponent")
	}
}

// BenchmarkBetweenness: exact, every source; igraph takes 50 s on 10,000 nodes and 50,000 ties.
func BenchmarkBetweenness(b *testing.B) {
	for _, n := range []int{500, 1000, 2000} {
		l, _ := planted(n, 5*n, 10, 0.8, 1)
		g := build(b, l)
		b.Run(fmt.Sprintf("nodes=%d", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := network.Betweenness(b.Context(), g, network.BetweennessSettings{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
