package alignment_test

import (
	"fmt"
	"testing"

	"github.com/fourfold/fourfold/analysis/alignment"
)

// world assesses n invented countries against the trafficking protocol, every topic read: the worst
// case for the draws.
func world(b *testing.B, n int) (*alignment.Standard, []*alignment.Assessment) {
	s := protocol(b)
	list := make([]*alignment.Assessment, n)
	for i := range list {
		findings := all(s, alignment.Covered)
		for k := range findings {
			findings[k].Status = alignment.Status(1 + (i+k*k)%3)
		}
		list[i] = must[*alignment.Assessment](b)(s.Assess(findings))
	}
	return s, list
}

// 2,000 draws for every State must stay within 200 ms.
func BenchmarkSensitivity(b *testing.B) {
	for _, n := range []int{2, 20, 195} {
		s, list := world(b, n)
		b.Run(fmt.Sprintf("countries=%d/draws=2000", n), func(b *testing.B) {
			got, err := s.Sensitivity(list, alignment.SensitivitySettings{Seed: 1})
			if err != nil || len(got.Bands) != n || got.Bands[0].Lower.Low > list[0].Lower || got.Bands[0].Lower.High < list[0].Lower {
				b.Fatalf("the band does not hold the assessment: %v", err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Sensitivity(list, alignment.SensitivitySettings{Seed: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Every State against every instrument that has obligations must stay within 200 ms.
func BenchmarkAssess(b *testing.B) {
	topics, byInstrument := taxonomy(b), obligations(b)
	for _, countries := range []int{2, 20, 195} {
		b.Run(fmt.Sprintf("countries=%d/instruments=%d", countries, len(byInstrument)), func(b *testing.B) {
			for name, duties := range byInstrument {
				s, err := alignment.NewStandard(topics, duties, alignment.DefaultWeights())
				if err != nil {
					b.Fatal(err)
				}
				if a, err := s.Assess(all(s, alignment.Partly)); err != nil || a.Lower != 0.5 || a.Upper != 0.5 {
					b.Fatalf("%v: partly everywhere is not one half: %v", name, err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				for _, duties := range byInstrument {
					s, err := alignment.NewStandard(topics, duties, alignment.DefaultWeights())
					if err != nil {
						b.Fatal(err)
					}
					findings := all(s, alignment.Partly)
					for range countries {
						if _, err := s.Assess(findings); err != nil {
							b.Fatal(err)
						}
					}
				}
			}
		})
	}
}
