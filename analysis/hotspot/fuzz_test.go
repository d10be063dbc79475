package hotspot_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/fourfold/fourfold/analysis/hotspot"
)

// FuzzReadCSV: any bytes give data that can be scanned or refused, or an error with a problem.
func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("area,x,y,cases,population\na,1,2,3,40\nb,2,2,9,50\nc,3,3,1,60\n"), []byte(nil))
	f.Add([]byte("area,longitude,latitude\na,10,50\nb,11,51\n"), []byte("area,period,cases\na,2001,7\nb,2003,1\n"))
	f.Add([]byte("\ufeffarea,x,y\n\"a\nb\",0,0\n\u0645,1e9,1\n"), []byte("area,period,cases\n\u0645,2024-02-29,9\n"))
	f.Add([]byte("area,x,y\na,NaN,0\n"), []byte("area,controls,cases\na,1,1\n"))
	f.Fuzz(func(t *testing.T, areas, counts []byte) {
		in := readers(string(counts))
		if counts == nil {
			in = nil
		}
		d, err := hotspot.ReadCSV(t.Context(), hotspot.Columns{}, bytes.NewReader(areas), in...)
		if err == nil && len(d.Areas) <= 20 && d.Periods <= 20 {
			total := 0.0
			for _, c := range d.Cases {
				total += c
			}
			if total < 1000 {
				_, err = hotspot.Scan(t.Context(), d, hotspot.ScanSettings{Model: hotspot.Poisson, Replications: 5})
			}
		}
		if err != nil && hotspot.ProblemOf(err) == 0 {
			t.Fatalf("an error without a problem: %v", err)
		}
	})
}

// FuzzScan: any figures and settings give a result whose numbers hold together, or an error.
func FuzzScan(f *testing.F) {
	f.Add(uint8(1), uint8(0), uint8(1), 0.5, []byte("some bytes that stand for places and counts"))
	f.Add(uint8(2), uint8(1), uint8(3), 0.0, []byte{0, 0, 5, 9, 1, 0, 2, 2, 0, 0, 1, 1, 9, 9, 9, 0})
	f.Add(uint8(3), uint8(2), uint8(2), 1.0, []byte{255, 0, 3, 1, 2, 7, 5, 4, 4, 4, 4, 4})
	f.Add(uint8(4), uint8(2), uint8(2), math.NaN(), []byte{})
	f.Fuzz(func(t *testing.T, model, span, periods uint8, share float64, data []byte) {
		if len(data) > 120 || periods > 6 {
			return
		}
		d := hotspot.Data{Periods: int(periods)}
		width := 2 + max(1, int(periods))
		for i := 0; i+width <= len(data); i += width {
			d.Areas = append(d.Areas, hotspot.Area{X: float64(data[i] & 15), Y: float64(data[i+1] & 7)})
			for _, b := range data[i+2 : i+width] {
				d.Cases = append(d.Cases, float64(b&15))
				d.Population = append(d.Population, float64(b&15)+float64(b>>4))
				d.Expected = append(d.Expected, float64(b>>4)*share)
			}
		}
		if model == 1 {
			d.Expected = nil
		}
		r, err := hotspot.Scan(t.Context(), d, hotspot.ScanSettings{
			Model: hotspot.Model(model), Span: hotspot.Span(span), MaxShare: share, Replications: 7, SplitTies: periods&1 == 1, MinCases: 1, EmptyAreas: periods&2 > 0,
		})
		if err != nil {
			if hotspot.ProblemOf(err) == 0 {
				t.Fatalf("an error without a problem: %v", err)
			}
			return
		}
		last := math.Inf(1)
		for _, w := range r.Clusters {
			if !(w.LLR > 0 && w.LLR <= last*(1+1e-9)) || !(w.P > 0 && w.P <= 1) || !(w.Cases > w.Expected) || w.Last < w.First {
				t.Fatalf("%+v after %g", w, last)
			}
			last = w.LLR
		}
		for _, m := range r.Maxima {
			if !(m >= 0) {
				t.Fatalf("a greatest score of %g", m)
			}
		}
	})
}

// FuzzGi: any values on any map give figures that are numbers, or an error.
func FuzzGi(f *testing.F) {
	f.Add(uint8(9), true, []byte{0, 1, 1, 2, 2, 3, 7, 8})
	f.Add(uint8(4), false, []byte{0, 1, 2, 3, 0, 2})
	f.Fuzz(func(t *testing.T, areas uint8, islands bool, data []byte) {
		var links []hotspot.Link
		x := make([]float64, areas)
		for i := 0; i+1 < len(data); i += 2 {
			links = append(links, hotspot.Link{A: int(data[i]) % (int(areas) + 1), B: int(data[i+1]), Weight: float64(i % 3)})
			if int(data[i+1]) < len(x) {
				x[data[i+1]] += float64(data[i]) * 1e9
			}
		}
		w, err := hotspot.Touching(int(areas), links)
		if err == nil {
			var heat []hotspot.Heat
			if heat, err = hotspot.GiStar(t.Context(), w, x, hotspot.GiSettings{Islands: islands, WithoutSelf: len(data)&2 == 0}); err == nil {
				for i, h := range heat {
					if math.IsNaN(h.Z) || !(h.P >= 0 && h.P <= 1 && h.Adjusted >= h.P) || h.Hot && h.Cold {
						t.Fatalf("area %d: %+v", i, h)
					}
				}
				var c hotspot.Clustering
				if c, err = hotspot.Moran(t.Context(), w, x, hotspot.MoranSettings{Islands: islands, Replications: 3}); err == nil && math.IsNaN(c.I+c.Z+c.P) {
					t.Fatalf("%+v", c)
				}
			}
		}
		if err != nil && hotspot.ProblemOf(err) == 0 {
			t.Fatalf("an error without a problem: %v", err)
		}
	})
}
