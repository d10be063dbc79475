package causal_test

import (
	"fmt"
	"testing"

	"github.com/fourfold/fourfold/analysis/causal"
)

// Growth over three sizes: time and memory should grow in step with the rows.
func BenchmarkInterruptedSeries(b *testing.B) {
	for _, n := range []int{60, 600, 6000} {
		for _, harmonics := range []int{0, 4} {
			b.Run(fmt.Sprintf("rows=%d/harmonics=%d", n, harmonics), func(b *testing.B) {
				rows, s := step(n), stepSettings(n)
				s.Harmonics, s.Period, s.Errors = harmonics, 12, causal.NeweyWest
				b.ReportAllocs()
				for b.Loop() {
					if _, err := causal.InterruptedSeries(rows, s, card()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkDifferenceInDifferences(b *testing.B) {
	for _, n := range []int{60, 600, 6000} {
		b.Run(fmt.Sprintf("rows=%d", n), func(b *testing.B) {
			var rows []causal.GroupRow
			for i, r := range step(n) {
				rows = append(rows, causal.GroupRow{Treated: i%2 == 0, Time: r.Time, Value: r.Events})
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := causal.DifferenceInDifferences(rows, causal.GroupSettings{At: float64(n / 2)}, card()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
