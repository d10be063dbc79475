package indicator

import (
	"fmt"
	"io"
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

// BenchmarkAnswerGrowth asks for one series of a node that holds more and more others: the time
// must not grow with them.
func BenchmarkAnswerGrowth(b *testing.B) {
	for _, series := range []int{500, 5_000, 50_000} {
		b.Run(fmt.Sprintf("%d figures", 10*series), func(b *testing.B) {
			r, a := emptyRoom(b)
			in := Import{Format: "csv", Name: "many.csv", ReleasedOn: "2024-05-01", Open: func() (io.ReadCloser, error) {
				return io.NopCloser(&manySeries{series: series}), nil
			}}
			if report, err := r.Import(b.Context(), a, in); err != nil || report.Saved != 10*series {
				b.Fatalf("saved %d: %v", report.Saved, err)
			}
			q := Query{Indicator: "own.many", Areas: []string{"FRA"}, Where: map[Dim]string{"ward": "x-17"}}
			if ans := ask(b, r, a, q); len(ans.Series) != 1 || ans.Coverage.Reported != 10 {
				b.Fatalf("%+v", ans)
			}
			for b.Loop() {
				ask(b, r, a, q)
			}
		})
	}
}

// manySeries is a generic file of so many series of ten years each, in four countries.
type manySeries struct {
	series, n int
	rest      []byte
}

func (m *manySeries) Read(p []byte) (int, error) {
	if len(m.rest) == 0 && m.n == m.series {
		return 0, io.EOF
	}
	if m.n == 0 && m.rest == nil {
		m.rest = []byte("indicator,area,period,ward,value\n")
	}
	for len(m.rest) < len(p) && m.n < m.series {
		area := []string{"GBR", "FRA", "DEU", "ITA"}[m.n%4]
		for year := 2013; year <= 2022; year++ {
			m.rest = fmt.Appendf(m.rest, "own.many,%s,%d,x-%d,%d\n", area, year, m.n/4, m.n+year)
		}
		m.n++
	}
	n := copy(p, m.rest)
	m.rest = m.rest[n:]
	return n, nil
}
