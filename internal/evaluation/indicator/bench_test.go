package indicator

import (
	"path/filepath"
	"testing"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/testdata"
)

// BenchmarkImportGLOTIP imports 58,769 rows into an empty node, indexes and both passes included.
func BenchmarkImportGLOTIP(b *testing.B) {
	path := filepath.Join(testdata.Dir(b, "unodc-glotip"), "data_glotip_2025.csv.gz")
	for range b.N {
		b.StopTimer()
		r, a := room(b)
		b.StartTimer()
		report, err := r.Import(b.Context(), a, Import{Format: "glotip", Path: path})
		if err != nil || report.Saved != 58769 {
			b.Fatalf("saved %d: %v", report.Saved, err)
		}
	}
}

// BenchmarkAnswer asks what pages ask, of a node with both UNODC publications and the detailed
// national table. The answer is checked before timing.
func BenchmarkAnswer(b *testing.B) {
	r, a := published(b)
	take(b, r, a, "glotip", "unodc-glotip", "data_glotip_2024.csv.gz")
	y2020, q := figure.YearOf(2020), figure.QuarterOf(2022, 2)
	cases := []struct {
		name   string
		q      Query
		series int
	}{
		{"one series", Query{Indicator: GLOTIPVictims, Areas: []string{"GBR"}}, 1},
		{"map of a year", Query{Indicator: GLOTIPVictims, From: y2020, To: y2020}, 143},
		{"by citizenship", Query{Indicator: GLOTIPVictims, Areas: []string{"GBR"}, By: figure.DimCitizenship}, 115},
		{"national series", Query{Indicator: NRMReferrals, Areas: []string{"GBR"}}, 1},
		{"all areas, all years", Query{Indicator: GLOTIPVictims}, 178},
		{"detail by responder type", Query{Indicator: NRMReferralsDetail, By: figure.DimResponderType, From: q, To: q}, 4},
	}
	for _, c := range cases {
		ans := ask(b, r, a, c.q)
		b.Logf("%s: %d series, %d figures", c.name, len(ans.Series), ans.Coverage.Reported)
		b.Run(c.name, func(b *testing.B) {
			for range b.N {
				ask(b, r, a, c.q)
			}
		})
	}
	b.Run("changes of a release", func(b *testing.B) {
		all, err := r.Releases(b.Context(), a, "glotip")
		if err != nil {
			b.Fatal(err)
		}
		for range b.N {
			r.changes = nil
			if _, err := r.Changes(b.Context(), a, all[1].ID); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("naive sum refused", func(b *testing.B) {
		for range b.N {
			if _, err := r.NaiveSum(b.Context(), a, Query{Indicator: NRMReferralsDetail, From: q, To: q}); err == nil {
				b.Fatal("not refused")
			}
		}
	})
}
